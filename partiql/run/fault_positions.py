"""Where the values at fault stand, which is found out only when there is a fault.

A plan knows its values by name and no place in the text, so that equal statements have equal
plans and a prepared one stays small. The text is read once more to have the places.
"""

from collections.abc import Iterator, Mapping

from ddblite.engine.expressions import compile_condition, compile_update
from ddblite.engine.expressions.tree import (
    leaves_of,
    operands_of,
    operands_of_action,
    references_within,
)
from ddblite.partiql.plans import plan
from ddblite.partiql.plans.lower import spans_of
from ddblite.partiql.syntax.faults import Span, StatementError
from ddblite.partiql.syntax.tokens import lexemes
from ddblite.schema.amounts import counted
from ddblite.schema.errors import ValidationException
from ddblite.schema.values import Value

Values = Mapping[str, Value]


def placed(error: StatementError, text: str) -> StatementError:
    """Returns an error with the place of the parts that it is about; any other as it is."""
    if error.position is not None or not error.about:
        return error
    spans = spans_of(text)
    known = [spans[name] for name in error.about if name in spans]
    if not known:
        return error
    span = Span(min(one.start for one in known), max(one.end for one in known))
    position = span.position(text)
    message = f"{error.message} at {position}" if error.says_place else error.message
    return StatementError(message, position=position, hint=error.hint, about=error.about)


def too_few(text: str, given: int) -> StatementError:
    """Returns the error of too few parameters, at the first ``?`` that has none."""
    asked = [one.span for one in lexemes(text) if one.kind == "?"]
    return StatementError(
        "Number of parameters in request and statement don't match.",
        position=asked[given].position(text),
        hint=f"The statement has {counted(len(asked), 'parameter')}, and {given} were given.",
    )


def blamed(of: plan.Plan, values: Values) -> tuple[str, ...]:
    """Returns the names of the values in the first part of a plan that is wrong by itself."""
    return next(faulty_parts(of, values), ())


def faulty_parts(of: plan.Plan, values: Values) -> Iterator[tuple[str, ...]]:
    """Gives the names of the values of each action, and then each leaf of WHERE, that is wrong."""
    if isinstance(of, plan.Exists):
        of = of.select
    if isinstance(of, plan.Update):
        for action in of.actions:
            try:
                compile_update((action,)).check(values)
            except ValidationException:
                yield tuple(references_within(operands_of_action(action)))
    if isinstance(of, plan.Select | plan.Update | plan.Delete) and of.where is not None:
        for leaf in leaves_of(of.where):
            try:
                compile_condition(leaf).check(values)
            except ValidationException:
                yield tuple(references_within(operands_of(leaf)))

"""The expressions of a request, ready to be used: parsed or given compiled, and checked.

Everything here needs no table, so it comes before any table is looked at. The order is DynamoDB's:
update, condition, key condition, filter, projection; then values against the expressions; then what
was given and never used. Facts: docs/facts/validation.md, "Expressions".
"""

from typing import Final, TypeAlias

from ddblite.engine.expressions import (
    Condition,
    KeyCondition,
    Projection,
    Update,
    check_placeholder_keys,
    check_placeholders,
    parse_condition,
    parse_key_condition,
    parse_projection,
    parse_update,
)
from ddblite.schema.errors import ValidationException
from ddblite.schema.requests import Changes, Names, Predicate, Selection, Values
from ddblite.schema.tables import TableSpec

Expression: TypeAlias = Condition | KeyCondition | Projection | Update


def check_keys(names: Names | None, values: Values | None) -> None:
    """Raises when a placeholder is written wrong; that is looked at before any expression."""
    if names is not None or values is not None:
        check_placeholder_keys(names, values)


def update_of(given: str | Changes | None, names: Names | None) -> Update | None:
    """Returns the update of a request, or None when it has none."""
    if given is None or isinstance(given, Update):
        return given
    assert isinstance(given, str), "an update is text or was compiled by us"
    return parse_update(given, names)


def condition_of(given: str | Predicate | None, names: Names | None) -> Condition | None:
    """Returns the condition of a request, or None when it has none."""
    if given is None or isinstance(given, Condition):
        return given
    assert isinstance(given, str), "a condition is text or was compiled by us"
    return parse_condition(given, names)


def condition_beside(
    update: Update | None, given: str | Predicate | None, names: Names | None, values: Values | None
) -> Condition | None:
    """Returns the condition of an update; what is wrong with the update is told before a fault."""
    try:
        return condition_of(given, names)
    except ValidationException:
        if update is not None:
            update.check(values or {})
        raise


def check_not_empty(condition: object) -> None:
    """Raises for an empty condition of an update, which is told before the update is looked at."""
    if condition == "":
        parse_condition("")


def filter_of(given: str | Predicate | None, names: Names | None) -> Condition | None:
    """Returns the filter of a request, or None when it has none."""
    if given is None or isinstance(given, Condition):
        return given
    assert isinstance(given, str), "a filter is text or was compiled by us"
    return parse_condition(given, names, which="FilterExpression")


def key_condition_of(given: str | Predicate | None, names: Names | None) -> KeyCondition | None:
    """Returns the key condition of a request, or None when it has none."""
    if given is None or isinstance(given, KeyCondition):
        return given
    assert isinstance(given, str), "a key condition is text or was compiled by us"
    return parse_key_condition(given, names)


def projection_of(given: str | Selection | None, names: Names | None) -> Projection | None:
    """Returns the projection of a request, or None when it has none."""
    if given is None or isinstance(given, Projection):
        return given
    assert isinstance(given, str), "a projection is text or was compiled by us"
    return parse_projection(given, names)


def check(names: Names | None, values: Values | None, *expressions: Expression | None) -> Values:
    """Returns the values, or raises what is wrong with them, or that nothing uses one."""
    given = [expression for expression in expressions if expression is not None]
    for expression in given:
        if not isinstance(expression, Projection):
            expression.check(values or {})
    if names is not None or values is not None:
        names_used: set[str] = set()
        values_used: set[str] = set()
        for expression in given:
            names_used |= expression.names_used
            if not isinstance(expression, Projection):
                values_used |= expression.values_used
        check_placeholders(names, values, names_used, values_used)
    return values or {}


def check_scalars(table: TableSpec, *expressions: Expression | None) -> None:
    """Raises when an expression looks into a key attribute, which is never a document."""
    for expression in expressions:
        for path in () if expression is None else expression.paths:
            if len(path.steps) > 1:
                check_scalar(table, str(path.steps[0]))


def check_scalar(table: TableSpec, name: str) -> None:
    """Raises when an attribute is a key of the table or of one of its indexes."""
    if name in table.key_names:
        raise ValidationException(f"{NOT_SCALAR} Key: {name}")
    if any(name == part.name for index in table.indexes.values() for part in index.parts):
        raise ValidationException(f"{NOT_SCALAR} IndexKey: {name}")


NOT_SCALAR: Final = (
    "Key attributes must be scalars; list random access '[]' and map lookup '.' are not allowed:"
)

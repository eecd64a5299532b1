"""PartiQL for ``Database.execute``: statements in, a lazy ``Result`` out."""

from collections.abc import Sequence
from typing import Any, Final

from ddblite import partiql
from ddblite.api.python.arguments import check_counts
from ddblite.api.python.plain_values import elements_of, plain, plain_text
from ddblite.api.python.result import Result
from ddblite.engine.engine import Engine
from ddblite.partiql.explanations.explanation import Explanation
from ddblite.partiql.run.execute import Page, begin
from ddblite.schema.errors import UnsupportedType
from ddblite.schema.limits import PARAMETER_DEPTH
from ddblite.schema.requests import PageAnswer
from ddblite.schema.values import Value


def execute(
    engine: Engine,
    statement: str,
    parameters: Sequence[Any],
    *,
    limit: int | None,
    page_limit: int | None,
    after: str | None,
    consistent: bool,
) -> Result:
    """Runs a write at once and a SELECT as its result is read.

    A fault of either shows at once, but for what only reading meets: the values of a key.
    """
    if limit is not None or page_limit is not None:
        check_counts(limit=limit, page_limit=page_limit)
    if type(statement) is not str:
        statement = plain_text("statement", statement)
    values = plain_parameters(parameters)
    run = begin(engine, statement, values, consistent=consistent)

    def fetch(token: str | None, wanted: int | None) -> PageAnswer:
        is_own = token is not after
        return answer_of(run.page(token, page_limit, return_limit=wanted, is_own=is_own))

    result = Result(fetch, limit=limit, after=after, plan=lambda: partiql.described(run))
    if run.prepared.is_write:
        result.take(answer_of(run.page(after)))
    return result


def plain_parameters(parameters: object) -> list[Value]:
    """Returns a statement's parameters as values, or raises when they are none."""
    given: Any = parameters
    if type(parameters) is not list and type(parameters) is not tuple:
        if isinstance(parameters, str) or not isinstance(parameters, Sequence):
            raise UnsupportedType("A statement's parameters are a list of values")
        given = elements_of(parameters)
    return [
        value
        if type(value) is str or (type(value) is int and -SMALL < value < SMALL)
        else plain(value, PARAMETER_DEPTH)
        for value in given
    ]


SMALL: Final = 1 << 63
"""An int below it can be stored as it is: it has nineteen digits, and may have twice as many."""


def answer_of(page: Page) -> PageAnswer:
    """Returns a statement's page as any other; its cursor is the statement's token."""
    return PageAnswer(
        items=page.items,
        count=len(page.items),
        scanned_count=page.scanned_count,
        last_key=page.token,
        consumed=page.consumed,
    )


def explain(
    engine: Engine, statement: str, parameters: Sequence[Any] = (), *, consistent: bool = False
) -> Explanation:
    """Returns what a statement would do, without doing it or reading an item."""
    if type(statement) is not str:
        statement = plain_text("statement", statement)
    values = plain_parameters(parameters)
    return partiql.explain(engine, statement, values, consistent=consistent)

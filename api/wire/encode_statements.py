"""Answers to PartiQL's operations as wire responses, as in ``api.wire.encode``."""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from ddblite.api.wire.encode import Wire, entries, with_capacity
from ddblite.schema.errors import ValidationException
from ddblite.schema.requests import TransactGetAnswer
from ddblite.schema.statement_requests import BatchStatementAnswer, StatementOutcome
from ddblite.schema.wire import encode_item

if TYPE_CHECKING:
    from ddblite.partiql.run.execute import Page


def statement(wire: Wire, page: "Page") -> dict[str, Any]:
    """Encodes ExecuteStatement: there are always Items, if only an empty list of them."""
    response: dict[str, Any] = {"Items": [encode_item(item) for item in page.items]}
    if page.token is not None:
        response["NextToken"] = page.token
        if page.last_key is not None:
            response["LastEvaluatedKey"] = encode_item(page.last_key)
    return with_capacity(wire, response, page.consumed, tables_written([wire]))


def batch_statement(wire: Wire, answer: BatchStatementAnswer) -> dict[str, Any]:
    """Encodes BatchExecuteStatement: an entry per statement; no capacity when none succeeded."""
    response = {"Responses": list(map(outcome, answer.outcomes))}
    if not answer.consumed:
        return response
    return with_capacity(wire, response, answer.consumed, tables_written(wire["Statements"]))


def transaction(wire: Wire, answer: TransactGetAnswer) -> dict[str, Any]:
    """Encodes ExecuteTransaction as TransactGetItems is; its writes have no entries."""
    written = tables_written(wire["TransactStatements"])
    return with_capacity(wire, entries(answer), answer.consumed, written)


def tables_written(statements: Iterable[Wire]) -> Iterator[str]:
    """Yields the tables of those statements that can be read, as they are written."""
    from ddblite.partiql import prepare

    for asked in statements:
        with suppress(ValidationException):
            yield prepare(asked["Statement"]).statement.table_written


def outcome(of: StatementOutcome) -> dict[str, Any]:
    """Returns what became of one statement of a batch."""
    entry: dict[str, Any] = {}
    if of.code is not None:
        entry["Error"] = {"Code": of.code, "Message": of.message}
    if of.item is not None:
        owner: dict[str, Any] = entry if of.code is None else entry["Error"]
        owner["Item"] = encode_item(of.item)
    if of.table_name is not None:
        entry["TableName"] = of.table_name
    return entry

"""PartiQL in golden scripts: one statement with its options, batches, and transactions.

::

    > SELECT * FROM music WHERE artist = ? | with ["Nina"] | page 2 | consistent
    > batch SELECT ...; INSERT ... | with ["Nina"]
    > transact UPDATE ...; EXISTS(...)

``[place]`` prints below an error where in the statement it is and what to do instead.
Statements of a batch or transaction stand between ``;``, and parameters are for each of them.
"""

from collections.abc import Iterator
from typing import Any

import ddblite
from ddblite.partiql.syntax.faults import StatementError
from ddblite.schema.errors import TransactionCanceledException
from ddblite.schema.wire import decode_item, encode_value
from golden_values import shown, values_of


def options_of(typed: str) -> tuple[str, dict[str, str]]:
    """Returns a statement and the options behind it."""
    text, *options = typed.split(" | ")
    return text, dict((f"{one.strip()} ").split(" ", 1) for one in options)


def executed(database: ddblite.Database, text: str, options: dict[str, str]) -> ddblite.Result:
    """Returns the result of one statement."""
    return database.execute(
        text.replace("\\n", "\n"),
        values_of(options.get("with", "[]")),
        limit=int(options["limit"]) if "limit" in options else None,
        page_limit=int(options["page"]) if "page" in options else None,
        consistent="consistent" in options,
    )


def requests_of(rest: str, options: dict[str, str]) -> list[dict[str, Any]]:
    """Returns the statements of a batch or transaction, as they go over the wire."""
    given = [encode_value(one) for one in values_of(options.get("with", "[]"))]
    return [
        {"Statement": text.strip()} | ({"Parameters": given} if "?" in text else {})
        for text in rest.split(";")
    ]


def batch(database: ddblite.Database, rest: str) -> Iterator[str]:
    """Carries out a batch and gives a line per statement."""
    text, options = options_of(rest)
    request = {"Statements": requests_of(text, options)}
    for one in database.call("BatchExecuteStatement", request)["Responses"]:
        error, table = one.get("Error"), one.get("TableName", "-")
        if error is not None:
            yield f"{table}: {error['Code']}: {error['Message']}"
        else:
            yield f"{table}: {shown(decode_item(one['Item'])) if 'Item' in one else 'none'}"


def transact(database: ddblite.Database, rest: str) -> Iterator[str]:
    """Carries out a transaction and gives a line per item read."""
    text, options = options_of(rest)
    request = {"TransactStatements": requests_of(text, options)}
    for one in database.call("ExecuteTransaction", request)["Responses"]:
        yield shown(decode_item(one["Item"])) if "Item" in one else "none"


def details(error: ddblite.DdbError, tags: frozenset[str]) -> Iterator[str]:
    """Gives what there is to know of an error besides its message."""
    if isinstance(error, TransactionCanceledException):
        for reason in error.reasons:
            yield f"  {reason.code}" + (f": {reason.message}" if reason.message else "")
    if "place" in tags and isinstance(error, StatementError):
        place = "no place" if error.position is None else f"at {error.position}"
        yield f"  {place}" + (f": {error.hint}" if error.hint else "")

"""Every operation by its name, from wire to wire.

A request is decoded by the fast walk, carried out, and its answer encoded. Only a request
that the fast walk refuses is walked again by ``api.explain``, which knows the service's order
of checks and its words. Whatever JSON-like Python comes in, what goes out is a response or
one of ``schema.errors``.

Adding an operation is adding a row here and one to ``schema.members``.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, Protocol

from ddblite.api import decode, encode
from ddblite.schema.errors import (
    InternalServerError,
    SerializationException,
    UnknownOperationException,
)
from ddblite.schema.wire import REFUSALS

NOT_A_STRUCTURE: Final = "Unexpected field type"


class Engine(Protocol):
    """What a door needs of the engine."""

    @property
    def wording(self) -> str:
        """``current`` or ``older``."""

    def execute(self, request: Any) -> Any:
        """Carries out a request and returns its answer."""


@dataclass(frozen=True, slots=True)
class Operation:
    """How one operation is read and answered."""

    decode: Callable[[Any], Any]
    encode: Callable[[Any, Any], dict[str, Any]]


OPERATIONS: Final[dict[str, Operation]] = {
    "BatchGetItem": Operation(decode.batch_get_item, encode.batch_get),
    "BatchWriteItem": Operation(decode.batch_write_item, encode.batch_write),
    "CreateTable": Operation(decode.create_table, encode.changed_table),
    "DeleteItem": Operation(decode.delete_item, encode.write),
    "DeleteTable": Operation(decode.delete_table, encode.changed_table),
    "DescribeTable": Operation(decode.describe_table, encode.described_table),
    "GetItem": Operation(decode.get_item, encode.get_item),
    "ListTables": Operation(decode.list_tables, encode.table_names),
    "PutItem": Operation(decode.put_item, encode.write),
    "Query": Operation(decode.query, encode.page),
    "Scan": Operation(decode.scan, encode.page),
    "UpdateItem": Operation(decode.update_item, encode.write),
}


def dispatch(engine: Engine, name: str, wire: dict[str, Any]) -> dict[str, Any]:
    """Carries out an operation, or raises UnknownOperationException when there is none.

    Request and response have the shapes of the wire's JSON; B is base64 text.
    """
    operation = OPERATIONS.get(name) if isinstance(name, str) else None
    if operation is None:
        raise UnknownOperationException
    if not isinstance(wire, dict):
        raise SerializationException(NOT_A_STRUCTURE)
    try:
        request = operation.decode(wire)
    except REFUSALS:
        request = None
    if request is None:
        refuse(name, wire, engine.wording)
    return operation.encode(wire, engine.execute(request))


def refuse(name: str, wire: dict[str, Any], wording: str) -> None:
    """Raises the error for a request that the fast walk refused."""
    # Imported here because most programs never send a request that has to be explained.
    from ddblite.api.explain import explain

    explain(name, wire, wording)
    message = f"{name} was refused, but nothing was found wrong with it"
    raise InternalServerError(message)

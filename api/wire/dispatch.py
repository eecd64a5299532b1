"""Every operation by its name, from wire to wire.

A request is decoded by the fast walk, carried out, and its answer encoded. Only a request
that the fast walk refuses is walked again by ``api.wire.explain``, which knows the service's order
of checks and its words. Whatever JSON-like Python comes in, what goes out is a response or
one of ``schema.errors``.

Adding an operation is adding a row here and one to ``api.wire.model.members``; what is not carried
out yet has a row in ``api.wire.unsupported``, so that the two tables together name every operation
there is.
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final, Protocol

from ddblite.api.wire import decode, decode_control, encode, encode_statements
from ddblite.api.wire import decode_statements as statements
from ddblite.api.wire import decode_transactions as transactions
from ddblite.api.wire.model import feature_members
from ddblite.api.wire.unsupported import MISSING
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

    @property
    def lenient(self) -> bool:
        """Whether what AWS's local version takes is taken too."""

    def execute(self, request: Any) -> Any:
        """Carries out a request and returns its answer."""


def executed(engine: Engine, request: Any) -> Any:
    """Carries out a request that the engine knows."""
    return engine.execute(request)


def stated(name: str) -> Callable[[Any, Any], Any]:
    """Returns what carries out an operation of PartiQL, which is loaded when first asked for."""

    def carry_out(engine: Engine, request: Any) -> Any:
        from ddblite import partiql

        return getattr(partiql, name)(engine, request)

    return carry_out


@dataclass(frozen=True, slots=True)
class Operation:
    """How one operation is read, carried out and answered."""

    decode: Callable[[Any], Any]
    encode: Callable[[Any, Any], dict[str, Any]]
    carry_out: Callable[[Any, Any], Any] = executed


@dataclass(slots=True)
class Seen:
    """What a request was and came to, for whoever keeps a log; no part of its response."""

    wire: object = None
    answer: Any = None


OPERATIONS: Final[dict[str, Operation]] = {
    "BatchExecuteStatement": Operation(
        statements.batch_execute_statement,
        encode_statements.batch_statement,
        stated("batch_execute_statement"),
    ),
    "BatchGetItem": Operation(decode.batch_get_item, encode.batch_get),
    "BatchWriteItem": Operation(decode.batch_write_item, encode.batch_write),
    "CreateTable": Operation(decode.create_table, encode.changed_table),
    "DeleteItem": Operation(decode.delete_item, encode.write),
    "DeleteTable": Operation(decode.delete_table, encode.changed_table),
    "DescribeContinuousBackups": Operation(
        decode_control.describe_continuous_backups, encode.response
    ),
    "DescribeTable": Operation(decode.describe_table, encode.described_table),
    "DescribeTimeToLive": Operation(decode_control.describe_time_to_live, encode.response),
    "ExecuteStatement": Operation(
        statements.execute_statement, encode_statements.statement, stated("execute_statement")
    ),
    "ExecuteTransaction": Operation(
        statements.execute_transaction,
        encode_statements.transaction,
        stated("execute_transaction"),
    ),
    "GetItem": Operation(decode.get_item, encode.get_item),
    "ListTables": Operation(decode.list_tables, encode.table_names),
    "ListTagsOfResource": Operation(decode_control.list_tags, encode.response),
    "PutItem": Operation(decode.put_item, encode.write),
    "Query": Operation(decode.query, encode.page),
    "Scan": Operation(decode.scan, encode.page),
    "TagResource": Operation(decode_control.tag_resource, encode.response),
    "TransactGetItems": Operation(transactions.transact_get_items, encode.transact_get),
    "TransactWriteItems": Operation(transactions.transact_write_items, encode.transact_write),
    "UntagResource": Operation(decode_control.untag_resource, encode.response),
    "UpdateContinuousBackups": Operation(decode_control.update_continuous_backups, encode.response),
    "UpdateItem": Operation(decode.update_item, encode.write),
    "UpdateTable": Operation(decode_control.update_table, encode.changed_table),
    "UpdateTimeToLive": Operation(decode_control.update_time_to_live, encode.response),
    **{
        name: Operation(decode_control.absent_feature(name), encode.response)
        for name in feature_members.OPERATIONS
    },
}
"""The operations that are carried out; with ``MISSING`` these are all there are."""


def dispatch(
    engine: Engine, name: object, wire: object, seen: Seen | None = None
) -> dict[str, Any]:
    """Carries out an operation, or raises UnknownOperationException when there is none.

    Request and response have the shapes of the wire's JSON; B is base64 text. A name that is
    no text and a request that is no dict are answered as well.
    """
    if not isinstance(name, str) or name not in OPERATIONS:
        raise UnknownOperationException(MISSING.get(name, "") if isinstance(name, str) else "")
    operation = OPERATIONS[name]
    if not isinstance(wire, dict):
        raise SerializationException(NOT_A_STRUCTURE)
    try:
        request = operation.decode(wire)
    except REFUSALS:
        request = None
    if request is None:
        wire, request = decoded_leniently(engine, name, wire)
    answer = operation.carry_out(engine, request)
    if seen is not None:
        seen.answer = answer
    return operation.encode(wire, answer)


def decoded_leniently(engine: Engine, name: str, wire: dict[str, Any]) -> tuple[Any, Any]:
    """Returns a refused request as leniency makes it, and decoded, or raises why it is refused."""
    request = None
    if engine.lenient:
        # Imported here because a request that is in order needs no leniency.
        from ddblite.api.wire.lenient import eased

        wire = eased(name, wire)
        with suppress(*REFUSALS):
            request = OPERATIONS[name].decode(wire)
    if request is None:
        refuse(name, wire, engine.wording)
    return wire, request


def refuse(name: str, wire: dict[str, Any], wording: str) -> None:
    """Raises the error for a request that the fast walk refused."""
    # Imported here because most programs never send a request that has to be explained.
    from ddblite.api.wire.explain import explain

    explain(name, wire, wording)
    message = f"{name} was refused, but nothing was found wrong with it"
    raise InternalServerError(message)

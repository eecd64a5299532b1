"""The operations of PartiQL, whose room is entered when the first statement is carried out."""

from collections.abc import Callable
from typing import Any, Final

from ddblite.api.wire import decode_statements, encode
from ddblite.api.wire.model import members
from ddblite.api.wire.operation import Engine, Operation
from ddblite.api.wire.operations.checks import explaining
from ddblite.schema import statement_requests


def stated(name: str) -> Callable[[Any, Any], Any]:
    """Returns what carries out an operation of PartiQL, which is loaded when first asked for."""

    def carry_out(engine: Engine, request: Any) -> Any:
        from ddblite import partiql

        return getattr(partiql, name)(engine, request)

    return carry_out


STATEMENT_OPERATIONS: Final = (
    Operation(
        name="BatchExecuteStatement",
        record=statement_requests.BatchExecuteStatement,
        shape=members.BATCH_EXECUTE_STATEMENT,
        decode=decode_statements.batch_execute_statement,
        encode=encode.batch_statement,
        carry_out=stated("batch_execute_statement"),
    ),
    Operation(
        name="ExecuteStatement",
        record=statement_requests.ExecuteStatement,
        shape=members.EXECUTE_STATEMENT,
        decode=decode_statements.execute_statement,
        encode=encode.statement,
        carry_out=stated("execute_statement"),
        checks=lambda: explaining().STATEMENTS,
    ),
    Operation(
        name="ExecuteTransaction",
        record=statement_requests.ExecuteTransaction,
        shape=members.EXECUTE_TRANSACTION,
        decode=decode_statements.execute_transaction,
        encode=encode.transaction,
        carry_out=stated("execute_transaction"),
        checks=lambda: explaining().STATEMENTS,
    ),
)

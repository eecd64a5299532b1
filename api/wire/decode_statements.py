"""Wire statements of PartiQL to requests: the fast half, as in ``api.wire.decode``.

Statements are taken as text; what is wrong with one is found when it is carried out.
"""

from typing import Any

from msgspec.structs import replace

from ddblite.api.wire.decode import CAPACITIES, ON_FAILURE
from ddblite.api.wire.members import INTEGER_MAX, Wire, choice, flag, require, text, whole
from ddblite.api.wire.model.attribute_faults import check_value
from ddblite.api.wire.model.members import BATCH_EXECUTE_STATEMENT
from ddblite.schema.errors import ValidationException
from ddblite.schema.limits import (
    BATCH_STATEMENTS_MAX,
    CLIENT_TOKEN_LENGTH_MAX,
    NEXT_TOKEN_LENGTH_MAX,
    PARAMETER_DEPTH,
    STATEMENT_LENGTH_MAX,
    TRANSACT_ITEMS_MAX,
)
from ddblite.schema.statement_requests import (
    BatchExecuteStatement,
    ExecuteStatement,
    ExecuteTransaction,
    StatementRequest,
)
from ddblite.schema.values import Value
from ddblite.schema.wire import REFUSALS, Refused, read_value
from ddblite.schema.wording import reworded


def execute_statement(wire: Wire) -> ExecuteStatement:
    """Decodes ExecuteStatement."""
    choice(wire, "ReturnConsumedCapacity", CAPACITIES)
    token = text(wire, "NextToken")
    require(token is None or len(token) <= NEXT_TOKEN_LENGTH_MAX)
    return ExecuteStatement(
        statement=statement(wire, consistent=flag(wire, "ConsistentRead")),
        next_token=token,
        limit=whole(wire, "Limit", 1, INTEGER_MAX),
    )


def batch_execute_statement(wire: Wire) -> BatchExecuteStatement:
    """Decodes BatchExecuteStatement; a bad parameter is the affair of its statement alone."""
    choice(wire, "ReturnConsumedCapacity", CAPACITIES)
    statements = [batched(entry) for entry in entries(wire["Statements"], BATCH_STATEMENTS_MAX)]
    if any(one.fault is not None for one in statements):
        # Imported here because most programs never send a parameter that has to be explained.
        from ddblite.api.wire.explain import check_shape

        check_shape("BatchExecuteStatement", BATCH_EXECUTE_STATEMENT, wire)
    return BatchExecuteStatement(statements=statements)


def batched(entry: Wire) -> StatementRequest:
    """Decodes one statement of a batch, or what is wrong with the values of its parameters."""
    consistent = flag(entry, "ConsistentRead")
    try:
        return statement(entry, consistent=consistent)
    except REFUSALS:
        fault = fault_of_parameters(entry.get("Parameters"))
        rest = {**entry, "Parameters": None}
        return replace(statement(rest, consistent=consistent), fault=fault)


def fault_of_parameters(wire: Any) -> ValidationException:  # noqa: ANN401 - any JSON
    """Returns the first fault among parameters, or raises Refused when they have none."""
    try:
        for value in wire or ():
            check_value(value, PARAMETER_DEPTH)
    except ValidationException as fault:
        return reworded(fault, "BatchExecuteStatement")
    raise Refused


def execute_transaction(wire: Wire) -> ExecuteTransaction:
    """Decodes ExecuteTransaction."""
    choice(wire, "ReturnConsumedCapacity", CAPACITIES)
    token = text(wire, "ClientRequestToken")
    require(token is None or 0 < len(token) <= CLIENT_TOKEN_LENGTH_MAX)
    found = entries(wire["TransactStatements"], TRANSACT_ITEMS_MAX)
    return ExecuteTransaction(statements=[statement(entry) for entry in found], token=token)


def entries(wire: object, most: int) -> list[Wire]:
    """Returns the statements of a request: one at least."""
    if not isinstance(wire, list | tuple) or not 0 < len(wire) <= most:
        raise Refused
    require(all(isinstance(entry, dict) for entry in wire))
    return list(wire)


def statement(wire: Wire, *, consistent: bool = False) -> StatementRequest:
    """Decodes one statement with its parameters."""
    written = text(wire, "Statement")
    if written is None or not 0 < len(written) <= STATEMENT_LENGTH_MAX:
        raise Refused
    on_failure = choice(wire, "ReturnValuesOnConditionCheckFailure", ON_FAILURE)
    return StatementRequest(
        text=written,
        parameters=parameters(wire.get("Parameters")),
        written=wire.get("Parameters") or (),
        consistent=consistent,
        return_old_on_failure=on_failure == "ALL_OLD",
    )


def parameters(wire: object) -> tuple[Value, ...]:
    """Returns the values for the question marks; when they are given, there is one at least."""
    if wire is None:
        return ()
    if not isinstance(wire, list | tuple) or not wire:
        raise Refused
    return tuple([read_value(value, PARAMETER_DEPTH) for value in wire])

"""The explaining walk: why a request was refused, in the service's order and words.

Per operation a row of checks, each raising for the first fault it sees: JSON types, then
constraints, then combinations of members, values in document order, expressions, and what was given
but never used. Nothing here looks at a table. It runs only for requests that the fast walk of
``api.wire.decode`` refused; a property test holds that the one accepts exactly what the other finds
nothing wrong with. Facts: docs/facts/validation.md, "The order of checks" and "Sequences by
operation".
"""

from collections.abc import Mapping
from typing import Any, Final

from ddblite.api.wire import combinations as combined
from ddblite.api.wire import legacy, legacy_faults
from ddblite.api.wire.explain_many import (
    check_batch_get,
    check_batch_write,
    check_transaction,
)
from ddblite.api.wire.explain_parts import (
    check_expression_values,
    check_expressions,
    check_item,
    check_key,
    check_names_written,
    check_projection,
    check_values_early,
    check_values_late,
    parse_expressions,
)
from ddblite.api.wire.model.attribute_faults import check_attributes, check_value
from ddblite.api.wire.model.json_types import check_types, present
from ddblite.api.wire.model.shapes import Structure
from ddblite.api.wire.model.stages import check_constraints
from ddblite.api.wire.older_requests import is_read_by_older
from ddblite.api.wire.operation import Checks, Operation, Request, alike
from ddblite.engine.definitions.create_table import check_definition
from ddblite.engine.operations import request_expressions
from ddblite.schema.errors import ValidationException
from ddblite.schema.limits import PARAMETER_DEPTH
from ddblite.schema.wording import CURRENT, OLDER, layer_of, reworded

NO_KEY_CONDITION: Final = (
    "Either the KeyConditions or KeyConditionExpression parameter must be specified in the request."
)
BAD_START_KEY: Final = "The provided starting key is invalid: "


def explain(row: Operation, wire: Mapping[str, Any], wording: str = CURRENT) -> None:
    """Raises the error for a wire request, or returns when nothing is wrong with it."""
    check_types(row.shape, wire)
    strange = not layer_of(row.name, wording).older and is_read_by_older(row.name, row.shape, wire)
    if strange:
        wording = OLDER
    members = present(row.shape, wire)
    check_constraints(row.name, row.shape, members, wording, strange=strange)
    older = layer_of(row.name, wording).older
    request = Request(row.name, members, older, row.parameters, strange)
    checks = row.checks()
    try:
        for check in checks.older if older else checks.current:
            check(request)
    except ValidationException as error:
        raise reworded(error, row.name, wording) from None


def check_shape(operation: str, shape: Structure, wire: Mapping[str, Any]) -> None:
    """Raises for a fault of types or constraints, of a request that has no other checks."""
    check_types(shape, wire)
    check_constraints(operation, shape, present(shape, wire), CURRENT)


def check_start_key(request: Request) -> None:
    """Checks the values of ExclusiveStartKey.

    A Query says that they are of a start key only where a value has no type, or several.
    """
    try:
        check_attributes(request.wire.get("ExclusiveStartKey", {}))
    except ValidationException as fault:
        if request.operation == "Query" and fault.enveloped:
            raise
        older = fault.message if fault.older is None else fault.older
        raise ValidationException(
            BAD_START_KEY + fault.message, older=BAD_START_KEY + older
        ) from None


def check_condition_not_empty(request: Request) -> None:
    """Refuses an empty condition, before the values and the update are looked at."""
    request_expressions.check_not_empty(request.wire.get("ConditionExpression"))


def check_conditional_operator(request: Request) -> None:
    """Checks ConditionalOperator where it comes before all values: in the current layer."""
    if not request.older:
        legacy_faults.check_operator(request.wire, JOINED[request.operation])


JOINED: Final = {
    **dict.fromkeys(("PutItem", "UpdateItem", "DeleteItem"), "Expected"),
    "Query": "QueryFilter",
    "Scan": "ScanFilter",
}
"""The member whose conditions ConditionalOperator joins."""


def check_expected(request: Request) -> None:
    """Checks Expected and ConditionalOperator."""
    legacy.expected(request.wire)


def check_updates(request: Request) -> None:
    """Checks AttributeUpdates."""
    if "AttributeUpdates" in request.wire:
        legacy.updates(request.wire["AttributeUpdates"])


def check_query_legacy(request: Request) -> None:
    """Checks QueryFilter, AttributesToGet and KeyConditions."""
    legacy.filtered(request.wire, "QueryFilter")
    check_projection(request)
    if "KeyConditions" in request.wire:
        legacy.key_conditions(request.wire["KeyConditions"])


def check_scan_legacy(request: Request) -> None:
    """Checks ScanFilter and AttributesToGet."""
    legacy.filtered(request.wire, "ScanFilter")
    check_projection(request)


def check_key_condition(request: Request) -> None:
    """Refuses a Query that does not say which partition."""
    if "KeyConditions" not in request.wire and "KeyConditionExpression" not in request.wire:
        raise ValidationException(NO_KEY_CONDITION)


def check_parameters(request: Request) -> None:
    """Checks the parameters of a statement, or of all statements of a transaction."""
    wire = request.wire
    for statement in wire.get("TransactStatements") or [wire]:
        for value in statement.get("Parameters", ()):
            check_value(value, PARAMETER_DEPTH)


def check_create_table(request: Request) -> None:
    """Checks the definition of a table."""
    check_definition(request.wire)


SHAPE_OF_REQUEST: Final = (
    check_names_written,
    combined.check_mix,
    combined.check_placeholders_allowed,
)
SHAPE_OF_CONDITIONS: Final = (
    check_names_written,
    combined.check_mix,
    check_conditional_operator,
    combined.check_placeholders_allowed,
)
EXPRESSIONS: Final = (parse_expressions, check_values_late, check_expressions)

PUT_ITEM: Final = alike(
    *SHAPE_OF_CONDITIONS,
    check_values_early,
    check_item,
    check_expected,
    *EXPRESSIONS,
    combined.check_return_values,
)
UPDATE_ITEM: Final = alike(
    *SHAPE_OF_CONDITIONS,
    check_condition_not_empty,
    check_values_early,
    check_key,
    check_updates,
    check_expected,
    *EXPRESSIONS,
)
DELETE_ITEM: Final = alike(
    *SHAPE_OF_CONDITIONS,
    check_values_early,
    check_key,
    check_expected,
    *EXPRESSIONS,
    combined.check_return_values,
)
GET_ITEM: Final = alike(*SHAPE_OF_REQUEST, check_key, check_projection, check_expressions)
QUERY: Final = alike(
    *SHAPE_OF_REQUEST,
    combined.check_select,
    check_conditional_operator,
    check_expression_values,
    check_query_legacy,
    check_start_key,
    check_expressions,
    check_key_condition,
)
BATCH_GET_ITEM: Final = alike(check_batch_get)
BATCH_WRITE_ITEM: Final = alike(check_batch_write)
TRANSACTION: Final = alike(check_transaction)
CREATE_TABLE: Final = alike(check_create_table)
STATEMENTS: Final = alike(check_parameters)
SCAN: Final = Checks(
    current=(
        *SHAPE_OF_CONDITIONS,
        check_scan_legacy,
        check_start_key,
        check_expression_values,
        check_expressions,
        combined.check_select,
        combined.check_segments,
    ),
    older=(
        *SHAPE_OF_REQUEST,
        combined.check_select,
        check_expression_values,
        check_scan_legacy,
        check_start_key,
        combined.check_segments,
        check_expressions,
    ),
)
"""Its order is another one in the older layer."""

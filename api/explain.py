"""The explaining walk: why a request was refused, in the service's order and words.

Per operation a row of steps, each raising for the first fault it sees: JSON types, then
constraints, then combinations of members, values in document order, expressions, and what was
given but never used. Nothing here looks at a table. It runs only for requests that the fast
walk of ``api.decode`` refused; a property test holds that the one accepts exactly what the
other finds nothing wrong with. Facts: validation, sections 0.2 and 8.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Final

from ddblite.api import combinations as combined
from ddblite.api import decode_control, legacy
from ddblite.api.combinations import Request
from ddblite.api.decode_transactions import VALUES_LEVEL
from ddblite.engine.expressions import (
    check_placeholder_keys,
    check_placeholders,
    parse_condition,
    parse_key_condition,
    parse_projection,
    parse_update,
)
from ddblite.engine.operations import asking
from ddblite.schema.attribute_faults import NULL_IS_TRUE, check_attributes, check_value
from ddblite.schema.create_table import check_definition
from ddblite.schema.errors import ValidationException
from ddblite.schema.explain import EMPTY_SETS, TOO_DEEP
from ddblite.schema.json_types import check_types, present
from ddblite.schema.members import OPERATIONS
from ddblite.schema.older_requests import is_read_by_older
from ddblite.schema.stages import check_constraints
from ddblite.schema.wire import read_attributes
from ddblite.schema.wording import CURRENT, OLDER, layer_of, reworded

Step = Callable[[Request], None]

NO_KEY_CONDITION: Final = (
    "Either the KeyConditions or KeyConditionExpression parameter must be specified in the request."
)
BAD_START_KEY: Final = "The provided starting key is invalid: "


def explain(operation: str, wire: Mapping[str, Any], wording: str = CURRENT) -> None:
    """Raises the error for a wire request, or returns when nothing is wrong with it."""
    shape = OPERATIONS[operation]
    check_types(shape, wire)
    strange = not layer_of(operation, wording).older and is_read_by_older(operation, shape, wire)
    if strange:
        wording = OLDER
    members = present(shape, wire)
    check_constraints(operation, shape, members, wording, strange=strange)
    request = Request(operation, members, layer_of(operation, wording).older, strange)
    try:
        for step in steps_of(request):
            step(request)
    except ValidationException as error:
        raise reworded(error, operation, wording) from None


def steps_of(request: Request) -> tuple[Step, ...]:
    """Returns what is checked after types and constraints, in order."""
    steps = STEPS.get(request.operation, ())
    return OLDER_STEPS.get(request.operation, steps) if request.older else steps


def check_item(request: Request) -> None:
    """Checks the values of Item."""
    check_attributes(request.wire["Item"])


def check_key(request: Request) -> None:
    """Checks the values of Key."""
    check_key_values(request.wire["Key"])


def check_key_values(key: Mapping[str, Any]) -> None:
    """Checks the values of one key; an empty set in it is never put into the envelope."""
    try:
        check_attributes(key)
    except ValidationException as fault:
        fault.enveloped = fault.enveloped and fault.message not in EMPTY_SETS.values()
        raise


def check_start_key(request: Request) -> None:
    """Checks the values of ExclusiveStartKey."""
    try:
        check_attributes(request.wire.get("ExclusiveStartKey", {}))
    except ValidationException as fault:
        older = fault.message if fault.older is None else fault.older
        raise ValidationException(
            BAD_START_KEY + fault.message, older=BAD_START_KEY + older
        ) from None


def check_values_early(request: Request) -> None:
    """Checks expression values where they come before the expressions: in the older layer."""
    if request.older:
        check_expression_values(request)


def check_values_late(request: Request) -> None:
    """Checks expression values where they come after the expressions: in the current layer."""
    if not request.older:
        check_expression_values(request)


def check_expression_values(request: Request) -> None:
    """Checks ExpressionAttributeValues."""
    for placeholder, value in request.wire.get("ExpressionAttributeValues", {}).items():
        try:
            check_value(value, request.values_level)
        except ValidationException as fault:
            raise located(fault, placeholder, request) from None


def located(fault: ValidationException, placeholder: str, request: Request) -> ValidationException:
    """Returns the fault of an expression value, with its placeholder where that is told.

    The older layer tells it. The current one does so only for values of no type or several,
    and a request that is strange to it has rules of its own.
    """
    older = fault.message if fault.older is None else fault.older
    text = f"ExpressionAttributeValues contains invalid value: {older} for key {placeholder}"
    if not fault.enveloped:
        return ValidationException(text)
    if request.strange and not is_located(fault, request.operation):
        return ValidationException(older)
    return ValidationException(fault.message, older=text, enveloped=True)


def is_located(fault: ValidationException, operation: str) -> bool:
    """Whether the refusal of a strange request names the expression value that is at fault."""
    return (
        operation == "UpdateItem"
        or fault.message == TOO_DEEP
        or (fault.message == NULL_IS_TRUE and operation in {"DeleteItem", "Query"})
    )


PARSERS: Final[tuple[tuple[str, Callable[[str, Any], Any]], ...]] = (
    ("UpdateExpression", parse_update),
    ("ConditionExpression", parse_condition),
    ("KeyConditionExpression", parse_key_condition),
    ("FilterExpression", lambda text, names: parse_condition(text, names, "FilterExpression")),
    ("ProjectionExpression", parse_projection),
)
"""The order in which expressions are looked at."""


def expressions_of(request: Request) -> list[Any]:
    """Returns the parsed expressions, or raises for the first that cannot be parsed."""
    names = request.wire.get("ExpressionAttributeNames")
    return [
        parse(request.wire[member], names)
        for member, parse in PARSERS
        if request.wire.get(member) is not None
    ]


def parse_expressions(request: Request) -> None:
    """Parses the expressions, for their faults alone."""
    expressions_of(request)


def check_expressions(request: Request) -> None:
    """Checks the expressions against the values, and that no placeholder is left unused."""
    expressions = expressions_of(request)
    wires = request.wire.get("ExpressionAttributeValues")
    values = None if wires is None else read_attributes(wires, request.values_level)
    for expression in expressions:
        if hasattr(expression, "check"):
            expression.check(values or {})
    check_placeholders(
        request.wire.get("ExpressionAttributeNames"),
        values,
        [name for expression in expressions for name in expression.names_used],
        [name for one in expressions for name in getattr(one, "values_used", ())],
    )


def check_empty(request: Request) -> None:
    """Refuses an update and a condition that are both empty, in the words for the condition."""
    wire = request.wire
    asking.check_empty(wire.get("UpdateExpression"), wire.get("ConditionExpression"))


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


def check_projection(request: Request) -> None:
    """Checks AttributesToGet."""
    if "AttributesToGet" in request.wire:
        legacy.projection(request.wire["AttributesToGet"])


def check_key_condition(request: Request) -> None:
    """Refuses a Query that does not say which partition."""
    if "KeyConditions" not in request.wire and "KeyConditionExpression" not in request.wire:
        raise ValidationException(NO_KEY_CONDITION)


def check_batch_get(request: Request) -> None:
    """Checks what each table is asked for, then how much it is together."""
    combined.check_batch_is_there(request)
    combined.check_tables_once(request)
    combined.check_batch_styles(request)
    for settings in request.wire["RequestItems"].values():
        part = Request(request.operation, settings, request.older)
        combined.check_mix(part)
        combined.check_placeholders_allowed(part)
        for key in settings["Keys"]:
            check_key_values(key)
        check_projection(part)
        check_expressions(part)
        combined.check_no_key_twice(part)
    combined.check_batch_get_total(request)


def check_batch_write(request: Request) -> None:
    """Checks the writes of a batch: how many, of one kind each, then their values."""
    combined.check_batch_is_there(request)
    combined.check_batch_write_total(request)
    for writes in request.wire["RequestItems"].values():
        for write in writes:
            combined.check_one_kind(write)
            if "PutRequest" in write:
                check_attributes(write["PutRequest"]["Item"])
            else:
                check_key_values(write["DeleteRequest"]["Key"])


SINGLE_OPERATIONS: Final = {
    "ConditionCheck": "DeleteItem",
    "Put": "PutItem",
    "Delete": "DeleteItem",
    "Update": "UpdateItem",
    "Get": "GetItem",
}
"""What the entries of a transaction are like when they stand alone."""


def check_transact_write(request: Request) -> None:
    """Checks the actions of a transaction, one after another."""
    entries = request.wire["TransactItems"]
    for entry in entries:
        combined.check_one_action(entry)
    for entry in entries:
        check_entry(entry, request)


def check_transact_get(request: Request) -> None:
    """Checks the gets of a transaction, one after another."""
    for entry in request.wire["TransactItems"]:
        check_entry(entry, request)


def check_entry(entry: Mapping[str, Any], request: Request) -> None:
    """Checks one entry of a transaction as far as it needs no table."""
    for arm, wire in entry.items():
        part = Request(SINGLE_OPERATIONS[arm], wire, request.older, values_level=VALUES_LEVEL)
        if arm == "Put" and "ConditionExpression" not in wire:
            part = without_values(part)
        combined.check_placeholders_allowed(part)
        check_values_early(part)
        if "Item" in wire:
            check_item(part)
        else:
            check_key(part)
        parse_expressions(part)
        check_values_late(part)
        check_expressions(part)


def without_values(part: Request) -> Request:
    """Returns the put of a transaction without the values that it has no condition for."""
    check_placeholder_keys(None, part.wire.get("ExpressionAttributeValues"))
    check_expression_values(part)
    rest = {name: one for name, one in part.wire.items() if name != "ExpressionAttributeValues"}
    return replace(part, wire=rest)


def check_parameters(request: Request) -> None:
    """Checks the parameters of a statement, or of all statements of a transaction."""
    wire = request.wire
    for statement in wire.get("TransactStatements") or [wire]:
        for value in statement.get("Parameters", ()):
            check_value(value)


def check_create_table(request: Request) -> None:
    """Checks the definition of a table."""
    check_definition(request.wire)


def check_control(request: Request) -> None:
    """Checks what an operation of the control plane is checked for beside its constraints."""
    decode_control.CHECKS[request.operation](request.wire)


SHAPE_OF_REQUEST: Final = (combined.check_mix, combined.check_placeholders_allowed)
EXPRESSIONS: Final = (parse_expressions, check_values_late, check_expressions)

STEPS: Final[dict[str, tuple[Step, ...]]] = {
    "PutItem": (
        *SHAPE_OF_REQUEST,
        check_values_early,
        check_item,
        check_expected,
        *EXPRESSIONS,
        combined.check_return_values,
    ),
    "UpdateItem": (
        *SHAPE_OF_REQUEST,
        check_values_early,
        check_key,
        check_updates,
        check_expected,
        check_empty,
        *EXPRESSIONS,
    ),
    "DeleteItem": (
        *SHAPE_OF_REQUEST,
        check_values_early,
        check_key,
        check_expected,
        *EXPRESSIONS,
        combined.check_return_values,
    ),
    "GetItem": (*SHAPE_OF_REQUEST, check_key, check_projection, check_expressions),
    "Query": (
        *SHAPE_OF_REQUEST,
        combined.check_select,
        check_expression_values,
        check_query_legacy,
        check_start_key,
        check_expressions,
        check_key_condition,
    ),
    "Scan": (
        *SHAPE_OF_REQUEST,
        check_scan_legacy,
        check_start_key,
        check_expression_values,
        check_expressions,
        combined.check_select,
        combined.check_segments,
    ),
    "BatchGetItem": (check_batch_get,),
    "BatchWriteItem": (check_batch_write,),
    "TransactWriteItems": (check_transact_write,),
    "TransactGetItems": (check_transact_get,),
    "CreateTable": (check_create_table,),
    "ExecuteStatement": (check_parameters,),
    "ExecuteTransaction": (check_parameters,),
    **dict.fromkeys(decode_control.CHECKS, (check_control,)),
}
"""What comes after types and constraints, per operation."""

OLDER_STEPS: Final[dict[str, tuple[Step, ...]]] = {
    "Scan": (
        *SHAPE_OF_REQUEST,
        combined.check_select,
        check_expression_values,
        check_scan_legacy,
        check_start_key,
        combined.check_segments,
        check_expressions,
    ),
}
"""The same in the older layer, where an operation has another order there."""

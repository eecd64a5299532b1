"""What is checked of one request, or of one part of it: its values, expressions and projection.

A part is a table's share of BatchGetItem or an entry of a transaction, which are looked at as the
operations are that they resemble (``api.wire.explain_many``). Each function raises for the first
fault that it sees.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from ddblite.api.wire import legacy
from ddblite.api.wire.model.attribute_faults import NULL_IS_TRUE, check_attributes, check_value
from ddblite.api.wire.operation import Request
from ddblite.engine.expressions import (
    check_placeholders,
    parse_condition,
    parse_key_condition,
    parse_projection,
    parse_update,
)
from ddblite.schema.errors import ValidationException
from ddblite.schema.value_faults import EMPTY_SETS, TOO_DEEP, explain_name
from ddblite.schema.wire import read_attributes


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


NAMED: Final = ("Item", "Key", "AttributeUpdates", "Expected")
"""Members whose own keys are names of attributes; a filter may be on one without a name."""

VALUED: Final = ("Item", "Key", "ExpressionAttributeValues")
COMPARED: Final = ("AttributeUpdates", "Expected", "KeyConditions", "QueryFilter", "ScanFilter")


def check_names_written(request: Request) -> None:
    """Refuses an attribute without a name, wherever it is; the current layer does so first."""
    if request.older:
        return
    given = (request.wire.get(member, {}) for member in NAMED)
    if any("" in names for names in given) or any(map(has_empty_name, values_in(request.wire))):
        explain_name("")


def values_in(wire: Mapping[str, Any]) -> Iterator[Any]:
    """Yields the attribute values of a request that are no start key."""
    for member in VALUED:
        yield from wire.get(member, {}).values()
    for member in COMPARED:
        for compared in wire.get(member, {}).values():
            yield compared.get("Value")
            yield from compared.get("AttributeValueList", ())


def has_empty_name(value: Mapping[str, Any] | None) -> bool:
    """Whether there is an attribute without a name inside an attribute value."""
    inner = (value or {}).get("M") or {}
    elements = (value or {}).get("L") or ()
    return "" in inner or any(map(has_empty_name, (*inner.values(), *elements)))


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

    The older layer tells it. The current one does so only for values of no type, in some
    operations, and a request that is strange to it has rules of its own.
    """
    older = fault.message if fault.older is None else fault.older
    text = f"ExpressionAttributeValues contains invalid value: {older} for key {placeholder}"
    if not fault.enveloped:
        current = text if request.operation in EMPTY_VALUE_LOCATED else fault.message
        return ValidationException(current, older=text)
    if request.strange and not is_located(fault, request.operation):
        return ValidationException(older)
    return ValidationException(fault.message, older=text, enveloped=True)


EMPTY_VALUE_LOCATED: Final = frozenset({"UpdateItem", "DeleteItem", "Query"})
"""Where the current layer tells which expression value has no type."""


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


def check_projection(request: Request) -> None:
    """Checks AttributesToGet."""
    if "AttributesToGet" in request.wire:
        legacy.projection(request.wire["AttributesToGet"])

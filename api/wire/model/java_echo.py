"""A refused member as the service repeats it: the way Java prints its own objects.

    [a, b]   {k=v}   WriteRequest(putRequest=PutRequest(item={...}, ...), deleteRequest=null)

What stands in lists of requests is printed with every member that its Java class has, those among
them that the wire does not know; anything else with the members that are there. Captured on AWS,
October 2026; some of its hosts print an object's address instead, so that nobody should rely on
this. Facts: docs/facts/validation.md, "Echoes of refused values".
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from ddblite.api.wire.model.shapes import (
    ATTRIBUTE_VALUE_MEMBERS,
    AttributeValue,
    Blob,
    Flag,
    ListOf,
    MapOf,
    Shape,
    Structure,
    Whole,
)
from ddblite.schema.java_hash_order import map_order
from ddblite.schema.wire import read_binary, read_boolean, read_whole

DEPTH_MAX: Final = 80
"""How far a value is followed: what is deeper is refused for that, once it is looked at."""

LENGTH_MAX: Final = 1_000_000
"""About how many characters are printed; a value of one character is printed as two hundred."""

VALUE_CLASS: Final = (
    *("S", "N", "B", "INT", "DECIMAL", "DOUBLE", "SS", "NS", "BS"),
    *("INTSET", "DECIMALSET", "DOUBLESET", "M", "L", "NULL", "BOOL"),
)
EXPRESSIONS: Final = (
    *("TableName", "ConditionExpression", "ExpressionAttributeNames"),
    *("ExpressionAttributeValues", "ReturnValuesOnConditionCheckFailure", "WorkloadProfileName"),
)
CLASSES: Final[Mapping[str, tuple[str, ...]]] = {
    "WriteRequest": ("PutRequest", "DeleteRequest"),
    "PutRequest": ("Item", "WorkloadProfileName"),
    "DeleteRequest": ("Key", "WorkloadProfileName"),
    "TransactWriteItem": ("ConditionCheck", "Put", "Delete", "Update"),
    "ConditionCheck": ("Key", *EXPRESSIONS),
    "Put": ("Item", *EXPRESSIONS),
    "Delete": ("Key", *EXPRESSIONS),
    "Update": ("Key", "UpdateExpression", *EXPRESSIONS),
    "TransactGetItem": ("Get",),
    "Get": (
        *("Key", "TableName", "ProjectionExpression", "ExpressionAttributeNames"),
        "WorkloadProfileName",
    ),
    "BatchStatementRequest": (
        *("Statement", "Parameters", "ConsistentRead", "ReturnValuesOnConditionCheckFailure"),
    ),
    "ParameterizedStatement": (
        *("Statement", "Parameters", "ReturnValuesOnConditionCheckFailure"),
    ),
}
"""The members of Java's classes, in their order."""


def echo(shape: Shape, value: Any) -> str:
    """Returns a value of the right JSON types as Java prints it; a very long one cut off."""
    length = 0
    printed: list[str] = []
    for piece in pieces(shape, value, DEPTH_MAX):
        if length > LENGTH_MAX:
            printed.append("...")
            break
        printed.append(piece)
        length += len(piece)
    return "".join(printed)


def pieces(shape: Shape, value: Any, depth: int) -> Iterator[str]:
    """Yields what Java prints of a value, piece by piece."""
    if value is None or not depth:
        yield "null" if value is None else "..."
        return
    match shape:
        case Structure(name=name, members=members):
            there = [member for member in members if value.get(member) is not None]
            yield from of_class(name, CLASSES.get(name, there), members, value, depth)
        case AttributeValue():
            members = ATTRIBUTE_VALUE_MEMBERS
            yield from of_class("AttributeValue", VALUE_CLASS, members, value, depth)
        case MapOf(value=inner):
            entries = ((f"{name}=", inner, value[name]) for name in map_order(value))
            yield from enclosed("{", entries, "}", depth)
        case ListOf(element=inner):
            yield from enclosed("[", (("", inner, element) for element in value), "]", depth)
        case _:
            yield scalar(shape, value)


def of_class(
    name: str,
    printed: Iterable[str],
    members: Mapping[str, Shape],
    value: Mapping[str, Any],
    depth: int,
) -> Iterator[str]:
    """Yields an object of a class: ``Get(key={...}, tableName=a)``; what it lacks is null."""
    entries = (
        (f"{member[:1].lower()}{member[1:]}=", members.get(member), value.get(member))
        for member in printed
    )
    yield from enclosed(f"{name}(", entries, ")", depth)


def enclosed(
    start: str, entries: Iterable[tuple[str, Shape | None, Any]], end: str, depth: int
) -> Iterator[str]:
    """Yields entries between brackets; one without a shape is a member that the wire lacks."""
    yield start
    separator = ""
    for label, shape, value in entries:
        yield separator + label
        if shape is None:
            yield "null"
        else:
            yield from pieces(shape, value, depth - 1)
        separator = ", "
    yield end


def scalar(shape: Shape, value: Any) -> str:
    """Returns a plain value as Java prints it; of bytes, only where they are."""
    match shape:
        case Flag():
            return "true" if read_boolean(value) else "false"
        case Whole():
            return str(read_whole(value, shape.largest))
        case Blob():
            size = len(read_binary(value))
            return f"java.nio.HeapByteBuffer[pos=0 lim={size} cap={size}]"
        case _:
            return str(value)

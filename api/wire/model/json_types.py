"""The type pass: whether each member of a request has the JSON type that its shape asks for.

The first member that is not, in document order, is a SerializationException whose text names
what the JSON reader saw and what it should have become. A null is an absent member. Values
nested deeper than any legal one are not followed: the value walk refuses them.
"""

import re
from collections.abc import Mapping
from decimal import Decimal
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
    TableName,
    Text,
    Whole,
    java_type,
)
from ddblite.schema.errors import SerializationException
from ddblite.schema.limits import NESTING_DEPTH_READ_MAX
from ddblite.schema.wire import (
    BOOLEAN_WORDS,
    REFUSALS,
    read_binary,
    read_boolean,
    read_whole,
)

WALK_DEPTH_MAX: Final = 2 * NESTING_DEPTH_READ_MAX + 10
"""A value is two steps of this walk, its structure and its content; members are some more."""

MAP_UNEXPECTED: Final = "Start of structure or map found where not expected"
SCALAR_FOR_MEMBER: Final = "Unexpected field type"
SCALAR_FOR_ELEMENT: Final = "Unexpected value type in payload"
NOT_BOOLEAN: Final = "Unexpected token received from parser"
NOT_BASE64: Final = "only base-64-encoded strings are convertible to bytes"
BAD_BASE64: Final = "Invalid last non-pad Base64 character dectected"
NOT_BASE64_CHARACTER: Final = re.compile("[^A-Za-z0-9+/=]")


def check_types(shape: Structure, wire: Mapping[str, Any]) -> None:
    """Raises SerializationException for the first member of a wrong JSON type."""
    check_members(shape.members, wire, 0)


def check_members(members: Mapping[str, Shape], wire: Mapping[Any, Any], depth: int) -> None:
    """Checks the members of one structure; unknown ones are passed over."""
    for name, value in wire.items():
        shape = members.get(name) if isinstance(name, str) else None
        if shape is not None:
            check_type(shape, value, depth + 1, SCALAR_FOR_MEMBER)


def check_type(shape: Shape, value: Any, depth: int, scalar: str) -> None:
    """Checks one value; ``scalar`` is the text for a plain value where a structure should be."""
    if value is None or depth > WALK_DEPTH_MAX:
        return
    match shape:
        case Structure() | AttributeValue():
            check_structure(shape, value, depth, scalar)
        case MapOf():
            check_map(shape, value, depth)
        case ListOf():
            check_list(shape, value, depth)
        case _:
            check_scalar(shape, value)


def check_structure(shape: Structure | AttributeValue, value: Any, depth: int, scalar: str) -> None:
    """Checks a structure and, inside it, its members."""
    if isinstance(value, list | tuple):
        raise SerializationException(f"Unrecognized collection type class {java_type(shape)}")
    if not isinstance(value, dict):
        raise SerializationException(scalar)
    members = ATTRIBUTE_VALUE_MEMBERS if isinstance(shape, AttributeValue) else shape.members
    check_members(members, value, depth)


def check_map(shape: MapOf, value: Any, depth: int) -> None:
    """Checks a map and, inside it, its values."""
    if isinstance(value, list | tuple):
        raise SerializationException(f"Unrecognized collection type {java_type(shape)}")
    if not isinstance(value, dict):
        raise SerializationException(SCALAR_FOR_MEMBER)
    for name, content in value.items():
        check_text(name)
        check_type(shape.value, content, depth + 1, SCALAR_FOR_ELEMENT)


def check_list(shape: ListOf, value: Any, depth: int) -> None:
    """Checks a list and, inside it, its elements."""
    if isinstance(value, dict):
        raise SerializationException(MAP_UNEXPECTED)
    if not isinstance(value, list | tuple):
        raise SerializationException(SCALAR_FOR_MEMBER)
    for element in value:
        if element is None and isinstance(shape.element, Text | Blob):
            # A null among the members of a set; the service has no text for it that we know.
            raise SerializationException(SCALAR_FOR_ELEMENT)
        check_type(shape.element, element, depth + 1, SCALAR_FOR_ELEMENT)


def check_scalar(shape: Shape, value: Any) -> None:
    """Checks a plain value."""
    if isinstance(value, list | tuple):
        if isinstance(shape, Flag) and shape.in_value:
            # Captured on AWS, October 2026: this one refusal has no message.
            raise SerializationException
        raise SerializationException(f"Unrecognized collection type class {java_type(shape)}")
    if isinstance(value, dict):
        raise SerializationException(MAP_UNEXPECTED)
    match shape:
        case Text() | TableName():
            if not isinstance(value, str):
                raise not_convertible(value, "String")
            check_text(value)
        case Whole(java=java):
            if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
                raise not_convertible(value, java)
            if value != value:  # noqa: PLR0124 - not a number
                raise not_convertible(value, java)
        case Flag():
            check_flag(value)
        case _:
            check_blob(value)


def check_text(value: Any) -> None:
    """Refuses a text that is none: other than a string, or not encodable as UTF-8."""
    if not isinstance(value, str):
        raise not_convertible(value, "String")
    try:
        value.encode()
    except UnicodeEncodeError:
        raise SerializationException(NOT_BOOLEAN) from None


def check_flag(value: Any) -> None:
    """Refuses what does not stand for a boolean."""
    if isinstance(value, bool):
        return
    if not isinstance(value, str):
        raise not_convertible(value, "Boolean")
    if value.lower() not in BOOLEAN_WORDS:
        raise SerializationException(NOT_BOOLEAN)


def check_blob(value: Any) -> None:
    """Refuses what is neither bytes nor canonical base64 text."""
    if isinstance(value, bytes | bytearray | memoryview):
        return
    if not isinstance(value, str):
        raise SerializationException(NOT_BASE64)
    if len(value) % 4:
        raise SerializationException(
            f"Base64 encoded length is expected a multiple of 4 bytes but found: {len(value)}"
        )
    stranger = NOT_BASE64_CHARACTER.search(value)
    if stranger is not None:
        raise SerializationException(f"Invalid Base64 character: '{stranger[0]}'")
    try:
        read_binary(value)
    except REFUSALS:
        raise SerializationException(BAD_BASE64) from None


def not_convertible(value: Any, target: str) -> SerializationException:
    """Returns the error for a plain value of the wrong kind."""
    kind = token_of(value)
    if kind is None:
        return SerializationException(SCALAR_FOR_ELEMENT)
    return SerializationException(f"{kind} cannot be converted to {target}")


def token_of(value: Any) -> str | None:
    """Returns what the JSON reader calls a plain value, or None when it is not JSON."""
    if isinstance(value, bool):
        return "TRUE_VALUE" if value else "FALSE_VALUE"
    if isinstance(value, str):
        return "STRING_VALUE"
    if isinstance(value, int):
        return "NUMBER_VALUE"
    if isinstance(value, float | Decimal):
        whole = isinstance(value, Decimal) and is_whole(value)
        return "NUMBER_VALUE" if whole else "DECIMAL_VALUE"
    return None


def is_whole(value: Decimal) -> bool:
    """Whether a Decimal is written without a fraction, as ``5`` and not as ``5.0``."""
    exponent = value.as_tuple().exponent
    return isinstance(exponent, int) and exponent >= 0


def present(shape: Shape, value: Any) -> Any:
    """Returns a value of the right types without its nulls and unknown members.

    Numbers and booleans come in their own types, whatever they were written as. Attribute
    values stay as they are: their own walks pass nulls over.
    """
    match shape:
        case Structure():
            return {
                name: present(member, value[name])
                for name, member in shape.members.items()
                if value.get(name) is not None
            }
        case MapOf():
            return {
                name: None if content is None else present(shape.value, content)
                for name, content in value.items()
            }
        case ListOf():
            return [None if each is None else present(shape.element, each) for each in value]
        case Whole():
            return read_whole(value, shape.largest)
        case Flag():
            return read_boolean(value)
        case _:
            # In Python a name may be of a subclass, such as an enumeration's.
            return str.__str__(value) if isinstance(value, str) else value

"""Users' Python values as the engine's.

The engine takes ten exact types (``schema.values``). Users also have sets, tuples,
mappings, bytearrays, boto3's ``Binary``, and subclasses of everything; these are turned
into the ten here. What has no DynamoDB type is refused in boto3's words.
"""

from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from decimal import Decimal
from typing import Any, Final

from ddblite.schema.errors import UnsupportedType, ValidationException
from ddblite.schema.explain import TOO_DEEP, explain_value, unsupported
from ddblite.schema.limits import NESTING_DEPTH_MAX
from ddblite.schema.numbers import canonical
from ddblite.schema.values import (
    BinarySet,
    Item,
    NumberSet,
    StringSet,
    Value,
)

AS_IT_IS: Final = frozenset({str, bytes, bool, type(None), StringSet, NumberSet, BinarySet})
"""The exact types that the engine takes and nobody can change under it."""


def plain_item(item: Mapping[Any, Any]) -> Item:
    """Returns an item of the engine's types, or raises UnsupportedType.

    It shares nothing with the given one that could change. Only types and numbers have been
    checked; whether it can be stored, the engine decides.
    """
    if not isinstance(item, Mapping):
        raise UnsupportedType(f"An item is a mapping of attribute names, not {type(item)}")
    return converted_map(item, 0)


def plain_key(key: Mapping[Any, Any]) -> Item:
    """Returns a key or cursor of the engine's types, its values checked to be storable."""
    if not isinstance(key, Mapping):
        raise UnsupportedType(f"A key is a mapping of attribute names, not {type(key)}")
    return {plain_name(name): plain(value) for name, value in key.items()}


def converted_map(content: Mapping[Any, Any], depth: int) -> Item:
    """Returns a map of the engine's types; ``depth`` is its own level."""
    return {
        name if type(name) is str else plain_name(name): (
            value if type(value) in AS_IT_IS else converted_value(value, depth + 1)
        )
        for name, value in content.items()
    }


def plain_name(name: object) -> str:
    """Returns an attribute name as an exact string."""
    if not isinstance(name, str):
        raise UnsupportedType(f"Attribute names are strings, and this one is {name!r}")
    return str(name)


def plain(value: Any) -> Value:  # noqa: ANN401 - whatever a user has
    """Returns one value of the engine's types, numbers in their one form; it can be stored."""
    converted = converted_value(value)
    explain_value(converted)
    return converted


def converted_value(value: Any, depth: int = 1) -> Value:  # noqa: ANN401 - whatever a user has
    """Returns one value of the engine's types; only its type and its depth have been checked."""
    if depth > NESTING_DEPTH_MAX:
        raise ValidationException(TOO_DEEP, enveloped=True)
    kind = type(value)
    if kind in AS_IT_IS:
        unchanged: Value = value
        return unchanged
    if kind is int or kind is Decimal:
        return canonical(value)
    if kind is dict:
        return converted_map(value, depth)
    if kind is list:
        return [
            element if type(element) in AS_IT_IS else converted_value(element, depth + 1)
            for element in value
        ]
    return converted_subtype(value, depth)


def converted_subtype(value: Any, depth: int) -> Value:  # noqa: ANN401, PLR0911 - one line per type
    """Returns one value whose type is only like one of the engine's."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return str(value)
    if isinstance(value, int | Decimal):
        return canonical(int(value) if isinstance(value, int) else Decimal(value))
    if isinstance(value, bytes | bytearray | memoryview):
        return bytes(value)
    if isinstance(value, StringSet | NumberSet | BinarySet):
        return value
    if isinstance(value, AbstractSet):
        return plain_set(value)
    if isinstance(value, Mapping):
        return converted_map(value, depth)
    if isinstance(value, list | tuple):
        return [converted_value(element, depth + 1) for element in value]
    if type(value).__name__ == "Binary" and isinstance(getattr(value, "value", None), bytes):
        return bytes(value.value)
    raise unsupported(value)


def plain_set(members: Iterable[Any]) -> Value:
    """Returns the one of the three set types that all members fit into."""
    converted = [converted_value(member) for member in members]
    for kind, python_types in (
        (StringSet, (str,)),
        (NumberSet, (int, Decimal)),
        (BinarySet, (bytes,)),
    ):
        if all(type(member) in python_types for member in converted):
            return kind(converted)  # type: ignore[arg-type]
    raise unsupported(set(members))

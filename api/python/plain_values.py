"""Users' Python values as the engine's.

The engine takes ten exact types (``schema.values``). Users also have sets, tuples, mappings,
bytearrays, boto3's ``Binary``, and subclasses of everything; these are turned into the ten here.
What has no DynamoDB type is refused in boto3's words.

A subclass stands for what it is a kind of: ``class Status(str, Enum)`` is the text "paid" and
never "Status.PAID". So a value is always read through the base type (``str.__str__``,
``int.__index__``), never through a method that its class may have replaced, and its kind is
asked of its type, not of ``__class__``, which may be pretended.
"""

from collections import UserString
from collections.abc import Callable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from decimal import Decimal
from typing import Any, Final

from ddblite.schema.errors import UnsupportedType, ValidationException
from ddblite.schema.limits import NESTING_DEPTH_MAX
from ddblite.schema.numbers import canonical
from ddblite.schema.value_faults import TOO_DEEP, explain_value, shown, unsupported
from ddblite.schema.values import (
    MEMBER_TYPES,
    SET_BY_TAG,
    BinarySet,
    Item,
    NumberSet,
    StringSet,
    Value,
    ValueSet,
)

AS_IT_IS: Final = frozenset({str, bytes, bool, type(None)})
"""The exact types that the engine takes and nobody can change under it."""


def plain_item(item: Mapping[Any, Any]) -> Item:
    """Returns an item of the engine's types, or raises UnsupportedType.

    It shares nothing with the given one that could change. Only types and numbers have been
    checked; whether it can be stored, the engine decides.
    """
    if not is_mapping(item):
        raise UnsupportedType(f"An item is a mapping of attribute names, not {type(item)}")
    return converted_map(item, 0)


def plain_key(key: Mapping[Any, Any]) -> Item:
    """Returns a key or cursor of the engine's types, its values checked to be storable."""
    if not is_mapping(key):
        raise UnsupportedType(f"A key is a mapping of attribute names, not {type(key)}")
    return {plain_name(name): plain(value) for name, value in entries_of(key)}


def is_mapping(candidate: object) -> bool:
    """Whether something is a mapping by its type; what only pretends to be one is none."""
    return issubclass(type(candidate), Mapping)


def converted_map(content: Mapping[Any, Any], depth: int) -> Item:
    """Returns a map of the engine's types; ``depth`` is its own level."""
    return {
        name if type(name) is str else plain_name(name): (
            value if type(value) in AS_IT_IS else converted_value(value, depth + 1)
        )
        for name, value in entries_of(content)
    }


def entries_of(content: Mapping[Any, Any]) -> Iterable[tuple[Any, Any]]:
    """Returns the names and values of a mapping."""
    is_dict = issubclass(type(content), dict)
    return dict.items(content) if is_dict else content.items()  # type: ignore[arg-type]


def elements_of(sequence: Sequence[Any]) -> Iterable[Any]:
    """Returns the elements of a sequence."""
    kind = type(sequence)
    if issubclass(kind, list):
        return list.__iter__(sequence)  # type: ignore[arg-type]
    return tuple.__iter__(sequence) if issubclass(kind, tuple) else sequence  # type: ignore[arg-type]


def plain_name(name: object) -> str:
    """Returns an attribute name as an exact string."""
    if not (issubclass(type(name), str) and isinstance(name, str)):
        raise UnsupportedType(f"Attribute names are strings, and this one is {shown(name)}")
    return str.__str__(name)


def plain_text(what: str, text: object) -> str:
    """Returns an expression, a statement or a name as an exact string."""
    if not (issubclass(type(text), str) and isinstance(text, str)):
        raise UnsupportedType(f"{what} is a string, and this is {type(text).__name__}")
    return str.__str__(text)


def plain(value: Any, depth: int = 1) -> Value:  # noqa: ANN401 - whatever a user has
    """Returns one value of the engine's types, numbers in their one form; it can be stored.

    That is, at level ``depth`` of an item.
    """
    if type(value) is str and value.isascii():
        return value  # which most values are
    converted = converted_value(value, depth)
    explain_value(converted, depth)
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


EVERYTHING: Final = slice(None)


def converted_subtype(value: Any, depth: int) -> Value:  # noqa: ANN401 - whatever a user has
    """Returns one value whose type is only like one of the engine's."""
    kind = type(value)
    for base, conversion in CONVERSIONS:
        if issubclass(kind, base):
            return conversion(value, depth)
    if kind.__name__ == "Binary" and isinstance(getattr(value, "value", None), bytes | bytearray):
        return converted_value(value.value)
    raise unsupported(value)


def converted_list(elements: Iterable[Any], depth: int) -> Value:
    """Returns a list of the engine's types; ``depth`` is its own level."""
    return [converted_value(element, depth + 1) for element in elements]


def converted_set(given: Any) -> Value:  # noqa: ANN401 - one of our three set types
    """Returns a set of the same type; itself when its members are of the engine's types."""
    members = ValueSet.members.__get__(given)  # type: ignore[attr-defined, misc]  # the slot
    if type(given) is SET_BY_TAG[given.tag] and all(
        type(member) in MEMBER_TYPES[given.tag] for member in members
    ):
        unchanged: Value = given
        return unchanged
    made: Value = SET_BY_TAG[given.tag](map(converted_value, members))
    return made


def plain_set(given: object, members: Iterable[Any]) -> Value:
    """Returns the one of the three set types that all members of a given set fit into."""
    converted = [converted_value(member) for member in members]
    for kind in (StringSet, NumberSet, BinarySet):
        if all(type(member) in MEMBER_TYPES[kind.tag] for member in converted):
            return kind(converted)  # type: ignore[arg-type]
    raise unsupported(given)


CONVERSIONS: Final[tuple[tuple[type, Callable[[Any, int], Value]], ...]] = (
    (str, lambda text, _: str.__str__(text)),
    (int, lambda number, _: canonical(int.__index__(number))),
    (Decimal, lambda number, _: canonical(Decimal(number))),
    (bytes, lambda content, _: bytes.__getitem__(content, EVERYTHING)),
    (bytearray, lambda content, _: bytes(bytearray.__getitem__(content, EVERYTHING))),
    (memoryview, lambda content, _: content.tobytes()),
    (ValueSet, lambda given, _: converted_set(given)),
    (set, lambda given, _: plain_set(given, set.__iter__(given))),
    (frozenset, lambda given, _: plain_set(given, frozenset.__iter__(given))),
    (AbstractSet, lambda given, _: plain_set(given, given)),
    (Mapping, converted_map),
    (list, lambda elements, depth: converted_list(list.__iter__(elements), depth)),
    (tuple, lambda elements, depth: converted_list(tuple.__iter__(elements), depth)),
    # Is no ``str``, and a sequence of itself.
    (UserString, lambda text, _: no_type(text)),
    (Sequence, converted_list),
)
"""What becomes of a subclass, and of what is a set, mapping or sequence by its interface."""


def no_type(value: object) -> Value:
    """Raises UnsupportedType."""
    raise unsupported(value)

"""Items as msgpack bodies, checked, sized and packed in one walk.

A body is the item as a msgpack map. What msgpack has, it stores natively: str, bin, bool,
nil, array, map and integers of 64 bits. The rest are extensions:

====  =============  =============================================
code  holds          payload
====  =============  =============================================
1     a number       its exact decimal text, such as ``8.3`` or ``1E+99``
2     a string set   a msgpack array, ascending
3     a number set   a msgpack array, ascending
4     a binary set   a msgpack array, ascending
====  =============  =============================================

``pack`` only decides yes: it raises ``Refused`` on anything that DynamoDB would not store
and never says why; ``schema.value_faults`` walks the item again and says it. msgspec itself would
write a ``Decimal`` as text, a ``set`` as an array and refuse integers beyond 64 bits, all
silently or late, so the walk replaces them.

``unpack`` gives only what ``pack`` can have written: a checksum is no signature, and a file may
come from anybody. What msgpack has beyond an item (floats, times, names that are no text, any
depth) is found without walking the usual item, which has no list or map in it.

A *seal* is kept beside each row: the format's version times two to the 32, plus the CRC-32
over table number, size, key and body. A damaged or misplaced row is an error, never an answer.
"""

from collections.abc import Iterable
from decimal import Decimal
from functools import lru_cache
from gc import is_tracked
from operator import lt
from typing import Any, Final
from zlib import crc32

import msgspec

from ddblite.schema.errors import Corrupt, ValidationException
from ddblite.schema.limits import (
    ATTRIBUTE_NAME_BYTES_MAX,
    NESTING_DEPTH_MAX,
    NUMBER_DIGITS_MAX,
    NUMBER_EXPONENT_MAX,
    NUMBER_EXPONENT_MIN,
)
from ddblite.schema.numbers import EXACT, canonical, scientific_text
from ddblite.schema.sizes import number_size
from ddblite.schema.values import (
    NUMBER_TYPES,
    BinarySet,
    Item,
    Number,
    NumberSet,
    StringSet,
    Value,
    ValueSet,
)

NUMBER_CODE: Final = 1
SET_CODES: Final[dict[type, int]] = {StringSet: 2, NumberSet: 3, BinarySet: 4}

SEAL_VERSION: Final = 1 << 32
"""Row format 1, as it stands in the upper half of a seal."""

SIZE_BITS: Final = 19
SIZE_LIMIT: Final = 1 << SIZE_BITS
CRC_MASK: Final = 0xFFFFFFFF

NATIVE_MAX: Final = 2**63 - 1
NATIVE_MIN: Final = -(2**63)

Ext = msgspec.msgpack.Ext
encode_body = msgspec.msgpack.Encoder().encode


class Refused(Exception):  # noqa: N818 - a signal between two walks; it never leaves the engine
    """The item cannot be stored; ``schema.value_faults`` knows why."""


@lru_cache(maxsize=8192)
def integer_size(number: int) -> int:
    """Returns the size of an integer; most tables repeat theirs."""
    return number_size(number)


def pack(item: Item) -> tuple[int, bytes]:
    """Returns an item's size in bytes and its body, or raises Refused."""
    try:
        size, prepared = walk_map(item, 1)
        return size, encode_body(prepared)
    except (ValidationException, UnicodeEncodeError, AttributeError, TypeError) as fault:
        raise Refused from fault


def walk_map(content: dict[str, Value], depth: int) -> tuple[int, dict[str, Any]]:
    """Returns the bytes of names and values, and the map as msgspec can write it.

    ``depth`` is the level of the map's values. The map itself is returned when nothing in
    it needs replacing, which is the usual case.
    """
    if depth > NESTING_DEPTH_MAX:
        if content:
            raise Refused
        return 0, content
    size = 0
    replaced: dict[str, Any] = {}
    for name, value in content.items():
        if type(name) is not str or not name:
            raise Refused
        name_bytes = len(name) if name.isascii() else len(name.encode())
        if name_bytes > ATTRIBUTE_NAME_BYTES_MAX:
            raise Refused
        kind = type(value)
        if kind is str:
            assert isinstance(value, str)
            size += name_bytes + (len(value) if value.isascii() else len(value.encode()))
        else:
            value_bytes, prepared = WALKS[kind](value, depth)
            size += name_bytes + value_bytes
            if prepared is not value:
                replaced[name] = prepared
    return size, content | replaced if replaced else content


def walk_nested_map(content: dict[str, Value], depth: int) -> tuple[int, dict[str, Any]]:
    """Returns the size of a map as a value, and the map as msgspec can write it."""
    size, prepared = walk_map(content, depth + 1)
    return 3 + len(content) + size, prepared


def walk_list(content: list[Value], depth: int) -> tuple[int, list[Any]]:
    """Returns the size of a list as a value, and the list as msgspec can write it."""
    if depth >= NESTING_DEPTH_MAX and content:
        raise Refused
    size = 3 + len(content)
    prepared_list: list[Any] | None = None
    for position, value in enumerate(content):
        kind = type(value)
        if kind is str:
            assert isinstance(value, str)
            size += len(value) if value.isascii() else len(value.encode())
            continue
        value_bytes, prepared = WALKS[kind](value, depth + 1)
        size += value_bytes
        if prepared is not value:
            if prepared_list is None:
                prepared_list = list(content)
            prepared_list[position] = prepared
    return size, content if prepared_list is None else prepared_list


def walk_integer(value: int, _depth: int) -> tuple[int, Any]:
    """Returns the size of an integer, and itself or the extension for more than 64 bits."""
    if NATIVE_MIN <= value <= NATIVE_MAX:
        # Only numbers over 18 digits can have too many significant ones.
        if -(10**18) < value < 10**18:
            return integer_size(value), value
        return number_size(canonical(value)), value
    size = number_size(canonical(value))  # first: a Decimal of a huge integer takes minutes
    text = scientific_text(EXACT.normalize(Decimal(value)))
    return size, Ext(NUMBER_CODE, text.encode())


def walk_decimal(value: Decimal, _depth: int) -> tuple[int, Any]:
    """Returns the size of a decimal, and the integer or the extension that stores it."""
    number = canonical(value)
    if isinstance(number, int):
        return walk_integer(number, _depth)
    return number_size(number), Ext(NUMBER_CODE, scientific_text(number).encode())


def walk_members(value: Any, _depth: int) -> tuple[int, Any]:  # noqa: ANN401 - one of three sets
    """Returns the size of a set, and the extension that stores it; an empty set is refused."""
    kind = type(value)
    if not value.members:
        raise Refused
    size = 0
    prepared = []
    for member in value.members:
        if type(member) not in MEMBER_WALKS[kind]:
            raise Refused
        member_bytes, prepared_member = WALKS[type(member)](member, 0)
        size += member_bytes
        prepared.append(prepared_member)
    return size, Ext(SET_CODES[kind], encode_body(prepared))


def walk_string(value: str, _depth: int) -> tuple[int, str]:
    """Returns the size of a string in UTF-8, and itself."""
    return len(value.encode()), value


class Walks(dict[type, Any]):
    """The walk of each type; any other type is refused."""

    def __missing__(self, kind: type) -> Any:  # noqa: ANN401
        raise Refused


WALKS: Final = Walks(
    {
        str: walk_string,
        int: walk_integer,
        Decimal: walk_decimal,
        bytes: lambda value, _depth: (len(value), value),
        bool: lambda value, _depth: (1, value),
        type(None): lambda value, _depth: (1, value),
        list: walk_list,
        dict: walk_nested_map,
        StringSet: walk_members,
        NumberSet: walk_members,
        BinarySet: walk_members,
    }
)
MEMBER_WALKS: Final[dict[type, frozenset[type]]] = {
    StringSet: frozenset({str}),
    NumberSet: frozenset({int, Decimal}),
    BinarySet: frozenset({bytes}),
}


def number_of(code: int, payload: memoryview) -> Number:
    """Returns the number of an extension: an int when it is integral.

    Raises ValueError, before any arithmetic, for one that cannot be stored.
    """
    if code != NUMBER_CODE or len(payload) > NUMBER_TEXT_MAX:
        raise ValueError("no number")
    number = Decimal(str(payload, "ascii"))
    _, digits, exponent = number.as_tuple()
    places = len(digits)
    # The exponent of what is not finite is a letter, and the sum a TypeError.
    first = places + exponent - 1  # type: ignore[operator]
    if places > NUMBER_DIGITS_MAX or not NUMBER_EXPONENT_MIN <= first <= NUMBER_EXPONENT_MAX:
        raise ValueError("a number out of range")
    return int(number) if exponent >= 0 else number  # type: ignore[operator]


NUMBER_TEXT_MAX: Final = len("-0.E-130") + NUMBER_DIGITS_MAX

SETS: Final[dict[int, tuple[type[ValueSet[Any]], Any]]] = {
    SET_CODES[kind]: (kind, msgspec.msgpack.Decoder(type=shape, ext_hook=number_of).decode)
    for kind, shape in ((StringSet, list[str]), (NumberSet, list), (BinarySet, list[bytes]))
}
"""Per extension: the type of the set, and what reads its members."""


def extension_hook(code: int, payload: memoryview) -> Any:  # noqa: ANN401 - a number or a set
    """Returns the value of an extension."""
    if code == NUMBER_CODE:
        return number_of(code, payload)
    kind, decode_members = SETS[code]
    members = decode_members(payload)
    if kind is NumberSet and not NUMBER_TYPES.issuperset(map(type, members)):
        raise ValueError("members that are no numbers")
    if not members or not all(map(lt, members, members[1:])):
        raise ValueError("no members, or such that do not ascend")
    return kind.of_ordered(members)


decode_body = msgspec.msgpack.Decoder(type=dict[str, Any], ext_hook=extension_hook).decode


def confirm_places(members: Iterable[Any], depth: int) -> None:
    """Raises ValueError when there is, at this level or below, a name or a depth that cannot be."""
    for member in members:
        kind = type(member)
        if kind is dict:
            if (depth >= NESTING_DEPTH_MAX and member) or "" in member:
                raise ValueError("nested too deeply, or without a name")
            if not are_texts(map(type, member)):
                raise ValueError("a name that is no text")
            if is_tracked(member):
                confirm_places(member.values(), depth + 1)
        elif kind is list:
            if depth >= NESTING_DEPTH_MAX and member:
                raise ValueError("nested too deeply")
            if not are_flat(map(type, member)):
                confirm_places(member, depth + 1)


def confirm_types(members: Iterable[Any]) -> None:
    """Raises ValueError when there is a value of another type than ours, at any level."""
    for member in members:
        kind = type(member)
        if kind is dict:
            confirm_types(member.values())
        elif kind is list:
            confirm_types(member)
        elif kind not in WALKS:
            raise ValueError("a value of no type of ours")


are_texts: Final = frozenset({str}).issuperset
are_flat: Final = frozenset({dict, list}).isdisjoint

FLOAT: Final = 0xCA
DOUBLE: Final = 0xCB
"""The first bytes of msgpack's floating-point numbers; a text may have them as well."""

TIME: Final = 0xFF
"""The code of the extension that msgspec makes a time of; in a text it is never."""


def checksum_of(number: int, key: bytes, size: int, body: bytes) -> int:
    """Returns the seal of a row of the table or index with this number."""
    return SEAL_VERSION | crc32(body, crc32(key, (number << SIZE_BITS ^ size) & CRC_MASK))


def is_sealed(number: int, key: bytes, size: int, checksum: int, body: bytes) -> bool:
    """Whether a row is what was written; its columns may be of any type."""
    try:
        return checksum == checksum_of(number, key, size, body) and 0 <= size < SIZE_LIMIT
    except TypeError:
        return False


def unpack(number: int, key: bytes, size: int, checksum: int, body: bytes) -> Item:
    """Returns the item of a row, or raises Corrupt when the row is not what was written."""
    try:
        if (
            checksum
            == SEAL_VERSION | crc32(body, crc32(key, (number << SIZE_BITS ^ size) & CRC_MASK))
            and 0 <= size < SIZE_LIMIT
        ):
            item = decode_body(body)
            # Python tracks no map in which there are neither maps, lists nor sets; and where none
            # of these bytes is, there is neither a float nor a time. To walk each item instead
            # would take a fifth of the time of a scan.
            if is_tracked(item):
                confirm_places(item.values(), 1)
            if FLOAT in body or DOUBLE in body or TIME in body:
                confirm_types(item.values())
            if "" not in item:
                return item
    except UNREADABLE as fault:
        raise damaged(number, key) from fault
    raise damaged(number, key)


def item_of_body(body: bytes) -> Item:
    """Returns the item of a body that was proven otherwise, or raises what ``UNREADABLE`` names."""
    item = decode_body(body)
    if "" in item:
        raise ValueError("an attribute without a name")
    confirm_places(item.values(), 1)
    confirm_types(item.values())
    return item


# A TypeError is a column of another type: a flipped bit in SQLite's header of the row.
UNREADABLE: Final = (
    msgspec.DecodeError,
    ArithmeticError,
    KeyError,
    RecursionError,
    TypeError,
    ValueError,
)


def damaged(number: int, key: object) -> Corrupt:
    """Returns the error for a row whose checksum or content is wrong."""
    shown = key.hex() if isinstance(key, bytes) else repr(key)
    return Corrupt(f"row {shown} of table number {number} is damaged; nothing was returned")

"""Bodies: what goes in comes out, sized to the byte, and a damaged row is never an answer."""

from collections import UserString
from decimal import Decimal
from enum import IntEnum
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ddblite.engine import codec
from ddblite.schema import sizes
from ddblite.schema.errors import Corrupt, DdbError
from ddblite.schema.limits import ATTRIBUTE_NAME_BYTES_MAX, NESTING_DEPTH_MAX
from ddblite.schema.value_faults import explain_item
from ddblite.schema.values import BinarySet, Item, Number, NumberSet, StringSet, Value, equal
from generated import items, numbers, values

pytestmark = pytest.mark.usefixtures("any_decimal_context")

NUMBER = 7
KEY = b"\x01\x02\x03\x04a\0\0"


def unpacked(body: bytes, size: int, key: bytes = KEY, number: int = NUMBER) -> Item:
    """Returns the item of a body that was sealed under its own key."""
    return codec.unpack(number, key, size, codec.checksum_of(number, key, size, body), body)


@given(item=items())
def test_an_item_comes_back_as_it_was(item: Item) -> None:
    """Values, types and forms: an int stays an int, a Decimal keeps its one form."""
    size, body = codec.pack(item)
    found = unpacked(body, size)
    assert equal(item, found)
    assert shape(item) == shape(found)


def shape(value: Value) -> object:
    """Returns the types of a value, all the way down."""
    if isinstance(value, dict):
        return {name: shape(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return list(map(shape, value))
    if isinstance(value, StringSet | NumberSet | BinarySet):
        return type(value), [type(member) for member in value.members]
    return type(value)


@given(item=items())
def test_size_is_that_of_the_schema(item: Item) -> None:
    """The quick sum and the readable one are one."""
    assert sizes.item_size(item) == codec.pack(item)[0]


@given(number=numbers())
def test_every_number_comes_back_exactly(number: Number) -> None:
    """Also in sets and lists, and with all of its 38 digits."""
    item: Item = {"n": number, "l": [number], "s": NumberSet([number])}
    size, body = codec.pack(item)
    found = unpacked(body, size)
    assert equal(item, found)
    assert str(number) == str(found["n"])


@pytest.mark.parametrize(
    "number",
    [
        2**63 - 1,
        2**63,
        -(2**63),
        -(2**63) - 1,
        12345678901234567890123456789,
        10**38 - 1,
        -(10**38) + 1,
        (10**38 - 1) * 10**88,
        10**125,
        Decimal("1234567890123456789012345678901234567.8"),
        Decimal("1E-130"),
    ],
)
def test_long_numbers_keep_their_digits(number: Number) -> None:
    """Python's own decimal context would round to 28 digits."""
    size, body = codec.pack({"n": number})
    assert str(number) == str(unpacked(body, size)["n"])


def test_numbers_are_stored_in_their_one_form() -> None:
    """A Decimal that is integral comes back as an int, a trailing zero not at all."""
    given_item: Item = {"a": Decimal("1.0"), "b": Decimal("1.50"), "c": [Decimal("-0")]}
    size, body = codec.pack(given_item)
    found = unpacked(body, size)
    assert "{'a': 1, 'b': Decimal('1.5'), 'c': [0]}" == str(found)


class Level(IntEnum):
    """An int that is more than an int."""

    HIGH = 1


class Named(str):
    """A str that is more than a str."""

    __slots__ = ()


def nested(depth: int, *, maps: bool = False) -> Value:
    """Returns a value whose deepest leaf is at this level; a scalar is at level 1."""
    value: Value = "leaf"
    for _ in range(depth - 1):
        value = {"a": value} if maps else [value]
    return value


def empty_at(depth: int, empty: Value) -> Value:
    """Returns an empty list or map at this level."""
    value = empty
    for _ in range(depth - 1):
        value = [value]
    return value


ODD_VALUES: list[Any] = [
    "\ud800",
    "a\udfffb",
    1.5,
    float("nan"),
    Decimal("NaN"),
    Decimal("Infinity"),
    Decimal("sNaN"),
    Decimal("1E126"),
    Decimal("1E-131"),
    Decimal("0E126"),
    Decimal("0E-131"),
    Decimal("1E1000000"),
    10**38 - 1,
    10**38,
    10**38 + 1,
    -(10**38) - 1,
    10**126,
    10**5000,
    Level.HIGH,
    Named("a"),
    UserString("a"),
    bytearray(b"a"),
    memoryview(b"a"),
    (1, 2),
    {1, 2},
    {"a"},
    frozenset({b"a"}),
    {1: "a"},
    {"": "a"},
    {Named("a"): 1},
    {"\ud800": 1},
    {"x" * ATTRIBUTE_NAME_BYTES_MAX: 1},
    {"x" * (ATTRIBUTE_NAME_BYTES_MAX + 1): 1},
    {"é" * (ATTRIBUTE_NAME_BYTES_MAX // 2 + 1): 1},
    StringSet([]),
    NumberSet([]),
    BinarySet([]),
    StringSet(["a", "\ud800"]),
    NumberSet([True]),
    NumberSet([Decimal("NaN")]),
    NumberSet([10**38 + 1]),
    StringSet([b"a"]),  # type: ignore[list-item]
    BinarySet(["a"]),  # type: ignore[list-item]
    NumberSet([1.5]),  # type: ignore[list-item]
    StringSet([""]),
    object(),
    complex(1),
    nested(NESTING_DEPTH_MAX),
    nested(NESTING_DEPTH_MAX + 1),
    nested(NESTING_DEPTH_MAX, maps=True),
    nested(NESTING_DEPTH_MAX + 1, maps=True),
    nested(900),
    nested(100_000),
    empty_at(NESTING_DEPTH_MAX, []),
    empty_at(NESTING_DEPTH_MAX + 1, []),
    empty_at(NESTING_DEPTH_MAX, {}),
    empty_at(NESTING_DEPTH_MAX + 1, {}),
    empty_at(NESTING_DEPTH_MAX + 1, StringSet(["a"])),
    [None, True, {"a": [b"", ""]}],
]


def is_packed(item: Any) -> bool:  # noqa: ANN401 - whatever a user gave
    """Whether the quick walk accepts an item."""
    try:
        codec.pack(item)
    except codec.Refused:
        return False
    return True


def is_explained(item: Any) -> bool:  # noqa: ANN401 - as above
    """Whether the slow walk finds something wrong with an item."""
    try:
        explain_item(item)
    except DdbError:
        return True
    return False


@pytest.mark.parametrize("value", ODD_VALUES, ids=lambda value: type(value).__name__)
@pytest.mark.parametrize("place", ["top", "list", "map"])
def test_what_is_refused_has_a_reason(value: object, place: str) -> None:
    """The quick walk accepts exactly when the slow one finds nothing."""
    item = {"top": {"a": value}, "list": {"a": [1, value]}, "map": {"a": {"b": value}}}[place]
    assert is_packed(item) is not is_explained(item)


@given(item=items(), value=values(), odd=st.sampled_from(ODD_VALUES))
def test_refusals_agree_in_any_company(item: Item, value: Value, odd: object) -> None:
    """Also among other values, before and after."""
    mixed = {"first": value, **item, "odd": [value, odd], "last": value}
    assert is_packed(mixed) is not is_explained(mixed)


@pytest.mark.parametrize(
    "name", [1, None, b"a", "", Named("a"), "\ud800", "x" * (ATTRIBUTE_NAME_BYTES_MAX + 1)]
)
def test_odd_names_are_refused_with_a_reason(name: object) -> None:
    assert not is_packed({name: 1})
    assert is_explained({name: 1})


def test_packing_leaves_the_item_as_it_is() -> None:
    """What needs replacing is replaced in a copy."""
    inner: list[Value] = [Decimal("1.5"), StringSet(["a"])]
    item: Item = {"p": "a", "l": inner, "big": 2**70}
    codec.pack(item)
    assert {"p": "a", "l": [Decimal("1.5"), StringSet(["a"])], "big": 2**70} == item
    assert inner is item["l"]


SEALED: Item = {"p": "a", "n": Decimal("1.5"), "s": NumberSet([1, 2]), "m": {"x": [b"\0", None]}}


def test_every_flipped_bit_of_a_body_is_found() -> None:
    """A row is an error or what was written, never anything else."""
    size, body = codec.pack(SEALED)
    checksum = codec.checksum_of(NUMBER, KEY, size, body)
    for position in range(len(body) * 8):
        damaged = bytearray(body)
        damaged[position // 8] ^= 1 << position % 8
        with pytest.raises(Corrupt):
            codec.unpack(NUMBER, KEY, size, checksum, bytes(damaged))


def test_every_prefix_of_a_body_is_found() -> None:
    size, body = codec.pack(SEALED)
    checksum = codec.checksum_of(NUMBER, KEY, size, body)
    for length in range(len(body)):
        with pytest.raises(Corrupt):
            codec.unpack(NUMBER, KEY, size, checksum, body[:length])


def test_every_flipped_bit_of_key_size_and_seal_is_found() -> None:
    """A row that is whole, but not where it was written, is as wrong as a damaged one."""
    size, body = codec.pack(SEALED)
    checksum = codec.checksum_of(NUMBER, KEY, size, body)
    for bit in range(len(KEY) * 8):
        moved = bytearray(KEY)
        moved[bit // 8] ^= 1 << bit % 8
        with pytest.raises(Corrupt):
            codec.unpack(NUMBER, bytes(moved), size, checksum, body)
    for bit in range(40):
        with pytest.raises(Corrupt):
            codec.unpack(NUMBER, KEY, size, checksum ^ 1 << bit, body)
    for bit in range(19):
        with pytest.raises(Corrupt):
            codec.unpack(NUMBER, KEY, size ^ 1 << bit, checksum, body)
    for number in range(1, 200):
        if number != NUMBER:
            with pytest.raises(Corrupt):
                codec.unpack(number, KEY, size, checksum, body)


@given(noise=st.binary(max_size=40))
def test_a_sealed_body_that_is_no_item_is_corrupt(noise: bytes) -> None:
    """Even when the checksum is right, as after a fault in memory."""
    try:
        found = unpacked(noise, 1)
    except Corrupt:
        return
    assert isinstance(found, dict)


@pytest.mark.parametrize(
    "row",
    [
        (None, 1, b""),
        ("1", 1, b""),
        (1, None, b""),
        (1, "1", b""),
        (1, 1, None),
        (1, 1, "text"),
        (1, 1, 5),
        (1.5, 1, b""),
        (-1, 1, b""),
        (2**40, 1, b""),
    ],
)
def test_a_row_of_other_types_is_corrupt(row: tuple[Any, Any, Any]) -> None:
    """A flipped bit in SQLite's record header turns a blob into text, or a number into none."""
    with pytest.raises(Corrupt):
        codec.unpack(NUMBER, KEY, *row)

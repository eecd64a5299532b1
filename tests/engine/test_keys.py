"""Encoded keys sort like the values they stand for, and can be read back."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ddblite.engine import keys
from ddblite.schema import values
from ddblite.schema.tables import KeyPart, KeySchema
from ddblite.schema.values import Item, Number
from generated import binaries, numbers, texts

pytestmark = pytest.mark.usefixtures("any_decimal_context")

KINDS: dict[str, st.SearchStrategy[Any]] = {
    "S": texts(min_size=1),
    "N": numbers(),
    "B": binaries(min_size=1),
}


@pytest.mark.parametrize("kind", KINDS)
@given(data=st.data())
def test_encoded_values_sort_like_values(kind: str, data: st.DataObject) -> None:
    """SQLite sees only bytes, so their order must be DynamoDB's."""
    found = data.draw(st.lists(KINDS[kind], min_size=2, max_size=6))
    encode = keys.ENCODERS[kind]
    for left in found:
        for right in found:
            assert values.less(left, right) == (encode(left) < encode(right))
            assert values.equal(left, right) == (encode(left) == encode(right))


EXTREMES = [
    -(10**126) + 10**88,
    -(10**125),
    Decimal("-10.000000000000000000000000000000000001"),
    -10,
    Decimal("-9.9"),
    -1,
    Decimal("-0.1"),
    Decimal("-1.1E-130"),
    Decimal("-1E-130"),
    0,
    Decimal("1E-130"),
    Decimal("1.1E-130"),
    Decimal("0.099"),
    Decimal("0.1"),
    Decimal("0.1001"),
    1,
    Decimal("1.00000000000000000000000000000000000001"),
    Decimal("1.01"),
    Decimal("9.9999999999999999999999999999999999999"),
    10,
    99,
    100,
    2**63,
    10**37,
    10**38 - 1,
    10**125,
    10**126 - 10**88,
]


def test_numbers_at_the_edges_sort_like_numbers() -> None:
    """From the smallest of 38 digits to the largest, and both sides of zero."""
    encoded = [keys.encode_number(number) for number in EXTREMES]
    assert encoded == sorted(encoded)
    assert len(set(encoded)) == len(EXTREMES)


@pytest.mark.parametrize("same", [Decimal("1.0"), Decimal(1), Decimal("1E0"), Decimal("0.10E1")])
def test_one_number_has_one_key(same: Decimal) -> None:
    """However it was written, it is the same item."""
    assert keys.encode_number(1) == keys.encode_number(same)


@pytest.mark.parametrize("kind", KINDS)
@given(data=st.data())
def test_components_are_read_back(kind: str, data: st.DataObject) -> None:
    """Decoding gives the value in its one form, and where the next component begins."""
    value = data.draw(KINDS[kind])
    tail = data.draw(binaries())
    encoded = keys.ENCODERS[kind](value)
    decoded, end = keys.DECODERS[kind](b"????" + encoded + tail, 4)
    assert values.equal(value, decoded)
    assert type(value) is type(decoded)
    assert end == 4 + len(encoded)


Components = list[tuple[str, Any]]


@given(
    kinds=st.lists(st.sampled_from("SNB"), min_size=1, max_size=4),
    data=st.data(),
)
def test_components_sort_one_after_another(kinds: list[str], data: st.DataObject) -> None:
    """A later component decides only between equal earlier ones, as with tuples."""
    rows = data.draw(st.lists(st.tuples(*(KINDS[kind] for kind in kinds)), min_size=2, max_size=4))
    encoded = [
        b"".join(keys.ENCODERS[kind](value) for kind, value in zip(kinds, row, strict=True))
        for row in rows
    ]
    for left, left_key in zip(rows, encoded, strict=True):
        for right, right_key in zip(rows, encoded, strict=True):
            assert is_less(left, right) == (left_key < right_key)


def is_less(left: tuple[Any, ...], right: tuple[Any, ...]) -> bool:
    """Whether one row of components sorts before another."""
    for one, other in zip(left, right, strict=True):
        if not values.equal(one, other):
            return values.less(one, other)
    return False


@given(partition=numbers(), sort=texts(min_size=1))
def test_whole_keys_are_read_back(partition: Number, sort: str) -> None:
    """The hash is skipped, the attributes return under their names."""
    parts = (KeyPart("p", "N"), KeyPart("s", "S"))
    item: Item = {"p": partition, "s": sort, "other": 1}
    key = keys.encode(KeySchema(tuple(parts[:1]), tuple(parts[1:])), item)
    assert key is not None
    assert ({"p": partition, "s": sort}, len(key)) == keys.decode_key(parts, key)


@given(prefix=st.binary(min_size=1, max_size=6) | binaries(min_size=1), tail=binaries())
def test_successor_is_behind_all_that_begin_with_a_prefix(prefix: bytes, tail: bytes) -> None:
    """It is greater than any extension of the prefix ..."""
    assert prefix + tail < keys.successor(prefix) or prefix.strip(b"\xff") == b""


@given(prefix=binaries(min_size=1), other=st.binary(max_size=8))
def test_successor_is_before_everything_else_behind(prefix: bytes, other: bytes) -> None:
    """... and nothing that does not begin with the prefix lies between."""
    if prefix <= other < keys.successor(prefix) and prefix.strip(b"\xff"):
        assert other.startswith(prefix)


@pytest.mark.parametrize("segments", [1, 2, 3, 7, 255, 256, 1000, 999_999, 1_000_000])
def test_segments_partition_the_hashes(segments: int) -> None:
    """Each begins where the one before it ends; together they are everything."""
    edges = [
        keys.segment_range(segment, segments)
        for segment in {0, 1, 2, segments // 2, segments - 1}
        if segment < segments
    ]
    assert keys.segment_range(0, segments)[0] == b"\0\0\0\0"
    assert keys.segment_range(segments - 1, segments)[1] > b"\xff\xff\xff\xff" + b"\xfe" * 40
    for first, behind in edges:
        assert first < behind
    for segment in range(min(segments - 1, 50)):
        following = keys.segment_range(segment + 1, segments)
        assert keys.segment_range(segment, segments)[1] == following[0]

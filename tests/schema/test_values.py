"""Attribute values: equal and ordered as DynamoDB has it, not as Python."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ddblite.schema.values import (
    BinarySet,
    NumberSet,
    StringSet,
    equal,
    less,
    tag_of,
)
from wire_requests import Json


@pytest.mark.parametrize(
    ("left", "right", "same"),
    [
        (1, Decimal("1.0"), True),
        (Decimal("0.5"), Decimal("0.50"), True),
        (1, True, False),
        (0, False, False),
        ([1], [True], False),
        ({"a": [0]}, {"a": [False]}, False),
        ([1, Decimal(2)], [Decimal(1), 2], True),
        ([1], [1, 1], False),
        ({"a": 1, "b": 2}, {"b": 2, "a": 1}, True),
        ({"a": 1}, {"b": 1}, False),
        ("1", 1, False),
        (b"a", "a", False),
        (None, False, False),
        (None, None, True),
        (StringSet(["a", "b"]), StringSet(["b", "a"]), True),
        (NumberSet([1, 2]), NumberSet([Decimal("2.0"), 1]), True),
        (StringSet(["a"]), BinarySet([b"a"]), False),
        (StringSet(["a"]), ["a"], False),
    ],
)
def test_equal(left: Json, right: Json, same: bool) -> None:  # noqa: FBT001
    """Types never mix, numbers are compared as numbers, sets and maps without order."""
    assert same == equal(left, right)
    assert same == equal(right, left)


@pytest.mark.parametrize(
    ("left", "right", "before"),
    [
        ("a", "b", True),
        ("Z", "a", True),
        ("\uffff", "😀", True),
        (2, 10, True),
        (Decimal("1.5"), 2, True),
        (b"a", b"aa", True),
        (b"\x7f", b"\x80", True),
        (False, True, False),
        ([1], [2], False),
        (1, "2", False),
        (None, 1, False),
    ],
)
def test_less(left: Json, right: Json, before: bool) -> None:  # noqa: FBT001
    """Code points and not UTF-16 units; what has no order is never before anything."""
    assert before == less(left, right)
    assert not less(right, left)


@given(st.text(st.characters(codec="utf-8")), st.text(st.characters(codec="utf-8")))
def test_texts_are_ordered_by_their_bytes(left: str, right: str) -> None:
    assert less(left, right) == (left.encode() < right.encode())


def test_tags() -> None:
    values: tuple[Json, ...] = (
        "a",
        1,
        Decimal("1.5"),
        b"",
        True,
        None,
        [],
        {},
        StringSet(),
        NumberSet(),
        BinarySet(),
    )
    assert ["S", "N", "N", "B", "BOOL", "NULL", "L", "M", "SS", "NS", "BS"] == [
        tag_of(value) for value in values
    ]


def test_sets_are_ordered_and_have_no_member_twice() -> None:
    assert ["a", "b"] == list(StringSet(["b", "a", "b"]))
    assert [Decimal("0.5"), 1] == list(NumberSet([1, Decimal("0.5"), Decimal("1.0")]))
    assert 1 in NumberSet([1])
    assert True not in NumberSet([1])
    assert StringSet(["a"]) == {"a"}
    assert hash(StringSet(["a"])) == hash(StringSet.of_ordered(["a"]))
    assert "StringSet(['a'])" == repr(StringSet(["a"]))

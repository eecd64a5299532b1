"""Item sizes, to the byte, against the service's worked examples."""

import pytest

from ddblite.schema.limits import ITEM_BYTES_MAX
from ddblite.schema.numbers import parse
from ddblite.schema.sizes import item_size, number_size, value_size
from ddblite.schema.values import BinarySet, Item, NumberSet, StringSet
from wire_requests import Json


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("0", 1),
        ("-0.0", 1),
        ("1", 2),
        ("12", 2),
        ("123", 3),
        ("1000", 2),
        ("1010", 3),
        ("12000", 3),
        ("1.5", 3),
        ("0.15", 2),
        ("100.5", 4),
        ("3.14159", 5),
        ("-42", 3),
        ("1E125", 2),
        ("1E-130", 2),
        ("-1E-130", 3),
        ("9" * 38, 20),
        ("-" + "9" * 38, 21),
        ("0." + "9" * 38, 20),
        ("9" * 37 + ".9", 21),
    ],
)
def test_number_size(text: str, size: int) -> None:
    """Base-100 digits aligned at the decimal point, and one, and one for a minus."""
    assert size == number_size(parse(text))


@pytest.mark.parametrize(
    ("value", "size"),
    [
        ("", 0),
        ("é", 2),
        ("😀", 4),
        (b"\x00\xff", 2),
        (True, 1),
        (None, 1),
        ([], 3),
        ([True, "xy"], 3 + 2 + 3),
        ({}, 3),
        ({"é": 1}, 3 + 1 + 2 + 2),
        (StringSet(["a", "bc"]), 3),
        (NumberSet([0, 1, -42]), 1 + 2 + 3),
        (BinarySet([b"a", b""]), 1),
    ],
)
def test_value_size(value: Json, size: int) -> None:
    assert size == value_size(value)


def test_worked_example() -> None:
    item: Item = {"pk": "ab", "n": -42, "l": [True, "xy"], "m": {"k": 1}}
    assert 25 == item_size(item)


def test_item_bytes_max() -> None:
    """An item with a one-byte key of two bytes' name leaves 409600 - 3 - name for the rest."""
    assert ITEM_BYTES_MAX == item_size({"pk": "a", "rest": "x" * (409_600 - 3 - 4)})

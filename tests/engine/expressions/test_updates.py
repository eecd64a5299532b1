"""Updates: what they change, what they return, and what only an item shows to be wrong."""

import copy
from decimal import Decimal
from typing import Final

import pytest

from ddblite.engine.expressions import parse_update
from ddblite.engine.expressions.tree import Path
from ddblite.schema.errors import ValidationException
from ddblite.schema.values import BinarySet, Item, NumberSet, StringSet, Value

pytestmark = pytest.mark.usefixtures("any_decimal_context")

ITEM: Final[Item] = {
    "pk": "k",
    "text": "abc",
    "number": 5,
    "half": Decimal("2.5"),
    "tags": StringSet(["a", "b"]),
    "marks": NumberSet([1, 2]),
    "blobs": BinarySet([b"a"]),
    "items": ["i0", "i1", "i2", {"z": 1}],
    "map": {"x": 1, "y": {"z": 2}, "l": [1, 2]},
}
VALUES: Final[dict[str, Value]] = {
    ":v": "v",
    ":w": "w",
    ":one": 1,
    ":half": Decimal("0.5"),
    ":huge": 10**50,
    ":list": ["fresh"],
    ":empty": [],
    ":map": {"q": 1},
    ":true": True,
    ":null": None,
    ":bytes": b"b",
    ":a": StringSet(["a"]),
    ":ab": StringSet(["a", "b"]),
    ":c": StringSet(["c", "a"]),
    ":marks": NumberSet([2, 3]),
    ":blobs": BinarySet([b"a"]),
}
NAMES: Final = {"#items": "items", "#map": "map", "#text": "text", "#n": "number"}
"""``items``, ``map`` and ``text`` are reserved."""

INVALID_PATH: Final = "The document path provided in the update expression is invalid for update"
NOT_IN_ITEM: Final = (
    "The provided expression refers to an attribute that does not exist in the item"
)
WRONG_TYPE: Final = "An operand in the update expression has an incorrect data type"
OVERFLOW: Final = (
    "Number overflow. Attempting to store a number with magnitude larger than supported range"
)


def applied(text: str, item: Item = ITEM) -> Item:
    update = parse_update(text, NAMES)
    update.check(VALUES)
    return update.apply(item, VALUES)


def changes(text: str) -> Item:
    """Returns the attributes that an update made different; removed ones are ``"gone"``."""
    before = copy.deepcopy(ITEM)
    after = applied(text)
    assert before == ITEM, "the stored item was changed"
    changed = {name: value for name, value in after.items() if ITEM.get(name, "gone") != value}
    return changed | {name: "gone" for name in ITEM if name not in after}


@pytest.mark.parametrize(
    ("expected", "text"),
    [
        ({"fresh": "v"}, "SET fresh = :v"),
        ({"text": "v"}, "set #text = :v"),
        ({"number": 6}, "SET #n = #n + :one"),
        ({"number": Decimal("4.5")}, "SET #n = #n - :half"),
        ({"number": 3}, "SET #n = (half + :half)"),
        ({"number": 2}, "SET #n = (half) - (:half)"),
        ({"fresh": 2}, "SET fresh = :one + :one"),
        ({"number": "abc", "text": 5}, "SET #n = #text, #text = #n"),
        ({"copied": {"x": 1, "y": {"z": 2}, "l": [1, 2]}}, "SET copied = #map"),
        ({"fresh": 1}, "SET fresh = if_not_exists(nope, :one)"),
        ({"fresh": 5}, "SET fresh = if_not_exists(#n, :one)"),
        ({"fresh": 6}, "SET fresh = if_not_exists(nope, :one) + if_not_exists(#n, :one)"),
        ({"fresh": 1}, "SET fresh = if_not_exists(a, if_not_exists(b, #map.x))"),
        ({"fresh": 5}, "SET fresh = if_not_exists(a, if_not_exists(#n, :one))"),
        (
            {"fresh": ["fresh", "fresh"]},
            "SET fresh = list_append(if_not_exists(nope, :list), :list)",
        ),
        ({"fresh": [1, 2, "fresh"]}, "SET fresh = list_append(#map.l, :list)"),
        ({"fresh": ["fresh", 1, 2]}, "SET fresh = list_append(:list, #map.l)"),
    ],
)
def test_set(expected: Item, text: str) -> None:
    """Everything on the right is the item as it was."""
    assert expected == changes(text)


@pytest.mark.parametrize(
    ("expected", "text"),
    [
        ({"map": {"x": "v", "y": {"z": 2}, "l": [1, 2]}}, "SET #map.x = :v"),
        ({"map": {"x": 1, "y": {"z": 2, "q": 1}, "l": [1, 2]}}, "SET #map.y.q = #map.x"),
        ({"map": {"x": 1, "y": {}, "l": [1, 2]}}, "REMOVE #map.y.z"),
        ({"map": {"x": 2, "y": {"z": 1}, "l": [1, 2]}}, "SET #map.x=#map.y.z, #map.y.z=#map.x"),
        ({}, "REMOVE #map.nope, nope"),
        ({"text": "gone", "number": "gone"}, "REMOVE #text, #n"),
        ({"items": ["v", "i1", "i2", {"z": 1}]}, "SET #items[0] = :v"),
        ({"items": ["i0", "i1", "i2", {"z": "v"}]}, "SET #items[3].z = :v"),
        ({"items": ["i0", "i1", "i2", {"z": 1}, "w", "v"]}, "SET #items[9]=:v, #items[7]=:w"),
        ({"items": ["i1", {"z": 1}]}, "REMOVE #items[0], #items[2]"),
        ({"items": ["i1", {"z": 1}, "v"]}, "SET #items[9] = :v REMOVE #items[2], #items[0]"),
        ({}, "REMOVE #items[4]"),
        ({"map": {"x": 1, "y": {"z": 2}, "l": [2]}}, "REMOVE #map.l[0]"),
    ],
)
def test_nested_paths(expected: Item, text: str) -> None:
    """Indexes mean the list as it was; what is beyond its end is appended in order."""
    assert expected == changes(text)


@pytest.mark.parametrize(
    ("expected", "text"),
    [
        ({"number": 6}, "ADD #n :one"),
        ({"half": 3}, "ADD half :half"),
        ({"fresh": 1}, "ADD fresh :one"),
        ({"fresh": StringSet(["a"])}, "ADD fresh :a"),
        ({"tags": StringSet(["a", "b", "c"])}, "ADD tags :c"),
        ({}, "ADD tags :a"),
        ({"marks": NumberSet([1, 2, 3])}, "ADD marks :marks"),
        ({}, "ADD blobs :blobs"),
        ({"map": {"x": 2, "y": {"z": 2}, "l": [1, 2]}}, "ADD #map.x :one"),
        ({"map": {"x": 1, "y": {"z": 2}, "l": [1, 2, 1]}}, "ADD #map.l[7] :one"),
        ({"tags": StringSet(["b"])}, "DELETE tags :a"),
        ({"tags": StringSet(["b"])}, "DELETE tags :c"),
        ({"tags": "gone"}, "DELETE tags :ab"),
        ({"marks": NumberSet([1])}, "DELETE marks :marks"),
        ({"blobs": "gone"}, "DELETE blobs :blobs"),
        ({}, "DELETE nope :a"),
        ({}, "DELETE #map.nope :a"),
    ],
)
def test_add_and_delete(expected: Item, text: str) -> None:
    """An emptied set is removed."""
    assert expected == changes(text)


@pytest.mark.parametrize(
    ("expected", "text"),
    [
        (NOT_IN_ITEM, "SET fresh = nope"),
        (NOT_IN_ITEM, "SET fresh = #map.nope"),
        (NOT_IN_ITEM, "SET #n = nope + :one"),
        (NOT_IN_ITEM, "SET fresh = list_append(:list, nope)"),
        (NOT_IN_ITEM, "SET fresh = if_not_exists(nope, nope2)"),
        (NOT_IN_ITEM, "SET fresh = if_not_exists(#n, nope)"),
        (INVALID_PATH, "SET nope.x = :v"),
        (INVALID_PATH, "SET nope[0] = :v"),
        (INVALID_PATH, "SET #map.nope.x = :v"),
        (INVALID_PATH, "SET #map[0] = :v"),
        (INVALID_PATH, "SET #items.x = :v"),
        (INVALID_PATH, "SET #items[9].x = :v"),
        (INVALID_PATH, "SET #text[0] = :v"),
        (INVALID_PATH, "REMOVE nope.x"),
        (INVALID_PATH, "REMOVE #text.x"),
        (INVALID_PATH, "REMOVE #items[9][0]"),
        (INVALID_PATH, "ADD nope.x :one"),
        (INVALID_PATH, "DELETE nope.x :a"),
        (WRONG_TYPE, "SET #n = #text + :one"),
        (WRONG_TYPE, "SET #n = :one - #map"),
        (WRONG_TYPE, "SET #n = if_not_exists(#text, :one) + :one"),
        (WRONG_TYPE, "SET fresh = list_append(#text, :list)"),
        (WRONG_TYPE, "SET fresh = list_append(:list, #n)"),
        (WRONG_TYPE, "ADD #text :one"),
        (WRONG_TYPE, "ADD #n :a"),
        (WRONG_TYPE, "ADD tags :marks"),
        (WRONG_TYPE, "ADD #items :one"),
        (WRONG_TYPE, "DELETE #n :a"),
        (WRONG_TYPE, "DELETE tags :marks"),
        (WRONG_TYPE, "DELETE #items[0] :a"),
        (WRONG_TYPE, "SET nope.x = :v ADD #text :one"),
        (WRONG_TYPE, "SET #n = #text + :one REMOVE #items[9][0]"),
        (WRONG_TYPE, "SET nope.x = nope ADD #text :one"),
        (INVALID_PATH, "SET nope.x = nope"),
        (OVERFLOW, "ADD #n :huge"),
        (OVERFLOW, "ADD fresh :huge, half :huge"),
        (OVERFLOW, "SET #n = #n - :huge"),
        (OVERFLOW, "SET fresh = :huge + :half"),
    ],
)
def test_faults_that_only_an_item_shows(expected: str, text: str) -> None:
    """Their texts are bare in every operation."""
    with pytest.raises(ValidationException) as caught:
        applied(text)
    assert expected == caught.value.message
    assert not caught.value.enveloped


def test_deep_defaults_are_a_loop() -> None:
    text = "SET a = " + "if_not_exists(b," * 200 + ":one" + ")" * 200
    assert applied(text)["a"] == 1


@pytest.mark.parametrize(
    ("old", "new", "text"),
    [
        ({"text": "abc"}, {"text": "v"}, "SET #text = :v"),
        ({}, {"fresh": "v"}, "SET fresh = :v"),
        ({"text": "abc"}, {}, "REMOVE #text"),
        ({"map": {"x": 1}}, {"map": {"x": "v"}}, "SET #map.x = :v"),
        ({"map": {"y": {"z": 2}}}, {"map": {"y": {"q": "v"}}}, "SET #map.y.q=:v REMOVE #map.y.z"),
        ({"items": ["i1"]}, {"items": ["v"]}, "SET #items[1] = :v"),
        ({}, {}, "SET #items[100] = :v"),
        ({"items": ["i1"]}, {"items": ["i2"]}, "REMOVE #items[1]"),
        ({}, {}, "REMOVE #items[9]"),
        (
            {"items": ["i0", {"z": 1}]},
            {"items": ["v", {"z": "w"}]},
            "SET #items[3].z=:w, #items[0]=:v",
        ),
        ({"tags": StringSet(["a", "b"])}, {}, "DELETE tags :ab"),
        ({}, {}, "DELETE nope :a"),
        ({"number": 5}, {"number": 6, "fresh": 1}, "ADD #n :one, fresh :one"),
    ],
)
def test_touched(old: Item, new: Item, text: str) -> None:
    """Only the branches that were named, and only what is in that image."""
    update = parse_update(text, NAMES)
    after = update.apply(ITEM, VALUES)
    assert old == update.touched(ITEM, after, "UPDATED_OLD")
    assert new == update.touched(ITEM, after, "UPDATED_NEW")
    assert update.touched(None, after, "UPDATED_OLD") == {}


@pytest.mark.parametrize(
    ("expected", "text"),
    [
        (True, "SET a = :v"),
        (True, "ADD a :one"),
        (True, "REMOVE b SET a = :v"),
        (False, "REMOVE a"),
        (False, "DELETE a :a REMOVE b"),
    ],
)
def test_creates_item(expected: bool, text: str) -> None:  # noqa: FBT001 - a table of truth
    assert expected is parse_update(text).creates_item


def test_what_an_update_reads_and_writes_is_known() -> None:
    text = "SET #map.x = if_not_exists(a.b, :one) - c REMOVE d ADD e :one"
    update = parse_update(text, NAMES)
    assert (Path(("map", "x")), Path(("d",)), Path(("e",))) == update.targets
    assert frozenset({"map", "a", "c", "d", "e"}) == update.attributes
    assert frozenset({"#map"}) == update.names_used
    assert frozenset({":one"}) == update.values_used
    assert {*update.targets, Path(("a", "b")), Path(("c",))} == set(update.paths)


def test_unchanged_parts_are_shared() -> None:
    """Copies are made along the changed path and nowhere else."""
    after = applied("SET #map.y.z = :v")
    assert after["items"] is ITEM["items"]
    assert after["map"]["l"] is ITEM["map"]["l"]  # type: ignore[call-overload, index]
    assert after["map"] is not ITEM["map"]


def test_faulty_update_is_not_applied() -> None:
    update = parse_update("SET a = :v, a = :v")
    with pytest.raises(AssertionError, match="not checked"):
        update.apply({}, VALUES)
    with pytest.raises(AssertionError, match="not checked"):
        update.touched({}, {}, "UPDATED_NEW")


def test_very_long_names_are_not_cached() -> None:
    names = {"#long": "n" * 5000}
    update = parse_update("SET #long = :v", names)
    assert update.apply({}, VALUES) == {"n" * 5000: "v"}
    assert update is not parse_update("SET #long = :v", names)

"""Conditions and filters: what they mean."""

from decimal import Decimal
from typing import Final

import pytest

from ddblite.engine.expressions import parse_condition
from ddblite.schema.values import BinarySet, Item, NumberSet, StringSet, Value

ITEM: Final[Item] = {
    "artist": "Nina",
    "released": 1965,
    "score": Decimal("4.5"),
    "live": True,
    "gone": None,
    "cover": b"\x00\x01\xff",
    "tags": StringSet(["jazz", "soul"]),
    "plays": NumberSet([1, Decimal("2.5")]),
    "hashes": BinarySet([b"a", b"b"]),
    "notes": [1, "x", [2, 3], {"z": True}],
    "info": {"label": "Philips", "deep": {"er": 1}},
    "empty": "",
    "smile": "a\U0001f600",
}
VALUES: Final[dict[str, Value]] = {
    ":nina": "Nina",
    ":n": "N",
    ":one": 1,
    ":two": 2,
    ":three": 3,
    ":released": 1965,
    ":true": True,
    ":null": None,
    ":bytes": b"\x00",
    ":list": [1],
    ":map": {"er": 1},
    ":set": StringSet(["soul", "jazz"]),
    ":jazz": "jazz",
    ":S": "S",
    ":half": Decimal("2.5"),
    ":a": b"a",
    ":empty": "",
    ":x": "x",
}
NAMES: Final = {"#artist": "artist", "#status": "status", "#dotted": "a.b"}


def holds(text: str) -> bool:
    condition = parse_condition(text, NAMES)
    condition.check(VALUES)
    return condition.holds(ITEM, VALUES)


@pytest.mark.parametrize(
    ("expected", "text"),
    [
        (True, "artist = :nina"),
        (False, "artist = :n"),
        (False, "artist = :released"),
        (True, "artist <> :released"),
        (True, "live = :true"),
        (False, "live = :one"),
        (True, "live <> :one"),
        (True, "gone = :null"),
        (True, "tags = :set"),
        (True, "info.deep = :map"),
        (True, "released > :one"),
        (True, "released >= :released"),
        (False, "released < :released"),
        (True, "released <= :released"),
        (False, "artist > :one"),
        (False, "live > :one"),
        (True, ":one < released"),
        (True, "score > :two AND score < released"),
        (True, "cover > :bytes"),
        (False, "nope = :nina"),
        (True, "nope <> :nina"),
        (False, "nope = absent"),
        (True, "nope <> absent"),
        (True, "NOT nope = absent"),
        (False, "nope < :one"),
        (False, "nope >= :one"),
        (True, ":nina = :nina"),
        (True, "notes[0] = :one"),
        (True, "notes[2][1] = :three"),
        (True, "notes[3].z = :true"),
        (False, "notes[9] = :one"),
        (False, "artist[0] = :n"),
        (False, "artist.x = :n"),
        (False, "info[0] = :n"),
        (False, "#dotted = :n"),
        (True, "#artist = info.label OR #artist = :nina"),
    ],
)
def test_comparison(expected: bool, text: str) -> None:  # noqa: FBT001 - a table of truth
    """Types never mix, and what is missing is only ever different."""
    assert expected is holds(text)


@pytest.mark.parametrize(
    ("expected", "text"),
    [
        (True, "released BETWEEN :one AND :released"),
        (True, "released BETWEEN :released AND :released"),
        (False, "released BETWEEN :one AND :two"),
        (False, "artist BETWEEN :one AND :two"),
        (False, "nope BETWEEN :one AND :two"),
        (True, ":two BETWEEN notes[0] AND released"),
        (False, ":two BETWEEN nope AND released"),
        (True, "size(artist) BETWEEN :one AND released"),
        (True, "artist IN (:one, :nina)"),
        (False, "artist IN (:one, :two)"),
        (True, "released IN (notes[0], :released)"),
        (False, "nope IN (absent, :one)"),
        (False, "live IN (:one)"),
    ],
)
def test_between_and_in(expected: bool, text: str) -> None:  # noqa: FBT001 - a table of truth
    assert expected is holds(text)


@pytest.mark.parametrize(
    ("expected", "text"),
    [
        (True, "attribute_exists(gone)"),
        (False, "attribute_exists(nope)"),
        (True, "attribute_exists(notes[1])"),
        (True, "attribute_not_exists(notes[4])"),
        (False, "attribute_not_exists(artist)"),
        (True, "attribute_not_exists(artist.x)"),
        (True, "attribute_type(artist, :S)"),
        (False, "attribute_type(released, :S)"),
        (False, "attribute_type(nope, :S)"),
        (True, "attribute_type(:nina, :S)"),
        (True, "begins_with(artist, :n)"),
        (True, "begins_with(artist, :empty)"),
        (False, "begins_with(released, :n)"),
        (False, "begins_with(nope, :n)"),
        (True, "begins_with(cover, :bytes)"),
        (False, "begins_with(cover, :n)"),
        (False, "begins_with(artist, released)"),
        (True, "begins_with(:nina, artist)"),
        (True, "contains(artist, :n)"),
        (False, "contains(artist, :one)"),
        (True, "contains(cover, :bytes)"),
        (False, "contains(cover, :one)"),
        (True, "contains(tags, :jazz)"),
        (False, "contains(tags, :one)"),
        (True, "contains(plays, :half)"),
        (False, "contains(plays, :true)"),
        (True, "contains(hashes, :a)"),
        (True, "contains(notes, :x)"),
        (False, "contains(notes, :true)"),
        (False, "contains(notes, nope)"),
        (False, "contains(info, :x)"),
        (False, "contains(released, :one)"),
        (False, "contains(nope, :one)"),
        (True, "contains(notes[2], size(tags))"),
        (True, "size(smile) = :three"),
        (True, "size(artist) > :three"),
        (True, "size(cover) = :three"),
        (True, "size(tags) = :two"),
        (True, "size(info) = :two"),
        (True, "size(notes) > :three"),
        (False, "size(released) = :one"),
        (False, "size(live) < :three"),
        (False, "size(gone) < :three"),
        (False, "size(nope) < :three"),
        (True, "size(nope) <> :three"),
        (True, "size(tags) = size(info)"),
        (True, "size(:list) = :one"),
        (True, "size(artist) IN (:one, size(notes))"),
    ],
)
def test_function(expected: bool, text: str) -> None:  # noqa: FBT001 - a table of truth
    """Items of a type that a function cannot work on make it false, never an error."""
    assert expected is holds(text)


@pytest.mark.parametrize(
    ("expected", "text"),
    [
        (True, "artist = :nina OR artist = :n AND artist = :x"),
        (False, "(artist = :nina OR artist = :n) AND artist = :x"),
        (True, "NOT artist = :x AND artist = :nina"),
        (False, "NOT (artist = :x OR artist = :nina)"),
        (True, "NOT NOT artist = :nina"),
        (True, "NOT (NOT (artist = :nina))"),
        (True, "not artist = :x And released BETWEEN :one aNd :released oR nope in (:x)"),
        (True, "((artist = :nina) AND (released = :released))"),
        (True, "(artist) = (:nina)"),
        (True, "(size(artist)) > (:one)"),
        (True, "(attribute_exists(artist))"),
        (True, "contains((artist), (:n))"),
        (True, "attribute_exists\t(\nartist\r) AND notes [ 0 ] = :one AND info . label <> :x"),
        (False, "artist = :x AND nope = :x OR nope = :n"),
        (True, "(nope = :x OR artist = :nina) AND (NOT (nope = :x AND released = :one))"),
    ],
)
def test_precedence(expected: bool, text: str) -> None:  # noqa: FBT001 - a table of truth
    """NOT binds closer than AND, AND closer than OR; keywords are of any case."""
    assert expected is holds(text)


def test_missing_item_has_no_attributes() -> None:
    condition = parse_condition("attribute_not_exists(pk) AND pk <> :one")
    assert condition.holds(None, VALUES)


def test_what_a_condition_reads_is_known() -> None:
    condition = parse_condition("#artist = :nina OR info.label = info.maker", NAMES)
    assert frozenset({"#artist"}) == condition.names_used
    assert frozenset({":nina"}) == condition.values_used
    assert frozenset({"artist", "info"}) == condition.attributes
    assert ["[artist]", "[info, label]", "[info, maker]"] == list(map(str, condition.paths))


def test_equal_texts_share_one_condition() -> None:
    first = parse_condition("#artist = :nina", NAMES)
    assert first is parse_condition("#artist = :nina", dict(reversed(NAMES.items())))
    assert first is not parse_condition("#artist = :nina", {"#artist": "singer"})


def test_very_long_names_are_not_cached() -> None:
    """Or a few requests could fill the memory."""
    names = {"#long": "n" * 5000}
    condition = parse_condition("#long = :one", names)
    assert condition.holds({"n" * 5000: 1}, VALUES)
    assert condition is not parse_condition("#long = :one", names)


def test_long_chains_are_loops() -> None:
    """No expression within the limits needs a deep stack, neither to read nor to ask."""
    depth = 149
    nested = "".join(f"(a = :one {'OR' if level % 2 else 'AND'} " for level in range(depth))
    assert not holds(nested + "a = :one" + ")" * depth)
    assert holds("NOT " * 298 + "artist = :nina")

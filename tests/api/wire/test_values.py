"""Wire values: both ways without loss, and refused exactly when there is a reason."""

from contextlib import suppress
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ddblite.api.wire.model.attribute_faults import check_attributes
from ddblite.api.wire.model.json_types import check_type
from ddblite.api.wire.model.shapes import ATTRIBUTES
from ddblite.schema import values
from ddblite.schema.errors import SerializationException, ValidationException
from ddblite.schema.values import BinarySet, NumberSet, StringSet
from ddblite.schema.wire import (
    REFUSALS,
    Refused,
    decode_item,
    decode_value,
    encode_item,
    encode_value,
    read_whole,
)
from generated import numbers
from wire_requests import Json

pytestmark = pytest.mark.usefixtures("any_decimal_context")

TEXTS = st.text(st.characters(codec="utf-8"), max_size=8)
NAMES = st.text(st.characters(codec="utf-8"), min_size=1, max_size=8)
LEAVES = st.one_of(
    TEXTS,
    numbers(),
    st.binary(max_size=8),
    st.booleans(),
    st.none(),
    st.lists(TEXTS, min_size=1, max_size=3).map(StringSet),
    st.lists(numbers(), min_size=1, max_size=3).map(NumberSet),
    st.lists(st.binary(max_size=4), min_size=1, max_size=3).map(BinarySet),
)
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(NAMES, VALUES, max_size=4))
def test_wire_keeps_every_item(item: Json) -> None:
    """Encoding and decoding is the identity, numbers included."""
    assert values.equal(item, decode_item(encode_item(item)))


@pytest.mark.parametrize(
    ("value", "wire"),
    [
        ("", {"S": ""}),
        (Decimal("12.5"), {"N": "12.5"}),
        (10**125, {"N": "1" + "0" * 125}),
        (Decimal("1E-130"), {"N": "0." + "0" * 129 + "1"}),
        (b"\x00\xff", {"B": "AP8="}),
        (True, {"BOOL": True}),
        (None, {"NULL": True}),
        ([1, "a"], {"L": [{"N": "1"}, {"S": "a"}]}),
        ({"a": 1}, {"M": {"a": {"N": "1"}}}),
        (StringSet(["b", ""]), {"SS": ["", "b"]}),
        (NumberSet([2, Decimal("0.5")]), {"NS": ["0.5", "2"]}),
        (BinarySet([b"\xff", b""]), {"BS": ["", "/w=="]}),
    ],
)
def test_wire_form_of_each_type(value: Json, wire: Json) -> None:
    assert wire == encode_value(value)
    assert values.equal(value, decode_value(wire))


@pytest.mark.parametrize(
    ("wire", "value"),
    [
        ({"S": "a", "N": None}, "a"),
        ({"S": "a", "X": 1}, "a"),
        ({"B": b"raw"}, b"raw"),
        ({"B": bytearray(b"raw")}, b"raw"),
        *(({"BOOL": word}, True) for word in ("true", "T", "yes", "Y", "1", "TRUE")),
        *(({"BOOL": word}, False) for word in ("false", "F", "No", "n", "0", "fAlSe")),
        ({"NULL": "1"}, None),
        ({"L": ()}, []),
        ({"N": "+5."}, 5),
    ],
)
def test_unusual_forms_are_taken(wire: Json, value: Json) -> None:
    """Nulls and unknown tags count as absent, and a few words are booleans."""
    assert values.equal(value, decode_value(wire))


class Word(str):
    """A text of another class, as an enum's member is."""

    __slots__ = ()


def test_texts_of_other_classes_become_texts() -> None:
    """The engine asks for exact types, so the door gives them."""
    item = decode_item({Word("a"): {"S": Word("b")}})
    assert [str, str] == [type(text) for pair in item.items() for text in pair]


@pytest.mark.parametrize("content", [True, "5", None, float("nan"), Decimal("sNaN"), [5]])
def test_what_is_no_whole_number(content: Json) -> None:
    with pytest.raises(REFUSALS):
        read_whole(content, 100)


@pytest.mark.parametrize(
    ("content", "whole"),
    [(5, 5), (5.9, 5), (-5.9, -5), (Decimal("1E+1000000000"), 100), (float("-inf"), -101)],
)
def test_whole_numbers_are_cut_off(content: Json, whole: int) -> None:
    """A fraction is cut off, and what is too large is the largest; quickly, too."""
    assert whole == read_whole(content, 100)


@pytest.mark.parametrize(
    "wire",
    [
        *(None, "a", [], {}, {"X": 1}, {"S": None}, {"S": "a", "N": "1"}, {1: "a"}),
        *({"S": 1}, {"N": 1}, {"N": 1.5}, {"N": ""}, {"N": "1_0"}, {"B": "A"}, {"B": "AB=="}),
        *({"B": "AP 8="}, {"B": "é"}, {"B": 1}, {"BOOL": 1}, {"BOOL": "maybe"}, {"NULL": False}),
        *({"BOOL": "on"}, {"BOOL": "off"}, {"NULL": "on"}, {"BOOL": []}, {"NULL": []}),
        *({"SS": []}, {"SS": ["a", "a"]}, {"SS": "ab"}, {"SS": [1]}, {"NS": ["1", "1.0"]}),
        *({"NS": ["x"]}, {"BS": ["AA==", "AA=="]}, {"L": {}}, {"L": [None]}, {"M": []}),
        *({"M": {"": {"S": "a"}}}, {"M": {"a": None}}, {"S": "\ud800"}, {"M": {"\ud800": {}}}),
        *({"NS": "1"}, {"BS": "AA=="}, {"BS": []}, {"NS": []}),
        *({"SS": [None]}, {"M": {"n" * 65536: {"S": "a"}}}, {"M": {1: {"S": "a"}}}),
    ],
)
def test_bad_values_are_refused_and_explained(wire: Json) -> None:
    """What the fast walk refuses, the explaining walk has words for."""
    with pytest.raises(Refused):
        decode_value(wire)
    with pytest.raises((SerializationException, ValidationException)):
        explained({"a": wire})


def explained(item: Json) -> None:
    """Walks an item as the explaining half does."""
    check_type(ATTRIBUTES, item, 0, "")
    check_attributes(item)


def nested(levels: int, kind: str = "L") -> Json:
    """Returns a text inside so many containers."""
    wire: Json = {"S": "leaf"}
    for _ in range(levels):
        wire = {"L": [wire]} if kind == "L" else {"M": {"a": wire}}
    return wire


@pytest.mark.parametrize("kind", ["L", "M"])
def test_nesting_depth_max(kind: str) -> None:
    """A leaf may be at level 32: 31 containers around it."""
    for levels, good in ((30, True), (31, True), (32, False), (33, False), (3000, False)):
        wire = nested(levels, kind)
        if good:
            assert isinstance(decode_value(wire), list | dict)
            explained({"a": wire})
            continue
        with pytest.raises(Refused):
            decode_value(wire)
        with pytest.raises(ValidationException, match="Nesting Levels have exceeded"):
            explained({"a": wire})


def test_empty_container_may_be_the_deepest_leaf() -> None:
    wire: Json = {"L": []}
    for _ in range(31):
        wire = {"L": [wire]}
    explained({"a": wire})
    assert decode_value(wire)


@pytest.mark.parametrize(("size", "good"), [(65534, True), (65535, True), (65536, False)])
def test_attribute_name_bytes_max(size: int, good: bool) -> None:  # noqa: FBT001
    item = {"é" * (size // 2) + "e" * (size % 2): {"S": ""}}
    if good:
        assert size == len(next(iter(decode_item(item))).encode())
        explained(item)
        return
    with pytest.raises(Refused):
        decode_item(item)
    with pytest.raises(ValidationException, match=r"6553[56]"):
        explained(item)


SCRAPS = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(-2, 2),
        st.floats(),
        st.sampled_from(["", "a", "1", "1.0", "1e999", "AA==", "true", "\ud800", "x" * 3]),
        st.binary(max_size=2),
    ),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(sorted([*"SNBLM", "SS", "NS", "BS", "NULL", "BOOL", "a", ""])),
            inner,
            max_size=2,
        )
    ),
    max_leaves=10,
)


@given(st.dictionaries(st.sampled_from(["a", "b", ""]), SCRAPS, max_size=2))
def test_fast_walk_accepts_exactly_what_explaining_walk_finds_nothing_in(item: Json) -> None:
    accepted = False
    with suppress(Refused):
        decode_item(item)
        accepted = True
    silent = False
    with suppress(SerializationException, ValidationException):
        explained(item)
        silent = all(value is not None for value in item.values())
    assert silent == accepted

"""Long JSON in pieces: what comes of it is the same."""

import json
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ddblite.api.http import long_json
from ddblite.api.http.long_json import LEVELS_MAX, decoded, encoded, let_go

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=5)
FIVE = {"L": [{"N": str(number)} for number in range(5)]}
LEAVES = st.none() | st.booleans() | st.integers(-(10**6), 10**6) | TEXTS
JSON = st.recursive(
    LEAVES, lambda inner: st.lists(inner) | st.dictionaries(TEXTS, inner), max_leaves=30
)


@pytest.fixture(scope="module", autouse=True)
def small_pieces() -> Any:  # noqa: ANN401 - pytest's
    """Takes for long what has more than a few bytes."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(long_json, "PIECE_BYTES_MAX", 12)
        patch.setattr(long_json, "RUN_MEMBERS_MAX", 2)
        yield


@given(JSON, st.sampled_from([None, 1]))
def test_what_is_read_in_pieces_is_the_same(value: object, indent: int | None) -> None:
    assert value == decoded(json.dumps(value, indent=indent).encode())


@given(st.binary(max_size=40) | JSON.map(lambda one: json.dumps(one).encode()[:-1]))
def test_what_is_no_json_is_refused(text: bytes) -> None:
    """In pieces when it is as a whole, and the other way round."""
    try:
        whole = msgspec.json.decode(text)
    except ValueError:
        with pytest.raises(ValueError, match=r".*"):
            decoded(text)
    else:
        assert whole == decoded(text)


def test_of_equal_names_the_last_counts() -> None:
    assert {"a": [1, 2], "b": 1} == decoded(b'{"a": [5, 6, 7, 8, 9], "b": 1, "a": [1, 2]}')


def test_what_is_let_go_is_empty() -> None:
    found: dict[str, Any] = {"a": {"b": [{"c": 1}, [2]]}, "d": None}
    batch, item = found["a"]["b"], found["a"]["b"][0]
    let_go(found)
    assert ({}, [], {"c": 1}) == (found, batch, item)


def test_depth_is_not_taken_apart_for_ever() -> None:
    """Each level that is looks through the rest once more."""
    depth = 3 * LEVELS_MAX
    value = decoded(b"[" * depth + b"1" + b"]" * depth)
    for _ in range(depth):
        (value,) = value
    assert value == 1


@pytest.mark.parametrize(
    "response",
    [
        {},
        {"Item": {"a": {"S": "1"}}},
        {"Items": [], "Count": 0},
        {"Items": [{"a": {"S": "1"}}, {}], "Count": 2},
        {"Responses": [{"Item": {"a": {"L": []}}}, {}]},
        {"Responses": {"books": [{"a": {"S": "ü"}}], "films": []}, "UnprocessedKeys": {}},
        {"Responses": [{"Error": {"Code": "x"}}, {"TableName": "t", "Item": {"Item": FIVE}}]},
        {"Responses": {"books": [{"a": {"M": {"b": FIVE, "c": {"S": "1"}}}, "L": FIVE}]}},
        {"Items": [{"Item": FIVE}, {"a": {"M": {}}, "M": {"L": []}}, {"L": {"L": [FIVE]}}]},
        {"Item": {"L": FIVE, "M": {"M": {"L": {"S": "1"}, "M": FIVE}}}},
        {"Attributes": {"a": FIVE, "b": {"NULL": True}}},
    ],
)
def test_what_is_written_in_pieces_is_the_same(response: dict[str, Any]) -> None:
    whole = msgspec.json.encode(response)
    assert whole == encoded(response)

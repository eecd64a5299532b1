"""Nested values in a terminal's table."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ddblite.schema.values import BinarySet, NumberSet, StringSet, Value
from ddblite.shell.formats.folding import folded
from ddblite.shell.formats.render import render_table, render_vertical
from ddblite.workbench.cell_text import cell
from ddblite.workbench.pages import Screen
from generated import values

ACTORS: list[Value] = ["Daniel Bruhl", "Chris Hemsworth", "Olivia Wilde"]


@pytest.mark.parametrize(
    ("value", "room", "expected"),
    [
        (ACTORS, 100, "['Daniel Bruhl', 'Chris Hemsworth', 'Olivia Wilde']"),
        (ACTORS, 50, "['Daniel Bruhl', 'Chris Hemsworth', … 1 more]"),
        (ACTORS, 30, "['Daniel Bruhl', … 2 more]"),
        (ACTORS, 5, "[… 3]"),
        ({"rating": 8, "actors": ACTORS, "rank": 2}, 40, "{'rating': 8, … 2 more}"),
        ({"rating": 8, "actors": ACTORS}, 34, "{'rating': 8, 'actors': [… 3]}"),
        (NumberSet([1, 20, 300]), 8, "<<… 3>>"),
        (StringSet(["abc", "def", "ghi"]), 10, "<<… 3>>"),
        (BinarySet([b"abc", b"def"]), 45, "<<<3 bytes YWJj>, <3 bytes ZGVm>>>"),
        ("a string of more than ten characters", 10, "a string of more than ten characters"),
        ([], 1, "[]"),
        ({}, 1, "{}"),
    ],
)
def test_what_has_no_room_is_counted(value: Value, room: int, expected: str) -> None:
    """From the outside in, and only when all of it has no room."""
    assert expected == folded(value, room)


@given(values(), st.integers(24, 200))
def test_a_folded_value_has_room(value: Value, room: int) -> None:
    """But for what cannot be folded."""
    text = folded(value, room)
    if isinstance(value, dict | list | StringSet | NumberSet | BinarySet):
        assert len(text) <= room
    else:
        assert cell(value) == text


def test_a_nested_value_has_the_room_that_others_leave() -> None:
    """Three lines of it, however short or long the names of the columns are."""
    item: dict[str, Value] = {"year": 2013, "title": "Rush", "info": [1] * 200}
    lines = "".join(render_table([[item]], Screen(width=60))).splitlines()
    shown = [line for line in lines if "1, 1" in line]
    assert 3 == len(shown)
    assert max(map(len, lines)) == 60


def test_only_a_terminals_table_folds() -> None:
    """A pipe gets everything, and so does an attribute per line."""
    item: dict[str, Value] = {"title": "Rush", "info": {"actors": ACTORS * 4, "rating": 8}}
    narrow = "".join(render_table([[item]], Screen(width=40)))
    assert "more" in narrow
    assert max(map(len, narrow.splitlines())) <= 40
    assert "more" not in "".join(render_table([[item]], Screen()))
    assert "more" not in "".join(render_vertical([[item]], Screen(width=40)))

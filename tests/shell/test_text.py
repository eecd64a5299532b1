"""Values as text: in cells, as JSON, and without anything that moves a terminal."""

import json
import unicodedata
from collections.abc import Iterator
from decimal import Decimal
from typing import cast

import pytest
from hypothesis import given

from ddblite.schema.errors import DdbError
from ddblite.schema.values import BinarySet, Item, NumberSet, StringSet, Value, equal
from ddblite.schema.wire import base64_text
from ddblite.shell.formats.render import RENDERERS
from ddblite.workbench import plain_json
from ddblite.workbench.cell_text import CELL_CHARACTERS_MAX, cell
from ddblite.workbench.item_lines import typed_line
from ddblite.workbench.pages import Screen
from ddblite.workbench.safe_text import escaped
from generated import items, texts, values
from harmless import is_harmless

SCREENS = [
    Screen(),
    Screen(width=40),
    Screen(width=200, has_colour=True),
    Screen(width=60, has_unicode=False),
]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("Rush", "Rush"),
        ("12 Years a Slave", "12 Years a Slave"),
        ("42", "'42'"),
        ("+1", "'+1'"),
        ("1e3", "'1e3'"),
        ("2024-01-15", "2024-01-15"),
        ("", "''"),
        (" a", "' a'"),
        ("null", "'null'"),
        ("True", "'True'"),
        ("{a}", "'{a}'"),
        ("<3", "'<3'"),
        ("'", "''''"),
        ("two\nlines\t", "'two\\nlines\\t'"),
        (42, "42"),
        (Decimal("1E-130"), "0." + "0" * 129 + "1"),
        (10**125, "1" + "0" * 125),
        (True, "true"),
        (None, "null"),
        (b"", "<0 bytes >"),
        (b"\0", "<1 byte AA==>"),
        (StringSet(["b", "a"]), "<<'a', 'b'>>"),
        (NumberSet([2, Decimal("1.5")]), "<<1.5, 2>>"),
        (BinarySet([b"a"]), "<<<1 byte YQ==>>>"),
        ([1, "1", [None]], "[1, '1', [null]]"),
        ({"it's": {"a": True}}, "{'it''s': {'a': true}}"),
    ],
)
def test_cell(value: Value, expected: str) -> None:
    """A string is bare where it cannot be mistaken, everything else as PartiQL writes it."""
    assert expected == cell(value)


def test_long_cell_says_that_it_goes_on() -> None:
    """A table is for reading; nothing is cut without a sign."""
    assert CELL_CHARACTERS_MAX == len(cell("x" * CELL_CHARACTERS_MAX))
    assert "x" * (CELL_CHARACTERS_MAX - 1) + "…" == cell("x" * (CELL_CHARACTERS_MAX + 1))


@given(texts())
def test_escaped_text_is_harmless(text: str) -> None:
    """Whatever a value holds."""
    assert is_harmless(escaped(text))
    assert "\n" not in escaped(text)


def test_every_unseen_character_is_escaped() -> None:
    """All of Unicode, character by character."""
    for point in range(0x110000):
        character = chr(point)
        if unicodedata.category(character) in {"Cc", "Cs", "Zl", "Zp"} or character in BIDI:
            assert escaped(character).isascii(), hex(point)
            assert escaped(character).isprintable(), hex(point)


BIDI = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff\U000e0001"


@given(items())
def test_plain_json_is_json(item: Item) -> None:
    """Any reader of JSON reads the same; sets are arrays and binary is base64 text."""
    text = plain_json.encode(item)
    assert is_harmless(text)
    assert equal(as_plain_json(item), plain_json.decode(text))
    assert json.loads(text).keys() == item.keys()


def as_plain_json(value: object) -> Value:
    """Returns what is left of a value in plain JSON."""
    if isinstance(value, dict):
        return {name: as_plain_json(one) for name, one in value.items()}
    if isinstance(value, list | StringSet | NumberSet | BinarySet):
        return [as_plain_json(one) for one in value]
    return base64_text(value) if isinstance(value, bytes) else cast("Value", value)


@given(items())
def test_typed_lines_are_harmless(item: Item) -> None:
    """An export may be looked at in a terminal."""
    assert is_harmless(typed_line(item))
    assert "\n" not in typed_line(item)


@pytest.mark.parametrize(
    "text",
    ["", "{", "nul", "[1,]", "NaN", "Infinity", "-Infinity", "1e200", "01", "[" * 100_000],
)
def test_what_is_no_json_is_refused(text: str) -> None:
    """In a sentence, and never as a float."""
    with pytest.raises(DdbError):
        plain_json.decode(text)


def test_a_name_twice_is_refused() -> None:
    """One of the two values would be lost."""
    with pytest.raises(DdbError, match='the name "a" is there twice'):
        plain_json.decode('{"b": {"a": 1, "a": 2}}')


@pytest.mark.parametrize("screen", SCREENS, ids=repr)
@given(value=values(), text=texts(min_size=1))
def test_every_format_is_harmless(screen: Screen, value: Value, text: str) -> None:
    """On every kind of screen; colours are the only sequences, and they are the shell's own."""
    pages = [[{"id": text, text: value}, {"id": value, "more": text}]]
    for name, render in RENDERERS.items():
        try:
            printed = "".join(render(pages, screen))
        except DdbError as error:
            assert name == "insert"
            printed = error.message
        # A tab moves nothing; a statement has it as it is, and a line of TSV between its cells.
        printed = printed.replace("\t", "")
        for colour in ("0", "1", "2", "35", "36", "33"):
            printed = printed.replace(f"\x1b[{colour}m", "")
        assert is_harmless(printed)


def test_wide_items_are_listed() -> None:
    """A column of two characters would be no help."""
    item: Item = {f"attribute_{number}": number for number in range(10)}
    lines = "".join(RENDERERS["table"]([[item]], Screen(width=80))).splitlines()
    assert "attribute_0 = 0" == lines[0]
    assert 11 == len(lines)


def test_long_values_are_folded_to_the_screen() -> None:
    """All of a value is there, on several lines."""
    printed = "".join(RENDERERS["table"]([[{"a": "x" * 200}]], Screen(width=60)))
    assert 200 == printed.count("x")
    assert 60 == max(map(len, printed.splitlines()))


def test_plain_table_has_a_line_per_item() -> None:
    """So that a pipe can count and search."""
    printed = "".join(RENDERERS["table"]([[{"a": "x" * 500}] * 3], Screen()))
    assert 5 == len(printed.splitlines())


def failing_behind(*pages: list[Item]) -> Iterator[list[Item]]:
    """Gives pages, and fails instead of the next one."""
    yield from pages
    raise DdbError("the page after them")


@pytest.mark.parametrize("name", RENDERERS)
def test_a_failing_page_leaves_nothing(name: str) -> None:
    """What was printed before stays; of the page that fails there is nothing."""
    printed: list[str] = []
    with pytest.raises(DdbError):
        printed.extend(RENDERERS[name](failing_behind([{"a": "first"}]), Screen()))
    assert "first" in "".join(printed)
    assert not printed[-1].endswith("]\n")


@pytest.mark.parametrize("name", RENDERERS)
def test_no_page_no_output(name: str) -> None:
    """When the first page fails, nothing at all was printed."""
    with pytest.raises(DdbError):
        next(RENDERERS[name](failing_behind(), Screen()))

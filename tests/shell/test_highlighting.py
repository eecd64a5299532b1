"""Colours of what is typed: PartiQL's own lexemes, also where a statement is not whole."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prompt_toolkit.document import Document

from ddblite.shell.configuration import THEMES
from ddblite.shell.terminal.highlighting import StatementLexer, fragments
from ddblite.shell.terminal.themes import STYLES
from generated import texts


def coloured(text: str) -> list[tuple[str, str]]:
    """Returns the parts that have a style, with the last word of its name."""
    return [(style.rpartition(".")[2], part) for style, part in fragments(text) if style]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "SELECT a FROM \"t\" WHERE size(b) > 1.5 AND c = 'x' -- why",
            [
                ("word", "SELECT"),
                ("word", "FROM"),
                ("name", '"t"'),
                ("word", "WHERE"),
                ("function", "size"),
                ("number", "1.5"),
                ("word", "AND"),
                ("string", "'x'"),
                ("comment", "-- why"),
            ],
        ),
        ("begins_with(a", [("function", "begins_with")]),
        ("a IN(1)", [("word", "IN"), ("number", "1")]),
        ("null Missing", [("constant", "null"), ("constant", "Missing")]),
        ("select 'SELECT", [("word", "select"), ("string", "'SELECT")]),
        ('year "SELECT 1', [("name", '"SELECT 1')]),
        ("a /* SELECT\n1", [("comment", "/* SELECT\n1")]),
        ("'it''s' OR", [("string", "'it'"), ("string", "'s'"), ("word", "OR")]),
        ("# == || `a` \\ \0 {# N'x'", [("string", "'x'")]),
        (".mode select", [("command", ".mode")]),
        (".nonsense select", []),
        (".explain SELECT 1", [("command", ".explain"), ("word", "SELECT"), ("number", "1")]),
        (".mode\nSELECT", [("command", ".mode"), ("word", "SELECT")]),
        ("SELECT " * 3000, []),
    ],
)
def test_lexemes_have_their_colours(text: str, expected: list[tuple[str, str]]) -> None:
    """An open string, name or comment runs to the end, as it does for the parser."""
    assert expected == coloured(text)


PARTS = st.sampled_from(
    ["'", '"', "--", "/*", "*/", "\n", "\r", " ", "SELECT", "a", "(", "<<", "1e", ".", "#", "$"]
)


@given(st.one_of(texts(), st.lists(PARTS).map("".join)))
def test_nothing_is_added_or_lost(text: str) -> None:
    """Whatever is typed stands there as it was typed."""
    assert text == "".join(part for _, part in fragments(text))
    line_at = StatementLexer().lex_document(Document(text))
    lines = text.split("\n")
    assert lines == ["".join(part[1] for part in line_at(n)) for n in range(len(lines))]
    assert [] == line_at(len(lines) + 1)


@pytest.mark.parametrize("theme", ["terminal", "dark", "light"])
def test_every_style_is_drawn(theme: str) -> None:
    """None of them is only a name, and none has no colour."""
    rules = {f"class:{name}" for name, _ in STYLES[theme].style_rules}
    every = "SELECT size(1) NULL 'a' \"b\" -- c"
    used = {style for text in (every, ".mode") for style, _ in fragments(text) if style}
    assert {name for name in rules if name.startswith("class:statement.")} == used


def test_themes_are_those_of_the_configuration() -> None:
    """Each can be chosen, and what can be chosen is there."""
    assert set(THEMES) == set(STYLES)


def test_a_keystroke_has_its_colours_in_time() -> None:
    """In a statement as long as one may be."""
    text = "SELECT * FROM t WHERE " + "a = 1 AND " * 816
    started = time.thread_time()
    list(fragments(text))
    assert time.thread_time() - started < 0.2, "ten times the promised 20 ms, of this thread alone"

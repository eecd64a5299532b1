"""Where statements end."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ddblite.partiql.syntax.faults import StatementError
from ddblite.schema.limits import STATEMENT_LENGTH_MAX
from ddblite.shell.conversation.run_input import is_complete
from ddblite.shell.conversation.statements import Splitter, split


@pytest.mark.parametrize(
    ("text", "complete", "rest"),
    [
        ("", [], ""),
        (" ; ;\n;", [], ""),
        ("SELECT 1;", ["SELECT 1"], ""),
        ("SELECT 1 ;\nSELECT 2; SELECT", ["SELECT 1", "SELECT 2"], "SELECT"),
        ("a = ';';", ["a = ';'"], ""),
        ("a = 'it''s;';", ["a = 'it''s;'"], ""),
        ('"a;b";', ['"a;b"'], ""),
        ("a = ';", [], "a = ';"),
        ('a = ";', [], 'a = ";'),
        ("a -- not ; here\n;", ["a -- not ; here"], ""),
        ("a /* nor ; here */;", ["a /* nor ; here */"], ""),
        ("a /* ;", [], "a /* ;"),
        ("-- first\n/* second */ a; -- last\n", ["a"], ""),
        (".tables\n", [".tables"], ""),
        (".tables", [], ".tables"),
        ("  .mode json\r\nSELECT 1;", [".mode json", "SELECT 1"], ""),
        ("SELECT a\n.tables\n;", ["SELECT a\n.tables"], ""),
        ("-- a ';\n.tables\n", [".tables"], ""),
    ],
)
def test_split(text: str, complete: list[str], rest: str) -> None:
    """A ``;`` ends a statement, a line end a command; quotes and comments hide both."""
    assert (complete, rest) == split(text)


PIECES = st.lists(
    st.sampled_from(
        ["SELECT a ", ";", "'x;y'", "''", '"n;"', "-- c;\n", "/* ; * ", "*/", "\n", ".tables", "é"]
    ),
    max_size=12,
)


@given(PIECES, st.lists(st.integers(0, 60), max_size=6))
def test_pieces_make_no_difference(words: list[str], cuts: list[int]) -> None:
    """However a text arrives, the same statements come out."""
    text = "".join(words)
    at_once, piecemeal = Splitter(), Splitter()
    expected = at_once.feed(text) + at_once.finish()
    ends = sorted({min(cut, len(text)) for cut in cuts} | {len(text)})
    found = []
    start = 0
    for end in ends:
        found += piecemeal.feed(text[start:end])
        start = end
    assert expected == found + piecemeal.finish()


def test_last_statement_needs_no_sign() -> None:
    """The end of the text is the end of the statement."""
    splitter = Splitter()
    assert [] == splitter.feed("SELECT 1")
    assert ["SELECT 1"] == splitter.finish()
    assert [] == splitter.finish()


def test_comment_of_any_length_is_bearable() -> None:
    """Its text is dropped as it comes, so that it is never read over again."""
    splitter = Splitter()
    assert [] == splitter.feed("/*")
    for _ in range(100):
        assert [] == splitter.feed("a comment; " * 1000)
    assert ["SELECT 1"] == splitter.feed("*/ SELECT 1;")


@pytest.mark.parametrize("length", [STATEMENT_LENGTH_MAX - 1, STATEMENT_LENGTH_MAX])
def test_statement_length_max(length: int) -> None:
    """A statement of this length is waited for."""
    assert [] == Splitter().feed("x" * length)


def test_longer_statement_is_refused_before_its_end() -> None:
    """There is no need to read a gigabyte first."""
    with pytest.raises(StatementError, match="length less than or equal to 8192"):
        Splitter().feed("x" * (STATEMENT_LENGTH_MAX + 1))


def test_many_statements_at_once() -> None:
    """A paste of a megabyte is split in one pass."""
    complete, rest = split("SELECT 1;\n" * 100_000)
    assert (100_000, "") == (len(complete), rest)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", True),
        ("   ", True),
        ("-- only a comment", True),
        ("SELECT 1", False),
        ("SELECT 1;", True),
        ("SELECT 1; -- done", True),
        ("SELECT ';", False),
        ("SELECT 1; SELECT", False),
        (".tables", True),
        ("help", True),
        ("Exit;", True),
        ("/* open", False),
    ],
)
def test_enter_runs_what_is_complete(text: str, *, expected: bool) -> None:
    """Everything else gets another line."""
    assert expected is is_complete(text)

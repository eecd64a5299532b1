"""What is said about tables and answers."""

from io import StringIO

import pytest

import ddblite
from ddblite.shell.commands import carry_out
from ddblite.shell.conversation.session import Session, screen_of
from ddblite.workbench.footers import units


@pytest.fixture
def games(memory: ddblite.Database) -> ddblite.Table:
    """A table with indexes of every kind."""
    return memory.create_table(
        "games",
        partition_key="user",
        sort_key="game",
        indexes=[
            ddblite.LocalIndex("by_score", sort_key=("score", "N"), projection="KEYS_ONLY"),
            ddblite.GlobalIndex("by_game", "game", ("score", "N"), projection=["won"]),
            ddblite.GlobalIndex("by_day", ("day", "B")),
        ],
    )


def said(session: Session, text: str) -> str:
    """Returns what an input prints on either stream."""
    session.out = session.error = StringIO()
    carry_out(session, text)
    return session.out.getvalue()


@pytest.mark.usefixtures("games")
def test_schema_shows_indexes(session: Session) -> None:
    """Their kind, their key, and what can be read from them."""
    assert (
        "games\n"
        "  key    user (string), game (string)\n"
        "  index  by_score (local): user (string), score (number); carries keys only\n"
        "  index  by_game (global): game (string), score (number); carries won\n"
        "  index  by_day (global): day (binary); carries everything\n"
        "  holds  0 items, 0 bytes\n"
    ) == said(session, ".schema games")


@pytest.mark.usefixtures("games")
def test_tables_shows_indexes(session: Session) -> None:
    """By name."""
    assert "| ['by_score', 'by_game', 'by_day'] |" in said(session, ".tables")


@pytest.mark.usefixtures("games")
def test_footer_shows_what_indexes_took(session: Session) -> None:
    """A write costs units in every index that it touches."""
    session.shows_consumed = True
    printed = said(session, "INSERT INTO games VALUE {'user': 'n', 'game': 'go', 'score': 3}")
    assert printed.startswith("done, 3 write units (1 in by_score, 1 in by_game), ")


def test_footer_counts_pages(session: Session, games: ddblite.Table) -> None:
    """And what was read beside what was given."""
    session.shows_consumed = True
    session.format = "jsonl"
    with games.batch() as batch:
        for number in range(7):
            batch.put({"user": "n", "game": str(number), "text": "x" * 300_000})
    printed = said(session, "SELECT game FROM games WHERE begins_with(\"text\", 'y')")
    assert printed.startswith("0 rows, 7 read, 2 pages, ")


@pytest.mark.parametrize(
    ("count", "expected"), [(0.0, "0"), (0.5, "0.5"), (1.0, "1"), (1234567.5, "1,234,567.5")]
)
def test_units(count: float, expected: str) -> None:
    """They are halves, and never rounded."""
    assert expected == units(count)


def test_screen_of_a_terminal_without_a_size() -> None:
    """One that cannot say how wide it is gets a usual width."""

    class Nameless(StringIO):
        def isatty(self) -> bool:
            return True

    assert 80 == screen_of(Nameless(), has_colour=False).width

"""Dot-commands that need a clock or a file."""

import re
from collections.abc import Callable
from decimal import Decimal
from io import StringIO
from pathlib import Path

import pytest
from typer.testing import Result

from ddblite.schema.amounts import time_text
from ddblite.schema.errors import DdbError, FileError
from ddblite.schema.prices import Prices
from ddblite.shell.commands import carry_out
from ddblite.shell.configuration import Settings
from ddblite.shell.conversation.session import Session
from ddblite.shell.conversation.statements import split

Command = Callable[..., Result]


def said(session: Session, *texts: str) -> str:
    """Returns what inputs print on either stream."""
    session.out = session.error = StringIO()
    for text in texts:
        carry_out(session, text)
    return session.out.getvalue()


@pytest.fixture
def films(session: Session) -> Session:
    """A session with a table of two items, and JSON lines."""
    for text in (
        ".create films year:N title",
        "INSERT INTO films VALUE {'year': 2013, 'title': 'Rush'}",
        "INSERT INTO films VALUE {'year': 2013, 'title': 'Her'}",
        ".mode jsonl",
    ):
        carry_out(session, text)
    return session


def test_timer(films: Session) -> None:
    """A time below the answer, after what it cost."""
    printed = said(
        films, ".timer on", "SELECT title FROM films WHERE year = 1", ".timer", ".timer off"
    )
    assert re.fullmatch(r"[0-9.]+ ms\non\n", printed)
    assert "" == said(films, "SELECT title FROM films WHERE year = 1")


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [(0.00034, "0.3 ms"), (0.25, "250.0 ms"), (1.254, "1.25 s"), (3600, "3,600.00 s")],
)
def test_times(seconds: float, expected: str) -> None:
    """In the unit that has few digits."""
    assert expected == time_text(seconds)


def test_analyze_runs_and_counts(films: Session) -> None:
    """What was read is more than what was returned."""
    printed = said(films, ".analyze SELECT * FROM films WHERE title = 'Rush'")
    assert (
        "Scan films: filter title = 'Rush'\n"
        "  items   2 read, 1 returned\n"
        "  pages   1\n"
        "  units   0.5 read units (0.5 in films)\n"
        "  time    "
        "  price   $0.0000000625 on demand in us-east-1\n"
    ) == re.sub(r"[0-9.]+ ms\n", "", printed)


def test_prices_are_those_of_the_settings(films: Session) -> None:
    """A region without prices is told of beside the answer, which stays as it is."""
    films.settings = Settings(region="eu-west-1")
    films.error = StringIO()
    carry_out(films, ".analyze SELECT * FROM films")
    carry_out(films, ".explain SELECT * FROM films")
    assert 2 == films.error.getvalue().count("The prices of eu-west-1 are not known here")
    prices = Prices("eu-west-1", Decimal("0.2"), Decimal("1.1"))
    films.settings = Settings(region="eu-west-1", prices={"eu-west-1": prices})
    for command in (".analyze SELECT * FROM films", ".explain SELECT * FROM films"):
        printed = said(films, command)
        assert "  price   $0.0000001 on demand in eu-west-1\n" in printed


def test_analyze_carries_out_a_write(films: Session) -> None:
    """As its help says."""
    said(films, ".analyze DELETE FROM films WHERE year = 2013 AND title = 'Her'")
    assert '{"title": "Rush"}\n' == said(films, "SELECT title FROM films")


def test_read_runs_a_file(films: Session, tmp_path: Path) -> None:
    """Statements and commands; the last needs no end."""
    path = tmp_path / "two words.sql"
    path.write_text(
        "-- first\nSELECT title FROM films WHERE year = 2013;\n.mode\nSELECT year FROM films"
    )
    printed = said(films, f".read '{path}'")
    assert 5 == len(printed.splitlines())
    assert '{"title": "Her"}\n{"title": "Rush"}\njsonl\n' == "".join(
        printed.splitlines(keepends=True)[:3]
    )


def test_read_stops_at_the_first_fault(films: Session, tmp_path: Path) -> None:
    """What is behind it is not run."""
    path = tmp_path / "a.sql"
    path.write_text(".mode\nSELECT;\n.mode\n")
    films.out = out = StringIO()
    with pytest.raises(DdbError, match="wasn't well formed"):
        carry_out(films, f".read {path}")
    assert "jsonl\n" == out.getvalue()
    assert 0 == films.files_being_read


def test_read_ends_with_quit(films: Session, tmp_path: Path) -> None:
    """Which leaves the shell, too."""
    path = tmp_path / "a.sql"
    path.write_text(".quit\n.mode\n")
    assert "" == said(films, f".read {path}")
    assert films.is_over


def test_files_that_cannot_be_read(films: Session, tmp_path: Path) -> None:
    """One that is not there, is no text, or reads itself."""
    path = tmp_path / "a.sql"
    with pytest.raises(FileError, match="No such file"):
        carry_out(films, f".read {path}")
    with pytest.raises(FileError, match="directory"):
        carry_out(films, f".read {tmp_path}")
    path.write_bytes(b"\xff")
    with pytest.raises(DdbError, match=r"a\.sql is not text in UTF-8"):
        carry_out(films, f".read {path}")
    path.write_text(f".read {path}\n")
    with pytest.raises(DdbError, match="no deeper"):
        carry_out(films, f".read {path}")
    assert 0 == films.files_being_read


def test_output_goes_to_a_file_and_back(films: Session, tmp_path: Path) -> None:
    """Whole after every input; what is said about an answer stays on the screen."""
    path = tmp_path / "films.ndjson"
    path.write_text("before")
    films.shows_consumed = True
    printed = said(films, f".output {path}", "SELECT title FROM films WHERE year = 2013")
    assert printed.startswith("2 rows, ")
    assert '{"title": "Her"}\n{"title": "Rush"}\n' == path.read_text()
    assert "jsonl\n" == said(films, ".output -", ".output -", ".mode")
    assert '{"title": "Her"}\n{"title": "Rush"}\n' == path.read_text()


def test_output_changes_files(films: Session, tmp_path: Path) -> None:
    """The first is whole when the second begins."""
    first, second = tmp_path / "a", tmp_path / "b"
    assert "" == said(films, f".output {first}", ".mode", f".output {second}", ".timer")
    films.close()
    assert ("jsonl\n", "off\n") == (first.read_text(), second.read_text())


def test_output_that_cannot_be_written(films: Session, tmp_path: Path) -> None:
    """Answers go on where they went."""
    with pytest.raises(FileError, match="directory"):
        carry_out(films, f".output {tmp_path}")
    assert "jsonl\n" == said(films, ".mode")
    if Path("/dev/full").exists():
        carry_out(films, ".output /dev/full")
        with pytest.raises(FileError, match="answers come here again"):
            carry_out(films, ".mode")
        assert "jsonl\n" == said(films, ".mode")


def test_output_does_not_replace_the_database(tmp_path: Path) -> None:
    """A typing error must not cost a file."""
    import ddblite

    path = tmp_path / "a.ddb"
    with ddblite.connect(path) as database:
        before = path.read_bytes()
        session = Session(database, out=StringIO(), error=StringIO())
        with pytest.raises(FileError, match="is the database itself"):
            carry_out(session, f".output {path}")
        assert before == path.read_bytes()


def test_what_inserts_print_can_be_read(films: Session, tmp_path: Path) -> None:
    """A table to statements, and back."""
    path = tmp_path / "films.sql"
    said(
        films, ".mode insert", f".output {path}", "SELECT * FROM films", ".output -", ".mode jsonl"
    )
    assert 2 == len(split(path.read_text())[0])
    for title in ("Her", "Rush"):
        films.database.table("films").delete({"year": 2013, "title": title})
    said(films, f".read {path}")
    assert 2 == len(said(films, "SELECT * FROM films").splitlines())


def test_the_command_says_what_to_do_instead(command: Command, shop: Path) -> None:
    """The hint of a statement's fault stands below the service's message."""
    run = command(shop, "-c", "SELECT COUNT(*) FROM users")
    first, second = run.stderr.splitlines()
    assert "ValidationException: Unexpected path component at 1:8:5" == first
    assert second.startswith("A SELECT gives back paths only")

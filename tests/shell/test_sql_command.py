"""``.sql`` in the shell: its statement goes on until a ``;``, and its rows look as all others."""

import re
from collections.abc import Callable
from io import StringIO
from pathlib import Path

import pytest
from typer.testing import Result

from ddblite.partiql.syntax.faults import StatementError
from ddblite.schema.errors import DdbError
from ddblite.shell.commands import carry_out
from ddblite.shell.configuration import Settings
from ddblite.shell.conversation.run_input import answer, is_complete
from ddblite.shell.conversation.session import Session
from ddblite.shell.conversation.statements import Splitter, split

Command = Callable[..., Result]


def said(session: Session, *texts: str) -> tuple[str, str]:
    """Returns what inputs print on either stream."""
    session.out, session.error = StringIO(), StringIO()
    for text in texts:
        answer(session, text)
    return session.out.getvalue(), session.error.getvalue()


@pytest.fixture
def films(session: Session) -> Session:
    """A session with a table of three items, and JSON lines."""
    for text in (
        ".create films year:N title",
        "INSERT INTO films VALUE {'year': 2013, 'title': 'Rush', 'rating': 8.3}",
        "INSERT INTO films VALUE {'year': 2013, 'title': 'Her', 'rating': 8}",
        "INSERT INTO films VALUE {'year': 1994, 'title': 'Ed Wood', 'votes': 1234567890123456789}",
        ".mode jsonl",
    ):
        carry_out(session, text)
    return session


def test_groups(films: Session) -> None:
    printed = said(films, ".sql SELECT year, count(*) AS n FROM films GROUP BY year ORDER BY 1;")
    assert ('{"year": 1994, "n": 1}\n{"year": 2013, "n": 2}\n', "") == printed


def test_a_statement_has_several_lines_and_strings_with_semicolons() -> None:
    text = ".sql SELECT ';' AS a, -- one ;\n 2 AS b;\n.tables\n.sql SELECT 1"
    complete, rest = split(text + "\n")
    assert [".sql SELECT ';' AS a, -- one ;\n 2 AS b", ".tables"] == complete
    assert ".sql SELECT 1\n" == rest
    assert not is_complete(".sql SELECT 1")
    assert is_complete(".sql SELECT 1;")
    splitter = Splitter()
    assert [] == splitter.feed(".sql\nSELECT 1\n")
    assert [".sql\nSELECT 1"] == splitter.finish()


def test_only_that_command_goes_on() -> None:
    """``.sqlite`` would be none, and ends with its line as all do."""
    assert ([".sqlite a", ".sql\nSELECT 1"], "") == split(".sqlite a\n.sql\nSELECT 1;")


def test_footer_says_what_was_loaded(films: Session) -> None:
    out, _ = said(films, ".consumed on", ".sql SELECT title FROM films WHERE year = 2013;")
    assert 2 == out.count("title")
    _, error = said(films, ".sql SELECT 1 AS a FROM films;", ".sql SELECT 2 AS a;")
    first, second = error.splitlines()
    loaded = r"Scan films: 3 items, 0 columns, [0-9,]+ bytes, 0\.5 read units"
    assert re.fullmatch(rf"3 rows, 1 so far, [0-9.]+ ms\. {loaded}", first)
    assert re.fullmatch(r"1 row, [0-9.]+ ms\. No table was read", second)


def test_timer(films: Session) -> None:
    assert re.fullmatch(r"[0-9.]+ ms\n", said(films, ".timer on", ".sql SELECT 1 AS a;")[1])


def test_notes_are_told(films: Session) -> None:
    _, error = said(films, '.sql SELECT title FROM films WHERE title = "Rush";')
    assert error.startswith("No item that was read of films has Rush: it is NULL")


def test_long_numbers(films: Session) -> None:
    _, error = said(films, ".sql SELECT votes FROM films;")
    assert "(in the shell .sql -text)" in error
    out, _ = said(films, ".sql -text SELECT votes FROM films WHERE votes IS NOT NULL;")
    assert '{"votes": "1234567890123456789"}\n' == out


def test_explain(films: Session) -> None:
    out, error = said(films, ".sql EXPLAIN SELECT title FROM films WHERE year = 2013;")
    assert "" == error
    assert out.startswith("Query films by year: at most 3 items, ")
    assert "\nSQLite\n  SCAN films\n" in out


@pytest.mark.parametrize("prefix", [".sql ", ".sql   -text ", ".sql\n", ".sql EXPLAIN "])
def test_carets_stand_below_the_statement(films: Session, prefix: str) -> None:
    _, error = said(films, f"{prefix}SELECT title,\n  nosuch(1) FROM films;")  # noqa: S608
    message, line, carets = error.splitlines()
    assert "ValidationException: SQLite: no such function: nosuch" == message
    assert line.index("nosuch") == carets.index("^")


def test_hints_are_told(films: Session) -> None:
    _, error = said(films, ".sql SELECT info.rating FROM films;")
    assert "info ->> '$.rating'" in error.splitlines()[-1]
    assert "db.execute" in said(films, ".sql DELETE FROM films;")[1]


def test_values_never_reach_the_terminal_raw(films: Session) -> None:
    """Names of columns, which a statement makes up, and notes are escaped as values are."""
    for mode in ("table", "json", "csv", "markdown", "ddb-json", "vertical"):
        out, error = said(
            films, f".mode {mode}", ".sql SELECT char(27) || '[31m' AS \"a\x1b]0;b\";"
        )
        assert "\x1b" not in out + error
        assert out
    _, error = said(films, ".mode insert", '.sql SELECT 1 AS "a\x1b";')
    assert "\x1b" not in error
    _, error = said(films, '.sql SELECT "c\x1b[31m" FROM films;', '.sql SELECT 1 FROM "d\x1b";')
    assert "\x1b" not in error


def test_parameters(films: Session) -> None:
    out, _ = said(
        films, ".param set 1 2013", ".sql SELECT count(*) AS n FROM films WHERE year = ?;"
    )
    assert out.endswith('{"n": 2}\n')
    assert "? number 2" in said(films, ".sql SELECT ? + ?;")[1]


def test_the_last_answer_can_be_shown_again(films: Session) -> None:
    said(films, ".sql SELECT 7 AS a;")
    assert '{"a": 7}\n' == said(films, "_")[0]


def test_large_tables_are_not_copied_unasked(films: Session) -> None:
    films.settings = Settings(scan_guard_bytes=1)
    for text in (".sql SELECT count(*) AS n FROM films", ".sql SELECT a.title FROM films, films a"):
        with pytest.raises(DdbError, match=r"copies all of films \(3 items, .*--allow-scan"):
            carry_out(films, text)
    assert '{"n": 2}\n' == said(films, ".sql SELECT count(*) AS n FROM films WHERE year = 2013;")[0]
    films.ask = lambda _: "n"
    with pytest.raises(DdbError, match="Nothing was read"):
        carry_out(films, ".sql SELECT count(*) AS n FROM films")
    films.ask = lambda _: "y"
    assert '{"n": 3}\n' == said(films, ".sql SELECT count(*) AS n FROM films;")[0]


def test_usage(films: Session) -> None:
    for text in (".sql ;", ".sql"):
        with pytest.raises(DdbError, match=r"^Usage: \.sql"):
            carry_out(films, text)
    for text in (".sql -text", ".sql EXPLAIN", ".sql -text ;"):
        with pytest.raises(StatementError, match="The statement is empty"):
            carry_out(films, text)


def test_on_the_command_line(command: Command, shop: Path) -> None:
    statement = ".sql SELECT count(*) AS n, max(logins) AS m FROM users"
    run = command(shop, "-c", statement, "--format", "jsonl")
    assert (0, '{"n": 3, "m": 3}\n') == (run.exit_code, run.stdout)
    failed = command(shop, "-c", ".sql DROP TABLE users")
    assert 1 == failed.exit_code
    assert "Only reading is possible here" in failed.stderr


def test_from_a_pipe(command: Command, shop: Path) -> None:
    given = (
        ".mode csv\n.sql SELECT a.id, b.name\nFROM users a\nJOIN users b USING (id)\n"
        "WHERE b.name > 'O';\n.tables\n"
    )
    run = command(shop, given=given)
    assert 0 == run.exit_code
    assert run.stdout.startswith("id,name\nu_2,Otis\n")

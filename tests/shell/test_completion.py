"""Completion: the parser's own expectations, the file's names, the shell's commands."""

import time
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from prompt_toolkit.completion import CompleteEvent
from prompt_toolkit.document import Document

import ddblite
from ddblite.partiql.syntax.words import RESERVED
from ddblite.shell.conversation.session import Session
from ddblite.shell.terminal.completion import ShellCompleter
from ddblite.workbench.expectations import WORDS, fits, place_of
from generated import texts

if TYPE_CHECKING:
    from ddblite.schema.values import Item


@pytest.fixture
def completer(session: Session) -> ShellCompleter:
    """Two tables; the items of one have names of every kind."""
    database = session.database
    films = database.create_table(
        "films",
        partition_key=("year", "N"),
        sort_key="title",
        indexes=[ddblite.GlobalIndex("by-genre", "genre")],
    )
    films.put({"year": 2013, "title": "Rush", "size": 1, "two words": 2, "it's": 3, "\x1b[2J": 4})
    nested: Item = {"rating": 8, "actors": [{"name": "a", "born in": 1}], "two words": {"x": 1}}
    films.put({"year": 2014, "title": "Pride", "info": nested})
    database.create_table("my-table", partition_key="id")
    return ShellCompleter(session)


def offered(
    completer: ShellCompleter, text: str, behind: str = "", *, tab: bool = True
) -> list[str]:
    """Returns what the input would be with each of the completions."""
    event = CompleteEvent(text_inserted=not tab, completion_requested=tab)
    found = completer.get_completions(Document(text + behind, len(text)), event)
    return [text[: len(text) + one.start_position] + one.text for one in found]


def added(completer: ShellCompleter, text: str, behind: str = "") -> list[str]:
    """Returns what comes in the place of the last word."""
    event = CompleteEvent(completion_requested=True)
    found = completer.get_completions(Document(text + behind, len(text)), event)
    return [one.text for one in found]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ["SELECT", "INSERT INTO", "UPDATE", "FROM", "DELETE FROM", "EXISTS"]),
        ("de", ["delete from"]),
        ("SELECT a ", ["FROM"]),
        ("SELECT * FROM films ", ["ORDER BY", "WHERE"]),
        ("SELECT * FROM films WHERE a = 1 ", ["AND", "OR", "ORDER BY"]),
        ("SELECT * FROM films WHERE a IS ", ["MISSING", "NULL", "NOT"]),
        ("SELECT * FROM films WHERE a NOT ", []),
        ("SELECT * FROM films ORDER BY title D", ["DESC"]),
        ("UPDATE films ", ["SET", "REMOVE"]),
        ("FROM films WHERE a = 1 ", ["SET", "REMOVE", "AND", "OR"]),
        ("UPDATE films SET a = 1 RETURNING ", ["ALL", "MODIFIED"]),
        ("UPDATE films SET a = 1 RETURNING ALL ", ["OLD", "NEW"]),
        ("SELECT 1; sel", ["select"]),
        ("SELECT # FROM films ", []),
        ("SELECT 'sel", []),
        ("-- sel", []),
        ("SELECT /* sel", []),
        ("SELECT * FROM films WHERE a.b.", []),
        ("SELECT * FROM films LIMIT ", []),
    ],
)
def test_words_are_the_parsers(completer: ShellCompleter, text: str, expected: list[str]) -> None:
    """In the case in which they were begun; none where the parser has stumbled before."""
    assert expected == added(completer, text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("SELECT * FROM ", ["films", '"my-table"']),
        ("SELECT * FROM F", ["films", 'films."by-genre"']),
        ('SELECT * FROM "', ['"films"', '"my-table"']),
        ('UPDATE "m', ['"my-table"']),
        ("INSERT INTO f", ["films", 'films."by-genre"']),
        ("SELECT * FROM films.", ['"by-genre"']),
        ('SELECT * FROM "films"."b', ['"by-genre"']),
        ("SELECT * FROM none.", []),
        ("SELECT * FROM films WHERE ti", ["title"]),
        ("SELECT * FROM films WHERE s", ['"size"', "size("]),
        ('SELECT * FROM films WHERE "t', ['"title"', '"two words"']),
        ("SELECT * FROM films WHERE beg", ["begins_with("]),
        ("UPDATE films SET a = set_", ["set_add(", "set_delete("]),
        ("SELECT * FROM films WHERE genre = 1 AND g", ["genre"]),
        ("SELECT * FROM films ORDER BY y", ["year"]),
        ("INSERT INTO films VALUE {'year': 1, 'ti", ["'title'"]),
        ("INSERT INTO films VALUE {'it", ["'it''s'"]),
        ("INSERT INTO films VALUE {'a': t", ["true"]),
        ("SELECT * FROM films WHERE a = 'ti", []),
        ("SELECT i", ["id"]),
        ("SELECT * FROM none WHERE i", []),
        ("SELECT * FROM films WHERE info.", ["actors", "rating", '"two words"']),
        ("SELECT * FROM films WHERE info.r", ["rating"]),
        ('SELECT * FROM films WHERE "info"."t', ['"two words"']),
        ('SELECT * FROM films WHERE info."two words".', ["x"]),
        ("UPDATE films SET info.actors[0].", ['"born in"', "name"]),
        ("UPDATE films SET info.actors[7].", []),
        ("SELECT * FROM films WHERE info.rating.", []),
        ("SELECT * FROM none WHERE info.", []),
    ],
)
def test_names_are_the_files(completer: ShellCompleter, text: str, expected: list[str]) -> None:
    """Quoted where they must be; functions in the clause that has them."""
    assert expected == added(completer, text)


def test_columns_are_those_of_the_table_behind(completer: ShellCompleter) -> None:
    """The FROM of a SELECT comes later than its columns."""
    assert ["title", '"two words"'] == added(completer, "SELECT t", " FROM films")


def test_the_only_table_needs_no_name(completer: ShellCompleter) -> None:
    """Columns are typed before FROM; of several tables the keys alone are offered there."""
    assert ["title"] == added(completer, "SELECT t")
    assert [] == added(completer, "SELECT info.r")
    completer.session.database.call("DeleteTable", {"TableName": "my-table"})
    assert ["title", '"two words"'] == added(completer, "SELECT t")
    assert ["rating"] == added(completer, "SELECT info.r")


def test_names_that_cannot_be_seen_are_left_out(completer: ShellCompleter) -> None:
    """A menu shows nothing that a terminal would act on."""
    assert not any("\x1b" in one for one in added(completer, "SELECT * FROM films WHERE "))


def test_a_menu_comes_with_the_first_letter(completer: ShellCompleter) -> None:
    """Before, it would be in the way: there Tab asks for it."""
    assert [] == offered(completer, "SELECT * FROM ", tab=False)
    assert ["SELECT * FROM films", 'SELECT * FROM films."by-genre"'] == offered(
        completer, "SELECT * FROM f", tab=False
    )


def test_names_are_sampled_once(completer: ShellCompleter) -> None:
    """Until the next statement has been run."""
    text = "SELECT * FROM films WHERE new"
    assert [] == added(completer, text)
    completer.session.database.table("films").put({"year": 1, "title": "a", "newer": 1})
    assert [] == added(completer, text)
    completer.names.forget()
    assert ["newer"] == added(completer, text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (".mod", [".mode"]),
        (".mode js", ["json", "jsonl"]),
        (".consumed ", ["on", "off"]),
        (".schema f", ["films"]),
        (".schema films b", ["boto3"]),
        (".import items.json f", ["films"]),
        (".export f", ["films"]),
        (".export films items.json j", ["jsonl"]),
        (".export films items.json jsonl ", []),
        (".param s", ["set"]),
        (".help ", []),
        (".nonsense ", []),
        (".explain SELECT * FROM films WHERE ti", ["title"]),
    ],
)
def test_commands_are_completed(completer: ShellCompleter, text: str, expected: list[str]) -> None:
    """Their names, and what they take."""
    assert expected == added(completer, text)


@pytest.mark.parametrize("before", [".read ", ".output ", ".import ", ".export films "])
def test_files_are_completed(completer: ShellCompleter, before: str, tmp_path: Path) -> None:
    """Where a command takes one; a name that cannot be seen is left out."""
    for name in ("items.json", "a\x1b[2Jb"):
        (tmp_path / name).touch()
    assert [f"{before}{tmp_path}/items.json"] == offered(completer, f"{before}{tmp_path}/")


def test_every_word_is_a_keyword() -> None:
    """A typing error in the list would never be offered, and nobody would know."""
    assert {part for word in WORDS for part in word.split()} <= RESERVED
    for word in ("VALUE", "RETURNING", "IN", "BETWEEN"):
        assert any(
            fits(base, word)
            for base in ("INSERT INTO t", "DELETE FROM t", "EXISTS(SELECT a FROM t WHERE a")
        )


@given(texts())
def test_any_text_has_a_place(text: str) -> None:
    """And nothing of it is lost there."""
    assert text == "".join(place_of(text))


def test_what_was_pasted_is_not_looked_through(completer: ShellCompleter) -> None:
    """A megabyte must not stop the keyboard."""
    started = time.thread_time()
    assert [] == added(completer, "SELECT " * 150_000)
    assert [] == added(completer, "SELECT " + "a, " * 600)
    assert time.thread_time() - started < 0.1


def test_a_keystroke_takes_no_time(tmp_path: Path) -> None:
    """On a file with 100 tables; ten times the promised 20 ms, for machines that are busy."""
    text = "SELECT id, t FROM table_042 WHERE id = 'x' AND begins_with(title, 'y') ORDER BY year"
    with ddblite.connect(tmp_path / "many.ddb") as database:
        for number in range(100):
            database.create_table(f"table_{number:03}", partition_key="id", sort_key="year")
        completer = ShellCompleter(Session(database, out=StringIO(), error=StringIO()))
        for end in range(len(text) + 1):
            started = time.thread_time()
            added(completer, text[:end])
            assert time.thread_time() - started < 0.2

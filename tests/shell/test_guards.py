"""What is asked before large scans and writes, and that a dry run leaves nothing behind."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from io import StringIO
from pathlib import Path

import pytest
from typer.testing import Result

import ddblite
from ddblite.shell.commands import carry_out
from ddblite.shell.configuration import Settings
from ddblite.shell.conversation.session import Session
from ddblite.workbench.conversation import WorkbenchError

Command = Callable[..., Result]

SCAN = "SELECT * FROM films WHERE rating > 8"


class User:
    """Answers questions, and remembers them."""

    def __init__(self, *answers: str) -> None:
        self.answers = list(answers)
        self.questions: list[str] = []

    def __call__(self, question: str) -> str:
        """Gives the next answer."""
        self.questions.append(question)
        return self.answers.pop(0)


@pytest.fixture
def films(session: Session) -> Session:
    """A session with a table of one item and 23 bytes, and a guard that minds them."""
    session.database.create_table(
        "films",
        partition_key=("year", "N"),
        sort_key="title",
        indexes=[ddblite.GlobalIndex("by_title", "title", projection="KEYS_ONLY")],
    ).put({"year": 2013, "title": "Her", "rating": 9})
    session.settings = Settings(scan_guard_bytes=23)
    session.format = "jsonl"
    return session


def said(session: Session, text: str) -> str:
    """Returns what an input prints on either stream."""
    session.out = session.error = StringIO()
    carry_out(session, text)
    return session.out.getvalue()


ITEM = '{"year": 2013, "title": "Her", "rating": 9}\n'


def test_a_large_scan_asks_with_its_size(films: Session) -> None:
    """And with the term that made it one; it has read nothing yet."""
    films.ask = user = User("n")
    films.error = StringIO()
    with pytest.raises(WorkbenchError, match="Nothing was read"):
        carry_out(films, SCAN)
    assert ["Run it? [y/N] "] == user.questions
    assert films.error.getvalue() == (
        "This reads all of films: 1 item, 0.0 MB, about 0.5 read units, because"
        " no term says what the partition key year equals.\n"
    )
    assert 0 == films.spent.read


@pytest.mark.parametrize("answer", ["y", "Y", " yes "])
def test_yes_runs_it(films: Session, answer: str) -> None:
    """In either case."""
    films.ask = User(answer)
    assert said(films, SCAN).endswith(f".\n{ITEM}")


@pytest.mark.parametrize("answer", ["", "n", "no", "yess", "maybe"])
def test_anything_else_does_not(films: Session, answer: str) -> None:
    """Enter alone, too."""
    films.ask = User(answer)
    with pytest.raises(WorkbenchError, match="Nothing was read"):
        carry_out(films, SCAN)


@pytest.mark.parametrize(("bytes_max", "asks"), [(22, True), (23, True), (24, False)])
def test_small_tables_are_not_asked_about(films: Session, bytes_max: int, *, asks: bool) -> None:
    """The table has 23 bytes: it is large from the setting on."""
    films.settings = Settings(scan_guard_bytes=bytes_max)
    films.ask = user = User("y")
    assert said(films, SCAN).endswith(ITEM)
    assert asks == bool(user.questions)


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT * FROM films WHERE year = 2013",
        "SELECT * FROM films WHERE year = 2013 AND title = 'Her' AND rating > 8",
        "SELECT * FROM films WHERE year IN [2012, 2013]",
        "SELECT title FROM films.by_title WHERE title = 'Her'",
    ],
)
def test_a_query_is_never_asked_about(films: Session, statement: str) -> None:
    """Nor a get."""
    films.ask = None
    assert '"Her"' in said(films, statement)


def test_an_index_has_a_size_of_its_own(films: Session) -> None:
    """What is read is the index."""
    films.settings = Settings(scan_guard_bytes=1)
    films.ask = User("y")
    printed = said(films, "SELECT title FROM films.by_title WHERE year > 2000")
    assert printed.startswith("This reads all of films.by_title: 1 item, ")


@pytest.mark.parametrize(
    "text",
    [SCAN, f".analyze {SCAN}", f".chart rating {SCAN}", ".chart rating films"],
)
def test_where_nobody_can_be_asked_it_is_refused(films: Session, text: str) -> None:
    """Whatever reads it."""
    with pytest.raises(WorkbenchError, match=r"reads all of films: .*--allow-scan") as caught:
        carry_out(films, text)
    assert caught.value.message.endswith("lets a script do that.")
    said(films, ".allow_scan on")
    assert "" != said(films, text)


def test_scripts_are_refused_with_exit_code_1(command: Command, tmp_path: Path) -> None:
    """With the default of 10 MB, and nothing on standard output."""
    path = tmp_path / "large.ddb"
    with ddblite.connect(path, durability="none") as database:
        table = database.create_table("large", partition_key="id")
        with table.batch() as batch:
            for number in range(28):
                batch.put({"id": str(number), "text": "x" * 380_000})
    statement = "SELECT id FROM large"
    run = command(path, "-c", statement, "-f", "jsonl")
    assert (1, "") == (run.exit_code, run.stdout)
    assert run.stderr.startswith("This reads all of large: 28 items, 10.1 MB, about 1,304 read")
    assert 1 == command(path, "-f", "jsonl", given=statement).exit_code
    allowed = command(path, "-c", statement, "-f", "jsonl", "--allow-scan")
    assert (0, 28) == (allowed.exit_code, len(allowed.stdout.splitlines()))
    config = tmp_path / "config.toml"
    config.write_text("allow_scan = true")
    assert 0 == command(path, "-c", statement, "--config", config).exit_code


def test_a_dry_run_leaves_nothing_behind(tmp_path: Path) -> None:
    """No item, no entry of an index, no counter, no commit, and not a byte of the file."""
    path = tmp_path / "films.ddb"
    with ddblite.connect(path) as database:
        database.create_table(
            "films",
            partition_key="title",
            indexes=[ddblite.GlobalIndex("by_rating", ("rating", "N"))],
        ).put({"title": "Rush", "rating": 8})
    before = path.read_bytes()
    with ddblite.connect(path) as database, closing(sqlite3.connect(path)) as other:
        version = other.execute("PRAGMA data_version").fetchone()
        described = database.call("DescribeTable", {"TableName": "films"})
        session = Session(database, out=StringIO(), error=StringIO())
        for text in (
            ".dry INSERT INTO films VALUE {'title': 'Her', 'rating': 9}",
            ".dry UPDATE films SET rating = 1 WHERE title = 'Rush'",
            ".dry DELETE FROM films WHERE title = 'Rush'",
            ".begin",
            "DELETE FROM films WHERE title = 'Rush'",
            "INSERT INTO films VALUE {'title': 'Her', 'rating': 9}",
            ".dry",
        ):
            carry_out(session, text)
        assert [] == database.check()
        assert described == database.call("DescribeTable", {"TableName": "films"})
        assert [{"title": "Rush", "rating": 8}] == database.table("films").scan().all()
        assert version == other.execute("PRAGMA data_version").fetchone()
    assert before == path.read_bytes()


def test_a_dry_run_of_what_cannot_be_leaves_the_writer_free(films: Session) -> None:
    """The next write is carried out."""
    with pytest.raises(ddblite.errors.ConditionalCheckFailedException):
        carry_out(films, ".dry UPDATE films SET n = 1 WHERE year = 1 AND title = 'x'")
    carry_out(films, "UPDATE films SET n = 1 WHERE year = 2013 AND title = 'Her'")
    assert [] == films.database.check()


def test_control_characters_in_a_dry_run(films: Session) -> None:
    """Names and values of an item can hold any."""
    films.database.table("films").put({"year": 1, "title": "\x1b[2J", "\x07": "\x1b]0;x\x07"})
    printed = said(films, ".dry DELETE FROM films WHERE year = 1 AND title = '\x1b[2J'")
    assert all(line.isprintable() for line in printed.splitlines())
    assert "x1b" in printed


def test_writes_ask_when_that_is_wanted(films: Session) -> None:
    """With what they would change."""
    films.ask = user = User("n", "y")
    films.confirms_writes = True
    statement = "UPDATE films SET rating = 7 WHERE year = 2013 AND title = 'Her'"
    films.out = films.error = StringIO()
    with pytest.raises(WorkbenchError, match="Nothing was written"):
        carry_out(films, statement)
    shown = films.out.getvalue()
    assert "  ~ rating: 9 -> 7\n" in shown
    assert shown == said(films, statement)
    assert ["Write it? [y/N] "] * 2 == user.questions
    assert 7 == films.database.table("films").scan().all()[0]["rating"]


def test_a_transaction_asks_once(films: Session) -> None:
    """For all of it; when the answer is no its statements are still there."""
    films.ask = user = User("n", "y")
    films.confirms_writes = True
    for text in (
        ".begin",
        "UPDATE films SET rating = 7 WHERE year = 2013 AND title = 'Her'",
        "INSERT INTO films VALUE {'year': 2013, 'title': 'Rush'}",
    ):
        assert "" == said(films, text)
    with pytest.raises(WorkbenchError, match="Nothing was written"):
        carry_out(films, ".commit")
    assert films.collected is not None
    said(films, ".commit")
    assert ["Write it? [y/N] "] * 2 == user.questions
    assert 2 == len(films.database.table("films").scan().all())


def test_reads_of_a_transaction_are_not_asked_about(films: Session) -> None:
    """They change nothing."""
    films.ask = User()
    films.confirms_writes = True
    said(films, ".begin")
    said(films, "SELECT * FROM films WHERE year = 2013 AND title = 'Her'")
    assert ITEM == said(films, ".commit")


def test_a_script_writes_without_asking(command: Command, shop: Path, tmp_path: Path) -> None:
    """There is nobody to ask; --allow-scan has no twin for writes."""
    config = tmp_path / "config.toml"
    config.write_text("confirm_writes = true")
    run = command(shop, "-c", "DELETE FROM users WHERE id = 'u_1'", "--config", config)
    assert (0, "", "") == (run.exit_code, run.stdout, run.stderr)

"""Dot-commands that read and write files: import, export, backup, check."""

import json
import re
from collections.abc import Callable
from io import StringIO
from pathlib import Path

import pytest
from typer.testing import Result

import ddblite
from ddblite.schema.errors import DdbError, FileError
from ddblite.shell.commands import carry_out
from ddblite.shell.conversation.session import Session
from ddblite.workbench.conversation import WorkbenchError
from wholeness import Wholeness

Command = Callable[..., Result]


def said(session: Session, text: str) -> str:
    """Returns what an input prints on either stream."""
    session.out = session.error = StringIO()
    carry_out(session, text)
    return session.out.getvalue()


@pytest.fixture
def films(session: Session) -> Session:
    """A session with a table of two items."""
    for text in (
        ".create films year:N title",
        "INSERT INTO films VALUE {'year': 2013, 'title': 'Rush', 'tags': <<'f1'>>}",
        "INSERT INTO films VALUE {'year': 2013, 'title': 'Her'}",
    ):
        carry_out(session, text)
    return session


def test_export_and_import(films: Session, tmp_path: Path) -> None:
    """A new table gets its key with the import; every type comes back."""
    path = tmp_path / "two words.json"
    printed = said(films, f".export films '{path}' ddb-json")
    assert f"exported 2 items to {path}\n" == printed
    assert "imported 2 items into copies\n" == said(films, f".import '{path}' copies year:N title")
    database = films.database
    assert database.table("films").scan().all() == database.table("copies").scan().all()


def test_export_is_plain_json_unless_it_says_otherwise(films: Session, tmp_path: Path) -> None:
    """As with the command; a file that is there is replaced."""
    path = tmp_path / "films.ndjson"
    path.write_text("before")
    said(films, f".export films {path}")
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    assert [{"year": 2013, "title": "Her"}] == [one for one in lines if "tags" not in one]
    assert 2 == len(lines)


def test_export_of_the_last_answer(films: Session, tmp_path: Path) -> None:
    """What was seen, and not what the table has now."""
    path = tmp_path / "answer.ndjson"
    said(films, "SELECT title FROM films WHERE year = 2013")
    films.database.delete_table("films")
    assert f"exported 2 items to {path}\n" == said(films, f".export _ {path}")
    assert '{"title": "Her"}\n{"title": "Rush"}\n' == path.read_text()


def test_import_into_a_table_that_is_there(films: Session, tmp_path: Path) -> None:
    """Its key need not be said; an item with the same key is replaced."""
    path = tmp_path / "films.ndjson"
    path.write_text('{"year": 2013, "title": "Rush", "rating": 8.30}\n')
    assert "imported 1 items into films\n" == said(films, f".import {path} films")
    assert 2 == len(films.database.table("films").scan().all())


def test_import_stops_at_a_line(films: Session, tmp_path: Path) -> None:
    """Which is named; nothing of its thousand is written."""
    path = tmp_path / "films.ndjson"
    path.write_text('{"year": 1, "title": "a"}\n{"year": "2", "title": "b"}\n')
    with pytest.raises(DdbError, match=r"line 2: ValidationException: .*\(0 items were written"):
        carry_out(films, f".import {path} films")
    assert 2 == len(films.database.table("films").scan().all())


def test_import_needs_a_table_or_its_key(films: Session, tmp_path: Path) -> None:
    """The sentence says how it is written here."""
    path = tmp_path / "films.ndjson"
    path.write_text("")
    with pytest.raises(DdbError, match=r"no table copies; \.import FILE TABLE KEY describes"):
        carry_out(films, f".import {path} copies")
    with pytest.raises(DdbError, match="its key is year:N, title:S"):
        carry_out(films, f".import {path} films year:N")


def test_an_interrupted_export_leaves_no_file(
    films: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ctrl-C ends it, and the file that was there is still there."""
    from ddblite.workbench import transfer

    def interrupted(*_: object) -> str:
        raise KeyboardInterrupt

    path = tmp_path / "films.ndjson"
    path.write_text("before")
    monkeypatch.setattr(transfer, "WRITERS", {"jsonl": interrupted})
    with pytest.raises(KeyboardInterrupt):
        carry_out(films, f".export films {path}")
    assert ["films.ndjson"] == [one.name for one in tmp_path.iterdir()]
    assert "before" == path.read_text()


def test_backup_and_check(tmp_path: Path) -> None:
    """A copy that is whole."""
    with ddblite.connect(tmp_path / "a.ddb") as database:
        database.create_table("films", partition_key="title").put({"title": "Rush"})
        session = Session(database, out=StringIO(), error=StringIO())
        path = tmp_path / "copy.ddb"
        assert f"backed up to {path}\n" == said(session, f".backup {path}")
        assert "ok\n" == said(session, ".check")
        with pytest.raises(FileError, match="exists"):
            carry_out(session, f".backup {path}")
        with pytest.raises(FileError, match="is the database itself"):
            carry_out(session, f".export films {tmp_path / 'a.ddb'}")
    with ddblite.connect(path, mode="read") as copy:
        assert [{"title": "Rush"}] == copy.table("films").scan().all()


def test_check_says_what_is_wrong(films: Session, wholeness: Wholeness) -> None:
    """A line per problem, below a sentence, and a script fails."""
    wholeness.is_expected = True
    storage = films.database.engine.storage
    number = films.database.table("films").spec.number
    with films.database.engine.write():
        storage.execute(f"DELETE FROM items_{number}", ())  # noqa: S608 - a number
    with pytest.raises(WorkbenchError, match="The file is not whole:") as caught:
        carry_out(films, ".check")
    (problem,) = caught.value.details
    assert "films" in problem


def test_repair(command: Command, shop: Path, tmp_path: Path, wholeness: Wholeness) -> None:
    """What is written goes to standard output, what is lost to standard error, with exit code 1."""
    run = command("repair", shop, tmp_path / "new.ddb")
    said = f"wrote 3 items to {tmp_path / 'new.ddb'}\n"
    assert (0, said, "") == (run.exit_code, run.stdout, run.stderr)

    wholeness.is_expected = True
    shop.write_bytes(shop.read_bytes().replace(b"Nina", b"Nino"))
    run = command("repair", shop, tmp_path / "second.ddb")
    said = f"wrote 2 items to {tmp_path / 'second.ddb'}\n"
    assert (1, said) == (run.exit_code, run.stdout)
    page, first, second = run.stderr.splitlines()
    assert re.fullmatch(r"page \d+ is damaged \(table users\)", page)
    assert first == "table users: 2 items could be read, and 3 were counted"
    assert second.startswith("table users: row ")
    assert second.endswith(" (id = u_1) cannot be read")
    with ddblite.connect(tmp_path / "second.ddb", mode="read") as database:
        assert {"u_2", "u_3"} == {item["id"] for item in database.table("users").scan()}


def test_scrub(command: Command, shop: Path, wholeness: Wholeness) -> None:
    """Like check."""
    run = command("scrub", shop, "--share", "1")
    assert (0, "ok\n", "") == (run.exit_code, run.stdout, run.stderr)
    wholeness.is_expected = True
    shop.write_bytes(shop.read_bytes().replace(b"Nina", b"Nino"))
    run = command("scrub", shop, "--share", "1")
    assert (1, "") == (run.exit_code, run.stdout)
    assert "damaged" in run.stderr
    assert command("scrub", shop, "--share", "2").exit_code == 2


@pytest.mark.parametrize("name", ["check", "scrub"])
@pytest.mark.parametrize(
    ("word", "advice"),
    [
        (b"Nina", ""),
        (b"users", "; ddblite repair writes what can be read of it into a new file"),
    ],
)
def test_nobody_who_checks_is_told_to(
    command: Command, shop: Path, wholeness: Wholeness, name: str, word: bytes, advice: str
) -> None:
    """Where the file cannot even be opened, the one thing left to do is told."""
    wholeness.is_expected = True
    shop.write_bytes(shop.read_bytes().replace(word, word.swapcase()))
    run = command(name, shop)
    assert (1, "") == (run.exit_code, run.stdout)
    assert run.stderr.splitlines()[0].endswith(f"does not match its checksum{advice}")
    assert "run check" not in run.stderr

"""What is not ours is refused in a sentence, and not touched."""

import hashlib
import os
import shutil
import sqlite3
from pathlib import Path
from typing import Any

import pytest

import ddblite
import handmade
from children import start
from ddblite.api.python.options import Mode
from ddblite.schema.errors import Corrupt, FileError, NotADatabase
from wholeness import Wholeness

MODES = pytest.mark.parametrize("mode", ["create", "open", "read"])


def picture(folder: Path) -> dict[str, tuple[str, int]]:
    """Returns the content and time of every file in a folder."""
    return {
        one.name: (hashlib.sha256(one.read_bytes()).hexdigest(), one.stat().st_mtime_ns)
        for one in folder.iterdir()
        if one.is_file()
    }


def refuse(path: Path | str, mode: Mode, kind: type[FileError]) -> str:
    """Returns the sentence with which a path is refused; nothing in its folder has changed."""
    folder = Path(path).absolute().parent
    before = picture(folder) if folder.is_dir() else {}
    with pytest.raises(kind) as refused:
        ddblite.connect(path, mode=mode)
    assert type(refused.value) is kind
    if folder.is_dir():
        assert before == picture(folder)
    assert "\n" not in refused.value.message
    return refused.value.message


# --- Not a database


@MODES
@pytest.mark.parametrize(
    "content",
    [b"x", b"SQLite format 3\0", b"SQLite format 3\0" + b"\0" * 84, b"PK\3\4" * 1000, b"\0" * 8192],
    ids=["one byte", "magic alone", "magic and zeros", "archive", "zeros"],
)
def test_other_files_are_refused(path: Path, content: bytes, mode: Mode) -> None:
    path.write_bytes(content)
    assert str(path) in refuse(path, mode, NotADatabase)


@MODES
def test_a_schema_in_a_format_that_sqlite_does_not_know_is_refused(ours: Path, mode: Mode) -> None:
    """A byte of the header; SQLite takes it for a fault of the statement."""
    content = bytearray(ours.read_bytes())
    content[47] = 9
    ours.write_bytes(handmade.resealed(bytes(content)))
    assert "unsupported file format" in refuse(ours, mode, NotADatabase)


def test_an_empty_file_becomes_a_database_when_one_may_be_made(path: Path) -> None:
    """As with ``mktemp``; in the other modes it is none."""
    path.touch()
    refuse(path, "open", NotADatabase)
    refuse(path, "read", NotADatabase)
    with ddblite.connect(path) as database:
        assert database.tables() == []
    with ddblite.connect(path, mode="open") as database:
        assert database.tables() == []


@MODES
def test_a_directory_is_refused(tmp_path: Path, mode: Mode) -> None:
    assert "is a directory" in refuse(tmp_path, mode, FileError)


@MODES
@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no FIFOs on this system")
def test_a_fifo_is_refused(path: Path, mode: Mode) -> None:
    """Without waiting for somebody to write into it."""
    os.mkfifo(path)
    assert "not a regular file" in refuse(path, mode, FileError)


@MODES
def test_a_device_is_refused(mode: Mode) -> None:
    with pytest.raises(FileError, match="not a regular file"):
        ddblite.connect("/dev/null", mode=mode)


@MODES
@pytest.mark.parametrize("name", ["", "a\0b", "x" * 5000], ids=["empty", "zero byte", "long"])
def test_impossible_names_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, mode: Mode
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(FileError):
        ddblite.connect(name, mode=mode)
    assert list(tmp_path.iterdir()) == []


@MODES
def test_a_missing_directory_is_not_made(tmp_path: Path, mode: Mode) -> None:
    assert "there is no such" in refuse(tmp_path / "no" / "test.ddb", mode, FileError)
    assert list(tmp_path.iterdir()) == []


@MODES
def test_a_file_as_a_directory_is_refused(ours: Path, mode: Mode) -> None:
    with pytest.raises(FileError):
        ddblite.connect(ours / "test.ddb", mode=mode)


@pytest.mark.parametrize("mode", ["open", "read"])
def test_a_missing_file_is_made_only_when_asked(path: Path, mode: Mode) -> None:
    assert "there is no such file" in refuse(path, mode, FileError)
    assert not path.exists()


@pytest.mark.parametrize(
    "options", [{"mode": "write"}, {"durability": "full"}, {"wording": "new"}], ids=str
)
def test_unknown_options_are_refused(path: Path, options: dict[str, Any]) -> None:
    """With the choices there are, and before anything is made."""
    with pytest.raises(FileError, match="and may be"):
        ddblite.connect(path, **options)
    assert not path.exists()


# --- Somebody else's database


@MODES
@pytest.mark.parametrize("journal", ["delete", "wal"])
def test_another_programs_database_is_not_touched(path: Path, journal: str, mode: Mode) -> None:
    """Bytes and time of change stay."""
    with_other_tables(path, journal).close()
    assert "another program" in refuse(path, mode, NotADatabase)


def with_other_tables(path: Path, journal: str) -> sqlite3.Connection:
    """Makes another program's database, and leaves it open."""
    connection = sqlite3.connect(path)
    connection.execute(f"PRAGMA journal_mode = {journal}")
    connection.execute("CREATE TABLE accounts (id INTEGER PRIMARY KEY)")
    connection.execute("INSERT INTO accounts VALUES (1)")
    connection.commit()
    return connection


@MODES
def test_another_programs_log_is_not_merged(tmp_path: Path, mode: Mode) -> None:
    """It was killed, and its log lies there; whoever made it will recover it, not we."""
    other = with_other_tables(tmp_path / "other.db", "wal")
    crashed = tmp_path / "crashed"
    crashed.mkdir()
    for suffix in ("", "-wal"):
        shutil.copy(f"{tmp_path}/other.db{suffix}", f"{crashed}/test.ddb{suffix}")
    other.close()
    before = picture(crashed)
    with pytest.raises(NotADatabase, match="another program"):
        ddblite.connect(crashed / "test.ddb", mode=mode)
    after = picture(crashed)
    assert before == {name: after[name] for name in before}
    with sqlite3.connect(crashed / "test.ddb") as again:
        assert [(1,)] == again.execute("SELECT id FROM accounts").fetchall()
    again.close()


@MODES
def test_a_newer_format_is_refused(ours: Path, mode: Mode) -> None:
    """With the sentence that says what to do."""
    edit(ours, "PRAGMA user_version = 3")
    message = refuse(ours, mode, NotADatabase)
    assert "format 3" in message
    assert "newer" in message


def edit(path: Path, *statements: str) -> None:
    """Changes a database file by hand."""
    connection = handmade.opened(path)
    for statement in statements:
        connection.execute(statement).fetchall()
    connection.close()


FOREIGN = {
    "table": "CREATE TABLE accounts (id)",
    "virtual table": "CREATE VIRTUAL TABLE words USING fts5(text)",
    "items without number": "CREATE TABLE items_0 (key)",
    "items of another shape": "CREATE TABLE items_99 (key BLOB)",
    "trigger": "CREATE TRIGGER spy AFTER INSERT ON items_1 BEGIN DELETE FROM items_1; END",
    "view": "CREATE VIEW everything AS SELECT * FROM items_1",
    "index": "CREATE INDEX quick ON items_1 (size)",
    "column": "ALTER TABLE ddb_tables ADD COLUMN more",
    "missing table": "DROP TABLE ddb_indexes",
    "statistics": "ANALYZE",
}


@MODES
@pytest.mark.parametrize("statement", FOREIGN.values(), ids=FOREIGN)
def test_a_foreign_schema_is_refused(ours: Path, statement: str, mode: Mode) -> None:
    """A file with anything else in it was not made by us."""
    edit(ours, statement)
    assert "schema" in refuse(ours, mode, NotADatabase)


@pytest.mark.parametrize("mode", ["create", "open"])
def test_a_damaged_file_with_a_log_is_refused(
    tmp_path: Path, mode: Mode, wholeness: Wholeness
) -> None:
    """After a crash the pages are looked at before anything is written."""
    database = ddblite.connect(tmp_path / "live.ddb")
    table = database.create_table("music", partition_key="artist")
    with table.batch() as batch:
        for number in range(500):
            batch.put({"artist": f"artist {number}", "x": "x" * 500})
    edit(tmp_path / "live.ddb", "PRAGMA wal_checkpoint(PASSIVE)")
    path = tmp_path / "test.ddb"
    for suffix in ("", "-wal"):
        shutil.copy(f"{tmp_path}/live.ddb{suffix}", f"{path}{suffix}")
    database.close()
    Path(f"{path}-wal").write_bytes(b"")
    content = bytearray(path.read_bytes())
    for page in range(5, len(content) // 8192):
        content[page * 8192 : page * 8192 + 200] = b"\x55" * 200
    path.write_bytes(content)
    with pytest.raises((Corrupt, NotADatabase)):
        ddblite.connect(path, mode=mode)
    wholeness.is_expected = True


# --- Logs beside the file


@pytest.mark.parametrize("suffix", ["-wal", "-journal"])
def test_a_log_without_its_database_is_not_taken_over(path: Path, suffix: str) -> None:
    """It would bring the contents of a lost file into a new one."""
    Path(f"{path}{suffix}").write_bytes(b"left over")
    message = refuse(path, "create", FileError)
    assert f"{path}{suffix}" in message
    assert not path.exists()
    Path(f"{path}{suffix}").unlink()


KILLED = """
import os, sys, ddblite
database = ddblite.connect(sys.argv[1])
database.create_table("music", partition_key="artist").put({"artist": "Nina"})
os.kill(os.getpid(), 9)
"""


@MODES
def test_a_log_left_by_a_killed_process_is_recovered(path: Path, mode: Mode) -> None:
    """Whatever was acknowledged is there, and afterwards one file is."""
    start(KILLED, path).communicate(timeout=30)
    assert Path(f"{path}-wal").exists()
    with ddblite.connect(path, mode=mode) as database:
        assert {"artist": "Nina"} == database.table("music").get("Nina")
        assert database.check() == []
    assert [path] == list(path.parent.iterdir())

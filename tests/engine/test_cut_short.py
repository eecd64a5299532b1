"""A file being made, or told to write ahead, by a process that is killed meanwhile."""

import shutil
from pathlib import Path

import pytest

import ddblite
from children import finish, start
from ddblite.api.python.options import Mode
from ddblite.engine.file import bare_files, fileformat
from ddblite.schema.errors import FileError, NotADatabase
from leftovers import KILLED_AT, Left, forget_log, kill, put_down, refuse

MODES = pytest.mark.parametrize("mode", ["create", "open", "read"])


# --- The step to the log, cut short


@MODES
def test_a_backup_is_whole_wherever_its_first_opening_was_killed(
    path: Path, crash: Left, mode: Mode
) -> None:
    """The journal of that step is the one that is rolled back."""
    journals = 0
    for last in range(100):
        forget_log(path)
        path.write_bytes(crash[".backup"])
        survived = kill(KILLED_AT, path, last)
        journals += bare_files.journal_of(str(path)) is bare_files.Journal.SWITCH
        with ddblite.connect(path, mode=mode) as database:
            assert 133 == len(database.table("orders").scan().all())
        if survived:
            break
    assert journals > 0


@pytest.mark.parametrize("sector", [0, 15])
def test_a_backup_is_whole_if_its_first_page_was_torn_then(
    path: Path, crash: Left, sector: int
) -> None:
    """The journal restores it; until then it does not match its checksum."""
    backup = crash[".backup"]
    for last in range(100):  # pragma: no branch - until the page is written
        forget_log(path)
        path.write_bytes(backup)
        assert not kill(KILLED_AT, path, last)
        changed = path.read_bytes()
        is_switch = bare_files.journal_of(str(path)) is bare_files.Journal.SWITCH
        if is_switch and changed != backup:
            break
    start, end = 512 * sector, 512 * (sector + 1)
    path.write_bytes(backup[:start] + changed[start:end] + backup[end:])
    assert path.read_bytes() not in (changed, backup)
    with ddblite.connect(path) as database:
        assert 133 == len(database.table("orders").scan().all())


# --- A log that was left


@MODES
def test_what_was_found_in_a_log_is_durable_before_it_is_seen(
    crashed: Path, tmp_path: Path, mode: Mode
) -> None:
    """A process may have been killed before it flushed it: the file alone holds it from now on."""
    copy = tmp_path / "copy.ddb"
    with ddblite.connect(crashed, mode=mode) as database:
        shutil.copy(crashed, copy)
        assert 173 == len(database.table("orders").scan().all())
    with ddblite.connect(copy) as database:
        assert 173 == len(database.table("orders").scan().all())


# --- A file being made, cut short


@pytest.fixture(scope="module")
def cut_short(tmp_path_factory: pytest.TempPathFactory) -> Left:
    """What a process leaves that was killed while it made a file: all pages, and the journal."""
    path = tmp_path_factory.mktemp("made") / "test.ddb"
    size = fileformat.NEW_FILE_PAGES * fileformat.PAGE_BYTES
    for last in range(100):  # pragma: no branch - until the pages are there
        path.unlink(missing_ok=True)
        forget_log(path)
        assert not kill(KILLED_AT, path, last)
        if path.stat().st_size == size:
            break
    assert bare_files.journal_of(str(path)) is bare_files.Journal.CREATION
    return {suffix: Path(f"{path}{suffix}").read_bytes() for suffix in ("", "-journal")}


@pytest.fixture
def unfinished(path: Path, cut_short: Left) -> Path:
    """A file whose making was cut short."""
    return put_down(path, cut_short)


def test_a_file_can_be_made_wherever_its_making_was_killed(path: Path) -> None:
    """With the first call, and with nothing left over."""
    for last in range(100):
        path.unlink(missing_ok=True)
        forget_log(path)
        survived = kill(KILLED_AT, path, last)
        with ddblite.connect(path) as database:
            assert database.tables() == []
            database.create_table("music", partition_key="p").put({"p": "a"})
        assert [path] == list(path.parent.iterdir())
        if survived:
            break
    assert last > 10


@pytest.mark.parametrize("torn", [slice(0, 512), slice(0, 8192), slice(512, 65536), slice(0)])
def test_a_file_can_be_made_whatever_a_power_cut_left_of_it(unfinished: Path, torn: slice) -> None:
    """Any part of it may not have reached the disk; others may only look at it."""
    content = bytearray(unfinished.read_bytes())
    content[torn] = bytes(len(content[torn]))
    unfinished.write_bytes(content)
    for mode in ("open", "read"):
        assert "cut short" in refuse(unfinished, mode, NotADatabase)
    with ddblite.connect(unfinished) as database:
        assert database.tables() == []
    assert [unfinished] == list(unfinished.parent.iterdir())


@pytest.mark.parametrize("content", [None, b"", b"\0" * 512])
def test_a_journal_alone_is_no_database(unfinished: Path, content: bytes | None) -> None:
    """Where a power cut took the file and not its journal, which would restore nothing."""
    unfinished.unlink()
    if content is not None:
        Path(f"{unfinished}-journal").write_bytes(content)
    with ddblite.connect(unfinished) as database:
        assert database.tables() == []
    assert [unfinished] == list(unfinished.parent.iterdir())


@MODES
def test_a_backup_is_not_emptied_by_the_journal_of_a_file_being_made(
    unfinished: Path, tmp_path: Path, mode: Mode
) -> None:
    with ddblite.connect(tmp_path / "other.ddb") as database:
        database.create_table("music", partition_key="p").put({"p": "a"})
        database.backup(tmp_path / "copy.ddb")
    shutil.copy(tmp_path / "copy.ddb", unfinished)
    assert f"{unfinished}-journal" in refuse(unfinished, mode, FileError)
    forget_log(unfinished)
    with ddblite.connect(unfinished, mode=mode) as database:
        assert {"p": "a"} == database.table("music").get("a")


@MODES
@pytest.mark.parametrize("content", [b"id,name\n1,Nina\n", b"SQLite format 3\0" + b"\1" * 84])
def test_another_file_is_not_emptied_by_the_journal_of_one_being_made(
    unfinished: Path, content: bytes, mode: Mode
) -> None:
    unfinished.write_bytes(content)
    refuse(unfinished, mode, NotADatabase)
    forget_log(unfinished)


def test_several_processes_may_find_an_unfinished_file_at_once(path: Path, cut_short: Left) -> None:
    """One of them makes it anew, and no one's work is lost."""
    script = """
import sys, ddblite
sys.stdin.readline()
with ddblite.connect(sys.argv[1]) as database:
    database.create_table(sys.argv[2], partition_key="p").put({"p": "a"})
"""
    for _ in range(2):
        put_down(path, cut_short)
        children = [start(script, path, f"table{number}") for number in range(3)]
        for child in children:
            assert child.stdin is not None
            child.stdin.write("\n")
            child.stdin.flush()
        for child in children:
            finish(child)
        with ddblite.connect(path) as database:
            assert [f"table{number}" for number in range(3)] == sorted(database.tables())
            assert database.check() == []
        path.unlink()


def test_a_file_is_not_emptied_under_who_is_making_it(unfinished: Path) -> None:
    """Who undoes it has been overtaken: another process is at it again, or done with it."""
    journal = Path(f"{unfinished}-journal").read_bytes()
    with ddblite.connect(unfinished) as database:
        database.create_table("music", partition_key="p").put({"p": "a"})
        Path(f"{unfinished}-journal").write_bytes(journal)
        bare_files.undo_creation(str(unfinished))
        Path(f"{unfinished}-journal").unlink()
    bare_files.undo_creation(str(unfinished))
    with ddblite.connect(unfinished) as database:
        assert {"p": "a"} == database.table("music").get("a")


def test_a_file_with_a_table_is_larger_than_a_new_one(path: Path) -> None:
    """Which is how the two are told apart."""
    new = fileformat.NEW_FILE_PAGES * fileformat.PAGE_BYTES
    with ddblite.connect(path) as database:
        database.backup(path.parent / "copy.ddb")
        assert new == (path.parent / "copy.ddb").stat().st_size
        database.create_table("music", partition_key="p")
    assert path.stat().st_size > new


def test_a_journal_that_is_removed_while_it_is_looked_at_is_none(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another program, which makes the same file, is done with it just then."""
    monkeypatch.setattr(bare_files, "holds_something", lambda _: True)
    assert bare_files.Journal.NONE is bare_files.journal_of(str(path))

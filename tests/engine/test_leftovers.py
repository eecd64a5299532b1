"""What lies beside a file: ours is recovered, anything else is left alone."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import ddblite
import handmade
from children import Talker, environment, run
from ddblite.api.python.options import Mode
from ddblite.engine.file import bare_files, fileformat, inspection, opening, whereabouts
from ddblite.engine.file.storage import Storage
from ddblite.schema.errors import Corrupt, FileError, NotADatabase
from leftovers import EDIT, GROW, Left, contents, forget_log, kill, put_down, refuse
from wholeness import Wholeness

MODES = pytest.mark.parametrize("mode", ["create", "open", "read"])

# --- A log beside another file than its own


@MODES
def test_a_backup_is_not_harmed_by_the_log_of_the_file_it_replaced(
    crashed: Path, mode: Mode
) -> None:
    """It is refused until the log is out of the way, also for whoever only reads."""
    shutil.copy(f"{crashed}.backup", crashed)
    assert f"{crashed}-wal" in refuse(crashed, mode, FileError)
    forget_log(crashed)
    with ddblite.connect(crashed, mode=mode) as database:
        assert 133 == len(database.table("orders").scan().all())


@pytest.mark.parametrize("command", ["check", "tables"])
def test_a_command_that_reads_does_not_harm_a_backup(crashed: Path, command: str) -> None:
    shutil.copy(f"{crashed}.backup", crashed)
    before = contents(crashed.parent)
    ended = subprocess.run(
        [sys.executable, "-m", "ddblite", command, str(crashed)],
        capture_output=True,
        text=True,
        env=os.environ | environment(),
        check=False,
    )
    assert ended.returncode != 0
    assert before == contents(crashed.parent)
    forget_log(crashed)


@MODES
def test_a_log_that_does_not_fit_the_pages_is_not_merged(
    ours: Path, mode: Mode, wholeness: Wholeness
) -> None:
    """An earlier state of the file itself was copied back, so that only its pages can tell."""
    earlier = ours.read_bytes()
    kill(GROW, ours)
    ours.write_bytes(earlier)
    assert f"{ours} is damaged" in refuse(ours, mode, Corrupt)
    wholeness.is_expected = True


@MODES
def test_an_empty_file_does_not_lose_its_log(crashed: Path, mode: Mode) -> None:
    """As a copy leaves it for which the disk was full."""
    crashed.write_bytes(b"")
    refuse(crashed, mode, FileError if mode == "create" else NotADatabase)
    forget_log(crashed)


def test_a_log_beside_the_target_of_a_link_is_seen(crashed: Path) -> None:
    """That is where SQLite looks."""
    link = crashed.parent / "link.ddb"
    link.symlink_to(crashed)
    crashed.unlink()
    with pytest.raises(FileError, match="lies there without its database"):
        ddblite.connect(link)
    forget_log(crashed)


# --- Readers beside others


def test_who_reads_beside_a_writer_does_not_walk_through_all_pages(
    path: Path, crash: Left, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever has the file open has done so; after a crash nobody has."""
    walked: list[str] = []
    inspect = inspection.inspect_whole

    def count(storage: Storage) -> None:
        walked.append(storage.path)
        inspect(storage)

    monkeypatch.setattr(opening, "inspect_whole", count)
    with Talker(path) as writer:
        writer.ask("database.create_table('music', partition_key='p')")
        assert Path(f"{path}-wal").exists()
        ddblite.connect(path, mode="read").close()
        assert walked == []
    forget_log(path)
    ddblite.connect(put_down(path, crash), mode="read").close()
    assert walked == [str(path)]


def test_who_opens_beside_a_writer_counts_at_one_moment(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Or the rows that were written since the counters were read would look like damage."""
    with Talker(path) as writer:
        writer.ask("database.create_table('music', partition_key='p').put({'p': 'a'})")
        count_rows = fileformat.count_rows

        def count(kind: str, number: int) -> str:
            writer.ask("database.table('music').put({'p': 'b'})")
            return count_rows(kind, number)

        monkeypatch.setattr(fileformat, "count_rows", count)
        with ddblite.connect(path) as database:
            assert 2 == len(database.table("music").scan().all())


def test_shared_memory_that_is_just_removed_is_nobodys(tmp_path: Path) -> None:
    """Its last user has closed the file between two looks at it."""
    assert not whereabouts.is_locked(str(tmp_path / "test.ddb-shm"))


def test_who_has_not_looked_at_the_pages_merges_no_log(path: Path) -> None:
    """The writer was killed meanwhile; whoever opens the file next finds all of it."""
    talker = Talker(path)
    talker.ask("database.create_table('music', partition_key='p')")
    reader = ddblite.connect(path, mode="read")
    assert "None" == talker.ask("database.table('music').put({'p': 'a'})")
    talker.child.kill()
    talker.child.communicate()
    before = contents(path.parent)
    assert {"p": "a"} == reader.table("music").get("a")
    reader.close()
    assert before == contents(path.parent)
    with ddblite.connect(path, mode="read") as database:
        assert {"p": "a"} == database.table("music").get("a")
    assert [path] == list(path.parent.iterdir())


# --- What is refused stays as it was


@MODES
def test_a_damaged_schema_with_a_log_is_left_alone(
    ours: Path, mode: Mode, wholeness: Wholeness
) -> None:
    """SQLite itself stumbles over it, with the first setting that is made."""
    kill(
        EDIT, ours, "UPDATE sqlite_schema SET sql = 'CREATE TABLE oops(' WHERE name = 'ddb_tokens'"
    )
    refuse(ours, mode, Corrupt)
    wholeness.is_expected = True


@MODES
def test_a_damaged_catalog_with_a_log_is_left_alone(
    ours: Path, mode: Mode, wholeness: Wholeness
) -> None:
    kill(EDIT, ours, "UPDATE ddb_tables SET definition = '{'")
    assert "catalog" in refuse(ours, mode, Corrupt)
    wholeness.is_expected = True


@MODES
def test_a_damaged_catalog_of_a_backup_is_left_alone(ours: Path, mode: Mode) -> None:
    """The file is not told to write ahead either."""
    with ddblite.connect(ours) as database:
        database.backup(ours.parent / "copy.ddb")
    connection = handmade.opened(ours.parent / "copy.ddb")
    connection.execute("UPDATE ddb_tables SET definition = '{'")
    connection.close()
    assert "catalog" in refuse(ours.parent / "copy.ddb", mode, Corrupt)


@MODES
@pytest.mark.parametrize("kept", [100, 8192, 20_000, 5 * 8192, 8 * 8192])
def test_a_file_cut_short_is_refused_by_its_name(ours: Path, kept: int, mode: Mode) -> None:
    ours.write_bytes(ours.read_bytes()[:kept])
    refuse(ours, mode, Corrupt)


HOT = (
    "PRAGMA journal_mode = DELETE",
    "PRAGMA cache_size = 2",
    "BEGIN",
    """WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000)
    INSERT INTO items_1 SELECT randomblob(20), 1, 1, randomblob(500) FROM n""",
)
"""What is not done when the program is killed; parts of it are in the file already."""


@MODES
@pytest.mark.parametrize(
    ("before", "kind"),
    [
        ("PRAGMA user_version = 3", NotADatabase),
        ("PRAGMA application_id = 7", NotADatabase),
        ("CREATE TABLE accounts (id)", FileError),
        ("SELECT 1", FileError),
    ],
    ids=["newer format", "another program", "foreign schema", "ours"],
)
def test_a_file_is_not_rolled_back_when_it_is_refused(
    ours: Path, before: str, kind: type[FileError], mode: Mode, wholeness: Wholeness
) -> None:
    """Nothing of ours ever leaves such a journal; whoever left it can undo its own change."""
    kill(EDIT, ours, before, *HOT)
    assert Path(f"{ours}-journal").stat().st_size > 8192
    refuse(ours, mode, kind)
    wholeness.is_expected = True


# --- Locks


def test_looking_at_a_file_leaves_the_locks_of_this_process(path: Path) -> None:
    """Or another process, when it closes, takes the log away from under it."""
    with ddblite.connect(path) as database:
        table = database.create_table("music", partition_key="p")
        table.put({"p": "a"})
        bare_files.header_of(str(path))
        assert bare_files.is_in_use(str(path))
        assert not bare_files.is_being_written(str(path))
        run("import sys, ddblite; ddblite.connect(sys.argv[1]).close()", path)
        assert Path(f"{path}-wal").exists()
        table.put({"p": "b"})
    assert not bare_files.is_in_use(str(path))

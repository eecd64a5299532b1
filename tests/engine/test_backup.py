"""Backups: whole, of one moment, and never over something else."""

import os
import stat
import threading
from pathlib import Path

import pytest

import ddblite
from ddblite.engine.file.page_checksums import damaged_pages
from ddblite.schema.errors import Corrupt, FileError
from shapes import make_table
from wholeness import Wholeness


def test_a_backup_is_the_same_database(database: ddblite.Database, tmp_path: Path) -> None:
    """From memory or a file: every table, item, index and counter; one file."""
    table = make_table(database)
    for s in range(20):
        table.put({"p": "a", "s": s, "g": "x", "gs": s, "l1": "y"})
    target = tmp_path / "copies" / "copy.ddb"
    target.parent.mkdir()
    database.backup(target)
    assert [target] == list(target.parent.iterdir())
    table.put({"p": "later", "s": 1})
    with ddblite.connect(target) as copy:
        assert 20 == len(copy.table("shapes").scan().all())
        assert 20 == len(copy.table("shapes").scan(index="global_all").all())
        described = copy.call("DescribeTable", {"TableName": "shapes"})
        assert 20 == described["Table"]["ItemCount"]
        copy.table("shapes").put({"p": "in the copy", "s": 1})
    assert table.get("in the copy", 1) is None
    assert [target] == list(target.parent.iterdir())


def test_a_backup_of_a_file_open_for_reading(tmp_path: Path) -> None:
    with ddblite.connect(tmp_path / "test.ddb") as database:
        database.create_table("music", partition_key="p").put({"p": "a"})
    with ddblite.connect(tmp_path / "test.ddb", mode="read") as database:
        database.backup(tmp_path / "copy.ddb")
    with ddblite.connect(tmp_path / "copy.ddb", mode="read") as copy:
        assert {"p": "a"} == copy.table("music").get("a")


def test_a_backup_may_be_larger_than_the_cache(database: ddblite.Database, tmp_path: Path) -> None:
    """Pages that leave the cache before the first is written have checksums as all do."""
    table = database.create_table("music", partition_key="p")
    for number in range(100):
        table.put({"p": str(number), "text": "x" * 8000})
    database.engine.storage.reader().execute("PRAGMA cache_size = 10")
    database.backup(tmp_path / "copy.ddb")
    assert [] == list(damaged_pages(str(tmp_path / "copy.ddb")))
    with ddblite.connect(tmp_path / "copy.ddb") as copy:
        assert 100 == len(copy.table("music").scan().all())
        assert [] == copy.check()


@pytest.mark.parametrize("kind", ["file", "directory", "broken link"])
def test_a_backup_never_overwrites(database: ddblite.Database, tmp_path: Path, kind: str) -> None:
    target = tmp_path / "taken"
    if kind == "file":
        target.write_text("mine")
    elif kind == "directory":
        target.mkdir()
    else:
        target.symlink_to(tmp_path / "nowhere")
    with pytest.raises(FileError, match="exists"):
        database.backup(target)
    assert target.is_symlink() or target.exists()
    assert kind != "file" or target.read_text() == "mine"
    assert {"taken"} >= {one.name for one in tmp_path.iterdir() if "test.ddb" not in one.name}


def test_a_backup_onto_the_database_itself_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "test.ddb"
    with ddblite.connect(path) as database, pytest.raises(FileError, match="exists"):
        database.backup(path)


@pytest.mark.parametrize("suffix", ["-wal", "-journal"])
def test_a_log_at_the_target_is_not_taken_over(
    database: ddblite.Database, tmp_path: Path, suffix: str
) -> None:
    (tmp_path / f"copy.ddb{suffix}").write_bytes(b"left over")
    with pytest.raises(FileError, match=suffix):
        database.backup(tmp_path / "copy.ddb")
    assert not (tmp_path / "copy.ddb").exists()


@pytest.mark.parametrize(
    ("target", "sentence"),
    [
        ("no/copy.ddb", "no/copy.ddb: there is no such folder"),
        ("", "exists; a backup never overwrites"),
        ("a\0b", "is no name of a file"),
        (":memory:", "':memory:' is no name of a file"),
    ],
)
def test_an_impossible_target_is_a_sentence(
    database: ddblite.Database,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    target: str,
    sentence: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(FileError, match=sentence):
        database.backup(target)
    assert [one for one in tmp_path.iterdir() if not one.name.startswith("test.ddb")] == []


def test_a_copy_that_is_not_whole_is_removed(tmp_path: Path, wholeness: Wholeness) -> None:
    """The damage is in the original; no file is left that looks like a backup."""
    wholeness.is_expected = True
    with ddblite.connect(tmp_path / "test.ddb") as database:
        database.create_table("music", partition_key="p").put({"p": "a"})
        database.engine.storage.writer.execute("UPDATE items_1 SET seal = 0")
        with pytest.raises(Corrupt, match="the copy is not whole"):
            database.backup(tmp_path / "copy.ddb")
    assert [tmp_path / "test.ddb"] == list(tmp_path.iterdir())


def test_of_two_backups_to_one_target_one_is_made(
    database: ddblite.Database, tmp_path: Path
) -> None:
    """They began when there was none; the second finds the first one's file."""
    database.create_table("music", partition_key="p").put({"p": "a"})
    outcomes: list[str] = []
    begin = threading.Barrier(4)

    def back_up() -> None:
        begin.wait()
        try:
            database.backup(tmp_path / "copy.ddb")
            outcomes.append("made")
        except FileError:
            outcomes.append("refused")

    threads = [threading.Thread(target=back_up) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert ["made", "refused", "refused", "refused"] == sorted(outcomes)
    with ddblite.connect(tmp_path / "copy.ddb", mode="read") as copy:
        assert {"p": "a"} == copy.table("music").get("a")


def test_a_backup_while_others_write_is_of_one_moment(
    database: ddblite.Database, tmp_path: Path
) -> None:
    """Money moves from one account to another; in no copy is there more or less of it."""
    table = database.create_table("accounts", partition_key="p")
    for name in "abcd":
        table.put({"p": name, "money": 100})
    stop = threading.Event()

    def move(source: str, target: str) -> None:
        while not stop.is_set():
            with database.engine.write():
                for name, amount in ((source, -1), (target, 1)):
                    table.update(name, "ADD money :m", values={":m": amount})

    threads = [threading.Thread(target=move, args=pair) for pair in ("ab", "cd", "da")]
    for thread in threads:
        thread.start()
    try:
        for number in range(8):
            database.backup(tmp_path / f"copy{number}.ddb")
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    for number in range(8):
        with ddblite.connect(tmp_path / f"copy{number}.ddb", mode="read") as copy:
            items = copy.table("accounts").scan().all()
            assert 400 == sum(int(item["money"]) for item in items)


def test_the_copy_is_flushed_before_it_has_its_name(
    database: ddblite.Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """First the file, then the directory that names it."""
    flushed: list[tuple[bool, bool]] = []
    fsync = os.fsync
    target = tmp_path / "copy.ddb"

    def watched(descriptor: int) -> None:
        flushed.append((stat.S_ISDIR(os.fstat(descriptor).st_mode), target.exists()))
        fsync(descriptor)

    monkeypatch.setattr(os, "fsync", watched)
    database.backup(target)
    assert flushed == [(False, False), (True, True)]

"""Connections and transactions: settings, faults, savepoints."""

import threading
from contextlib import suppress
from pathlib import Path
from typing import Any

import apsw
import pytest

import ddblite
from attempts import attempts, in_thread
from ddblite.api.python.options import Durability
from ddblite.engine.file import connections, faults, fileformat, storage
from ddblite.schema import errors
from music import artists, put_within

# --- Faults


def subclasses(kind: type[apsw.Error]) -> set[type[apsw.Error]]:
    """Returns all kinds of an error."""
    return {kind}.union(*(subclasses(one) for one in kind.__subclasses__()))


def test_every_fault_of_sqlite_is_one_of_ours() -> None:
    """A new version of apsw with a new exception shows here."""
    mapped = set(faults.FAULTS)
    assert subclasses(apsw.Error) - {apsw.Error} == mapped


@pytest.mark.parametrize("kind", sorted(faults.FAULTS, key=str))
def test_a_fault_is_translated(kind: type[apsw.Error]) -> None:
    ours = faults.translated(kind("why"))
    assert type(ours) is faults.FAULTS[kind]
    assert isinstance(ours, errors.DdbError)
    assert ours.message


# --- Settings: reliability needs every one of them


def pragmas(connection: apsw.Connection) -> dict[str, Any]:
    """Returns the settings that SQLite reports."""
    names = (
        "mmap_size", "cell_size_check", "foreign_keys", "busy_timeout", "journal_mode",
        "synchronous", "wal_autocheckpoint", "journal_size_limit", "temp_store",
        "application_id", "user_version", "page_size",
    )  # fmt: skip
    return {name: connection.pragma(name) for name in names}


FULL, NORMAL, OFF = 2, 1, 0


@pytest.mark.parametrize(
    ("durability", "synchronous"), [("power", FULL), ("process", NORMAL), ("none", OFF)]
)
def test_connections_have_every_setting(
    path: Path, durability: Durability, synchronous: int
) -> None:
    """The writer and the readers alike, in a new file and in one that was there."""
    for _ in range(2):
        with ddblite.connect(path, durability=durability) as database:
            storage = database.engine.storage
            for connection in (storage.writer, storage.reader()):
                assert pragmas(connection) == {
                    "mmap_size": 0,
                    "cell_size_check": 1,
                    "foreign_keys": 1,
                    "busy_timeout": 5000,
                    "journal_mode": "wal",
                    "synchronous": synchronous,
                    "wal_autocheckpoint": 1000,
                    "journal_size_limit": 64 * 1024 * 1024,
                    "temp_store": 2,
                    "application_id": int.from_bytes(b"ddbl", "big"),
                    "user_version": fileformat.FORMAT_NUMBER,
                    "page_size": 8192,
                }


@pytest.mark.parametrize("name", [":memory:", "test.ddb"])
def test_connections_guard_against_hostile_files(tmp_path: Path, name: str) -> None:
    """Triggers, views and attached databases are off, limits are low."""
    with ddblite.connect(name if name == ":memory:" else tmp_path / name) as database:
        writer = database.engine.storage.writer
        for option, setting in connections.CONFIGURATION:
            assert setting == writer.config(option, -1)
        for limit, most in connections.LIMITS:
            assert most == writer.limit(limit, -1)


def test_the_version_of_sqlite_is_safe() -> None:
    """Before 3.51.3 two connections could damage the log, rarely."""
    assert tuple(map(int, apsw.sqlite_lib_version().split("."))) >= connections.SQLITE_MIN


# --- Transactions


class Undo(Exception):  # noqa: N818 - not an error
    """Ends a block that is to be undone."""


def test_a_transaction_is_all_or_nothing(music: ddblite.Database) -> None:
    with suppress(Undo), music.engine.write() as transaction:
        put_within(transaction, {"artist": "Nina"})
        raise Undo
    assert artists(music) == []


def test_an_inner_failure_undoes_only_the_inner_level(music: ddblite.Database) -> None:
    """Items and counters of the outer level stay, those before and after the inner one."""
    with music.engine.write() as outer:
        put_within(outer, {"artist": "before"})
        with suppress(Undo), music.engine.write() as inner:
            put_within(inner, {"artist": "within"})
            raise Undo
        put_within(outer, {"artist": "after"})
    assert artists(music) == ["after", "before"]
    assert music.check() == []


def test_an_outer_failure_undoes_the_inner_level_too(music: ddblite.Database) -> None:
    with suppress(Undo), music.engine.write() as outer:
        put_within(outer, {"artist": "before"})
        with music.engine.write() as inner:
            put_within(inner, {"artist": "within"})
        raise Undo
    assert artists(music) == []
    assert music.check() == []


def test_levels_nest_deeply(music: ddblite.Database) -> None:
    """Every other one is undone."""

    def nest(level: int) -> None:
        with music.engine.write() as transaction:
            put_within(transaction, {"artist": f"level {level}"})
            if level < 6:
                nest(level + 1)
            if level == 3:
                raise Undo

    with music.engine.write():
        with suppress(Undo):
            nest(3)
        music.table("music").put({"artist": "by operation"})
    assert artists(music) == ["by operation"]
    assert music.check() == []


def test_a_table_made_in_an_undone_transaction_is_gone(music: ddblite.Database) -> None:
    """Also for the catalog that other threads see."""
    with suppress(Undo), music.engine.write():
        music.create_table("films", partition_key="title").put({"title": "M"})
        assert music.tables() == ["films", "music"]
        assert music.table("films").get("M") == {"title": "M"}
        raise Undo
    assert music.tables() == ["music"]
    with pytest.raises(errors.ResourceNotFoundException):
        music.table("films")
    music.create_table("films", partition_key="title").put({"title": "N"})
    assert [{"title": "N"}] == music.table("films").scan().all()


def test_a_table_made_at_an_inner_level_is_seen_outside_after_the_commit(
    music: ddblite.Database,
) -> None:
    with music.engine.write():
        with music.engine.write():
            music.create_table("films", partition_key="title")
        assert music.tables() == ["films", "music"]
        seen: list[list[str]] = []
        if not music.engine.storage.in_memory:
            in_thread(lambda: seen.append(music.tables()))
            assert [["music"]] == seen
    assert music.tables() == ["films", "music"]


def test_readers_do_not_wait_for_a_writer(opened: ddblite.Database) -> None:
    """They see the last commit, also a thread that reads for the first time."""
    music = opened.table("music")
    with opened.engine.write() as transaction:
        put_within(transaction, {"artist": "Nina"})
        seen: list[Any] = []
        in_thread(lambda: seen.append(music.get("Nina")))
        assert [None] == seen
        assert {"artist": "Nina"} == music.get("Nina")
    in_thread(lambda: seen.append(music.get("Nina")))
    assert [None, {"artist": "Nina"}] == seen


def test_another_writer_is_busy_after_the_timeout(
    path: Path, opened: ddblite.Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Which is shorter here; the request may be tried again, and then works."""
    monkeypatch.setattr(connections, "BUSY_TIMEOUT_MS", 1)
    with ddblite.connect(path) as other:
        with opened.engine.write():
            with pytest.raises(errors.Busy) as busy:
                other.table("music").put({"artist": "Nina"})
            assert busy.value.code == "InternalServerError"
            assert other.table("music").get("Nina") is None
        other.table("music").put({"artist": "Nina"})
    assert artists(opened) == ["Nina"]


def test_threads_wait_for_another_process_together(
    path: Path, opened: ddblite.Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever waited behind one that got Busy asks once and does not begin to wait anew."""
    monkeypatch.setattr(storage, "BUSY_TIMEOUT_MS", 1000)
    monkeypatch.setattr(connections, "BUSY_TIMEOUT_MS", 1000)
    waits_ms: list[int] = []
    begin_within = storage.Storage.begin_within

    def noted(self: storage.Storage, wait_ms: int) -> None:
        waits_ms.append(wait_ms)
        begin_within(self, wait_ms)

    monkeypatch.setattr(storage.Storage, "begin_within", noted)
    refused: list[str] = []

    def put(number: int) -> None:
        try:
            other.table("music").put({"artist": str(number)})
        except errors.Busy as error:
            refused.append(error.code)

    with ddblite.connect(path) as other, opened.engine.write():
        waits_ms.clear()
        threads = [threading.Thread(target=put, args=(number,)) for number in range(4)]
        with other.engine.storage.lock:
            for thread in threads:
                thread.start()
            while len(other.engine.storage.lock.waiting) < len(threads):
                pass
        for thread in threads:
            thread.join()
    assert ["InternalServerError"] * 4 == refused
    assert waits_ms[0] > 0
    assert all(wait_ms < waits_ms[0] // 2 for wait_ms in waits_ms[1:])


def test_read_mode_refuses_writes(path: Path, opened: ddblite.Database) -> None:
    """Every operation that changes something, and nothing else."""
    opened.table("music").put({"artist": "Nina"})
    with ddblite.connect(path, mode="read") as reading:
        music = reading.table("music")
        assert [{"artist": "Nina"}] == music.scan().all()
        for write in attempts(
            lambda: music.put({"artist": "Nina"}),
            lambda: music.update("Nina", "SET a = :a", values={":a": 1}),
            lambda: music.delete("Nina"),
            lambda: reading.create_table("films", partition_key="title"),
            lambda: reading.delete_table("music"),
            lambda: reading.call(
                "BatchWriteItem",
                {"RequestItems": {"music": [{"DeleteRequest": {"Key": {"artist": {"S": "N"}}}}]}},
            ),
        ):
            with pytest.raises(errors.ReadOnly):
                write()
        with pytest.raises(apsw.ReadOnlyError):
            reading.engine.storage.writer.execute("DELETE FROM ddb_tables")
        assert reading.check() == []

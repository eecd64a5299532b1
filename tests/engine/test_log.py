"""The log beside a file is bounded, also where there is always somebody who reads."""

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

import ddblite

BOUND = 500_000
PAD = "x" * 4000


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "a.ddb"


@pytest.fixture
def opened(path: Path) -> Iterator[ddblite.Database]:
    """A database whose log may be half a megabyte."""
    with ddblite.connect(path, durability="none") as database:
        database.create_table("things", partition_key="id").put({"id": "0"})
        log = database.engine.storage.log
        log.bytes_max = log.bytes_next = BOUND
        yield database


def log_bytes(path: Path) -> int:
    """Returns the size of the log."""
    return Path(f"{path}-wal").stat().st_size


def write(database: ddblite.Database, number: int) -> None:
    """Writes an item that takes a page or two."""
    database.table("things").put({"id": str(number % 50), "n": number, "pad": PAD})


def test_the_log_is_bounded_while_readers_overlap(path: Path, opened: ddblite.Database) -> None:
    """SQLite begins it anew only where no reader is in it, and that moment does not come."""
    stopped = threading.Event()

    def read() -> None:
        while not stopped.is_set():
            with opened.engine.storage.snapshot():
                opened.table("things").get("0")
                time.sleep(0.02)

    readers = [threading.Thread(target=read) for _ in range(4)]
    for number, reader in enumerate(readers):
        reader.start()
        time.sleep(0.005 * (number > 0))
    largest = 0
    try:
        for number in range(600):
            write(opened, number)
            largest = max(largest, log_bytes(path))
            time.sleep(0.0005)
    finally:
        stopped.set()
        for reader in readers:
            reader.join()
    assert largest < 3 * BOUND


def test_one_who_stands_still_keeps_the_log_and_stops_nobody(
    path: Path, opened: ddblite.Database
) -> None:
    """As an export to a pager does. Writes wait for it now and then, and the log is his length."""
    inside, leave = threading.Event(), threading.Event()

    def stand() -> None:
        with opened.engine.storage.snapshot():
            opened.table("things").get("0")
            inside.set()
            leave.wait(30)

    standing = threading.Thread(target=stand)
    standing.start()
    inside.wait(30)
    for number in range(110):
        write(opened, number)
    assert log_bytes(path) > 2 * BOUND
    leave.set()
    standing.join()
    number = 110
    while log_bytes(path) > BOUND:
        write(opened, number)
        number += 1
        assert number < 200, "the log is not begun anew"
    assert 50 == len(opened.table("things").scan().all())


def test_a_database_in_memory_has_no_log() -> None:
    with ddblite.connect(":memory:") as database:
        assert 0 == database.engine.storage.log.size()

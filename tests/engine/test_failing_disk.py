"""A disk that cannot be read: no damage, and told as what it is."""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import apsw
import pytest

import ddblite
from ddblite.schema.errors import Corrupt, FileError
from faulty import faulty_files
from wholeness import Wholeness

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="there is no /proc/self/mem")

PAD = "x" * 4000
CANTOPEN = apsw.SQLITE_CANTOPEN
IOERR_READ = apsw.SQLITE_IOERR_READ


@pytest.fixture
def filled(path: Path) -> Path:
    """A file of more pages than opening it reads."""
    with ddblite.connect(path) as database:
        table = database.create_table("music", partition_key="artist")
        for number in range(100):
            table.put({"artist": str(number), "pad": PAD})
    return path


@contextmanager
def unreadable(path: Path) -> Iterator[None]:
    """Makes every read of an open file fail with EIO, as the system itself reports it.

    Its descriptors lead to a place in this process's memory that is not there.
    """
    links = Path("/proc/self/fd")
    opened = [int(one.name) for one in links.iterdir() if one.exists() and one.samefile(path)]
    assert opened
    kept = [(descriptor, os.dup(descriptor)) for descriptor in opened]
    nowhere = os.open("/proc/self/mem", os.O_RDONLY)
    try:
        for descriptor in opened:
            os.dup2(nowhere, descriptor)
        yield
    finally:
        for descriptor, copy in kept:
            os.dup2(copy, descriptor)
            os.close(copy)
        os.close(nowhere)


USES: list[Callable[[ddblite.Database], object]] = [
    lambda database: [database.table("music").get(str(number)) for number in range(100)],
    lambda database: database.table("music").scan().all(),
    lambda database: database.table("music").put({"artist": "new", "pad": PAD}),
    lambda database: database.execute("SELECT * FROM music").all(),
]


@pytest.mark.parametrize("use", USES)
def test_a_failing_disk_is_not_told_as_damage(
    filled: Path, use: Callable[[ddblite.Database], object]
) -> None:
    """SQLite does so. Where the disk can be read again, all is well."""
    with ddblite.connect(filled) as database:
        # From then on, this thread has the file open, and its size is in the log.
        database.table("music").put({"artist": "0"})
        assert database.table("music").get("0")
        with unreadable(filled), pytest.raises(FileError, match="the disk failed to read") as found:
            use(database)
        assert not isinstance(found.value, Corrupt)
        assert 100 <= len(database.table("music").scan().all())


@pytest.mark.parametrize("key", [None, bytes(range(32))], ids=["plain", "encrypted"])
@pytest.mark.parametrize(("method", "code"), [("open", CANTOPEN), ("read", IOERR_READ)])
def test_a_check_tells_what_the_disk_refuses(
    path: Path, wholeness: Wholeness, key: bytes | None, method: str, code: int
) -> None:
    """It looks at the file and its log beside SQLite, too: no fault of that comes through bare."""
    wholeness.is_expected = True
    with faulty_files() as fault, ddblite.connect(path, key=key) as database:
        table = database.create_table("music", partition_key="artist")
        table.put({"artist": "Nina"})
        fault.code = code
        for after in range(40):
            fault.method, fault.after = method, after
            with suppress(FileError):
                database.check()
            fault.method = ""
        assert [] == database.check()


@pytest.mark.parametrize("key", [None, bytes(range(32))], ids=["plain", "encrypted"])
def test_a_repair_tells_what_the_disk_refuses(
    tmp_path: Path, path: Path, key: bytes | None
) -> None:
    """Whichever read it is."""
    with ddblite.connect(path, key=key) as database:
        database.create_table("music", partition_key="artist").put({"artist": "Nina"})
    with faulty_files() as fault:
        fault.code = IOERR_READ
        for after in range(40):
            fault.method, fault.after = "read", after
            with suppress(FileError):
                ddblite.repair(path, tmp_path / f"{after}.ddb", key=key)

"""A disk that cannot be read: no damage, and told as what it is."""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

import ddblite
from ddblite.schema.errors import Corrupt, FileError

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="there is no /proc/self/mem")

PAD = "x" * 4000


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

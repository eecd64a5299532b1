"""Files for the tests of the engine."""

from collections.abc import Iterator
from pathlib import Path

import pytest

import ddblite


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the file of a test is; there is none yet."""
    return tmp_path / "test.ddb"


@pytest.fixture
def opened(path: Path) -> Iterator[ddblite.Database]:
    """A database in a file, with one table in it."""
    with ddblite.connect(path) as database:
        database.create_table("music", partition_key="artist")
        yield database


@pytest.fixture
def ours(path: Path) -> Path:
    """A closed file of ours with an item in it."""
    with ddblite.connect(path) as database:
        database.create_table("music", partition_key="artist").put({"artist": "Nina"})
    return path


@pytest.fixture(params=[":memory:", "file"])
def music(request: pytest.FixtureRequest, path: Path) -> Iterator[ddblite.Database]:
    """A database with one table, in memory and in a file."""
    with ddblite.connect(":memory:" if request.param == ":memory:" else path) as database:
        database.create_table("music", partition_key="artist")
        yield database

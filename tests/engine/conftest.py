"""Files for the tests of the engine."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import ddblite
from leftovers import CRASH, Left, kill, put_down


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


@pytest.fixture(scope="module")
def crash(tmp_path_factory: pytest.TempPathFactory) -> Left:
    """A file with the log that holds its last changes, and an older backup."""
    path = tmp_path_factory.mktemp("crash") / "test.ddb"
    kill(CRASH, path)
    return {suffix: Path(f"{path}{suffix}").read_bytes() for suffix in ("", "-wal", ".backup")}


@pytest.fixture
def crashed(path: Path, crash: Left) -> Path:
    """The file that crashed, with what lay beside it."""
    return put_down(path, crash)


@pytest.fixture
def denied(monkeypatch: pytest.MonkeyPatch) -> Callable[[Path], None]:
    """Makes a path unwritable, also for a user who may write everything."""
    access = os.access

    def deny(path: Path) -> None:
        def asked(which: str | Path, mode: int) -> bool:
            if mode & os.W_OK and Path(which) == path:
                return False
            return access(which, mode)

        monkeypatch.setattr(os, "access", asked)
        path.chmod(0o555 if path.is_dir() else 0o444)

    return deny

"""What the shell's tests share: a session that writes into texts, and the command in process."""

from collections.abc import Callable, Iterator
from contextlib import closing
from io import StringIO
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

import ddblite
from ddblite import cli
from ddblite.shell.conversation.session import Session

Command = Callable[..., Result]


@pytest.fixture
def memory() -> Iterator[ddblite.Database]:
    """An empty database in memory."""
    with ddblite.connect(":memory:", clock=ddblite.FixedClock()) as database:
        yield database


@pytest.fixture
def session(memory: ddblite.Database) -> Iterator[Session]:
    """A session whose answers are texts."""
    with closing(Session(memory, out=StringIO(), error=StringIO())) as made:
        yield made


@pytest.fixture
def command() -> Command:
    """Runs ``ddblite`` with these words, and text or bytes as standard input."""

    def run(*words: object, given: str | bytes = "") -> Result:
        return CliRunner().invoke(cli.app, list(map(str, words)), input=given)

    return run


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """A file with a table of three items."""
    path = tmp_path / "shop.ddb"
    with ddblite.connect(path) as database:
        users = database.create_table("users", partition_key="id")
        users.put({"id": "u_1", "name": "Nina", "logins": 3})
        users.put({"id": "u_2", "name": "Otis", "tags": {"soul", "blues"}})
        users.put({"id": "u_3", "photo": b"\x00\x01\x02"})
    return path

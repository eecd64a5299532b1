"""Fixtures for pytest: a database per test, and every way to ask it.

Each test has a new database in memory, a copy of what ``ddb_template`` holds: that takes less
time than emptying one, nothing of another test can be seen in it, threads and servers may use
it, and workers of pytest-xdist cannot meet. All fixtures of one test ask the same database,
whose clock stands still until the test moves it.

=================  ====================================================================
``ddb``            the database, a ``ddblite.Database``
``ddb_clock``      its clock, a ``ddblite.FixedClock``; overridden, ``ddb`` has that one
``ddb_template``   what every ``ddb`` begins as: nothing, until it is overridden
``ddb_table``      makes a table: ``ddb_table(partition_key="id", items=[...])``
``ddb_client``     boto3's client of it
``ddb_resource``   boto3's service resource of it
``ddb_server``     the URL of an HTTP server for it, in a thread of this process
``mock_dynamodb``  sends all clients that boto3 makes to it, for the length of the test
=================  ====================================================================

What a fixture needs is imported when a test first asks for it.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Protocol

import pytest

from ddblite.api.clients.mock import mock_dynamodb as mocked
from ddblite.api.python.connecting import connect
from ddblite.api.python.database import Database
from ddblite.api.python.new_tables import GlobalIndex, KeyGiven, LocalIndex
from ddblite.api.python.table import Table
from ddblite.engine.clock import Clock, FixedClock


class MakeTable(Protocol):
    """What ``ddb_table`` is."""

    def __call__(
        self,
        name: str | None = None,
        *,
        partition_key: KeyGiven = "id",
        sort_key: KeyGiven | None = None,
        indexes: Sequence[GlobalIndex | LocalIndex] = (),
        items: Iterable[Mapping[str, Any]] = (),
    ) -> Table:
        """Returns a new table with the items; without a name it has one that is free."""
        ...


@pytest.fixture
def ddb_clock() -> Clock:
    """The clock of ``ddb``: it stands still until ``ddb_clock.advance(seconds)``."""
    return FixedClock()


@pytest.fixture(scope="session")
def ddb_template() -> Database | None:
    """What every ``ddb`` begins as a copy of: None is nothing.

    Override it, in any scope, with a fixture that fills a database once; what a test does to
    its copy is gone after the test.
    """
    return None


@pytest.fixture
def ddb(ddb_template: Database | None, ddb_clock: Clock) -> Iterator[Database]:
    """A new database in memory, empty or a copy of ``ddb_template``."""
    with (
        connect(":memory:", clock=ddb_clock)
        if ddb_template is None
        else ddb_template.copy(clock=ddb_clock)
    ) as database:
        yield database


@pytest.fixture
def ddb_table(ddb: Database) -> MakeTable:
    """Makes tables in ``ddb``."""

    def make(
        name: str | None = None,
        *,
        partition_key: KeyGiven = "id",
        sort_key: KeyGiven | None = None,
        indexes: Sequence[GlobalIndex | LocalIndex] = (),
        items: Iterable[Mapping[str, Any]] = (),
    ) -> Table:
        table = ddb.create_table(
            name or f"table_{len(ddb.tables()) + 1}",
            partition_key=partition_key,
            sort_key=sort_key,
            indexes=indexes,
        )
        with table.batch() as batch:
            for item in items:
                batch.put(item)
        return table

    return make


@pytest.fixture
def ddb_client(ddb: Database) -> Any:  # noqa: ANN401 - boto3 makes its class at run time
    """boto3's client of ``ddb``."""
    return ddb.boto3_client()


@pytest.fixture
def ddb_resource(ddb: Database) -> Any:  # noqa: ANN401 - as above
    """boto3's service resource of ``ddb``."""
    return ddb.boto3_resource()


@pytest.fixture
def ddb_server(ddb: Database) -> Iterator[str]:
    """The URL of a server for ``ddb``; any region and credentials will do."""
    from ddblite.api.http.server import require_libraries

    require_libraries()
    from ddblite.api.http.listening import served

    with served(ddb) as url:
        yield url


@pytest.fixture
def mock_dynamodb(ddb: Database) -> Iterator[Database]:
    """Sends every client of DynamoDB that the tested program makes to ``ddb``."""
    with mocked(ddb) as database:
        yield database

"""``table.changes``: what happened, in order, and once for each reader that has a name."""

import asyncio
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest

import ddblite
from ddblite import Change, Database, FixedClock, Table
from ddblite.errors import ValidationException

STREAM = {"StreamEnabled": True, "StreamViewType": "KEYS_ONLY"}


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock()


@pytest.fixture
def database(tmp_path: Path, clock: FixedClock) -> Iterator[Database]:
    with ddblite.connect(tmp_path / "a.ddb", clock=clock) as opened:
        opened.create_table("orders", partition_key="id", sort_key=("n", "N"))
        opened.call("UpdateTable", {"TableName": "orders", "StreamSpecification": STREAM})
        yield opened
        assert [] == opened.check()


@pytest.fixture
def orders(database: Database) -> Table:
    return database.table("orders")


def keys(changes: Iterator[Change]) -> list[int]:
    """Returns the sort keys of changes."""
    return [change.key["n"] for change in changes]


def test_a_change_tells_all(orders: Table, clock: FixedClock) -> None:
    """Whatever the stream's view: it is the log that is read."""
    orders.put({"id": "1", "n": 1, "tags": {"a"}})
    orders.update(("1", 1), "SET x = :x", values={":x": None})
    orders.delete("1", 1)
    inserted, modified, removed = orders.changes()
    item = {"id": "1", "n": 1, "tags": ddblite.StringSet({"a"})}
    assert (inserted.kind, inserted.old, inserted.new) == ("INSERT", None, item)
    assert (modified.kind, modified.old, modified.new) == ("MODIFY", item, {**item, "x": None})
    assert (removed.kind, removed.new) == ("REMOVE", None)
    assert removed.key == {"id": "1", "n": 1}
    assert inserted.time == datetime.fromtimestamp(clock.time_s, UTC)
    assert inserted.sequence < modified.sequence < removed.sequence
    assert not removed.by_service


def test_a_table_that_is_not_remembered(database: Database) -> None:
    plain = database.create_table("plain", partition_key="id")
    with pytest.raises(ValidationException, match="neither a stream nor point-in-time recovery"):
        list(plain.changes())
    with pytest.raises(ddblite.errors.ResourceNotFoundException):
        list(Table(database.engine, "nothing").changes())


def test_a_reader_goes_on_where_it_was(tmp_path: Path, database: Database, orders: Table) -> None:
    """Each for itself, also in another run; and a copy of the file remembers the same."""
    for number in range(250):
        orders.put({"id": "1", "n": number})
    assert keys(orders.changes("one")) == list(range(250))
    assert keys(orders.changes("one")) == []
    for number in range(250, 255):
        orders.put({"id": "1", "n": number})
    database.backup(tmp_path / "b.ddb")
    with ddblite.connect(tmp_path / "b.ddb") as copy:
        assert keys(copy.table("orders").changes("one")) == list(range(250, 255))
    assert keys(orders.changes("two")) == list(range(255))
    assert keys(orders.changes("one")) == list(range(250, 255))


def test_what_was_not_done_with_comes_again(orders: Table) -> None:
    """A reader that fails is given the same change; none is left out, none comes twice else."""
    for number in range(10):
        orders.put({"id": "1", "n": number})
    done: list[int] = []

    def handle(number: int) -> None:
        fails = number % 3 == 2 and done[-1] != -number
        done.append(-number if fails else number)
        assert not fails

    for _ in range(4):
        with suppress(AssertionError):
            for change in orders.changes("fails"):
                handle(change.key["n"])
    assert done == [0, 1, -2, 2, 3, 4, -5, 5, 6, 7, -8, 8, 9]


def test_since_a_moment(orders: Table, clock: FixedClock) -> None:
    began = clock.time_s
    for number in range(5):
        orders.put({"id": "1", "n": number})
        clock.advance(10)
    assert keys(orders.changes(since=began + 20)) == [2, 3, 4]
    assert keys(orders.changes(since=datetime.fromtimestamp(began + 15, UTC))) == [2, 3, 4]
    assert keys(orders.changes(since=clock.time_s + 100)) == []
    # A checkpoint that is known knows better.
    assert keys(orders.changes("reader", since=began + 30)) == [3, 4]
    assert keys(orders.changes("reader", since=0)) == []


def test_a_table_s_checkpoints_go_with_it(database: Database, orders: Table) -> None:
    orders.put({"id": "1", "n": 1})
    assert keys(orders.changes("reader")) == [1]
    database.delete_table("orders")
    found = database.engine.storage.fetch("SELECT count(*), 0 FROM ddb_checkpoints", ())
    assert found[0] == 0


def test_in_an_event_loop(tmp_path: Path) -> None:
    async def test() -> None:
        async with ddblite.connect_async(tmp_path / "c.ddb") as database:
            table = await database.create_table("orders", partition_key="id")
            await database.call(
                "UpdateTable", {"TableName": "orders", "StreamSpecification": STREAM}
            )
            await table.put({"id": "1"})
            for name in (None, "reader"):
                assert [change.key async for change in table.changes(name)] == [{"id": "1"}]
            assert [change async for change in table.changes("reader")] == []

    asyncio.run(test())

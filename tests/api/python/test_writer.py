"""The one thread that writes: what shares a commit, and what becomes of it when one fails."""

import asyncio
import functools
import threading
import weakref
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import pytest

import ddblite
from children import run
from ddblite.api import writer
from ddblite.api.writer import GROUP_WRITES_MAX, Writer
from ddblite.schema.errors import Closed, ConditionalCheckFailedException, DdbError, DiskFull
from serving import TIMEOUT_S

Work = Callable[[], Any]


@pytest.fixture
def database(tmp_path: Path) -> Iterator[ddblite.Database]:
    """A file with a table, open."""
    with ddblite.connect(tmp_path / "shop.ddb") as opened:
        opened.create_table("orders", partition_key="id")
        yield opened
        assert opened.check() == []


@pytest.fixture(autouse=True)
def unhurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lets a group be as large as it may, however slow the machine."""
    monkeypatch.setattr(writer, "GROUP_SECONDS_MAX", 1000)


class Gate:
    """A writer whose thread stands still until what is to come together has come."""

    def __init__(self, database: ddblite.Database) -> None:
        self.writer = Writer(database.engine)
        self.is_open = threading.Event()
        self.writer.submit(lambda: self.is_open.wait(TIMEOUT_S), is_alone=True)
        self.commits = 0
        database.engine.storage.writer.set_commit_hook(self.count)

    def count(self) -> bool:
        """Is called by SQLite at every commit."""
        self.commits += 1
        return False

    def carried_out(self, works: list[Work], *, is_alone: bool = False) -> list[Future[Any]]:
        """Lets works come together, and returns their futures when all are done."""
        futures = [self.writer.submit(work, is_alone=is_alone) for work in works]
        self.is_open.set()
        self.writer.close()
        return futures


def put(database: ddblite.Database, name: str, **options: Any) -> Work:  # noqa: ANN401
    """Returns a write of one item."""
    return lambda: database.table("orders").put({"id": name}, **options)


def undo_all(database: ddblite.Database) -> Work:
    """Returns a write that finds the disk full, for which SQLite undoes the whole group."""

    def fill_the_disk() -> None:
        pages = database.engine.storage.writer.pragma("page_count")
        database.engine.storage.writer.pragma("max_page_count", pages)
        try:
            with database.table("orders").batch() as batch:
                for number in range(100):
                    batch.put({"id": f"large{number}", "text": "x" * 100_000})
        finally:
            database.engine.storage.writer.pragma("max_page_count", 1 << 30)

    return fill_the_disk


def ids(database: ddblite.Database) -> set[str]:
    """Returns the names of all items."""
    return {item["id"] for item in database.table("orders").scan()}


def test_fifty_writes_are_one_commit(database: ddblite.Database) -> None:
    """When they come together; and all are there."""
    gate = Gate(database)
    futures = gate.carried_out([put(database, str(number)) for number in range(50)])
    assert [None] * 50 == [future.result() for future in futures]
    assert gate.commits == 1
    assert len(ids(database)) == 50


def test_a_group_has_an_end(database: ddblite.Database) -> None:
    """So that the first need not wait for a crowd behind it."""
    gate = Gate(database)
    gate.carried_out([put(database, str(number)) for number in range(GROUP_WRITES_MAX + 2)])
    assert gate.commits == 2
    assert GROUP_WRITES_MAX + 2 == len(ids(database))


def test_a_slow_group_ends_early(
    database: ddblite.Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Other processes wait for it; what it did not come to keeps its turn."""
    monkeypatch.setattr(writer, "GROUP_SECONDS_MAX", -1)
    gate = Gate(database)
    futures = gate.carried_out([put(database, str(number)) for number in range(5)])
    assert [None] * 5 == [future.exception() for future in futures]
    assert gate.commits == 5


def test_nobody_is_told_before_the_commit(database: ddblite.Database) -> None:
    """When the last of a group is carried out, the first is not acknowledged yet."""
    gate = Gate(database)
    told: list[bool] = []
    futures: list[Future[Any]] = []
    works = [put(database, "1"), lambda: told.append(futures[0].done()), put(database, "2")]
    futures += [gate.writer.submit(work) for work in works]
    gate.carried_out([])
    assert [False] == told
    assert futures[0].done()
    assert gate.commits == 1


def test_one_that_fails_disturbs_nobody(database: ddblite.Database) -> None:
    """It gets its own error; what it wrote is undone, and what the others wrote stays."""

    def half_done() -> None:
        with database.engine.write():
            database.table("orders").put({"id": "half"})
            message = "a bug"
            raise ZeroDivisionError(message)

    gate = Gate(database)
    condition = "attribute_exists(id)"
    works = [put(database, "1"), put(database, "2", condition=condition), half_done]
    first, second, third, last = gate.carried_out([*works, put(database, "3")])
    assert first.result() is None
    assert isinstance(second.exception(), ConditionalCheckFailedException)
    assert isinstance(third.exception(), ZeroDivisionError)
    assert last.result() is None
    assert {"1", "3"} == ids(database)
    assert gate.commits == 1


def test_later_ones_see_earlier_ones(database: ddblite.Database) -> None:
    """As if each had been alone: of twenty claims to a new key, one succeeds."""
    gate = Gate(database)
    claim = put(database, "1", condition="attribute_not_exists(id)")
    faults = [future.exception() for future in gate.carried_out([claim] * 20)]
    assert [None] + [ConditionalCheckFailedException] * 19 == [
        fault and type(fault) for fault in faults
    ]


def test_a_token_is_spent_once(database: ddblite.Database) -> None:
    """A transaction that comes twice, in one group, is carried out once and answered twice."""
    add = ddblite.Update("orders", "1", "ADD amount :one", values={":one": 1})
    gate = Gate(database)
    twice = [lambda: database.transact_write([add], token="once")] * 2  # noqa: S106
    assert [None, None] == [future.exception() for future in gate.carried_out(twice)]
    assert database.table("orders").get("1") == {"id": "1", "amount": 1}


def test_commit_that_fails_is_everybodys(database: ddblite.Database) -> None:
    """Nothing of the group is there, nobody was told otherwise, and writing goes on."""
    gate = Gate(database)
    database.engine.storage.writer.set_commit_hook(lambda: True)
    faults = [future.exception() for future in gate.carried_out([put(database, "1")] * 3)]
    assert all(isinstance(fault, ddblite.errors.DdbError) for fault in faults)
    database.engine.storage.writer.set_commit_hook(None)
    assert set() == ids(database)
    database.table("orders").put({"id": "2"})
    assert {"2"} == ids(database)


def test_group_that_cannot_begin_waits_once(
    database: ddblite.Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While another process writes: each gets Busy, and not one after the other."""
    tries = 0
    begin = database.engine.storage.begin

    def counted() -> None:
        nonlocal tries
        tries += 1
        begin()

    database.engine.storage.writer.set_busy_timeout(0)
    with ddblite.connect(database.engine.storage.path) as other, other.engine.write():
        monkeypatch.setattr(database.engine.storage, "begin", counted)
        futures = Gate(database).carried_out([put(database, str(one)) for one in range(5)])
    assert {ddblite.errors.Busy} == {type(future.exception()) for future in futures}
    assert tries == 1


def test_fault_that_undoes_all_is_one_writes_own(database: ddblite.Database) -> None:
    """A disk that is full for one is not full for the others, who are done again."""
    gate = Gate(database)
    works = [put(database, "1"), undo_all(database), put(database, "2")]
    first, second, third = gate.carried_out(works)
    assert isinstance(second.exception(), DiskFull)
    assert [None, None] == [first.exception(), third.exception()]
    assert {"1", "2"} == ids(database)


def test_what_changes_tables_is_alone(database: ddblite.Database) -> None:
    """With the writes before and behind it in their order."""
    gate = Gate(database)
    futures = [gate.writer.submit(put(database, str(number))) for number in range(2)]
    make = gate.writer.submit(
        lambda: database.create_table("users", partition_key="id"), is_alone=True
    )
    futures += [
        gate.writer.submit(lambda: database.table("users").put({"id": "1"})) for _ in range(2)
    ]
    gate.carried_out([])
    assert [None] * 4 == [future.exception() for future in futures]
    assert make.result().name == "users"
    assert gate.commits == 3


def test_cancelled_in_time_is_not_done(database: ddblite.Database) -> None:
    gate = Gate(database)
    futures = [gate.writer.submit(put(database, str(number))) for number in range(3)]
    assert futures[1].cancel()
    gate.carried_out([])
    assert {"0", "2"} == ids(database)


def test_cancelled_among_those_that_fail(database: ddblite.Database) -> None:
    """A group whose commit fails is told so, one of it that was cancelled stays cancelled."""
    gate = Gate(database)
    database.engine.storage.writer.set_commit_hook(lambda: True)
    futures = [gate.writer.submit(put(database, str(number))) for number in range(3)]
    assert futures[1].cancel()
    gate.carried_out([])
    assert futures[1].cancelled()
    assert [True, True] == [isinstance(futures[at].exception(0), DdbError) for at in (0, 2)]
    database.engine.storage.writer.set_commit_hook(None)


def test_cancelled_among_those_done_again(database: ddblite.Database) -> None:
    """What was cancelled in time is not done, however often its group is."""
    gate = Gate(database)
    works = [put(database, "1"), undo_all(database), put(database, "2"), put(database, "3")]
    futures = [gate.writer.submit(work) for work in works]
    assert futures[0].cancel()
    assert futures[3].cancel()
    gate.carried_out([])
    assert isinstance(futures[1].exception(0), DiskFull)
    assert {"2"} == ids(database)


def test_what_is_done_is_let_go(database: ddblite.Database) -> None:
    """A thread that waits holds no request, which may be large."""

    class Large:
        """Stands for a body of sixteen megabytes."""

    large = Large()
    is_let_go = threading.Event()
    weakref.finalize(large, is_let_go.set)
    queue = Writer(database.engine)
    queue.submit(functools.partial(str, large)).result()
    del large
    assert is_let_go.wait(TIMEOUT_S)
    queue.close()


def test_nothing_is_taken_after_the_end(database: ddblite.Database) -> None:
    gate = Gate(database)
    gate.carried_out([])
    gate.writer.close()
    with pytest.raises(Closed):
        gate.writer.submit(put(database, "1"))


def test_program_that_does_not_close_ends(tmp_path: Path) -> None:
    """With the writes that it asked for, also those that it did not wait for."""
    script = """
import asyncio, sys
import ddblite
async def main():
    database = await ddblite.connect_async(sys.argv[1]).__aenter__()
    orders = await database.create_table("orders", partition_key="id")
    puts = [asyncio.create_task(orders.put({"id": str(number)})) for number in range(20)]
    await puts[0]
    asyncio.get_running_loop().stop()
    await asyncio.Event().wait()
loop = asyncio.new_event_loop()
task = loop.create_task(main())
loop.run_forever()
"""
    path = tmp_path / "other.ddb"
    run(script, path)
    with ddblite.connect(path) as database:
        assert {str(number) for number in range(20)} == ids(database)


def test_asynchronous_writes_share_commits(tmp_path: Path) -> None:
    """Fifty tasks that write at once are a few commits."""
    commits = 0

    def count() -> bool:
        nonlocal commits
        commits += 1
        return False

    async def test() -> None:
        async with ddblite.connect_async(tmp_path / "other.ddb") as database:
            orders = await database.create_table("orders", partition_key="id")
            database.database.engine.storage.writer.set_commit_hook(count)
            is_open = threading.Event()
            writing = database._threads.write(lambda: is_open.wait(TIMEOUT_S), is_alone=True)
            waiting = asyncio.create_task(writing)
            puts = [asyncio.create_task(orders.put({"id": str(number)})) for number in range(50)]
            for _ in range(3):  # by then all of them have begun, and wait
                await asyncio.sleep(0)
            is_open.set()
            await asyncio.gather(waiting, *puts)

    asyncio.run(test())
    assert commits == 1


def test_asynchronous_batch_is_done_again(tmp_path: Path) -> None:
    """A batch whose group was undone by another's fault is written all the same."""

    async def test() -> None:
        async with ddblite.connect_async(tmp_path / "other.ddb") as twin:
            orders = await twin.create_table("orders", partition_key="id")
            is_open = threading.Event()
            batch = orders.batch()
            await batch.put({"id": "1"})
            held = twin._threads.write(lambda: is_open.wait(TIMEOUT_S), is_alone=True)
            works = [held, batch.flush(), twin._threads.write(undo_all(twin.database))]
            tasks = [asyncio.create_task(work) for work in works]
            for _ in range(3):  # by then all of them have begun, and wait
                await asyncio.sleep(0)
            is_open.set()
            _, written, undone = await asyncio.gather(*tasks, return_exceptions=True)
            assert written is None
            assert isinstance(undone, DiskFull)
            assert {"1"} == ids(twin.database)

    asyncio.run(test())

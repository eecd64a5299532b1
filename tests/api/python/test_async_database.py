"""The native API's asynchronous twin."""

import asyncio
import inspect
import os
import threading
from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path
from typing import Any

import pytest

import children
import ddblite
from ddblite import AsyncDatabase, AsyncTable, Get, Key, Put, Table, connect_async
from ddblite.engine.engine import Engine

INNER = {"take_all"}
"""Methods of ``Table`` that its other methods are made of."""

Test = Callable[[AsyncDatabase], Coroutine[Any, Any, None]]


def run(test: Test, path: str | Path = ":memory:") -> None:
    """Runs a test inside of an open database."""

    async def opened() -> None:
        async with connect_async(path) as database:
            await test(database)

    asyncio.run(opened())


async def orders_in(database: AsyncDatabase, count: int = 0) -> AsyncTable:
    """Makes a table with some items of one user."""
    table = await database.create_table("orders", partition_key="user", sort_key=("day", "N"))
    async with table.batch() as batch:
        for day in range(count):
            await batch.put({"user": "u1", "day": day})
    return table


def test_items() -> None:
    """With the answers of ``Table``."""

    async def test(database: AsyncDatabase) -> None:
        orders = await orders_in(database)
        assert await orders.put({"user": "u1", "day": 1, "euro": 3}) is None
        assert await orders.get("u1", 1) == {"user": "u1", "day": 1, "euro": 3}
        changed = await orders.update(
            ("u1", 1), "SET euro = euro + :n", values={":n": 4}, returning="UPDATED_NEW"
        )
        assert changed == {"euro": 7}
        assert (await orders.delete("u1", 1, returning="ALL_OLD") or {})["euro"] == 7
        assert await orders.get("u1", 1) is None

    run(test)


def test_a_load(tmp_path: Path) -> None:
    """With a write between its transactions, and none of it when an item is refused."""

    async def test(database: AsyncDatabase) -> None:
        orders = await orders_in(database)
        items = [{"user": f"u{number}", "day": 1} for number in range(2500)]
        load = asyncio.create_task(orders.load(iter(items)))
        await orders.put({"user": "another", "day": 1})
        assert await load == 2500
        with pytest.raises(ddblite.errors.ValidationException, match="Missing the key day"):
            await orders.load([{"user": "more", "day": 1}, {"user": "more"}])
        assert len(await orders.scan().all()) == 2501

    run(test, tmp_path / "orders.ddb")


def test_results() -> None:
    """Page by page, as they are asked for."""

    async def test(database: AsyncDatabase) -> None:
        orders = await orders_in(database, 5)
        query = orders.query(Key("user").eq("u1"), page_limit=2)
        assert [item["day"] async for item in query] == [0, 1, 2, 3, 4]
        assert query.cursor is None
        assert query.consumed is not None
        assert query.plan == "Query orders"
        pages = [len(page) async for page in orders.scan(page_limit=2).pages()]
        assert pages == [2, 2, 1]
        assert len(await orders.scan().all()) == 5
        assert (await orders.scan().first() or {})["day"] == 0

    run(test)


def test_statements() -> None:
    async def test(database: AsyncDatabase) -> None:
        await orders_in(database)
        await database.execute("INSERT INTO orders VALUE {'user': ?, 'day': ?}", ["u1", 1])
        found = await database.execute("SELECT * FROM orders")
        assert [item async for item in found] == [{"user": "u1", "day": 1}]

    run(test)


def test_transactions_and_calls() -> None:
    async def test(database: AsyncDatabase) -> None:
        await orders_in(database)
        await database.transact_write([Put("orders", {"user": "u1", "day": 1})])
        assert await database.transact_get(
            [Get("orders", ("u1", 1)), Get("orders", ("u1", 2))]
        ) == [
            {"user": "u1", "day": 1},
            None,
        ]
        await database.call(
            "PutItem", {"TableName": "orders", "Item": {"user": {"S": "u1"}, "day": {"N": "2"}}}
        )
        assert (await database.call("Scan", {"TableName": "orders"}))["Count"] == 2

    run(test)


def test_tables_and_the_file(tmp_path: Path) -> None:
    """Its file is one of ``connect``, and one file when it is closed."""
    path = tmp_path / "shop.ddb"

    async def test(database: AsyncDatabase) -> None:
        await orders_in(database, 1001)
        assert await database.tables() == ["orders"]
        assert (await database.table("orders")).name == "orders"
        assert await database.check() == []
        assert await database.scrub(share=1) == []
        await database.backup(tmp_path / "copy.ddb")
        await database.delete_table("orders")
        assert await database.tables() == []

    run(test, path)
    with ddblite.connect(path) as left, ddblite.connect(tmp_path / "copy.ddb") as copy:
        assert left.tables() == []
        assert len(copy.table("orders").scan().all()) == 1001


def test_copy() -> None:
    """It is asynchronous too, and open inside of ``async with``."""

    async def test(database: AsyncDatabase) -> None:
        await orders_in(database, 3)
        async with database.copy() as copy:
            await copy.delete_table("orders")
        assert await database.tables() == ["orders"]

    run(test)


def test_errors_are_the_same() -> None:
    async def test(database: AsyncDatabase) -> None:
        orders = await orders_in(database)
        with pytest.raises(ddblite.errors.ResourceNotFoundException):
            await database.table("nothing")
        with pytest.raises(ddblite.errors.FloatRefused):
            await orders.put({"user": "u1", "day": 1.5})

    run(test)


def test_many_tasks_lose_nothing() -> None:
    """Writes come one after another, in the order in which they were asked for."""

    async def test(database: AsyncDatabase) -> None:
        orders = await orders_in(database)
        key = ("u1", 1)
        adds = [orders.update(key, "ADD amount :one", values={":one": 1}) for _ in range(50)]
        await asyncio.gather(*adds)
        assert (await orders.get(*key) or {})["amount"] == 50

    run(test)


def test_loop_goes_on_while_a_write_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """And reads are answered meanwhile."""
    go_on = threading.Event()
    execute = Engine.execute

    def wait(engine: Engine, request: Any, *rest: Any) -> Any:  # noqa: ANN401 - any request
        if type(request).__name__ == "PutItem":
            assert go_on.wait(10)
        return execute(engine, request, *rest)

    async def test(database: AsyncDatabase) -> None:
        orders = await orders_in(database)
        monkeypatch.setattr(Engine, "execute", wait)
        write = asyncio.create_task(orders.put({"user": "u1", "day": 1}))
        assert await orders.get("u1", 1) is None
        assert await (await database.execute(" select * from orders")).all() == []
        assert not write.done()
        go_on.set()
        await write
        assert await orders.get("u1", 1) is not None

    run(test)


def test_close_finishes_what_was_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "shop.ddb"

    async def test(database: AsyncDatabase) -> None:
        orders = await orders_in(database)
        writes = [asyncio.create_task(orders.put({"user": "u1", "day": day})) for day in range(20)]
        await asyncio.sleep(0)
        await database.close()
        await asyncio.gather(*writes)
        await database.close()

    run(test, path)
    with ddblite.connect(path) as database:
        assert len(database.table("orders").scan().all()) == 20


def test_a_load_that_goes_on_while_the_database_is_closed(tmp_path: Path) -> None:
    """It says so, as everything does that is asked for afterwards."""
    is_read, is_closing = threading.Event(), threading.Event()

    def items() -> Iterator[dict[str, object]]:
        is_read.set()
        is_closing.wait(10)
        yield {"user": "u1", "day": 1}

    async def test(database: AsyncDatabase) -> None:
        orders = await orders_in(database)
        load = asyncio.create_task(orders.load(items()))
        await asyncio.to_thread(is_read.wait, 10)
        end = asyncio.create_task(database.close())
        await asyncio.sleep(0.1)
        is_closing.set()
        with pytest.raises(ddblite.errors.Closed, match="the database is closed"):
            await load
        await end

    run(test, tmp_path / "shop.ddb")


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork on this system")
def test_a_forked_child_is_refused(tmp_path: Path) -> None:
    """It has none of its parent's threads, and would wait for them; the parent goes on."""
    script = """
import asyncio, os, signal, sys
import ddblite
async def opened():
    database = await ddblite.connect_async(sys.argv[1]).__aenter__()
    orders = await database.create_table("orders", partition_key="id")
    await orders.put({"id": "1"})
    return database, orders, await orders.get("1")
async def refused(asked):
    try:
        await asked
    except ddblite.errors.Closed as error:
        return "fork" in error.message
database, orders, _ = asyncio.run(opened())
child = os.fork()
if child == 0:
    signal.alarm(20)
    asked = orders.get("1"), orders.put({"id": "2"}), database.tables()
    os._exit(0 if all(asyncio.run(refused(one)) for one in asked) else 1)
_, status = os.waitpid(child, 0)
asyncio.run(orders.put({"id": "3"}))
print(status, asyncio.run(orders.get("2")), asyncio.run(orders.get("3")))
asyncio.run(database.close())
"""
    assert children.run(script, tmp_path / "shop.ddb") == "0 None {'id': '3'}\n"


def test_closed() -> None:
    """Reads and writes are refused in the words of ``Database``."""

    async def test(database: AsyncDatabase) -> None:
        orders = await orders_in(database)
        await database.close()
        for asked in (orders.get("u1", 1), orders.put({"user": "u1", "day": 1})):
            with pytest.raises(ddblite.errors.Closed, match="the database is closed"):
                await asked

    run(test)


def test_not_open_yet() -> None:
    with pytest.raises(ddblite.errors.Closed, match="async with"):
        _ = connect_async(":memory:").database


@pytest.mark.parametrize(
    ("twin", "original"), [(AsyncDatabase, ddblite.Database), (AsyncTable, Table)]
)
def test_every_method_has_its_twin(twin: type, original: type) -> None:
    """Only boto3's objects, which have no asynchronous form here, have none."""
    names = {name for name, _ in inspect.getmembers(original, inspect.isfunction)}
    missing = {name for name in names if not hasattr(twin, name)}
    assert {name for name in missing if not name.startswith(("boto3", "_"))} <= INNER


def test_options_are_those_of_connect() -> None:
    """One more option there is one more here."""
    ours, original = inspect.signature(connect_async), inspect.signature(ddblite.connect)
    assert ours.parameters == original.parameters

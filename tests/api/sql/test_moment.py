"""All tables of a statement are of one moment, and an interruption leaves nothing behind."""

import asyncio
import signal
import threading
from pathlib import Path
from typing import Any

import apsw
import pytest

import ddblite
from ddblite import errors
from ddblite.api.sql import bridge, loading
from ddblite.engine.file.scratch import Scratch
from ddblite.engine.snapshot_reads import SnapshotReads
from ddblite.partiql.syntax.faults import StatementError
from ddblite.schema import requests

SUMS = "SELECT (SELECT sum(euro) FROM here) AS here, (SELECT sum(euro) FROM there) AS there"


@pytest.fixture
def accounts(tmp_path: Path) -> ddblite.Database:
    """Two tables of a file, whose sums are always 100 together."""
    database = ddblite.connect(tmp_path / "bank.ddb")
    for name, euro in (("here", 100), ("there", 0)):
        database.create_table(name, partition_key="id").put({"id": "a", "euro": euro})
    return database


def between_loads(monkeypatch: pytest.MonkeyPatch, action: Any) -> None:  # noqa: ANN401
    """Lets something happen when the first table has been copied and the second has not."""
    load = loading.load
    done: list[bool] = []

    def stopping(*arguments: Any) -> Any:  # noqa: ANN401
        if done == [True]:
            action()
        done.append(True)
        return load(*arguments)

    monkeypatch.setattr(bridge, "load", stopping)


def test_another_program_s_writes_are_all_seen_or_none(
    accounts: ddblite.Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its transaction moves the money while the statement is between the two tables."""
    with accounts, ddblite.connect(accounts.engine.storage.path) as other:

        def move() -> None:
            other.transact_write(
                [
                    ddblite.Put("here", {"id": "a", "euro": 0}),
                    ddblite.Put("there", {"id": "a", "euro": 100}),
                ]
            )

        between_loads(monkeypatch, move)
        assert [{"here": 100, "there": 0}] == accounts.sql(SUMS).all()
        assert [{"here": 0, "there": 100}] == accounts.sql(SUMS).all()


def test_another_thread_s_writes_are_all_seen_or_none(
    accounts: ddblite.Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They do not wait for the statement, either."""

    def move() -> None:
        writer = threading.Thread(
            target=accounts.table("there").put, args=({"id": "b", "euro": 7},)
        )
        writer.start()
        writer.join()

    with accounts:
        between_loads(monkeypatch, move)
        assert [{"here": 100, "there": 0}] == accounts.sql(SUMS).all()
        assert [{"here": 100, "there": 7}] == accounts.sql(SUMS).all()


def test_in_memory_writers_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    """There is one connection; what was asked for meanwhile is done behind the reading."""
    with ddblite.connect(":memory:") as database:
        for name in ("here", "there"):
            database.create_table(name, partition_key="id").put({"id": "a", "euro": 1})
        writers: list[threading.Thread] = []

        def write() -> None:
            put = database.table("there").put
            writers.append(threading.Thread(target=put, args=({"id": "b", "euro": 7},)))
            writers[-1].start()

        between_loads(monkeypatch, write)
        assert [{"here": 1, "there": 1}] == database.sql(SUMS).all()
        for writer in writers:
            writer.join()
        assert [{"here": 1, "there": 8}] == database.sql(SUMS).all()


def test_tables_that_go_and_come_meanwhile(
    accounts: ddblite.Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The catalog is that of the moment, too: here changed by this process and by another."""
    with accounts, ddblite.connect(accounts.engine.storage.path) as other:

        def change() -> None:
            other.delete_table("there")
            maker = threading.Thread(
                target=accounts.create_table, args=("more",), kwargs={"partition_key": "id"}
            )
            maker.start()
            maker.join()

        between_loads(monkeypatch, change)
        assert [{"here": 100, "there": 0}] == accounts.sql(SUMS).all()
        with pytest.raises(errors.ResourceNotFoundException, match="no table there"):
            accounts.sql(SUMS)
        assert [{"n": 0}] == accounts.sql("SELECT count(*) AS n FROM more").all()


def test_inside_a_write_it_is_that_write_s_moment(database: ddblite.Database) -> None:
    """Only the engine opens one around several requests; its own changes are seen in it."""
    engine = database.engine
    database.create_table("here", partition_key="id")
    with engine.write():
        engine.execute(requests.PutItem(table_name="here", item={"id": "a"}))
        assert [{"n": 1}] == database.sql("SELECT count(*) AS n FROM here").all()
        database.create_table("there", partition_key="id")
        assert [{"n": 0}] == database.sql("SELECT count(*) AS n FROM there").all()


def test_a_moment_only_reads(database: ddblite.Database) -> None:
    with SnapshotReads(database.engine) as snapshot, pytest.raises(errors.InternalServerError):
        snapshot.write()


def test_ctrl_c_ends_a_statement_that_does_not_end(
    database: ddblite.Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The signal comes while SQLite runs; Python has a turn every few thousand of its steps."""
    asked: list[int] = []
    has_grown = Scratch.has_grown

    def interrupted(scratch: Scratch) -> bool:
        asked.append(1)
        signal.raise_signal(signal.SIGINT)
        return has_grown(scratch)

    monkeypatch.setattr(Scratch, "has_grown", interrupted)
    endless = "WITH RECURSIVE n(a) AS (SELECT 1 UNION ALL SELECT a + 1 FROM n) SELECT max(a) FROM n"
    with pytest.raises(KeyboardInterrupt):
        database.sql(endless)
    assert [1] == asked
    monkeypatch.setattr(Scratch, "has_grown", has_grown)
    assert 1 == len(database.sql("SELECT 1"))


def test_ctrl_c_while_tables_are_read(
    database: ddblite.Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The snapshot ends, the lock is free, and writing goes on."""
    for name in ("here", "there"):
        database.create_table(name, partition_key="id").put({"id": "a", "euro": 1})

    def interrupt() -> None:
        signal.raise_signal(signal.SIGINT)

    with monkeypatch.context() as patch:
        between_loads(patch, interrupt)
        with pytest.raises(KeyboardInterrupt):
            database.sql(SUMS)
    assert not database.engine.storage.is_busy_here()
    writer = threading.Thread(target=database.table("here").put, args=({"id": "b", "euro": 2},))
    writer.start()
    writer.join()
    assert [{"here": 3, "there": 1}] == database.sql(SUMS).all()


def test_many_threads_ask_at_once(database: ddblite.Database) -> None:
    made = database.create_table("here", partition_key="id")
    for number in range(50):
        made.put({"id": str(number), "n": number})
    found: list[Any] = []

    def ask() -> None:
        found.extend(database.sql("SELECT sum(n) AS s FROM here").first() for _ in range(10))

    threads = [threading.Thread(target=ask) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [{"s": 1225}] * 60 == found


def test_the_asynchronous_twins(tmp_path: Path) -> None:
    async def ask() -> tuple[Any, str]:
        async with ddblite.connect_async(tmp_path / "a.ddb") as database:
            made = await database.create_table("here", partition_key="id")
            await made.put({"id": "a", "n": 1})
            found = await database.sql("SELECT n + ? AS m FROM here", [1], long_numbers="text")
            return found.all(), str(await database.explain_sql("SELECT n FROM here"))

    rows, plan = asyncio.run(ask())
    assert [{"m": 2}] == rows
    assert plan.startswith("Scan here: about 1 item, ")


def test_a_closed_database_says_so(tmp_path: Path) -> None:
    database = ddblite.connect(tmp_path / "a.ddb")
    database.close()
    with pytest.raises(errors.Closed):
        database.sql("SELECT 1")


def test_damage_is_an_error_and_no_answer(tmp_path: Path, wholeness: Any) -> None:  # noqa: ANN401
    path = tmp_path / "a.ddb"
    with ddblite.connect(path) as database:
        database.create_table("here", partition_key="id").put({"id": "a", "n": 1})
        number = database.engine.catalog.existing_table("here").number
        with database.engine.write():
            damage = f"UPDATE items_{number} SET body = x'00'"  # noqa: S608
            database.engine.storage.execute(damage)
        wholeness.is_expected = True
        with pytest.raises(errors.Corrupt):
            database.sql("SELECT n FROM here")


def test_partiql_never_falls_back(database: ddblite.Database) -> None:
    """What DynamoDB refuses stays refused."""
    database.create_table("here", partition_key="id")
    with pytest.raises(errors.ValidationException):
        database.execute("SELECT count(*) FROM here")
    with pytest.raises(errors.ValidationException):
        database.execute("SELECT a.id FROM here a JOIN here b ON a.id = b.id")


@pytest.mark.parametrize(
    "statement",
    ["SELECT count(*) FROM here", "SELECT id FROM here GROUP BY id", "SELECT a FROM here JOIN b"],
)
def test_partiql_s_errors_name_it_as_a_hint_only(
    database: ddblite.Database, statement: str
) -> None:
    """The message alone is DynamoDB's."""
    database.create_table("here", partition_key="id")
    with pytest.raises(StatementError) as refused:
        database.execute(statement)
    assert "db.sql" not in refused.value.message
    assert "db.sql" in refused.value.hint


def test_a_cancelled_task_ends_its_statement(monkeypatch: pytest.MonkeyPatch) -> None:
    """In its thread no Ctrl-C would, and nothing could be closed before it ends by itself."""
    begun = threading.Event()
    faults: list[type[Exception]] = []
    has_grown, refusal = Scratch.has_grown, Scratch.refusal

    def beginning(scratch: Scratch) -> bool:
        begun.set()
        return has_grown(scratch)

    def noting(scratch: Scratch, fault: Any) -> Exception:  # noqa: ANN401 - apsw's
        faults.append(type(fault))
        return refusal(scratch, fault)

    async def cancelled() -> None:
        async with ddblite.connect_async(":memory:") as database:
            task = asyncio.create_task(database.sql(LONG))
            await asyncio.to_thread(begun.wait)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task

    monkeypatch.setattr(Scratch, "has_grown", beginning)
    monkeypatch.setattr(Scratch, "refusal", noting)
    asyncio.run(cancelled())
    assert [apsw.InterruptError] == faults


LONG = (
    "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < 20000000)"
    " SELECT count(*) FROM n"
)

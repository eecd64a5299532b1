"""Tables and databases as they were at a moment.

Facts: docs/facts/streams-and-expiry.md, "Backups".
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import ddblite
from backed_up import (
    DAY_S,
    NOW_S,
    items_of,
    numbers_of_backups,
    recoverable,
    refusal,
)
from ddblite import Database, FixedClock, GlobalIndex, Key, Table
from ddblite.errors import (
    InvalidRestoreTimeException,
    PointInTimeRecoveryUnavailableException,
    ResourceNotFoundException,
    TableAlreadyExistsException,
    UnsupportedType,
)


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(NOW_S)


@pytest.fixture
def database(tmp_path: Path, clock: FixedClock) -> Iterator[Database]:
    with ddblite.connect(tmp_path / "a.ddb", clock=clock, durability="none") as opened:
        yield opened
        assert [] == opened.check()
        assert [] == opened.scrub()


@pytest.fixture
def orders(database: Database) -> Table:
    return database.create_table(
        "orders",
        partition_key="id",
        indexes=[GlobalIndex("by_user", partition_key="user")],
    )


def test_a_point_in_time(database: Database, orders: Table, clock: FixedClock) -> None:
    """Each second of the window has its items; outside of it is an error that names it."""
    orders.put({"id": "0", "user": "u"})
    recoverable(database, "orders")
    pictures = {}
    for number in range(1, 6):
        clock.advance(10)
        orders.put({"id": str(number % 3), "user": "u", "n": number})
        if number == 4:
            orders.delete("2")
        pictures[clock.time_s] = items_of(orders)
    for moment, expected in pictures.items():
        for after in (0, 9):
            name = f"at{moment}-{after}"
            past = database.restore_table(name, "orders", at=min(moment + after, clock.time_s))
            assert items_of(past) == expected
            entries = past.query(Key("user").eq("u"), index="by_user").all()
            assert {item["id"] for item in entries} == set(expected)
    assert items_of(database.restore_table("latest", "orders")) == items_of(orders)
    for moment in (NOW_S - 1, clock.time_s + 1):
        with pytest.raises(InvalidRestoreTimeException, match="must be within"):
            database.restore_table("never", "orders", at=moment)
    with pytest.raises(TableAlreadyExistsException):
        database.restore_table("latest", "orders")
    with pytest.raises(PointInTimeRecoveryUnavailableException, match="not enabled for table"):
        database.restore_table("again", "latest")


def test_a_window_moves(database: Database, orders: Table, clock: FixedClock) -> None:
    """Its first day ends, and what was written then is not remembered."""
    recoverable(database, "orders", days=1)
    described = database.call("DescribeContinuousBackups", {"TableName": "orders"})
    recovery = described["ContinuousBackupsDescription"]["PointInTimeRecoveryDescription"]
    assert recovery["EarliestRestorableDateTime"] == NOW_S
    for number in range(200):
        clock.advance(DAY_S // 20)
        orders.put({"id": "1", "n": number})
    database.sweep()
    earliest = clock.time_s - DAY_S
    for moment in (earliest, earliest + 100, clock.time_s):
        past = database.restore_table(f"at{moment}", "orders", at=moment)
        expected = int((moment - NOW_S) // (DAY_S // 20)) - 1
        assert items_of(past)["1"]["n"] == expected
    with pytest.raises(InvalidRestoreTimeException):
        database.restore_table("early", "orders", at=earliest - 1)


def test_off_and_on_again_forgets(database: Database, orders: Table, clock: FixedClock) -> None:
    recoverable(database, "orders")
    clock.advance(100)
    setting = {"PointInTimeRecoveryEnabled": False}
    request = {"TableName": "orders", "PointInTimeRecoverySpecification": setting}
    database.call("UpdateContinuousBackups", request)
    orders.put({"id": "unheard"})
    recoverable(database, "orders")
    with pytest.raises(InvalidRestoreTimeException):
        database.restore_table("early", "orders", at=NOW_S + 50)
    assert list(items_of(database.restore_table("late", "orders", at=NOW_S + 100))) == ["unheard"]


def test_a_deleted_table_leaves_a_backup(
    database: Database, orders: Table, clock: FixedClock
) -> None:
    """If it was recoverable; nobody can remove it, and it goes after 35 days."""
    orders.load([{"id": str(n), "user": "u"} for n in range(10)])
    recoverable(database, "orders")
    orders.delete("3")
    expected = items_of(orders)
    database.delete_table("orders")
    (left,) = database.backups()
    assert (left.name, left.is_system) == ("orders$DeletedTableBackup", True)
    client = database.boto3_client()
    code, text = refusal(client.delete_backup, BackupArn=left.arn)
    assert code == "ValidationException"
    assert text.startswith("Invalid Request: User is not allowed to delete the system backup")
    assert items_of(database.restore_table("orders", left)) == expected
    database.delete_table("orders")
    clock.advance(35 * DAY_S - 1)
    database.sweep()
    assert len(database.backups()) == 1
    clock.advance(1)
    assert [] == database.backups()
    database.sweep()
    assert [] == database.check()
    assert set() == numbers_of_backups(database)


def test_moments_of_a_whole_database(database: Database, orders: Table, clock: FixedClock) -> None:
    """What is not remembered is not there; the database itself stays as it is."""
    plain = database.create_table("plain", partition_key="id")
    plain.put({"id": "1"})
    with pytest.raises(PointInTimeRecoveryUnavailableException, match="nothing is remembered"):
        database.at(NOW_S)
    recoverable(database, "orders")
    orders.put({"id": "1", "n": 1})
    clock.advance(10)
    orders.put({"id": "1", "n": 2})
    later = database.create_table("later", partition_key="id")
    recoverable(database, "later")
    later.put({"id": "1"})
    clock.advance(10)
    with database.at(datetime.fromtimestamp(NOW_S + 5, UTC)) as past:
        assert ["orders"] == past.tables()
        assert past.execute("SELECT n FROM orders WHERE id = '1'").all() == [{"n": 1}]
        with pytest.raises(ResourceNotFoundException):
            past.table("plain")
        assert [] == past.check()
    with database.at(NOW_S + 15) as past:
        assert ["later", "orders"] == past.tables()
        assert past.table("orders").get("1") == {"id": "1", "n": 2}
    with pytest.raises(InvalidRestoreTimeException):
        database.at(NOW_S - 1)
    with pytest.raises(UnsupportedType, match="time zone"):
        database.at(datetime(2023, 11, 14))  # noqa: DTZ001 - that is the point
    assert orders.get("1") == {"id": "1", "n": 2}


STEPS: Final = st.lists(
    st.tuples(
        st.sampled_from(["put", "put", "delete", "transaction"]),
        st.integers(0, 3),
        st.integers(0, 9),
        st.integers(0, 3),
    ),
    min_size=1,
    max_size=60,
)


@settings(max_examples=40, deadline=None)
@given(STEPS)
def test_any_second_of_any_history(steps: list[tuple[str, int, int, int]]) -> None:
    """Two tables, random writes: restored, and as of, equal item for item; nothing half done."""
    clock = FixedClock(NOW_S)
    with ddblite.connect(":memory:", clock=clock) as database:
        tables = [database.create_table(name, partition_key="id") for name in ("one", "two")]
        recoverable(database, "one", "two")
        pictures: dict[float, list[dict[str, Any]]] = {}
        for step, key, value, seconds in steps:
            clock.advance(seconds)
            table = tables[value % 2]
            if step == "put":
                table.put({"id": str(key), "value": value, "text": "x" * (value * 200)})
            elif step == "delete":
                table.delete(str(key))
            else:
                database.transact_write(
                    [ddblite.Put(one, {"id": str(key), "value": value}) for one in tables]
                )
            pictures[clock.time_s] = [items_of(one) for one in tables]
        for number, (moment, expected) in enumerate(pictures.items()):
            with database.at(moment) as past:
                assert expected == [items_of(past.table(name)) for name in ("one", "two")]
            restored = [
                items_of(database.restore_table(f"{name}-{number}", name, at=moment))
                for name in ("one", "two")
            ]
            assert expected == restored
        assert [] == database.check()

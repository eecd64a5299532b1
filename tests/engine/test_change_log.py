"""The change log: what is written to it, in which order, and that nothing else is."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import ddblite
from ddblite import Database, FixedClock
from ddblite.engine.codec import item_of_body
from ddblite.engine.history import entries, trimming
from ddblite.engine.history.entries import ITEM, TABLE_CHANGED, TABLE_MADE, TABLE_REMOVED, Entry
from ddblite.schema.errors import ConditionalCheckFailedException, Corrupt

DAY_S = 24 * 3600
KEY = {
    "KeySchema": [{"AttributeName": "p", "KeyType": "HASH"}],
    "AttributeDefinitions": [{"AttributeName": "p", "AttributeType": "S"}],
    "BillingMode": "PAY_PER_REQUEST",
}
STREAM = {"StreamSpecification": {"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"}}


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock()


@pytest.fixture
def database(tmp_path: Path, clock: FixedClock) -> Iterator[Database]:
    with ddblite.connect(tmp_path / "a.ddb", clock=clock, durability="none") as opened:
        opened.call("CreateTable", {"TableName": "logged", **KEY, **STREAM})
        opened.call("CreateTable", {"TableName": "plain", **KEY})
        yield opened
        assert [] == opened.check()


def logged(database: Database) -> list[Entry]:
    """Returns all entries."""
    return list(entries.all_entries(database.engine.storage))


def changes(database: Database) -> list[Entry]:
    """Returns the entries of items."""
    return [entry for entry in logged(database) if entry.kind == ITEM]


def test_a_table_that_nobody_asks_about_has_no_entries(database: Database) -> None:
    database.table("plain").put({"p": "1"})
    database.table("plain").delete("1")
    database.delete_table("plain")
    assert [TABLE_MADE] == [entry.kind for entry in logged(database)]


def test_what_changes_nothing_is_no_change(database: Database) -> None:
    """Not an equal put, whatever the order of its members, nor a removal of what is not there."""
    table = database.table("logged")
    table.put({"p": "1", "m": {"a": 1, "b": 2}, "s": {"x", "y"}})
    table.put({"m": {"b": 2, "a": 1}, "s": {"y", "x"}, "p": "1"})
    table.update("1", "REMOVE nothing")
    table.update("1", "SET m.a = :n", values={":n": 1})
    table.update("missing", "REMOVE nothing")
    table.delete("missing")
    assert len(changes(database)) == 1


def test_a_refused_write_leaves_no_entry(database: Database) -> None:
    table = database.table("logged")
    table.put({"p": "1"})
    before = logged(database)
    with pytest.raises(ConditionalCheckFailedException):
        table.put({"p": "1", "n": 2}, condition="attribute_not_exists(p)")
    with pytest.raises(ddblite.DdbError):
        database.transact_write(
            [
                ddblite.Put(table, {"p": "2"}),
                ddblite.Check(table, "3", condition="attribute_exists(p)"),
            ]
        )
    assert before == logged(database)


def test_an_entry_has_the_bodies_of_the_rows(database: Database) -> None:
    """Before and after, for each kind of change."""
    table = database.table("logged")
    table.put({"p": "1", "n": 1})
    table.update("1", "SET n = n + :one", values={":one": 1})
    table.delete("1")
    first, second, third = changes(database)
    assert first.old_body is None
    assert first.new_body == second.old_body
    assert second.new_body == third.old_body
    assert third.new_body is None
    assert first.key == second.key == third.key


def test_what_is_written_together_has_one_transaction(
    database: Database, clock: FixedClock
) -> None:
    """A transaction, and a batch; of single writes each has its own."""
    table = database.table("logged")
    table.put({"p": "0"})
    clock.advance(1)
    database.transact_write([ddblite.Put(table, {"p": "1"}), ddblite.Put(table, {"p": "2"})])
    clock.advance(1)
    with table.batch() as batch:
        for number in range(3, 6):
            batch.put({"p": str(number)})
    found = changes(database)
    assert [entry.sequence for entry in found] == sorted(entry.sequence for entry in found)
    groups = [entry.transaction for entry in found]
    assert len(set(groups[1:3])) == 1
    assert len(set(groups[3:])) == 1
    assert len(set(groups)) == 3
    assert groups[1] == found[1].sequence


def test_tables_are_entries_too(database: Database) -> None:
    """With their definitions, before and after."""
    database.call(
        "UpdateTable", {"TableName": "logged", "StreamSpecification": {"StreamEnabled": False}}
    )
    database.call("UpdateTable", {"TableName": "logged", **STREAM})
    database.delete_table("logged")
    made, off, on, removed = logged(database)
    kinds = [made.kind, off.kind, on.kind, removed.kind]
    assert kinds == [TABLE_MADE, TABLE_CHANGED, TABLE_CHANGED, TABLE_REMOVED]
    assert made.old_body is None
    assert made.new_body == off.old_body
    assert removed.new_body is None


def test_time_in_the_log_never_goes_back(database: Database, clock: FixedClock) -> None:
    """A clock that is set back stands still for the log."""
    table = database.table("logged")
    table.put({"p": "1"})
    clock.advance(-1000)
    table.put({"p": "2"})
    clock.advance(2000)
    table.put({"p": "3"})
    times = [entry.written_at_s for entry in logged(database)]
    assert times == sorted(times)


def test_sequences_go_on_after_entries_are_gone(
    tmp_path: Path, database: Database, clock: FixedClock
) -> None:
    """The newest stays for that. Also over a restart, and in a copy."""
    table = database.table("logged")
    table.put({"p": "1"})
    newest = logged(database)[-1].sequence
    clock.advance(2 * DAY_S)
    sweep(database, clock)
    assert [newest] == [entry.sequence for entry in logged(database)]
    database.backup(tmp_path / "b.ddb")
    for opened in (database, ddblite.connect(tmp_path / "b.ddb", clock=clock)):
        opened.table("logged").put({"p": "2"})
        assert [newest, newest + 1] == [entry.sequence for entry in logged(opened)]
    opened.close()


def sweep(database: Database, clock: FixedClock) -> int:
    """Removes what is too old."""
    engine = database.engine
    with engine.write() as transaction:
        tables = transaction.catalog.tables
        return trimming.sweep(engine.storage, tables, clock.now_s(), 10_000)


def test_a_table_that_is_written_to_does_not_remember_for_ever(
    database: Database, clock: FixedClock
) -> None:
    """Each entry removes two of the old ones at most, on average."""
    table = database.table("logged")
    for number in range(1000):
        clock.advance(DAY_S / 100)
        table.put({"p": "1", "n": number})
    kept = logged(database)
    assert kept[0].written_at_s > clock.now_s() - 3 * DAY_S
    assert len(kept) >= 100


def test_copies_have_the_log(tmp_path: Path, database: Database) -> None:
    """In memory and in files, encrypted and not."""
    database.table("logged").put({"p": "1"})
    expected = logged(database)
    with database.copy() as copy:
        assert expected == logged(copy)
        copy.backup(tmp_path / "c.ddb")
    database.backup(tmp_path / "b.ddb")
    with ddblite.connect(tmp_path / "b.ddb") as backup:
        backup.rekey("secret")
        assert expected == logged(backup)
    with ddblite.connect(tmp_path / "c.ddb") as backup:
        assert expected == logged(backup)


@pytest.mark.parametrize("column", ["old_body", "new_body", "key", "written_at", "table_number"])
def test_a_damaged_entry_is_found(database: Database, column: str) -> None:
    """By whoever reads it, and by ``check``."""
    table = database.table("logged")
    table.put({"p": "1", "n": 1})
    table.put({"p": "1", "n": 2})
    storage = database.engine.storage
    newest = logged(database)[-1]
    is_number = column in {"written_at", "table_number"}
    changed = f"{column} + 1" if is_number else f"CAST({column} || 'x' AS BLOB)"
    with database.engine.write():
        storage.execute(
            f"UPDATE ddb_log SET {column} = {changed} WHERE sequence = ?",  # noqa: S608
            (newest.sequence,),
        )
    with pytest.raises(Corrupt):
        logged(database)
    assert [f"entry {newest.sequence} of the change log is damaged"] == database.check()
    with database.engine.write():
        storage.execute("DELETE FROM ddb_log WHERE sequence = ?", (newest.sequence,))


@pytest.mark.parametrize("count", [0, 1, 2, 7, 100])
def test_a_moment_is_found_among_entries(database: Database, clock: FixedClock, count: int) -> None:
    """Also where numbers are missing, and beyond both ends."""
    table = database.table("logged")
    for number in range(count):
        clock.advance(10)
        table.put({"p": str(number)})
    storage = database.engine.storage
    with database.engine.write():
        storage.execute("DELETE FROM ddb_log WHERE sequence % 3 = 1 AND sequence > 1")
    kept = logged(database)
    moments = {one.written_at_s + delta for one in kept for delta in (-1, 0, 1)}
    for moment in moments | {0.0, clock.now_s() + 100}:
        later = [one.sequence for one in kept if one.written_at_s >= moment]
        assert entries.first_since(storage, moment) == (
            later[0] if later else kept[-1].sequence + 1 if kept else 1
        )


def test_every_way_of_writing_is_logged(database: Database) -> None:
    """Python, statements, transactions of both kinds, batches and bulk loads."""
    table = database.table("logged")
    table.put({"p": "put"})
    table.update("update", "SET n = :n", values={":n": 1})
    database.execute("INSERT INTO logged VALUE {'p': 'insert'}")
    database.execute("UPDATE logged SET n = 2 WHERE p = 'insert'")
    database.execute("DELETE FROM logged WHERE p = 'insert'")
    database.transact_write([ddblite.Put(table, {"p": "transaction"})])
    database.call(
        "ExecuteTransaction",
        {"TransactStatements": [{"Statement": "INSERT INTO logged VALUE {'p': 'statements'}"}]},
    )
    database.call(
        "BatchWriteItem",
        {"RequestItems": {"logged": [{"PutRequest": {"Item": {"p": {"S": "batch"}}}}]}},
    )
    database.call(
        "BatchExecuteStatement",
        {"Statements": [{"Statement": "INSERT INTO logged VALUE {'p': 'statement'}"}]},
    )
    table.load([{"p": "load"}, {"p": "put", "again": 1}])
    keys = [item_of(entry)["p"] for entry in changes(database)]
    assert keys == [
        "put", "update", "insert", "insert", "insert", "transaction", "statements", "batch",
        "statement", *sorted(["load", "put"], key=keys[9:].index),
    ]  # fmt: skip


def item_of(entry: Entry) -> dict[str, Any]:
    """Returns the item that an entry is about."""
    body = entry.old_body if entry.new_body is None else entry.new_body
    assert body is not None
    return item_of_body(body)


def test_the_log_and_the_items_agree(database: Database) -> None:
    """The newest entry of each key is the item as it stands."""
    table = database.table("logged")
    for number in range(50):
        table.put({"p": str(number % 7), "n": number})
        if number % 5 == 0:
            table.delete(str(number % 7))
    newest: dict[bytes | None, bytes | None] = {}
    for entry in changes(database):
        newest[entry.key] = entry.new_body
    kept = [body for body in newest.values() if body is not None]
    found = {item["p"]: item for item in map(item_of_body, kept)}
    assert found == {item["p"]: item for item in table.scan()}

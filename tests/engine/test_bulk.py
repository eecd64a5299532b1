"""Bulk loads: what they leave is what puts leave, and they write in the order of the keys."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import ddblite
from ddblite.engine import bulk, filling, sorting
from ddblite.engine.bulk import BulkWriter
from ddblite.engine.file.storage import Storage
from ddblite.schema.errors import ResourceNotFoundException, ValidationException
from ddblite.schema.values import Item, Value, equal
from shapes import SHAPES, Shape, creation, make_table

ONE_INDEX = (Shape(None, ("p",), ("s",)), Shape("global_all", ("g",), ("gs",)))


def keyed_items() -> st.SearchStrategy[Item]:
    """Items of few keys, some of which have entries in some indexes."""
    return st.fixed_dictionaries(
        {"p": st.sampled_from("abc"), "s": st.integers(0, 5)},
        optional={
            "l1": st.sampled_from("xy"),
            "g": st.sampled_from("uvw"),
            "gs": st.integers(0, 3),
            "b1": st.sampled_from([b"1", b"2"]),
            "h1": st.just("h"),
            "h2": st.just(1),
            "r1": st.sampled_from("rq"),
            "r2": st.integers(0, 2),
            "plays": st.integers(0, 9) | st.text(max_size=30),
        },
    )


def load(table: ddblite.Table, items: Sequence[Item]) -> list[int]:
    """Loads items in groups of three; returns how many were in each transaction."""
    with BulkWriter(table.engine, table.name) as writer:
        for at in range(0, len(items), 3):
            writer.add(list(items[at : at + 3]))
        return list(writer.write())


def contents(table: ddblite.Table) -> list[Value]:
    """Returns what scans of a table and its indexes give."""
    return [list(table.scan(index=shape.index)) for shape in SHAPES]


def counted(database: ddblite.Database, name: str) -> list[Any]:
    """Returns the sizes that a table and its indexes are described with."""
    described = database.call("DescribeTable", {"TableName": name})["Table"]
    indexes = described["LocalSecondaryIndexes"] + described["GlobalSecondaryIndexes"]
    return [described["ItemCount"], described["TableSizeBytes"]] + [
        (one["IndexName"], one["ItemCount"], one["IndexSizeBytes"]) for one in indexes
    ]


@settings(max_examples=20)
@given(st.lists(keyed_items(), max_size=6), st.lists(keyed_items(), max_size=25))
def test_a_load_leaves_what_puts_leave(before: list[Item], items: list[Item]) -> None:
    """Items, entries and counters: with items that were there, and keys that come again."""
    with pytest.MonkeyPatch.context() as patch, ddblite.connect(":memory:") as database:
        patch.setattr(sorting, "RUN_BYTES_MAX", 1500)
        patch.setattr(bulk, "INDEXED_GROUP_ITEMS_MAX", 4)
        loaded, put = (make_table(database, name, SHAPES) for name in ("loaded", "put"))
        for item in before:
            loaded.put(item)
            put.put(item)
        groups = load(loaded, items)
        for item in items:
            put.put(item)
        assert equal(contents(put), contents(loaded))
        assert counted(database, "put") == counted(database, "loaded")
        assert [] == database.check()
        assert len({(item["p"], item["s"]) for item in items}) == sum(groups)
        assert all(size == 4 for size in groups[:-1])


def recorded_inserts(monkeypatch: pytest.MonkeyPatch) -> dict[str, list[bytes]]:
    """Returns where the keys of the rows that are inserted from now on are noted, by table kind."""
    keys: dict[str, list[bytes]] = {"items": [], "index": []}
    execute: Callable[..., None] = Storage.execute

    def noting(storage: Storage, sql: str, parameters: Sequence[Any] = ()) -> None:
        for kind, noted in keys.items():
            if sql.startswith(f"INSERT INTO {kind}_"):
                noted.append(parameters[0])
        execute(storage, sql, parameters)

    monkeypatch.setattr(Storage, "execute", noting)
    return keys


MANY: list[Item] = [
    {"p": f"p{number * 7919 % 300}", "s": number, "g": f"g{number * 101 % 300}", "gs": number}
    for number in range(300)
]


def test_rows_and_entries_are_written_in_order(
    database: ddblite.Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rows of the whole load; entries of each transaction, as they are committed with the rows."""
    monkeypatch.setattr(sorting, "RUN_BYTES_MAX", 10_000)
    monkeypatch.setattr(filling, "WINDOW_ROWS", 1)
    monkeypatch.setattr(bulk, "INDEXED_GROUP_ITEMS_MAX", 100)
    table = make_table(database, "things", ONE_INDEX)
    keys = recorded_inserts(monkeypatch)
    assert [100, 100, 100] == load(table, MANY)
    assert 300 == len(keys["items"]) == len(keys["index"])
    assert sorted(keys["items"]) == keys["items"]
    groups = [keys["index"][at : at + 100] for at in (0, 100, 200)]
    assert [sorted(group) for group in groups] == groups


def test_a_new_index_is_filled_in_its_own_order(
    database: ddblite.Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With more entries than are held in memory."""
    monkeypatch.setattr(sorting, "RUN_BYTES_MAX", 10_000)
    monkeypatch.setattr(filling, "WINDOW_ROWS", 1)
    load(make_table(database, "things", ONE_INDEX[:1]), MANY)
    keys = recorded_inserts(monkeypatch)
    database.call("UpdateTable", {"TableName": "things", **creation("global_all", ("g",), ("gs",))})
    assert 300 == len(keys["index"])
    assert sorted(keys["index"]) == keys["index"]


def test_large_items_make_small_transactions(
    database: ddblite.Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another writer does not wait for long, and the log stays small."""
    monkeypatch.setattr(bulk, "GROUP_BYTES_MAX", 1000)
    table = database.create_table("things", partition_key="id")
    assert [2, 2, 1] == load(table, [{"id": str(n), "t": "x" * 600} for n in range(5)])


def test_others_get_their_turn(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A long load pauses between its transactions, and what waits elsewhere is written then."""
    monkeypatch.setattr(bulk, "WRITING_S_MAX", 0.0)
    monkeypatch.setattr(bulk, "GROUP_ITEMS_MAX", 2)
    path = tmp_path / "a.ddb"
    with ddblite.connect(path) as database, ddblite.connect(path) as other:
        table = database.create_table("things", partition_key="id")
        lengths: list[float] = []

        def write_meanwhile(seconds: float) -> None:
            lengths.append(seconds)
            other.table("things").put({"id": f"other {len(lengths)}"})

        monkeypatch.setattr("time.sleep", write_meanwhile)
        assert [2, 2, 1] == load(table, [{"id": str(number)} for number in range(5)])
        assert 8 == len(table.scan().all())
    assert [bulk.PAUSE_S] * 3 == lengths
    assert bulk.PAUSE_S > 0.1, "SQLite looks again ten times a second"


def test_a_group_with_a_bad_item_is_not_taken(database: ddblite.Database) -> None:
    """The groups before it are."""
    table = make_table(database, "things", ONE_INDEX)
    with BulkWriter(table.engine, "things") as writer:
        writer.add([{"p": "a", "s": 1}])
        with pytest.raises(ValidationException, match="Type mismatch for Index Key g"):
            writer.add([{"p": "b", "s": 1}, {"p": "c", "s": 1, "g": 5}])
        assert 1 == writer.count
        assert [1] == list(writer.write())
    assert [{"p": "a", "s": 1}] == table.scan().all()


def test_nothing_is_written_before_it_is_asked_for(tmp_path: Path) -> None:
    """Nor when it is never asked for."""
    with ddblite.connect(tmp_path / "a.ddb") as database:
        table = database.create_table("things", partition_key="id")
        with BulkWriter(database.engine, "things") as writer:
            writer.add([{"id": "a"}])
            assert [] == table.scan().all()
        assert [] == table.scan().all()


def test_a_table_of_the_same_name_is_another(database: ddblite.Database) -> None:
    """Its key may be another one."""
    database.create_table("things", partition_key="id")
    with BulkWriter(database.engine, "things") as writer:
        writer.add([{"id": "a"}])
        database.delete_table("things")
        table = database.create_table("things", partition_key="other")
        with pytest.raises(ResourceNotFoundException):
            list(writer.write())
        with pytest.raises(ResourceNotFoundException):
            writer.add([{"id": "a"}])
    assert [] == table.scan().all()


@pytest.mark.parametrize(("g", "entries"), [("x", 1), (5, None)])
def test_an_index_that_was_made_meanwhile(
    database: ddblite.Database, g: Value, entries: int | None
) -> None:
    """Gets its entry; and an item that can have none is refused as a put of it would be."""
    table = make_table(database, "things", ONE_INDEX[:1])
    with BulkWriter(database.engine, "things") as writer:
        writer.add([{"p": "a", "s": 1, "g": g, "gs": 1}])
        members = creation("global_all", ("g",), ("gs",))
        database.call("UpdateTable", {"TableName": "things", **members})
        if entries is None:
            with pytest.raises(ValidationException, match="Type mismatch for Index Key g"):
                list(writer.write())
        else:
            list(writer.write())
    assert (entries or 0) == len(table.scan(index="global_all").all()) == len(table.scan().all())


@pytest.mark.parametrize("key", [None, bytes(32)])
def test_what_waits_is_hidden_like_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, key: bytes | None
) -> None:
    """An encrypted database leaves nothing legible on the disk while it sorts."""
    monkeypatch.setattr(sorting, "RUN_BYTES_MAX", 1000)
    with ddblite.connect(tmp_path / "a.ddb", key=key) as database:
        table = database.create_table("things", partition_key="id")
        with BulkWriter(database.engine, "things") as writer:
            writer.add([{"id": f"a secret {number}"} for number in range(20)])
            assert writer.sorter.file is not None
            writer.sorter.file.seek(0)
            assert (key is None) is (b"a secret" in writer.sorter.file.read())
            assert [20] == list(writer.write())
        assert 20 == len(table.scan().all())

"""UpdateTable: what an index finds when it comes late, and what a change shows on its way.

The texts that need a table are in ``test_update_table_faults``.
"""

import signal
from pathlib import Path
from typing import Any, Final

import pytest

import ddblite
from children import Talker, start
from ddblite import Key
from ddblite.engine.transaction import FILL_ITEMS
from ddblite.schema.errors import ValidationException
from ddblite.schema.values import Item
from shapes import KINDS, SHAPES, creation, definition, make_table, projected

GLOBALS: Final = tuple(shape for shape in SHAPES if (shape.index or "").startswith("global"))

ITEMS: Final[list[Item]] = [
    {"p": "a", "s": 1, "g": "x", "gs": 3, "plays": 7},
    {"p": "a", "s": 2, "g": "x", "gs": 3, "b1": b"\0", "l1": "z"},
    {"p": "b", "s": 1, "h1": "m", "h2": 5, "r1": "n", "r2": 6, "big": "y" * 3000},
    {"p": "b", "s": 2, "h1": "m", "h2": 5, "r1": "n"},
    {"p": "c", "s": 1, "g": 5, "gs": "wrong", "b1": "wrong", "h2": "wrong"},
    {"p": "c", "s": 2, "g": "", "b1": b"", "h1": "", "h2": 5},
    {"p": "c", "s": 3, "g": "w" * 2049, "gs": 1, "h1": "w" * 2049, "h2": 1, "r1": "", "r2": 2},
    {"p": "d", "s": 1, "g": None, "b1": [1], "l1": {"a": 1}},
]


def plain_table(database: ddblite.Database, name: str = "late") -> ddblite.Table:
    """Makes a table with the key of the shapes and no index."""
    database.call("CreateTable", definition(name, SHAPES[:1]))
    return database.table(name)


def update(database: ddblite.Database, **members: Any) -> dict[str, Any]:  # noqa: ANN401
    """Changes the table and returns the description that is answered."""
    request = {"TableName": "late", **members}
    found: dict[str, Any] = database.call("UpdateTable", request)["TableDescription"]
    return found


def add_by_g(database: ddblite.Database) -> dict[str, Any]:
    """Adds the index on g and gs."""
    return update(database, **creation("global_all", ("g",), ("gs",)))


def describe(database: ddblite.Database) -> dict[str, Any]:
    """Returns the description of the table."""
    found: dict[str, Any] = database.call("DescribeTable", {"TableName": "late"})["Table"]
    return found


@pytest.mark.parametrize("shape", GLOBALS, ids=str)
def test_late_index_is_like_an_early_one(database: ddblite.Database, shape: Any) -> None:  # noqa: ANN401
    """Entries, projection, order, counters: an early index refuses what a late one leaves out."""
    early = make_table(database, "early", (SHAPES[0], shape))
    late = plain_table(database)
    for item in ITEMS:
        late.put(item)
        try:
            early.put(item)
        except ValidationException:
            assert not is_indexed(shape.key_names, item)
    update(database, **creation(shape.index, shape.partition, shape.sort))
    found = late.scan(index=shape.index).all()
    assert early.scan(index=shape.index).all() == found
    expected = [projected(shape, item) for item in ITEMS if is_indexed(shape.key_names, item)]
    assert sorted(map(repr, expected)) == sorted(map(repr, found))
    sizes = [
        database.call("DescribeTable", {"TableName": name})["Table"]["GlobalSecondaryIndexes"][0]
        for name in ("early", "late")
    ]
    assert sizes[0]["ItemCount"] == sizes[1]["ItemCount"] == len(found)
    assert sizes[0]["IndexSizeBytes"] == sizes[1]["IndexSizeBytes"]


TYPES: Final = {"S": str, "N": int, "B": bytes}


def is_indexed(names: tuple[str, ...], item: Item) -> bool:
    """Whether every key attribute is there, of its type, not empty and not too long."""
    return all(
        type(item.get(name)) is TYPES[KINDS[name]] and item[name] not in ("", b"", "w" * 2049)
        for name in names
    )


def test_more_items_than_are_filled_at_once(database: ddblite.Database) -> None:
    """The filling goes on behind the last key of each group."""
    late = plain_table(database)
    with late.batch() as batch:
        for number in range(1100):
            batch.put({"p": f"p{number % 7}", "s": number, "g": f"g{number % 3}", "gs": number})
    add_by_g(database)
    assert 1100 == describe(database)["GlobalSecondaryIndexes"][0]["ItemCount"]
    found = late.query(Key("g").eq("g1"), index="global_all").all()
    assert [number for number in range(1100) if number % 3 == 1] == [one["gs"] for one in found]


def test_what_the_table_knows_keeps_its_type(database: ddblite.Database) -> None:
    """A new index defines its own keys; what else the request defines is passed over."""
    plain_table(database)
    members = creation("global_all", ("g",), ("gs",))
    other = "S" if KINDS["p"] == "N" else "N"
    members["AttributeDefinitions"] += [
        {"AttributeName": "p", "AttributeType": other},
        {"AttributeName": "surplus", "AttributeType": "B"},
    ]
    update(database, **members)
    kinds = {
        one["AttributeName"]: one["AttributeType"]
        for one in describe(database)["AttributeDefinitions"]
    }
    assert {name: KINDS[name] for name in ("g", "gs", "p", "s")} == kinds


def test_later_writes_reach_the_index(database: ddblite.Database) -> None:
    late = plain_table(database)
    for item in ITEMS:
        late.put(item)
    add_by_g(database)
    late.update(("a", 1), "SET gs = :n", values={":n": 9})
    late.delete("a", 2)
    late.put({"p": "e", "s": 1, "g": "x", "gs": 4})
    found = late.query(Key("g").eq("x"), index="global_all").all()
    assert [4, 9] == [item["gs"] for item in found]


def test_items_that_were_left_out(database: ddblite.Database) -> None:
    """They may change elsewhere; a write of the key attribute must make it right."""
    late = plain_table(database)
    for item in ITEMS:
        late.put(item)
    add_by_g(database)
    late.update(("c", 1), "SET plays = :n", values={":n": 1})
    assert [] == [item for item in late.scan(index="global_all") if item["p"] == "c"]
    with pytest.raises(ValidationException, match="Type mismatch for Index Key g"):
        late.update(("c", 1), "SET g = :n", values={":n": 6})
    with pytest.raises(ValidationException, match="Type mismatch for Index Key g"):
        late.put(late.get("c", 1) or {})
    late.update(("c", 1), "SET g = :g, gs = :n", values={":g": "x", ":n": 1})
    assert 3 == len(late.query(Key("g").eq("x"), index="global_all").all())
    late.delete("c", 2)
    late.delete("c", 3)


def test_index_comes_in_creating_and_is_active_at_once(database: ddblite.Database) -> None:
    plain_table(database)
    answered = add_by_g(database)
    assert "UPDATING" == answered["TableStatus"]
    (index,) = answered["GlobalSecondaryIndexes"]
    assert ("CREATING", False, 0) == (
        index["IndexStatus"],
        index["Backfilling"],
        index["ItemCount"],
    )
    found = describe(database)
    assert "ACTIVE" == found["TableStatus"]
    (index,) = found["GlobalSecondaryIndexes"]
    assert "ACTIVE" == index["IndexStatus"]
    assert "Backfilling" not in index


def test_index_goes_in_deleting_and_is_gone_at_once(database: ddblite.Database) -> None:
    """With it go the definitions that no key uses any more."""
    plain_table(database)
    add_by_g(database)
    update(database, **creation("global_multi_hash", ("h1", "h2"), ()))
    gone = {"Delete": {"IndexName": "global_all"}}
    answered = update(database, GlobalSecondaryIndexUpdates=[gone])
    statuses = {one["IndexName"]: one["IndexStatus"] for one in answered["GlobalSecondaryIndexes"]}
    assert {"global_all": "DELETING", "global_multi_hash": "ACTIVE"} == statuses
    found = describe(database)
    assert ["h1", "h2", "p", "s"] == [one["AttributeName"] for one in found["AttributeDefinitions"]]
    with pytest.raises(ValidationException, match="does not have the specified index: global_all"):
        database.table("late").query(Key("g").eq("x"), index="global_all").all()
    gone = {"Delete": {"IndexName": "global_multi_hash"}}
    update(database, GlobalSecondaryIndexUpdates=[gone])
    assert "GlobalSecondaryIndexes" not in describe(database)


def test_name_of_an_index_that_went_can_come_again(database: ddblite.Database) -> None:
    late = plain_table(database)
    late.put(ITEMS[0])
    for _ in range(3):
        add_by_g(database)
        assert 1 == len(late.scan(index="global_all").all())
        gone = {"Delete": {"IndexName": "global_all"}}
        update(database, GlobalSecondaryIndexUpdates=[gone])


def test_surplus_definitions_are_dropped(database: ddblite.Database) -> None:
    """One whose type differs from nothing that is known, and no key uses."""
    plain_table(database)
    members = creation("global_all", ("g",), ("gs",))
    members["AttributeDefinitions"].append({"AttributeName": "other", "AttributeType": "S"})
    found = update(database, **members)
    assert "other" not in {one["AttributeName"] for one in found["AttributeDefinitions"]}


def test_definitions_without_a_new_index_are_not_looked_at(database: ddblite.Database) -> None:
    plain_table(database)
    wrong = [{"AttributeName": "p", "AttributeType": "N"}]
    update(database, TableClass="STANDARD", AttributeDefinitions=wrong)
    late = database.table("late")
    late.put({"p": "a", "s": 1})


def test_another_process_sees_the_index(tmp_path: Path) -> None:
    path = tmp_path / "shared.ddb"
    with ddblite.connect(path) as database, Talker(path) as other:
        plain_table(database).put(ITEMS[0])
        assert "1" == other.ask("len(database.table('late').scan().all())")
        add_by_g(database)
        assert "1" == other.ask("len(database.table('late').scan(index='global_all').all())")
        other.ask("database.table('late').put({'p': 'z', 's': 1, 'g': 'x', 'gs': 1})")
        assert 2 == len(database.table("late").scan(index="global_all").all())
        update(database, GlobalSecondaryIndexUpdates=[{"Delete": {"IndexName": "global_all"}}])
        answer = other.ask("len(database.table('late').scan(index='global_all').all())")
        assert answer.startswith("ValidationException: The table does not have the specified index")
        assert "None" == other.ask("database.table('late').put({'p': 'y', 's': 1, 'g': 'x'})")


FILLING: Final = """
import sys
import ddblite
from ddblite.engine import transaction
database = ddblite.connect(sys.argv[1])
insert, last = transaction.insert_packed, int(sys.argv[2])
steps = 0
def insert_and_tell(*arguments):
    global steps
    steps += 1
    if steps > last:
        print("filling", flush=True)
        sys.stdin.read()
    return insert(*arguments)
transaction.insert_packed = insert_and_tell
database.call("UpdateTable", {
    "TableName": "late",
    "AttributeDefinitions": [{"AttributeName": "g", "AttributeType": "S"}],
    "GlobalSecondaryIndexUpdates": [{"Create": {
        "IndexName": "global_all",
        "KeySchema": [{"AttributeName": "g", "KeyType": "HASH"}],
        "Projection": {"ProjectionType": "ALL"},
    }}],
})
print("filled", flush=True)
sys.stdin.read()
"""
"""Makes an index, and waits behind so many of its entries, or at the end, to be killed."""

ITEMS_TO_FILL: Final = 3 * FILL_ITEMS + 1


@pytest.mark.parametrize(
    ("steps", "last_words"), [(0, "filling"), (1, "filling"), (1500, "filling"), (9999, "filled")]
)
def test_killed_while_filling(tmp_path: Path, steps: int, last_words: str) -> None:
    """The table has the whole index, or none; the next one to ask can make it."""
    path = tmp_path / "killed.ddb"
    with (
        ddblite.connect(path, durability="none") as database,
        plain_table(database).batch() as batch,
    ):
        for number in range(ITEMS_TO_FILL):
            batch.put({"p": "p", "s": number, "g": f"g{number % 5}"})
    child = start(FILLING, path, steps)
    assert child.stdout is not None
    assert f"{last_words}\n" == child.stdout.readline()
    child.send_signal(signal.SIGKILL)
    child.communicate()
    with ddblite.connect(path) as database:
        assert [] == database.check()
        indexes = describe(database).get("GlobalSecondaryIndexes")
        assert (last_words == "filled") == (indexes is not None)
        if indexes is None:
            update(database, **creation("global_all", ("g",), ()))
            indexes = describe(database)["GlobalSecondaryIndexes"]
        assert ITEMS_TO_FILL == indexes[0]["ItemCount"]

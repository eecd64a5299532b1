"""What requests consume: section 1 of the capacity facts, as a table."""

from typing import Any

import pytest

import ddblite
from ddblite.schema.sizes import item_size
from ddblite.schema.values import Item, StringSet, Value
from shapes import Shape, make_table
from wires import wire

KEY: Item = {"p": "a", "s": 1}


def sized(size: int, **attributes: Value) -> Item:
    """Returns an item of exactly this size."""
    item: Item = {**KEY, **attributes, "x": ""}
    return {**item, "x": "x" * (size - item_size(item))}


@pytest.fixture
def plain(database: ddblite.Database) -> ddblite.Table:
    """A table without indexes."""
    return database.create_table("plain", partition_key="p", sort_key=("s", "N"))


def consumed(database: ddblite.Database, operation: str, request: dict[str, Any]) -> Any:  # noqa: ANN401
    """Returns the units of a request, as TOTAL; INDEXES adds up to the same."""
    wanted = request.get("ReturnConsumedCapacity", "TOTAL")
    answer = database.call(operation, {**request, "ReturnConsumedCapacity": wanted})
    return answer["ConsumedCapacity"]


# --- Reads


@pytest.mark.parametrize(
    ("size", "strong"),
    [(0, 1), (10, 1), (4095, 1), (4096, 1), (4097, 2), (8192, 2), (8193, 3), (400 * 1024, 100)],
)
@pytest.mark.parametrize("consistent", [True, False], ids=["strong", "eventual"])
def test_a_read_costs_a_unit_per_4_kilobytes(
    database: ddblite.Database,
    plain: ddblite.Table,
    size: int,
    strong: int,
    consistent: bool,  # noqa: FBT001 - a parameter of the test
) -> None:
    """Half of it when eventually consistent; nothing found costs as much as something small."""
    if size:
        plain.put(sized(size))
    expected = {"TableName": "plain", "CapacityUnits": strong if consistent else strong / 2}
    common: dict[str, Any] = {"TableName": "plain", "ConsistentRead": consistent}
    assert expected == consumed(database, "GetItem", {**common, "Key": wire(KEY)})
    projected = {**common, "Key": wire(KEY), "ProjectionExpression": "p"}
    assert expected == consumed(database, "GetItem", projected)
    assert expected == consumed(database, "Scan", common)
    query = {
        **common,
        "KeyConditionExpression": "p = :p",
        "ExpressionAttributeValues": wire({":p": "a"}),
    }
    assert expected == consumed(database, "Query", query)
    assert expected == consumed(database, "Query", {**query, "Select": "COUNT"})
    filtered = {**query, "FilterExpression": "attribute_exists(y)"}
    assert expected == consumed(database, "Query", filtered)
    batch = {"RequestItems": {"plain": {"Keys": [wire(KEY)], "ConsistentRead": consistent}}}
    assert [expected] == consumed(database, "BatchGetItem", batch)


def test_a_page_is_rounded_once_and_a_batch_per_item(
    database: ddblite.Database, plain: ddblite.Table
) -> None:
    """Three items of 1500 bytes: 4500 bytes are two units; one by one they are three."""
    for s in range(3):
        plain.put({**sized(1500), "s": s, "x": "x" * 1490})
    assert 1.0 == consumed(database, "Scan", {"TableName": "plain"})["CapacityUnits"]
    batch = {"RequestItems": {"plain": {"Keys": [wire({"p": "a", "s": s}) for s in range(4)]}}}
    assert [{"TableName": "plain", "CapacityUnits": 2.0}] == consumed(
        database, "BatchGetItem", batch
    )


# --- Writes of a table


@pytest.mark.parametrize(
    ("before", "after", "units"),
    [
        (0, 10, 1),
        (0, 1024, 1),
        (0, 1025, 2),
        (3000, 10, 3),
        (10, 3000, 3),
        (2048, 2049, 3),
        (400 * 1024, 400 * 1024, 400),
    ],
)
def test_a_write_costs_a_unit_per_kilobyte_of_the_larger_item(
    database: ddblite.Database, plain: ddblite.Table, before: int, after: int, units: int
) -> None:
    expected = {"TableName": "plain", "CapacityUnits": float(units)}
    item = sized(after)
    update = {
        "TableName": "plain",
        "Key": wire(KEY),
        "UpdateExpression": "SET x = :x",
        "ExpressionAttributeValues": wire({":x": item["x"]}),
    }
    put = {"RequestItems": {"plain": [{"PutRequest": {"Item": wire(item)}}]}}
    for operation, request, wrapped in (
        ("PutItem", {"TableName": "plain", "Item": wire(item)}, expected),
        ("UpdateItem", update, expected),
        ("BatchWriteItem", put, [expected]),
    ):
        plain.delete(KEY)
        if before:
            plain.put(sized(before))
        assert wrapped == consumed(database, operation, request)
        assert item == plain.get(KEY)


@pytest.mark.parametrize(("size", "units"), [(0, 1), (10, 1), (1025, 2)])
def test_a_delete_costs_what_was_there(
    database: ddblite.Database, plain: ddblite.Table, size: int, units: int
) -> None:
    """A missing item costs one unit."""
    request: dict[str, Any] = {"TableName": "plain", "Key": wire(KEY)}
    batch = {"RequestItems": {"plain": [{"DeleteRequest": {"Key": wire(KEY)}}]}}
    for operation, asked in (("DeleteItem", request), ("BatchWriteItem", batch)):
        if size:
            plain.put(sized(size))
        found = consumed(database, operation, asked)
        assert units == (found[0] if isinstance(found, list) else found)["CapacityUnits"]


# --- Index writes: one global index with KEYS_ONLY-like projections and one with everything

SHAPES = (
    Shape(None, ("p",), ("s",)),
    Shape("local_all", ("p",), ("l1",)),
    Shape("global_inverted", ("s",), ("p",)),
    Shape("global_all", ("g",), ("gs",)),
)

TAGS = StringSet(["a", "b"])


@pytest.mark.parametrize(
    ("before", "after", "units"),
    [
        (None, KEY, {"global_inverted": 1}),
        (KEY, KEY, {}),
        (None, sized(2000, g="x", gs=1), {"global_inverted": 1, "global_all": 2}),
        (sized(2000, g="x", gs=1), sized(2000, g="x", gs=1), {}),
        (sized(2000, g="x", gs=1), sized(3000, g="x", gs=1), {"global_all": 3}),
        (sized(3000, g="x", gs=1), sized(2000, g="x", gs=1), {"global_all": 3}),
        (sized(2000, g="x", gs=1), sized(3000, g="x", gs=2), {"global_all": 5}),
        (sized(2000, g="x", gs=1), sized(3000, g="x"), {"global_all": 2}),
        (sized(3000), sized(2000, g="x", gs=1), {"global_inverted": 1, "global_all": 2}),
        ({**KEY, "plays": 1}, {**KEY, "plays": 1, "x": "y"}, {}),
        ({**KEY, "plays": 1}, {**KEY, "plays": 2}, {"global_inverted": 1}),
        (sized(2000, l1="x"), sized(2000, l1="y"), {"local_all": 4}),
        (sized(2000, l1="x"), None, {"local_all": 2, "global_inverted": 1}),
        (None, None, {}),
        (
            {**KEY, "g": "x", "gs": 1, "tags": ["a"], "set": TAGS},
            {"set": StringSet(["b", "a"]), "tags": ["a"], "gs": 1, "g": "x", **KEY},
            {},
        ),
    ],
)
def test_an_index_costs_what_its_entry_does(
    database: ddblite.Database, before: Item | None, after: Item | None, units: dict[str, int]
) -> None:
    """The whole table of index write charges; an index that does not change has no arm."""
    table = make_table(database, "shapes", SHAPES)
    if before is not None:
        table.put(before)
    common = {"TableName": "shapes", "ReturnConsumedCapacity": "INDEXES"}
    found = (
        consumed(database, "DeleteItem", {**common, "Key": wire(KEY)})
        if after is None
        else consumed(database, "PutItem", {**common, "Item": wire(after)})
    )
    size = max(item_size(item) if item else 0 for item in (before, after))
    own = max(1, -(-size // 1024))
    expected: dict[str, Any] = {
        "TableName": "shapes",
        "CapacityUnits": own + sum(units.values()),
        "Table": {"CapacityUnits": own},
    }
    for member, letter in (("LocalSecondaryIndexes", "l"), ("GlobalSecondaryIndexes", "g")):
        arms = {name: {"CapacityUnits": cost} for name, cost in units.items() if name[0] == letter}
        if arms:
            expected[member] = arms
    assert expected == found


# --- Index reads


def test_an_index_read_costs_its_entries(database: ddblite.Database) -> None:
    """Not the table's items; a local one also what it fetches, item by item."""
    table = make_table(database)
    for s in range(3):
        table.put({**sized(5000, g="x", b1=b"y", l1="z"), "s": s})
    common: dict[str, Any] = {"TableName": "shapes", "ReturnConsumedCapacity": "INDEXES"}

    def scan(index: str, **more: object) -> object:
        return consumed(database, "Scan", {**common, "IndexName": index, **more})

    assert scan("global_hash") == {
        "TableName": "shapes",
        "CapacityUnits": 0.5,
        "Table": {"CapacityUnits": 0},
        "GlobalSecondaryIndexes": {"global_hash": {"CapacityUnits": 0.5}},
    }
    assert scan("local_all", ConsistentRead=True) == {
        "TableName": "shapes",
        "CapacityUnits": 4.0,
        "Table": {"CapacityUnits": 0},
        "LocalSecondaryIndexes": {"local_all": {"CapacityUnits": 4.0}},
    }
    assert scan("local_keys", Select="ALL_ATTRIBUTES") == {
        "TableName": "shapes",
        "CapacityUnits": 3.5,
        "Table": {"CapacityUnits": 3.0},
        "LocalSecondaryIndexes": {"local_keys": {"CapacityUnits": 0.5}},
    }


# --- Shapes of the answer


@pytest.mark.parametrize("asked", [None, "NONE"])
def test_capacity_is_given_only_when_asked(
    database: ddblite.Database, plain: ddblite.Table, asked: str | None
) -> None:
    request = {"TableName": plain.name, "Key": wire(KEY)}
    if asked:
        request["ReturnConsumedCapacity"] = asked
    for operation in ("GetItem", "DeleteItem", "UpdateItem"):
        assert "ConsumedCapacity" not in database.call(operation, request)


def test_indexes_of_a_plain_table_are_left_out(
    database: ddblite.Database, plain: ddblite.Table
) -> None:
    request = {"TableName": plain.name, "Key": wire(KEY), "ReturnConsumedCapacity": "INDEXES"}
    assert consumed(database, "GetItem", request) == {
        "TableName": "plain",
        "CapacityUnits": 0.5,
        "Table": {"CapacityUnits": 0.5},
    }


def test_a_batch_has_an_arm_per_table(database: ddblite.Database, plain: ddblite.Table) -> None:
    database.create_table("other", partition_key="p")
    puts = [{"PutRequest": {"Item": wire({**KEY, "s": s})}} for s in range(3)]
    request = {
        "RequestItems": {"plain": puts, "other": [{"PutRequest": {"Item": wire({"p": "a"})}}]}
    }
    assert sorted(
        consumed(database, "BatchWriteItem", request), key=lambda one: str(one["TableName"])
    ) == [
        {"TableName": "other", "CapacityUnits": 1.0},
        {"TableName": "plain", "CapacityUnits": 3.0},
    ]
    assert plain.get(KEY) == KEY


def test_item_collections_are_those_of_local_indexes(database: ddblite.Database) -> None:
    """The partition that was written, with its size in gigabytes from and to."""
    make_table(database)
    answer = database.call(
        "PutItem",
        {"TableName": "shapes", "Item": wire(KEY), "ReturnItemCollectionMetrics": "SIZE"},
    )
    assert answer == {
        "ItemCollectionMetrics": {
            "ItemCollectionKey": wire({"p": "a"}),
            "SizeEstimateRangeGB": [0.0, 1.0],
        }
    }


def test_the_python_api_adds_up_pages(plain: ddblite.Table) -> None:
    for s in range(4):
        plain.put({"p": "a", "s": s, "x": "x" * 5000})
    result = plain.scan(page_limit=1)
    assert result.pages_read == 0
    result.all()
    assert result.consumed is not None
    assert result.consumed.total == 4 * 1.0 + 0.5
    assert result.scanned_count == 4

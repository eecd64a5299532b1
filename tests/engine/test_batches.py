"""BatchGetItem and BatchWriteItem: many at once, all or none."""

from typing import Any

import pytest

import ddblite
from ddblite.schema.values import Item, Value
from wires import refusal, wire

INVALID = "ValidationException: One or more parameter values were invalid: "
NOT_VALID = "ValidationException: One or more parameter values are not valid. "
ENVELOPE = "ValidationException: 1 validation error detected: "
MISMATCH = "ValidationException: The provided key element does not match the schema"


@pytest.fixture
def music(database: ddblite.Database) -> ddblite.Table:
    """A table with a sort key."""
    return database.create_table("music", partition_key="p", sort_key=("s", "N"))


KEY: Item = {"p": "a", "s": 1}
TAGS: list[Value] = ["x", "y"]
INFO: Item = {"year": 1965, "tags": TAGS}
ITEM: Item = {**KEY, "plays": 5, "info": INFO}


def test_batches_write_and_read_many(database: ddblite.Database, music: ddblite.Table) -> None:
    films = database.create_table("films", partition_key="title")
    films.put({"title": "gone"})
    answer = database.call(
        "BatchWriteItem",
        {
            "RequestItems": {
                "music": [{"PutRequest": {"Item": wire({"p": "a", "s": s})}} for s in range(3)],
                "films": [
                    {"DeleteRequest": {"Key": wire({"title": "gone"})}},
                    {"DeleteRequest": {"Key": wire({"title": "never there"})}},
                    {"PutRequest": {"Item": wire({"title": "M"})}},
                ],
            }
        },
    )
    assert answer["UnprocessedItems"] == {}
    answer = database.call(
        "BatchGetItem",
        {
            "RequestItems": {
                "music": {"Keys": [wire({"p": "a", "s": s}) for s in (2, 0, 7)]},
                "films": {
                    "Keys": [wire({"title": "gone"})],
                    "ConsistentRead": True,
                },
            }
        },
    )
    assert answer == {
        "Responses": {"music": [wire({"p": "a", "s": 2}), wire({"p": "a", "s": 0})], "films": []},
        "UnprocessedKeys": {},
    }
    assert [{"title": "M"}] == films.scan().all()
    assert 3 == len(music.scan().all())


@pytest.mark.parametrize("same", ["1", "1.0", "1e0", "+1"])
def test_a_batch_has_no_key_twice(
    database: ddblite.Database, music: ddblite.Table, same: str
) -> None:
    """However the number was written; nothing is written or read."""
    duplicates = "ValidationException: Provided list of item keys contains duplicates"
    other = {"p": {"S": "a"}, "s": {"N": same}}
    writes: list[dict[str, Any]] = [
        {"PutRequest": {"Item": wire(KEY)}},
        {"DeleteRequest": {"Key": other}},
    ]
    request: dict[str, Any] = {"RequestItems": {"music": writes}}
    assert duplicates == refusal(database, "BatchWriteItem", request)
    if same == "1":
        request = {"RequestItems": {"music": {"Keys": [wire(KEY), other]}}}
        assert duplicates == refusal(database, "BatchGetItem", request)
    assert music.scan().all() == []


def test_a_batch_with_one_bad_item_writes_none(
    database: ddblite.Database, music: ddblite.Table
) -> None:
    writes = [{"PutRequest": {"Item": wire({"p": "a", "s": s})}} for s in (1, 2, "three")]
    assert MISMATCH == refusal(database, "BatchWriteItem", {"RequestItems": {"music": writes}})
    assert music.scan().all() == []


@pytest.mark.usefixtures("music")
def test_batches_have_their_limits(database: ddblite.Database) -> None:
    """25 writes and 100 reads, in all tables together."""
    database.create_table("films", partition_key="p", sort_key=("s", "N"))
    keys = [wire({"p": "a", "s": s}) for s in range(101)]

    def writes(count: int) -> list[dict[str, Any]]:
        return [{"PutRequest": {"Item": key}} for key in keys[:count]]

    database.call("BatchWriteItem", {"RequestItems": {"music": writes(25)}})
    database.call("BatchWriteItem", {"RequestItems": {"music": writes(12), "films": writes(13)}})
    database.call("BatchGetItem", {"RequestItems": {"music": {"Keys": keys[:100]}}})
    assert "Too many items requested for the BatchWriteItem call" in refusal(
        database, "BatchWriteItem", {"RequestItems": {"music": writes(13), "films": writes(13)}}
    )
    assert "Too many items requested for the BatchGetItem call" in refusal(
        database,
        "BatchGetItem",
        {"RequestItems": {"music": {"Keys": keys[:51]}, "films": {"Keys": keys[:50]}}},
    )
    assert "length less than or equal to 100" in refusal(
        database, "BatchGetItem", {"RequestItems": {"music": {"Keys": keys}}}
    )
    assert "25" in refusal(database, "BatchWriteItem", {"RequestItems": {"music": writes(26)}})


def test_a_batch_reads_16_megabytes(database: ddblite.Database, music: ddblite.Table) -> None:
    """The rest comes back as keys, with the settings of the request."""
    for s in range(45):
        item: Item = {"p": "a", "s": s, "x": "x" * 390_000}
        music.put(item)
    wanted: dict[str, Any] = {
        "Keys": [wire({"p": "a", "s": s}) for s in range(45)],
        "ProjectionExpression": "#s",
        "ExpressionAttributeNames": {"#s": "s"},
        "ConsistentRead": True,
    }
    found: list[Any] = []
    rounds = 0
    while wanted:
        answer = database.call("BatchGetItem", {"RequestItems": {"music": wanted}})
        found += answer["Responses"]["music"]
        rounds += 1
        left = answer["UnprocessedKeys"].get("music")
        if left:
            assert {**wanted, "Keys": left["Keys"]} == left
        wanted = left
    assert [wire({"s": s}) for s in range(45)] == found
    assert rounds == 2

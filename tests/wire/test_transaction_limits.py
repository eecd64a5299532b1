"""Empty keys and sizes of transactions: the request's own faults, not cancellation reasons."""

from collections.abc import Iterator
from typing import Any

import pytest

import ddblite
from ddblite import GlobalIndex
from ddblite.schema.errors import TransactionCanceledException, ValidationException

KEY_EMPTY = (
    "One or more parameter values are not valid. The AttributeValue for a key attribute cannot"
    " contain an empty string value. Key: pk"
)
RESTART_INVALID = (
    "The provided exclusive start key is invalid: ExclusiveStartKey: {pk=AttributeValue: {S:x}}"
)
BIG = "x" * 400_000
MANY = 11


@pytest.fixture
def database() -> Iterator[ddblite.Database]:
    with ddblite.connect(":memory:") as made:
        made.create_table("things", partition_key="pk", indexes=[GlobalIndex("by_group", "group")])
        yield made


def write(database: ddblite.Database, *actions: dict[str, Any]) -> None:
    database.call("TransactWriteItems", {"TransactItems": list(actions)})


@pytest.mark.parametrize(
    "action",
    [
        {"Put": {"TableName": "things", "Item": {"pk": {"S": ""}}}},
        {"Delete": {"TableName": "things", "Key": {"pk": {"S": ""}}}},
        {
            "Update": {
                "TableName": "things",
                "Key": {"pk": {"S": ""}},
                "UpdateExpression": "SET a=b",
            }
        },
        {
            "ConditionCheck": {
                "TableName": "things",
                "Key": {"pk": {"S": ""}},
                "ConditionExpression": "attribute_exists(pk)",
            }
        },
    ],
    ids=["put", "delete", "update", "check"],
)
def test_an_empty_key_is_no_reason(database: ddblite.Database, action: dict[str, Any]) -> None:
    """validation, section 8, step 2."""
    with pytest.raises(ValidationException) as caught:
        write(database, action)
    assert KEY_EMPTY == caught.value.message


def test_an_empty_index_key_is_no_reason(database: ddblite.Database) -> None:
    item = {"pk": {"S": "a"}, "group": {"S": ""}}
    with pytest.raises(ValidationException, match="IndexName: by_group, IndexKey: group"):
        write(database, {"Put": {"TableName": "things", "Item": item}})
    update = {
        "TableName": "things",
        "Key": {"pk": {"S": "a"}},
        "UpdateExpression": "SET #g = :g",
        "ExpressionAttributeNames": {"#g": "group"},
        "ExpressionAttributeValues": {":g": {"S": ""}},
    }
    with pytest.raises(ValidationException, match="attempted to update a secondary index key"):
        write(database, {"Update": update})


def test_a_key_of_the_wrong_type_stays_a_reason(database: ddblite.Database) -> None:
    with pytest.raises(TransactionCanceledException, match="ValidationError"):
        write(database, {"Delete": {"TableName": "things", "Key": {"pk": {"N": "1"}}}})


def test_updates_count_towards_four_megabytes(database: ddblite.Database) -> None:
    """By what the items come to; so do the items that a transaction reads."""
    updates = [
        {
            "Update": {
                "TableName": "things",
                "Key": {"pk": {"S": f"key {number}"}},
                "UpdateExpression": "SET x = :x",
                "ExpressionAttributeValues": {":x": {"S": BIG}},
            }
        }
        for number in range(MANY)
    ]
    with pytest.raises(ValidationException, match="size cannot exceed"):
        write(database, *updates)
    write(database, *updates[:-1])
    write(database, updates[-1])
    gets = [{"Get": {"TableName": "things", "Key": one["Update"]["Key"]}} for one in updates]
    with pytest.raises(ValidationException, match="size cannot exceed"):
        database.call("TransactGetItems", {"TransactItems": gets})
    found = database.call("TransactGetItems", {"TransactItems": gets[:-1]})
    assert MANY - 1 == len(found["Responses"])


@pytest.mark.parametrize(
    ("sort", "start", "message"),
    [
        (
            "s",
            {"pk": {"S": "a"}, "s": {"S": "other"}},
            "The query can return at most one row and cannot be restarted",
        ),
        (
            None,
            {"pk": {"S": "x"}},
            RESTART_INVALID,
        ),
    ],
    ids=["both", "hash"],
)
def test_a_query_for_one_item_cannot_begin_behind_another(
    database: ddblite.Database, sort: str | None, start: dict[str, Any], message: str
) -> None:
    """Its own key is allowed, and gives an empty page."""
    database.create_table("keyed", partition_key="pk", sort_key=sort)
    key = {"pk": {"S": "a"}, **({"s": {"S": "b"}} if sort else {})}
    request = {
        "TableName": "keyed",
        "KeyConditionExpression": " AND ".join(f"{name} = :{name}" for name in key),
        "ExpressionAttributeValues": {f":{name}": value for name, value in key.items()},
    }
    with pytest.raises(ValidationException) as caught:
        database.call("Query", {**request, "ExclusiveStartKey": start})
    assert message == caught.value.message
    assert 0 == database.call("Query", {**request, "ExclusiveStartKey": key})["Count"]

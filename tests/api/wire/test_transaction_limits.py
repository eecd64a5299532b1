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
    # Nor is it hidden by a condition that fails, or by a key that cannot be.
    failing = {"ConditionExpression": "attribute_exists(pk)"}
    wrong = {"Delete": {"TableName": "things", "Key": {"pk": {"N": "1"}}}}
    with pytest.raises(ValidationException, match="attempted to update a secondary index key"):
        write(database, wrong, {"Update": update | failing})


def test_a_key_of_the_wrong_type_stays_a_reason(database: ddblite.Database) -> None:
    with pytest.raises(TransactionCanceledException, match="ValidationError"):
        write(database, {"Delete": {"TableName": "things", "Key": {"pk": {"N": "1"}}}})


def test_transact_bytes_max(database: ddblite.Database) -> None:
    """Of what the request brings along, and of the items that a transaction reads."""
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
    size = sum(len(f"pkkey {number}:x{BIG}") for number in range(MANY))
    text = f"Transaction payload size cannot exceed 4MB. Payload Size: {size}"
    with pytest.raises(ValidationException, match=f"^{text}$"):
        write(database, *updates)
    write(database, *updates[:-1])
    write(database, updates[-1])
    gets = [{"Get": {"TableName": "things", "Key": one["Update"]["Key"]}} for one in updates]
    with pytest.raises(ValidationException, match="size cannot exceed"):
        database.call("TransactGetItems", {"TransactItems": gets})
    found = database.call("TransactGetItems", {"TransactItems": gets[:-1]})
    assert MANY - 1 == len(found["Responses"])
    # What is stored already weighs nothing: not in an update, a check or a deletion.
    small = {"UpdateExpression": "SET n = :n", "ExpressionAttributeValues": {":n": {"N": "1"}}}
    write(database, *({"Update": {**one["Update"], **small}} for one in updates))
    there = {"ConditionExpression": "attribute_exists(n)"}
    keys = [{"TableName": "things", "Key": one["Update"]["Key"]} for one in updates]
    write(database, *({"ConditionCheck": {**key, **there}} for key in keys))
    write(database, *({"Delete": key} for key in keys))
    assert [] == database.table("things").scan().all()


def test_a_payload_is_weighed_to_the_byte(database: ddblite.Database) -> None:
    """Items, keys and the values of expressions."""
    room = 4 * 1024 * 1024 - 10 * len(f"pkkey 0x{BIG}") - len("pklast:x")
    puts = [
        {"Put": {"TableName": "things", "Item": {"pk": {"S": f"key {number}"}, "x": {"S": BIG}}}}
        for number in range(10)
    ]
    last = {
        "TableName": "things",
        "Key": {"pk": {"S": "last"}},
        "UpdateExpression": "SET x = :x",
    }
    for size, fits in ((room, True), (room + 1, False)):
        values = {"ExpressionAttributeValues": {":x": {"S": "x" * size}}}
        if fits:
            write(database, *puts, {"Update": last | values})
        else:
            with pytest.raises(ValidationException, match=r"Payload Size: 4194305$"):
                write(database, *puts, {"Update": last | values})


@pytest.mark.parametrize("other", ["nowhere", "things"], ids=["missing table", "duplicate"])
def test_a_large_put_is_told_first(database: ddblite.Database, other: str) -> None:
    """It needs no table to be seen: it comes before a missing one, and before a duplicate."""
    large = {"TableName": "things", "Item": {"pk": {"S": "a"}, "x": {"S": "x" * 409_600}}}
    with pytest.raises(ValidationException) as caught:
        write(database, {"Delete": {"TableName": other, "Key": {"pk": {"S": "a"}}}}, {"Put": large})
    assert "Item size has exceeded the maximum allowed size" == caught.value.message

"""A table that is asked for by its ARN is answered under its ARN, whatever the operation."""

from collections.abc import Iterator
from typing import Any, Final

import pytest

import ddblite
from table_definitions import table, with_local
from wire_requests import ARN, Json, Wire

LOCAL_ARN: Final = "arn:aws:dynamodb:eu-west-1:123456789012:table/local"
KEY: Final = {"id": {"S": "1"}}
LOCAL_ITEM: Final = {"a": {"S": "1"}, "b": {"S": "1"}, "c": {"S": "1"}}
CAPACITY: Final = {"ReturnConsumedCapacity": "TOTAL"}
KEY_CONDITION: Final = {
    "KeyConditionExpression": "id = :id",
    "ExpressionAttributeValues": {":id": {"S": "1"}},
}
CHECK: Final = {"ConditionExpression": "attribute_not_exists(x)"}


@pytest.fixture
def database() -> Iterator[ddblite.Database]:
    """A database with the two tables that are asked for."""
    with ddblite.connect(":memory:") as opened:
        opened.call("CreateTable", table("id", keys=("id:HASH",), TableName="books"))
        opened.call("CreateTable", with_local("a:HASH", "c:RANGE") | {"TableName": "local"})
        yield opened


@pytest.mark.parametrize(
    ("operation", "members"),
    [
        ("GetItem", {"Key": KEY}),
        ("PutItem", {"Item": KEY}),
        ("UpdateItem", {"Key": KEY}),
        ("DeleteItem", {"Key": KEY}),
        ("Query", KEY_CONDITION),
        ("Scan", {}),
    ],
)
def test_capacity_of_one_table(database: ddblite.Database, operation: str, members: Wire) -> None:
    answer = database.call(operation, {"TableName": ARN, **members, **CAPACITY})
    assert ARN == answer["ConsumedCapacity"]["TableName"]


def named(answer: dict[str, Any]) -> list[str]:
    return [each["TableName"] for each in answer["ConsumedCapacity"]]


def test_batch_get(database: ddblite.Database) -> None:
    database.call("PutItem", {"TableName": "books", "Item": KEY})
    missing = {"a": {"S": "1"}, "b": {"S": "1"}}
    wanted = {ARN: {"Keys": [KEY]}, "local": {"Keys": [missing]}}
    answer = database.call("BatchGetItem", {"RequestItems": wanted, **CAPACITY})
    assert {ARN: [KEY], "local": []} == answer["Responses"]
    assert [ARN, "local"] == named(answer)


def test_unprocessed_keys(database: ddblite.Database) -> None:
    """They can be sent again as they are, until nothing is left."""
    keys = [{"id": {"S": str(number)}} for number in range(45)]
    for key in keys:
        item = key | {"filling": {"S": "x" * 390_000}}
        database.call("PutItem", {"TableName": "books", "Item": item})
    wanted: Json = {ARN: {"Keys": keys, "ProjectionExpression": "id"}}
    answers = []
    while wanted:
        answers.append(database.call("BatchGetItem", {"RequestItems": wanted}))
        wanted = answers[-1]["UnprocessedKeys"]
    assert [[ARN], []] == [list(answer["UnprocessedKeys"]) for answer in answers]
    assert keys == [key for answer in answers for key in answer["Responses"][ARN]]


def test_batch_write(database: ddblite.Database) -> None:
    writes = {
        ARN: [{"PutRequest": {"Item": KEY}}],
        LOCAL_ARN: [{"PutRequest": {"Item": LOCAL_ITEM}}],
    }
    asked = CAPACITY | {"ReturnItemCollectionMetrics": "SIZE"}
    answer = database.call("BatchWriteItem", {"RequestItems": writes, **asked})
    assert [ARN, LOCAL_ARN] == named(answer)
    assert [LOCAL_ARN] == list(answer["ItemCollectionMetrics"])


def test_transactions(database: ddblite.Database) -> None:
    """Also when only a condition is checked on a table."""
    actions = [
        {"ConditionCheck": {"TableName": ARN, "Key": KEY, **CHECK}},
        {"Put": {"TableName": LOCAL_ARN, "Item": LOCAL_ITEM}},
    ]
    asked = CAPACITY | {"ReturnItemCollectionMetrics": "SIZE"}
    answer = database.call("TransactWriteItems", {"TransactItems": actions, **asked})
    assert {ARN, LOCAL_ARN} == set(named(answer))
    assert [LOCAL_ARN] == list(answer["ItemCollectionMetrics"])
    gets = [{"Get": {"TableName": ARN, "Key": KEY}}]
    assert [ARN] == named(database.call("TransactGetItems", {"TransactItems": gets, **CAPACITY}))


def test_statements(database: ddblite.Database) -> None:
    select = {"Statement": f"SELECT * FROM \"{ARN}\" WHERE id = '1'"}  # noqa: S608 - PartiQL
    answer = database.call("ExecuteStatement", select | CAPACITY)
    assert ARN == answer["ConsumedCapacity"]["TableName"]
    of_batch = {"Statements": [{"Statement": "SELECT"}, select]}
    assert [ARN] == named(database.call("BatchExecuteStatement", of_batch | CAPACITY))
    of_transaction = {"TransactStatements": [select]}
    assert [ARN] == named(database.call("ExecuteTransaction", of_transaction | CAPACITY))


def test_members_that_an_operation_does_not_have_name_no_table(database: ddblite.Database) -> None:
    """What is not of the operation is absent, however much it looks like a table."""
    strange = {"TableName": 5, "RequestItems": 5, "TransactItems": 5}
    select = strange | CAPACITY | {"Statement": "SELECT * FROM books"}
    assert "books" == database.call("ExecuteStatement", select)["ConsumedCapacity"]["TableName"]
    gets = strange | CAPACITY | {"TransactItems": [{"Get": {"TableName": "books", "Key": KEY}}]}
    assert ["books"] == named(database.call("TransactGetItems", gets))


def test_members_that_an_entry_does_not_have_name_no_table(database: ddblite.Database) -> None:
    """An entry of a transaction is what it is by its own members, also once it is written."""
    strange = {"Foo": 5, "Get": {"TableName": "a"}, "Update": None}
    writes = [{"Put": {"TableName": ARN, "Item": KEY}, **strange}]
    assert [ARN] == named(
        database.call("TransactWriteItems", {"TransactItems": writes, **CAPACITY})
    )
    gets = [{"Get": {"TableName": ARN, "Key": KEY}, "Foo": 5, "Put": {}}]
    assert [ARN] == named(database.call("TransactGetItems", {"TransactItems": gets, **CAPACITY}))
    assert database.call("TransactWriteItems", {"TransactItems": writes}) == {}

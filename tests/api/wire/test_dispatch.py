"""From wire to wire, through a real engine in memory."""

from collections.abc import Iterator

import pytest

from ddblite.api.wire.dispatch import dispatch, refuse
from ddblite.api.wire.operations import OPERATIONS
from ddblite.engine.engine import Engine
from ddblite.schema.errors import (
    InternalServerError,
    ResourceNotFoundException,
    SerializationException,
    UnknownOperationException,
    ValidationException,
)
from wire_requests import GOOD, QUERY, TABLE, Json, Wire

ITEM = {"id": {"S": "1"}, "n": {"N": "1.50"}, "b": {"B": "AP8="}}
KEY = {"id": {"S": "1"}}


@pytest.fixture
def engine() -> Iterator[Engine]:
    """An engine with the table of the shared requests, whole at the end."""
    made = Engine.open(":memory:")
    dispatch(made, "CreateTable", TABLE)
    yield made
    assert [] == made.check()
    made.close()


@pytest.fixture
def call(engine: Engine) -> Json:
    """Calls an operation on the books."""
    return lambda name, **wire: dispatch(engine, name, {"TableName": "books", **wire})


def test_item_comes_back_in_canonical_form(call: Json) -> None:
    assert {} == call("PutItem", Item=ITEM)
    assert {"Item": ITEM | {"n": {"N": "1.5"}}} == call("GetItem", Key=KEY)
    assert {} == call("GetItem", Key={"id": {"S": "2"}})


def test_arn_stands_for_the_table(engine: Engine) -> None:
    arn = "arn:aws:dynamodb:eu-west-1:123456789012:table/books"
    dispatch(engine, "PutItem", {"TableName": arn, "Item": ITEM})
    batch = {"RequestItems": {arn: {"Keys": [KEY]}}}
    answer = dispatch(engine, "BatchGetItem", batch)
    assert {arn: [ITEM | {"n": {"N": "1.5"}}]} == answer["Responses"]
    assert 1 == dispatch(engine, "Scan", {"TableName": arn})["Count"]


def test_expressions_and_legacy_parameters_do_the_same(call: Json) -> None:
    call("PutItem", Item=ITEM)
    call(
        "UpdateItem",
        Key=KEY,
        UpdateExpression="ADD n :one",
        ConditionExpression="n > :one",
        ExpressionAttributeValues={":one": {"N": "1"}},
    )
    answer = call(
        "UpdateItem",
        Key=KEY,
        AttributeUpdates={"n": {"Action": "ADD", "Value": {"N": "1"}}},
        Expected={"n": {"ComparisonOperator": "GT", "AttributeValueList": [{"N": "1"}]}},
        ReturnValues="UPDATED_NEW",
    )
    assert {"Attributes": {"n": {"N": "3.5"}}} == answer


@pytest.mark.parametrize(
    "wire",
    [
        QUERY | {"ProjectionExpression": "n"},
        {
            "KeyConditions": {
                "id": {"ComparisonOperator": "EQ", "AttributeValueList": [{"S": "1"}]}
            },
            "QueryFilter": {"n": {"ComparisonOperator": "NOT_NULL"}},
            "AttributesToGet": ["n"],
        },
    ],
)
def test_query_in_both_styles(call: Json, wire: Wire) -> None:
    call("PutItem", Item=ITEM)
    answer = call("Query", **{name: value for name, value in wire.items() if name != "TableName"})
    assert {"Items": [{"n": {"N": "1.5"}}], "Count": 1, "ScannedCount": 1} == answer


def test_batches(engine: Engine) -> None:
    writes = [{"PutRequest": {"Item": ITEM}}, {"DeleteRequest": {"Key": {"id": {"S": "2"}}}}]
    answer = dispatch(
        engine,
        "BatchWriteItem",
        {"RequestItems": {"books": writes}, "ReturnConsumedCapacity": "TOTAL"},
    )
    assert {
        "UnprocessedItems": {},
        "ConsumedCapacity": [{"TableName": "books", "CapacityUnits": 2.0}],
    } == answer


def test_table_life(engine: Engine) -> None:
    created = dispatch(engine, "CreateTable", TABLE | {"TableName": "films", "Tags": None})
    assert "CREATING" == created["TableDescription"]["TableStatus"]
    assert {"TableNames": ["books", "films"]} == dispatch(engine, "ListTables", {})
    named = {"TableName": "films"}
    assert "ACTIVE" == dispatch(engine, "DescribeTable", named)["Table"]["TableStatus"]
    deleted = dispatch(engine, "DeleteTable", named)
    assert "DELETING" == deleted["TableDescription"]["TableStatus"]
    with pytest.raises(ResourceNotFoundException):
        dispatch(engine, "DescribeTable", named)


def test_capacity_of_a_table_is_a_whole_number(engine: Engine) -> None:
    """A JSON number with a fraction is cut off where an integer belongs."""
    units = {"ReadCapacityUnits": 5.9, "WriteCapacityUnits": 1}
    wire = TABLE | {"TableName": "films", "BillingMode": None, "ProvisionedThroughput": units}
    made = dispatch(engine, "CreateTable", wire)["TableDescription"]
    assert 5 == made["ProvisionedThroughput"]["ReadCapacityUnits"]


def test_order_of_syntax_and_table(call: Json, engine: Engine) -> None:
    """A syntax error on a missing table is the syntax error."""
    wire = {"TableName": "missing", "FilterExpression": "a ="}
    with pytest.raises(ValidationException, match="Invalid FilterExpression: Syntax error"):
        dispatch(engine, "Scan", wire)
    with pytest.raises(ResourceNotFoundException):
        dispatch(engine, "GetItem", {"TableName": "missing", "Key": {"id": {"N": "1"}}})
    with pytest.raises(ValidationException, match="does not match the schema"):
        call("GetItem", Key={"id": {"N": "1"}})


@pytest.mark.parametrize("name", ["Bogus", "", None, 5, ["PutItem"]])
def test_unknown_operation(engine: Engine, name: Json) -> None:
    with pytest.raises(UnknownOperationException):
        dispatch(engine, name, {})


@pytest.mark.parametrize("wire", [None, [], "a", 5])
def test_request_is_a_structure(engine: Engine, wire: Json) -> None:
    with pytest.raises(SerializationException):
        dispatch(engine, "PutItem", wire)


def test_good_request_has_no_explanation() -> None:
    """If the quick walk ever refused one, that would be our fault and not the caller's."""
    with pytest.raises(InternalServerError, match="nothing was found wrong"):
        refuse(OPERATIONS["ListTables"], {}, "current")


def test_every_operation_has_members_and_a_good_request() -> None:
    """Adding an operation is adding a row to each of these tables."""
    assert set(OPERATIONS) == set(GOOD)

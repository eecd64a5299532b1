"""Responses against the service's model: no member that it does not have, none of another type."""

from collections.abc import Iterator
from typing import Any, Final

import pytest

import ddblite
from ddblite.api.wire.operations import STREAMS
from table_definitions import PROVISIONED, index, table, with_global
from wire_requests import GOOD, NEVER_FOUND, TABLE, Wire

TYPES: Final[dict[str, tuple[type, ...]]] = {
    "string": (str,),
    "integer": (int,),
    "long": (int,),
    "double": (float, int),
    "float": (float, int),
    "boolean": (bool,),
    "timestamp": (float, int),
    "blob": (str, bytes),
    "structure": (dict,),
    "map": (dict,),
    "list": (list,),
}


def strangers(shape: Any, value: Any, path: str) -> Iterator[str]:  # noqa: ANN401 - botocore's
    """Yields where a response is not of its shape."""
    kind = shape.type_name
    if type(value) not in TYPES[kind]:
        yield f"{path} is {value!r}"
    elif kind == "structure":
        for name, content in value.items():
            if name not in shape.members:
                yield f"{path}.{name} is not in the model"
            else:
                yield from strangers(shape.members[name], content, f"{path}.{name}")
    elif kind == "map":
        for name, content in value.items():
            yield from strangers(shape.value, content, f"{path}.{name}")
    elif kind == "list":
        for content in value:
            yield from strangers(shape.member, content, f"{path}[]")


def check(operation: str, response: Wire) -> None:
    """Fails when a response is not of the shape of its operation."""
    session = pytest.importorskip("botocore.session").get_session()
    service = "dynamodbstreams" if operation in STREAMS else "dynamodb"
    shape = session.get_service_model(service).operation_model(operation).output_shape
    if shape is None:
        assert {} == response
    else:
        assert [] == list(strangers(shape, response, operation))


@pytest.fixture
def database() -> Iterator[ddblite.Database]:
    """A database with the table of the shared requests."""
    with ddblite.connect(":memory:") as opened:
        opened.call("CreateTable", TABLE)
        yield opened


@pytest.mark.parametrize("operation", sorted(GOOD.keys() - NEVER_FOUND))
def test_responses_are_of_their_shape(database: ddblite.Database, operation: str) -> None:
    request = {**GOOD[operation]}
    if operation == "CreateTable":
        request["TableName"] = "films"
    check(operation, database.call(operation, request))


FULL: Final = with_global("b:HASH", ProvisionedThroughput=PROVISIONED["ProvisionedThroughput"]) | {
    **PROVISIONED,
    "TableName": "films",
    "StreamSpecification": {"StreamEnabled": True, "StreamViewType": "KEYS_ONLY"},
    "SSESpecification": {"Enabled": True},
    "TableClass": "STANDARD_INFREQUENT_ACCESS",
    "WarmThroughput": {"ReadUnitsPerSecond": 5},
}
LESS: Final = {"ReadCapacityUnits": 2, "WriteCapacityUnits": 2}
CHANGES: Final[list[Wire]] = [
    {"ProvisionedThroughput": LESS},
    {"BillingMode": "PAY_PER_REQUEST"},
    {"OnDemandThroughput": {"MaxReadRequestUnits": 5}},
    {
        "AttributeDefinitions": table("c")["AttributeDefinitions"],
        "GlobalSecondaryIndexUpdates": [{"Create": index("c:HASH", name="new")}],
    },
    {"GlobalSecondaryIndexUpdates": [{"Delete": {"IndexName": "index"}}]},
    {"StreamSpecification": {"StreamEnabled": False}},
]


def test_descriptions_are_of_their_shape(database: ddblite.Database) -> None:
    """Of a table with everything, through every change."""
    named = {"TableName": "films"}
    check("CreateTable", database.call("CreateTable", FULL))
    for change in CHANGES:
        check("UpdateTable", database.call("UpdateTable", named | change))
        check("DescribeTable", database.call("DescribeTable", named))
    check("DeleteTable", database.call("DeleteTable", named))


def test_what_streams_answer_is_of_its_shape(database: ddblite.Database) -> None:
    """With an old and a new image."""
    made = database.call("CreateTable", FULL)["TableDescription"]
    for number in "12":
        item = {"a": {"S": "1"}, "b": {"S": "2"}, "n": {"N": number}}
        database.call("PutItem", {"TableName": "films", "Item": item})
    check("ListStreams", database.call("ListStreams", {"Limit": 1}))
    place = {"StreamArn": made["LatestStreamArn"]}
    described = database.call("DescribeStream", place)
    check("DescribeStream", described)
    place["ShardId"] = described["StreamDescription"]["Shards"][0]["ShardId"]
    found = database.call("GetShardIterator", {**place, "ShardIteratorType": "TRIM_HORIZON"})
    check("GetShardIterator", found)
    records = database.call("GetRecords", found)
    assert len(records["Records"]) == 2
    check("GetRecords", records)

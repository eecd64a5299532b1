"""boto3 against a real server, as programs use it."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from ddblite.api.wire.operations import UNSUPPORTED
from serving import Server
from wire_requests import TABLE

KEY = {"id": {"S": "1"}}

Client = Any
"""A client's class is made at run time, from the service model."""


@pytest.fixture(scope="module")
def client(server: Server) -> Iterator[Client]:
    """A client with a table; its errors are the first answer, not the last retry's."""
    made = boto3.client(
        "dynamodb",
        endpoint_url=server.url,
        region_name="eu-west-1",
        aws_access_key_id="any",
        aws_secret_access_key="thing",  # noqa: S106 - nothing checks it
        config=Config(retries={"total_max_attempts": 1}, max_pool_connections=16),
    )
    made.create_table(**TABLE)
    made.get_waiter("table_exists").wait(TableName="books")
    yield made
    made.close()


def test_what_is_put_is_got(client: Client) -> None:
    """Every type, through the SDK's own encoder and decoder."""
    item = {
        **KEY,
        "number": {"N": "1.5"},
        "bytes": {"B": b"\x00\xff"},
        "list": {"L": [{"BOOL": True}, {"NULL": True}, {"M": {"ü": {"S": "\U0001f600"}}}]},
        "set": {"NS": ["1", "2"]},
    }
    put = client.put_item(TableName="books", Item=item, ReturnConsumedCapacity="TOTAL")
    assert put["ConsumedCapacity"] == {"TableName": "books", "CapacityUnits": 1.0}
    assert item == client.get_item(TableName="books", Key=KEY, ConsistentRead=True)["Item"]


def test_query_and_scan(client: Client) -> None:
    """With the SDK's paginator, in pages of one."""
    for number in range(3):
        client.put_item(TableName="books", Item={"id": {"S": f"page {number}"}})
    pages = client.get_paginator("scan").paginate(
        TableName="books",
        FilterExpression="begins_with(id, :start)",
        ExpressionAttributeValues={":start": {"S": "page"}},
        PaginationConfig={"PageSize": 1},
    )
    found = sorted(item["id"]["S"] for page in pages for item in page["Items"])
    assert ["page 0", "page 1", "page 2"] == found
    answer = client.query(
        TableName="books",
        KeyConditionExpression="id = :id",
        ExpressionAttributeValues={":id": {"S": "page 1"}},
    )
    assert answer["Items"] == [{"id": {"S": "page 1"}}]


def test_failed_condition_is_its_own_exception(client: Client) -> None:
    """With the item, when that was asked for."""
    client.put_item(TableName="books", Item=KEY)
    with pytest.raises(client.exceptions.ConditionalCheckFailedException) as caught:
        client.put_item(
            TableName="books",
            Item=KEY,
            ConditionExpression="attribute_not_exists(id)",
            ReturnValuesOnConditionCheckFailure="ALL_OLD",
        )
    assert caught.value.response["Item"] == KEY
    assert caught.value.response["Error"]["Message"] == "The conditional request failed"


def test_validation_error_has_its_text(client: Client) -> None:
    """And the status and id that the SDK keeps for those who ask."""
    with pytest.raises(ClientError) as caught:
        client.get_item(TableName="books", Key={"other": {"S": "1"}})
    response = caught.value.response
    assert response["Error"] == {
        "Code": "ValidationException",
        "Message": "The provided key element does not match the schema",
    }
    assert response["ResponseMetadata"]["HTTPStatusCode"] == 400
    assert len(response["ResponseMetadata"]["RequestId"]) == 52


def test_missing_table_is_its_own_exception(client: Client) -> None:
    with pytest.raises(client.exceptions.ResourceNotFoundException):
        client.describe_table(TableName="nothing")


def test_operation_that_is_not_there_is_unknown(client: Client) -> None:
    with pytest.raises(ClientError) as caught:
        client.update_contributor_insights(TableName="books", ContributorInsightsAction="ENABLE")
    error = caught.value.response["Error"]
    assert ("UnknownOperationException", UNSUPPORTED["UpdateContributorInsights"]) == (
        error["Code"],
        error["Message"],
    )
    assert UNSUPPORTED["UpdateContributorInsights"] in str(caught.value)


def test_many_threads_count_to_the_same_number(client: Client) -> None:
    """Writes come one after another, whichever connection they come on."""
    update = {
        "TableName": "books",
        "Key": {"id": {"S": "counter"}},
        "UpdateExpression": "ADD amount :one",
        "ExpressionAttributeValues": {":one": {"N": "1"}},
    }
    with ThreadPoolExecutor(8) as pool:
        for future in [pool.submit(client.update_item, **update) for _ in range(80)]:
            future.result()
    item = client.get_item(TableName="books", Key=update["Key"])["Item"]
    assert item["amount"] == {"N": "80"}

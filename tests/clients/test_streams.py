"""Readers of streams, over HTTP: the Go SDK's and boto3's, while somebody writes."""

import subprocess
from typing import Any

import boto3
import pytest

from foreign_clients import GO, GO_PROGRAMS, RUN_SECONDS_MAX, environment_for, install_go

pytestmark = pytest.mark.clients

STORY = [
    "INSERT 1 - to new",
    "MODIFY 1 new to paid",
    "INSERT 2 - to new",
    "REMOVE 1 paid to -",
    "INSERT 3 - to new",
    "INSERT end - to -",
]


def client_of(url: str, service: str) -> Any:  # noqa: ANN401 - boto3 makes it at run time
    """Returns a client of boto3's."""
    return boto3.client(
        service,
        endpoint_url=url,
        region_name="us-east-1",
        aws_access_key_id="any",
        aws_secret_access_key="thing",  # noqa: S106 - nothing checks it
    )


def begin(url: str) -> Any:  # noqa: ANN401 - as above
    """Makes a table with a stream, and its first changes."""
    client = client_of(url, "dynamodb")
    client.create_table(
        TableName="orders",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"},
    )
    for status in ("new", "paid", "paid"):
        put(client, "1", status)
    put(client, "2", "new")
    return client


def put(client: Any, name: str, status: str) -> None:  # noqa: ANN401 - as above
    """Puts an item."""
    client.put_item(TableName="orders", Item={"id": {"S": name}, "status": {"S": status}})


def end(client: Any) -> None:  # noqa: ANN401 - as above
    """Makes the last changes."""
    client.delete_item(TableName="orders", Key={"id": {"S": "1"}})
    put(client, "3", "new")
    client.put_item(TableName="orders", Item={"id": {"S": "end"}})


def test_go_follows(url: str) -> None:
    """From the beginning, and what is written while it reads."""
    install_go("stream")
    client = begin(url)
    with subprocess.Popen(
        [str(GO_PROGRAMS / "stream"), "orders"],
        cwd=GO,
        env=environment_for(url),
        stdout=subprocess.PIPE,
        text=True,
    ) as reader:
        assert reader.stdout is not None
        assert reader.stdout.readline() == "ENABLED 1\n"
        seen = [reader.stdout.readline().strip() for _ in range(3)]
        end(client)
        output, _ = reader.communicate(timeout=RUN_SECONDS_MAX)
    assert reader.returncode == 0
    assert seen + output.splitlines() == STORY


def test_boto3_follows(url: str) -> None:
    client = begin(url)
    streams = client_of(url, "dynamodbstreams")
    arn = streams.list_streams(TableName="orders")["Streams"][0]["StreamArn"]
    shard = streams.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"][0]["ShardId"]
    place = streams.get_shard_iterator(
        StreamArn=arn, ShardId=shard, ShardIteratorType="TRIM_HORIZON"
    )["ShardIterator"]
    seen: list[str] = []
    while len(seen) < len(STORY):
        page = streams.get_records(ShardIterator=place, Limit=2)
        seen += map(told, page["Records"])
        place = page["NextShardIterator"]
        if len(seen) == 3:
            end(client)
    assert seen == STORY


def told(record: dict[str, Any]) -> str:
    """Returns a record as the Go program prints it."""
    change = record["dynamodb"]
    old, new = (
        change.get(image, {}).get("status", {}).get("S", "-") for image in ("OldImage", "NewImage")
    )
    return f"{record['eventName']} {change['Keys']['id']['S']} {old} to {new}"

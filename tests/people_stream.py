"""A table with a stream, asked through boto3: for the tests of streams, shards and expiry."""

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

import ddblite
from ddblite import Database, FixedClock

HOUR_S = 3600
KEY = {
    "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
    "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
    "BillingMode": "PAY_PER_REQUEST",
}
VIEWS = ("KEYS_ONLY", "NEW_IMAGE", "OLD_IMAGE", "NEW_AND_OLD_IMAGES")
FRED = {"id": {"S": "Fred"}}


class Stream:
    """A table with a stream, and both of boto3's clients."""

    def __init__(self, view: str = "NEW_AND_OLD_IMAGES") -> None:
        self.clock = FixedClock()
        self.database: Database = ddblite.connect(":memory:", clock=self.clock)
        self.tables: Any = self.database.boto3_client()
        self.client: Any = self.database.boto3_client("dynamodbstreams")
        made = self.tables.create_table(
            TableName="people", **KEY, StreamSpecification=specification(view)
        )
        self.arn = made["TableDescription"]["LatestStreamArn"]

    def put(self, **item: dict[str, Any]) -> None:
        """Puts an item."""
        self.tables.put_item(TableName="people", Item=item)

    def described(self) -> dict[str, Any]:
        """Returns the description of the stream."""
        answer: dict[str, Any] = self.client.describe_stream(StreamArn=self.arn)
        description: dict[str, Any] = answer["StreamDescription"]
        return description

    def shard(self, position: int = -1) -> str:
        """Returns the id of a shard, mostly the newest."""
        shard_id: str = self.described()["Shards"][position]["ShardId"]
        return shard_id

    def iterator(self, kind: str = "TRIM_HORIZON", position: int = -1, **more: str) -> str:
        """Returns a place in a shard."""
        answer = self.client.get_shard_iterator(
            StreamArn=self.arn, ShardId=self.shard(position), ShardIteratorType=kind, **more
        )
        text: str = answer["ShardIterator"]
        return text

    def read(self, iterator: str | None = None, **more: int) -> list[dict[str, Any]]:
        """Returns the records behind a place, the beginning of the newest shard by default."""
        answer = self.client.get_records(ShardIterator=iterator or self.iterator(), **more)
        records: list[dict[str, Any]] = answer["Records"]
        return records


def specification(view: str) -> dict[str, Any]:
    """Returns the setting of a stream."""
    return {"StreamEnabled": True, "StreamViewType": view}


def refusal(work: Callable[..., Any], **members: object) -> tuple[str, str]:
    """Returns code and text of the error that a call raises."""
    with pytest.raises(ClientError) as raised:
        work(**members)
    error = raised.value.response["Error"]
    return error["Code"], error["Message"]

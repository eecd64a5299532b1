"""The four operations of the second service, DynamoDB Streams."""

from collections.abc import Callable
from typing import Any, Final

from ddblite.api.wire import encode
from ddblite.api.wire.decode_control import checked, nothing_more, subject_of
from ddblite.api.wire.model.feature_members import FEATURE_ARN
from ddblite.api.wire.model.shapes import LONG, Structure, TableName, Text, Whole, structure
from ddblite.api.wire.operation import Operation, Wire
from ddblite.schema import control_requests, requests
from ddblite.schema.limits import SHARD_ID_LENGTH_MAX, SHARD_ID_LENGTH_MIN

SHARD_ID: Final = Text(SHARD_ID_LENGTH_MIN, SHARD_ID_LENGTH_MAX)
ITERATOR_TYPES: Final = (
    "AT_SEQUENCE_NUMBER",
    "AFTER_SEQUENCE_NUMBER",
    "TRIM_HORIZON",
    "LATEST",
    "AT_TIMESTAMP",
)


def streaming(
    record: type[requests.Request],
    shape: Structure,
    make: Callable[[Wire], Any],
    encoding: Callable[[Any, Any], dict[str, Any]] = encode.response,
    remark: str = "",
) -> Operation:
    """Returns the row of an operation on streams."""
    return Operation(
        name=record.__name__,
        record=record,
        shape=shape,
        decode=lambda wire: make(checked(shape, nothing_more, wire)),
        encode=encoding,
        remark=remark,
    )


def list_streams(given: Wire) -> control_requests.ListStreams:
    """Returns the record of ListStreams."""
    name = given.get("TableName")
    return control_requests.ListStreams(
        table_name=None if name is None else subject_of(name),
        start_arn=given.get("ExclusiveStartStreamArn"),
        limit=given.get("Limit", 100),
    )


def describe_stream(given: Wire) -> control_requests.DescribeStream:
    """Returns the record of DescribeStream."""
    return control_requests.DescribeStream(
        stream_arn=given["StreamArn"],
        start_shard_id=given.get("ExclusiveStartShardId"),
        children_of=given.get("ShardFilter", {}).get("ShardId"),
        limit=given.get("Limit", 100),
    )


def get_shard_iterator(given: Wire) -> control_requests.GetShardIterator:
    """Returns the record of GetShardIterator."""
    return control_requests.GetShardIterator(
        stream_arn=given["StreamArn"],
        shard_id=given["ShardId"],
        iterator_type=given["ShardIteratorType"],
        sequence_number=given.get("SequenceNumber"),
        timestamp=given.get("Timestamp"),
    )


def get_records(given: Wire) -> control_requests.GetRecords:
    """Returns the record of GetRecords."""
    return control_requests.GetRecords(
        iterator=given["ShardIterator"], limit=given.get("Limit", 1000)
    )


STREAM_OPERATIONS: Final = (
    streaming(
        control_requests.DescribeStream,
        structure(
            "DescribeStreamInput",
            "StreamArn",
            StreamArn=FEATURE_ARN,
            Limit=Whole(1, 100),
            ExclusiveStartShardId=SHARD_ID,
            ShardFilter=structure(
                "ShardFilter",
                "Type ShardId",
                Type=Text(choices=("CHILD_SHARDS",)),
                ShardId=SHARD_ID,
            ),
        ),
        describe_stream,
        remark="one shard at a time, of four hours",
    ),
    streaming(
        control_requests.GetRecords,
        structure(
            "GetRecordsInput",
            "ShardIterator",
            ShardIterator=Text(1, 2048),
            Limit=Whole(1, 1000),
        ),
        get_records,
        encode.records,
    ),
    streaming(
        control_requests.GetShardIterator,
        structure(
            "GetShardIteratorInput",
            "StreamArn ShardId ShardIteratorType",
            StreamArn=FEATURE_ARN,
            ShardId=SHARD_ID,
            ShardIteratorType=Text(choices=ITERATOR_TYPES),
            SequenceNumber=Text(21, 40),
            Timestamp=LONG,
        ),
        get_shard_iterator,
    ),
    streaming(
        control_requests.ListStreams,
        structure(
            "ListStreamsInput",
            TableName=TableName(),
            Limit=Whole(1, 100),
            ExclusiveStartStreamArn=FEATURE_ARN,
        ),
        list_streams,
    ),
)

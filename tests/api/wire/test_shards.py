"""The shards of a stream, and how long a stream can be read.

Facts: docs/facts/streams-and-expiry.md, "Streams".
"""

from collections.abc import Iterator

import pytest

from people_stream import HOUR_S, KEY, Stream, refusal, specification


@pytest.fixture
def people() -> Iterator[Stream]:
    opened = Stream()
    yield opened
    assert [] == opened.database.check()
    opened.database.close()


def test_shards_follow_each_other(people: Stream) -> None:
    """Each is the child of the one before, and has what was written in its four hours."""
    for number in range(6):
        people.put(id={"S": str(number)})
        people.clock.advance(2 * HOUR_S)
    people.clock.advance(HOUR_S)
    shards = people.described()["Shards"]
    assert len(shards) == 4
    assert "ParentShardId" not in shards[0]
    assert [one["ParentShardId"] for one in shards[1:]] == [one["ShardId"] for one in shards[:-1]]
    ends = ["EndingSequenceNumber" in one["SequenceNumberRange"] for one in shards]
    assert ends == [True, True, True, False]
    found = []
    for position in range(4):
        answer = people.client.get_records(ShardIterator=people.iterator(position=position))
        keys = [record["dynamodb"]["Keys"]["id"]["S"] for record in answer["Records"]]
        found.append((keys, "NextShardIterator" in answer))
    assert found == [(["0", "1"], False), (["2", "3"], False), (["4", "5"], False), ([], True)]


def test_children_and_pages_of_shards(people: Stream) -> None:
    people.clock.advance(9 * HOUR_S)
    ids = [one["ShardId"] for one in people.described()["Shards"]]
    described = people.client.describe_stream
    answer = described(StreamArn=people.arn, Limit=2)["StreamDescription"]
    assert [one["ShardId"] for one in answer["Shards"]] == ids[:2]
    start = answer["LastEvaluatedShardId"]
    rest = described(StreamArn=people.arn, ExclusiveStartShardId=start)["StreamDescription"]
    assert [one["ShardId"] for one in rest["Shards"]] == ids[2:]
    assert "LastEvaluatedShardId" not in rest
    for parent, children in ((ids[0], ids[1:2]), (ids[-1], [])):
        found = people.database.call(
            "DescribeStream",
            {"StreamArn": people.arn, "ShardFilter": {"Type": "CHILD_SHARDS", "ShardId": parent}},
        )
        assert [one["ShardId"] for one in found["StreamDescription"]["Shards"]] == children


def test_a_day_is_remembered(people: Stream) -> None:
    """Older shards are not listed, older records not shown, and asking for one says so."""
    people.put(id={"S": "old"})
    number = people.read()[0]["dynamodb"]["SequenceNumber"]
    people.clock.advance(25 * HOUR_S)
    people.put(id={"S": "new"})
    oldest = people.described()["Shards"][0]
    began_s = people.clock.time_s - 25 * HOUR_S
    assert int(oldest["ShardId"][8:28]) >= (began_s - 4 * HOUR_S) * 1000
    found = []
    for position in range(len(people.described()["Shards"])):
        found += people.read(people.iterator(position=position))
    assert [one["dynamodb"]["Keys"]["id"]["S"] for one in found] == ["new"]
    place = {"ShardIteratorType": "AT_SEQUENCE_NUMBER", "SequenceNumber": number}
    code, _ = refusal(
        people.client.get_shard_iterator,
        StreamArn=people.arn,
        ShardId=people.shard(0),
        **place,
    )
    assert code == "TrimmedDataAccessException"


def test_a_disabled_stream_is_read_to_its_end(people: Stream) -> None:
    """And stays for a day; one that is enabled again is another one, without the old records."""
    people.put(id={"S": "1"})
    disabled = {"StreamEnabled": False}
    people.tables.update_table(TableName="people", StreamSpecification=disabled)
    people.put(id={"S": "unheard"})
    people.clock.advance(1)
    enabled = specification("KEYS_ONLY")
    answer = people.tables.update_table(TableName="people", StreamSpecification=enabled)
    second = answer["TableDescription"]["LatestStreamArn"]
    people.put(id={"S": "2"})
    assert people.described()["StreamStatus"] == "DISABLED"
    last = people.client.get_records(ShardIterator=people.iterator())
    assert [one["dynamodb"]["Keys"]["id"]["S"] for one in last["Records"]] == ["1"]
    assert "NextShardIterator" not in last
    listed = [one["StreamArn"] for one in people.client.list_streams()["Streams"]]
    assert listed == [people.arn, second]
    people.arn = second
    assert people.described()["StreamStatus"] == "ENABLED"
    assert [one["dynamodb"]["Keys"]["id"]["S"] for one in people.read()] == ["2"]
    people.clock.advance(25 * HOUR_S)
    assert [one["StreamArn"] for one in people.client.list_streams()["Streams"]] == [second]


def test_a_stream_outlives_its_table(people: Stream) -> None:
    """Its name may be given to another table meanwhile."""
    people.put(id={"S": "1"})
    people.tables.delete_table(TableName="people")
    people.clock.advance(1)
    people.tables.create_table(
        TableName="people", **KEY, StreamSpecification=specification("KEYS_ONLY")
    )
    people.put(id={"S": "2"})
    assert people.described()["StreamStatus"] == "DISABLED"
    assert [one["dynamodb"]["Keys"]["id"]["S"] for one in people.read()] == ["1"]
    assert len(people.client.list_streams(TableName="people")["Streams"]) == 2


def test_lists_of_streams(people: Stream) -> None:
    """In pages; the one to start behind needs not be there any more."""
    arns = [people.arn]
    for name in ("alpha", "zulu"):
        made = people.tables.create_table(
            TableName=name, **KEY, StreamSpecification=specification("KEYS_ONLY")
        )
        arns.append(made["TableDescription"]["LatestStreamArn"])
    people.tables.create_table(TableName="silent", **KEY)
    arns.sort()
    first = people.client.list_streams(Limit=2)
    assert [one["StreamArn"] for one in first["Streams"]] == arns[:2]
    assert first["LastEvaluatedStreamArn"] == arns[1]
    rest = people.client.list_streams(ExclusiveStartStreamArn=arns[1])
    assert [one["StreamArn"] for one in rest["Streams"]] == arns[2:]
    assert "LastEvaluatedStreamArn" not in rest
    assert people.client.list_streams(TableName="silent")["Streams"] == []
    assert people.client.list_streams(TableName="nothing")["Streams"] == []

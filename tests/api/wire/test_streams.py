"""Streams through boto3: what they tell, and in which order.

Facts: docs/facts/streams-and-expiry.md, "Streams".
"""

import threading
from base64 import b64encode
from collections.abc import Iterator

import pytest
from botocore.exceptions import ClientError

from ddblite.errors import ValidationException
from people_stream import FRED, VIEWS, Stream, refusal


@pytest.fixture
def people() -> Iterator[Stream]:
    opened = Stream()
    yield opened
    assert [] == opened.database.check()
    opened.database.close()


@pytest.mark.parametrize("view", VIEWS)
def test_each_view_has_its_images(view: str) -> None:
    """And its size: what is shown, by the formula of item sizes."""
    people = Stream(view)
    people.put(**FRED)
    people.put(**FRED, name={"S": "Fred"})
    people.tables.delete_item(TableName="people", Key=FRED)
    records = people.read()
    new, old = view in ("NEW_IMAGE", "NEW_AND_OLD_IMAGES"), "OLD" in view
    named = {**FRED, "name": {"S": "Fred"}}
    images = ((None, FRED), (FRED, named), (named, None))
    sizes = {id(None): 0, id(FRED): 6, id(named): 14}
    for record, name, (before, after) in zip(
        records, ("INSERT", "MODIFY", "REMOVE"), images, strict=True
    ):
        change = record["dynamodb"]
        assert record["eventName"] == name
        assert change["Keys"] == FRED
        assert change.get("NewImage") == (after if new else None)
        assert change.get("OldImage") == (before if old else None)
        assert change["StreamViewType"] == view
        shown = [one for one, is_shown in ((before, old), (after, new)) if is_shown]
        assert change["SizeBytes"] == 6 + sum(sizes[id(one)] for one in shown)


def test_a_record_says_what_it_is(people: Stream) -> None:
    """The same whenever it is read; numbers are ordered as texts, ids are unique."""
    for number in range(12):
        people.put(id={"S": str(number)})
    records = people.read()
    assert records == people.read()
    ids = [record["eventID"] for record in records]
    assert len(set(ids)) == 12
    assert all(len(one) == 32 and int(one, 16) for one in ids)
    numbers = [record["dynamodb"]["SequenceNumber"] for record in records]
    assert numbers == sorted(numbers) == sorted(numbers, key=int)
    assert all(21 <= len(number) <= 40 for number in numbers)
    first = records[0]
    assert first["eventVersion"] == "1.1"
    assert first["eventSource"] == "aws:dynamodb"
    assert first["awsRegion"] == "us-east-1"
    assert first["dynamodb"]["ApproximateCreationDateTime"].timestamp() == int(people.clock.time_s)
    assert "userIdentity" not in first


def test_what_changes_nothing_has_no_record(people: Stream) -> None:
    people.put(**FRED, n={"NS": ["1", "2"]})
    people.put(n={"NS": ["2", "1.0"]}, **FRED)
    for expression in ("REMOVE nothing", "ADD zero :zero"):
        values = {":zero": {"N": "0"}} if ":zero" in expression else {}
        extra = {"ExpressionAttributeValues": values} if values else {}
        people.tables.update_item(
            TableName="people", Key=FRED, UpdateExpression=expression, **extra
        )
    people.tables.delete_item(TableName="people", Key={"id": {"S": "nobody"}})
    # A zero that was not there is a change, once.
    assert [one["eventName"] for one in people.read()] == ["INSERT", "MODIFY"]


def test_pages_of_records(people: Stream) -> None:
    """Every record once, whatever the limit; an open shard always has a next iterator."""
    for number in range(10):
        people.put(id={"S": str(number)})
    iterator = people.iterator()
    seen: list[str] = []
    for _ in range(6):
        answer = people.client.get_records(ShardIterator=iterator, Limit=3)
        seen += [record["dynamodb"]["Keys"]["id"]["S"] for record in answer["Records"]]
        iterator = answer["NextShardIterator"]
    assert seen == [str(number) for number in range(10)]
    people.put(id={"S": "later"})
    assert len(people.read(iterator)) == 1


def test_a_megabyte_is_a_page(people: Stream) -> None:
    for number in range(5):
        people.put(id={"S": str(number)}, text={"S": "x" * 390_000})
    answer = people.client.get_records(ShardIterator=people.iterator())
    assert len(answer["Records"]) == 2
    assert len(people.read(answer["NextShardIterator"])) == 2


def test_places_in_a_shard(people: Stream) -> None:
    people.put(id={"S": "1"})
    people.clock.advance(10)
    latest = people.iterator("LATEST")
    people.put(id={"S": "2"})
    people.clock.advance(10)
    people.put(id={"S": "3"})

    def keys(iterator: str) -> str:
        return "".join(one["dynamodb"]["Keys"]["id"]["S"] for one in people.read(iterator))

    numbers = [one["dynamodb"]["SequenceNumber"] for one in people.read()]
    first = people.described()["Shards"][0]["SequenceNumberRange"]["StartingSequenceNumber"]
    assert keys(latest) == "23"
    assert keys(people.iterator("AT_SEQUENCE_NUMBER", SequenceNumber=numbers[1])) == "23"
    assert keys(people.iterator("AFTER_SEQUENCE_NUMBER", SequenceNumber=numbers[1])) == "3"
    assert keys(people.iterator("AFTER_SEQUENCE_NUMBER", SequenceNumber=numbers[2])) == ""
    assert keys(people.iterator("AT_SEQUENCE_NUMBER", SequenceNumber=first)) == "123"
    began = people.clock.time_s - 20
    assert [
        keys(call_with_timestamp(people, began + after)) for after in (-100, 0, 1, 10, 20, 30)
    ] == ["123", "123", "23", "23", "3", ""]


def call_with_timestamp(people: Stream, moment_s: float) -> str:
    """Returns a place by its time; boto3's model is older than that member."""
    answer = people.database.call(
        "GetShardIterator",
        {
            "StreamArn": people.arn,
            "ShardId": people.shard(),
            "ShardIteratorType": "AT_TIMESTAMP",
            "Timestamp": moment_s,
        },
    )
    iterator: str = answer["ShardIterator"]
    return iterator


NEVER_GIVEN = "1" * 27
INVALID = "One or more parameter values were invalid: "
SHORT = (
    f"1 validation error detected: Value '{'1' * 20}' at 'sequenceNumber' failed to satisfy"
    " constraint:"
)
WRONG_PLACES = {
    "missing number": (
        {"ShardIteratorType": "AT_SEQUENCE_NUMBER"},
        f"{INVALID}SequenceNumber cannot be null",
    ),
    "superfluous number": (
        {"ShardIteratorType": "LATEST", "SequenceNumber": NEVER_GIVEN},
        f"{INVALID}SequenceNumber should not be passed for this iterator type",
    ),
    "number never given": (
        {"ShardIteratorType": "AT_SEQUENCE_NUMBER", "SequenceNumber": NEVER_GIVEN},
        "Invalid SequenceNumber for the shard",
    ),
    "number of the future": (
        {"ShardIteratorType": "AT_SEQUENCE_NUMBER", "SequenceNumber": "1" + "0" * 23 + "999"},
        "Invalid SequenceNumber for the shard",
    ),
    "short number": (
        {"ShardIteratorType": "AT_SEQUENCE_NUMBER", "SequenceNumber": "1" * 20},
        f"{SHORT} Member must have length greater than or equal to 21",
    ),
}


@pytest.mark.parametrize("name", WRONG_PLACES)
def test_wrong_places(people: Stream, name: str) -> None:
    members, text = WRONG_PLACES[name]
    place = {"StreamArn": people.arn, "ShardId": people.shard(), **members}
    with pytest.raises(ValidationException) as raised:
        people.database.call("GetShardIterator", place)
    assert raised.value.message == text


def test_what_is_not_there(people: Stream) -> None:
    unknown = people.arn[:-3] + "999"
    shard = people.shard()
    place = {"ShardIteratorType": "LATEST"}
    client = people.client
    assert refusal(client.describe_stream, StreamArn=unknown) == (
        "ResourceNotFoundException",
        f"Requested resource not found: Stream: {unknown} not found",
    )
    assert refusal(client.describe_stream, StreamArn="x" * 40)[0] == "ValidationException"
    found = refusal(client.get_shard_iterator, StreamArn=unknown, ShardId=shard, **place)
    assert found[0] == "ResourceNotFoundException"
    other = "shardId-00000000000000000000-12345678"
    found = refusal(client.get_shard_iterator, StreamArn=people.arn, ShardId=other, **place)
    assert found[0] == "ResourceNotFoundException"
    assert refusal(client.get_records, ShardIterator="x") == (
        "ValidationException",
        "Invalid ShardIterator",
    )
    found_shards = client.describe_stream(StreamArn=people.arn, ExclusiveStartShardId=other)
    assert found_shards["StreamDescription"]["Shards"] == []


def test_an_iterator_grows_old(people: Stream) -> None:
    iterator = people.iterator()
    people.clock.advance(15 * 60)
    assert people.read(iterator) == []
    people.clock.advance(1)
    assert refusal(people.client.get_records, ShardIterator=iterator)[0] == (
        "ExpiredIteratorException"
    )


def test_a_transaction_is_told_item_by_item(people: Stream) -> None:
    """Of its members, those that change something; none when it is cancelled."""
    people.put(id={"S": "same"})
    puts = [{"Put": {"TableName": "people", "Item": {"id": {"S": name}}}} for name in ("a", "same")]
    people.tables.transact_write_items(TransactItems=puts)
    failing = {
        "ConditionCheck": {
            "TableName": "people",
            "Key": {"id": {"S": "nobody"}},
            "ConditionExpression": "attribute_exists(id)",
        }
    }
    put = {"Put": {"TableName": "people", "Item": {"id": {"S": "never"}}}}
    with pytest.raises(ClientError):
        people.tables.transact_write_items(TransactItems=[put, failing])
    assert [one["dynamodb"]["Keys"]["id"]["S"] for one in people.read()] == ["same", "a"]


def test_eight_writers_have_one_history(people: Stream) -> None:
    """Of each key, every change follows on the one before it."""

    def write(seed: int) -> None:
        for number in range(40):
            people.database.table("people").update(
                str((seed + number) % 5), "ADD n :one", values={":one": 1}
            )

    threads = [threading.Thread(target=write, args=(seed,)) for seed in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    counts: dict[str, int] = {}
    iterator: str | None = people.iterator()
    total = 0
    while iterator:
        answer = people.client.get_records(ShardIterator=iterator, Limit=100)
        for record in answer["Records"]:
            change = record["dynamodb"]
            key = change["Keys"]["id"]["S"]
            before = int(change.get("OldImage", {}).get("n", {"N": "0"})["N"])
            assert before == counts.get(key, 0)
            counts[key] = int(change["NewImage"]["n"]["N"])
            total += 1
        iterator = answer["NextShardIterator"] if answer["Records"] else None
    assert total == 320
    assert sum(counts.values()) == 320


@pytest.mark.parametrize(
    "inside",
    [
        "[]",
        "[1, 2, 3]",
        '["shard", -1, 0]',
        f'["shard", {2**63}, 0]',
        f'["shard", {10**40}, 0]',
        '["shard", 1.5, 0]',
        '["shard", 1, null]',
        "\\xff",
    ],
)
def test_iterators_of_one_s_own_making(people: Stream, inside: str) -> None:
    """Whatever a client puts in the place of one."""
    made = inside.replace("shard", people.shard()).encode()
    for text in (made, b64encode(made)):
        found = refusal(people.client.get_records, ShardIterator=f"{people.arn}|1|{text.decode()}")
        assert found == ("ValidationException", "Invalid ShardIterator")

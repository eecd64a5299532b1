"""ListStreams, DescribeStream, GetShardIterator and GetRecords: the change log, as streams show it.

An iterator is a text that says which shard, behind which entry of the log, and when it was given
out; nothing is kept for it. Facts: docs/facts/streams-and-expiry.md, "Streams".
"""

import hashlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64
from collections.abc import Iterator
from typing import Annotated, Any, Final

import msgspec
from msgspec import Struct

from ddblite.engine.codec import UNREADABLE, item_of_body
from ddblite.engine.context import Context
from ddblite.engine.history.entries import (
    ITEM,
    SEQUENCES_END,
    Entry,
    end_of,
    entries_of,
    first_since,
)
from ddblite.engine.history.entries import damaged as damaged_entry
from ddblite.engine.history.shards import LAST_SEQUENCE, Shard, shards_of
from ddblite.engine.history.streams import RETENTION_S, Stream, all_streams
from ddblite.schema.control_requests import (
    DescribeStream,
    GetRecords,
    GetShardIterator,
    ListStreams,
    RecordsAnswer,
    ResponseAnswer,
    StreamRecord,
)
from ddblite.schema.errors import (
    ExpiredIteratorException,
    ResourceNotFoundException,
    TrimmedDataAccessException,
    ValidationException,
)
from ddblite.schema.names import parse_stream_arn
from ddblite.schema.sizes import item_size
from ddblite.schema.values import Item
from ddblite.schema.wording import invalid

ITERATOR_S: Final = 15 * 60
"""For how long an iterator can be used."""

RECORDS_BYTES_MAX: Final = 1024 * 1024
"""Of the bodies behind one answer; the first record is always there."""

CLOSING_S: Final = 60
"""A shard whose time is over may still be written to by a transaction that was begun in it."""

TRIM_HORIZON: Final = "TRIM_HORIZON"
LATEST: Final = "LATEST"
AT_TIMESTAMP: Final = "AT_TIMESTAMP"
AFTER_NUMBER: Final = "AFTER_SEQUENCE_NUMBER"

NEW_VIEWS: Final = frozenset({"NEW_IMAGE", "NEW_AND_OLD_IMAGES"})
OLD_VIEWS: Final = frozenset({"OLD_IMAGE", "NEW_AND_OLD_IMAGES"})


# the streams and their shards


def list_streams(context: Context, request: ListStreams) -> ResponseAnswer:
    """Lists streams by table and label; the one to start behind needs not be there any more."""
    if request.start_arn is not None:
        require_stream_arn(request.start_arn)
    streams = [
        stream
        for stream in readable_streams(context)
        if request.table_name in (None, stream.table_name)
        if request.start_arn is None or stream.arn > request.start_arn
    ]
    listed = streams[: request.limit]
    response: dict[str, Any] = {
        "Streams": [
            {"StreamArn": one.arn, "TableName": one.table_name, "StreamLabel": one.label}
            for one in listed
        ]
    }
    if len(streams) > len(listed):
        response["LastEvaluatedStreamArn"] = listed[-1].arn
    return ResponseAnswer(response=response)


def describe_stream(context: Context, request: DescribeStream) -> ResponseAnswer:
    """Describes a stream; of its shards those behind one, or the children of one."""
    stream = existing_stream(context, request.stream_arn)
    shards = list(shards_of(stream, log_time_s(context)))
    if request.children_of is not None:
        shards = [shard for shard in shards if shard.parent_id == request.children_of]
    if request.start_shard_id is not None:
        ids = [shard.shard_id for shard in shards]
        known = request.start_shard_id in ids
        shards = shards[ids.index(request.start_shard_id) + 1 :] if known else []
    listed = shards[: request.limit]
    description: dict[str, Any] = {
        "StreamArn": stream.arn,
        "StreamLabel": stream.label,
        "StreamStatus": "ENABLED" if stream.ended_at_s is None else "DISABLED",
        "StreamViewType": stream.view,
        "CreationRequestDateTime": stream.started_at_s,
        "TableName": stream.table_name,
        "KeySchema": stream.key_schema,
        "Shards": list(map(described_shard, listed)),
    }
    if len(shards) > len(listed):
        description["LastEvaluatedShardId"] = listed[-1].shard_id
    return ResponseAnswer(response={"StreamDescription": description})


def described_shard(shard: Shard) -> dict[str, Any]:
    """Returns the wire's description of a shard."""
    numbers = {"StartingSequenceNumber": shard.first_number}
    if shard.ended_at_s is not None:
        numbers["EndingSequenceNumber"] = shard.last_number
    described: dict[str, Any] = {"ShardId": shard.shard_id, "SequenceNumberRange": numbers}
    if shard.parent_id is not None:
        described["ParentShardId"] = shard.parent_id
    return described


def readable_streams(context: Context) -> list[Stream]:
    """Returns the streams of which something can be read."""
    return all_streams(context.storage, context.catalog.tables, context.clock.now_s())


def existing_stream(context: Context, arn: str) -> Stream:
    """Returns a stream by its ARN, or raises why there is none."""
    require_stream_arn(arn)
    found = next((stream for stream in readable_streams(context) if stream.arn == arn), None)
    if found is None:
        raise ResourceNotFoundException(f"Requested resource not found: Stream: {arn} not found")
    return found


def require_stream_arn(arn: str) -> None:
    """Raises for what is not the ARN of a stream."""
    if parse_stream_arn(arn) is None:
        raise ValidationException("Invalid StreamArn")


def existing_shard(context: Context, stream: Stream, shard_id: str) -> Shard:
    """Returns a shard of a stream, or raises ResourceNotFoundException."""
    for shard in shards_of(stream, log_time_s(context)):
        if shard.shard_id == shard_id:
            return shard
    raise ResourceNotFoundException(
        f"Requested resource not found: Shard: {shard_id} in Stream: {stream.arn} not found"
    )


def log_time_s(context: Context) -> float:
    """Returns the moment as the log has it, which never goes back."""
    return max(context.clock.now_s(), end_of(context.storage).written_at_s)


# places in a shard


Sequence = Annotated[int, msgspec.Meta(ge=0, le=SEQUENCES_END)]


class Place(Struct, frozen=True, array_like=True):
    """Where an iterator stands: behind an entry of the log."""

    arn: str
    shard_id: str
    after: int
    given_at_s: float

    def text(self) -> str:
        """Returns it as clients carry it."""
        inside = msgspec.json.encode([self.shard_id, self.after, self.given_at_s])
        return f"{self.arn}|1|{urlsafe_b64encode(inside).decode()}"


def place_of(text: str) -> Place:
    """Returns where an iterator stands, or raises ValidationException for what is none."""
    arn, _, rest = text.partition("|1|")
    try:
        inside = msgspec.json.decode(urlsafe_b64decode(rest), type=tuple[str, Sequence, float])
    except (msgspec.DecodeError, NotBase64, ValueError) as fault:
        raise ValidationException("Invalid ShardIterator") from fault
    return Place(arn, *inside)


def get_shard_iterator(context: Context, request: GetShardIterator) -> ResponseAnswer:
    """Gives a place in a shard."""
    check_place(request)
    stream = existing_stream(context, request.stream_arn)
    shard = existing_shard(context, stream, request.shard_id)
    after = max(stream.first_sequence, start_of(context, shard, request))
    place = Place(stream.arn, shard.shard_id, after, context.clock.now_s())
    return ResponseAnswer(response={"ShardIterator": place.text()})


def check_place(request: GetShardIterator) -> None:
    """Raises when a kind of place and what tells it do not go together."""
    number = request.sequence_number
    if request.iterator_type in (TRIM_HORIZON, LATEST, AT_TIMESTAMP):
        if number is not None:
            raise invalid("SequenceNumber should not be passed for this iterator type")
        if request.iterator_type == AT_TIMESTAMP and request.timestamp is None:
            raise invalid("Timestamp cannot be null")
    elif number is None:
        raise invalid("SequenceNumber cannot be null")


def start_of(context: Context, shard: Shard, request: GetShardIterator) -> int:
    """Returns the entry of the log behind which a place is."""
    storage = context.storage
    oldest_s = max(shard.started_at_s, context.clock.now_s() - RETENTION_S)
    if request.iterator_type == LATEST:
        return end_of(storage).next_sequence - 1
    if request.iterator_type == TRIM_HORIZON:
        return first_since(storage, oldest_s) - 1
    if request.iterator_type == AT_TIMESTAMP:
        return first_since(storage, max(oldest_s, float(request.timestamp or 0))) - 1
    sequence = shard.sequence_of(request.sequence_number or "")
    newest = end_of(storage).next_sequence - 1
    if sequence is None or newest < sequence < LAST_SEQUENCE:
        raise ValidationException("Invalid SequenceNumber for the shard")
    oldest = first_since(storage, oldest_s)
    if not sequence:
        return oldest - 1
    if sequence < oldest:
        raise TrimmedDataAccessException(
            "The operation attempted to read past the oldest stream record in a shard."
        )
    behind = sequence if request.iterator_type == AFTER_NUMBER else sequence - 1
    return min(behind, newest)


# records


def get_records(context: Context, request: GetRecords) -> RecordsAnswer:
    """Reads what a shard has behind a place, and gives the place to go on from."""
    place = place_of(request.iterator)
    if context.clock.now_s() - place.given_at_s > ITERATOR_S:
        raise ExpiredIteratorException(
            f"Iterator expired. The iterator was created at time {time_text(place.given_at_s)}"
        )
    stream = existing_stream(context, place.arn)
    shard = existing_shard(context, stream, place.shard_id)
    is_closed = closed(context, shard)
    oldest_s = max(shard.started_at_s, context.clock.now_s() - RETENTION_S)
    records: list[StreamRecord] = []
    after, is_at_end = place.after, True
    room = RECORDS_BYTES_MAX
    for entry in entries_behind(context, stream, after):
        if not shard.is_last and entry.written_at_s >= (shard.ended_at_s or 0):
            break
        size = len(entry.old_body or b"") + len(entry.new_body or b"")
        if records and (len(records) == request.limit or size > room):
            is_at_end = False
            break
        after = entry.sequence
        if entry.kind == ITEM and entry.written_at_s >= oldest_s:
            records.append(record_of(shard, entry))
            room -= size
    if is_at_end and is_closed:
        return RecordsAnswer(records=records, next_iterator=None)
    following = Place(stream.arn, shard.shard_id, after, context.clock.now_s())
    return RecordsAnswer(records=records, next_iterator=following.text())


CHUNK: Final = 100


def entries_behind(context: Context, stream: Stream, after: int) -> Iterator[Entry]:
    """Gives the entries of a stream's table behind one, some at a time."""
    while True:
        found = entries_of(
            context.storage, stream.table_number, after, before=stream.end_sequence, limit=CHUNK
        )
        yield from found
        if len(found) < CHUNK:
            return
        after = found[-1].sequence


def closed(context: Context, shard: Shard) -> bool:
    """Whether nothing can be added to a shard any more.

    The last one ends with its stream. Another one's time is over; a transaction that was begun in
    it is too when the log has gone on, or when it would have waited too long.
    """
    if shard.is_last or shard.ended_at_s is None:
        return shard.ended_at_s is not None
    return (
        end_of(context.storage).written_at_s >= shard.ended_at_s
        or context.clock.now_s() >= shard.ended_at_s + CLOSING_S
    )


def record_of(shard: Shard, entry: Entry) -> StreamRecord:
    """Returns an entry of the log as its stream shows it."""
    old, new = image_of(entry, entry.old_body), image_of(entry, entry.new_body)
    item = new if new is not None else old
    if item is None:
        raise damaged_entry(entry.sequence)
    stream = shard.stream
    keys = {name: item[name] for name in stream.key_names}
    shown_new = new if stream.view in NEW_VIEWS else None
    shown_old = old if stream.view in OLD_VIEWS else None
    return StreamRecord(
        event_id=event_id(stream, entry),
        event_name="INSERT" if old is None else "REMOVE" if new is None else "MODIFY",
        keys=keys,
        new_image=shown_new,
        old_image=shown_old,
        sequence_number=shard.number_of(entry.sequence),
        size=sum(item_size(image) for image in (keys, shown_new, shown_old) if image is not None),
        view=stream.view,
        written_at_s=entry.written_at_s,
        actor=entry.actor,
    )


def image_of(entry: Entry, body: bytes | None) -> Item | None:
    """Returns an item as it was before or after an entry, or None when there was none."""
    if body is None:
        return None
    try:
        return item_of_body(body)
    except UNREADABLE as fault:
        raise damaged_entry(entry.sequence) from fault


def event_id(stream: Stream, entry: Entry) -> str:
    """Returns what names an event: 32 hex digits, the same whenever it is read."""
    named = f"{stream.row_name} {entry.sequence} {entry.written_at_s!r}".encode()
    return hashlib.blake2b(named, digest_size=16).hexdigest()


def time_text(moment_s: float) -> str:
    """Returns a moment, for people."""
    from datetime import UTC, datetime

    return datetime.fromtimestamp(moment_s, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

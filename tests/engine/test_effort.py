"""What one request may do where others wait for it: rows, time, and no writing."""

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, Final

import apsw
import pytest

import ddblite
from ddblite.engine.effort import EFFORT, ROW_BYTES, Effort, GivenUp, TooLong, WouldWrite
from serving import TIMEOUT_S

TABLE: Final = {
    "TableName": "music",
    "KeySchema": [
        {"AttributeName": "artist", "KeyType": "HASH"},
        {"AttributeName": "track", "KeyType": "RANGE"},
    ],
    "AttributeDefinitions": [
        {"AttributeName": "artist", "AttributeType": "S"},
        {"AttributeName": "track", "AttributeType": "N"},
        {"AttributeName": "year", "AttributeType": "N"},
        {"AttributeName": "label", "AttributeType": "S"},
    ],
    "GlobalSecondaryIndexes": [
        {
            "IndexName": "by_label",
            "KeySchema": [{"AttributeName": "label", "KeyType": "HASH"}],
            "Projection": {"ProjectionType": "ALL"},
        }
    ],
    "LocalSecondaryIndexes": [
        {
            "IndexName": "by_year",
            "KeySchema": [
                {"AttributeName": "artist", "KeyType": "HASH"},
                {"AttributeName": "year", "KeyType": "RANGE"},
            ],
            "Projection": {"ProjectionType": "INCLUDE", "NonKeyAttributes": ["odd"]},
        }
    ],
    "BillingMode": "PAY_PER_REQUEST",
}
ARTISTS: Final = ("Ella", "Nina", "Sarah")
TRACKS: Final = 7
KEYS: Final = sorted((artist, track) for artist in ARTISTS for track in range(TRACKS))

ODD: Final[Mapping[str, Any]] = {
    "FilterExpression": "odd = :yes",
    "ExpressionAttributeValues": {":yes": {"BOOL": True}},
}
OF_NINA: Final[Mapping[str, Any]] = {
    "KeyConditionExpression": "artist = :nina",
    "FilterExpression": "odd = :yes",
    "ExpressionAttributeValues": {":yes": {"BOOL": True}, ":nina": {"S": "Nina"}},
}
WHOLE: Final[Mapping[str, Any]] = {"Select": "ALL_ATTRIBUTES"}
OF_LABEL: Final[Mapping[str, Any]] = {
    "IndexName": "by_label",
    "KeyConditionExpression": "label = :own",
    "FilterExpression": "odd = :yes",
    "ExpressionAttributeValues": {":yes": {"BOOL": True}, ":own": {"S": "own"}},
}

READS: Final[Mapping[str, tuple[str, Mapping[str, Any]]]] = {
    "scan": ("Scan", ODD),
    "segment": ("Scan", {**ODD, "Segment": 0, "TotalSegments": 1}),
    "scan of an index": ("Scan", {**ODD, "IndexName": "by_label"}),
    "whole items by a local index": (
        "Query",
        {**OF_NINA, "IndexName": "by_year", "Select": "ALL_ATTRIBUTES"},
    ),
    "query": ("Query", OF_NINA),
    "query backward": ("Query", {**OF_NINA, "ScanIndexForward": False}),
    "query of an index": ("Query", OF_LABEL),
}

OF_ALL: Final = "SELECT * FROM music WHERE artist IN ['Ella', 'Nina', 'Sarah'] AND odd = true"

STATEMENTS: Final = (
    "SELECT * FROM music WHERE odd = true",
    OF_ALL,
    "SELECT * FROM music WHERE artist = 'Nina' AND track IN [0, 1, 2, 3, 4, 5] AND odd = true",
    f"{OF_ALL} ORDER BY track, artist",
    f"{OF_ALL} ORDER BY track DESC, artist",
)


class StepTimer:
    """A clock that goes on by one second whenever it is looked at."""

    def __init__(self) -> None:
        self.now_s = 0.0

    def __call__(self) -> float:
        """Returns the seconds."""
        self.now_s += 1
        return self.now_s


@contextmanager
def limited(effort: Effort) -> Iterator[None]:
    """Lets this thread's requests do so much."""
    earlier = EFFORT.set(effort)
    try:
        yield
    finally:
        EFFORT.reset(earlier)


@pytest.fixture(params=[":memory:", "file"])
def tracks(request: pytest.FixtureRequest, path: Path) -> Iterator[ddblite.Database]:
    """A database with some tracks, in memory and in a file."""
    where = ":memory:" if request.param == ":memory:" else path
    with ddblite.connect(where, durability="none") as database:
        database.call("CreateTable", TABLE)
        for artist, track in KEYS:
            item = {"artist": artist, "track": track, "year": 1950 + track, "label": "own"}
            database.table("music").put(item | {"odd": track % 2 == 1})
        yield database


def key_of(wire: Mapping[str, Any]) -> tuple[str, int]:
    """Returns the key of an item on the wire."""
    return wire["artist"]["S"], int(wire["track"]["N"])


def pages_of(
    ask: Callable[[dict[str, Any]], dict[str, Any]], cursor: tuple[str, str], seconds: int
) -> list[dict[str, Any]]:
    """Returns all pages, each of which may take so long, as a client asks for one by one."""
    given, asked = cursor
    pages = []
    start: dict[str, Any] = {}
    while True:
        with limited(Effort(seconds_max=seconds, timer=StepTimer())):
            pages.append(ask(start))
        if given not in pages[-1]:
            return pages
        start = {asked: pages[-1][given]}


@pytest.mark.parametrize("seconds", [0, 3])
@pytest.mark.parametrize("name", READS)
def test_a_page_with_a_filter_ends_with_its_time(
    tracks: ddblite.Database, name: str, seconds: int
) -> None:
    """Behind one item at least; whoever goes on is given every item once, in its order."""
    operation, asked = READS[name]
    whole = tracks.call(operation, {"TableName": "music", **asked})
    pages = pages_of(
        lambda start: tracks.call(operation, {"TableName": "music", **asked, **start}),
        ("LastEvaluatedKey", "ExclusiveStartKey"),
        seconds,
    )
    given = [key_of(item) for page in pages for item in page["Items"]]
    assert [key_of(item) for item in whole["Items"]] == given
    assert whole["ScannedCount"] == sum(page["ScannedCount"] for page in pages)
    assert all(page["ScannedCount"] == max(1, seconds) for page in pages[:-1])


@pytest.mark.parametrize("seconds", [0, 2])
@pytest.mark.parametrize("statement", STATEMENTS)
def test_a_page_of_a_statement_ends_with_its_time(
    tracks: ddblite.Database, statement: str, seconds: int
) -> None:
    """Also between partitions, and where several are merged into one order."""
    whole = tracks.call("ExecuteStatement", {"Statement": statement})
    pages = pages_of(
        lambda start: tracks.call("ExecuteStatement", {"Statement": statement, **start}),
        ("NextToken", "NextToken"),
        seconds,
    )
    given = [key_of(item) for page in pages for item in page["Items"]]
    assert [key_of(item) for item in whole["Items"]] == given
    assert len(pages) > 2


def test_a_count_goes_on_where_it_ended(tracks: ddblite.Database) -> None:
    pages = pages_of(
        lambda start: tracks.call("Scan", {"TableName": "music", **ODD, "Select": "COUNT"} | start),
        ("LastEvaluatedKey", "ExclusiveStartKey"),
        2,
    )
    assert len(ARTISTS) * (TRACKS // 2) == sum(page["Count"] for page in pages)


def test_a_page_without_a_filter_has_no_end_but_its_own(tracks: ddblite.Database) -> None:
    """It is 1 MB at most, which takes no time worth a surprise."""
    with limited(Effort(seconds_max=0, timer=StepTimer())):
        page = tracks.call("Scan", {"TableName": "music"})
    assert (len(KEYS), False) == (page["Count"], "LastEvaluatedKey" in page)


def test_nothing_is_bounded_by_itself(tracks: ddblite.Database) -> None:
    assert EFFORT.get() is None
    assert len(KEYS) == tracks.call("Scan", {"TableName": "music", **ODD})["ScannedCount"]


# What is more than a request may read.

KEY: Final = {"TableName": "music", "Key": {"artist": {"S": "Nina"}, "track": {"N": "1"}}}


def test_a_call_comes_behind_every_row(tracks: ddblite.Database) -> None:
    """Of pages, of whole items that an index leads to, and of reads by key."""
    rows: list[None] = []
    counts = []
    for operation, asked in (
        ("Scan", {"TableName": "music"}),
        ("Query", {"TableName": "music", "IndexName": "by_year", **OF_NINA, **WHOLE}),
        ("GetItem", {"TableName": "music", "Key": {"artist": {"S": "Nina"}, "track": {"N": "1"}}}),
    ):
        with limited(Effort(between_rows=lambda: rows.append(None))):
            tracks.call(operation, asked)
        counts.append(len(rows))
        rows.clear()
    assert counts == [len(KEYS), 2 * TRACKS, 1]


@pytest.mark.parametrize(
    ("operation", "asked"),
    [
        ("GetItem", KEY),
        ("BatchGetItem", {"RequestItems": {"music": {"Keys": [KEY["Key"]]}}}),
        ("TransactGetItems", {"TransactItems": [{"Get": KEY}]}),
        ("Scan", {"TableName": "music"}),
        ("Query", {"TableName": "music", **OF_NINA}),
        ("ExecuteStatement", {"Statement": "SELECT * FROM music"}),
        (
            "BatchExecuteStatement",
            {"Statements": [{"Statement": "SELECT * FROM music WHERE artist='Nina' AND track=1"}]},
        ),
    ],
)
def test_a_read_beyond_its_rows_is_given_up(
    tracks: ddblite.Database, operation: str, asked: Mapping[str, Any]
) -> None:
    """And leaves nothing behind: the same question is answered after it."""
    with limited(Effort(bytes_max=ROW_BYTES)), pytest.raises(TooLong):
        tracks.call(operation, asked)
    assert not tracks.engine.storage.is_busy_here()
    with limited(Effort(bytes_max=1_000_000)):
        assert tracks.call(operation, asked) == tracks.call(operation, asked)


def test_rows_count_together(tracks: ddblite.Database) -> None:
    """Small ones too: each has a weight of its own."""
    with limited(Effort(bytes_max=len(KEYS) * ROW_BYTES)), pytest.raises(TooLong):
        tracks.call("Scan", {"TableName": "music"})


# Writing.

ADD: Final = {
    **KEY,
    "UpdateExpression": "ADD plays :one",
    "ExpressionAttributeValues": {":one": {"N": "1"}},
}
PUT: Final = {"TableName": "music", "Item": {**KEY["Key"], "title": {"S": "Sinnerman"}}}  # type: ignore[dict-item]
WRITES: Final[Mapping[str, Mapping[str, Any]]] = {
    "PutItem": PUT,
    "UpdateItem": ADD,
    "DeleteItem": KEY,
    "BatchWriteItem": {"RequestItems": {"music": [{"DeleteRequest": {"Key": KEY["Key"]}}]}},
    "TransactWriteItems": {"TransactItems": [{"Put": PUT}]},
    "ExecuteStatement": {
        "Statement": "-- no word\nDELETE FROM music WHERE artist='Nina' AND track=1"
    },
    "BatchExecuteStatement": {
        "Statements": [{"Statement": "DELETE FROM music WHERE artist='Nina' AND track=1"}]
    },
    "ExecuteTransaction": {
        "TransactStatements": [
            {
                "Statement": "EXISTS(SELECT * FROM music"
                " WHERE artist='Nina' AND track=1 AND odd=true)"
            },
            {"Statement": "DELETE FROM music WHERE artist='Nina' AND track=1"},
        ]
    },
    "CreateTable": TABLE | {"TableName": "more"},
    "DeleteTable": {"TableName": "music"},
}


@pytest.mark.parametrize("operation", WRITES)
def test_a_write_is_given_up_before_it_waits(
    opened: ddblite.Database, path: Path, operation: str
) -> None:
    """Whatever it looks like: another process has the file, and nobody waits for it here."""
    opened.delete_table("music")
    opened.call("CreateTable", TABLE)
    opened.table("music").put({"artist": "Nina", "track": 1})
    before = opened.call("Scan", {"TableName": "music"})
    with closing(apsw.Connection(str(path))) as other:
        other.execute("BEGIN IMMEDIATE")
        with limited(Effort(may_write=False)), pytest.raises(WouldWrite):
            opened.call(operation, WRITES[operation])
        other.execute("ROLLBACK")
    assert before == opened.call("Scan", {"TableName": "music"})


def test_a_write_in_memory_that_is_given_up_is_undone() -> None:
    """When it reads too much midway; asked again it is done once."""
    with ddblite.connect(":memory:") as database:
        database.call("CreateTable", TABLE)
        table = database.table("music")
        for track in (1, 2):
            table.put({"artist": "Nina", "track": track, "text": "x" * 1000})
        both = {
            "TransactItems": [
                {"Update": ADD | {"Key": KEY["Key"] | {"track": {"N": track}}}}  # type: ignore[operator]
                for track in "12"
            ]
        }
        with limited(Effort(bytes_max=1500)), pytest.raises(GivenUp):
            database.call("TransactWriteItems", both)
        assert [None, None] == [item.get("plays") for item in table.scan()]
        database.call("TransactWriteItems", both)
        assert [1, 1] == [item["plays"] for item in table.scan()]


# In memory there is one connection.


def test_in_memory_nobody_waits_for_a_filter() -> None:
    """The rows are taken and the connection given back, before they are looked at."""
    is_looking, is_open = threading.Event(), threading.Event()

    def timer() -> float:
        if is_looking.is_set():
            is_open.wait(TIMEOUT_S)
        is_looking.set()
        return 0

    with ddblite.connect(":memory:") as database:
        database.call("CreateTable", TABLE)
        database.table("music").put({"artist": "Nina", "track": 1, "odd": True})
        found = []

        def scan() -> None:
            with limited(Effort(seconds_max=1, timer=timer)):
                found.append(database.call("Scan", {"TableName": "music", **ODD})["Count"])

        scanning = threading.Thread(target=scan)
        scanning.start()
        assert is_looking.wait(TIMEOUT_S)
        taken = database.engine.storage.lock.acquire(TIMEOUT_S)
        assert (True, []) == (taken, found)
        database.engine.storage.lock.release()
        is_open.set()
        scanning.join()
        assert [1] == found

"""Where requests are answered, and that who asks for little does not wait for who asks for much."""

import asyncio
import gzip
import json
import threading
from collections.abc import Iterator
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Final, NamedTuple

import apsw
import pytest

import ddblite
from ddblite.api.http.application import answer
from ddblite.api.http.lanes import LOOP_BODY_BYTES_MAX, READERS_MAX, Lanes
from ddblite.api.http.messages import Answer, Request
from ddblite.api.http.turns import Rests
from ddblite.engine.effort import EFFORT
from ddblite.engine.engine import Engine
from door_in_loop import Run, Served, in_loop
from serving import TIMEOUT_S, headers_for
from wire_requests import GET, PUT, TABLE, Wire

__all__ = ["in_loop"]

INSERT: Final = "INSERT INTO books VALUE {'id': '2'}"
SELECT: Final = "SELECT * FROM books WHERE id = '1'"
SCAN: Final = {
    "TableName": "books",
    "FilterExpression": "contains(title, :v)",
    "ExpressionAttributeValues": {":v": {"S": "x"}},
}
LONG: Final = b" " * LOOP_BODY_BYTES_MAX
"""Behind a request, it makes it too long for the loop."""


# Writes that wait for another process.

DISGUISED: Final = {
    "plain": ("ExecuteStatement", {"Statement": INSERT}),
    "a word elsewhere": (
        "ExecuteStatement",
        b'{"x": {"Statement": "SELECT"}, "Statement": "%b"}' % INSERT.encode(),
    ),
    "behind a comment": ("ExecuteStatement", {"Statement": f"/* SELECT */ {INSERT}"}),
    "behind a comment, long": (
        "ExecuteStatement",
        json.dumps({"Statement": f"-- SELECT\n{INSERT}"}).encode() + LONG,
    ),
    "batch": ("BatchExecuteStatement", {"Statements": [{"Statement": f"/**/{INSERT}"}]}),
    "transaction": (
        "ExecuteTransaction",
        {"TransactStatements": [{"Statement": f"--\n{INSERT}"}]},
    ),
    "put": ("PutItem", PUT),
}

READS: Final = {
    "GetItem": GET,
    "Scan": SCAN,
    "ExecuteStatement": {"Statement": SELECT},
    "BatchExecuteStatement": {"Statements": [{"Statement": SELECT}]},
    "ExecuteTransaction": {"TransactStatements": [{"Statement": SELECT}]},
    "DescribeLimits": {},
}


@pytest.mark.parametrize("packed", [False, True], ids=["as it is", "packed"])
@pytest.mark.parametrize("name", DISGUISED)
def test_a_write_that_waits_holds_nobody(
    in_loop: Run,
    tmp_path: Path,
    name: str,
    packed: bool,  # noqa: FBT001
) -> None:
    """Whatever the write looks like, and whatever the others read meanwhile."""
    path = tmp_path / "books.ddb"
    operation, asked = DISGUISED[name]

    async def test(server: Served) -> None:
        server.database.call("CreateTable", TABLE)
        server.database.call("PutItem", PUT)
        body = asked if isinstance(asked, bytes) else json.dumps(asked).encode()
        encoding = {"content_encoding": "gzip"} if packed else {}
        server.handler.lanes.has_parser = True  # so that the loop tries what is short
        writing, reading = await server.connect(), await server.connect()
        with closing(apsw.Connection(str(path))) as other:
            other.execute("BEGIN IMMEDIATE")
            sent = gzip.compress(body) if packed else body
            writing.send(server.request(operation, sent, **encoding))
            answered = asyncio.create_task(writing.status())
            for read, wire in READS.items():
                reading.send(server.request(read, wire))
                assert (200, False) == (await reading.status(), answered.done())
            other.execute("ROLLBACK")
        assert await answered == 200

    in_loop(test, path)


# What takes long.


class Gate:
    """A clock that stands still, and that whoever looks at it a second time has to wait for."""

    def __init__(self) -> None:
        self.looks = 0
        self.is_reached = threading.Event()
        self.is_open = threading.Event()

    def __call__(self) -> float:
        """Returns the seconds."""
        self.looks += 1
        if self.looks > 1:
            self.is_reached.set()
            self.is_open.wait(TIMEOUT_S)
        return 0


@pytest.mark.parametrize("in_memory", [False, True], ids=["file", "memory"])
def test_a_long_page_holds_nobody(in_loop: Run, tmp_path: Path, in_memory: bool) -> None:  # noqa: FBT001
    """A filter is asked about items in a thread, while others read and write."""
    path = ":memory:" if in_memory else tmp_path / "books.ddb"

    async def test(server: Served) -> None:
        server.database.call("CreateTable", TABLE)
        server.database.call("PutItem", PUT)
        gate = server.handler.lanes.timer = Gate()
        long, other = await server.connect(), await server.connect()
        long.send(server.request("Scan", json.dumps(SCAN).encode() + LONG))
        answered = asyncio.create_task(long.status())
        assert await asyncio.to_thread(gate.is_reached.wait, TIMEOUT_S)
        for operation, wire in (("GetItem", GET), ("PutItem", PUT), ("Scan", SCAN)):
            other.send(server.request(operation, wire))
            assert (200, False) == (await other.status(), answered.done())
        gate.is_open.set()
        assert await answered == 200

    in_loop(test, path)


def test_a_statement_that_writes_waits_for_no_long_page(in_loop: Run, tmp_path: Path) -> None:
    """Not even a long one, of which the loop cannot tell that it writes."""

    async def test(server: Served) -> None:
        server.database.call("CreateTable", TABLE)
        server.database.call("PutItem", PUT)
        gate = server.handler.lanes.timer = Gate()
        answered = []
        for _ in range(READERS_MAX):
            client = await server.connect()
            client.send(server.request("Scan", json.dumps(SCAN).encode() + LONG))
            answered.append(asyncio.create_task(client.status()))
        assert await asyncio.to_thread(gate.is_reached.wait, TIMEOUT_S)
        writing = await server.connect()
        writing.send(
            server.request("ExecuteStatement", json.dumps({"Statement": INSERT}).encode() + LONG)
        )
        assert await writing.status() == 200
        assert not any(task.done() for task in answered)
        gate.is_open.set()
        assert [200] * READERS_MAX == [await task for task in answered]

    in_loop(test, tmp_path / "books.ddb")


def test_a_clients_pages_end_with_their_time_and_miss_nothing(in_loop: Run) -> None:
    """Two items a page, by a clock that goes on by a second for each."""
    seconds = iter(range(1_000_000))

    async def test(server: Served) -> None:
        server.database.call("CreateTable", TABLE)
        server.handler.lanes.timer = lambda: next(seconds) / 2
        for number in range(9):
            item = {"id": str(number), "title": "x" * (number % 2)}
            server.database.table("books").put(item)
        client = await server.connect()
        found: list[str] = []
        counts: list[int] = []
        start: Wire = {}
        while True:
            body = json.dumps(SCAN | start).encode() + LONG
            client.send(server.request("Scan", body))
            page = json.loads((await client.answer())[2])
            found += [item["id"]["S"] for item in page["Items"]]
            counts.append(page["ScannedCount"])
            if "LastEvaluatedKey" not in page:
                break
            start = {"ExclusiveStartKey": page["LastEvaluatedKey"]}
        assert (["1", "3", "5", "7"], {2}, 9) == (sorted(found), set(counts[:-1]), sum(counts))

    in_loop(test)


def test_a_thread_that_reads_rests(in_loop: Run) -> None:
    """On the loop, where nobody else has a turn to wait for, it does not."""
    slept: list[float] = []
    seconds = iter(range(1_000_000))

    async def test(server: Served) -> None:
        server.database.call("CreateTable", TABLE)
        server.database.call("PutItem", PUT)
        server.handler.lanes.rests = lambda: Rests(lambda: next(seconds), slept.append)
        client = await server.connect()
        for padding, rests in ((b"", 0), (LONG, 1)):
            client.send(server.request("Scan", json.dumps(SCAN).encode() + padding))
            assert (200, rests) == (await client.status(), len(slept))

    in_loop(test)


# Which lane.


class Asking(NamedTuple):
    """The lanes of a server, and how they are asked."""

    engine: Engine
    lanes: Lanes

    def ask(self, operation: str, wire: Wire | bytes, **headers: str) -> tuple[bool, Answer]:
        """Returns whether a request was answered at once, and its answer."""
        body = wire if isinstance(wire, bytes) else json.dumps(wire).encode()
        asked = Request("POST", "/", headers_for(operation, **headers), "", body)
        reply = self.lanes.begin(asked, partial(answer, self.engine, asked))
        assert EFFORT.get() is None
        if isinstance(reply, Answer):
            return True, reply
        return False, reply.result(TIMEOUT_S)


@pytest.fixture(params=["file", "memory"])
def asking(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Asking]:
    """The lanes of a server with a table of one small and one large item."""
    path = ":memory:" if request.param == "memory" else tmp_path / "books.ddb"
    with ddblite.connect(path) as database:
        database.call("CreateTable", TABLE)
        database.table("books").put({"id": "1"})
        database.table("books").put({"id": "large", "text": "x" * 100_000})
        with closing(Lanes(database.engine)) as lanes:
            yield Asking(database.engine, lanes)


LARGE: Final = {"TableName": "books", "Key": {"id": {"S": "large"}}}


@pytest.mark.parametrize(
    ("operation", "wire", "at_once"),
    [
        ("GetItem", GET, True),
        ("GetItem", LARGE, False),
        ("GetItem", json.dumps(GET).encode() + LONG, False),
        ("BatchGetItem", {"RequestItems": {"books": {"Keys": [GET["Key"], LARGE["Key"]]}}}, False),
        ("Scan", SCAN, False),
        ("DescribeTable", {"TableName": "books"}, True),
    ],
)
def test_the_loop_reads_what_is_small(
    asking: Asking,
    operation: str,
    wire: Wire | bytes,
    at_once: bool,  # noqa: FBT001
) -> None:
    was_at_once, reply = asking.ask(operation, wire)
    assert (200, at_once) == (reply.status, was_at_once)


def test_the_loop_does_not_import_the_parser(asking: Asking) -> None:
    """Which takes a fifth of a second, and is imported with the first statement."""
    asked = {"Statement": SELECT}
    assert [False, True] == [asking.ask("ExecuteStatement", asked)[0] for _ in range(2)]


def test_the_loop_unpacks_nothing(asking: Asking) -> None:
    """A few bytes may be many when they are unpacked."""
    packed = gzip.compress(json.dumps(GET).encode())
    assert not asking.ask("GetItem", packed, content_encoding="gzip")[0]


def test_a_write_in_memory_is_done_once(asking: Asking) -> None:
    """Also one that the loop begins and that turns out to be large."""
    added = {
        **LARGE,
        "UpdateExpression": "ADD n :one",
        "ExpressionAttributeValues": {":one": {"N": "1"}},
        "ReturnValues": "UPDATED_NEW",
    }
    for count in (b"1", b"2"):
        at_once, reply = asking.ask("UpdateItem", added)
        assert (False, b'{"Attributes":{"n":{"N":"%b"}}}' % count) == (at_once, reply.body)


def test_faults_come_back_from_every_lane(asking: Asking) -> None:
    unknown = json.dumps({"TableName": "films", "Key": {"id": {"S": "1"}}}).encode()
    for body in (unknown, unknown + LONG):
        assert asking.ask("GetItem", body)[1].status == 400
    wrong = {"Statement": "/**/ INSERT INTO films VALUE {'id': '1'}"}
    assert asking.ask("ExecuteStatement", wrong)[1].status == 400

"""One connection: requests in pieces and in a row, what is refused, and what is not read."""

import asyncio
import json
import random
import tracemalloc
from pathlib import Path

import pytest

from ddblite.api.http.body import BODY_BYTES_MAX
from ddblite.api.http.connection_states import COMING
from ddblite.api.http.protocol import (
    SLOW_SECONDS_MAX,
)
from ddblite.api.http.request_guard import HEAD_BYTES_MAX
from door_in_loop import Run, Served, in_loop, until
from serving import WISH, request
from wire_requests import GOOD, PUT, TABLE

__all__ = ["in_loop"]

MIB = 1024 * 1024


# What comes.


def test_request_may_come_byte_by_byte(in_loop: Run) -> None:
    async def test(server: Served) -> None:
        client = await server.connect()
        for byte in server.request("CreateTable", TABLE):
            client.send(bytes([byte]))
            await client.writer.drain()
            await asyncio.sleep(0)
        assert await client.status() == 200
        assert ["books"] == server.database.tables()

    in_loop(test)


def test_answers_come_in_the_order_of_requests(in_loop: Run, tmp_path: Path) -> None:
    """Whatever was sent before the first was answered; a read waits for the write before it."""

    async def test(server: Served) -> None:
        client = await server.connect()
        gets = [server.request("GetItem", GOOD["GetItem"]) for _ in range(3)]
        create, put = (
            server.request("CreateTable", TABLE),
            server.request("PutItem", PUT),
        )
        client.send(gets[0] + create + gets[1] + put + gets[2] + b"NONSENSE")
        answers = [await client.answer() for _ in range(6)]
        assert [400, 200, 200, 200, 200, 400] == [status for status, _, _ in answers]
        assert [b"{}", b'{"Item":{"id":{"S":"1"}}}'] == [answers[2][2], answers[4][2]]
        assert ["close"] == [
            headers["connection"] for _, headers, _ in answers if "connection" in headers
        ]
        assert await client.rest() == b""

    in_loop(test, tmp_path / "shop.ddb")


@pytest.mark.parametrize(
    ("version", "sent", "is_last"),
    [
        ("1.1", {}, False),
        ("1.1", {"connection": "close"}, True),
        ("1.0", {}, True),
        ("1.0", {"connection": "keep-alive"}, True),
    ],
)
def test_connection_ends_when_the_client_says_so(
    in_loop: Run, version: str, sent: dict[str, str], *, is_last: bool
) -> None:
    """HTTP/1.0 says so always."""

    async def test(server: Served) -> None:
        client = await server.connect()
        raw = request("GET /healthz", {"host": server.host} | sent)
        client.send(raw.replace(b"HTTP/1.1", f"HTTP/{version}".encode()))
        status, headers, body = await client.answer()
        assert (200, b"ok\n", is_last) == (status, body, headers.get("connection") == "close")
        if is_last:
            assert await client.rest() == b""
        else:
            client.send(raw)
            assert await client.status() == 200

    in_loop(test)


def test_wish_for_another_protocol_is_passed_over(in_loop: Run) -> None:
    """The request is carried out, with its body, however it comes, and so are those behind it."""

    async def test(server: Served) -> None:
        server.database.call("CreateTable", TABLE)
        put = server.request("PutItem", PUT)
        wish = server.request("PutItem", PUT, **WISH)
        client = await server.connect()
        for cut in (0, 1, wish.index(b"\r\n\r\n") + 4, len(wish) - 1):
            if cut:
                client.send(wish[:cut])
                await until(lambda: client.served_by.reading in COMING)
            client.send(wish[cut:] + put + wish + put)
            for _ in range(4):
                status, headers, body = await client.answer()
                assert (200, b"{}", None) == (status, body, headers.get("connection"))
        many = request("GET /", {"host": server.host} | WISH) * 500
        client.send(many)
        assert {200} == {await client.status() for _ in range(500)}
        client.send(server.request("ListTables", **WISH, expect="100-continue"))
        assert await client.reader.readuntil(b"\r\n\r\n") == b"HTTP/1.1 100 Continue\r\n\r\n"
        assert await client.status() == 200

    in_loop(test)


@pytest.mark.parametrize("wish", [{}, WISH])
def test_tunnels_are_not_made(in_loop: Run, wish: dict[str, str]) -> None:
    """And what is meant for one is not looked at."""

    async def test(server: Served) -> None:
        client = await server.connect()
        behind = server.request("CreateTable", TABLE)
        client.send(request("CONNECT /", {"host": server.host} | wish) + behind)
        assert await client.status() == 400
        assert await client.rest() == b""
        assert [] == server.database.tables()

    in_loop(test)


def test_head_has_no_body(in_loop: Run) -> None:
    """The next answer begins where it should have been."""

    async def test(server: Served) -> None:
        client = await server.connect()
        client.send(request("HEAD /", {"host": server.host}))
        assert b" 404 " in await client.reader.readuntil(b"\r\n\r\n")
        client.send(request("GET /", {"host": server.host}))
        assert await client.status() == 200

    in_loop(test)


def test_expectation_is_met(in_loop: Run, tmp_path: Path) -> None:
    """In its turn, when a write before it is still to be answered."""

    async def test(server: Served) -> None:
        client = await server.connect()
        head, _, body = server.request("ListTables", expect="100-continue").partition(b"\r\n\r\n")
        for before in (b"", server.request("CreateTable", TABLE)):
            client.send(before + head + b"\r\n\r\n")
            if before:
                assert await client.status() == 200
            assert await client.reader.readuntil(b"\r\n\r\n") == b"HTTP/1.1 100 Continue\r\n\r\n"
            client.send(body)
            assert await client.status() == 200
        client.send(server.request("ListTables", expect="tea"))
        assert await client.status() == 417
        assert await client.rest() == b""

    in_loop(test, tmp_path / "shop.ddb")


def test_expectation_of_the_older_protocol_is_passed_over(in_loop: Run) -> None:
    """HTTP/1.0 knows of no answer before the answer, whatever a proxy passes on."""

    async def test(server: Served) -> None:
        client = await server.connect()
        raw = server.request("ListTables", expect="100-continue")
        client.send(raw.replace(b"HTTP/1.1", b"HTTP/1.0"))
        assert await client.status() == 200

    in_loop(test)


def test_expectation_of_a_refused_body_is_not_met(in_loop: Run) -> None:
    """The refusal is the answer, before the body."""

    async def test(server: Served) -> None:
        client = await server.connect()
        large = str(BODY_BYTES_MAX + 1)
        client.send(server.request("PutItem", b"", expect="100-continue", content_length=large))
        assert await client.status() == 413

    in_loop(test)


# What is too much.


def test_client_that_sends_without_reading_gets_its_refusal(in_loop: Run) -> None:
    """What is sent after all is thrown away, not kept, and destroys no answer on its way."""

    async def test(server: Served) -> None:
        client = await server.connect()
        piece = bytes(MIB)
        tracemalloc.start()
        client.send(server.request("PutItem", b"", content_length=str(64 * MIB)))
        for _ in range(64):
            client.send(piece)
            await client.writer.drain()
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert peak < 8 * MIB
        assert await client.status() == 413
        assert await client.rest() == b""
        assert not server.handler.served

    in_loop(test)


def test_endless_head_is_not_kept(in_loop: Run) -> None:
    """One line without an end, and lines without an end."""

    async def test(server: Served) -> None:
        for piece in (b"x" * HEAD_BYTES_MAX, b"x: y\r\n" * HEAD_BYTES_MAX):
            client = await server.begun(b"POST / HTTP/1.1\r\nx: ")
            client.send(piece + b"x")
            assert await client.status() == 400
            assert await client.rest() == b""

    in_loop(test)


def test_client_that_does_not_read_is_not_answered(in_loop: Run) -> None:
    """Nor read from: its requests stay with it. In the end it is cut off."""

    async def test(server: Served) -> None:
        server.database.create_table("books", partition_key="id")
        server.database.table("books").put({"id": "1", "text": "x" * 300_000})
        client = await server.connect()
        get = server.request("GetItem", GOOD["GetItem"])
        for _ in range(100):
            client.send(get * 100)
        await until(lambda: client.served_by.is_unread)
        await until(lambda: client.served_by.is_paused)
        assert len(client.served_by.waiting) < 2000
        server.pass_seconds(SLOW_SECONDS_MAX)
        assert not client.served_by.transport.is_closing()
        server.pass_seconds(1)
        assert client.served_by.transport.is_closing()

    in_loop(test)


def test_client_that_reads_again_is_answered_again(in_loop: Run) -> None:
    async def test(server: Served) -> None:
        server.database.create_table("books", partition_key="id")
        server.database.table("books").put({"id": "1", "text": "x" * 300_000})
        client, _ = await server.connect(), await server.connect()
        client.send(server.request("GetItem", GOOD["GetItem"]) * 100)
        await until(lambda: client.served_by.is_unread)
        assert [200] * 100 == [await client.status() for _ in range(100)]
        client.send(server.request("ListTables"))
        assert await client.status() == 200

    in_loop(test)


@pytest.mark.parametrize(
    "doubtful",
    [
        {"transfer-encoding": "chunked", "content-length": "5"},
        {"transfer-encoding": "chunked", "content-length": "0"},
        {"transfer-encoding": "chunked", "Transfer-Encoding": "chunked"},
        {"transfer-encoding": "chunked", "Transfer-Encoding": "identity"},
        {"transfer-encoding": "chunked, chunked"},
        {"transfer-encoding": "gzip, chunked"},
        {"transfer-encoding": "chunked;q=1"},
        {"transfer-encoding": "xchunked"},
        {"transfer-encoding": "identity"},
        {"transfer-encoding": ""},
        {"content-length": "0", "Content-Length": "5"},
        {"content-length": "+3"},
        {"content-length": "1_0"},
        {"content-length": "-1"},
        {"Content-Length ": "0"},
        {"x": "a\r\n b"},
        {"x": "a\n\r"},
        {"host": "localhost", "Host": "localhost"},
        {"\x00": "x"},
    ],
)
def test_no_second_request_is_seen(in_loop: Run, doubtful: dict[str, str]) -> None:
    """Behind a request whose end is in doubt, whatever its bytes look like."""

    async def test(server: Served) -> None:
        client = await server.connect()
        hidden = server.request("CreateTable", TABLE)
        sent = request("POST /", {"host": server.host} | doubtful, b"0\r\n\r\n" + hidden)
        client.send(sent + hidden)
        status, _, body = await client.answer()
        assert 400 <= status < 500
        assert json.loads(body)["__type"]
        assert await client.rest() == b""
        assert [] == server.database.tables()

    in_loop(test)


def test_noise_is_survived(in_loop: Run) -> None:
    """Whatever becomes of a request on its way: an answer, or an end; never a fault of ours."""

    async def test(server: Served) -> None:
        faults: list[object] = []
        asyncio.get_running_loop().set_exception_handler(lambda _, fault: faults.append(fault))
        dice = random.Random(11)
        whole = server.request("ListTables", {"Limit": 5})
        for turn in range(300):
            sent = bytearray(whole * dice.randrange(1, 4))
            for _ in range(dice.randrange(1, 5)):
                place = dice.randrange(len(sent))
                piece = bytes(dice.choices(b"\r\n :0\x00\xffPOST/H", k=dice.randrange(4)))
                sent[place : place + dice.randrange(4)] = piece
            client = await server.connect()
            client.send(bytes(sent))
            client.writer.write_eof()
            rest = await client.rest()
            assert rest == b"" or rest.startswith(b"HTTP/1.1 "), f"turn {turn}"
            assert b"500 Internal" not in rest, f"turn {turn}"
        assert [] == faults
        await until(lambda: not server.state.connections)

    in_loop(test)

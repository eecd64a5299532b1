"""Connections: slow ones, too many of them, and clients that go away."""

import asyncio
import threading
from pathlib import Path

import pytest

from ddblite.api.http import door, protocol
from ddblite.api.http.door import CONNECTIONS_MAX, LEAVING_MAX, QUIET_SECONDS_MIN
from ddblite.api.http.protocol import (
    IDLE_SECONDS_MAX,
    LEAVING_SECONDS_MAX,
    REQUEST_SECONDS_MAX,
    UNREAD_SECONDS_MAX,
)
from door_in_loop import Run, Served, in_loop, served, until
from serving import TIMEOUT_S
from wire_requests import GOOD, PUT, TABLE

__all__ = ["in_loop"]


# What is too slow.


@pytest.mark.parametrize("sent", [b"POST / HTTP/1.1\r\nHost: x", b"", None])
def test_slow_request_has_a_deadline(in_loop: Run, sent: bytes | None) -> None:
    """In its head, in its body, and before its first byte: then there is nothing to answer."""

    async def test(server: Served) -> None:
        whole = server.request("CreateTable", TABLE)
        part = whole[:-1] if sent is None else sent
        client = await (server.begun(part) if part else server.connect())
        server.pass_seconds(REQUEST_SECONDS_MAX)
        assert not client.served_by.is_deaf
        server.pass_seconds(1)
        if part:
            assert await client.status() == 408
        assert await client.rest() == b""
        assert [] == server.database.tables()

    in_loop(test)


def test_bytes_now_and_then_do_not_move_the_deadline(in_loop: Run) -> None:
    """Nor do empty lines, which are no request."""

    async def test(server: Served) -> None:
        clients = [await server.begun(b"P"), await server.connect()]
        for byte in b"OST / HTTP/"[:REQUEST_SECONDS_MAX]:
            clients[0].send(bytes([byte]))
            clients[1].send(b"\r\n")
            for client in clients:
                await client.writer.drain()
            await asyncio.sleep(0)
            server.pass_seconds(1)
        server.pass_seconds(1)
        assert await clients[0].status() == 408
        assert await clients[1].rest() == b""

    in_loop(test)


def test_slow_write_has_no_deadline(in_loop: Run, tmp_path: Path) -> None:
    """However long the disk takes; not even when the client began to read late."""

    async def test(server: Served) -> None:
        server.database.call("CreateTable", TABLE)
        is_open = threading.Event()
        assert server.door.writer is not None
        server.door.writer.submit(lambda: is_open.wait(TIMEOUT_S), is_alone=True)
        client = await server.connect()
        client.send(server.request("PutItem", PUT))
        await until(lambda: client.served_by.is_working)
        client.served_by.pause_writing()  # as the loop does, of earlier answers
        client.served_by.resume_writing()
        server.pass_seconds(IDLE_SECONDS_MAX + UNREAD_SECONDS_MAX)
        is_open.set()
        assert await client.status() == 200

    in_loop(test, tmp_path / "shop.ddb")


def test_idle_connection_is_closed(in_loop: Run) -> None:
    """Counted from its last answer."""

    async def test(server: Served) -> None:
        client = await server.connect()
        server.pass_seconds(REQUEST_SECONDS_MAX - 1)
        client.send(server.request("ListTables"))
        assert await client.status() == 200
        server.pass_seconds(IDLE_SECONDS_MAX)
        client.send(server.request("ListTables"))
        assert await client.status() == 200
        server.pass_seconds(IDLE_SECONDS_MAX + 1)
        assert await client.rest() == b""

    in_loop(test)


def test_client_that_does_not_leave_is_left(in_loop: Run) -> None:
    """It got its last answer, and some time to read it."""

    async def test(server: Served) -> None:
        client = await server.connect()
        client.send(b"NONSENSE\r\n\r\n")
        assert await client.status() == 400
        assert {client.served_by} == server.door.leaving
        server.pass_seconds(LEAVING_SECONDS_MAX + 1)
        await until(lambda: not server.door.leaving)

    in_loop(test)


def test_seconds_are_counted_while_anybody_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    """By one timer, whatever the number of connections; by none when there is none."""
    monkeypatch.setattr(door, "SWEEP_SECONDS", 0)

    async def test() -> None:
        async with asyncio.timeout(TIMEOUT_S), served(kind=door.Door) as server:
            clients = [await server.connect() for _ in range(3)]
            for client in clients:
                assert await client.rest() == b""
            assert server.door.seconds > REQUEST_SECONDS_MAX
            await until(lambda: server.door.timer is None)

    asyncio.run(test())


# Who comes.


def test_one_connection_too_many_is_told(in_loop: Run) -> None:
    """With an error that every client tries again after; then it is served."""

    async def test(server: Served) -> None:
        clients = [await server.connect() for _ in range(CONNECTIONS_MAX)]
        client = await server.connect()
        assert await client.status() == 503
        assert await client.rest() == b""
        clients[0].writer.close()
        await until(lambda: len(server.door.served) < CONNECTIONS_MAX)
        client = await server.connect()
        client.send(server.request("ListTables"))
        assert await client.status() == 200

    in_loop(test)


def test_idle_connection_makes_room(in_loop: Run) -> None:
    """The one that has been idle longest; never one that is in the middle of a request."""

    async def test(server: Served) -> None:
        busy = await server.begun(server.request("CreateTable", TABLE)[:-1])
        idlest = await server.connect()
        server.pass_seconds(1)
        for _ in range(CONNECTIONS_MAX - 2):
            await server.connect()
        server.pass_seconds(QUIET_SECONDS_MIN - 1)
        client = await server.connect()
        client.send(server.request("ListTables"))
        assert await client.status() == 200
        assert await idlest.rest() == b""
        assert await (await server.connect()).status() == 503
        busy.send(b"}")
        assert await busy.status() == 200

    in_loop(test)


def test_a_thousand_idle_connections_keep_nobody_out(in_loop: Run) -> None:
    """They are turned away, closed, or make room; and all are gone in the end."""

    async def test(server: Served) -> None:
        idle = [await server.connect() for _ in range(1000)]
        assert CONNECTIONS_MAX == len(server.door.served)
        assert LEAVING_MAX >= len(server.door.leaving)
        server.pass_seconds(QUIET_SECONDS_MIN)
        client = await server.connect()
        client.send(server.request("ListTables"))
        assert await client.status() == 200
        server.pass_seconds(IDLE_SECONDS_MAX + 1)
        await until(lambda: not server.state.connections)
        for gone in idle:
            await gone.rest()

    in_loop(test)


# Who goes.


@pytest.mark.parametrize("part", [10, -1, None])
def test_client_that_leaves_in_the_middle(in_loop: Run, tmp_path: Path, part: int | None) -> None:
    """Its write is done, or it is not begun; and the server goes on."""

    async def test(server: Served) -> None:
        client = await server.connect()
        client.send(server.request("CreateTable", TABLE)[:part])
        await client.writer.drain()
        client.writer.transport.abort()
        await until(lambda: not server.state.connections)
        other = await server.connect()
        other.send(server.request("DescribeTable", GOOD["DescribeTable"]))
        assert await other.status() in ({200, 400} if part is None else {400})

    in_loop(test, tmp_path / "shop.ddb")


def test_client_that_leaves_in_the_middle_of_its_answer(in_loop: Run) -> None:
    async def test(server: Served) -> None:
        server.database.create_table("books", partition_key="id")
        server.database.table("books").put({"id": "1", "text": "x" * 300_000})
        client = await server.connect()
        client.send(server.request("GetItem", GOOD["GetItem"]) * 100)
        await client.reader.readexactly(100_000)
        client.writer.transport.abort()
        await until(lambda: not server.state.connections)
        other = await server.connect()
        other.send(server.request("ListTables"))
        assert await other.status() == 200

    in_loop(test)


def test_client_may_stop_sending_before_its_answer(in_loop: Run, tmp_path: Path) -> None:
    """As programs do that send one request and then read to the end."""

    async def test(server: Served) -> None:
        client = await server.connect()
        client.send(server.request("CreateTable", TABLE) + server.request("ListTables"))
        client.writer.write_eof()
        assert [200, 200] == [await client.status(), await client.status()]
        assert await client.rest() == b""

    in_loop(test, tmp_path / "shop.ddb")


def test_server_that_stops_finishes_what_has_begun(in_loop: Run) -> None:
    """And closes the others at once."""

    async def test(server: Served) -> None:
        whole = server.request("CreateTable", TABLE)
        coming, idle = await server.begun(whole[:-1]), await server.connect()
        for connection in list(server.state.connections):
            connection.shutdown()
        assert await idle.rest() == b""
        coming.send(whole[-1:])
        status, headers, _ = await coming.answer()
        assert (200, "close") == (status, headers["connection"])
        assert await coming.rest() == b""
        assert ["books"] == server.database.tables()

    in_loop(test)


# What is too much.


def test_bodies_have_a_limit_together(
    in_loop: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One that goes beyond is refused; what is answered, refused or gone counts no more."""
    monkeypatch.setattr(protocol, "BODIES_BYTES_MAX", 3000)

    async def test(server: Served) -> None:
        server.database.call("CreateTable", TABLE)
        whole = server.request("ListTables", b"{" + b" " * 1400 + b"}")
        clients = [await server.begun(whole[:-1]) for _ in range(2)]
        await until(lambda: server.door.body_bytes == 2 * 1401)
        refused = await server.connect()
        refused.send(whole)
        assert await refused.status() == 503
        assert server.door.body_bytes == 2 * 1401
        clients[0].send(whole[-1:])
        assert await clients[0].status() == 200
        clients[1].writer.close()
        await until(lambda: server.door.body_bytes == 0)
        for _ in range(3):
            clients[0].send(whole)
            assert await clients[0].status() == 200
        assert server.door.body_bytes == 0

    in_loop(test, tmp_path / "shop.ddb")


def test_write_counts_until_it_is_done(in_loop: Run, tmp_path: Path) -> None:
    """Also when its client has gone: the writer still has it."""

    async def test(server: Served) -> None:
        server.database.call("CreateTable", TABLE)
        is_open = threading.Event()
        assert server.door.writer is not None
        server.door.writer.submit(lambda: is_open.wait(TIMEOUT_S), is_alone=True)
        client = await server.connect()
        client.send(server.request("PutItem", PUT))
        await until(lambda: client.served_by.is_working)
        counted = server.door.body_bytes
        assert counted > 0
        client.served_by.transport.abort()  # as the loop does behind a reset
        await until(lambda: client.served_by not in server.door.served)
        assert counted == server.door.body_bytes
        is_open.set()
        await until(lambda: server.door.body_bytes == 0)

    in_loop(test, tmp_path / "shop.ddb")

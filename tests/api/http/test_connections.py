"""Connections: slow ones, too many of them, and clients that go away."""

import asyncio
import threading
from pathlib import Path

import pytest

from ddblite.api.http import request_handler
from ddblite.api.http.connection_states import Reading
from ddblite.api.http.protocol import LEAVING_SECONDS_MAX, SLOW_SECONDS_MAX
from door_in_loop import Run, Served, check_try_again, in_loop, served, until
from serving import TIMEOUT_S
from wire_requests import GOOD, PUT, TABLE

__all__ = ["in_loop"]


# What is too slow.


@pytest.mark.parametrize("sent", [b"POST / HTTP/1.1\r\nHost: x", None])
def test_slow_request_has_a_deadline(in_loop: Run, sent: bytes | None) -> None:
    """In its head and in its body; somebody at a breakpoint does not meet it."""

    async def test(server: Served) -> None:
        whole = server.request("CreateTable", TABLE)
        client = await server.begun(whole[:-1] if sent is None else sent)
        server.pass_seconds(SLOW_SECONDS_MAX)
        assert client.served_by.reading is not Reading.NOTHING_MORE
        server.pass_seconds(1)
        await check_try_again(client)
        assert await client.rest() == b""
        assert [] == server.database.tables()

    in_loop(test)


def test_bytes_now_and_then_do_not_move_the_deadline(in_loop: Run) -> None:
    async def test(server: Served) -> None:
        client = await server.begun(b"P")
        for byte in b"OST / HTTP/":
            client.send(bytes([byte]))
            await client.writer.drain()
            await asyncio.sleep(0)
            server.pass_seconds(SLOW_SECONDS_MAX // 10)
        await check_try_again(client)

    in_loop(test)


def test_slow_write_has_no_deadline(in_loop: Run, tmp_path: Path) -> None:
    """However long the disk takes; not even when the client began to read late."""

    async def test(server: Served) -> None:
        server.database.call("CreateTable", TABLE)
        is_open = threading.Event()
        assert server.handler.lanes.writer is not None
        server.handler.lanes.writer.submit(lambda: is_open.wait(TIMEOUT_S), is_alone=True)
        client = await server.connect()
        client.send(server.request("PutItem", PUT))
        await until(lambda: client.served_by.is_working)
        client.served_by.pause_writing()  # as the loop does, of earlier answers
        client.served_by.resume_writing()
        server.pass_seconds(2 * SLOW_SECONDS_MAX)
        is_open.set()
        assert await client.status() == 200

    in_loop(test, tmp_path / "shop.ddb")


def test_idle_connection_stays(in_loop: Run) -> None:
    """Before its first request and after it: pools keep connections for as long as they like."""

    async def test(server: Served) -> None:
        client = await server.connect()
        for _ in range(2):
            server.pass_seconds(10 * SLOW_SECONDS_MAX)
            client.send(b"\r\n" + server.request("ListTables"))
            assert await client.status() == 200

    in_loop(test)


def test_client_that_does_not_leave_is_left(in_loop: Run) -> None:
    """It got its last answer, and some time to read it."""

    async def test(server: Served) -> None:
        client = await server.connect()
        client.send(b"NONSENSE\r\n\r\n")
        assert await client.status() == 400
        assert {client.served_by} == server.handler.leaving
        server.pass_seconds(LEAVING_SECONDS_MAX + 1)
        await until(lambda: not server.handler.leaving)

    in_loop(test)


def test_seconds_are_counted_while_anybody_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    """By one timer, whatever the number of connections; by none when there is none."""
    monkeypatch.setattr(request_handler, "SWEEP_SECONDS", 0)

    async def test() -> None:
        async with (
            asyncio.timeout(TIMEOUT_S),
            served(kind=request_handler.RequestHandler) as server,
        ):
            clients = [await server.connect() for _ in range(3)]
            await until(lambda: server.handler.seconds > SLOW_SECONDS_MAX)
            for client in clients:
                client.writer.close()
            await until(lambda: server.handler.timer is None)

    asyncio.run(test())


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

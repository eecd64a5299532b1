"""Too much at once: connections without a place, and bodies and answers without memory."""

import asyncio
import errno
import socket
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any, Final

import pytest

from ddblite.api.http import accepting, protocol, request_handler
from ddblite.api.http.connection_slots import CONNECTIONS_MAX, places_among
from ddblite.api.http.connection_states import COMING, Reading
from ddblite.api.http.request_handler import QUIET_SECONDS_MIN, SLOW_SECONDS_MIN
from door_in_loop import Run, Served, check_try_again, in_loop, run, until
from serving import TIMEOUT_S
from wire_requests import GOOD, PUT, TABLE

__all__ = ["in_loop"]


@pytest.mark.parametrize(
    ("descriptors", "expected"),
    [
        (2, 1),
        (64, 32),
        (256, 128),
        (479, 240),
        (480, 240),
        (1024, 784),
        (10_239, 9_999),
        (10_240, CONNECTIONS_MAX),
        (1_048_576, CONNECTIONS_MAX),
    ],
)
def test_places_leave_a_reserve(descriptors: int, expected: int) -> None:
    """For the database's files; of very few descriptors, half."""
    assert expected == places_among(descriptors)


LIMITS: Final = """
import resource, sys
from ddblite.api.http.connection_slots import ask_for_descriptors, places
soft, hard = map(int, sys.argv[1:])
resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
before = places()
ask_for_descriptors()
print(before, places(), *resource.getrlimit(resource.RLIMIT_NOFILE))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows counts no sockets")
@pytest.mark.parametrize(
    ("soft", "hard", "expected"),
    [
        (100, 1000, "50 760 1000 1000"),
        (1000, 1000, "760 760 1000 1000"),
        (256, 300, "128 150 300 300"),
        (10_240, 12_000, f"{CONNECTIONS_MAX} {CONNECTIONS_MAX} 10240 12000"),
        (11_000, 12_000, f"{CONNECTIONS_MAX} {CONNECTIONS_MAX} 11000 12000"),
    ],
)
def test_process_asks_for_the_descriptors_it_may_have(soft: int, hard: int, expected: str) -> None:
    command = [sys.executable, "-c", LIMITS, str(soft), str(hard)]
    run = subprocess.run(command, check=True, capture_output=True, text=True)
    assert expected == run.stdout.strip()


async def settled() -> None:
    """Lets the loop do all that it has at hand, many times over."""
    for _ in range(100):
        await asyncio.sleep(0)


def test_one_connection_too_many_waits(in_loop: Run) -> None:
    """It is not answered and not refused, whatever it sends; and is served when there is room."""

    async def test(server: Served) -> None:
        clients = [await server.connect() for _ in range(4)]
        waiting = [await server.queue_up() for _ in range(3)]
        for client in waiting:
            client.send(server.request("ListTables"))
        await settled()
        assert [4, 4] == [len(server.connections), len(server.handler.served)]
        for client in clients[:3]:
            client.writer.close()
        assert [200] * 3 == [await client.status() for client in waiting]
        assert len(server.handler.served) == 4

    in_loop(test, places_max=4)


def test_idle_connection_makes_room(in_loop: Run) -> None:
    """The one that has been idle longest; never one that is in the middle of a request."""

    async def test(server: Served) -> None:
        busy = await server.begun(server.request("CreateTable", TABLE)[:-1])
        idlest = await server.connect()
        server.pass_seconds(1)
        others = [await server.connect() for _ in range(2)]
        newcomer = await server.queue_up()
        newcomer.send(server.request("ListTables"))
        server.pass_seconds(QUIET_SECONDS_MIN - 2)
        await settled()
        assert len(server.connections) == 4
        server.pass_seconds(1)
        assert await newcomer.status() == 200
        assert await idlest.rest() == b""
        assert not any(other.served_by.transport.is_closing() for other in others)
        busy.send(b"}")
        assert await busy.status() == 200

    in_loop(test, places_max=4)


@pytest.mark.parametrize("is_reading", [True, False])
def test_slow_client_makes_room(in_loop: Run, *, is_reading: bool) -> None:
    """When nobody is idle: it has sent for seconds, or read nothing of its answer."""

    async def test(server: Served) -> None:
        server.database.create_table("books", partition_key="id")
        server.database.table("books").put({"id": "1", "text": "x" * 300_000})
        slow = await server.connect()
        if is_reading:
            slow.send(server.request("CreateTable", TABLE)[:-1])
            await until(lambda: slow.served_by.reading in COMING)
        else:
            slow.send(server.request("GetItem", GOOD["GetItem"]) * 100)
            await until(lambda: slow.served_by.is_unread)
            # What the sockets still take is progress, and its seconds begin anew behind that.
            await settled()
            assert slow.served_by.is_unread
            assert server.handler.unread_bytes > 0
        newcomer = await server.queue_up()
        newcomer.send(server.request("ListTables"))
        server.pass_seconds(SLOW_SECONDS_MIN - 1)
        await settled()
        assert {slow.served_by} == server.handler.served
        server.pass_seconds(1)
        assert await newcomer.status() == 200
        if is_reading:
            await check_try_again(slow)
        await slow.rest()
        assert server.handler.unread_bytes == 0

    in_loop(test, places_max=1)


def test_hundreds_of_connections_work_at_once(in_loop: Run, tmp_path: Path) -> None:
    """With places for a few of them, and slow ones among them: all are answered in the end."""

    async def test(server: Served) -> None:
        server.database.call("CreateTable", TABLE)
        slow = [await server.begun(b"POST") for _ in range(10)]

        async def work(number: int) -> set[int]:
            client = await server.queue_up()
            item = {**PUT, "Item": {"id": {"S": str(number)}}}
            client.send(server.request("PutItem", item) + server.request("ListTables"))
            statuses = {await client.status(), await client.status()}
            client.writer.close()
            return statuses

        assert [{200}] * 300 == await asyncio.gather(*map(work, range(300)))
        assert len(list(server.database.table("books").scan())) == 300
        await until(lambda: len(server.handler.served) == 10)
        assert all(client.served_by.reading is not Reading.NOTHING_MORE for client in slow)

    in_loop(test, tmp_path / "shop.ddb", places_max=40)


def test_a_thousand_idle_connections_keep_nobody_out(in_loop: Run) -> None:
    """With places for them all, or for a few; and all are gone when their clients are."""

    async def test(server: Served) -> None:
        idle = [await server.queue_up() for _ in range(1000)]
        await until(lambda: len(server.connections) >= min(1000, server.handler.places_max))
        client = await server.queue_up()
        client.send(server.request("ListTables"))
        answered = asyncio.create_task(client.status())
        while not answered.done():
            server.pass_seconds(1)
            await settled()
        assert await answered == 200
        for gone in idle:
            gone.writer.transport.abort()
        await until(lambda: len(server.connections) == 1001 and len(server.handler.served) == 1)

    in_loop(test, places_max=2000)
    in_loop(test, places_max=100)


def test_client_that_went_before_it_was_served_frees_its_place() -> None:
    """It was accepted, and on some systems its socket takes no settings any more."""

    class Late(asyncio.SelectorEventLoop):
        async def connect_accepted_socket(self, *_: object, **__: object) -> Any:  # noqa: ANN401
            """Fails as macOS does."""
            raise OSError(errno.EINVAL, "Invalid argument")

    async def test(server: Served) -> None:
        client = await server.queue_up()
        assert await client.rest() == b""
        assert not server.handler.served

    run(Late, test)


def test_accepting_survives_a_lack_of_descriptors(monkeypatch: pytest.MonkeyPatch) -> None:
    """Which no limit of ours can rule out: others in the process take some, too."""
    monkeypatch.setattr(accepting, "PAUSE_SECONDS", 0)

    class Refusing(asyncio.SelectorEventLoop):
        refusals = 0

        async def sock_accept(self, sock: socket.socket) -> tuple[socket.socket, Any]:
            """Fails as the system does."""
            if self.refusals < 3:
                self.refusals += 1
                raise OSError(errno.EMFILE, "Too many open files")
            return await super().sock_accept(sock)

    async def test(server: Served) -> None:
        client = await server.connect()
        client.send(server.request("ListTables"))
        assert await client.status() == 200

    run(Refusing, test)


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
        await until(lambda: server.handler.body_bytes == 2 * 1401)
        refused = await server.connect()
        refused.send(whole)
        await check_try_again(refused)
        assert server.handler.body_bytes == 2 * 1401
        clients[0].send(whole[-1:])
        assert await clients[0].status() == 200
        clients[1].writer.close()
        await until(lambda: server.handler.body_bytes == 0)
        for _ in range(3):
            clients[0].send(whole)
            assert await clients[0].status() == 200
        assert server.handler.body_bytes == 0

    in_loop(test, tmp_path / "shop.ddb")


def test_write_counts_until_it_is_done(in_loop: Run, tmp_path: Path) -> None:
    """Also when its client has gone: the writer still has it."""

    async def test(server: Served) -> None:
        server.database.call("CreateTable", TABLE)
        is_open = threading.Event()
        assert server.handler.lanes.writer is not None
        server.handler.lanes.writer.submit(lambda: is_open.wait(TIMEOUT_S), is_alone=True)
        client = await server.connect()
        client.send(server.request("PutItem", PUT))
        await until(lambda: client.served_by.is_working)
        counted = server.handler.body_bytes
        assert counted > 0
        client.served_by.transport.abort()  # as the loop does behind a reset
        await until(lambda: client.served_by not in server.handler.served)
        assert counted == server.handler.body_bytes
        is_open.set()
        await until(lambda: server.handler.body_bytes == 0)

    in_loop(test, tmp_path / "shop.ddb")


def test_slow_bodies_make_room_for_others(in_loop: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """When there is no memory for a body, those go that have been coming for seconds."""
    monkeypatch.setattr(protocol, "BODIES_BYTES_MAX", 3000)

    async def test(server: Served) -> None:
        whole = server.request("ListTables", b"{" + b" " * 1400 + b"}")
        slow = [await server.begun(whole[:-1]) for _ in range(2)]
        await until(lambda: server.handler.body_bytes == 2 * 1401)
        server.pass_seconds(SLOW_SECONDS_MIN)
        assert server.handler.body_bytes == 2 * 1401
        refused = await server.connect()
        refused.send(whole)
        await check_try_again(refused)
        server.pass_seconds(1)
        assert server.handler.body_bytes == 0
        for client in slow:
            await check_try_again(client)

    in_loop(test)


def test_unread_answers_have_a_limit_together(
    in_loop: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Beyond it nothing is carried out, until the slowest readers are gone."""
    monkeypatch.setattr(request_handler, "UNREAD_BYTES_MAX", 0)

    async def test(server: Served) -> None:
        server.database.create_table("books", partition_key="id")
        server.database.table("books").put({"id": "1", "text": "x" * 300_000})
        slow = await server.connect()
        slow.send(server.request("GetItem", GOOD["GetItem"]) * 100)
        await until(server.handler.is_clogged)
        client = await server.connect()
        client.send(server.request("ListTables"))
        await check_try_again(client)
        assert client.served_by.reading is not Reading.NOTHING_MORE
        server.pass_seconds(SLOW_SECONDS_MIN)
        await until(lambda: server.handler.unread_bytes == 0)
        client.send(server.request("ListTables"))
        assert await client.status() == 200

    in_loop(test)

"""A server in the test's own event loop: real sockets; seconds pass when a test says so."""

import asyncio
import json
import selectors
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, closing
from pathlib import Path
from typing import Any, Final

import pytest
from uvicorn.server import ServerState

import ddblite
from ddblite.api.http.accepting import accept
from ddblite.api.http.application import OPEN
from ddblite.api.http.connection_slots import CONNECTIONS_MAX
from ddblite.api.http.connection_states import COMING
from ddblite.api.http.listening import configured
from ddblite.api.http.listening_sockets import BACKLOG
from ddblite.api.http.policy import Policy
from ddblite.api.http.protocol import Connection
from ddblite.api.http.request_handler import RequestHandler
from serving import TIMEOUT_S, headers_for, request

LOOPBACK: Final = "127.0.0.1"

EMPTY: Final[dict[str, object]] = {}

LOOPS: Final[list[Callable[[], asyncio.AbstractEventLoop]]] = [
    lambda: asyncio.SelectorEventLoop(selectors.DefaultSelector())
]
"""The loops that a server may run on: Python's own, and uvloop where there is one."""

try:
    import uvloop

    LOOPS.append(uvloop.new_event_loop)
except ImportError:  # pragma: no cover - as on Windows
    pass


class StillDoor(RequestHandler):
    """A door whose clock stands still until it is moved."""

    def start_timer(self) -> None:
        """Leaves the counting of seconds to the test."""


class Served:
    """A door that is being served, and ways to knock."""

    def __init__(self, database: ddblite.Database, handler: RequestHandler, host: str) -> None:
        self.database = database
        self.handler = handler
        self.host = host
        self.state = ServerState()
        self.connections: list[Connection] = []
        self.clients: list[Client] = []

    def make_connection(self) -> Connection:
        """Makes what serves a new client, as uvicorn does."""
        made = Connection(configured(self.handler), self.state)
        self.connections.append(made)
        return made

    async def queue_up(self) -> "Client":
        """Returns a new client, whether the server accepts it or not."""
        port = int(self.host.rpartition(":")[2])
        tls = self.handler.policy.tls
        trusting = tls and ssl.create_default_context(cafile=tls.certificate)
        client = Client(*await asyncio.open_connection(LOOPBACK, port, ssl=trusting))
        self.clients.append(client)
        return client

    async def connect(self) -> "Client":
        """Returns a new client, once the server knows of it."""
        known = len(self.connections)
        client = await self.queue_up()
        await until(lambda: len(self.connections) > known)
        client.served_by = self.connections[known]
        await until(lambda: hasattr(client.served_by, "transport"))
        return client

    async def begun(self, sent: bytes) -> "Client":
        """Returns a new client that has begun a request."""
        client = await self.connect()
        client.send(sent)
        await until(lambda: client.served_by.reading in COMING)
        return client

    def pass_seconds(self, seconds: int) -> None:
        """Lets time pass."""
        for _ in range(seconds):
            self.handler.sweep()

    def request(self, operation: str, wire: object = EMPTY, **changed: str | None) -> bytes:
        """Returns the bytes of a signed request; its body is JSON, or the bytes given."""
        body = wire if isinstance(wire, bytes) else json.dumps(wire).encode()
        headers = {"host": self.host, "content-length": str(len(body))}
        return request("POST /", headers | headers_for(operation, **changed), body)


class Client:
    """A client that sends and reads bytes."""

    served_by: Connection

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    def send(self, sent: bytes) -> None:
        """Sends bytes, without waiting."""
        self.writer.write(sent)

    async def status(self) -> int:
        """Reads one answer whole, and returns its status."""
        return (await self.answer())[0]

    async def answer(self) -> tuple[int, dict[str, str], bytes]:
        """Reads one answer: status, headers and body."""
        head = (await self.reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        first, *lines = head.rstrip().split("\r\n")
        headers = {
            name.lower(): value for name, _, value in (line.partition(": ") for line in lines)
        }
        body = await self.reader.readexactly(int(headers.get("content-length", "0")))
        return int(first.split()[1]), headers, body

    async def rest(self) -> bytes:
        """Reads until the server closes the connection, however it does so."""
        try:
            return await self.reader.read()
        except ConnectionError:
            return b""


INTERNAL: Final = "com.amazonaws.dynamodb.v20120810#InternalServerError"
"""What every SDK sends a request again after."""


async def check_try_again(client: Client) -> None:
    """The answer is one that every SDK understands, with a text of ours."""
    status, headers, body = await client.answer()
    assert (500, "application/x-amz-json-1.0") == (status, headers["content-type"])
    wire = json.loads(body)
    assert (INTERNAL, True) == (wire["__type"], wire["message"].endswith("was not carried out."))


async def until(is_so: Callable[[], bool]) -> None:
    """Lets the loop run until something is so."""
    while not is_so():  # noqa: ASYNC110 - what is waited for is the server's own state
        await asyncio.sleep(0)


@asynccontextmanager
async def served(
    path: str | Path = ":memory:",
    kind: type[RequestHandler] = StillDoor,
    places_max: int = CONNECTIONS_MAX,
    policy: Policy = OPEN,
) -> AsyncIterator[Served]:
    """Serves a database in the running loop."""
    with (
        socket.create_server((LOOPBACK, 0), backlog=BACKLOG) as listener,
        ddblite.connect(path) as database,
        closing(
            kind(
                database.engine,
                policy.at(*listener.getsockname()),
                places_max=places_max,
            )
        ) as handler,
    ):
        knocked = Served(database, handler, ":".join(map(str, listener.getsockname())))
        accepting = asyncio.create_task(accept(listener, handler, knocked.make_connection))
        try:
            yield knocked
        finally:
            accepting.cancel()
            await asyncio.wait([accepting])
            for client in knocked.clients:
                client.writer.transport.abort()
            for connection in list(knocked.state.connections):
                connection.transport.abort()
            await until(lambda: not knocked.state.connections)


def run(
    new_loop: Callable[[], asyncio.AbstractEventLoop],
    test: Callable[[Served], Awaitable[None]],
    path: str | Path = ":memory:",
    places_max: int = CONNECTIONS_MAX,
    policy: Policy = OPEN,
) -> None:
    """Runs a test against a server in a loop."""

    async def with_server() -> None:
        serving = served(path, places_max=places_max, policy=policy)
        async with asyncio.timeout(TIMEOUT_S), serving as knocked:
            await test(knocked)

    with asyncio.Runner(loop_factory=new_loop) as runner:
        runner.run(with_server())


Run = Callable[..., None]


@pytest.fixture(params=LOOPS, ids=["asyncio", "uvloop"][: len(LOOPS)])
def in_loop(request: Any) -> Run:  # noqa: ANN401 - pytest's
    """Runs a test against a server, in each kind of loop."""

    def run_here(
        test: Callable[[Served], Awaitable[None]],
        path: str | Path = ":memory:",
        places_max: int = CONNECTIONS_MAX,
        policy: Policy = OPEN,
    ) -> None:
        run(request.param, test, path, places_max, policy)

    return run_here

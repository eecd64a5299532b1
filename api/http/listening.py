"""The loop under the server: uvicorn, with accepting and a protocol of ours, and how it ends.

The only module that knows uvicorn; importing it needs the extra ``server``.
"""

import asyncio
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from typing import Any, Final, cast

import uvicorn

from ddblite.api.http.accepting import accept
from ddblite.api.http.connection_slots import places
from ddblite.api.http.listening_sockets import listening_socket
from ddblite.api.http.policy import Policy
from ddblite.api.http.protocol import Connection
from ddblite.api.http.request_handler import RequestHandler
from ddblite.api.http.request_log import log_of
from ddblite.api.http.scrubbing import scrubbing
from ddblite.api.http.turns import short_turns, spare_what_is_loaded
from ddblite.api.python.database import Database
from ddblite.api.python.sweeping import sweeping

DRAIN_SECONDS_MAX: Final = 15
"""For requests that have begun; who is slower than that at the very end is cut off."""

STOPPING: Final = (signal.SIGINT, signal.SIGTERM)


class AnnouncingServer(uvicorn.Server):
    """A server that says when it is ready. Of sockets of its own it has none."""

    def __init__(self, handler: RequestHandler, announce: Callable[[], None]) -> None:
        super().__init__(configured(handler))
        self.handler = handler
        self.announce = announce

    def new_connection(self) -> Connection:
        """Returns a new connection, which has a place from now on."""
        return Connection(self.config, self.server_state)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begins, and says so."""
        await super().startup(sockets=sockets or [])
        self.announce()


class ListeningServer(AnnouncingServer):
    """A server that accepts its connections itself."""

    accepting: asyncio.Task[None]

    def __init__(
        self, handler: RequestHandler, listener: socket.socket, announce: Callable[[], None]
    ) -> None:
        super().__init__(handler, announce)
        self.listener = listener

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begins to accept connections, and says so."""
        accepted = accept(self.listener, self.handler, self.new_connection)
        self.accepting = asyncio.get_running_loop().create_task(accepted)
        await super().startup(sockets)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Accepts nobody any more, and finishes what has begun."""
        self.accepting.cancel()
        with suppress(asyncio.CancelledError):
            await self.accepting
        self.listener.close()
        await super().shutdown(sockets)


def run(
    database: Database,
    policy: Policy,
    listener: socket.socket,
    announce: Callable[[], None],
    log: str = "",
    scrub_hours: float = 0,
) -> None:
    """Serves a database until a signal asks to stop, and then closes it."""
    engine = database.engine
    handler = RequestHandler(engine, policy, places_max=places(), log=log_of(log, engine.clock))
    server = ListeningServer(handler, listener, announce)
    scrub = scrubbing(engine, scrub_hours, lambda: handler.ids.given)
    spare_what_is_loaded()
    with (
        stopped_by_signals(server),
        database,
        closing(handler),
        scrub,
        sweeping(engine),
        short_turns(),
    ):
        server.run()


@contextmanager
def served(database: Database) -> Iterator[str]:
    """Serves an open database from a thread for the length of a ``with`` block.

    Gives its address, on a free port. The database stays open, also afterwards.
    """
    ready = threading.Event()
    with listening_socket("127.0.0.1", 0) as listener:
        host, port = listener.getsockname()
        handler = RequestHandler(database.engine, Policy().at(host, port), places_max=places())
        server = ListeningServer(handler, listener, ready.set)
        thread = threading.Thread(target=server.run, name="ddblite-server")
        thread.start()
        with closing(handler), short_turns():
            try:
                while not ready.wait(0.1):
                    assert thread.is_alive(), "the server ended before it was ready"
                yield f"http://{host}:{port}"
            finally:
                server.should_exit = True
                thread.join()


def configured(handler: RequestHandler) -> uvicorn.Config:
    """Returns how uvicorn is to serve: its sockets and signals, our protocol."""
    return uvicorn.Config(
        cast("Any", handler),  # which only our protocol ever sees
        http=Connection,
        ws="none",
        lifespan="off",
        interface="asgi3",
        log_config=None,
        log_level="error",
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=DRAIN_SECONDS_MAX,
    )


@contextmanager
def stopped_by_signals(server: uvicorn.Server) -> Iterator[None]:
    """Lets Ctrl-C and SIGTERM ask the server to stop, and do nothing else.

    uvicorn raises a signal again when it has stopped; by then the file is still open, and the
    signal's own effect would leave it so.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    earlier = {number: signal.signal(number, server.handle_exit) for number in STOPPING}
    try:
        yield
    finally:
        for number, before in earlier.items():
            signal.signal(number, before)

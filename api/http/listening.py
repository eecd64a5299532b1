"""The loop under the server: uvicorn with httptools, and how it ends.

The only module that knows uvicorn; importing it needs the extra ``server``.
"""

import signal
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from typing import Final

import uvicorn

from ddblite.api.database import Database
from ddblite.api.http.asgi import Door
from ddblite.api.http.gate import hosts_of

CONNECTIONS_MAX: Final = 64
IDLE_SECONDS_MAX: Final = 30
DRAIN_SECONDS_MAX: Final = 15
"""Longer than the slowest body may take, so that only a stuck client is cut off."""

STOPPING: Final = (signal.SIGINT, signal.SIGTERM)


class AnnouncingServer(uvicorn.Server):
    """A server that says when it is ready."""

    def __init__(self, config: uvicorn.Config, announce: Callable[[], None]) -> None:
        super().__init__(config)
        self.announce = announce

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Starts to accept connections, and says so."""
        await super().startup(sockets=sockets)
        self.announce()


def run(
    database: Database, host: str, listener: socket.socket, announce: Callable[[], None]
) -> None:
    """Serves a database until a signal asks to stop, and then closes it."""
    door = Door(database.engine, hosts_of(host, listener.getsockname()[1]))
    config = uvicorn.Config(
        door,
        http="httptools",
        ws="none",
        lifespan="off",
        interface="asgi3",
        log_config=None,
        log_level="error",
        access_log=False,
        server_header=False,
        proxy_headers=False,
        limit_concurrency=CONNECTIONS_MAX + 1,  # uvicorn refuses the one that reaches it
        timeout_keep_alive=IDLE_SECONDS_MAX,
        timeout_graceful_shutdown=DRAIN_SECONDS_MAX,
    )
    server = AnnouncingServer(config, announce)
    with stopped_by_signals(server), database, closing(door):
        server.run(sockets=[listener])


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
        for number, handler in earlier.items():
            signal.signal(number, handler)

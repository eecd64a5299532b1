"""Newcomers: accepted while there are places, and otherwise left waiting with the system.

The system keeps thousands in its queue, and to a client that waits there the server is merely
slow. An answer instead would have to be one that every client understands, tries again after,
and does not count as a failure: there is none.
"""

import asyncio
import socket
from collections.abc import Callable
from contextlib import suppress
from typing import Final

from ddblite.api.http.protocol import Connection
from ddblite.api.http.request_handler import RequestHandler
from ddblite.api.http.tls import HANDSHAKE_SECONDS_MAX

AT_ONCE_MAX: Final = 64
"""Accepted in one turn of the loop, so that those who are served are not kept waiting."""

PAUSE_SECONDS: Final = 0.1
"""Before the next attempt when the system refuses: mostly it has no descriptor left."""

Factory = Callable[[], Connection]


async def accept(listener: socket.socket, handler: RequestHandler, new_connection: Factory) -> None:
    """Accepts connections until it is cancelled; none while the door has no place."""
    loop = asyncio.get_running_loop()
    listener.settimeout(0)
    beginnings = set[asyncio.Task[None]]()

    def begin(client: socket.socket) -> None:
        beginning = loop.create_task(serve(client, handler, new_connection()))
        beginnings.add(beginning)
        beginning.add_done_callback(beginnings.discard)

    while True:
        await handler.wait_for_room()
        try:
            client, _ = await loop.sock_accept(listener)
        except OSError:
            await asyncio.sleep(PAUSE_SECONDS)
            continue
        begin(client)
        for _ in range(AT_ONCE_MAX):
            if handler.is_full():
                break
            try:
                client, _ = listener.accept()
            except OSError:  # there are no more
                break
            begin(client)
        await asyncio.sleep(0)


async def serve(client: socket.socket, handler: RequestHandler, connection: Connection) -> None:
    """Begins to serve a connection that has its place.

    It loses it when its client has gone, or does not come to terms about TLS in time.
    """
    loop = asyncio.get_running_loop()
    seconds = None if handler.tls is None else HANDSHAKE_SECONDS_MAX
    try:
        await loop.connect_accepted_socket(
            lambda: connection,
            client,
            ssl=handler.tls,
            ssl_handshake_timeout=seconds,
            ssl_shutdown_timeout=seconds,
        )
    except OSError:
        handler.forget(connection)
        with suppress(OSError):
            client.close()

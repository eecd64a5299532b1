"""A load of HTTP requests: some connections, each of which sends its next when it is answered.

The client is as small as can be, so that the server is what is measured: it sends bytes that
were made before, and of an answer it reads the status and the length. It runs on uvloop where
that is installed. Answers with another status than 200 are counted apart.
"""

import asyncio
import re
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Final

NEW_LOOP: Callable[[], asyncio.AbstractEventLoop] = asyncio.new_event_loop
with suppress(ImportError):  # as on Windows
    import uvloop

    NEW_LOOP = uvloop.new_event_loop

LOOPBACK: Final = "127.0.0.1"
CONNECTIONS: Final = 8
LENGTH: Final = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
CLOSING: Final = re.compile(rb"\r\nconnection: *close\r\n", re.IGNORECASE)
HEAD_END: Final = b"\r\n\r\n"
GOOD: Final = b"200"
GRACE_SECONDS: Final = 10.0
"""How long the last answers are waited for."""


@dataclass(slots=True)
class Tally:
    """What came back."""

    answers: int = 0
    refusals: int = 0
    first_refusal: bytes = b""
    seconds: float = 0.0

    @property
    def per_second(self) -> float:
        """Good answers per second."""
        return self.answers / self.seconds


class Asking(asyncio.Protocol):
    """One connection that sends requests in turn until its time is over."""

    transport: asyncio.Transport

    def __init__(
        self, requests: Sequence[bytes], first: int, step: int, tally: Tally, end_s: float
    ) -> None:
        self.requests = requests
        self.next = first
        self.step = step
        self.tally = tally
        self.end_s = end_s
        self.buffer = b""
        self.over = asyncio.Event()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Sends the first request."""
        self.transport = transport  # type: ignore[assignment]  # a socket's can write
        self.send()

    def send(self) -> None:
        """Sends the next request."""
        self.transport.write(self.requests[self.next % len(self.requests)])
        self.next += self.step

    def data_received(self, data: bytes) -> None:
        """Counts an answer when it is whole, and goes on."""
        buffer = self.buffer + data if self.buffer else data
        head = buffer.find(HEAD_END)
        length = LENGTH.search(buffer, 0, head + 2) if head >= 0 else None
        if head < 0 or (length and len(buffer) < head + len(HEAD_END) + int(length[1])):
            self.buffer = buffer
            return
        self.buffer = b""
        if buffer[9:12] == GOOD:
            self.tally.answers += 1
        else:
            self.tally.refusals += 1
            self.tally.first_refusal = self.tally.first_refusal or buffer[:500]
        if time.perf_counter() < self.end_s and not CLOSING.search(buffer, 0, head + 2):
            self.send()
        else:
            self.transport.close()

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - the loop's call
        """Ends."""
        self.over.set()


def same(asking: Asking) -> Asking:
    """Returns it, as what makes a connection's protocol."""
    return asking


async def loaded(port: int, requests: Sequence[bytes], seconds: float, connections: int) -> Tally:
    """Asks a server on loopback for so long."""
    tally = Tally()
    loop = asyncio.get_running_loop()
    began_s = time.perf_counter()
    end_s = began_s + seconds

    async def ask(number: int) -> None:
        """Keeps one connection busy, and makes a new one when the server closes it."""
        asking = Asking(requests, number, connections, tally, end_s)
        while True:
            await loop.create_connection(partial(same, asking), LOOPBACK, port)
            await asking.over.wait()
            if time.perf_counter() >= end_s:
                return
            asking = Asking(requests, asking.next, connections, tally, end_s)

    async with asyncio.timeout(seconds + GRACE_SECONDS), asyncio.TaskGroup() as group:
        for number in range(connections):
            group.create_task(ask(number))
    tally.seconds = time.perf_counter() - began_s
    return tally


def load(
    port: int, requests: Sequence[bytes], seconds: float, *, connections: int = CONNECTIONS
) -> Tally:
    """Asks a server on loopback for so long (each connection once at least); returns what came."""
    with asyncio.Runner(loop_factory=NEW_LOOP) as runner:
        return runner.run(loaded(port, requests, seconds, connections))

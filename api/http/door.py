"""What all connections of a server share: the engine, the writer, the clock of their deadlines.

There is no timer per request. The door counts seconds while anybody is connected, and each
second looks which connections have outlived their deadline; so deadlines are whole seconds, and
may come up to one second late.

A connection is *served* or *leaving*. One that is leaving gets nothing but the answer that it
was sent: what its client still sends is thrown away for a while, because closing a socket with
unread bytes may destroy the answer on its way. It no longer counts among those that are served.
"""

import asyncio
from typing import TYPE_CHECKING, Final

from ddblite.api.http.application import answer
from ddblite.api.http.messages import Answer, Request, RequestIds
from ddblite.api.http.policy import Policy
from ddblite.api.writer import Writer
from ddblite.engine.engine import Engine

if TYPE_CHECKING:
    from ddblite.api.http.protocol import Connection

CONNECTIONS_MAX: Final = 64
LEAVING_MAX: Final = 64

BODIES_BYTES_MAX: Final = 256 * 1024 * 1024
"""The bodies of all requests that are coming or not answered yet."""

QUIET_SECONDS_MIN: Final = 2
"""How long a connection must have been idle to be given up for a new one."""

SWEEP_SECONDS: Final = 1.0


class Door:
    """The way into an open engine. ``close`` it before the engine."""

    def __init__(self, engine: Engine, policy: Policy) -> None:
        self.engine = engine
        self.policy = policy
        self.ids = RequestIds(engine.clock.new_id())
        # Without a disk there is nothing to wait for, and a thread is a detour.
        self.writer = None if engine.storage.in_memory else Writer(engine)
        self.served: set[Connection] = set()
        self.leaving: set[Connection] = set()
        self.unflushed: list[Connection] = []
        self.body_bytes = 0
        self.seconds = 0
        self.timer: asyncio.TimerHandle | None = None

    def admit(self, connection: "Connection") -> bool:
        """Whether a new connection is served; if need be, in the place of one that is idle."""
        if len(self.served) >= CONNECTIONS_MAX:
            idle = [other for other in self.served if other.idle_seconds() >= QUIET_SECONDS_MIN]
            if not idle:
                return False
            idlest = max(idle, key=lambda other: other.idle_seconds())
            self.served.discard(idlest)
            idlest.transport.close()
        self.served.add(connection)
        self.start_timer()
        return True

    def let_go(self, connection: "Connection") -> bool:
        """Counts a connection among those that are leaving; False when there are too many."""
        self.served.discard(connection)
        if len(self.leaving) >= LEAVING_MAX:
            return False
        self.leaving.add(connection)
        self.start_timer()
        return True

    def forget(self, connection: "Connection") -> None:
        """Counts a connection no more."""
        self.served.discard(connection)
        self.leaving.discard(connection)

    def start_timer(self) -> None:
        """Counts seconds from now on."""
        if self.timer is None:
            self.timer = asyncio.get_running_loop().call_later(SWEEP_SECONDS, self.tick)

    def tick(self) -> None:
        """Is called once a second while anybody is connected."""
        self.timer = None
        self.sweep()
        if self.served or self.leaving:
            self.start_timer()

    def sweep(self) -> None:
        """Counts one second more, and ends the connections whose deadline has passed."""
        self.seconds += 1
        for connection in [*self.served, *self.leaving]:
            if connection.deadline < self.seconds:
                connection.expire()

    def flush_soon(self, connection: "Connection") -> None:
        """Sends what a connection keeps when the loop has done what it has at hand.

        So all answers of one turn of the loop leave one after another. The first wakes its client,
        which on a busy machine takes the processor over; after each, that costs a quarter.
        """
        if not self.unflushed:
            asyncio.get_running_loop().call_soon(self.flush)
        self.unflushed.append(connection)

    def flush(self) -> None:
        """Sends what the connections keep, and lets those go on that kept too much."""
        unflushed, self.unflushed = self.unflushed, []
        for connection in unflushed:
            connection.flush()
            if connection.waiting:
                connection.go_on()

    def answer(self, request: Request) -> Answer:
        """Answers a request that the gate has let in."""
        return answer(self.engine, request, self.policy)

    def close(self) -> None:
        """Waits for the writes that were accepted."""
        if self.writer is not None:
            self.writer.close()

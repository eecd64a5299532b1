"""What all connections of a server share: the engine, the threads, the clock of their deadlines.

There is no timer per request. The door counts seconds while anybody is connected, and each
second looks which connections have outlived their deadline; so deadlines are whole seconds, and
may come up to one second late.

A connection is *served* or *leaving*. One that is leaving gets nothing but the answer that it
was sent: what its client still sends is thrown away for a while, because closing a socket with
unread bytes may destroy the answer on its way. It no longer counts among those that are served.

Those that are served have as many places as there are descriptors for. While all are taken,
nobody is accepted (``accepting``), newcomers wait with the system, and once a second some of
those go who have asked for nothing for the longest, and then the slow ones.
"""

import asyncio
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from functools import partial
from heapq import nlargest
from typing import Final, Protocol

from msgspec.structs import replace

from ddblite.api.http.application import answer
from ddblite.api.http.connection_slots import CONNECTIONS_MAX
from ddblite.api.http.lanes import Lanes
from ddblite.api.http.messages import Answer, Request, RequestIds
from ddblite.api.http.policy import Policy
from ddblite.api.http.request_log import RequestLog
from ddblite.api.http.tls import tls_context
from ddblite.api.wire.dispatch import Seen
from ddblite.engine.engine import Engine

LEAVING_MAX: Final = 64

BODIES_BYTES_MAX: Final = 256 * 1024 * 1024
"""The bodies of all requests that are coming or not answered yet."""

UNREAD_BYTES_MAX: Final = 256 * 1024 * 1024
"""All answers that clients have not read, beyond what the system holds of them."""

QUIET_SECONDS_MIN: Final = 2
"""How long a connection must have been idle to be given up when places are short."""

SLOW_SECONDS_MIN: Final = 10
"""How long a client must have been sending a request, or reading an answer, for that."""

ROOM_SHARE: Final = 16
"""One of so many places is made free at once, so that it need not be done for each newcomer."""

SWEEP_SECONDS: Final = 1.0


class Connection(Protocol):
    """What is shared knows of one client's connection; see ``api.http.protocol``."""

    deadline: int
    waiting: deque[Request | Answer]

    def idle_seconds(self) -> int:
        """Returns for how long nothing was asked; 0 in the middle of a request."""
        ...

    def slow_seconds(self) -> int:
        """Returns for how long a request has been coming, or an answer been read."""
        ...

    def expire(self) -> None:
        """Ends the connection because its deadline has passed, or others need its place."""

    def flush(self) -> None:
        """Sends what has been kept."""

    def go_on(self) -> None:
        """Answers what waits, one after another, until one has to be waited for."""


class RequestHandler:
    """The way into an open engine. ``close`` it before the engine."""

    def __init__(
        self,
        engine: Engine,
        policy: Policy,
        *,
        places_max: int = CONNECTIONS_MAX,
        log: RequestLog | None = None,
        timer: Callable[[], float] = time.thread_time,
    ) -> None:
        self.engine = engine
        self.policy = policy
        self.places_max = places_max
        self.log = log
        self.tls = None if policy.tls is None else tls_context(policy.tls)
        self.ids = RequestIds(engine.clock.new_id())
        self.lanes = Lanes(engine, timer)
        self.served: set[Connection] = set()
        self.leaving: set[Connection] = set()
        self.unflushed: list[Connection] = []
        self.body_bytes = 0
        self.unread_bytes = 0
        self.is_short = False
        self.seconds = 0
        self.timer: asyncio.TimerHandle | None = None
        self.room = asyncio.Event()

    def admit(self, connection: Connection) -> None:
        """Gives a place to a new connection."""
        self.served.add(connection)
        self.start_timer()

    def is_full(self) -> bool:
        """Whether all places are taken."""
        return len(self.served) >= self.places_max

    def is_clogged(self) -> bool:
        """Whether more answers wait to be read than there is memory for."""
        return self.unread_bytes > UNREAD_BYTES_MAX

    async def wait_for_room(self) -> None:
        """Returns when there is a free place."""
        while self.is_full():
            self.room.clear()
            await self.room.wait()

    def let_go(self, connection: Connection) -> bool:
        """Counts a connection among those that are leaving; False when there are too many."""
        self.free(connection)
        if len(self.leaving) >= LEAVING_MAX:
            return False
        self.leaving.add(connection)
        self.start_timer()
        return True

    def forget(self, connection: Connection) -> None:
        """Counts a connection no more."""
        self.free(connection)
        self.leaving.discard(connection)

    def free(self, connection: Connection) -> None:
        """Frees the place of a connection, if it has one."""
        if connection in self.served:
            self.served.remove(connection)
            self.room.set()
            self.freed()

    def freed(self) -> None:
        """Is called for every place that has become free."""

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
        if self.is_full():
            self.make_room()
        if self.is_short or self.is_clogged():
            self.is_short = False
            for connection in self.slow():
                connection.expire()

    def make_room(self) -> None:
        """Gives up some connections that are idle, and only then some that are slow."""
        count = max(1, self.places_max // ROOM_SHARE)
        idle = [each for each in self.served if each.idle_seconds() >= QUIET_SECONDS_MIN]
        idlest = nlargest(count, idle, key=lambda each: each.idle_seconds())
        for connection in [*idlest, *self.slow()][:count]:
            connection.expire()

    def slow(self) -> list[Connection]:
        """Returns the connections of slow clients, the slowest first."""
        found = [each for each in self.served if each.slow_seconds() >= SLOW_SECONDS_MIN]
        return sorted(found, key=lambda each: each.slow_seconds(), reverse=True)

    def flush_soon(self, connection: Connection) -> None:
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

    def begin(self, request: Request) -> Answer | Future[Answer]:
        """Answers a request that the gate has let in, at once or in a future."""
        return self.lanes.begin(request, partial(self.answer, request))

    def answer(self, request: Request) -> Answer:
        """Answers a request, in any thread."""
        if self.log is None:
            return answer(self.engine, request, self.policy)
        seen = Seen()
        return replace(answer(self.engine, request, self.policy, seen), seen=seen)

    def close(self) -> None:
        """Waits for the requests that were accepted."""
        self.lanes.close()

"""Several processes that serve one file: a parent that minds them, and the workers.

The parent listens, and gives each connection to the next worker in turn: workers that all
accept from one socket share connections out very unevenly. It has the file open from the first
moment to the last, so it is the one that leaves a single file behind. A worker has a door and
a writer thread of its own, and a line to the parent:

* on it a worker says once that it is ready, or why it cannot be;
* on it the parent gives connections, to each worker as many as it has places for;
* it ends when the parent ends it or dies, and then the worker finishes what has begun.

A worker that ends by itself is replaced; one that cannot begin ends the server. Ctrl-C, which
a terminal sends to all of them, is heard by the parent alone.
"""

import asyncio
import logging
import multiprocessing
import signal
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from ctypes import c_longlong
from dataclasses import dataclass, field
from itertools import count as count_from
from multiprocessing import resource_tracker
from multiprocessing.connection import Connection as Line
from multiprocessing.connection import wait
from multiprocessing.reduction import recv_handle, send_handle
from typing import Final

from ddblite.api.http.accepting import serve
from ddblite.api.http.connection_slots import CONNECTIONS_MAX
from ddblite.api.http.listening import DRAIN_SECONDS_MAX, STOPPING, AnnouncingServer
from ddblite.api.http.policy import CannotServe, Policy
from ddblite.api.http.request_handler import RequestHandler
from ddblite.api.http.request_log import log_of
from ddblite.api.http.scrubbing import scrubbing
from ddblite.api.http.turns import short_turns, spare_what_is_loaded
from ddblite.api.python.connecting import connect
from ddblite.api.python.database import Database
from ddblite.api.python.options import Wording
from ddblite.api.python.sweeping import sweeping
from ddblite.schema.errors import DdbError

logger: Final = logging.getLogger("ddblite.serve")

READY: Final = ""
"""What a worker says on its line; anything else is why it cannot serve."""

LOOK_SECONDS: Final = 0.2
"""How long the parent waits for a connection before it looks after its workers."""

ROOM_SECONDS: Final = 0.02
"""How long it waits before it looks for a free place again."""


@dataclass(frozen=True, slots=True)
class Task:
    """What every worker does."""

    path: str
    wording: Wording
    policy: Policy
    places_max: int = CONNECTIONS_MAX
    lenient: bool = False
    log: str = ""
    key: str | bytes | None = field(default=None, repr=False)


class WorkerHandler(RequestHandler):
    """A door that counts, where its parent sees it, how many connections have ended."""

    ended: c_longlong

    def freed(self) -> None:
        """Counts one more."""
        self.ended.value += 1


class WorkerServer(AnnouncingServer):
    """A server that is given its connections, and on Ctrl-C leaves the end to its parent."""

    loop: asyncio.AbstractEventLoop

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Takes SIGTERM for a wish to stop, which is all that uvicorn would do on it."""
        signal.signal(signal.SIGTERM, self.handle_exit)
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begins, with a loop that other threads can turn to."""
        self.loop = asyncio.get_running_loop()
        await super().startup(sockets)

    def take(self, client: socket.socket) -> None:
        """Begins to serve a connection; called from any thread."""
        with suppress(RuntimeError):  # when the loop does not run any more
            asyncio.run_coroutine_threadsafe(self.serve_client(client), self.loop)

    async def serve_client(self, client: socket.socket) -> None:
        """Begins to serve a connection, unless the server is ending or the client has gone."""
        if self.should_exit:
            client.close()
            return
        await serve(client, self.handler, self.new_connection())


def work(task: Task, line: Line, ended: c_longlong) -> None:
    """Serves in a process of its own, until the line ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        database = connect(
            task.path, mode="open", wording=task.wording, lenient=task.lenient, key=task.key
        )
        engine = database.engine
        log = log_of(task.log, engine.clock)
        handler = WorkerHandler(engine, task.policy, places_max=task.places_max, log=log)
    except DdbError as fault:
        line.send(fault.message)
        return
    handler.ended = ended
    server: WorkerServer

    def begin() -> None:
        threading.Thread(target=take_from_line, args=(server, line), daemon=True).start()
        line.send(READY)

    server = WorkerServer(handler, begin)
    spare_what_is_loaded()
    with database, closing(handler), short_turns():
        server.run()


def take_from_line(server: WorkerServer, line: Line) -> None:
    """Takes connections until the line ends, and then asks the server to stop."""
    with suppress(EOFError, OSError):
        while True:
            server.take(taken(line))
    server.should_exit = True


if sys.platform == "win32":

    def give(line: Line, client: socket.socket, process: int) -> None:
        """Gives a connection to a process."""
        line.send_bytes(client.share(process))

    def taken(line: Line) -> socket.socket:
        """Returns the next connection that is given, or raises EOFError."""
        return socket.fromshare(line.recv_bytes())

else:

    def give(line: Line, client: socket.socket, process: int) -> None:
        """Gives a connection to a process."""
        send_handle(line, client.fileno(), process)

    def taken(line: Line) -> socket.socket:
        """Returns the next connection that is given, or raises EOFError."""
        return socket.socket(fileno=recv_handle(line))


@contextmanager
def without_interrupts() -> Iterator[None]:
    """Lets processes be started that never hear Ctrl-C, not even while they begin."""
    if not hasattr(signal, "pthread_sigmask"):  # pragma: no cover - Windows
        yield
        return
    resource_tracker.ensure_running()  # here, because it would end the block that follows
    earlier = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, earlier)


class Worker:
    """A worker as its parent sees it."""

    def __init__(self, task: Task) -> None:
        self.is_ready = False
        self.places_max = task.places_max
        self.given = 0
        context = multiprocessing.get_context("spawn")
        self.ended = context.RawValue(c_longlong, 0)
        self.line, theirs = context.Pipe()
        self.process = context.Process(
            target=work, args=(task, theirs, self.ended), name="ddblite-worker"
        )
        with without_interrupts():
            self.process.start()
        theirs.close()

    def hear(self) -> None:
        """Takes what the worker says, or raises CannotServe when it cannot begin."""
        if self.is_ready or not self.line.poll():
            return
        try:
            said = self.line.recv()
        except (EOFError, OSError):
            said = "a worker ended before it was ready"
        if said != READY:
            raise CannotServe(said)
        self.is_ready = True

    def has_room(self) -> bool:
        """Whether it is ready, and has a place for one connection more."""
        return self.is_ready and self.given - self.ended.value < self.places_max

    def serves(self, client: socket.socket) -> bool:
        """Whether the worker could be given a connection."""
        assert self.process.pid is not None, "it was started"
        self.given += 1  # before it can have ended
        try:
            give(self.line, client, self.process.pid)
        except OSError:
            self.given -= 1
            return False
        return True

    def end(self) -> None:
        """Asks it to finish what has begun."""
        self.line.close()

    def wait(self) -> None:
        """Waits until it has ended; one that does not end is killed."""
        self.process.join(DRAIN_SECONDS_MAX + 5)
        if self.process.is_alive():
            self.process.kill()
            self.process.join()


class Parent:
    """Minds the workers."""

    def __init__(
        self, task: Task, count: int, listener: socket.socket, announce: Callable[[], None]
    ) -> None:
        self.task = task
        self.count = count
        self.listener = listener
        self.announce = announce
        self.is_announced = False
        self.is_stopping = False
        self.workers: list[Worker] = []
        self.turns = count_from(0)

    def stop(self, *_: object) -> None:
        """Is called by a signal; a second one waits for nobody."""
        if self.is_stopping:
            for worker in self.workers:
                worker.process.kill()
        self.is_stopping = True

    def mind(self) -> None:
        """Starts the workers and gives them connections, until it is to stop."""
        self.workers = [Worker(self.task) for _ in range(self.count)]
        self.listener.settimeout(LOOK_SECONDS)
        while not self.is_stopping:
            self.look()
            if self.is_announced and any(worker.has_room() for worker in self.workers):
                self.accept()
            elif self.is_announced:
                wait([worker.process.sentinel for worker in self.workers], ROOM_SECONDS)
            else:
                wait([worker.line for worker in self.workers if not worker.is_ready], LOOK_SECONDS)

    def look(self) -> None:
        """Hears the workers, replaces those that have ended, and announces when all are ready."""
        for position, worker in enumerate(self.workers):
            worker.hear()
            if not worker.process.is_alive():
                self.replace(position)
        if not self.is_announced and all(worker.is_ready for worker in self.workers):
            self.is_announced = True
            self.announce()

    def accept(self) -> None:
        """Gives the next connection to a worker, if one comes soon."""
        try:
            client, _ = self.listener.accept()
        except OSError:  # none came, or it has gone
            return
        with client:
            first = next(self.turns)
            for turn in range(first, first + self.count):
                worker = self.workers[turn % self.count]
                if worker.has_room() and worker.serves(client):
                    return

    def given(self) -> int:
        """Returns how many connections the workers were given."""
        return sum(worker.given for worker in self.workers)

    def replace(self, position: int) -> None:
        """Starts a worker in the place of one that has ended."""
        ended = self.workers[position]
        logger.error(
            "a worker ended with exit code %s; another takes its place", ended.process.exitcode
        )
        ended.end()
        self.workers[position] = Worker(self.task)

    def close(self) -> None:
        """Ends all workers, and waits for them."""
        self.listener.close()
        for worker in self.workers:
            worker.end()
        for worker in self.workers:
            worker.wait()


def run(
    database: Database,
    task: Task,
    count: int,
    listener: socket.socket,
    announce: Callable[[], None],
    scrub_hours: float = 0,
) -> None:
    """Serves a database with several processes until a signal asks to stop, and closes it."""
    with database, closing(Parent(task, count, listener, announce)) as parent:
        earlier = {number: signal.signal(number, parent.stop) for number in STOPPING}
        try:
            with scrubbing(database.engine, scrub_hours, parent.given), sweeping(database.engine):
                parent.mind()
        finally:
            parent.close()
            for number, before in earlier.items():
                signal.signal(number, before)

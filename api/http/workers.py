"""Several processes that serve one file: a parent that only minds them, and the workers.

The parent listens and has the file open from the first moment to the last, so it is the one
that leaves a single file behind. Every worker accepts from the parent's socket, has a door and
a writer thread of its own, and a line to the parent:

* on it a worker says once that it is ready, or why it cannot be;
* it ends when the parent ends it or dies, and then the worker finishes what has begun.

A worker that ends by itself is replaced; one that cannot begin ends the server. Ctrl-C, which
a terminal sends to all of them, is heard by the parent alone.
"""

import logging
import multiprocessing
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection as Line
from multiprocessing.connection import wait
from typing import Final

import uvicorn

from ddblite.api.database import Database, connect
from ddblite.api.http.door import Door
from ddblite.api.http.listening import DRAIN_SECONDS_MAX, STOPPING, AnnouncingServer, configured
from ddblite.api.http.policy import CannotServe, Policy
from ddblite.schema.errors import DdbError

logger: Final = logging.getLogger("ddblite.serve")

READY: Final = ""
"""What a worker says on its line; anything else is why it cannot serve."""

LOOK_SECONDS: Final = 0.2
"""How long the parent waits for its workers before it looks whether it is to stop."""


@dataclass(frozen=True, slots=True)
class Task:
    """What every worker does."""

    path: str
    wording: str
    policy: Policy
    listener: socket.socket


class WorkerServer(AnnouncingServer):
    """A server that is stopped by its parent, and on Ctrl-C leaves that to it."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Takes SIGTERM for a wish to stop, which is all that uvicorn would do on it."""
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, self.handle_exit)
        yield


def work(task: Task, line: Line) -> None:
    """Serves in a process of its own, until the line ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        database = connect(task.path, mode="open", wording=task.wording)
    except DdbError as fault:
        line.send(fault.message)
        return
    door = Door(database.engine, task.policy)
    server = WorkerServer(configured(door), lambda: line.send(READY))
    threading.Thread(target=stop_with_line, args=(server, line), daemon=True).start()
    with database, closing(door):
        server.run(sockets=[task.listener])


def stop_with_line(server: uvicorn.Server, line: Line) -> None:
    """Waits for the end of a line, and then asks the server to stop."""
    with suppress(EOFError, OSError):
        line.recv()
    server.should_exit = True


class Worker:
    """A worker as its parent sees it."""

    def __init__(self, task: Task) -> None:
        self.is_ready = False
        context = multiprocessing.get_context("spawn")
        self.line, theirs = context.Pipe()
        self.process = context.Process(target=work, args=(task, theirs), name="ddblite-worker")
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

    def __init__(self, task: Task, count: int, announce: Callable[[], None]) -> None:
        self.task = task
        self.announce = announce
        self.count = count
        self.is_stopping = False
        self.workers: list[Worker] = []

    def stop(self, *_: object) -> None:
        """Is called by a signal; a second one waits for nobody."""
        if self.is_stopping:
            for worker in self.workers:
                worker.process.kill()
        self.is_stopping = True

    def mind(self) -> None:
        """Starts the workers, hears them and replaces those that end, until it is to stop."""
        self.workers = [Worker(self.task) for _ in range(self.count)]
        is_announced = False
        while not self.is_stopping:
            ends = [worker.process.sentinel for worker in self.workers]
            wait([*ends, *(each.line for each in self.workers if not each.is_ready)], LOOK_SECONDS)
            for position, worker in enumerate(self.workers):
                worker.hear()
                if not worker.process.is_alive() and not self.is_stopping:
                    self.replace(position)
            if not is_announced and all(worker.is_ready for worker in self.workers):
                is_announced = True
                self.announce()

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
        for worker in self.workers:
            worker.end()
        for worker in self.workers:
            worker.wait()


def run(database: Database, count: int, task: Task, announce: Callable[[], None]) -> None:
    """Serves a database with several processes until a signal asks to stop, and closes it."""
    with database, closing(Parent(task, count, announce)) as parent:
        earlier = {number: signal.signal(number, parent.stop) for number in STOPPING}
        try:
            parent.mind()
        finally:
            parent.close()
            for number, handler in earlier.items():
                signal.signal(number, handler)

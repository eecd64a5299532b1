"""The one thread that writes, for every door that must not wait for the disk itself.

Writes are carried out in the order in which they were asked for. Those that are waiting when
the thread comes to them share one transaction and its one durable commit:

* each is a savepoint of its own, so one that fails undoes itself and nothing else;
* each is told of its outcome only after the commit;
* when the transaction cannot begin or commit, nothing was written, and each is told so;
* when a fault makes SQLite undo the whole transaction midway, each is done again by itself.

A write that finds nobody waiting behind it is a transaction of its own, at once. What changes
tables is always alone.
"""

import atexit
import threading
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from queue import Empty, SimpleQueue
from typing import Any, Final, Generic, TypeVar

from ddblite.engine.engine import Engine
from ddblite.schema.errors import Closed

GROUP_WRITES_MAX: Final = 100
"""Writes of one commit; by then a flush is a small part of the time."""

GROUP_SECONDS_MAX: Final = 0.05
"""How long a group goes on taking writes: other processes wait for it to end."""

Outcome = TypeVar("Outcome")


class GroupUndone(Exception):  # noqa: N818 - it never leaves this module
    """A fault of one write took the transaction of its whole group with it."""


class Job(Generic[Outcome]):
    """A write that was asked for, what came of it, and the future that tells so."""

    __slots__ = ("fault", "future", "is_alone", "is_begun", "result", "work")
    result: Outcome

    def __init__(self, work: Callable[[], Outcome], *, is_alone: bool) -> None:
        self.work = work
        self.is_alone = is_alone
        self.is_begun: bool | None = None
        self.fault: BaseException | None = None
        self.future: Future[Outcome] = Future()

    def begin(self) -> bool:
        """Whether it is to be done; what it was when first asked, it stays.

        From then on it cannot be cancelled any more.
        """
        if self.is_begun is None:
            self.is_begun = self.future.set_running_or_notify_cancel()
        return self.is_begun

    def carry_out(self) -> None:
        """Does it, unless it was cancelled, and remembers what came of it."""
        if not self.begin():
            return
        try:
            self.result = self.work()
        except BaseException as fault:  # noqa: BLE001 - it is the asker's, whatever it is
            self.fault = fault

    def tell(self) -> None:
        """Tells what came of it."""
        if not self.is_begun:
            return
        if self.fault is None:
            self.future.set_result(self.result)
        else:
            self.future.set_exception(self.fault)


class Writer:
    """The thread, and the writes that wait for it. ``close`` it before the engine."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.asked: SimpleQueue[Job[Any] | None] = SimpleQueue()
        self.waiting: deque[Job[Any] | None] = deque()
        self.is_closed = False
        self.lock = threading.Lock()
        # A program that ends without closing is not held up for ever: its last writes are waited
        # for, and no more.
        self.thread = threading.Thread(target=self.run, name="ddblite-writer", daemon=True)
        self.thread.start()
        atexit.register(self.close)

    def submit(self, work: Callable[[], Outcome], *, is_alone: bool = False) -> Future[Outcome]:
        """Asks for a write and returns its future; ``is_alone`` is for what may share no commit.

        A future that is cancelled before its turn is not carried out. Raises Closed after
        ``close``.
        """
        job = Job(work, is_alone=is_alone)
        with self.lock:  # so that nothing is asked for behind the end
            if self.is_closed:
                raise Closed("the database is closed")
            self.asked.put(job)
        return job.future

    def close(self) -> None:
        """Waits for the writes that were asked for, and ends the thread; twice is no error."""
        with self.lock:
            if not self.is_closed:
                self.is_closed = True
                self.asked.put(None)
        self.thread.join()
        atexit.unregister(self.close)

    def run(self) -> None:
        """Carries out what is asked for, until there is no more."""
        self.take_over()
        while self.carry_out_next():
            self.take_over()  # while it waits, it holds nothing of what is done

    def carry_out_next(self) -> bool:
        """Carries out the next write or group; False at the end."""
        group = self.next_group()
        if len(group) == 1:
            group[0].carry_out()
            group[0].tell()
        elif group:
            self.carry_out_together(group)
        return bool(group)

    def take_over(self) -> None:
        """Takes over all that was asked for; waits for it only when nothing is left."""
        if not self.waiting:
            self.waiting.append(self.asked.get())
        try:
            while True:
                self.waiting.append(self.asked.get_nowait())
        except Empty:
            return

    def next_group(self) -> list[Job[Any]]:
        """Returns the next write and those behind it that share its commit; none at the end."""
        group: list[Job[Any]] = []
        while self.waiting and len(group) < GROUP_WRITES_MAX:
            job = self.waiting[0]
            if job is None or (job.is_alone and group):
                break
            group.append(job)
            self.waiting.popleft()
            if job.is_alone:
                break
        return group

    def carry_out_together(self, group: list[Job[Any]]) -> None:
        """Carries out several writes with one commit, and only then tells of each."""
        try:
            with self.engine.write():
                done = self.carry_out_in_turn(group)
        except GroupUndone:
            done = len(group)
            for job in group:
                job.fault = None
                job.carry_out()
        except BaseException as fault:  # noqa: BLE001 - nothing was written for any of them
            done = len(group)
            for job in group:
                job.begin()
                job.fault = fault
        for job in group[:done]:
            job.tell()
        self.waiting.extendleft(reversed(group[done:]))

    def carry_out_in_turn(self, group: list[Job[Any]]) -> int:
        """Carries out writes inside of a transaction; returns how many there was time for."""
        end_s = time.monotonic() + GROUP_SECONDS_MAX
        for count, job in enumerate(group, start=1):
            job.carry_out()
            self.engine.storage.require_open()
            if self.engine.storage.was_undone():
                raise GroupUndone
            if time.monotonic() > end_s:
                return count
        return len(group)

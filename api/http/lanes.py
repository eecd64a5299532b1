"""Where a request is answered: on the event loop, by a thread that reads, or by the writer.

* **The loop** answers what is small: a short body, and few rows to read. It tries every such read;
  one that turns out to be more is given up and asked again in the next lane.
* **The threads that read** have all other reads. Python runs one thread at a time and changes
  between them, so the loop goes on answering meanwhile. A page whose filter takes long ends early.
* **The writer** has whatever writes to a file, and waits for the disk and for other processes.

A request is a write by what it does: wherever statements are tried first, the engine gives them up
before they would write, or read much. Long texts, and the first, for which the parser is imported,
are tried by a thread of their own: nobody who writes waits for one who reads. A database in memory
has no disk to wait for, so there is no writer: what is small is written on the loop, the rest by
the threads that read.
"""

import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from typing import Final
from zlib import crc32

from msgspec.structs import replace

from ddblite.api.http.application import TARGETS, target_of
from ddblite.api.http.messages import Answer, Request
from ddblite.api.http.turns import Rests
from ddblite.api.wire.operations import STATED, TOGETHER, WRITES
from ddblite.api.writer import Writer
from ddblite.engine.effort import EFFORT, Effort, TooLong, WouldWrite
from ddblite.engine.engine import Engine

LOOP_BODY_BYTES_MAX: Final = 2 * 1024
"""What is longer may take milliseconds before the first row is read: to parse, or to be wrong."""

LOOP_READ_BYTES_MAX: Final = 32 * 1024
"""Rows that a request on the loop may read. Of numbers, which are the slowest: 5 ms to encode."""

READERS_MAX: Final = 4
"""Threads; more would only wait for each other, as Python runs one at a time."""

PAGE_SECONDS_MAX: Final = 1.0
"""Processor time after which a page with a filter ends: several times that of the usual 1 MB."""

SHARED_BODY_BYTES_MAX: Final = 256 * 1024
"""A write that is longer shares no commit: nobody else's transaction waits for it to be parsed."""

Work = Callable[[], Answer]


class Lanes:
    """The threads beside the loop. ``close`` them before the engine."""

    def __init__(self, engine: Engine, timer: Callable[[], float] = time.thread_time) -> None:
        self.writer = None if engine.storage.in_memory else Writer(engine)
        self.readers = ThreadPoolExecutor(READERS_MAX, thread_name_prefix="ddblite-reader")
        self.looker = ThreadPoolExecutor(1, thread_name_prefix="ddblite-looker")
        self.timer = timer
        self.rests: Callable[[], Rests] = Rests
        # That of every request on the loop, which has one at a time.
        self.glance = Effort(may_write=self.writer is None)
        self.has_parser = False

    def begin(self, asked: Request, work: Work) -> Answer | Future[Answer]:
        """Returns the answer of a request, or the future that will have it."""
        name = TARGETS.get(target_of(asked))
        if self.writer is not None and name in WRITES:
            return self.write(self.writer, asked, work)
        is_short = (
            len(asked.body) <= LOOP_BODY_BYTES_MAX
            and "content-encoding" not in asked.headers  # a few bytes may be many, unpacked
            and (self.has_parser or name not in STATED)
        )
        if is_short:
            self.glance.bytes_left = LOOP_READ_BYTES_MAX
            found = self.tried(self.glance, asked, work)
            if found is not None:
                return found
        done: Future[Answer] = Future()
        if name in STATED and not is_short:
            self.looker.submit(self.look_at, asked, work, done)
        else:
            self.readers.submit(self.read, asked, work, done)
        return done

    def tried(self, effort: Effort, asked: Request, work: Work) -> Answer | Future[Answer] | None:
        """Answers what is small, or has the writer do what writes; None for what is neither."""
        try:
            return within(effort, work)
        except TooLong:
            return None
        except WouldWrite:
            assert self.writer is not None, "in memory everything may write"
            return self.write(self.writer, asked, work)

    def look_at(self, asked: Request, work: Work, done: Future[Answer]) -> None:
        """Finds out what statements do, and so who answers them; whoever reads long is not here."""
        effort = Effort(bytes_max=LOOP_READ_BYTES_MAX, may_write=self.writer is None)
        try:
            found = self.tried(effort, asked, work)
            if found is None:
                self.readers.submit(self.read, asked, work, done)
            elif isinstance(found, Answer):
                done.set_result(found)
            else:
                found.add_done_callback(partial(pass_on, done))
        except BaseException as fault:  # noqa: BLE001 - the asker's, whatever it is
            done.set_exception(fault)
        # The parser is imported with the first statement, which takes a fifth of a second.
        self.has_parser = True

    def write(self, writer: Writer, asked: Request, work: Work) -> Future[Answer]:
        """Has a request answered by the writer."""
        name = TARGETS.get(target_of(asked))
        is_alone = name not in TOGETHER or len(asked.body) > SHARED_BODY_BYTES_MAX
        return writer.submit(work, is_alone=is_alone)

    def read(self, asked: Request, work: Work, done: Future[Answer]) -> None:
        """Answers a request in a thread that reads, or has the writer do so if it writes."""
        effort = Effort(
            may_write=self.writer is None,
            seconds_max=PAGE_SECONDS_MAX,
            timer=self.timer,
            between_rows=self.rests().rest_if_due,
        )
        try:
            done.set_result(with_checksum(within(effort, work)))
        except WouldWrite:  # behind more rows than it might read where it was tried
            assert self.writer is not None, "in memory everything may write"
            self.write(self.writer, asked, work).add_done_callback(partial(pass_on, done))
        except BaseException as fault:  # noqa: BLE001 - the asker's, whatever it is
            done.set_exception(fault)

    def close(self) -> None:
        """Waits for what was asked for."""
        self.looker.shutdown()
        self.readers.shutdown()
        if self.writer is not None:
            self.writer.close()


def within(effort: Effort, work: Work) -> Answer:
    """Does work that may take so much."""
    earlier = EFFORT.set(effort)
    try:
        return work()
    finally:
        EFFORT.reset(earlier)


def with_checksum(reply: Answer) -> Answer:
    """Returns an answer whose checksum the loop need not make, which takes 10 ms for 16 MB."""
    return replace(reply, checksum=crc32(reply.body))


def pass_on(done: Future[Answer], written: Future[Answer]) -> None:
    """Ends one future as another has ended."""
    fault = written.exception()
    if fault is None:
        done.set_result(written.result())
    else:
        done.set_exception(fault)

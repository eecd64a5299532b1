"""What this process has open, and what becomes of it in a forked child.

SQLite keeps its locks per process and file. A forked child inherits that book-keeping and none of
the locks: a connection that it opens beside an inherited one believes to hold what it does not,
and whoever closes last outside removes the log under it. So a child closes, before anything else,
all that it inherited, without touching the file; then it may open the file anew.

A connection in the middle of something cannot be closed there: undoing a transaction would write
to the memory that is shared with the parent. Therefore a fork waits, for a while, until no thread
writes. A file of which something could not be closed stays refused in the child.

A connection that another thread is just opening is in nobody's books yet, but in SQLite's. So what
is being opened, and what is looked at without a connection, is noted here meanwhile: a fork waits
for that too, and a file of which it waited in vain is refused in the child.

A thread that is inside SQLite may hold one of the locks that all connections share, such as that
of the allocator. In the child nobody would ever release it, and its first call would wait for good.
Therefore a fork lets the steps of other threads come to their end.
"""

import ctypes
import os
import threading
import time
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final, Protocol

import apsw

from ddblite.engine.file.fair_lock import FairLock
from ddblite.engine.file.faults import BUSY_TIMEOUT_MS

Identity = tuple[int, int]


class Named(Protocol):
    """What has the identity of a file."""

    identity: Identity | None


class OpenFile(Protocol):
    """What a fork must know of an open database; see ``engine.file.storage``."""

    path: str
    in_memory: bool
    failure: str | None
    lock: FairLock
    writer: apsw.Connection
    readers: "weakref.WeakValueDictionary[int, apsw.Connection]"

    @property
    def whereabouts(self) -> Named:
        """Where the file is."""
        ...


# The state of a module, because a forked child must find what its parent had open.
open_storages: "weakref.WeakSet[OpenFile]" = weakref.WeakSet()
lost_to_fork: Final[set[Identity]] = set()
being_opened: Final[dict[object, str]] = {}
forking: Final = threading.local()

FORK_WAIT_S: Final = BUSY_TIMEOUT_MS / 1000
"""How long a fork waits for the writes of other threads."""

STEPS_WAIT_S: Final = 0.25
"""How long a fork waits for threads that run; one may be busy with what is no affair of ours."""

PAUSE_S: Final = 0.0002
KEPT_US: Final = 1000
LOOKS: Final = 3
"""A step to the next row takes microseconds, unless others have the processor meanwhile."""

LIBC: Final = ctypes.PyDLL(None if os.name == "posix" else "msvcrt")
"""C's library, in which this thread keeps the interpreter."""

STAT: Final = ctypes.create_string_buffer(256)

OPENINGS_WAIT_S: Final = 0.1
"""How long a fork waits for files that other threads are opening, beside what they run."""

FORKED: Final = "the database was opened before a fork; open it again in the child"


def identity_of(path: str) -> Identity | None:
    """Returns what tells a file from all others however it is named; None when there is none."""
    try:
        found = os.stat(path)  # noqa: PTH116 - Path.stat gives no more
    except (OSError, ValueError):
        return None
    return found.st_dev, found.st_ino


def is_lost_to_fork(path: str) -> bool:
    """Whether the file can no longer be opened safely in this process, which was forked."""
    return bool(lost_to_fork) and identity_of(path) in lost_to_fork


@contextmanager
def opening(path: str) -> Iterator[None]:
    """Notes that a file is opened, or looked at, until that is in the books or closed."""
    mark = object()
    try:
        being_opened[mark] = path
        yield
    finally:
        being_opened.pop(mark, None)


def wait_for_others() -> None:
    """Takes the writer of every file before a fork, so that no transaction is open in it."""
    forking.held = []
    for storage in sorted(open_storages, key=id):
        # What this thread itself is in the middle of, it does not wait for.
        if not storage.in_memory and storage.lock.acquire(FORK_WAIT_S):
            forking.held.append(storage.lock)

    if threading.active_count() > 1:
        end_s = time.monotonic() + OPENINGS_WAIT_S
        let_statements_end()
        while being_opened and time.monotonic() < end_s:
            let_statements_end()


def let_statements_end() -> None:
    """Keeps the interpreter while the processors are the others', who so come out of SQLite.

    Having just slept, this thread is not asked for the interpreter for a whole switch interval,
    five milliseconds: the fork comes before that. ``time.sleep`` would give it away, and so would
    a look into a file by Python's own means.
    """
    others = [
        thread.native_id
        for thread in threading.enumerate()
        if thread.native_id not in (None, threading.get_native_id())
    ]
    end_s = time.monotonic() + STEPS_WAIT_S
    while True:
        time.sleep(PAUSE_S)
        for _ in range(LOOKS):
            LIBC.usleep(KEPT_US)
            if not any(map(is_running, others)):
                return
        if time.monotonic() > end_s:
            return


def is_running(thread: int) -> bool:
    """Whether a thread of this process has a processor, or waits for one; False where unknown.

    Who waits for the interpreter, for a lock, or for another program does not.
    """
    file = LIBC.open(b"/proc/self/task/%d/stat" % thread, os.O_RDONLY)
    if file < 0:  # it has ended, or this is no Linux
        return False
    try:
        count = LIBC.read(file, STAT, len(STAT))
    finally:
        LIBC.close(file)
    # Behind the name of the thread, which is in brackets.
    return STAT.raw[: max(count, 0)].rpartition(b")")[2][1:2] in (b"R", b"D")


def go_on() -> None:
    """Gives the writers back, in the parent."""
    for lock in forking.held:
        lock.release()
    forking.held = []


def forget_parent() -> None:
    """Makes every storage of the parent unusable in the child, and closes what it holds."""
    for storage in list(open_storages):
        storage.failure = FORKED
        # The thread that held one, if one did, exists only in the parent.
        storage.lock = FairLock()
        identity = storage.whereabouts.identity
        if identity is not None and not is_closed(storage):
            lost_to_fork.add(identity)
    open_storages.clear()
    for path in being_opened.values():
        identity = identity_of(path)
        if identity is not None:
            lost_to_fork.add(identity)
    being_opened.clear()


def is_closed(storage: "OpenFile") -> bool:
    """Closes every inherited connection of a file without a trace, and returns whether all are."""
    try:
        for connection in (storage.writer, *storage.readers.values()):
            if connection is storage.writer and connection.in_transaction:
                return False
            # Neither merges the log, which others use, nor removes it.
            connection.config(apsw.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1)
            connection.close(force=True)
    except apsw.Error:  # a thread of the parent was in the midst of a statement
        return False
    return True


if hasattr(os, "register_at_fork"):  # pragma: no branch - all but Windows
    os.register_at_fork(before=wait_for_others, after_in_parent=go_on, after_in_child=forget_parent)

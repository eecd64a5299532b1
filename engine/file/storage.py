"""SQLite as the engine sees it: connections, transactions, and faults as our errors.

* A file has one writer connection behind a lock and a reader connection per reading
  thread. ``:memory:`` has one connection and one lock, because SQLite's shared memory
  database has no write-ahead log.
* Every write is BEGIN IMMEDIATE; a write inside a write is a savepoint.
* No SQLite cursor outlives a call: an open reader would pin the write-ahead log.
* Every ``apsw`` exception becomes one of ours here, by one table.
* After a failed flush or a damaged page the database refuses everything until it is opened
  again: file systems mark pages clean after a failed flush, so a retry would lie.

A forked child must not use its parent's connections: see ``engine.file.open_files``.
"""

import threading
import time
import weakref
from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import Any, Final

import apsw

from ddblite.engine.file import fileformat
from ddblite.engine.file.bare_files import Stamp, stamp_of
from ddblite.engine.file.connections import (
    Address,
    close_all,
    open_connection,
    write_ahead,
)
from ddblite.engine.file.fair_lock import FairLock
from ddblite.engine.file.faults import (
    BUSY_TIMEOUT_MS,
    FATAL,
    READ_FAULTS,
    TableGone,
    is_damage,
    translated,
    words_of_damage,
)
from ddblite.engine.file.open_files import open_storages, opening
from ddblite.engine.file.page_checksums import where_damaged
from ddblite.engine.file.units_of_work import Rows, Snapshot, Write
from ddblite.engine.file.whereabouts import Whereabouts
from ddblite.engine.file.write_ahead_log import Log
from ddblite.schema.errors import (
    Busy,
    Closed,
    Corrupt,
    DdbError,
    FileError,
    InternalServerError,
    ReadOnly,
)

NOTICED_MS: Final = 50
"""A wait within the process that takes nothing off the wait for another process."""


class Storage:
    """One open database: its connections, and the transactions on them."""

    def __init__(self, address: Address) -> None:
        self.path = address.path
        self.mode = address.mode
        self.in_memory = address.in_memory
        self.failure: str | None = None
        self.format_number = fileformat.FORMAT_NUMBER
        self.lock = FairLock()
        # Weak, so that a thread that ends takes its connection with it. By their ids: both to
        # add one and to list them is one step, for which no lock is held that Ctrl-C could leave.
        self.readers: weakref.WeakValueDictionary[int, apsw.Connection] = (
            weakref.WeakValueDictionary()
        )
        self.depth = 0
        self.writing_thread = 0
        self.waited_ms = 0
        self.attach(address)

    def attach(self, address: Address) -> None:
        """Opens the writer at an address; also once more, for whoever waits for the storage."""
        self.address = address
        self.local = threading.local()
        with opening(address.path):
            self.writer = open_connection(address)
            self.log = Log(address)
            self.whereabouts = Whereabouts(address, self.log)
            open_storages.add(self)

    def is_open(self) -> bool:
        """Whether anything can be asked of this storage any more."""
        return self.failure is None

    def require_open(self) -> None:
        """Raises Closed when nothing can be asked of this storage any more."""
        if self.failure is not None:
            raise Closed(self.failure)

    def reader(self) -> apsw.Connection:
        """Returns the connection that this thread reads with; inside a write, the writer."""
        self.require_open()
        if self.in_memory or self.is_writing_here():
            return self.writer
        try:
            connection: apsw.Connection = self.local.reader
        except AttributeError:
            return self.open_reader()
        if self.address.closed and not connection.in_transaction and self.has_moved():
            self.local.__dict__.clear()  # what was seen with it was seen of an older file
            return self.open_reader()
        return connection

    def open_reader(self) -> apsw.Connection:
        """Opens the connection that this thread reads with from now on."""
        stamp = stamp_of(self.path) if self.address.closed else None
        self.whereabouts.require()
        with opening(self.path):
            connection = open_connection(self.address)
            # Not under the writer's lock: a thread that begins to read does not wait for it.
            self.readers[id(connection)] = connection
        try:
            self.require_open()
            self.whereabouts.require()
        except FileError:  # while this thread was opening
            connection.close(force=True)
            raise
        self.local.stamp = stamp
        self.local.reader = connection
        return connection

    def has_moved(self) -> bool:
        """Whether a file that this thread reads as if it stood still does not do so."""
        stamp: Stamp | None = getattr(self.local, "stamp", None)
        # With a log, SQLite itself sees to it.
        return stamp is not None and not stamp[-1] and stamp != stamp_of(self.path)

    def require_still(self) -> None:
        """Raises when what this thread has just read was changed meanwhile."""
        if self.address.closed and self.has_moved():
            raise Busy(f"{self.path} was changed while it was read; ask again")

    def reopen(self, address: Address) -> None:
        """Opens what was closed."""
        self.attach(address)
        write_ahead(self.writer, address)
        self.failure = None

    # reading

    def fetch(self, sql: str, parameters: Sequence[Any]) -> Any:  # noqa: ANN401 - a row of SQLite's types
        """Returns the one row of a statement, or None; one statement is one snapshot."""
        try:
            if self.in_memory:
                with self.lock:
                    return self.reader().execute(sql, parameters).get
            row = self.reader().execute(sql, parameters).get
        except READ_FAULTS as fault:
            raise self.fault_of_read(fault) from fault
        self.require_still()
        return row

    def rows(self, sql: str, parameters: Sequence[Any]) -> Rows:
        """Returns a block that gives the rows of a statement; no cursor outlives it."""
        return Rows(self, sql, parameters)

    def snapshot(self) -> Snapshot:
        """Returns a block in which all reads of this thread see one moment."""
        return Snapshot(self)

    def fault_of_read(self, fault: apsw.Error | UnicodeDecodeError) -> Exception:
        """Returns what a failed read means: an outdated catalog, or one of our errors."""
        self.require_still()
        if isinstance(fault, UnicodeDecodeError):
            return Corrupt(f"{self.path} holds text that is none; nothing was returned")
        if isinstance(fault, apsw.SQLError) and "no such table" in str(fault):
            return TableGone(str(fault))
        return self.translated(fault)

    def translated(self, fault: apsw.Error) -> DdbError:
        """Returns our error for one of apsw's; of a damaged page it says which."""
        if is_damage(fault):
            return Corrupt(words_of_damage(fault) or where_damaged(self.path))
        is_ours = self.is_writing_here()
        return translated(fault, self.writer if is_ours else vars(self.local).get("reader"))

    def is_writing_here(self) -> bool:
        """Whether this thread is inside of a write transaction."""
        return self.writing_thread == threading.get_ident()

    def confirm(self, epoch: int) -> None:
        """Remembers for this thread that its connection has just seen the catalog's epoch."""
        self.local.seen = (self.others_wrote(), epoch)

    def is_confirmed(self, epoch: int) -> bool:
        """Whether nobody has committed since this thread's connection saw the epoch."""
        if self.in_memory or self.is_writing_here():
            self.require_open()
            return True
        return bool(getattr(self.local, "seen", None) == (self.others_wrote(), epoch))

    def others_wrote(self) -> int:
        """Returns a number that changes when another connection has committed.

        It is that of the last read of this thread's connection, or of the writer's open
        transaction, and costs no statement.
        """
        return self.reader().data_version()

    # writing

    def write(self) -> Write:
        """Returns a write transaction, for a ``with``; inside another it is a savepoint."""
        return Write(self)

    def take(self) -> None:
        """Takes the writer for this thread, once more if it has it; others wait in their order."""
        if self.lock.is_owned():
            self.lock.acquire()
            return
        asked_s = time.monotonic()
        self.lock.acquire()
        self.waited_ms = int(1000 * (time.monotonic() - asked_s))

    def has_writer_here(self) -> bool:
        """Whether this thread has the writer, be it in a transaction or about to begin one."""
        return bool(self.lock.is_owned())

    def give_back(self) -> None:
        """Gives the writer back, once per ``take``."""
        self.lock.release()

    def alone(self) -> AbstractContextManager[object]:
        """Returns a block in which this thread has the writer, and no transaction begins."""
        return self.lock

    def begin(self) -> None:
        """Starts the transaction or savepoint of one more level."""
        self.take()
        try:
            self.refuse_if_unwritable()
            if self.depth:
                self.writer.execute(f"SAVEPOINT level_{self.depth}")
            else:
                self.begin_within(BUSY_TIMEOUT_MS - self.waited_ms)
        except apsw.Error as fault:
            self.lock.release()
            raise self.translated(fault) from fault
        except DdbError:
            self.lock.release()
            raise
        except BaseException:
            if not self.depth and self.writer.in_transaction:  # interrupted just behind it
                self.writer.execute("ROLLBACK")
            self.lock.release()
            raise
        self.depth += 1
        self.writing_thread = threading.get_ident()

    def begin_within(self, wait_ms: int) -> None:
        """Starts a transaction; waits for another process for as long as is left to this thread.

        Whoever has waited here behind a thread that another process kept waiting does not begin
        to wait anew, but asks once.
        """
        # BEGIN IMMEDIATE, because a transaction that reads first and writes later can be
        # refused halfway (SQLITE_BUSY_SNAPSHOT) however long it is willing to wait.
        if wait_ms > BUSY_TIMEOUT_MS - NOTICED_MS:
            self.writer.execute("BEGIN IMMEDIATE")
            return
        self.writer.set_busy_timeout(max(0, wait_ms))
        try:
            self.writer.execute("BEGIN IMMEDIATE")
        finally:
            self.writer.set_busy_timeout(BUSY_TIMEOUT_MS)

    def is_busy_here(self) -> bool:
        """Whether this thread is in the middle of a transaction or snapshot of its own."""
        if self.failure is not None:
            return True  # there is nothing left that could be unwound
        if self.in_memory:
            return bool(self.lock.is_owned())
        if self.is_writing_here():
            return True
        connection: apsw.Connection | None = getattr(self.local, "reader", None)
        return connection is not None and connection.in_transaction

    def unwind(self) -> None:
        """Ends whatever an interruption left open in this thread: transaction, snapshot, lock.

        Ctrl-C may strike between any two steps, also between a COMMIT and the note that it was
        made, or between entering a block and being in it. What was committed stays committed.
        """
        # Closed, and opened anew by the next read: a cursor that the traceback keeps alive would
        # else hold the snapshot.
        connection: apsw.Connection | None = vars(self.local).pop("reader", None)
        vars(self.local).clear()
        self.lock.leave_queue()
        with self.lock:
            # With the lock in hand, whatever the writer is in is this thread's leaving.
            try:
                if connection is not None:
                    connection.close(force=True)
                if self.writer.in_transaction:
                    self.writer.execute("ROLLBACK")
            except apsw.Error as fault:
                self.failure = self.failure or (
                    f"an interrupted request could not be undone ({fault}); open again"
                )
            self.depth = 0
            self.writing_thread = 0
        self.lock.release_all()

    def refuse_if_unwritable(self) -> None:
        """Raises when nothing can be written: the database failed, or is closed or read-only."""
        if self.failure is not None:
            raise Closed(self.failure)
        if self.mode == "read":
            raise ReadOnly(f"{self.path} was opened for reading")
        if self.was_undone():
            raise FileError("an earlier fault undid the transaction that this is a part of")

    def commit(self) -> None:
        """Ends the innermost level; the outermost one makes everything durable."""
        level = self.depth - 1
        try:
            if not level:
                self.whereabouts.require_for(self.writer)
            self.writer.execute(f"RELEASE level_{level}" if level else "COMMIT")
        except FileError:
            self.rollback()
            raise
        except apsw.Error as fault:
            if isinstance(fault, FATAL):
                self.failure = f"an earlier write failed ({fault}); open the file again"
            self.rollback()
            raise self.translated(fault) from fault
        if not level:
            self.log.bound(self.writer)
        self.leave()

    def was_undone(self) -> bool:
        """Whether a fault such as a full disk made SQLite undo the open transaction as a whole."""
        return self.depth > 0 and not self.writer.in_transaction

    def rollback(self) -> None:
        """Undoes the innermost level."""
        level = self.depth - 1
        try:
            if self.was_undone():
                return
            self.writer.execute(
                f"ROLLBACK TO level_{level}; RELEASE level_{level}" if level else "ROLLBACK"
            )
        except apsw.Error as fault:
            self.failure = f"an earlier write could not be undone ({fault}); open the file again"
        finally:
            self.leave()

    def leave(self) -> None:
        """Gives the writer back, once per level."""
        self.depth -= 1
        if not self.depth:
            self.writing_thread = 0
        self.lock.release()

    def execute(self, sql: str, parameters: Sequence[Any] = ()) -> None:
        """Runs one statement of the open write transaction."""
        try:
            self.writer.execute(sql, parameters)
        except apsw.Error as fault:
            raise self.translated(fault) from fault

    def execute_counted(self, sql: str, parameters: Sequence[Any]) -> int:
        """Runs one statement of the open write transaction and returns how many rows it changed."""
        self.execute(sql, parameters)
        return self.writer.changes()

    # ends

    def close(self, why: str = "the database is closed") -> list[str]:
        """Closes every connection and returns warnings; afterwards one file is left at rest."""
        with self.lock:
            if self.depth:
                raise InternalServerError("a transaction is open; the database was not closed")
            complaint = self.whereabouts.complaint()
            warnings = [] if complaint is None else [complaint]
            is_sound = self.failure is None
            self.failure = self.failure or why
            readers = [one for reference in self.readers.valuerefs() if (one := reference())]
            merges = is_sound and self.mode != "read" and not self.in_memory
            warnings += close_all(
                self.path,
                readers,
                self.writer,
                merge=(lambda: self.whereabouts.merge(self.writer, complaint)) if merges else None,
                is_sound=is_sound and complaint is None,
            )
            open_storages.discard(self)
            return warnings

"""What can be done with a storage in a ``with`` block: rows, one moment, a write.

They are classes, because a generator that an interruption cut short would be cleaned up by
the garbage collector, later, in the midst of something else.
"""

from collections.abc import Iterator, Sequence
from types import TracebackType
from typing import Any, Protocol, Self

import apsw

from ddblite.engine.file.fair_lock import FairLock
from ddblite.engine.file.faults import READ_FAULTS


class Connections(Protocol):
    """What a block asks of an open database; see ``engine.file.storage``."""

    in_memory: bool
    lock: FairLock

    def reader(self) -> apsw.Connection:
        """Returns the connection that this thread reads with."""
        ...

    def require_open(self) -> None:
        """Raises Closed when nothing can be asked any more."""

    def require_still(self) -> None:
        """Raises when what this thread has just read was changed meanwhile."""

    def fault_of_read(self, fault: apsw.Error | UnicodeDecodeError) -> Exception:
        """Returns what a failed read means."""
        ...

    def begin(self) -> None:
        """Starts the transaction or savepoint of one more level."""

    def commit(self) -> None:
        """Ends the innermost level."""

    def rollback(self) -> None:
        """Undoes the innermost level."""


class Rows:
    """The rows of one statement, for the length of a ``with`` block."""

    __slots__ = ("cursor", "parameters", "sql", "storage")
    cursor: apsw.Cursor | None

    def __init__(self, storage: Connections, sql: str, parameters: Sequence[Any]) -> None:
        self.storage = storage
        self.sql = sql
        self.parameters = parameters
        self.cursor = None

    def __enter__(self) -> Iterator[Any]:
        storage = self.storage
        if storage.in_memory:
            storage.lock.acquire()
        try:
            self.cursor = storage.reader().cursor()
            return iter(self.cursor.execute(self.sql, self.parameters))
        except BaseException as error:
            self.leave()
            if isinstance(error, READ_FAULTS):
                raise storage.fault_of_read(error) from error
            raise

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.leave()
        if isinstance(error, READ_FAULTS):
            raise self.storage.fault_of_read(error) from error
        if error is None:
            self.storage.require_still()

    def leave(self) -> None:
        """Ends the statement and gives the connection back."""
        if self.cursor is not None:
            self.cursor.close(force=True)
        if self.storage.in_memory:
            self.storage.lock.release()


class Snapshot:
    """One moment of the database; inside another, or inside a write, it is that one's."""

    __slots__ = ("connection", "storage")
    connection: apsw.Connection | None

    def __init__(self, storage: Connections) -> None:
        self.storage = storage
        self.connection = None

    def __enter__(self) -> None:
        if self.storage.in_memory:
            self.storage.lock.acquire()
            return
        connection = self.storage.reader()
        if connection.in_transaction:
            return
        try:
            connection.execute("BEGIN")
        except apsw.Error as fault:
            raise self.storage.fault_of_read(fault) from fault
        self.connection = connection

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self.storage.in_memory:
            self.storage.lock.release()
        elif self.connection is not None:
            try:
                if not self.connection.in_transaction:
                    return  # SQLite has ended it by itself, as a failing disk makes it do
                # There is nothing to commit; and on a damaged page, a COMMIT may fail and leave
                # the thread in the past.
                self.connection.execute("ROLLBACK")
            except apsw.Error as fault:
                self.storage.require_open()  # it may have been closed meanwhile
                raise self.storage.fault_of_read(fault) from fault
            if error is None:
                self.storage.require_still()


class Write:
    """One level of a write transaction: committed at the end of the block, undone by an error."""

    __slots__ = ("storage",)

    def __init__(self, storage: Connections) -> None:
        self.storage = storage

    def __enter__(self) -> Self:
        self.storage.begin()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if kind is None:
            self.storage.commit()
        else:
            self.storage.rollback()

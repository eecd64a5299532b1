"""Where an open file lies, and whether its name still leads to it.

SQLite holds an open file by its descriptor, but finds the log beside it by name. So when the file
is removed, renamed or replaced, a commit still succeeds, into something that nobody finds again;
and with a second name (a hard link, or a new name while it is open) there are two logs that know
nothing of each other. Hence:

* A write looks, just before its commit, whether file and log are where they were.
* A file with two names is not opened for writing, nor one that somebody has open by another name.
* Nothing is opened beside a log that is in use for a file that had the same name before.
* A file that has lost its name takes its log along when it is closed, unless somebody uses what
  has that name now.
"""

import ctypes
import os
import sys
import time
from pathlib import Path
from typing import Final

import apsw

from ddblite.engine.file.bare_files import (
    Header,
    alone_with,
    holds_something,
    is_being_written,
    is_in_use,
)
from ddblite.engine.file.connections import Address
from ddblite.engine.file.faults import BUSY_TIMEOUT_MS
from ddblite.engine.file.open_files import identity_of, open_storages
from ddblite.engine.file.write_ahead_log import Log
from ddblite.schema.errors import Busy, FileError

if sys.platform != "win32":  # pragma: no branch - there, an open file keeps its name
    import fcntl

SETTLING_MS: Final = BUSY_TIMEOUT_MS
"""How long somebody who has just opened a file, or is closing it, may be without its log."""

ALIVE_BYTE: Final = 128
"""The byte of ``-shm`` that SQLite locks for as long as it uses it."""


class Whereabouts:
    """Where a file and its log were when they were opened; one in memory is nowhere."""

    __slots__ = ("identity", "log", "moved", "moved_at", "path")

    def __init__(self, address: Address, log: Log) -> None:
        self.path = address.path
        self.log = log
        self.identity = None if address.in_memory else identity_of(address.path)
        self.moved = ctypes.c_int()
        self.moved_at = ctypes.addressof(self.moved)

    def require(self) -> None:
        """Raises FileError unless the names of file and log lead where they led."""
        complaint = self.complaint()
        if complaint is not None:
            raise FileError(f"{complaint}, and nothing was written; close it and open it again")

    def require_for(self, writer: apsw.Connection) -> None:
        """Raises FileError when a commit would go where nobody finds it; for every write."""
        if self.identity is None:
            return
        if self.has_moved(writer) or not self.log.is_in_place():
            self.require()

    def has_moved(self, connection: apsw.Connection) -> bool:
        """Whether the name no longer leads to the file that a connection has open."""
        # SQLite compares what Python would, in a third of the time.
        connection.file_control("main", apsw.SQLITE_FCNTL_HAS_MOVED, self.moved_at)
        return bool(self.moved.value)

    def complaint(self) -> str | None:
        """Returns what became of the file while it was open; None when it is where it was."""
        found = self.identity and identity_of(self.path)
        if found != self.identity:
            became = "removed or renamed" if found is None else "replaced by another file"
            return f"{self.path} was {became} while it was open"
        if not self.log.is_in_place():
            return f"{self.path}-wal, the log, was removed while {self.path} was open"
        return None

    def merge(self, writer: apsw.Connection, complaint: str | None) -> None:
        """Merges the log into the file, also into one that has lost its name, if that is safe."""
        if complaint is None:
            writer.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        elif identity_of(self.path) != self.identity:
            # By itself SQLite might remove, as the log of this file, what has its name by now.
            writer.config(apsw.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1)
            with alone_with(self.path) as is_alone:
                if is_alone:
                    self.take_along(writer)
        # And if only the log has lost its name, SQLite merges it unless somebody has another.

    def take_along(self, writer: apsw.Connection) -> None:
        """Merges the log into the file that was here, and leaves nothing beside the one that is."""
        writer.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        if not holds_something(Path(f"{self.path}-wal")):
            for suffix in ("-wal", "-shm"):
                Path(f"{self.path}{suffix}").unlink(missing_ok=True)


def refuse_second_name(path: str, header: Header, mode: str) -> None:
    """Raises when a file is written, or could be, by another name, with another log."""
    if mode != "read" and os.stat(path).st_nlink > 1:  # noqa: PTH116 - Path.stat gives no more
        raise FileError(
            f"{path} has another name (a hard link), by which its last changes could not be seen;"
            " open a copy of it, or remove the other name"
        )
    if header.writes_ahead and is_open_elsewhere(path):
        if is_being_written(path):
            raise Busy(f"{path} is being upgraded by another program; ask again when that is done")
        raise FileError(
            f"{path} is open by another name (it was renamed or linked since), where its last"
            " changes are; close it there first"
        )


def is_open_elsewhere(path: str) -> bool:
    """Whether somebody has the file open, and no log beside it."""
    deadline = time.monotonic() + SETTLING_MS / 1000
    while not Path(f"{path}-wal").exists() and is_in_use(path):
        if time.monotonic() > deadline:
            return True
        time.sleep(0.001)
    return False


def refuse_left_open(path: str) -> None:
    """Raises when what lies beside a name is in use for a file that had this name before."""
    if is_used_without(path):
        raise FileError(
            f"{path} took the place of a file that is still open; close the database there first"
        )


def is_used_without(path: str) -> bool:
    """Whether somebody uses the log beside a file, and not the file."""
    shared = f"{path}-shm"
    if not os.access(shared, os.W_OK) or is_open(path):
        return False
    # In this process, to ask for a lock and let go of it would let go of the one it has.
    is_used = any(one.path == path for one in list(open_storages)) or is_locked(shared)
    return is_used and not is_open(path)  # nor has anybody opened it meanwhile


def is_open(path: str) -> bool:
    """Whether there is such a file, and somebody may have it open."""
    return Path(path).exists() and (not os.access(path, os.W_OK) or is_in_use(path))


def is_locked(shared: str) -> bool:
    """Whether another process is using the memory that processes share."""
    if sys.platform == "win32":  # pragma: no cover
        return False
    try:
        with Path(shared).open("r+b") as file:
            fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, ALIVE_BYTE)
    except FileNotFoundError:  # whoever used it has just closed
        return False
    except OSError:
        return True
    return False

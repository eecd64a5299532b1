"""The write-ahead log beside a file, and how large it may become.

SQLite moves what is in the log into the file by itself, after every thousand pages. But it begins
the log anew only when a write finds no reader in it, and where readers overlap (threads that scan,
a server's processes) that moment never comes: the log grew by 60 MB a second. So a commit that
leaves it larger than it should be waits for those readers who are in it, a little while: they read
a page each, and who comes meanwhile reads the file itself. Someone who stands still in a snapshot,
as an export to a pager does, keeps the log; then it is tried again when it has grown further.
"""

import os
from typing import Final

import apsw

from ddblite.engine.file.connections import WAL_BYTES_MAX, Address
from ddblite.engine.file.faults import BUSY_TIMEOUT_MS

WAIT_MS: Final = 250
WAIT_MS_MAX: Final = 2000
"""How long a commit waits for readers: the longer, the larger the log."""

GROWTH: Final = 4
"""After waiting in vain, it waits again when the log has grown by this part of itself."""


class Log:
    """The log of one file; a database in memory, or one that is only read, has none to bound."""

    __slots__ = ("bytes_max", "bytes_next", "bytes_seen", "inode", "path")

    def __init__(self, address: Address) -> None:
        self.path = None if address.in_memory or address.mode == "read" else f"{address.path}-wal"
        self.bytes_max = self.bytes_next = WAL_BYTES_MAX
        self.bytes_seen = 0
        self.inode = 0

    def begin(self, writer: apsw.Connection) -> None:
        """Notes which log it is: it stays the same until the file is closed."""
        if self.path is not None:
            writer.pragma("user_version")  # only what is read makes SQLite open its log
            self.inode = os.stat(self.path).st_ino  # noqa: PTH116 - as below

    def is_in_place(self) -> bool:
        """Whether the log is still the one that is written; notes its size, for ``bound``."""
        if self.path is None:
            return True
        try:
            found = os.stat(self.path)  # noqa: PTH116 - a third of the time of Path.stat
        except OSError:
            return not self.inode
        self.bytes_seen = found.st_size
        return found.st_ino == self.inode or not self.inode

    def bound(self, writer: apsw.Connection) -> None:
        """Empties the log when it had become too large; the commit before stands in any case."""
        size = self.bytes_seen
        if size <= self.bytes_next:
            return
        try:
            writer.set_busy_timeout(min(WAIT_MS * size // self.bytes_max, WAIT_MS_MAX))
            writer.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        except apsw.Error:
            # What is in the log is safe there. A fault of the disk is told to the next commit.
            pass
        finally:
            writer.set_busy_timeout(BUSY_TIMEOUT_MS)
        size = self.bytes_seen = self.size()
        self.bytes_next = max(self.bytes_max, size + size // GROWTH)

    def size(self) -> int:
        """Returns the bytes of the log; 0 where there is none."""
        if self.path is None:
            return 0
        try:
            return os.stat(self.path).st_size  # noqa: PTH116 - a third of the time of Path.stat
        except OSError:
            return 0


def committed_frames(reader: apsw.Connection) -> int:
    """Returns how many frames of the log are committed; 0 in the midst of a transaction."""
    try:
        return int(reader.pragma("wal_checkpoint", "NOOP")[1])
    except (apsw.Error, TypeError):
        return 0

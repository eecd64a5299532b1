"""SQLite's faults as ours: one table, so that no exception of ``apsw`` crosses this layer."""

import ctypes
import errno
import os
from contextlib import suppress
from typing import Final

import apsw

from ddblite.schema.errors import (
    Busy,
    Closed,
    Corrupt,
    DdbError,
    DiskFull,
    FileError,
    InternalServerError,
    NotADatabase,
    ReadOnly,
)

BUSY_TIMEOUT_MS: Final = 5000

FAULTS: Final[dict[type[apsw.Error], type[DdbError]]] = {
    apsw.BusyError: Busy,
    apsw.LockedError: Busy,
    apsw.SchemaChangeError: Busy,
    apsw.ProtocolError: Busy,
    apsw.FullError: DiskFull,
    apsw.TooBigError: DiskFull,
    apsw.NoMemError: FileError,
    apsw.IOError: FileError,
    apsw.NoLFSError: FileError,
    apsw.CantOpenError: FileError,
    apsw.PermissionsError: FileError,
    apsw.AuthError: FileError,
    apsw.ReadOnlyError: ReadOnly,
    apsw.CorruptError: Corrupt,
    apsw.FormatError: Corrupt,
    apsw.NotADBError: NotADatabase,
    apsw.EmptyError: NotADatabase,
    apsw.ConnectionClosedError: Closed,
    apsw.ConnectionNotClosedError: Closed,
    apsw.CursorClosedError: Closed,
    apsw.ForkingViolationError: Closed,
    apsw.VFSFileClosedError: Closed,
    apsw.VFSNotImplementedError: FileError,
    apsw.ThreadingViolationError: InternalServerError,
    apsw.InvalidContextError: InternalServerError,
    apsw.AbortError: InternalServerError,
    apsw.InterruptError: InternalServerError,
    apsw.ConstraintError: InternalServerError,
    apsw.MismatchError: InternalServerError,
    apsw.MisuseError: InternalServerError,
    apsw.RangeError: InternalServerError,
    apsw.InternalError: InternalServerError,
    apsw.NotFoundError: InternalServerError,
    apsw.BindingsError: InternalServerError,
    apsw.ExecTraceAbort: InternalServerError,
    apsw.ExecutionCompleteError: InternalServerError,
    apsw.ExtensionLoadingError: InternalServerError,
    apsw.IncompleteExecutionError: InternalServerError,
    apsw.NoFTS5Error: InternalServerError,
    apsw.SQLError: InternalServerError,
}
"""Every exception of apsw, and what it is to a user. A test finds the one that is missing."""

FATAL: Final = (apsw.IOError, apsw.CorruptError)
"""After one of these in a commit, nothing more is trusted until the file is opened again."""


READ_FAULTS: Final = (apsw.Error, UnicodeDecodeError)
"""What reading may raise; text that is no UTF-8 was damaged, as we never write any."""


class TableGone(Corrupt):
    """A row table does not exist: the catalog that named it is out of date, or damaged."""


TableGone.code = "Corrupt"


def is_damage(fault: apsw.Error) -> bool:
    """Whether a fault says that what was read is not what was written."""
    code: int = getattr(fault, "extendedresult", 0)  # which is not among its declared members
    return code == apsw.SQLITE_IOERR_DATA


def translated(fault: apsw.Error, connection: apsw.Connection | None = None) -> DdbError:
    """Returns our error for one of apsw's; ``connection`` is the one that it came from."""
    kind = FAULTS.get(type(fault), InternalServerError)
    if is_damage(fault):
        return Corrupt(words_of_damage(fault) or "a page does not match its checksum; run check")
    if kind is Busy:
        return Busy(f"another writer held the file for over {BUSY_TIMEOUT_MS / 1000:.0f} s")
    if kind is Corrupt and connection is not None and is_unreadable(connection):
        return FileError(f"the disk failed to read the file ({os.strerror(errno.EIO)})")
    return kind(str(fault))


def words_of_damage(fault: apsw.Error) -> str | None:
    """Returns what a fault of an encrypted file says of the damage; a plain one says nothing."""
    said = str(fault)
    return said if "is damaged" in said else None


def is_unreadable(connection: apsw.Connection) -> bool:
    """Whether the disk could not read what SQLite therefore takes for damaged."""
    if os.name == "nt":  # pragma: no cover - there, SQLite tells the two apart, and 5 is no EIO
        return False
    number = ctypes.c_int()
    with suppress(apsw.Error):  # closed meanwhile
        connection.file_control("main", apsw.SQLITE_FCNTL_LAST_ERRNO, ctypes.addressof(number))
    return number.value == errno.EIO

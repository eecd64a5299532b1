"""SQLite's faults as ours: one table, so that no exception of ``apsw`` crosses this layer."""

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


def translated(fault: apsw.Error) -> DdbError:
    """Returns our error for one of apsw's."""
    kind = FAULTS.get(type(fault), InternalServerError)
    if kind is Busy:
        return Busy(f"another writer held the file for over {BUSY_TIMEOUT_MS / 1000:.0f} s")
    return kind(str(fault))

"""One SQLite connection, with every setting made explicitly.

The settings guard against hostile files (no triggers, no views, no attached databases, no
memory mapping) and against losing what was acknowledged; why each, and what was measured,
stands in ``docs/promises.md``.
"""

import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import apsw

from ddblite.engine.file import fileformat
from ddblite.engine.file.bare_files import holds_something
from ddblite.engine.file.faults import BUSY_TIMEOUT_MS, translated
from ddblite.engine.file.page_checksums import checksum_vfs
from ddblite.schema.errors import FileError, NotADatabase

if TYPE_CHECKING:
    from ddblite.engine.file.encryption import EncryptedFiles

SQLITE_MIN: Final = (3, 51, 3)
"""Older versions have the WAL-reset bug: rare corruption with two writers at a checkpoint."""

if tuple(map(int, apsw.sqlite_lib_version().split("."))) < SQLITE_MIN:  # pragma: no cover
    message = f"ddblite needs SQLite 3.51.3 or newer, and this is {apsw.sqlite_lib_version()}"
    raise ImportError(message)

CACHE_KIB: Final = 16_000
WAL_PAGES_MAX: Final = 1000
WAL_BYTES_MAX: Final = 64 * 1024 * 1024

SYNCHRONOUS: Final = {"power": "FULL", "process": "NORMAL", "none": "OFF"}
"""What ``durability`` means: surviving a power cut, a killed process, or nothing."""

CONFIGURATION: Final = (
    (apsw.SQLITE_DBCONFIG_DEFENSIVE, 1),
    (apsw.SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0),
    (apsw.SQLITE_DBCONFIG_ENABLE_TRIGGER, 0),
    (apsw.SQLITE_DBCONFIG_ENABLE_VIEW, 0),
    (apsw.SQLITE_DBCONFIG_DQS_DML, 0),
    (apsw.SQLITE_DBCONFIG_DQS_DDL, 0),
    (apsw.SQLITE_DBCONFIG_ENABLE_ATTACH_CREATE, 0),
    (apsw.SQLITE_DBCONFIG_ENABLE_ATTACH_WRITE, 0),
)
LIMITS: Final = (
    (apsw.SQLITE_LIMIT_ATTACHED, 1),  # VACUUM INTO needs exactly one
    (apsw.SQLITE_LIMIT_LENGTH, 8 * 1024 * 1024),
    (apsw.SQLITE_LIMIT_SQL_LENGTH, 64 * 1024),
    (apsw.SQLITE_LIMIT_COLUMN, 32),
    (apsw.SQLITE_LIMIT_EXPR_DEPTH, 64),
    (apsw.SQLITE_LIMIT_VARIABLE_NUMBER, 1000),
    (apsw.SQLITE_LIMIT_TRIGGER_DEPTH, 1),
)


@dataclass(frozen=True, slots=True)
class Address:
    """What to open, and how.

    ``closed``: this process may write neither the file nor anything beside it. ``immutable``: the
    file is read as it lies, whatever lies beside it. ``files``: how SQLite reads and writes an
    encrypted file.
    """

    path: str
    mode: str
    durability: str
    closed: bool = False
    immutable: bool = False
    files: "EncryptedFiles | None" = None

    @property
    def in_memory(self) -> bool:
        """Whether there is no file at all."""
        return self.path == ":memory:"

    def stands_still(self) -> bool:
        """Whether the file is to be read without a log: it is closed, and nobody is writing.

        SQLite would otherwise need one, which it could not make. One that is there can be read.
        """
        return self.immutable or (self.closed and not holds_something(Path(f"{self.path}-wal")))

    @property
    def layer(self) -> str:
        """What stands between SQLite and the disk."""
        return checksum_vfs() if self.files is None else self.files.name

    @property
    def reserved_bytes(self) -> int:
        """How many bytes at the end of each page of a new file are not SQLite's."""
        return fileformat.RESERVED_BYTES if self.files is None else self.files.reserved_bytes

    def flags(self) -> int:
        """Returns the flags of ``open``; a path is taken literally, never as an URI."""
        if self.closed or self.immutable:
            return apsw.SQLITE_OPEN_READONLY
        create = apsw.SQLITE_OPEN_CREATE if self.mode == "create" else 0
        return apsw.SQLITE_OPEN_READWRITE | create


def bare_connection(address: Address) -> apsw.Connection:
    """Opens a connection without any settings."""
    if address.in_memory:
        flags = address.flags() | apsw.SQLITE_OPEN_URI
        return apsw.Connection(address.path, flags, address.layer)  # for the files of its backups
    if not address.stands_still():
        return apsw.Connection(address.path, flags=address.flags(), vfs=address.layer)
    name = f"{Path(address.path).as_uri()}?immutable=1"
    flags = address.flags() | apsw.SQLITE_OPEN_URI
    return apsw.Connection(name, flags=flags, vfs=address.layer)


def open_connection(address: Address) -> apsw.Connection:
    """Opens a connection, or raises one of our errors.

    Closing it does not merge a log that it has found: see ``merge_at_close``.
    """
    has_log = Path(f"{address.path}-wal").exists()
    try:
        connection = bare_connection(address)
    except apsw.Error as fault:
        raise translated(fault) from fault
    try:
        if has_log:
            connection.config(apsw.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1)
        configure(connection, address)
    except apsw.SQLError as fault:  # there is nothing wrong with our statements
        connection.close(force=True)
        raise NotADatabase(str(fault)) from fault
    except apsw.Error as fault:
        error = translated(fault, connection)
        connection.close(force=True)
        raise error from fault
    return connection


def close_reader(connection: apsw.Connection) -> None:
    """Closes a reader's connection; a thread in the middle of a statement is waited for."""
    deadline = time.monotonic() + BUSY_TIMEOUT_MS / 1000
    while True:
        try:
            connection.close(force=True)
        except apsw.ThreadingViolationError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.001)
        else:
            return


def merge_at_close(connection: apsw.Connection) -> None:
    """Lets the connection, if it is the last, merge the log into the file: both are sound."""
    connection.config(apsw.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 0)


def leave_log(connection: apsw.Connection) -> None:
    """Lets the connection leave the log as it is when it is closed: it is another's."""
    connection.config(apsw.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1)


def keep_in_place(connection: apsw.Connection) -> None:
    """Keeps a file that is only read from being upgraded, for as long as the connection is open.

    With a log SQLite does so by itself. Without one, it would lock the file only while it reads.
    """
    if connection.pragma("journal_mode") != "wal":
        connection.execute("PRAGMA locking_mode = EXCLUSIVE").fetchall()
        connection.pragma("user_version")


def settle_log(connection: apsw.Connection, path: str, *, is_sound: bool) -> None:
    """Decides what becomes of the log when the last connection is closed.

    An empty one is cleared away. After a failure it stays as it is, and is read anew: were it
    removed without the write that failed, a power cut could bring both back, after everybody has
    seen that the write is not there.
    """
    if not holds_something(Path(f"{path}-wal")):
        if is_sound:
            merge_at_close(connection)
    elif not is_sound:
        connection.config(apsw.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1)


def configure(connection: apsw.Connection, address: Address) -> None:
    """Makes every setting of a connection."""
    if address.immutable:  # looked at before a journal restores it: its first page may be torn
        connection.execute("PRAGMA checksum_verification = OFF").fetchall()
    for option, setting in CONFIGURATION:
        connection.config(option, setting)
    for limit, most in LIMITS:
        connection.limit(limit, most)
    connection.set_busy_timeout(BUSY_TIMEOUT_MS)
    # First of all: of a file that was empty when it was opened, and that another process makes
    # meanwhile, half a page would be read, and would not match the checksum.
    connection.execute(f"PRAGMA page_size = {fileformat.PAGE_BYTES}").fetchall()
    connection.execute(
        f"PRAGMA mmap_size = 0; PRAGMA cell_size_check = ON; PRAGMA foreign_keys = ON;"
        f"PRAGMA temp_store = MEMORY; PRAGMA cache_size = -{CACHE_KIB};"
        f"PRAGMA synchronous = {SYNCHRONOUS[address.durability]}"
    ).fetchall()  # which runs them all: a cursor stops at the first that answers with a row
    if not address.in_memory:
        connection.execute(
            f"PRAGMA wal_autocheckpoint = {WAL_PAGES_MAX};"
            f"PRAGMA journal_size_limit = {WAL_BYTES_MAX}"
        ).fetchall()
    if address.files is not None:
        connection.set_wal_hook(merge_some)
    if address.mode == "read":
        # Opened for writing where the file allows it, so that closing can clear away
        # the log beside the file; no statement may write all the same.
        connection.execute("PRAGMA query_only = ON")
    if sys.platform == "darwin":  # pragma: no cover - a flush is not one without these
        connection.execute("PRAGMA fullfsync = ON; PRAGMA checkpoint_fullfsync = ON").fetchall()


def merge_some(connection: apsw.Connection, _schema: str, log_pages: int) -> int:
    """Moves what is in the log into the file when it is long, as SQLite does without being told.

    The commit before stands, whatever becomes of this. SQLite knows; what stands between it and
    the disk is ours, and its faults would come out of the commit all the same.
    """
    if log_pages >= WAL_PAGES_MAX:
        with suppress(apsw.Error):
            connection.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_PASSIVE)
    return apsw.SQLITE_OK


def switch_to_log(connection: apsw.Connection) -> None:
    """Switches the file to its log; waits for others, who may be doing the same.

    SQLite does not wait here by itself: of two who both read and want to switch, one must
    let go.
    """
    deadline = time.monotonic() + BUSY_TIMEOUT_MS / 1000
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL").fetchall()
        except apsw.BusyError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.001)
        else:
            return


def write_ahead(connection: apsw.Connection, address: Address) -> None:
    """Makes SQLite write ahead into a log; a new file and a backup's copy do not do so yet."""
    if address.in_memory:
        return
    if connection.pragma("journal_mode") != "wal":
        # EXTRA until the log is in use: where an unlink is durable only after a directory
        # flush, the old rollback journal could otherwise come back after a power cut.
        connection.execute("PRAGMA synchronous = EXTRA")
        switch_to_log(connection)
    connection.execute(f"PRAGMA synchronous = {SYNCHRONOUS[address.durability]}")


def close_all(
    path: str,
    readers: Iterable[apsw.Connection],
    writer: apsw.Connection,
    *,
    merge: Callable[[], None] | None,
    is_sound: bool,
) -> Iterator[str]:
    """Closes connections, the writer last, and yields warnings; ``merge`` empties the log."""
    try:
        for connection in readers:
            close_reader(connection)
        if merge is not None:
            # No PRAGMA optimize: every statement has one plan, and the statistics it may keep
            # would be a table that is not of this format.
            # Whoever else has the file open is not waited for: the last one merges the log.
            writer.set_busy_timeout(0)
            merge()
        settle_log(writer, path, is_sound=is_sound)
    except (apsw.Error, FileError) as fault:
        # All commits are safe in the log beside the file; the next open brings them in.
        yield f"the log could not be merged into {path} ({fault})"
    try:
        writer.close(force=True)
    except apsw.Error as fault:
        yield f"closing {path}: {fault}"

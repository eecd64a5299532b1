"""What lies on the disk, looked at before SQLite opens it and does with it what it sees fit.

SQLite merges a log and rolls back a journal that it finds beside a file, whoever left them there.
So whether they belong to the file is judged first:

* A file that was ever in use names write-ahead as its way of writing in its header. A backup does
  not yet; a log beside one belongs to the file that it replaced.
* We leave two journals behind in a crash: that of a file being made, which restores nothing, and
  that of the step to the log, which restores page 1 alone. Any other is another program's.

Files are read through SQLite's own file layer. Closing a descriptor that it does not know of would
drop all locks that the process has on that file.
"""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Final

import apsw

from ddblite.engine.file import fileformat
from ddblite.engine.file.faults import translated
from ddblite.engine.file.open_files import opening

if TYPE_CHECKING:
    from ddblite.engine.file.encryption import EncryptedFiles

LOOK: Final = apsw.SQLITE_OPEN_READONLY
CHANGE: Final = apsw.SQLITE_OPEN_READWRITE

AT_ONCE: Final = (apsw.SQLITE_LOCK_SHARED, apsw.SQLITE_LOCK_EXCLUSIVE)
LIKE_A_WRITER: Final = (
    apsw.SQLITE_LOCK_SHARED,
    apsw.SQLITE_LOCK_RESERVED,
    apsw.SQLITE_LOCK_EXCLUSIVE,
)

JOURNAL_MAGIC: Final = bytes.fromhex("d9d505f920a163d7")
JOURNAL_HEADER_BYTES: Final = 28
FRAME_BYTES: Final = 8
"""The page's number before it and its checksum behind it."""


@dataclass(frozen=True, slots=True)
class Header:
    """The first bytes of a file, and its size."""

    start: bytes
    file_bytes: int

    @property
    def is_sqlite(self) -> bool:
        """Whether it is a database of SQLite's."""
        return self.start.startswith(fileformat.SQLITE_MAGIC)

    @property
    def is_encrypted(self) -> bool:
        """Whether it is an encrypted database of ours."""
        return self.start.startswith(fileformat.ENCRYPTED_MAGIC)

    @property
    def is_ours(self) -> bool:
        """Whether it is a database of ours, of whatever format."""
        is_plain = self.is_sqlite and self.number(68) == fileformat.APPLICATION_ID
        return is_plain or self.is_encrypted

    @property
    def format_number(self) -> int:
        """Which format of ours it has."""
        return self.number(60)

    @property
    def is_of_earlier_format(self) -> bool:
        """Whether it has to be upgraded to be written; encrypted ones came with format 2."""
        return not self.is_encrypted and self.format_number < fileformat.FORMAT_NUMBER

    @property
    def writes_ahead(self) -> bool:
        """Whether the file has been in use; a backup has not."""
        return self.start[18:20] == b"\2\2"

    @property
    def reserved_bytes(self) -> int:
        """How many bytes at the end of each page are not SQLite's."""
        return self.start[20]

    @property
    def may_be_unfinished(self) -> bool:
        """Whether it can be all that is there of a new file: small, and blank or ours."""
        is_small = self.file_bytes <= fileformat.NEW_FILE_PAGES * fileformat.PAGE_BYTES
        return is_small and (self.is_ours or not any(self.start))

    def number(self, offset: int) -> int:
        """Returns the four bytes at an offset as a number."""
        return int.from_bytes(self.start[offset : offset + 4], "big")


class Journal(Enum):
    """What SQLite would make of a ``-journal`` beside a file."""

    NONE = "nothing: there is none, or nothing in it counts"
    CREATION = "empty the file, which was being made"
    SWITCH = "restore page 1, which was being told to write ahead"
    OTHER = "restore whatever another program was changing"


@contextmanager
def told_of(path: str) -> Iterator[None]:
    """Raises one of our errors, with the path in it, for a fault of SQLite's file layer."""
    try:
        yield
    except apsw.Error as fault:
        error = translated(fault)
        raise type(error)(f"{path}: {error.message}") from fault


@contextmanager
def opened(
    path: str, access: int, files: "EncryptedFiles | None" = None, vfs: str = ""
) -> Iterator[apsw.VFSFile]:
    """Gives a file as SQLite itself opens it, by its own file layer or that of a name."""
    flags = [access | apsw.SQLITE_OPEN_MAIN_DB, 0]
    with opening(path):
        with told_of(path):
            file = apsw.VFSFile(vfs, path, flags) if files is None else files.xOpen(path, flags)
        try:
            yield file
        finally:
            file.xClose()


def header_of(path: str) -> Header:
    """Returns the first bytes of a file; of a short one without the zeros at its end."""
    with told_of(path), opened(path, LOOK) as file:
        # First, as somebody may be making it. SQLite says of a file of one byte that it has none.
        file_bytes = Path(path).stat().st_size
        return Header(file.xRead(fileformat.HEADER_BYTES, 0) if file_bytes else b"", file_bytes)


def journal_of(path: str) -> Journal:
    """Returns what lies beside a file as its ``-journal``; whoever wrote it may just remove it."""
    journal = Path(f"{path}-journal")
    if not holds_something(journal):
        return Journal.NONE
    try:
        with journal.open("rb") as file:
            return journal_in(file)
    except FileNotFoundError:
        return Journal.NONE


def journal_in(file: BinaryIO) -> Journal:
    """Returns what an open journal is."""
    header = file.read(JOURNAL_HEADER_BYTES)
    if not any(header[: len(JOURNAL_MAGIC)]):  # not flushed yet, or done with
        return Journal.NONE
    if not header.startswith(JOURNAL_MAGIC):
        return Journal.OTHER
    pages, sector_bytes, page_bytes = (
        int.from_bytes(header[at : at + 4], "big") for at in (16, 20, 24)
    )
    if not pages:
        return Journal.CREATION
    file.seek(sector_bytes)
    first_page = int.from_bytes(file.read(4), "big")
    is_alone = os.fstat(file.fileno()).st_size <= sector_bytes + page_bytes + FRAME_BYTES
    return Journal.SWITCH if first_page == 1 and is_alone else Journal.OTHER


def holds_something(path: Path) -> bool:
    """Whether there is a file with anything in it."""
    try:
        return path.stat().st_size > 0
    except FileNotFoundError:
        return False


Stamp = tuple[int, ...]


def stamp_of(path: str) -> Stamp:
    """Returns what changes with a file, or with somebody who begins to write it."""
    try:
        found = Path(path).stat()
    except FileNotFoundError:
        return (0,)
    is_in_use = holds_something(Path(f"{path}-wal"))
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, is_in_use


def is_being_written(path: str) -> bool:
    """Whether another connection is in the midst of a transaction without a log."""
    with told_of(path), opened(path, LOOK) as file:
        return file.xCheckReservedLock()


def is_in_use(path: str) -> bool:
    """Whether anybody has the file open, here or elsewhere; False where one cannot tell."""
    if not os.access(path, os.W_OK):
        return False
    with told_of(path), opened(path, CHANGE) as file:
        return not locked_alone(file)


@contextmanager
def alone_with(path: str) -> Iterator[bool]:
    """Keeps everybody else from opening a file; gives False when somebody has it open."""
    if not Path(path).exists():
        yield True
        return
    with opened(path, CHANGE) as file:
        # As one that writes, which is what ``is_being_written`` sees.
        yield locked_alone(file, LIKE_A_WRITER)


def locked_alone(file: apsw.VFSFile, levels: Sequence[int] = AT_ONCE) -> bool:
    """Locks a file against everybody until it is closed, or returns False when it is in use."""
    try:
        for level in levels:
            file.xLock(level)
    except apsw.BusyError:
        return False
    return True


def undo_creation(path: str) -> None:
    """Empties a file whose making was cut short, unless somebody is just making it."""
    with opened(path, CHANGE) as file:
        if locked_alone(file) and journal_of(path) is Journal.CREATION:
            file.xTruncate(0)
            file.xSync(apsw.SQLITE_SYNC_NORMAL)

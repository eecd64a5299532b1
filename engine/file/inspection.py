"""Whether a file is ours: what is not is refused in a sentence and not touched.

The checks run from the outside in: what kind of thing the path is, what lies beside it, what its
first bytes say, what SQLite finds, and at last whether the schema is exactly ours. Another process
may be making the file meanwhile.
"""

import errno
import os
import stat
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ddblite.engine.file import fileformat
from ddblite.engine.file.bare_files import (
    Header,
    Journal,
    header_of,
    holds_something,
    is_being_written,
    journal_of,
    told_of,
    undo_creation,
)
from ddblite.engine.file.connections import Address, keep_in_place, leave_log
from ddblite.engine.file.open_files import is_lost_to_fork
from ddblite.engine.file.storage import Storage
from ddblite.engine.file.whereabouts import refuse_left_open, refuse_second_name
from ddblite.schema.errors import Corrupt, FileError, NotADatabase, WrongKey

if TYPE_CHECKING:
    from ddblite.engine.file.encryption import EncryptedFiles


class Outdated(Exception):  # noqa: N818 - never seen outside
    """A file of an earlier format is to be written, or was upgraded while it was being opened.

    ``engine.maintenance.upgrading`` upgrades it, and opens it anew.
    """


def refuse_unusable(path: str) -> None:
    """Raises when SQLite cannot use a name, or there can be no journal beside it."""
    if not path:  # which would be a temporary database to SQLite
        raise FileError("the path of the database is empty")
    try:
        str(Path(path).absolute()).encode()
        os.lstat(f"{path}-journal")  # the longest name that may be needed
    except UnicodeEncodeError:
        shown = os.fsencode(path).decode(errors="backslashreplace")
        raise FileError(f"{shown}: the name of the file or of its folder is not UTF-8") from None
    except OSError as fault:
        if fault.errno == errno.ENAMETOOLONG:
            raise FileError(f"{path}: no room for -journal behind the name") from fault
    except ValueError as fault:
        raise FileError(f"{path!r}: {fault}") from fault


def behind_link(path: str) -> str:
    """Returns where the database and the files beside it are."""
    if not Path(path).is_symlink():
        return path
    place = os.path.realpath(path)
    refuse_unusable(place)
    return place


def inspect_path(path: str, mode: str, files: "EncryptedFiles | None") -> bool:
    """Returns whether the file is still to be made, or raises when it cannot be ours."""
    is_there = is_regular_file(path)
    refuse_left_open(str(Path(path).absolute()))
    if not is_there:
        return inspect_missing(path, mode)
    if is_lost_to_fork(path):
        raise FileError(
            f"{path} was in use by another thread when this process was forked, and cannot be"
            " opened here; open it in a process that is started anew (multiprocessing: spawn)"
        )
    if not os.access(path, os.R_OK):
        raise FileError(f"{path}: {os.strerror(errno.EACCES)}")
    # Asked before the header: a log appears only behind a header that says so.
    has_log = holds_something(Path(f"{path}-wal"))
    header = header_of(path)
    if not header.file_bytes and mode == "create":
        return is_still_empty(path) or inspect_path(path, mode, files)
    journal = journal_of(path)
    if journal is Journal.CREATION and header.may_be_unfinished:
        if mode != "create":
            raise NotADatabase(f"{path} is not a ddblite file yet: its making was cut short")
        undo_creation(path)
        return True
    inspect_header(path, header)
    inspect_key(path, header, files)
    if has_log and not header.writes_ahead:
        raise FileError(
            f"{path} is a backup that was copied over another file, whose last changes still lie"
            f" in {path}-wal and would destroy it; move that away"
        )
    is_outdated = mode != "read" and header.is_of_earlier_format
    # An upgrade that was cut short may have left a second name, and the next takes it over.
    refuse_second_name(path, header, "read" if is_outdated else mode)
    if journal is not Journal.NONE and not is_being_written(path):
        inspect_unfinished(path, journal, files)
    if is_outdated:
        raise Outdated
    return False


def is_still_empty(path: str) -> bool:
    """Whether an empty file may be made a database; False when somebody has just done so."""
    try:
        refuse_remains(path)
    except FileError:
        if header_of(path).file_bytes:
            return False
        raise
    return True


def is_regular_file(path: str) -> bool:
    """Returns False when there is nothing; raises when there is something else."""
    try:
        found = Path(path).stat()
    except FileNotFoundError:
        return False
    if stat.S_ISDIR(found.st_mode):
        raise FileError(f"{path} is a directory, not a database file")
    if not stat.S_ISREG(found.st_mode):
        raise FileError(f"{path} is not a regular file")
    return True


def fault_words(fault: OSError | ValueError) -> str:
    """Returns the system's words for a fault, without the number and the path."""
    return getattr(fault, "strerror", None) or str(fault)


def inspect_missing(path: str, mode: str) -> bool:
    """Returns True when a missing file may be made, or raises."""
    if mode != "create":
        raise FileError(f"{path}: there is no such file")
    if not Path(path).parent.is_dir():
        raise FileError(f"{path}: there is no such directory")
    refuse_remains(path)
    return True


def refuse_remains(path: str) -> None:
    """Raises when a log or journal of a lost database lies where a new one is to be made."""
    for suffix, is_in_the_way in (
        ("-wal", holds_something(Path(f"{path}-wal"))),
        ("-journal", journal_of(path) not in {Journal.NONE, Journal.CREATION}),
    ):
        # Unless another process has made the file, and its log, since we looked.
        if is_in_the_way and not holds_something(Path(path)):
            raise FileError(
                f"{path}{suffix} lies there without its database; a new database would take"
                " over its contents, so move it away first"
            )


def inspect_header(path: str, header: Header) -> None:
    """Raises when the first bytes of a file are not those of one of ours.

    They are there from the first transaction on, which is not written ahead; so a log beside
    another program's file is never even opened.
    """
    if header.is_encrypted:
        return  # its tags say the rest
    if not header.is_sqlite:
        raise NotADatabase(f"{path} is not a ddblite file")
    if not header.is_ours:
        raise NotADatabase(f"{path} is a SQLite database of another program, not a ddblite file")
    known = fileformat.FORMATS.get(header.format_number)
    if known is None:
        raise newer_format(path, header.format_number)
    if header.reserved_bytes != known.reserved_bytes:
        # Where it says otherwise, the checksums of its pages would not be looked at.
        raise Corrupt(f"{path} is damaged: its header has no room for checksums of pages")


def inspect_key(path: str, header: Header, files: "EncryptedFiles | None") -> None:
    """Raises unless there is a key exactly where there must be one, and it is the right one."""
    if not header.is_encrypted:
        if files is not None:
            raise WrongKey(f"{path} is not encrypted, and a key was given; open it without one")
    elif files is None:
        raise WrongKey(
            f"{path} is encrypted, and no key was given; open it with key=..., or --key-file FILE"
        )
    else:
        with told_of(path):
            files.inspect(path)


def newer_format(path: str, stamp: int) -> NotADatabase:
    """Returns what is said of a file of another format."""
    number, version = fileformat.parts_of_stamp(stamp)
    needed = f"ddblite {version} or newer" if version else "a newer one"
    return NotADatabase(
        f"{path} has format {number}, and this version of ddblite reads up to format"
        f" {fileformat.FORMAT_NUMBER}; open it with {needed}"
    )


def inspect_unfinished(path: str, journal: Journal, files: "EncryptedFiles | None") -> None:
    """Raises unless what a journal would restore may be restored."""
    if journal is not Journal.SWITCH:
        raise FileError(
            f"{path}-journal was left by another program that was changing {path}, or belongs to"
            " another file; let that program finish, or move the journal away"
        )
    if files is not None:
        with told_of(path):
            files.inspect_journal(path)
        return
    # As it lies, without the journal: all but page 1 stays as it is.
    storage = Storage(Address(path, "read", "none", immutable=True))
    try:
        inspect_database(storage)
    finally:
        storage.close()


def is_closed(path: str) -> bool:
    """Whether this process may not write the file, or nothing beside it."""
    if os.access(path, os.W_OK) and os.access(Path(path).parent, os.W_OK):
        return False
    if holds_something(Path(f"{path}-wal")) and not os.access(f"{path}-shm", os.R_OK):
        raise FileError(
            f"{path} has changes in {path}-wal that cannot be read without writing beside it; copy"
            " both files to another directory and open them there"
        )
    return True


def inspect_in_place(storage: Storage) -> None:
    """Raises unless the database is ours, and the one that has the name; from now on it has it.

    While an upgrade puts another file in the place of one, nobody can lock the old one. Who opened
    it just before, and locks it just afterwards, would read it with the log of the new one.
    """
    try:
        inspect_database(storage)
        if storage.format_number != fileformat.FORMAT_NUMBER:
            if storage.mode != "read":
                raise Outdated
            keep_in_place(storage.writer)
    finally:
        if storage.whereabouts.has_moved(storage.writer):
            leave_log(storage.writer)
            raise Outdated


def inspect_database(storage: Storage) -> None:
    """Raises unless the database is of our format, with our schema and nothing else."""
    path = storage.path
    connection = storage.writer
    if connection.pragma("application_id") != fileformat.APPLICATION_ID:
        raise NotADatabase(f"{path} is a SQLite database of another program, not a ddblite file")
    storage.format_number = connection.pragma("user_version")
    if storage.format_number not in fileformat.FORMATS:
        raise newer_format(path, storage.format_number)
    schema: list[Any] = connection.execute("SELECT type, name, sql FROM sqlite_schema").fetchall()
    foreign = fileformat.foreign_object(storage.format_number, schema)
    if foreign is not None:
        raise NotADatabase(f"{path} is not a whole ddblite file: its schema differs in {foreign!r}")


def inspect_whole(storage: Storage) -> None:
    """Raises when SQLite finds damage, or when there are more or fewer rows than were counted.

    A log beside the file is another user of it, or a crash, or belongs to another file, or to
    another state of it; every change of a row changes the counters as well. All is seen as of one
    moment: another user may be writing.
    """
    with storage.snapshot():
        problems = problems_of_pages(storage)
        if problems:
            raise Corrupt(f"{storage.path} is damaged: {problems[0]}")
        expected: list[Any] = storage.writer.execute(fileformat.COUNTED).fetchall()
        for kind, number, items, size in expected:
            counted: Any = storage.writer.execute(fileformat.count_rows(kind, number)).get
            if counted != (items, size):
                raise Corrupt(
                    f"{storage.path} is damaged, or the log beside it is not its own: table"
                    f" number {number} holds {counted[0]} rows of {counted[1]} bytes, and should"
                    f" {items} of {size}"
                )


def problems_of_pages(storage: Storage) -> list[str]:
    """Returns what SQLite's own check of pages and trees finds; nothing when all is well."""
    found: list[str] = []
    for statement in fileformat.page_checks(storage.format_number):
        with storage.rows(statement, ()) as rows:
            found += [str(row[0]) for row in rows if row[0] != "ok"]
    return list(dict.fromkeys(found))

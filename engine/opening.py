"""Opening a file: what is ours is opened, what is not is refused in a sentence and not touched.

The checks run from the outside in: what kind of thing the path is, what its first bytes
say, what SQLite finds, and at last whether the schema is exactly ours. Only then may
anything be written.
"""

import os
import stat
from pathlib import Path
from typing import Any, Final

import apsw

from ddblite.engine import fileformat
from ddblite.engine.connections import Address, write_ahead
from ddblite.engine.faults import translated
from ddblite.engine.open_files import is_lost_to_fork, is_open_here
from ddblite.engine.storage import Storage
from ddblite.schema.errors import Corrupt, FileError, NotADatabase

MODES: Final = ("create", "open", "read")
DURABILITIES: Final = ("power", "process", "none")


def open_storage(path: str, *, mode: str, durability: str) -> Storage:
    """Opens a database file, or makes it when there is none and ``mode`` is ``create``.

    Raises FileError or one of its kinds, with the path in the sentence.
    """
    if mode not in MODES:
        raise FileError(f"mode is {mode!r}, and may be {', '.join(MODES)}")
    if durability not in DURABILITIES:
        raise FileError(f"durability is {durability!r}, and may be {', '.join(DURABILITIES)}")
    if path == ":memory:":
        storage = Storage(Address(path, "create", "none"))
        storage.make_file()
        return storage
    is_new = inspect_path(path, mode)
    immutable = mode == "read" and must_be_immutable(path)
    # Asked before SQLite makes one of its own.
    has_log = Path(f"{path}-wal").exists()
    # Absolute, because every reading thread opens it again, and the process may have moved.
    storage = Storage(Address(str(Path(path).absolute()), mode, durability, immutable))
    try:
        if is_new:
            storage.make_file()
        inspect_database(storage)
        if has_log and mode != "read":
            inspect_pages(storage)
        if mode != "read":
            write_ahead(storage.writer, storage.address)
    except apsw.Error as fault:
        abandon(storage, has_log=has_log)
        raise named(path, fault) from fault
    except UnicodeDecodeError as fault:
        abandon(storage, has_log=has_log)
        raise NotADatabase(f"{path} is not a whole ddblite file: its schema is no text") from fault
    except BaseException:
        abandon(storage, has_log=has_log)
        raise
    return storage


def abandon(storage: Storage, *, has_log: bool) -> None:
    """Closes a storage that could not be opened, leaving the file as it was."""
    storage.failure = "the database could not be opened"
    if has_log:
        # Closing the last connection would otherwise merge a foreign log into a foreign file.
        storage.writer.config(apsw.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1)
    storage.close()


def named(path: str, fault: apsw.Error) -> Exception:
    """Returns our error for a fault while opening, with the path in it."""
    error = translated(fault)
    return type(error)(f"{path}: {error.message}")


def inspect_path(path: str, mode: str) -> bool:
    """Returns whether the file is still to be made, or raises when it cannot be ours."""
    if not path:  # which would be a temporary database to SQLite
        raise FileError("the path of the database is empty")
    try:
        found = os.stat(path)  # noqa: PTH116 - Path.stat would resolve nothing more
    except FileNotFoundError:
        return inspect_missing(path, mode)
    except (OSError, ValueError) as fault:
        raise FileError(f"{path}: {fault_words(fault)}") from fault
    if stat.S_ISDIR(found.st_mode):
        raise FileError(f"{path} is a directory, not a database file")
    if not stat.S_ISREG(found.st_mode):
        raise FileError(f"{path} is not a regular file")
    if is_lost_to_fork(path):
        raise FileError(
            f"{path} was in use by another thread when this process was forked, and cannot be"
            " opened here; open it in a process that is started anew (multiprocessing: spawn)"
        )
    if is_open_here(path):
        # Ours, as was seen then. Closing any descriptor of a file drops all locks that the
        # process has on it, SQLite's among them, so it must not be opened beside SQLite.
        return False
    try:
        with open(path, "rb") as file:  # noqa: PTH123
            header = file.read(fileformat.HEADER_BYTES)
    except OSError as fault:
        raise FileError(f"{path}: {fault_words(fault)}") from fault
    if not header and mode == "create":
        return True
    inspect_header(path, header)
    return False


def fault_words(fault: OSError | ValueError) -> str:
    """Returns the system's words for a fault, without the number and the path."""
    return getattr(fault, "strerror", None) or str(fault)


def inspect_missing(path: str, mode: str) -> bool:
    """Returns True when a missing file may be made, or raises."""
    if mode != "create":
        raise FileError(f"{path}: there is no such file")
    if not Path(path).absolute().parent.is_dir():
        raise FileError(f"{path}: there is no such directory")
    for suffix in ("-wal", "-journal"):
        # Unless another process has made the file, and its log, since we looked.
        if Path(path + suffix).exists() and not Path(path).exists():
            raise FileError(
                f"{path}{suffix} lies there without its database; a new database would take"
                " over its contents, so move it away first"
            )
    return True


def inspect_header(path: str, header: bytes) -> None:
    """Raises when the first bytes of a file are not those of one of ours.

    They are there from the first transaction on, which is not written ahead; so a log beside
    another program's file is never even opened.
    """
    if not header.startswith(fileformat.SQLITE_MAGIC):
        raise NotADatabase(f"{path} is not a ddblite file")
    start = fileformat.APPLICATION_ID_OFFSET
    application_id = int.from_bytes(header[start : start + 4], "big")
    if application_id != fileformat.APPLICATION_ID:
        raise NotADatabase(f"{path} is a SQLite database of another program, not a ddblite file")


def must_be_immutable(path: str) -> bool:
    """Whether the file must be read without the help of files beside it: its folder is closed."""
    if os.access(Path(path).absolute().parent, os.W_OK):
        return False
    if Path(f"{path}-wal").exists():
        raise FileError(
            f"{path} has changes in {path}-wal that cannot be read, because the directory cannot"
            " be written; copy both files to another directory and open them there"
        )
    return True


def inspect_database(storage: Storage) -> None:
    """Raises unless the database is of our format, with our schema and nothing else."""
    path = storage.path
    connection = storage.writer
    if connection.pragma("application_id") != fileformat.APPLICATION_ID:
        raise NotADatabase(f"{path} is a SQLite database of another program, not a ddblite file")
    version = connection.pragma("user_version")
    if version != fileformat.FORMAT_NUMBER:
        raise NotADatabase(
            f"{path} has format {version}, and this version of ddblite reads up to format"
            f" {fileformat.FORMAT_NUMBER}; open it with a newer one"
        )
    schema: list[Any] = connection.execute("SELECT type, name, sql FROM sqlite_schema").fetchall()
    foreign = fileformat.foreign_object(schema)
    if foreign is not None:
        raise NotADatabase(f"{path} is not a whole ddblite file: its schema differs in {foreign!r}")


def inspect_pages(storage: Storage) -> None:
    """Raises when SQLite finds damage: a log beside the file is another user of it, or a crash."""
    problems = storage.problems()
    if problems:
        raise Corrupt(f"{storage.path} is damaged: {problems[0]}")

"""Opening a file: what ``inspection`` lets through, until it is accepted or let go of again.

Only when everything in it has been looked at may anything be written.
"""

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeVar

import apsw

from ddblite.engine.file import fileformat
from ddblite.engine.file.bare_files import (
    is_in_use,
)
from ddblite.engine.file.connections import (
    Address,
    merge_at_close,
    write_ahead,
)
from ddblite.engine.file.faults import translated
from ddblite.engine.file.inspection import (
    behind_link,
    fault_words,
    inspect_in_place,
    inspect_path,
    inspect_whole,
    is_closed,
    refuse_unusable,
)
from ddblite.engine.file.storage import Storage
from ddblite.schema.errors import Corrupt, DdbError, FileError, NotADatabase

if TYPE_CHECKING:
    from ddblite.engine.file.encryption import EncryptedFiles

MODES: Final = ("create", "open", "read")
LOOKS: Final = 3
DURABILITIES: Final = ("power", "process", "none")

Content = TypeVar("Content")
Reading = Callable[[Storage], Content]


def open_storage(
    path: str,
    *,
    mode: str,
    durability: str,
    reading: Reading[Content],
    files: "EncryptedFiles | None" = None,
) -> tuple[Storage, Content]:
    """Opens a database file, or makes it when there is none and ``mode`` is ``create``.

    ``reading`` reads what must be sound in it, before anything is written. ``files`` reads and
    writes an encrypted file, and makes a new one such. Raises FileError or one of its kinds, with
    the path in the sentence; Outdated where the file has to be upgraded first.
    """
    if mode not in MODES:
        raise FileError(f"mode is {mode!r}, and may be {', '.join(MODES)}")
    if durability not in DURABILITIES:
        raise FileError(f"durability is {durability!r}, and may be {', '.join(DURABILITIES)}")
    if path == ":memory:":
        if files is not None:
            raise FileError("a database in memory is not encrypted; open it without a key")
        storage = Storage(Address(path, "create", "none"))
        make_file(storage)
        return storage, reading(storage)
    refuse_unusable(path)
    try:
        place = behind_link(path)
        closed = mode == "read" and is_closed(place)
        # Absolute, because every reading thread opens it again, and the process may have moved.
        address = Address(str(Path(place).absolute()), mode, durability, closed, files=files)
        return opened_at_last(address, reading, lambda: inspect_path(place, mode, files))
    except apsw.Error as fault:
        raise located(path, translated(fault)) from fault
    except UnicodeDecodeError as fault:
        raise NotADatabase(f"{path} is not a whole ddblite file: its schema is no text") from fault
    except DdbError as error:
        raise located(path, error) from error
    except OSError as fault:
        raise FileError(f"{path}: {fault_words(fault)}") from fault


def opened_at_last(
    address: Address, reading: Reading[Content], inspect: Callable[[], bool]
) -> tuple[Storage, Content]:
    """Opens a file that may be ours; ``inspect`` says whether it is still to be made.

    A page that does not match its checksum may be one that another process is just writing, as it
    makes the file.
    """
    for _ in range(LOOKS - 1):
        try:
            return accepted(address, reading, is_new=inspect())
        except Corrupt:
            if not is_in_use(address.path):
                raise
    return accepted(address, reading, is_new=inspect())


def encrypted_files(key: str | bytes | None) -> "EncryptedFiles | None":
    """Returns what reads and writes files with a key, or None without one."""
    if key is None:
        return None
    # Imported where there is a key: most have none, and cryptography takes its time.
    from ddblite.engine.file.encryption import EncryptedFiles
    from ddblite.engine.file.encryption_keys import Key

    return EncryptedFiles(Key.of(key))


def located(path: str, error: DdbError) -> DdbError:
    """Returns an error with the path in its sentence."""
    return error if path in error.message else type(error)(f"{path}: {error.message}")


def accepted(
    address: Address, reading: Reading[Content], *, is_new: bool
) -> tuple[Storage, Content]:
    """Opens a file that looks like ours, and lets go of it unless it is."""
    # Both asked before SQLite makes a log of its own.
    has_log = Path(f"{address.path}-wal").exists()
    # Whoever has it open has proven it, and a reader relies on that; so it never merges the log.
    is_trusted = has_log and address.mode == "read" and is_in_use(address.path)
    storage = Storage(address)
    storage.local.reader = storage.writer  # none but this one before the file is accepted
    try:
        if is_new and not make_file(storage):
            # Opened while the file was empty, it has not seen the first page, from which the
            # checksum VFS learns to seal what is merged: that page may still lie in the log.
            storage.close()
            storage = Storage(address)
            storage.local.reader = storage.writer
        inspect_in_place(storage)
        if has_log and not is_trusted:
            inspect_whole(storage)
        content = reading(storage)
        if address.mode != "read":
            write_ahead(storage.writer, address)
            storage.log.begin(storage.writer)
        if has_log and not is_trusted:
            flush_log(storage.writer)
    except BaseException:
        # Ctrl-C may have struck in the midst of a transaction, which would be held for as long as
        # somebody keeps the traceback. The reader is the writer here, and closed as that.
        vars(storage.local).pop("reader", None)
        storage.unwind()
        storage.failure = "the database could not be opened"
        storage.close()
        raise
    del storage.local.reader
    if not is_trusted:
        merge_at_close(storage.writer)
    return storage, content


def flush_log(connection: apsw.Connection) -> None:
    """Makes durable what was found in a log: a process may have been killed just before it did.

    Else what is read from now on could be gone after a power cut. Where the disk is full or
    failing, the log stays what it is.
    """
    with suppress(apsw.Error):
        connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()


def make_file(storage: Storage) -> bool:
    """Turns an empty file into a database of ours; False if another process was quicker."""
    storage.writer.reserve_bytes("main", storage.address.reserved_bytes)
    # Whole before a log is used: a process that opens the file meanwhile finds it empty and
    # waits, or finds it ours. EXTRA for the reason that ``write_ahead`` gives.
    storage.writer.execute("PRAGMA synchronous = EXTRA")
    with storage.write():
        if storage.fetch("SELECT count(*), 0 FROM sqlite_schema", ())[0]:
            return False
        for statement in fileformat.NEW_FILE:
            storage.execute(statement)
        storage.execute(f"PRAGMA application_id = {fileformat.APPLICATION_ID}")
        storage.execute(f"PRAGMA user_version = {fileformat.FORMAT_NUMBER}")
    return True

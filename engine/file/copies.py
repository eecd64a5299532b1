"""Copies of a whole database, as of one moment: into a new file, and into memory."""

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from typing import Final

import apsw

from ddblite.engine.file import fileformat
from ddblite.engine.file.connections import Address
from ddblite.engine.file.page_checksums import seal_pages
from ddblite.engine.file.replacing import copy_whole
from ddblite.engine.file.storage import Storage

ATTACHING: Final = (
    apsw.SQLITE_DBCONFIG_ENABLE_ATTACH_CREATE,
    apsw.SQLITE_DBCONFIG_ENABLE_ATTACH_WRITE,
)


def copy_into(storage: Storage, target: str) -> None:
    """Writes a compact copy of a database to a new file."""
    if has_room_of_encrypted(storage):
        copy_tables_into(storage, target)
        return
    try:
        # From a snapshot of a reader's own; writers go on meanwhile.
        with storage.lock if storage.in_memory else nullcontext():
            reader = storage.reader()
            if storage.mode == "read":
                reader.execute("PRAGMA query_only = OFF")  # which counts a copy as a write
            try:
                reader.execute("VACUUM INTO ?", (target,))
            finally:
                if storage.mode == "read":
                    reader.execute("PRAGMA query_only = ON")
    except apsw.Error as fault:
        raise storage.translated(fault) from fault
    storage.require_still()
    if storage.address.files is None:
        seal_pages(target)


def has_room_of_encrypted(storage: Storage) -> bool:
    """Whether a database is the copy in memory of an encrypted one, whose pages keep their room.

    VACUUM would keep it in a file as well, which has room for checksums alone.
    """
    if not storage.in_memory:
        return False
    with storage.lock:
        return storage.reader().reserve_bytes("main", -1) != fileformat.RESERVED_BYTES


def copy_tables_into(storage: Storage, target: str) -> None:
    """Writes a copy of a database in memory to a new file, table by table."""
    try:
        with storage.lock, attaching(storage.reader()) as connection:
            copy_whole(connection, Address(target, "create", "none"))
    except apsw.Error as fault:
        raise storage.translated(fault) from fault


@contextmanager
def attaching(connection: apsw.Connection) -> Iterator[apsw.Connection]:
    """Lets a connection attach a database, and leaves nothing of that behind."""
    for option in ATTACHING:
        connection.config(option, 1)
    try:
        yield connection
    finally:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        if "copy" in connection.db_names():
            connection.execute("DETACH copy")
        for option in ATTACHING:
            connection.config(option, 0)


def take_over(source: Storage, target: Storage) -> None:
    """Fills a new database in memory with everything another of today's format has."""
    try:
        with (
            source.lock if source.in_memory else nullcontext(),
            target.writer.backup("main", source.reader(), "main") as pages,
        ):
            pages.step()  # all of them, from one snapshot
    except apsw.Error as fault:
        raise source.translated(fault) from fault
    source.require_still()

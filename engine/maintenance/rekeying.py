"""A file built anew under its name: with another key, its first or none, or to give room back.

It is a copy beside the file, its pages encrypted anew, which is checked like a backup and flushed
before it takes the file's name. Whoever has the file open elsewhere is asked to close it.
"""

import os
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from ddblite.engine.file.connections import Address
from ddblite.engine.file.inspection import fault_words
from ddblite.engine.file.replacing import copy_whole, put_in_place, sole_connection
from ddblite.engine.file.storage import Storage
from ddblite.engine.maintenance.backup import (
    FOR_ME_ALONE,
    flush,
    give_rights,
    hidden_beside,
    verify,
)
from ddblite.schema.errors import FileError, InternalServerError

if TYPE_CHECKING:
    from ddblite.engine.file.encryption import EncryptedFiles


def rekey(storage: Storage, files: "EncryptedFiles | None", new_id: str) -> None:
    """Gives an open database another key; it goes on with the new one."""
    if storage.in_memory:
        raise FileError("a database in memory is not encrypted")
    renew(storage, files, new_id, "the database is getting another key; ask again")


def compact(storage: Storage, new_id: str) -> None:
    """Gives the room back that an open database does not need any more."""
    if storage.in_memory:
        raise FileError("a database in memory has no file")
    renew(storage, storage.address.files, new_id, "the database is being compacted; ask again")


def renew(storage: Storage, files: "EncryptedFiles | None", new_id: str, meanwhile: str) -> None:
    """Builds the file of an open database anew; ``meanwhile`` is what others are told."""
    with storage.alone():
        storage.refuse_if_unwritable()
        if storage.is_writing_here():
            raise InternalServerError("a transaction is open; the file was not changed")
        before = storage.address
        after = replace(before, files=files)
        storage.close(meanwhile)
        try:
            build_anew(before, after, new_id)
        except BaseException:
            storage.reopen(before)
            raise
        storage.reopen(after)


def build_anew(before: Address, after: Address, new_id: str) -> None:
    """Replaces a file by a copy of it, under another key or the same."""
    path = Path(before.path)
    part = hidden_beside(path, new_id)
    try:
        os.close(os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, FOR_ME_ALONE))
        with sole_connection(before) as connection:
            copy_whole(connection, replace(after, path=str(part)))
            verify(part, after.files)
            flush(part)
            give_rights(part, path)
            put_in_place(connection, part, path)
        flush(path.parent)
    except OSError as fault:
        raise FileError(f"{path}: {fault_words(fault)}") from fault
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)

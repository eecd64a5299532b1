"""How far readers of the change log are, by their names: the last entry that each is done with."""

from typing import Final

from ddblite.engine.file.storage import Storage
from ddblite.engine.history.entries import has_log
from ddblite.schema.errors import Corrupt

SELECT: Final = "SELECT sequence, 0 FROM ddb_checkpoints WHERE reader = ? AND table_number = ?"
REPLACE: Final = "REPLACE INTO ddb_checkpoints (reader, table_number, sequence) VALUES (?, ?, ?)"
DELETE_TABLE: Final = "DELETE FROM ddb_checkpoints WHERE table_number = ?"


def checkpoint_of(storage: Storage, reader: str, table_number: int) -> int | None:
    """Returns how far a reader of a table is, or None when it never said."""
    if not has_log(storage):
        return None
    found = storage.fetch(SELECT, (reader, table_number))
    if found is None:
        return None
    if type(found[0]) is not int:
        raise Corrupt(f"the checkpoint of {reader} is damaged")
    return found[0]


def save(storage: Storage, reader: str, table_number: int, sequence: int) -> None:
    """Notes how far a reader is, in the open write transaction."""
    storage.execute(REPLACE, (reader, table_number, sequence))


def clear(storage: Storage, table_number: int) -> None:
    """Removes the checkpoints of a table."""
    storage.execute(DELETE_TABLE, (table_number,))

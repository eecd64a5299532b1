"""What the change log no longer has to remember, and its removal, in small steps.

How long an entry is kept follows from its table: a day for streams, also those that were disabled,
and the window of point-in-time recovery where that is on. A table that is gone keeps its entries
for as long as its system backup is there, else for a day.

Whoever writes to a table removes a few of its own old entries on the way; ``sweep`` does the rest,
for tables that nobody writes to.
"""

from collections.abc import Mapping
from typing import Any, Final

from ddblite.engine.definitions.time_settings import window_s
from ddblite.engine.file.storage import Storage
from ddblite.engine.history import streams
from ddblite.engine.history.entries import end_of, has_log
from ddblite.engine.history.streams import RETENTION_S
from ddblite.schema.tables import TableSpec

STEP: Final = 64
"""Entries that are removed at once beside a write; as many writes pass in between."""

SELECT_OLD: Final = """
    SELECT sequence, written_at FROM ddb_log WHERE table_number = ? ORDER BY sequence LIMIT ?
"""
DELETE: Final = "DELETE FROM ddb_log WHERE sequence = ?"
SELECT_OLDEST: Final = "SELECT sequence, written_at FROM ddb_log ORDER BY sequence LIMIT 1"
SELECT_TABLES: Final = "SELECT DISTINCT table_number FROM ddb_log"
SELECT_SYSTEM: Final = "SELECT number, created_at FROM ddb_backups"


def kept_s(definition: Mapping[str, Any]) -> float:
    """Returns for how long the entries of a table are kept."""
    return max(RETENTION_S, window_s(definition))


def trim(storage: Storage, table_number: int, before_s: float, limit: int = STEP) -> int:
    """Removes the oldest entries of a table that were written before a moment; returns how many."""
    with storage.rows(SELECT_OLD, (table_number, limit)) as rows:
        old = [sequence for sequence, written_at_s in rows if written_at_s < before_s]
    if old and old[-1] == end_of(storage).next_sequence - 1:
        old.pop()  # the next sequence follows from it
    for sequence in old:
        storage.execute(DELETE, (sequence,))
    return len(old)


def has_old(storage: Storage, tables: Mapping[str, TableSpec], now_s: float) -> bool:
    """Whether the oldest entry of the log may go: a look, for whoever asks often."""
    if not has_log(storage):
        return False
    oldest = storage.fetch(SELECT_OLDEST, ())
    if oldest is None or oldest[0] == end_of(storage).next_sequence - 1:
        return any(stream.is_over(now_s) for stream in streams.recorded(storage))
    kept = max((kept_s(table.definition) for table in tables.values()), default=RETENTION_S)
    return bool(oldest[1] < now_s - kept)


def sweep(storage: Storage, tables: Mapping[str, TableSpec], now_s: float, limit: int) -> int:
    """Removes old entries of any table, and rows of streams that are over; returns how many."""
    kept = {table.number: kept_s(table.definition) for table in tables.values()}
    with storage.rows(SELECT_SYSTEM, ()) as rows:
        kept_by_backups = {number for number, _ in rows} - kept.keys()
    with storage.rows(SELECT_TABLES, ()) as rows:
        numbers = [number for (number,) in rows]
    removed = 0
    for number in numbers:
        if number not in kept_by_backups and removed < limit:
            before_s = now_s - kept.get(number, RETENTION_S)
            removed += trim(storage, number, before_s, limit - removed)
    for stream in list(streams.recorded(storage)):
        if stream.is_over(now_s):
            storage.execute(streams.DELETE, (stream.row_name,))
    return removed

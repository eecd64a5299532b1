"""The change log: what happened to items and tables, entry by entry, in order.

A table has entries where somebody will read them: one with a stream, or one that can be restored
to a point in time (``TableSpec.is_logged``). An entry is written in the transaction of the change
itself, so that the two are there or not together. Bodies are those of the rows, taken as they are.

* ``sequence`` rises strictly and is never used twice: the next one lies behind the newest entry,
  which is never removed. The catalog's ``next_sequence`` is the first of all.
* ``transaction`` is the first sequence of all that was changed together.
* ``written_at_s`` never goes back, also where the machine's clock does: so the entries before a
  moment are those before a sequence.

An entry has a checksum over all of it.
"""

from collections.abc import Iterator
from typing import Any, Final
from zlib import crc32

from msgspec import Struct

from ddblite.engine.actors import Actor
from ddblite.engine.file.storage import Storage
from ddblite.schema.errors import Corrupt

ITEM: Final = 1
"""An item was put, changed or removed: ``key`` and the bodies are those of its row."""
TABLE_MADE: Final = 2
TABLE_CHANGED: Final = 3
TABLE_REMOVED: Final = 4
"""The bodies are definitions, as JSON."""

KINDS: Final = (ITEM, TABLE_MADE, TABLE_CHANGED, TABLE_REMOVED)

SELECT_END: Final = "SELECT sequence, written_at FROM ddb_log ORDER BY sequence DESC LIMIT 1"
SELECT_FIRST: Final = "SELECT next_sequence, 0 FROM ddb_catalog"
INSERT: Final = "INSERT INTO ddb_log VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"

COLUMNS: Final = """
    sequence, transaction_sequence, written_at, table_number, kind, key, old_body, new_body, actor,
    seal
"""
SELECT_OF_TABLE: Final = f"""
    SELECT {COLUMNS} FROM ddb_log
     WHERE table_number = ? AND sequence > ? AND sequence < ? ORDER BY sequence LIMIT ?
"""  # noqa: S608 - columns
SELECT_BACK: Final = f"""
    SELECT {COLUMNS} FROM ddb_log
     WHERE table_number = ? AND sequence >= ? AND sequence < ? ORDER BY sequence DESC LIMIT ?
"""  # noqa: S608 - columns
SELECT_ALL: Final = f"SELECT {COLUMNS} FROM ddb_log WHERE sequence > ? ORDER BY sequence LIMIT ?"  # noqa: S608
SELECT_NEXT: Final = """
    SELECT sequence, written_at FROM ddb_log WHERE sequence >= ? ORDER BY sequence LIMIT 1
"""
SELECT_ENDS: Final = "SELECT min(sequence), max(sequence) FROM ddb_log"

SEQUENCES_END: Final = 2**63 - 1
ROWS_AT_ONCE: Final = 256


class Entry(Struct, frozen=True, gc=False):
    """One entry, proven by its checksum; the columns of ``ddb_log``."""

    sequence: int
    transaction: int
    written_at_s: float
    table_number: int
    kind: int
    key: bytes | None
    old_body: bytes | None
    new_body: bytes | None
    actor: str | None


class LogEnd(Struct, frozen=True):
    """Where the log ends: the sequence of the next entry, and the moment of the newest one."""

    next_sequence: int
    written_at_s: float


def has_log(storage: Storage) -> bool:
    """Whether a file has a log: one of format 1, which can only be read, has none."""
    return storage.format_number > 1


def end_of(storage: Storage) -> LogEnd:
    """Returns where the log ends, as this thread sees it."""
    if not has_log(storage):
        return LogEnd(1, 0.0)
    newest = storage.fetch(SELECT_END, ())
    if newest is None:
        return LogEnd(storage.fetch(SELECT_FIRST, ())[0], 0.0)
    sequence, written_at_s = newest
    if type(written_at_s) is not float:
        raise damaged(sequence)
    return LogEnd(sequence + 1, written_at_s)


class LogWriter:
    """Appends the entries of one level of a write transaction, all of one moment."""

    __slots__ = ("actor", "first", "next_sequence", "now_s", "storage")

    def __init__(self, storage: Storage, now_s: float, actor: Actor) -> None:
        self.storage = storage
        self.now_s = float(now_s)
        self.actor = f"{actor.kind} {actor.principal}" if actor.kind else None
        self.first = 0
        self.next_sequence = 0

    def append(
        self,
        table_number: int,
        kind: int,
        key: bytes | None,
        old_body: bytes | None,
        new_body: bytes | None,
    ) -> None:
        """Writes one entry."""
        if not self.next_sequence:
            end = end_of(self.storage)
            self.next_sequence = end.next_sequence
            self.now_s = max(self.now_s, end.written_at_s)
            self.first = self.first or end.next_sequence
        sequence = self.next_sequence
        columns: Columns = (
            sequence,
            self.first,
            self.now_s,
            table_number,
            kind,
            key,
            old_body,
            new_body,
            self.actor,
        )
        self.storage.execute(INSERT, (*columns, checksum_of(columns)))
        self.next_sequence = sequence + 1

    def give_way(self) -> None:
        """Looks for the next sequence again: another level is going to write."""
        self.next_sequence = 0


Columns = tuple[int, int, float, int, int, bytes | None, bytes | None, bytes | None, str | None]
"""Those of an entry, in the order of the table, without the checksum."""


def checksum_of(columns: Columns) -> int:
    """Returns the checksum of an entry: over its numbers, and over how long its blobs are."""
    sequence, transaction, written_at_s, table_number, kind, *blobs, actor = columns
    lengths = [-1 if blob is None else len(blob) for blob in blobs]
    numbers = f"{sequence} {transaction} {written_at_s!r} {table_number} {kind} {lengths} {actor}"
    found = crc32(numbers.encode())
    for blob in blobs:
        if blob:
            found = crc32(blob, found)
    return found


def proven(row: tuple[Any, ...]) -> Entry:
    """Returns an entry of a row, or raises Corrupt when it is not what was written."""
    columns: Any = row[:-1]
    try:
        is_whole = row[-1] == checksum_of(columns) and type(columns[2]) is float
    except (TypeError, ValueError) as fault:
        raise damaged(row[0]) from fault
    if not is_whole or columns[4] not in KINDS or (columns[4] == ITEM) != bool(columns[5]):
        raise damaged(row[0])
    return Entry(*columns)


def damaged(sequence: object) -> Corrupt:
    """Returns the error for an entry whose checksum or content is wrong."""
    return Corrupt(f"entry {sequence} of the change log is damaged; nothing was returned")


def entries_of(
    storage: Storage, table_number: int, after: int, *, before: int = SEQUENCES_END, limit: int
) -> list[Entry]:
    """Returns some entries of a table between two sequences, in order."""
    if not has_log(storage):
        return []
    with storage.rows(SELECT_OF_TABLE, (table_number, after, before, limit)) as rows:
        return [proven(row) for row in rows]


def entries_back(
    storage: Storage, table_number: int, first: int, *, before: int = SEQUENCES_END, limit: int
) -> list[Entry]:
    """Returns some entries of a table between two sequences, the newest first."""
    with storage.rows(SELECT_BACK, (table_number, first, before, limit)) as rows:
        return [proven(row) for row in rows]


def all_entries(storage: Storage) -> Iterator[Entry]:
    """Gives every entry, in order; some at a time, so that no cursor stays open."""
    after = 0
    while True:
        with storage.rows(SELECT_ALL, (after, ROWS_AT_ONCE)) as rows:
            found = [proven(row) for row in rows]
        yield from found
        if len(found) < ROWS_AT_ONCE:
            return
        after = found[-1].sequence


def first_since(storage: Storage, moment_s: float) -> int:
    """Returns the sequence of the first entry written at a moment or later, else the next one.

    Entries never go back in time, so it is found by halving what lies between the ends.
    """
    end = end_of(storage).next_sequence
    if not has_log(storage):
        return end
    low, high = storage.fetch(SELECT_ENDS, ())
    if low is None:
        return end
    high += 1
    while low < high:
        middle = (low + high) // 2
        found = storage.fetch(SELECT_NEXT, (middle,))
        if found is None or found[1] >= moment_s:
            high = middle
        else:
            low = found[0] + 1
    found = storage.fetch(SELECT_NEXT, (low,))
    return end if found is None else int(found[0])


def problem_steps(storage: Storage) -> Iterator[list[str]]:
    """Gives a sentence for every entry that is damaged or out of order, some entries at a time."""
    after, written_at_s = 0, 0.0
    found: list[Any] = []
    while not after or len(found) == ROWS_AT_ONCE:
        with storage.rows(SELECT_ALL, (after, ROWS_AT_ONCE)) as rows:
            found = list(rows)
        sentences = []
        for row in found:
            try:
                entry = proven(row)
            except Corrupt:
                sentences.append(f"entry {row[0]} of the change log is damaged")
                continue
            if entry.written_at_s < written_at_s or entry.transaction > entry.sequence:
                sentences.append(f"entry {row[0]} of the change log is out of order")
            written_at_s = entry.written_at_s
        yield sentences
        if not found:
            return
        after = found[-1][0]

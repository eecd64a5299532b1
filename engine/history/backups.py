"""Backups of single tables, inside of the file: their rows, and how they were made.

A backup has rows of its own, ``items_<n>`` like those of a table, and a row of ``ddb_backups`` that
tells what table that was. It stays when the table is changed, removed, or another takes its name.

A table with point-in-time recovery that is deleted leaves a *system* backup: its rows are not
removed but become the backup's, under the number that they had, so that its entries of the change
log still lead to any moment before. It goes after 35 days.
"""

from collections.abc import Iterator
from typing import Any, Final, Literal
from zlib import crc32

import msgspec
from msgspec import Struct

from ddblite.engine import catalog
from ddblite.engine.codec import Refused, item_of_body, pack, unpack
from ddblite.engine.definitions.stored import check_kept
from ddblite.engine.file import fileformat
from ddblite.engine.file.storage import Storage
from ddblite.engine.history.entries import (
    ITEM,
    SEQUENCES_END,
    damaged,
    end_of,
    entries_back,
    has_log,
)
from ddblite.engine.items import Packed
from ddblite.engine.keys import KEYS_END
from ddblite.engine.rows import insert_row, row_sql
from ddblite.engine.sorting import Row, sorter_for
from ddblite.engine.transaction import Transaction
from ddblite.schema.errors import Corrupt
from ddblite.schema.names import table_arn
from ddblite.schema.tables import TableSpec

INSERT: Final = "INSERT INTO ddb_backups VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
SELECT: Final = """
    SELECT number, backup_id, table_id, created_at, sequence, definition, seal, item_count,
           item_bytes
      FROM ddb_backups
     ORDER BY created_at, backup_id
"""
DELETE: Final = "DELETE FROM ddb_backups WHERE number = ?"
SELECT_NUMBERS: Final = "SELECT number, 0 FROM ddb_backups"

SYSTEM_KEPT_S: Final = 35 * 24 * 3600
"""For how long the backup of a deleted table is kept."""

ROWS_AT_ONCE: Final = 500
GONE: Final = b""
"""Stands for no item among the old bodies that are sorted."""

UNREADABLE: Final = (msgspec.MsgspecError, TypeError, ValueError, KeyError)


Kind = Literal["USER", "SYSTEM"]


class Made(Struct, frozen=True, rename="pascal", forbid_unknown_fields=True):
    """How a backup was made: the JSON that is kept of it."""

    name: str
    type: Kind
    table_number: int
    table_created_at_s: float
    table: dict[str, Any]
    expires_at_s: float | None = None


class Backup(Struct, frozen=True):
    """One backup; ``number`` is n of the ``items_<n>`` that holds its items."""

    number: int
    backup_id: str
    table_id: str
    created_at_s: float
    sequence: int
    made: Made
    items: int
    bytes: int

    @property
    def table_name(self) -> str:
        """The name of its table."""
        name: str = self.made.table["TableName"]
        return name

    @property
    def arn(self) -> str:
        """Its name to the world."""
        return f"{table_arn(self.table_name)}/backup/{self.backup_id}"


def backup_id_of(now_s: float, new_id: str) -> str:
    """Returns the last part of a new backup's ARN: 13 digits of milliseconds, 8 of chance."""
    return f"{int(now_s * 1000):013d}-{new_id.replace('-', '')[-8:]}"


def checksum_of(columns: tuple[Any, ...]) -> int:
    """Returns the checksum of a row of ``ddb_backups``: over all the other columns."""
    return crc32(" ".join(map(str, columns)).encode())


def leave_system_backup(transaction: Transaction, table: TableSpec) -> None:
    """Makes the rows of a table that is being removed a backup's, under the number they have."""
    name = f"{table.name}$DeletedTableBackup"
    write(transaction.storage, new_backup(transaction, table, table.number, name, "SYSTEM"))


def new_backup(
    transaction: Transaction,
    table: TableSpec,
    number: int,
    name: str,
    kind: Kind,
) -> Backup:
    """Returns a backup of a table as it stands in the open transaction."""
    transaction.flush_counts()
    count = catalog.counts(transaction.storage, table)[table.number]
    now_s = transaction.clock.now_s()
    return Backup(
        number=number,
        backup_id=backup_id_of(now_s, transaction.clock.new_id()),
        table_id=table.table_id,
        created_at_s=now_s,
        sequence=end_of(transaction.storage).next_sequence - 1,
        made=Made(
            name=name,
            type=kind,
            table_number=table.number,
            table_created_at_s=table.created_at_s,
            table=dict(table.definition),
            expires_at_s=now_s + SYSTEM_KEPT_S if kind == "SYSTEM" else None,
        ),
        items=count.items,
        bytes=count.bytes,
    )


def write(storage: Storage, backup: Backup) -> None:
    """Writes the row of a backup, in the open write transaction."""
    text = msgspec.json.encode(backup.made).decode()
    columns = (
        backup.number,
        backup.backup_id,
        backup.table_id,
        float(backup.created_at_s),
        backup.sequence,
        text,
        backup.items,
        backup.bytes,
    )
    storage.execute(INSERT, (*columns[:6], checksum_of(columns), *columns[6:]))


def all_backups(storage: Storage) -> list[Backup]:
    """Returns all backups, the oldest first, or raises Corrupt when one is damaged."""
    if not has_log(storage):
        return []
    with storage.rows(SELECT, ()) as rows:
        found = list(rows)
    return [proven(row) for row in found]


def proven(row: tuple[Any, ...]) -> Backup:
    """Returns the backup of a row, or raises Corrupt."""
    *before, text, checksum, items, size = row
    try:
        if checksum != checksum_of((*before, text, items, size)):
            raise ValueError("its checksum is another one")
        made = msgspec.json.decode(text, type=Made)
        check_kept(made.table)
        number, backup_id, table_id, created_at_s, sequence = before
        return Backup(number, backup_id, table_id, created_at_s, sequence, made, items, size)
    except UNREADABLE as fault:
        raise Corrupt(f"backup number {row[0]} is damaged: {fault}") from fault


def numbers(storage: Storage) -> set[int]:
    """Returns the numbers of the row tables that hold backups."""
    if not has_log(storage):
        return set()
    with storage.rows(SELECT_NUMBERS, ()) as rows:
        return {number for number, _ in rows}


def remove(storage: Storage, number: int) -> None:
    """Removes a backup with its rows, in the open write transaction."""
    storage.execute(DELETE, (number,))
    for statement in fileformat.drop_rows("items", number):
        storage.execute(statement)


def copy_rows(storage: Storage, number: int, target: int) -> None:
    """Gives a backup the rows that a table has now, in the open write transaction."""
    for statement in fileformat.create_rows("items", target):
        storage.execute(statement)
    for key, packed in rows_of(storage, number):
        insert_row(storage, "items", target, key, packed.size, packed.body)


def rows_of(storage: Storage, number: int) -> Iterator[tuple[bytes, Packed]]:
    """Gives the rows of a table or backup, in order; some at a time, so that no cursor is open."""
    statement = row_sql(storage.format_number, "items", number).range_up
    after = b""
    while True:
        with storage.rows(statement, (after, KEYS_END, ROWS_AT_ONCE)) as rows:
            found = [(row[0], Packed(unpack(number, *row), row[1], row[3])) for row in rows]
        yield from found
        if len(found) < ROWS_AT_ONCE:
            return
        after = found[-1][0] + b"\0"


def rows_before(storage: Storage, number: int, sequence: int) -> Iterator[tuple[bytes, Packed]]:
    """Gives the rows of a table as they were before an entry of the log, in order.

    What was changed since is undone: of each key the first old body counts. There may be more of
    those than there is memory, so they are sorted in a file.
    """
    with sorter_for(storage) as sorter:
        before = SEQUENCES_END
        while found := entries_back(storage, number, sequence, before=before, limit=ROWS_AT_ONCE):
            for entry in found:
                if entry.kind == ITEM:
                    assert entry.key is not None, "the entry of an item has its key"
                    sorter.add(entry.key, entry.sequence, entry.old_body or GONE)
            before = found[-1].sequence
        yield from merged(rows_of(storage, number), sorter.in_order())


def merged(
    rows: Iterator[tuple[bytes, Packed]], undone: Iterator[Row]
) -> Iterator[tuple[bytes, Packed]]:
    """Gives rows, with those that are undone in their place; both come in order."""
    row, old = next(rows, None), next(undone, None)
    while row is not None or old is not None:
        if old is None or (row is not None and row[0] < old[0]):
            assert row is not None, "one of the two is there"
            yield row
            row = next(rows, None)
            continue
        if row is not None and row[0] == old[0]:
            row = next(rows, None)
        key, _, sequence, body = old
        if body != GONE:
            yield key, packed_body(sequence, body)
        old = next(undone, None)


def packed_body(sequence: int, body: bytes) -> Packed:
    """Returns the item of an entry's old body, ready to be stored."""
    try:
        item = item_of_body(body)
        size, packed = pack(item)
    except (*UNREADABLE, Refused) as fault:
        raise damaged(sequence) from fault
    return Packed(item, size, packed)


def problems(storage: Storage) -> Iterator[str]:
    """Gives a sentence for every backup that is not what was made."""
    try:
        found = all_backups(storage)
    except Corrupt as fault:
        yield fault.message
        return
    for backup in found:
        try:
            items = size = 0
            for _, packed in rows_of(storage, backup.number):
                items, size = items + 1, size + packed.size
        except Corrupt as fault:
            yield f"backup {backup.backup_id}: {fault.message}"
            continue
        if (items, size) != (backup.items, backup.bytes):
            yield (
                f"backup {backup.backup_id}: {items} items of {size} bytes, where there were"
                f" {backup.items} of {backup.bytes}"
            )

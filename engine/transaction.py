"""A write transaction, and the one function through which every item changes.

PutItem, BatchWriteItem, transactions, PartiQL, import: all of them call ``write_through``,
so that indexes, counters and capacity cannot be forgotten by any.
"""

from dataclasses import dataclass, field
from operator import lt
from typing import Final

from ddblite.engine.capacity import write_consumed, write_units
from ddblite.engine.catalog import COUNT_INDEX, COUNT_TABLE, Catalog
from ddblite.engine.clock import Clock
from ddblite.engine.codec import seal_of, unpack
from ddblite.engine.indexes import entry_of, write_entry
from ddblite.engine.items import Packed, Stored, out_of_order, row_sql
from ddblite.engine.keys import KEYS_END
from ddblite.engine.storage import Storage
from ddblite.schema.errors import Corrupt
from ddblite.schema.requests import Consumed, ItemCollection
from ddblite.schema.tables import IndexSpec, TableSpec
from ddblite.schema.values import Item

NO_DELTA: Final = (0, 0)

FILL_ITEMS: Final = 500
"""Items read at once while a new index is filled."""


@dataclass(slots=True)
class Transaction:
    """One level of an open write: the catalog as it stands there, and counters to be written."""

    storage: Storage
    catalog: Catalog
    clock: Clock
    table_deltas: dict[int, tuple[int, int]] = field(default_factory=dict)
    index_deltas: dict[int, tuple[int, int]] = field(default_factory=dict)

    def count_table(self, number: int, items: int, size: int) -> None:
        """Notes that a table gained (or lost) items and bytes."""
        if items or size:
            before = self.table_deltas.get(number, NO_DELTA)
            self.table_deltas[number] = (before[0] + items, before[1] + size)

    def count_index(self, number: int, items: int, size: int) -> None:
        """Notes that an index gained (or lost) entries and bytes."""
        if items or size:
            before = self.index_deltas.get(number, NO_DELTA)
            self.index_deltas[number] = (before[0] + items, before[1] + size)

    def flush_counts(self) -> None:
        """Writes the noted counters; done once, at the end of each level."""
        for statement, deltas in (
            (COUNT_TABLE, self.table_deltas),
            (COUNT_INDEX, self.index_deltas),
        ):
            for number, (items, size) in deltas.items():
                self.storage.execute(statement, (items, size, number))
            deltas.clear()


def write_through(
    transaction: Transaction,
    table: TableSpec,
    key: bytes,
    before: Stored | None,
    after: Packed | None,
) -> Consumed:
    """Brings one item from ``before`` to ``after``, with its indexes, and returns the capacity.

    None stands for no item. ``before.item`` may be None only where the table has no index.
    """
    before_size = 0 if before is None else before.size
    after_size = 0 if after is None else after.size
    write_row(transaction.storage, table, key, before, after)
    transaction.count_table(
        table.number, (after is not None) - (before is not None), after_size - before_size
    )
    index_units = write_indexes(transaction, table, key, before, after) if table.indexes else {}
    return write_consumed(table, write_units(before_size, after_size), index_units)


def write_row(
    storage: Storage, table: TableSpec, key: bytes, before: Stored | None, after: Packed | None
) -> None:
    """Writes, rewrites or removes the row of an item."""
    sql = row_sql("items", table.number)
    if after is None:
        if before is not None:
            confirm_one_row(table, storage.execute_counted(sql.delete, (key,)))
        return
    sealed = seal_of(table.number, key, after.size, after.body)
    if before is None:
        storage.execute(sql.insert, (key, after.size, sealed, after.body))
    else:
        changed = storage.execute_counted(sql.update, (after.size, sealed, after.body, key))
        confirm_one_row(table, changed)


def confirm_one_row(table: TableSpec, changed: int) -> None:
    """Raises Corrupt unless a row that was just read was there to be changed."""
    if changed != 1:
        raise Corrupt(f"table {table.name} lost a row that was just read; run check")


def write_indexes(
    transaction: Transaction,
    table: TableSpec,
    key: bytes,
    before: Stored | None,
    after: Packed | None,
) -> dict[str, int]:
    """Brings every index of the table from one item to the next; returns units by index name."""
    units: dict[str, int] = {}
    before_item = None if before is None else before.item
    assert before is None or before_item is not None, "an indexed table's item was not read whole"
    for index in table.indexes.values():
        change = write_entry(
            transaction.storage,
            index,
            None if before_item is None else entry_of(index, key, before_item),
            None if after is None else entry_of(index, key, after.item),
        )
        if change is not None:
            units[index.name] = change.units
            transaction.count_index(index.number, change.items, change.bytes)
    return units


def fill_index(transaction: Transaction, table: TableSpec, index: IndexSpec) -> None:
    """Gives a new index the entries of all items; an item whose values cannot be keys has none."""
    after: bytes | None = b""
    while after is not None:
        after = fill_some(transaction, table, index, after)


def fill_some(
    transaction: Transaction, table: TableSpec, index: IndexSpec, after: bytes
) -> bytes | None:
    """Enters the next items behind a key; returns the last key, or None at the end."""
    statement = row_sql("items", table.number).range_up
    with transaction.storage.rows(statement, (after, KEYS_END, FILL_ITEMS)) as rows:
        found = list(rows)
    keys = [row[0] for row in found]
    if not all(map(lt, keys, keys[1:])) or (keys and keys[0] < after):
        raise out_of_order(table.number)
    for key, size, seal, body in found:
        entry = entry_of(index, key, unpack(table.number, key, size, seal, body))
        change = write_entry(transaction.storage, index, None, entry)
        if change is not None:
            transaction.count_index(index.number, change.items, change.bytes)
    return found[-1][0] + b"\0" if len(found) == FILL_ITEMS else None


def item_collection(table: TableSpec, attributes: Item) -> ItemCollection | None:
    """Returns the partition that a write touched, for tables with local indexes."""
    if not table.has_local_indexes:
        return None
    name = table.partition.name
    return ItemCollection(key={name: attributes[name]})

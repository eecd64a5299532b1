"""A write transaction, and the one function through which every item changes.

PutItem, BatchWriteItem, transactions, PartiQL, import: all of them call ``write_through``,
so that indexes, counters and capacity cannot be forgotten by any. A bulk load calls
``write_in_order``, which does the same for many items at once. Tables change by the methods of
``Transaction``.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from operator import lt
from typing import Any, Final

from ddblite.engine import catalog
from ddblite.engine.actors import USER, Actor
from ddblite.engine.capacity import write_consumed, write_units
from ddblite.engine.catalog import COUNT_INDEX, COUNT_TABLE, Catalog
from ddblite.engine.clock import Clock
from ddblite.engine.codec import item_of_body, pack, unpack
from ddblite.engine.file.storage import Storage
from ddblite.engine.filling import in_filling_order
from ddblite.engine.history import checkpoints, expiry, streams, trimming
from ddblite.engine.history.entries import (
    ITEM,
    TABLE_CHANGED,
    TABLE_MADE,
    TABLE_REMOVED,
    LogWriter,
)
from ddblite.engine.indexes import Entry, entry_of, insert_packed, write_entry
from ddblite.engine.items import Packed, Stored, read_before
from ddblite.engine.keys import KEYS_END
from ddblite.engine.rows import delete_row, insert_row, out_of_order, replace_row, row_sql
from ddblite.engine.sorting import sorter_for
from ddblite.schema.requests import Consumed, ItemCollection
from ddblite.schema.tables import IndexSpec, TableSpec
from ddblite.schema.values import Item, equal

NO_DELTA: Final = (0, 0)

FILL_ITEMS: Final = 500
"""Items read at once while a new index is filled."""


@dataclass(slots=True)
class Transaction:
    """One level of an open write: the catalog as it stands there, and counters to be written.

    ``actor`` is who asks for it. All that is changed, items and tables, is changed by this object
    or by the functions below, which take it.
    """

    storage: Storage
    catalog: Catalog
    clock: Clock
    actor: Actor = USER
    table_deltas: dict[int, tuple[int, int]] = field(default_factory=dict)
    index_deltas: dict[int, tuple[int, int]] = field(default_factory=dict)
    log: LogWriter | None = None

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

    def add_table(self, definition: dict[str, Any], now_s: float) -> TableSpec:
        """Makes a table from its checked definition."""
        table_id = self.clock.new_id()
        self.catalog = catalog.add_table(self.storage, self.catalog, definition, table_id, now_s)
        added = self.catalog.existing_table(definition["TableName"])
        self.note_table(TABLE_MADE, None, added)
        return added

    def change_table(self, before: TableSpec, definition: Mapping[str, Any]) -> TableSpec:
        """Gives a table another definition; an index that is new in it is there, and empty."""
        self.catalog = catalog.change_table(self.storage, self.catalog, before, definition)
        changed = self.catalog.existing_table(before.name)
        self.note_table(TABLE_CHANGED, before, changed)
        if changed.expiry_attribute != before.expiry_attribute:
            expiry.clear(self.storage, before.number)
            if changed.expiry_attribute is not None:
                expiry.fill(self.storage, changed, items_of(self.storage, changed))
        return changed

    def remove_table(self, table: TableSpec, *, keeps_items: bool = False) -> None:
        """Removes a table with its items and indexes; its rows may stay, for a backup."""
        self.note_table(TABLE_REMOVED, table, None)
        if table.expiry_attribute is not None:
            expiry.clear(self.storage, table.number)
        if table.is_logged:
            checkpoints.clear(self.storage, table.number)
        self.catalog = catalog.remove_table(
            self.storage, self.catalog, table, keeps_items=keeps_items
        )

    def take_number(self) -> int:
        """Returns a number for rows of a backup, which no table has or will have."""
        number = self.catalog.next_number
        self.catalog = catalog.take_number(self.storage, self.catalog)
        return number

    def logging(self) -> LogWriter:
        """Returns what appends to the change log; all that a level writes is of one moment."""
        if self.log is None:
            self.log = LogWriter(self.storage, self.clock.now_s(), self.actor)
        return self.log

    def note_table(self, kind: int, before: TableSpec | None, after: TableSpec | None) -> None:
        """Logs that a table was made, changed or removed; its stream begins or ends with that."""
        known = [table for table in (before, after) if table is not None and table.is_logged]
        if known:
            log = self.logging()
            bodies = (None if one is None else definition_body(one) for one in (before, after))
            log.append(known[0].number, kind, None, *bodies)
            streams.follow(self.storage, before, after, log.now_s, log.next_sequence - 1)

    def note_item(
        self, table: TableSpec, key: bytes, before: Stored | None, after: Packed | None
    ) -> None:
        """Logs a change of an item, unless it is none; removes what is too old, now and then."""
        if before is None and after is None:
            return
        old = None if before is None else before.body
        new = None if after is None else after.body
        if before is not None and after is not None and is_same(before, after):
            return
        log = self.logging()
        log.append(table.number, ITEM, key, old, new)
        if log.next_sequence % trimming.STEP == 0:
            kept_s = trimming.kept_s(table.definition)
            trimming.trim(self.storage, table.number, log.now_s - kept_s, 2 * trimming.STEP)

    def flush_counts(self) -> None:
        """Writes the noted counters; done at the end of each level, and before one within it."""
        if self.log is not None:
            self.log.give_way()
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
    write_counted(transaction, table, key, before, after)
    index_units = write_indexes(transaction, table, key, before, after) if table.indexes else {}
    return write_consumed(table, write_units(before_size, after_size), index_units)


def write_in_order(
    transaction: Transaction, table: TableSpec, puts: Iterable[tuple[bytes, Packed]]
) -> None:
    """Puts many items, given in the order of their keys, each of another key.

    Every index gets its entries afterwards, in the order of *their* keys: what is near in a tree
    is written together. Nobody is told the capacity.
    """
    changes: dict[str, list[Change]] = {name: [] for name in table.indexes}
    for key, after in puts:
        before = read_before(transaction.storage, table, key)
        write_counted(transaction, table, key, before, after)
        for name, index in table.indexes.items():
            changes[name].append(change_of(index, key, before, after))
    for name, changed in changes.items():
        for change in sorted(changed, key=place_of):
            enter(transaction, table.indexes[name], change)


def write_counted(
    transaction: Transaction,
    table: TableSpec,
    key: bytes,
    before: Stored | None,
    after: Packed | None,
) -> None:
    """Writes the row of an item and notes what its table gained or lost."""
    write_row(transaction.storage, table, key, before, after)
    if table.is_logged:
        transaction.note_item(table, key, before, after)
    if table.expiry_attribute is not None:
        old, new = None if before is None else before.item, None if after is None else after.item
        expiry.note(transaction.storage, table, key, old, new)
    before_size = 0 if before is None else before.size
    after_size = 0 if after is None else after.size
    transaction.count_table(
        table.number, (after is not None) - (before is not None), after_size - before_size
    )


def is_same(before: Stored, after: Packed) -> bool:
    """Whether an item is written as it was, maps and sets in whatever order."""
    if before.body == after.body:
        return True
    assert before.body is not None, "a logged table's item was read with its bytes"
    return before.size == after.size and equal(item_of_body(before.body), item_of_body(after.body))


def definition_body(table: TableSpec) -> bytes:
    """Returns a table's definition as the log keeps it."""
    return json.dumps(table.definition, separators=(",", ":")).encode()


def write_row(
    storage: Storage, table: TableSpec, key: bytes, before: Stored | None, after: Packed | None
) -> None:
    """Writes, rewrites or removes the row of an item."""
    if before is None:
        if after is not None:
            insert_row(storage, "items", table.number, key, after.size, after.body)
    elif after is None:
        delete_row(storage, "items", table.number, key, before.size)
    else:
        replace_row(storage, "items", table.number, key, before.size, after.size, after.body)


def write_indexes(
    transaction: Transaction,
    table: TableSpec,
    key: bytes,
    before: Stored | None,
    after: Packed | None,
) -> dict[str, int]:
    """Brings every index of the table from one item to the next; returns units by index name."""
    units: dict[str, int] = {}
    for index in table.indexes.values():
        spent = enter(transaction, index, change_of(index, key, before, after))
        if spent is not None:
            units[index.name] = spent
    return units


Change = tuple[Entry | None, Entry | None]
"""The entry of an item before and after a write; None stands for none."""


def change_of(index: IndexSpec, key: bytes, before: Stored | None, after: Packed | None) -> Change:
    """Returns what a write to an item means to an index."""
    before_item = None if before is None else before.item
    assert before is None or before_item is not None, "an indexed table's item was not read whole"
    return (
        None if before_item is None else entry_of(index, key, before_item),
        None if after is None else entry_of(index, key, after.item),
    )


def place_of(change: Change) -> bytes:
    """Returns the key at which an index changes, or none."""
    before, after = change
    entry = after or before
    return b"" if entry is None else entry.key


def enter(transaction: Transaction, index: IndexSpec, change: Change) -> int | None:
    """Brings an index from one entry to the next; returns the units, or None for no change."""
    entered = write_entry(transaction.storage, index, *change)
    if entered is None:
        return None
    transaction.count_index(index.number, entered.items, entered.bytes)
    return entered.units


def fill_index(transaction: Transaction, table: TableSpec, index: IndexSpec) -> None:
    """Gives a new index the entries of all items; an item whose values cannot be keys has none."""
    with sorter_for(transaction.storage) as entries:
        for key, item in items_of(transaction.storage, table):
            entry = entry_of(index, key, item)
            if entry is not None:
                entries.add(entry.key, *pack(entry.image))
        for key, _, size, body in in_filling_order(entries.in_order()):
            insert_packed(transaction.storage, index, key, size, body)
            transaction.count_index(index.number, 1, size)


def items_of(storage: Storage, table: TableSpec) -> Iterator[tuple[bytes, Item]]:
    """Gives all items with their keys, in order; some at a time, so that no cursor stays open."""
    statement = row_sql(storage.format_number, "items", table.number).range_up
    after = b""
    while True:
        with storage.rows(statement, (after, KEYS_END, FILL_ITEMS)) as rows:
            found = [(row[0], unpack(table.number, *row)) for row in rows]
        keys = [key for key, _ in found]
        if not all(map(lt, keys, keys[1:])) or (keys and keys[0] < after):
            raise out_of_order(table.number)
        yield from found
        if len(found) < FILL_ITEMS:
            return
        after = keys[-1] + b"\0"


def item_collection(table: TableSpec, attributes: Item) -> ItemCollection | None:
    """Returns the partition that a write touched, for tables with local indexes."""
    if not table.has_local_indexes:
        return None
    name = table.key.partition[0].name
    return ItemCollection(key={name: attributes[name]})

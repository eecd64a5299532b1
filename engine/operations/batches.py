"""BatchGetItem and BatchWriteItem."""

from typing import Final

from ddblite.engine.capacity import added, read_consumed, read_units
from ddblite.engine.indexes import check_index_keys
from ddblite.engine.items import (
    KEY_MISMATCH,
    Packed,
    accept_item,
    accept_item_key,
    accept_key,
    has_key_shape,
    read_item,
    read_size,
)
from ddblite.engine.machine import Machine
from ddblite.engine.operations import asking
from ddblite.engine.operations.writes import PUT_TOO_LARGE
from ddblite.engine.transaction import Transaction, item_collection, write_through
from ddblite.schema.errors import ValidationException
from ddblite.schema.limits import (
    BATCH_GET_BYTES_MAX,
    BATCH_GET_KEYS_MAX,
    BATCH_WRITE_REQUESTS_MAX,
    ITEM_BYTES_MAX,
)
from ddblite.schema.requests import (
    BatchDelete,
    BatchGetAnswer,
    BatchGetItem,
    BatchPut,
    BatchWriteAnswer,
    BatchWriteItem,
    Consumed,
    ItemCollection,
    KeysToGet,
    LoadItems,
)
from ddblite.schema.tables import TableSpec
from ddblite.schema.values import Item

DUPLICATES: Final = "Provided list of item keys contains duplicates"


def batch_get_item(machine: Machine, request: BatchGetItem) -> BatchGetAnswer:
    """Reads up to 100 items; what does not fit into 16 MB comes back as keys."""
    if sum(len(keys.keys) for keys in request.tables.values()) > BATCH_GET_KEYS_MAX:
        raise ValidationException("Too many items requested for the BatchGetItem call")
    for keys in request.tables.values():
        asking.check(keys.names, None, asking.projection_of(keys.projection, keys.names))
    wanted = {
        name: distinct_keys(machine.catalog.existing_table(name), keys)
        for name, keys in request.tables.items()
    }

    room = BATCH_GET_BYTES_MAX
    items: dict[str, list[Item]] = {}
    unprocessed: dict[str, list[Item]] = {}
    consumed: list[Consumed] = []
    with machine.storage.snapshot():
        for name, keys in request.tables.items():
            table = machine.catalog.existing_table(name)
            found, left, units, room = get_many(machine, table, keys, wanted[name], room)
            items[name] = found
            consumed.append(read_consumed(table, None, units))
            if left:
                unprocessed[name] = left
    return BatchGetAnswer(items=items, unprocessed=unprocessed, consumed=consumed)


def distinct_keys(table: TableSpec, keys: KeysToGet) -> list[bytes]:
    """Returns the encoded keys to read from one table, or raises when two are the same."""
    encoded = [accept_key(table, key) for key in keys.keys]
    if len(set(encoded)) < len(encoded):
        raise ValidationException(DUPLICATES)
    return encoded


def get_many(
    machine: Machine, table: TableSpec, keys: KeysToGet, encoded: list[bytes], room: int
) -> tuple[list[Item], list[Item], float, int]:
    """Returns the items found, the keys that did not fit, the units, and the bytes still free."""
    projection = asking.projection_of(keys.projection, keys.names)
    found: list[Item] = []
    left: list[Item] = []
    units = 0.0
    for key, encoded_one in zip(keys.keys, encoded, strict=True):
        stored = None if room <= 0 else read_item(machine.storage, table, encoded_one)
        if room <= 0 or (stored is not None and stored.size > room):
            left.append(key)
            room = 0
            continue
        units += read_units(0 if stored is None else stored.size, consistent=keys.consistent)
        if stored is not None and stored.item is not None:
            room -= stored.size
            found.append(stored.item if projection is None else projection.apply(stored.item))
    return found, left, units, room


def batch_write_item(machine: Machine, request: BatchWriteItem) -> BatchWriteAnswer:
    """Puts and deletes up to 25 items; all of them or, when one is invalid, none."""
    if sum(len(writes) for writes in request.tables.values()) > BATCH_WRITE_REQUESTS_MAX:
        raise ValidationException("Too many items requested for the BatchWriteItem call")
    return load_items(machine, request)


def load_items(machine: Machine, request: BatchWriteItem | LoadItems) -> BatchWriteAnswer:
    """Puts and deletes any number of items, in one transaction."""
    packed = {
        name: [accept_item(one.item) if isinstance(one, BatchPut) else one for one in writes]
        for name, writes in request.tables.items()
    }
    for writes in packed.values():
        if any(isinstance(one, Packed) and one.size > ITEM_BYTES_MAX for one in writes):
            raise ValidationException(PUT_TOO_LARGE)

    consumed: list[Consumed] = []
    collections: dict[str, list[ItemCollection]] = {}
    with machine.write() as transaction:
        tables = {name: transaction.catalog.existing_table(name) for name in packed}
        keys = {name: batch_keys(tables[name], writes) for name, writes in packed.items()}
        for name, writes in packed.items():
            table = tables[name]
            total, touched = write_many(transaction, table, keys[name], writes)
            consumed.append(total)
            if touched:
                collections[name] = touched
    return BatchWriteAnswer(consumed=consumed, collections=collections)


def batch_keys(table: TableSpec, writes: list[Packed | BatchDelete]) -> list[bytes]:
    """Returns the encoded keys of a batch on one table, or raises what is wrong with them."""
    keys = []
    for one in writes:
        if isinstance(one, BatchDelete):
            keys.append(accept_key(table, one.key))
        else:
            if not has_key_shape(table, one.item):
                raise ValidationException(KEY_MISMATCH)
            keys.append(accept_item_key(table, one.item))
    if len(set(keys)) < len(keys):
        raise ValidationException(DUPLICATES)
    for one in writes:
        if isinstance(one, Packed):
            check_index_keys(table, None, one.item, update=False)
    return keys


def write_many(
    transaction: Transaction,
    table: TableSpec,
    keys: list[bytes],
    writes: list[Packed | BatchDelete],
) -> tuple[Consumed, list[ItemCollection]]:
    """Carries out the writes on one table; returns their capacity and the partitions touched."""
    total: Consumed | None = None
    collections: list[ItemCollection] = []
    read = read_item if table.indexes else read_size
    for key, one in zip(keys, writes, strict=True):
        before = read(transaction.storage, table, key)
        after = one if isinstance(one, Packed) else None
        consumed = write_through(transaction, table, key, before, after)
        total = consumed if total is None else added(total, consumed)
        attributes = one.item if isinstance(one, Packed) else one.key
        collection = item_collection(table, attributes)
        if collection is not None and collection not in collections:
            collections.append(collection)
    return total or Consumed(table_name=table.name, table=0, write=True), collections

"""BatchGetItem, BatchWriteItem, and LoadItems, which has no limit of 25."""

from collections.abc import Iterable
from operator import itemgetter
from typing import Final

from ddblite.engine.capacity import added, read_consumed, read_units
from ddblite.engine.context import Context
from ddblite.engine.indexes import check_index_keys
from ddblite.engine.items import (
    KEY_MISMATCH,
    Packed,
    accept_item,
    accept_item_key,
    accept_key,
    has_key_shape,
    named_key,
    read_before,
    read_item,
)
from ddblite.engine.keys import encode
from ddblite.engine.operations import request_expressions
from ddblite.engine.operations.write_pipeline import PUT_TOO_LARGE
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


def batch_get_item(context: Context, request: BatchGetItem) -> BatchGetAnswer:
    """Reads up to 100 items; what does not fit into 16 MB comes back as keys."""
    if sum(len(keys.keys) for keys in request.tables.values()) > BATCH_GET_KEYS_MAX:
        raise ValidationException("Too many items requested for the BatchGetItem call")
    for keys in request.tables.values():
        request_expressions.check_keys(keys.names, None)
        request_expressions.check(
            keys.names, None, request_expressions.projection_of(keys.projection, keys.names)
        )
    wanted = {
        name: distinct_keys(context.catalog.existing_table(name), keys)
        for name, keys in request.tables.items()
    }

    room = BATCH_GET_BYTES_MAX
    items: dict[str, list[Item]] = {}
    unprocessed: dict[str, list[Item]] = {}
    consumed: list[Consumed] = []
    with context.storage.snapshot():
        for name, keys in request.tables.items():
            table = context.catalog.existing_table(name)
            found, left, units, room = get_many(context, table, keys, wanted[name], room)
            items[name] = found
            consumed.append(read_consumed(table, None, units))
            if left:
                unprocessed[name] = left
    return BatchGetAnswer(items=items, unprocessed=unprocessed, consumed=consumed)


def distinct_keys(table: TableSpec, keys: KeysToGet) -> dict[bytes, Item]:
    """Returns the keys to read from one table by their encoded form.

    Two writings of one number, 1000 and 1e3, are one key and give one item; two keys that are
    written alike are refused at the door.
    """
    encoded: dict[bytes, Item] = {}
    for key in keys.keys:
        encoded.setdefault(accept_key(table, key), key)
    return encoded


def get_many(
    context: Context, table: TableSpec, keys: KeysToGet, wanted: dict[bytes, Item], room: int
) -> tuple[list[Item], list[Item], float, int]:
    """Returns the items found, the keys that did not fit, the units, and the bytes still free."""
    projection = request_expressions.projection_of(keys.projection, keys.names)
    request_expressions.check_scalars(table, projection)
    found: list[Item] = []
    left: list[Item] = []
    units = 0.0
    for encoded, key in wanted.items():
        stored = None if room <= 0 else read_item(context.storage, table, encoded)
        if room <= 0 or (stored is not None and stored.size > room):
            left.append(key)
            room = 0
            continue
        units += read_units(0 if stored is None else stored.size, consistent=keys.consistent)
        if stored is not None and stored.item is not None:
            room -= stored.size
            found.append(stored.item if projection is None else projection.apply(stored.item))
    return found, left, units, room


Accepted = Packed | BatchDelete
"""One write of a batch; a put's item is checked and packed."""


def batch_write_item(context: Context, request: BatchWriteItem) -> BatchWriteAnswer:
    """Puts and deletes up to 25 items; all of them or, when one is invalid, none."""
    if sum(len(writes) for writes in request.tables.values()) > BATCH_WRITE_REQUESTS_MAX:
        raise ValidationException("Too many items requested for the BatchWriteItem call")
    accepted = accepted_writes(request)

    with context.write() as transaction:
        tables = {name: transaction.catalog.existing_table(name) for name in accepted}
        keys = {name: batch_keys(tables[name], writes) for name, writes in accepted.items()}
        for name, writes in accepted.items():
            if len(set(keys[name])) < len(writes):
                raise ValidationException(DUPLICATES)
            check_indexes(tables[name], writes)
        consumed = [
            write_many(transaction, tables[name], zip(keys[name], writes, strict=True))
            for name, writes in accepted.items()
        ]
    collections = {
        name: item_collections(tables[name], writes)
        for name, writes in accepted.items()
        if tables[name].has_local_indexes
    }
    return BatchWriteAnswer(consumed=consumed, collections=collections)


def load_items(context: Context, request: LoadItems) -> BatchWriteAnswer:
    """Puts and deletes any number of items, in one transaction; the last write to a key counts."""
    accepted = accepted_writes(request)
    consumed = []
    with context.write() as transaction:
        for name, writes in accepted.items():
            table = transaction.catalog.existing_table(name)
            last = dict(zip(batch_keys(table, writes), writes, strict=True))
            check_indexes(table, writes)
            # In the order of the keys, rows that are read together are written together.
            in_order = sorted(last.items(), key=itemgetter(0))
            consumed.append(write_many(transaction, table, in_order))
    return BatchWriteAnswer(consumed=consumed)


def accepted_writes(request: BatchWriteItem | LoadItems) -> dict[str, list[Accepted]]:
    """Returns the writes with their items packed, or raises what is wrong with an item."""
    accepted: dict[str, list[Accepted]] = {
        name: [accept_item(one.item) if isinstance(one, BatchPut) else one for one in writes]
        for name, writes in request.tables.items()
    }
    for writes in accepted.values():
        if any(isinstance(one, Packed) and one.size > ITEM_BYTES_MAX for one in writes):
            raise ValidationException(PUT_TOO_LARGE)
    return accepted


def batch_keys(table: TableSpec, writes: list[Accepted]) -> list[bytes]:
    """Returns the encoded keys of a batch on one table, or raises what is wrong with them."""
    keys = []
    for one in writes:
        if isinstance(one, BatchDelete):
            keys.append(accept_key(table, named_key(table, one.key)))
        else:
            key = encode(table.key, one.item)
            if key is None and not has_key_shape(table, one.item):
                raise ValidationException(KEY_MISMATCH)
            keys.append(accept_item_key(table, one.item) if key is None else key)
    return keys


def check_indexes(table: TableSpec, writes: list[Accepted]) -> None:
    """Raises when an item to be put cannot have its entry in an index."""
    if table.indexes:
        for one in writes:
            if isinstance(one, Packed):
                check_index_keys(table, None, one.item, update=False)


def write_many(
    transaction: Transaction, table: TableSpec, writes: Iterable[tuple[bytes, Accepted]]
) -> Consumed:
    """Carries out the writes on one table and returns their capacity."""
    units = 0.0
    on_indexes: Consumed | None = None
    for key, one in writes:
        before = read_before(transaction.storage, table, key)
        after = one if isinstance(one, Packed) else None
        consumed = write_through(transaction, table, key, before, after)
        units += consumed.table
        if table.indexes:
            on_indexes = consumed if on_indexes is None else added(on_indexes, consumed)
    return on_indexes or Consumed(table_name=table.name, table=units, write=True)


def item_collections(table: TableSpec, writes: list[Accepted]) -> list[ItemCollection]:
    """Returns the partitions that a batch touched, each once, in the order of the batch."""
    found: list[ItemCollection] = []
    for one in writes:
        attributes = one.item if isinstance(one, Packed) else named_key(table, one.key)
        collection = item_collection(table, attributes)
        if collection is not None and collection not in found:
            found.append(collection)
    return found

"""Secondary indexes: which entry an item has in each, and what a write costs there.

An entry carries a copy of the attributes its index projects, so that a query on an index reads one
B-tree. An item without one of an index's key attributes has no entry in it. Facts:
docs/facts/tables-and-features.md, "Indexes"; docs/facts/capacity-and-paging.md, "Units".
"""

from dataclasses import dataclass
from typing import Final, NamedTuple

from ddblite.engine.capacity import entry_units
from ddblite.engine.codec import pack
from ddblite.engine.file.storage import Storage
from ddblite.engine.items import (
    PYTHON_TYPES,
    check_key_bytes,
    empty_kind,
    is_empty,
    key_bounds,
)
from ddblite.engine.keys import encode
from ddblite.engine.rows import delete_row, insert_row, replace_row
from ddblite.schema import values
from ddblite.schema.errors import ValidationException
from ddblite.schema.tables import IndexSpec, KeyPart, TableSpec
from ddblite.schema.value_faults import INVALID
from ddblite.schema.values import Item, Value


class Entry(NamedTuple):
    """One row of an index: its key, and the attributes it carries."""

    key: bytes
    image: Item


@dataclass(frozen=True, slots=True)
class EntryChange:
    """What one write did to one index: capacity units, entries and bytes more or fewer."""

    units: int
    items: int
    bytes: int


def entry_of(index: IndexSpec, table_key: bytes, item: Item) -> Entry | None:
    """Returns the entry that an item has in an index, or None when it has none."""
    own_key = encode(index.key, item)
    if own_key is None:
        return None
    projected = index.projected
    image = (
        item
        if projected is None
        else {name: value for name, value in item.items() if name in projected}
    )
    return Entry(own_key + table_key, image)


def write_entry(
    storage: Storage, index: IndexSpec, before: Entry | None, after: Entry | None
) -> EntryChange | None:
    """Brings an index from one entry of an item to the next; None when nothing was to do."""
    if before is None and after is None:
        return None
    if before is not None and after is not None and before.key == after.key:
        return replace_entry(storage, index, before, after)
    removed = 0 if before is None else delete_entry(storage, index, before)
    written = 0 if after is None else insert_entry(storage, index, after)
    return EntryChange(
        units=entry_units(removed) + entry_units(written),
        items=(after is not None) - (before is not None),
        bytes=written - removed,
    )


def replace_entry(
    storage: Storage, index: IndexSpec, before: Entry, after: Entry
) -> EntryChange | None:
    """Rewrites an entry that stays where it is; None when what it carries stays too."""
    if values.equal(before.image, after.image):
        return None
    before_size, _ = pack(before.image)
    size, body = pack(after.image)
    replace_row(storage, "index", index.number, after.key, before_size, size, body)
    return EntryChange(entry_units(max(before_size, size)), 0, size - before_size)


def insert_entry(storage: Storage, index: IndexSpec, entry: Entry) -> int:
    """Adds an entry and returns its size."""
    size, body = pack(entry.image)
    insert_packed(storage, index, entry.key, size, body)
    return size


def insert_packed(storage: Storage, index: IndexSpec, key: bytes, size: int, body: bytes) -> None:
    """Adds an entry whose attributes are packed."""
    insert_row(storage, "index", index.number, key, size, body)


def delete_entry(storage: Storage, index: IndexSpec, entry: Entry) -> int:
    """Removes an entry and returns its size."""
    size, _ = pack(entry.image)
    delete_row(storage, "index", index.number, entry.key, size)
    return size


def check_index_keys(table: TableSpec, before: Item | None, after: Item, *, update: bool) -> None:
    """Raises when an index key attribute of the new item cannot be one.

    An update is checked only where it changed something. Of several indexes on one
    attribute the alphabetically first is named.
    """
    for index in table.indexes.values():
        changed = [
            part
            for part in index.parts
            if part.name in after and not (update and is_unchanged(before, after, part.name))
        ]
        for part in changed:
            check_index_key(index, part, after, update=update)
        if changed:
            check_index_key_bytes(index, after)


def is_unchanged(before: Item | None, after: Item, name: str) -> bool:
    """Whether an attribute was there before with the same value."""
    return before is not None and name in before and values.equal(before[name], after[name])


def check_index_key(index: IndexSpec, part: KeyPart, item: Item, *, update: bool) -> None:
    """Raises when one index key attribute has the wrong type or is empty."""
    value = item[part.name]
    check_index_type(index, part, value)
    if not is_empty(value):
        return
    if update:
        raise ValidationException(
            EMPTY_BY_UPDATE.format(kind=empty_kind(value)), never_a_reason=True
        )
    raise ValidationException(
        EMPTY_BY_PUT.format(kind=empty_kind(value), index=index.name, name=part.name),
        never_a_reason=True,
    )


def check_index_type(
    index: IndexSpec, part: KeyPart, value: Value, older: str | None = None
) -> None:
    """Raises when the value of a key attribute has another type than its index says."""
    if type(value) not in PYTHON_TYPES[part.kind]:
        raise ValidationException(
            f"{INVALID}Type mismatch for Index Key {part.name} Expected: {part.kind}"
            f" Actual: {values.tag_of(value)} IndexName: {index.name}",
            older=older,
        )


EMPTY_BY_PUT: Final = (
    "One or more parameter values are not valid. A value specified for a secondary index key is"
    " not supported. The AttributeValue for a key attribute cannot contain an empty {kind} value."
    " IndexName: {index}, IndexKey: {name}"
)
EMPTY_BY_UPDATE: Final = (
    "One or more parameter values are not valid. The update expression attempted to update a"
    " secondary index key to a value that is not supported. The AttributeValue for a key"
    " attribute cannot contain an empty {kind} value."
)


def check_index_key_bytes(index: IndexSpec, item: Item) -> None:
    """Raises when an index's key attributes are too long together."""
    for parts, bytes_max, text in key_bounds(index.key):
        check_key_bytes([item[part.name] for part in parts if part.name in item], bytes_max, text)

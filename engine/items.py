"""Items in their table: accepting keys and items, reading rows, and what a row becomes.

Keys are accepted by one quick function and explained by slow ones. Facts: docs/facts/validation.md,
"Keys".
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from ddblite.engine.codec import SIZE_LIMIT, Refused, damaged, is_sealed, pack, unpack
from ddblite.engine.effort import EFFORT
from ddblite.engine.file.storage import Storage
from ddblite.engine.keys import encode
from ddblite.engine.rows import row_sql
from ddblite.schema.errors import ValidationException
from ddblite.schema.limits import PARTITION_KEY_BYTES_MAX, SORT_KEY_BYTES_MAX
from ddblite.schema.requests import Key
from ddblite.schema.tables import KeyPart, KeySchema, TableSpec
from ddblite.schema.value_faults import INVALID, encoded, explain_item
from ddblite.schema.values import NUMBER_TYPES, TAG_BY_TYPE, Item, Value

KEY_MISMATCH: Final = "The provided key element does not match the schema"

PYTHON_TYPES: Final = {"S": frozenset({str}), "N": NUMBER_TYPES, "B": frozenset({bytes})}


@dataclass(frozen=True, slots=True)
class Packed:
    """An item ready to be stored: its values, its DynamoDB size and its body."""

    item: Item
    size: int
    body: bytes


@dataclass(frozen=True, slots=True)
class Stored:
    """An item as it was found, also as the bytes it is kept in.

    ``item`` is None where nobody asked for it, ``body`` where only the size was asked for.
    """

    item: Item | None
    size: int
    body: bytes | None = None


def accept_item(item: Item) -> Packed:
    """Returns the item packed, or raises what is wrong with its values."""
    try:
        size, body = pack(item)
    except Refused:
        explain_item(item)
        raise
    return Packed(item, size, body)


def named_key(table: TableSpec, key: Key) -> Item:
    """Returns a key as attributes; values alone get the names of the table's key, in order."""
    if isinstance(key, dict):
        return key
    names = table.key_names
    if len(names) != len(key):
        raise ValidationException(
            f"The key of {table.name} is {' and '.join(names)}, and {len(key)} values were given"
        )
    return dict(zip(names, key, strict=True))


def accept_key(table: TableSpec, key: Item) -> bytes:
    """Returns the encoded key of a request's ``Key``, or raises what is wrong with it."""
    schema = table.key
    accepted = encode(schema, key)
    if accepted is not None and len(key) == (2 if schema.sort else 1):
        return accepted
    if len(key) != len(table.parts) or not has_key_shape(table, key):
        raise ValidationException(KEY_MISMATCH)
    explain_key_values(table, key)
    raise AssertionError("a refused key has a fault")  # pragma: no cover


def has_key_shape(table: TableSpec, attributes: Item) -> bool:
    """Whether every key attribute is there and of its type; a value may still be empty or long."""
    return all(
        part.name in attributes and type(attributes[part.name]) in PYTHON_TYPES[part.kind]
        for part in table.parts
    )


def accept_item_key(table: TableSpec, item: Item) -> bytes:
    """Returns the encoded key of a whole item, or raises what is wrong with it."""
    accepted = encode(table.key, item)
    if accepted is not None:
        return accepted
    for part in table.parts:
        if part.name not in item:
            raise ValidationException(f"{INVALID}Missing the key {part.name} in the item")
    for part in table.parts:
        if type(item[part.name]) not in PYTHON_TYPES[part.kind]:
            actual = TAG_BY_TYPE[type(item[part.name])]
            raise ValidationException(
                f"{INVALID}Type mismatch for key {part.name} expected: {part.kind} actual: {actual}"
            )
    explain_key_values(table, item)
    raise AssertionError("a refused item key has a fault")  # pragma: no cover


def explain_key_values(table: TableSpec, attributes: Item) -> None:
    """Raises when a key value of the right type is empty or too long."""
    for part in table.parts:
        value = attributes[part.name]
        if is_empty(value):
            raise ValidationException(
                "One or more parameter values are not valid. The AttributeValue for a key"
                f" attribute cannot contain an empty {empty_kind(value)} value. Key: {part.name}",
                never_a_reason=True,
            )
    for parts, bytes_max, text in key_bounds(table.key):
        check_key_bytes([attributes[part.name] for part in parts], bytes_max, text)


HASH_TOO_LONG: Final = INVALID + "Size of hashkey has exceeded the maximum size limit of2048 bytes"
RANGE_TOO_LONG: Final = (
    INVALID + "Aggregated size of all range keys has exceeded the size limit of 1024 bytes"
)


def key_bounds(key: KeySchema) -> Iterator[tuple[tuple[KeyPart, ...], int, str]]:
    """Yields the attributes of a key that are bounded together, the bound, and what is said."""
    yield key.partition, PARTITION_KEY_BYTES_MAX, HASH_TOO_LONG
    yield key.sort, SORT_KEY_BYTES_MAX, RANGE_TOO_LONG


def check_key_bytes(values: list[Value], bytes_max: int, text: str) -> None:
    """Raises when the strings and byte strings among key values are too long together."""
    sizes = [len(encoded(value)) for value in values if isinstance(value, str)]
    sizes += [len(value) for value in values if isinstance(value, bytes)]
    if sum(sizes) > bytes_max:
        raise ValidationException(text)


def is_empty(value: Value) -> bool:
    """Whether a value is the empty string or the empty byte string."""
    return isinstance(value, str | bytes) and not value


def empty_kind(value: Value) -> str:
    """Returns DynamoDB's word for the type of an empty key value."""
    return "string" if isinstance(value, str) else "binary"


def read_item(storage: Storage, table: TableSpec, key: bytes) -> Stored | None:
    """Returns the item with this key, or None when there is none."""
    row = storage.fetch(row_sql(storage.format_number, "items", table.number).select, (key,))
    if row is None:
        return None
    size, checksum, body = row
    effort = EFFORT.get()
    if effort is not None:
        effort.spend(len(body))
    return Stored(unpack(table.number, key, size, checksum, body), size, body)


def read_before(
    storage: Storage, table: TableSpec, key: bytes, *, asked_for: bool = False
) -> Stored | None:
    """Returns an item before it is written: its size alone where nothing needs more.

    Here alone that is decided: the entries of indexes are found by the old image, and when it would
    have expired stands in it; the change log keeps its bytes; and a condition, an update or an
    answer may have ``asked_for`` it.
    """
    if asked_for or table.needs_items:
        return read_item(storage, table, key)
    read = read_bytes if table.is_logged else read_size
    return read(storage, table, key)


def read_bytes(storage: Storage, table: TableSpec, key: bytes) -> Stored | None:
    """Returns the item with this key as it is kept, not decoded, or None when there is none."""
    row = storage.fetch(row_sql(storage.format_number, "items", table.number).select, (key,))
    if row is None:
        return None
    size, checksum, body = row
    if not is_sealed(table.number, key, size, checksum, body):
        raise damaged(table.number, key)
    return Stored(None, size, body)


def read_size(storage: Storage, table: TableSpec, key: bytes) -> Stored | None:
    """Returns the size alone of the item with this key, or None when there is none."""
    row = storage.fetch(row_sql(storage.format_number, "items", table.number).select_size, (key,))
    if row is None:
        return None
    if type(row[0]) is not int or not 0 <= row[0] < SIZE_LIMIT:
        raise damaged(table.number, key)
    return Stored(None, row[0])

"""The key that a Query or Scan resumes behind: whether it can be one of what is read.

No item with that key has to be there. Where it lies in the range that is read is looked at by
``pages``. Facts: docs/facts/validation.md, "Start keys".
"""

from functools import partial
from typing import Final

from ddblite.engine.indexes import check_index_type
from ddblite.engine.items import KEY_MISMATCH, PYTHON_TYPES, explain_key_values
from ddblite.engine.keys import encode
from ddblite.schema.errors import ValidationException
from ddblite.schema.tables import KeyPart, Source
from ddblite.schema.values import Item

INVALID_START: Final = "The provided starting key is invalid"
OLDER_SCAN_OF_TABLE: Final = f"{INVALID_START}: {KEY_MISMATCH}"


def query_start(source: Source, start_key: Item) -> bytes:
    """Returns the encoded row key of a Query's start key, or raises."""
    encoded = encoded_start(source, start_key)
    if encoded is None:
        parts = source.cursor_parts
        fits = {part.name for part in parts} == set(start_key)
        if fits and all(map(partial(has_type, start_key), parts)):
            explain_key_values(source.table, start_key)
        raise ValidationException(INVALID_START, older=older_misfit(source, start_key))
    return encoded


def older_misfit(source: Source, start_key: Item) -> str:
    """Returns what the older layer says to a Query whose start key does not fit."""
    if {part.name for part in source.cursor_parts} != set(start_key):
        return INVALID_START
    if all(map(partial(has_type, start_key), source.key.parts)):
        return f"{INVALID_START}: {KEY_MISMATCH}"
    return KEY_MISMATCH


def has_type(attributes: Item, part: KeyPart) -> bool:
    """Whether a key attribute has the type that the schema says."""
    return type(attributes[part.name]) in PYTHON_TYPES[part.kind]


def scan_start(source: Source, start_key: Item | None) -> bytes | None:
    """Returns the encoded row key of a Scan's start key, or raises; None for none."""
    if start_key is None:
        return None
    encoded = encoded_start(source, start_key)
    if encoded is None:
        older = OLDER_SCAN_OF_TABLE if source.index is None else INVALID_START
        check_defined_types(source, start_key, older)
        raise ValidationException(INVALID_START, older=older)
    return encoded


def check_defined_types(source: Source, start_key: Item, older: str) -> None:
    """Raises for a defined attribute of another type, on a table with indexes.

    What is told is the index that is read, and the table's first one when none is; the table's
    own keys are told as if they were keys of it.
    """
    index = source.index or next(iter(source.table.indexes.values()), None)
    if index is None:
        return
    defined = {part.name: part for one in source.table.indexes.values() for part in one.parts}
    defined |= {part.name: part for part in source.table.parts}
    for name, value in start_key.items():
        if name in defined:
            check_index_type(index, defined[name], value, older)


def encoded_start(source: Source, start_key: Item) -> bytes | None:
    """Returns the encoded row key of a start key, or None when it cannot be one."""
    if {part.name for part in source.cursor_parts} != set(start_key):
        return None
    own = encode(source.key, start_key)
    if own is None or source.index is None:
        return own
    table_key = encode(source.table.key, start_key)
    return None if table_key is None else own + table_key

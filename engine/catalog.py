"""The catalog: which tables and indexes there are, and how much is in them.

A ``Catalog`` is one immutable picture. Its epoch rises with every change, in the same
transaction, so that a picture can be checked: inside a write transaction, and within the
snapshot of a read. Counters (items and bytes per table and index) change in the same
transaction as the items; they are not part of the picture, but read when asked for.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Final
from zlib import crc32

from ddblite.engine.definitions.stored import LATEST_S, check_kept
from ddblite.engine.file import fileformat
from ddblite.engine.file.storage import Storage
from ddblite.schema.errors import Corrupt, ResourceNotFoundException
from ddblite.schema.tables import TableSpec, index_definitions, table_spec

SELECT_EPOCH: Final = "SELECT epoch, next_number FROM ddb_catalog"

SELECT_TABLES: Final = """
    SELECT number, table_id, created_at, definition, seal
      FROM ddb_tables
     ORDER BY name
"""

SELECT_INDEXES: Final = "SELECT table_number, name, number FROM ddb_indexes ORDER BY number"

ADVANCE: Final = "UPDATE ddb_catalog SET epoch = epoch + 1, next_number = next_number + ?"

INSERT_TABLE: Final = """
    INSERT INTO ddb_tables (
      number, name, table_id, created_at, definition, seal, item_count, item_bytes
    )
    VALUES (?, ?, ?, ?, ?, ?, 0, 0)
"""

INSERT_INDEX: Final = """
    INSERT INTO ddb_indexes (number, table_number, name, item_count, item_bytes)
    VALUES (?, ?, ?, 0, 0)
"""

UPDATE_TABLE: Final = "UPDATE ddb_tables SET definition = ?, seal = ? WHERE number = ?"
DELETE_INDEX: Final = "DELETE FROM ddb_indexes WHERE number = ?"
DELETE_TABLE: Final = "DELETE FROM ddb_tables WHERE number = ?"
DELETE_INDEXES: Final = "DELETE FROM ddb_indexes WHERE table_number = ?"

COUNT_TABLE: Final = """
    UPDATE ddb_tables SET item_count = item_count + ?, item_bytes = item_bytes + ? WHERE number = ?
"""
COUNT_INDEX: Final = """
    UPDATE ddb_indexes SET item_count = item_count + ?, item_bytes = item_bytes + ? WHERE number = ?
"""

SELECT_COUNTS: Final = """
    SELECT number, item_count, item_bytes FROM ddb_tables WHERE number = ?
     UNION ALL
    SELECT number, item_count, item_bytes FROM ddb_indexes WHERE table_number = ?
"""

SELECT_ROWS_COUNTED: Final = """
    SELECT (SELECT total(item_count) FROM ddb_tables) + (SELECT total(item_count) FROM ddb_indexes),
           0
"""


@dataclass(frozen=True, slots=True)
class Catalog:
    """One picture of the tables, in the byte order of their names."""

    epoch: int
    next_number: int
    tables: Mapping[str, TableSpec] = field(default_factory=dict)

    def table(self, name: str) -> TableSpec | None:
        """Returns the spec of a table, or None when there is none."""
        return self.tables.get(name)

    def existing_table(self, name: str) -> TableSpec:
        """Returns the spec of a table, or raises ResourceNotFoundException."""
        spec = self.tables.get(name)
        if spec is None:
            raise ResourceNotFoundException("Requested resource not found")
        return spec


@dataclass(frozen=True, slots=True)
class Count:
    """How many items (or index entries) there are, and the sum of their sizes in bytes."""

    items: int
    bytes: int


SELECT_NAMES: Final = "SELECT number, name FROM ddb_tables"

SELECT_ROW_TABLES: Final = "SELECT name FROM sqlite_schema WHERE type = 'table'"


def contradictions(
    storage: Storage, picture: Catalog, backups: Iterable[int] = ()
) -> Iterator[str]:
    """Gives a sentence for everything in which catalog and SQLite tables do not agree.

    ``backups`` are the numbers of those that have rows.
    """
    with storage.rows(SELECT_NAMES, ()) as rows:
        for number, name in rows:
            table = picture.tables.get(name)
            if table is None or table.number != number:
                yield f"the catalog has a table {name} whose definition is of another"
    expected = row_tables(picture) | {f"items_{number}": number for number in backups}
    with storage.rows(SELECT_ROW_TABLES, ()) as rows:
        found = {name for (name,) in rows if fileformat.ROW_TABLE.fullmatch(name)}
    for name in sorted(found - set(expected)):
        yield f"{name} belongs to no table"
    for name in sorted(set(expected) - found):
        yield f"{name} is not there"
    if any(number >= picture.next_number for number in expected.values()):
        yield "the catalog would give a number twice"


def row_tables(picture: Catalog) -> dict[str, int]:
    """Returns the names and numbers of all SQLite tables that items and entries are in."""
    numbers: dict[str, int] = {}
    for table in picture.tables.values():
        numbers[f"items_{table.number}"] = table.number
        numbers |= {f"index_{index.number}": index.number for index in table.indexes.values()}
    return numbers


def current_epoch(storage: Storage) -> int:
    """Returns the catalog's epoch as this thread sees it now."""
    epoch: int = storage.fetch(SELECT_EPOCH, ())[0]
    return epoch


UNREADABLE: Final = (
    ArithmeticError,
    AttributeError,
    IndexError,
    KeyError,
    RecursionError,
    TypeError,
    ValueError,
)
"""What reading a row or a definition that we did not write may raise."""


def load(storage: Storage) -> Catalog:
    """Reads the catalog, all of it as of one moment, or raises Corrupt when it is damaged."""
    try:
        return read_picture(storage)
    except UNREADABLE as fault:
        raise Corrupt(f"the catalog of {storage.path} is damaged: {fault!r}") from fault


def read_picture(storage: Storage) -> Catalog:
    """Reads the catalog in one snapshot."""
    with storage.snapshot():
        epoch, next_number = map(int, storage.fetch(SELECT_EPOCH, ()))
        if not (0 <= epoch < NUMBERS_END and 0 < next_number < NUMBERS_END):
            raise ValueError("its own numbers are out of range")
        numbers: dict[int, dict[str, int]] = {}
        with storage.rows(SELECT_INDEXES, ()) as rows:
            for table_number, name, number in rows:
                numbers.setdefault(table_number, {})[name] = number
        with storage.rows(SELECT_TABLES, ()) as rows:
            specs = [
                table_spec(
                    number,
                    numbers.get(number, {}),
                    opened(number, table_id, created_at, definition, checksum),
                    table_id=table_id,
                    created_at_s=created_at,
                )
                for number, table_id, created_at, definition, checksum in rows
            ]
    picture = Catalog(epoch, next_number, {spec.name: spec for spec in specs})
    if not all(0 < number < next_number for number in row_tables(picture).values()):
        raise ValueError("the number of a table is out of range")
    return picture


NUMBERS_END: Final = 2**53
"""Epochs and the numbers of tables stay far below."""


def checksum_of(number: int, table_id: str, created_at_s: float, definition: str) -> int:
    """Returns the checksum that is kept beside a definition."""
    return crc32(f"{number} {table_id} {float(created_at_s)!r} {definition}".encode())


def opened(
    number: int, table_id: str, created_at_s: float, definition: str, checksum: int
) -> Mapping[str, Any]:
    """Returns a definition as it was written, or raises ValueError when it is another."""
    if checksum != checksum_of(number, table_id, created_at_s, definition):
        raise ValueError(f"the definition of table number {number} is not what was written")
    if not 0 <= created_at_s <= LATEST_S:
        raise ValueError(f"the creation of table number {number} is out of time")
    confirm(definition)
    return parsed(definition)


def parsed(definition: str) -> Mapping[str, Any]:
    """Returns the members of a definition; none of it is null."""
    found: Mapping[str, Any] = json.loads(definition, object_pairs_hook=without_null)
    return found


def without_null(members: list[tuple[str, Any]]) -> dict[str, Any]:
    """Returns the members of an object, or raises ValueError when one of them is null."""
    if any(value is None for _, value in members):
        raise ValueError("a definition has no nulls")
    return dict(members)


@lru_cache(maxsize=1024)
def confirm(definition: str) -> None:
    """Raises what ``UNREADABLE`` names for a definition that was never a table's."""
    check_kept(parsed(definition))


def add_table(
    storage: Storage, before: Catalog, definition: Mapping[str, Any], table_id: str, now_s: float
) -> Catalog:
    """Makes a table and its indexes in the open write transaction; returns the new picture."""
    indexes = index_definitions(definition)
    number = before.next_number
    index_numbers = {
        index["IndexName"]: number + position for position, index in enumerate(indexes, start=1)
    }
    taken = 1 + len(indexes)
    text = json.dumps(definition, separators=(",", ":"))
    checksum = checksum_of(number, table_id, now_s, text)
    storage.execute(
        INSERT_TABLE, (number, definition["TableName"], table_id, now_s, text, checksum)
    )
    for statement in fileformat.create_rows("items", number):
        storage.execute(statement)
    for name, index_number in index_numbers.items():
        storage.execute(INSERT_INDEX, (index_number, number, name))
        for statement in fileformat.create_rows("index", index_number):
            storage.execute(statement)
    storage.execute(ADVANCE, (taken,))
    spec = table_spec(number, index_numbers, definition, table_id=table_id, created_at_s=now_s)
    tables = dict(sorted({**before.tables, spec.name: spec}.items()))
    return Catalog(before.epoch + 1, number + taken, tables)


def change_table(
    storage: Storage, before: Catalog, spec: TableSpec, definition: Mapping[str, Any]
) -> Catalog:
    """Gives a table another definition, with the indexes that it names; returns the new picture.

    A new index is empty: ``engine.indexes.fill`` brings it up. The table's own key never changes.
    """
    names = [index["IndexName"] for index in index_definitions(definition)]
    kept = {name: spec.indexes[name].number for name in names if name in spec.indexes}
    added = [name for name in names if name not in spec.indexes]
    numbers = {name: before.next_number + position for position, name in enumerate(added)}
    for name, index in spec.indexes.items():
        if name not in kept:
            storage.execute(DELETE_INDEX, (index.number,))
            for statement in fileformat.drop_rows("index", index.number):
                storage.execute(statement)
    for name, number in numbers.items():
        storage.execute(INSERT_INDEX, (number, spec.number, name))
        for statement in fileformat.create_rows("index", number):
            storage.execute(statement)
    text = json.dumps(definition, separators=(",", ":"))
    checksum = checksum_of(spec.number, spec.table_id, spec.created_at_s, text)
    storage.execute(UPDATE_TABLE, (text, checksum, spec.number))
    storage.execute(ADVANCE, (len(added),))
    changed = table_spec(
        spec.number,
        kept | numbers,
        definition,
        table_id=spec.table_id,
        created_at_s=spec.created_at_s,
    )
    tables = {**before.tables, spec.name: changed}
    return Catalog(before.epoch + 1, before.next_number + len(added), tables)


def remove_table(
    storage: Storage, before: Catalog, spec: TableSpec, *, keeps_items: bool = False
) -> Catalog:
    """Removes a table with all that is in it; returns the new picture.

    With ``keeps_items``, their rows stay: they are a backup's now.
    """
    storage.execute(DELETE_INDEXES, (spec.number,))
    storage.execute(DELETE_TABLE, (spec.number,))
    if not keeps_items:
        for statement in fileformat.drop_rows("items", spec.number):
            storage.execute(statement)
    for index in spec.indexes.values():
        for statement in fileformat.drop_rows("index", index.number):
            storage.execute(statement)
    storage.execute(ADVANCE, (0,))
    tables = {name: table for name, table in before.tables.items() if name != spec.name}
    return Catalog(before.epoch + 1, before.next_number, tables)


def take_number(storage: Storage, before: Catalog) -> Catalog:
    """Returns the new picture in which one more number is taken: the earlier ``next_number``."""
    storage.execute(ADVANCE, (1,))
    return Catalog(before.epoch + 1, before.next_number + 1, before.tables)


def counts(storage: Storage, spec: TableSpec) -> dict[int, Count]:
    """Returns the counters of a table and its indexes, by their numbers."""
    with storage.rows(SELECT_COUNTS, (spec.number, spec.number)) as rows:
        found = {number: Count(items, size) for number, items, size in rows}
    if any(type(one.items) is not int or type(one.bytes) is not int for one in found.values()):
        raise Corrupt(f"the counters of table {spec.name} are no numbers")
    return found


def rows_counted(storage: Storage) -> int:
    """Returns how many rows of items and entries there are by their counters, which may lie."""
    try:
        return int(storage.fetch(SELECT_ROWS_COUNTED, ())[0])
    except UNREADABLE as fault:
        raise Corrupt(f"the counters of {storage.path} are no numbers") from fault

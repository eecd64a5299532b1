"""Proof that a file is whole: pages, rows, indexes and counters.

Every row must decode under its own checksum and be stored under the key its item implies;
every index must hold exactly the entries that the items imply; every counter must be the
sum of what it counts. One snapshot, nothing is written.
"""

from collections.abc import Iterator
from itertools import islice

from ddblite.engine import catalog
from ddblite.engine.catalog import Count
from ddblite.engine.codec import Refused, pack, unpack
from ddblite.engine.indexes import entry_of
from ddblite.engine.items import encoded_key
from ddblite.engine.storage import Storage
from ddblite.schema import values
from ddblite.schema.errors import Corrupt
from ddblite.schema.tables import IndexSpec, TableSpec
from ddblite.schema.values import Item

PROBLEMS_MAX = 100


def problems(storage: Storage) -> list[str]:
    """Returns a sentence per problem, 100 at the most; nothing when the file is whole."""
    found: list[str] = []
    with storage.snapshot():
        try:
            found.extend(islice(every_problem(storage), PROBLEMS_MAX))
        except Corrupt as fault:
            found.append(fault.message)
    return found


def every_problem(storage: Storage) -> Iterator[str]:
    """Gives the problems of the whole file, pages first."""
    yield from storage.problems()
    picture = catalog.load(storage)
    yield from catalog.contradictions(storage, picture)
    for table in picture.tables.values():
        try:
            yield from problems_of_table(storage, table)
        except Corrupt as fault:
            yield f"table {table.name}: {fault}"


def problems_of_table(storage: Storage, table: TableSpec) -> Iterator[str]:
    """Gives the problems of one table and its indexes."""
    counts = catalog.counts(storage, table)
    items = 0
    size = 0
    implied: dict[str, int] = dict.fromkeys(table.indexes, 0)
    for key, item_bytes, item, problem in rows_of(storage, "items", table.number):
        items += 1
        size += item_bytes
        if problem:
            yield f"table {table.name}: {problem}"
        if item is None:
            continue
        if encoded_key(table, item) != key:
            yield f"table {table.name}: row {key.hex()} holds an item with another key"
        yield from size_problem(f"table {table.name}", key, item, item_bytes)
        for index in table.indexes.values():
            entry = entry_of(index, key, item)
            if entry is not None:
                implied[index.name] += 1
                yield from entry_problem(storage, table, index, entry.key, entry.image)
    yield from count_problem(f"table {table.name}", counts.get(table.number), items, size)
    for index in table.indexes.values():
        yield from problems_of_index(storage, table, index, implied[index.name], counts)


def problems_of_index(
    storage: Storage, table: TableSpec, index: IndexSpec, implied: int, counts: dict[int, Count]
) -> Iterator[str]:
    """Gives the problems of an index beyond what its table's items already showed."""
    where = f"table {table.name} index {index.name}"
    entries = 0
    size = 0
    for key, entry_bytes, image, problem in rows_of(storage, "index", index.number):
        entries += 1
        size += entry_bytes
        if problem:
            yield f"{where}: {problem}"
        if image is not None:
            yield from size_problem(where, key, image, entry_bytes)
    if entries != implied:
        yield f"{where}: {entries} entries, and its items imply {implied}"
    yield from count_problem(where, counts.get(index.number), entries, size)


def rows_of(
    storage: Storage, kind: str, number: int
) -> Iterator[tuple[bytes, int, Item | None, str]]:
    """Gives key, size and item of every row, None for a damaged one, and what is wrong with it.

    SQLite's own check of an index looks at the form of its pages, and not at the order in them.
    """
    statement = f"SELECT key, size, seal, body FROM {kind}_{int(number)} ORDER BY key"  # noqa: S608
    last = b""
    with storage.rows(statement, ()) as rows:
        for key, size, seal, body in rows:
            try:
                item = unpack(number, key, size, seal, body)
            except Corrupt as fault:
                yield key, size if type(size) is int else 0, None, fault.message
                continue
            problem = "" if last < key else f"row {key.hex()} is not in its place among the keys"
            last = key
            yield key, size, item, problem


def size_problem(where: str, key: bytes, item: Item, size: int) -> Iterator[str]:
    """Gives a sentence when an item's size is not the one beside it."""
    try:
        packed_size, _ = pack(item)
    except Refused:
        yield f"{where}: row {key.hex()} holds an item that cannot be stored"
        return
    if packed_size != size:
        yield f"{where}: row {key.hex()} says {size} bytes and has {packed_size}"


def entry_problem(
    storage: Storage, table: TableSpec, index: IndexSpec, key: bytes, image: Item
) -> Iterator[str]:
    """Gives a sentence when an index lacks an entry, or carries something else in it."""
    where = f"table {table.name} index {index.name}"
    statement = f"SELECT size, seal, body FROM index_{int(index.number)} WHERE key = ?"  # noqa: S608
    row = storage.fetch(statement, (key,))
    if row is None:
        yield f"{where}: entry {key.hex()} is missing"
        return
    try:
        stored = unpack(index.number, key, *row)
    except Corrupt:
        return  # reported with the index's own rows
    if not values.equal(stored, image):
        yield f"{where}: entry {key.hex()} is not what its item implies"


def count_problem(where: str, counted: Count | None, items: int, size: int) -> Iterator[str]:
    """Gives a sentence when a counter is not the sum of what it counts."""
    if counted is None:
        yield f"{where}: its counters are missing"
    elif (counted.items, counted.bytes) != (items, size):
        yield (
            f"{where}: counted {counted.items} items of {counted.bytes} bytes,"
            f" and there are {items} of {size}"
        )

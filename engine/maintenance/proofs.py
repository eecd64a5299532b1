"""What can be proven of a single row, and of an item and its entry in an index.

``engine.maintenance.check`` proves a file at one moment and asks these only about what is in doubt;
``engine.maintenance.scrub`` goes through the rows one by one.
"""

from collections.abc import Iterator

from ddblite.engine.catalog import Count
from ddblite.engine.codec import Refused, pack, unpack
from ddblite.engine.file import fileformat
from ddblite.engine.file.storage import Storage
from ddblite.engine.indexes import Entry, entry_of
from ddblite.engine.keys import encode
from ddblite.engine.rows import row_sql
from ddblite.schema import values
from ddblite.schema.errors import Corrupt
from ddblite.schema.limits import ATTRIBUTE_NAME_BYTES_MAX
from ddblite.schema.sizes import item_size
from ddblite.schema.tables import IndexSpec, TableSpec
from ddblite.schema.values import Item


def is_proven(table: TableSpec, key: bytes, item: Item, size: int) -> bool:
    """Whether an item that could be read is the one of its row; where not, it may still be."""
    # Packing is how an item gets its size and may be refused. What was read is refused for the
    # length of a name alone.
    return (
        size <= ATTRIBUTE_NAME_BYTES_MAX
        and item_size(item) == size
        and encode(table.key, item) == key
    )


def item_problem(table: TableSpec, key: bytes, item: Item, size: int) -> Iterator[str]:
    """Gives what is wrong with a row whose item could be read."""
    if encode(table.key, item) != key:
        yield f"table {table.name}: row {key.hex()} holds an item with another key"
    yield from size_problem(f"table {table.name}", key, item, size)


def size_problem(where: str, key: bytes, item: Item, size: int) -> Iterator[str]:
    """Gives a sentence when an item's size is not the one beside it."""
    try:
        packed_size, _ = pack(item)
    except Refused:
        yield f"{where}: row {key.hex()} holds an item that cannot be stored"
        return
    if packed_size != size:
        yield f"{where}: row {key.hex()} says {size} bytes and has {packed_size}"


def index_name(table: TableSpec, index: IndexSpec) -> str:
    """Returns how sentences begin that are about an index."""
    return f"table {table.name} index {index.name}"


def entry_problem(
    storage: Storage, table: TableSpec, index: IndexSpec, entry: Entry
) -> Iterator[str]:
    """Gives a sentence when an index lacks an entry, or carries something else in it."""
    where = index_name(table, index)
    row = storage.fetch(row_sql(storage.format_number, "index", index.number).select, (entry.key,))
    if row is None:
        yield f"{where}: entry {entry.key.hex()} is missing"
        return
    try:
        stored = unpack(index.number, entry.key, *row)
    except Corrupt:
        return  # reported with the index's own rows
    if not values.equal(stored, entry.image):
        yield f"{where}: entry {entry.key.hex()} is not what its item implies"


def stray_problem(
    storage: Storage, table: TableSpec, index: IndexSpec, key: bytes, image: Item
) -> Iterator[str]:
    """Gives a sentence when no item implies an entry that is in an index."""
    item_key = encode(table.key, image)
    row = None
    if item_key is not None:
        row = storage.fetch(
            row_sql(storage.format_number, "items", table.number).select, (item_key,)
        )
    if item_key is not None and row is not None:
        try:
            entry = entry_of(index, item_key, unpack(table.number, item_key, *row))
        except Corrupt:
            return  # reported with the items
        if entry is not None and entry.key == key:
            return
    yield f"{index_name(table, index)}: entry {key.hex()} is of no item"


def bodies_problem(storage: Storage, where: str, kind: str, number: int) -> Iterator[str]:
    """Gives a sentence when there are other large bodies than rows that have one."""
    if fileformat.FORMATS[storage.format_number].bodies is not None:
        rows, bodies = storage.fetch(fileformat.count_bodies(kind, number), ())
        if rows != bodies:
            yield f"{where}: {bodies} large bodies, and {rows} rows that have one"


def count_problem(where: str, counted: Count | None, items: int, size: int) -> Iterator[str]:
    """Gives a sentence when a counter is not the sum of what it counts."""
    if counted is None:
        yield f"{where}: its counters are missing"
    elif (counted.items, counted.bytes) != (items, size):
        yield (
            f"{where}: counted {counted.items} items of {counted.bytes} bytes,"
            f" and there are {items} of {size}"
        )

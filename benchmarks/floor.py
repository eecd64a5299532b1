"""The storage floor: what the same work costs with nothing above SQLite.

The same file, settings, statements, transactions, rows, codec and checksum as the engine,
and nothing else: no requests, conditions, limits, counters, capacity, pages or catalog. No
database with this file format can be quicker in Python, so the benchmarks are ratios to it.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from ddblite.engine.codec import checksum_of, pack, unpack
from ddblite.engine.file import fileformat
from ddblite.engine.file.connections import Address, open_connection, write_ahead
from ddblite.engine.keys import encode_number, encode_string, hash_of, successor
from ddblite.engine.rows import row_sql
from ddblite.schema.values import Item

NUMBER: Final = 1
"""Of the one table, which is ``items_1``."""

UPSERT: Final = f"""
    INSERT INTO items_{NUMBER} (key, size, seal, body) VALUES (?, ?, ?, ?)
        ON CONFLICT (key) DO UPDATE
       SET size = excluded.size, seal = excluded.seal, body = excluded.body
"""
LAST: Final = b"\xff" * 12
"""Behind every key."""

Row = tuple[bytes, int, int, bytes]


class Floor:
    """One table with the key ``shelf`` (a string) and ``place`` (a number)."""

    def __init__(self, path: Path, *, durability: str) -> None:
        address = Address(str(path), "create", durability)
        self.writer = open_connection(address)
        self.writer.reserve_bytes("main", fileformat.RESERVED_BYTES)
        self.writer.execute(f"PRAGMA page_size = {fileformat.PAGE_BYTES}")
        write_ahead(self.writer, address)
        for statement in fileformat.create_rows("items", NUMBER):
            self.writer.execute(statement)
        self.reader = open_connection(address)
        self.sql = row_sql(fileformat.FORMAT_NUMBER, "items", NUMBER)

    def put(self, item: Item) -> None:
        """Writes one item, in a transaction of its own."""
        row = row_of(item)
        self.writer.execute("BEGIN IMMEDIATE")
        self.writer.execute(UPSERT, row)
        self.writer.execute("COMMIT")

    def load(self, items: Iterable[Item]) -> None:
        """Writes many items in one transaction."""
        self.writer.execute("BEGIN IMMEDIATE")
        self.writer.executemany(UPSERT, map(row_of, items))
        self.writer.execute("COMMIT")

    def get(self, shelf: str, place: int) -> Item | None:
        """Returns one item, or None when there is none."""
        key = key_of(shelf, place)
        row = self.reader.execute(self.sql.select, (key,)).get
        if row is None:
            return None
        size, checksum, body = row
        return unpack(NUMBER, key, size, checksum, body)

    def query(self, shelf: str) -> list[Item]:
        """Returns the items of one shelf, in the order of their places."""
        component = encode_string(shelf)
        prefix = hash_of(component) + component
        return list(self.items_between(prefix, successor(prefix)))

    def scan(self) -> list[Item]:
        """Returns all items."""
        return list(self.items_between(b"", LAST))

    def items_between(self, first: bytes, behind: bytes) -> Iterator[Item]:
        """Yields the items of a range of keys."""
        for key, size, checksum, body in self.reader.execute(
            self.sql.range_up, (first, behind, -1)
        ):
            yield unpack(NUMBER, key, size, checksum, body)

    def close(self) -> None:
        """Closes the file."""
        self.reader.close()
        self.writer.close()


def key_of(shelf: str, place: int) -> bytes:
    """Returns the key of a row."""
    component = encode_string(shelf)
    return hash_of(component) + component + encode_number(place)


def row_of(item: Item) -> Row:
    """Returns an item as it is stored."""
    shelf, place = item["shelf"], item["place"]
    assert isinstance(shelf, str), "a shelf is a string"
    assert isinstance(place, int), "a place is a number"
    key = key_of(shelf, place)
    size, body = pack(item)
    return key, size, checksum_of(NUMBER, key, size, body), body

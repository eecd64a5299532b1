"""When items expire: an index of the file, so that a sweep reads only what is due.

A table with time to live names an attribute. An item expires when that is a number at the top level
of the item, and is less than the seconds since 1970; one of more than five years ago was never
meant so, and stays. ``ddb_expiry`` has a row for each such item, with the number rounded down,
kept by the write that changes the item. What is due is looked at again before it is removed.
Facts: docs/facts/streams-and-expiry.md, "Time to live".
"""

from collections.abc import Iterable, Iterator
from decimal import Decimal
from math import floor
from typing import Final

from msgspec import Struct

from ddblite.engine.file.storage import Storage
from ddblite.engine.history.entries import has_log
from ddblite.schema.errors import Corrupt
from ddblite.schema.tables import TableSpec
from ddblite.schema.values import NUMBER_TYPES, Item

FORGOTTEN_S: Final = 5 * 365 * 24 * 3600
"""Five years: what should have expired earlier is taken for a mistake."""

MOMENTS_END: Final = 2**53
"""Of what is larger nobody will see the end."""

INSERT: Final = "INSERT OR IGNORE INTO ddb_expiry VALUES (?, ?, ?)"
DELETE: Final = """
    DELETE FROM ddb_expiry WHERE expires_at = ? AND table_number = ? AND key = ?
"""
DELETE_TABLE: Final = "DELETE FROM ddb_expiry WHERE table_number = ?"
SELECT_DUE: Final = """
    SELECT expires_at, table_number, key FROM ddb_expiry
     WHERE expires_at >= ? AND expires_at < ?
     ORDER BY expires_at LIMIT ?
"""
SELECT_TABLE: Final = "SELECT expires_at, key FROM ddb_expiry WHERE table_number = ?"


class Due(Struct, frozen=True):
    """An item that should have expired, unless it has changed since."""

    expires_at_s: int
    table_number: int
    key: bytes


def moment_of(item: Item | None, attribute: str) -> int | None:
    """Returns when an item expires, rounded down, or None when it does not."""
    value = None if item is None else item.get(attribute)
    if type(value) not in NUMBER_TYPES:
        return None
    assert isinstance(value, int | Decimal)
    return floor(value) if 0 <= value < MOMENTS_END else None


def is_expired(item: Item, attribute: str, now_s: float) -> bool:
    """Whether an item's time is over, and not so long that it was a mistake."""
    value = item.get(attribute)
    if type(value) not in NUMBER_TYPES:
        return False
    assert isinstance(value, int | Decimal)
    return now_s - FORGOTTEN_S < value < now_s


def note(
    storage: Storage, table: TableSpec, key: bytes, before: Item | None, after: Item | None
) -> None:
    """Keeps the row of an item that changes, in the open write transaction."""
    attribute = table.expiry_attribute
    assert attribute is not None, "only a table with time to live has rows"
    old, new = moment_of(before, attribute), moment_of(after, attribute)
    if old == new:
        return
    if old is not None:
        storage.execute(DELETE, (old, table.number, key))
    if new is not None:
        storage.execute(INSERT, (new, table.number, key))


def fill(storage: Storage, table: TableSpec, items: Iterable[tuple[bytes, Item]]) -> None:
    """Gives a table that has been given time to live its rows."""
    for key, item in items:
        note(storage, table, key, None, item)


def clear(storage: Storage, table_number: int) -> None:
    """Removes the rows of a table."""
    storage.execute(DELETE_TABLE, (table_number,))


def due(storage: Storage, now_s: float, limit: int) -> list[Due]:
    """Returns some of what should have expired, the oldest first."""
    if not has_log(storage):
        return []
    first = floor(now_s - FORGOTTEN_S)
    with storage.rows(SELECT_DUE, (first, floor(now_s) + 1, limit)) as rows:
        found = [Due(*row) for row in rows]
    if not all(type(one.key) is bytes and type(one.table_number) is int for one in found):
        raise Corrupt("the index of what expires is damaged; run check")
    return found


class Rows:
    """Rows of a table, in whatever order they were seen: how many, and a sum over them."""

    def __init__(self) -> None:
        self.count = 0
        self.sum = 0

    def add(self, moment: int | None, key: bytes) -> None:
        """Adds the row of an item that expires."""
        if moment is not None:
            self.count += 1
            self.sum += hash((moment, key))


def problems(storage: Storage, table: TableSpec, implied: Rows) -> Iterator[str]:
    """Gives a sentence when a table's rows are not those that its items imply."""
    found = Rows()
    with storage.rows(SELECT_TABLE, (table.number,)) as rows:
        for moment, key in rows:
            found.add(moment, key)
    if (found.count, found.sum) != (implied.count, implied.sum):
        yield (
            f"table {table.name}: {implied.count} of its items expire, and the index of what"
            f" expires has {found.count} rows or others"
        )

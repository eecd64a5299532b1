"""Many items for one table: they come in any order, and are written in the order of their keys.

A write to a place of its own in a tree much larger than the cache costs a page read and a page
written. In order, a page is written once for all that belongs on it. So nothing is written until
everything has come; then the rows go down in transactions of their own, and of several items with
one key only the last.
"""

import time
from collections.abc import Iterator
from types import TracebackType
from typing import Final, Self

from ddblite.engine.engine import Engine
from ddblite.engine.filling import in_filling_order
from ddblite.engine.sorting import Row, in_groups, sorter_for
from ddblite.schema.requests import AcceptItems, LoadRows
from ddblite.schema.values import Item

GROUP_ITEMS_MAX: Final = 1000
GROUP_BYTES_MAX: Final = 16 * 1024 * 1024
"""Of bodies: what is written in one transaction."""

INDEXED_GROUP_ITEMS_MAX: Final = 10_000
"""Where there is an index: only within a transaction can its entries be put in order."""

WRITING_S_MAX: Final = 1.0
PAUSE_S: Final = 0.11
"""SQLite has no queue of processes: one that waits to write looks again ten times a second, and
between two groups finds the file free only by chance. So there is a pause that it cannot miss.
"""


class BulkWriter:
    """Collects items and writes them all; for a ``with``, whose end forgets what is not written."""

    def __init__(self, engine: Engine, table_name: str) -> None:
        self.engine = engine
        self.table_name = table_name
        self.number = engine.table(table_name).number
        self.sorter = sorter_for(engine.storage)
        self.writing_s = 0.0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.sorter.close()

    @property
    def count(self) -> int:
        """How many items were taken."""
        return self.sorter.count

    def add(self, items: list[Item]) -> None:
        """Takes items, or raises what is wrong with one of them and takes none."""
        request = AcceptItems(table_name=self.table_name, number=self.number, items=items)
        for key, size, body in self.engine.execute(request, "PutItem"):
            self.sorter.add(key, size, body)

    def write(self) -> Iterator[int]:
        """Writes what was taken, and says after every transaction how many items it had."""
        for group in self.groups():
            self.write_group(group)
            yield len(group)

    def write_group(self, group: list[Row]) -> None:
        """Writes one of the groups, in one transaction, after other processes had their turn."""
        if self.writing_s >= WRITING_S_MAX and not self.engine.storage.in_memory:
            time.sleep(PAUSE_S)
            self.writing_s = 0.0
        request = LoadRows(table_name=self.table_name, number=self.number, rows=group)
        began_s = time.monotonic()
        self.engine.execute(request)
        self.writing_s += time.monotonic() - began_s

    def groups(self) -> Iterator[list[Row]]:
        """Gives the rows in order, in groups that are written together."""
        has_index = bool(self.engine.table(self.table_name).indexes)
        items_max = INDEXED_GROUP_ITEMS_MAX if has_index else GROUP_ITEMS_MAX
        yield from in_groups(in_filling_order(self.sorter.in_order()), items_max, GROUP_BYTES_MAX)

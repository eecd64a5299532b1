"""Copying what a statement is about into a scratch database, as of one moment."""

from collections.abc import Iterable, Iterator
from typing import Final

from msgspec import structs

from ddblite.api.sql.pushdown import Access
from ddblite.api.sql.result import Loaded
from ddblite.api.sql.sources import Wanted, folded
from ddblite.api.sql.values import Converter, LongNumberError, SqlValue
from ddblite.engine.capacity import added, read_consumed
from ddblite.engine.file.scratch import COLUMNS_MAX, Scratch
from ddblite.engine.snapshot_reads import SnapshotReads
from ddblite.schema import requests
from ddblite.schema.errors import ValidationException
from ddblite.schema.requests import Consumed, PageAnswer
from ddblite.schema.values import Item

UNNAMED: Final = "ddblite_row"
"""The column of a table of which nothing but the number of its rows is wanted."""


def answers(snapshot: SnapshotReads, access: Access) -> Iterator[PageAnswer]:
    """Gives the pages of a read, one after another."""
    source = access.source
    index = None if source.index is None else source.index.name
    if access.key_reads is None:
        asked: list[requests.Scan | requests.Query] = [requests.Scan(table_name=source.table.name)]
    else:
        asked = [
            requests.Query(
                table_name=source.table.name,
                index_name=index,
                key_condition=key_read.key_condition,
                values={
                    name: access.values[name]
                    for name in (
                        key_read.key_read.partition,
                        *(key_read.key_read.sort.names if key_read.key_read.sort else ()),
                    )
                },
            )
            for key_read in access.key_reads
        ]
    for request in asked:
        start: Item | None = None
        while True:
            page: PageAnswer = snapshot.execute(structs.replace(request, start_key=start))
            yield page
            start = page.last_key
            if start is None:
                break


class Copy:
    """One table on its way: its columns so far, and where each attribute goes.

    The first ``made`` of the columns are in the scratch database.
    """

    def __init__(self, scratch: Scratch, wanted: Wanted, keys: tuple[str, ...]) -> None:
        self.scratch = scratch
        self.wanted = wanted
        self.names = {folded(name) for name in wanted.names}
        self.columns: list[str] = []
        self.made = 0
        self.places: dict[str, int | None] = {}
        self.by_folded: dict[str, str] = {}
        for name in keys:
            self.place(name)

    @property
    def table(self) -> str:
        """The table's name, in both databases."""
        return self.wanted.table

    def place(self, name: str) -> None:
        """Gives an attribute that comes up for the first time its column, if it is wanted."""
        self.places[name] = None
        if not self.wanted.everything and folded(name) not in self.names:
            return
        other = self.by_folded.setdefault(folded(name), name)
        if other != name:
            raise ValidationException(
                f"Items of {self.table} have both {other} and {name}, which SQL does not tell apart"
            )
        if len(self.columns) >= COLUMNS_MAX:
            raise ValidationException(
                f"Items of {self.table} have more than {COLUMNS_MAX:,} attributes; name those"
                " that you need instead of *"
            )
        self.places[name] = len(self.columns)
        self.columns.append(name)

    def make(self) -> None:
        """Makes the columns that the scratch database does not have yet; at first, the table."""
        if not self.columns:
            self.columns.append(UNNAMED)
        if not self.made:
            self.scratch.create(self.table, self.columns)
        else:
            for place in range(self.made, len(self.columns)):
                self.scratch.add_column(self.table, self.columns[:place], self.columns[place])
        self.made = len(self.columns)

    def take(self, items: list[Item], converter: Converter) -> None:
        """Copies a page of items."""
        for name in dict.fromkeys(name for item in items for name in item):
            if name not in self.places:
                self.place(name)
        self.make()
        self.scratch.insert(
            self.table, len(self.columns), (self.row(item, converter) for item in items)
        )

    def row(self, item: Item, converter: Converter) -> list[SqlValue]:
        """Returns an item's values, in the order of the columns."""
        row: list[SqlValue] = [None] * len(self.columns)
        places = self.places
        name = ""
        try:
            for name, one in item.items():
                place = places[name]
                if place is not None:
                    # Converting is most of the work, and strings need none.
                    row[place] = one if type(one) is str else converter.value(one)
        except LongNumberError as fault:
            raise ValidationException(
                f"{self.table} has {fault} in {name}, and SQL computes with 15 digits;"
                " long_numbers='text' (in the shell .sql -text) takes longer numbers as text"
            ) from fault
        return row

    def fill(self, names: Iterable[str]) -> tuple[str, ...]:
        """Adds the columns that no item had, and returns them."""
        missing = [name for name in names if folded(name) not in self.by_folded]
        missing = list({folded(name): name for name in missing}.values())
        self.by_folded.update({folded(name): name for name in missing})
        self.columns += missing
        self.make()
        return tuple(missing)


def load(
    snapshot: SnapshotReads, scratch: Scratch, wanted: Wanted, access: Access, converter: Converter
) -> tuple[Copy, Loaded]:
    """Copies one table; names that no item of any table has are filled in later."""
    source = access.source
    before = scratch.bytes_used()
    copy = Copy(scratch, wanted, source.table.key_names)
    items = 0
    consumed: Consumed | None = None
    for page in answers(snapshot, access):
        copy.take(page.items, converter)
        items += len(page.items)
        consumed = page.consumed if consumed is None else added(consumed, page.consumed)
    if consumed is None:  # every range of the statement is empty, and nothing was read
        consumed = read_consumed(source.table, source.index, 0)
    absent = copy.fill(wanted.own)
    loaded = Loaded(
        table=wanted.table,
        access="Scan" if access.key_reads is None else "Query",
        index=None if source.index is None else source.index.name,
        keys=access.keys,
        items=items,
        columns=tuple(name for name in copy.columns if name != UNNAMED),
        absent=absent,
        bytes=scratch.bytes_used() - before,
        consumed=consumed,
    )
    return copy, loaded

"""The names in a file, for completion: tables, indexes, attributes.

Attribute names come from keys, which the catalog knows, and from a first page of the table's
items, which is read once until ``forget``. Names with characters that have no visible form
are left out: nobody can tell them apart in a menu.
"""

from collections.abc import Iterable
from typing import Final

from ddblite.api.python.database import Database
from ddblite.api.python.table import Table
from ddblite.schema.tables import TableSpec
from ddblite.schema.values import Item, Value
from ddblite.workbench.pages import columns_of
from ddblite.workbench.safe_text import escaped

SAMPLED_ITEMS_MAX: Final = 50
"""Together at most a page of 1 MB, which is read in a few milliseconds."""


class Names:
    """What can be named in a statement. Used by one thread."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.sampled: dict[int, list[Item]] = {}

    def forget(self) -> None:
        """Lets samples be taken anew; a statement may have written other attributes."""
        self.sampled.clear()

    def tables(self) -> list[str]:
        """Returns the names of all tables."""
        return visible(self.database.tables())

    def meant(self, table: str | None) -> str | None:
        """Returns the table that is named or, before there is a name, the only one of the file."""
        tables = self.database.engine.catalog.tables
        return next(iter(tables)) if table is None and len(tables) == 1 else table

    def indexes(self, table: str) -> list[str]:
        """Returns the names of a table's indexes; none when there is no such table."""
        spec = self.spec(table)
        return [] if spec is None else visible(spec.indexes)

    def attributes(self, table: str | None) -> list[str]:
        """Returns a table's attribute names, keys first; without a table, the keys of all."""
        if table is None:
            specs = self.database.engine.catalog.tables.values()
            return visible(name for spec in specs for name in spec.key_names)
        spec = self.spec(table)
        if spec is None:
            return []
        indexed = (part.name for index in spec.indexes.values() for part in index.parts)
        sampled = sorted(columns_of(self.sample(spec)))
        return visible([*spec.key_names, *indexed, *sampled])

    def spec(self, table: str) -> TableSpec | None:
        """Returns what the catalog knows of a table, or None."""
        return self.database.engine.catalog.table(table)

    def members(self, table: str, path: tuple[str | int, ...]) -> list[str]:
        """Returns the names in the maps that a table's first items have at a path."""
        spec = self.spec(table)
        found: list[Value] = [] if spec is None else [*self.sample(spec)]
        for step in path:
            found = [one[step] for one in found if has(one, step)]  # type: ignore[index]
        return visible(sorted({name for one in found if isinstance(one, dict) for name in one}))

    def sample(self, spec: TableSpec) -> list[Item]:
        """Returns a table's first items."""
        if spec.number not in self.sampled:
            first = Table(self.database.engine, spec.name).scan(limit=SAMPLED_ITEMS_MAX)
            self.sampled[spec.number] = first.read_page()
        return self.sampled[spec.number]


def has(whole: Value, step: str | int) -> bool:
    """Whether a map has a name, or a list has a place."""
    if isinstance(step, int):
        return isinstance(whole, list) and step < len(whole)
    return isinstance(whole, dict) and step in whole


def visible(names: Iterable[str]) -> list[str]:
    """Returns the names that can be shown as they are, each once."""
    return [name for name in dict.fromkeys(names) if escaped(name) == name]

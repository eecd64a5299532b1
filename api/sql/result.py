"""``SqlResult``: the rows of a statement, and what was read for them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from ddblite.schema.amounts import counted
from ddblite.schema.requests import Consumed


@dataclass(frozen=True, slots=True)
class Loaded:
    """What was read of one table. ``access`` is ``"Scan"`` or ``"Query"``.

    ``keys`` are the key attributes that a Query was narrowed by. ``columns`` are the attributes
    that were copied and ``absent`` those of them that no item had; ``bytes`` is the memory that
    the copy takes.
    """

    table: str
    access: str
    index: str | None
    keys: tuple[str, ...]
    items: int
    columns: tuple[str, ...]
    absent: tuple[str, ...]
    bytes: int
    consumed: Consumed

    def __str__(self) -> str:
        read = access_text(self.access, self.table, self.index, self.keys)
        took = (
            counted(self.items, "item"),
            counted(len(self.columns), "column"),
            counted(self.bytes, "byte"),
            counted(self.consumed.total, "read unit"),
        )
        return f"{read}: {', '.join(took)}"


class SqlResult:
    """All rows, as dicts: iterate, as often as you like, or call ``all()`` or ``first()``.

    ``columns`` are their names, ``loaded`` says what was read of each table, and ``notes`` are
    sentences about what may be a mistake in the statement.
    """

    def __init__(
        self,
        columns: Sequence[str],
        rows: list[dict[str, Any]],
        loaded: Sequence[Loaded],
        notes: Sequence[str] = (),
    ) -> None:
        self.columns = tuple(columns)
        self.rows = rows
        self.loaded = tuple(loaded)
        self.notes = tuple(notes)

    def __iter__(self) -> Iterator[dict[str, Any]]:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)

    def all(self) -> list[dict[str, Any]]:
        """Returns all rows."""
        return list(self.rows)

    def first(self) -> dict[str, Any] | None:
        """Returns the first row, or None when there is none."""
        return self.rows[0] if self.rows else None

    def __repr__(self) -> str:
        return f"<SqlResult of {len(self.rows)} rows: {', '.join(self.columns)}>"


@dataclass(frozen=True, slots=True)
class TablePlan:
    """What would be read of one table.

    ``columns`` is None for all attributes. ``items`` and ``bytes`` are those of the whole table or
    index, as far as its counters know: what a Scan reads, and the most that a Query may.
    """

    table: str
    access: str
    index: str | None
    keys: tuple[str, ...]
    columns: tuple[str, ...] | None
    items: int
    bytes: int
    read_units: float

    def __str__(self) -> str:
        columns = "all attributes" if self.columns is None else ", ".join(self.columns)
        read = access_text(self.access, self.table, self.index, self.keys)
        most = "about" if self.access == "Scan" else "at most"
        takes = (
            counted(self.items, "item"),
            counted(self.bytes, "byte"),
            counted(self.read_units, "read unit"),
        )
        return f"{read}: {most} {', '.join(takes)}; takes {columns or 'nothing but their number'}"


@dataclass(frozen=True, slots=True)
class SqlPlan:
    """What ``Database.sql`` would do: the reads of DynamoDB's tables, then SQLite's own steps."""

    tables: tuple[TablePlan, ...]
    steps: tuple[str, ...]

    def __str__(self) -> str:
        return "\n".join([*map(str, self.tables), "SQLite", *(f"  {one}" for one in self.steps)])


def access_text(access: str, table: str, index: str | None, keys: Sequence[str]) -> str:
    """Returns what is read, in words: ``Query orders.by_date by date``."""
    source = table if index is None else f"{table}.{index}"
    return f"{access} {source} by {' and '.join(keys)}" if keys else f"{access} {source}"

"""Scrubbing: check's work in small steps, beside whoever uses the file.

A step reads so few rows, in a snapshot of its own, that the log is not pinned and nobody waits.
Rows are proven one by one: each item under its own key, with its entry in every index, and each
entry with its item. What is one moment's sum, a counter, is proven where nobody has written since
the first of its rows was read; so in a table that is never at rest it is left to ``check``. So
are the form of SQLite's trees and its list of free pages, which only a whole pass can prove.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Final

from ddblite.engine import catalog, idempotency
from ddblite.engine.catalog import Catalog
from ddblite.engine.codec import unpack
from ddblite.engine.file import log_frames
from ddblite.engine.file.storage import Storage
from ddblite.engine.history import backups, entries, streams
from ddblite.engine.indexes import entry_of
from ddblite.engine.keys import KEYS_END
from ddblite.engine.maintenance.check import (
    PROBLEMS_MAX,
    Progress,
    counted_size,
    misplaced,
    page_steps,
    unheard,
)
from ddblite.engine.maintenance.proofs import (
    count_problem,
    entry_problem,
    index_name,
    is_proven,
    item_problem,
    size_problem,
    stray_problem,
)
from ddblite.engine.rows import row_sql
from ddblite.schema.errors import Corrupt, DdbError
from ddblite.schema.tables import IndexSpec, TableSpec
from ddblite.schema.values import Item

STEP_ROWS: Final = 100
STEP_BYTES: Final = 256 * 1024
"""What a step reads at most, beyond its last row: a few milliseconds' work."""

SHARE: Final = 0.25
"""The part of the time that a scrub takes, unless it is told otherwise."""

Wait = Callable[[float], object]
"""Waits for some seconds."""


@dataclass(slots=True)
class Step:
    """How many rows a step has proven, and what was wrong with them."""

    rows: int = 0
    problems: list[str] = field(default_factory=list)


def scrub(
    storage: Storage,
    progress: Progress = unheard,
    *,
    share: float = SHARE,
    wait: Wait = time.sleep,
) -> list[str]:
    """Goes through the whole file and returns a sentence per problem, 100 at the most.

    It works for a ``share`` of the time, and waits for the rest; it ends with what ``wait`` raises.
    """
    if not 0 < share <= 1:
        raise DdbError("share is a part of the time, more than 0 and at most 1")
    found: list[str] = []
    begun_s = time.monotonic()
    for step in steps(storage):
        found += step.problems
        progress(step.rows)
        if len(found) >= PROBLEMS_MAX:
            break
        wait((time.monotonic() - begun_s) * (1 / share - 1))
        begun_s = time.monotonic()
    return found[:PROBLEMS_MAX]


def steps(storage: Storage) -> Iterator[Step]:
    """Gives the steps of one pass; between two of them nothing is held."""
    for problems in log_frames.steps(storage):
        yield Step(problems=problems)
    for problems in page_steps(storage):
        yield Step(problems=problems)
    tables = Tables(storage)
    yield tables.whole_catalog()
    if entries.has_log(storage):
        for sentences in entries.problem_steps(storage):
            yield Step(problems=sentences)
    for number in tables.numbers():
        yield from walk(storage, tables, number)


@dataclass(slots=True)
class Tables:
    """The catalog as it is at each step."""

    storage: Storage
    picture: Catalog = field(default_factory=lambda: Catalog(-1, 0))

    def now(self) -> Catalog:
        """Returns the catalog of the snapshot that is open."""
        if catalog.current_epoch(self.storage) != self.picture.epoch:
            self.picture = catalog.load(self.storage)
        return self.picture

    def whole_catalog(self) -> Step:
        """Proves everything but rows."""
        step = Step()
        with self.storage.snapshot():
            try:
                numbers = backups.numbers(self.storage)
                step.problems += catalog.contradictions(self.storage, self.now(), numbers)
                step.problems += idempotency.problems(self.storage)
                if entries.has_log(self.storage):
                    step.problems += streams.problems(self.storage)
            except Corrupt as fault:
                step.problems.append(fault.message)
        return step

    def numbers(self) -> list[int]:
        """Returns the numbers of all tables and indexes, tables first each."""
        return [
            number
            for table in self.picture.tables.values()
            for number in (table.number, *(index.number for index in table.indexes.values()))
        ]

    def place(self, number: int) -> "Place | None":
        """Returns what a number stands for now; None when that was removed."""
        for table in self.now().tables.values():
            if table.number == number:
                return Place(table, None)
            for index in table.indexes.values():
                if index.number == number:
                    return Place(table, index)
        return None


@dataclass(frozen=True, slots=True)
class Place:
    """A table, or one of its indexes."""

    table: TableSpec
    index: IndexSpec | None

    @property
    def where(self) -> str:
        """How sentences about it begin."""
        table, index = self.table, self.index
        return f"table {table.name}" if index is None else index_name(table, index)

    @property
    def kind(self) -> str:
        """What its rows are."""
        return "items" if self.index is None else "index"

    def problems(self, storage: Storage, key: bytes, item: Item, size: int) -> Iterator[str]:
        """Gives what is wrong with a row that could be read, and with what belongs to it."""
        table, index = self.table, self.index
        if index is not None:
            yield from size_problem(self.where, key, item, size)
            yield from stray_problem(storage, table, index, key, item)
            return
        if not is_proven(table, key, item, size):
            yield from item_problem(table, key, item, size)
        for one in table.indexes.values():
            entry = entry_of(one, key, item)
            if entry is not None:
                yield from entry_problem(storage, table, one, entry)


def walk(storage: Storage, tables: Tables, number: int) -> Iterator[Step]:
    """Gives the steps through the rows of a table or index."""
    walking = Walking(storage, number)
    while not walking.is_done:
        step = Step()
        with storage.snapshot():
            try:
                place = tables.place(number)
                if place is None:
                    return
                walking.go_on(place, step)
            except Corrupt as fault:
                walking.is_done = True
                step.problems.append(fault.message)
        yield step


@dataclass(slots=True)
class Walking:
    """How far a walk through rows has come, and what they come to."""

    storage: Storage
    number: int
    last: bytes = b""
    rows: int = 0
    size: int = 0
    begun_at: int | None = None
    is_done: bool = False

    def go_on(self, place: Place, step: Step) -> None:
        """Proves the next rows; behind the last one the counters."""
        seen_at = self.storage.others_wrote()
        if self.begun_at is None:
            self.begun_at = seen_at
        sql = row_sql(self.storage.format_number, place.kind, self.number).range_up
        size_read = 0
        with self.storage.rows(sql, (self.last + b"\0", KEYS_END, STEP_ROWS)) as rows:
            for key, size, checksum, body in rows:
                step.rows += 1
                step.problems += self.problems_of_row(place, key, size, checksum, body)
                size_read += len(body) if isinstance(body, bytes) else 0
                if size_read >= STEP_BYTES or self.is_done:
                    return
        if step.rows < STEP_ROWS:
            self.is_done = True
            # In memory, where there is one connection, it cannot be told whether it has written.
            if self.begun_at == seen_at and not self.storage.in_memory:
                count = catalog.counts(self.storage, place.table).get(self.number)
                step.problems += count_problem(place.where, count, self.rows, self.size)

    def problems_of_row(
        self, place: Place, key: bytes, size: int, checksum: int, body: bytes
    ) -> Iterator[str]:
        """Gives what is wrong with a row."""
        self.rows += 1
        self.size += counted_size(size)
        if key <= self.last:
            self.is_done = True  # it would not end
            yield f"{place.where}: {misplaced(key)}"
            return
        self.last = key
        try:
            item = unpack(self.number, key, size, checksum, body)
        except Corrupt as fault:
            yield f"{place.where}: {fault.message}"
            return
        yield from place.problems(self.storage, key, item, size)

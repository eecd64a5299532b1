"""Proof that a file is whole: pages, log, rows, indexes, counters, catalog and tokens.

Every row must decode under its own checksum and be stored under the key its item implies;
every index must hold exactly the entries that the items imply; every counter must be the
sum of what it counts. One snapshot, nothing is written.

An index is not asked for each entry: items and entries are walked once each, in the order in
which they lie, and what the items imply is compared with what is there by *sums* in which the
order does not count. The hash in them is Python's, keyed anew in each process: two that
differ do not cancel each other out but by a chance of one in 2^64. Only where sums differ are
single entries looked for.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import chain, islice
from pathlib import Path
from typing import Final

from ddblite.engine import catalog, idempotency
from ddblite.engine.catalog import Count
from ddblite.engine.codec import Refused, damaged, is_sealed, pack, unpack
from ddblite.engine.file import fileformat, log_frames
from ddblite.engine.file.inspection import problems_of_pages
from ddblite.engine.file.page_checksums import judged_pages
from ddblite.engine.file.storage import Storage
from ddblite.engine.history import backups, entries, expiry, streams
from ddblite.engine.indexes import Entry, entry_of
from ddblite.engine.maintenance.proofs import (
    bodies_problem,
    count_problem,
    entry_problem,
    index_name,
    is_proven,
    item_problem,
    size_problem,
    stray_problem,
)
from ddblite.engine.rows import row_sql
from ddblite.schema.errors import Corrupt
from ddblite.schema.tables import IndexSpec, TableSpec

PROBLEMS_MAX: Final = 100

PAGES_AT_ONCE: Final = 64
"""About a millisecond's work."""

ROWS_AT_ONCE: Final = 64
"""Of 400 KB each at most; progress is told after so many."""

BUCKETS: Final = 4096
"""Sums of an index: where one differs, so many times fewer entries than all are in doubt."""

Progress = Callable[[int], None]
"""Is told, now and then, how many rows were proven since: items and entries of indexes."""

Row = tuple[bytes, int, int, bytes]
"""Key, size, seal and body; in a damaged file each may be anything."""


def unheard(_rows: int) -> None:
    """Is told about progress where nobody looks."""


@dataclass(slots=True)
class Tally:
    """Entries of an index, in whatever order they were seen: how many, their sizes, sums."""

    entries: int = 0
    size: int = 0
    sums: list[int] = field(default_factory=lambda: [0] * BUCKETS)

    def add(self, key: bytes, size: int, body: bytes) -> None:
        """Adds an entry."""
        found = hash((key, size, body))
        self.entries += 1
        self.size += size
        self.sums[found % BUCKETS] += found

    def differing(self, other: "Tally") -> set[int]:
        """Returns the buckets in which two tallies differ."""
        pairs = zip(self.sums, other.sums, strict=True)
        return {bucket for bucket, (one, two) in enumerate(pairs) if one != two}


def bucket_of(key: bytes, size: int, body: bytes) -> int:
    """Returns the bucket that an entry is in."""
    return hash((key, size, body)) % BUCKETS


def problems(storage: Storage, progress: Progress = unheard) -> list[str]:
    """Returns a sentence per problem, 100 at the most; nothing when the file is whole."""
    found = log_frames.problems(storage)
    with storage.snapshot():
        try:
            found.extend(islice(every_problem(storage, progress), PROBLEMS_MAX))
        except Corrupt as fault:
            found.append(fault.message)
    return found[:PROBLEMS_MAX]


def every_problem(storage: Storage, progress: Progress = unheard) -> Iterator[str]:
    """Gives the problems of the whole file, pages first."""
    for sentences in page_steps(storage):
        yield from sentences
    try:
        yield from problems_of_pages(storage)
    except Corrupt as fault:  # a page that was named above, and what can be read beside it is
        yield fault.message
    picture = catalog.load(storage)
    yield from catalog.contradictions(storage, picture, backups.numbers(storage))
    yield from idempotency.problems(storage)
    if entries.has_log(storage):
        yield from chain.from_iterable(entries.problem_steps(storage))
        yield from streams.problems(storage)
        yield from backups.problems(storage)
    for table in picture.tables.values():
        try:
            yield from problems_of_table(storage, table, progress)
        except Corrupt as fault:
            yield f"table {table.name}: {fault}"


def has_page_checksums(storage: Storage) -> bool:
    """Whether there is a file whose pages end in checksums."""
    reserved = fileformat.FORMATS[storage.format_number].reserved_bytes
    return not storage.in_memory and reserved == fileformat.RESERVED_BYTES


def page_steps(storage: Storage) -> Iterator[list[str]]:
    """Gives a sentence per damaged page of the file, some pages at a time.

    One that the log has anew is read from there, and may be half written: merging was cut short.
    There is none where pages have no checksum.
    """
    if not has_page_checksums(storage):
        return
    logged: set[int] | None = None
    files = storage.address.files
    pages = judged_pages(storage.path, files)
    while some := list(islice(pages, PAGES_AT_ONCE)):
        damaged_ones = [number for number, is_whole in some if not is_whole]
        if damaged_ones and logged is None:
            found = log_frames.frames(Path(f"{storage.path}-wal"), files)
            logged = {frame.page for frame in found if frame.is_whole}
        yield [
            f"page {number} does not match its checksum"
            for number in damaged_ones
            if logged is None or number not in logged
        ]


def problems_of_table(
    storage: Storage, table: TableSpec, progress: Progress = unheard
) -> Iterator[str]:
    """Gives the problems of one table and its indexes."""
    counts = catalog.counts(storage, table)
    items = Tally(sums=[])
    implied = {name: Tally() for name in table.indexes}
    expiring = expiry.Rows()
    yield from problems_of_items(storage, table, items, implied, expiring, progress)
    yield from count_problem(
        f"table {table.name}", counts.get(table.number), items.entries, items.size
    )
    yield from bodies_problem(storage, f"table {table.name}", "items", table.number)
    if table.expiry_attribute is not None and entries.has_log(storage):
        yield from expiry.problems(storage, table, expiring)
    for index in table.indexes.values():
        yield from problems_of_index(storage, table, index, implied[index.name], counts, progress)


def problems_of_items(
    storage: Storage,
    table: TableSpec,
    items: Tally,
    implied: dict[str, Tally],
    expiring: expiry.Rows,
    progress: Progress,
) -> Iterator[str]:
    """Gives the problems of the rows of a table; counts them, and the entries they imply."""
    expires_by = table.expiry_attribute
    where = f"table {table.name}"
    indexes = [(index, implied[index.name].add) for index in table.indexes.values()]
    last = b""
    for key, size, checksum, body in rows_of(storage, "items", table.number, progress):
        items.entries += 1
        try:
            item = unpack(table.number, key, size, checksum, body)
        except Corrupt as fault:
            items.size += counted_size(size)
            yield f"{where}: {fault.message}"
            continue
        items.size += size
        if key <= last:
            yield f"{where}: {misplaced(key)}"
        last = key
        if not is_proven(table, key, item, size):
            yield from item_problem(table, key, item, size)
        if expires_by is not None:
            expiring.add(expiry.moment_of(item, expires_by), key)
        for index, add in indexes:
            entry = entry_of(index, key, item)
            if entry is None:
                continue
            if index.projected is None:
                add(entry.key, size, body)
            else:
                add(entry.key, *carried(index, entry, size, body))


def carried(index: IndexSpec, entry: Entry, size: int, body: bytes) -> tuple[int, bytes]:
    """Returns size and body of an entry; ``size`` and ``body`` are those of its item."""
    if index.projected is None:
        return size, body
    try:
        return pack(entry.image)
    except Refused:
        return size, b""  # told of the item; and no entry is like that


def problems_of_index(
    storage: Storage,
    table: TableSpec,
    index: IndexSpec,
    implied: Tally,
    counts: dict[int, Count],
    progress: Progress,
) -> Iterator[str]:
    """Gives the problems of an index, whose entries are those that the items imply, or not."""
    where = index_name(table, index)
    number = index.number
    found = Tally()
    last = b""
    for key, size, checksum, body in rows_of(storage, "index", number, progress):
        if not is_sealed(number, key, size, checksum, body):
            found.add(key, counted_size(size), body)
            yield f"{where}: {damaged(number, key).message}"
            continue
        if key <= last:
            yield f"{where}: {misplaced(key)}"
        last = key
        found.add(key, size, body)
    doubtful = implied.differing(found)
    if doubtful:
        yield from missing_entries(storage, table, index, doubtful)
        yield from stray_entries(storage, table, index, doubtful)
    if found.entries != implied.entries:
        yield f"{where}: {found.entries} entries, and its items imply {implied.entries}"
    yield from count_problem(where, counts.get(number), found.entries, found.size)
    yield from bodies_problem(storage, where, "index", number)


def missing_entries(
    storage: Storage, table: TableSpec, index: IndexSpec, doubtful: set[int]
) -> Iterator[str]:
    """Gives the entries that items imply and the index has not, or not so."""
    for key, size, checksum, body in rows_of(storage, "items", table.number):
        try:
            item = unpack(table.number, key, size, checksum, body)
        except Corrupt:
            continue  # told of the items
        entry = entry_of(index, key, item)
        if entry and bucket_of(entry.key, *carried(index, entry, size, body)) in doubtful:
            yield from entry_problem(storage, table, index, entry)


def stray_entries(
    storage: Storage, table: TableSpec, index: IndexSpec, doubtful: set[int]
) -> Iterator[str]:
    """Gives the entries that no item implies, or that could not be one."""
    where = index_name(table, index)
    for key, size, checksum, body in rows_of(storage, "index", index.number):
        if not is_sealed(index.number, key, size, checksum, body):
            continue  # told before
        if bucket_of(key, size, body) not in doubtful:
            continue
        try:
            image = unpack(index.number, key, size, checksum, body)
        except Corrupt as fault:
            yield f"{where}: {fault.message}"
            continue
        yield from size_problem(where, key, image, size)
        yield from stray_problem(storage, table, index, key, image)


def rows_of(
    storage: Storage, kind: str, number: int, progress: Progress = unheard
) -> Iterator[Row]:
    """Returns every row of a table or index as it is, in the order of keys."""
    return chain.from_iterable(some_rows(storage, kind, number, progress))


def some_rows(storage: Storage, kind: str, number: int, progress: Progress) -> Iterator[list[Row]]:
    """Gives the rows some at once, and tells progress."""
    with storage.rows(row_sql(storage.format_number, kind, number).whole, ()) as rows:
        while some := list(islice(rows, ROWS_AT_ONCE)):
            yield some
            progress(len(some))


def counted_size(size: object) -> int:
    """Returns a row's size, or 0 where it is no number."""
    return size if isinstance(size, int) else 0


def misplaced(key: bytes) -> str:
    """Returns what is said of a key that does not come where it should.

    SQLite's own check of an index looks at the form of its pages, and not at the order in them.
    """
    return f"row {key.hex()} is not in its place among the keys"

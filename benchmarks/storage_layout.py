"""Two questions about the file, answered by measurement.

1. Are item tables rowid tables or WITHOUT ROWID, and with which page size?
2. Do index rows carry a projected copy of the item, or point at it?

Only SQLite (through apsw) is measured: keys and bodies are made beforehand, so encoding,
checksums and Python's own work on items stay out of the numbers. Every database is in WAL
mode with ``synchronous=FULL`` and has a page cache that is smaller than its file. Each
figure is the median over the rounds; a round visits every layout once, so that a slow
moment of the machine falls on all of them alike.

The tables are printed as Markdown, as they stand in ``docs/decisions/``. Run it with
``python benchmarks/storage_layout.py [--rounds 3] [--folder DIR]``.
"""

import argparse
import os
import platform
import random
import statistics
import tempfile
import time
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

import apsw

DATA_BYTES: Final = 40_000_000
"""Bytes of item bodies in one database: more than its page cache holds."""

CACHE_KIB: Final = 16_000
ROWS_MAX: Final = 40_000
ROWS_PER_PARTITION: Final = 40
ROWS_PER_COMMIT: Final = 1000
ROWS_PER_QUERY: Final = 20
POINT_READS: Final = 3000
RANGE_READS: Final = 1000
COLD_READS: Final = 40
COMMITS: Final = 500

ITEM_SIZES: Final = (120, 400, 2000, 20_000)
INDEXED_ITEM_SIZES: Final = (400, 2000, 20_000)
PAGE_SIZES: Final = (4096, 8192, 16_384)
KEYS_ONLY_BYTES: Final = 60

LAYOUTS: Final = {"rowid": "", "without rowid": "WITHOUT ROWID"}

SEAL: Final = (1 << 32) | 0x12345678

ROWS: Final = """
    CREATE TABLE {name} (
        key  BLOB NOT NULL PRIMARY KEY,   -- order-preserving, see docs/fileformat.md
        size INTEGER NOT NULL,            -- DynamoDB's size of the item
        seal INTEGER NOT NULL,            -- version and checksum
        body BLOB NOT NULL                -- the item
    ) {layout}
"""
POINTERS: Final = """
    CREATE TABLE {name} (
        key    BLOB NOT NULL PRIMARY KEY,
        target {type} NOT NULL            -- the item's key or its rowid
    ) WITHOUT ROWID
"""
WRITE: Final = """
    INSERT INTO {name} VALUES (?, ?, ?, ?)
        ON CONFLICT (key) DO UPDATE
       SET size = excluded.size, seal = excluded.seal, body = excluded.body
"""
POINT: Final = "SELECT size, seal, body FROM items WHERE key = ?"
RANGE: Final = "SELECT key, size, seal, body FROM {name} WHERE key >= ? ORDER BY key LIMIT 20"
RANGE_THROUGH_KEY: Final = """
    SELECT pointers.key, size, seal, body
      FROM pointers CROSS JOIN items ON items.key = pointers.target
     WHERE pointers.key >= ?
     ORDER BY pointers.key
     LIMIT 20
"""
RANGE_THROUGH_ROWID: Final = """
    SELECT pointers.key, size, seal, body
      FROM pointers CROSS JOIN items ON items.rowid = pointers.target
     WHERE pointers.key >= ?
     ORDER BY pointers.key
     LIMIT 20
"""
SCAN: Final = "SELECT key, size, seal, body FROM items ORDER BY key"

Row = tuple[bytes, int, int, bytes]
Figures = dict[str, float]


@dataclass(frozen=True, slots=True)
class Index:
    """One way to keep an index: how it is created, written and queried for 20 items."""

    label: str
    create: str
    query: str
    points: bool = False


COPIES: Final = tuple(
    Index(f"copy, {label}", ROWS.format(name="copies", layout=layout), RANGE.format(name="copies"))
    for label, layout in LAYOUTS.items()
)
BY_KEY: Final = Index(
    "pointer, item's key",
    POINTERS.format(name="pointers", type="BLOB"),
    RANGE_THROUGH_KEY,
    points=True,
)
BY_ROWID: Final = Index(
    "pointer, item's rowid",
    POINTERS.format(name="pointers", type="INTEGER"),
    RANGE_THROUGH_ROWID,
    points=True,
)
INDEXES: Final = (*COPIES, BY_KEY, BY_ROWID)


def opened(path: Path, page_size: int) -> apsw.Connection:
    """Returns a new database in the mode that the product uses."""
    connection = apsw.Connection(str(path))
    connection.execute(f"PRAGMA page_size = {page_size}")
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute(f"PRAGMA cache_size = -{CACHE_KIB}")
    return connection


def hashed(partition: bytes, sort: bytes) -> bytes:
    """Returns a key in the form of the file: four bytes of hash, then both parts."""
    return zlib.crc32(partition).to_bytes(4, "big") + partition + b"\0\0" + sort + b"\0\0"


def item_keys(rows: int) -> list[bytes]:
    """Returns the keys of tables whose partitions hold 40 items each."""
    return [
        hashed(b"user-%d" % (row // ROWS_PER_PARTITION), b"2024-01-%04d" % (row % 40))
        for row in range(rows)
    ]


def index_keys(keys: Sequence[bytes]) -> list[bytes]:
    """Returns one index key per item: another partition, another order, then the item's key."""
    return [
        hashed(b"category-%d" % (row * 7919 % (len(keys) // 40)), b"%08d" % (row * 31 % 9973)) + key
        for row, key in enumerate(keys)
    ]


def elapsed_us(work: Callable[[], object], per: int) -> float:
    """Returns how many microseconds the work took for each of its ``per`` parts."""
    begin = time.perf_counter()
    work()
    return (time.perf_counter() - begin) * 1e6 / per


def chunks(rows: Sequence[Row], length: int) -> Iterator[Sequence[Row]]:
    """Yields the rows in pieces of one transaction each."""
    for start in range(0, len(rows), length):
        yield rows[start : start + length]


def load(connection: apsw.Connection, statement: str, rows: Sequence[Row], per_commit: int) -> None:
    """Writes rows in transactions of ``per_commit``."""
    for chunk in chunks(rows, per_commit):
        connection.execute("BEGIN IMMEDIATE")
        connection.executemany(statement, chunk)
        connection.execute("COMMIT")


def read_each(connection: apsw.Connection, statement: str, keys: Iterable[bytes]) -> None:
    """Runs a read once per key and takes all its rows."""
    cursor = connection.cursor()
    for key in keys:
        cursor.execute(statement, (key,)).fetchall()


def cold_us(path: Path, statement: str, keys: Sequence[bytes]) -> float:
    """Returns the median time of a read when neither SQLite nor the system has the file cached.

    NaN where the system cannot be asked to forget a file.
    """
    if not hasattr(os, "posix_fadvise"):
        return float("nan")
    times = []
    for key in keys:
        connection = apsw.Connection(str(path))
        connection.execute("SELECT count(*) FROM sqlite_schema").fetchall()
        with path.open("rb") as file:
            os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
        times.append(elapsed_us(lambda: read_each(connection, statement, [key]), 1))  # noqa: B023
        connection.close()
    return statistics.median(times)


def scan(connection: apsw.Connection) -> None:
    """Reads every row in key order."""
    for _ in connection.execute(SCAN):
        pass


def rows_of(size: int) -> int:
    """Returns how many items of a size make up one database."""
    return min(ROWS_MAX, DATA_BYTES // size) // ROWS_PER_PARTITION * ROWS_PER_PARTITION


def changed(rows: Sequence[Row], dice: random.Random) -> list[Row]:
    """Returns the rows with other bodies: SQLite writes nothing where no byte changes."""
    return [(key, size, SEAL, dice.randbytes(size)) for key, size, _, _ in rows]


def measure_layout(path: Path, layout: str, page_size: int, size: int) -> Figures:
    """Returns the figures of question 1 for one layout, page size and item size."""
    dice = random.Random(size)
    keys = item_keys(rows_of(size))
    body = dice.randbytes(size)
    rows = [(key, size, SEAL, body) for key in dice.sample(keys, len(keys))]
    connection = opened(path, page_size)
    connection.execute(ROWS.format(name="items", layout=LAYOUTS[layout]))
    write = WRITE.format(name="items")
    load_us = elapsed_us(lambda: load(connection, write, rows, ROWS_PER_COMMIT), len(rows))
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    file_mb = path.stat().st_size / 1e6

    points = dice.choices(keys, k=POINT_READS)
    starts = dice.choices(keys[:-ROWS_PER_QUERY], k=RANGE_READS)
    ranges = RANGE.format(name="items")
    figures = {
        "load us/row": load_us,
        "point read us": elapsed_us(lambda: read_each(connection, POINT, points), POINT_READS),
        "range of 20 us": elapsed_us(lambda: read_each(connection, ranges, starts), RANGE_READS),
        "scan us/row": elapsed_us(lambda: scan(connection), len(keys)),
        "file MB": file_mb,
    }
    singles = changed(dice.choices(rows, k=COMMITS), dice)
    commit_us = elapsed_us(lambda: load(connection, write, singles, 1), COMMITS)
    connection.close()
    cold = cold_us(path, ranges, starts[:COLD_READS])
    return figures | {"commits/s": 1e6 / commit_us, "cold range of 20 us": cold}


@dataclass(frozen=True, slots=True)
class Put:
    """An item to write, with the index key it had (None when it is new) and the one it gets."""

    row: Row
    old: bytes | None
    new: bytes


def put(connection: apsw.Connection, index: Index, projected: int, request: Put) -> None:
    """Writes an item and its index row, with the first ``projected`` bytes in a copy.

    A pointer to an item whose index key stays needs no write.
    """
    row, old, new = request.row, request.old, request.new
    connection.execute(WRITE.format(name="items"), row)
    table = "pointers" if index.points else "copies"
    if old is not None and old != new:
        connection.execute(f"DELETE FROM {table} WHERE key = ?", (old,))
    if not index.points:
        connection.execute(WRITE.format(name=table), (new, *row[1:3], row[3][:projected]))
    elif old != new:
        source = "key" if index is BY_KEY else "rowid"
        connection.execute(
            f"INSERT INTO pointers SELECT ?, {source} FROM items WHERE key = ?", (new, row[0])
        )


def put_all(
    connection: apsw.Connection, index: Index, projected: int, puts: Sequence[Put], each: int
) -> None:
    """Runs puts in transactions of ``each``."""
    for start in range(0, len(puts), each):
        connection.execute("BEGIN IMMEDIATE")
        for request in puts[start : start + each]:
            put(connection, index, projected, request)
        connection.execute("COMMIT")


def measure_index(path: Path, index: Index, page_size: int, size: int, projected: int) -> Figures:
    """Returns the figures of question 2 for one kind of index, item size and projection."""
    dice = random.Random(size)
    keys = item_keys(rows_of(size))
    entries = index_keys(keys)
    body = dice.randbytes(size)
    connection = opened(path, page_size)
    connection.execute(ROWS.format(name="items", layout=""))
    connection.execute(index.create)

    pairs = list(zip(keys, entries, strict=True))
    new = [
        Put((key, size, SEAL, body), None, entry) for key, entry in dice.sample(pairs, len(keys))
    ]
    same = [
        Put((*old.row[:3], dice.randbytes(size)), old.new, old.new)
        for old in dice.sample(new, 3 * COMMITS)
    ]
    moved = [Put(put.row, put.old, put.new + b"\x01") for put in same[2 * COMMITS :]]
    figures = {}
    for name, puts, each in (
        ("load us/put", new, ROWS_PER_COMMIT),
        ("put alone us", same[:COMMITS], 1),
        ("put of 100, entry stays us", same[COMMITS : 2 * COMMITS], 100),
        ("put of 100, entry moves us", moved, 100),
    ):
        begin = time.perf_counter()
        put_all(connection, index, projected, puts, each)
        figures[name] = (time.perf_counter() - begin) * 1e6 / len(puts)
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    figures["file MB"] = path.stat().st_size / 1e6

    starts = dice.choices(sorted(entries)[:-ROWS_PER_QUERY], k=RANGE_READS)
    query = index.query
    figures["query 20 us"] = elapsed_us(lambda: read_each(connection, query, starts), RANGE_READS)
    connection.close()
    return figures | {"cold query 20 us": cold_us(path, query, starts[:COLD_READS])}


Case = tuple[tuple[str, ...], Callable[[Path], Figures]]


def layout_cases() -> Iterator[Case]:
    """Yields question 1: every item size, page size and layout."""
    for size in ITEM_SIZES:
        for page in PAGE_SIZES:
            for layout in LAYOUTS:
                yield (
                    (str(size), str(page), layout),
                    partial(measure_layout, layout=layout, page_size=page, size=size),
                )


def index_cases(page: int, projection: str) -> Iterator[Case]:
    """Yields question 2: every item size and kind of index, on rowid item tables."""
    for size in INDEXED_ITEM_SIZES:
        projected = size if projection == "ALL" else KEYS_ONLY_BYTES
        for index in INDEXES:
            yield (
                (str(size), index.label),
                partial(measure_index, index=index, page_size=page, size=size, projected=projected),
            )


def medians(cases: Sequence[Case], rounds: int, folder: Path) -> dict[tuple[str, ...], Figures]:
    """Runs every case once per round and returns the median of each figure."""
    seen: dict[tuple[str, ...], list[Figures]] = {label: [] for label, _ in cases}
    for _ in range(rounds):
        for label, measure in cases:
            with tempfile.TemporaryDirectory(dir=folder) as place:
                seen[label].append(measure(Path(place, "measured.ddb")))
    return {
        label: {name: statistics.median(run[name] for run in runs) for name in runs[0]}
        for label, runs in seen.items()
    }


def rounded(figure: float) -> str:
    """Returns a figure with one decimal, or none from a hundred on."""
    return f"{figure:,.0f}" if figure >= 100 else f"{figure:.1f}"  # noqa: PLR2004 - as it says


def print_table(heads: Sequence[str], results: dict[tuple[str, ...], Figures]) -> None:
    """Prints one Markdown table, labels first."""
    names = list(next(iter(results.values())))
    print(f"| {' | '.join([*heads, *names])} |")
    print(f"|{'---|' * len(heads)}{'--:|' * len(names)}")
    for label, figures in results.items():
        cells = [rounded(figures[name]) for name in names]
        print(f"| {' | '.join([*label, *cells])} |", flush=True)
    print()


def main() -> None:
    """Measures both questions and prints three tables."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--page-size", type=int, default=8192, help="of question 2")
    options.add_argument("--folder", type=Path, help="where the measured files are written")
    chosen = options.parse_args()
    folder = chosen.folder or Path(tempfile.gettempdir())

    version, machine = apsw.sqlite_lib_version(), platform.machine()
    print(f"SQLite {version}, Python {platform.python_version()}, {machine}, {os.cpu_count()} CPUs")
    print("\nItem tables\n")
    results = medians(list(layout_cases()), chosen.rounds, folder)
    print_table(("item bytes", "page", "table"), results)
    for projection in ("ALL", "KEYS_ONLY"):
        print(f"One {projection} index on a rowid item table\n")
        results = medians(list(index_cases(chosen.page_size, projection)), chosen.rounds, folder)
        print_table(("item bytes", "index row"), results)


if __name__ == "__main__":
    main()

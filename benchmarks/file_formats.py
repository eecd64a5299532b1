"""The layouts of formats 1 and 2, beside each other: the same rows, in one run.

Only SQLite works here, with the product's own settings and statements: keys and bodies are made
beforehand, and nobody looks at what is read. Rows are loaded in transactions of a thousand, in
random order or in that of their keys, forty to a partition. Then it reads single rows, ranges of
twenty and all in order, and rewrites single rows, each in a commit. *Cold* is a range with neither
SQLite nor the system remembering the file, where the system can be told to forget it.

Every figure is the median over the rounds; a round visits both formats. Times of reads are those of
the processor. It prints Markdown, as it stands in ``docs/decisions/0006``. Run it with
``python benchmarks/file_formats.py [--rows 100000] [--bytes 300] [--orders random,sorted]``.
"""

import argparse
import math
import os
import random
import statistics
import tempfile
import time
import zlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

import apsw

from ddblite.engine.file import fileformat
from ddblite.engine.file.connections import Address, open_connection, write_ahead
from ddblite.engine.rows import INLINE_SIZE_MAX, row_sql

SEAL: Final = (1 << 32) | 0x12345678
NUMBER: Final = 1
ROWS_PER_PARTITION: Final = 40
ROWS_PER_COMMIT: Final = 1000
READS: Final = 1000
COMMITS: Final = 300
COLD_READS: Final = 20
SCANNED_MAX: Final = 100_000
BEHIND: Final = b"\xff" * 8

COLUMNS: Final = (
    "load us/row", "file bytes per byte", "point read us", "range of 20 us", "scan us/row",
    "rewrite ms", "cold range of 20 ms",
)  # fmt: skip

Figures = dict[str, float]
Content = Sequence[tuple[bytes, int]]
"""Keys, and the sizes of their bodies."""


class Layout:
    """A file of one format with one table of rows."""

    def __init__(self, number: int, path: Path) -> None:
        self.number = number
        self.path = path
        self.sql = row_sql(number, "items", NUMBER)
        self.format = fileformat.FORMATS[number]
        self.connection = self.opened()

    def opened(self) -> apsw.Connection:
        """Opens the file as the product does."""
        address = Address(str(self.path), "create", "power")
        connection = open_connection(address)
        connection.reserve_bytes("main", self.format.reserved_bytes)
        write_ahead(connection, address)
        return connection

    def create(self) -> None:
        """Makes the table."""
        self.connection.execute(self.format.rows.format(kind="items", number=NUMBER))
        if self.format.bodies is not None:
            self.connection.execute(self.format.bodies.format(number=NUMBER))

    def is_beside(self, body: bytes) -> bool:
        """Whether a body lies beside its row."""
        return self.format.bodies is not None and len(body) > INLINE_SIZE_MAX

    def insert(self, key: bytes, body: bytes) -> None:
        """Adds a row."""
        if self.is_beside(body):
            self.connection.execute(self.sql.insert_body, (body,))
            self.connection.execute(self.sql.insert_beside, (key, len(body), SEAL))
        else:
            self.connection.execute(self.sql.insert, (key, len(body), SEAL, body))

    def rewrite(self, key: bytes, body: bytes) -> None:
        """Gives a row another body of the same size."""
        if self.is_beside(body):
            self.connection.execute(self.sql.update_body, (body, key))
            self.connection.execute(self.sql.update_size, (len(body), SEAL, key))
        else:
            self.connection.execute(self.sql.update, (len(body), SEAL, body, key))

    def forget(self) -> None:
        """Opens the file anew, and has the system forget what it knows of it."""
        self.connection.close()
        if hasattr(os, "posix_fadvise"):
            descriptor = os.open(self.path, os.O_RDONLY)
            os.fsync(descriptor)
            os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
            os.close(descriptor)
        self.connection = self.opened()


def measured(layout: Layout, content: Content, order: str, dice: random.Random) -> Figures:
    """Fills a file and reads it."""
    connection = layout.connection
    loaded = sorted(content) if order == "sorted" else dice.sample(content, len(content))
    noise = dice.randbytes(2_000_000)
    spare = len(noise) - max(size for _, size in content)

    def body(size: int) -> bytes:
        at = dice.randrange(spare)
        return noise[at : at + size]

    layout.create()
    figures: Figures = {}
    begun = time.process_time()
    for start in range(0, len(loaded), ROWS_PER_COMMIT):
        connection.execute("BEGIN IMMEDIATE")
        for key, size in loaded[start : start + ROWS_PER_COMMIT]:
            layout.insert(key, body(size))
        connection.execute("COMMIT")
    figures["load us/row"] = (time.process_time() - begun) / len(loaded) * 1e6
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    stored = sum(len(key) + size for key, size in content)
    figures["file bytes per byte"] = layout.path.stat().st_size / stored
    looked_for = dice.choices(content, k=READS)
    keys = [key for key, _ in looked_for]
    figures["point read us"] = per_call(
        lambda key: connection.execute(layout.sql.select, (key,)).get, keys
    )
    ranges = layout.sql.range_up
    figures["range of 20 us"] = per_call(
        lambda key: connection.execute(ranges, (key, BEHIND, 20)).fetchall(), keys
    )
    scanned = min(len(content), SCANNED_MAX)
    begun = time.process_time()
    for _ in connection.execute(ranges, (b"", BEHIND, scanned)):
        pass
    figures["scan us/row"] = (time.process_time() - begun) / scanned * 1e6
    begun = time.perf_counter()
    for key, size in looked_for[:COMMITS]:
        connection.execute("BEGIN IMMEDIATE")
        layout.rewrite(key, body(size))
        connection.execute("COMMIT")
    figures["rewrite ms"] = (time.perf_counter() - begun) / COMMITS * 1e3
    cold = []
    for key in keys[:COLD_READS]:
        layout.forget()
        begun = time.perf_counter()
        layout.connection.execute(ranges, (key, BEHIND, 20)).fetchall()
        cold.append(time.perf_counter() - begun)
    figures["cold range of 20 ms"] = statistics.median(cold) * 1e3
    return figures


def per_call(call: Callable[[bytes], object], keys: Sequence[bytes]) -> float:
    """Returns the microseconds of the processor that a call takes, when all is warm."""
    for _ in range(2):
        begun = time.process_time()
        for key in keys:
            call(key)
        taken = time.process_time() - begun
    return taken / len(keys) * 1e6


def rows(count: int, least: int, most: int, dice: random.Random) -> Content:
    """Returns keys as the file has them, and sizes of bodies between two bounds.

    There are as many of one to two kilobytes as there are of ten to twenty.
    """
    content = []
    bounds = math.log(least), math.log(most)
    for number in range(count):
        partition = b"user-%d\0\0" % (number // ROWS_PER_PARTITION)
        sort = b"2026-01-%04d\0\0" % (number % ROWS_PER_PARTITION)
        key = zlib.crc32(partition).to_bytes(4, "big") + partition + sort
        content.append((key, round(math.exp(dice.uniform(*bounds)))))
    return content


def main() -> None:
    """Measures, and prints a table."""
    parser = argparse.ArgumentParser(description="Formats 1 and 2 beside each other.")
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--bytes", default="300", help="of a body: 300, or 200-2000")
    parser.add_argument("--orders", default="random,sorted")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--folder", default=None)
    asked = parser.parse_args()
    least, _, most = asked.bytes.partition("-")
    content = rows(asked.rows, int(least), int(most or least), random.Random(1))
    print(f"Formats 1 and 2, {asked.rows:,} rows of {asked.bytes} bytes:\n")
    print(f"| loaded | format | {' | '.join(COLUMNS)} |")
    print(f"|---|--:|{'--:|' * len(COLUMNS)}")
    for order in asked.orders.split(","):
        found: dict[int, list[Figures]] = {1: [], 2: []}
        for turn in range(asked.rounds):
            for number, figures in found.items():
                with tempfile.TemporaryDirectory(dir=asked.folder) as folder:
                    layout = Layout(number, Path(folder) / "rows.ddb")
                    figures.append(measured(layout, content, order, random.Random(turn)))
                    layout.connection.close()
        for number, all_figures in found.items():
            medians = (statistics.median(one[name] for one in all_figures) for name in COLUMNS)
            print(f"| {order} | {number} | {' | '.join(f'{one:.2f}' for one in medians)} |")
        print(end="", flush=True)


if __name__ == "__main__":
    main()

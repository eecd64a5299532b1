"""What an item of an import costs, among a hundred thousand and among a million.

The items have random keys and from 200 bytes to 2 KB. Each import is a process of its own, the
command ``ddblite import``, of which the time on the processor and the most memory are the
system's own figures; what an import of nothing takes is taken off. A table is imported into while
it is empty, and once more, with other keys, while it has as many items already. The smaller
imports are made before and after the larger ones, and the cheapest counts, as others may share
the machine. The file is measured after the first import, where it has come into being in order.

Run it with ``python benchmarks/bulk.py [--small 100000] [--large 1000000] [--folder DIR]``. It
needs five times the room of the larger import: about 6 GB. It prints Markdown.
"""

import argparse
import os
import random
import string
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import ddblite
from ddblite import GlobalIndex
from ddblite.engine.codec import pack

ITEM_BYTES: Final = (200, 2000)
TEXT: Final = "".join(random.Random(1).choices(string.ascii_letters + " ", k=1 << 16))
TABLE: Final = "things"
CASES: Final = {
    "no index": [],
    "an index of keys": [GlobalIndex("by_other", "other", projection="KEYS_ONLY")],
    "an index of all": [GlobalIndex("by_other", "other")],
}


@dataclass(frozen=True, slots=True)
class Cost:
    """What one import took."""

    processor_s: float
    wall_s: float
    memory_bytes: int


@dataclass(frozen=True, slots=True)
class Lines:
    """A file of items to import."""

    path: Path
    count: int


def items(count: int, seed: int) -> Iterator[dict[str, str]]:
    """Gives items with random keys."""
    dice = random.Random(seed)
    for _ in range(count):
        at, length = dice.randrange(len(TEXT) - ITEM_BYTES[1]), dice.randrange(*ITEM_BYTES) - 60
        keys = f"{dice.getrandbits(128):032x}"
        yield {"id": keys[:16], "other": keys[16:], "text": TEXT[at : at + length]}


def written(folder: Path, count: int, seed: int) -> Lines:
    """Writes a file of items."""
    path = folder / f"{count}-{seed}.ndjson"
    with path.open("w") as stream:
        for item in items(count, seed):
            pairs = ", ".join(f'"{name}": "{value}"' for name, value in item.items())
            stream.write(f"{{{pairs}}}\n")
    return Lines(path, count)


def imported(database: Path, lines: Path) -> Cost:
    """Runs the command and returns what it took."""
    began_s = time.perf_counter()
    command = [sys.executable, "-m", "ddblite", "import", str(database), TABLE, str(lines)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)  # noqa: S603 - our own command
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(process.returncode)
    kib = 1 if sys.platform == "darwin" else 1024
    return Cost(
        usage.ru_utime + usage.ru_stime, time.perf_counter() - began_s, usage.ru_maxrss * kib
    )


def tried(folder: Path, case: str, sources: list[Lines]) -> tuple[list[Cost], float]:
    """Imports files one after another into a new table; returns costs and bytes per byte stored."""
    path = folder / "bulk.ddb"
    with ddblite.connect(path) as database:
        database.create_table(TABLE, partition_key="id", indexes=CASES[case])
    nothing = folder / "nothing"
    nothing.touch()
    idle_s = imported(path, nothing).processor_s
    costs = [imported(path, sources[0].path)]
    file_bytes = path.stat().st_size
    with ddblite.connect(path, mode="read") as database:
        pages = database.table(TABLE).scan().pages()
        # Four bytes of hash and the end of the key beside its sixteen characters.
        stored = sum(22 + len(pack(item)[1]) for page in pages for item in page)
    costs += [imported(path, source.path) for source in sources[1:]]
    path.unlink()
    return [
        Cost(cost.processor_s - idle_s, cost.wall_s, cost.memory_bytes) for cost in costs
    ], file_bytes / stored


def microseconds(costs: list[Cost], count: int) -> list[float]:
    """Returns the time on the processor per item."""
    return [1e6 * cost.processor_s / count for cost in costs]


def row(folder: Path, case: str, small: list[Lines], large: list[Lines]) -> Iterator[str]:
    """Gives the lines of a case: into an empty table, and into one as large as the import."""
    runs = [tried(folder, case, one) for one in (small, large, small)]
    less, more, again = (
        microseconds(costs, source[0].count)
        for (costs, _), source in zip(runs, (small, large, small), strict=True)
    )
    for number, into in enumerate(("empty", "filled")):
        few, many = min(less[number], again[number]), more[number]
        cost = runs[1][0][number]
        size = f"{runs[1][1]:.2f}" if number == 0 and not CASES[case] else ""
        yield (
            f"| {case} | {into} | {few:.1f} | {many:.1f} | {many / few:.2f}x"
            f" | {large[0].count / cost.wall_s:,.0f} | {cost.memory_bytes / 1e6:.0f} | {size} |"
        )


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--small", type=int, default=100_000)
    parser.add_argument("--large", type=int, default=1_000_000)
    parser.add_argument("--folder", type=Path, help="where the files are made and removed")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=options.folder) as name:
        folder = Path(name)
        small, large = (
            [written(folder, count, seed) for seed in (1, 2)]
            for count in (options.small, options.large)
        )
        print(
            f"| table | it is | us/item of {options.small:,} | of {options.large:,} | ratio"
            " | items/s | MB of memory | file bytes per byte |"
        )
        print("|---|---|--:|--:|--:|--:|--:|--:|")
        for case in CASES:
            for line in row(folder, case, small, large):
                print(line, flush=True)


if __name__ == "__main__":
    main()

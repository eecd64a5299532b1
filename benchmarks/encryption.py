"""What encryption costs: the same work on a plain file and on an encrypted one, in one run.

The files are made once, with the same items in the same random order. Then the work goes round,
each kind on one file and on the other, so that a slow moment of the machine falls on both. Given
are microseconds of processor time, the best of the rounds, and the ratio of the two. Cold is a
file that was just opened, its pages in the system's cache and none in SQLite's.

    python benchmarks/encryption.py [--items 100000] [--rounds 7]
"""

import argparse
import os
import random
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Final

import ddblite

KEYS: Final = {"plain": None, "encrypted": bytes(range(32))}
HOT: Final = 500
WRITES: Final = 1000
RANGE: Final = 20

Work = Callable[[ddblite.Table, list[str]], int]


def item(key: str, letter: str) -> dict[str, str]:
    """Returns an item of about 300 bytes."""
    return {"area": key[:3], "id": key, "name": letter * 40, "text": letter * 200}


def put(table: ddblite.Table, keys: list[str]) -> int:
    """Replaces items, a transaction each."""
    for key in islice(keys, WRITES):
        table.put(item(key, "n"))
    return WRITES


def get(table: ddblite.Table, keys: list[str]) -> int:
    """Reads items all over the file."""
    for key in islice(keys, 5 * HOT):
        table.get(key[:3], key)
    return 5 * HOT


def get_again(table: ddblite.Table, keys: list[str]) -> int:
    """Reads the same few items."""
    for _ in range(5):
        for key in islice(keys, HOT):
            table.get(key[:3], key)
    return 5 * HOT


def query(table: ddblite.Table, keys: list[str]) -> int:
    """Reads ranges of a few items."""
    for key in islice(keys, HOT):
        table.query("area = :g", values={":g": key[:3]}, limit=RANGE).all()
    return HOT


def scan(table: ddblite.Table, _keys: list[str]) -> int:
    """Reads all items."""
    return sum(1 for _ in table.scan())


COLD: Final[dict[str, Work]] = {
    "get, cold": get, "query of 20, cold": query, "scan, per item, cold": scan,
}  # fmt: skip
WARM: Final[dict[str, Work]] = {"get, warm": get_again, "put": put}


def filled(path: Path, key: bytes | None, keys: list[str]) -> float:
    """Makes a file, and returns what an item took."""
    with ddblite.connect(path, key=key, durability="process") as database:
        table = database.create_table("items", partition_key="area", sort_key="id")
        begun = time.process_time()
        with table.batch() as batch:
            for one in keys:
                batch.put(item(one, "m"))
        return (time.process_time() - begun) / len(keys)


@contextmanager
def table_of(path: Path, key: bytes | None) -> Iterator[ddblite.Table]:
    """Opens a file anew."""
    with ddblite.connect(path, key=key, durability="process") as database:
        yield database.table("items")


def timed(work: Work, table: ddblite.Table, keys: list[str]) -> float:
    """Returns the processor time of one of many."""
    begun = time.process_time()
    count = work(table, keys)
    return (time.process_time() - begun) / count


def measured(folder: Path, keys: list[str], rounds: int) -> dict[str, dict[str, float]]:
    """Returns the best time of each kind of work, for both files."""
    best: dict[str, dict[str, float]] = {"load, per item": {}}
    for name, key in KEYS.items():
        best["load, per item"][name] = filled(folder / name, key, keys)
    for _ in range(rounds):
        for kind, work in (COLD | WARM).items():
            for name, key in KEYS.items():
                with table_of(folder / name, key) as table:
                    if kind in WARM:
                        work(table, keys)
                    taken = timed(work, table, keys)
                found = best.setdefault(kind, {})
                found[name] = min(taken, found.get(name, taken))
    return best


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--items", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=7)
    options = parser.parse_args()
    dice = random.Random(5)
    keys = [f"{dice.randrange(10**12):012d}" for _ in range(options.items)]
    with tempfile.TemporaryDirectory(dir=os.environ.get("TMPDIR")) as folder:
        best = measured(Path(folder), keys, options.rounds)
        sizes = {name: (Path(folder) / name).stat().st_size / 1e6 for name in KEYS}
    print("| us | plain | encrypted | ratio |\n|---|--:|--:|--:|")
    for kind, found in best.items():
        plain, encrypted = (found[name] * 1e6 for name in KEYS)
        print(f"| {kind} | {plain:.1f} | {encrypted:.1f} | {encrypted / plain:.2f}x |")
    print(f"| file, MB | {sizes['plain']:.1f} | {sizes['encrypted']:.1f} | |")


if __name__ == "__main__":
    main()

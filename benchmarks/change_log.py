"""What the change log costs: writes to a table that has a stream, beside the same without.

Both tables are in one file and take the same items, in rounds that alternate which goes first; a
ratio is that of one round, given are the medians and quartiles. Then how long a restore takes, and
how much memory. Run it with ``python benchmarks/change_log.py [--rounds 15] [--restore-mb 100]``;
it prints Markdown.
"""

import argparse
import gc
import itertools
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

import ddblite
from ddblite.api.python.options import Durability

ITEMS: Final = 200
BATCHED: Final = 25
TEXT: Final = "x" * 250
STREAM: Final = {"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"}

Write = Callable[[ddblite.Table, Iterator[int]], None]


def fresh(table: ddblite.Table, numbers: Iterator[int]) -> None:
    """Puts new items, one by one."""
    for _ in range(ITEMS):
        number = next(numbers)
        table.put({"id": f"{number * 7919 % 1_000_003:07}", "n": number, "text": TEXT})


def over(table: ddblite.Table, numbers: Iterator[int]) -> None:
    """Puts items over others, one by one."""
    for place in range(ITEMS):
        table.put({"id": f"over{place}", "n": next(numbers), "text": TEXT})


def update(table: ddblite.Table, numbers: Iterator[int]) -> None:
    """Changes items by an expression, one by one."""
    for place in range(ITEMS):
        table.update(f"over{place}", "SET n = :n", values={":n": next(numbers)})


def batches(table: ddblite.Table, numbers: Iterator[int]) -> None:
    """Puts new items, 25 at once."""
    for _ in range(ITEMS // BATCHED):
        with table.batch() as batch:
            for _ in range(BATCHED):
                number = next(numbers)
                batch.put({"id": f"b{number * 7919 % 1_000_003:07}", "n": number, "text": TEXT})


CASES: Final[list[tuple[str, Write]]] = [
    ("put", fresh),
    ("put over an item", over),
    ("update", update),
    ("batch of 25, per item", batches),
]


def timed(work: Write, table: ddblite.Table, numbers: Iterator[int]) -> float:
    """Returns the microseconds per item."""
    gc.disable()
    began = time.perf_counter()
    work(table, numbers)
    spent = time.perf_counter() - began
    gc.enable()
    return spent / ITEMS * 1e6


def measure(folder: Path, durability: Durability, rounds: int) -> None:
    """Prints a row per case."""
    with ddblite.connect(folder / f"{durability}.ddb", durability=durability) as database:
        plain = database.create_table("plain", partition_key="id")
        logged = database.create_table("logged", partition_key="id")
        database.call("UpdateTable", {"TableName": "logged", "StreamSpecification": STREAM})
        numbers = {plain.name: itertools.count(), logged.name: itertools.count()}
        for name, work in CASES:
            pairs = []
            for number in range(rounds + 1):
                order = (plain, logged) if number % 2 else (logged, plain)
                spent = {one.name: timed(work, one, numbers[one.name]) for one in order}
                pairs.append((spent["plain"], spent["logged"]))
            print_row(f'{name}, `"{durability}"`', pairs[1:])


def print_row(name: str, pairs: list[tuple[float, float]]) -> None:
    """Prints the medians of a case, and the quartiles of its ratio."""
    without, beside = (statistics.median(side) for side in zip(*pairs, strict=True))
    low, middle, high = statistics.quantiles([two / one for one, two in pairs], n=4)
    print(
        f"| {name} | {without:.1f} | {beside:.1f} | {middle:.2f}x | {low:.2f} to {high:.2f} |",
        flush=True,
    )


def restore(folder: Path, megabytes: int) -> None:
    """Prints how long it takes to bring a table back to a moment, and the memory it took."""
    clock = ddblite.FixedClock()
    with ddblite.connect(folder / "restore.ddb", durability="none", clock=clock) as database:
        table = database.create_table("orders", partition_key="id")
        count = megabytes * 1000
        table.load({"id": str(number), "text": TEXT * 4} for number in range(count))
        recovery: dict[str, Any] = {"PointInTimeRecoveryEnabled": True}
        request = {"TableName": "orders", "PointInTimeRecoverySpecification": recovery}
        database.call("UpdateContinuousBackups", request)
        clock.advance(10)
        with table.batch() as batch:
            for number in range(0, count, 10):
                batch.put({"id": str(number), "changed": True})
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        began = time.perf_counter()
        database.restore_table("again", "orders", at=clock.time_s - 5)
        spent = time.perf_counter() - began
        more = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
        counted = database.call("DescribeTable", {"TableName": "again"})["Table"]["ItemCount"]
        assert counted == count
    print(
        f"\nA table of {megabytes} MB, {count:,} items, a tenth of them changed since, is restored"
        f" to a moment in {spent:.1f} s ({spent / count * 1e6:.0f} us an item), with {more:.0f} MB"
        " more memory than before."
    )


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--restore-mb", type=int, default=100)
    given = parser.parse_args()
    print(f"Python {sys.version.split()[0]}; {given.rounds} rounds of {ITEMS} items\n")
    print("| write | without us | with the log us | ratio | quartiles |")
    print("|---|--:|--:|--:|:-:|")
    with tempfile.TemporaryDirectory() as folder:
        for durability in ("power", "process"):
            measure(Path(folder), durability, given.rounds)
        restore(Path(folder), given.restore_mb)


if __name__ == "__main__":
    main()

"""What ddblite costs above the storage floor, operation by operation.

The work is the same on both sides: ``floor.py`` does it with SQLite alone, ddblite through
its Python API or PartiQL. Both run in this process, in rounds that alternate which side goes
first, so that a slow moment of the machine falls on both. A ratio is that of one round;
given are the medians over all rounds, and the quartiles of the ratio as its spread. Python's
garbage collector rests while something is timed, as in ``timeit``.

The items are the films of ``examples/movies.ndjson``, twenty to a shelf, in files on disk.
Run it with ``python benchmarks/run.py [--rounds 15] [--folder DIR]``; it prints Markdown.
"""

import argparse
import gc
import json
import os
import platform
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any, Final

import apsw
from floor import Floor

import ddblite
from ddblite import Key
from ddblite.api.python.options import Durability
from ddblite.schema.values import Item
from ddblite.workbench.item_lines import WRITERS
from ddblite.workbench.transfer import import_items

MOVIES: Final = Path(__file__).parent.parent / "examples" / "movies.ndjson"
COPIES: Final = 8
"""How often every film is stored: about ten thousand items, more than one page of a scan."""

PLACES: Final = 20
"""Items of one shelf, which is one partition."""

LOADED_TOGETHER: Final = 1000
"""Items of one transaction of an import, both of ``Table.batch`` and of the command."""

STARTS: Final = 15
"""Processes started with the import, and as many without."""

SELECT_ONE: Final = 'SELECT * FROM "films" WHERE "shelf" = ? AND "place" = ?'
OF_SHELF: Final = "shelf = :shelf"

Work = Callable[[Sequence[Item]], object]
"""Does something with, or to, each of some items."""


@dataclass(frozen=True, slots=True)
class Case:
    """One operation on both sides. ``sample`` draws the items of a round, the same for both."""

    name: str
    aim: float | None
    sample: Callable[[], Sequence[Item]]
    floor: Work
    ours: Callable[[Any], object]
    prepare: Callable[[Sequence[Item]], Any] = list
    """Makes of the sample what ``ours`` is given, outside the time that is measured."""


@dataclass(slots=True)
class Times:
    """Microseconds per item of the sample, one figure per round."""

    floor: list[float] = field(default_factory=list)
    ours: list[float] = field(default_factory=list)

    @property
    def ratios(self) -> list[float]:
        """How many times the floor's cost each round was."""
        return [ours / floor for floor, ours in zip(self.floor, self.ours, strict=True)]


class Films:
    """Items to write and to look for: real films, twenty to a shelf."""

    def __init__(self) -> None:
        lines = MOVIES.read_text("utf-8").splitlines()
        self.facts = [json.loads(line, parse_float=Decimal) for line in lines]
        self.dice = random.Random(1)
        self.made = 0
        self.stored = self.fresh(COPIES * len(self.facts))

    def fresh(self, count: int) -> list[Item]:
        """Returns items that were not there before, in no order of their keys."""
        items = [
            {"shelf": f"shelf-{number // PLACES}", "place": number % PLACES, **fact}
            for number in range(self.made, self.made + count)
            for fact in (self.facts[number % len(self.facts)],)
        ]
        self.made += count
        self.dice.shuffle(items)
        return items

    def some(self, count: int) -> list[Item]:
        """Returns some of the items that are stored from the beginning."""
        return self.dice.choices(self.stored, k=count)

    def changed(self, count: int) -> list[Item]:
        """Returns some of the stored items with one attribute changed."""
        return [{**item, "seen": self.dice.randrange(1000)} for item in self.some(count)]


@dataclass(frozen=True, slots=True)
class Pair:
    """The two sides, each with a file of its own that holds the stored films."""

    floor: Floor
    database: ddblite.Database
    table: ddblite.Table


@contextmanager
def opened(folder: Path, durability: Durability, films: Films) -> Iterator[Pair]:
    """Gives two files with the same items in them, and closes them at the end."""
    floor = Floor(folder / f"floor-{durability}.ddb", durability=durability)
    path = folder / f"ddblite-{durability}.ddb"
    with ddblite.connect(path, durability=durability) as database:
        table = database.create_table("films", partition_key="shelf", sort_key=("place", "N"))
        floor.load(films.stored)
        load(table, films.stored)
        yield Pair(floor, database, table)
    floor.close()


def load(table: ddblite.Table, items: Iterable[Item]) -> None:
    """Writes many items through the Python API."""
    with table.batch() as batch:
        for item in items:
            batch.put(item)


def for_each(call: Callable[[Item], object]) -> Work:
    """Returns the work of calling something with each item of a sample."""

    def work(sample: Sequence[Item]) -> None:
        for item in sample:
            call(item)

    return work


def reads(pair: Pair, films: Films) -> Iterator[Case]:
    """Yields the operations that change nothing."""
    floor, table, database = pair.floor, pair.table, pair.database
    floor_get = for_each(lambda item: floor.get(item["shelf"], item["place"]))  # type: ignore[arg-type]
    get = for_each(lambda item: table.get(item["shelf"], item["place"]))
    select = for_each(
        lambda item: database.execute(SELECT_ONE, (item["shelf"], item["place"])).all()
    )
    yield Case("get", 1.8, lambda: films.some(1000), floor_get, get)
    yield Case("PartiQL get", None, lambda: films.some(500), floor_get, select)
    # Beside the API instead of the floor: what it costs to ask in a statement.
    yield Case("PartiQL get beside `get`", 1.3, lambda: films.some(500), get, select)
    floor_query = for_each(lambda item: floor.query(item["shelf"]))  # type: ignore[arg-type]
    yield Case(
        "query of 20",
        1.6,
        lambda: films.some(200),
        floor_query,
        for_each(lambda item: table.query(OF_SHELF, values={":shelf": item["shelf"]}).all()),
    )
    yield Case(
        "query of 20, Key object",
        None,
        lambda: films.some(200),
        floor_query,
        for_each(lambda item: table.query(Key("shelf").eq(item["shelf"])).all()),
    )
    yield Case(
        "scan, per item",
        1.6,
        lambda: films.stored,
        lambda _: floor.scan(),
        lambda _: table.scan().all(),
    )


def writes(pair: Pair, films: Films, count: int, durability: Durability) -> Iterator[Case]:
    """Yields single puts, each made durable on its own."""
    floor_put, put = for_each(pair.floor.put), for_each(pair.table.put)
    aim = 2.5
    yield Case(f'put, "{durability}"', aim, lambda: films.fresh(count), floor_put, put)
    yield Case(f'put over, "{durability}"', aim, lambda: films.changed(count), floor_put, put)


def loads(pair: Pair, films: Films) -> Iterator[Case]:
    """Yields the import of many items."""
    yield Case(
        f"import, {LOADED_TOGETHER} together, per item",
        1.8,
        lambda: films.fresh(LOADED_TOGETHER),
        pair.floor.load,
        lambda sample: load(pair.table, sample),
    )
    yield Case(
        "import of JSON lines, per item",
        None,
        lambda: films.fresh(LOADED_TOGETHER),
        pair.floor.load,
        lambda lines: import_items(pair.table, lines, lambda _bytes, _items: None),
        prepare=lambda sample: BytesIO("\n".join(map(WRITERS["jsonl"], sample)).encode()),
    )


def elapsed_us(work: Callable[[Any], object], given: object, parts: int) -> float:
    """Returns the microseconds that the work took, for each of its parts."""
    gc.collect()
    gc.disable()
    begin = time.perf_counter()
    work(given)
    taken = time.perf_counter() - begin
    gc.enable()
    return taken * 1e6 / parts


def measured(cases: Sequence[Case], rounds: int) -> dict[str, Times]:
    """Returns the times of every case; a first round that warms all caches is not counted."""
    times = {case.name: Times() for case in cases}
    for number in range(rounds + 1):
        for case in cases:
            sample, seen = case.sample(), times[case.name]
            sides = [
                (case.floor, sample, seen.floor),
                (case.ours, case.prepare(sample), seen.ours),
            ]
            for work, given, figures in sides if number % 2 else reversed(sides):
                figures.append(elapsed_us(work, given, len(sample)))
    for seen in times.values():
        del seen.floor[0], seen.ours[0]
    return times


def check_same(pair: Pair) -> None:
    """Raises unless both sides hold the same items, in the same order."""
    assert pair.floor.scan() == pair.table.scan().all(), "the two sides did different work"


def print_ratios(cases: Sequence[Case], times: dict[str, Times]) -> None:
    """Prints the table of ratios."""
    print("| operation | floor us | ddblite us | ratio | quartiles | aim |")
    print("|---|--:|--:|--:|:-:|--:|")
    for case in cases:
        seen = times[case.name]
        low, middle, high = statistics.quantiles(seen.ratios, n=4)
        floor, ours = statistics.median(seen.floor), statistics.median(seen.ours)
        aim = "" if case.aim is None else f"{case.aim}x"
        print(
            f"| {case.name} | {floor:.1f} | {ours:.1f} | {middle:.2f}x"
            f" | {low:.2f} to {high:.2f} | {aim} |"
        )


def start_ms(code: str) -> float:
    """Returns how long a whole Python process takes that runs one line."""
    begin = time.perf_counter()
    subprocess.run([sys.executable, "-c", code], check=True)  # noqa: S603 - our own line
    return (time.perf_counter() - begin) * 1e3


def print_starts() -> None:
    """Prints what ``import ddblite`` adds to a process that does nothing."""
    bare, importing = [], []
    for _ in range(STARTS):
        bare.append(start_ms("pass"))
        importing.append(start_ms("import ddblite"))
    low, middle, high = statistics.quantiles(
        [one - other for one, other in zip(importing, bare, strict=True)], n=4
    )
    print(
        f"\n`import ddblite` adds {middle:.0f} ms ({low:.0f} to {high:.0f}) to the"
        f" {statistics.median(bare):.0f} ms of a bare Python process."
    )


def main() -> None:
    """Measures everything and prints it."""
    options = argparse.ArgumentParser(description="What ddblite costs above the storage floor.")
    options.add_argument("--rounds", type=int, default=15)
    options.add_argument("--folder", type=Path, help="where the measured files are written")
    chosen = options.parse_args()

    films = Films()
    print(
        f"Python {platform.python_version()}, SQLite {apsw.sqlite_lib_version()},"
        f" {platform.machine()}, {os.cpu_count()} CPUs; {chosen.rounds} rounds,"
        f" {len(films.stored):,} items stored\n"
    )
    with tempfile.TemporaryDirectory(dir=chosen.folder) as place, ExitStack() as files:
        power, process = (
            files.enter_context(opened(Path(place), durability, films))
            for durability in ("power", "process")
        )
        unchanging = list(reads(power, films))
        changing = [
            *writes(power, films, 100, "power"),
            *writes(process, films, 1000, "process"),
            *loads(power, films),
        ]
        times = measured(unchanging, chosen.rounds) | measured(changing, chosen.rounds)
        for pair in (power, process):
            check_same(pair)
    print_ratios([*unchanging, *changing], times)
    print_starts()


if __name__ == "__main__":
    main()

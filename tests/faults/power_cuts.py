"""The power goes at any step of a piece of work; what is left is whole, and nothing is lost.

A piece of work is recorded, in a process of its own. Then the power goes some times, at another
step each time, and what it leaves is opened: every write that was acknowledged before is
there, the one under way as a whole or not at all. With durability "process" the last writes may be
lost, and nothing else. Often the power goes again while the file is opened, up to three times.
"""

import argparse
import io
import json
import random
import shutil
import sys
import warnings
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import Final

import apsw

import ddblite
import kept_files
import recorded_files
from apart import folder_in_memory, run_apart
from ddblite.api.python.options import Durability
from ddblite.workbench.transfer import import_items
from deeds import some_deed
from faults.lines import Trial
from item_deeds import gamble, some_attributes
from kept_contents import require_everything
from knowledge import Known, after_power_cut
from power import Disk, disk_of, put_down
from recorded_files import Recording
from table_deeds import definitions, index_definition
from worlds import (
    Change,
    Deed,
    PlainTable,
    Wire,
    World,
    all_changed,
    all_items,
    consistent,
    key_of,
    recognised,
    wire_key,
)

TOGETHER: Final = 90
NAME: Final = "test.ddb"
CUTS_IN_A_ROW: Final = 3
BATCH_ITEMS: Final = 25
IMPORTED: Final = 1_100
"""More than are imported together."""


class Work:
    """A database that is recorded while something is done with it."""

    def __init__(
        self, folder: Path, disk: Disk, dice: random.Random, durability: Durability
    ) -> None:
        self.dice = dice
        self.durability = durability
        self.folder = folder
        self.recording = Recording(folder, disk)
        self.known = [Known(0, [World()])]
        self.copies: dict[str, list[World]] = {}
        self.is_kept_file = False

    def open(self, name: str = NAME) -> None:
        """Opens the file, or makes it."""
        path = self.folder / name
        clock = ddblite.FixedClock()
        self.database = ddblite.connect(path, durability=self.durability, clock=clock)

    def close(self) -> None:
        """Closes it."""
        assert self.database.engine.close() == []
        self.learn(self.worlds, is_flushed=True)

    def recognise(self, worlds: list[World], database: ddblite.Database) -> None:
        """Raises unless a database shows one of the worlds."""
        if self.is_kept_file:
            assert database.check() == []
            require_everything(database)
            kept = Path(f"{database.engine.storage.path}.format1")
            assert kept.read_bytes() == kept_files.PATHS[1].read_bytes()
        else:
            recognised(worlds, database)

    @property
    def worlds(self) -> list[World]:
        """What may be true now."""
        return self.known[-1].worlds

    def learn(self, worlds: list[World], *, is_flushed: bool = False) -> None:
        """Takes down what is true from now on."""
        self.known.append(Known(len(self.recording.steps), worlds, is_flushed))

    def begin_here(self) -> None:
        """Leaves away what was done so far: the power goes later."""
        self.recording.begin_here()
        self.known = [replace(one, steps=0) for one in self.known]

    def ask(self, deed: Deed) -> None:
        """Makes a request, which is acknowledged."""
        self.learn(consistent(self.worlds, deed, deed.asked(self.database)))

    def make_table(self, name: str, *indexes: str) -> None:
        """CreateTable."""
        request = {
            "TableName": name,
            "BillingMode": "PAY_PER_REQUEST",
            "KeySchema": [
                {"AttributeName": "p", "KeyType": "HASH"},
                {"AttributeName": "s", "KeyType": "RANGE"},
            ],
            "AttributeDefinitions": definitions(["p", "s", *(["g"] if indexes else [])]),
        }
        if indexes:
            request["GlobalSecondaryIndexes"] = list(map(index_definition, indexes))
        table = PlainTable(frozenset(indexes))
        self.ask(Deed("CreateTable", request, lambda world: ("ok", world.with_table(name, table))))

    def put(self, table: str, items: Iterable[tuple[int, Wire]]) -> None:
        """BatchWriteItem, of so many as it takes."""
        changes = [Change("put", table, (f"k{n % 7}", n), more) for n, more in items]
        writes = [{"PutRequest": {"Item": wire_key(one.key) | one.attributes}} for one in changes]
        request = {"RequestItems": {table: writes}}
        self.ask(
            Deed("BatchWriteItem", request, lambda world: ("ok", all_changed(world, changes)[1]))
        )

    def fill(self, table: str, items: int) -> None:
        """Puts items, in batches."""
        for first in range(0, items, BATCH_ITEMS):
            numbers = range(first, first + BATCH_ITEMS)
            self.put(table, [(number, some_attributes(self.dice)) for number in numbers])


# --- the pieces of work


def make_file(work: Work) -> None:
    """A new file, and nothing in it."""
    work.open()


def write_anything(work: Work) -> None:
    """Requests of all kinds."""
    work.open()
    for _ in range(30):
        work.ask(some_deed(work.dice, work.worlds[0], 0))


def make_tables(work: Work) -> None:
    """Tables come and go."""
    work.open()
    for name in ("apples", "pears", "plums"):
        work.make_table(name, *(["by_g"] if gamble(work.dice, 0.5) else []))
        work.put(name, [(1, some_attributes(work.dice))])
    request = {"TableName": "pears"}
    gone = Deed("DeleteTable", request, lambda world: ("ok", world.with_table("pears", None)))
    work.ask(gone)


def fill_index(work: Work) -> None:
    """An index of a table that has items already."""
    work.open()
    work.make_table("apples")
    work.fill("apples", 150)
    work.begin_here()
    request = {
        "TableName": "apples",
        "AttributeDefinitions": definitions(["g"]),
        "GlobalSecondaryIndexUpdates": [{"Create": index_definition("by_g")}],
    }
    table = PlainTable(frozenset({"by_g"}), work.worlds[0].tables["apples"].items)
    work.ask(Deed("UpdateTable", request, lambda world: ("ok", world.with_table("apples", table))))


def import_lines(work: Work) -> None:
    """An import, in whatever order; what is told to be written is there as a whole."""
    work.open()
    work.make_table("apples")
    keys = [(f"k{number}", number) for number in range(IMPORTED)]
    lines = "".join(json.dumps({"p": p, "s": s}) + "\n" for p, s in keys)

    def progress(_bytes: int, _items: int) -> None:
        there = {key_of(item): item for item in all_items(work.database, {"TableName": "apples"})}
        work.learn([work.worlds[0].with_table("apples", PlainTable(frozenset(), there))])

    import_items(work.database.table("apples"), io.BytesIO(lines.encode()), progress)
    assert len(work.worlds[0].tables["apples"].items) == IMPORTED


def back_up(work: Work) -> None:
    """A backup among writes."""
    work.open()
    work.make_table("apples", "by_g")
    work.fill("apples", 50)
    work.copies["copy.ddb"] = work.worlds
    work.database.backup(work.folder / "copy.ddb")
    work.learn(work.worlds)
    work.fill("apples", 25)


def merge_log(work: Work) -> None:
    """Large writes until the log is merged into the file, beside which it begins anew."""
    work.open()
    work.make_table("apples")
    for number in range(36):
        work.put("apples", [(number % 9, {"v": {"S": "x" * 300_000}})])
        if number == 26:
            work.begin_here()


def close_file(work: Work) -> None:
    """A file is closed, opened, changed and closed again."""
    work.open()
    work.make_table("apples", "by_g")
    for first in (0, 100, 200):
        work.put("apples", [(first + n, some_attributes(work.dice)) for n in range(20)])
        work.close()
        work.open()


def begin_log(work: Work) -> None:
    """A backup is opened for the first time, which makes it write ahead."""
    work.open("other.ddb")
    work.make_table("apples", "by_g")
    work.fill("apples", 50)
    work.database.backup(work.folder / NAME)
    work.database.close()
    work.known = [Known(0, work.worlds)]
    work.begin_here()
    work.open()
    work.put("apples", [(1, {"v": {"S": "last"}})])


def upgrade(work: Work) -> None:
    """A file of an earlier format is opened."""
    work.is_kept_file = True
    (work.folder / NAME).write_bytes(kept_files.PATHS[1].read_bytes())
    work.recording.begin_with({NAME: (work.folder / NAME).read_bytes()})
    warnings.simplefilter("ignore", ddblite.FormatUpgraded)
    work.open()


WORKS: Final[tuple[Callable[[Work], None], ...]] = (
    make_file,
    write_anything,
    make_tables,
    fill_index,
    import_lines,
    back_up,
    merge_log,
    close_file,
    begin_log,
    upgrade,
)


# --- the cuts


def cut(work: Work, cuts: int, folder: Path) -> None:
    """Cuts the power at so many steps of what was recorded, and looks at what is left."""
    steps = work.recording.steps
    disk = work.recording.disk
    done = 0
    for number, at in enumerate(sorted(work.dice.randrange(len(steps) + 1) for _ in range(cuts))):
        for step in steps[done:at]:
            disk.take(step)
        done = at
        files = disk.files_after_cut(work.dice)
        left = after_power_cut(work.known, at, work.durability)[0].worlds
        try:
            look(work, files, left, folder / str(number))
        except Exception as error:
            error.add_note(
                f"{folder.name}, cut {number}: after step {at} of {len(steps)}, {sorted(files)}"
            )
            raise


def look(work: Work, files: dict[str, bytes], worlds: list[World], folder: Path) -> None:
    """Opens what is left, and perhaps cuts the power again meanwhile."""
    cuts = work.dice.choice((1, 1, CUTS_IN_A_ROW))
    for again in range(cuts):
        place = Path(f"{folder}-{again}")
        put_down(files, place)
        disk = disk_of(files, is_strict=work.recording.disk.is_strict)
        with Recording(place, disk) as recording:
            prove(work, worlds, place, is_last=again == cuts - 1)
        after = disk.after(recording.steps[: work.dice.randrange(len(recording.steps) + 1)])
        files = after.files_after_cut(work.dice)
        shutil.rmtree(place)


def prove(work: Work, worlds: list[World], place: Path, *, is_last: bool) -> None:
    """Raises unless the file is one of the worlds, can be written, and is one file at rest."""
    for name, copied in work.copies.items():
        if (place / name).exists():
            with ddblite.connect(place / name, mode="read") as copy:
                recognised(copied, copy)
    with ddblite.connect(place / NAME, durability=work.durability) as database:
        work.recognise(worlds, database)
        if is_last:
            database.create_table("after", partition_key="p").put({"p": "it can be written"})
            assert database.check() == []
    beside = [f"{NAME}{suffix}" for suffix in ("-wal", "-journal", "-shm")]
    assert not [name for name in beside if (place / name).exists()]


def record(do: Callable[[Work], None], folder: Path, dice: random.Random) -> Work:
    """Does a piece of work, and mostly closes the file behind it."""
    folder.mkdir(parents=True)
    durability: Durability = dice.choice(("power", "power", "process"))
    work = Work(folder, Disk(is_strict=gamble(dice, 0.5)), dice, durability)
    with work.recording:
        do(work)
        steps = len(work.recording.steps)
        work.close()
    if gamble(dice, 0.3):
        del work.recording.steps[steps:]
    return work


def main() -> int:
    """Does each piece of work in a process of its own, and cuts the power."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("seed")
    parser.add_argument("cuts", type=int)
    parser.add_argument("folder", type=Path)
    given = parser.parse_args()
    files = recorded_files.install()
    files.random = random.Random(f"{given.seed} below").randbytes
    apsw.randomness(0)
    dice = random.Random(given.seed)
    for do in WORKS:
        place = given.folder / do.__name__
        cut(record(do, place / "work", dice), given.cuts // len(WORKS), place)
    return 0


def trial(trial: Trial) -> None:
    """Every piece of work once, and some cuts of each."""
    seed = str(trial.dice.randrange(10**9))
    with folder_in_memory() as folder:
        run_apart("faults.power_cuts", seed, trial.cases, folder)


if __name__ == "__main__":
    sys.exit(main())

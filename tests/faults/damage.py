"""Files that were damaged on the disk: an error or the right answer, and never anything else.

Of one file there are thousands of damaged copies. Each is opened for reading and for writing, every
item is asked for by its key, every table and index is read as a whole, and it is checked. Whatever
is answered is right; what cannot be read is one of our errors about files; nothing stands still or
takes the memory away; and a file that is refused is left as it was.
"""

import functools
import random
import resource
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

import ddblite
from ddblite.api.python.options import Mode
from ddblite.engine.file.fileformat import PAGE_BYTES
from ddblite.schema.errors import FileError, ResourceNotFoundException
from faults.lines import Trial
from leftovers import contents
from worlds import Wire, all_items

TOGETHER: Final = 50
ITEMS: Final = 90
GROUPS: Final = 5
SECTOR_BYTES: Final = 512
GARBAGE_BYTES_MAX: Final = 4096
SECONDS_MAX: Final = 2
"""Of the processor's time, as others may be at work beside."""
MEMORY_KIB_MAX: Final = 200 * 1024

SIZES: Final = (0, 10, 30, 60, 100, 200, 400)
LARGE: Final = {5: 9_000, 55: 20_000}
"""Of which the rest lies on pages of its own."""

TABLE: Final = "things"
INDEXES: Final = ("by_group", "by_number")


def item(number: int) -> Wire:
    """Returns one of the items."""
    return {
        "id": {"S": f"k{number}"},
        "group": {"S": f"g{number % GROUPS}"},
        "number": {"N": str(number)},
        "pad": {"S": "x" * LARGE.get(number, SIZES[number % len(SIZES)])},
    }


@functools.cache
def sound_file() -> bytes:
    """Returns the content of the file that is damaged."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "sound.ddb")
        with ddblite.connect(path, durability="none", clock=ddblite.FixedClock()) as database:
            indexes = [
                ddblite.GlobalIndex("by_group", ("group", "S")),
                ddblite.GlobalIndex("by_number", ("number", "N")),
            ]
            database.create_table(TABLE, partition_key="id", indexes=indexes)
            order = random.Random(0).sample(range(ITEMS), ITEMS)
            for number in order:
                database.call("PutItem", {"TableName": TABLE, "Item": item(number)})
        return path.read_bytes()


# --- damage


def some_bits(dice: random.Random, content: bytearray, count: int) -> None:
    """Flips so many bits."""
    for _ in range(count):
        content[dice.randrange(len(content))] ^= 1 << dice.randrange(8)


def one_bit(dice: random.Random, content: bytearray) -> None:
    """Flips a bit."""
    some_bits(dice, content, 1)


def many_bits(dice: random.Random, content: bytearray) -> None:
    """Flips some bits."""
    some_bits(dice, content, dice.randrange(1, 65))


def garbage(dice: random.Random, content: bytearray) -> None:
    """Writes garbage somewhere."""
    length = dice.randrange(1, GARBAGE_BYTES_MAX + 1)
    at = dice.randrange(len(content) - length)
    content[at : at + length] = dice.randbytes(length)


def zeros(dice: random.Random, content: bytearray, length: int) -> None:
    """Loses a sector or page."""
    at = dice.randrange(len(content) // length) * length
    content[at : at + length] = bytes(length)


def page(dice: random.Random, content: bytearray) -> slice:
    """Returns where some page is."""
    number = dice.randrange(len(content) // PAGE_BYTES)
    return slice(number * PAGE_BYTES, (number + 1) * PAGE_BYTES)


def swapped(dice: random.Random, content: bytearray) -> None:
    """Makes two pages change places."""
    one, other = page(dice, content), page(dice, content)
    content[one], content[other] = content[other], content[one]


def copied(dice: random.Random, content: bytearray) -> None:
    """Writes a page over another."""
    content[page(dice, content)] = content[page(dice, content)]


def misdirected(dice: random.Random, content: bytearray) -> None:
    """Writes a page over another of its kind."""
    source = page(dice, content)
    kind = content[source.start]
    alike = [at for at in range(PAGE_BYTES, len(content), PAGE_BYTES) if content[at] == kind]
    at = dice.choice(alike or [source.start])
    content[at : at + PAGE_BYTES] = content[source]


def cut_off(dice: random.Random, content: bytearray) -> None:
    """Loses the end, at a page or within one."""
    at = dice.choice(
        (dice.randrange(len(content) // PAGE_BYTES) * PAGE_BYTES, dice.randrange(len(content)))
    )
    del content[at:]


Damage = Callable[[random.Random, bytearray], None]

DAMAGES: Final[tuple[Damage, ...]] = (
    one_bit,
    one_bit,
    one_bit,
    many_bits,
    garbage,
    functools.partial(zeros, length=SECTOR_BYTES),
    functools.partial(zeros, length=PAGE_BYTES),
    swapped,
    copied,
    misdirected,
    cut_off,
)


MISPLACED: Final[tuple[Damage, ...]] = (swapped, copied, misdirected)
"""Pages that are whole, each with its checksum, and in a place where they do not belong.

They may hide items; then at least ``check`` says so.
"""


# --- what is answered


class Reading:
    """All that a damaged file answers; ``missing`` is what it did not say is missing."""

    def __init__(self, path: Path, mode: Mode, *, may_hide: bool) -> None:
        self.path = path
        self.mode = mode
        self.may_hide = may_hide
        self.errors = 0
        self.missing = 0
        self.is_refused = False

    def read(self) -> None:
        """Opens the file and asks for everything."""
        before = contents(self.path.parent)
        try:
            database = ddblite.connect(self.path, mode=self.mode, durability="none")
        except FileError:
            self.is_refused = True
            assert before == contents(self.path.parent), "a refused file was changed"
            return
        try:
            for number in range(ITEMS):
                self.get(database, number)
            for index in (None, *INDEXES):
                self.scan(database, index)
            for group in range(GROUPS):
                self.query(database, group)
            assert self.may_hide or not self.missing, "items are missing, and nothing says so"
            is_named = self.check(database)
            assert is_named or not self.missing, "items are missing, and check does not say so"
            if self.mode != "read":
                self.write(database)
        finally:
            database.engine.close()

    def get(self, database: ddblite.Database, number: int) -> None:
        """Asks for one item."""
        key = {"id": item(number)["id"]}
        try:
            found = database.call("GetItem", {"TableName": TABLE, "Key": key}).get("Item")
        except FileError:
            self.errors += 1
            return
        except ResourceNotFoundException:
            found = None
        self.missing += found is None
        assert found in (None, item(number)), f"item {number} is {str(found)[:200]}"

    def scan(self, database: ddblite.Database, index: str | None) -> None:
        """Asks for all items of the table or an index."""
        request = {"TableName": TABLE} | ({} if index is None else {"IndexName": index})
        self.compare(lambda: all_items(database, request), range(ITEMS))

    def query(self, database: ddblite.Database, group: int) -> None:
        """Asks an index for a group."""
        request = {
            "TableName": TABLE,
            "IndexName": "by_group",
            "KeyConditionExpression": "#g = :g",
            "ExpressionAttributeNames": {"#g": "group"},
            "ExpressionAttributeValues": {":g": {"S": f"g{group}"}},
        }
        self.compare(lambda: database.call("Query", request)["Items"], range(group, ITEMS, GROUPS))

    def compare(self, ask: Callable[[], list[Wire]], numbers: range) -> None:
        """Compares what was found with what there is."""
        try:
            found = ask()
        except FileError:
            self.errors += 1
            return
        except ResourceNotFoundException:
            found = []
        expected = {number: item(number) for number in numbers}
        seen = {int(one["number"]["N"]): one for one in found}
        assert len(seen) == len(found), "an item is there twice"
        wrong = [number for number, one in seen.items() if expected.get(number) != one]
        assert not wrong, f"item {wrong[0]} is {str(seen[wrong[0]])[:200]}"
        self.missing += len(expected) - len(seen)

    def check(self, database: ddblite.Database) -> bool:
        """Returns whether check names any damage."""
        try:
            return bool(database.check())
        except FileError:
            return True

    def write(self, database: ddblite.Database) -> None:
        """Writes an item, or is told why not."""
        try:
            database.call("PutItem", {"TableName": TABLE, "Item": {"id": {"S": "new"}}})
        except FileError:
            self.errors += 1
        except ResourceNotFoundException:
            self.missing += 1


def look(path: Path, dice: random.Random) -> list[Reading]:
    """Damages a file and asks it for everything, for reading and for writing."""
    content = bytearray(sound_file())
    damage = dice.choice(DAMAGES)
    damage(dice, content)
    readings = []
    for mode in ("read", "open"):
        path.write_bytes(content)
        reading = Reading(path, mode, may_hide=damage in MISPLACED)
        begun = time.process_time()
        reading.read()
        assert time.process_time() - begun < SECONDS_MAX, "it takes too long"
        readings.append(reading)
        for suffix in ("-wal", "-shm", "-journal"):
            Path(f"{path}{suffix}").unlink(missing_ok=True)
    return readings


def trial(trial: Trial) -> None:
    """Some damaged files, each with dice of its own."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for number in range(trial.cases):
        seed = trial.dice.randrange(10**9)
        try:
            look(trial.path, random.Random(seed))
        except BaseException as error:
            error.add_note(f"damaged file {number}, seed {seed}")
            raise
    taken = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert taken < MEMORY_KIB_MAX, f"{taken:,} KiB of memory were taken"

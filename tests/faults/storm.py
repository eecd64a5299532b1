"""A storm of Ctrl-C: one at a random moment of whatever a program may be doing, then the next.

After each, another thread can write at once, this thread sees what it wrote, what was acknowledged
is there, and of what was cut short all or nothing.
"""

import faulthandler
import io
import random
import signal
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

import ddblite
from ddblite.workbench.transfer import ImportStopped, export_items, import_items
from faults.forked import SECONDS_MAX, Child
from faults.lines import Trial
from faults.writing import TABLE, index, template, write_and_read

CHECKED_EVERY: Final = 10
WAIT_S: Final = 30
LOST_S: Final = 2
BATCH: Final = 5


def trial(given: Trial) -> None:
    """Lets a program of its own be struck so many times."""
    given.path.write_bytes(template())
    with Child(lambda _: be_struck(given)) as child:
        child.finish()
    with ddblite.connect(given.path) as database:
        assert [] == database.check()
        write_and_read(database)
    left = [one.name for one in given.folder.iterdir() if one.name.startswith(given.path.name)]
    assert [given.path.name] == left, left


def be_struck(given: Trial) -> None:
    """Is the program: works, is struck, and looks how it is."""
    faulthandler.dump_traceback_later(SECONDS_MAX, exit=True, file=2)  # the alarm is for Ctrl-C
    signal.signal(signal.SIGALRM, signal.default_int_handler)
    program = Program(given.path, given.dice)
    for number in range(given.cases):
        kind = given.dice.choice(list(WORKS))
        most_s, work = WORKS[kind]
        try:
            strike(lambda work=work: work(program), given.dice.random() * most_s)  # type: ignore[misc]
            program.look(is_checked=number % CHECKED_EVERY == 0)
        except Exception as error:
            raise AssertionError(f"struck in {kind}: {error!r}") from error
    program.database.close()


def strike(work: Callable[[], object], after_s: float) -> None:
    """Does the work again and again until the signal comes.

    Python loses one that strikes while it clears an object away; then it was as if there was none.
    """
    end_s = time.monotonic() + after_s + LOST_S
    try:
        signal.setitimer(signal.ITIMER_REAL, max(after_s, 0.000_01))
        while time.monotonic() < end_s:
            work()
    except (KeyboardInterrupt, ImportStopped):
        return
    except RuntimeError as error:
        if not isinstance(error.__cause__, KeyboardInterrupt):  # as Python wraps one in a class's
            raise  # making, while it imports
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


class Program:
    """An open database, and what the program knows of it."""

    def __init__(self, path: Path, dice: random.Random) -> None:
        self.path = path
        self.dice = dice
        self.database = self.open()
        self.begun = self.done = 0

    def open(self) -> ddblite.Database:
        """Opens the file."""
        return ddblite.connect(self.path, durability="none")

    @property
    def table(self) -> ddblite.Table:
        """The table, which is looked up each time."""
        return ddblite.Table(self.database.engine, TABLE)

    def look(self, *, is_checked: bool) -> None:
        """Raises unless everything goes on as if nothing had happened."""
        if self.database.engine.storage.failure is not None:  # it was closed
            self.database = self.open()
        mark = self.dice.random().hex()
        other = threading.Thread(
            target=self.table.put, args=({"p": "other", "s": 1, "mark": mark},), daemon=True
        )
        other.start()
        other.join(WAIT_S)
        assert not other.is_alive(), "another thread waits for what nobody gives back"
        found = self.table.get("other", 1) or {}
        assert mark == found.get("mark"), "this thread sees the past"
        struck = self.table.query("p = :p", values={":p": "struck"}).all()
        numbers = {item["number"] for item in struck}
        assert len(numbers) <= 1, f"a part of a write: {numbers}"
        if self.done:
            assert numbers <= {self.done, self.begun}, f"{numbers}, {self.done}, {self.begun}"
            assert len(struck) == BATCH, f"{len(struck)} items"
        in_index = self.table.query("g = :g", index="by_group", values={":g": "struck"}).all()
        assert struck == sorted(in_index, key=lambda item: item["s"]), "the index differs"
        if is_checked:
            assert [] == self.database.check()
        self.done = self.begun = max(numbers, default=0)

    def write(self, carry_out: Callable[[list[dict[str, Any]]], object]) -> None:
        """Writes all five items with the next number."""
        number = max(self.begun, self.done) + 1
        self.begun = number
        carry_out(
            [
                {"p": "struck", "s": place, "g": "struck", "n": place, "number": number}
                for place in range(BATCH)
            ]
        )
        self.done = number


def transact(program: Program) -> None:
    """Writes in a transaction."""
    program.write(
        lambda items: program.database.transact_write([ddblite.Put(TABLE, one) for one in items])
    )


def batch(program: Program) -> None:
    """Writes in a batch."""

    def carry_out(items: list[dict[str, Any]]) -> None:
        with program.table.batch() as batched:
            for item in items:
                batched.put(item)

    program.write(carry_out)


def load(program: Program) -> None:
    """Imports."""

    def carry_out(items: list[dict[str, Any]]) -> None:
        lines = [
            f'{{"p":"struck","s":{one["s"]},"g":"struck","n":{one["n"]},"number":{one["number"]}}}\n'
            for one in items
        ]
        import_items(program.table, io.BytesIO("".join(lines).encode()))

    program.write(carry_out)


def put(program: Program) -> None:
    """Writes one item that nobody asks for again."""
    program.table.put({"p": "single", "s": 1, "pad": "x" * 5000, "g": "a", "n": 1})
    program.table.update(("single", 1), "ADD times :one", values={":one": 1})


def execute(program: Program) -> None:
    """Runs statements."""
    program.database.execute(f"SELECT * FROM {TABLE} WHERE g = 'a'").all()  # noqa: S608
    program.database.execute(f"UPDATE {TABLE} SET x = 1 WHERE p = 'p2' AND s = 2")  # noqa: S608


def read(program: Program) -> None:
    """Reads by get, Query and Scan."""
    program.table.get("p1", 1)
    program.table.query("g = :g", index="by_group", values={":g": "a"}).all()
    program.table.scan().all()


def change_table(program: Program) -> None:
    """Adds an index, or removes it."""
    has_index = "added" in program.table.spec.indexes
    change = (
        {"Delete": {"IndexName": "added"}}
        if has_index
        else {"Create": index("added", "g", "s", "ALL")}
    )
    kinds = [
        {"AttributeName": "g", "AttributeType": "S"},
        {"AttributeName": "s", "AttributeType": "N"},
    ]
    request = {"TableName": TABLE, "GlobalSecondaryIndexUpdates": [change]}
    program.database.call(
        "UpdateTable", request | ({} if has_index else {"AttributeDefinitions": kinds})
    )


def back_up(program: Program) -> None:
    """Makes a backup, which is there and whole or not at all."""
    target = program.path.with_name("backup.ddb")
    if target.exists():
        with ddblite.connect(target, mode="read") as copy:
            assert [] == copy.check()
        target.unlink()
    program.database.backup(target)


def reopen(program: Program) -> None:
    """Closes the file and opens it again."""
    program.database.close()
    program.database = program.open()


WORKS: Final[Mapping[str, tuple[float, Callable[[Program], object]]]] = {
    "transaction": (0.004, transact),
    "batch": (0.004, batch),
    "import": (0.004, load),
    "put": (0.002, put),
    "statement": (0.01, execute),
    "read": (0.01, read),
    "check": (0.02, lambda program: program.database.check()),
    "export": (0.01, lambda program: export_items(program.table, io.StringIO(), "jsonl")),
    "sql": (0.02, lambda program: program.database.sql(f"SELECT count(*) FROM {TABLE}")),  # noqa: S608
    "UpdateTable": (0.01, change_table),
    "backup": (0.02, back_up),
    "close": (0.02, reopen),
}
"""What may be struck, and how long after its begin at most."""

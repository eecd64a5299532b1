"""A program with the file open forks, and whatever both do then: nothing acknowledged is lost.

The family: a parent, with threads that write or read or with none; its child, which opens the file
anew and writes, and may fork once more; and an outsider, who opens and closes the file meanwhile.
Each ends as the dice say: it closes, ends without closing, goes on, or is killed.
"""

import os
import random
import signal
import threading
import time
import traceback
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import ddblite
from ddblite.schema.errors import Busy, FileError
from faults.forked import Child
from faults.lines import Trial
from faults.writing import TABLE, template, write_and_read

ENDS: Final = ("close", "exit", "kill", "stay")
THREADS: Final = ((), (), ("write",), ("read",), ("write", "read"), ("write", "write", "read"))
WRITES_MAX: Final = 30
REFUSED: Final = "when this process was forked"


@dataclass(frozen=True, slots=True)
class Plan:
    """Who does what."""

    path: Path
    seed: int
    threads: Sequence[str]
    parent_ends: str
    child_ends: str
    grandchild_ends: str
    outsiders: int
    has_grandchild: bool

    def connect(self) -> ddblite.Database:
        """Opens the file."""
        return ddblite.connect(self.path, durability="process")


def trial(given: Trial) -> None:
    """Lets a family live, and looks at what is left."""
    dice = given.dice
    plan = Plan(
        given.path,
        dice.randrange(10**9),
        dice.choice(THREADS),
        parent_ends=dice.choice(ENDS),
        child_ends=dice.choice(ENDS),
        grandchild_ends=dice.choice(ENDS),
        outsiders=dice.randrange(4),
        has_grandchild=dice.random() < 0.3,
    )
    plan.path.write_bytes(template())
    with Child(lambda child: be_parent(child, plan)) as parent:
        for _ in range(plan.outsiders):
            time.sleep(dice.random() * 0.01)
            with Child(lambda _: be_outsider(plan)) as outsider:
                outsider.finish()
        told = list(parent.rest())
        parent.wait()
    assert not [line for line in told if line.startswith("fault ")], (plan, told)
    if not plan.threads:
        assert "refused" not in told, (plan, "the file is refused without a reason")
    look_at(plan, [line for line in told if line != "refused"])


def look_at(plan: Plan, told: list[str]) -> None:
    """Raises unless all that was acknowledged is there, and at most one write of each besides."""
    with plan.connect() as database:
        assert [] == database.check(), plan
        items = database.table(TABLE).query("p = :p", values={":p": "fork"}).all()
        found = {item["who"] for item in items}
        lost = set(told) - found
        assert not lost, f"{plan}: {len(lost)} of {len(told)} acknowledged writes are lost"
        extra = Counter(who.partition(" ")[0] for who in found - set(told))
        assert max(extra.values(), default=0) <= 1, f"{plan}: {extra} were not acknowledged"
        write_and_read(database)
    assert [plan.path] == list(plan.path.parent.iterdir()), plan


def write(child: Child, table: ddblite.Table, name: str, number: int) -> None:
    """Writes an item and says so."""
    who = f"{name} {number}"
    place = int.from_bytes(name.encode()) * 1000 + number
    try:
        table.put({"p": "fork", "s": place, "who": who, "g": "a", "n": number, "pad": "x" * 500})
    except Busy:  # the others always came first
        return
    child.say(who)


def be_parent(child: Child, plan: Plan) -> None:
    """Opens, forks, and ends as it should."""
    dice = random.Random(plan.seed)
    database = plan.connect()
    table = database.table(TABLE)
    stopped = threading.Event()

    def work(kind: str, name: str) -> None:
        number = 0
        while not stopped.is_set():
            number += 1
            if kind == "write":
                write(child, table, name, number)
            else:
                table.scan().all()

    threads = [
        threading.Thread(target=work, args=(kind, f"t{place}"), daemon=True)
        for place, kind in enumerate(plan.threads)
    ]
    for thread in threads:
        thread.start()
    for number in range(dice.randrange(4)):
        write(child, table, "a", number)
    with Child(lambda _: be_child(child, plan, "b", plan.child_ends)) as mine:
        for number in range(4, 4 + dice.randrange(WRITES_MAX)):
            write(child, table, "a", number)
        time.sleep(dice.random() * 0.01)
        if plan.parent_ends in ("close", "stay"):
            if plan.parent_ends == "stay":
                mine.wait()
            stopped.set()
            for thread in threads:
                thread.join()
            database.close()
        end(plan.parent_ends)
        mine.wait()


def be_child(child: Child, plan: Plan, name: str, ends: str) -> None:
    """Opens the file anew, as the error of the parent's database says, and writes."""
    try:
        database = plan.connect()
    except FileError as error:
        where = " ".join("".join(traceback.format_exception(error)).splitlines()[-60:])
        child.say("refused" if REFUSED in error.message else f"fault {error!r} {where}")
        return
    table = database.table(TABLE)
    for number in range(WRITES_MAX // 2):
        write(child, table, name, number)
    if plan.has_grandchild and name == "b":
        with Child(lambda _: be_child(child, plan, "c", plan.grandchild_ends)) as mine:
            for number in range(WRITES_MAX, 2 * WRITES_MAX):
                write(child, table, name, number)
            if ends == "close":
                database.close()
            end(ends)
            mine.wait()
    for number in range(2 * WRITES_MAX, 3 * WRITES_MAX):
        if database.engine.storage.failure is None:
            write(child, table, name, number)
    end(ends)
    database.close()


def be_outsider(plan: Plan) -> None:
    """Is a program that has nothing to do with the family, as ``ddblite tables`` is."""
    with plan.connect() as database:
        database.table(TABLE).put({"p": "outside", "s": 1})


def end(how: str) -> None:
    """Ends this process at once, if it is to."""
    if how == "exit":
        os._exit(0)
    if how == "kill":
        os.kill(os.getpid(), signal.SIGKILL)

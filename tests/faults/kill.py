"""kill -9 at a random moment, over all ways of writing.

What was acknowledged is there, with at most what was in flight; the file is whole, one file is
left, and a write works. A transaction whose answer was lost is asked for again, with its token.
"""

import asyncio
import io
import itertools
import json
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import ddblite
from ddblite.api.python.options import Durability
from ddblite.engine import bulk
from ddblite.workbench import transfer
from faults import writing
from faults.doors import DOORS
from faults.forked import Child
from faults.lines import Trial
from faults.writing import (
    BACKUP_EVERY,
    IMPORTED,
    IMPORTED_TOGETHER,
    TABLE,
    Model,
    State,
    Steps,
    state_of,
    template,
)

LOG_BYTES_MAX: Final = 200_000
"""Small, so that the log is emptied often."""

TOGETHER: Final = 8


@dataclass(frozen=True, slots=True)
class Plan:
    """What a victim does with its file."""

    path: Path
    make: Steps
    seed: int
    door: str
    durability: Durability

    def connect(self) -> ddblite.Database:
        """Opens the file."""
        database = ddblite.connect(self.path, durability=self.durability)
        log = database.engine.storage.log
        log.bytes_max = log.bytes_next = LOG_BYTES_MAX
        return database


Victim = Callable[[Child, Plan], None]


def at_a_door(child: Child, plan: Plan) -> None:
    """One request after another."""
    database = plan.connect()
    with DOORS[plan.door](database) as ask:
        for number, step in enumerate(writing.steps(plan.make, plan.seed), 1):
            ask(step.operation, step.wire)
            child.say(number)


def with_backups(child: Child, plan: Plan) -> None:
    """Writes, and backups in between."""
    database = plan.connect()
    for number, step in enumerate(writing.steps(plan.make, plan.seed), 1):
        if step.operation == "Backup":
            database.backup(plan.path.with_name(step.wire["name"]))
        else:
            database.call(step.operation, step.wire)
        child.say(number)


def opening_and_closing(child: Child, plan: Plan) -> None:
    """Three writes, and the file is closed and opened again; every close empties the log."""
    numbered = enumerate(writing.steps(plan.make, plan.seed), 1)
    while True:
        with plan.connect() as database:
            for number, step in itertools.islice(numbered, 3):
                database.call(step.operation, step.wire)
                child.say(number)


def importing(child: Child, plan: Plan) -> None:
    """One import after another, each written in groups."""
    for name in ("GROUP_ITEMS_MAX", "INDEXED_GROUP_ITEMS_MAX"):
        bulk.__dict__[name] = IMPORTED_TOGETHER  # in this process only
    database = plan.connect()
    written = itertools.count(1)
    for step in writing.steps(plan.make, plan.seed):
        writes = step.wire["RequestItems"][TABLE]
        lines = [json.dumps({"Item": write["PutRequest"]["Item"]}) + "\n" for write in writes]
        transfer.import_items(
            database.table(TABLE),
            io.BytesIO("".join(lines).encode()),
            lambda _bytes, items: child.say(next(written)) if items else None,
        )


def at_once(child: Child, plan: Plan) -> None:
    """Eight requests at once, which share their commits."""

    async def write() -> None:
        async with ddblite.connect_async(plan.path, durability=plan.durability) as database:
            numbered = enumerate(writing.steps(plan.make, plan.seed), 1)
            while True:
                group = list(itertools.islice(numbered, TOGETHER))
                asked = [database.call(step.operation, step.wire) for _, step in group]
                await asyncio.gather(*asked)
                child.say(group[-1][0])

    asyncio.run(write())


@dataclass(frozen=True, slots=True)
class Way:
    """A way of writing: its steps, who takes them, and how many of them are waited for."""

    name: str
    make: Steps
    victim: Victim = at_a_door
    steps_max: int = 40
    in_flight: int = 1


WAYS: Final = (
    Way("put", writing.put),
    Way("update", writing.update),
    Way("delete", writing.delete),
    Way("batch", writing.batch, steps_max=20),
    Way("transaction", writing.transaction, steps_max=20),
    Way("statement", writing.statement),
    Way("import", writing.imported, importing, steps_max=8),
    Way("index", writing.change_of_index, steps_max=8),
    Way("tables", writing.change_of_tables, steps_max=16),
    Way("backup", writing.backup, with_backups, steps_max=8),
    Way("close", writing.put, opening_and_closing, steps_max=12),
    Way("at once", writing.put, at_once, in_flight=TOGETHER),
)


def trial(given: Trial) -> None:
    """Kills a victim and looks at what it left."""
    dice = given.dice
    way = WAYS[given.number % len(WAYS)]
    durability: Durability = dice.choice(("power", "process", "none"))
    plan = Plan(given.path, way.make, dice.randrange(10**9), dice.choice(list(DOORS)), durability)
    plan.path.write_bytes(template())
    model = Model(plan.path, way.make, plan.seed)
    context = f"{way.name} at {plan.door}, {durability}"
    acknowledged = killed(way, plan, dice.randrange(way.steps_max), dice.random() * 0.002)
    try:
        look_at(plan, way, model, acknowledged)
    except AssertionError as error:
        raise AssertionError(f"{context}: {acknowledged} acknowledged: {error}") from error


def killed(way: Way, plan: Plan, enough: int, after_s: float) -> int:
    """Kills a victim some time after it has told of so many steps; returns how many it told of."""
    with Child(lambda child: way.victim(child, plan)) as child:
        lines = [child.hear() for _ in range(enough)]
        time.sleep(after_s)
        child.kill()
        lines += child.rest()
    assert not [line for line in lines if line.startswith("fault ")], lines[-1]
    return int(lines[-1]) if lines else 0


def look_at(plan: Plan, way: Way, model: Model, acknowledged: int) -> None:
    """Raises unless the file is whole and as after what was acknowledged, or what was in flight."""
    with plan.connect() as database:
        assert [] == database.check(), "check"
        if way.victim is importing:
            look_at_import(database, acknowledged)
        else:
            look_at_state(way, model, state_of(database), acknowledged)
    if way.name == "transaction":
        with plan.connect() as database, DOORS[plan.door](database) as ask:
            ask(model.last.operation, model.last.wire)
        with plan.connect() as database:
            assert model.after(acknowledged + 1) == state_of(database), "a token was of no use"
    with plan.connect() as database:
        writing.write_and_read(database)
        assert [] == database.check(), "check after a write"
    left = [one.name for one in plan.path.parent.iterdir() if not one.match("*backup*")]
    assert [plan.path.name] == left, f"{left} is left"
    if way.victim is with_backups:
        look_at_backups(plan, acknowledged)


def look_at_state(way: Way, model: Model, found: State, acknowledged: int) -> None:
    """Raises unless a state is that of what was acknowledged, or of what was in flight."""
    states = [model.after(acknowledged + more) for more in range(way.in_flight + 1)]
    assert found in states, difference(found, states[0])


def look_at_import(database: ddblite.Database, acknowledged: int) -> None:
    """Raises unless so many groups of the imports are there, or one more; in whatever order."""
    done, groups = divmod(acknowledged, IMPORTED // IMPORTED_TOGETHER)
    items = database.table(TABLE).query("p = :p", values={":p": "in"}).all()
    found = Counter(int(item["last"]) for item in items)
    newer = found.pop(done + 1, 0)
    assert newer in (groups * IMPORTED_TOGETHER, (groups + 1) * IMPORTED_TOGETHER), newer
    assert found == ({done: IMPORTED - newer} if done and newer < IMPORTED else {}), found


def look_at_backups(plan: Plan, acknowledged: int) -> None:
    """Raises unless every backup that was told of is there, and whole and of its moment."""
    backups = {int(one.stem[6:]): one for one in plan.path.parent.glob("backup*.ddb")}
    missing = set(range(BACKUP_EVERY, acknowledged + 1, BACKUP_EVERY)) - set(backups)
    assert not missing, f"backups {missing} are missing"
    plan.path.write_bytes(template())
    model = Model(plan.path, plan.make, plan.seed)
    for number, path in sorted(backups.items()):
        with ddblite.connect(path, mode="read") as database:
            assert [] == database.check(), f"check of {path.name}"
            assert model.after(number) == state_of(database), path.name


def difference(found: State, expected: State) -> str:
    """Returns in a few words how a state differs from the one that was acknowledged."""
    told = []
    for name in sorted({*found, *expected}):
        one, other = found.get(name, ([], [])), expected.get(name, ([], []))
        more, fewer = set(one[1]) - set(other[1]), set(other[1]) - set(one[1])
        told.append(
            f"{name}: indexes {one[0]} for {other[0]}, more {[text[:200] for text in more][:3]},"
            f" missing {[text[:200] for text in fewer][:3]}"
        )
    return "; ".join(told)

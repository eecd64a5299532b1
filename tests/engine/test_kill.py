"""A writer is killed at random moments: what it acknowledged is there, and the file is whole."""

import os
import random
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import ddblite
from children import start
from shapes import make_table

pytestmark = pytest.mark.skipif(
    not hasattr(signal, "SIGKILL"), reason="this system has no signal that kills at once"
)

ROUNDS = 25
ROUNDS_PER_CHILD = 1

WRITER = """
import os, random, sys
import ddblite
path, seed = sys.argv[1], int(sys.argv[2])
dice = random.Random(seed)
database = ddblite.connect(path)
table = database.table("shapes")
sys.stdout.write("ready\\n")
sys.stdout.flush()
number = 0
while True:
    number += 1
    s = dice.randrange(12)
    kind = dice.random()
    if kind < 0.5:
        table.put({"p": "a", "s": s, "g": "x", "gs": number, "l1": str(number), "last": number,
                   "pad": "x" * dice.randrange(3000)})
    elif kind < 0.8:
        table.update(("a", s), "SET gs = :n, g = :g, #l = :n", names={"#l": "last"},
                     values={":n": number, ":g": dice.choice("xy")})
    elif kind < 0.9:
        with table.batch() as batch:
            for one in range(12):
                batch.put({"p": "b", "s": one, "last": number, "g": "x", "gs": number})
    else:
        table.delete("a", s)
    table.update(("count", 0), "SET #l = :n", names={"#l": "last"}, values={":n": number})
    os.write(1, b"%d\\n" % number)
"""


def replayed(seed: int) -> Iterator[tuple[int, dict[int, int | None], int]]:
    """Gives, write by write, what the writer with this seed has left: ``last`` of each item."""
    dice = random.Random(seed)
    items: dict[int, int | None] = {}
    batch = 0
    number = 0
    while True:
        number += 1
        s = dice.randrange(12)
        kind = dice.random()
        if kind < 0.5:
            dice.randrange(3000)
            items = {**items, s: number}
        elif kind < 0.8:
            dice.choice("xy")
            items = {**items, s: number}
        elif kind < 0.9:
            batch = number
        else:
            items = {**items, s: None}
        yield number, items, batch


def found_in(table: ddblite.Table) -> tuple[dict[int, int], set[Any]]:
    """Returns ``last`` of each single item, and of the items of the batch."""
    single = {
        int(str(item["s"])): int(str(item["last"]))
        for item in table.query("p = :p", values={":p": "a"})
    }
    batch = {item["last"] for item in table.query("p = :p", values={":p": "b"})}
    return single, batch


def test_a_killed_writer_loses_nothing_it_acknowledged(tmp_path: Path) -> None:
    """Twenty-five times on one file; at most the write in flight is there besides."""
    path = tmp_path / "test.ddb"
    with ddblite.connect(path) as database:
        make_table(database)
    dice = random.Random(20)
    waiting = start(WRITER, path, 0)
    for seed in range(ROUNDS):
        child, acknowledged = waiting, 0
        assert child.stdout is not None
        assert child.stdout.readline() == "ready\n"
        for _ in range(dice.randrange(1, 40)):
            acknowledged = int(child.stdout.readline())
        child.send_signal(signal.SIGKILL)
        printed = child.stdout.read()
        complete = printed[: printed.rfind("\n") + 1].split()
        acknowledged = int(complete[-1]) if complete else acknowledged
        assert ("", "") == child.communicate(timeout=30)
        assert -signal.SIGKILL == child.returncode
        with ddblite.connect(path) as database:
            assert database.check() == [], f"seed {seed}"
            table = database.table("shapes")
            compare(table, seed, acknowledged)
            with table.batch() as batch:
                for item in table.scan().all():
                    batch.delete(item["p"], item["s"])
        assert [path] == list(tmp_path.iterdir())
        if seed + 1 < ROUNDS:
            waiting = start(WRITER, path, seed + 1)


def compare(table: ddblite.Table, seed: int, acknowledged: int) -> None:
    """Fails unless a table is as after the acknowledged writes, or one more."""
    single, batch = found_in(table)
    states = []
    for number, items, last_batch in replayed(seed):
        if number in (acknowledged, acknowledged + 1):
            left: dict[int, int] = {s: last for s, last in items.items() if last is not None}
            states.append((left, {last_batch} - {0}))
        if number > acknowledged:
            break
    assert (single, batch) in states, f"seed {seed}, {acknowledged} acknowledged"
    counted = table.get("count", 0) or {"last": 0}
    assert counted["last"] in (acknowledged, acknowledged + 1)


def test_a_killed_maker_of_tables_leaves_them_whole(tmp_path: Path) -> None:
    """A table is there with all its indexes, or not at all."""
    script = """
import os, sys
sys.path.insert(0, sys.argv[2])
import ddblite
from shapes import make_table
database = ddblite.connect(sys.argv[1])
number = max([int(name[5:]) for name in database.tables()], default=0)
while True:
    number += 1
    make_table(database, f"table{number}").put({"p": "a", "s": 1, "g": "x", "gs": 1})
    if number % 3 == 0:
        database.delete_table(f"table{number - 1}")
    os.write(1, b"%d\\n" % number)
"""
    path = tmp_path / "test.ddb"
    dice = random.Random(4)
    for _ in range(6):
        child = start(script, path, Path(__file__).parents[1])
        assert child.stdout is not None
        for _ in range(dice.randrange(1, 6)):
            acknowledged = int(child.stdout.readline())
        os.kill(child.pid, signal.SIGKILL)
        child.communicate(timeout=30)
        with ddblite.connect(path) as database:
            assert database.check() == []
            assert acknowledged % 3 == 2 or f"table{acknowledged}" in database.tables()
            for name in database.tables():
                assert 10 == len(database.table(name).spec.indexes) + 1

"""A program is killed at random moments: log, items, indexes and what expires agree after each.

Ten times here; ``DDBLITE_KILLS=300`` makes it so many.
"""

import os
import random
import signal
from pathlib import Path
from typing import Any

import pytest

import ddblite
from backed_up import items_of
from children import start
from ddblite.engine.codec import item_of_body
from ddblite.engine.history import entries
from ddblite.engine.history.entries import ITEM, Entry

pytestmark = pytest.mark.skipif(
    not hasattr(signal, "SIGKILL"), reason="this system has no signal that kills at once"
)

KILLS = int(os.environ.get("DDBLITE_KILLS", "10"))

WRITER = """
import contextlib, os, random, sys, time
import ddblite
database = ddblite.connect(sys.argv[1], durability="process")
dice = random.Random(int(sys.argv[2]))
table = database.table("pairs")
number = int(time.time() * 1000)
while True:
    number += 1
    kind = dice.random()
    item = {"user": dice.choice("xyz"), "n": number, "text": "x" * dice.randrange(2500)}
    if kind < 0.4:
        pair = str(dice.randrange(8))
        database.transact_write([
            ddblite.Put(table, {"id": side + pair, **item}) for side in ("left", "right")
        ])
    elif kind < 0.6:
        table.put({"id": "single%d" % dice.randrange(20), **item})
    elif kind < 0.7:
        table.delete("single%d" % dice.randrange(20))
    elif kind < 0.8:
        with table.batch() as batch:
            for one in range(8):
                batch.put({"id": "batch%d" % one, **item})
    elif kind < 0.9:
        expires = int(time.time()) + dice.randrange(-2, 2)
        table.put({"id": "short%d" % dice.randrange(9), "expires": expires, **item})
        database.sweep()
    elif kind < 0.95:
        table.backup("backup%d" % number)
        for backup in database.backups()[:-3]:
            database.call("DeleteBackup", {"BackupArn": backup.arn})
    else:
        name = "restored%d" % dice.randrange(3)
        if name in database.tables():
            database.delete_table(name)
        with contextlib.suppress(ddblite.errors.InvalidRestoreTimeException):
            database.restore_table(name, "pairs", at=time.time() - dice.random())
    os.write(1, b"%d\\n" % number)
"""


def make(path: Path) -> None:
    """Makes a file with a table that has a stream, recovery, expiry and an index."""
    with ddblite.connect(path) as database:
        database.create_table(
            "pairs",
            partition_key="id",
            indexes=[ddblite.GlobalIndex("by_user", partition_key="user", sort_key=("n", "N"))],
        )
        name = {"TableName": "pairs"}
        stream = {"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"}
        database.call("UpdateTable", name | {"StreamSpecification": stream})
        expiry = {"Enabled": True, "AttributeName": "expires"}
        database.call("UpdateTimeToLive", name | {"TimeToLiveSpecification": expiry})
        recovery = {"PointInTimeRecoveryEnabled": True}
        database.call(
            "UpdateContinuousBackups", name | {"PointInTimeRecoverySpecification": recovery}
        )


def logged(database: ddblite.Database) -> list[Entry]:
    """Returns the entries of items."""
    number = database.table("pairs").spec.number
    found = entries.all_entries(database.engine.storage)
    return [one for one in found if one.kind == ITEM and one.table_number == number]


def replayed(found: list[Entry]) -> dict[str, Any]:
    """Returns the items that the log leads to, each entry following on the one before it."""
    bodies: dict[bytes | None, bytes | None] = {}
    for entry in found:
        assert bodies.get(entry.key) == entry.old_body
        bodies[entry.key] = entry.new_body
    items = [item_of_body(body) for body in bodies.values() if body is not None]
    return {str(item["id"]): item for item in items}


def pairs_of(items: dict[str, Any]) -> list[tuple[Any, Any]]:
    """Returns the numbers of both sides of each pair, which were written together."""
    sides = [items.get(f"left{pair}", {}).get("n") for pair in range(8)]
    others = [items.get(f"right{pair}", {}).get("n") for pair in range(8)]
    return list(zip(sides, others, strict=True))


def test_the_history_is_whole_after_each_kill(tmp_path: Path) -> None:
    path = tmp_path / "test.ddb"
    make(path)
    dice = random.Random(7)
    for seed in range(KILLS):
        child = start(WRITER, path, seed)
        assert child.stdout is not None
        for _ in range(dice.randrange(1, 60)):
            assert child.stdout.readline()
        child.send_signal(signal.SIGKILL)
        child.communicate(timeout=30)
        with ddblite.connect(path) as database:
            assert [] == database.check(), f"seed {seed}"
            found = logged(database)
            items = items_of(database.table("pairs"))
            assert items == replayed(found)
            # Nothing is half done: now, at any moment, and in whatever was restored.
            for name in database.tables():
                assert all(one == two for one, two in pairs_of(items_of(database.table(name))))
            moment = dice.choice(found).written_at_s if found else None
            if moment is not None:
                past = items_of(database.restore_table("past", "pairs", at=moment))
                assert all(one == two for one, two in pairs_of(past))
                assert past == replayed([one for one in found if one.written_at_s <= moment])
                database.delete_table("past")
        assert [path] == list(tmp_path.iterdir())

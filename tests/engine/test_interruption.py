"""Ctrl-C at any moment leaves a database that goes on working."""

import signal
import threading
from pathlib import Path

import pytest

import ddblite
from ddblite import GlobalIndex

ROUNDS = 40
FIRST_S = 0.004
STEP_S = 0.000_1


def work_for_ever(table: ddblite.Table, interrupted_after_s: float) -> None:
    """Writes, queries and scans; on a busy machine the interruption may come before all that."""
    signal.setitimer(signal.ITIMER_REAL, interrupted_after_s)
    while True:
        table.put({"id": "a", "group": "g"})
        table.query("id = :id", values={":id": "a"}).all()
        table.scan(index="by_group").all()


def interrupted(table: ddblite.Table, after_s: float) -> None:
    """Writes and reads until a signal raises KeyboardInterrupt, as Ctrl-C does."""
    before = signal.signal(signal.SIGALRM, signal.default_int_handler)
    try:
        with pytest.raises(KeyboardInterrupt):
            work_for_ever(table, after_s)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="there is no timer on this system")
@pytest.mark.parametrize("path", ["a.ddb", ":memory:"])
def test_an_interruption_leaves_nothing_held(tmp_path: Path, path: str) -> None:
    """Neither the lock, nor a transaction, nor an old snapshot, nor half a write."""
    file = path if path == ":memory:" else str(tmp_path / path)
    with ddblite.connect(file, durability="process") as database:
        table = database.create_table(
            "things", partition_key="id", indexes=[GlobalIndex("by_group", "group")]
        )
        for number in range(ROUNDS):
            interrupted(table, FIRST_S + number * STEP_S)
            other = threading.Thread(target=table.put, args=({"id": "b", "n": number},))
            other.start()
            other.join(timeout=10)
            assert not other.is_alive(), "another thread waits for a lock that nobody gives back"
            table.put({"id": "c", "n": number})
            assert {"id": "b", "n": number} == table.get("b")
            assert [] == database.check()

"""Ctrl-C at each line where locks are taken and transactions begun, for everything that does so."""

import io
import threading
from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

import pytest

import ddblite
from ddblite.schema.values import Item
from ddblite.workbench.dry_run import rehearse
from ddblite.workbench.transfer import ImportStopped, export_items, import_items
from interruptions import interruptions
from shapes import Shape, make_table
from wholeness import Wholeness

SHAPES = (Shape(None, ("p",), ("s",)), Shape("local_keys", ("p",), ("b1",)))
ITEM: Item = {"p": "a", "s": 1, "b1": b"b", "n": 1}
STATEMENTS = [
    {"Statement": "INSERT INTO things VALUE {'p': 'b', 's': 1}"},
    {"Statement": "DELETE FROM things WHERE p = 'b' AND s = 2"},
]


def whole_items(database: ddblite.Database) -> list[Item]:
    """Queries a local index for more than it carries, which takes a snapshot."""
    query = database.table("things").query
    return query("p = :p", values={":p": "a"}, index="local_keys", projection="n").all()


def batch_of_statements(database: ddblite.Database) -> None:
    """Carries out statements in one transaction, each a level of its own."""
    database.call("BatchExecuteStatement", {"Statements": STATEMENTS})


def come_and_go(database: ddblite.Database) -> None:
    """Makes a table and removes it."""
    database.create_table("more", partition_key="id")
    database.delete_table("more")


def import_with_a_fault(database: ddblite.Database) -> None:
    """Imports a group of which a line is refused: each is tried, and taken back."""
    lines = io.BytesIO(b'{"p": "i", "s": 1}\n{"p": "", "s": 1}\n')
    with pytest.raises(ImportStopped):
        import_items(database.table("things"), lines)


def dry_run(database: ddblite.Database) -> None:
    """Carries out a statement and takes it back."""
    rehearse(database.engine, "DELETE FROM things WHERE p = 'a' AND s = 1", ())


def export(database: ddblite.Database) -> None:
    """Writes a table out."""
    export_items(database.table("things"), io.StringIO(), "jsonl")


WORK: dict[str, Callable[[ddblite.Database, Path], object]] = {
    "get": lambda database, _: database.table("things").get("a", 1),
    "put": lambda database, _: database.table("things").put({"p": "b", "s": 3}),
    "whole items of an index": lambda database, _: whole_items(database),
    "tables": lambda database, _: come_and_go(database),
    "statements": lambda database, _: batch_of_statements(database),
    "sql": lambda database, _: database.sql("SELECT sum(n) FROM things"),
    "plan of sql": lambda database, _: database.explain_sql("SELECT sum(n) FROM things"),
    "export": lambda database, _: export(database),
    "import": lambda database, _: import_with_a_fault(database),
    "dry run": lambda database, _: dry_run(database),
    "check": lambda database, _: database.check(),
    "copy": lambda database, _: database.copy().close(),
    "backup": lambda database, folder: database.backup(folder / f"{uuid4()}.ddb"),
}


def prove_at_rest(database: ddblite.Database, number: int) -> None:
    """Shows that nothing is held, and that this thread reads the present."""
    assert not database.engine.storage.is_busy_here()
    item: Item = {"p": "other", "s": 1, "n": number}
    other = threading.Thread(target=database.table("things").put, args=(item,), daemon=True)
    other.start()
    other.join(timeout=10)
    assert not other.is_alive(), "another thread waits for a lock that nobody gives back"
    assert item == database.table("things").get("other", 1)
    database.table("things").put({"p": "own", "s": 1, "n": number})
    if "more" in database.tables():
        database.delete_table("more")
    database.create_table("yet_another", partition_key="id")
    database.delete_table("yet_another")
    # Or the log would grow from line to line, and with it what a check reads.
    database.engine.storage.writer.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()


@pytest.mark.parametrize("work", WORK.values(), ids=WORK)
@pytest.mark.parametrize("name", ["a.ddb", ":memory:"])
def test_an_interrupted_line_leaves_nothing_behind(
    tmp_path: Path, name: str, work: Callable[[ddblite.Database, Path], object]
) -> None:
    """Wherever it is: neither a lock, nor a transaction, nor an old snapshot or catalog."""
    path = name if name == ":memory:" else str(tmp_path / name)
    with ddblite.connect(path, durability="none") as database:
        make_table(database, "things", SHAPES).put(ITEM)
        count = 0
        for error in interruptions(lambda: work(database, tmp_path)):
            assert type(error) is KeyboardInterrupt, error
            count += 1
            prove_at_rest(database, count)
            if not count % 20:
                assert [] == database.check()
        assert count > 20
        assert [] == database.check()


@pytest.mark.parametrize("name", ["a.ddb", ":memory:"])
def test_an_interrupted_close_is_done_by_the_next(
    tmp_path: Path, name: str, wholeness: Wholeness
) -> None:
    """And no other thread waits for it."""
    wholeness.is_expected = True  # or it would be proven whole while it closes
    path = name if name == ":memory:" else str(tmp_path / name)
    opened: list[ddblite.Database] = []

    def open_and_close() -> None:
        opened.append(ddblite.connect(path, durability="none"))
        opened[-1].close()

    for _ in interruptions(open_and_close):
        for database in opened:
            other = threading.Thread(target=database.close, daemon=True)
            other.start()
            other.join(timeout=10)
            assert not other.is_alive(), "another thread waits for a lock that nobody gives back"
        opened.clear()
    if name != ":memory:":
        assert [name] == [one.name for one in tmp_path.iterdir()]

"""Copies in memory: the same database, of one moment, and from then on another one."""

import threading
from pathlib import Path
from typing import Any

import pytest

import ddblite
from ddblite.schema.errors import Closed
from shapes import make_table

PAIRS = 50


def test_a_copy_is_the_same_database(database: ddblite.Database) -> None:
    """From memory or a file: every table, item, index and counter."""
    table = make_table(database)
    for s in range(20):
        table.put({"p": "a", "s": s, "g": "x", "gs": s, "l1": "y"})
    with database.copy() as copy:
        assert table.scan().all() == copy.table("shapes").scan().all()
        assert 20 == len(copy.table("shapes").scan(index="global_all").all())
        wire = {"TableName": "shapes"}
        assert database.call("DescribeTable", wire) == copy.call("DescribeTable", wire)
        assert [] == copy.check()


def test_neither_sees_the_other(database: ddblite.Database) -> None:
    """Tables that are made later as well; and the copy outlives the first."""
    make_table(database)
    copy = database.copy()
    copy.table("shapes").put({"p": "in the copy", "s": 1})
    database.table("shapes").put({"p": "later", "s": 1})
    copy.create_table("more", partition_key="id")
    assert ["shapes"] == database.tables()
    assert None is database.table("shapes").get("in the copy", 1)
    database.close()
    assert ["in the copy"] == [item["p"] for item in copy.table("shapes").scan()]
    copy.close()


def test_copy_of_a_copy(database: ddblite.Database) -> None:
    database.create_table("music", partition_key="artist").put({"artist": "Nina"})
    with database.copy() as copy, copy.copy() as another:
        assert {"artist": "Nina"} == another.table("music").get("Nina")


def test_copy_of_a_file_open_for_reading(ours: Path) -> None:
    """The copy can be written all the same."""
    with ddblite.connect(ours, mode="read") as database, database.copy() as copy:
        copy.table("music").put({"artist": "Bob"})
        assert 2 == len(copy.table("music").scan().all())


def test_copy_while_others_write(music: ddblite.Database) -> None:
    """It has what one moment had: of writes that come in pairs both or none.

    They write the same items again and again: were there more of them with each, every copy would
    take longer than the one before, during which still more are written.
    """
    stopped = threading.Event()

    def write() -> None:
        number = 0
        while not stopped.is_set():
            number += 1
            artist = number % PAIRS
            pair = [
                ddblite.Put("music", {"artist": f"{side}{artist}", "number": number})
                for side in "ab"
            ]
            music.transact_write(pair)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        for _ in range(20):
            with music.copy() as copy:
                found = {item["artist"]: item["number"] for item in copy.table("music").scan()}
                sides = [
                    {name[1:]: found[name] for name in found if name[0] == one} for one in "ab"
                ]
                assert sides[0] == sides[1]
                assert [] == copy.check()
    finally:
        stopped.set()
        writer.join()


def test_options_are_kept() -> None:
    """The wording, leniency, the delay of tables, and the clock unless another is given."""
    clock, other = ddblite.FixedClock(1000), ddblite.FixedClock(5000)
    options: dict[str, Any] = {"wording": "older", "table_delay_s": 9, "lenient": True}
    with ddblite.connect(":memory:", clock=clock, **options) as database:
        for given, now_s in ((None, 1000), (other, 5000)):
            with database.copy(clock=given) as copy:
                copy.create_table("music", partition_key="artist")
                described = copy.call("DescribeTable", {"TableName": "music"})["Table"]
                assert "CREATING" == described["TableStatus"]
                assert now_s == described["CreationDateTime"]
                assert ("older", True) == (copy.engine.wording, copy.engine.lenient)


def test_closed_database_has_no_copy(database: ddblite.Database) -> None:
    database.close()
    with pytest.raises(Closed):
        database.copy()

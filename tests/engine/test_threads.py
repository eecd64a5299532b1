"""Eight threads and four processes on one file: nothing lost, nothing but Busy raised."""

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import ddblite
from children import finish, start
from ddblite.schema.errors import (
    Busy,
    ConditionalCheckFailedException,
    ResourceInUseException,
    ResourceNotFoundException,
)
from shapes import make_table

THREADS = 8
PROCESSES = 4


def together(work: Callable[[int], None], count: int = THREADS) -> None:
    """Runs something in many threads that begin at once, and raises what any of them raised."""
    begin = threading.Barrier(count)
    raised: list[BaseException] = []

    def run(number: int) -> None:
        begin.wait()
        try:
            work(number)
        except BaseException as error:  # noqa: BLE001 - handed on below
            raised.append(error)

    threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
        assert not thread.is_alive(), "a thread hangs"
    if raised:
        raise raised[0]


def until_free(write: Callable[[], Any]) -> object:
    """Repeats a write while another process holds the file, as every client does."""
    while True:
        try:
            return write()
        except Busy:
            continue


def test_threads_count_together(database: ddblite.Database) -> None:
    """Every increment is there; a reader sees the count only grow."""
    table = database.create_table("counters", partition_key="p")
    rounds = 60

    def count(number: int) -> None:
        last = 0
        for _ in range(rounds):
            if number % 2:
                item = table.get("a")
                seen = 0 if item is None else int(str(item["n"]))
                assert last <= seen
                last = seen
            else:
                table.update("a", "ADD n :one", values={":one": 1})

    together(count)
    assert {"p": "a", "n": rounds * THREADS // 2} == table.get("a")


def test_one_of_many_makes_an_item(database: ddblite.Database) -> None:
    table = database.create_table("locks", partition_key="p")
    made: list[int] = []

    def make(number: int) -> None:
        for key in range(10):
            try:
                table.put({"p": str(key), "by": number}, condition="attribute_not_exists(p)")
            except ConditionalCheckFailedException as failed:
                assert failed.item is not None  # noqa: PT017 - one of two outcomes
            else:
                made.append(key)

    together(make)
    assert sorted(made) == list(range(10))


def test_pages_are_snapshots_while_others_write(database: ddblite.Database) -> None:
    """Items that stay are seen by every scan exactly once, those that move at most twice."""
    table = make_table(database)
    stays = {("stays", s) for s in range(30)}
    for p, s in stays:
        table.put({"p": p, "s": s, "g": "x", "gs": 0})
    table.put({"p": "moves", "s": 0, "g": "x", "gs": 0})
    stop = threading.Event()

    def work(number: int) -> None:
        if number >= 2:
            for page_limit in (3, 7, None):
                found = [
                    (item["p"], item["s"])
                    for item in table.query(
                        "g = :g", index="global_all", values={":g": "x"}, page_limit=page_limit
                    )
                ]
                assert stays == {key for key in found if key[0] == "stays"}
                assert len(stays) == sum(key[0] == "stays" for key in found)
            if number == 2:
                stop.set()
            return
        turn = 0
        while not stop.is_set():
            turn += 1
            table.update(("moves", 0), "SET gs = :n", values={":n": turn % 50 * (number or -1)})
            table.put({"p": f"other {number}", "s": turn % 9, "g": "x", "gs": turn})

    together(work)
    assert database.check() == []


def test_tables_come_and_go_under_readers_and_writers(database: ddblite.Database) -> None:
    """Whoever comes too late is told so, in the words of DynamoDB."""
    polite = (ResourceNotFoundException, ResourceInUseException)

    def work(number: int) -> None:
        table = ddblite.Table(database.engine, "fleeting")
        for turn in range(12):
            try:
                if number == 0:
                    database.create_table("fleeting", partition_key="p")
                elif number == 1:
                    database.delete_table("fleeting")
                elif number % 2:
                    table.put({"p": str(turn)})
                    assert database.tables() in (["fleeting"], [])
                else:
                    table.scan(page_limit=2).all()
                    table.get("1")
            except polite:
                continue

    together(work)
    assert database.check() == []


COUNT = """
import sys
import ddblite
path, number, rounds = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
with ddblite.connect(path) as database:
    table = database.table("shapes")
    busy = 0
    for turn in range(rounds):
        while True:
            try:
                table.update(("sum", 0), "ADD plays :one SET g = :g, gs = :n",
                             values={":one": 1, ":g": str(number), ":n": turn})
                table.put({"p": f"process {number}", "s": turn, "g": "x", "gs": turn})
                break
            except ddblite.errors.Busy:
                busy += 1
        assert len(table.query("g = :g", index="global_all", values={":g": "x"}).all()) > turn
    print(busy)
"""


def test_processes_and_threads_count_together(tmp_path: Path) -> None:
    """Four processes and eight threads of this one, on a table with every kind of index."""
    path = tmp_path / "test.ddb"
    rounds = 25
    with ddblite.connect(path) as database:
        table = make_table(database)
        children = [start(COUNT, path, number, rounds) for number in range(PROCESSES)]

        def count(number: int) -> None:
            for turn in range(rounds):
                until_free(lambda: table.update(("sum", 0), "ADD plays :one", values={":one": 1}))
                until_free(lambda: table.put({"p": f"thread {number}", "s": turn, "h1": "x"}))  # noqa: B023

        together(count)
        for child in children:
            assert finish(child).strip().isdigit()
        found = table.get("sum", 0)
        assert found is not None
        assert rounds * (PROCESSES + THREADS) == found["plays"]
        assert 1 + rounds * (PROCESSES + THREADS) == len(table.scan().all())
        assert database.check() == []
    assert [path] == list(tmp_path.iterdir())


OPEN = """
import sys
import ddblite
with ddblite.connect(sys.argv[1]) as database:
    try:
        database.create_table("music", partition_key="p")
    except ddblite.errors.ResourceInUseException:
        pass
    database.table("music").put({"p": sys.argv[2]})
"""


@pytest.mark.parametrize("turn", range(3))
def test_processes_make_one_file_together(tmp_path: Path, turn: int) -> None:
    """All find no file, all may make it; there is one database afterwards."""
    path = tmp_path / f"test{turn}.ddb"
    for child in [start(OPEN, path, number) for number in range(PROCESSES)]:
        finish(child)
    with ddblite.connect(path, mode="open") as database:
        assert PROCESSES == len(database.table("music").scan().all())
    assert [path] == list(tmp_path.iterdir())

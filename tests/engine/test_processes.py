"""Other processes on the same file: what they change is seen, and not before it is done."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import ddblite
from children import Talker
from ddblite.engine.engine import Engine
from ddblite.schema import errors, requests
from music import put_within


def test_processes_see_each_others_catalog(path: Path) -> None:
    """Tables made, removed and made again elsewhere, with reads and writes here."""
    with ddblite.connect(path) as here, Talker(path) as there:
        assert here.tables() == []
        there.ask("database.create_table('one', partition_key='p').put({'p': 'a'})")
        there.ask("database.create_table('two', partition_key='p')")
        assert here.tables() == ["one", "two"]
        assert {"p": "a"} == here.table("one").get("a")
        here.table("two").put({"p": "b"})
        assert "{'p': 'b'}" == there.ask("database.table('two').get('b')")
        assert there.ask("database.check()") == "[]"


@pytest.mark.parametrize(
    "use",
    [
        lambda table: table.get({"p": "a"}),
        lambda table: table.put({"p": "a"}),
        lambda table: table.update({"p": "a"}, "SET x = :x", values={":x": 1}),
        lambda table: table.delete({"p": "a"}),
        lambda table: table.scan().all(),
        lambda table: table.query("p = :p", values={":p": "a"}).all(),
        lambda table: table.get("a"),
    ],
    ids=["get", "put", "update", "delete", "scan", "query", "get by value"],
)
def test_a_table_removed_elsewhere_is_not_found(path: Path, use: Callable[[Any], object]) -> None:
    """Whatever the request, and also the first one after the removal."""
    with ddblite.connect(path) as here, Talker(path) as there:
        table = here.create_table("music", partition_key="p")
        table.put({"p": "a"})
        assert "None" == there.ask("database.delete_table('music')")
        with pytest.raises(errors.ResourceNotFoundException):
            use(table)


def test_a_table_made_anew_elsewhere_is_another(path: Path) -> None:
    """It has another key and no items; reads and writes use the new description."""
    with ddblite.connect(path) as here, Talker(path) as there:
        table = here.create_table("music", partition_key="p")
        table.put({"p": "a"})
        there.ask("database.delete_table('music')")
        there.ask("database.create_table('music', partition_key=('q', 'N'), sort_key='r')")
        assert table.scan().all() == []
        table.put({"q": 1, "r": "b"})
        assert {"q": 1, "r": "b"} == table.get(1, "b")
        assert [{"q": 1, "r": "b"}] == table.scan().all()


def test_keys_by_value_follow_a_table_made_anew_elsewhere(path: Path) -> None:
    """The first use here after the change may already be one that needs the key's names."""
    with ddblite.connect(path) as here, Talker(path) as there:
        table = here.create_table("music", partition_key="p")
        there.ask("database.delete_table('music')")
        there.ask("database.create_table('music', partition_key='q').put({'q': 'a'})")
        assert {"q": "a"} == table.get("a")


def test_a_table_can_be_made_here_after_one_was_made_elsewhere(path: Path) -> None:
    """Numbers of SQLite tables are never used twice."""
    with ddblite.connect(path) as here, Talker(path) as there:
        for number in range(3):
            there.ask(f"database.create_table('there{number}', partition_key='p')")
            here.create_table(f"here{number}", partition_key="p")
        with pytest.raises(errors.ResourceInUseException):
            here.create_table("there1", partition_key="p")
        assert 6 == len(here.tables())
        assert "6" == there.ask("len(database.tables())")
        numbers = [spec.number for spec in here.engine.catalog.tables.values()]
        assert 6 == len(set(numbers))


def test_a_snapshot_sees_one_moment(path: Path) -> None:
    """What another process commits meanwhile is not in it."""
    with ddblite.connect(path) as here, Talker(path) as there:
        table = here.create_table("music", partition_key="p")
        with here.engine.storage.snapshot():
            assert table.get({"p": "a"}) is None
            there.ask("database.table('music').put({'p': 'a'})")
            assert table.get({"p": "a"}) is None
        assert {"p": "a"} == table.get({"p": "a"})


def test_others_wait_for_a_transaction_and_see_it_whole(path: Path) -> None:
    """A read elsewhere does not wait, and sees nothing of it before the commit."""
    with ddblite.connect(path) as here, Talker(path) as there:
        here.create_table("music", partition_key="artist")
        with here.engine.write() as transaction:
            put_within(transaction, {"artist": "a"})
            put_within(transaction, {"artist": "b"})
            assert "0" == there.ask("len(database.table('music').scan().all())")
        assert "2" == there.ask("len(database.table('music').scan().all())")


def test_an_engine_takes_no_unknown_request(music: ddblite.Database) -> None:
    """A record without an operation is our own mistake, and shows as one."""
    with pytest.raises(KeyError):
        music.engine.execute(requests.BatchPut(item={}))
    assert isinstance(music.engine, Engine)

"""Another key for a file: everything is kept, nobody else is disturbed, a crash leaves one file."""

import random
import signal
import threading
from itertools import pairwise
from pathlib import Path

import pytest

import ddblite
from children import start
from ddblite.engine.file import encryption_keys
from ddblite.engine.maintenance import rekeying
from ddblite.schema.errors import Busy, Closed, Corrupt, FileError, WrongKey
from hidden import KEY, OTHER_KEY, assert_hidden, filled, items_of
from wholeness import Wholeness


@pytest.fixture
def quick_passphrases(monkeypatch: pytest.MonkeyPatch) -> None:
    """Makes new files with a passphrase that takes no time to try; the file says how much."""
    monkeypatch.setattr(encryption_keys, "COST", (4, 8, 1))


@pytest.mark.usefixtures("quick_passphrases")
def test_a_key_can_be_changed_given_and_taken(path: Path) -> None:
    """The database goes on with it; nothing else opens the file any more."""
    with ddblite.connect(path) as database:
        table = filled(database)
        expected = items_of(database)
        keys: list[str | bytes | None] = [None, KEY, OTHER_KEY, "a passphrase", None]
        for old, new in pairwise(keys):
            database.rekey(new)
            assert expected == items_of(database)
            assert [] == database.check()
            with pytest.raises(WrongKey):
                ddblite.connect(path, key=old)
            table.put({"HiddenKey": "HiddenKey 1", "HiddenAttribute": "a", "new": str(new)})
            with ddblite.connect(path, key=new) as other:
                expected = items_of(other)
            assert expected == items_of(database)
    assert [path] == list(path.parent.iterdir())


def test_the_key_of_a_file_larger_than_the_cache_can_be_taken(path: Path) -> None:
    """Pages that leave the cache before the first is written have checksums as all do."""
    with ddblite.connect(path, key=KEY, durability="none") as database:
        table = database.create_table("music", partition_key="p")
        for number in range(60):
            table.put({"p": str(number), "text": "x" * 200_000})
        database.rekey(None)
        assert [] == database.check()
        assert 60 == len(table.scan().all())


def test_reads_beside_a_change_of_keys_are_asked_to_come_back(path: Path) -> None:
    """They are never told that the database is closed, and are answered afterwards."""
    said: set[str] = set()
    with ddblite.connect(path, durability="none") as database:
        table = filled(database)
        is_done = threading.Event()

        def read() -> None:
            while not is_done.is_set():
                try:
                    table.get("HiddenKey 1")
                except Closed as error:
                    said.add(error.message)
                    is_done.wait(0.001)  # else it would take Python's lock from the one who works

        readers = [threading.Thread(target=read) for _ in range(2)]
        for reader in readers:
            reader.start()
        for key in [KEY, OTHER_KEY] * 5:
            database.rekey(key)
        is_done.set()
        for reader in readers:
            reader.join()
        assert {"the database is getting another key; ask again"} >= said
        assert table.get("HiddenKey 1") is not None


def test_a_key_is_not_changed_under_others(path: Path) -> None:
    """Another connection, here or elsewhere, goes on, and so does the database that asked."""
    with ddblite.connect(path, key=KEY) as database:
        filled(database, 3)
        with ddblite.connect(path, key=KEY) as other:
            with pytest.raises(Busy, match="is in use; close it everywhere"):
                database.rekey(OTHER_KEY)
            assert 3 == len(items_of(other))
        assert 3 == len(items_of(database))
    with (
        ddblite.connect(path, key=KEY, mode="read") as database,
        pytest.raises(FileError, match="opened for reading"),
    ):
        database.rekey(OTHER_KEY)


REKEYING = """
import os, sys
import ddblite
keys = [bytes(range(32)), bytes(range(1, 33)), None]
at = int(sys.argv[2])
while True:
    with ddblite.connect(sys.argv[1], key=keys[at % 3]) as database:
        os.write(1, b"%d\\n" % at)
        database.rekey(keys[(at + 1) % 3])
    at += 1
"""


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="no signal that kills at once")
def test_a_killed_change_of_keys_leaves_one_file_whole(path: Path) -> None:
    """With the old key or with the new one, and everything in it."""
    keys = [KEY, OTHER_KEY, None]
    with ddblite.connect(path, key=KEY) as database:
        filled(database)
        expected = items_of(database)
    at = 0
    dice = random.Random(2)
    for _ in range(4):
        child = start(REKEYING, path, at)
        assert child.stdout is not None
        for _ in range(dice.randrange(1, 4)):
            at = int(child.stdout.readline())
        with pytest.raises(Exception, match="timed out"):
            child.wait(dice.random() / 20)
        child.kill()
        printed = child.communicate(timeout=30)[0].split()
        at = int(printed[-1]) if printed else at
        try:
            database = ddblite.connect(path, key=keys[at % 3])
        except WrongKey:
            at += 1
            database = ddblite.connect(path, key=keys[at % 3])
        with database:
            assert expected == items_of(database)
            assert [] == database.check()


def test_nothing_stands_in_clear_while_a_key_is_changed(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked = []

    def looking(part: Path) -> None:
        assert_hidden(path.parent)
        looked.append(part)

    monkeypatch.setattr(rekeying, "flush", looking)
    with ddblite.connect(path, key=KEY) as database:
        table = filled(database)
        database.rekey(OTHER_KEY)
        assert 2 == len(looked)
        table.put({"HiddenKey": "HiddenKey behind"})
        assert_hidden(path.parent)


def test_a_file_that_is_not_whole_keeps_its_key(path: Path, wholeness: Wholeness) -> None:
    """The copy is proven before it takes the file's name; the database goes on as it was."""
    wholeness.is_expected = True
    with ddblite.connect(path, key=KEY) as database:
        filled(database, 3)
        database.engine.storage.writer.execute("UPDATE ddb_tables SET item_count = 4")
        with pytest.raises(Corrupt, match="is not whole, and was removed"):
            database.rekey(OTHER_KEY)
        assert 3 == len(items_of(database))
    assert [path] == list(path.parent.iterdir())
    ddblite.connect(path, key=KEY).close()


def test_a_database_in_memory_gets_no_key() -> None:
    with (
        ddblite.connect(":memory:") as database,
        pytest.raises(FileError, match="in memory is not encrypted"),
    ):
        database.rekey(KEY)

"""Encrypted databases: what is hidden, what a wrong key gets, and what a crash leaves."""

import os
import random
import shutil
import signal
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import apsw
import pytest

import ddblite
from children import finish, run, start
from ddblite.engine.file import encryption, encryption_keys
from ddblite.engine.file.fileformat import PAGE_BYTES
from ddblite.engine.maintenance import backup
from ddblite.schema.errors import Corrupt, DdbError, FileError, WrongKey
from hidden import KEY, OTHER_KEY, assert_hidden, filled, items_of
from wholeness import Wholeness


@pytest.fixture
def quick_passphrases(monkeypatch: pytest.MonkeyPatch) -> None:
    """Makes new files with a passphrase that takes no time to try; the file says how much."""
    monkeypatch.setattr(encryption_keys, "COST", (4, 8, 1))


def test_nothing_stands_in_clear(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In the file, beside it, in a backup, at every moment of which one can get hold."""

    def looking(*given: object, done: Callable[..., None] = backup.flush) -> None:
        assert_hidden(tmp_path)
        done(*given)

    monkeypatch.setattr(backup, "flush", looking)
    with ddblite.connect(path, key=KEY) as database:
        assert_hidden(path.parent)
        table = filled(database)
        assert_hidden(path.parent)
        with database.engine.guarded(database.engine.write):
            table.put({"HiddenKey": "HiddenKey within"})
            assert_hidden(path.parent)
        database.execute("DELETE FROM HiddenTable WHERE HiddenKey = 'HiddenKey 3'")
        database.engine.storage.writer.execute("PRAGMA wal_checkpoint").fetchall()
        assert_hidden(path.parent)
        database.backup(tmp_path / "copy.ddb")
        database.delete_table("HiddenTable")
        assert_hidden(path.parent)
    assert_hidden(path.parent)


@pytest.mark.parametrize(
    ("made_with", "opened_with", "sentence"),
    [
        (KEY, None, "is encrypted, and no key was given; open it with key=..., or --key-file FILE"),
        (KEY, OTHER_KEY, "the key is not that of the file, or its first page is damaged"),
        (KEY, "a passphrase", "the file has a key of 32 bytes, and a passphrase was given"),
        ("right", "wrong", "the key is not that of the file, or its first page is damaged"),
        ("right", KEY, "the file has a passphrase, and a key of 32 bytes was given"),
        (None, KEY, "is not encrypted, and a key was given; open it without one"),
    ],
)
@pytest.mark.usefixtures("quick_passphrases")
def test_another_key_is_one_sentence(
    path: Path, made_with: str | bytes | None, opened_with: str | bytes | None, sentence: str
) -> None:
    """For every way to open the file, which stays as it was."""
    ddblite.connect(path, key=made_with).close()
    before = path.read_bytes()
    for mode in ("create", "open", "read"):
        with pytest.raises(WrongKey) as error:
            ddblite.connect(path, mode=mode, key=opened_with)
        assert f"{path} {sentence}" == error.value.message.replace(f"{path}: ", f"{path} ")
    assert before == path.read_bytes()
    assert [path] == list(path.parent.iterdir())
    ddblite.connect(path, key=made_with).close()


@pytest.mark.parametrize("key", ["", b"too short", bytes(33), 7, "\udc80"])
def test_what_is_no_key_is_refused(path: Path, key: str) -> None:
    with pytest.raises(FileError, match=r"a key is a passphrase|the passphrase is not text"):
        ddblite.connect(path, key=key)
    assert not path.exists()


def test_a_database_in_memory_has_no_key() -> None:
    with pytest.raises(FileError, match="in memory is not encrypted"):
        ddblite.connect(":memory:", key=KEY)


def test_a_newer_scheme_is_told(path: Path) -> None:
    ddblite.connect(path, key=KEY).close()
    with path.open("r+b") as file:
        file.seek(7)
        file.write(b"\2")
    with pytest.raises(FileError, match="in a way that this version does not know"):
        ddblite.connect(path, key=KEY)


def test_a_passphrase_opens_what_it_has_made(path: Path) -> None:
    with ddblite.connect(path, key="ein Passwort") as database:
        filled(database, 3)
    assert_hidden(path.parent)
    with ddblite.connect(path, key="ein Passwort", mode="read") as database:
        assert 3 == len(items_of(database))
        assert "Passwort" not in repr((database, database.engine.storage.address))


def test_every_changed_byte_is_noticed(path: Path, wholeness: Wholeness) -> None:
    """Opening the file, reading it or checking it says so; what is answered is right."""
    with ddblite.connect(path, key=KEY) as database:
        filled(database)
        expected = items_of(database)
        assert 0 == database.engine.storage.writer.pragma("freelist_count")
    wholeness.is_expected = True
    sound = path.read_bytes()
    dice = random.Random(1)
    for _ in range(120):
        at = dice.randrange(len(sound))
        damaged = bytearray(sound)
        damaged[at] ^= 1 << dice.randrange(8)
        path.write_bytes(damaged)
        noticed = []
        try:
            with ddblite.connect(path, key=KEY, mode="read") as database:
                noticed = database.check()
                assert expected == items_of(database)
        except DdbError as error:
            noticed.append(error.message)
        assert noticed, at
    path.write_bytes(sound)


def test_a_changed_byte_of_the_log_is_noticed(path: Path, wholeness: Wholeness) -> None:
    """While the log is in use; after a crash it is where the log ends, as with a plain file."""
    wholeness.is_expected = True
    dice = random.Random(6)
    with ddblite.connect(path, key=KEY) as database:
        filled(database)
        expected = items_of(database)
        with path.with_name("test.ddb-wal").open("r+b", buffering=0) as log:
            size = log.seek(0, 2)
            for _ in range(20):
                at = dice.randrange(32, size)
                log.seek(at)
                found = log.read(1)[0]
                log.seek(at)
                log.write(bytes([found ^ 1 << dice.randrange(8)]))
                assert any("is damaged in frame" in problem for problem in database.check())
                with suppress(Corrupt), ddblite.connect(path, key=KEY, mode="read") as other:
                    assert expected == items_of(other)
                log.seek(at)
                log.write(bytes([found]))
        assert [] == database.check()


def test_a_torn_first_page_is_brought_back_from_the_log(path: Path, tmp_path: Path) -> None:
    """As after a power cut while the log was being merged."""
    copy = tmp_path / "after" / path.name
    with ddblite.connect(path, key=KEY) as database:
        filled(database)
        expected = items_of(database)
        copy.parent.mkdir()
        for suffix in ("", "-wal"):
            shutil.copy(f"{path}{suffix}", f"{copy}{suffix}")
    with copy.open("r+b") as file:
        file.seek(4096)
        file.write(os.urandom(4000))
    with ddblite.connect(copy, key=KEY) as database:
        assert expected == items_of(database)


@pytest.fixture
def switched(path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A backup in the midst of being opened for writing for the first time: page 1 is written."""
    with ddblite.connect(path, key=KEY) as database:
        filled(database)
        database.backup(tmp_path / "copy.ddb")
    after = tmp_path / "after"

    def xSync(file: encryption.MainFile, flags: int) -> None:  # noqa: N802 - apsw's
        if not after.exists() and Path(f"{file.path}-journal").exists():
            after.mkdir()
            for suffix in ("", "-journal"):
                shutil.copy(f"{file.path}{suffix}", after / f"copy.ddb{suffix}")
        apsw.VFSFile.xSync(file, flags)

    with monkeypatch.context() as patch:
        patch.setattr(encryption.MainFile, "xSync", xSync, raising=False)
        ddblite.connect(tmp_path / "copy.ddb", key=KEY).close()
    return after / "copy.ddb"


def test_a_torn_first_page_is_brought_back_from_the_journal(path: Path, switched: Path) -> None:
    assert Path(f"{switched}-journal").exists()
    with switched.open("r+b") as file:
        file.seek(4096)
        file.write(os.urandom(4000))
    with ddblite.connect(path, key=KEY) as database:
        expected = items_of(database)
    with ddblite.connect(switched, key=KEY) as database:
        assert expected == items_of(database)


def test_the_journal_of_another_file_is_refused(path: Path, tmp_path: Path, switched: Path) -> None:
    """Even if it has the same key; a file that is longer now is not cut off before that."""
    other = tmp_path / "other.ddb"
    with ddblite.connect(path, key=KEY) as database:
        with database.table("HiddenTable").batch() as batch:
            for number in range(100):
                batch.put({"HiddenKey": str(number), "text": "long" * 500})
        database.backup(other)
    shutil.copy(f"{switched}-journal", f"{other}-journal")
    before = other.read_bytes()
    with pytest.raises(Corrupt, match="does not match its tag"):
        ddblite.connect(other, key=KEY)
    assert before == other.read_bytes()
    Path(f"{other}-journal").unlink()


def test_a_commit_stands_whatever_becomes_of_the_log_behind_it(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SQLite does not tell either that the log could not be merged after a commit."""
    failed = []

    def xWrite(file: apsw.VFSFile, data: bytes, offset: int) -> None:  # noqa: N802 - apsw's
        failed.append((file, len(data), offset))
        raise apsw.exception_for(apsw.SQLITE_FULL)

    with ddblite.connect(path, key=KEY) as database:
        table = filled(database, 1)
        with monkeypatch.context() as patch:
            patch.setattr(encryption.MainFile, "xWrite", xWrite)
            for number in range(40):
                table.put({"HiddenKey": str(number), "text": "long" * 90_000})
        assert failed
        assert 41 == len(items_of(database))


def test_a_copy_reads_pages_that_hold_nothing(path: Path) -> None:
    with ddblite.connect(path, key=KEY) as database:
        filled(database, 200)
        database.delete_table("HiddenTable")
        filled(database, 5)
        with database.copy() as copy:
            assert 5 == len(items_of(copy))
    with ddblite.connect(path, key=KEY) as database, database.copy() as copy:
        assert 5 == len(items_of(copy))


def test_a_backup_of_a_copy_of_an_encrypted_database(path: Path) -> None:
    """The copy lies in memory unencrypted, and so does its backup; both go on being used."""
    with ddblite.connect(path, key=KEY) as database:
        filled(database)
        with database.copy() as copy, copy.copy() as another:
            another.backup(path.with_name("backup.ddb"))
            filled_anew = another.table("HiddenTable")
            filled_anew.put({"HiddenKey": "later"})
            with pytest.raises(FileError, match="exists"):
                another.backup(path.with_name("backup.ddb"))
            another.backup(path.with_name("second.ddb"))
        expected = items_of(database)
    with ddblite.connect(path.with_name("backup.ddb")) as backup:
        assert expected == items_of(backup)
        assert [] == backup.check()
    with ddblite.connect(path.with_name("second.ddb")) as backup:
        assert len(expected) + 1 == len(items_of(backup))


COUNTING = """
import sys
import ddblite
with ddblite.connect(sys.argv[1], key=bytes(range(32))) as database:
    table = database.table("counters")
    for _ in range(60):
        table.update("one", "ADD n :one", values={":one": 1})
"""


def test_processes_with_the_key_share_a_file(path: Path) -> None:
    with ddblite.connect(path, key=KEY) as database:
        table = database.create_table("counters", partition_key="id")
        children = [start(COUNTING, path) for _ in range(2)]
        for _ in range(60):
            table.update("one", "ADD n :one", values={":one": 1})
        for child in children:
            finish(child)
        assert {"id": "one", "n": 180} == table.get("one")


WRITING = """
import os, sys
import ddblite
database = ddblite.connect(sys.argv[1], key=bytes(range(32)))
table = database.table("HiddenTable")
number = int(sys.argv[2])
while True:
    number += 1
    table.put({"HiddenKey": str(number % 50), "HiddenAttribute": "b", "n": number, "text": "x" * (number % 9 * 700)})
    table.put({"HiddenKey": "last", "n": number})
    os.write(1, b"%d\\n" % number)
"""  # noqa: E501


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="no signal that kills at once")
def test_a_killed_writer_loses_nothing_it_acknowledged(path: Path) -> None:
    """The suite's campaign on plain files has many more rounds; here the log is encrypted."""
    with ddblite.connect(path, key=KEY) as database:
        filled(database, 1)
    dice = random.Random(8)
    acknowledged = 0
    for _ in range(4):
        child = start(WRITING, path, acknowledged)
        assert child.stdout is not None
        for _ in range(dice.randrange(1, 80)):
            acknowledged = int(child.stdout.readline())
        child.send_signal(signal.SIGKILL)
        printed = child.communicate(timeout=30)[0]
        complete = printed[: printed.rfind("\n") + 1].split()
        acknowledged = int(complete[-1]) if complete else acknowledged
        assert_hidden(path.parent)
        with ddblite.connect(path, key=KEY) as database:
            assert [] == database.check()
            last = database.table("HiddenTable").get("last")
            assert last is not None
            assert int(last["n"]) in (acknowledged, acknowledged + 1)
            acknowledged = int(last["n"])


def test_a_damaged_file_is_repaired_with_its_key(path: Path, wholeness: Wholeness) -> None:
    """What is on whole pages comes back, what is on others is told; the new file has the key."""
    with ddblite.connect(path, key=KEY) as database:
        filled(database, 300)
        expected = items_of(database)
    wholeness.is_expected = True
    size = path.stat().st_size // PAGE_BYTES
    for number, at in enumerate((3 * size // 4, size // 2)):
        with path.open("r+b") as file:
            file.seek(at * PAGE_BYTES + 77)
            file.write(b"damage")
        new = path.with_name(f"new{number}.ddb")
        repaired = ddblite.repair(path, new, key=KEY)
        with ddblite.connect(new, key=KEY) as database:
            found = items_of(database)
            assert [] == database.check()
        assert repaired.lost
        assert 100 < len(found) <= 300
        assert all(one in expected for one in found)
        assert_hidden(path.parent)
    with pytest.raises(WrongKey):
        ddblite.repair(path, path.with_name("other.ddb"), key=OTHER_KEY)


def test_without_its_package_it_is_one_sentence(path: Path) -> None:
    script = """
import sys
sys.modules["cryptography"] = None
import ddblite
try:
    ddblite.connect(sys.argv[1], key="key")
except ddblite.schema.errors.FileError as error:
    print(error)
"""
    expected = "encryption needs the package cryptography: pip install 'ddblite[encryption]'\n"
    assert expected == run(script, path)

"""The file that a backup is: who may read it, where it can be made, what is left over."""

import errno
import os
import stat
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import ddblite
from ddblite.engine.file import copies
from ddblite.engine.file.encryption import EncryptedFiles
from ddblite.engine.file.storage import Storage
from ddblite.engine.maintenance import backup
from ddblite.schema.errors import DiskFull, FileError

# --- Who may read it


POSIX = pytest.mark.skipif(os.name == "nt", reason="there are no such rights on this system")


@POSIX
@pytest.mark.parametrize("rights", [0o600, 0o640, 0o644, 0o660, 0o444])
def test_a_backup_is_for_those_who_may_read_the_original(
    path: Path, rights: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever the umask; and nobody else may, while it is being made."""
    seen: set[int] = set()
    with ddblite.connect(path) as database:
        path.chmod(rights)
        database.create_table("music", partition_key="p").put({"p": "a"})
        make_copy = copies.copy_into

        def copy_into(storage: Storage, target: str) -> None:
            seen.add(mode_of(Path(target)))
            make_copy(storage, target)
            seen.add(mode_of(Path(target)))

        monkeypatch.setattr(backup, "copy_into", copy_into)
        before = os.umask(0o027)
        try:
            database.backup(path.parent / "copy.ddb")
        finally:
            os.umask(before)
    assert seen == {0o600}
    assert rights == mode_of(path.parent / "copy.ddb")


def mode_of(path: Path) -> int:
    """Returns who may do what with a file."""
    return stat.S_IMODE(path.stat().st_mode)


@POSIX
def test_another_group_may_not_read_a_backup(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The one of whoever makes it, where the original is for a group of its own."""
    with ddblite.connect(path) as database:
        path.chmod(0o664)
        found = Path.stat

        def stat_of(one: Path, *, follow_symlinks: bool = True) -> os.stat_result:
            answer = list(found(one, follow_symlinks=follow_symlinks))
            answer[stat.ST_GID] += one == path
            return os.stat_result(answer)

        monkeypatch.setattr(Path, "stat", stat_of)
        database.backup(path.parent / "copy.ddb")
        monkeypatch.undo()
    assert 0o604 == mode_of(path.parent / "copy.ddb")


@POSIX
def test_a_backup_of_a_database_in_memory_is_for_whom_the_umask_lets(tmp_path: Path) -> None:
    before = os.umask(0o027)
    try:
        with ddblite.connect(":memory:") as database:
            database.backup(tmp_path / "copy.ddb")
    finally:
        os.umask(before)
    assert 0o640 == mode_of(tmp_path / "copy.ddb")


@POSIX
def test_a_repaired_file_is_for_those_who_may_read_the_damaged_one(
    ours: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also while it is made."""
    ours.chmod(0o640)
    seen: set[int] = set()
    verify = backup.verify

    def look(part: Path, files: EncryptedFiles | None = None) -> None:
        seen.add(mode_of(part))
        verify(part, files)

    monkeypatch.setattr(backup, "verify", look)
    ddblite.repair(ours, ours.parent / "new.ddb")
    assert seen == {0o600}
    assert 0o640 == mode_of(ours.parent / "new.ddb")


# --- File systems that can do less


@pytest.fixture
def no_links(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lets there be no hard links, as on exFAT and on many networks."""

    def refuse(*_names: object) -> None:
        raise PermissionError(errno.EPERM, os.strerror(errno.EPERM))

    monkeypatch.setattr(os, "link", refuse)


@pytest.mark.usefixtures("no_links")
def test_a_backup_needs_no_hard_links(database: ddblite.Database, tmp_path: Path) -> None:
    database.create_table("music", partition_key="p").put({"p": "a"})
    target = tmp_path / "copies" / "copy.ddb"
    target.parent.mkdir()
    database.backup(target)
    with pytest.raises(FileError, match="exists"):
        database.backup(target)
    assert [target] == list(target.parent.iterdir())
    with ddblite.connect(target, mode="read") as copy:
        assert {"p": "a"} == copy.table("music").get("a")


@pytest.mark.usefixtures("no_links")
@pytest.mark.parametrize("step", ["taken meanwhile", "not renamed"])
def test_without_hard_links_nothing_is_overwritten_and_nothing_left(
    database: ddblite.Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    target = tmp_path / "copies" / "copy.ddb"
    target.parent.mkdir()
    give_name = backup.give_name

    def take(part: Path, name: Path) -> None:
        if step == "taken meanwhile":
            name.write_text("mine")
        else:
            part.unlink()
        give_name(part, name)

    monkeypatch.setattr(backup, "give_name", take)
    with pytest.raises(FileError, match="exists" if step == "taken meanwhile" else "No such"):
        database.backup(target)
    left = [one.read_text() for one in target.parent.iterdir()]
    assert left == (["mine"] if step == "taken meanwhile" else [])


def test_a_folder_that_cannot_be_flushed_takes_a_backup(
    database: ddblite.Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Some file systems say so; another fault of a flush is one."""
    flush = os.fsync

    def refuse(number: int) -> Callable[[int], None]:
        def asked(descriptor: int) -> None:
            if stat.S_ISDIR(os.fstat(descriptor).st_mode):
                raise OSError(number, os.strerror(number))
            flush(descriptor)

        return asked

    monkeypatch.setattr(os, "fsync", refuse(errno.EINVAL))
    database.backup(tmp_path / "copy.ddb")
    monkeypatch.setattr(os, "fsync", refuse(errno.EIO))
    with pytest.raises(FileError, match="Input/output error"):
        database.backup(tmp_path / "second.ddb")


# --- What is left over, and what is not


def test_a_failed_backup_leaves_nothing(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither the copy nor a journal of it."""
    with ddblite.connect(path) as database:
        database.create_table("music", partition_key="p").put({"p": "a"})

        def fail(_: Storage, target: str) -> None:
            Path(f"{target}-journal").write_bytes(b"half")
            raise DiskFull("database or disk is full")

        monkeypatch.setattr(backup, "copy_into", fail)
        with pytest.raises(DiskFull):
            database.backup(path.parent / "copy.ddb")
    assert [path] == list(path.parent.iterdir())


def test_a_backup_is_made_when_its_hidden_name_cannot_be_removed(
    database: ddblite.Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It has its own name by then."""

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(errno.EPERM, os.strerror(errno.EPERM))

    monkeypatch.setattr(Path, "unlink", refuse)
    database.backup(tmp_path / "copy.ddb")
    monkeypatch.undo()
    with ddblite.connect(tmp_path / "copy.ddb", mode="read") as copy:
        assert copy.tables() == []


def test_a_backup_may_have_the_longest_name_that_can_be_opened(
    database: ddblite.Database, tmp_path: Path
) -> None:
    """The hidden name is shorter."""
    database.backup(tmp_path / ("x" * 247))
    with pytest.raises(FileError, match="no room for -journal"):
        database.backup(tmp_path / ("x" * 248))
    ddblite.connect(tmp_path / ("x" * 247), mode="read").close()


@pytest.mark.skipif(sys.platform != "linux", reason="names are text on this system")
def test_a_backup_to_a_name_that_is_not_utf_8_is_refused(
    database: ddblite.Database, tmp_path: Path
) -> None:
    with pytest.raises(FileError, match="is not UTF-8"):
        database.backup(os.fsdecode(os.fsencode(tmp_path) + b"/\xff.ddb"))

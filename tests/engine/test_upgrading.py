"""Upgrades: the new file has everything, the old one stays, and nobody loses anything meanwhile."""

import errno
import os
import shutil
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import apsw
import pytest

import ddblite
import kept_files
from children import Talker, finish, run, start
from ddblite.api.python.options import Mode
from ddblite.engine.file import connections, whereabouts
from ddblite.engine.file.page_checksums import damaged_pages
from ddblite.engine.maintenance import backup, upgrading
from ddblite.schema.errors import Busy, Corrupt, FileError, NotADatabase, ReadOnly
from faults import upgrades
from kept_contents import require_everything
from leftovers import contents
from wholeness import Wholeness

OLD = kept_files.PATHS[1].read_bytes()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A copy of the file of format 1, alone in a folder."""
    (tmp_path / "files").mkdir()
    return Path(shutil.copy(kept_files.PATHS[1], tmp_path / "files" / "test.ddb"))


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody is waited for."""
    monkeypatch.setattr(upgrading, "WAIT_MS", 50)
    monkeypatch.setattr(whereabouts, "SETTLING_MS", 50)


def kept_beside(path: Path) -> Path:
    """Returns where an upgrade keeps the file as it was."""
    return path.with_name(f"{path.name}.format1")


def require_upgraded(path: Path, old: bytes = OLD) -> None:
    """Fails unless a file has today's format and everything in it, and the old one lies beside."""
    assert {path.name, f"{path.name}.format1"} == {one.name for one in path.parent.iterdir()}
    assert old == kept_beside(path).read_bytes()
    assert path.read_bytes()[60:64] == b"\0\0\0\2"
    assert [] == list(damaged_pages(str(path)))
    with ddblite.connect(path, mode="read") as database:
        require_everything(database)


def require_as_it_was(path: Path) -> None:
    """Fails unless the old file is there and nothing else."""
    assert {path.name: OLD} == contents(path.parent)


# --- What becomes of the file


@pytest.mark.parametrize("mode", ["create", "open"])
def test_a_file_that_is_opened_for_writing_is_upgraded(path: Path, mode: Mode) -> None:
    """It is told once, at the line that opened it, and the old file has nothing but a new name."""
    inode = path.stat().st_ino
    clock = ddblite.FixedClock(kept_files.MADE_AT_S)
    with pytest.warns(ddblite.FormatUpgraded) as told:
        database = ddblite.connect(path, mode=mode, clock=clock)
    with database:
        require_everything(database)
        database.transact_write([kept_files.TOKEN_ACTION], token=kept_files.TOKEN)
    assert [
        f"{path} was upgraded from format 1 to format 2; the old file is now {kept_beside(path)}"
    ] == [str(one.message) for one in told]
    assert __file__ == told[0].filename
    assert inode == kept_beside(path).stat().st_ino
    assert kept_beside(path).stat().st_nlink == 1
    require_upgraded(path)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        ddblite.connect(path, mode=mode).close()


def test_the_catalog_and_the_counters_are_taken_over(path: Path) -> None:
    """With ids, times, epoch, and the numbers that are never used twice."""
    with ddblite.connect(path, mode="read") as database:
        before = database.engine.catalogs.shared
        tokens = database.engine.storage.fetch("SELECT * FROM ddb_tokens", ())
    assert ddblite.upgrade(path) == ddblite.Upgraded(str(path), 1, str(kept_beside(path)))
    with ddblite.connect(path) as database:
        assert before == database.engine.catalogs.shared
        assert tokens == database.engine.storage.fetch("SELECT * FROM ddb_tokens", ())
        made = database.create_table("another", partition_key="id")
        assert before.next_number == made.spec.number


def test_a_file_of_today_is_left_alone(path: Path) -> None:
    newest = shutil.copy(kept_files.PATHS[2], path)
    before = contents(path.parent)
    assert ddblite.upgrade(newest) is None
    assert before == contents(path.parent)


def test_a_warning_that_is_an_error_closes_the_file(path: Path) -> None:
    """It is upgraded all the same."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(ddblite.FormatUpgraded):
            ddblite.connect(path)
    require_upgraded(path)


def test_no_file_is_overwritten(path: Path) -> None:
    kept_beside(path).write_bytes(b"mine")
    upgraded = ddblite.upgrade(path)
    assert upgraded is not None
    assert f"{kept_beside(path)}.2" == upgraded.backup
    assert OLD == Path(upgraded.backup).read_bytes()
    assert kept_beside(path).read_bytes() == b"mine"


def test_who_may_read_the_file_may_do_so_afterwards(path: Path) -> None:
    path.chmod(0o640)
    ddblite.upgrade(path)
    assert 0o640 == path.stat().st_mode & 0o777


def test_a_link_stays_one(path: Path, tmp_path: Path) -> None:
    """What it leads to is upgraded, and kept there."""
    link = tmp_path / "link.ddb"
    link.symlink_to(path)
    ddblite.upgrade(link)
    assert link.is_symlink()
    require_upgraded(path)


def test_a_backup_of_a_file_is_upgraded(path: Path, tmp_path: Path) -> None:
    """It has no log yet."""
    (tmp_path / "backups").mkdir()
    target = tmp_path / "backups" / "test.ddb"
    with ddblite.connect(path, mode="read") as database:
        database.backup(target)
    old = target.read_bytes()
    ddblite.upgrade(target)
    require_upgraded(target, old)


def test_where_files_have_one_name_the_old_one_is_copied(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As on exFAT and many networks."""

    def link(*_names: object, **_options: object) -> None:
        raise OSError(errno.EPERM, os.strerror(errno.EPERM))

    monkeypatch.setattr(os, "link", link)
    ddblite.upgrade(path)
    require_upgraded(path)


# --- Who else has it open


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("is_backup", [False, True])
def test_a_file_that_is_open_is_not_upgraded(path: Path, *, is_backup: bool) -> None:
    """Here or elsewhere, with a log or, where nothing was ever written, without one."""
    if is_backup:
        copy = path.with_name("copy.ddb")
        with ddblite.connect(path, mode="read") as database:
            database.backup(copy)
        copy.replace(path)
    before = contents(path.parent)
    with ddblite.connect(path, mode="read") as database:
        for attempt in (ddblite.upgrade, ddblite.connect):
            with pytest.raises(Busy, match="cannot be upgraded while it is open"):
                attempt(path)
        require_everything(database)
    script = """
import sys, ddblite
database = ddblite.connect(sys.argv[1], mode="read")
print("open", flush=True)
input()
database.close()
"""
    child = start(script, path)
    assert child.stdout is not None
    assert child.stdout.readline() == "open\n"
    with pytest.raises(Busy, match="cannot be upgraded while it is open"):
        ddblite.connect(path)
    child.communicate("\n")
    assert before == contents(path.parent)


@pytest.mark.usefixtures("impatient")
def test_nobody_opens_a_file_while_it_is_upgraded(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Here or in another process, to read or to write it: at its begin, its middle and its end."""
    script = """
import sys, ddblite
from ddblite.engine.file import connections
from ddblite.engine.file import whereabouts
whereabouts.SETTLING_MS = connections.BUSY_TIMEOUT_MS = 50
for mode in ("read", "open"):
    try:
        ddblite.connect(sys.argv[1], mode=mode)
    except ddblite.DdbError as error:
        print(error)
"""
    said: list[str] = []
    for name in ("build", "keep"):
        step: Callable[..., Any] = getattr(upgrading.Replacing, name)

        def watched(*given: Any, step: Callable[..., Any] = step) -> None:  # noqa: ANN401
            step(*given)
            said.extend(run(script, path).splitlines())
            with pytest.raises(Busy) as refused:
                ddblite.connect(path)
            said.append(refused.value.message)

        monkeypatch.setattr(upgrading.Replacing, name, watched)
    ddblite.upgrade(path)
    assert [f"{path} is being upgraded by another program; ask again when that is done"] * 6 == said
    require_upgraded(path)


def test_of_two_programs_one_upgrades_and_both_write(path: Path) -> None:
    script = """
import sys, warnings, ddblite
warnings.simplefilter("ignore")
input()
with ddblite.connect(sys.argv[1]) as database:
    database.table("vacant").put({"id": sys.argv[2].encode()})
"""
    children = [start(script, path, number) for number in range(3)]
    for child in children:
        assert child.stdin is not None
        child.stdin.write("\n")
        child.stdin.flush()
    for child in children:
        finish(child)
    assert {path.name, kept_beside(path).name} == {one.name for one in path.parent.iterdir()}
    with ddblite.connect(path) as database:
        found = {item["id"] for item in database.table("vacant").scan().all()}
        assert {b"0", b"1", b"2"} == found
        database.table("vacant").delete(b"0")
        database.table("vacant").delete(b"1")
        database.table("vacant").delete(b"2")
        require_everything(database)


@pytest.mark.parametrize("mode", ["read", "open"])
def test_who_opens_the_file_just_before_sees_the_new_one(
    path: Path, mode: Mode, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who has opened it, and not yet locked it, must not use the old file with the new log."""
    configure = connections.configure
    is_first = iter([True])
    talkers: list[Talker] = []

    def late(*given: Any) -> None:  # noqa: ANN401
        if next(is_first, False):
            talkers.append(Talker(path))
            talkers[0].ask("database.table('vacant').put({'id': b'new'})")
        configure(*given)

    monkeypatch.setattr(connections, "configure", late)
    with ddblite.connect(path, mode=mode) as database:
        assert [{"id": b"new"}] == database.table("vacant").scan().all()
    with talkers[0] as writer:
        assert writer.ask("database.table('vacant').scan().all()") == "[{'id': b'new'}]"
        writer.ask("database.table('vacant').delete(b'new')")
    require_upgraded(path)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no SIGKILL on this system")
def test_a_program_that_is_killed_leaves_a_whole_file(tmp_path: Path) -> None:
    """Before each step that changes a name or flushes; those of SQLite are in ``make faults``."""
    for step in range(upgrades.steps("system")):
        (tmp_path / str(step)).mkdir()
        upgrades.kill_upgrade(tmp_path / str(step), step, "system")


# --- What cannot be upgraded


def test_a_damaged_file_is_left_as_it_is(path: Path, wholeness: Wholeness) -> None:
    wholeness.is_expected = True
    damaged = OLD.replace(b"x" * 700, b"y" + b"x" * 699)
    path.write_bytes(damaged)
    with pytest.raises(
        Corrupt, match=r"format 1 and cannot be upgraded, because it is damaged .*repair"
    ):
        ddblite.connect(path)
    assert {path.name: damaged} == contents(path.parent)


def test_a_lost_entry_of_an_index_is_found(path: Path, wholeness: Wholeness) -> None:
    """The new file is checked before it has its name."""
    wholeness.is_expected = True
    connection = apsw.Connection(str(path))
    connection.execute("DELETE FROM index_2 WHERE rowid = 3")
    connection.close()
    with pytest.raises(Corrupt, match="damaged"):
        ddblite.connect(path)
    assert [path.name] == [one.name for one in path.parent.iterdir()]


@pytest.mark.skipif(os.name == "nt", reason="files cannot be kept small there")
@pytest.mark.parametrize("room", [40_000, 100_000, 200_000])
def test_a_full_disk_leaves_the_file(path: Path, room: int) -> None:
    """Whatever is being written when there is no more room."""
    script = """
import resource, signal, sys, ddblite
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]),) * 2)
try:
    ddblite.connect(sys.argv[1])
except ddblite.errors.FileError as error:
    print(error)
"""
    said = run(script, path, room)
    assert 1 == said.count("\n")
    assert said.startswith(f"{path} has format 1 and cannot be upgraded: ")
    assert ".part" not in said
    require_as_it_was(path)


@pytest.mark.parametrize("is_folder", [False, True])
def test_who_may_not_write_it_reads_it(
    path: Path, denied: Callable[[Path], None], *, is_folder: bool
) -> None:
    denied(path.parent if is_folder else path)
    with pytest.raises(ReadOnly, match="cannot be written; mode='read' reads it as it is"):
        ddblite.connect(path)
    with ddblite.connect(path, mode="read") as database:
        require_everything(database)
    path.parent.chmod(0o755)
    path.chmod(0o644)
    require_as_it_was(path)


def test_a_second_name_of_the_user_is_not_left_behind(path: Path, tmp_path: Path) -> None:
    os.link(path, tmp_path / "other.ddb")
    with pytest.raises(FileError, match="another name"):
        ddblite.connect(path)
    require_as_it_was(path)


@pytest.mark.parametrize("name", ["part", "link", "replace", "flush"])
def test_a_failure_of_the_system_leaves_the_file(
    path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    def fail(*_given: object, **_options: object) -> None:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    places: dict[str, tuple[object, str]] = {
        "part": (backup, "give_rights"),
        "link": (backup, "give_name"),
        "replace": (Path, "replace"),
        "flush": (backup, "flush"),
    }
    if name == "link":
        monkeypatch.setattr(os, "link", fail)
    monkeypatch.setattr(*places[name], fail)
    with pytest.raises(FileError, match="cannot be upgraded: Input/output error"):
        ddblite.connect(path)
    require_as_it_was(path)


@pytest.mark.parametrize(
    ("content", "kind"), [(b"x" * 9000, NotADatabase), (None, FileError)], ids=["other", "none"]
)
def test_what_is_not_ours_is_refused(
    path: Path, content: bytes | None, kind: type[FileError]
) -> None:
    path.unlink()
    if content is not None:
        path.write_bytes(content)
    before = contents(path.parent)
    with pytest.raises(kind):
        ddblite.upgrade(path)
    assert before == contents(path.parent)

"""Paths are taken literally, and what may not be read or written says so."""

import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import ddblite
from children import start
from ddblite.api.python.options import Mode
from ddblite.engine.file import opening
from ddblite.schema.errors import FileError, ReadOnly

MODES = pytest.mark.parametrize("mode", ["create", "open", "read"])


# --- Names


NAMES = [
    "file:x.ddb",
    "file:x.ddb?mode=memory",
    "x.ddb?mode=memory",
    "x.ddb?mode=ro&immutable=1",
    "50%25.ddb",
    "#hash.ddb",
    "späce and ünïcode 日本 🎵.ddb",
    "'; DROP TABLE items_1; --.ddb",
    ":memory:.ddb",
    "-c",
]


@pytest.mark.parametrize("name", NAMES)
def test_a_name_is_taken_literally(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """No name is an URI, whatever is in it; relative or absolute."""
    monkeypatch.chdir(tmp_path)
    with ddblite.connect(name) as database:
        database.create_table("music", partition_key="artist").put({"artist": "Nina"})
    assert [tmp_path / name] == list(tmp_path.iterdir())
    for mode in ("open", "read"):
        with ddblite.connect(tmp_path / name, mode=mode) as database:
            assert {"artist": "Nina"} == database.table("music").get("Nina")
    assert [tmp_path / name] == list(tmp_path.iterdir())


def test_a_relative_path_stays_where_it_was(
    ours: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also for threads that read for the first time after the process has moved."""
    from concurrent.futures import ThreadPoolExecutor

    monkeypatch.chdir(tmp_path)
    (tmp_path / "elsewhere").mkdir()
    with ddblite.connect(ours.name) as database:
        monkeypatch.chdir(tmp_path / "elsewhere")
        music = database.table("music")
        with ThreadPoolExecutor() as pool:
            assert {"artist": "Nina"} == pool.submit(music.get, "Nina").result()
        music.put({"artist": "Miles"})
    assert list((tmp_path / "elsewhere").iterdir()) == []
    assert [ours] == [one for one in tmp_path.iterdir() if one.is_file()]


def test_a_link_leads_to_its_file(ours: Path, tmp_path: Path) -> None:
    """The log lies beside the file itself, so that both names mean one database."""
    link = tmp_path / "link.ddb"
    link.symlink_to(ours)
    with ddblite.connect(link) as one, ddblite.connect(ours) as other:
        one.table("music").put({"artist": "Miles"})
        assert {"artist": "Miles"} == other.table("music").get("Miles")
    assert {ours, link} == set(tmp_path.iterdir())


# --- Permissions: those who may do everything are tested by what the system would have said


def test_a_read_only_directory_can_be_read(
    ours: Path, tmp_path: Path, denied: Callable[[Path], None]
) -> None:
    """Without the files that SQLite would otherwise put beside."""
    denied(tmp_path)
    with ddblite.connect(ours, mode="read") as database:
        assert [{"artist": "Nina"}] == database.table("music").scan().all()
        assert [ours] == list(tmp_path.iterdir())
        assert database.check() == []
        with pytest.raises(ReadOnly):
            database.table("music").put({"artist": "Miles"})
    assert [ours] == list(tmp_path.iterdir())
    tmp_path.chmod(0o755)


def test_a_read_only_directory_with_a_log_is_refused(
    ours: Path, tmp_path: Path, denied: Callable[[Path], None]
) -> None:
    """Its last commits could not be read, so an answer would be wrong."""
    log = Path(f"{ours}-wal")
    log.write_bytes(b"commits")
    denied(tmp_path)
    with pytest.raises(FileError, match="copy both files"):
        ddblite.connect(ours, mode="read")
    tmp_path.chmod(0o755)
    log.unlink()


def test_a_read_only_file_can_be_read(ours: Path, denied: Callable[[Path], None]) -> None:
    """Nothing is put beside it, which whoever may write the file could not remove."""
    before = ours.read_bytes()
    denied(ours)
    with ddblite.connect(ours, mode="read") as database:
        assert {"artist": "Nina"} == database.table("music").get("Nina")
        assert [ours] == list(ours.parent.iterdir())
    assert before == ours.read_bytes()


@pytest.mark.skipif(not hasattr(os, "getuid"), reason="there are no users on this system")
@pytest.mark.parametrize("mode", ["create", "open", "read"])
def test_an_unreadable_file_is_refused(ours: Path, mode: Mode) -> None:
    """Tried by a child that has given up its rights, where this process has them all."""
    script = """
import os, sys, ddblite
os.chdir(os.path.dirname(sys.argv[1]))
if os.getuid() == 0:
    os.setgid(65534)
    os.setuid(65534)
try:
    ddblite.connect(os.path.basename(sys.argv[1]), mode=sys.argv[2])
except ddblite.errors.FileError as error:
    print(type(error).__name__, error)
"""
    ours.chmod(0)
    child = start(script, ours, mode)
    printed, complaint = child.communicate(timeout=30)
    ours.chmod(0o644)
    assert printed == "FileError test.ddb: Permission denied\n", complaint


def test_a_file_that_may_not_be_written_says_so(ours: Path) -> None:
    """At the latest with the first write; tried without rights, as above."""
    script = """
import os, sys, ddblite
os.chdir(os.path.dirname(sys.argv[1]))
if os.getuid() == 0:
    os.setgid(65534)
    os.setuid(65534)
try:
    with ddblite.connect(os.path.basename(sys.argv[1])) as database:
        print(database.table("music").get("Nina"))
        database.table("music").put({"artist": "Miles"})
except ddblite.errors.FileError as error:
    print(type(error).__name__)
"""
    before = ours.read_bytes()
    ours.chmod(0o444)
    ours.parent.chmod(0o755)
    child = start(script, ours)
    printed, complaint = child.communicate(timeout=30)
    ours.chmod(0o644)
    assert printed.splitlines()[-1:] in (["ReadOnly"], ["FileError"]), complaint
    assert before == ours.read_bytes()


def test_modes_and_durabilities_are_those_of_the_contract() -> None:
    assert opening.MODES == ("create", "open", "read")
    assert opening.DURABILITIES == ("power", "process", "none")


# --- Names that do not go


@MODES
@pytest.mark.skipif(sys.platform != "linux", reason="names are text on this system")
def test_a_name_that_is_not_utf_8_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mode: Mode
) -> None:
    """Of the file, and of the folder in which a relative one is looked for."""
    strange = Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff"))
    strange.mkdir()
    with pytest.raises(FileError, match=r"\\xff.* is not UTF-8"):
        ddblite.connect(strange / "test.ddb", mode=mode)
    monkeypatch.chdir(strange)
    with pytest.raises(FileError, match=r"test.ddb: .* is not UTF-8"):
        ddblite.connect("test.ddb", mode=mode)
    assert list(strange.iterdir()) == []


@MODES
@pytest.mark.parametrize("length", [248, 255, 256])
def test_a_name_without_room_for_a_journal_is_refused(
    tmp_path: Path, length: int, mode: Mode
) -> None:
    with pytest.raises(FileError, match=r"no room for -journal|too long"):
        ddblite.connect(tmp_path / ("x" * length), mode=mode)
    assert list(tmp_path.iterdir()) == []


def test_the_longest_name_will_do(tmp_path: Path) -> None:
    with ddblite.connect(tmp_path / ("x" * 247)) as database:
        database.create_table("music", partition_key="artist").put({"artist": "Nina"})
    assert 1 == len(list(tmp_path.iterdir()))


def test_a_folder_that_was_removed_is_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The process still stands in it."""
    (tmp_path / "gone").mkdir()
    monkeypatch.chdir(tmp_path / "gone")
    (tmp_path / "gone").rmdir()
    with pytest.raises(FileError, match=r"test.ddb: No such file"):
        ddblite.connect("test.ddb")

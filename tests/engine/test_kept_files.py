"""A file of every format there ever was: it is read at all doors, and nothing of it changes."""

import shutil
from collections.abc import Callable
from io import StringIO
from pathlib import Path

import pytest

import ddblite
import kept_files
from ddblite.engine.file import fileformat
from ddblite.schema.errors import Corrupt, ReadOnly
from ddblite.shell.commands import carry_out
from ddblite.shell.conversation.session import Session
from kept_contents import require_everything
from leftovers import contents
from wholeness import Wholeness

FORMATS = pytest.mark.parametrize("number", sorted(kept_files.PATHS))


def kept(folder: Path, number: int) -> Path:
    """Returns a copy of the file of a format."""
    return Path(shutil.copy(kept_files.PATHS[number], folder / "kept.ddb"))


@pytest.fixture(params=sorted(kept_files.PATHS))
def path(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A copy of the file of each format."""
    return kept(tmp_path, request.param)


@FORMATS
def test_a_kept_file_has_the_format_that_it_is_kept_for(number: int) -> None:
    header = kept_files.PATHS[number].read_bytes()[:100]
    assert number == int.from_bytes(header[60:64], "big")
    assert fileformat.FORMATS[number].reserved_bytes == header[20]


def test_there_is_a_file_of_every_format() -> None:
    """Who makes a new format puts one here, and never takes one away."""
    assert sorted(kept_files.PATHS) == list(range(1, fileformat.FORMAT_NUMBER + 1))
    assert sorted(kept_files.PATHS) == sorted(fileformat.FORMATS)


def test_a_file_made_today_holds_the_same(tmp_path: Path) -> None:
    """The recipe of the files that are kept is still the one."""
    kept_files.make(str(tmp_path / "made.ddb"))
    with ddblite.connect(tmp_path / "made.ddb", mode="read") as database:
        require_everything(database)


def test_a_file_is_read_as_it_is(path: Path) -> None:
    """Nothing is written, and nothing lies beside it afterwards."""
    before = contents(path.parent)
    with ddblite.connect(path, mode="read") as database:
        require_everything(database)
        with pytest.raises(ReadOnly, match="opened for reading"):
            database.table("notes").put({"n": 1, "b": b"x"})
    assert before == contents(path.parent)
    assert [path.name] == [one.name for one in path.parent.iterdir()]


def test_a_file_of_another_user_is_read(path: Path, denied: Callable[[Path], None]) -> None:
    """Who may write neither the file nor its folder."""
    denied(path)
    denied(path.parent)
    with ddblite.connect(path, mode="read") as database:
        require_everything(database)
    path.parent.chmod(0o755)


def test_a_backup_of_a_file_that_is_read_has_everything(path: Path, tmp_path: Path) -> None:
    target = tmp_path / "backup.ddb"
    with ddblite.connect(path, mode="read") as database:
        database.backup(target)
    with ddblite.connect(target, mode="read") as database:
        require_everything(database)


def test_a_copy_in_memory_has_everything_and_is_written(path: Path) -> None:
    """It has today's format, whatever that of the file; the token is known to it."""
    with ddblite.connect(path, mode="read", clock=ddblite.FixedClock(kept_files.MADE_AT_S)) as file:
        copied_from = file.engine.catalogs.shared
        with file.copy() as copy:
            require_everything(copy)
            assert copied_from == copy.engine.catalogs.shared
            assert fileformat.FORMAT_NUMBER == copy.engine.storage.writer.pragma("user_version")
            copy.table("notes").delete(kept_files.TOKEN_ACTION.item)
            copy.transact_write([kept_files.TOKEN_ACTION], token=kept_files.TOKEN)
            assert len(kept_files.NOTES) - 1 == len(copy.table("notes").scan().all())
            copy.table("singers").put({"p": "new", "s": 1, "g": "odd", "x": "x" * 2000})
            assert copy.check() == []


def test_a_sound_file_is_repaired_whole(path: Path, tmp_path: Path) -> None:
    """Into one of today's format."""
    assert [] == ddblite.repair(path, tmp_path / "new.ddb").lost
    with ddblite.connect(tmp_path / "new.ddb", mode="read") as database:
        require_everything(database)
        assert fileformat.FORMAT_NUMBER == database.engine.storage.format_number


READING = (
    ".tables", ".schema singers", ".check", ".sql SELECT count(*) FROM singers",
    "SELECT * FROM notes WHERE n = 7", ".explain SELECT * FROM notes",
)  # fmt: skip


def test_the_shell_reads_a_file(path: Path) -> None:
    """Inputs that read give the same on all formats."""
    printed = []
    for source in (path, kept_files.PATHS[fileformat.FORMAT_NUMBER]):
        out = StringIO()
        with ddblite.connect(source, mode="read") as database:
            for text in READING:
                carry_out(Session(database, out=out, error=out), text)
        printed.append(out.getvalue())
    assert printed[0] == printed[1]


def test_damage_of_the_first_format_is_found(tmp_path: Path, wholeness: Wholeness) -> None:
    """Pages had no checksums; rows had seals."""
    wholeness.is_expected = True
    path = kept(tmp_path, 1)
    content = path.read_bytes()
    path.write_bytes(content.replace(b"x" * 700, b"y" + b"x" * 699))
    with ddblite.connect(path, mode="read") as database:
        with pytest.raises(Corrupt, match="damaged; nothing was returned"):
            database.table("singers").scan().all()
        with pytest.raises(Corrupt, match="damaged"):
            database.copy()
        assert database.check() != []

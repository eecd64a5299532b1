"""Who may read a file and write nothing: what its owner writes meanwhile is seen, or told."""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import ddblite
from children import Talker, start
from ddblite.engine.file import bare_files, storage
from ddblite.schema.errors import Busy
from leftovers import forget_log

Deny = Callable[[Path], None]


@pytest.fixture(params=["folder", "file"])
def closed(request: pytest.FixtureRequest, ours: Path, denied: Deny) -> Path:
    """A file that this process may only read, or whose folder it may not write."""
    denied(ours if request.param == "file" else ours.parent)
    return ours


@pytest.fixture(autouse=True)
def opened_again(tmp_path: Path) -> Iterator[None]:
    """Lets the folder of a test be removed."""
    yield
    tmp_path.chmod(0o755)


def test_a_file_at_rest_is_read_anew_when_its_owner_has_changed_it(closed: Path) -> None:
    """Items that were seen before as well as others, and the catalog."""
    with ddblite.connect(closed, mode="read") as database:
        assert [{"artist": "Nina"}] == database.table("music").scan().all()
        with Talker(closed) as owner:
            owner.ask("database.table('music').put({'artist': 'Nina', 'x': 'x' * 90_000})")
            owner.ask("database.create_table('films', partition_key='title')")
        assert {"artist": "Nina", "x": "x" * 90_000} == database.table("music").get("Nina")
        assert ["films", "music"] == database.tables()
        assert database.check() == []


def test_what_the_owner_writes_is_seen_at_once(closed: Path) -> None:
    """From the log, which can be read where none could be made."""
    with Talker(closed) as owner, ddblite.connect(closed, mode="read") as database:
        for number in range(3):
            owner.ask(f"database.table('music').put({{'artist': 'a{number}'}})")
            assert {"artist": f"a{number}"} == database.table("music").get(f"a{number}")
        assert 4 == len(database.table("music").scan().all())
    forget_log(closed)


def test_the_log_of_a_killed_owner_is_read(closed: Path) -> None:
    """What was acknowledged is there, and the log stays."""
    owner = Talker(closed)
    owner.ask("database.table('music').put({'artist': 'Miles'})")
    owner.child.kill()
    owner.child.communicate()
    with ddblite.connect(closed, mode="read") as database:
        assert {"artist": "Miles"} == database.table("music").get("Miles")
    assert Path(f"{closed}-wal").stat().st_size > 0
    forget_log(closed)


@pytest.mark.parametrize("way", ["get", "scan", "check", "backup", "copy"])
def test_what_was_changed_while_it_was_read_is_not_answered(
    ours: Path, denied: Deny, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    """The owner came and went between the first page and the last; it may be asked again."""
    denied(ours)
    with ddblite.connect(ours, mode="read") as database:
        table = database.table("music")
        uses: dict[str, Callable[[], object]] = {
            "get": lambda: table.get("Nina"),
            "scan": lambda: table.scan().all(),
            "check": database.check,
            "backup": lambda: database.backup(ours.parent / "copy.ddb"),
            "copy": database.copy,
        }
        assert table.get("Nina")
        # ``check`` looks at the log first, and before its snapshot.
        still = [bare_files.stamp_of(str(ours))] * (2 if way == "check" else 1)
        stamps = [*still, (1, 2, 3, 4, 0)]
        monkeypatch.setattr(storage, "stamp_of", lambda _: stamps.pop(0) if stamps else (0, 0))
        with pytest.raises(Busy, match="was changed while it was read; ask again"):
            uses[way]()
        monkeypatch.undo()
        uses[way]()
    (ours.parent / "copy.ddb").unlink(missing_ok=True)


@pytest.mark.skipif(getattr(os, "getuid", int)() != 0, reason="this takes two users")
def test_another_user_reads_what_the_owner_writes() -> None:
    """With the rights that the system knows, and not only this process."""
    script = """
import os, sys, ddblite
os.setgid(65534)
os.setuid(65534)
with ddblite.connect(sys.argv[1], mode="read") as database:
    for line in sys.stdin:
        try:
            print(len(database.table("music").scan().all()), flush=True)
        except ddblite.errors.DdbError as error:
            print(error, flush=True)
"""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    path = folder / "test.ddb"
    with Talker(path) as owner:
        owner.ask("database.create_table('music', partition_key='p').put({'p': 'a'})")
    reader = start(script, path)

    def count() -> str:
        assert reader.stdin is not None
        assert reader.stdout is not None
        reader.stdin.write("\n")
        reader.stdin.flush()
        return reader.stdout.readline().strip()

    assert count() == "1"
    with Talker(path) as owner:
        assert count() == "1"
        for number in range(2, 5):
            owner.ask(f"database.table('music').put({{'p': 'b{number}'}})")
            assert count() == str(number)
    assert count() == "4"
    with Talker(path) as owner:
        owner.ask("database.table('music').put({'p': 'c'})")
    assert count() == "5"
    assert reader.communicate(timeout=30) == ("", "")
    with Talker(path) as owner:
        assert "5" == owner.ask("len(database.table('music').scan().all())")
    assert [path] == list(folder.iterdir())
    shutil.rmtree(folder)

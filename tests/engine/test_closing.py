"""How a database ends: closed, forked, or failed below."""

import os
import signal
import threading
from collections.abc import Callable
from pathlib import Path

import apsw
import pytest

import ddblite
from attempts import attempts, in_thread
from ddblite.engine.file import open_files
from ddblite.engine.file.bare_files import header_of
from ddblite.schema import errors
from faulty import faulty_files
from music import artists
from shapes import make_table
from wholeness import Wholeness


def test_closing_twice_is_no_error(path: Path) -> None:
    database = ddblite.connect(path)
    database.close()
    database.close()


def test_a_closed_database_says_so(music: ddblite.Database) -> None:
    """Every way in, with one class of error."""
    table = music.create_table("films", partition_key="title")
    result = table.scan()
    music.close()
    for use in attempts(
        lambda: table.get("M"),
        lambda: table.put({"title": "M"}),
        lambda: table.query("title = :t", values={":t": "M"}).all(),
        result.all,
        music.tables,
        music.check,
        lambda: music.table("films"),
        lambda: music.create_table("more", partition_key="p"),
        lambda: music.call("ListTables", {}),
        lambda: music.backup("copy.ddb"),
    ):
        with pytest.raises(errors.Closed):
            use()


def test_closing_is_refused_within_a_transaction(music: ddblite.Database) -> None:
    with music.engine.write():
        with pytest.raises(errors.InternalServerError, match="a transaction is open"):
            music.close()
        music.table("music").put({"artist": "Nina"})
    assert artists(music) == ["Nina"]


def test_a_snapshot_says_that_the_database_was_closed_meanwhile(opened: ddblite.Database) -> None:
    with (
        pytest.raises(errors.Closed, match="the database is closed"),
        opened.engine.storage.snapshot(),
    ):
        in_thread(opened.close)


def test_closing_leaves_one_file_whatever_other_threads_read(path: Path) -> None:
    """Their connections are closed too; what they ask later is answered with Closed."""
    database = ddblite.connect(path)
    table = make_table(database)
    for number in range(50):
        table.put({"p": "a", "s": number})
    started = threading.Barrier(5)
    outcomes: list[str] = []

    def read() -> None:
        started.wait()
        try:
            while True:
                assert len(table.scan(page_limit=20).all()) == 50
        except errors.Closed:
            outcomes.append("closed")
        except BaseException as error:  # noqa: BLE001 - shown by the assertion
            outcomes.append(repr(error))

    threads = [threading.Thread(target=read) for _ in range(4)]
    for thread in threads:
        thread.start()
    started.wait()
    table.put({"p": "a", "s": 0, "more": 1})
    database.close()
    for thread in threads:
        thread.join(30)
    assert ["closed"] * 4 == outcomes
    assert [path] == list(path.parent.iterdir())


def test_a_thread_takes_its_connection_with_it(opened: ddblite.Database) -> None:
    """A thousand threads, one after another, do not leave a thousand open files."""
    for _ in range(20):
        in_thread(lambda: opened.table("music").get("Nina"))
    assert len(opened.engine.storage.readers) <= 2


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork on this system")
@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
@pytest.mark.parametrize("is_writing", [False, True], ids=["idle", "while another thread writes"])
def test_a_forked_child_is_refused(
    path: Path,
    opened: ddblite.Database,
    monkeypatch: pytest.MonkeyPatch,
    is_writing: bool,  # noqa: FBT001 - a case
) -> None:
    """It would use its parent's locks and file positions; the parent goes on unharmed."""
    monkeypatch.setattr(open_files, "FORK_WAIT_S", 0)
    music = opened.table("music")
    music.put({"artist": "Nina"})
    holding, release = threading.Event(), threading.Event()

    def hold() -> None:
        with opened.engine.write():
            holding.set()
            release.wait(30)

    holder = threading.Thread(target=hold)
    if is_writing:
        holder.start()
        holding.wait(30)
    child = os.fork()
    if child == 0:  # pragma: no cover - in a process of its own
        signal.alarm(20)
        os._exit(0 if is_refused(music.get) and is_refused(music.delete) else 1)
    _, status = os.waitpid(child, 0)
    release.set()
    if is_writing:
        holder.join(30)
    assert status == 0
    assert {"artist": "Nina"} == music.get("Nina")
    music.put({"artist": "Miles"})
    assert opened.check() == []
    assert path.exists()


def is_refused(use: Callable[[str], object]) -> bool:  # pragma: no cover - in the child
    """Whether the child may not use the table."""
    try:
        use("Nina")
    except errors.Closed as error:
        return "fork" in error.message
    return False


@pytest.mark.parametrize(
    ("method", "code", "error"),
    [
        ("sync", apsw.SQLITE_IOERR_FSYNC, errors.FileError),
        ("write", apsw.SQLITE_IOERR_WRITE, errors.FileError),
    ],
)
def test_after_a_failed_flush_nothing_is_trusted(
    path: Path, method: str, code: int, error: type[errors.DdbError]
) -> None:
    """Not even a read, until the file is opened again; then all is as it was before."""
    with faulty_files() as fault:
        database = ddblite.connect(path)
        music = database.create_table("music", partition_key="artist")
        music.put({"artist": "Nina"})
        fault.method, fault.code = method, code
        with pytest.raises(error):
            music.put({"artist": "Miles"})
        fault.method = ""
        with pytest.raises(errors.Closed, match="open the file again"):
            music.get("Nina")
        with pytest.raises(errors.Closed):
            music.put({"artist": "Miles"})
        database.close()
        with ddblite.connect(path) as again:
            assert {"artist": "Nina"} == again.table("music").get("Nina")
            again.table("music").put({"artist": "Miles"})


def test_the_log_of_a_failed_flush_is_left_to_the_next_opening(path: Path) -> None:
    """Removed without the write, it could come back in a power cut: the write is seen at once."""
    with faulty_files() as fault:
        database = ddblite.connect(path)
        music = database.create_table("music", partition_key="artist")
        fault.method, fault.code = "sync", apsw.SQLITE_IOERR_FSYNC
        with pytest.raises(errors.FileError):
            music.put({"artist": "Miles"})
        fault.method = ""
        database.close()
        assert Path(f"{path}-wal").stat().st_size
        with ddblite.connect(path) as again:
            assert ["Miles"] == artists(again)


@pytest.mark.parametrize("level", ["alone", "within a transaction"])
def test_a_full_disk_changes_nothing(path: Path, level: str) -> None:
    """Reads go on; when there is room again, writes work without opening the file again."""
    with faulty_files() as fault, ddblite.connect(path) as database:
        music = database.create_table("music", partition_key="artist")
        music.put({"artist": "Nina"})

        def write() -> None:
            if level == "alone":
                music.put({"artist": "Miles"})
                return
            with database.engine.write():
                music.put({"artist": "Miles"})

        fault.method, fault.code = "write", apsw.SQLITE_FULL
        with pytest.raises(errors.DiskFull):
            write()
        assert ["Nina"] == artists(database)
        fault.method = ""
        write()
        assert ["Miles", "Nina"] == artists(database)


def test_a_failed_read_is_an_error(path: Path) -> None:
    """Never a part of an answer."""
    with ddblite.connect(path) as database:
        table = make_table(database)
        with table.batch() as batch:
            for number in range(500):
                batch.put({"p": "a", "s": number, "x": "x" * 1000})
            # More than the pages that opening the file has read.
    with faulty_files() as fault, ddblite.connect(path) as database:
        table = database.table("shapes")
        fault.method, fault.code = "read", apsw.SQLITE_IOERR_READ
        with pytest.raises(errors.FileError):
            table.scan().all()
        fault.method = ""
        assert 500 == len(table.scan().all())


def test_a_failed_look_at_a_file_is_an_error_of_ours(path: Path) -> None:
    """Where a file is read without a connection as well."""
    with ddblite.connect(path) as database:
        make_table(database)
    with faulty_files() as fault:
        fault.method, fault.code = "read", apsw.SQLITE_IOERR_READ
        with pytest.raises(errors.FileError, match=str(path)):
            header_of(str(path))


def test_a_failed_read_in_a_snapshot_is_the_same_error(path: Path) -> None:
    """SQLite has ended the snapshot by itself then, so that there is none to be undone."""
    with ddblite.connect(path) as database:
        table = make_table(database)
        with table.batch() as batch:
            for number in range(500):
                batch.put({"p": "a", "s": number, "x": "x" * 1000})
    with faulty_files() as fault, ddblite.connect(path) as database:
        table = database.table("shapes")

        def read() -> None:
            with database.engine.storage.snapshot():
                table.get("a", 1)
                fault.method, fault.code = "read", apsw.SQLITE_IOERR_READ
                table.scan().all()

        with pytest.raises(errors.FileError):
            read()
        fault.method = ""
        assert 500 == len(table.scan().all())


def test_a_log_that_cannot_be_merged_is_a_warning(
    path: Path, wholeness: Wholeness, caplog: pytest.LogCaptureFixture
) -> None:
    """All commits are in it; whoever opens the file next brings them in."""
    wholeness.is_expected = True
    with faulty_files() as fault:
        database = ddblite.connect(path)
        database.create_table("music", partition_key="artist").put({"artist": "Nina"})
        fault.method, fault.code = "write", apsw.SQLITE_IOERR_WRITE
        database.close()
        assert f"the log could not be merged into {path}" in caplog.messages[0]
    with ddblite.connect(path) as again:
        assert {"artist": "Nina"} == again.table("music").get("Nina")
        assert again.check() == []
    assert [path] == list(path.parent.iterdir())

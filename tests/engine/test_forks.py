"""A process that forks while a file is open: the child opens the file anew, and nothing is lost."""

import os
import selectors
import signal
import threading
from collections.abc import Callable
from pathlib import Path

import apsw
import pytest

import ddblite
from ddblite.engine.file import bare_files, connections, open_files, storage
from ddblite.engine.file.connections import Address
from ddblite.schema import errors

pytestmark = [
    pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork on this system"),
    pytest.mark.filterwarnings("ignore:This process:DeprecationWarning"),
]

WRITES = 100
CHILD_SECONDS_MAX = 60


class Child:
    """A forked child that does something, and waits in between until it is told to go on."""

    def __init__(self, work: Callable[["Child"], None]) -> None:
        self.told, self.tell = os.pipe()
        self.heard, self.say = os.pipe()
        self.pid = os.fork()
        if self.pid == 0:  # pragma: no cover - in a process of its own
            signal.alarm(CHILD_SECONDS_MAX)
            status = 1
            try:
                work(self)
                status = 0
            finally:
                os._exit(status)

    def wait(self) -> None:
        """In the child: says that it has come so far, and waits."""
        os.write(self.say, b".")
        os.read(self.told, 1)

    def has_come(self) -> None:
        """In the parent: waits until the child waits."""
        os.read(self.heard, 1)

    def go_on(self) -> int:
        """In the parent: lets the child go on to its end, and returns how it ended."""
        os.write(self.tell, b".")
        _, status = os.waitpid(self.pid, 0)
        for descriptor in (self.told, self.tell, self.heard, self.say):
            os.close(descriptor)
        return status


def write_and_die(path: Path) -> Callable[[Child], None]:
    """Returns what opens the file, writes once, waits, writes on, and is killed."""

    def work(child: Child) -> None:  # pragma: no cover - in a process of its own
        music = ddblite.connect(path).table("music")
        music.put({"artist": "first"})
        child.wait()
        for number in range(WRITES):
            music.put({"artist": str(number)})
        os.kill(os.getpid(), signal.SIGKILL)

    return work


def all_are_there(path: Path) -> None:
    """Opens the file as the next program does."""
    with ddblite.connect(path) as database:
        assert WRITES + 1 == len(database.table("music").scan().all())
        assert [] == database.check()


def test_parent_closes_while_its_child_writes(path: Path, opened: ddblite.Database) -> None:
    """The parent is not the last who has the file open, whatever it believes."""
    child = Child(write_and_die(path))
    child.has_come()
    opened.close()
    assert signal.SIGKILL == child.go_on()
    all_are_there(path)


def test_readers_of_the_parent_are_closed_too(path: Path, opened: ddblite.Database) -> None:
    """Connections of threads that only read hold their part of the inherited book-keeping."""
    may_end, has_read = threading.Event(), threading.Event()

    def read() -> None:
        opened.table("music").get("Nina")
        has_read.set()
        may_end.wait()

    reader = threading.Thread(target=read)
    reader.start()
    has_read.wait()
    child = Child(write_and_die(path))
    child.has_come()
    may_end.set()
    reader.join()
    opened.close()
    assert signal.SIGKILL == child.go_on()
    all_are_there(path)


def test_child_of_a_busy_parent_can_write(path: Path, opened: ddblite.Database) -> None:
    """A fork waits until no thread is in the middle of a write."""
    music = opened.table("music")
    stopped = threading.Event()

    def write() -> None:
        while not stopped.is_set():
            music.put({"artist": "of the parent"})

    def work(_: Child) -> None:  # pragma: no cover - in a process of its own
        with ddblite.connect(path) as mine:
            mine.table("music").put({"artist": str(os.getpid())})

    writer = threading.Thread(target=write)
    writer.start()
    try:
        pids = []
        for _ in range(10):
            child = Child(work)
            pids.append(child.pid)
            assert 0 == child.go_on()
    finally:
        stopped.set()
        writer.join()
    assert all(music.get(str(pid)) is not None for pid in pids)


def test_file_in_the_middle_of_a_write_is_refused_in_the_child(
    path: Path, opened: ddblite.Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With a sentence, instead of damage; the parent goes on unharmed."""
    monkeypatch.setattr(open_files, "FORK_WAIT_S", 0)
    holding, release = threading.Event(), threading.Event()

    def hold() -> None:
        with opened.engine.write():
            holding.set()
            release.wait()

    def work(_: Child) -> None:  # pragma: no cover - in a process of its own
        with pytest.raises(errors.FileError, match="when this process was forked"):
            ddblite.connect(path)
        with ddblite.connect(path.with_name("another.ddb")) as another:
            another.create_table("music", partition_key="artist")

    holder = threading.Thread(target=hold)
    holder.start()
    holding.wait()
    child = Child(work)
    status = child.go_on()
    release.set()
    holder.join()
    assert 0 == status
    opened.table("music").put({"artist": "Nina"})
    assert [] == opened.check()
    path.with_name("another.ddb").unlink()


def test_fork_leaves_the_writer_to_the_parent(opened: ddblite.Database) -> None:
    """Also a fork in the midst of a write of the same thread."""
    with opened.engine.write():
        assert 0 == Child(lambda _: None).go_on()
        opened.table("music").put({"artist": "inside"})
    writer = threading.Thread(target=opened.table("music").put, args=({"artist": "Nina"},))
    writer.start()
    writer.join(30)
    assert not writer.is_alive()
    assert {"artist": "Nina"} == opened.table("music").get("Nina")


def test_children_of_a_parent_whose_threads_read_all_come_to_an_end(
    opened: ddblite.Database,
) -> None:
    """None waits for a lock that only a thread of the parent could release."""
    stopped = threading.Event()
    music = opened.table("music")
    with music.batch() as batch:
        for number in range(100):
            batch.put({"artist": str(number), "text": "x" * 300})

    def read() -> None:
        while not stopped.is_set():
            music.scan().all()

    readers = [threading.Thread(target=read) for _ in range(3)]
    for reader in readers:
        reader.start()
    children = [Child(lambda _: None) for _ in range(100)]
    ended = [has_ended(child) for child in children]
    stopped.set()
    for reader in readers:
        reader.join()
    assert all(ended)


def has_ended(child: Child) -> bool:
    """Whether a child ends by itself within a while; it is killed if it does not."""
    with selectors.DefaultSelector() as selector:
        os.close(child.say)
        selector.register(child.heard, selectors.EVENT_READ)
        ended = bool(selector.select(CHILD_SECONDS_MAX))
    if not ended:
        os.kill(child.pid, signal.SIGKILL)
    os.waitpid(child.pid, 0)
    for descriptor in (child.told, child.tell, child.heard):
        os.close(descriptor)
    return ended


@pytest.mark.parametrize("what", ["a reader", "a look"])
def test_file_that_is_just_being_opened_is_refused_in_the_child(
    what: str, path: Path, opened: ddblite.Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In nobody's books yet, what is opened is in SQLite's, which the child would believe."""
    is_open, go_on = threading.Event(), threading.Event()
    plain = connections.open_connection

    def open_and_wait(address: Address) -> apsw.Connection:
        connection = plain(address)
        is_open.set()
        go_on.wait(CHILD_SECONDS_MAX)
        return connection

    def look() -> None:
        with bare_files.opened(str(path), bare_files.LOOK):
            is_open.set()
            go_on.wait(CHILD_SECONDS_MAX)

    if what == "a reader":
        read = opened.table("music").scan().all
        monkeypatch.setattr(storage, "open_connection", open_and_wait)
        thread = threading.Thread(target=read)
    else:
        thread = threading.Thread(target=look)
    thread.start()
    assert is_open.wait(CHILD_SECONDS_MAX)
    monkeypatch.undo()

    def be_child(_: Child) -> None:
        with pytest.raises(errors.FileError, match="when this process was forked"):
            ddblite.connect(path)

    child = Child(be_child)
    assert child.go_on() == 0
    go_on.set()
    thread.join()
    opened.table("music").put({"artist": "last"})


def test_fork_waits_for_what_is_being_opened(path: Path, opened: ddblite.Database) -> None:
    """A child is not refused what took its parent a moment."""
    looks = threading.Event()

    def look_for_a_moment() -> None:
        with bare_files.opened(str(path), bare_files.LOOK):
            looks.set()
            opened.table("music").scan().all()

    thread = threading.Thread(target=look_for_a_moment)
    thread.start()
    assert looks.wait(CHILD_SECONDS_MAX)
    child = Child(lambda _: ddblite.connect(path).close())
    assert child.go_on() == 0
    thread.join()

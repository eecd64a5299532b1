"""A disk that is really full: an error of its kind, nothing changed, and well once there is room.

On a small file system in memory of its own, where one may be mounted; elsewhere a child that may
make its files only so large.
"""

import random
import resource
import signal
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Final

import ddblite
from ddblite.schema.errors import DiskFull, FileError
from faults import writing
from faults.doors import python_door
from faults.forked import Child
from faults.lines import Trial
from faults.writing import State, Step, state_of, steps, template, write_and_read

MAKERS: Final = (
    writing.put,
    writing.update,
    writing.delete,
    writing.batch,
    writing.transaction,
    writing.statement,
    writing.change_of_index,
    writing.change_of_tables,
    writing.backup,
)
DISK_KIB: Final = 4096
ROOM_BYTES_MAX: Final = 300_000
LOG_BYTES_MAX: Final = 200_000
"""Small, so that it is emptied often, for which there may be no room either."""


def trial(given: Trial) -> None:
    """Fills a disk but for a little, and writes until it is full."""
    with ExitStack() as stack:
        disk = stack.enter_context(small_disk(given.folder))
        if disk is None:
            with Child(lambda _: write_until_full(given, given.folder, None)) as child:
                child.finish()
        else:
            write_until_full(given, disk, disk / "filling")


@contextmanager
def small_disk(folder: Path) -> Iterator[Path | None]:
    """Mounts a small file system; gives None where that is not allowed."""
    disk = folder / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={DISK_KIB}k", "tmpfs", str(disk)]
    try:
        done = subprocess.run(mount, capture_output=True, check=False)
    except OSError:
        yield None
        return
    if done.returncode:
        yield None
        return
    try:
        yield disk
    finally:
        subprocess.run(["umount", str(disk)], capture_output=True, check=True)  # noqa: S607


def write_until_full(given: Trial, folder: Path, filling: Path | None) -> None:
    """Writes until there is no room, and makes room again, a few times."""
    path = folder / "full.ddb"
    path.write_bytes(template())
    for _ in range(given.cases):
        fail(path, given.dice, filling)
        with ddblite.connect(path, durability="process") as database:
            write_and_read(database)
            assert [] == database.check()
            forget(database)
        left = [one.name for one in folder.iterdir() if one.name != "disk"]
        assert [path.name] == left, left


def fail(path: Path, dice: random.Random, filling: Path | None) -> None:
    """Writes until there is no room, and looks whether that changed anything, then and later."""
    taken = steps(dice.choice(MAKERS), dice.randrange(10**9))
    with ddblite.connect(path, durability=dice.choice(("power", "process"))) as database:
        log = database.engine.storage.log
        log.bytes_max = log.bytes_next = LOG_BYTES_MAX
        fill(path.parent, filling, dice)
        before = state_before_fault(database, taken, filling, dice)
        is_emptied = filling is None or dice.random() < 0.5
        if filling is not None:
            assert before == state_of(database), "a write failed and changed something"
        if is_emptied:
            empty(filling)
        if is_emptied and filling is not None:
            write_and_read(database)
    if not is_emptied:
        empty(filling)
    with ddblite.connect(path, durability="process") as database:
        assert before == state_of(database), "what was written is not there"
    for one in path.parent.glob("backup*"):
        one.unlink()


def fill(folder: Path, filling: Path | None, dice: random.Random) -> None:
    """Leaves a little room, if any."""
    room = dice.choice((0, 1, dice.randrange(ROOM_BYTES_MAX)))
    if filling is None:
        used = max(one.stat().st_size for one in folder.iterdir() if one.is_file())
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (used + room, resource.RLIM_INFINITY))
        return
    with filling.open("wb", buffering=0) as file:
        try:
            while file.write(bytes(4096)):
                pass
        except OSError:
            file.truncate(max(0, file.tell() - room))


def empty(filling: Path | None) -> None:
    """Makes room."""
    if filling is None:
        unlimited = (resource.RLIM_INFINITY, resource.RLIM_INFINITY)
        resource.setrlimit(resource.RLIMIT_FSIZE, unlimited)
    else:
        filling.unlink()


def state_before_fault(
    database: ddblite.Database, taken: Iterator[Step], filling: Path | None, dice: random.Random
) -> State:
    """Writes until that fails, or often enough; returns the state before what failed."""
    path = Path(database.engine.storage.path)
    with python_door(database) as ask:
        for _ in range(dice.choice((5, 50, 500))):
            step = next(taken)
            before = state_of(database)
            is_backup = step.operation == "Backup"
            # A file that may grow no further is told as a fault of the disk.
            kinds = FileError if is_backup or filling is None else DiskFull
            try:
                if is_backup:
                    database.backup(path.with_name(step.wire["name"]))
                else:
                    ask(step.operation, step.wire)
            except kinds:
                parts = [one.name for one in path.parent.iterdir() if one.name.startswith(".")]
                assert [] == parts, parts
                return before
    return state_of(database)


def forget(database: ddblite.Database) -> None:
    """Makes the file small again, so that there is always room for some of it."""
    for name in database.tables():
        database.delete_table(name)
    database.call("CreateTable", writing.definition(writing.TABLE))
    with database.table(writing.TABLE).batch() as batch:
        for number in range(50):
            batch.put({"p": f"p{number % 7}", "s": number, "g": "a", "n": number})

"""Calls of the system that fail, each with a real errno, at any step of random work.

* What is answered is right, and what fails is one of our errors about files.
* A write that fails has changed nothing, if the database goes on working; then reads go on, and as
  soon as the fault is over, writes do. If it refuses everything, nobody knows until it is opened
  again: the write is there as a whole or not at all.
* Opened again, it is whole, and nothing is lost that was acknowledged.

The calls fail in a small library that is loaded before all others, which is built where there is a
C compiler. Everywhere else, files may not become larger than some size.
"""

import argparse
import ctypes
import errno
import functools
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import ddblite
from apart import folder_in_memory, run_apart
from ddblite.schema.errors import Closed, FileError
from deeds import some_deed
from faults.lines import Trial
from item_deeds import gamble
from knowledge import unique
from worlds import Deed, World, after_all, consistent, recognised

TOGETHER: Final = 100
SOURCE: Final = Path(__file__).with_name("failing.c")
NAME: Final = "test.ddb"
COPY: Final = "copy.ddb"
DEEDS_BEFORE: Final = 12
DEEDS: Final = 8

OPEN, READ, WRITE, SYNC, TRUNCATE, UNLINK, LINK = range(1, 8)
LIMIT: Final = 8
"""No call that fails, but a file that may not grow."""

ERRORS: Final = (
    (OPEN, errno.EMFILE),
    (OPEN, errno.EIO),
    (OPEN, errno.EACCES),
    (READ, errno.EIO),
    (WRITE, errno.ENOSPC),
    (WRITE, errno.EIO),
    (WRITE, errno.EDQUOT),
    (SYNC, errno.EIO),
    (SYNC, errno.ENOSPC),
    (SYNC, errno.EDQUOT),
    (TRUNCATE, errno.EIO),
    (TRUNCATE, errno.ENOSPC),
    (UNLINK, errno.EIO),
    (UNLINK, errno.EACCES),
    (LINK, errno.EIO),
    (LINK, errno.ENOSPC),
    (LIMIT, errno.EFBIG),
)
UNREADABLE: Final = ("I/O", "malformed", "unable to get")
"""What SQLite's own check calls a page that it cannot read."""

LIMIT_BYTES_MAX: Final = 200_000


@dataclass(frozen=True)
class Fault:
    """Which call fails: of a kind the n-th (of a limit, the bytes), once or for ever."""

    kind: int
    number: int
    after: int
    is_lasting: bool


class System:
    """What the calls of the system do in one place."""

    def __init__(self, place: Path, *, has_library: bool) -> None:
        self.library = ctypes.CDLL(None) if has_library else None
        self.limit = resource.getrlimit(resource.RLIMIT_FSIZE)
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        if self.library is not None:
            self.library.watch(os.fsencode(place))

    def arm(self, fault: Fault) -> None:
        """Makes it fail from now on."""
        if fault.kind == LIMIT:
            resource.setrlimit(resource.RLIMIT_FSIZE, (fault.after, self.limit[1]))
        elif self.library is not None:
            self.library.arm(fault.kind, fault.after, fault.number, int(fault.is_lasting))

    def heal(self) -> None:
        """Makes everything work again."""
        resource.setrlimit(resource.RLIMIT_FSIZE, self.limit)
        if self.library is not None:
            self.library.arm(0, 0, 0, 0)

    def struck(self) -> int:
        """Returns how often something failed; of a limit, nobody can tell."""
        return 0 if self.library is None else int(self.library.struck())

    def counts(self) -> dict[int, int]:
        """Returns how often each kind of call was made since it was armed last."""
        found = {LIMIT: LIMIT_BYTES_MAX}
        if self.library is not None:
            found |= {kind: self.library.counted(kind) for kind in range(OPEN, LIMIT)}
        return found


class Work:
    """Some requests, a backup and a close, while something fails."""

    def __init__(self, path: Path, deeds: list[Deed], world: World) -> None:
        self.path = path
        self.deeds = deeds
        self.worlds = [world]
        self.copies: list[World] = []

    def run(self) -> None:
        """Does everything that can be done."""
        clock = ddblite.FixedClock()
        try:
            database = ddblite.connect(self.path, clock=clock)
        except FileError:
            return
        for deed in self.deeds:
            self.ask(database, deed)
        self.back_up(database)
        self.read(database)
        database.engine.close()

    def ask(self, database: ddblite.Database, deed: Deed) -> None:
        """Makes a request."""
        storage = database.engine.storage
        was_refusing = storage.failure is not None
        try:
            seen = deed.asked(database)
        except Closed:
            assert was_refusing, "it refuses, and nothing had failed"
        except FileError:
            assert not was_refusing
            if storage.failure is not None:
                self.worlds = unique([*self.worlds, *after_all(self.worlds, deed)])
        else:
            assert not was_refusing, "it goes on after a failure"
            self.worlds = consistent(self.worlds, deed, seen)

    def back_up(self, database: ddblite.Database) -> None:
        """Makes a backup, which is there as a whole or not at all."""
        self.copies = self.worlds
        try:
            database.backup(self.path.with_name(COPY))
        except FileError:
            return

    def read(self, database: ddblite.Database) -> None:
        """Reads and proves everything, unless that fails as well."""
        try:
            problems = database.check()
            assert all(any(word in one for word in UNREADABLE) for one in problems), problems
        except FileError:
            return


def prove(work: Work, system: System, fault: Fault, dice: random.Random) -> int:
    """Runs work in which something fails, looks at what is left; returns how often it failed."""
    system.arm(fault)
    try:
        work.run()
        if gamble(dice, 0.3):  # perhaps it still fails when the file is opened again
            work.deeds = []
            work.run()
    finally:
        struck = system.struck()
        system.heal()
    copy = work.path.with_name(COPY)
    if copy.exists():
        with ddblite.connect(copy, mode="read") as database:
            recognised(work.copies, database)
    with ddblite.connect(work.path) as database:
        recognised(work.worlds, database)
        database.create_table("after", partition_key="p").put({"p": "it can be written"})
        assert database.check() == []
    # What could not be removed lies there, hidden.
    left = {one.name for one in work.path.parent.iterdir() if not one.name.startswith(".")}
    assert left <= {NAME, COPY}, f"{left} are left"
    return struck


# --- one process, many faults


def begun(path: Path, dice: random.Random) -> tuple[World, list[Deed]]:
    """Makes a file with something in it; returns that, and requests to be made of it."""
    world = World()
    deeds: list[Deed] = []
    with ddblite.connect(path, durability="none", clock=ddblite.FixedClock()) as database:
        for _ in range(DEEDS_BEFORE):
            deed = some_deed(dice, world, 0)
            world = consistent([world], deed, deed.asked(database))[0]
    future = world
    for _ in range(DEEDS):
        deed = some_deed(dice, future, 0)
        future = deed.effect(future)[1]
        deeds.append(deed)
    return world, deeds


def main() -> int:
    """Makes something fail so many times."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("seed")
    parser.add_argument("cases", type=int)
    parser.add_argument("folder", type=Path)
    given = parser.parse_args()
    dice = random.Random(given.seed)
    has_library = "LD_PRELOAD" in os.environ
    system = System(given.folder, has_library=has_library)
    path = given.folder / NAME
    world, deeds = begun(path, dice)
    content = path.read_bytes()
    system.heal()
    Work(path, deeds, world).run()
    counts = system.counts()
    errors = [one for one in ERRORS if counts.get(one[0])]
    struck = 0
    for number in range(given.cases):
        kind, error = errors[dice.randrange(len(errors))]
        fault = Fault(kind, error, dice.randrange(counts[kind]), gamble(dice, 0.5))
        place = given.folder / str(number)
        place.mkdir()
        (place / NAME).write_bytes(content)
        try:
            struck += prove(Work(place / NAME, deeds, world), system, fault, dice)
        except BaseException as failure:
            failure.add_note(f"case {number}: {fault} of {counts}, {errno.errorcode[error]}")
            raise
        shutil.rmtree(place)
    assert struck or not has_library, "nothing has failed"
    return 0


@functools.cache
def library() -> str | None:
    """Builds the library that makes calls fail; None where that cannot be done."""
    compiler = shutil.which("cc")
    if compiler is None or sys.platform != "linux":
        return None
    target = Path(tempfile.mkdtemp(prefix="ddblite-"), "failing.so")
    command = [compiler, "-shared", "-fPIC", "-O1", "-o", str(target), str(SOURCE), "-ldl"]
    return str(target) if subprocess.run(command, check=False).returncode == 0 else None


def trial(trial: Trial) -> None:
    """Some work, in which something fails many times, each time something else."""
    seed = str(trial.dice.randrange(10**9))
    preloaded = {"LD_PRELOAD": built} if (built := library()) else {}
    with folder_in_memory() as folder:
        run_apart("faults.io_errors", seed, trial.cases, folder, environment=preloaded)


if __name__ == "__main__":
    sys.exit(main())

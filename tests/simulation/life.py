"""The life of one database, out of one seed: work, faults, crashes, reopenings, and a model.

Whatever happens follows from the seed: the requests, the clock, ids, the randomness of SQLite, when
a step of the file system fails, at which step the power goes, and what it leaves. So a seed that
fails fails again.

* A request that is answered must be answered as in one of the worlds that may be true.
* One that fails has changed nothing, if the database goes on working; if it refuses to, nobody
  knows until it is opened again.
* A crash may come in the midst of any request: what was acknowledged before is there, that request
  is there as a whole or not at all, and the file is whole. With durability "process" a power cut,
  and no other crash, may take the last of what was acknowledged; never something in between.
* Opening the file after a crash may be cut short as well, and again.
"""

import random
import shutil
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Final

import apsw

import ddblite
from ddblite.api.python.options import Durability
from ddblite.schema.errors import FileError
from deeds import some_deed
from item_deeds import gamble
from knowledge import Known, after_kill, after_power_cut, unique
from power import Disk, disk_of, put_down
from recorded_files import Fault, RecordedFiles, Recording
from worlds import Contradiction, World, after_all, consistent, recognised

NAME: Final = "life.ddb"
COPY: Final = "copy{}.ddb"
EVENTS_MIN: Final = 8
EVENTS_MAX: Final = 30
CRASHES_IN_A_ROW: Final = 3
ENCRYPTED: Final = 0.2
KEY: Final = bytes(range(32))

FAULTS: Final = (
    ("write", apsw.SQLITE_FULL),
    ("write", apsw.SQLITE_IOERR_WRITE),
    ("sync", apsw.SQLITE_IOERR_FSYNC),
    ("truncate", apsw.SQLITE_IOERR_TRUNCATE),
    ("read", apsw.SQLITE_IOERR_READ),
    ("open", apsw.SQLITE_CANTOPEN),
    ("remove", apsw.SQLITE_IOERR_DELETE),
)


class Life:
    """One seed's database."""

    def __init__(
        self, seed: int, root: Path, files: RecordedFiles, durability: Durability | None = None
    ) -> None:
        self.dice = random.Random(seed)
        files.random = random.Random(f"{seed} below").randbytes
        apsw.randomness(0)  # SQLite's dice begin anew, with those
        self.root = root
        self.clock = ddblite.FixedClock()
        drawn: Durability = self.dice.choice(("power", "power", "process"))
        self.durability = durability or drawn
        self.key = KEY if gamble(self.dice, ENCRYPTED) else None
        self.story: list[str] = []
        self.digests: list[str] = []
        self.folders = 0
        self.copies: dict[str, list[World]] = {}
        self.known = [Known(0, [World()])]
        disk = Disk(is_strict=gamble(self.dice, 0.5))
        self.tell(
            f"durability {self.durability}, folders {'strict' if disk.is_strict else 'ordered'}"
        )
        self.tell("encrypted" if self.key else "not encrypted")
        self.settle({}, disk)

    def tell(self, event: str) -> None:
        """Notes what happens, for whoever looks for a fault."""
        self.story.append(event)

    @property
    def worlds(self) -> list[World]:
        """What may be true now."""
        return self.known[-1].worlds

    def learn(self, worlds: Iterable[World]) -> None:
        """Takes down what may be true from now on."""
        self.known.append(Known(len(self.recording.steps), unique(worlds)))

    def live(self) -> list[str]:
        """Lives to the end, and returns digests of all that was written."""
        self.open()
        for _ in range(self.dice.randrange(EVENTS_MIN, EVENTS_MAX)):
            self.dice.choices(EVENTS, WEIGHTS)[0](self)
        self.recording.fault = None
        self.reopen()
        self.database.close()
        left = sorted(self.recording.files)
        if left != [NAME]:
            raise Contradiction(f"{left} after closing")
        self.digests.append(self.recording.digest())
        return self.digests

    # --- the file

    def settle(self, files: dict[str, bytes], disk: Disk) -> None:
        """Goes on with some files, in a folder of its own: nothing in memory knows of it."""
        self.folders += 1
        folder = self.root / str(self.folders)
        put_down(files, folder)
        self.recording = Recording(folder, disk)
        self.recording.__enter__()

    def open(self) -> None:
        """Opens the file, and sees whether it shows a world that may be."""
        path = Path(self.recording.folder, NAME)
        self.database = ddblite.connect(
            path, durability=self.durability, clock=self.clock, key=self.key
        )
        self.learn(recognised(self.worlds, self.database))

    def reopen(self) -> None:
        """Closes and opens the file; a fault may be in the way of either."""
        fault = self.recording.fault
        had_failed = self.database.engine.storage.failure is not None
        warnings = self.database.engine.close()
        if fault is None and not had_failed:
            if warnings:
                raise Contradiction(f"closing: {warnings}")
            # Which is flushed, whatever the durability.
            self.known.append(Known(len(self.recording.steps), self.worlds, is_flushed=True))
        try:
            self.open()
        except FileError as error:
            self.excuse(error)
            self.tell(f"  not opened: {error}")
            self.recording.fault = None
            self.open()

    def excuse(self, error: FileError) -> None:
        """Raises what was no fault's doing."""
        if self.recording.fault is None or not self.recording.fault.struck:
            raise error

    # --- what may happen

    def work(self) -> None:
        """One request."""
        deed = some_deed(self.dice, self.dice.choice(self.worlds), self.clock.now_s())
        self.tell(f"{deed.operation} {str(deed.request)[:300]}")
        try:
            seen = deed.asked(self.database)
        except FileError as error:
            self.excuse(error)
            self.tell(f"  {type(error).__name__}: {error}")
            if self.database.engine.storage.failure is None:
                self.learn(self.worlds)
                return
            self.learn([*self.worlds, *after_all(self.worlds, deed)])
            self.recording.fault = None
            self.reopen()
        else:
            self.learn(consistent(self.worlds, deed, seen))

    def look(self) -> None:
        """Everything is read and proven."""
        self.tell("look")
        try:
            self.learn(recognised(self.worlds, self.database))
        except (FileError, Contradiction) as error:
            if not isinstance(error, FileError):
                if self.recording.fault is None or not self.recording.fault.struck:
                    raise
            else:
                self.excuse(error)

    def back_up(self) -> None:
        """A backup shows the same, and is there as a whole or not at all."""
        name = COPY.format(len(self.copies))
        self.tell(f"backup {name}")
        self.copies[name] = self.worlds
        try:
            self.database.backup(Path(self.recording.folder, name))
        except FileError as error:
            self.excuse(error)
            return
        self.learn(self.worlds)
        self.look_at_copy(name)

    def look_at_copy(self, name: str) -> None:
        """Opens a backup, which shows what was true when it was made, and removes it."""
        fault, self.recording.fault = self.recording.fault, None
        target = Path(self.recording.folder, name)
        with ddblite.connect(target, mode="read", key=self.key) as copy:
            recognised(self.copies[name], copy)
        target.unlink()
        self.recording.fault = fault

    def wait(self) -> None:
        """Time passes."""
        self.clock.advance(self.dice.choice((0.25, 20, 300, 599.75, 600)))
        self.tell(f"it is {self.clock.now_s()}")

    def close_and_open(self) -> None:
        """The program ends and begins."""
        self.tell("reopen")
        self.recording.fault = None
        self.reopen()

    def go_wrong(self) -> None:
        """Something will fail soon, or works again."""
        if self.recording.fault is not None:
            self.tell("the fault is over")
            self.recording.fault = None
            return
        what, code = self.dice.choice(FAULTS)
        fault = Fault(what, self.dice.randrange(6), code, gamble(self.dice, 0.4))
        self.tell(f"{fault}")
        self.recording.fault = fault

    def crash(self) -> None:
        """The process is killed, or the power goes; perhaps again while the file is opened."""
        for _ in range(self.dice.randrange(1, CRASHES_IN_A_ROW + 1)):
            self.recording.fault = None
            self.cut(is_kill=gamble(self.dice, 0.25))
            self.open()

    def cut(self, *, is_kill: bool) -> None:
        """Goes on with what is left of the files at one of the last steps."""
        steps = self.recording.steps
        at_least = self.known[-2].steps if len(self.known) > 1 else 0
        at = self.dice.randrange(at_least, len(steps) + 1)
        self.tell(f"{'killed' if is_kill else 'power cut'} after step {at} of {len(steps)}")
        disk = self.recording.disk.after(steps[:at])
        known = self.known
        self.abandon()
        if is_kill:
            self.settle(disk.files_now(), disk)
            self.known = after_kill(known, at)
        else:
            files = disk.files_after_cut(self.dice)
            self.settle(files, disk_of(files, is_strict=disk.is_strict))
            self.known = after_power_cut(known, at, self.durability)
        self.tidy()

    def tidy(self) -> None:
        """Looks at backups that are there, or there again, and removes what is left of others."""
        for name in sorted(self.recording.files):
            if name in self.copies:
                self.look_at_copy(name)
            elif name.startswith("."):
                Path(self.recording.folder, name).unlink()

    def abandon(self) -> None:
        """Lets go of a database and its folder, which nobody will see again."""
        self.digests.append(self.recording.digest())
        storage = self.database.engine.storage
        if storage.failure is None:
            storage.writer.config(apsw.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1)
            storage.failure = "the power is off"
        storage.close()
        self.recording.__exit__()
        shutil.rmtree(self.recording.folder)


EVENTS: Final[tuple[Callable[[Life], None], ...]] = (
    Life.work,
    Life.look,
    Life.back_up,
    Life.wait,
    Life.close_and_open,
    Life.go_wrong,
    Life.crash,
)
WEIGHTS: Final = (70, 2, 1, 6, 4, 7, 6)

"""A file put beside a log that is not its own: refused and left as it was, or whole.

A file is crashed, so that a log lies beside it; then a backup, an earlier state of itself, a later
one or another file is copied over it, or the log is exchanged. Whoever opens it then, for whatever,
must refuse it and change nothing (a backup always), or find one of the states that there were. What
fits together by chance and is neither is damaged, and told so.
"""

import itertools
import os
import random
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import ddblite
from children import environment
from ddblite.api.python.options import Mode
from ddblite.schema.errors import FileError
from faults import writing
from faults.doors import python_door
from faults.forked import Child
from faults.lines import Trial
from faults.writing import State, state_of, steps, template
from leftovers import contents, forget_log

MODES: Final[tuple[Mode, ...]] = ("create", "open", "read")
COMMANDS: Final = ("check", "tables", "export")
COMMANDS_EVERY: Final = 25
"""A command costs a new Python, so that it is tried in one of so many trials."""

MAKERS: Final = (writing.put, writing.batch, writing.delete, writing.change_of_tables)


@dataclass(frozen=True, slots=True)
class Crash:
    """What a killed program left: bytes of the file and its log, and copies from before."""

    file: bytes
    log: bytes
    backup: bytes
    earlier: bytes


def trial(given: Trial) -> None:
    """Puts what does not belong together side by side, and opens it."""
    dice = given.dice
    make, path = dice.choice(MAKERS), given.path
    seeds = [dice.randrange(10**9) for _ in range(2)]
    crash, other = (crashed(given.folder / f"{seed}.ddb", make, seed, dice) for seed in seeds)
    files = {
        "backup": crash.backup,
        "earlier": crash.earlier,
        "backup of another": other.backup,
        "another": other.file,
    }
    name = dice.choice(list(files))
    log = other.log if name == "earlier" and dice.random() < 0.3 else crash.log
    known = [state for one in (crash, other) for state in states_of(given.folder, one)]
    path.write_bytes(files[name])
    Path(f"{path}-wal").write_bytes(log)
    context = f"{name} beside a log of {len(log)} bytes"
    if given.number % COMMANDS_EVERY == 3:
        command = dice.choice(COMMANDS)
        look_at_command(path, command, is_backup="backup" in name, context=context)
    mode = dice.choice(MODES)
    is_refused = look_at_opening(path, mode, known, f"{context}, {mode}")
    assert is_refused or "backup" not in name, f"{context} is taken by {mode}"
    if is_refused and "backup" in name:
        forget_log(path)
        with ddblite.connect(path) as database:
            assert [] == database.check(), context
            assert state_of(database) in known, context
            writing.write_and_read(database)


def crashed(path: Path, make: writing.Steps, seed: int, dice: random.Random) -> Crash:
    """Kills a writer after some steps, and returns what it left; the folder is empty again."""
    counts = [dice.randrange(1, 60) for _ in range(3)]

    def write(child: Child) -> None:
        database = ddblite.connect(path, durability="none")
        taken = steps(make, seed)
        with python_door(database) as ask:
            for count, what in zip(counts, ("backup", "earlier", ""), strict=True):
                for step in itertools.islice(taken, count):
                    ask(step.operation, step.wire)
                if what == "backup":
                    database.backup(f"{path}.backup")
                elif what == "earlier":
                    merge = dice.choice(("PASSIVE", "RESTART", "TRUNCATE"))
                    writer = database.engine.storage.writer
                    writer.execute(f"PRAGMA wal_checkpoint({merge})").fetchall()
                    Path(f"{path}.earlier").write_bytes(path.read_bytes())
        child.say("done")
        os.kill(os.getpid(), signal.SIGKILL)

    path.write_bytes(template())
    with Child(write) as child:
        assert ["done"] == list(child.rest())
    left = [Path(f"{path}{suffix}") for suffix in ("", "-wal", ".backup", ".earlier")]
    crash = Crash(*(one.read_bytes() for one in left))
    for one in (*left, Path(f"{path}-shm")):
        one.unlink()
    return crash


def states_of(folder: Path, crash: Crash) -> list[State]:
    """Returns the states that a crash and its copies hold, each opened as it should be."""
    path = folder / "state.ddb"
    found = []
    for file, log in ((crash.file, crash.log), (crash.backup, b""), (crash.earlier, b"")):
        path.write_bytes(file)
        if log:
            Path(f"{path}-wal").write_bytes(log)
        with ddblite.connect(path, durability="none") as database:
            found.append(state_of(database))
        path.unlink()
    return found


def look_at_opening(path: Path, mode: Mode, known: list[State], context: str) -> bool:
    """Opens what lies there. Returns whether it is refused; then it is as it was."""
    before = contents(path.parent)
    try:
        with ddblite.connect(path, mode=mode) as database:
            # Where pages of two files fit together, only the seals of rows can tell; they must.
            if not database.check():
                assert state_of(database) in known, f"{context}: a state that never was"
    except FileError as error:
        refusal = error.message
    else:
        return False
    assert before == contents(path.parent), f"{context}: refused and changed"
    assert str(path) in refusal, f"{context}: {refusal}"
    return True


def look_at_command(path: Path, command: str, *, is_backup: bool, context: str) -> None:
    """Runs a command that reads. It must not change what it refuses, nor a backup."""
    before = contents(path.parent)
    arguments = [str(path), *(["things"] if command == "export" else [])]
    ended = subprocess.run(
        [sys.executable, "-m", "ddblite", command, *arguments],
        capture_output=True,
        check=False,
        env=os.environ | environment(),
    )
    assert b"Traceback" not in ended.stderr, f"{context}: {command}: {ended.stderr!r}"
    if ended.returncode or is_backup:
        assert ended.returncode, f"{context}: {command} takes it"
        assert before == contents(path.parent), f"{context}: {command} changes it"

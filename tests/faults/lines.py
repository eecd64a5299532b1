"""A line of ``make faults``: a trial, repeated with other dice, and what came of it.

* A trial's dice follow from the master seed, the name of its line and its number alone, so that
  ``SEED=7 ONLY=kill:12`` is trial 12 of the line "kill" of seed 7 again, at any scale. What the
  system does meanwhile, such as which process runs when, is the system's.
* A trial that raises, whatever it raises, is a violation. There is no other way to tell of one.
* A trial counts as so many ``together`` cases, where it would be wasteful to have a file or
  process for each.
* It works in an empty folder of its own, which is gone afterwards.
"""

# ruff: noqa: BLE001 - whatever is raised is a violation

import random
import tempfile
import time
import traceback
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

MEMORY: Final = Path("/dev/shm")  # noqa: S108 - with a folder of its own
"""Where Linux has a file system in memory."""

VIOLATIONS_MAX: Final = 10
"""After so many a line ends; what is wrong is known by then."""


@dataclass(frozen=True, slots=True)
class Trial:
    """What a trial is made of: its dice, its folder, and how many cases it is to have."""

    dice: random.Random
    folder: Path
    cases: int
    number: int

    @property
    def path(self) -> Path:
        """Where the file of this trial may be; there is none yet."""
        return self.folder / "test.ddb"


@dataclass(frozen=True, slots=True)
class Line:
    """What is repeated, ``cases`` times at scale 1; ``together`` of them are one trial.

    ``on_disk`` is for what needs a disk that flushes take time on; all others spare it.
    """

    name: str
    what: str
    cases: int
    trial: Callable[[Trial], object]
    together: int = 1
    on_disk: bool = False

    def trials(self, scale: float) -> range:
        """Returns the numbers of the trials at a scale, at least one."""
        return range(-(-max(1, round(self.cases * scale)) // self.together))


@dataclass
class Outcome:
    """What a line came to."""

    name: str
    what: str
    cases: int = 0
    violations: list[str] = field(default_factory=list)
    seconds: float = 0


def carried_out(line: Line, seed: int, numbers: Iterable[int]) -> Outcome:
    """Tries a line's trials of these numbers, until too many have failed."""
    outcome = Outcome(line.name, line.what)
    begun = time.monotonic()
    for number in numbers:
        violation = violation_of(line, seed, number)
        outcome.cases += line.together
        if violation:
            outcome.violations.append(
                f"make faults SEED={seed} ONLY={line.name}:{number}\n{violation}"
            )
        if len(outcome.violations) >= VIOLATIONS_MAX:
            break
    outcome.seconds = time.monotonic() - begun
    return outcome


def violation_of(line: Line, seed: int, number: int) -> str:
    """Returns what a trial raised, or the empty text."""
    dice = random.Random(f"{seed}:{line.name}:{number}")
    place = None if line.on_disk or not MEMORY.is_dir() else MEMORY
    with tempfile.TemporaryDirectory(prefix="ddblite-", dir=place) as folder:
        try:
            line.trial(Trial(dice, Path(folder), line.together, number))
        except Exception:
            return traceback.format_exc(limit=-8)
    return ""

"""``make simulate``: thousands of databases, each living through faults and crashes out of a seed.

``SEED=7`` is the first seed, ``COUNT=10000`` how many there are; a seed that fails is told with its
story, and lives the same again with ``SEED=n COUNT=1``. Two processes share them.
"""

# ruff: noqa: T201, BLE001 - a command that prints, and looks for whatever is raised

import argparse
import faulthandler
import hashlib
import sys
import time
import traceback
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import Final

import apsw

import recorded_files
from apart import folder_in_memory
from ddblite.api.python.options import Durability
from simulation.life import Life

SEED_SECONDS_MAX: Final = 120
STORY_LINES: Final = 40
SEEDS_TOGETHER: Final = 50
FAILURES_MAX: Final = 10
PROCESSES: Final = 2


def begin() -> None:
    """Puts the recording layer below everything that this process will open."""
    if "recorded" not in apsw.vfs_names():
        recorded_files.install()


def lived(seed: int, durability: Durability | None) -> tuple[str, str]:
    """Lives one seed; returns a digest of all that it wrote, and what went wrong or nothing."""
    begin()
    faulthandler.dump_traceback_later(SEED_SECONDS_MAX, exit=True)
    with folder_in_memory() as folder:
        life = Life(seed, folder, recorded_files.filesystem, durability)
        try:
            digests = life.live()
        except Exception:
            story = "\n".join(life.story[-STORY_LINES:])
            again = f"make simulate SEED={seed} COUNT=1"
            return "", f"{again}\n{story}\n{traceback.format_exc(limit=-8)}"
        finally:
            recorded_files.recordings.clear()
            faulthandler.cancel_dump_traceback_later()
        return hashlib.sha256("".join(digests).encode()).hexdigest(), ""


def lived_all(seeds: range, durability: Durability | None) -> tuple[list[str], list[str]]:
    """Lives some seeds; returns their digests, and what went wrong."""
    outcomes = [lived(seed, durability) for seed in seeds]
    return [digest for digest, _ in outcomes], [failure for _, failure in outcomes if failure]


def main() -> int:
    """Lives the seeds; the status is 1 when something went wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--durability", help=argparse.SUPPRESS)
    given = parser.parse_args()
    begun = time.monotonic()
    last = given.seed + given.count
    parts = [
        range(first, min(first + SEEDS_TOGETHER, last))
        for first in range(given.seed, last, SEEDS_TOGETHER)
    ]
    failures: list[str] = []
    everything = hashlib.sha256()
    with ProcessPoolExecutor(PROCESSES, mp_context=get_context("spawn")) as pool:
        mapped = map if len(parts) == 1 else pool.map
        for digests, wrong in mapped(lived_all, parts, [given.durability] * len(parts)):
            everything.update("".join(digests).encode())
            failures += wrong
            if len(failures) >= FAILURES_MAX:
                pool.shutdown(cancel_futures=True)
                break
    print(*failures[:FAILURES_MAX], sep="\n")
    print(
        f"seeds {given.seed} to {last - 1}: {len(failures)} failed,"
        f" {time.monotonic() - begun:.0f} s, digest {everything.hexdigest()[:16]}"
    )
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())

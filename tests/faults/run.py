"""``make faults``: kills, forks, full disks, storms of Ctrl-C and what else may befall a file.

All lines of ``faults.table``, two at a time, each in a process of its own. ``ONLY=kill,forks``
are these alone, ``ONLY=kill:12`` is trial 12; ``SEED=7`` has what seed 7 had, and ``SCALE=0.01`` a
hundredth of all cases. ``WRITE=1`` puts the table into docs/promises.md.
"""

# ruff: noqa: T201 - a command that prints

import argparse
import json
import random
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from pathlib import Path
from typing import Final

from chapters import write_chapter
from faults.lines import Line, Outcome, carried_out
from faults.table import LINES

ROOT: Final = Path(__file__).parents[2]
DOCUMENT: Final = ROOT / "docs" / "promises.md"
AT_A_TIME: Final = 2
LINE_SECONDS_MAX: Final = 3600
"""A line that takes longer stands still."""

INTRODUCTION: Final = (
    "## What was tried\n\n"
    "Measured by `make faults` (seed {seed}, scale {scale:g}). A case is one of what the line says;"
    " a violation is whatever breaks a promise. A hundredth of it runs in `make test`."
)


def main() -> int:
    """Runs the lines; the status is 1 when something was violated."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1_000_000))
    parser.add_argument("--scale", type=float, default=1.0)
    parser.add_argument("--only", default="", help="lines, or LINE:NUMBER for one trial")
    parser.add_argument("--write", action="store_true", help="put the table into docs/promises.md")
    parser.add_argument("--json", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.json:
        outcome = carried_out_here(given.only, given.seed, given.scale)
        print(json.dumps(asdict(outcome)))
        return 0
    print(f"seed {given.seed}, scale {given.scale:g}", flush=True)
    wanted = given.only.split(",") if given.only else [line.name for line in LINES]
    with ThreadPoolExecutor(AT_A_TIME) as pool:
        outcomes = list(pool.map(lambda name: shown(name, given.seed, given.scale), wanted))
    print(f"\n{table(outcomes)}")
    if given.write:
        introduction = INTRODUCTION.format(seed=given.seed, scale=given.scale)
        write_chapter(DOCUMENT, "faults", f"{introduction}\n\n{table(outcomes)}")
    return 1 if any(outcome.violations for outcome in outcomes) else 0


def line_named(name: str) -> Line:
    """Returns the line that is asked for by ``--only``, or ends with what there is."""
    for line in LINES:
        if line.name == name.partition(":")[0]:
            return line
    sys.exit(f"there is no line {name}; there are {', '.join(line.name for line in LINES)}")


def carried_out_here(name: str, seed: int, scale: float) -> Outcome:
    """Runs a line, or one trial of it, in this process."""
    line = line_named(name)
    _, _, number = name.partition(":")
    return carried_out(line, seed, [int(number)] if number else line.trials(scale))


def shown(name: str, seed: int, scale: float) -> Outcome:
    """Runs a line in a process of its own, and prints what it came to."""
    line = line_named(name)
    options = ["--only", name, "--seed", str(seed), "--scale", str(scale), "--json"]
    command = [sys.executable, "-m", "faults.run", *options]
    try:
        ended = subprocess.run(
            command, capture_output=True, text=True, check=True, timeout=LINE_SECONDS_MAX
        )
        outcome = Outcome(**json.loads(ended.stdout.splitlines()[-1]))
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
        text = f"make faults SEED={seed} ONLY={name}\n{error}\n{error.stderr!r}"
        outcome = Outcome(line.name, line.what, violations=[text])
    print(row(outcome), *outcome.violations, sep="\n", flush=True)
    return outcome


def table(outcomes: Sequence[Outcome]) -> str:
    """Returns what came of all lines as a table of Markdown."""
    head = ["| test | what | cases | violations | seconds |", "|---|---|---:|---:|---:|"]
    return "\n".join(head + [row(outcome) for outcome in outcomes])


def row(outcome: Outcome) -> str:
    """Returns one row of the table."""
    figures = (
        f"{outcome.cases:,}",
        f"{len(outcome.violations):,}",
        f"{outcome.seconds:,.0f}",
    )
    return f"| {outcome.name} | {outcome.what} | {' | '.join(figures)} |"


if __name__ == "__main__":
    sys.exit(main())

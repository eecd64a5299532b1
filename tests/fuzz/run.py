"""``make fuzz``: statements by the hundred thousand, each read, printed, explained and run.

A statement follows from the seed and its number alone: ``--seed 7 --first 1234 --statements 1``
tries that one again. The seed is printed; without one it is drawn.
"""

# ruff: noqa: T201, BLE001 - a command that prints, and looks for whatever is raised

import argparse
import random
import sys
import traceback
from collections import Counter
from importlib.util import find_spec
from typing import Final

import ddblite
from fuzz import tables
from fuzz.statements import MADE, statement_of
from fuzz.trial import check_printing, check_running, plan_of

MUTATED: Final = 200_000
STATEMENTS: Final = round(MUTATED / (1 - MADE) * 1.01)
TABLES_LAST: Final = 1_000
"""Statements tried on one database, before it is checked and another is made."""

FAILURES_MAX: Final = 10


def main() -> None:
    """Tries statements and ends with an error when one of them is not answered as it must be."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1_000_000))
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--statements", type=int, default=STATEMENTS)
    given = parser.parse_args()
    build = "compiled" if is_compiled() else "pure Python"
    print(f"{given.statements:,} statements, seed {given.seed}, sqlglot's {build} build")
    counts, failures = campaign(given.seed, given.first, given.statements)
    print(", ".join(f"{count:,} {what}" for what, count in sorted(counts.items())))
    for failure in failures:
        print(failure)
    sys.exit(1 if failures else 0)


def is_compiled() -> bool:
    """Whether sqlglot's tokenizer is the compiled one."""
    found = find_spec("sqlglot.tokenizer_core")
    return found is not None and not str(found.origin).endswith(".py")


def campaign(seed: int, first: int, statements: int) -> tuple[Counter[str], list[str]]:
    """Returns how many statements came to what, and the first that failed."""
    counts: Counter[str] = Counter()
    failures: list[str] = []
    database = tables.opened()
    for number in range(first, first + statements):
        if (number - first) % TABLES_LAST == TABLES_LAST - 1:
            failures += damaged(database, number)
            database.close()
            database = tables.opened()
        dice = random.Random(f"{seed}:{number}")
        text = statement_of(dice)
        try:
            counts[tried(database, text, dice)] += 1
        except Exception:
            failures.append(
                f"--seed {seed} --first {number}: {text!r}\n{traceback.format_exc(limit=-4)}"
            )
        if len(failures) >= FAILURES_MAX:
            break
    failures += damaged(database, first + statements)
    database.close()
    return counts, failures


def tried(database: ddblite.Database, text: str, dice: random.Random) -> str:
    """Returns what a statement came to, or raises what is wrong with the answer."""
    statement = plan_of(text)
    if statement is None:
        return "not read"
    check_printing(statement)
    return "run" if check_running(database, text, statement, dice) else "read and refused"


def damaged(database: ddblite.Database, number: int) -> list[str]:
    """Returns what is wrong with a database after the statements before a number."""
    return [f"before statement {number}: {problem}" for problem in database.check()]


if __name__ == "__main__":
    main()

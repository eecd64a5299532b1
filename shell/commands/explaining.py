"""Commands about what a statement does: before it runs, and when it has."""

import time
from typing import Final

from ddblite.shell.commands.command import Command
from ddblite.shell.footers import Counter, time_text, units_text
from ddblite.shell.safe_text import escaped
from ddblite.shell.session import Session


def explain(session: Session, statement: str) -> None:
    """Prints what a statement would do."""
    from ddblite.api.statements import explain as explained

    for line in explained(session.database.engine, statement).split("\n"):
        session.say(escaped(line))


def analyze(session: Session, statement: str) -> None:
    """Runs a statement and prints what it did and took, in the place of its items."""
    started = time.perf_counter()
    result = session.database.execute(statement)
    returned = sum(map(len, Counter(result)))
    seconds = time.perf_counter() - started
    for line in result.plan.split("\n"):
        session.say(escaped(line))
    session.say(f"  items   {result.scanned_count:,} read, {returned:,} returned")
    session.say(f"  pages   {result.pages_read:,}")
    if result.consumed is not None:
        session.say(f"  units   {escaped(units_text(result.consumed))}")
    session.say(f"  time    {time_text(seconds)}")


ROWS: Final = (
    Command(
        ".explain STATEMENT",
        "what a statement would do: Get, Query of which index, or Scan",
        explain,
        least=1,
        most=1,
        takes_text=True,
    ),
    Command(
        ".analyze STATEMENT",
        "runs it, writes too, and prints what it read and cost in the place of its items",
        analyze,
        least=1,
        most=1,
        takes_text=True,
    ),
)

"""Commands about what a statement does: before it runs, and when it has."""

import time
from typing import Final

from ddblite.shell.commands.command import Command
from ddblite.shell.footers import Counter, time_text, units_text
from ddblite.shell.parameters import values_for
from ddblite.shell.safe_text import escaped
from ddblite.shell.session import Session


def explain(session: Session, statement: str) -> None:
    """Prints what a statement would do."""
    explanation = session.database.explain(statement, values_for(session, statement))
    for line in explanation.text.split("\n"):
        session.say(escaped(line))


def analyze(session: Session, statement: str) -> None:
    """Runs a statement and prints what it did and took, in the place of its items."""
    started = time.perf_counter()
    result = session.database.execute(statement, values_for(session, statement))
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
        "what a statement would do and cost, as a request too; reads no item",
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

"""Commands about what a statement does: before it runs, and when it has."""

from typing import Final

from ddblite.api.python.analysis import Analysis
from ddblite.api.python.analysis import analyze as analyzed
from ddblite.partiql.explanations.explanation import Explanation
from ddblite.partiql.run.execute import ready
from ddblite.schema.errors import UnknownRegion
from ddblite.schema.prices import Prices, prices_of
from ddblite.shell.commands.command import Command
from ddblite.shell.conversation.parameters import values_for
from ddblite.shell.conversation.session import Session
from ddblite.workbench import confirmation
from ddblite.workbench.safe_text import escaped


def explain(session: Session, statement: str) -> None:
    """Prints what a statement would do."""
    prepared = ready(session.database.engine, statement)
    explanation = session.database.explain(statement, values_for(session, prepared))
    say_lines(session, explanation.text)
    say_price(session, explanation)


def analyze(session: Session, statement: str) -> None:
    """Runs a statement and prints what it did and took, in the place of its items."""
    prepared = ready(session.database.engine, statement)
    values = values_for(session, prepared)
    confirmation.check(session, prepared, values)
    analysis = analyzed(session.database.engine, statement, values, now_s=session.now_s)
    say_lines(session, analysis.text)
    say_price(session, analysis)


def say_lines(session: Session, text: str) -> None:
    """Prints lines that quote names and values."""
    for line in text.split("\n"):
        session.say(escaped(line))


def say_price(session: Session, of: Explanation | Analysis) -> None:
    """Prints what something costs in the region of the settings, or how to say its prices."""
    try:
        session.say(escaped(f"  price   {of.price(prices_in(session))}"))
    except UnknownRegion as fault:
        session.remark(escaped(fault.message))


def prices_in(session: Session) -> Prices:
    """Returns the prices of the settings' region: the user's own, or those of the list."""
    region = session.settings.region
    return session.settings.prices.get(region) or prices_of(region)


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

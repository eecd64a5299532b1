"""Commands that keep one from doing too much: dry runs, questions before scans and writes."""

from typing import Final

from ddblite.partiql.run.execute import ready
from ddblite.shell.commands.command import Command, switch_words, switched
from ddblite.shell.conversation.parameters import values_for
from ddblite.shell.conversation.session import Session, ShellError
from ddblite.workbench import dry_run, statement_transactions

DRY_USAGE: Final = ".dry [STATEMENT]"


def dry(session: Session, *statements: str) -> None:
    """Prints what a statement would change or, without one, what .commit would."""
    engine = session.database.engine
    if statements:
        (statement,) = statements
        values = values_for(session, ready(engine, statement))
        rehearsal = dry_run.rehearse(engine, statement, values)
    elif session.collected:
        rehearsal = statement_transactions.rehearse(session)
    else:
        raise ShellError(f"Usage: {DRY_USAGE} (without one it needs a transaction: .begin)")
    for line in rehearsal.lines():
        session.say(line)
    session.say("Nothing was written.")


def set_allow_scan(session: Session, *words: str) -> None:
    """Lets SELECTs read whole large tables, or asks again."""
    session.allows_scan = switched(session, ".allow_scan", session.allows_scan, words)


def set_confirm(session: Session, *words: str) -> None:
    """Asks before every write, or no more."""
    session.confirms_writes = switched(session, ".confirm", session.confirms_writes, words)


ROWS: Final = (
    Command(
        DRY_USAGE,
        "which item a write would change, and how; or all of a transaction; writes nothing",
        dry,
        most=1,
        takes_text=True,
    ),
    Command(
        ".confirm [on|off]",
        "shows what a write would change, and asks",
        set_confirm,
        most=1,
        choices=switch_words,
    ),
    Command(
        ".allow_scan [on|off]",
        "runs a SELECT that reads a whole large table without asking",
        set_allow_scan,
        most=1,
        choices=switch_words,
    ),
)

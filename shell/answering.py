"""What becomes of an input: it runs, statement by statement, and its faults are told.

Everything that an input can do wrong ends here, in a line or a few on standard error.
"""

from typing import Final

from ddblite.partiql.faults import StatementError
from ddblite.schema.errors import DdbError
from ddblite.shell import advice
from ddblite.shell.commands import COMMANDS, carry_out
from ddblite.shell.commands.sql import SqlFault
from ddblite.shell.failures import bug_sentence, lines_of
from ddblite.shell.names import Names
from ddblite.shell.session import Session
from ddblite.shell.statements import is_command, split

HINTS: Final = {
    "help": "Type .help for the commands of the shell; a statement is PartiQL and ends with ;",
    "?": "Type .help for the commands of the shell; a statement is PartiQL and ends with ;",
    "exit": "Type .quit or press Ctrl-D to leave.",
    "quit": "Type .quit or press Ctrl-D to leave.",
    "\\q": "Type .quit or press Ctrl-D to leave.",
    "show tables": "Type .tables for the tables.",
    "\\d": "Type .tables for the tables, .schema TABLE for one of them.",
}
"""What people type out of habit, and what it is called here."""


def is_complete(text: str) -> bool:
    """Whether nothing is missing at the end of an input: a ``;``, a quote, the end of a comment."""
    if hint(text) is not None:
        return True
    _, rest = split(text + "\n")
    return not rest.strip()


def hint(text: str) -> str | None:
    """Returns what to say to a word that is no statement, or None."""
    return HINTS.get(text.strip().rstrip(";").rstrip().lower())


def answer(session: Session, text: str) -> None:
    """Runs everything in an input, up to the first error; says what went wrong."""
    said = hint(text)
    if said is not None:
        session.remark(said)
        return
    inputs, rest = split(text + "\n")
    current = ""
    try:
        for current in [*inputs, *filter(None, [rest.strip()])]:
            if session.is_over:
                return
            carry_out(session, current)
    except KeyboardInterrupt:
        complain(session, "Stopped.")
    except DdbError as error:
        complain(session, *fault_lines(session, error, statement_in(current)))
    except Exception as fault:  # noqa: BLE001 - the shell never dies of a statement
        complain(session, bug_sentence(fault))
    session.out.flush()


def statement_in(text: str) -> str:
    """Returns the statement of an input: all of it, or what a command is given; "" without one."""
    if not is_command(text):
        return text
    name, _, rest = text.partition(" ")
    command = COMMANDS.get(name)
    takes_statement = command is not None and "STATEMENT" in command.usage
    return rest.lstrip() if takes_statement else ""


def fault_lines(session: Session, error: DdbError, statement: str) -> list[str]:
    """Returns the message, the place in the statement it is about, and what to do about it."""
    if isinstance(error, SqlFault):
        message, *details = lines_of(error)
        return [message, *place_of(error, error.statement), *details]
    if not statement:
        return lines_of(error)
    message, *details = lines_of(error)
    try:
        meant = advice.on_error(error, statement, Names(session.database))
    except DdbError:
        # The names cannot be read; the first error is the one to tell.
        meant = []
    return [message, *place_of(error, statement), *(meant or details)]


def place_of(error: DdbError, statement: str) -> list[str]:
    """Returns the line of a fault with carets below it, or nothing when it has no place."""
    lines = error.caret(statement).split("\n") if isinstance(error, StatementError) else [""]
    # A character that must be escaped would move the carets away from what they are below.
    is_safe = all(line.replace("\t", "").isprintable() for line in lines)
    return lines if is_safe and lines != [""] else []


def complain(session: Session, *lines: str) -> None:
    """Prints lines on standard error, behind what was printed before."""
    session.out.flush()
    session.error.write("".join(f"{line}\n" for line in lines))
    session.error.flush()

"""What becomes of an input: it runs, statement by statement, and its faults are told.

Everything that an input can do wrong ends here, in a line or a few on standard error.
"""

from typing import Final

from ddblite.partiql.syntax.faults import Span, StatementError, columns
from ddblite.schema.errors import DdbError
from ddblite.shell.commands import COMMANDS, carry_out
from ddblite.shell.commands.sql import SqlFault
from ddblite.shell.conversation.session import Session
from ddblite.shell.conversation.statements import is_command, split
from ddblite.shell.failures import bug_sentence, lines_of
from ddblite.workbench import advice
from ddblite.workbench.name_cache import Names
from ddblite.workbench.pages import Screen

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
        return [message, *place_of(error, error.statement, session.screen), *details]
    if not statement:
        return lines_of(error)
    message, *details = lines_of(error)
    try:
        meant = advice.on_error(error, statement, Names(session.database))
    except DdbError:
        # The names cannot be read; the first error is the one to tell.
        meant = []
    return [message, *place_of(error, statement, session.screen), *(meant or details)]


def place_of(error: DdbError, statement: str, screen: Screen) -> list[str]:
    """Returns the line of a fault with carets below it, or nothing when it has no place.

    Of a line that is wider than the screen it is what stands around the fault: carets below a
    line that is broken would stand below something else.
    """
    if not isinstance(error, StatementError) or error.position is None:
        return []
    line = statement.split("\n")[error.position.line - 1]
    # A character that must be escaped would move the carets away from what they are below.
    if not line.replace("\t", "").isprintable():
        return []
    span = Span(error.position.column - 1, error.position.column - 1 + error.position.length)
    width = screen.width or WIDTH
    if sum(map(columns, line)) >= width:
        line, span = around(line, span, width)
    return StatementError("", position=span.position(line)).caret(line).split("\n")


WIDTH: Final = 1_000
"""The columns of a line in a pipe, which nobody reads that is longer."""


def around(line: str, span: Span, width: int) -> tuple[str, Span]:
    """Returns what has room of a line, from somewhat before a fault on, and the fault's span."""
    first = max(0, span.start - width // 4)
    head = "…" if first else ""
    room = width - len("……") - 1
    last = first
    while last < len(line) and (room := room - columns(line[last])) >= 0:
        last += 1
    tail = "…" if last < len(line) else ""
    moved = len(head) - first
    return head + line[first:last] + tail, Span(span.start + moved, min(span.end, last) + moved)


def complain(session: Session, *lines: str) -> None:
    """Prints lines on standard error, behind what was printed before."""
    session.out.flush()
    session.error.write("".join(f"{line}\n" for line in lines))
    session.error.flush()

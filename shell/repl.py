"""The interactive shell: a prompt, several lines at once, a history.

Enter runs what is complete and otherwise begins a new line. Ctrl-C drops the input, or stops
a statement that runs; Ctrl-D leaves. No error ends the shell.
"""

from collections.abc import Callable
from typing import Final, TextIO

from prompt_toolkit import PromptSession
from prompt_toolkit.filters import is_done, is_searching
from prompt_toolkit.history import History
from prompt_toolkit.input import Input
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
from prompt_toolkit.keys import Keys
from prompt_toolkit.output import ColorDepth, Output, create_output

from ddblite.partiql.faults import StatementError
from ddblite.schema.errors import DdbError
from ddblite.shell.commands import carry_out
from ddblite.shell.completion import ShellCompleter
from ddblite.shell.failures import bug_sentence, lines_of, sentence
from ddblite.shell.footers import plural
from ddblite.shell.highlighting import STYLE, StatementLexer
from ddblite.shell.safe_text import escaped
from ddblite.shell.session import Session
from ddblite.shell.statements import split

PROMPT: Final = "ddblite> "
CONTINUED: Final = "    ...> "
MENU_LINES: Final = 6

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


def run(
    session: Session,
    history: History,
    *,
    source: Input | None = None,
    target: Output | None = None,
) -> None:
    """Reads and runs inputs until the user leaves.

    ``source`` and ``target`` are the terminal's keyboard and screen unless given.
    """
    completer = ShellCompleter(session)
    terminal = target or create_output(stdout=terminal_of(session))
    prompt: PromptSession[str] = PromptSession(
        lambda: prompt_of(session),
        multiline=True,
        prompt_continuation=continuation,
        key_bindings=key_bindings(),
        lexer=StatementLexer() if session.has_colour else None,
        style=STYLE,
        completer=completer,
        history=history,
        enable_open_in_editor=True,
        reserve_space_for_menu=MENU_LINES,
        color_depth=None if session.has_colour else ColorDepth.DEPTH_1_BIT,
        input=source,
        output=terminal,
    )
    session.ask = asking(source, terminal)
    session.remark(greeting(session))
    while not session.is_over:
        try:
            text = prompt.prompt()
        except KeyboardInterrupt:
            continue
        except EOFError:
            break
        answer(session, text)
        completer.names.forget()
    lost = session.drop_transaction()
    if lost:
        complain(session, lost)


def prompt_of(session: Session) -> str:
    """Returns the prompt; in a transaction it says how many statements wait for .commit."""
    if session.collected is None:
        return PROMPT
    return f"ddblite ({len(session.collected)} pending)> "


def asking(source: Input | None, target: Output) -> Callable[[str], str]:
    """Returns what puts a question to the user; Ctrl-C and Ctrl-D are KeyboardInterrupt."""

    def ask(question: str) -> str:
        try:
            return PromptSession[str](input=source, output=target).prompt(question)
        except EOFError:
            raise KeyboardInterrupt from None

    return ask


def continuation(width: int, _line: int, wraps: int) -> str:
    """Returns what stands before a line that is not the first; one that only wraps gets space."""
    return " " * width if wraps else CONTINUED


def terminal_of(session: Session) -> TextIO:
    """Returns the stream to prompt on: not the one that answers go to, when that is a file."""
    return session.out if session.out.isatty() else session.error


def greeting(session: Session) -> str:
    """Returns the first line."""
    path = session.database.engine.storage.path
    tables = plural(len(session.database.tables()), "table")
    return f"{escaped(path)}: {tables}. Statements end with ;  .help lists commands, .quit leaves."


def key_bindings() -> KeyBindings:
    """Returns what Enter does: runs a complete input, else begins a new line."""
    bindings = KeyBindings()

    @bindings.add("enter", filter=~is_done & ~is_searching)
    def _enter(event: KeyPressEvent) -> None:
        buffer = event.current_buffer
        if is_complete(buffer.text):
            buffer.validate_and_handle()
        else:
            buffer.newline(copy_margin=False)

    @bindings.add(Keys.Vt100MouseEvent)
    def _ignore(_event: KeyPressEvent) -> None:
        # No mouse is asked for, and prompt_toolkit trips over a sequence that only looks like one.
        return

    return bindings


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
    except StatementError as error:
        complain(session, *statement_fault(error, current))
    except DdbError as error:
        complain(session, *lines_of(error))
    except Exception as fault:  # noqa: BLE001 - the shell never dies of a statement
        complain(session, bug_sentence(fault))
    session.out.flush()


def statement_fault(error: StatementError, statement: str) -> list[str]:
    """Returns the message, the place it is about, and the hint if there is one."""
    lines = error.caret(statement).split("\n")
    # A character that must be escaped would move the carets away from what they are below.
    is_safe = all(line.replace("\t", "").isprintable() for line in lines)
    place = lines if is_safe and lines != [""] else []
    return [sentence(error), *place, *filter(None, [escaped(error.hint)])]


def complain(session: Session, *lines: str) -> None:
    """Prints lines on standard error, behind what was printed before."""
    session.out.flush()
    session.error.write("".join(f"{line}\n" for line in lines))
    session.error.flush()

"""The interactive shell: a prompt, several lines at once, a history.

Enter runs what is complete and otherwise begins a new line. Ctrl-C drops the input, or stops
a statement that runs; Ctrl-D leaves. No error ends the shell.
"""

from asyncio import CancelledError
from collections.abc import Callable
from pathlib import Path
from typing import Final, TextIO

from prompt_toolkit import PromptSession
from prompt_toolkit.history import History
from prompt_toolkit.input import Input
from prompt_toolkit.output import Output, create_output

from ddblite.shell.conversation.session import Session
from ddblite.shell.terminal.prompting import LateCompleter, prompt_session
from ddblite.workbench.footers import plural
from ddblite.workbench.safe_text import escaped

PROMPT: Final = "ddblite> "

INTERRUPTS: Final = (KeyboardInterrupt, CancelledError)
"""What Ctrl-C becomes; the second one where it comes before a prompt has begun to read keys."""


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
    completer = LateCompleter(session)
    terminal = target or create_output(stdout=terminal_of(session))
    prompt = prompt_session(
        session,
        lambda: prompt_of(session),
        history,
        completer=completer,
        source=source,
        target=terminal,
    )
    session.ask = asking(source, terminal)
    session.remark(greeting(session))
    while not session.is_over:
        try:
            text = prompt.prompt()
            # The grammar comes with it: see prompting.
            from ddblite.shell.conversation.run_input import answer

            answer(session, text)
            completer.forget()
        except INTERRUPTS:
            continue
        except EOFError:
            break
    lost = session.drop_transaction()
    if lost:
        from ddblite.shell.conversation.run_input import complain

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
        except (EOFError, *INTERRUPTS):
            raise KeyboardInterrupt from None

    return ask


def terminal_of(session: Session) -> TextIO:
    """Returns the stream to prompt on: not the one that answers go to, when that is a file."""
    return session.out if session.out.isatty() else session.error


def greeting(session: Session) -> str:
    """Returns the first line."""
    tables = plural(len(session.database.tables()), "table")
    name = shown_path(session.database.engine.storage.path)
    return f"{escaped(name)}: {tables}. Statements end with ;  .help lists commands, .quit leaves."


def shown_path(path: str) -> str:
    """Returns a path as it is written from here, or as it is when it is elsewhere."""
    try:
        return str(Path(path).relative_to(Path.cwd()))
    except (OSError, ValueError):
        return path

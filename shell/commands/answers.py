"""Commands about answers: their format, where they go, and what is said below them."""

from pathlib import Path
from typing import Final

from ddblite.shell.commands.command import Command, switch_words, switched
from ddblite.shell.conversation.session import Session, ShellError
from ddblite.shell.formats.render import RENDERERS
from ddblite.workbench.safe_text import escaped


def set_mode(session: Session, *formats: str) -> None:
    """Chooses the output format, or prints the current one."""
    for name in formats:
        refuse_unknown_format(name)
        session.format = name
    if not formats:
        session.say(session.format)


def refuse_unknown_format(name: str) -> None:
    """Raises ShellError with the formats there are, when this is none of them."""
    if name not in RENDERERS:
        raise ShellError(f"There is no format {escaped(name)}: {', '.join(RENDERERS)}")


def set_consumed(session: Session, *words: str) -> None:
    """Switches the footer, or prints whether it is on."""
    session.shows_consumed = switched(session, ".consumed", session.shows_consumed, words)


def set_timer(session: Session, *words: str) -> None:
    """Switches the time below an answer, or prints whether it is on."""
    session.shows_time = switched(session, ".timer", session.shows_time, words)


def set_output(session: Session, name: str) -> None:
    """Lets answers go to a new file, or with ``-`` to where they went at first."""
    session.redirect(None if name == "-" else Path(name).expanduser())


ROWS: Final = (
    Command(
        ".mode [FORMAT]",
        f"how items are printed: {', '.join(RENDERERS)}",
        set_mode,
        most=1,
        choices=lambda _: RENDERERS,
    ),
    Command(
        ".consumed [on|off]", "the line below an answer", set_consumed, most=1, choices=switch_words
    ),
    Command(
        ".timer [on|off]", "the time that a statement took", set_timer, most=1, choices=switch_words
    ),
    Command(
        ".output FILE|-",
        "where answers go: a file, which is written anew, or - for here",
        set_output,
        least=1,
        most=1,
    ),
)

"""What a dot-command is, and the arguments that several of them take."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from ddblite.shell.conversation.session import Session, ShellError


@dataclass(frozen=True, slots=True)
class Command:
    """One dot-command. ``run`` takes between ``least`` and ``most`` words.

    ``takes_text`` is for a command whose one argument is a statement: the rest of the line as
    it stands. ``choices`` are what completion offers for the first word; for FILE, TABLE and
    FORMAT in the usage it knows by itself.
    """

    usage: str
    summary: str
    run: Callable[..., None]
    least: int = 0
    most: int = 0
    takes_text: bool = False
    choices: Callable[[Session], Iterable[str]] | None = None

    @property
    def name(self) -> str:
        """The command's first word, with its dot."""
        return self.usage.partition(" ")[0]


SWITCH: Final = {"on": True, "off": False}


def switch_words(_session: Session) -> Iterable[str]:
    """Returns what a switch can be set to."""
    return SWITCH


def switched(session: Session, name: str, before: bool, words: Sequence[str]) -> bool:  # noqa: FBT001 - the switch itself
    """Returns what a switch is set to; without a word it stays, and is printed."""
    for word in words:
        if word not in SWITCH:
            raise ShellError(f"Usage: {name} [on|off]")
        return SWITCH[word]
    session.say("on" if before else "off")
    return before


def table_names(session: Session) -> list[str]:
    """Returns the tables that there are."""
    return session.database.tables()

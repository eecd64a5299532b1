"""Where one statement ends and the next begins.

A statement ends at a ``;`` that is not inside a string, a quoted name or a comment; what those
look like is PartiQL's to say (``partiql.syntax.tokens``). A line that starts with a dot where a
statement could start is a command of the shell, and ends with the line; so is one that starts
with the word ``_``. Only ``.sql``, which has a statement behind it, ends as one does. Comments
and empty statements between two statements are dropped.
"""

import re
from typing import Final

from ddblite.partiql.syntax.tokens import CLOSINGS, PIECE, guard
from ddblite.schema.limits import STATEMENT_LENGTH_MAX

BREAK: Final = re.compile(f"{PIECE.pattern} | (?P<end>;)", re.VERBOSE)

BETWEEN: Final = re.compile(
    r"(?: [\s;]+ | --[^\r\n]*[\r\n] | /\*(?:[^*]|\*(?!/))*\*/ )*", re.VERBOSE
)
"""What may stand between two statements and means nothing."""

LINE: Final = re.compile(r"[^\r\n]*")
COMMAND_SIGN: Final = re.compile(r"\.|_(?=[\s;]|\Z)")
STATEMENT_SIGN: Final = re.compile(r"\.sql(?=\s)")
COMMENT_SIGN: Final = "/*"


def is_command(text: str) -> bool:
    """Whether an input is a command of the shell and not a statement."""
    return COMMAND_SIGN.match(text) is not None


def split(text: str) -> tuple[list[str], str]:
    """Returns the statements and commands that are complete, and what is not yet."""
    complete: list[str] = []
    start = after(BETWEEN, text, 0)
    while start < len(text):
        end = end_of(text, start)
        if end is None:
            return complete, text[start:]
        complete.append(text[start:end].rstrip())
        start = after(BETWEEN, text, end)
    return complete, ""


def after(pattern: re.Pattern[str], text: str, start: int) -> int:
    """Returns where a pattern that always matches ends."""
    match = pattern.match(text, start)
    assert match is not None, "the pattern matches nothing at all, too"
    return match.end()


def end_of(text: str, start: int) -> int | None:
    """Returns where the statement or command at an offset ends, or None when it goes on."""
    if COMMAND_SIGN.match(text, start) and not STATEMENT_SIGN.match(text, start):
        end = after(LINE, text, start)
        return None if end == len(text) else end
    for piece in BREAK.finditer(text, start):
        what = piece.lastgroup
        if what == "end":
            return piece.start()
        if what in CLOSINGS and piece[what] not in CLOSINGS[what]:
            return None
    return None


class Splitter:
    """Takes a text in pieces of any size and gives the statements and commands in it."""

    def __init__(self) -> None:
        self.pending = ""

    def feed(self, text: str) -> list[str]:
        """Returns what is complete with this piece, or raises when a statement is too long."""
        complete, self.pending = split(self.pending + text)
        if self.pending.startswith(COMMENT_SIGN):
            # Its words are dropped in the end anyway; a long one need not be read over again.
            self.pending = COMMENT_SIGN + ("*" if self.pending[2:].endswith("*") else "")
        elif len(self.pending) > STATEMENT_LENGTH_MAX and not complete:
            guard(self.pending)
        return complete

    def finish(self) -> list[str]:
        """Returns what is left when the text is at its end: it needs no ``;``."""
        complete = self.feed("\n")
        rest, self.pending = self.pending.strip(), ""
        return [*complete, rest] if rest else complete

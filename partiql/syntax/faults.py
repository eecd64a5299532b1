"""What is wrong with a statement, and where.

The message is DynamoDB's, to the letter. Beside it the error carries what a shell or an
editor needs and the service does not give: the position, what could have stood there
instead, and a hint. A position is ``line:column:length``, counted in characters from 1.
"""

import unicodedata
from collections.abc import Sequence
from typing import Final, NamedTuple

from ddblite.schema.errors import ValidationException

NOT_WELL_FORMED: Final = "Statement wasn't well formed, can't be processed: "
"""Stands before every complaint of the grammar itself; the space at its end is DynamoDB's."""


INDEX: Final = "index"
"""What the index after FROM is called where the parts at fault have names, as values have."""


def order_term(place: int) -> str:
    """Returns what a term of ORDER BY is called there; places count from 0."""
    return f"order {place}"


class Position(NamedTuple):
    """Where something stands in a statement; ``str()`` is DynamoDB's ``1:8:5``."""

    line: int
    column: int
    length: int

    def __str__(self) -> str:
        return f"{self.line}:{self.column}:{self.length}"


class Span(NamedTuple):
    """Offsets of the first character of something and of the one after its last."""

    start: int
    end: int

    def position(self, text: str) -> Position:
        """Returns the position that stands for these offsets of a statement."""
        line = text.count("\n", 0, self.start) + 1
        column = self.start - text.rfind("\n", 0, self.start)
        return Position(line, column, self.end - self.start)


class StatementError(ValidationException):
    """A statement that cannot be carried out as it is written.

    ``expected`` are the words and signs that could have stood at the position, ``hint`` is a
    sentence of ours; both may be empty. The message alone is what goes over the wire.

    ``about`` are the names of the parts of a plan at fault, mostly values: a plan does not know
    where these stand, and it is looked up only when there is a fault (``places``). Then it also
    ends the message, if that ``says_place``.
    """

    def __init__(
        self,
        message: str,
        *,
        position: Position | None = None,
        expected: Sequence[str] = (),
        hint: str = "",
        about: Sequence[str] = (),
        says_place: bool = False,
    ) -> None:
        super().__init__(message)
        self.position = position
        self.expected = tuple(expected)
        self.hint = hint
        self.about = tuple(about)
        self.says_place = says_place
        if hint:
            self.add_note(hint)  # which a traceback shows below the message

    def caret(self, text: str) -> str:
        """Returns the statement's line with carets below the fault, or "" when it has no place.

        The carets are where a terminal shows the fault: some characters are two columns wide.
        """
        if self.position is None:
            return ""
        lines = text.split("\n")
        line = lines[self.position.line - 1]
        start = self.position.column - 1
        before, fault = line[:start], line[start : start + self.position.length]
        margin = "".join("\t" if one == "\t" else " " * columns(one) for one in before)
        return f"{line}\n{margin}{'^' * max(1, sum(map(columns, fault)))}"


def columns(character: str) -> int:
    """Returns how wide a terminal shows a character: 2 for those of East Asia, 0 for accents."""
    if unicodedata.category(character) in {"Mn", "Me", "Cf"}:
        return 0
    return 2 if unicodedata.east_asian_width(character) in {"F", "W"} else 1


StatementError.code = "ValidationException"


def malformed(
    text: str, span: Span, complaint: str = "", *, expected: Sequence[str] = (), hint: str = ""
) -> StatementError:
    """Returns the error for a statement that the grammar does not have."""
    return StatementError(
        NOT_WELL_FORMED + complaint, position=span.position(text), expected=expected, hint=hint
    )


def refused(text: str, span: Span, message: str, *, hint: str = "") -> StatementError:
    """Returns the error for a statement that is well formed and yet not possible."""
    return StatementError(message, position=span.position(text), hint=hint)


def refused_at(text: str, span: Span, message: str, *, hint: str = "") -> StatementError:
    """Returns the same, for the messages that end with the position itself."""
    return refused(text, span, f"{message} at {span.position(text)}", hint=hint)

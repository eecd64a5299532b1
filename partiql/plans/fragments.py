"""Pieces of a statement on their own: a value (``[1.50, NULL]``), a path (``info.actors[0]``)."""

from typing import Final, NamedTuple

from ddblite.engine.expressions.tree import Path
from ddblite.partiql.diagnosis.complaints import explained_value
from ddblite.partiql.plans import operands
from ddblite.partiql.plans.operands import Scope
from ddblite.partiql.plans.plan import value_of
from ddblite.partiql.syntax import literals
from ddblite.partiql.syntax.faults import Span, StatementError, malformed
from ddblite.partiql.syntax.reader import UNEXPECTED, Reader
from ddblite.partiql.syntax.tokens import lexemes
from ddblite.schema.values import Value

ALL_MEMBERS: Final = ["[", "*", "]"]


def read_value(text: str) -> Value:
    """Returns the value that a text stands for, or raises StatementError; a ``?`` stands for none.

    >>> read_value("{'a': <<1.50, 2>>}")
    {'a': NumberSet([Decimal('1.5'), 2])}
    """
    try:
        reader = Reader(text)
        node = literals.value(reader)
        if reader.kind != "end":
            reader.malformed(UNEXPECTED)
        found = operands.literal(Scope(text), node)
    except StatementError as fault:
        raise explained_value(text, fault) from None
    if reader.parameters:
        raise malformed(text, Span(0, len(text)), hint="A parameter is no value.")
    return value_of(found, ())


class PathRead(NamedTuple):
    """A path, whether ``[*]`` stood behind it for all members there, and the text that follows."""

    path: Path
    of_members: bool
    rest: str


def read_path(text: str) -> PathRead:
    """Returns the path that a text begins with, or raises StatementError.

    >>> read_path('info."a b"[0] FROM films')
    PathRead(path=Path(steps=('info', 'a b', 0)), of_members=False, rest='FROM films')
    >>> read_path("info.actors[*] films")
    PathRead(path=Path(steps=('info', 'actors')), of_members=True, rest='films')
    """
    read = lexemes(text)
    kinds = [one.kind for one in read]
    for place in range(1, len(read) - len(ALL_MEMBERS)):
        if kinds[place : place + len(ALL_MEMBERS)] == ALL_MEMBERS:
            path, _, between = read_path(text[: read[place].span.start])
            if not between:
                rest = text[read[place + 2].span.end :].strip()
                return PathRead(path, of_members=True, rest=rest)
    reader = Reader(text)
    node = literals.path(reader)
    path = operands.path(Scope(text), node)
    return PathRead(path, of_members=False, rest=text[reader.lexeme.span.start :])

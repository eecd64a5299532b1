"""Pieces of a statement on their own: a value (``[1.50, NULL]``), a path (``info.actors[0]``)."""

from ddblite.engine.expressions.tree import Path
from ddblite.partiql import literals, operands
from ddblite.partiql.operands import Scope
from ddblite.partiql.plan import value_of
from ddblite.partiql.reader import UNEXPECTED, Reader
from ddblite.schema.values import Value


def read_value(text: str) -> Value:
    """Returns the value that a text stands for, or raises StatementError; a ``?`` stands for none.

    >>> read_value("{'a': <<1.50, 2>>}")
    {'a': NumberSet([Decimal('1.5'), 2])}
    """
    reader = Reader(text)
    node = literals.value(reader)
    if reader.kind != "end":
        reader.malformed(UNEXPECTED)
    if reader.parameters:
        reader.malformed("A parameter is no value")
    return value_of(operands.literal(Scope(text), node), ())


def read_path(text: str) -> tuple[Path, str]:
    """Returns the path that a text begins with and what follows it, or raises StatementError.

    >>> read_path('info."a b"[0] FROM films')
    (Path(steps=('info', 'a b', 0)), 'FROM films')
    """
    reader = Reader(text)
    node = literals.path(reader)
    return operands.path(Scope(text), node), text[reader.lexeme.span.start :]

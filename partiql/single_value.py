"""A value on its own, as a statement would have it: ``'x'``, ``1.50``, ``<<1, 2>>``, ``[NULL]``."""

from ddblite.partiql.literals import value
from ddblite.partiql.operands import Scope, literal
from ddblite.partiql.plan import value_of
from ddblite.partiql.reader import UNEXPECTED, Reader
from ddblite.schema.values import Value


def read_value(text: str) -> Value:
    """Returns the value that a text stands for, or raises StatementError; a ``?`` stands for none.

    >>> read_value("{'a': <<1.50, 2>>}")
    {'a': NumberSet([Decimal('1.5'), 2])}
    """
    reader = Reader(text)
    node = value(reader)
    if reader.kind != "end":
        reader.malformed(UNEXPECTED)
    if reader.parameters:
        reader.malformed("A parameter is no value")
    return value_of(literal(Scope(text), node), ())

"""What a statement asks for, without knowing the table.

A plan is frozen and made of names, paths, conditions in the engine's own tree, and literals.
A condition refers to its literals by name (``:0``, ``:1``, ... in the order of the text), as
a DynamoDB expression does, and ``Statement.values`` says what each name stands for.

=============  =======================================================
``Constant``   a ready Python value; shared by all executions, never changed
``Parameter``  the value given for a ``?``, by index from 0
``MapOf``      the item of an INSERT, with a parameter for one of its attributes
=============  =======================================================
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TypeAlias, assert_never

from ddblite.engine.expressions.tree import Action, Path, Tree
from ddblite.schema.values import Value


@dataclass(frozen=True, slots=True)
class Constant:
    """A value that is the same in every execution."""

    value: Value


@dataclass(frozen=True, slots=True)
class Parameter:
    """The place of a value that is given with the statement."""

    index: int


@dataclass(frozen=True, slots=True)
class MapOf:
    """An item to be made at execution."""

    members: tuple[tuple[str, "Literal"], ...]


Literal: TypeAlias = Constant | Parameter | MapOf


def value_of(literal: Literal, parameters: Sequence[Value]) -> Value:
    """Returns what a literal stands for, given the parameters."""
    match literal:
        case Constant():
            return literal.value
        case Parameter():
            return parameters[literal.index]
        case MapOf():
            return {name: value_of(member, parameters) for name, member in literal.members}
        case _:
            assert_never(literal)


@dataclass(frozen=True, slots=True)
class Column:
    """A path to give back, and the attribute name it comes back under.

    That is its last name and what indexes follow: ``a.b`` is ``b`` and ``l[0]`` is ``l[0]``.
    """

    path: Path
    label: str


@dataclass(frozen=True, slots=True)
class Ordering:
    """One term of ORDER BY. One that is no path has its text for that; ``misfit`` is its kind."""

    path: Path
    descending: bool
    misfit: str = ""


@dataclass(frozen=True, slots=True)
class Select:
    """Reads items. ``columns`` is None for ``*``, ``where`` is None for everything."""

    table: str
    index: str | None
    columns: tuple[Column, ...] | None
    where: Tree | None
    order: tuple[Ordering, ...] = ()


@dataclass(frozen=True, slots=True)
class Insert:
    """Writes an item that must not be there yet."""

    table: str
    item: Literal


@dataclass(frozen=True, slots=True)
class SetOperand:
    """A value that must turn out to be a set, and the message when it does not."""

    name: str
    message: str


@dataclass(frozen=True, slots=True)
class Update:
    """Changes an item that must be there. ``returning`` is in the words of ReturnValues."""

    table: str
    actions: tuple[Action, ...]
    where: Tree | None
    returning: str = "NONE"
    sets: tuple[SetOperand, ...] = ()


@dataclass(frozen=True, slots=True)
class Delete:
    """Removes an item. ``returning`` is in the words of ReturnValues."""

    table: str
    where: Tree | None
    returning: str = "NONE"


@dataclass(frozen=True, slots=True)
class Exists:
    """Checks, within a transaction, that a SELECT of one item finds it."""

    select: Select


Plan: TypeAlias = Select | Insert | Update | Delete | Exists


@dataclass(frozen=True, slots=True)
class Statement:
    """A plan with what its names stand for, and how many parameters it takes.

    ``table_written`` is the plan's table as the text has it: it may be an ARN. ``operators`` are
    counted in WHERE as it is written.
    """

    plan: Plan
    values: tuple[tuple[str, Literal], ...] = ()
    parameters: int = 0
    table_written: str = field(default="", compare=False)
    operators: int = field(default=0, compare=False, repr=False)

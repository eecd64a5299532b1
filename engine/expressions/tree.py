"""The trees that expressions are read into.

Everything is frozen, and a tree holds no text that still needs looking up: placeholders for
names are resolved, values are ``ValueRef`` (they differ from request to request, the tree does
not). PartiQL and the legacy parameters build the same trees without a text.

* ``Operand``    what stands for one value: a path, a value, or a function of them;
* ``Leaf``       a condition without AND, OR, NOT;
* ``Tree``       leaves joined by ``And``, ``Or``, ``Not``;
* ``Action``     one change of an update; its right-hand side is a ``SetValue``.

``Call`` holds the functions that are conditions, and any function whose arguments do not fit,
which the checks then report.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TypeAlias, assert_never


@dataclass(frozen=True, slots=True)
class Path:
    """A place in an item: attribute name first, then map keys and list indexes."""

    steps: tuple[str | int, ...]

    def __str__(self) -> str:
        parts = (f"[{step}]" if isinstance(step, int) else step for step in self.steps)
        return f"[{', '.join(parts)}]"

    @property
    def attribute(self) -> str:
        """The top-level attribute, which is always a name."""
        return str(self.steps[0])


@dataclass(frozen=True, slots=True)
class ValueRef:
    """A value of the request, by its placeholder, colon included."""

    name: str


@dataclass(frozen=True, slots=True)
class Size:
    """``size(path)``; a value instead of a path is allowed and of little use."""

    operand: Path | ValueRef


@dataclass(frozen=True, slots=True)
class IfNotExists:
    """``if_not_exists(path, default)``."""

    path: Path
    default: "Operand"


@dataclass(frozen=True, slots=True)
class ListAppend:
    """``list_append(first, second)``."""

    first: "Operand"
    second: "Operand"


@dataclass(frozen=True, slots=True)
class Call:
    """A function as a condition, such as ``attribute_exists(path)``."""

    function: str
    arguments: tuple["Operand", ...]


@dataclass(frozen=True, slots=True)
class Truth:
    """A condition function as a value: true or false. Only statements have it."""

    call: Call


Operand: TypeAlias = Path | ValueRef | Size | IfNotExists | ListAppend | Call | Truth


@dataclass(frozen=True, slots=True)
class Compare:
    """``left operator right``, the operator one of ``= <> < <= > >=``."""

    operator: str
    left: Operand
    right: Operand


@dataclass(frozen=True, slots=True)
class Between:
    """``operand BETWEEN lower AND upper``, both bounds included."""

    operand: Operand
    lower: Operand
    upper: Operand


@dataclass(frozen=True, slots=True)
class In:
    """``operand IN (candidates)``."""

    operand: Operand
    candidates: tuple[Operand, ...]


@dataclass(frozen=True, slots=True)
class And:
    """All terms hold."""

    terms: tuple["Tree", ...]


@dataclass(frozen=True, slots=True)
class Or:
    """At least one term holds."""

    terms: tuple["Tree", ...]


@dataclass(frozen=True, slots=True)
class Not:
    """The term does not hold."""

    term: "Tree"


Leaf: TypeAlias = Compare | Between | In | Call
Tree: TypeAlias = Leaf | And | Or | Not


@dataclass(frozen=True, slots=True)
class Plus:
    """``left + right``."""

    left: Operand
    right: Operand


@dataclass(frozen=True, slots=True)
class Minus:
    """``left - right``."""

    left: Operand
    right: Operand


SetValue: TypeAlias = Operand | Plus | Minus


@dataclass(frozen=True, slots=True)
class Set:
    """``SET path = operand``."""

    path: Path
    operand: SetValue


@dataclass(frozen=True, slots=True)
class Remove:
    """``REMOVE path``."""

    path: Path


@dataclass(frozen=True, slots=True)
class Add:
    """``ADD path :value``."""

    path: Path
    value: ValueRef


@dataclass(frozen=True, slots=True)
class Delete:
    """``DELETE path :value``."""

    path: Path
    value: ValueRef


Action: TypeAlias = Set | Remove | Add | Delete


def operator_of(leaf: Leaf) -> str:
    """Returns the operator or function of a leaf, as error texts name it."""
    match leaf:
        case Compare():
            return leaf.operator
        case Between():
            return "BETWEEN"
        case In():
            return "IN"
        case Call():
            return leaf.function
        case _:
            assert_never(leaf)


def operands_of(leaf: Leaf) -> tuple[Operand, ...]:
    """Returns what a leaf is about, from left to right."""
    match leaf:
        case Compare():
            return (leaf.left, leaf.right)
        case Between():
            return (leaf.operand, leaf.lower, leaf.upper)
        case In():
            return (leaf.operand, *leaf.candidates)
        case Call():
            return leaf.arguments
        case _:
            assert_never(leaf)


def parts_of(value: SetValue) -> tuple[Operand, ...]:
    """Returns what an operand is made of; nothing for a path or a value."""
    match value:
        case Path() | ValueRef():
            return ()
        case Size():
            return (value.operand,)
        case IfNotExists():
            return (value.path, value.default)
        case ListAppend():
            return (value.first, value.second)
        case Call():
            return value.arguments
        case Truth():
            return value.call.arguments
        case Plus() | Minus():
            return (value.left, value.right)
        case _:
            assert_never(value)


def operands_of_action(action: Action) -> tuple[SetValue, ...]:
    """Returns what an action reads besides its target."""
    match action:
        case Set():
            return (action.operand,)
        case Remove():
            return ()
        case Add() | Delete():
            return (action.value,)
        case _:
            assert_never(action)


def within(values: Iterable[SetValue]) -> Iterator[SetValue]:
    """Yields the operands and everything inside them, outer before inner, left to right.

    A loop and not a recursion: functions may be nested as deep as an expression is long.
    """
    waiting = list(values)[::-1]
    while waiting:
        value = waiting.pop()
        yield value
        waiting.extend(reversed(parts_of(value)))


def leaves_of(tree: Tree) -> Iterator[Leaf]:
    """Yields the leaves from left to right."""
    waiting: list[Tree] = [tree]
    while waiting:
        node = waiting.pop()
        match node:
            case And() | Or():
                waiting.extend(reversed(node.terms))
            case Not():
                waiting.append(node.term)
            case _:
                yield node


def paths_within(values: Iterable[SetValue]) -> Iterator[Path]:
    """Yields the paths that operands read."""
    return (value for value in within(values) if isinstance(value, Path))


def references_within(values: Iterable[SetValue]) -> Iterator[str]:
    """Yields the placeholders of the values that operands use."""
    return (value.name for value in within(values) if isinstance(value, ValueRef))

"""The functions of expressions and statements: one row each.

A row tells how a function is written and where, and how it is carried out. Both grammars, their
checks and PartiQL's read it here; CONTRIBUTING.md says how one is added.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Final

from ddblite.engine.expressions.comparisons import equal
from ddblite.engine.expressions.paths import MISSING, Absent, Found
from ddblite.schema import values as attribute_values
from ddblite.schema.values import TAG_BY_TYPE, Value, ValueSet

ALL_TAGS: Final = frozenset(TAG_BY_TYPE.values())


class Place(Enum):
    """What a function is, and so where it may stand."""

    CONDITION = "true or false of an item"
    OPERAND = "a value in a condition"
    UPDATE = "a value in an update"


@dataclass(frozen=True, slots=True, kw_only=True)
class Function:
    """One function.

    ``operands`` is how many it takes, ``needs_path`` that the first must be a document path,
    ``types`` of which types its operands may be. ``test`` carries out a condition, given what its
    operands are in an item; operands of other places are nodes of their own
    (``engine.expressions.tree``).
    """

    name: str
    place: Place
    operands: int
    needs_path: bool
    types: frozenset[str]
    test: Callable[..., bool] | None


def exists(value: Found) -> bool:
    """Whether a path leads anywhere."""
    return value is not MISSING


def exists_not(value: Found) -> bool:
    """Whether a path leads nowhere."""
    return value is MISSING


def begins_with(subject: Found, prefix: Found) -> bool:
    """Whether both are strings, or both binary, and one begins with the other."""
    if isinstance(subject, str):
        return isinstance(prefix, str) and subject.startswith(prefix)
    return isinstance(subject, bytes) and isinstance(prefix, bytes) and subject.startswith(prefix)


def contains(holder: Found, part: Found) -> bool:
    """Whether a string or binary has a part, a set a member, or a list an equal element."""
    if isinstance(holder, str):
        return isinstance(part, str) and part in holder
    if isinstance(holder, bytes):
        return isinstance(part, bytes) and part in holder
    if isinstance(holder, list):
        return has_element(holder, part)
    return isinstance(holder, ValueSet) and part in holder


def has_element(holder: list[Value], part: Found) -> bool:
    """Whether a list has an element that is equal.

    Python's own comparison takes a tenth of the time and misses none; what it finds may be a
    True in the place of a 1.
    """
    position = 0
    try:
        while not equal(holder[position := holder.index(part, position)], part):  # type: ignore[arg-type]
            position += 1
    except ValueError:
        return False
    return True


def has_type(value: Found, tag: Found) -> bool:
    """Whether a value is there and of the named type."""
    return type(value) is not Absent and attribute_values.tag_of(value) == tag  # type: ignore[arg-type]


FUNCTIONS: Final[Mapping[str, Function]] = {
    function.name: function
    for function in (
        Function(
            name="attribute_exists",
            place=Place.CONDITION,
            operands=1,
            needs_path=True,
            types=ALL_TAGS,
            test=exists,
        ),
        Function(
            name="attribute_not_exists",
            place=Place.CONDITION,
            operands=1,
            needs_path=True,
            types=ALL_TAGS,
            test=exists_not,
        ),
        Function(
            name="attribute_type",
            place=Place.CONDITION,
            operands=2,
            needs_path=False,
            types=ALL_TAGS,
            test=has_type,
        ),
        Function(
            name="begins_with",
            place=Place.CONDITION,
            operands=2,
            needs_path=False,
            types=frozenset({"S", "B"}),
            test=begins_with,
        ),
        Function(
            name="contains",
            place=Place.CONDITION,
            operands=2,
            needs_path=False,
            types=ALL_TAGS,
            test=contains,
        ),
        Function(
            name="size",
            place=Place.OPERAND,
            operands=1,
            needs_path=False,
            types=ALL_TAGS - {"N", "BOOL", "NULL"},
            test=None,
        ),
        Function(
            name="if_not_exists",
            place=Place.UPDATE,
            operands=2,
            needs_path=True,
            types=ALL_TAGS,
            test=None,
        ),
        Function(
            name="list_append",
            place=Place.UPDATE,
            operands=2,
            needs_path=False,
            types=frozenset({"L"}),
            test=None,
        ),
    )
}
"""The functions by their names, as they are written in expressions."""


def named(*places: Place) -> tuple[str, ...]:
    """Returns the names of the functions of these places, in their order."""
    return tuple(function.name for function in FUNCTIONS.values() if function.place in places)


UPDATE_FUNCTIONS: Final = frozenset(named(Place.UPDATE))
CONDITION_FUNCTIONS: Final = frozenset(named(Place.CONDITION))
IN_CONDITIONS: Final = named(Place.CONDITION, Place.OPERAND)
"""What may stand in a condition, as one or as an operand of one."""

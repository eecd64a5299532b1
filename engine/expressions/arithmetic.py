"""The right-hand sides of updates: sums, defaults, lists put together, sets made larger.

Faults that only an item can show are raised from here, always bare. ADD and DELETE work on
what their target holds; DELETE of the last member leaves MISSING, and the attribute goes.
"""

from collections.abc import Callable
from typing import Final, assert_never

from ddblite.engine.expressions.faults import Values
from ddblite.engine.expressions.operands import Evaluate
from ddblite.engine.expressions.paths import MISSING, Absent, Found, Read, reader
from ddblite.engine.expressions.tree import (
    Action,
    Add,
    Call,
    Delete,
    IfNotExists,
    ListAppend,
    Minus,
    Operand,
    Path,
    Plus,
    Remove,
    Set,
    SetValue,
    Size,
    Truth,
    ValueRef,
)
from ddblite.schema import numbers
from ddblite.schema.errors import ValidationException
from ddblite.schema.values import NUMBER_TYPES, SET_TYPES, Item, Number, Value, ValueSet

NOT_IN_ITEM: Final = (
    "The provided expression refers to an attribute that does not exist in the item"
)
INVALID_PATH: Final = "The document path provided in the update expression is invalid for update"
WRONG_TYPE: Final = "An operand in the update expression has an incorrect data type"


def evaluator_of_action(action: Action) -> Evaluate:
    """Returns the function that finds what an action's target becomes."""
    match action:
        case Set():
            return evaluator_of_value(action.operand)
        case Remove():
            return lambda _item, _values: MISSING
        case Add() | Delete():
            read = reader(action.path)
            combine = added if isinstance(action, Add) else deleted
            name = action.value.name
            return lambda item, values: combine(read(item), values[name])
        case _:
            assert_never(action)


def evaluator_of_value(operand: SetValue) -> Evaluate:
    """Returns the function that finds the value of a right-hand side, or raises."""
    match operand:
        case Path():
            read = reader(operand)
            return lambda item, _values: existing(read(item))
        case ValueRef():
            name = operand.name
            return lambda _item, values: values[name]
        case IfNotExists():
            return evaluator_of_default(operand)
        case ListAppend():
            return pairwise(appended, operand.first, operand.second)
        case Plus():
            return pairwise(total, operand.left, operand.right)
        case Minus():
            return pairwise(difference, operand.left, operand.right)
        case Size() | Call() | Truth():
            raise AssertionError(f"{operand} is no operand of an update")
        case _:
            assert_never(operand)


def evaluator_of_default(operand: IfNotExists) -> Evaluate:
    """Returns the function of an ``if_not_exists``; nested ones are a list of paths to try.

    The default is worked out in any case: it fails even when it is not needed.
    """
    reads: list[Read] = []
    last: Operand = operand
    while isinstance(last, IfNotExists):
        reads.append(reader(last.path))
        last = last.default
    otherwise = evaluator_of_value(last)

    def evaluate(item: Item, values: Values) -> Found:
        default = otherwise(item, values)
        for read in reads:
            found = read(item)
            if found is not MISSING:
                return found
        return default

    return evaluate


def pairwise(combine: Callable[[Found, Found], Value], left: Operand, right: Operand) -> Evaluate:
    """Returns the function that combines the values of two operands."""
    first, second = evaluator_of_value(left), evaluator_of_value(right)
    return lambda item, values: combine(first(item, values), second(item, values))


def existing(found: Found) -> Value:
    """Returns a value that must be there."""
    if isinstance(found, Absent):
        raise ValidationException(NOT_IN_ITEM)
    return found


def number(value: Found) -> Number:
    """Returns a value that must be a number."""
    if type(value) not in NUMBER_TYPES:
        raise ValidationException(WRONG_TYPE)
    return value  # type: ignore[return-value]


def total(left: Found, right: Found) -> Value:
    """Returns the exact sum of two numbers."""
    return in_range(numbers.add, number(left), number(right))


def difference(left: Found, right: Found) -> Value:
    """Returns the exact difference of two numbers."""
    return in_range(numbers.subtract, number(left), number(right))


def in_range(combine: Callable[[Number, Number], Number], left: Number, right: Number) -> Number:
    """Returns what two numbers make, or raises the bare error of a number that cannot be stored.

    A result of too many digits has overflown too: the words about digits are for what is sent.
    """
    try:
        return combine(left, right)
    except ValidationException as error:
        too_precise = error.message == numbers.TOO_PRECISE
        raise ValidationException(numbers.OVERFLOW if too_precise else error.message) from None


def appended(first: Found, second: Found) -> Value:
    """Returns two lists as one."""
    if not (isinstance(first, list) and isinstance(second, list)):
        raise ValidationException(WRONG_TYPE)
    return [*first, *second]


def same_sets(left: Found, right: Value) -> bool:
    """Whether both are sets of one type."""
    return type(left) in SET_TYPES and type(left) is type(right)


def added(before: Found, value: Value) -> Found:
    """Returns a number made larger or a set with more members; the value when there was none."""
    if type(value) in SET_TYPES or type(value) in NUMBER_TYPES:
        if isinstance(before, Absent):
            return value
        if type(value) in NUMBER_TYPES:
            return total(before, value)
        if same_sets(before, value):
            return union(before, value)  # type: ignore[arg-type]
    raise ValidationException(WRONG_TYPE)


def union(left: ValueSet[str], right: ValueSet[str]) -> Value:
    """Returns the members of two sets of one type."""
    return type(left)([*left.members, *right.members])  # type: ignore[return-value]


def deleted(before: Found, value: Value) -> Found:
    """Returns a set without the members of another, MISSING when none are left."""
    if isinstance(before, Absent):
        return MISSING
    if not same_sets(before, value):
        raise ValidationException(WRONG_TYPE)
    return without(before, value)  # type: ignore[arg-type]


def without(left: ValueSet[str], right: ValueSet[str]) -> Found:
    """Returns the members of one set that are not in another of its type."""
    gone = frozenset(right.members)
    kept = [member for member in left.members if member not in gone]
    return type(left).of_ordered(kept) if kept else MISSING  # type: ignore[return-value]

"""How operands are read and compared while an expression is carried out.

A path that leads nowhere reads as MISSING, and so does ``size`` of a number, boolean or null.
MISSING equals nothing, itself included, so ``a <> :v`` is true of an item without ``a``; every
other comparison with it is false.
"""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Final, TypeAlias

from ddblite.engine.expressions.faults import Values
from ddblite.engine.expressions.paths import MISSING, Absent, Found, reader
from ddblite.engine.expressions.tree import (
    Call,
    IfNotExists,
    ListAppend,
    Operand,
    Path,
    Truth,
    ValueRef,
)
from ddblite.schema import values as attribute_values
from ddblite.schema.values import Item, Value, ValueSet

Evaluate: TypeAlias = Callable[[Item, Values], Found]

ORDER_BY_TYPE: Final[Mapping[type, str]] = {str: "S", int: "N", Decimal: "N", bytes: "B"}
"""The types that have an order; only values of the same one are in order."""


def evaluator(operand: Operand) -> Evaluate:
    """Returns the function that finds an operand's value for an item and the request's values."""
    match operand:
        case Path():
            read = reader(operand)
            return lambda item, _values: read(item)
        case ValueRef():
            name = operand.name
            return lambda _item, values: values[name]
        case Truth():
            return test_of_call(operand.call)
        case Call() | IfNotExists() | ListAppend():
            raise AssertionError(f"{operand} is no operand of a condition")
        case _:
            inner = evaluator(operand.operand)
            return lambda item, values: size_of(inner(item, values))


def size_of(value: Found) -> Found:
    """Returns UTF-16 units, bytes or elements; MISSING of what has no size."""
    if isinstance(value, str):
        return (
            len(value) if value.isascii() else len(value.encode("utf-16-le", "surrogatepass")) // 2
        )
    if isinstance(value, bytes | list | dict | ValueSet):
        return len(value)
    return MISSING


def equal(left: Found, right: Found) -> bool:
    """Whether both are there and the same."""
    return type(left) is not Absent and attribute_values.equal(left, right)  # type: ignore[arg-type]


def differs(left: Found, right: Found) -> bool:
    """Whether they are not the same; true when one of them is missing."""
    return not equal(left, right)


def ordered(left: Found, right: Found) -> bool:
    """Whether both are there and of one type that has an order."""
    kind = ORDER_BY_TYPE.get(type(left))
    return kind is not None and kind == ORDER_BY_TYPE.get(type(right))


def less(left: Found, right: Found) -> bool:
    """Whether ``left`` comes before ``right``."""
    return ordered(left, right) and left < right  # type: ignore[operator]


def less_or_equal(left: Found, right: Found) -> bool:
    """Whether ``left`` comes before ``right`` or is the same."""
    return ordered(left, right) and left <= right  # type: ignore[operator]


COMPARATORS: Final[Mapping[str, Callable[[Found, Found], bool]]] = {
    "=": equal,
    "<>": differs,
    "<": less,
    "<=": less_or_equal,
    ">": lambda left, right: less(right, left),
    ">=": lambda left, right: less_or_equal(right, left),
}


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


TESTS: Final[Mapping[str, Callable[..., bool]]] = {
    "attribute_type": has_type,
    "begins_with": begins_with,
    "contains": contains,
}


def test_of_call(call: Call) -> Callable[[Item, Values], bool]:
    """Returns the test of a function."""
    first = evaluator(call.arguments[0])
    if call.function == "attribute_exists":
        return lambda item, values: first(item, values) is not MISSING
    if call.function == "attribute_not_exists":
        return lambda item, values: first(item, values) is MISSING
    test = TESTS[call.function]
    second = evaluator(call.arguments[1])
    return lambda item, values: test(first(item, values), second(item, values))

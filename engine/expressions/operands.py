"""How operands are read while an expression is carried out.

A path that leads nowhere reads as MISSING, and so does ``size`` of a number, boolean or null.
"""

from collections.abc import Callable
from typing import TypeAlias

from ddblite.engine.expressions.faults import Values
from ddblite.engine.expressions.functions import FUNCTIONS
from ddblite.engine.expressions.paths import MISSING, Found, reader
from ddblite.engine.expressions.tree import (
    Call,
    IfNotExists,
    ListAppend,
    Operand,
    Path,
    Truth,
    ValueRef,
)
from ddblite.schema.values import Item, ValueSet

Evaluate: TypeAlias = Callable[[Item, Values], Found]


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


def test_of_call(call: Call) -> Callable[[Item, Values], bool]:
    """Returns the test of a function."""
    test = FUNCTIONS[call.function].test
    assert test is not None, f"{call.function} is no condition"
    first = evaluator(call.arguments[0])
    if len(call.arguments) == 1:
        return lambda item, values: test(first(item, values))
    second = evaluator(call.arguments[1])
    return lambda item, values: test(first(item, values), second(item, values))

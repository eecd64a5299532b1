"""How two values that were found are compared.

MISSING equals nothing, itself included, so ``a <> :v`` is true of an item without ``a``; every
other comparison with it is false.
"""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Final

from ddblite.engine.expressions.paths import Absent, Found
from ddblite.schema import values as attribute_values

ORDER_BY_TYPE: Final[Mapping[type, str]] = {str: "S", int: "N", Decimal: "N", bytes: "B"}
"""The types that have an order; only values of the same one are in order."""


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

"""The size of an item in bytes, as DynamoDB bills and limits it.

An item is the sum over its attributes of the name's UTF-8 length and the value's size:

* ``S`` UTF-8 bytes; ``B`` bytes; ``BOOL`` and ``NULL`` 1;
* ``N`` 1, and for a non-zero number the base-100 digit pairs from the first to the last
  non-zero one (aligned at the decimal point), and 1 for a minus sign;
* sets the sum of their members;
* ``L`` 3 and 1 per element, ``M`` 3 and 1 per entry, each with its content.

This is the readable form; ``engine.codec`` does the same sum in its one walk over an item, and a
property test holds the two together. Facts: docs/facts/data-model.md, "Item size".
"""

from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import lru_cache
from typing import Any, Final

from ddblite.schema.values import BinarySet, Number, NumberSet, StringSet, Value


def number_size(number: Number) -> int:
    """Returns the bytes of a number: ``0`` is 1, ``1`` is 2, 38 digits are at most 21."""
    if number == 0:
        return 1
    if isinstance(number, int):
        text = str(abs(number))
        pairs = (len(text) + 1) // 2 - (len(text) - len(text.rstrip("0"))) // 2
    else:
        pairs = decimal_pairs(number)
    return 1 + pairs + (1 if number < 0 else 0)


def decimal_pairs(number: Decimal) -> int:
    """Returns how many digit pairs a non-zero number has, from the first to the last non-zero."""
    digits = number.as_tuple().digits
    count = len(digits)
    while not digits[count - 1]:
        count -= 1
    return (count + 1) // 2 + (1 if count % 2 == 0 and number.adjusted() % 2 == 0 else 0)


def string_size(value: str) -> int:
    """Returns the bytes of a string in UTF-8."""
    return len(value) if value.isascii() else len(value.encode())


@lru_cache(maxsize=1024)
def names_size(names: tuple[str, ...]) -> int:
    """Returns the bytes of the names of a map; many items have the same ones."""
    return sum(map(string_size, names))


def list_size(content: list[Value]) -> int:
    """Returns the bytes of a list with its elements."""
    return 3 + len(content) + sum(map(value_size, content))


def map_size(content: Mapping[str, Value]) -> int:
    """Returns the bytes of a map with its names and values."""
    return 3 + len(content) + item_size(content)


def members_size(content: Any) -> int:  # noqa: ANN401 - one of three sets
    """Returns the bytes of a set's members."""
    return sum(map(value_size, content))


Sizer = Callable[[Any], int]

SIZES: Final[Mapping[type, Sizer]] = dict[type, Sizer](
    {
        str: string_size,
        bytes: len,
        int: number_size,
        Decimal: number_size,
        bool: lambda _: 1,
        type(None): lambda _: 1,
        list: list_size,
        dict: map_size,
        StringSet: members_size,
        NumberSet: members_size,
        BinarySet: members_size,
    }
)


def value_size(value: Value) -> int:
    """Returns the bytes of one attribute value, without its name."""
    return SIZES[type(value)](value)


def item_size(item: Mapping[str, Value]) -> int:
    """Returns the bytes of an item: names and values, without the 100 of billed storage."""
    size = names_size(tuple(item))
    for value in item.values():
        kind = type(value)
        if kind is str:  # most are, and a call for each would be half of the time
            assert isinstance(value, str)
            size += len(value) if value.isascii() else len(value.encode())
        else:
            size += SIZES[kind](value)
    return size

"""The size of an item in bytes, as DynamoDB bills and limits it.

An item is the sum over its attributes of the name's UTF-8 length and the value's size:

* ``S`` UTF-8 bytes; ``B`` bytes; ``BOOL`` and ``NULL`` 1;
* ``N`` 1, and for a non-zero number the base-100 digit pairs from the first to the last
  non-zero one (aligned at the decimal point), and 1 for a minus sign;
* sets the sum of their members;
* ``L`` 3 and 1 per element, ``M`` 3 and 1 per entry, each with its content.

This is the readable form; ``engine.codec`` does the same sum in its one walk over an item,
and a property test holds the two together. Facts: data model, "Item size", byte-exact.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import cast

from ddblite.schema.numbers import digits_and_exponent
from ddblite.schema.values import Number, Value, ValueSet


def number_size(number: Number) -> int:
    """Returns the bytes of a number: ``0`` is 1, ``1`` is 2, 38 digits are at most 21."""
    if number == 0:
        return 1
    digits, exponent = digits_and_exponent(number)
    count = len(digits)
    pairs = (count + 1) // 2 + (1 if count % 2 == 0 and exponent % 2 == 0 else 0)
    return 1 + pairs + (1 if number < 0 else 0)


def value_size(value: Value) -> int:
    """Returns the bytes of one attribute value, without its name."""
    if isinstance(value, str):
        return len(value.encode())
    if isinstance(value, bytes):
        return len(value)
    if value is None or isinstance(value, bool):
        return 1
    if isinstance(value, int | Decimal):
        return number_size(value)
    if isinstance(value, list):
        return 3 + sum(1 + value_size(element) for element in value)
    if isinstance(value, dict):
        return 3 + sum(
            1 + len(name.encode()) + value_size(content) for name, content in value.items()
        )
    return sum(map(value_size, cast("ValueSet[str]", value)))


def item_size(item: Mapping[str, Value]) -> int:
    """Returns the bytes of an item: names and values, without the 100 of billed storage."""
    return sum(len(name.encode()) + value_size(value) for name, value in item.items())

"""Attribute values as SQLite's, and SQLite's as ours.

=============  =====================================================  ====================
type           in SQLite                                              comes back as
=============  =====================================================  ====================
S              TEXT                                                   ``str``
N              INTEGER when integral and within 64 bits, else REAL    ``int`` or ``Decimal``
B              BLOB                                                   ``bytes``
BOOL           INTEGER 1 or 0                                         ``int``
NULL, missing  NULL                                                   ``None``
L, M, sets     TEXT: JSON, binary in it as base64                     ``str``
=============  =====================================================  ====================

A REAL holds 15 significant digits exactly. A number that has more is refused, inside lists,
maps and sets too, or taken as TEXT; a result that is a REAL is given with 15.
"""

import math
from decimal import Decimal
from typing import Any, Final

import msgspec

from ddblite.schema.errors import ValidationException
from ddblite.schema.numbers import EXACT, plain_text, scientific_text
from ddblite.schema.values import NUMBER_TYPES, SET_TYPES, Number, Value

DIGITS_MAX: Final = 15
"""The significant digits that every double-precision number keeps."""

EXACT_BELOW: Final = 10**DIGITS_MAX
INT64_MAX: Final = 2**63 - 1

SqlValue = str | bytes | int | float | None

LONG_NUMBERS: Final = ("refuse", "text")


class LongNumberError(Exception):
    """A number has more digits than SQLite keeps."""

    def __init__(self, number: Number) -> None:
        super().__init__(plain_text(number))


def digits_of(number: Number) -> int:
    """Returns how many significant digits a number has; zeros at its ends are none."""
    digits = str(abs(number)) if isinstance(number, int) else coefficient(number)
    return len(digits.strip("0"))


def coefficient(number: Decimal) -> str:
    """Returns the digits of a number, without its point and exponent."""
    return scientific_text(number.copy_abs()).partition("E")[0].replace(".", "")


class Converter:
    """Turns attribute values into SQLite's, in one of the two ways with long numbers."""

    def __init__(self, long_numbers: str) -> None:
        if long_numbers not in LONG_NUMBERS:
            raise ValidationException(
                f"long_numbers is {long_numbers!r}, and may be {' or '.join(LONG_NUMBERS)}"
            )
        self.takes_text = long_numbers == "text"

    def value(self, value: Value) -> SqlValue:
        """Returns what stands for an attribute value, or raises LongNumberError."""
        kind = type(value)
        if kind in NUMBER_TYPES:
            return self.number(value)  # type: ignore[arg-type]
        if value is None or kind is str or kind is bytes:
            return value  # type: ignore[return-value]
        if kind is bool:
            return int(value)  # type: ignore[arg-type]
        return msgspec.json.encode(self.document(value)).decode()

    def number(self, number: Number) -> SqlValue:
        """Returns what stands for a number."""
        if type(number) is int and -EXACT_BELOW < number < EXACT_BELOW:
            return number
        if digits_of(number) > DIGITS_MAX:
            if self.takes_text:
                return plain_text(number)
            raise LongNumberError(number)
        if isinstance(number, int) and abs(number) <= INT64_MAX:
            return number
        return float(number)

    def document(self, value: Value) -> Any:  # noqa: ANN401 - what JSON has
        """Returns what stands for a value inside of JSON."""
        match value:
            case dict():
                return {name: self.document(one) for name, one in value.items()}
            case list():
                return [self.document(one) for one in value]
            case bool() | str() | bytes() | None:
                return value  # bytes become base64
            case int() | Decimal():
                return self.number(value)
        assert type(value) in SET_TYPES, "there are no other attribute values"
        return [self.document(one) for one in value]


def given(value: SqlValue, column: str) -> Value:
    """Returns a value of an answer as any other door gives it: numbers are never floats."""
    if not isinstance(value, float):
        return value
    if not math.isfinite(value):
        raise ValidationException(f"The result in {column} is too large to be a number")
    exact = Decimal(format(value, f".{DIGITS_MAX}g"))
    return int(exact) if exact == exact.to_integral_value(context=EXACT) else EXACT.normalize(exact)

"""Numbers: read from text, written as text, added exactly, one canonical form each.

A number has at most 38 significant digits and a magnitude from 1E-130 to 9.99..E+125, or is
zero. In Python it is an ``int`` when integral and otherwise a ``Decimal`` without trailing
zeros; its text exists only at the wire. Everything is checked on the *text* (or on the
digits and exponent of a ``Decimal``) before any arithmetic: ``int(Decimal("1E1000000"))``
alone takes half a minute.

Facts: docs/facts/data-model.md, "Numbers"; docs/facts/validation.md, "Number reader".
"""

import re
from decimal import (
    MAX_EMAX,
    MIN_EMIN,
    ROUND_HALF_EVEN,
    Context,
    Decimal,
    DivisionByZero,
    InvalidOperation,
    Overflow,
)
from typing import Final

from ddblite.schema.errors import ValidationException
from ddblite.schema.limits import (
    NUMBER_DIGITS_MAX,
    NUMBER_EXPONENT_MAX,
    NUMBER_EXPONENT_MIN,
)
from ddblite.schema.values import Number

NUMERAL: Final = re.compile(r"([+-]?)(?:([0-9]+)(?:\.([0-9]*))?|\.([0-9]+))(?:[eE]([+-]?[0-9]+))?")

EXACT: Final = Context(
    prec=400,
    rounding=ROUND_HALF_EVEN,
    Emin=MIN_EMIN,
    Emax=MAX_EMAX,
    capitals=1,
    clamp=0,
    traps=[InvalidOperation, DivisionByZero, Overflow],
)
"""The context of all arithmetic, and of writing exponents; a caller's own may do what it likes.

The sum of the largest and the smallest number needs 256 digits; the result is then checked. All
of it is said, because what is left out comes from ``decimal.DefaultContext``.
"""

INT32_MAX: Final = 2**31 - 1
INT64_MAX: Final = 2**63 - 1

PLAIN_DIGITS_MAX: Final = 18
"""Digit strings up to this length need no further check."""

PLAIN_END: Final = 10**PLAIN_DIGITS_MAX
"""Integers nearer to zero have no more digits than that."""

OVERFLOW: Final = (
    "Number overflow. Attempting to store a number with magnitude larger than supported range"
)
UNDERFLOW: Final = (
    "Number underflow. Attempting to store a number with magnitude smaller than supported range"
)
TOO_PRECISE: Final = "Attempting to store more than 38 significant digits in a Number"


def parse(text: str, *, older: bool = False) -> Number:
    """Returns the number that a wire text stands for, or raises ValidationException.

    ``older`` reads exponents as the older validation layer (and PartiQL) does: in 32 bits.
    """
    if len(text) <= PLAIN_DIGITS_MAX and text.isdigit() and text.isascii():
        return int(text)
    match = NUMERAL.fullmatch(text)
    if match is None:
        raise not_numeric(text)
    sign, whole, fraction, bare_fraction, exponent_text = match.groups()
    digits = (whole or "") + (fraction or bare_fraction or "")
    # More digits than this cannot come from a 64-bit exponent; int() of a megabyte is slow.
    if exponent_text is not None and len(exponent_text.lstrip("+-0")) > len(str(INT64_MAX)):
        raise not_numeric(text)
    exponent = int(exponent_text or 0)
    scale = exponent - len(fraction or bare_fraction or "")
    if abs(exponent) > (INT32_MAX if older else INT64_MAX) or (older and -scale > INT32_MAX):
        raise not_numeric(text)
    # Where the older layer counts digits and exponent together, the sum wraps at its end.
    if older and scale + max(1, len(digits.lstrip("0"))) >= INT32_MAX:
        raise ValidationException(UNDERFLOW, enveloped=True)
    return checked(sign == "-", digits, scale)


def not_numeric(text: str) -> ValidationException:
    """Returns the error for a text that is no number at all."""
    message = f"The parameter cannot be converted to a numeric value: {text}"
    return ValidationException(message, older=message if text else message[:-2], enveloped=True)


def checked(negative: bool, digits: str, scale: int) -> Number:  # noqa: FBT001 - a number's sign
    """Returns the canonical number of ``digits`` times ten to the ``scale``, if it is in range."""
    significant = digits.lstrip("0")
    if not significant:
        return zero_in_range(scale)
    stripped = significant.rstrip("0")
    magnitude = scale + len(significant) - 1
    scale += len(significant) - len(stripped)
    if len(stripped) > NUMBER_DIGITS_MAX:
        raise ValidationException(TOO_PRECISE, enveloped=True)
    if magnitude > NUMBER_EXPONENT_MAX:
        raise ValidationException(OVERFLOW, enveloped=True)
    if magnitude < NUMBER_EXPONENT_MIN:
        raise ValidationException(UNDERFLOW, enveloped=True)
    if scale >= 0:
        number: int = int(stripped) * 10**scale
        return -number if negative else number
    return Decimal((1 if negative else 0, tuple(map(int, stripped)), scale))


def zero_in_range(scale: int) -> int:
    """Returns 0; a zero written with an exponent out of range is refused all the same."""
    if scale > NUMBER_EXPONENT_MAX:
        raise ValidationException(OVERFLOW, enveloped=True)
    if scale < NUMBER_EXPONENT_MIN:
        raise ValidationException(UNDERFLOW, enveloped=True)
    return 0


def canonical(number: Number) -> Number:
    """Returns the one form of a Python number, or raises ValidationException if out of range."""
    if type(number) is int and -PLAIN_END < number < PLAIN_END:
        return number
    if isinstance(number, int):
        if abs(number) >= 10 ** (NUMBER_EXPONENT_MAX + 1):
            raise ValidationException(OVERFLOW, enveloped=True)
        return checked(number < 0, str(abs(number)), 0)
    sign, digits, exponent = number.as_tuple()
    if not isinstance(exponent, int):
        raise not_numeric(scientific_text(number))
    return checked(sign == 1, "".join(map(str, digits)), exponent)


def plain_text(number: Number) -> str:
    """Returns the plain decimal text: no exponent, no sign but ``-``, no needless zeros."""
    return str(number) if isinstance(number, int) else format(number, "f")


def scientific_text(number: Decimal) -> str:
    """Returns the shortest text of a number, with an exponent where it is shorter: ``1E+99``."""
    return EXACT.to_sci_string(number)


def add(left: Number, right: Number) -> Number:
    """Returns the exact sum, or raises ValidationException when it does not fit."""
    return canonical(EXACT.add(Decimal(left), Decimal(right)))


def subtract(left: Number, right: Number) -> Number:
    """Returns the exact difference, or raises ValidationException when it does not fit."""
    return canonical(EXACT.subtract(Decimal(left), Decimal(right)))


def digits_and_exponent(number: Number) -> tuple[str, int]:
    """Returns a non-zero number's significant digits and the exponent of the first of them."""
    if isinstance(number, int):
        text = str(abs(number))
        return text.rstrip("0"), len(text) - 1
    digits = "".join(map(str, number.as_tuple().digits)).lstrip("0")
    return digits.rstrip("0"), number.adjusted()

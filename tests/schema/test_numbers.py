"""Numbers: what is read, what is refused, and the one form in which they are kept."""

from decimal import Decimal

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from ddblite.schema import numbers
from ddblite.schema.errors import ValidationException
from ddblite.schema.values import Number

pytestmark = pytest.mark.usefixtures("any_decimal_context")

OVERFLOW = "Number overflow"
UNDERFLOW = "Number underflow"
PRECISION = "more than 38 significant digits"
NOT_NUMERIC = "cannot be converted to a numeric value"


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("0", "0"),
        ("-0", "0"),
        ("-0.0", "0"),
        ("0.000", "0"),
        ("0e125", "0"),
        ("0.0e126", "0"),
        ("0e-130", "0"),
        ("1.0", "1"),
        ("1e3", "1000"),
        ("+1000", "1000"),
        ("001000", "1000"),
        ("1E+2", "100"),
        (".5", "0.5"),
        ("5.", "5"),
        ("-12.50", "-12.5"),
        ("0.10", "0.1"),
        ("1e125", "1" + "0" * 125),
        ("1e-20", "0." + "0" * 19 + "1"),
        ("1e-130", "0." + "0" * 129 + "1"),
        ("9" * 37, "9" * 37),
        ("9" * 38, "9" * 38),
        ("9" * 38 + "0" * 88, "9" * 38 + "0" * 88),
        ("0" * 500 + "1", "1"),
        ("1" + "0" * 37 + "." + "0" * 50, "1" + "0" * 37),
        ("9.9999999999999999999999999999999999999E+125", "9" * 38 + "0" * 88),
    ],
)
def test_number_has_one_canonical_form(text: str, plain: str) -> None:
    """However it was written, a number is written plainly and reads back as itself."""
    number = numbers.parse(text)
    assert plain == numbers.plain_text(number)
    assert number == numbers.parse(plain)
    assert isinstance(number, int) == ("." not in plain)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        *((text, NOT_NUMERIC) for text in ("", " ", " 1", "1 ", "1\n", "NaN", "Infinity", "-")),
        *((text, NOT_NUMERIC) for text in ("0x10", "1e", "1.2.3", "1_0", "٣", "e5", ".", "--1")),
        *((text, NOT_NUMERIC) for text in ("1e9223372036854775808", "1e-9223372036854775808")),
        ("1e" + "9" * 5000, NOT_NUMERIC),
        ("9" * 39, PRECISION),
        ("1" * 39 + "e-50", PRECISION),
        ("1e126", OVERFLOW),
        ("-1e126", OVERFLOW),
        ("1" + "0" * 126, OVERFLOW),
        ("1e9223372036854775807", OVERFLOW),
        ("0e126", OVERFLOW),
        ("1e-131", UNDERFLOW),
        ("0." + "0" * 130 + "1", UNDERFLOW),
        ("1e-9223372036854775807", UNDERFLOW),
        ("0e-131", UNDERFLOW),
    ],
)
def test_what_is_no_number(text: str, reason: str) -> None:
    with pytest.raises(ValidationException, match=reason):
        numbers.parse(text)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("1e2147483645", OVERFLOW),
        ("1e2147483646", UNDERFLOW),
        ("1e2147483647", UNDERFLOW),
        ("12e2147483645", UNDERFLOW),
        ("1.5e-2147483647", NOT_NUMERIC),
        ("0.1e-2147483647", NOT_NUMERIC),
        ("1e2147483648", NOT_NUMERIC),
        ("1e-2147483648", NOT_NUMERIC),
        ("1e-2147483647", UNDERFLOW),
    ],
)
def test_older_reader_has_32_bit_exponents(text: str, reason: str) -> None:
    """At the very edge its sum wraps around, and a huge number is said to be too small."""
    with pytest.raises(ValidationException, match=reason):
        numbers.parse(text, older=True)


def legal() -> st.SearchStrategy[Number]:
    """Numbers within range, in canonical form."""
    return st.builds(
        lambda digits, exponent: numbers.canonical(Decimal(digits).scaleb(exponent, numbers.EXACT)),
        st.integers(-(10**38) + 1, 10**38 - 1),
        st.integers(-90, 80),
    )


@given(legal())
def test_text_is_exact(number: Number) -> None:
    assert number == numbers.parse(numbers.plain_text(number))
    assert type(number) is type(numbers.canonical(number))


@given(legal(), legal())
def test_arithmetic_is_exact_or_refused(left: Number, right: Number) -> None:
    """What fits is exact; what needs more digits or range is an error and never rounded."""
    exact = numbers.EXACT.add(Decimal(left), Decimal(right))
    try:
        total = numbers.add(left, right)
    except ValidationException:
        assume(exact != 0)
        digits = exact.normalize(numbers.EXACT).as_tuple().digits
        assert len(digits) > 38 or not -130 <= exact.adjusted() <= 125
        return
    assert exact == total
    assert left == numbers.subtract(total, right)


def test_sum_of_too_many_digits_is_refused() -> None:
    with pytest.raises(ValidationException, match=PRECISION):
        numbers.add(10**50, 1)
    with pytest.raises(ValidationException, match=OVERFLOW):
        numbers.add(9 * 10**125, 9 * 10**125)


@pytest.mark.parametrize(
    "number", [10**126, Decimal("NaN"), Decimal("Infinity"), Decimal("1E-131"), int("1" * 39)]
)
def test_python_numbers_out_of_range_are_refused(number: Number) -> None:
    with pytest.raises(ValidationException):
        numbers.canonical(number)


@pytest.mark.parametrize(
    ("number", "canonical"),
    [
        (Decimal("1.0"), 1),
        (Decimal("-0"), 0),
        (Decimal("1E+3"), 1000),
        (Decimal("1.50"), Decimal("1.5")),
    ],
)
def test_python_numbers_take_the_canonical_form(number: Decimal, canonical: Number) -> None:
    made = numbers.canonical(number)
    assert canonical == made
    assert type(canonical) is type(made)
    assert str(canonical) == str(made)

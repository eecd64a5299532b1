"""Charts: every item is in one bar, ranges are exact, and lines fit the screen."""

import re
from decimal import Decimal
from fractions import Fraction
from io import StringIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from ddblite.schema.values import Number, StringSet, Value
from ddblite.shell.commands import carry_out, results
from ddblite.shell.conversation.session import Session
from ddblite.shell.formats.charts import bar_lines, chart_lines
from ddblite.workbench import distribution
from ddblite.workbench.distribution import BARS_MAX, RANGES_MAX, Distribution
from ddblite.workbench.pages import Screen
from ddblite.workbench.safe_text import HIDDEN
from generated import numbers, values

BOUNDS = re.compile(r"\[(\S+), (\S+)\)")


def distribution_of(counted: list[Value]) -> Distribution:
    """Returns the distribution of these values."""
    made = Distribution()
    for value in counted:
        assert made.count_all([value])
    return made


def drawn(counted: list[Value], screen: Screen | None = None) -> list[str]:
    """Returns the bars of a chart as lines."""
    return list(bar_lines(distribution_of(counted).bars(), len(counted), screen or Screen()))


@given(st.lists(values(), max_size=60))
def test_every_item_is_in_one_bar(counted: list[Value]) -> None:
    """And the counts of types are of all items, too."""
    made = distribution_of(counted)
    assert len(counted) == sum(bar.count for bar in made.bars())
    assert len(counted) == sum(count for _, count in made.types())


@given(st.lists(numbers(), min_size=BARS_MAX + 1, unique=True))
def test_ranges_are_exact(counted: list[Number]) -> None:
    """Each number is between the bounds of its own range, whatever its digits and exponent."""
    bars = distribution_of([*counted]).bars()
    assert len(bars) <= RANGES_MAX + 2
    exact = [Fraction(Decimal(number)) for number in counted]
    for bar in bars:
        match = BOUNDS.fullmatch(bar.label)
        assert match is not None
        first, last = (Fraction(Decimal(text)) for text in match.groups())
        assert bar.count == sum(first <= number < last for number in exact)


def test_ranges_have_short_bounds() -> None:
    """1, 2 or 5 times a power of ten; a range without numbers has its line."""
    counted: list[Value] = [*(Decimal(n) / 10 for n in range(-11, 50)), Decimal("9.5")]
    labels = [bar.label for bar in distribution_of(counted).bars()]
    assert ["[-2, -1)", "[-1, 0)", "[0, 1)"] == labels[:3]
    assert ["[8, 9)", "[9, 10)"] == labels[-2:]


def test_what_is_no_number_stands_below_the_ranges() -> None:
    """By value, the frequent ones first."""
    counted: list[Value] = [*range(40), "x", "y", "y"]
    made = distribution_of(counted)
    made.count_all(None)
    assert ["y", "MISSING", "x"] == [bar.label for bar in made.bars()[-3:]]


def test_values_that_python_takes_for_equal() -> None:
    """A boolean is no number, and a digit in a string is none either."""
    made = distribution_of([True, 1, "1", Decimal(1), "true", None, "null"])
    assert {"true": 1, "1": 2, "'1'": 1, "'true'": 1, "null": 1, "'null'": 1} == {
        bar.label: bar.count for bar in made.bars()
    }


def test_the_rare_values_have_one_line() -> None:
    """Which has no bar: it may stand for nearly everything."""
    counted: list[Value] = [*"aab", *(f"rare {number}" for number in range(30))]
    lines = drawn(counted)
    assert BARS_MAX + 1 == len(lines)
    assert re.fullmatch(r"12 others +12 +36\.4%", lines[-1])


def test_a_single_rare_value_stands_for_itself() -> None:
    """It has as much room as a line that says there is one more."""
    lines = drawn([f"rare {number}" for number in range(BARS_MAX + 1)])
    assert BARS_MAX + 1 == len(lines)
    assert not any("others" in line for line in lines)


def test_different_values_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """One that is too many is not counted, and those that are known still are."""
    monkeypatch.setattr(distribution, "DIFFERENT_VALUES_MAX", 2)
    made = distribution_of([1, 2, 1])
    assert not made.count_all([3])
    assert made.count_all([2])
    assert 4 == made.total


@given(st.lists(values(), min_size=1, max_size=40), st.integers(40, 200), st.booleans())
def test_lines_fit_the_screen(counted: list[Value], width: int, has_unicode: bool) -> None:  # noqa: FBT001
    """And hold nothing that a terminal would act on."""
    screen = Screen(width=width, has_unicode=has_unicode)
    for line in drawn(counted, screen):
        assert cell_len(line) <= width
        assert not HIDDEN.search(line)


def test_bars_without_unicode() -> None:
    """As long as they are with it, to a column."""
    assert [
        "a  ########################### 3  60.0%",
        "b  ##################          2  40.0%",
    ] == drawn([*"aaabb"], Screen(width=39, has_unicode=False))


def test_types_are_counted() -> None:
    """When there are several."""
    made = distribution_of([1, 2, None, "x", b"1", b"2"])
    made.count_all(None)
    first, second, *_ = chart_lines(made, "a of b", Screen())
    assert "a of b: 7 values, 7 different" == first
    assert "2 numbers, 2 binary values, 1 NULL, 1 string, 1 MISSING" == second


def test_a_long_label_is_cut() -> None:
    """With a sign that says so."""
    (line,) = drawn(["x" * 100], Screen(width=60))
    assert line.startswith("x" * 23 + "…  █")
    (line,) = drawn(["x" * 100], Screen(width=60, has_unicode=False))
    assert line.startswith("x" * 23 + ">  #")


def test_an_empty_list_has_no_members() -> None:
    """It is not MISSING either."""
    made = Distribution()
    assert made.count_all([])
    assert [] == made.bars()
    assert 0 == made.total


def test_sets_are_counted_as_they_are_shown() -> None:
    """In whatever order their members came."""
    made = distribution_of([StringSet(["b", "a"]), StringSet(["a", "b"]), ["a", "b"]])
    assert [("<<'a', 'b'>>", 2), ("['a', 'b']", 1)] == [
        (bar.label, bar.count) for bar in made.bars()
    ]


def test_a_chart_of_too_many_values_says_so(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is of the items up to there."""
    monkeypatch.setattr(distribution, "DIFFERENT_VALUES_MAX", 2)
    monkeypatch.setattr(results, "DIFFERENT_VALUES_MAX", 2)
    table = session.database.create_table("numbers", partition_key="id", sort_key=("n", "N"))
    for number in range(5):
        table.put({"id": "x", "n": number})
    session.out, session.error = StringIO(), StringIO()
    carry_out(session, ".chart n SELECT n FROM numbers WHERE id = 'x'")
    assert session.out.getvalue().startswith("n of the answer: 2 values, 2 different\n")
    assert "Only these items: there are more than 2 different values.\n" == (
        session.error.getvalue()
    )

"""How the values of one attribute are distributed: what ``.chart`` draws.

Values are counted as they are: ``1`` and ``'1'`` are two, and an item without the attribute
counts as MISSING. When there are many different numbers, and hardly anything else, they are
counted by ranges of one width instead, which is 1, 2 or 5 times a power of ten, so that its
bounds are short and exact.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_FLOOR, Decimal
from typing import Final

from ddblite.schema.numbers import EXACT
from ddblite.schema.values import Number, Value, tag_of
from ddblite.workbench.cell_text import cell

BARS_MAX: Final = 20
"""As many values have a bar of their own; a chart should fit on a screen."""

DIFFERENT_VALUES_MAX: Final = 100_000
"""Bounds the memory: the chart is of the items up to the one that has one value more."""

RANGES_MAX: Final = 15
"""One or two more when the ends do not fall on bounds."""

STEPS: Final = (1, 2, 5, 10)

PLAIN_CHARACTERS_MAX: Final = 20

MISSING: Final = "MISSING"
WORDS: Final = {
    "S": "string",
    "N": "number",
    "B": "binary value",
    "BOOL": "boolean",
    "NULL": "NULL",
    "SS": "string set",
    "NS": "number set",
    "BS": "binary set",
    "L": "list",
    "M": "map",
    MISSING: MISSING,
}
"""What the types are called in a chart."""

WITH_PARTS: Final = frozenset({"SS", "NS", "BS", "L", "M"})

Key = tuple[str, Value]
"""A type's tag and a value: ``True == 1`` in Python, and not here. What has parts is its text."""

NOTHING: Final[Key] = (MISSING, None)
"""What an item without the attribute is counted under."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One line of a chart; ``is_rest`` is the one that stands for everything left over."""

    label: str
    count: int
    is_rest: bool = False


@dataclass(slots=True)
class Distribution:
    """Counts per value, over all items that were given."""

    counts: Counter[Key] = field(default_factory=Counter)
    total: int = 0

    def count_all(self, values: Sequence[Value] | None) -> bool:
        """Counts the values of one item, or with None that it lacks what would have them.

        False when one of them is one too many: it was not counted, nor any behind it.
        """
        keys = [NOTHING] if values is None else [key_of(value) for value in values]
        return all(map(self.count, keys))

    def count(self, key: Key) -> bool:
        """Counts one value; False when it is one too many, and was not counted."""
        if key not in self.counts and len(self.counts) >= DIFFERENT_VALUES_MAX:
            return False
        self.counts[key] += 1
        self.total += 1
        return True

    def types(self) -> list[tuple[str, int]]:
        """Returns how many values there are of each type, the most frequent first."""
        found: Counter[str] = Counter()
        for (tag, _), count in self.counts.items():
            found[WORDS[tag]] += count
        return found.most_common()

    def bars(self) -> list[Bar]:
        """Returns the lines of the chart: ranges of numbers, or values, the frequent ones first."""
        numbers = {key: count for key, count in self.counts.items() if key[0] == "N"}
        others = {key: count for key, count in self.counts.items() if key[0] != "N"}
        if len(numbers) > BARS_MAX:
            return [*ranges(numbers), *frequent(others)]
        if others.keys() <= {NOTHING}:
            in_order = sorted(numbers, key=number_of)
            return [Bar(label_of(key), self.counts[key]) for key in [*in_order, *others]]
        return frequent(self.counts)


def key_of(value: Value) -> Key:
    """Returns what a value is counted under; what has parts is its text."""
    tag = tag_of(value)
    return tag, cell(value) if tag in WITH_PARTS else value


def label_of(key: Key) -> str:
    """Returns a value as a table shows it."""
    tag, value = key
    if key == NOTHING:
        return MISSING
    return str(value) if tag in WITH_PARTS else cell(value)


def number_of(key: Key) -> Number:
    """Returns the number that was counted."""
    number = key[1]
    assert isinstance(number, int | Decimal), "a number is counted as itself"
    return number


def frequent(counts: Mapping[Key, int]) -> list[Bar]:
    """Returns a line per value, the frequent ones first, and one for all that have no room."""
    in_order = sorted(counts.items(), key=lambda one: (-one[1], label_of(one[0])))
    # A single value that is left over has no less room than a line about it.
    room = len(in_order) if len(in_order) == BARS_MAX + 1 else BARS_MAX
    shown = [Bar(label_of(key), count) for key, count in in_order[:room]]
    rest = [count for _, count in in_order[room:]]
    if rest:
        shown.append(Bar(f"{len(rest):,} others", sum(rest), is_rest=True))
    return shown


def ranges(counts: Mapping[Key, int]) -> list[Bar]:
    """Returns a line per range of numbers, from the smallest to the largest, empty ones too."""
    numbers = {Decimal(number_of(key)): count for key, count in counts.items()}
    width = width_for(min(numbers), max(numbers))
    by_place: Counter[int] = Counter()
    for number, count in numbers.items():
        place = EXACT.divide(number, width).to_integral_value(ROUND_FLOOR, EXACT)
        by_place[int(place)] += count
    return [
        Bar(range_label(place, width), by_place[place])
        for place in range(min(by_place), max(by_place) + 1)
    ]


def width_for(smallest: Decimal, largest: Decimal) -> Decimal:
    """Returns the least width of 1, 2 or 5 times a power of ten with few enough ranges."""
    rough = EXACT.divide(EXACT.subtract(largest, smallest), Decimal(RANGES_MAX))
    power = Decimal(1).scaleb(rough.adjusted(), EXACT)
    wide = (EXACT.multiply(power, Decimal(step)) for step in STEPS)
    return next(one for one in wide if one >= rough).normalize(EXACT)


def range_label(place: int, width: Decimal) -> str:
    """Returns the bounds of a range; the upper one is not inside."""
    first, last = (EXACT.multiply(Decimal(one), width) for one in (place, place + 1))
    return f"[{bound_text(first)}, {bound_text(last)})"


def bound_text(bound: Decimal) -> str:
    """Returns a number exactly, in the shorter way of writing it."""
    plain = format(bound, "f")
    return plain if len(plain) <= PLAIN_CHARACTERS_MAX else str(bound.normalize(EXACT))

"""Legs whose values are known: which of them are the same, touch, or are empty.

Every item is read once, however often the statement names it. Two legs of one partition are

* one leg, when they are the same: ``pk IN [2, 2]``;
* refused, when both are bound by the sort key and their ranges overlap: that is DynamoDB's
  own limit;
* two legs, when the ranges do not overlap;
* one leg over the whole partition, filtered by both branches, when one of them is not bound.

Legs are read one after another, so where ORDER BY asks for it they are sorted before.
"""

from collections.abc import Mapping, Sequence
from functools import cmp_to_key
from typing import Final

from ddblite.engine.expressions.tree import Or
from ddblite.partiql.access import Change, Leg, Source
from ddblite.partiql.faults import StatementError
from ddblite.partiql.terms import SortTerm, joined
from ddblite.schema import values as attribute_values
from ddblite.schema.errors import ValidationException
from ddblite.schema.tables import TYPES_OF_KIND, KeyPart
from ddblite.schema.values import TAG_BY_TYPE, Value

Values = Mapping[str, Value]

SEVERAL_KEYS: Final = (
    "Multiple conditions on same key {}. Only single item Update/Insert/Delete are supported"
)
OVERLAPPING: Final = "Overlapping conditions with range keys are not supported in where clause"


def check_key(part: KeyPart, name: str, values: Values) -> None:
    """Raises when the value of this name is not of its key attribute's type."""
    if TAG_BY_TYPE[type(values[name])] != part.kind:
        raise StatementError(
            "Key attribute's data type should match its data type in table's schema: "
            f"Key {part.name}",
            about=(name,),
            hint=f"{part.name} is a {TYPES_OF_KIND[part.kind]}.",
        )


def check_change(access: Change, values: Values) -> None:
    """Raises when the values of a write's key are of a wrong type, or are those of two keys."""
    parts = {part.name: part for part in access.table.parts}
    key = dict(access.key)
    for attribute, name in (*access.key, *access.again):
        check_key(parts[attribute], name, values)
    for attribute, name in access.again:
        if not attribute_values.equal(values[key[attribute]], values[name]):
            raise StatementError(SEVERAL_KEYS.format(attribute), about=(key[attribute], name))


def settled(source: Source, legs: tuple[Leg, ...], values: Values) -> tuple[Leg, ...]:
    """Returns the legs that are to be read, or raises ValidationException."""
    for leg in legs:
        check_key(source.partition, leg.partition, values)
        if leg.sort is not None and source.sort is not None:
            for name in leg.sort.names:
                check_key(source.sort, name, values)
    if len(legs) > 1:
        legs = tuple(leg for group in partitions(legs, values) for leg in distinct(group, values))
    return tuple(leg for leg in legs if leg.sort is None or not is_empty(leg.sort, values))


def partitions(legs: Sequence[Leg], values: Values) -> list[list[Leg]]:
    """Returns the legs, those of one partition together, partitions in the order of the text."""
    # Key values are strings, numbers or bytes of one type, which Python compares rightly.
    groups: dict[object, list[Leg]] = {}
    for leg in legs:
        groups.setdefault(values[leg.partition], []).append(leg)
    return list(groups.values())


def distinct(group: list[Leg], values: Values) -> list[Leg]:
    """Returns the legs of one partition without those that would read an item again."""
    kept: list[Leg] = []
    for leg in group:
        if not any(other.branch == leg.branch for other in kept):
            kept.append(leg)
    if len(kept) == 1:
        return kept
    if any(leg.sort is None for leg in kept):
        return [union(kept)]
    for place, leg in enumerate(kept):
        for other in kept[:place]:
            assert leg.sort is not None, "legs without a sort condition were merged above"
            assert other.sort is not None, "legs without a sort condition were merged above"
            if overlap(leg.sort, other.sort, values):
                raise ValidationException(OVERLAPPING)
    return kept


def union(group: list[Leg]) -> Leg:
    """Returns the leg over a whole partition that lets through what any of these would."""
    branches = [joined(leg.branch) for leg in group]
    terms = tuple(branch for branch in branches if branch is not None)
    rest = () if len(terms) < len(branches) else (Or(terms),)
    return Leg(group[0].partition, None, rest, rest)


def in_order(
    legs: tuple[Leg, ...], values: Values, *, partitions: int, sorts: int, sort_first: bool
) -> tuple[Leg, ...]:
    """Returns the legs by partition key and by where their ranges begin.

    ``partitions`` and ``sorts`` are 1 ascending, -1 descending, 0 as they come. The ranges of one
    partition have nothing in common, so where they begin says in which order they come.
    """

    def compare(one: Leg, other: Leg) -> int:
        by_partition = compared(values[one.partition], values[other.partition]) * partitions
        by_sort = compared(first_of(one, values), first_of(other, values)) * sorts
        return (by_sort or by_partition) if sort_first else (by_partition or by_sort)

    return tuple(sorted(legs, key=cmp_to_key(compare)))


def first_of(leg: Leg, values: Values) -> Value:
    """Returns the first sort key that a leg may read, or None when it is open on that side."""
    return None if leg.sort is None else bounds(leg.sort, values)[0]


def compared(left: Value, right: Value) -> int:
    """Returns which of two key values comes first, in the manner of ``cmp``; None is first."""
    if left is None or right is None:
        return (left is not None) - (right is not None)
    if attribute_values.less(left, right):
        return -1
    return 1 if attribute_values.less(right, left) else 0


def bounds(term: SortTerm, values: Values) -> tuple[Value, Value, bool, bool]:
    """Returns the first and last value of a range (None is open) and whether they belong to it."""
    first = values[term.names[0]]
    match term.operator:
        case "=":
            return first, first, True, True
        case ">" | ">=":
            return first, None, term.operator == ">=", True
        case "<" | "<=":
            return None, first, True, term.operator == "<="
        case "BETWEEN":
            return first, values[term.names[1]], True, True
    assert term.operator == "begins_with", "no other operator can be read by"
    return first, behind(first), True, False


def behind(prefix: Value) -> Value:
    """Returns the least value after all that begin with a prefix, or None when there is none."""
    if isinstance(prefix, bytes):
        head = prefix.rstrip(b"\xff")
        return head[:-1] + bytes([head[-1] + 1]) if head else None
    if isinstance(prefix, str):
        head_text = prefix.rstrip("\U0010ffff")
        return head_text[:-1] + chr(ord(head_text[-1]) + 1) if head_text else None
    return None


def is_empty(term: SortTerm, values: Values) -> bool:
    """Whether a range is the wrong way around, as ``sk > 5 AND sk < 3`` makes it."""
    if term.operator != "BETWEEN":
        return False
    return attribute_values.less(values[term.names[1]], values[term.names[0]])


def overlap(one: SortTerm, other: SortTerm, values: Values) -> bool:
    """Whether two ranges have a value in common."""
    one_first, one_last, one_from, one_to = bounds(one, values)
    other_first, other_last, other_from, other_to = bounds(other, values)
    return reaches(one_first, other_last, both=one_from and other_to) and reaches(
        other_first, one_last, both=other_from and one_to
    )


def reaches(first: Value, last: Value, *, both: bool) -> bool:
    """Whether a range that begins at ``first`` begins before another ends at ``last``."""
    if first is None or last is None:
        return True
    if attribute_values.equal(first, last):
        return both
    return attribute_values.less(first, last)

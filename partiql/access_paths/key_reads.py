"""Reads whose values are known: which of them there are, and which cannot be together.

Each branch of a SELECT is a read per combination of its key values, at most 50 in all. Reads of
one partition must not meet: DynamoDB refuses to read an item twice, be it by a branch that says
nothing of the sort key, by ranges that touch, or by the same key again.

Two different conditions on one key attribute are no key to read by. On the partition key that
makes a scan. On the sort key nothing is refused any more, nor where a branch says what the sort
key is not: then reads that meet are one read of the whole partition, filtered by both branches.

They are carried out one after another, so where ORDER BY asks for it they are sorted before.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cmp_to_key
from itertools import combinations
from typing import Final

from ddblite.engine.expressions.tree import Or
from ddblite.partiql.access_paths.access import (
    READS_MAX,
    TOO_MANY_READS,
    Get,
    Keyed,
    Query,
    Read,
    Scan,
    by_key,
)
from ddblite.partiql.access_paths.branches import KeyRead, KeyTerms, key_reads_of
from ddblite.partiql.access_paths.key_values import check_key_read, check_kinds, different
from ddblite.partiql.access_paths.ordering import Order, check_partitions
from ddblite.partiql.access_paths.sources import INVALID
from ddblite.partiql.access_paths.terms import SortTerm, choices_of, joined
from ddblite.partiql.syntax.faults import StatementError
from ddblite.schema import values as attribute_values
from ddblite.schema.errors import ValidationException
from ddblite.schema.java_hash_order import set_order
from ddblite.schema.limits import PARTITION_KEY_BYTES_MAX, SORT_KEY_BYTES_MAX
from ddblite.schema.tables import Source
from ddblite.schema.values import TAG_BY_TYPE, Value

Values = Mapping[str, Value]

OVERLAPPING: Final = "Overlapping conditions with range keys are not supported in where clause"


def settled(access: Read | Keyed, order: Order, values: Values) -> Read:
    """Returns how a SELECT reads with these values, or raises what they make impossible."""
    source = access.source
    match access:
        case Scan():
            check_kinds(source, access.keyed, values)
            check_partitions(source, order, 0)
            return access
        case Get() | Query():
            for key_read in access.key_reads:
                check_key_read(source, key_read, values)
            return access
    branches = access.branches
    sorts = [different(one.sort, values) for one in branches]
    is_loose = any(len(terms) > 1 for terms in sorts)
    is_torn = any(len(different(one.partition, values)) > 1 for one in branches)
    if is_loose or is_torn:
        check_kinds(source, branches, values)
    if is_torn:
        check_partitions(source, order, 0)
        return Scan(source, access.where)
    key_reads = [
        key_read for place, terms in enumerate(sorts) for key_read in reads_of(access, place, terms)
    ]
    if len(key_reads) > READS_MAX:
        raise StatementError(TOO_MANY_READS)
    groups = apart(access, key_reads, values, is_loose=is_loose)
    check_filters(access)
    check_partitions(source, order, max(1, len(groups)))
    return in_order(source, [key_read for group in groups for key_read in group], order, values)


def apart(
    access: Keyed, key_reads: Sequence[KeyRead], values: Values, *, is_loose: bool
) -> list[list[KeyRead]]:
    """Returns the reads of each partition, none of which meet, or raises when they do.

    Those of ``is_loose``, a statement with a branch that is no key read, may have any values.
    """
    source = access.source
    if is_loose:
        key_reads = [one for key_read in key_reads for one in matching(source, key_read, values)]
    else:
        for key_read in key_reads:
            check_key_read(source, key_read, values)
    groups = partitions(key_reads, values)
    if is_loose or any(one.is_negated for one in access.branches):
        groups = [distinct(group, values) for group in groups]
    else:
        check_apart(groups, values)
    if len(groups) > 1:
        # What is too long for a key is refused only where it is the only partition.
        groups = [
            [one for key_read in group for one in fitting(key_read, values)] for group in groups
        ]
    return groups


def reads_of(access: Keyed, place: int, sort: KeyTerms) -> tuple[KeyRead, ...]:
    """Returns the reads of a branch by these conditions on its sort key."""
    branch = access.branches[place]
    return access.key_reads[place] if sort is branch.sort else key_reads_of(branch, sort)


def matching(source: Source, key_read: KeyRead, values: Values) -> tuple[KeyRead, ...]:
    """Returns a read that has only values of the key's types, or none when nothing can match."""
    sort = () if key_read.sort is None else key_read.sort.names
    if TAG_BY_TYPE[type(values[key_read.partition])] != source.partition.kind:
        return ()
    if source.sort is not None and any(
        TAG_BY_TYPE[type(values[name])] != source.sort.kind for name in sort
    ):
        return (whole(key_read),)
    return (key_read,)


def fitting(key_read: KeyRead, values: Values) -> tuple[KeyRead, ...]:
    """Returns a read that has no value longer than any key, or none when nothing can match."""
    sort = () if key_read.sort is None else key_read.sort.names
    if is_long(values[key_read.partition], PARTITION_KEY_BYTES_MAX):
        return ()
    if any(is_long(values[name], SORT_KEY_BYTES_MAX) for name in sort):
        return (whole(key_read),)
    return (key_read,)


def whole(key_read: KeyRead) -> KeyRead:
    """Returns the read of the whole partition, which filters by all that is asked."""
    return KeyRead(key_read.partition, None, key_read.branch, key_read.branch)


def is_long(value: Value, bytes_max: int) -> bool:
    """Whether a key value is longer than a key may be."""
    if isinstance(value, str):
        return len(value) > bytes_max // 4 and len(value.encode()) > bytes_max
    return isinstance(value, bytes) and len(value) > bytes_max


def partitions(key_reads: Sequence[KeyRead], values: Values) -> list[list[KeyRead]]:
    """Returns the reads, those of one partition together, partitions in the order of the text."""
    # Key values are strings, numbers or bytes of one type, which Python compares rightly.
    groups: dict[object, list[KeyRead]] = {}
    for key_read in key_reads:
        groups.setdefault(values[key_read.partition], []).append(key_read)
    return list(groups.values())


def check_apart(groups: Sequence[Sequence[KeyRead]], values: Values) -> None:
    """Raises when two reads of one partition meet."""
    for group in groups:
        if are_keys(group, values):
            continue
        for one, other in combinations(group, 2):
            if meet(one, other, values):
                sorts = [
                    key_read.sort.names for key_read in (one, other) if key_read.sort is not None
                ]
                names = [one.partition, other.partition, *(name for sort in sorts for name in sort)]
                raise StatementError(OVERLAPPING, about=names)


def are_keys(group: Sequence[KeyRead], values: Values) -> bool:
    """Whether the reads of a partition are by sort keys, all different ones."""
    keys = [
        values[key_read.sort.names[0]]
        for key_read in group
        if key_read.sort is not None and key_read.sort.operator == "="
    ]
    return len(set(keys)) == len(group)


def check_filters(access: Keyed) -> None:
    """Raises when an index is filtered, in every branch, by what it does not have."""
    index = access.source.index
    if index is not None and all(access.missing):
        raise ValidationException(
            f"{INVALID}Secondary index {index.name} does not project one or more filter "
            f"attributes: [{', '.join(set_order(access.missing[-1]))}]"
        )


def meet(one: KeyRead, other: KeyRead, values: Values) -> bool:
    """Whether two reads of one partition may both read some item."""
    return one.sort is None or other.sort is None or overlap(one.sort, other.sort, values)


def distinct(group: list[KeyRead], values: Values) -> list[KeyRead]:
    """Returns the reads of one partition, or the one read that lets through what any of them would.

    It is one where an item might be read twice.
    """
    if not any(meet(one, other, values) for one, other in combinations(group, 2)):
        return group
    branches = list(dict.fromkeys(key_read.branch for key_read in group))
    rest = branches[0]
    if len(branches) > 1:
        asked = [term for term in map(joined, branches) if term is not None]
        choices = tuple(choice for term in asked for choice in choices_of(term))
        rest = (Or(choices),) if len(asked) == len(branches) else ()
    return [KeyRead(group[0].partition, None, rest, rest)]


def in_order(source: Source, key_reads: Sequence[KeyRead], order: Order, values: Values) -> Read:
    """Returns the reads that can find anything, by partition key and by where their ranges begin.

    Where the sort key stands first in ORDER BY, that comes first, but for ranges, which are merged.
    The ranges of one partition have nothing in common: where they begin says how they follow.
    """
    kept = [
        key_read
        for key_read in key_reads
        if key_read.sort is None or not is_empty(key_read.sort, values)
    ]
    read = by_key(source, tuple(kept))
    if not order.is_given:
        return read
    direction = -1 if order.backward else 1
    sort_first = order.merged and isinstance(read, Get)

    def compare(one: KeyRead, other: KeyRead) -> int:
        by_partition = compared(values[one.partition], values[other.partition]) * order.partitions
        by_sort = compared(first_of(one, values), first_of(other, values)) * direction
        return (by_sort or by_partition) if sort_first else (by_partition or by_sort)

    return replace(read, key_reads=tuple(sorted(kept, key=cmp_to_key(compare))))


def first_of(key_read: KeyRead, values: Values) -> Value:
    """Returns the first sort key that a key read may find, or None when it is open on that side."""
    return None if key_read.sort is None else bounds(key_read.sort, values)[0]


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

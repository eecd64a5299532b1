"""Where a Query goes on: its start key lies within what the key condition selects, or is refused.

The order is the same on tables and on indexes of every kind (captured on AWS in two regions,
October 2026): a partition attribute other than the last, then the sort attributes whatever the
partition, then the partition. A table without a sort key has one item per partition, and no place
in it to go on from. Facts: docs/facts/validation.md, "Start keys".
"""

from base64 import b64encode
from collections.abc import Sequence
from typing import Final, cast

from ddblite.engine.keys import component, encode
from ddblite.engine.operations.key_ranges import KeyRange, Term, start_of
from ddblite.schema.errors import ValidationException
from ddblite.schema.limits import PARTITION_KEY_BYTES_MAX
from ddblite.schema.numbers import plain_text
from ddblite.schema.tables import Source
from ddblite.schema.values import Item, Number, Value, tag_of

ONE_ROW: Final = "The query can return at most one row and cannot be restarted"
RANGE_NOT_MET: Final = "The provided starting key does not match the range key predicate"
OUTSIDE: Final = (
    "The provided starting key is outside query boundaries based on provided conditions"
)
NO_RESTART: Final = "The provided exclusive start key is invalid"


def rest_behind(
    source: Source,
    terms: Sequence[Term],
    chosen: KeyRange,
    behind: tuple[Item, bytes],
    *,
    forward: bool,
) -> KeyRange:
    """Returns what is left of a range behind a start key, or raises when that is outside.

    ``behind`` is the start key and its encoded form.
    """
    start_key, start = behind
    asked = {term.attribute: term.operands[0] for term in terms}
    wanted = {part.name: asked[part.name] for part in source.key.partition}
    differing = [
        part
        for part in source.key.partition
        if component(part, start_key[part.name], PARTITION_KEY_BYTES_MAX)
        != component(part, wanted[part.name], PARTITION_KEY_BYTES_MAX)
    ]
    if any(part != source.key.partition[-1] for part in differing):
        raise ValidationException(ONE_ROW)
    if any(part.name in asked for part in source.key.sort):
        there = encode(source.key, start_key | wanted)
        assert there is not None, "both keys were encoded before"
        if not chosen.first <= there < chosen.behind:
            raise ValidationException(RANGE_NOT_MET)
        if differing:
            raise ValidationException(ONE_ROW)
    if source.has_one_item_per_partition:
        raise no_restart(start_key, is_own=not differing)
    if differing:
        raise ValidationException(OUTSIDE)
    return start_of(start, chosen, forward=forward)


def no_restart(start_key: Item, *, is_own: bool) -> ValidationException:
    """Returns the error for a start key where there is one item; it is told for its own key."""
    shown = ", ".join(
        f"{name}=AttributeValue: {{{tag_of(value)}:{shown_value(value)}}}"
        for name, value in start_key.items()
    )
    told = f"{NO_RESTART}: ExclusiveStartKey: {{{shown}}}"
    return ValidationException(told if is_own else NO_RESTART, older=told)


def shown_value(value: Value) -> str:
    """Returns a key value as it stands in an error: binary as base64."""
    if isinstance(value, bytes):
        return b64encode(value).decode()
    return value if isinstance(value, str) else plain_text(cast("Number", value))

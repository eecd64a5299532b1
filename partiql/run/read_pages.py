"""One page of a SELECT, from one key read or several.

Reads are read one after another, in the order that they were brought into. ORDER BY the sort
key over several partitions merges them: each read's page is read from where the last one was
left, and items are given as far as every read is known; what a read read beyond that is read
again for the next page.
"""

from dataclasses import dataclass, field
from typing import Final, NamedTuple

import msgspec

from ddblite.engine.capacity import added, read_consumed, read_units
from ddblite.engine.effort import EFFORT
from ddblite.engine.engine import Engine
from ddblite.engine.expressions import Condition
from ddblite.partiql.access_paths.access import Get, Scan
from ddblite.partiql.access_paths.key_reads import compared
from ddblite.partiql.run.cursor import DONE, START, Position
from ddblite.partiql.run.prepare import ASKED_AS, CompiledKeyRead, Fitted
from ddblite.schema import requests
from ddblite.schema.limits import PAGE_BYTES_MAX
from ddblite.schema.requests import Consumed
from ddblite.schema.tables import Source
from ddblite.schema.values import Item, Value

PAGE_UNITS: Final = {
    is_consistent: read_units(PAGE_BYTES_MAX, consistent=is_consistent)
    for is_consistent in (False, True)
}
"""What a page of about 1 MB costs."""


class Part(NamedTuple):
    """What one read gave: its items, how many were read for them, and where it goes on."""

    items: list[Item]
    scanned_count: int
    last_key: Item | None
    consumed: Consumed


@dataclass(slots=True)
class Got:
    """A page: items behind the filter, and the position of every read."""

    positions: list[Position]
    consumed: Consumed | None = None
    items: list[Item] = field(default_factory=list)
    scanned_count: int = 0
    last_key: Item | None = None

    @property
    def goes_on(self) -> bool:
        """Whether some read has not come to its end."""
        return any(position is not DONE for position in self.positions)


class Limits(NamedTuple):
    """How large one page may be: items read, and items given of those. None is no bound."""

    read: int | None = None
    given: int | None = None

    def left(self, got: Got) -> "Limits":
        """Returns what a page may still read and give."""
        return Limits(
            None if self.read is None else self.read - got.scanned_count,
            None if self.given is None else self.given - len(got.items),
        )

    def are_reached(self) -> bool:
        """Whether there is nothing left of one of them."""
        return self.read == 0 or self.given == 0


class Reading(msgspec.Struct, frozen=True):
    """Everything that stays the same from page to page."""

    engine: Engine
    fitted: Fitted
    source: Source
    key_reads: tuple[CompiledKeyRead, ...]
    values: dict[str, Value]
    consistent: bool

    def nothing(self) -> Consumed:
        """Returns what it costs to find nothing."""
        units = read_units(0, consistent=self.consistent)
        return read_consumed(self.source.table, self.source.index, units)


def read_in_order(reading: Reading, positions: list[Position], limits: Limits) -> Got:
    """Reads one key read after another until the page is full."""
    total: Consumed | None = None
    got = Got(positions)
    for place, position in enumerate(positions):
        if position is DONE:
            continue
        part = read_part(reading, place, position, limits.left(got))
        got.items += part.items
        got.scanned_count += part.scanned_count
        got.last_key = part.last_key
        total = part.consumed if total is None else added(total, part.consumed)
        positions[place] = DONE if part.last_key is None else part.last_key
        if part.last_key is not None or is_full(reading, limits.left(got), total):
            break
    got.consumed = total
    return got


def is_full(reading: Reading, left: Limits, total: Consumed) -> bool:
    """Whether a page of several reads has come to a limit, to about 1 MB, or to its time."""
    effort = EFFORT.get()
    if left.are_reached() or (effort is not None and effort.is_over()):
        return True
    return total.total >= PAGE_UNITS[reading.consistent]


# one key read


def read_part(reading: Reading, place: int, position: Position, limits: Limits) -> Part:
    """Asks the engine for one key read's items from a position on."""
    start = position if isinstance(position, dict) else None
    if isinstance(reading.fitted.access, Get):
        return get(reading, reading.key_reads[place])
    if isinstance(reading.fitted.access, Scan):
        return scan(reading, start, limits)
    key_read = reading.key_reads[place]
    return query(reading, key_read, key_read.filter, start, limits)


def get(reading: Reading, key_read: CompiledKeyRead) -> Part:
    """Reads the item of a whole key."""
    source = reading.source
    key: Item = {source.partition.name: reading.values[key_read.key_read.partition]}
    if source.sort is not None and key_read.key_read.sort is not None:
        key[source.sort.name] = reading.values[key_read.key_read.sort.names[0]]
    answer: requests.GetItemAnswer = reading.engine.execute(
        requests.GetItem(table_name=source.table.name, key=key, consistent=reading.consistent),
        ASKED_AS,
    )
    item = answer.item
    if item is None:
        return Part([], 0, None, answer.consumed)
    given = [item] if lets_through(reading, key_read.filter, item) else []
    return Part(given, 1, None, answer.consumed)


def lets_through(reading: Reading, condition: Condition | None, item: Item) -> bool:
    """Whether a filter lets an item through; no filter does."""
    return condition is None or condition.holds(item, reading.values)


def query(
    reading: Reading,
    key_read: CompiledKeyRead,
    condition: Condition | None,
    start: Item | None,
    limits: Limits,
) -> Part:
    """Reads a page of one partition, of what the condition lets through."""
    source = reading.source
    names = {
        key_read.key_read.partition,
        *(key_read.key_read.sort.names if key_read.key_read.sort is not None else ()),
    }
    if condition is not None:
        names |= condition.values_used
    request = requests.Query(
        table_name=source.table.name,
        index_name=None if source.index is None else source.index.name,
        key_condition=key_read.key_condition,
        filter=condition,
        values={name: reading.values[name] for name in names},
        projection=reading.fitted.projection,
        limit=limits.read,
        return_limit=limits.given,
        start_key=start,
        forward=not reading.fitted.order.backward,
        consistent=reading.consistent,
        of_statement=True,
    )
    return part_of(reading.engine.execute(request, ASKED_AS))


def scan(reading: Reading, start: Item | None, limits: Limits) -> Part:
    """Reads a page of the whole table or index."""
    source = reading.source
    condition = reading.fitted.condition
    names = () if condition is None else condition.values_used
    request = requests.Scan(
        table_name=source.table.name,
        index_name=None if source.index is None else source.index.name,
        filter=condition,
        values={name: reading.values[name] for name in names} or None,
        projection=reading.fitted.projection,
        limit=limits.read,
        return_limit=limits.given,
        start_key=start,
        consistent=reading.consistent,
        of_statement=True,
    )
    return part_of(reading.engine.execute(request, ASKED_AS))


def part_of(answer: requests.PageAnswer) -> Part:
    """Returns a page of the engine as the part of one read."""
    return Part(answer.items, answer.scanned_count, answer.last_key, answer.consumed)


# several, merged


@dataclass(slots=True)
class Stream:
    """What a key read has found and not yet given, and where it goes on behind that."""

    place: int
    items: list[Item]
    last_key: Item | None
    given: int = 0


def read_merged(reading: Reading, positions: list[Position], limits: Limits) -> Got:
    """Carries out key reads side by side and gives their items in the order of the sort key.

    Filters come behind the merging: how many items are read is counted in that order.
    """
    got = Got(positions)
    total: Consumed | None = None
    streams = []
    ahead = read_ahead(reading, limits)
    for place, position in enumerate(positions):
        if position is not DONE:
            start = position if isinstance(position, dict) else None
            part = query(reading, reading.key_reads[place], None, start, ahead)
            streams.append(Stream(place, part.items, part.last_key))
            total = part.consumed if total is None else added(total, part.consumed)
    effort = EFFORT.get()
    if effort is not None:
        effort.begin()  # what was read is read in vain where nothing of it is looked at
    while not limits.left(got).are_reached():
        stream = foremost(reading, streams)
        if stream is None or (effort is not None and got.scanned_count and effort.is_over()):
            break
        item = stream.items[stream.given]
        stream.given += 1
        got.scanned_count += 1
        if lets_through(reading, reading.key_reads[stream.place].filter, entry_of(reading, item)):
            got.items.append(item)
    for stream in streams:
        leave(reading, stream, positions)
    got.consumed = total
    return got


def entry_of(reading: Reading, item: Item) -> Item:
    """Returns of an item what is in the index, which is all that a filter sees."""
    index = reading.source.index
    if index is None or index.projected is None:
        return item
    return {name: value for name, value in item.items() if name in index.projected}


def read_ahead(reading: Reading, limits: Limits) -> Limits:
    """Returns how much is read for each key read: without a filter, no more than may be given."""
    if any(key_read.filter is not None for key_read in reading.key_reads):
        return Limits(limits.read)
    return limits


def foremost(reading: Reading, streams: list[Stream]) -> Stream | None:
    """Returns the stream whose next item comes first, or None when that cannot be known.

    It cannot where a stream has given all it read and has not come to its end.
    """
    best: Stream | None = None
    for stream in streams:
        if stream.given == len(stream.items):
            if stream.last_key is not None:
                return None
        elif best is None or comes_before(reading, stream, best):
            best = stream
    return best


def comes_before(reading: Reading, one: Stream, other: Stream) -> bool:
    """Whether the next item of one stream sorts before that of another; equal ones do not."""
    sort = reading.source.sort
    assert sort is not None, "only what has a sort key is merged"
    order = compared(one.items[one.given][sort.name], other.items[other.given][sort.name])
    return order > 0 if reading.fitted.order.backward else order < 0


def leave(reading: Reading, stream: Stream, positions: list[Position]) -> None:
    """Notes where a stream is left: behind the last item that it gave."""
    if stream.given == len(stream.items):
        positions[stream.place] = DONE if stream.last_key is None else stream.last_key
    elif stream.given:
        item = stream.items[stream.given - 1]
        source = reading.source
        names = dict.fromkeys([*source.key_names, *source.table.key_names])
        positions[stream.place] = {name: item[name] for name in names}
    else:
        assert positions[stream.place] is START or isinstance(positions[stream.place], dict)

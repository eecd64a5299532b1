"""Query and Scan: one page of a table or index.

A page is one snapshot. It ends with the item that brings the bytes read to 1 MB, with the
``limit``-th item read, or with the range. Filters come after that, and change neither; but where
others wait, a page whose filter takes long ends early (``engine.effort``). Facts:
docs/facts/capacity-and-paging.md, "Pages".
"""

from collections.abc import Iterable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from typing import Any, Final

from ddblite.engine.capacity import read_consumed, read_units
from ddblite.engine.codec import damaged, unpack
from ddblite.engine.context import Context
from ddblite.engine.effort import EFFORT
from ddblite.engine.expressions import Condition
from ddblite.engine.file.storage import Storage
from ddblite.engine.items import read_item
from ddblite.engine.keys import KEYS_END, encode, segment_range
from ddblite.engine.operations import request_expressions
from ddblite.engine.operations.key_ranges import KeyRange, key_range, start_of
from ddblite.engine.operations.page_requests import (
    PageRequest,
    check_consistency,
    check_segments,
    check_select,
    page_request_of,
    source_of,
)
from ddblite.engine.operations.restarts import rest_behind
from ddblite.engine.operations.start_keys import (
    encoded_start,
    query_start,
    scan_start,
)
from ddblite.engine.rows import out_of_order, row_sql
from ddblite.schema.errors import Corrupt, ValidationException
from ddblite.schema.limits import PAGE_BYTES_MAX
from ddblite.schema.requests import PageAnswer, Query, Scan
from ddblite.schema.tables import Source
from ddblite.schema.values import Item
from ddblite.schema.wording import invalid

EVERYTHING: Final = KeyRange(b"", KEYS_END)


@dataclass(slots=True)
class Page:
    """What was read so far."""

    items: list[Item] = field(default_factory=list)
    count: int = 0
    scanned: int = 0
    bytes: int = 0
    fetched_units: float = 0
    last_item: Item | None = None
    last_key: Item | None = None
    is_cut: bool = False


def query(context: Context, request: Query) -> PageAnswer:
    """Reads one page of one partition, in key order or against it."""
    check_select(request)
    if not request.of_statement:
        request_expressions.check_keys(request.names, request.values)
    condition = request_expressions.key_condition_of(request.key_condition, request.names)
    filter_ = request_expressions.filter_of(request.filter, request.names)
    projection = request_expressions.projection_of(request.projection, request.names)
    if condition is None:
        raise ValidationException(
            "Either the KeyConditions or KeyConditionExpression parameter must be specified in"
            " the request."
        )
    if request.of_statement:  # whose expressions were checked as a whole
        values = request.values or {}
    else:
        values = request_expressions.check(
            request.names, request.values, condition, filter_, projection
        )
        condition.check_form()

    source = source_of(context, request.table_name, request.index_name)
    check_consistency(source, consistent=request.consistent)
    start = None if request.start_key is None else query_start(source, request.start_key)
    request_expressions.check_scalars(source.table, filter_, projection)
    terms = condition.terms(values)
    chosen = key_range(source.key, terms, request.index_name)
    if not request.of_statement:
        check_filter(source, filter_)
        check_filter_projected(source, filter_)
    wanted = page_request_of(source, request, filter_, projection, values)
    if start is not None and request.start_key is not None:
        behind = (request.start_key, start)
        chosen = rest_behind(source, terms, chosen, behind, forward=request.forward)
    page = read_page(context, source, chosen, wanted, forward=request.forward)
    if source.has_one_item_per_partition:
        page.is_cut = False
    return answer(source, wanted, page)


def scan(context: Context, request: Scan) -> PageAnswer:
    """Reads one page of a whole table or index, or of one segment of it."""
    if not request.of_statement:
        request_expressions.check_keys(request.names, request.values)
    filter_ = request_expressions.filter_of(request.filter, request.names)
    projection = request_expressions.projection_of(request.projection, request.names)
    if request.of_statement:  # whose expressions were checked as a whole
        values = request.values or {}
    else:
        values = request_expressions.check(request.names, request.values, filter_, projection)
    check_select(request)
    check_segments(request.segment, request.total_segments)

    source = source_of(context, request.table_name, request.index_name)
    check_consistency(source, consistent=request.consistent)
    wanted = page_request_of(source, request, filter_, projection, values)
    start = scan_start(source, request.start_key)
    request_expressions.check_scalars(source.table, filter_, projection)
    chosen = EVERYTHING
    if request.segment is not None and request.total_segments is not None:
        first, behind = segment_range(request.segment, request.total_segments)
        chosen = KeyRange(first, behind)
    if start is not None:
        if not chosen.first <= start < chosen.behind:
            raise ValidationException(
                "The provided starting key is invalid: Invalid ExclusiveStartKey. Please use"
                f" ExclusiveStartKey with correct Segment. TotalSegments: {request.total_segments}"
                f" Segment: {request.segment}"
            )
        chosen = start_of(start, chosen, forward=True)
    return answer(source, wanted, read_page(context, source, chosen, wanted, forward=True))


def check_filter(source: Source, filter_: Condition | None) -> None:
    """Raises when a Query's filter is on a key attribute of the table or index it reads."""
    if filter_ is None:
        return
    shown = "Filter Expression" if filter_.which == "FilterExpression" else filter_.which
    for part in source.key.parts:
        if part.name in filter_.attributes:
            raise ValidationException(
                f"{shown} can only contain non-primary key attributes: Primary key"
                f" attribute: {part.name}"
            )


def check_filter_projected(source: Source, filter_: Condition | None) -> None:
    """Raises when a Query's filter is on what its index does not carry.

    A Scan may do that: there an attribute that is not carried is missing, or fetched.
    """
    index = source.index
    if filter_ is None or index is None or index.projected is None:
        return
    missing = sorted(filter_.attributes - index.projected)
    if missing:
        raise invalid(
            f"Secondary index {index.name} does not project one or more filter attributes:"
            f" [{', '.join(missing)}]"
        )


def answer(source: Source, wanted: PageRequest, page: Page) -> PageAnswer:
    """Returns what was read, where to go on and what it cost."""
    units = read_units(page.bytes, consistent=wanted.consistent)
    return PageAnswer(
        items=page.items,
        count=page.count,
        scanned_count=page.scanned,
        last_key=page.last_key if page.is_cut else None,
        consumed=read_consumed(source.table, source.index, units, page.fetched_units),
    )


def last_key_of(source: Source, row: bytes, item: Item) -> Item:
    """Returns where a page ends; raises Corrupt unless the next one begins behind it.

    A row may have been made by anybody, and its item may say that it is another one.
    """
    names = [part.name for part in source.cursor_parts]
    last_key = {name: item[name] for name in names if name in item}
    if encoded_start(source, last_key) != row:
        raise damaged(source.number, row)
    return last_key


def read_page(
    context: Context, source: Source, chosen: KeyRange, wanted: PageRequest, *, forward: bool
) -> Page:
    """Returns one page of a range."""
    page = Page()
    if not chosen.is_empty():
        with context.storage.snapshot() if wanted.whole_items else nullcontext():
            walk(context, source, chosen, wanted, page, forward=forward)
    return page


def walk(
    context: Context,
    source: Source,
    chosen: KeyRange,
    wanted: PageRequest,
    page: Page,
    *,
    forward: bool,
) -> None:
    """Walks the rows of a range until the page is full."""
    number = source.number
    kind = "items" if source.index is None else "index"
    sql = row_sql(context.storage.format_number, kind, number)
    limit = -1 if wanted.limit is None else wanted.limit
    statement = sql.range_up if forward else sql.range_down
    # Without a filter every item read is given, so the smaller of the two limits holds.
    if wanted.filter is None and wanted.return_limit is not None:
        limit = wanted.return_limit if limit < 0 else min(limit, wanted.return_limit)
    plain = wanted.filter is None and wanted.projection is None and not wanted.whole_items
    last = chosen.first if forward else chosen.behind
    effort = EFFORT.get()
    with rows_of(context.storage, statement, (chosen.first, chosen.behind, limit)) as rows:
        for key, size, checksum, body in rows:
            item = page.last_item = unpack(number, key, size, checksum, body)
            if effort is not None:
                effort.spend(len(body))
            # A page of the tree that was written over another may lead to the wrong rows, whole as
            # they are: a scan that went back would never end.
            if (key <= last and (page.scanned or key < last)) if forward else key >= last:
                raise out_of_order(number)
            last = key
            page.bytes += size
            page.scanned += 1
            if plain:
                page.items.append(item)
            else:
                take(context, source, wanted, page, item)
            if (
                page.bytes >= PAGE_BYTES_MAX
                or page.count == wanted.return_limit
                or (effort is not None and wanted.filter is not None and effort.is_over())
            ):
                page.is_cut = True
                break
    page.is_cut = page.is_cut or page.scanned == limit
    if page.is_cut and page.last_item is not None:
        page.last_key = last_key_of(source, last, page.last_item)
    if plain:
        page.count = page.scanned
    if wanted.counts_only:
        page.items.clear()


def rows_of(
    storage: Storage, statement: str, parameters: tuple[bytes, bytes, int]
) -> AbstractContextManager[Iterable[Any]]:
    """Returns a block with the rows of a range, of which a page has use for the first.

    A database in memory has one connection. Where others wait for it, it is given back before
    the rows are looked at.
    """
    reading = storage.rows(statement, parameters)
    if EFFORT.get() is None or not storage.in_memory:
        return reading
    read: list[Any] = []
    read_bytes = 0
    with reading as rows:
        for row in rows:
            read.append(row)
            read_bytes += row[1]
            if read_bytes >= PAGE_BYTES_MAX:
                break
    return nullcontext(read)


def take(context: Context, source: Source, wanted: PageRequest, page: Page, item: Item) -> None:
    """Adds an item to the page if the filter lets it, with what was asked of it."""
    whole = fetch_whole(context, source, wanted, page, item) if wanted.whole_items else item
    seen = item if wanted.filters_entry else whole
    if wanted.filter is not None and not wanted.filter.holds(seen, wanted.values):
        return
    page.count += 1
    if wanted.counts_only:
        return
    if wanted.projection is not None:
        page.items.append(wanted.projection.apply(whole))
    else:
        # A filter may have needed the whole item; given is still what the index projects.
        page.items.append(whole if wanted.gives_whole else item)


def fetch_whole(
    context: Context, source: Source, wanted: PageRequest, page: Page, entry: Item
) -> Item:
    """Returns the item that an entry of a local index stands for, read from the table."""
    table = source.table
    key = encode(table.key, entry)
    stored = None if key is None else read_item(context.storage, table, key)
    if stored is None:
        index = None if source.index is None else source.index.name
        raise Corrupt(f"index {index} of {table.name} has an entry of no item; run check")
    assert stored.item is not None, "the item was read whole"
    page.fetched_units += read_units(stored.size, consistent=wanted.consistent)
    return stored.item

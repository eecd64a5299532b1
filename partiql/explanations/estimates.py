"""Bounds of what a statement costs, from the catalog's counters alone.

A Scan reads what the counters say. A keyed read reads something between nothing and all of
its table or index, of which no more is known without reading; a write's item may have any
size. Every request is charged in whole units, and one that finds nothing is charged as well.
"""

from collections.abc import Iterable
from typing import Final

from ddblite.engine.capacity import entry_units, read_units, write_units
from ddblite.engine.catalog import Count
from ddblite.engine.expressions.tree import Action
from ddblite.engine.indexes import entry_of
from ddblite.partiql.access_paths.access import Get, Query, Scan
from ddblite.partiql.explanations.explanation import Bounds, Estimate
from ddblite.partiql.plans import plan
from ddblite.partiql.run.execute import Run
from ddblite.partiql.run.write_requests import inserted
from ddblite.schema.limits import ITEM_BYTES_MAX, PAGE_BYTES_MAX, READ_UNIT_BYTES
from ddblite.schema.sizes import item_size
from ddblite.schema.tables import IndexSpec, Source, TableSpec

Counts = dict[int, Count]
"""The counters of a table and its indexes, by their numbers."""

NOTHING: Final = Count(0, 0)
ONE: Final = Bounds(1, 1)


def estimate_of(run: Run, counts: Counts) -> Estimate:
    """Returns the bounds of what a statement costs."""
    access = run.fitted.access
    of = run.prepared.statement.plan
    if isinstance(access, Scan):
        return scan_estimate(run, access, counts)
    if isinstance(access, Get | Query):
        return keyed_estimate(run, access, counts)
    table = counts.get(run.table.number, NOTHING)
    if isinstance(of, plan.Insert):
        units: Bounds = insert_units(run.table, of, run)
    elif isinstance(of, plan.Update):
        units = update_units(run.table, of)
    else:
        units = delete_units(run.table, counts)
    return Estimate(
        items=ONE if isinstance(of, plan.Insert) else Bounds(0, 1),
        units=units,
        pages=ONE,
        typical_units=None if isinstance(of, plan.Insert) else write_units(average(table), 0),
        counted_items=table.items,
        counted_bytes=table.bytes,
        writes=True,
    )


def average(count: Count) -> int:
    """Returns the size of an average item, 0 when there is none."""
    return count.bytes // count.items if count.items else 0


# reading


def scan_estimate(run: Run, access: Scan, counts: Counts) -> Estimate:
    """Returns what reading everything costs: it is known but for where the pages end."""
    count = counts.get(number_of(access.source), NOTHING)
    pages = count.bytes // PAGE_BYTES_MAX + 1
    least = read_units(count.bytes, consistent=run.consistent)
    most = least + rounding(pages, run)
    if fetches(run):
        least += read_units(0, consistent=run.consistent) * count.items
        most += fetched_units(run, counts)
    return Estimate(
        items=Bounds(count.items, count.items),
        units=Bounds(least, most),
        pages=Bounds(1 if count.bytes < PAGE_BYTES_MAX else pages_least(count), pages),
        typical_units=None,
        counted_items=count.items,
        counted_bytes=count.bytes,
    )


def pages_least(count: Count) -> int:
    """Returns the fewest pages of a size: each ends with the item that brings it to 1 MB."""
    return -(-count.bytes // (PAGE_BYTES_MAX + ITEM_BYTES_MAX))


def keyed_estimate(run: Run, access: Get | Query, counts: Counts) -> Estimate:
    """Returns what reading by keys may cost, from finding nothing to finding all there is."""
    count = counts.get(number_of(access.source), NOTHING)
    key_reads = max(len(run.key_reads), 1)
    items, size = count.items, count.bytes
    typical = None
    if isinstance(access, Get):
        items, size = min(items, key_reads), min(size, key_reads * ITEM_BYTES_MAX)
        typical = key_reads * read_units(average(count), consistent=run.consistent)
    if not run.key_reads:
        items = size = 0
    pages = (size + key_reads * READ_UNIT_BYTES) // PAGE_BYTES_MAX + 1
    requests = key_reads if pages == 1 else pages + key_reads
    most = read_units(size, consistent=run.consistent) + rounding(requests, run)
    if pages > 1 and run.fitted.order.merged and key_reads > 1:
        # What was read for a key read beyond its page is read again for the next one.
        pages += key_reads
        again = min(size, PAGE_BYTES_MAX + ITEM_BYTES_MAX)
        most = pages * key_reads * read_units(again, consistent=run.consistent)
    if run.key_reads and fetches(run):
        most += fetched_units(run, counts)
    return Estimate(
        items=Bounds(0, items),
        units=Bounds(key_reads * read_units(0, consistent=run.consistent), most),
        pages=Bounds(1, pages),
        typical_units=typical,
        counted_items=count.items,
        counted_bytes=count.bytes,
    )


def number_of(source: Source) -> int:
    """Returns the number under which the catalog counts what is read."""
    return source.table.number if source.index is None else source.index.number


def rounding(requests: int, run: Run) -> float:
    """Returns what rounding up every request may add to rounding their sum up once."""
    return (requests - 1) * read_units(0, consistent=run.consistent)


def fetches(run: Run) -> bool:
    """Whether a read of a local index has to read the items from their table as well."""
    source = run.fitted.source
    if source is None or source.index is None or source.index.is_global:
        return False
    asked = run.fitted.projection
    return asked is not None and not source.index.projects(asked.attributes)


def fetched_units(run: Run, counts: Counts) -> float:
    """Returns the most that reading the items behind a local index costs, each on its own."""
    table = counts.get(run.table.number, NOTHING)
    whole = read_units(table.bytes, consistent=run.consistent)
    return whole + table.items * read_units(0, consistent=run.consistent)


# writing


def insert_units(table: TableSpec, of: plan.Insert, run: Run) -> Bounds:
    """Returns what writing this item costs in the table, and with all its index entries."""
    item = inserted(of, run.parameters)
    units = write_units(0, item_size(item))
    entries = (entry_of(index, b"", item) for index in table.indexes.values())
    total = units + sum(entry_units(item_size(one.image)) for one in entries if one is not None)
    return Bounds(total, total)


def update_units(table: TableSpec, of: plan.Update) -> Bounds:
    """Returns what changing an item of any size costs, with the indexes that may change."""
    largest = entry_units(ITEM_BYTES_MAX)
    changed = changed_attributes(of.actions)
    touched = [index for index in table.indexes.values() if may_change(index, changed)]
    # An entry that moves is removed and written.
    return Bounds(1, write_units(ITEM_BYTES_MAX, 0) + 2 * largest * len(touched))


def changed_attributes(actions: Iterable[Action]) -> frozenset[str]:
    """Returns the attributes that an update says something about."""
    return frozenset(action.path.attribute for action in actions)


def may_change(index: IndexSpec, changed: frozenset[str]) -> bool:
    """Whether an index has an entry to change when these attributes do."""
    return index.projected is None or not index.projected.isdisjoint(changed)


def delete_units(table: TableSpec, counts: Counts) -> Bounds:
    """Returns what removing an item costs that may be as large as all there is."""
    size = min(counts.get(table.number, NOTHING).bytes, ITEM_BYTES_MAX)
    entries = [counts.get(index.number, NOTHING).bytes for index in table.indexes.values()]
    total = sum(entry_units(min(one, ITEM_BYTES_MAX)) for one in entries)
    return Bounds(1, write_units(size, 0) + total)

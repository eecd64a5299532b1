"""Capacity units: what a request would have cost.

Reads are counted in units of 4 KB (half of one when eventually consistent), writes in units of 1
KB, indexes on their own. Facts: docs/facts/capacity-and-paging.md, "Units" and "Shapes of consumed
capacity".
"""

from collections.abc import Iterable
from typing import Final

from ddblite.schema.limits import READ_UNIT_BYTES, WRITE_UNIT_BYTES
from ddblite.schema.requests import Consumed
from ddblite.schema.tables import IndexSpec, TableSpec

TRANSACTION_FACTOR: Final = 2
"""Every action of a transaction is paid twice: once to prepare, once to commit."""


def read_units(size: int, *, consistent: bool) -> float:
    """Returns the units of reading ``size`` bytes; nothing found costs as much as one unit."""
    units = -(-size // READ_UNIT_BYTES) or 1
    return units if consistent else units / 2


def write_units(before_size: int, after_size: int) -> int:
    """Returns the units of one write; 0 stands for no item on that side."""
    return -(-max(before_size, after_size) // WRITE_UNIT_BYTES) or 1


def entry_units(size: int) -> int:
    """Returns the units of writing or removing one index entry."""
    return -(-size // WRITE_UNIT_BYTES)


def write_consumed(table: TableSpec, table_units: float, index_units: dict[str, int]) -> Consumed:
    """Returns the capacity of a write; ``index_units`` are by name, of the touched ones only."""
    if not index_units:
        return Consumed(table_name=table.name, table=table_units, write=True)
    local: dict[str, float] = {}
    global_: dict[str, float] = {}
    for name, units in index_units.items():
        (global_ if table.indexes[name].is_global else local)[name] = units
    return Consumed(
        table_name=table.name,
        table=table_units,
        write=True,
        local_indexes=local,
        global_indexes=global_,
    )


def read_consumed(
    table: TableSpec, index: IndexSpec | None, units: float, fetched_units: float = 0
) -> Consumed:
    """Returns the capacity of a read of a table, or of an index and the items fetched for it."""
    if index is None:
        return Consumed(table_name=table.name, table=units, write=False)
    own = {index.name: units}
    return Consumed(
        table_name=table.name,
        table=fetched_units,
        write=False,
        local_indexes={} if index.is_global else own,
        global_indexes=own if index.is_global else {},
    )


def transaction_read(table: TableSpec, units: float) -> Consumed:
    """Returns the capacity of a read in a transaction that takes so many units outside of one."""
    return Consumed(
        table_name=table.name, table=units * TRANSACTION_FACTOR, write=False, transaction=True
    )


def per_table(consumed: Iterable[Consumed]) -> list[Consumed]:
    """Returns the sum per table, tables in the order in which they were first consumed from."""
    sums: dict[str, Consumed] = {}
    for one in consumed:
        known = sums.get(one.table_name)
        sums[one.table_name] = one if known is None else added(known, one)
    return list(sums.values())


def added(one: Consumed, other: Consumed) -> Consumed:
    """Returns the sum of two requests' capacity on one table."""
    return Consumed(
        table_name=one.table_name,
        table=one.table + other.table,
        write=one.write,
        local_indexes=merged(one.local_indexes, other.local_indexes),
        global_indexes=merged(one.global_indexes, other.global_indexes),
        transaction=one.transaction,
        attempted=one.attempted + other.attempted,
    )


def merged(one: dict[str, float], other: dict[str, float]) -> dict[str, float]:
    """Returns the sums by name."""
    return {name: one.get(name, 0) + other.get(name, 0) for name in {**one, **other}}

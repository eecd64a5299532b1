"""A bulk load, in two steps: items are accepted as they come, and put in the order of their keys.

``engine.bulk`` is what takes both.
"""

from collections.abc import Iterator
from typing import Final

from ddblite.engine.catalog import Catalog
from ddblite.engine.codec import checksum_of, unpack
from ddblite.engine.context import Context
from ddblite.engine.indexes import check_index_keys
from ddblite.engine.items import Packed, accept_item, accept_item_key
from ddblite.engine.operations.write_pipeline import PUT_TOO_LARGE
from ddblite.engine.transaction import write_in_order
from ddblite.schema.errors import ResourceNotFoundException, ValidationException
from ddblite.schema.limits import ITEM_BYTES_MAX
from ddblite.schema.requests import AcceptItems, LoadRows
from ddblite.schema.tables import TableSpec
from ddblite.schema.values import Item

Accepted = tuple[bytes, int, bytes]
"""The key, size and body of an item that can be put."""

NOT_READ: Final[Item] = {}
"""Stands for the values of an item that nothing asks for."""


def accept_items(context: Context, request: AcceptItems) -> list[Accepted]:
    """Returns what is to be written of items, or raises what is wrong with the first bad one."""
    table = table_numbered(context.catalog, request.table_name, request.number)
    return [accepted(table, item) for item in request.items]


def accepted(table: TableSpec, item: Item) -> Accepted:
    """Returns what is to be written of an item, or raises what is wrong with it."""
    after = accept_item(item)
    if after.size > ITEM_BYTES_MAX:
        raise ValidationException(PUT_TOO_LARGE)
    key = accept_item_key(table, item)
    check_index_keys(table, None, item, update=False)
    return key, after.size, after.body


def load_rows(context: Context, request: LoadRows) -> None:
    """Puts accepted items in one transaction."""
    with context.write() as transaction:
        table = table_numbered(transaction.catalog, request.table_name, request.number)
        write_in_order(transaction, table, puts_of(table, request))


def puts_of(table: TableSpec, request: LoadRows) -> Iterator[tuple[bytes, Packed]]:
    """Gives the items by their keys, with their values where the table needs them."""
    for key, _, size, body in request.rows:
        item = NOT_READ
        if table.needs_items:
            item = unpack(table.number, key, size, checksum_of(table.number, key, size, body), body)
            check_index_keys(table, None, item, update=False)  # there may be an index more by now
        yield key, Packed(item, size, body)


def table_numbered(catalog: Catalog, name: str, number: int) -> TableSpec:
    """Returns a table, or raises when it was removed, and perhaps made anew, since it had a number.

    Its key may be another one then.
    """
    table = catalog.existing_table(name)
    if table.number != number:
        raise ResourceNotFoundException("Requested resource not found")
    return table

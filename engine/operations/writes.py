"""PutItem, UpdateItem and DeleteItem: one action each, with an answer of its own."""

from ddblite.engine.context import Context
from ddblite.engine.expressions import Update
from ddblite.engine.items import Packed, Stored, read_before
from ddblite.engine.operations.write_pipeline import (
    collection_of,
    fit,
    make_ready,
    settle,
)
from ddblite.engine.transaction import write_through
from ddblite.schema.requests import DeleteItem, PutItem, UpdateItem, WriteAnswer
from ddblite.schema.values import Item


def write_item(context: Context, request: PutItem | UpdateItem | DeleteItem) -> WriteAnswer:
    """Puts, changes or removes one item, or raises what is wrong with it or with its condition."""
    ready = make_ready(request)
    with context.write() as transaction:
        table = transaction.catalog.existing_table(request.table_name)
        key = fit(ready, table)
        before = read_before(context.storage, table, key, asked_for=ready.asks_for_old_image)
        after = settle(ready, table, before)
        consumed = write_through(transaction, table, key, before, after)
    returns = request.return_values
    return WriteAnswer(
        attributes=None if returns == "NONE" else returned(returns, ready.update, before, after),
        consumed=consumed,
        collection=collection_of(request, table) if table.indexes else None,
    )


def returned(
    return_values: str, update: Update | None, before: Stored | None, after: Packed | None
) -> Item | None:
    """Returns what ReturnValues asked for, or None."""
    old = None if before is None else before.item
    new = None if after is None else after.item
    if return_values == "ALL_OLD":
        return old
    if return_values == "ALL_NEW":
        return new
    if update is None:
        return None
    return update.touched(old, new if new is not None else {}, return_values) or None

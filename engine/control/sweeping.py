"""What the database does by itself: items expire, and what the change log no longer needs goes.

One call does a bounded step, in one transaction; whoever asks, asks until nothing is left. Where
nothing is due, nothing is written. The removals are ordinary ones, in indexes and in the log, in
the name of the service.
"""

from typing import Final

from ddblite.engine.context import Context
from ddblite.engine.history import backups, expiry, trimming
from ddblite.engine.items import read_item
from ddblite.engine.transaction import Transaction, write_through
from ddblite.schema.control_requests import Sweep, SweepAnswer
from ddblite.schema.tables import TableSpec

ENTRIES_MAX: Final = 1000
"""Of the log that one step removes."""


def sweep(context: Context, request: Sweep) -> SweepAnswer:
    """Removes some of the items that have expired, then some old entries of the log."""
    now_s = context.clock.now_s()
    due = expiry.due(context.storage, now_s, request.limit)
    is_old = trimming.has_old(context.storage, context.catalog.tables, now_s)
    over = backups_over(context, now_s)
    if not due and not is_old and not over:
        return SweepAnswer(expired=0, is_done=True)
    expired = 0
    trimmed = 0
    with context.write() as transaction:
        tables = {table.number: table for table in transaction.catalog.tables.values()}
        for one in due:
            expired += is_removed(transaction, tables.get(one.table_number), one, now_s)
        if is_old:
            trimmed = trimming.sweep(
                context.storage, transaction.catalog.tables, now_s, ENTRIES_MAX
            )
        for number in over:
            backups.remove(transaction.storage, number)
    is_done = len(due) < request.limit and trimmed < ENTRIES_MAX
    return SweepAnswer(expired=expired, is_done=is_done)


def backups_over(context: Context, now_s: float) -> list[int]:
    """Returns the numbers of the backups whose time is over."""
    return [
        backup.number
        for backup in backups.all_backups(context.storage)
        if backup.made.expires_at_s is not None and backup.made.expires_at_s <= now_s
    ]


def is_removed(
    transaction: Transaction, table: TableSpec | None, due: expiry.Due, now_s: float
) -> bool:
    """Removes an item whose time is over; returns whether it was.

    It may have been changed since it was found; what cannot be is a row without its item, and that
    goes without a word, for ``check`` to have told.
    """
    storage = transaction.storage
    if table is None or table.expiry_attribute is None:
        storage.execute(expiry.DELETE, (due.expires_at_s, due.table_number, due.key))
        return False
    before = read_item(storage, table, due.key)
    if before is None or before.item is None:
        storage.execute(expiry.DELETE, (due.expires_at_s, due.table_number, due.key))
        return False
    if not expiry.is_expired(before.item, table.expiry_attribute, now_s):
        return False
    write_through(transaction, table, due.key, before, None)
    return True

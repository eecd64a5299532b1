"""A whole database taken back to a moment: a copy of it, in which the change log is undone.

Only tables with point-in-time recovery remember enough. Others are removed from the copy, and so is
what was made later: what is not known is not there, rather than wrong.
"""

from typing import Final

from ddblite.engine.context import Context
from ddblite.engine.control.backups import first_behind, moment_in_window
from ddblite.engine.definitions.time_settings import RECOVERY
from ddblite.engine.history.backups import packed_body
from ddblite.engine.history.entries import ITEM, end_of, entries_back
from ddblite.engine.items import read_item
from ddblite.engine.transaction import Transaction, write_through
from ddblite.schema.errors import (
    InvalidRestoreTimeException,
    PointInTimeRecoveryUnavailableException,
)
from ddblite.schema.tables import TableSpec

CHUNK: Final = 256


def brought_back(context: Context, moment_s: float) -> None:
    """Takes a database back to a moment, in one transaction; it must be a copy that nobody needs.

    Raises InvalidRestoreTimeException for a moment that no table remembers, and
    PointInTimeRecoveryUnavailableException where none remembers any.
    """
    with context.write() as transaction:
        now_s = transaction.clock.now_s()
        reached = 0
        refusal: InvalidRestoreTimeException | None = None
        for table in list(transaction.catalog.tables.values()):
            try:
                if RECOVERY not in table.definition:
                    transaction.remove_table(table)
                    continue
                within_s = moment_in_window(table.definition, moment_s, now_s)
            except InvalidRestoreTimeException as fault:
                refusal = fault
                transaction.remove_table(table)
                continue
            undo(transaction, table, first_behind(context, within_s))
            reached += 1
        if not reached:
            raise refusal or PointInTimeRecoveryUnavailableException(
                "No table has point-in-time recovery: nothing is remembered of any"
            )


def undo(transaction: Transaction, table: TableSpec, first: int) -> None:
    """Undoes what the log has of a table, from its newest entry back to one."""
    storage = transaction.storage
    # What is undone is logged as well, behind what was there.
    before = end_of(storage).next_sequence
    while found := entries_back(storage, table.number, first, before=before, limit=CHUNK):
        for entry in found:
            if entry.kind == ITEM and entry.key is not None:
                now = read_item(storage, table, entry.key)
                body = entry.old_body
                then = None if body is None else packed_body(entry.sequence, body)
                write_through(transaction, table, entry.key, now, then)
        before = found[-1].sequence

"""What happened to a table, for a reader that remembers how far it is.

Streams show the same in the service's form, for a day and in shards; this is the log itself, for as
long as it is kept. A reader's checkpoint is the last entry that it is done with.
"""

from ddblite.engine.context import Context
from ddblite.engine.control.streams import image_of
from ddblite.engine.history import checkpoints
from ddblite.engine.history.entries import ITEM, end_of, entries_of, first_since
from ddblite.schema.control_requests import (
    ChangesAnswer,
    ItemChange,
    ReadChanges,
    SaveCheckpoint,
    SequenceAnswer,
    StartOfChanges,
)
from ddblite.schema.errors import ValidationException
from ddblite.schema.tables import TableSpec


def logged_table(context: Context, name: str) -> TableSpec:
    """Returns a table of which something is remembered, or raises why nothing is."""
    table = context.catalog.existing_table(name)
    if not table.is_logged:
        raise ValidationException(
            f"Nothing is remembered of {name}: it has neither a stream nor point-in-time recovery"
        )
    return table


def start_of_changes(context: Context, request: StartOfChanges) -> SequenceAnswer:
    """Returns the entry behind which a reader begins: its checkpoint's, a moment's, the newest."""
    table = logged_table(context, request.table_name)
    if request.reader is not None:
        known = checkpoints.checkpoint_of(context.storage, request.reader, table.number)
        if known is not None:
            return SequenceAnswer(sequence=known)
    if request.moment_s is None:
        return SequenceAnswer(sequence=0)
    end = end_of(context.storage)
    if request.moment_s > end.written_at_s:
        return SequenceAnswer(sequence=end.next_sequence - 1)
    return SequenceAnswer(sequence=first_since(context.storage, request.moment_s) - 1)


def read_changes(context: Context, request: ReadChanges) -> ChangesAnswer:
    """Returns some changes of items behind an entry, and the entry that was read last."""
    table = logged_table(context, request.table_name)
    found = entries_of(context.storage, table.number, request.after, limit=request.limit)
    changes = [
        ItemChange(
            sequence=entry.sequence,
            written_at_s=entry.written_at_s,
            old=image_of(entry, entry.old_body),
            new=image_of(entry, entry.new_body),
            actor=entry.actor,
        )
        for entry in found
        if entry.kind == ITEM
    ]
    after = found[-1].sequence if found else request.after
    return ChangesAnswer(changes=changes, after=after, is_end=len(found) < request.limit)


def save_checkpoint(context: Context, request: SaveCheckpoint) -> None:
    """Notes how far a reader is."""
    with context.write() as transaction:
        table = transaction.catalog.existing_table(request.table_name)
        checkpoints.save(context.storage, request.reader, table.number, request.sequence)

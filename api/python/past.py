"""A database and its tables as they were, and what happened to them since.

Backups of tables, restoring, reads of a moment, and the changes of a table one by one.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, Literal

from ddblite.engine.control.time_travel import brought_back
from ddblite.engine.engine import Engine
from ddblite.schema import control_requests
from ddblite.schema.errors import UnsupportedType, ValidationException

Moment = datetime | float
"""A datetime with a time zone, or seconds since 1970."""


@dataclass(frozen=True, slots=True)
class TableBackup:
    """A backup of a table, inside of the file; ``arn`` names it, also to boto3."""

    arn: str
    name: str
    table: str
    created_at_s: float
    bytes: int
    is_system: bool


def seconds_of(moment: Moment) -> float:
    """Returns the seconds since 1970; a time without its zone could be any of 24."""
    if not isinstance(moment, datetime):
        return float(moment)
    if moment.tzinfo is None:
        raise UnsupportedType("A moment is a datetime with a time zone, or seconds since 1970")
    return moment.timestamp()


def backup_of(summary: Mapping[str, Any]) -> TableBackup:
    """Returns a backup of the wire's description."""
    return TableBackup(
        arn=summary["BackupArn"],
        name=summary["BackupName"],
        table=summary["TableName"],
        created_at_s=summary["BackupCreationDateTime"],
        bytes=summary["BackupSizeBytes"],
        is_system=summary["BackupType"] == "SYSTEM",
    )


def back_up(engine: Engine, table: str, name: str) -> TableBackup:
    """Makes a backup of a table."""
    request = control_requests.CreateBackup(table_name=table, backup_name=name)
    answer: control_requests.ResponseAnswer = engine.execute(request)
    return backup_of({**answer.response["BackupDetails"], "TableName": table})


def backups(engine: Engine, table: str | None) -> list[TableBackup]:
    """Returns all backups, of a table or of all, the oldest first."""
    request = control_requests.ListBackups(
        table_name=table, kind_of_backup="ALL", limit=1_000_000_000
    )
    answer: control_requests.ResponseAnswer = engine.execute(request)
    return list(map(backup_of, answer.response["BackupSummaries"]))


def restore(
    engine: Engine,
    name: str,
    source: str | TableBackup | None,
    moment: Moment | None,
) -> None:
    """Makes a table of a backup, or of what another table had at a moment."""
    request: Any
    if isinstance(source, TableBackup):
        if moment is not None:
            raise ValidationException("A backup is of one moment: leave out at")
        request = control_requests.RestoreTableFromBackup(target_name=name, backup_arn=source.arn)
    elif source is not None and "/backup/" in source:
        request = control_requests.RestoreTableFromBackup(target_name=name, backup_arn=source)
    else:
        request = control_requests.RestoreTableToPointInTime(
            target_name=name,
            source_name=name if source is None else source,
            moment_s=None if moment is None else seconds_of(moment),
        )
    engine.execute(request)


def as_of(engine: Engine, moment: Moment) -> Engine:
    """Returns a new engine in memory with the recoverable tables as they were at a moment."""
    copy = engine.copy()
    try:
        brought_back(copy, seconds_of(moment))
    except BaseException:
        copy.close()
        raise
    return copy


# what happened

READ_TOGETHER: Final = 100


@dataclass(frozen=True, slots=True)
class Change:
    """What happened to one item.

    ``old`` and ``new`` are the item before and after, None where there was none. ``sequence`` rises
    from change to change. ``by_service`` tells that the item expired.
    """

    kind: Literal["INSERT", "MODIFY", "REMOVE"]
    key: dict[str, Any]
    old: dict[str, Any] | None
    new: dict[str, Any] | None
    time: datetime
    sequence: int
    by_service: bool


def changes(
    engine: Engine, table: str, checkpoint: str | None, since: Moment | None
) -> Iterator[Change]:
    """Gives the changes of a table; with a checkpoint, those that it is not done with.

    A change is done with when the next one is asked for, and the last one at the end.
    """
    names = engine.table(table).key_names
    start: control_requests.SequenceAnswer = engine.execute(
        control_requests.StartOfChanges(
            table_name=table,
            reader=checkpoint,
            moment_s=None if since is None else seconds_of(since),
        )
    )
    after, is_end = start.sequence, False
    while not is_end:
        page: control_requests.ChangesAnswer = engine.execute(
            control_requests.ReadChanges(table_name=table, after=after, limit=READ_TOGETHER)
        )
        for change in page.changes:
            yield change_of(change, names)
            if checkpoint is not None:
                save(engine, table, checkpoint, change.sequence)
        after, is_end = page.after, page.is_end


def change_of(change: control_requests.ItemChange, names: tuple[str, ...]) -> Change:
    """Returns a change as Python has it."""
    item = change.new if change.new is not None else change.old
    assert item is not None, "a change has an item before or after"
    return Change(
        kind="INSERT" if change.old is None else "REMOVE" if change.new is None else "MODIFY",
        key={name: item[name] for name in names},
        old=change.old,
        new=change.new,
        time=datetime.fromtimestamp(change.written_at_s, UTC),
        sequence=change.sequence,
        by_service=change.actor is not None,
    )


def save(engine: Engine, table: str, checkpoint: str, sequence: int) -> None:
    """Notes how far a reader is."""
    engine.execute(
        control_requests.SaveCheckpoint(table_name=table, reader=checkpoint, sequence=sequence)
    )

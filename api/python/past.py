"""A database and its tables as they were: backups of tables, restoring, reads of a moment."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

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

"""Backups of tables, and tables restored from them or to a point in time.

CreateBackup copies the rows of a table in one transaction; a restore fills a new table in one, so
that nobody ever sees half of either. A point in time is reached from the table as it is, by undoing
what the change log has behind that moment. Facts: docs/facts/streams-and-expiry.md, "Backups".
"""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, Final

from ddblite.engine.context import Context
from ddblite.engine.control.tables import description_of, first_definition
from ddblite.engine.control.time_settings import backed_up_table
from ddblite.engine.definitions.describe import (
    CREATING,
    ENABLED,
    Moment,
    encryption,
    projection,
    throughput,
)
from ddblite.engine.definitions.restoring import restored_definition
from ddblite.engine.definitions.time_settings import (
    RECOVERY,
    earliest_s,
    expiry_attribute,
    expiry_description,
)
from ddblite.engine.history import backups
from ddblite.engine.history.backups import Backup, new_backup
from ddblite.engine.history.entries import first_since
from ddblite.engine.items import Packed
from ddblite.engine.transaction import Transaction, fill_index, write_counted
from ddblite.schema.control_requests import (
    CreateBackup,
    DeleteBackup,
    DescribeBackup,
    ListBackups,
    ResponseAnswer,
    RestoreTableFromBackup,
    RestoreTableToPointInTime,
    TableAnswer,
)
from ddblite.schema.errors import (
    BackupNotFoundException,
    InvalidRestoreTimeException,
    PointInTimeRecoveryUnavailableException,
    TableAlreadyExistsException,
    ValidationException,
)
from ddblite.schema.names import table_arn
from ddblite.schema.tables import TableSpec

Rows = Iterator[tuple[bytes, Packed]]

SYSTEM: Final = "SYSTEM"


# making


def create_backup(context: Context, request: CreateBackup) -> ResponseAnswer:
    """Copies the rows of a table; they are there as soon as this is answered."""
    with context.write() as transaction:
        table = backed_up_table(transaction.catalog, request.table_name)
        number = transaction.take_number()
        backups.copy_rows(context.storage, table.number, number)
        backup = new_backup(transaction, table, number, request.backup_name, "USER")
        backups.write(context.storage, backup)
    details = {**details_of(backup), "BackupStatus": "CREATING"}
    return ResponseAnswer(response={"BackupDetails": details})


# describing, listing, removing


def describe_backup(context: Context, request: DescribeBackup) -> ResponseAnswer:
    """Describes a backup, and the table that it is of."""
    backup = existing_backup(context, request.backup_arn)
    return ResponseAnswer(response={"BackupDescription": description(backup)})


def list_backups(context: Context, request: ListBackups) -> ResponseAnswer:
    """Lists backups, the oldest first; the one to start behind needs not be there any more."""
    start = None if request.start_arn is None else id_in(request.start_arn)
    upper_s = request.upper_s
    found = [
        backup
        for backup in sorted(readable(context), key=lambda one: one.backup_id)
        if request.kind_of_backup in ("ALL", backup.made.type)
        if request.table_name in (None, backup.table_name)
        if request.lower_s is None or backup.created_at_s >= request.lower_s
        if upper_s is None or backup.created_at_s < upper_s
        if start is None or backup.backup_id > start
    ]
    listed = found[: request.limit]
    response: dict[str, Any] = {"BackupSummaries": list(map(summary_of, listed))}
    if len(found) > len(listed):
        response["LastEvaluatedBackupArn"] = listed[-1].arn
    return ResponseAnswer(response=response)


def delete_backup(context: Context, request: DeleteBackup) -> ResponseAnswer:
    """Removes a backup that a user made."""
    with context.write() as transaction:
        backup = existing_backup(context, request.backup_arn)
        if backup.made.type == SYSTEM:
            raise ValidationException(
                "Invalid Request: User is not allowed to delete the system backup with arn"
                f" {backup.arn}. It will automatically expire on"
                f" {time_text(backup.made.expires_at_s or 0)}"
            )
        backups.remove(transaction.storage, backup.number)
    described = description(backup)
    described["BackupDetails"]["BackupStatus"] = "DELETED"
    return ResponseAnswer(response={"BackupDescription": described})


def readable(context: Context) -> Iterator[Backup]:
    """Gives the backups that have not expired."""
    now_s = context.clock.now_s()
    for backup in backups.all_backups(context.storage):
        expires_s = backup.made.expires_at_s
        if expires_s is None or now_s < expires_s:
            yield backup


def existing_backup(context: Context, arn: str) -> Backup:
    """Returns a backup by its ARN, or raises why there is none."""
    id_in(arn)
    for backup in readable(context):
        if backup.arn == arn:
            return backup
    raise BackupNotFoundException(f"Backup not found: {arn}")


def id_in(arn: str) -> str:
    """Returns the last part of a backup's ARN, or raises for what is none."""
    before, found, backup_id = arn.rpartition("/backup/")
    if not found or not before.startswith("arn:"):
        raise ValidationException("Invalid Backup ARN")
    return backup_id


def details_of(backup: Backup) -> dict[str, Any]:
    """Returns the wire's BackupDetails."""
    details: dict[str, Any] = {
        "BackupArn": backup.arn,
        "BackupName": backup.made.name,
        "BackupSizeBytes": backup.bytes,
        "BackupStatus": "AVAILABLE",
        "BackupType": backup.made.type,
        "BackupCreationDateTime": backup.created_at_s,
    }
    if backup.made.expires_at_s is not None:
        details["BackupExpiryDateTime"] = backup.made.expires_at_s
    return details


def summary_of(backup: Backup) -> dict[str, Any]:
    """Returns the wire's BackupSummary."""
    return {
        "TableName": backup.table_name,
        "TableId": backup.table_id,
        "TableArn": table_arn(backup.table_name),
        **details_of(backup),
    }


def description(backup: Backup) -> dict[str, Any]:
    """Returns the wire's BackupDescription."""
    table = backup.made.table
    units = throughput(table, backup.created_at_s)
    source: dict[str, Any] = {
        "TableName": backup.table_name,
        "TableId": backup.table_id,
        "TableArn": table_arn(backup.table_name),
        "TableSizeBytes": backup.bytes,
        "KeySchema": table["KeySchema"],
        "TableCreationDateTime": backup.made.table_created_at_s,
        "ProvisionedThroughput": {
            name: units[name] for name in ("ReadCapacityUnits", "WriteCapacityUnits")
        },
        "ItemCount": backup.items,
        "BillingMode": table.get("BillingMode", "PROVISIONED"),
    }
    if table.get("OnDemandThroughput"):
        source["OnDemandThroughput"] = table["OnDemandThroughput"]
    return {
        "BackupDetails": details_of(backup),
        "SourceTableDetails": source,
        "SourceTableFeatureDetails": features_of(table),
    }


def features_of(table: Mapping[str, Any]) -> dict[str, Any]:
    """Returns what a table had beside its items, as far as a backup tells."""
    features: dict[str, Any] = {}
    for member in ("LocalSecondaryIndexes", "GlobalSecondaryIndexes"):
        if table.get(member):
            features[member] = [index_info(one, table) for one in table[member]]
    if "StreamSpecification" in table:
        features["StreamDescription"] = table["StreamSpecification"]
    if expiry_attribute(table) is not None:
        features["TimeToLiveDescription"] = expiry_description(table)
    return {**features, **encryption(table, ENABLED)}


def index_info(index: Mapping[str, Any], table: Mapping[str, Any]) -> dict[str, Any]:
    """Returns what a backup tells of an index."""
    info = {
        "IndexName": index["IndexName"],
        "KeySchema": index["KeySchema"],
        "Projection": projection(index),
    }
    if index in table.get("GlobalSecondaryIndexes", ()):
        given = index.get("ProvisionedThroughput") or {}
        info["ProvisionedThroughput"] = {
            name: given.get(name, 0) for name in ("ReadCapacityUnits", "WriteCapacityUnits")
        }
    return info


# restoring


def restore_table_from_backup(context: Context, request: RestoreTableFromBackup) -> TableAnswer:
    """Makes a table of the rows of a backup."""
    with context.write() as transaction:
        backup = existing_backup(context, request.backup_arn)
        check_target(transaction, request.target_name)
        source = backup.made.table
        definition = restored_definition(source, request.target_name, request.overrides)
        rows = backups.rows_of(context.storage, backup.number)
        table = filled(transaction, definition, rows)
        summary = {
            "SourceBackupArn": backup.arn,
            "SourceTableArn": table_arn(backup.table_name),
            "RestoreDateTime": backup.created_at_s,
            "RestoreInProgress": True,
        }
        return answer(transaction, table, summary)


def restore_to_point_in_time(context: Context, request: RestoreTableToPointInTime) -> TableAnswer:
    """Makes a table of what another one had at a moment."""
    with context.write() as transaction:
        source = backed_up_table(transaction.catalog, request.source_name)
        now_s = transaction.clock.now_s()
        if RECOVERY not in source.definition:
            raise PointInTimeRecoveryUnavailableException(
                f"Point in time recovery is not enabled for table '{source.name}'"
            )
        moment_s = moment_in_window(source.definition, request.moment_s, now_s)
        check_target(transaction, request.target_name)
        target, overrides = request.target_name, request.overrides
        definition = restored_definition(source.definition, target, overrides)
        if request.moment_s is None:
            rows = backups.rows_of(context.storage, source.number)
        else:
            undone = first_behind(context, moment_s)
            rows = backups.rows_before(context.storage, source.number, undone)
        table = filled(transaction, definition, rows)
        summary = {
            "SourceTableArn": table_arn(source.name),
            "RestoreDateTime": moment_s,
            "RestoreInProgress": True,
        }
        return answer(transaction, table, summary)


def first_behind(context: Context, moment_s: float) -> int:
    """Returns the first entry of the log that was written after a moment."""
    return first_since(context.storage, next_float(moment_s))


def next_float(moment_s: float) -> float:
    """Returns the smallest moment behind one."""
    from math import inf, nextafter

    return nextafter(moment_s, inf)


def moment_in_window(definition: Mapping[str, Any], moment_s: float | None, now_s: float) -> float:
    """Returns the moment to restore to, or raises InvalidRestoreTimeException.

    A moment comes in whole seconds; that in which the window begins counts as its beginning.
    """
    earliest = earliest_s(definition, now_s)
    if moment_s is None:
        return now_s
    if not int(earliest) <= moment_s <= now_s:
        raise InvalidRestoreTimeException(
            f"RestoreDateTime '{time_text(moment_s)}' must be within EarliestRestorableDateTime"
            f" '{time_text(earliest)}' and LatestRestorableDateTime '{time_text(now_s)}'"
        )
    return max(moment_s, earliest)


def check_target(transaction: Transaction, name: str) -> None:
    """Raises when there is a table of the name already."""
    if transaction.catalog.table(name) is not None:
        raise TableAlreadyExistsException(f"Table already exists: {name}")


def filled(transaction: Transaction, definition: dict[str, Any], rows: Rows) -> TableSpec:
    """Makes a table of rows that come in the order of their keys, then its indexes."""
    now_s = transaction.clock.now_s()
    table = transaction.add_table(first_definition(definition, now_s), now_s)
    for key, packed in rows:
        write_counted(transaction, table, key, None, packed)
    for index in table.indexes.values():
        fill_index(transaction, table, index)
    return table


def answer(transaction: Transaction, table: TableSpec, summary: dict[str, Any]) -> TableAnswer:
    """Returns the description of a restored table, which is just being made."""
    moment = Moment(transaction.clock.now_s(), CREATING)
    described = description_of(table, {}, moment)
    return TableAnswer(description={**described, "RestoreSummary": summary})


def time_text(moment_s: float) -> str:
    """Returns a moment, for people."""
    return datetime.fromtimestamp(moment_s, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

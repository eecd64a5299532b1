"""The operations on backups of tables, and on restoring them."""

from collections.abc import Mapping
from typing import Any, Final

from ddblite.api.wire import encode
from ddblite.api.wire.decode_control import check_times, checked, nothing_more, subject_of
from ddblite.api.wire.members import named_table
from ddblite.api.wire.model.control_members import (
    BILLING_MODES,
    ENCRYPTION,
    GLOBAL_INDEX,
    INDEX_NAME,
    LOCAL_INDEX,
    ON_DEMAND_THROUGHPUT,
    THROUGHPUT,
    of_table,
)
from ddblite.api.wire.model.feature_members import FEATURE_ARN
from ddblite.api.wire.model.shapes import (
    FLAG,
    LONG,
    ListOf,
    Shape,
    Structure,
    TableName,
    Text,
    Whole,
    structure,
)
from ddblite.api.wire.operation import Operation, Wire, alike
from ddblite.engine.definitions.restoring import OVERRIDES
from ddblite.schema import control_requests
from ddblite.schema.control_requests import DeleteBackup, DescribeBackup
from ddblite.schema.errors import ValidationException
from ddblite.schema.wording import invalid

BACKUP_TYPES: Final = ("SYSTEM", "ALL", "AWS_BACKUP", "USER")
OVERRIDE_MEMBERS: Final[Mapping[str, Shape]] = {
    "BillingModeOverride": Text(choices=BILLING_MODES),
    "GlobalSecondaryIndexOverride": ListOf(GLOBAL_INDEX),
    "LocalSecondaryIndexOverride": ListOf(LOCAL_INDEX),
    "ProvisionedThroughputOverride": THROUGHPUT,
    "OnDemandThroughputOverride": ON_DEMAND_THROUGHPUT,
    "SSESpecificationOverride": ENCRYPTION,
    "VectorIndexOverride": ListOf(structure("VectorIndex")),
}
BOTH_TIMES: Final = (
    "Invalid Request: Either one of RestoreDateTime or UseLatestRestorableTime must be specified,"
    " but not both"
)
ONE_SOURCE: Final = "Must provide exactly one of: sourceTableArn, sourceTableName"
NO_SOURCE: Final = "The parameter 'TableName' is required but was not present in the request"


def overrides_of(given: Wire) -> dict[str, Any]:
    """Returns the members that change what is restored."""
    if given.get("VectorIndexOverride"):
        raise invalid("VectorIndexOverride is not supported: there are no vector indexes yet")
    return {name: given[name] for name in OVERRIDES if name in given}


def check_point_in_time(given: Wire) -> None:
    """Refuses no source, two of them, no moment, and two of them."""
    sources = [name for name in ("SourceTableArn", "SourceTableName") if name in given]
    if not sources:
        raise ValidationException(NO_SOURCE)
    if len(sources) > 1:
        raise ValidationException(ONE_SOURCE)
    if given.get("UseLatestRestorableTime", False) == ("RestoreDateTime" in given):
        raise ValidationException(BOTH_TIMES)


def create_backup(given: Wire) -> control_requests.CreateBackup:
    """Returns the record of CreateBackup."""
    return control_requests.CreateBackup(
        table_name=named_table(given["TableName"]), backup_name=given["BackupName"]
    )


def list_backups(given: Wire) -> control_requests.ListBackups:
    """Returns the record of ListBackups."""
    name = given.get("TableName")
    return control_requests.ListBackups(
        table_name=None if name is None else subject_of(name),
        kind_of_backup=given.get("BackupType", "USER"),
        lower_s=given.get("TimeRangeLowerBound"),
        upper_s=given.get("TimeRangeUpperBound"),
        start_arn=given.get("ExclusiveStartBackupArn"),
        limit=given.get("Limit", 100),
    )


def from_backup(given: Wire) -> control_requests.RestoreTableFromBackup:
    """Returns the record of RestoreTableFromBackup."""
    return control_requests.RestoreTableFromBackup(
        target_name=given["TargetTableName"],
        backup_arn=given["BackupArn"],
        overrides=overrides_of(given),
    )


def to_point_in_time(given: Wire) -> control_requests.RestoreTableToPointInTime:
    """Returns the record of RestoreTableToPointInTime."""
    source = given.get("SourceTableName") or given["SourceTableArn"]
    return control_requests.RestoreTableToPointInTime(
        target_name=given["TargetTableName"],
        source_name=named_table(source),
        moment_s=given.get("RestoreDateTime"),
        overrides=overrides_of(given),
    )


def of_backup(record: type[DescribeBackup | DeleteBackup]) -> Operation:
    """Returns the row of an operation on one backup."""
    shape = structure(f"{record.__name__}Input", "BackupArn", BackupArn=FEATURE_ARN)
    return Operation(
        name=record.__name__,
        record=record,
        shape=shape,
        decode=lambda wire: record(backup_arn=checked(shape, nothing_more, wire)["BackupArn"]),
        encode=encode.response,
    )


LIST_BACKUPS: Final = structure(
    "ListBackupsInput",
    TableName=TableName(),
    Limit=Whole(1, 100),
    TimeRangeLowerBound=LONG,
    TimeRangeUpperBound=LONG,
    ExclusiveStartBackupArn=FEATURE_ARN,
    BackupType=Text(choices=BACKUP_TYPES),
)
CREATE_BACKUP: Final = of_table("CreateBackup", "BackupName", BackupName=INDEX_NAME)
FROM_BACKUP: Final = structure(
    "RestoreTableFromBackupInput",
    "TargetTableName BackupArn",
    TargetTableName=INDEX_NAME,
    BackupArn=FEATURE_ARN,
    **OVERRIDE_MEMBERS,
)
TO_POINT_IN_TIME: Final[Structure] = structure(
    "RestoreTableToPointInTimeInput",
    "TargetTableName",
    SourceTableArn=TableName(),
    SourceTableName=TableName(),
    TargetTableName=INDEX_NAME,
    UseLatestRestorableTime=FLAG,
    RestoreDateTime=LONG,
    **OVERRIDE_MEMBERS,
)

BACKUP_OPERATIONS: Final = (
    Operation(
        name="CreateBackup",
        record=control_requests.CreateBackup,
        shape=CREATE_BACKUP,
        decode=lambda wire: create_backup(checked(CREATE_BACKUP, nothing_more, wire)),
        encode=encode.response,
        remark="a copy of the items inside of the file",
    ),
    of_backup(DeleteBackup),
    of_backup(DescribeBackup),
    Operation(
        name="ListBackups",
        record=control_requests.ListBackups,
        shape=LIST_BACKUPS,
        decode=lambda wire: list_backups(checked(LIST_BACKUPS, check_times, wire)),
        encode=encode.response,
        checks=lambda: alike(lambda request: check_times(request.wire)),
    ),
    Operation(
        name="RestoreTableFromBackup",
        record=control_requests.RestoreTableFromBackup,
        shape=FROM_BACKUP,
        decode=lambda wire: from_backup(checked(FROM_BACKUP, nothing_more, wire)),
        encode=encode.changed_table,
    ),
    Operation(
        name="RestoreTableToPointInTime",
        record=control_requests.RestoreTableToPointInTime,
        shape=TO_POINT_IN_TIME,
        decode=lambda wire: to_point_in_time(checked(TO_POINT_IN_TIME, check_point_in_time, wire)),
        encode=encode.changed_table,
        checks=lambda: alike(lambda request: check_point_in_time(request.wire)),
        remark="to any second of the window; the latest is now",
    ),
)

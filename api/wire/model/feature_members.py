"""The request members of operations about features that tables here do not have.

Backups, exports, imports, bulk operations, global tables, Kinesis destinations: what is asked
about them is checked like any other request before it is answered that there are none.
"""

from typing import Final

from ddblite.api.wire.model.control_members import (
    BILLING_MODES,
    INDEX_NAME,
    POSITIVE_LONG,
    of_resource,
    of_table,
)
from ddblite.api.wire.model.shapes import (
    LONG,
    STRING,
    ListOf,
    Shape,
    Structure,
    TableName,
    Text,
    Whole,
    structure,
)
from ddblite.schema.limits import FEATURE_ARN_LENGTH_MIN
from ddblite.schema.names import ARN_LENGTH_MAX

FEATURE_ARN: Final = Text(FEATURE_ARN_LENGTH_MIN, ARN_LENGTH_MAX)
TABLE_ARN: Final = Text(1, ARN_LENGTH_MAX)
PAGE: Final = Whole(1, 25)
HEX_TOKEN_PATTERN: Final = "([0-9a-f]{16})+"  # noqa: S105 - a pattern of cursors
SCALING: Final = structure("AutoScalingSettingsUpdate")
PRECISION: Final = Text(choices=("MICROSECOND", "MILLISECOND"))

LISTS: Final[dict[str, dict[str, Shape]]] = {
    "ListBackups": {
        "TableName": TableName(),
        "Limit": Whole(1, 100),
        "TimeRangeLowerBound": LONG,
        "TimeRangeUpperBound": LONG,
        "ExclusiveStartBackupArn": FEATURE_ARN,
        "BackupType": Text(choices=("SYSTEM", "ALL", "AWS_BACKUP", "USER")),
    },
    "ListBulkOperations": {
        "MaxResults": PAGE,
        "NextToken": Text(1, 1024, HEX_TOKEN_PATTERN),
    },
    "ListContributorInsights": {
        "TableName": TableName(),
        "NextToken": STRING,
        "MaxResults": Whole(maximum=100),
    },
    "ListExports": {"TableArn": TABLE_ARN, "MaxResults": PAGE, "NextToken": STRING},
    "ListGlobalTables": {
        "ExclusiveStartGlobalTableName": INDEX_NAME,
        "Limit": Whole(1),
        "RegionName": STRING,
    },
    "ListImports": {
        "TableArn": TABLE_ARN,
        "PageSize": PAGE,
        "NextToken": Text(112, 1024, HEX_TOKEN_PATTERN),
    },
    "ListStreams": {
        "TableName": TableName(),
        "Limit": Whole(1, 100),
        "ExclusiveStartStreamArn": FEATURE_ARN,
    },
}
"""Lists that are empty; none of their members is required."""

NAMED_BY_ARN: Final = {
    "CancelBulkOperation": "BulkOperationArn",
    "DeleteBackup": "BackupArn",
    "DescribeBackup": "BackupArn",
    "DescribeBulkOperation": "BulkOperationArn",
    "DescribeExport": "ExportArn",
    "DescribeImport": "ImportArn",
}
"""Operations on one thing that an ARN names, and the member that it stands in."""


def of_global_table(operation: str, required: str = "", **members: Shape) -> Structure:
    """Returns the members of an operation of the older kind of global tables."""
    return structure(
        f"{operation}Input", f"GlobalTableName {required}", GlobalTableName=INDEX_NAME, **members
    )


def of_kinesis(operation: str, **members: Shape) -> Structure:
    """Returns the members of an operation on one Kinesis destination of a table."""
    return structure(
        f"{operation}Input",
        "TableName StreamArn",
        TableName=TableName(control=True),
        StreamArn=FEATURE_ARN,
        **members,
    )


OPERATIONS: Final[dict[str, Structure]] = {
    **{name: structure(f"{name}Input", **members) for name, members in LISTS.items()},
    **{
        name: structure(f"{name}Input", member, **{member: FEATURE_ARN})
        for name, member in NAMED_BY_ARN.items()
    },
    "CreateGlobalTable": of_global_table(
        "CreateGlobalTable",
        "ReplicationGroup",
        ReplicationGroup=ListOf(structure("Replica", RegionName=STRING)),
    ),
    "DescribeContributorInsights": of_table("DescribeContributorInsights", IndexName=INDEX_NAME),
    "DescribeEndpoints": structure("DescribeEndpointsInput"),
    "DescribeGlobalTable": of_global_table("DescribeGlobalTable"),
    "DescribeGlobalTableSettings": of_global_table("DescribeGlobalTableSettings"),
    "DescribeKinesisStreamingDestination": of_table("DescribeKinesisStreamingDestination"),
    "DescribeLimits": structure("DescribeLimitsInput"),
    "DescribeTableReplicaAutoScaling": of_table("DescribeTableReplicaAutoScaling"),
    "DisableKinesisStreamingDestination": of_kinesis(
        "DisableKinesisStreamingDestination",
        EnableKinesisStreamingConfiguration=structure(
            "EnableKinesisStreamingConfiguration", ApproximateCreationDateTimePrecision=PRECISION
        ),
    ),
    "GetResourcePolicy": of_resource("GetResourcePolicy"),
    "UpdateGlobalTable": of_global_table(
        "UpdateGlobalTable", "ReplicaUpdates", ReplicaUpdates=ListOf(structure("ReplicaUpdate"))
    ),
    "UpdateGlobalTableSettings": of_global_table(
        "UpdateGlobalTableSettings",
        GlobalTableBillingMode=Text(choices=BILLING_MODES),
        GlobalTableProvisionedWriteCapacityUnits=POSITIVE_LONG,
        GlobalTableProvisionedWriteCapacityAutoScalingSettingsUpdate=SCALING,
        GlobalTableGlobalSecondaryIndexSettingsUpdate=ListOf(
            structure("GlobalTableGlobalSecondaryIndexSettingsUpdate"), 1, 20
        ),
        ReplicaSettingsUpdate=ListOf(structure("ReplicaSettingsUpdate"), 1, 50),
    ),
    "UpdateKinesisStreamingDestination": of_kinesis(
        "UpdateKinesisStreamingDestination",
        UpdateKinesisStreamingConfiguration=structure(
            "UpdateKinesisStreamingConfiguration", ApproximateCreationDateTimePrecision=PRECISION
        ),
    ),
    "UpdateTableReplicaAutoScaling": of_table(
        "UpdateTableReplicaAutoScaling",
        GlobalSecondaryIndexUpdates=ListOf(structure("GlobalSecondaryIndexAutoScalingUpdate"), 1),
        ProvisionedWriteCapacityAutoScalingUpdate=SCALING,
        ReplicaUpdates=ListOf(structure("ReplicaAutoScalingUpdate"), 1),
    ),
}
"""Operations about what is not here, with their members."""

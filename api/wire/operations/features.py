"""The operations about features that tables here do not have, and those that are refused.

Exports, imports, bulk operations, global tables, Kinesis destinations: what is asked
about them is checked like any other request before it is answered that there are none; the answers
are ``engine.control.unavailable``'s. An operation that would only pretend is refused until it is
whole, with a reason.
"""

from collections.abc import Callable
from typing import Final

from ddblite.api.wire import encode
from ddblite.api.wire.decode_control import (
    absent_feature,
    check_asking,
    checked,
    nothing_more,
)
from ddblite.api.wire.model.control_members import (
    BILLING_MODES,
    INDEX_NAME,
    POSITIVE_LONG,
    of_resource,
    of_table,
)
from ddblite.api.wire.model.feature_members import (
    FEATURE_ARN,
    HEX_TOKEN_PATTERN,
    PAGE,
    PRECISION,
    SCALING,
    TABLE_ARN,
    of_global_table,
    of_kinesis,
)
from ddblite.api.wire.model.shapes import (
    STRING,
    ListOf,
    Structure,
    TableName,
    Text,
    Whole,
    structure,
)
from ddblite.api.wire.operation import Operation, Unsupported, Wire, alike
from ddblite.schema.control_requests import AbsentFeature

LIKE_ANY_TABLE: Final = "as for a table that never had it"


def feature(
    name: str,
    shape: Structure,
    *,
    subject: str = "",
    check: Callable[[Wire], None] = nothing_more,
    is_feature: bool = True,
    remark: str = LIKE_ANY_TABLE,
) -> Operation:
    """Returns the row of an operation about what is not here.

    ``subject`` is the member that says what it is about, unless that is a table or its ARN.
    """
    return Operation(
        name=name,
        record=AbsentFeature,
        shape=shape,
        decode=lambda wire: absent_feature(name, subject, checked(shape, check, wire)),
        encode=encode.response,
        checks=lambda: alike(lambda request: check(request.wire)),
        is_feature=is_feature,
        remark=remark,
    )


def named_by_arn(name: str, member: str, *, remark: str) -> Operation:
    """Returns the row of an operation on one thing that an ARN names."""
    shape = structure(f"{name}Input", member, **{member: FEATURE_ARN})
    return feature(name, shape, subject=member, remark=remark)


FEATURE_OPERATIONS: Final = (
    named_by_arn(
        "CancelBulkOperation",
        "BulkOperationArn",
        remark="there are no bulk operations: never found",
    ),
    feature(
        "CreateGlobalTable",
        of_global_table(
            "CreateGlobalTable",
            "ReplicationGroup",
            ReplicationGroup=ListOf(structure("Replica", RegionName=STRING)),
        ),
        remark="refused as the service refuses the version of 2017",
    ),
    named_by_arn(
        "DescribeBulkOperation",
        "BulkOperationArn",
        remark="there are no bulk operations: never found",
    ),
    feature(
        "DescribeContributorInsights", of_table("DescribeContributorInsights", IndexName=INDEX_NAME)
    ),
    feature(
        "DescribeEndpoints",
        structure("DescribeEndpointsInput"),
        remark="the host that was asked; in Python a constant, the service's own address",
        is_feature=False,
    ),
    named_by_arn("DescribeExport", "ExportArn", remark="there are no exports: never found"),
    feature("DescribeGlobalTable", of_global_table("DescribeGlobalTable"), remark="never found"),
    feature(
        "DescribeGlobalTableSettings",
        of_global_table("DescribeGlobalTableSettings"),
        remark="never found",
    ),
    named_by_arn("DescribeImport", "ImportArn", remark="there are no imports: never found"),
    feature("DescribeKinesisStreamingDestination", of_table("DescribeKinesisStreamingDestination")),
    feature(
        "DescribeLimits",
        structure("DescribeLimitsInput"),
        remark="a constant: an account's default quotas",
        is_feature=False,
    ),
    feature(
        "DescribeTableReplicaAutoScaling",
        of_table("DescribeTableReplicaAutoScaling"),
        remark="never found: a table in a file has no replicas",
    ),
    feature(
        "DisableKinesisStreamingDestination",
        of_kinesis(
            "DisableKinesisStreamingDestination",
            EnableKinesisStreamingConfiguration=structure(
                "EnableKinesisStreamingConfiguration",
                ApproximateCreationDateTimePrecision=PRECISION,
            ),
        ),
        remark="refused: there never is an active destination",
    ),
    feature(
        "GetResourcePolicy",
        of_resource("GetResourcePolicy"),
        check=check_asking,
        remark="the policy that the table was created with, if any; never enforced",
    ),
    feature(
        "ListBulkOperations",
        structure(
            "ListBulkOperationsInput",
            MaxResults=PAGE,
            NextToken=Text(1, 1024, HEX_TOKEN_PATTERN),
        ),
    ),
    feature(
        "ListContributorInsights",
        structure(
            "ListContributorInsightsInput",
            TableName=TableName(),
            NextToken=STRING,
            MaxResults=Whole(maximum=100),
        ),
    ),
    feature(
        "ListExports",
        structure(
            "ListExportsInput",
            TableArn=TABLE_ARN,
            MaxResults=PAGE,
            NextToken=STRING,
        ),
    ),
    feature(
        "ListGlobalTables",
        structure(
            "ListGlobalTablesInput",
            ExclusiveStartGlobalTableName=INDEX_NAME,
            Limit=Whole(1),
            RegionName=STRING,
        ),
    ),
    feature(
        "ListImports",
        structure(
            "ListImportsInput",
            TableArn=TABLE_ARN,
            PageSize=PAGE,
            NextToken=Text(112, 1024, HEX_TOKEN_PATTERN),
        ),
    ),
    feature(
        "UpdateGlobalTable",
        of_global_table(
            "UpdateGlobalTable", "ReplicaUpdates", ReplicaUpdates=ListOf(structure("ReplicaUpdate"))
        ),
        remark="refused as the service refuses the version of 2017",
    ),
    feature(
        "UpdateGlobalTableSettings",
        of_global_table(
            "UpdateGlobalTableSettings",
            GlobalTableBillingMode=Text(choices=BILLING_MODES),
            GlobalTableProvisionedWriteCapacityUnits=POSITIVE_LONG,
            GlobalTableProvisionedWriteCapacityAutoScalingSettingsUpdate=SCALING,
            GlobalTableGlobalSecondaryIndexSettingsUpdate=ListOf(
                structure("GlobalTableGlobalSecondaryIndexSettingsUpdate"), 1, 20
            ),
            ReplicaSettingsUpdate=ListOf(structure("ReplicaSettingsUpdate"), 1, 50),
        ),
        remark="never found",
    ),
    feature(
        "UpdateKinesisStreamingDestination",
        of_kinesis(
            "UpdateKinesisStreamingDestination",
            UpdateKinesisStreamingConfiguration=structure(
                "UpdateKinesisStreamingConfiguration",
                ApproximateCreationDateTimePrecision=PRECISION,
            ),
        ),
        remark="refused: there never is an active destination",
    ),
    feature(
        "UpdateTableReplicaAutoScaling",
        of_table(
            "UpdateTableReplicaAutoScaling",
            GlobalSecondaryIndexUpdates=ListOf(
                structure("GlobalSecondaryIndexAutoScalingUpdate"), 1
            ),
            ProvisionedWriteCapacityAutoScalingUpdate=SCALING,
            ReplicaUpdates=ListOf(structure("ReplicaAutoScalingUpdate"), 1),
        ),
        remark="never found: a table in a file has no replicas",
    ),
)

TRANSFER: Final = (
    "export, import and bulk loading in the service's formats come in a later release;"
    " the commands `ddblite export` and `ddblite import` are there"
)
POLICIES: Final = "resource policies come in a later release; nothing enforces them in a file"
INSIGHTS: Final = "there are no contributor insights: nothing is counted per key"

UNSUPPORTED: Final = (
    Unsupported("DeleteResourcePolicy", POLICIES),
    Unsupported("EnableKinesisStreamingDestination", "there is no Kinesis beside a file"),
    Unsupported("ExportTableToPointInTime", TRANSFER),
    Unsupported("ImportTable", TRANSFER),
    Unsupported("PutResourcePolicy", POLICIES),
    Unsupported("SearchVectors", "vector indexes come in a later release"),
    Unsupported("StartBulkPutItems", TRANSFER),
    Unsupported("UpdateContributorInsights", INSIGHTS),
)

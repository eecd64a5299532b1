"""The constraints of the control plane's members, one by one, in the service's words."""

from typing import Final

import pytest

from table_definitions import attributes, index, schema
from wire_requests import ARN, GOOD, ONE, Json, reason, refusal

NOT_NULL: Final = "Member must not be null"
PATTERN: Final = "Member must satisfy regular expression pattern: "
NAME_PATTERN: Final = f"{PATTERN}[a-zA-Z0-9_.-]+"
HEX_PATTERN: Final = f"{PATTERN}([0-9a-f]{{16}})+"
TABLE_NAME: Final = "The parameter 'TableName' is required but was not present in the request"
OF_TABLES: Final = sorted(name for name, wire in GOOD.items() if "TableName" in wire)
CONTROLLED: Final = sorted(
    name
    for name in OF_TABLES
    if name.endswith(("Table", "Live", "Backups", "Insights", "Destination", "Scaling"))
    and not name.startswith("List")
)


def longest(number: int) -> str:
    """Returns the clause of a text or list that is too long."""
    return f"Member must have length less than or equal to {number}"


def shortest(number: int) -> str:
    """Returns the clause of a text or list that is too short."""
    return f"Member must have length greater than or equal to {number}"


def largest(number: int) -> str:
    """Returns the clause of a number that is too large."""
    return f"Member must have value less than or equal to {number}"


def smallest(number: int) -> str:
    """Returns the clause of a number that is too small."""
    return f"Member must have value greater than or equal to {number}"


def words(*choices: str) -> str:
    """Returns the clause of a word that is not allowed."""
    return f"Member must satisfy enum value set: [{', '.join(choices)}]"


CASES: Final[list[tuple[str, str, Json, str, str]]] = [
    ("ListBackups", "Limit", 0, "limit", smallest(1)),
    ("ListBackups", "Limit", 101, "limit", largest(100)),
    ("ListBackups", "ExclusiveStartBackupArn", "arn", "exclusiveStartBackupArn", shortest(37)),
    (
        *("ListBackups", "BackupType", "MINE", "backupType"),
        words("SYSTEM", "ALL", "AWS_BACKUP", "USER"),
    ),
    ("ListBackups", "TableName", "a b", "tableName", NAME_PATTERN),
    ("ListBulkOperations", "MaxResults", 0, "maxResults", smallest(1)),
    ("ListBulkOperations", "MaxResults", 26, "maxResults", largest(25)),
    ("ListBulkOperations", "NextToken", "x", "nextToken", HEX_PATTERN),
    ("ListContributorInsights", "MaxResults", 101, "maxResults", largest(100)),
    ("ListExports", "MaxResults", 0, "maxResults", smallest(1)),
    ("ListExports", "MaxResults", 26, "maxResults", largest(25)),
    ("ListExports", "TableArn", "", "tableArn", shortest(1)),
    ("ListGlobalTables", "Limit", 0, "limit", smallest(1)),
    (
        *("ListGlobalTables", "ExclusiveStartGlobalTableName", "ab"),
        *("exclusiveStartGlobalTableName", shortest(3)),
    ),
    ("ListImports", "PageSize", 0, "pageSize", smallest(1)),
    ("ListImports", "PageSize", 26, "pageSize", largest(25)),
    ("ListImports", "NextToken", "0" * 96, "nextToken", shortest(112)),
    ("ListStreams", "Limit", 0, "limit", smallest(1)),
    ("ListStreams", "Limit", 101, "limit", largest(100)),
    ("ListStreams", "ExclusiveStartStreamArn", "arn", "exclusiveStartStreamArn", shortest(37)),
    ("DescribeStream", "Limit", 0, "limit", smallest(1)),
    ("DescribeStream", "Limit", 101, "limit", largest(100)),
    ("DescribeStream", "StreamArn", "arn", "streamArn", shortest(37)),
    ("DescribeStream", "ExclusiveStartShardId", "x", "exclusiveStartShardId", shortest(28)),
    ("GetShardIterator", "ShardId", "x", "shardId", shortest(28)),
    ("GetShardIterator", "SequenceNumber", "1" * 20, "sequenceNumber", shortest(21)),
    ("GetRecords", "Limit", 0, "limit", smallest(1)),
    ("GetRecords", "Limit", 1001, "limit", largest(1000)),
    ("ListTables", "Limit", 0, "limit", smallest(1)),
    ("ListTables", "Limit", 101, "limit", largest(100)),
    ("ListTables", "ExclusiveStartTableName", "ab", "exclusiveStartTableName", shortest(3)),
    ("DescribeBackup", "BackupArn", "arn", "backupArn", shortest(37)),
    ("DescribeBackup", "BackupArn", "a" * 1025, "backupArn", longest(1024)),
    ("DescribeContributorInsights", "IndexName", "ab", "indexName", shortest(3)),
    ("DescribeGlobalTable", "GlobalTableName", "ab", "globalTableName", shortest(3)),
    ("DescribeGlobalTable", "GlobalTableName", "a b", "globalTableName", NAME_PATTERN),
    ("DisableKinesisStreamingDestination", "StreamArn", "arn", "streamArn", shortest(37)),
    (
        "UpdateKinesisStreamingDestination",
        "UpdateKinesisStreamingConfiguration",
        {"ApproximateCreationDateTimePrecision": "SECOND"},
        "updateKinesisStreamingConfiguration.approximateCreationDateTimePrecision",
        words("MICROSECOND", "MILLISECOND"),
    ),
    (
        *("UpdateGlobalTableSettings", "GlobalTableBillingMode", "FREE"),
        *("globalTableBillingMode", words("PROVISIONED", "PAY_PER_REQUEST")),
    ),
    ("TagResource", "ResourceArn", "a" * 1284, "resourceArn", longest(1283)),
    (
        "UpdateTable",
        "AttributeDefinitions",
        [{"AttributeName": "a", "AttributeType": "X"}],
        "attributeDefinitions.1.member.attributeType",
        words("B", "N", "S"),
    ),
    (
        "UpdateTable",
        "StreamSpecification",
        {"StreamEnabled": True, "StreamViewType": "ALL"},
        "streamSpecification.streamViewType",
        words("NEW_IMAGE", "OLD_IMAGE", "NEW_AND_OLD_IMAGES", "KEYS_ONLY"),
    ),
    (
        "UpdateTable",
        "GlobalSecondaryIndexUpdates",
        [{"Create": index("a:HASH") | {"KeySchema": []}}],
        "globalSecondaryIndexUpdates.1.member.create.keySchema",
        shortest(1),
    ),
    (
        "UpdateTable",
        "GlobalSecondaryIndexUpdates",
        [{"Create": index("a:HASH") | {"KeySchema": schema("a:FIRST")}}],
        "globalSecondaryIndexUpdates.1.member.create.keySchema.1.member.keyType",
        words("HASH", "RANGE"),
    ),
    (
        "UpdateTable",
        "GlobalSecondaryIndexUpdates",
        [{"Create": index("a:HASH", Projection={"ProjectionType": "SOME"})}],
        "globalSecondaryIndexUpdates.1.member.create.projection.projectionType",
        words("ALL", "INCLUDE", "KEYS_ONLY"),
    ),
    (
        "UpdateTable",
        "MultiRegionConsistency",
        "WEAK",
        "multiRegionConsistency",
        words("EVENTUAL", "STRONG"),
    ),
]


@pytest.mark.parametrize(("operation", "member", "value", "path", "clause"), CASES)
@pytest.mark.parametrize("wording", ["current", "older"])
def test_bounds(
    operation: str, member: str, value: Json, path: str, clause: str, wording: str
) -> None:
    """The control plane speaks the older layer's form in both wordings."""
    wire = {**GOOD[operation], member: value}
    text = reason(operation, wire, wording)
    assert text.startswith(f"{ONE}Value '")
    assert text.endswith(f" at '{path}' failed to satisfy constraint: {clause}")


REQUIRED: Final = [
    ("TagResource", "ResourceArn"),
    ("TagResource", "Tags"),
    ("UntagResource", "ResourceArn"),
    ("UntagResource", "TagKeys"),
    ("ListTagsOfResource", "ResourceArn"),
    ("GetResourcePolicy", "ResourceArn"),
    ("CancelBulkOperation", "BulkOperationArn"),
    ("DeleteBackup", "BackupArn"),
    ("DescribeBackup", "BackupArn"),
    ("DescribeBulkOperation", "BulkOperationArn"),
    ("DescribeExport", "ExportArn"),
    ("DescribeImport", "ImportArn"),
    ("CreateGlobalTable", "GlobalTableName"),
    ("CreateGlobalTable", "ReplicationGroup"),
    ("DescribeGlobalTable", "GlobalTableName"),
    ("DescribeGlobalTableSettings", "GlobalTableName"),
    ("UpdateGlobalTable", "GlobalTableName"),
    ("UpdateGlobalTable", "ReplicaUpdates"),
    ("UpdateGlobalTableSettings", "GlobalTableName"),
    ("DisableKinesisStreamingDestination", "StreamArn"),
    ("UpdateKinesisStreamingDestination", "StreamArn"),
]


@pytest.mark.parametrize(("operation", "member"), REQUIRED)
def test_required_members(operation: str, member: str) -> None:
    wire = {name: value for name, value in GOOD[operation].items() if name != member}
    path = member[0].lower() + member[1:]
    expected = f"{ONE}Value null at '{path}' failed to satisfy constraint: {NOT_NULL}"
    assert expected == reason(operation, wire)


@pytest.mark.parametrize("operation", CONTROLLED)
def test_name_of_the_table(operation: str) -> None:
    """Missing, too short, too long, of other characters; an ARN must name a table."""
    wire = GOOD[operation]
    assert TABLE_NAME == reason(operation, {**wire, "TableName": None})
    at = "at 'tableName' failed to satisfy constraint: "
    assert f"{ONE}Value 'ab' {at}{shortest(3)}" == reason(operation, {**wire, "TableName": "ab"})
    long = "a" * 256
    assert f"{ONE}Value '{long}' {at}{longest(255)}" == reason(
        operation, {**wire, "TableName": long}
    )
    assert f"{ONE}Value 'a b' {at}{NAME_PATTERN}" == reason(operation, {**wire, "TableName": "a b"})
    other = f"{ARN}/index/by_year"
    assert f"{ONE}Value '{other}' {at}{NAME_PATTERN}" == reason(
        operation, {**wire, "TableName": other}
    )
    older = "TableName must be at least 3 characters long and at most 255 characters long"
    assert older == reason(operation, {**wire, "TableName": "ab"}, "older")
    assert "" == refusal(operation, {**wire, "TableName": ARN})


def test_members_of_an_update_are_reported_together() -> None:
    """In the order of the members, up to ten of them."""
    wire = {
        "TableName": "ab",
        "BillingMode": "FREE",
        "AttributeDefinitions": [*attributes("a"), {"AttributeName": "b"}],
    }
    failed = "failed to satisfy constraint:"
    assert (
        "3 validation errors detected:"
        f" Value null at 'attributeDefinitions.2.member.attributeType' {failed} {NOT_NULL};"
        f" Value 'ab' at 'tableName' {failed} {shortest(3)};"
        f" Value 'FREE' at 'billingMode' {failed} {words('PROVISIONED', 'PAY_PER_REQUEST')}"
    ) == reason("UpdateTable", wire)

"""The request members of the operations on tables: their making, changing, describing, tagging.

As in ``api.wire.model.members``: members stand in the order in which AWS joins their faults,
allowed words in the order in which it prints them.
"""

from typing import Final

from ddblite.api.wire.model.shapes import (
    FLAG,
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
from ddblite.schema.limits import (
    EXPIRY_ATTRIBUTE_LENGTH_MAX,
    KEY_ATTRIBUTE_NAME_BYTES_MAX,
    LIST_TABLES_MAX,
    NAME_LENGTH_MAX,
    NAME_LENGTH_MIN,
    PROJECTED_ATTRIBUTES_MAX,
    RECOVERY_DAYS_MAX,
    RESOURCE_ARN_LENGTH_MAX,
)
from ddblite.schema.names import NAME_PATTERN

BILLING_MODES: Final = ("PROVISIONED", "PAY_PER_REQUEST")
KEY_TYPES: Final = ("HASH", "RANGE")
ATTRIBUTE_TYPES: Final = ("B", "N", "S")
PROJECTION_TYPES: Final = ("ALL", "INCLUDE", "KEYS_ONLY")
STREAM_VIEW_TYPES: Final = ("NEW_IMAGE", "OLD_IMAGE", "NEW_AND_OLD_IMAGES", "KEYS_ONLY")

INDEX_NAME: Final = Text(NAME_LENGTH_MIN, NAME_LENGTH_MAX, NAME_PATTERN)
KEY_ATTRIBUTE_NAME: Final = Text(1, KEY_ATTRIBUTE_NAME_BYTES_MAX)
POSITIVE_LONG: Final = Whole(minimum=1, java="Long")

THROUGHPUT: Final = structure(
    "ProvisionedThroughput",
    "WriteCapacityUnits ReadCapacityUnits",
    WriteCapacityUnits=POSITIVE_LONG,
    ReadCapacityUnits=POSITIVE_LONG,
)
ON_DEMAND_THROUGHPUT: Final = structure(
    "OnDemandThroughput", MaxReadRequestUnits=LONG, MaxWriteRequestUnits=LONG
)
WARM_THROUGHPUT: Final = structure(
    "WarmThroughput", ReadUnitsPerSecond=LONG, WriteUnitsPerSecond=LONG
)
KEY_SCHEMA_ELEMENT: Final = structure(
    "KeySchemaElement",
    "AttributeName KeyType",
    AttributeName=KEY_ATTRIBUTE_NAME,
    KeyType=Text(choices=KEY_TYPES),
)
KEY_SCHEMA: Final = ListOf(KEY_SCHEMA_ELEMENT, 1, 2)
PROJECTION: Final = structure(
    "Projection",
    ProjectionType=Text(choices=PROJECTION_TYPES),
    NonKeyAttributes=ListOf(KEY_ATTRIBUTE_NAME, 1, PROJECTED_ATTRIBUTES_MAX),
)
LOCAL_INDEX: Final = structure(
    "LocalSecondaryIndex",
    "Projection IndexName KeySchema",
    Projection=PROJECTION,
    IndexName=INDEX_NAME,
    KeySchema=KEY_SCHEMA,
)
GLOBAL_INDEX_MEMBERS: Final[dict[str, Shape]] = {
    "Projection": PROJECTION,
    "IndexName": INDEX_NAME,
    "ProvisionedThroughput": THROUGHPUT,
    "KeySchema": ListOf(KEY_SCHEMA_ELEMENT, 1),
    "OnDemandThroughput": ON_DEMAND_THROUGHPUT,
    "WarmThroughput": WARM_THROUGHPUT,
}
GLOBAL_INDEX: Final = structure(
    "GlobalSecondaryIndex", "Projection IndexName KeySchema", **GLOBAL_INDEX_MEMBERS
)
ATTRIBUTE_DEFINITIONS: Final = ListOf(
    structure(
        "AttributeDefinition",
        "AttributeName AttributeType",
        AttributeName=KEY_ATTRIBUTE_NAME,
        AttributeType=Text(choices=ATTRIBUTE_TYPES),
    )
)
STREAM_SPECIFICATION: Final = structure(
    "StreamSpecification",
    "StreamEnabled",
    StreamEnabled=FLAG,
    StreamViewType=Text(choices=STREAM_VIEW_TYPES),
)
ENCRYPTION: Final = structure(
    "SSESpecification",
    Enabled=FLAG,
    SSEType=Text(choices=("AES256", "KMS")),
    KMSMasterKeyId=STRING,
)
# Tags and the table class have checks of their own with other words.
TAGS: Final = ListOf(structure("Tag", Key=STRING, Value=STRING))
CREATE_TABLE: Final = structure(
    "CreateTableInput",
    "AttributeDefinitions TableName KeySchema",
    AttributeDefinitions=ATTRIBUTE_DEFINITIONS,
    TableName=TableName(control=True),
    BillingMode=Text(choices=BILLING_MODES),
    ProvisionedThroughput=THROUGHPUT,
    KeySchema=KEY_SCHEMA,
    GlobalSecondaryIndexes=ListOf(GLOBAL_INDEX),
    LocalSecondaryIndexes=ListOf(LOCAL_INDEX),
    StreamSpecification=STREAM_SPECIFICATION,
    SSESpecification=ENCRYPTION,
    Tags=TAGS,
    TableClass=STRING,
    DeletionProtectionEnabled=FLAG,
    WarmThroughput=WARM_THROUGHPUT,
    ResourcePolicy=STRING,
    OnDemandThroughput=ON_DEMAND_THROUGHPUT,
    GlobalTableSourceArn=STRING,
    GlobalTableSettingsReplicationMode=STRING,
    VectorIndexes=ListOf(structure("VectorIndex")),
)
INDEX_UPDATE: Final = structure(
    "GlobalSecondaryIndexUpdate",
    Update=structure(
        "UpdateGlobalSecondaryIndexAction",
        "IndexName",
        IndexName=INDEX_NAME,
        ProvisionedThroughput=THROUGHPUT,
        OnDemandThroughput=ON_DEMAND_THROUGHPUT,
        WarmThroughput=WARM_THROUGHPUT,
    ),
    Create=structure(
        "CreateGlobalSecondaryIndexAction",
        "Projection IndexName KeySchema",
        **GLOBAL_INDEX_MEMBERS,
    ),
    Delete=structure("DeleteGlobalSecondaryIndexAction", "IndexName", IndexName=INDEX_NAME),
)
UPDATE_TABLE: Final = structure(
    "UpdateTableInput",
    "TableName",
    AttributeDefinitions=ATTRIBUTE_DEFINITIONS,
    TableName=TableName(control=True),
    ProvisionedThroughput=THROUGHPUT,
    BillingMode=Text(choices=BILLING_MODES),
    GlobalSecondaryIndexUpdates=ListOf(INDEX_UPDATE),
    StreamSpecification=STREAM_SPECIFICATION,
    SSESpecification=ENCRYPTION,
    TableClass=STRING,
    DeletionProtectionEnabled=FLAG,
    OnDemandThroughput=ON_DEMAND_THROUGHPUT,
    WarmThroughput=WARM_THROUGHPUT,
    # Replicas and vector indexes are refused as a whole: nobody looks inside.
    ReplicaUpdates=ListOf(structure("ReplicationGroupUpdate"), 1),
    MultiRegionConsistency=Text(choices=("EVENTUAL", "STRONG")),
    GlobalTableWitnessUpdates=ListOf(structure("GlobalTableWitnessGroupUpdate"), 1, 1),
    GlobalTableSettingsReplicationMode=STRING,
    DisassociationProtectionEnabled=FLAG,
    VectorIndexUpdates=ListOf(structure("VectorIndexUpdate")),
)
LIST_TABLES: Final = structure(
    "ListTablesInput",
    ExclusiveStartTableName=INDEX_NAME,
    Limit=Whole(1, LIST_TABLES_MAX),
)
TIME_TO_LIVE: Final = structure(
    "TimeToLiveSpecification",
    "Enabled AttributeName",
    Enabled=FLAG,
    AttributeName=Text(1, EXPIRY_ATTRIBUTE_LENGTH_MAX),
)
RECOVERY: Final = structure(
    "PointInTimeRecoverySpecification",
    "PointInTimeRecoveryEnabled",
    PointInTimeRecoveryEnabled=FLAG,
    RecoveryPeriodInDays=Whole(1, RECOVERY_DAYS_MAX),
)
RESOURCE_ARN: Final = Text(1, RESOURCE_ARN_LENGTH_MAX)


def of_table(operation: str, required: str = "", **members: Shape) -> Structure:
    """Returns the members of an operation on one table, which must be named."""
    name = TableName(control=True)
    return structure(f"{operation}Input", f"TableName {required}", TableName=name, **members)


def of_resource(operation: str, required: str = "", **members: Shape) -> Structure:
    """Returns the members of an operation on what an ARN names."""
    return structure(
        f"{operation}Input", f"ResourceArn {required}", ResourceArn=RESOURCE_ARN, **members
    )

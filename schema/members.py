"""The request members of every operation, as a table.

One entry per operation; its members stand in the order in which AWS joins the faults of
several of them into one message. The sets of allowed words are printed in the order here,
which is that of a Java hash set and not of the alphabet.
"""

from typing import Final

from ddblite.schema.limits import (
    BATCH_GET_KEYS_MAX,
    BATCH_WRITE_REQUESTS_MAX,
    KEY_ATTRIBUTE_NAME_BYTES_MAX,
    LIST_TABLES_MAX,
    NAME_LENGTH_MAX,
    NAME_LENGTH_MIN,
    PROJECTED_ATTRIBUTES_MAX,
    SCAN_SEGMENTS_MAX,
)
from ddblite.schema.names import NAME_PATTERN
from ddblite.schema.shapes import (
    ATTRIBUTE_VALUE,
    ATTRIBUTES,
    FLAG,
    LONG,
    STRING,
    ListOf,
    MapOf,
    Shape,
    Structure,
    TableName,
    Text,
    Whole,
    structure,
)

RETURN_CONSUMED_CAPACITY: Final = ("INDEXES", "TOTAL", "NONE")
RETURN_VALUES: Final = ("ALL_NEW", "UPDATED_OLD", "ALL_OLD", "NONE", "UPDATED_NEW")
RETURN_ITEM_COLLECTION_METRICS: Final = ("SIZE", "NONE")
RETURN_ON_CHECK_FAILURE: Final = ("ALL_OLD", "NONE")
SELECT: Final = ("SPECIFIC_ATTRIBUTES", "COUNT", "ALL_ATTRIBUTES", "ALL_PROJECTED_ATTRIBUTES")
CONDITIONAL_OPERATORS: Final = ("OR", "AND")
COMPARISON_OPERATORS: Final = (
    *("IN", "NULL", "BETWEEN", "LT", "NOT_CONTAINS", "EQ", "GT", "NOT_NULL", "NE", "LE"),
    *("BEGINS_WITH", "GE", "CONTAINS"),
)
UPDATE_ACTIONS: Final = ("ADD", "DELETE", "PUT")
BILLING_MODES: Final = ("PROVISIONED", "PAY_PER_REQUEST")
KEY_TYPES: Final = ("HASH", "RANGE")
ATTRIBUTE_TYPES: Final = ("B", "N", "S")
PROJECTION_TYPES: Final = ("ALL", "INCLUDE", "KEYS_ONLY")
STREAM_VIEW_TYPES: Final = ("NEW_IMAGE", "OLD_IMAGE", "NEW_AND_OLD_IMAGES", "KEYS_ONLY")

CAPACITY: Final = Text(choices=RETURN_CONSUMED_CAPACITY)
METRICS: Final = Text(choices=RETURN_ITEM_COLLECTION_METRICS)
ON_CHECK_FAILURE: Final = Text(choices=RETURN_ON_CHECK_FAILURE)
RETURNED: Final = Text(choices=RETURN_VALUES)
SELECTION: Final = Text(choices=SELECT)
CONDITIONAL_OPERATOR: Final = Text(choices=CONDITIONAL_OPERATORS)
COMPARISON_OPERATOR: Final = Text(choices=COMPARISON_OPERATORS)
INDEX_NAME: Final = Text(NAME_LENGTH_MIN, NAME_LENGTH_MAX, NAME_PATTERN)
KEY_ATTRIBUTE_NAME: Final = Text(1, KEY_ATTRIBUTE_NAME_BYTES_MAX)
PLACEHOLDER_NAMES: Final = MapOf(STRING)
ATTRIBUTE_NAMES: Final = ListOf(STRING, minimum=1)
POSITIVE: Final = Whole(minimum=1)
POSITIVE_LONG: Final = Whole(minimum=1, java="Long")

CONDITIONS: Final = MapOf(
    structure(
        "Condition",
        "ComparisonOperator",
        AttributeValueList=ListOf(ATTRIBUTE_VALUE),
        ComparisonOperator=COMPARISON_OPERATOR,
    )
)
EXPECTED: Final = MapOf(
    structure(
        "ExpectedAttributeValue",
        Value=ATTRIBUTE_VALUE,
        Exists=FLAG,
        AttributeValueList=ListOf(ATTRIBUTE_VALUE),
        ComparisonOperator=COMPARISON_OPERATOR,
    )
)
ATTRIBUTE_UPDATES: Final = MapOf(
    structure("AttributeValueUpdate", Value=ATTRIBUTE_VALUE, Action=Text(choices=UPDATE_ACTIONS))
)

PUT_ITEM: Final = structure(
    "PutItemInput",
    "TableName Item",
    ReturnConsumedCapacity=CAPACITY,
    TableName=TableName(),
    Item=ATTRIBUTES,
    ConditionalOperator=CONDITIONAL_OPERATOR,
    Expected=EXPECTED,
    ReturnValues=RETURNED,
    ReturnItemCollectionMetrics=METRICS,
    ReturnValuesOnConditionCheckFailure=ON_CHECK_FAILURE,
    ConditionExpression=STRING,
    ExpressionAttributeValues=ATTRIBUTES,
    ExpressionAttributeNames=PLACEHOLDER_NAMES,
)
UPDATE_ITEM: Final = structure(
    "UpdateItemInput",
    "TableName Key",
    ReturnConsumedCapacity=CAPACITY,
    TableName=TableName(),
    ReturnItemCollectionMetrics=METRICS,
    ReturnValues=RETURNED,
    Key=ATTRIBUTES,
    ConditionalOperator=CONDITIONAL_OPERATOR,
    Expected=EXPECTED,
    AttributeUpdates=ATTRIBUTE_UPDATES,
    ReturnValuesOnConditionCheckFailure=ON_CHECK_FAILURE,
    ConditionExpression=STRING,
    UpdateExpression=STRING,
    ExpressionAttributeValues=ATTRIBUTES,
    ExpressionAttributeNames=PLACEHOLDER_NAMES,
)
DELETE_ITEM: Final = structure(
    "DeleteItemInput",
    "TableName Key",
    ReturnConsumedCapacity=CAPACITY,
    TableName=TableName(),
    ReturnValues=RETURNED,
    ReturnItemCollectionMetrics=METRICS,
    Key=ATTRIBUTES,
    ConditionalOperator=CONDITIONAL_OPERATOR,
    Expected=EXPECTED,
    ReturnValuesOnConditionCheckFailure=ON_CHECK_FAILURE,
    ConditionExpression=STRING,
    ExpressionAttributeValues=ATTRIBUTES,
    ExpressionAttributeNames=PLACEHOLDER_NAMES,
)
GET_ITEM: Final = structure(
    "GetItemInput",
    "TableName Key",
    ReturnConsumedCapacity=CAPACITY,
    AttributesToGet=ATTRIBUTE_NAMES,
    TableName=TableName(),
    Key=ATTRIBUTES,
    ConsistentRead=FLAG,
    ProjectionExpression=STRING,
    ExpressionAttributeNames=PLACEHOLDER_NAMES,
)
QUERY: Final = structure(
    "QueryInput",
    "TableName",
    Select=SELECTION,
    IndexName=INDEX_NAME,
    ReturnConsumedCapacity=CAPACITY,
    QueryFilter=CONDITIONS,
    TableName=TableName(),
    ConditionalOperator=CONDITIONAL_OPERATOR,
    AttributesToGet=ATTRIBUTE_NAMES,
    Limit=POSITIVE,
    KeyConditions=CONDITIONS,
    ExclusiveStartKey=ATTRIBUTES,
    ConsistentRead=FLAG,
    ScanIndexForward=FLAG,
    KeyConditionExpression=STRING,
    FilterExpression=STRING,
    ProjectionExpression=STRING,
    ExpressionAttributeValues=ATTRIBUTES,
    ExpressionAttributeNames=PLACEHOLDER_NAMES,
)
SCAN: Final = structure(
    "ScanInput",
    "TableName",
    Select=SELECTION,
    IndexName=INDEX_NAME,
    TotalSegments=Whole(1, SCAN_SEGMENTS_MAX),
    ReturnConsumedCapacity=CAPACITY,
    TableName=TableName(),
    ConditionalOperator=CONDITIONAL_OPERATOR,
    ScanFilter=CONDITIONS,
    Segment=Whole(0, SCAN_SEGMENTS_MAX - 1),
    Limit=POSITIVE,
    AttributesToGet=ATTRIBUTE_NAMES,
    ExclusiveStartKey=ATTRIBUTES,
    ConsistentRead=FLAG,
    FilterExpression=STRING,
    ProjectionExpression=STRING,
    ExpressionAttributeValues=ATTRIBUTES,
    ExpressionAttributeNames=PLACEHOLDER_NAMES,
)
KEYS_AND_ATTRIBUTES: Final = structure(
    "KeysAndAttributes",
    "Keys",
    Keys=ListOf(ATTRIBUTES, 1, BATCH_GET_KEYS_MAX),
    AttributesToGet=ATTRIBUTE_NAMES,
    ConsistentRead=FLAG,
    ProjectionExpression=STRING,
    ExpressionAttributeNames=PLACEHOLDER_NAMES,
)
BATCH_GET_ITEM: Final = structure(
    "BatchGetItemInput",
    "RequestItems",
    ReturnConsumedCapacity=CAPACITY,
    RequestItems=MapOf(KEYS_AND_ATTRIBUTES, 1, BATCH_GET_KEYS_MAX, table_keys=True),
)
WRITE_REQUEST: Final = structure(
    "WriteRequest",
    PutRequest=structure("PutRequest", "Item", Item=ATTRIBUTES),
    DeleteRequest=structure("DeleteRequest", "Key", Key=ATTRIBUTES),
)
BATCH_WRITE_ITEM: Final = structure(
    "BatchWriteItemInput",
    "RequestItems",
    ReturnConsumedCapacity=CAPACITY,
    ReturnItemCollectionMetrics=METRICS,
    RequestItems=MapOf(
        ListOf(WRITE_REQUEST, 1, BATCH_WRITE_REQUESTS_MAX),
        1,
        BATCH_WRITE_REQUESTS_MAX,
        table_keys=True,
        value_bounds=True,
    ),
)

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
GLOBAL_INDEX: Final = structure(
    "GlobalSecondaryIndex",
    "Projection IndexName KeySchema",
    Projection=PROJECTION,
    IndexName=INDEX_NAME,
    ProvisionedThroughput=THROUGHPUT,
    KeySchema=ListOf(KEY_SCHEMA_ELEMENT, 1),
    OnDemandThroughput=ON_DEMAND_THROUGHPUT,
    WarmThroughput=WARM_THROUGHPUT,
)
ATTRIBUTE_DEFINITIONS: Final = ListOf(
    structure(
        "AttributeDefinition",
        "AttributeName AttributeType",
        AttributeName=KEY_ATTRIBUTE_NAME,
        AttributeType=Text(choices=ATTRIBUTE_TYPES),
    )
)
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
    StreamSpecification=structure(
        "StreamSpecification",
        "StreamEnabled",
        StreamEnabled=FLAG,
        StreamViewType=Text(choices=STREAM_VIEW_TYPES),
    ),
    SSESpecification=structure(
        "SSESpecification",
        Enabled=FLAG,
        SSEType=Text(choices=("AES256", "KMS")),
        KMSMasterKeyId=STRING,
    ),
    # Tags and the table class have checks of their own with other words.
    Tags=ListOf(structure("Tag", Key=STRING, Value=STRING)),
    TableClass=STRING,
    DeletionProtectionEnabled=FLAG,
    WarmThroughput=WARM_THROUGHPUT,
    ResourcePolicy=STRING,
    OnDemandThroughput=ON_DEMAND_THROUGHPUT,
    GlobalTableSourceArn=STRING,
    GlobalTableSettingsReplicationMode=STRING,
)
TABLE_NAMED: Final = {
    name: structure(f"{name}Input", "TableName", TableName=TableName(control=True))
    for name in ("DescribeTable", "DeleteTable")
}
LIST_TABLES: Final = structure(
    "ListTablesInput",
    ExclusiveStartTableName=Text(NAME_LENGTH_MIN, NAME_LENGTH_MAX, NAME_PATTERN),
    Limit=Whole(1, LIST_TABLES_MAX),
)

OPERATIONS: Final[dict[str, Structure]] = {
    "PutItem": PUT_ITEM,
    "UpdateItem": UPDATE_ITEM,
    "DeleteItem": DELETE_ITEM,
    "GetItem": GET_ITEM,
    "Query": QUERY,
    "Scan": SCAN,
    "BatchGetItem": BATCH_GET_ITEM,
    "BatchWriteItem": BATCH_WRITE_ITEM,
    "CreateTable": CREATE_TABLE,
    **TABLE_NAMED,
    "ListTables": LIST_TABLES,
}
"""Every operation that can be asked for by name, with its members."""


def members_of(operation: str) -> dict[str, Shape]:
    """Returns the members of an operation by name, in AWS's order of reporting."""
    return dict(OPERATIONS[operation].members)

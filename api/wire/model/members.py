"""The request members of every operation, as a table.

One entry per operation; its members stand in the order in which AWS joins the faults of
several of them into one message. The sets of allowed words are printed in the order here,
which is that of a Java hash set and not of the alphabet.
"""

from typing import Final

from ddblite.api.wire.model.control_members import INDEX_NAME
from ddblite.api.wire.model.shapes import (
    ATTRIBUTE_VALUE,
    ATTRIBUTES,
    FLAG,
    FLAG_IN_VALUE,
    STRING,
    ListOf,
    MapOf,
    Shape,
    TableName,
    Text,
    Whole,
    structure,
)
from ddblite.schema.limits import (
    BATCH_GET_KEYS_MAX,
    BATCH_STATEMENTS_MAX,
    BATCH_WRITE_REQUESTS_MAX,
    CLIENT_TOKEN_LENGTH_MAX,
    NEXT_TOKEN_LENGTH_MAX,
    SCAN_SEGMENTS_MAX,
    STATEMENT_LENGTH_MAX,
    TRANSACT_ITEMS_MAX,
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

CAPACITY: Final = Text(choices=RETURN_CONSUMED_CAPACITY)
METRICS: Final = Text(choices=RETURN_ITEM_COLLECTION_METRICS)
ON_CHECK_FAILURE: Final = Text(choices=RETURN_ON_CHECK_FAILURE)
RETURNED: Final = Text(choices=RETURN_VALUES)
SELECTION: Final = Text(choices=SELECT)
CONDITIONAL_OPERATOR: Final = Text(choices=CONDITIONAL_OPERATORS)
COMPARISON_OPERATOR: Final = Text(choices=COMPARISON_OPERATORS)
PLACEHOLDER_NAMES: Final = MapOf(STRING)
ATTRIBUTE_NAMES: Final = ListOf(STRING, minimum=1)
POSITIVE: Final = Whole(minimum=1)

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
        Exists=FLAG_IN_VALUE,
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
    ExpressionAttributeValues=MapOf(ATTRIBUTE_VALUE, null_values=True),
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

TRANSACT_PLACEHOLDERS: Final[dict[str, Shape]] = {
    "ConditionExpression": STRING,
    "ReturnValuesOnConditionCheckFailure": ON_CHECK_FAILURE,
    "ExpressionAttributeValues": ATTRIBUTES,
    "ExpressionAttributeNames": PLACEHOLDER_NAMES,
}
TRANSACT_ARMS: Final[dict[str, Shape]] = {
    "ConditionCheck": structure(
        "ConditionCheck",
        "TableName Key ConditionExpression",
        TableName=TableName(),
        Key=ATTRIBUTES,
        **TRANSACT_PLACEHOLDERS,
    ),
    "Put": structure(
        "Put", "TableName Item", TableName=TableName(), Item=ATTRIBUTES, **TRANSACT_PLACEHOLDERS
    ),
    "Delete": structure(
        "Delete", "TableName Key", TableName=TableName(), Key=ATTRIBUTES, **TRANSACT_PLACEHOLDERS
    ),
    "Update": structure(
        "Update",
        "TableName Key UpdateExpression",
        TableName=TableName(),
        Key=ATTRIBUTES,
        UpdateExpression=STRING,
        **TRANSACT_PLACEHOLDERS,
    ),
}
TRANSACT_WRITE_ITEMS: Final = structure(
    "TransactWriteItemsInput",
    "TransactItems",
    ReturnConsumedCapacity=CAPACITY,
    ReturnItemCollectionMetrics=METRICS,
    ClientRequestToken=Text(1, CLIENT_TOKEN_LENGTH_MAX),
    TransactItems=ListOf(structure("TransactWriteItem", **TRANSACT_ARMS), 1, TRANSACT_ITEMS_MAX),
)
TRANSACT_GET: Final = structure(
    "Get",
    "TableName Key",
    TableName=TableName(),
    Key=ATTRIBUTES,
    ProjectionExpression=STRING,
    ExpressionAttributeNames=PLACEHOLDER_NAMES,
)
TRANSACT_GET_ITEMS: Final = structure(
    "TransactGetItemsInput",
    "TransactItems",
    ReturnConsumedCapacity=CAPACITY,
    TransactItems=ListOf(
        structure("TransactGetItem", "Get", Get=TRANSACT_GET), 1, TRANSACT_ITEMS_MAX
    ),
)


# PartiQL

STATEMENT: Final = Text(1, STATEMENT_LENGTH_MAX)
PARAMETERS: Final = ListOf(ATTRIBUTE_VALUE, minimum=1)


BATCHED: Final = structure(
    "BatchStatementRequest",
    "Statement",
    ReturnValuesOnConditionCheckFailure=ON_CHECK_FAILURE,
    Statement=STATEMENT,
    Parameters=PARAMETERS,
    ConsistentRead=FLAG,
)
TRANSACTED: Final = structure(
    "ParameterizedStatement",
    "Statement",
    ReturnValuesOnConditionCheckFailure=ON_CHECK_FAILURE,
    Statement=STATEMENT,
    Parameters=PARAMETERS,
)
EXECUTE_STATEMENT: Final = structure(
    "ExecuteStatementInput",
    "Statement",
    ReturnValuesOnConditionCheckFailure=ON_CHECK_FAILURE,
    Limit=Whole(minimum=1),
    Statement=STATEMENT,
    ReturnConsumedCapacity=CAPACITY,
    Parameters=PARAMETERS,
    ConsistentRead=FLAG,
    # An empty token is no constraint's business: it does not match any request.
    NextToken=Text(maximum=NEXT_TOKEN_LENGTH_MAX),
)
BATCH_EXECUTE_STATEMENT: Final = structure(
    "BatchExecuteStatementInput",
    "Statements",
    ReturnConsumedCapacity=CAPACITY,
    Statements=ListOf(BATCHED, 1, BATCH_STATEMENTS_MAX),
)
EXECUTE_TRANSACTION: Final = structure(
    "ExecuteTransactionInput",
    "TransactStatements",
    ClientRequestToken=Text(1, CLIENT_TOKEN_LENGTH_MAX),
    TransactStatements=ListOf(TRANSACTED, 1, TRANSACT_ITEMS_MAX),
    ReturnConsumedCapacity=CAPACITY,
)

"""Wire requests that the tests of the doors share, and how a refusal is asked for."""

from collections.abc import Mapping
from typing import Any, Final, TypeAlias

from ddblite.api.wire.explain import explain
from ddblite.api.wire.operations import OPERATIONS
from ddblite.schema.errors import DdbError

INVALID: Final = "One or more parameter values were invalid: "
ONE: Final = "1 validation error detected: "

Json: TypeAlias = Any
"""Whatever JSON can hold, and some things that it cannot."""

Wire: TypeAlias = dict[str, Json]

PUT: Final[Wire] = {"TableName": "books", "Item": {"id": {"S": "1"}}}
GET: Final[Wire] = {"TableName": "books", "Key": {"id": {"S": "1"}}}
QUERY: Final[Wire] = {
    "TableName": "books",
    "KeyConditionExpression": "id = :id",
    "ExpressionAttributeValues": {":id": {"S": "1"}},
}
SCAN: Final[Wire] = {"TableName": "books"}
BATCH_GET: Final[Wire] = {"RequestItems": {"books": {"Keys": [{"id": {"S": "1"}}]}}}
BATCH_WRITE: Final[Wire] = {
    "RequestItems": {"books": [{"PutRequest": {"Item": {"id": {"S": "1"}}}}]}
}
TABLE: Final[Wire] = {
    "TableName": "books",
    "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
    "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
    "BillingMode": "PAY_PER_REQUEST",
}

TRANSACT_WRITE: Final[Wire] = {"TransactItems": [{"Put": PUT}]}
TRANSACT_GET: Final[Wire] = {"TransactItems": [{"Get": GET}]}

ARN: Final = "arn:aws:dynamodb:us-east-1:000000000000:table/books"
BOOKS: Final = {"TableName": "books"}
GLOBAL_TABLE: Final = {"GlobalTableName": "books"}
KINESIS: Final = BOOKS | {"StreamArn": "arn:aws:kinesis:us-east-1:000000000000:stream/books"}

ABOUT_FEATURES: Final[Mapping[str, Wire]] = {
    "CancelBulkOperation": {"BulkOperationArn": f"{ARN}/bulk/1"},
    "CreateGlobalTable": GLOBAL_TABLE | {"ReplicationGroup": [{"RegionName": "us-east-1"}]},
    "DescribeBulkOperation": {"BulkOperationArn": f"{ARN}/bulk/1"},
    "DescribeContributorInsights": BOOKS,
    "DescribeEndpoints": {},
    "DescribeExport": {"ExportArn": f"{ARN}/export/1"},
    "DescribeGlobalTable": GLOBAL_TABLE,
    "DescribeGlobalTableSettings": GLOBAL_TABLE,
    "DescribeImport": {"ImportArn": f"{ARN}/import/1"},
    "DescribeKinesisStreamingDestination": BOOKS,
    "DescribeLimits": {},
    "DescribeTableReplicaAutoScaling": BOOKS,
    "DisableKinesisStreamingDestination": KINESIS,
    "GetResourcePolicy": {"ResourceArn": ARN},
    "ListBulkOperations": {},
    "ListContributorInsights": {"MaxResults": 5},
    "ListExports": {"TableArn": ARN},
    "ListGlobalTables": {},
    "ListImports": {},
    "UpdateGlobalTable": GLOBAL_TABLE | {"ReplicaUpdates": []},
    "UpdateGlobalTableSettings": GLOBAL_TABLE,
    "UpdateKinesisStreamingDestination": KINESIS,
    "UpdateTableReplicaAutoScaling": BOOKS,
}
"""Good requests about features that no table here has."""

BACKUP: Final = {"BackupArn": f"{ARN}/backup/1"}
STATEMENT: Final[Wire] = {"Statement": "SELECT * FROM books WHERE id = '1'"}

NEVER_FOUND: Final = frozenset(
    name for name in ABOUT_FEATURES if not name.startswith("List") and "Describe" not in name
) | {
    "DescribeBulkOperation",
    "DescribeExport",
    "DescribeGlobalTable",
    "DescribeGlobalTableSettings",
    "DescribeImport",
    "DescribeTableReplicaAutoScaling",
    "DeleteBackup",
    "DescribeBackup",
    "DescribeStream",
    "GetRecords",
    "GetShardIterator",
    "RestoreTableFromBackup",
    "RestoreTableToPointInTime",
}
"""Those of all to which there is no good answer: what they ask for is not here."""

GOOD: Final[Mapping[str, Wire]] = {
    "PutItem": PUT,
    "UpdateItem": GET,
    "DeleteItem": GET,
    "GetItem": GET,
    "Query": QUERY,
    "Scan": SCAN,
    "BatchGetItem": BATCH_GET,
    "BatchWriteItem": BATCH_WRITE,
    "TransactWriteItems": TRANSACT_WRITE,
    "TransactGetItems": TRANSACT_GET,
    "CreateTable": TABLE,
    "DescribeTable": {"TableName": "books"},
    "DeleteTable": {"TableName": "books"},
    "ListTables": {},
    "ExecuteStatement": STATEMENT,
    "BatchExecuteStatement": {"Statements": [STATEMENT]},
    "ExecuteTransaction": {"TransactStatements": [STATEMENT]},
    "UpdateTable": {"TableName": "books", "DeletionProtectionEnabled": False},
    "TagResource": {"ResourceArn": ARN, "Tags": [{"Key": "k", "Value": "v"}]},
    "UntagResource": {"ResourceArn": ARN, "TagKeys": ["k"]},
    "ListTagsOfResource": {"ResourceArn": ARN},
    "DescribeTimeToLive": BOOKS,
    "UpdateTimeToLive": BOOKS
    | {"TimeToLiveSpecification": {"Enabled": True, "AttributeName": "expires"}},
    "DescribeContinuousBackups": BOOKS,
    "UpdateContinuousBackups": BOOKS
    | {"PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": True}},
    "CreateBackup": BOOKS | {"BackupName": "backup"},
    "DeleteBackup": BACKUP,
    "DescribeBackup": BACKUP,
    "ListBackups": {"Limit": 5, "TimeRangeLowerBound": 1, "TimeRangeUpperBound": 2},
    "RestoreTableFromBackup": BACKUP | {"TargetTableName": "other"},
    "RestoreTableToPointInTime": {
        "SourceTableName": "books",
        "TargetTableName": "other",
        "UseLatestRestorableTime": True,
    },
    "ListStreams": BOOKS,
    "DescribeStream": {"StreamArn": f"{ARN}/stream/1"},
    "GetShardIterator": {
        "StreamArn": f"{ARN}/stream/1",
        "ShardId": "shardId-00000000000000000000-12345678",
        "ShardIteratorType": "LATEST",
    },
    "GetRecords": {"ShardIterator": "1"},
    **ABOUT_FEATURES,
}
"""A good request of every operation."""


def changed(operation: str, **members: Json) -> Wire:
    """Returns a good request with some members changed; one that becomes None is left out."""
    wire = {**GOOD[operation], **members}
    return {name: value for name, value in wire.items() if value is not None}


def refusal(operation: str, wire: Json, wording: str = "current") -> str:
    """Returns ``Type: text`` of the error that explains a request, or "" when it is good."""
    try:
        explain(OPERATIONS[operation], wire, wording)
    except DdbError as error:
        return f"{error.code}: {error.message}"
    return ""


def reason(operation: str, wire: Json, wording: str = "current") -> str:
    """Returns the text of the ValidationException that explains a request."""
    code, _, text = refusal(operation, wire, wording).partition(": ")
    assert code == "ValidationException", f"not a validation error: {code} {text}"
    return text

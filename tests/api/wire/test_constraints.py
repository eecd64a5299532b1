"""Constraints: both forms, AWS's order, AWS's printed sets of words."""

import pytest

from ddblite.api.wire.operations import OPERATIONS, STREAMS
from wire_requests import (
    BATCH_GET,
    GET,
    GOOD,
    ONE,
    PUT,
    SCAN,
    TABLE,
    Json,
    Wire,
    changed,
    reason,
)

FAILED = "failed to satisfy constraint: "
PATTERN = "Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+"
NOT_NULL = "Member must not be null"
DATA_PLANE = ("PutItem", "UpdateItem", "DeleteItem", "GetItem", "Query", "Scan")


def at_least(minimum: int, what: str = "length") -> str:
    return f"Member must have {what} greater than or equal to {minimum}"


def at_most(maximum: int, what: str = "length") -> str:
    return f"Member must have {what} less than or equal to {maximum}"


def words(printed: str) -> str:
    return f"Member must satisfy enum value set: [{printed}]"


@pytest.mark.parametrize("operation", DATA_PLANE)
@pytest.mark.parametrize("wording", ["current", "older"])
def test_missing_table_name(operation: str, wording: str) -> None:
    """A missing member reads the same in both forms."""
    text = f"{ONE}Value null at 'tableName' {FAILED}{NOT_NULL}"
    assert text == reason(operation, changed(operation, TableName=None), wording)


@pytest.mark.parametrize("operation", DATA_PLANE)
def test_empty_table_name(operation: str) -> None:
    wire = changed(operation, TableName="")
    older = f"{ONE}Value '' at 'tableName' {FAILED}{at_least(1)}"
    current = f"{ONE}Value at 'TableName' {FAILED}{at_least(1)}"
    assert older == reason(operation, wire, "older")
    assert current == reason(operation, wire)


@pytest.mark.parametrize(
    ("name", "clause"),
    [
        ("a b", PATTERN),
        ("a", at_least(3)),
        ("ab", at_least(3)),
        ("n" * 256, at_most(255)),
        ("arn:aws:dynamodb:us-east-1:000000000000:stream/books", PATTERN),
        ("arn:aws:dynamodb:us-east-1:000000000000:table/books/index/i", PATTERN),
    ],
)
@pytest.mark.parametrize("operation", DATA_PLANE)
def test_table_name_of_the_data_plane(operation: str, name: str, clause: str) -> None:
    """A name that is too short is refused before any table is looked for."""
    text = f"{ONE}Value '{name}' at 'tableName' {FAILED}{clause}"
    assert text == reason(operation, changed(operation, TableName=name))
    assert text == reason(operation, changed(operation, TableName=name), "older")


@pytest.mark.parametrize(
    ("name", "length"),
    [("a!", at_least(3)), ("a" * 256 + "!", at_most(255)), ("arn:" + "n" * 1021, at_most(1024))],
)
def test_name_of_wrong_length_and_pattern(name: str, length: str) -> None:
    """Only UpdateItem tells both."""
    told = f"Value '{name}' at 'tableName' {FAILED}"
    for operation in DATA_PLANE:
        text = reason(operation, changed(operation, TableName=name))
        if operation != "UpdateItem":
            assert f"{ONE}{told}{length}" == text
    clauses = (length, PATTERN) if name.startswith("arn:") else (PATTERN, length)
    both = "; ".join(told + clause for clause in clauses)
    assert f"2 validation errors detected: {both}" == reason(
        "UpdateItem", GET | {"TableName": name}
    )


@pytest.mark.parametrize("operation", ["CreateTable", "DescribeTable", "DeleteTable"])
def test_table_name_of_the_control_plane(operation: str) -> None:
    missing = "The parameter 'TableName' is required but was not present in the request"
    assert missing == reason(operation, changed(operation, TableName=None))
    short = changed(operation, TableName="ab")
    assert f"{ONE}Value 'ab' at 'tableName' {FAILED}{at_least(3)}" == reason(operation, short)
    assert "TableName must be at least 3 characters long and at most 255 characters long" == reason(
        operation, short, "older"
    )
    assert f"{ONE}Value 'a;c' at 'tableName' {FAILED}{PATTERN}" == reason(
        operation, changed(operation, TableName="a;c")
    )


ENUMS: list[tuple[str, str, str]] = [
    ("PutItem", "ReturnConsumedCapacity", "INDEXES, TOTAL, NONE"),
    ("BatchGetItem", "ReturnConsumedCapacity", "INDEXES, TOTAL, NONE"),
    ("DeleteItem", "ReturnItemCollectionMetrics", "SIZE, NONE"),
    ("Query", "Select", "SPECIFIC_ATTRIBUTES, COUNT, ALL_ATTRIBUTES, ALL_PROJECTED_ATTRIBUTES"),
    ("Scan", "Select", "SPECIFIC_ATTRIBUTES, COUNT, ALL_ATTRIBUTES, ALL_PROJECTED_ATTRIBUTES"),
    ("PutItem", "ReturnValuesOnConditionCheckFailure", "ALL_OLD, NONE"),
]


@pytest.mark.parametrize(("operation", "member", "printed"), ENUMS)
def test_words_are_printed_in_hash_order(operation: str, member: str, printed: str) -> None:
    wire = GOOD[operation] | {member: "WRONG"}
    camel = member[0].lower() + member[1:]
    text = f"{ONE}Value 'WRONG' at '{camel}' {FAILED}{words(printed)}"
    assert text == reason(operation, wire, "older")
    if operation != "BatchGetItem":
        assert text == reason(operation, wire)


COMPARISONS = (
    "IN, NULL, BETWEEN, LT, NOT_CONTAINS, EQ, GT, NOT_NULL, NE, LE, BEGINS_WITH, GE, CONTAINS"
)


@pytest.mark.parametrize(
    ("operation", "members", "path", "printed"),
    [
        (
            "Query",
            {"QueryFilter": {"a": {"ComparisonOperator": "X"}}},
            "queryFilter.a.member.comparisonOperator",
            COMPARISONS,
        ),
        (
            "PutItem",
            {"Expected": {"a": {"ComparisonOperator": "X"}}},
            "expected.a.member.comparisonOperator",
            COMPARISONS,
        ),
        (
            "UpdateItem",
            {"AttributeUpdates": {"a": {"Action": "X"}}},
            "attributeUpdates.a.member.action",
            "ADD, DELETE, PUT",
        ),
        (
            "UpdateItem",
            {"ReturnValues": "X"},
            "returnValues",
            "ALL_NEW, UPDATED_OLD, ALL_OLD, NONE, UPDATED_NEW",
        ),
        ("CreateTable", {"BillingMode": "X"}, "billingMode", "PROVISIONED, PAY_PER_REQUEST"),
        (
            "CreateTable",
            {"KeySchema": [{"AttributeName": "id", "KeyType": "X"}]},
            "keySchema.1.member.keyType",
            "HASH, RANGE",
        ),
        (
            "CreateTable",
            {"AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "X"}]},
            "attributeDefinitions.1.member.attributeType",
            "B, N, S",
        ),
    ],
)
def test_words_inside_members(
    operation: str, members: dict[str, Json], path: str, printed: str
) -> None:
    text = f"{ONE}Value 'X' at '{path}' {FAILED}{words(printed)}"
    assert text == reason(operation, GOOD[operation] | members, "older")


def test_oddities_of_the_current_layer() -> None:
    """The misprints are the service's."""
    prefix = f"{ONE}Failed to satisfy constraint: "
    printed = "ALL_NEW, UPDATED_OLD, ALL_OLD, NONE, UPDATED_NEW"
    for operation in ("PutItem", "UpdateItem", "DeleteItem"):
        wire = GOOD[operation] | {"ReturnValues": "X"}
        misprint = words("ALL_OLD, UPDATED_OLD, ALL_NEW, UPDATE_NEW, NONE")
        assert prefix + misprint == reason(operation, wire)
        echo = f"{ONE}Value 'X' at 'returnValues' {FAILED}{words(printed)}"
        assert echo == reason(operation, wire, "older")


def test_limit_of_a_query_and_a_scan() -> None:
    clause = at_least(1, "value")
    for operation in ("Query", "Scan"):
        wire = GOOD[operation] | {"Limit": 0}
        assert f"{ONE}Value at 'Limit' {FAILED}{clause}" == reason(operation, wire)
        assert f"{ONE}Value '0' at 'limit' {FAILED}{clause}" == reason(operation, wire, "older")


@pytest.mark.parametrize(
    ("member", "value", "clause"),
    [
        ("TotalSegments", 0, at_least(1, "value")),
        ("TotalSegments", 1_000_001, at_most(1_000_000, "value")),
        ("Segment", -1, at_least(0, "value")),
        ("Segment", 1_000_000, at_most(999_999, "value")),
    ],
)
def test_segments(member: str, value: int, clause: str) -> None:
    camel = member[0].lower() + member[1:]
    wire = SCAN | {"Segment": 0, "TotalSegments": 1, member: value}
    assert f"{ONE}Value at '{member}' {FAILED}{clause}" == reason("Scan", wire)
    older = f"{ONE}Value '{value}' at '{camel}' {FAILED}{clause}"
    assert older == reason("Scan", wire, "older")


@pytest.mark.parametrize(
    ("limit", "clause"), [(0, at_least(1, "value")), (101, at_most(100, "value"))]
)
def test_list_tables_max(limit: int, clause: str) -> None:
    text = f"{ONE}Value '{limit}' at 'limit' {FAILED}{clause}"
    assert text == reason("ListTables", {"Limit": limit})


def test_index_name() -> None:
    def of(name: str) -> str:
        return reason("Scan", SCAN | {"IndexName": name})

    assert f"{ONE}Value 'ab' at 'indexName' {FAILED}{at_least(3)}" == of("ab")
    assert f"{ONE}Value 'a b' at 'indexName' {FAILED}{PATTERN}" == of("a b")
    assert of("n" * 256).endswith(at_most(255))


def test_older_layer_joins_faults_in_its_order() -> None:
    wire = {"ReturnValues": "X", "Item": None, "ReturnConsumedCapacity": "Y"}
    assert (
        "4 validation errors detected: "
        f"Value 'Y' at 'returnConsumedCapacity' {FAILED}{words('INDEXES, TOTAL, NONE')}; "
        f"Value null at 'tableName' {FAILED}{NOT_NULL}; "
        f"Value null at 'item' {FAILED}{NOT_NULL}; "
        f"Value 'X' at 'returnValues' {FAILED}"
        f"{words('ALL_NEW, UPDATED_OLD, ALL_OLD, NONE, UPDATED_NEW')}"
    ) == reason("PutItem", wire, "older")


def test_ten_faults_are_listed_at_most() -> None:
    schema = [{"AttributeName": "", "KeyType": "X"} for _ in range(6)]
    text = reason("CreateTable", TABLE | {"KeySchema": schema})
    assert text.startswith("10 validation errors detected: ")
    assert 9 == text.count("; ")


ORDERS = {
    "PutItem": "ReturnConsumedCapacity TableName Item ConditionalOperator Expected ReturnValues"
    " ReturnItemCollectionMetrics ConditionExpression ExpressionAttributeValues"
    " ExpressionAttributeNames",
    "UpdateItem": "ReturnConsumedCapacity TableName ReturnItemCollectionMetrics ReturnValues Key"
    " ConditionalOperator Expected AttributeUpdates ConditionExpression UpdateExpression"
    " ExpressionAttributeValues ExpressionAttributeNames",
    "DeleteItem": "ReturnConsumedCapacity TableName ReturnValues ReturnItemCollectionMetrics Key"
    " ConditionalOperator Expected ConditionExpression ExpressionAttributeValues"
    " ExpressionAttributeNames",
    "GetItem": "ReturnConsumedCapacity AttributesToGet TableName Key ConsistentRead"
    " ProjectionExpression ExpressionAttributeNames",
    "Query": "Select IndexName ReturnConsumedCapacity QueryFilter TableName ConditionalOperator"
    " AttributesToGet Limit KeyConditions ExclusiveStartKey ConsistentRead ScanIndexForward"
    " KeyConditionExpression FilterExpression ProjectionExpression ExpressionAttributeValues"
    " ExpressionAttributeNames",
    "Scan": "Select IndexName TotalSegments ReturnConsumedCapacity TableName ConditionalOperator"
    " ScanFilter Segment Limit AttributesToGet ExclusiveStartKey FilterExpression"
    " ProjectionExpression ExpressionAttributeValues ExpressionAttributeNames",
    "BatchGetItem": "ReturnConsumedCapacity RequestItems",
    "BatchWriteItem": "ReturnConsumedCapacity ReturnItemCollectionMetrics RequestItems",
    "CreateTable": "AttributeDefinitions TableName BillingMode ProvisionedThroughput KeySchema"
    " GlobalSecondaryIndexes LocalSecondaryIndexes",
    "UpdateTable": "TableName ProvisionedThroughput BillingMode GlobalSecondaryIndexUpdates",
    "ExecuteStatement": "ReturnValuesOnConditionCheckFailure Limit Statement"
    " ReturnConsumedCapacity Parameters",
    "BatchExecuteStatement": "ReturnConsumedCapacity Statements",
    "ExecuteTransaction": "ClientRequestToken TransactStatements ReturnConsumedCapacity",
}


@pytest.mark.parametrize("operation", ORDERS)
def test_members_are_reported_in_this_order(operation: str) -> None:
    order = ORDERS[operation].split()
    assert order == [name for name in OPERATIONS[operation].shape.members if name in order]


@pytest.mark.parametrize("operation", sorted(OPERATIONS))
def test_members_are_those_of_the_service_model(operation: str) -> None:
    """A member that the model has and we do not would silently be ignored."""
    session = pytest.importorskip("botocore.session").get_session()
    service = "dynamodbstreams" if operation in STREAMS else "dynamodb"
    model = session.get_service_model(service).operation_model(operation).input_shape
    assert set(model.members) == set(OPERATIONS[operation].shape.members)
    required = OPERATIONS[operation].shape.required
    assert set(model.required_members) <= required


def test_batch_get_of_nothing() -> None:
    assert f"{ONE}Value at 'RequestItems' {FAILED}{at_least(1)}" == reason(
        "BatchGetItem", {"RequestItems": {}}
    )
    assert "The requestItems parameter is required for BatchGetItem" == reason(
        "BatchGetItem", {"RequestItems": {}}, "older"
    )
    assert f"{ONE}Value null at 'requestItems' {FAILED}{NOT_NULL}" == reason("BatchGetItem", {})


def keys(count: int) -> list[dict[str, Json]]:
    return [{"id": {"S": str(number)}} for number in range(count)]


def test_batch_get_keys_max() -> None:
    too_many = {"RequestItems": {"books": {"Keys": keys(101)}}}
    path = "RequestItems.books.member.Keys"
    assert f"{ONE}Value at '{path}' {FAILED}{at_most(100)}" == reason("BatchGetItem", too_many)
    spread = {"RequestItems": {name: {"Keys": keys(51)} for name in ("books", "films")}}
    text = "Too many items requested for the BatchGetItem call"
    assert text == reason("BatchGetItem", spread)
    assert text == reason("BatchGetItem", spread, "older")


def test_batch_get_needs_keys() -> None:
    wire: Wire = {"RequestItems": {"books": {}}}
    text = f"{ONE}Value null at 'requestItems.books.member.keys' {FAILED}{NOT_NULL}"
    assert text == reason("BatchGetItem", wire)
    wire = {"RequestItems": {"books": {"Keys": [{"id": None}]}}}
    text = f"Value null at 'requestItems.books.member.keys.1.member.id.member' {FAILED}{NOT_NULL}"
    assert ONE + text == reason("BatchGetItem", wire, "older")


TABLE_KEYS = (
    "Map keys must satisfy constraint: [Member must have length less than or equal to 255,"
    " Member must have length greater than or equal to 3,"
    " Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+]"
)


def test_batch_with_a_bad_table_name() -> None:
    writes: Json = {"a;": [{"DeleteRequest": {"Key": {}}}]}
    key = "DeleteRequest(key={}, workloadProfileName=null)"
    echo = f"{{a;=[WriteRequest(putRequest=null, deleteRequest={key})]}}"
    text = f"{ONE}Value '{echo}' at 'requestItems' {FAILED}{TABLE_KEYS}"
    assert text == reason("BatchWriteItem", {"RequestItems": writes})
    json = '{"ab":{"Keys":[{"id":{"S":"1"}}]}}'
    wire = {"RequestItems": {"ab": BATCH_GET["RequestItems"]["books"]}}
    assert f"{ONE}Value '{json}' at 'requestItems' {FAILED}{TABLE_KEYS}" == reason(
        "BatchGetItem", wire
    )


def test_batch_write_requests_max() -> None:
    clause = (
        "Map value must satisfy constraint: [Member must have length less than or equal to 25,"
        " Member must have length greater than or equal to 1]"
    )
    empty = f"{ONE}Value '{{books=[]}}' at 'requestItems' {FAILED}{clause}"
    assert empty == reason("BatchWriteItem", {"RequestItems": {"books": []}})
    writes = [{"DeleteRequest": {"Key": key}} for key in keys(26)]
    full = reason("BatchWriteItem", {"RequestItems": {"books": writes}})
    assert full.startswith(f"{ONE}Value '{{books=[WriteRequest(")
    assert full.endswith(f"' at 'requestItems' {FAILED}{clause}")
    spread = {"RequestItems": {"books": writes[:13], "films": writes[:13]}}
    assert "Too many items requested for the BatchWriteItem call" == reason(
        "BatchWriteItem", spread
    )


def test_batch_write_of_nothing() -> None:
    text = "The requestItems parameter is required for BatchWriteItem"
    assert text == reason("BatchWriteItem", {"RequestItems": {}})


def test_null_in_an_item() -> None:
    text = f"{ONE}Value null at 'item.a.member' {FAILED}{NOT_NULL}"
    assert text == reason("PutItem", PUT | {"Item": {"a": None}})

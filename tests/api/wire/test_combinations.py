"""Members that do not go together, and the order in which that is said."""

import pytest

from wire_requests import (
    BATCH_GET,
    GET,
    GOOD,
    INVALID,
    ONE,
    PUT,
    SCAN,
    Json,
    Wire,
    reason,
    refusal,
)

NAMES = {"ExpressionAttributeNames": {"#a": "a"}}
VALUES = {"ExpressionAttributeValues": {":a": {"S": "1"}}}
NAMES_ALONE = "ExpressionAttributeNames can only be specified when using expressions"
VALUES_ALONE = "ExpressionAttributeValues can only be specified when using expressions"
WRAPPED = ("PutItem", "UpdateItem", "DeleteItem")


def envelope(operation: str) -> str:
    return ONE if operation in WRAPPED else ""


@pytest.mark.parametrize("operation", ["PutItem", "UpdateItem", "DeleteItem", "GetItem", "Scan"])
def test_names_without_expression(operation: str) -> None:
    wire = GOOD[operation] | NAMES
    assert envelope(operation) + NAMES_ALONE == reason(operation, wire)
    assert NAMES_ALONE == reason(operation, wire, "older")


@pytest.mark.parametrize(
    ("operation", "suffix"),
    [
        ("PutItem", ": ConditionExpression is null"),
        ("DeleteItem", ": ConditionExpression is null"),
        ("UpdateItem", ": UpdateExpression and ConditionExpression are null"),
        ("Query", ": FilterExpression and KeyConditionExpression are null"),
        ("Scan", ": FilterExpression is null"),
    ],
)
def test_values_without_expression(operation: str, suffix: str) -> None:
    wire = GOOD[operation] | VALUES
    wire.pop("KeyConditionExpression", None)
    assert VALUES_ALONE + suffix == reason(operation, wire, "older")
    assert envelope(operation) + VALUES_ALONE == reason(operation, wire)


def test_projection_takes_no_values() -> None:
    wire = SCAN | VALUES | {"ProjectionExpression": "a"}
    assert VALUES_ALONE == reason("Scan", wire)
    assert VALUES_ALONE + ": FilterExpression is null" == reason("Scan", wire, "older")


CONDITION = {"ConditionExpression": "a = :a"}


@pytest.mark.parametrize("operation", WRAPPED)
def test_malformed_placeholders(operation: str) -> None:
    wire = GOOD[operation] | CONDITION
    for member, text in (
        ("ExpressionAttributeNames", "ExpressionAttributeNames must not be empty"),
        ("ExpressionAttributeValues", "ExpressionAttributeValues must not be empty"),
    ):
        assert ONE + text == reason(operation, wire | {member: {}})
        assert text == reason(operation, wire | {member: {}}, "older")
    bad_name = wire | {"ExpressionAttributeNames": {"a": "a"}}
    assert 'ExpressionAttributeNames contains invalid key: Syntax error; key: "a"' == reason(
        operation, bad_name
    )
    bad_value = wire | {"ExpressionAttributeValues": {"a": {"S": "1"}}}
    assert 'ExpressionAttributeValues contains invalid key: Syntax error; key: "a"' == reason(
        operation, bad_value
    )


@pytest.mark.parametrize("operation", WRAPPED)
def test_placeholder_with_a_letter_beyond_ascii(operation: str) -> None:
    """Refused before the expression is read; only UpdateItem has the envelope."""
    wire = GOOD[operation] | {"ConditionExpression": "a = = b"}
    envelope = ONE if operation == "UpdateItem" else ""
    fault = 'ExpressionAttribute{} contains invalid key: Syntax error; key: "{}"'
    for members, text in (
        ({"ExpressionAttributeNames": {"#né": "a"}}, fault.format("Names", "#né")),
        ({"ExpressionAttributeValues": {":vé": {"S": "1"}}}, fault.format("Values", ":vé")),
    ):
        assert envelope + text == reason(operation, wire | members)
        assert text == reason(operation, wire | members, "older")


def test_name_that_stands_for_nothing() -> None:
    text = reason("PutItem", PUT | CONDITION | {"ExpressionAttributeNames": {"#a": ""}})
    assert "ExpressionAttributeNames contains invalid value" in text
    assert text.endswith("for key #a")


def test_unused_placeholders() -> None:
    wire = PUT | {"ConditionExpression": "attribute_exists(a)"}
    unused = "Value provided in ExpressionAttribute{} unused in expressions: keys: {{{}}}"
    names = {"ExpressionAttributeNames": {"#a": "a", "#b": "b"}}
    assert ONE + unused.format("Names", "#a, #b") == reason("PutItem", wire | names | VALUES)
    assert ONE + unused.format("Values", ":a") == reason("PutItem", wire | VALUES)


MIX = (
    "Can not use both expression and non-expression parameters in the same request: "
    "Non-expression parameters: {%s} Expression parameters: {%s}"
)


@pytest.mark.parametrize(
    ("operation", "members", "legacy", "expressions"),
    [
        (
            "PutItem",
            {"Expected": {}, "ConditionalOperator": "AND", "ConditionExpression": "x"},
            "Expected, ConditionalOperator",
            "ConditionExpression",
        ),
        (
            "UpdateItem",
            {
                "Expected": {},
                "AttributeUpdates": {},
                "ConditionalOperator": "AND",
                "ConditionExpression": "x",
                "UpdateExpression": "x",
            },
            "AttributeUpdates, Expected, ConditionalOperator",
            "UpdateExpression, ConditionExpression",
        ),
        (
            "GetItem",
            {"AttributesToGet": ["a"], "ProjectionExpression": "a"},
            "AttributesToGet",
            "ProjectionExpression",
        ),
        (
            "Query",
            {
                "AttributesToGet": ["a"],
                "QueryFilter": {},
                "ConditionalOperator": "OR",
                "KeyConditions": {},
                "ProjectionExpression": "a",
                "FilterExpression": "a",
            },
            "AttributesToGet, QueryFilter, ConditionalOperator, KeyConditions",
            "ProjectionExpression, FilterExpression, KeyConditionExpression",
        ),
        (
            "Scan",
            {"AttributesToGet": ["a"], "ScanFilter": {}, "FilterExpression": "a"},
            "AttributesToGet, ScanFilter",
            "FilterExpression",
        ),
    ],
)
def test_two_styles_in_one_request(
    operation: str, members: dict[str, Json], legacy: str, expressions: str
) -> None:
    text = MIX % (legacy, expressions)
    wire = GOOD[operation] | members
    assert envelope(operation) + text == reason(operation, wire)
    assert text == reason(operation, wire, "older")


def test_two_styles_in_one_batch() -> None:
    one = BATCH_GET["RequestItems"]["books"]
    both = {"books": one | {"AttributesToGet": ["a"], "ProjectionExpression": "a"}}
    apart = {
        "books": one | {"AttributesToGet": ["a"]},
        "films": one | {"ProjectionExpression": "a"},
    }
    text = MIX % ("AttributesToGet", "ProjectionExpression")
    assert text == reason("BatchGetItem", {"RequestItems": both})
    assert text == reason("BatchGetItem", {"RequestItems": apart})


@pytest.mark.parametrize("returns", ["ALL_NEW", "UPDATED_OLD", "UPDATED_NEW"])
@pytest.mark.parametrize("operation", ["PutItem", "DeleteItem"])
def test_return_values_of_put_and_delete(operation: str, returns: str) -> None:
    text = "ReturnValues can only be ALL_OLD or NONE"
    wire = GOOD[operation] | {"ReturnValues": returns}
    assert ONE + text == reason(operation, wire)
    assert text == reason(operation, wire, "older")


ONE_S = {"S": "1"}
SPECIFIC = (
    "Must specify the AttributesToGet or ProjectionExpression"
    " when choosing to get SPECIFIC_ATTRIBUTES"
)


@pytest.mark.parametrize("operation", ["Query", "Scan"])
def test_specific_attributes_need_a_projection(operation: str) -> None:
    """The rules of Select are constraints in the current layer."""
    wire = GOOD[operation] | {"Select": "SPECIFIC_ATTRIBUTES"}
    assert ONE + SPECIFIC == reason(operation, wire)
    assert SPECIFIC == reason(operation, wire, "older")


@pytest.mark.parametrize("operation", ["Query", "Scan"])
@pytest.mark.parametrize("index", [{}, {"IndexName": "index"}])
def test_select_contradicts_projection(operation: str, index: dict[str, Json]) -> None:
    """Whether there is an index for ALL_PROJECTED_ATTRIBUTES is looked at after that."""
    legacy: Wire = {"TableName": "books", "AttributesToGet": ["a"]}
    if operation == "Query":
        legacy["KeyConditions"] = {
            "id": {"ComparisonOperator": "EQ", "AttributeValueList": [ONE_S]}
        }
    for select, chosen in (
        ("ALL_ATTRIBUTES", "ALL_ATTRIBUTES"),
        ("ALL_PROJECTED_ATTRIBUTES", "ALL_PROJECTED_ATTRIBUTES"),
        ("COUNT", "only the Count"),
    ):
        members = {"Select": select} | index
        text = f"Cannot specify the %s when choosing to get {chosen}"
        wire = GOOD[operation] | members | {"ProjectionExpression": "a"}
        assert ONE + text % "ProjectionExpression" == reason(operation, wire)
        assert text % "ProjectionExpression" == reason(operation, wire, "older")
        assert ONE + text % "AttributesToGet" == reason(operation, legacy | members)


@pytest.mark.parametrize(("operation", "older"), [("Query", "Querying"), ("Scan", "Scanning")])
def test_all_projected_needs_an_index(operation: str, older: str) -> None:
    """The current layer calls a Scan Querying as well."""
    wire = GOOD[operation] | {"Select": "ALL_PROJECTED_ATTRIBUTES"}
    text = "ALL_PROJECTED_ATTRIBUTES can be used only when %s using an IndexName"
    assert ONE + text % "Querying" == reason(operation, wire)
    assert text % older == reason(operation, wire, "older")


def test_query_needs_a_key_condition() -> None:
    assert (
        "Either the KeyConditions or KeyConditionExpression parameter must be specified"
        " in the request."
    ) == reason("Query", {"TableName": "books"})


def test_segments() -> None:
    assert (
        "The TotalSegments parameter is required but was not present in the request"
        " when Segment parameter is present"
    ) == reason("Scan", SCAN | {"Segment": 0})
    assert (
        "The Segment parameter is required but was not present in the request"
        " when parameter TotalSegments is present"
    ) == reason("Scan", SCAN | {"TotalSegments": 1})
    too_many = SCAN | {"Segment": 5, "TotalSegments": 5}
    text = "The Segment parameter is zero-based and must be less than parameter TotalSegments"
    assert text == reason("Scan", too_many)
    figures = ": Segment: 5 is not less than TotalSegments: 5"
    assert text + figures == reason("Scan", too_many, "older")


def batch(*keys: Json) -> dict[str, Json]:
    return {"RequestItems": {"books": {"Keys": list(keys)}}}


def test_keys_written_alike_are_duplicates() -> None:
    text = "Provided list of item keys contains duplicates"
    assert text == reason("BatchGetItem", batch({"a": {"N": "1"}}, {"a": {"N": "1"}}))
    two = {"a": {"S": "1"}, "b": {"S": "2"}}
    assert text == reason("BatchGetItem", batch(two, dict(reversed(two.items()))))
    assert "" == refusal("BatchGetItem", batch({"a": {"N": "1000"}}, {"a": {"N": "1e3"}}))


def test_table_by_name_and_by_arn() -> None:
    """The service has no word for it that we know; answering half of it would be worse."""
    one = BATCH_GET["RequestItems"]["books"]
    arn = "arn:aws:dynamodb:us-east-1:000000000000:table/books"
    text = "RequestItems contains a table more than once"
    assert text == reason("BatchGetItem", {"RequestItems": {"books": one, arn: one}})


@pytest.mark.parametrize("write", [{}, {"PutRequest": {"Item": {}}, "DeleteRequest": {"Key": {}}}])
def test_batched_write_is_one_of_two(write: dict[str, Json]) -> None:
    text = (
        "Supplied AttributeValue has more than one datatypes set,"
        " must contain exactly one of the supported datatypes"
    )
    assert text == reason("BatchWriteItem", {"RequestItems": {"books": [write]}})


def test_expression_faults_need_no_table() -> None:
    wire = GET | {"ProjectionExpression": "a,,b"}
    assert reason("GetItem", wire).startswith("Invalid ProjectionExpression: Syntax error;")
    wire = PUT | CONDITION
    assert (
        ONE + "Invalid ConditionExpression: An expression attribute value used in expression"
        " is not defined; attribute value: :a"
    ) == reason("PutItem", wire)


def test_duplicates_in_attributes_to_get() -> None:
    text = INVALID + "Duplicate value in attribute name: a"
    legacy = {"AttributesToGet": ["a", "b", "a"]}
    assert text == reason("GetItem", GET | legacy)
    assert text == reason("Scan", SCAN | legacy)

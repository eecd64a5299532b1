"""The order of the checks that come after the constraints: which of two faults is told."""

from typing import Final

import pytest

from wire_requests import GOOD, INVALID, ONE, SCAN, Json, reason


def listed(*values: Json) -> dict[str, Json]:
    return {"AttributeValueList": list(values)}


@pytest.mark.parametrize(
    ("operation", "members", "expected"),
    [
        # mix < values < expression < return values
        ("PutItem", {"Expected": {}, "ConditionExpression": "", "Item": {"a": {}}}, "Can not use"),
        ("PutItem", {"ConditionExpression": "", "Item": {"a": {}}}, "Supplied AttributeValue"),
        ("PutItem", {"ConditionExpression": "", "ReturnValues": "ALL_NEW"}, "Invalid Condition"),
        (
            "PutItem",
            {"ReturnValues": "ALL_NEW", "ReturnConsumedCapacity": "X"},
            "Value 'X' at 'ret",
        ),
        # expressions < expression values < unused, update before condition
        ("UpdateItem", {"UpdateExpression": "(", "ConditionExpression": "("}, "Invalid Update"),
        ("UpdateItem", {"UpdateExpression": "", "ConditionExpression": ""}, "Invalid Condition"),
        (
            "UpdateItem",
            {"ConditionExpression": "", "ExpressionAttributeValues": {":a": {"N": "x"}}},
            "Invalid Condition",
        ),
        # select < expression values < expressions
        ("Query", {"Select": "ALL_PROJECTED_ATTRIBUTES", "FilterExpression": ""}, "ALL_PROJECTED"),
        (
            "Query",
            {"FilterExpression": "", "ExpressionAttributeValues": {":id": {"N": "x"}}},
            "The parameter cannot",
        ),
        ("Query", {"FilterExpression": "", "ProjectionExpression": ""}, "Invalid Filter"),
        # mix < AttributesToGet, filters, values, expressions < select < segments
        ("Scan", {"Segment": 1, "AttributesToGet": ["a"], "FilterExpression": ""}, "Can not use"),
        ("Scan", {"Select": "X", "AttributesToGet": ["a", "a"]}, INVALID + "Duplicate value"),
        (
            "Scan",
            {"Segment": 1, "ScanFilter": {"a": {"ComparisonOperator": "EQ"}}},
            INVALID + "Inv",
        ),
        ("Scan", {"Segment": 1, "FilterExpression": "a ="}, "Invalid Filter"),
        ("Scan", {"Select": "X", "FilterExpression": "#a = a"}, "Invalid Filter"),
        ("Scan", {"Segment": 1, "Select": "X"}, "Value 'X' at 'select'"),
        ("Scan", {"Segment": 1, "Select": "SPECIFIC_ATTRIBUTES"}, "Must specify"),
    ],
)
def test_order_of_checks(operation: str, members: dict[str, Json], expected: str) -> None:
    text = reason(operation, GOOD[operation] | members)
    assert text.removeprefix(ONE).startswith(expected)


@pytest.mark.parametrize(
    ("members", "expected"),
    [
        ({"AttributesToGet": ["a"], "FilterExpression": "a"}, "Can not use"),
        ({"AttributesToGet": ["a", "a"]}, INVALID + "Duplicate value"),
        ({"ScanFilter": {"a": {"ComparisonOperator": "EQ"}}}, INVALID + "Invalid number"),
        ({"ExclusiveStartKey": {"id": {}}}, "The provided starting key is invalid: Supplied"),
        ({"FilterExpression": "a ="}, "The TotalSegments parameter is required"),
    ],
)
def test_segments_come_before_expressions_in_the_older_layer(
    members: dict[str, Json], expected: str
) -> None:
    assert reason("Scan", SCAN | {"Segment": 1} | members, "older").startswith(expected)


NAMELESS: Final = {"L": [{"M": {"a": {"M": {"": {"S": "a"}}}}}]}


@pytest.mark.parametrize(
    ("operation", "members"),
    [
        ("PutItem", {"Item": {"a": {"N": "x"}, "b": NAMELESS}, "Expected": {}}),
        ("PutItem", {"Expected": {"": {"Exists": False}}}),
        ("PutItem", {"Expected": {"a": {"Value": NAMELESS}}}),
        ("UpdateItem", {"AttributeUpdates": {"": {"Value": {"S": "a"}}}}),
        ("UpdateItem", {"AttributeUpdates": {"a": {"Value": NAMELESS}}}),
        ("UpdateItem", {"ExpressionAttributeValues": {":a": {"N": "x"}, ":b": NAMELESS}}),
        ("DeleteItem", {"Key": {"id": {"N": "x"}, "": {"S": "a"}}}),
        ("GetItem", {"Key": {"": {"S": "a"}}, "AttributesToGet": ["a"]}),
        ("Query", {"KeyConditions": {"a": {"ComparisonOperator": "EQ"} | listed(NAMELESS)}}),
        ("Query", {"ExpressionAttributeValues": {":a": NAMELESS}, "Select": "X"}),
        ("Scan", {"ScanFilter": {"a": {"ComparisonOperator": "EQ"} | listed(NAMELESS)}}),
    ],
)
def test_empty_name_comes_before_all_but_constraints(
    operation: str, members: dict[str, Json]
) -> None:
    spoilt = {"ConditionExpression": "", "FilterExpression": "", "ProjectionExpression": ""}
    wire = GOOD[operation] | spoilt | members
    envelope = ONE if operation in {"PutItem", "UpdateItem", "DeleteItem"} else ""
    assert envelope + "Empty attribute name" == reason(operation, wire)

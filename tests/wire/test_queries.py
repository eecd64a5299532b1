"""Query through the wire: key conditions, what stands beside them, and where pages go on."""

from collections.abc import Iterator
from typing import Any, Final

import pytest

import ddblite
from boto3_doors import DOORS, at_door
from table_definitions import table
from wire_requests import reason
from wires import refusal, wire

TAB: Final = {"TableName": "tab"}
IN_A: Final = {
    "KeyConditions": {"pk": {"ComparisonOperator": "EQ", "AttributeValueList": [{"S": "a"}]}}
}
MIX: Final = "Can not use both expression and non-expression parameters in the same request: "


@pytest.fixture
def database() -> Iterator[ddblite.Database]:
    """A database with a table of two partitions."""
    with ddblite.connect(":memory:") as opened:
        opened.call("CreateTable", table("pk", "sk", keys=("pk:HASH", "sk:RANGE"), **TAB))
        for pk, sk, n in (("a", "1", 1), ("a", "2", 2), ("a", "3", 3), ("b", "1", 1)):
            opened.call("PutItem", TAB | {"Item": wire({"pk": pk, "sk": sk, "n": n, "list": [n]})})
        yield opened


MORE_THAN_ONE: Final = {
    "FilterExpression": "n > :k0",
    "ExpressionAttributeValues": {":k0": {"N": "1"}},
}


@pytest.mark.parametrize(
    ("members", "items"),
    [
        (MORE_THAN_ONE, [2, 3]),
        (MORE_THAN_ONE | {"ScanIndexForward": False}, [3, 2]),
        ({"FilterExpression": "attribute_exists(n)"}, [1, 2, 3]),
        (
            {
                "FilterExpression": "#n = :n OR #list[0] = :k0",
                "ExpressionAttributeNames": {"#n": "n", "#list": "list"},
                "ExpressionAttributeValues": {":n": {"N": "1"}, ":k0": {"N": "3"}},
            },
            [1, 3],
        ),
    ],
)
@pytest.mark.parametrize("door", DOORS)
def test_key_conditions_go_with_a_filter_expression(
    database: ddblite.Database, door: str, members: dict[str, Any], items: list[int]
) -> None:
    """The request's placeholders are its own, whatever KeyConditions is made into."""
    with at_door(door, database) as session:
        answer = session.client().query(**TAB, **IN_A, **members)
    assert items == [int(item["n"]["N"]) for item in answer["Items"]]
    assert (len(items), 3) == (answer["Count"], answer["ScannedCount"])


@pytest.mark.parametrize(
    "members",
    [
        {"ProjectionExpression": "n"},
        {"ProjectionExpression": "n", "Select": "SPECIFIC_ATTRIBUTES"},
        {"ProjectionExpression": "#n", "ExpressionAttributeNames": {"#n": "n"}},
        MORE_THAN_ONE | {"ProjectionExpression": "n"},
    ],
)
def test_key_conditions_go_with_a_projection_expression(
    database: ddblite.Database, members: dict[str, Any]
) -> None:
    answer = database.call("Query", TAB | IN_A | members)
    assert [{"n": {"N": "2"}}, {"n": {"N": "3"}}] == answer["Items"][-2:]


def test_filtered_pages_of_key_conditions(database: ddblite.Database) -> None:
    """Limit counts what is read, and the pages together are the whole answer."""
    request = TAB | IN_A | MORE_THAN_ONE | {"Limit": 1}
    found: list[list[int]] = []
    while True:
        page = database.call("Query", request)
        found.append([int(item["n"]["N"]) for item in page["Items"]])
        if "LastEvaluatedKey" not in page:
            break
        request["ExclusiveStartKey"] = page["LastEvaluatedKey"]
    assert [[], [2], [3], []] == found
    counted = database.call("Query", TAB | IN_A | MORE_THAN_ONE | {"Select": "COUNT"})
    assert {"Count": 2, "ScannedCount": 3} == counted


@pytest.mark.parametrize(
    ("members", "text"),
    [
        (
            {"FilterExpression": "n > :k0"},
            (
                "Invalid FilterExpression: An expression attribute value used in expression is not"
                " defined; attribute value: :k0"
            ),
        ),
        (
            MORE_THAN_ONE | {"ExpressionAttributeValues": {":k0": {"N": "1"}, ":x": {"N": "1"}}},
            "Value provided in ExpressionAttributeValues unused in expressions: keys: {:x}",
        ),
        (
            {"ProjectionExpression": "n", "ExpressionAttributeValues": {":n": {"N": "1"}}},
            "ExpressionAttributeValues can only be specified when using expressions",
        ),
        (
            {"FilterExpression": "sk = :sk", "ExpressionAttributeValues": {":sk": {"S": "1"}}},
            (
                "Filter Expression can only contain non-primary key attributes:"
                " Primary key attribute: sk"
            ),
        ),
    ],
)
def test_faults_of_a_filter_beside_key_conditions(
    database: ddblite.Database, members: dict[str, Any], text: str
) -> None:
    assert f"ValidationException: {text}" == refusal(database, "Query", TAB | IN_A | members)


@pytest.mark.parametrize(
    ("members", "named"),
    [
        (
            {"QueryFilter": {}, "ProjectionExpression": "n"},
            (
                "Non-expression parameters: {QueryFilter} Expression parameters:"
                " {ProjectionExpression}"
            ),
        ),
        (
            {"AttributesToGet": ["n"], "FilterExpression": "attribute_exists(n)"},
            (
                "Non-expression parameters: {AttributesToGet} Expression parameters:"
                " {FilterExpression}"
            ),
        ),
        (
            {"KeyConditionExpression": "pk = :a", "FilterExpression": "attribute_exists(n)"},
            (
                "Non-expression parameters: {KeyConditions} Expression parameters:"
                " {FilterExpression, KeyConditionExpression}"
            ),
        ),
        (
            {"KeyConditionExpression": "pk = :a", "QueryFilter": {}},
            (
                "Non-expression parameters: {QueryFilter, KeyConditions} Expression parameters:"
                " {KeyConditionExpression}"
            ),
        ),
    ],
)
def test_key_conditions_count_as_legacy_only_beside_the_expression_for_keys(
    members: dict[str, Any], named: str
) -> None:
    assert MIX + named == reason("Query", TAB | IN_A | members)

"""Query through the wire: key conditions, what stands beside them, and where pages go on."""

from collections.abc import Iterator
from typing import Any, Final

import pytest

import ddblite
from boto3_doors import DOORS, at_door
from table_definitions import table, with_global
from wire_requests import QUERY, TABLE, Wire, reason
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


NOPE: Final = {"TableName": "nope"}
TWO_VALUES: Final = {":a": {"S": "a"}, ":b": {"S": "b"}}
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
@pytest.mark.parametrize("handler", DOORS)
def test_key_conditions_go_with_a_filter_expression(
    database: ddblite.Database, handler: str, members: dict[str, Any], items: list[int]
) -> None:
    """The request's placeholders are its own, whatever KeyConditions is made into."""
    with at_door(handler, database) as session:
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


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("pk.foo = :a", "KeyConditionExpressions cannot have conditions on nested attributes"),
        ("pk[0] = :a", "KeyConditionExpressions cannot have conditions on nested attributes"),
        (
            "pk = :b AND begins_with(sk.foo, :a)",
            "KeyConditionExpressions cannot have conditions on nested attributes",
        ),
        ("pk = :a AND pk = :b", "KeyConditionExpressions must only contain one condition per key"),
    ],
)
@pytest.mark.parametrize("named", [TAB, NOPE])
def test_what_is_no_condition_on_keys_is_told_before_the_table(
    database: ddblite.Database, named: Wire, text: str, told: str
) -> None:
    """Whether the table is there, and whether these are its keys."""
    values = {name: value for name, value in TWO_VALUES.items() if name in text}
    request = named | {"KeyConditionExpression": text, "ExpressionAttributeValues": values}
    expected = f"ValidationException: Invalid KeyConditionExpression: {told}"
    assert expected == refusal(database, "Query", request)


MULTI: Final = {"TableName": "multi", "IndexName": "gidx"}
PARTS: Final = ("h1", "h2", "h3", "r1", "r2")


@pytest.fixture
def multi(database: ddblite.Database) -> ddblite.Database:
    """A table with an index of three partition and two sort attributes, and one item."""
    kinds = ("HASH", "HASH", "HASH", "RANGE", "RANGE")
    keys = [f"{name}:{kind}" for name, kind in zip(PARTS, kinds, strict=True)]
    definition = with_global(*keys, names=("a", *PARTS), name="gidx") | {"TableName": "multi"}
    database.call("CreateTable", definition)
    item = wire({"a": "1", "h1": "a", "h2": "b", "h3": "c", "r1": "d", "r2": "e"})
    database.call("PutItem", {"TableName": "multi", "Item": item})
    return database


HASHES: Final = "HASH key attributes {} must have equality conditions specified in the query"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("h1 = :v", HASHES.format("h2, h3")),
        ("h1 = :v AND h2 = :v AND h3 > :v", HASHES.format("h3")),
        ("r1 = :v", HASHES.format("h1, h2, h3")),
        ("h1 = :n", HASHES.format("h2, h3")),
        (
            "h1 = :v AND h2 = :v AND h3 = :n AND x = :v",
            (
                "One or more parameter values were invalid:"
                " Condition parameter type does not match schema type"
            ),
        ),
        (
            "h1 = :v AND h2 = :v AND h3 = :v AND r1 = :v AND r2 = :v AND x = :v",
            (
                "The number of query conditions (6) exceeds the number of key attributes defined in"
                " the schema (5)"
            ),
        ),
        (
            "h1 = :v AND h2 = :v AND h3 = :v AND r2 = :v",
            (
                "RANGE key attributes r1 must have equality conditions specified in the query"
                " because a condition is present on key attribute r2"
            ),
        ),
    ],
)
def test_conditions_on_a_key_of_several_attributes(
    multi: ddblite.Database, text: str, told: str
) -> None:
    given = {":v": {"S": "v"}, ":n": {"N": "1"}}
    values = {name: value for name, value in given.items() if name in text}
    request = MULTI | {"KeyConditionExpression": text, "ExpressionAttributeValues": values}
    assert f"ValidationException: {told}" == refusal(multi, "Query", request)


def test_key_conditions_on_a_key_of_several_attributes(multi: ddblite.Database) -> None:
    conditions = {
        name: {"ComparisonOperator": "EQ", "AttributeValueList": [{"S": value}]}
        for name, value in zip(PARTS[:4], "abcd", strict=True)
    }
    assert 1 == multi.call("Query", MULTI | {"KeyConditions": conditions})["Count"]
    del conditions["h2"]
    request = MULTI | {"KeyConditions": conditions}
    assert f"ValidationException: {HASHES.format('h2')}" == refusal(multi, "Query", request)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("id = :v AND x = :v", "Query key condition not supported"),
        ("id = :v AND x = :v AND y = :v", "Conditions can be of length 1 or 2 only"),
    ],
)
def test_too_many_conditions_in_the_older_wording(text: str, told: str) -> None:
    with ddblite.connect(":memory:", wording="older") as database:
        database.call("CreateTable", TABLE)
        request = QUERY | {
            "KeyConditionExpression": text,
            "ExpressionAttributeValues": {":v": {"S": "v"}},
        }
        assert f"ValidationException: {told}" == refusal(database, "Query", request)


def test_one_partition_attribute_and_several_sort_attributes(database: ddblite.Database) -> None:
    """Several of either kind make the words those of a key of several attributes."""
    keys = ("h1:HASH", "r1:RANGE", "r2:RANGE")
    definition = with_global(*keys, names=("a", "h1", "r1", "r2"), name="gidx")
    database.call("CreateTable", definition | {"TableName": "multi"})
    request = MULTI | {
        "KeyConditionExpression": "r1 = :v",
        "ExpressionAttributeValues": {":v": {"S": "v"}},
    }
    assert f"ValidationException: {HASHES.format('h1')}" == refusal(database, "Query", request)

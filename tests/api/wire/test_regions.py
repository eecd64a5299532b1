"""Where AWS's regions differ: what most of them answer, or us-east-1, and the page about it."""

import re
from collections.abc import Iterator
from typing import Any, Final

import pytest

import ddblite
from ddblite.schema.errors import DdbError
from sources import ROOT
from wire_requests import INVALID, ONE, TABLE, Json, Wire

ROWS: Final = re.compile(r"(?<=<!-- regions -->\n).*?(?=<!-- /regions -->)", re.DOTALL)
BOOKS: Final = {"TableName": "books"}
ITEM: Final = {"id": {"S": "1"}}
TOO_LONG: Final = "a = :v" + " OR a = :v" * 500
TOO_DEEP: Final = (
    "Nesting Levels have exceeded supported limits:"
    " Attributes in the item have nested levels beyond supported limit"
)
V: Final = {":v": {"S": "x"}}


def nested(levels: int) -> Json:
    """Returns a value whose leaf is at a level."""
    value: Json = {"S": "x"}
    for _ in range(levels - 1):
        value = {"L": [value]}
    return value


def transaction(action: str, **members: Json) -> Wire:
    """Returns a transaction of one action."""
    return {"TransactItems": [{action: BOOKS | members}]}


def puts(count: int) -> list[Wire]:
    """Returns as many writes."""
    return [{"Item": {"id": {"S": str(number)}}} for number in range(count)]


def compared(levels: int) -> Wire:
    """Returns a ScanFilter with a value whose leaf is at a level."""
    return {"a": {"ComparisonOperator": "EQ", "AttributeValueList": [nested(levels)]}}


FAILED: Final = "failed to satisfy constraint:"
RETURNED: Final = f"{ONE}Failed to satisfy constraint: Member must satisfy enum value set: [ALL_OLD"
SPLITS: Final[list[tuple[str, str, Wire, str]]] = [
    ("Scan, what is wrong", "Scan", BOOKS | {"Limit": 0}, f"{ONE}Value at 'Limit' {FAILED}"),
    ("PutItem, Up", "PutItem", BOOKS | {"Item": ITEM, "ReturnValues": "NOTHING"}, RETURNED),
    ("PutItem, Up", "UpdateItem", BOOKS | {"Key": ITEM, "ReturnValues": "NOTHING"}, RETURNED),
    (
        "one or two characters",
        "GetItem",
        {"TableName": "ab", "Key": ITEM},
        f"{ONE}Value 'ab' at 'tableName' {FAILED} Member must have length greater than or equal",
    ),
    (
        "several members",
        "PutItem",
        {"TableName": "bad!name", "Item": ITEM, "ReturnConsumedCapacity": "NOTHING"},
        "2 validation errors detected: Value 'bad!name' at 'tableName'",
    ),
    (
        "BatchGetItem without",
        "BatchGetItem",
        {"RequestItems": {}},
        f"{ONE}Value at 'RequestItems' {FAILED}",
    ),
    (
        "BatchWriteItem without",
        "BatchWriteItem",
        {"RequestItems": {}},
        "The requestItems parameter is required for BatchWriteItem",
    ),
    (
        "BatchWriteItem with more",
        "BatchWriteItem",
        {"RequestItems": {"books": [{"PutRequest": put} for put in puts(26)]}},
        f"{ONE}Value '{{books=[",
    ),
    (
        "an unknown",
        "Scan",
        BOOKS | {"ScanFilter": {"a": {"ComparisonOperator": "EQUALS"}}},
        f"{INVALID}Invalid comparison operator",
    ),
    ("a value in `ScanFilter`", "Scan", BOOKS | {"ScanFilter": compared(33)}, ""),
    ("a value in `ScanFilter`", "Scan", BOOKS | {"ScanFilter": compared(34)}, TOO_DEEP),
    (
        "a value in Scan's",
        "Scan",
        BOOKS | {"ExclusiveStartKey": {"id": nested(33)}},
        f"The provided starting key is invalid: {TOO_DEEP}",
    ),
    (
        "a `FilterExpression`",
        "Scan",
        BOOKS | {"FilterExpression": TOO_LONG, "ExpressionAttributeValues": V},
        (
            "Invalid FilterExpression: Expression size has exceeded the maximum allowed size;"
            " expression size: 5006"
        ),
    ),
    (
        "a `FilterExpression`",
        "TransactWriteItems",
        transaction("Put", Item=ITEM, ConditionExpression=TOO_LONG, ExpressionAttributeValues=V),
        (
            "Invalid ConditionExpression: Expression size has exceeded the maximum allowed size;"
            " expression size: 5006"
        ),
    ),
    (
        "TransactWriteItems and",
        "TransactWriteItems",
        transaction("Delete", Key=ITEM) | {"ReturnConsumedCapacity": "ALL"},
        f"{ONE}Value 'ALL' at 'returnConsumedCapacity' {FAILED}",
    ),
    (
        "a faulty value",
        "TransactWriteItems",
        transaction(
            "Put",
            Item=ITEM,
            ConditionExpression="a = :v",
            ExpressionAttributeValues={":v": {"N": "abc"}},
        ),
        (
            "ExpressionAttributeValues contains invalid value:"
            " The parameter cannot be converted to a numeric value: abc for key :v"
        ),
    ),
    (
        "TransactWriteItems, a bad",
        "TransactWriteItems",
        transaction("Put", TableName="bad!name", Item=ITEM) | {"ReturnConsumedCapacity": "ALL"},
        f"{ONE}Value 'ALL' at 'returnConsumedCapacity' {FAILED}",
    ),
    (
        "TransactWriteItems with",
        "TransactWriteItems",
        {"TransactItems": [{"Put": BOOKS | put} for put in puts(101)]},
        f"{ONE}Value '[TransactWriteItem(conditionCheck=null, put=Put(",
    ),
    (
        "a value, 32",
        "TransactWriteItems",
        transaction(
            "ConditionCheck",
            Key=ITEM,
            ConditionExpression="a <> :v",
            ExpressionAttributeValues={":v": nested(33)},
        ),
        "",
    ),
    (
        "a Put in a transaction",
        "TransactWriteItems",
        transaction("Put", Item=ITEM, ExpressionAttributeValues=V),
        "",
    ),
]
"""How a row of the page begins, a request that it is about, and how its answer begins."""


@pytest.fixture(scope="module")
def database() -> Iterator[ddblite.Database]:
    """A database with the table of the shared requests."""
    with ddblite.connect(":memory:") as opened:
        opened.call("CreateTable", TABLE)
        yield opened


def answered(database: ddblite.Database, operation: str, wire: Wire) -> str:
    """Returns the code and text of the error that a request is answered with, or ""."""
    try:
        database.call(operation, wire)
    except DdbError as fault:
        return f"{fault.code}: {fault.message}"
    return ""


@pytest.mark.parametrize(
    ("operation", "wire", "text"), [row[1:] for row in SPLITS], ids=[row[0] for row in SPLITS]
)
def test_answers_of_most_regions(
    database: ddblite.Database, operation: str, wire: Wire, text: str
) -> None:
    """Captured on AWS, October 2026."""
    expected = f"ValidationException: {text}" if text else ""
    found = answered(database, operation, wire)
    assert (expected, bool(expected)) == (found[: len(expected)], bool(found))


def test_number_sets_and_large_items(database: ddblite.Database) -> None:
    """The two that follow no majority."""
    item: dict[str, Any] = {"id": {"S": "set"}, "n": {"NS": ["3", "1", "2"]}}
    database.call("PutItem", BOOKS | {"Item": item})
    found = {one["id"]["S"]: one for one in database.call("Scan", BOOKS)["Items"]}
    assert {"NS": ["1", "2", "3"]} == found["set"]["n"]
    largest = {":v": {"S": "x" * (409_600 - len("id1a"))}}
    update = {"UpdateExpression": "SET a = :v", "ExpressionAttributeValues": largest}
    database.call("UpdateItem", BOOKS | {"Key": ITEM} | update)


def test_page_has_every_row() -> None:
    """None without an answer that is held here, and none held here that is not told."""
    (rows,) = ROWS.findall((ROOT / "docs" / "compatibility.md").read_text("utf-8"))
    told = [line.removeprefix("| ") for line in rows.splitlines()[2:]]
    assert [] == [line for line in told if not line.startswith(tuple(row[0] for row in SPLITS))]
    assert [] == [row[0] for row in SPLITS if not any(line.startswith(row[0]) for line in told)]

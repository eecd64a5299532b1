"""Faults of expressions as the operations tell them: how long, in which order, in which layer."""

from collections.abc import Iterator
from typing import Final

import pytest

import ddblite
from table_definitions import table
from wire_requests import GET, ONE, PUT, QUERY, SCAN, Wire
from wires import refusal

LONG: Final = "a = a" + " " * 4103
TOO_LONG: Final = "Expression size has exceeded the maximum allowed size;"
WHITE: Final = 'Syntax error; token: "<EOF>", near: "   "'

EXPRESSIONS: Final = [
    ("PutItem", PUT, "ConditionExpression"),
    ("UpdateItem", GET, "ConditionExpression"),
    ("UpdateItem", GET, "UpdateExpression"),
    ("DeleteItem", GET, "ConditionExpression"),
    ("GetItem", GET, "ProjectionExpression"),
    ("Query", QUERY, "FilterExpression"),
    ("Query", QUERY, "KeyConditionExpression"),
    ("Query", QUERY, "ProjectionExpression"),
    ("Scan", SCAN, "FilterExpression"),
    ("Scan", SCAN, "ProjectionExpression"),
]


@pytest.fixture
def database() -> Iterator[ddblite.Database]:
    """A database with the books."""
    with ddblite.connect(":memory:") as opened:
        opened.call("CreateTable", table("id", keys=("id:HASH",), TableName="books"))
        yield opened


def envelope(operation: str) -> str:
    return ONE if operation in {"PutItem", "UpdateItem", "DeleteItem"} else ""


@pytest.mark.parametrize(("operation", "wire", "which"), EXPRESSIONS)
def test_white_space(database: ddblite.Database, operation: str, wire: Wire, which: str) -> None:
    expected = f"ValidationException: {envelope(operation)}Invalid {which}: {WHITE}"
    assert expected == refusal(database, operation, wire | {which: "   "})


@pytest.mark.parametrize(("operation", "wire", "which"), EXPRESSIONS)
def test_too_long(database: ddblite.Database, operation: str, wire: Wire, which: str) -> None:
    """Only a Scan's filter tells how long it is."""
    figure = " expression size: 4108" if (operation, which) == ("Scan", "FilterExpression") else ""
    expected = f"ValidationException: {envelope(operation)}Invalid {which}: {TOO_LONG}{figure}"
    assert expected == refusal(database, operation, wire | {which: LONG})


def test_expressions_of_transactions(database: ddblite.Database) -> None:
    """Their faults are of the request as a whole, and a condition tells how long it is."""
    for which, text, told in (
        ("ConditionExpression", "   ", WHITE),
        ("UpdateExpression", "   ", WHITE),
        ("ConditionExpression", LONG, TOO_LONG + " expression size: 4108"),
        ("UpdateExpression", LONG, TOO_LONG),
    ):
        update = GET | {"UpdateExpression": "REMOVE a", which: text}
        wire = {"TransactItems": [{"Update": update}]}
        expected = f"ValidationException: Invalid {which}: {told}"
        assert expected == refusal(database, "TransactWriteItems", wire)


def test_too_long_in_the_older_wording() -> None:
    with ddblite.connect(":memory:", wording="older") as database:
        for operation, wire, which in EXPRESSIONS:
            unsized = which in {"UpdateExpression", "ProjectionExpression"}
            figure = "" if unsized else " expression size: 4108"
            expected = f"ValidationException: Invalid {which}: {TOO_LONG}{figure}"
            assert expected == refusal(database, operation, wire | {which: LONG})


@pytest.mark.parametrize(
    ("update", "fault"),
    [
        ("SET #x = :v", "An expression attribute name used in the document path is not defined;"),
        ("SET n = :w", "An expression attribute value used in expression is not defined;"),
        ("SET n.m = :v, n = :v", "Two document paths overlap with each other;"),
        ("ADD n :v", "Incorrect operand type for operator or function; operator: ADD,"),
    ],
)
def test_an_update_is_looked_at_before_its_condition(
    database: ddblite.Database, update: str, fault: str
) -> None:
    """All of it: the expressions of a request are validated one after another."""
    asked = {**GET, "UpdateExpression": update, "ConditionExpression": "a = = b"}
    told = refusal(
        database, "UpdateItem", {**asked, "ExpressionAttributeValues": {":v": {"S": "x"}}}
    )
    assert told.startswith(f"ValidationException: {ONE}Invalid UpdateExpression: {fault}")


@pytest.mark.parametrize(
    "more",
    [
        {},
        {"ReturnValuesOnConditionCheckFailure": "ALL_OLD"},
        {"UpdateExpression": "SET a = = b"},
        {"UpdateExpression": "SET a = :v", "ExpressionAttributeValues": {":v": {"N": "x"}}},
    ],
)
def test_an_empty_condition_is_told_before_the_update(
    database: ddblite.Database, more: Wire
) -> None:
    wire = GET | {"UpdateExpression": "", "ConditionExpression": ""} | more
    empty = "Invalid ConditionExpression: The expression can not be empty;"
    assert f"ValidationException: {ONE}{empty}" == refusal(database, "UpdateItem", wire)


@pytest.mark.parametrize(
    ("section", "value", "name"),
    [
        ("ADD", {"S": "x"}, "STRING"),
        ("ADD", {"BOOL": True}, "BOOL"),
        ("ADD", {"B": "AAA="}, "Binary"),
        ("DELETE", {"N": "1"}, "NUMBER"),
    ],
)
def test_operands_of_add_and_delete(
    database: ddblite.Database, section: str, value: Wire, name: str
) -> None:
    update = GET | {
        "UpdateExpression": f"{section} n :v",
        "ExpressionAttributeValues": {":v": value},
    }
    text = (
        "Invalid UpdateExpression: Incorrect operand type for operator or function; operator: "
        f"{section}, operand type: {name}, typeSet: ALLOWED_FOR_ADD_OPERAND"
    )
    assert f"ValidationException: {ONE}{text}" == refusal(database, "UpdateItem", update)
    transaction = {"TransactItems": [{"Update": update}]}
    assert f"ValidationException: {text}" == refusal(database, "TransactWriteItems", transaction)

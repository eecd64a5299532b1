"""How many operands, how long a name and how deep a value the legacy parameters take."""

from collections.abc import Iterator
from typing import Any, Final

import pytest

import ddblite
from ddblite.schema.limits import ATTRIBUTE_NAME_BYTES_MAX
from table_definitions import table
from wire_requests import GET, ONE, PUT, SCAN, Json, Wire, reason, refusal

IN_BOOKS: Final = {
    "TableName": "books",
    "KeyConditions": {"id": {"ComparisonOperator": "EQ", "AttributeValueList": [{"S": "1"}]}},
}
MANY: Final = {
    "ComparisonOperator": "IN",
    "AttributeValueList": [{"N": str(number)} for number in range(27_500)],
}
TOO_DEEP: Final = (
    "Nesting Levels have exceeded supported limits:"
    " Attributes in the item have nested levels beyond supported limit"
)


@pytest.fixture
def books() -> Iterator[ddblite.Database]:
    """A database with one book."""
    with ddblite.connect(":memory:") as opened:
        opened.call("CreateTable", table("id", keys=("id:HASH",), TableName="books"))
        item = {"id": {"S": "1"}, "n": {"N": "27499"}}
        opened.call("PutItem", {"TableName": "books", "Item": item})
        yield opened


def test_in_has_no_limit(books: ddblite.Database) -> None:
    """The hundred operands of expressions do not count here."""
    assert 1 == books.call("Scan", SCAN | {"ScanFilter": {"n": MANY}})["Count"]
    assert 1 == books.call("Query", IN_BOOKS | {"QueryFilter": {"n": MANY}})["Count"]
    books.call("PutItem", PUT | {"Expected": {"n": MANY}})


@pytest.mark.parametrize(("operator", "count"), [("NOT_NULL", 0), ("NULL", 1)])
def test_a_filter_may_ask_about_an_attribute_without_a_name(
    books: ddblite.Database, operator: str, count: int
) -> None:
    """No item has one; only what is compared is checked."""
    conditions = {"": {"ComparisonOperator": operator}}
    assert count == books.call("Scan", SCAN | {"ScanFilter": conditions})["Count"]
    assert count == books.call("Query", IN_BOOKS | {"QueryFilter": conditions})["Count"]
    bad = {"": {"ComparisonOperator": "EQ", "AttributeValueList": [{"N": "x"}]}}
    text = "The parameter cannot be converted to a numeric value: x"
    assert text == reason("Scan", SCAN | {"ScanFilter": bad})


def test_an_update_is_of_an_attribute_with_a_name() -> None:
    wire = GET | {"AttributeUpdates": {"": {"Action": "DELETE"}}}
    assert ONE + "Empty attribute name" == reason("UpdateItem", wire)


def named(name: str) -> list[tuple[str, Wire]]:
    exists: Json = {"ComparisonOperator": "NOT_NULL"}
    key: Json = {"ComparisonOperator": "EQ", "AttributeValueList": [{"S": "1"}]}
    return [
        ("GetItem", GET | {"AttributesToGet": [name]}),
        ("Scan", SCAN | {"AttributesToGet": [name]}),
        ("Scan", SCAN | {"ScanFilter": {name: exists}}),
        ("Query", IN_BOOKS | {"QueryFilter": {name: exists}}),
        ("Query", {"TableName": "books", "KeyConditions": {name: key}}),
        ("PutItem", PUT | {"Expected": {name: exists}}),
        ("UpdateItem", GET | {"AttributeUpdates": {name: {"Action": "DELETE"}}}),
    ]


@pytest.mark.parametrize("case", range(len(named(""))))
def test_attribute_name_bytes_max(case: int) -> None:
    for length in (ATTRIBUTE_NAME_BYTES_MAX - 1, ATTRIBUTE_NAME_BYTES_MAX):
        operation, wire = named("é" + "n" * (length - 2))[case]
        assert "" == refusal(operation, wire)
    operation, wire = named("é" + "n" * (ATTRIBUTE_NAME_BYTES_MAX - 1))[case]
    text = reason(operation, wire).removeprefix(ONE)
    assert "Attribute name is too large, must be less than 65536 bytes" == text


def nested(containers: int) -> dict[str, Any]:
    value: dict[str, Any] = {"S": "leaf"}
    for _ in range(containers):
        value = {"L": [value]}
    return value


def test_nesting_depth_max_of_filters(books: ddblite.Database) -> None:
    """A Scan's filter takes one level more than everything else (most regions, October 2026)."""

    def equal_to(containers: int) -> Wire:
        value = nested(containers)
        return {"n": {"ComparisonOperator": "EQ", "AttributeValueList": [value]}}

    for containers in (31, 32):
        assert 0 == books.call("Scan", SCAN | {"ScanFilter": equal_to(containers)})["Count"]
    assert TOO_DEEP == reason("Scan", SCAN | {"ScanFilter": equal_to(33)})
    assert 0 == books.call("Query", IN_BOOKS | {"QueryFilter": equal_to(31)})["Count"]
    assert TOO_DEEP == reason("Query", IN_BOOKS | {"QueryFilter": equal_to(32)})

"""What AWS's local version takes and the service does not: taken by a lenient database only."""

from typing import Any, Final

import pytest

import ddblite
from table_definitions import PROVISIONED, index, schema, table
from wire_requests import GOOD, Wire
from wires import refusal

WRITTEN: Final = {"ReadCapacityUnits": "3", "WriteCapacityUnits": " 4 "}
FORM: Final = table("a", "g", **PROVISIONED) | {
    "ProvisionedThroughput": WRITTEN,
    "GlobalSecondaryIndexes": [index("g:HASH", ProvisionedThroughput=WRITTEN)],
}
"""What the create-table form of dynamodb-admin 5 sends."""

SURPLUS: Final = table(
    *("a", "b", "l", "g", "x"),
    keys=("a:HASH", "b:RANGE"),
    LocalSecondaryIndexes=[index("a:HASH", "l:RANGE", name="local")],
    GlobalSecondaryIndexes=[index("g:HASH", "l:RANGE")],
)

STRICTLY: Final = [
    ("CreateTable", FORM, "SerializationException: STRING_VALUE cannot be converted to Long"),
    (
        "CreateTable",
        SURPLUS,
        (
            "ValidationException: One or more parameter values were invalid: Some"
            " AttributeDefinitions are not used. AttributeDefinitions: [x, a, b, l, g],"
            " keys used: [a, b, g, l]"
        ),
    ),
    (
        "ListTables",
        {"Limit": "5"},
        "SerializationException: STRING_VALUE cannot be converted to Integer",
    ),
]


@pytest.mark.parametrize(("operation", "wire", "text"), STRICTLY)
def test_only_a_lenient_database_takes_it(operation: str, wire: Wire, text: str) -> None:
    """By default the answer is the service's."""
    with ddblite.connect(":memory:") as database:
        assert text == refusal(database, operation, wire)
    with ddblite.connect(":memory:", lenient=True) as database:
        database.call(operation, wire)


def made(wire: Wire) -> dict[str, Any]:
    """Returns the description of a table that a lenient database made."""
    with ddblite.connect(":memory:", lenient=True) as database:
        database.call("CreateTable", wire)
        description: dict[str, Any] = database.call("DescribeTable", {"TableName": "books"})
    found: dict[str, Any] = description["Table"]
    return found


def test_numbers_written_as_texts_are_numbers() -> None:
    found = made(FORM)
    for part in (found, *found["GlobalSecondaryIndexes"]):
        units = part["ProvisionedThroughput"]
        assert (3, 4) == (units["ReadCapacityUnits"], units["WriteCapacityUnits"])


def test_definitions_that_no_key_uses_are_left_out() -> None:
    names = [one["AttributeName"] for one in made(SURPLUS)["AttributeDefinitions"]]
    assert ["a", "b", "g", "l"] == names


def written(units: Any) -> Wire:  # noqa: ANN401 - any JSON
    """Returns a CreateTable with such a capacity."""
    return FORM | {"ProvisionedThroughput": {"ReadCapacityUnits": units, "WriteCapacityUnits": 1}}


NOT_LONG: Final = "SerializationException: STRING_VALUE cannot be converted to Long"
TOO_LITTLE: Final = (
    "ValidationException: 1 validation error detected: Value '0' at"
    " 'provisionedThroughput.readCapacityUnits' failed to satisfy constraint:"
    " Member must have value greater than or equal to 1"
)


@pytest.mark.parametrize(
    ("wire", "text"),
    [
        (written("five"), NOT_LONG),
        (written("1.5"), NOT_LONG),
        (written(""), NOT_LONG),
        (written("9" * 5000), NOT_LONG),
        (written("0"), TOO_LITTLE),
        (
            written(["5"]),
            "SerializationException: Unrecognized collection type class java.lang.Long",
        ),
        (
            table("a", "x"),
            (
                "ValidationException: One or more parameter values were invalid: Number of"
                " attributes in KeySchema does not exactly match number of attributes defined in"
                " AttributeDefinitions"
            ),
        ),
        (
            SURPLUS | {"KeySchema": schema("z:HASH", "b:RANGE")},
            (
                "ValidationException: One or more parameter values were invalid: Some index key"
                " attributes are not defined in AttributeDefinitions. Keys: [z, b],"
                " AttributeDefinitions: [a, b, l, g]"
            ),
        ),
        (SURPLUS | {"KeySchema": 5}, "SerializationException: Unexpected field type"),
        (
            SURPLUS | {"AttributeDefinitions": [{}]},
            (
                "ValidationException: 2 validation errors detected: Value null at"
                " 'attributeDefinitions.1.member.attributeName' failed to satisfy constraint:"
                " Member must not be null; Value null at"
                " 'attributeDefinitions.1.member.attributeType' failed to satisfy constraint:"
                " Member must not be null"
            ),
        ),
    ],
)
def test_what_else_is_wrong_is_told_as_ever(wire: Wire, text: str) -> None:
    """A table without indexes takes no other definitions either: there the two agree."""
    with ddblite.connect(":memory:", lenient=True) as database:
        assert text == refusal(database, "CreateTable", wire)


@pytest.mark.parametrize("operation", sorted(GOOD))
def test_attribute_values_are_not_read_leniently(operation: str) -> None:
    """Leniency is about members of requests; what cannot be read stays as it is."""
    with (
        ddblite.connect(":memory:", lenient=True) as database,
        ddblite.connect(":memory:") as strict,
    ):
        for opened in (database, strict):
            opened.call("CreateTable", GOOD["CreateTable"])
        for member in GOOD[operation]:
            wire = GOOD[operation] | {member: {"S": 5}}
            assert refusal(strict, operation, wire) == refusal(database, operation, wire)

"""The constraints of CreateTable's nested members: paths, echoes and order."""

import pytest

from table_definitions import index, table, with_global
from wire_requests import ONE, Json, reason, refusal

FAILED = "failed to satisfy constraint: "

FRAMEWORK: list[tuple[dict[str, Json], str]] = [
    (table("a", KeySchema=None), f"Value null at 'keySchema' {FAILED}Member must not be null"),
    (
        table("a", KeySchema=[]),
        f"Value '[]' at 'keySchema' {FAILED}Member must have length greater than or equal to 1",
    ),
    (
        table("a", AttributeDefinitions=None),
        f"Value null at 'attributeDefinitions' {FAILED}Member must not be null",
    ),
    (
        table("a", BillingMode=None, ProvisionedThroughput={"ReadCapacityUnits": 1}),
        f"Value null at 'provisionedThroughput.writeCapacityUnits' {FAILED}Member must not be null",
    ),
    (
        table("a", "b", "c", keys=("a:HASH", "b:RANGE", "c:RANGE")),
        (
            "Value '[KeySchemaElement(attributeName=a, keyType=HASH),"
            " KeySchemaElement(attributeName=b, keyType=RANGE),"
            f" KeySchemaElement(attributeName=c, keyType=RANGE)]' at 'keySchema' {FAILED}"
            "Member must have length less than or equal to 2"
        ),
    ),
    (
        with_global("b:HASH", name="i;"),
        (
            "2 validation errors detected:"
            f" Value 'i;' at 'globalSecondaryIndexes.1.member.indexName' {FAILED}"
            "Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+;"
            f" Value 'i;' at 'globalSecondaryIndexes.1.member.indexName' {FAILED}"
            "Member must have length greater than or equal to 3"
        ),
    ),
    (
        with_global("b:HASH", Projection=None),
        (
            f"Value null at 'globalSecondaryIndexes.1.member.projection' {FAILED}"
            "Member must not be null"
        ),
    ),
    (
        with_global("b:HASH", Projection={"ProjectionType": "INCLUDE", "NonKeyAttributes": []}),
        (
            "Value '[]' at 'globalSecondaryIndexes.1.member.projection.nonKeyAttributes' "
            f"{FAILED}Member must have length greater than or equal to 1"
        ),
    ),
    (
        table("n" * 256, keys=("n" * 256 + ":HASH",)),
        (
            f"2 validation errors detected: Value '{'n' * 256}' at "
            f"'attributeDefinitions.1.member.attributeName' {FAILED}"
            "Member must have length less than or equal to 255; "
            f"Value '{'n' * 256}' at 'keySchema.1.member.attributeName' {FAILED}"
            "Member must have length less than or equal to 255"
        ),
    ),
]


@pytest.mark.parametrize(("wire", "text"), FRAMEWORK)
def test_constraints(wire: dict[str, Json], text: str) -> None:
    prefix = "" if text.startswith("2 ") else ONE
    assert prefix + text == reason("CreateTable", wire)


def test_projected_attributes_max() -> None:
    """Twenty per index; the list of an index is a constraint, of all together a check."""
    for count, good in ((19, True), (20, True), (21, False)):
        names = [f"n{number}" for number in range(count)]
        projection = {"ProjectionType": "INCLUDE", "NonKeyAttributes": names}
        text = refusal("CreateTable", with_global("b:HASH", Projection=projection))
        assert good == (text == "")
        assert good or text.endswith("Member must have length less than or equal to 20")


def test_projected_attributes_total_max() -> None:
    def of(*counts: int) -> str:
        indexes = [
            index(
                "a:HASH",
                name=f"index{position}",
                Projection={
                    "ProjectionType": "INCLUDE",
                    "NonKeyAttributes": [f"n{number}" for number in range(count)],
                },
            )
            for position, count in enumerate(counts)
        ]
        return refusal("CreateTable", table("a", GlobalSecondaryIndexes=indexes))

    assert "" == of(20, 20, 20, 20, 20)
    assert "NonKeyAttributes of all indexes" in of(20, 20, 20, 20, 20, 1)


def test_capacity_below_one_lists_writes_first() -> None:
    units = {"ReadCapacityUnits": 0, "WriteCapacityUnits": 0}
    clause = f"{FAILED}Member must have value greater than or equal to 1"
    assert (
        "2 validation errors detected: "
        f"Value '0' at 'provisionedThroughput.writeCapacityUnits' {clause}; "
        f"Value '0' at 'provisionedThroughput.readCapacityUnits' {clause}"
    ) == reason("CreateTable", table("a", BillingMode=None, ProvisionedThroughput=units))


def test_global_faults_are_listed_before_local_ones() -> None:
    wire = table(
        "a",
        LocalSecondaryIndexes=[index("a:HASH", name="l;;")],
        GlobalSecondaryIndexes=[index("a:HASH", name="g;;")],
    )
    text = reason("CreateTable", wire)
    assert text.index("globalSecondaryIndexes") < text.index("localSecondaryIndexes")

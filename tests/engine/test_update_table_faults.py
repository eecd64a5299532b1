"""What UpdateTable refuses for a table as it is, in the service's words.

The texts that need no table are with the wire's tests.
"""

from collections.abc import Iterator
from typing import Any, Final

import pytest

import ddblite
from changed_tables import (
    FIVE,
    ON_DEMAND,
    PROVISIONED,
    attributes,
    describe,
    index,
    throughput_update,
    update,
)
from wires import refusal

INVALID: Final = "ValidationException: One or more parameter values were invalid: "


@pytest.fixture
def database(clock: ddblite.FixedClock) -> Iterator[ddblite.Database]:
    """A database with a table of each billing mode."""
    with ddblite.connect(":memory:", clock=clock) as opened:
        for definition in (PROVISIONED, ON_DEMAND):
            opened.call("CreateTable", definition)
        yield opened


UNCHANGED: Final = (
    "ValidationException: The provisioned throughput for the {what} will not change. The requested"
    " value equals the current value. Current ReadCapacityUnits provisioned for the {kind}: 5."
    " Requested ReadCapacityUnits: 5. Current WriteCapacityUnits provisioned for the {kind}: 5."
    " Requested WriteCapacityUnits: 5. Refer to the Amazon DynamoDB Developer Guide for current"
    " limits and how to request higher limits."
)
REDEFINED: Final = (
    f"{INVALID}Attributes cannot be redefined. Please check that your attribute has the same type"
    " as previously defined. Existing schema: Schema:[SchemaElement: key{p:S:HASH}]"
    " New schema: Schema:[SchemaElement: key{p:N:HASH}]"
)
NEW: Final = [{"Create": index("new", "n:HASH")}]
REFUSED: Final = [
    ("provisioned", {"ProvisionedThroughput": FIVE}, UNCHANGED.format(what="table", kind="table")),
    (
        "provisioned",
        {"GlobalSecondaryIndexUpdates": throughput_update(ProvisionedThroughput=FIVE)},
        UNCHANGED.format(what="index global", kind="index"),
    ),
    (
        "on_demand",
        {"ProvisionedThroughput": FIVE},
        (
            f"{INVALID}Neither ReadCapacityUnits nor WriteCapacityUnits can be specified"
            " when BillingMode is PAY_PER_REQUEST"
        ),
    ),
    (
        "on_demand",
        {"GlobalSecondaryIndexUpdates": throughput_update(ProvisionedThroughput=FIVE)},
        (
            f"{INVALID}The only Updates for index: global when TableThroughputMode is"
            " PAY_PER_REQUEST can be to OnDemandThroughput, WarmThroughput"
        ),
    ),
    (
        "on_demand",
        {
            "GlobalSecondaryIndexUpdates": [
                {"Create": index("new", "n:HASH", ProvisionedThroughput=FIVE)}
            ],
            "AttributeDefinitions": attributes("n"),
        },
        (
            f"{INVALID}Neither ReadCapacityUnits nor WriteCapacityUnits can be specified for"
            " index: new when BillingMode is PAY_PER_REQUEST"
        ),
    ),
    (
        "provisioned",
        {"GlobalSecondaryIndexUpdates": NEW, "AttributeDefinitions": attributes("n")},
        f"{INVALID}Both ReadCapacityUnits and WriteCapacityUnits must be specified for index: new",
    ),
    (
        "provisioned",
        {"GlobalSecondaryIndexUpdates": throughput_update()},
        (
            f"{INVALID}Both ReadCapacityUnits and WriteCapacityUnits must be specified"
            " for index: global"
        ),
    ),
    (
        "on_demand",
        {"BillingMode": "PROVISIONED", "ProvisionedThroughput": FIVE},
        f"{INVALID}ProvisionedThroughput must be specified for index: global",
    ),
    (
        "provisioned",
        {"OnDemandThroughput": {"MaxReadRequestUnits": 5}},
        (
            f"{INVALID}MaxReadRequestUnits for OnDemandThroughput cannot be specified"
            " when the table BillingMode is PROVISIONED"
        ),
    ),
    *(
        (
            "on_demand",
            {"OnDemandThroughput": {"MaxReadRequestUnits": limit}},
            (
                f"{INVALID}Requested MaxReadRequestUnits for OnDemandThroughput for table"
                " is outside of valid range"
            ),
        )
        for limit in (0, -2)
    ),
    (
        "on_demand",
        {"WarmThroughput": {"ReadUnitsPerSecond": 11_999}},
        (
            f"{INVALID}Requested ReadUnitsPerSecond for WarmThroughput for table is lower than"
            " current WarmThroughput, decreasing WarmThroughput is not supported"
        ),
    ),
    (
        "on_demand",
        {
            "ProvisionedThroughput": FIVE | {"ReadCapacityUnits": 40_001},
            "BillingMode": "PROVISIONED",
            "GlobalSecondaryIndexUpdates": throughput_update(ProvisionedThroughput=FIVE),
        },
        (
            "LimitExceededException: The requested ReadCapacityUnits, 40001, is above the per table"
            " maximum for the account in us-east-1. Per table maximum: 40000. Refer to the Amazon"
            " DynamoDB Developer Guide for current limits and how to request higher limits."
        ),
    ),
    (
        "on_demand",
        {
            "GlobalSecondaryIndexUpdates": [{"Create": index("global", "n:HASH")}],
            "AttributeDefinitions": attributes("n"),
        },
        "ValidationException: Attempting to create an index which already exists",
    ),
    (
        "provisioned",
        {"GlobalSecondaryIndexUpdates": [{"Delete": {"IndexName": "local"}}]},
        "ValidationException: Cannot delete an index that is not a GlobalSecondaryIndex: local",
    ),
    (
        "provisioned",
        {
            "GlobalSecondaryIndexUpdates": [
                {"Update": {"IndexName": "local", "ProvisionedThroughput": FIVE}}
            ]
        },
        "ValidationException: Cannot update an index that is not a GlobalSecondaryIndex: local",
    ),
    *(
        (
            "on_demand",
            {"GlobalSecondaryIndexUpdates": [{kind: {"IndexName": "nothing"}}]},
            (
                "ResourceNotFoundException: Requested resource not found:"
                " Index nothing for table on_demand"
            ),
        )
        for kind in ("Update", "Delete")
    ),
    (
        "on_demand",
        {
            "GlobalSecondaryIndexUpdates": [*NEW, {"Delete": {"IndexName": "global"}}],
            "AttributeDefinitions": attributes("n"),
        },
        (
            "LimitExceededException: Subscriber limit exceeded: Only 1 online index can be created"
            " or deleted simultaneously per table"
        ),
    ),
    (
        "on_demand",
        {
            "GlobalSecondaryIndexUpdates": [{"Create": index("new", "n:HASH", "p:RANGE")}],
            "AttributeDefinitions": attributes("n", "p:N"),
        },
        REDEFINED,
    ),
    (
        "on_demand",
        {"GlobalSecondaryIndexUpdates": NEW, "AttributeDefinitions": attributes("other")},
        (
            f"{INVALID}Some index key attributes are not defined in AttributeDefinitions."
            " Keys: [n], AttributeDefinitions: [other]"
        ),
    ),
    (
        "on_demand",
        {
            "GlobalSecondaryIndexUpdates": [
                {"Create": index("new", "n:HASH", OnDemandThroughput={"MaxReadRequestUnits": 0})}
            ],
            "AttributeDefinitions": attributes("n"),
        },
        (
            f"{INVALID}Requested MaxReadRequestUnits for OnDemandThroughput for index new"
            " is outside of valid range"
        ),
    ),
    (
        "on_demand",
        {"StreamSpecification": {"StreamEnabled": False}},
        "ValidationException: Table has no stream to disable: TableName: on_demand",
    ),
    (
        "on_demand",
        {"SSESpecification": {"Enabled": False}},
        f"{INVALID}Table is already encrypted by default",
    ),
]


@pytest.mark.parametrize(("table", "members", "text"), REFUSED, ids=lambda one: str(one)[:60])
def test_what_does_not_fit_is_refused(
    database: ddblite.Database, table: str, members: dict[str, Any], text: str
) -> None:
    """Nothing of the request is carried out."""
    before = describe(database, table)
    assert text == refusal(database, "UpdateTable", {"TableName": table, **members})
    assert before == describe(database, table)


def test_twenty_indexes_are_enough(database: ddblite.Database) -> None:
    for number in range(19):
        new = {"Create": index(f"index_{number}", "n:HASH")}
        update(
            *(database, "on_demand"),
            AttributeDefinitions=attributes("n"),
            GlobalSecondaryIndexUpdates=[new],
        )
    members = {"GlobalSecondaryIndexUpdates": NEW, "AttributeDefinitions": attributes("n")}
    text = (
        "LimitExceededException: Subscriber limit exceeded: Number of global secondary indexes"
        " exceeds per-table limit of 20"
    )
    assert text == refusal(database, "UpdateTable", {"TableName": "on_demand", **members})

"""UpdateTable beside indexes: billing, throughput, streams, encryption, class, protection."""

from collections.abc import Iterator
from typing import Final
from uuid import UUID

import pytest

import ddblite
from changed_tables import (
    FIVE,
    NOON_S,
    ON_DEMAND,
    PROVISIONED,
    STREAM,
    describe,
    throughput_update,
    update,
)
from ddblite.engine.definitions.describe import DEFAULT_KEY
from wires import refusal

INVALID: Final = "ValidationException: One or more parameter values were invalid: "


@pytest.fixture
def clock() -> ddblite.FixedClock:
    """A clock at noon."""
    return ddblite.FixedClock(NOON_S)


@pytest.fixture
def database(clock: ddblite.FixedClock) -> Iterator[ddblite.Database]:
    """A database with a table of each billing mode."""
    with ddblite.connect(":memory:", clock=clock) as opened:
        for definition in (PROVISIONED, ON_DEMAND):
            opened.call("CreateTable", definition)
        yield opened


def test_capacity_goes_up_and_down(database: ddblite.Database, clock: ddblite.FixedClock) -> None:
    """The answer shows what it was, and since when it rises; descriptions show what is."""
    more = {"ReadCapacityUnits": 6, "WriteCapacityUnits": 4}
    clock.advance(60)
    answered = update(database, "provisioned", ProvisionedThroughput=more)
    assert "UPDATING" == answered["TableStatus"]
    rising = FIVE | {"NumberOfDecreasesToday": 0, "LastIncreaseDateTime": NOON_S + 60}
    assert rising == answered["ProvisionedThroughput"]
    expected = {
        **more,
        "NumberOfDecreasesToday": 1,
        "LastIncreaseDateTime": NOON_S + 60,
        "LastDecreaseDateTime": NOON_S + 60,
    }
    found = describe(database, "provisioned")
    assert expected == found["ProvisionedThroughput"]
    assert 6 == found["WarmThroughput"]["ReadUnitsPerSecond"]
    update(database, "provisioned", ProvisionedThroughput=FIVE | {"WriteCapacityUnits": 1})
    found = describe(database, "provisioned")["ProvisionedThroughput"]
    assert 2 == found["NumberOfDecreasesToday"]
    clock.advance(86_400)
    assert 0 == describe(database, "provisioned")["ProvisionedThroughput"]["NumberOfDecreasesToday"]


def test_capacity_of_an_index(database: ddblite.Database) -> None:
    """As that of a table."""
    more = {"ReadCapacityUnits": 6, "WriteCapacityUnits": 6}
    changes = throughput_update(ProvisionedThroughput=more)
    answered = update(database, "provisioned", GlobalSecondaryIndexUpdates=changes)
    (shown,) = answered["GlobalSecondaryIndexes"]
    assert "UPDATING" == shown["IndexStatus"]
    rising = FIVE | {"NumberOfDecreasesToday": 0, "LastIncreaseDateTime": NOON_S}
    assert rising == shown["ProvisionedThroughput"]
    (found,) = describe(database, "provisioned")["GlobalSecondaryIndexes"]
    assert ("ACTIVE", 6) == (
        found["IndexStatus"],
        found["ProvisionedThroughput"]["ReadCapacityUnits"],
    )


def test_billing_there_and_back(database: ddblite.Database, clock: ddblite.FixedClock) -> None:
    """A table that was on demand once remembers since when."""
    assert "BillingModeSummary" not in describe(database, "provisioned")
    clock.advance(5)
    answered = update(database, "provisioned", BillingMode="PAY_PER_REQUEST")
    assert "UPDATING" == answered["GlobalSecondaryIndexes"][0]["IndexStatus"]
    found = describe(database, "provisioned")
    summary = {
        "BillingMode": "PAY_PER_REQUEST",
        "LastUpdateToPayPerRequestDateTime": NOON_S + 5,
    }
    assert summary == found["BillingModeSummary"]
    assert 0 == found["ProvisionedThroughput"]["ReadCapacityUnits"]
    assert 12_000 == found["WarmThroughput"]["ReadUnitsPerSecond"]
    limits = {"MaxReadRequestUnits": 7, "MaxWriteRequestUnits": 8}
    update(database, "provisioned", OnDemandThroughput=limits)
    assert limits == describe(database, "provisioned")["OnDemandThroughput"]
    update(
        *(database, "provisioned"),
        BillingMode="PROVISIONED",
        ProvisionedThroughput=FIVE,
        GlobalSecondaryIndexUpdates=throughput_update(ProvisionedThroughput=FIVE),
    )
    found = describe(database, "provisioned")
    assert summary | {"BillingMode": "PROVISIONED"} == found["BillingModeSummary"]
    assert 5 == found["GlobalSecondaryIndexes"][0]["ProvisionedThroughput"]["ReadCapacityUnits"]
    assert "OnDemandThroughput" not in found


def test_limits_come_and_go(database: ddblite.Database) -> None:
    update(database, "on_demand", OnDemandThroughput={"MaxReadRequestUnits": 7})
    update(database, "on_demand", OnDemandThroughput={"MaxWriteRequestUnits": 8})
    limits = {"MaxReadRequestUnits": 7, "MaxWriteRequestUnits": 8}
    assert limits == describe(database, "on_demand")["OnDemandThroughput"]
    update(database, "on_demand", OnDemandThroughput={"MaxReadRequestUnits": -1})
    update(database, "on_demand", OnDemandThroughput={"MaxWriteRequestUnits": -1})
    assert "OnDemandThroughput" not in describe(database, "on_demand")
    changes = throughput_update(OnDemandThroughput={"MaxReadRequestUnits": 3})
    update(database, "on_demand", GlobalSecondaryIndexUpdates=changes)
    (found,) = describe(database, "on_demand")["GlobalSecondaryIndexes"]
    assert {"MaxReadRequestUnits": 3} == found["OnDemandThroughput"]


def test_warmth_only_rises(database: ddblite.Database) -> None:
    """Of the table, and of an index."""
    warm = {"ReadUnitsPerSecond": 15_000}
    update(
        *(database, "on_demand"),
        WarmThroughput=warm,
        GlobalSecondaryIndexUpdates=throughput_update(WarmThroughput=warm),
    )
    found = describe(database, "on_demand")
    expected = {"ReadUnitsPerSecond": 15_000, "WriteUnitsPerSecond": 4_000, "Status": "ACTIVE"}
    assert expected == found["WarmThroughput"]
    assert expected == found["GlobalSecondaryIndexes"][0]["WarmThroughput"]


def test_class_and_protection(database: ddblite.Database) -> None:
    update(database, "on_demand", TableClass="STANDARD_INFREQUENT_ACCESS")
    found = describe(database, "on_demand")
    assert {"TableClass": "STANDARD_INFREQUENT_ACCESS"} == found["TableClassSummary"]
    update(database, "on_demand", DeletionProtectionEnabled=True)
    text = (
        "ValidationException: Resource cannot be deleted as it is currently protected against"
        " deletion. Disable deletion protection first."
    )
    assert text == refusal(database, "DeleteTable", {"TableName": "on_demand"})
    update(database, "on_demand", DeletionProtectionEnabled=False)
    database.call("DeleteTable", {"TableName": "on_demand"})


def test_stream_comes_and_goes(database: ddblite.Database) -> None:
    """Its label stays when it is disabled; enabling it again makes another one."""
    answered = update(database, "on_demand", StreamSpecification=STREAM)
    assert STREAM == answered["StreamSpecification"]
    first = describe(database, "on_demand")
    assert f"{first['TableArn']}/stream/{first['LatestStreamLabel']}" == first["LatestStreamArn"]
    assert len("2026-10-08T23:07:31.275") == len(first["LatestStreamLabel"])
    text = "ValidationException: Table already has an enabled stream: TableName: on_demand"
    other = {"StreamEnabled": True, "StreamViewType": "KEYS_ONLY"}
    request = {"TableName": "on_demand", "StreamSpecification": other}
    assert text == refusal(database, "UpdateTable", request)
    update(database, "on_demand", StreamSpecification={"StreamEnabled": False})
    disabled = describe(database, "on_demand")
    assert "StreamSpecification" not in disabled
    assert first["LatestStreamArn"] == disabled["LatestStreamArn"]
    update(database, "on_demand", StreamSpecification=other)
    again = describe(database, "on_demand")
    assert first["LatestStreamLabel"] < again["LatestStreamLabel"]


def test_stream_of_a_new_table(database: ddblite.Database) -> None:
    for name, stream in (("with", STREAM), ("without", {"StreamEnabled": False})):
        table = ON_DEMAND | {"TableName": f"table_{name}", "StreamSpecification": stream}
        created = database.call("CreateTable", table)["TableDescription"]
        assert (name == "with") == ("LatestStreamArn" in created)
        assert (name == "with") == ("StreamSpecification" in created)


def test_encryption(database: ddblite.Database) -> None:
    """A key is shown as an ARN, also the one that the service manages for the account."""
    arn = "arn:aws:kms:us-east-1:000000000000:"
    for settings, shown in (
        ({"Enabled": True}, f"{arn}key/{DEFAULT_KEY}"),
        ({"Enabled": True, "SSEType": "KMS", "KMSMasterKeyId": "abc"}, f"{arn}key/abc"),
        ({"Enabled": True, "SSEType": "KMS", "KMSMasterKeyId": "alias/a"}, f"{arn}alias/a"),
        ({"Enabled": True, "SSEType": "KMS", "KMSMasterKeyId": f"{arn}key/x"}, f"{arn}key/x"),
    ):
        answered = update(database, "on_demand", SSESpecification=settings)["SSEDescription"]
        described = {"SSEType": "KMS", "KMSMasterKeyArn": shown}
        assert {"Status": "UPDATING", **described} == answered
        found = describe(database, "on_demand")["SSEDescription"]
        assert {"Status": "ENABLED", **described} == found
        text = (
            f"{INVALID}Table is already encrypted with given KMSMasterKeyId."
            " Use KMSMasterKeyId parameter if you want to change Master Key"
        )
        request = {"TableName": "on_demand", "SSESpecification": settings}
        assert text == refusal(database, "UpdateTable", request)
    answered = update(database, "on_demand", SSESpecification={"Enabled": False})
    leaving = {"Status": "UPDATING", "SSEType": "KMS", "KMSMasterKeyArn": f"{arn}key/x"}
    assert leaving == answered["SSEDescription"]
    assert "SSEDescription" not in describe(database, "on_demand")


def test_encryption_of_a_new_table(database: ddblite.Database) -> None:
    """The key that the service manages has an identifier, as in recordings of AWS; no alias."""
    table = ON_DEMAND | {"TableName": "encrypted", "SSESpecification": {"Enabled": True}}
    created = database.call("CreateTable", table)["TableDescription"]["SSEDescription"]
    assert "KMS" == created["SSEType"]
    key = created["KMSMasterKeyArn"].removeprefix("arn:aws:kms:us-east-1:000000000000:key/")
    assert key == str(UUID(key))
    assert created == describe(database, "encrypted")["SSEDescription"]


def test_table_by_its_arn(database: ddblite.Database) -> None:
    """Of any region and account."""
    arn = "arn:aws:dynamodb:eu-west-1:123456789012:table/on_demand"
    assert "on_demand" == update(database, arn, TableClass="STANDARD")["TableName"]

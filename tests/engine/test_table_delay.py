"""With a delay, changes of tables are seen going on, as with the service."""

from collections.abc import Iterator
from typing import Any

import pytest

import ddblite
from ddblite import FixedClock
from ddblite.schema.errors import (
    ResourceInUseException,
    ResourceNotFoundException,
    TableNotFoundException,
    ValidationException,
)

DELAY_S = 5
INDEX = {
    "AttributeDefinitions": [{"AttributeName": "year", "AttributeType": "N"}],
    "GlobalSecondaryIndexUpdates": [
        {
            "Create": {
                "IndexName": "by_year",
                "KeySchema": [{"AttributeName": "year", "KeyType": "HASH"}],
                "Projection": {"ProjectionType": "ALL"},
            }
        }
    ],
}

EXPIRY = {"TimeToLiveSpecification": {"Enabled": True, "AttributeName": "expires"}}
RECOVERY = {"PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": True}}


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock()


@pytest.fixture
def slow(clock: FixedClock) -> Iterator[ddblite.Database]:
    """A database whose tables take their time."""
    with ddblite.connect(":memory:", clock=clock, table_delay_s=DELAY_S) as database:
        database.create_table("music", partition_key="artist")
        yield database


def status(database: ddblite.Database) -> str:
    described: dict[str, Any] = database.call("DescribeTable", {"TableName": "music"})["Table"]
    return str(described["TableStatus"])


def test_a_new_table_is_not_there_for_items_yet(slow: ddblite.Database, clock: FixedClock) -> None:
    assert "CREATING" == status(slow)
    with pytest.raises(ResourceNotFoundException, match=r"^Requested resource not found$"):
        slow.call("PutItem", {"TableName": "music", "Item": {"artist": {"S": "Nina"}}})
    with pytest.raises(ResourceInUseException, match=r"Table is being created: music$"):
        slow.call("DeleteTable", {"TableName": "music"})
    with pytest.raises(ResourceInUseException, match=r"Table is being created: music$"):
        slow.create_table("music", partition_key="artist")
    clock.advance(DELAY_S)
    assert "ACTIVE" == status(slow)
    slow.table("music").put({"artist": "Nina"})


def test_what_is_asked_of_a_new_table_waits(slow: ddblite.Database, clock: FixedClock) -> None:
    """Each in its own words."""
    arn = slow.call("DescribeTable", {"TableName": "music"})["Table"]["TableArn"]
    with pytest.raises(ResourceInUseException, match=r"Table is being created: music$"):
        slow.call("TagResource", {"ResourceArn": arn, "Tags": [{"Key": "a", "Value": "b"}]})
    with pytest.raises(ResourceInUseException, match=r"Table is being created: music$"):
        slow.call("UpdateTimeToLive", {"TableName": "music", **EXPIRY})
    with pytest.raises(TableNotFoundException, match=r"^Table not found: music$"):
        slow.call("UpdateContinuousBackups", {"TableName": "music", **RECOVERY})
    with pytest.raises(ValidationException, match=r"Current table state is CREATING$"):
        slow.call("DescribeTimeToLive", {"TableName": "music"})
    with pytest.raises(TableNotFoundException, match=r"^Table not found: music$"):
        slow.call("DescribeContinuousBackups", {"TableName": "music"})
    clock.advance(DELAY_S)
    slow.call("TagResource", {"ResourceArn": arn, "Tags": [{"Key": "a", "Value": "b"}]})
    slow.call("UpdateTimeToLive", {"TableName": "music", **EXPIRY})
    slow.call("UpdateContinuousBackups", {"TableName": "music", **RECOVERY})
    slow.call("DescribeTimeToLive", {"TableName": "music"})


def test_a_changing_table_still_answers(slow: ddblite.Database, clock: FixedClock) -> None:
    clock.advance(DELAY_S)
    slow.table("music").put({"artist": "Nina", "year": 1965})
    slow.call("UpdateTable", {"TableName": "music", **INDEX})
    assert "UPDATING" == status(slow)
    assert {"artist": "Nina", "year": 1965} == slow.table("music").get("Nina")
    with pytest.raises(ResourceInUseException, match=r"music is in the process of being updated"):
        slow.call("DeleteTable", {"TableName": "music"})
    clock.advance(DELAY_S)
    assert "ACTIVE" == status(slow)


def test_a_removed_table_is_listed_until_it_is_gone(
    slow: ddblite.Database, clock: FixedClock
) -> None:
    clock.advance(DELAY_S)
    slow.delete_table("music")
    assert "DELETING" == status(slow)
    assert ["music"] == slow.call("ListTables", {})["TableNames"]
    with pytest.raises(ResourceNotFoundException):
        slow.call("Scan", {"TableName": "music"})
    with pytest.raises(ResourceInUseException, match=r"^Table already exists: music$"):
        slow.create_table("music", partition_key="artist")
    clock.advance(DELAY_S)
    assert [] == slow.call("ListTables", {})["TableNames"]
    with pytest.raises(ResourceNotFoundException, match=r"Table: music not found"):
        status(slow)


def test_without_a_delay_changes_are_over_at_once() -> None:
    with ddblite.connect(":memory:") as database:
        database.create_table("music", partition_key="artist").put({"artist": "Nina"})
        assert "ACTIVE" == status(database)

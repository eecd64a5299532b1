"""boto3 asking what Terraform and CDK ask: make a table, wait, look at everything, change it."""

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from serving import Server
from wire_requests import TABLE

Client = Any
"""A client's class is made at run time, from the service model."""


def client_of(server: Server, service: str) -> Client:
    """Returns a client of one of the two services."""
    return boto3.client(
        service,
        endpoint_url=server.url,
        region_name="us-east-1",
        aws_access_key_id="any",
        aws_secret_access_key="thing",  # noqa: S106 - nothing checks it
        config=Config(retries={"total_max_attempts": 1}),
    )


@pytest.fixture
def client(server: Server) -> Iterator[Client]:
    """A client without a table."""
    made = client_of(server, "dynamodb")
    yield made
    for name in made.list_tables()["TableNames"]:
        made.delete_table(TableName=name)
    made.close()


def test_a_new_table_is_looked_at_from_all_sides(client: Client) -> None:
    """Nothing of what a provisioning tool asks may fail on a plain table."""
    client.create_table(**TABLE, Tags=[{"Key": "team", "Value": "a"}])
    client.get_waiter("table_exists").wait(TableName="books")
    arn = client.describe_table(TableName="books")["Table"]["TableArn"]
    assert [{"Key": "team", "Value": "a"}] == client.list_tags_of_resource(ResourceArn=arn)["Tags"]
    lives = client.describe_time_to_live(TableName="books")
    assert {"TimeToLiveStatus": "DISABLED"} == lives["TimeToLiveDescription"]
    backups = client.describe_continuous_backups(TableName="books")["ContinuousBackupsDescription"]
    assert "DISABLED" == backups["PointInTimeRecoveryDescription"]["PointInTimeRecoveryStatus"]
    sinks = client.describe_kinesis_streaming_destination(TableName="books")
    assert [] == sinks["KinesisDataStreamDestinations"]
    insights = client.describe_contributor_insights(TableName="books")
    assert "DISABLED" == insights["ContributorInsightsStatus"]
    with pytest.raises(client.exceptions.PolicyNotFoundException):
        client.get_resource_policy(ResourceArn=arn)
    with pytest.raises(client.exceptions.TableNotFoundException):
        client.describe_continuous_backups(TableName="films")


def test_expiry_and_recovery_are_provisioned(client: Client) -> None:
    """Terraform's calls for a table with both, and then for one without: set, wait, read."""
    client.create_table(**TABLE)
    client.get_waiter("table_exists").wait(TableName="books")
    for enabled, state in ((True, "ENABLED"), (False, "DISABLED")):
        expires = {"Enabled": enabled, "AttributeName": "expires"}
        client.update_time_to_live(TableName="books", TimeToLiveSpecification=expires)
        lives = client.describe_time_to_live(TableName="books")["TimeToLiveDescription"]
        assert state == lives["TimeToLiveStatus"]
        client.update_continuous_backups(
            TableName="books",
            PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": enabled},
        )
        backups = client.describe_continuous_backups(TableName="books")
        recovery = backups["ContinuousBackupsDescription"]["PointInTimeRecoveryDescription"]
        assert state == recovery["PointInTimeRecoveryStatus"]
        assert enabled == ("EarliestRestorableDateTime" in recovery)


def test_expiry_is_set_where_it_is_not(client: Client) -> None:
    """What celery, dynamoose, bloop and python-dynamodb-lock do at each start, in any order."""
    client.create_table(**TABLE)
    for starts in range(3):
        lives = client.describe_time_to_live(TableName="books")["TimeToLiveDescription"]
        assert ("ENABLED" if starts else "DISABLED") == lives["TimeToLiveStatus"]
        expires = {"Enabled": True, "AttributeName": "expires"}
        if lives.get("AttributeName") != "expires":
            client.update_time_to_live(TableName="books", TimeToLiveSpecification=expires)
    with pytest.raises(ClientError, match="TimeToLive is already enabled") as caught:
        client.update_time_to_live(TableName="books", TimeToLiveSpecification=expires)
    assert "ValidationException" == caught.value.response["Error"]["Code"]
    # bloop insists on recovery that is as the model says, and sets it even where it is.
    for _ in range(2):
        set_to = client.update_continuous_backups(
            TableName="books", PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True}
        )
        assert "ENABLED" == set_to["ContinuousBackupsDescription"]["ContinuousBackupsStatus"]


def test_a_table_changes_and_is_waited_for(client: Client) -> None:
    client.create_table(**TABLE)
    changed = client.update_table(
        TableName="books",
        AttributeDefinitions=[{"AttributeName": "year", "AttributeType": "N"}],
        GlobalSecondaryIndexUpdates=[
            {
                "Create": {
                    "IndexName": "by_year",
                    "KeySchema": [{"AttributeName": "year", "KeyType": "HASH"}],
                    "Projection": {"ProjectionType": "ALL"},
                }
            }
        ],
    )
    assert "UPDATING" == changed["TableDescription"]["TableStatus"]
    client.get_waiter("table_exists").wait(TableName="books")
    (index,) = client.describe_table(TableName="books")["Table"]["GlobalSecondaryIndexes"]
    assert "ACTIVE" == index["IndexStatus"]


def test_tags_answer_with_an_empty_body(client: Client) -> None:
    arn = client.create_table(**TABLE)["TableDescription"]["TableArn"]
    tagged = client.tag_resource(ResourceArn=arn, Tags=[{"Key": "a", "Value": "b"}])
    assert "0" == tagged["ResponseMetadata"]["HTTPHeaders"]["content-length"]
    client.untag_resource(ResourceArn=arn, TagKeys=["a"])
    assert [] == client.list_tags_of_resource(ResourceArn=arn)["Tags"]


def test_streams_have_their_own_address(server: Server, client: Client) -> None:
    client.create_table(**TABLE)
    streams = client_of(server, "dynamodbstreams")
    assert [] == streams.list_streams(TableName="books")["Streams"]
    streams.close()

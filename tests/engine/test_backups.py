"""Backups of tables, and tables restored from them.

Facts: docs/facts/streams-and-expiry.md, "Backups".
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest

import ddblite
import kept_files
from backed_up import (
    NOW_S,
    items_of,
    numbers_of_backups,
    recoverable,
    refusal,
)
from ddblite import Database, FixedClock, GlobalIndex, Key, Table
from ddblite.errors import Corrupt, ReadOnly, ValidationException


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(NOW_S)


@pytest.fixture
def database(tmp_path: Path, clock: FixedClock) -> Iterator[Database]:
    with ddblite.connect(tmp_path / "a.ddb", clock=clock, durability="none") as opened:
        yield opened
        assert [] == opened.check()
        assert [] == opened.scrub()


@pytest.fixture
def orders(database: Database) -> Table:
    return database.create_table(
        "orders",
        partition_key="id",
        indexes=[GlobalIndex("by_user", partition_key="user")],
    )


def test_a_backup_is_restored(database: Database, orders: Table, clock: FixedClock) -> None:
    """With its indexes, as it was; large items too."""
    items = [{"id": str(n), "user": f"u{n % 3}", "text": "x" * (n * 100)} for n in range(30)]
    orders.load(items)
    backup = orders.backup("first")
    before = items_of(orders)
    clock.advance(5)
    orders.delete("1")
    orders.put({"id": "2", "changed": True})
    restored = database.restore_table("again", backup)
    assert items_of(restored) == before
    found = restored.query(Key("user").eq("u1"), index="by_user").all()
    assert sorted(item["id"] for item in found) == sorted(str(n) for n in range(1, 30, 3))
    assert [(one.name, one.table, one.created_at_s) for one in database.backups()] == [
        ("first", "orders", NOW_S)
    ]


def test_backups_outlive_their_table(
    tmp_path: Path, database: Database, orders: Table, clock: FixedClock
) -> None:
    """Its name may be another table's meanwhile; they are told apart, and go with the file."""
    orders.put({"id": "1"})
    first = orders.backup("same")
    database.delete_table("orders")
    clock.advance(1)
    database.create_table("orders", partition_key="id").put({"id": "2"})
    second = database.table("orders").backup("same")
    assert [first.arn, second.arn] == [one.arn for one in database.backups("orders")]
    database.backup(tmp_path / "copy.ddb")
    with ddblite.connect(tmp_path / "copy.ddb") as copy:
        assert list(items_of(copy.restore_table("old", first.arn))) == ["1"]
        assert list(items_of(copy.restore_table("new", second))) == ["2"]
        assert [] == copy.check()


def test_what_a_backup_tells(database: Database, clock: FixedClock) -> None:
    """Through boto3: described, listed in pages and ranges, removed."""
    client = database.boto3_client()
    client.create_table(
        TableName="films",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        ProvisionedThroughput={"ReadCapacityUnits": 2, "WriteCapacityUnits": 3},
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "KEYS_ONLY"},
    )
    client.put_item(TableName="films", Item={"id": {"S": "1"}})
    made = []
    for number in range(3):
        answer = client.create_backup(TableName="films", BackupName=f"backup{number}")
        made.append(answer["BackupDetails"]["BackupArn"])
        assert answer["BackupDetails"]["BackupStatus"] == "CREATING"
        clock.advance(10)
    described = client.describe_backup(BackupArn=made[0])["BackupDescription"]
    assert described["BackupDetails"]["BackupStatus"] == "AVAILABLE"
    assert described["BackupDetails"]["BackupSizeBytes"] == 3
    source = described["SourceTableDetails"]
    assert (source["ItemCount"], source["BillingMode"]) == (1, "PROVISIONED")
    assert source["ProvisionedThroughput"] == {"ReadCapacityUnits": 2, "WriteCapacityUnits": 3}
    features = described["SourceTableFeatureDetails"]
    assert features == {"StreamDescription": {"StreamEnabled": True, "StreamViewType": "KEYS_ONLY"}}

    def listed(**members: Any) -> list[str]:  # noqa: ANN401 - of boto3
        summaries = client.list_backups(**members)["BackupSummaries"]
        return [one["BackupArn"] for one in summaries]

    assert listed() == listed(TableName="films") == listed(BackupType="ALL") == made
    assert listed(TableName="nothing") == listed(BackupType="SYSTEM") == []
    assert listed(TimeRangeLowerBound=NOW_S + 10, TimeRangeUpperBound=NOW_S + 20) == made[1:2]
    page = client.list_backups(Limit=2)
    assert page["LastEvaluatedBackupArn"] == made[1]
    client.delete_backup(BackupArn=made[1])
    assert listed(ExclusiveStartBackupArn=made[1]) == made[2:]
    assert refusal(client.describe_backup, BackupArn=made[1]) == (
        "BackupNotFoundException",
        f"Backup not found: {made[1]}",
    )
    assert refusal(client.create_backup, TableName="nothing", BackupName="backup") == (
        "TableNotFoundException",
        "Table not found: nothing",
    )


INDEXES: Final = [
    {
        "IndexName": f"by_{name}",
        "KeySchema": [{"AttributeName": name, "KeyType": "HASH"}],
        "Projection": {"ProjectionType": "ALL"},
    }
    for name in ("user", "day")
]


def films(database: Database) -> tuple[Any, str]:
    """Makes a table with everything, and a backup of it; returns boto3's client and its ARN."""
    client = database.boto3_client()
    client.create_table(
        TableName="films",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[
            {"AttributeName": name, "AttributeType": "S"} for name in ("id", "user", "day")
        ],
        BillingMode="PAY_PER_REQUEST",
        GlobalSecondaryIndexes=INDEXES,
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "KEYS_ONLY"},
        Tags=[{"Key": "a", "Value": "b"}],
        DeletionProtectionEnabled=True,
    )
    setting = {"Enabled": True, "AttributeName": "expires"}
    client.update_time_to_live(TableName="films", TimeToLiveSpecification=setting)
    recoverable(database, "films")
    answer = client.create_backup(TableName="films", BackupName="backup")
    return client, answer["BackupDetails"]["BackupArn"]


def test_what_is_restored_and_what_is_not(database: Database) -> None:
    """Keys, indexes, billing; neither stream, expiry, recovery, tags nor protection."""
    client, arn = films(database)
    answer = client.restore_table_from_backup(TargetTableName="again", BackupArn=arn)
    summary = answer["TableDescription"]["RestoreSummary"]
    assert summary["SourceBackupArn"] == arn
    assert summary["RestoreInProgress"]
    table = client.describe_table(TableName="again")["Table"]
    assert "RestoreSummary" not in table
    assert len(table["GlobalSecondaryIndexes"]) == 2
    assert table["BillingModeSummary"]["BillingMode"] == "PAY_PER_REQUEST"
    assert not table["DeletionProtectionEnabled"]
    assert "StreamSpecification" not in table
    assert "LatestStreamArn" not in table
    assert client.list_tags_of_resource(ResourceArn=table["TableArn"])["Tags"] == []
    expiry = client.describe_time_to_live(TableName="again")["TimeToLiveDescription"]
    assert expiry == {"TimeToLiveStatus": "DISABLED"}


def test_what_a_restore_may_override(database: Database) -> None:
    """Fewer indexes, under other names, and other capacity; no index that was not there."""
    client, arn = films(database)

    def restored(name: str, **overrides: Any) -> Any:  # noqa: ANN401 - of boto3
        client.restore_table_from_backup(TargetTableName=name, BackupArn=arn, **overrides)
        return client.describe_table(TableName=name)["Table"]

    fewer = restored("fewer", GlobalSecondaryIndexOverride=[{**INDEXES[0], "IndexName": "other"}])
    assert [one["IndexName"] for one in fewer["GlobalSecondaryIndexes"]] == ["other"]
    assert len(fewer["AttributeDefinitions"]) == 2
    none = restored("none", GlobalSecondaryIndexOverride=[])
    assert "GlobalSecondaryIndexes" not in none
    units = {"ReadCapacityUnits": 5, "WriteCapacityUnits": 6}
    provisioned = restored(
        "provisioned",
        BillingModeOverride="PROVISIONED",
        ProvisionedThroughputOverride=units,
        GlobalSecondaryIndexOverride=[],
    )
    assert provisioned["ProvisionedThroughput"]["WriteCapacityUnits"] == 6
    work, members = client.restore_table_from_backup, {"TargetTableName": "x12", "BackupArn": arn}
    strange = {**INDEXES[0], "KeySchema": [{"AttributeName": "title", "KeyType": "HASH"}]}
    assert refusal(work, **members, GlobalSecondaryIndexOverride=[strange])[1] == (
        "Invalid Request: Index by_user does not match a secondary index that existed in the source"
        " table and cannot be created during the restore operation"
    )
    found = refusal(
        work,
        **members,
        BillingModeOverride="PAY_PER_REQUEST",
        ProvisionedThroughputOverride=units,
    )
    assert found[1] == (
        "Invalid Request: Cannot override ProvisionedThroughput if BillingMode is overridden to"
        " PAY_PER_REQUEST"
    )
    found = refusal(work, TargetTableName="films", BackupArn=arn)
    assert found == ("TableAlreadyExistsException", "Table already exists: films")


def test_a_damaged_backup_is_found(database: Database, orders: Table) -> None:
    """By ``check``, and by whoever would restore it: nothing is made of it."""
    orders.load([{"id": str(n)} for n in range(5)])
    backup = orders.backup("backup")
    storage = database.engine.storage
    number = next(iter(numbers_of_backups(database)))
    with database.engine.write():
        storage.execute(f"UPDATE items_{number} SET seal = seal + 1")  # noqa: S608
    with pytest.raises(Corrupt):
        database.restore_table("again", backup)
    assert ["orders"] == database.tables()
    assert len(database.check()) == 1
    database.call("DeleteBackup", {"BackupArn": backup.arn})


def test_a_file_of_format_1_has_no_past(tmp_path: Path) -> None:
    """It is only read: it has no streams, backups and changes, and says so in a sentence."""
    path = tmp_path / "old.ddb"
    path.write_bytes(kept_files.PATHS[1].read_bytes())
    with ddblite.connect(path, mode="read") as old:
        assert old.call("ListStreams", {}) == {"Streams": []}
        assert old.call("ListBackups", {}) == {"BackupSummaries": []}
        assert old.backups() == []
        assert old.sweep() == 0
        assert old.check() == []
        table = old.table(old.tables()[0])
        with pytest.raises(ReadOnly):
            table.backup("backup")
        with pytest.raises(ReadOnly):
            old.restore_table("again", table.name)
        with pytest.raises(ValidationException, match="Nothing is remembered"):
            list(table.changes("reader"))
    assert path.read_bytes() == kept_files.PATHS[1].read_bytes()

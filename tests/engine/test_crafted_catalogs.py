"""Catalogs that somebody made up, with checksums that are right: refused, in a sentence."""

import json
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

import pytest

import ddblite
import handmade
from ddblite.engine import catalog
from ddblite.schema.errors import Corrupt
from wholeness import Wholeness


@pytest.fixture
def path(tmp_path: Path, wholeness: Wholeness) -> Path:
    """A file with one item in a table and its index."""
    wholeness.is_expected = True
    path = tmp_path / "crafted.ddb"
    with ddblite.connect(path, durability="none") as database:
        index = ddblite.GlobalIndex("by_group", "group")
        table = database.create_table("things", partition_key="id", indexes=[index])
        table.put({"id": "a", "group": "g"})
    return path


def edit(path: Path, statement: str, values: tuple[Any, ...] = ()) -> None:
    """Changes a file by hand."""
    connection = handmade.opened(path)
    connection.execute(statement, values).fetchall()
    connection.close()


def definition_of(path: Path) -> dict[str, Any]:
    """Returns the definition of the table."""
    connection = handmade.opened(path)
    text: Any = connection.execute("SELECT definition FROM ddb_tables").get
    connection.close()
    read: dict[str, Any] = json.loads(text)
    return read


def redefine(path: Path, text: str) -> None:
    """Gives the table another definition, and the seal of it."""
    connection = handmade.opened(path)
    number, table_id, created_at = connection.execute(
        "SELECT number, table_id, created_at FROM ddb_tables"
    ).get
    sealed = catalog.checksum_of(number, table_id, created_at, text)
    connection.execute("UPDATE ddb_tables SET definition = ?, seal = ?", (text, sealed))
    connection.close()


NAMED: Final = {"TableName": "things"}

CHANGES: Final[list[dict[str, Any]]] = [
    {"TableName": 5},
    {"TableName": None},
    {"TableName": ""},
    {"AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "X"}]},
    {"AttributeDefinitions": [{"AttributeName": "id"}]},
    {"AttributeDefinitions": [None]},
    {"AttributeDefinitions": {}},
    {"AttributeDefinitions": []},
    {"KeySchema": []},
    {"KeySchema": [{"AttributeName": "id", "KeyType": "RANGE"}]},
    {"KeySchema": [{"AttributeName": "id", "KeyType": "NONE"}]},
    {"KeySchema": [{"AttributeName": "other", "KeyType": "HASH"}]},
    {"BillingMode": "FREE"},
    {"BillingMode": None},
    {"BillingMode": 5},
    {"SSESpecification": 7},
    {"SSESpecification": {"Enabled": True, "KMSMasterKeyId": 7}},
    {"StreamSpecification": {}},
    {"StreamSpecification": []},
    {"LatestStreamLabel": 5},
    {"GlobalSecondaryIndexes": None},
    {"GlobalSecondaryIndexes": [{}]},
    {"GlobalSecondaryIndexes": [5]},
    {"GlobalSecondaryIndexes": "by_group"},
    {"ProvisionedThroughput": {"ReadCapacityUnits": "many", "WriteCapacityUnits": 1}},
    {"ProvisionedThroughput": {"ReadCapacityUnits": 1}},
    {"ProvisionedThroughput": 5},
    {"WarmThroughput": {"ReadUnitsPerSecond": []}},
    {"OnDemandThroughput": []},
    {"LastDecreaseDateTime": 1.5},
    {"LastDecreaseDateTime": 1e300},
    {"LastIncreaseDateTime": "today"},
    {"LastUpdateToPayPerRequestDateTime": float("inf")},
    {"LastUpdateToPayPerRequestDateTime": float("nan")},
    {"Tags": [{"Key": "a"}]},
    {"Tags": {"Key": "a"}},
    {"TimeToLiveSpecification": {"AttributeName": 5, "Enabled": True}},
    {"TimeToLiveSpecification": "a"},
    {"PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": True}},
]


@pytest.mark.parametrize("change", CHANGES, ids=str)
def test_a_made_up_definition_is_refused(path: Path, change: dict[str, Any]) -> None:
    """In one sentence, and in no other way."""
    redefine(path, json.dumps({**definition_of(path), **change}))
    with pytest.raises(Corrupt, match=r"^the catalog of .*crafted\.ddb is damaged: "):
        ddblite.connect(path)


@pytest.mark.parametrize("member", ["TableName", "AttributeDefinitions", "KeySchema"])
def test_a_definition_without_a_member_is_refused(path: Path, member: str) -> None:
    definition = definition_of(path)
    del definition[member]
    redefine(path, json.dumps(definition))
    with pytest.raises(Corrupt):
        ddblite.connect(path)


@pytest.mark.parametrize(
    "text",
    ["", "5", "[]", "{}", "null", "[" * 100_000, '{"TableName":' * 100_000, '{"TableName": 1e999}'],
    ids=lambda text: text[:20],
)
def test_a_definition_that_is_none_is_refused(path: Path, text: str) -> None:
    redefine(path, text)
    with pytest.raises(Corrupt):
        ddblite.connect(path)


def test_a_definition_without_a_billing_mode_can_be_described(path: Path) -> None:
    """Or it is refused; the service's default is provisioned."""
    definition = definition_of(path)
    del definition["BillingMode"]
    redefine(path, json.dumps(definition))
    with pytest.raises(Corrupt):
        ddblite.connect(path)
    del definition["LastUpdateToPayPerRequestDateTime"]
    redefine(path, json.dumps(definition))
    with ddblite.connect(path) as database:
        assert "BillingModeSummary" not in database.call("DescribeTable", NAMED)["Table"]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE ddb_catalog SET next_number = 9223372036854775807",
        "UPDATE ddb_catalog SET next_number = 1",
        "UPDATE ddb_catalog SET next_number = -5",
        "UPDATE ddb_catalog SET epoch = 9223372036854775807",
        "UPDATE ddb_catalog SET epoch = 'abc'",
        "UPDATE ddb_indexes SET number = -2",
        "UPDATE ddb_indexes SET name = 5",
        "UPDATE ddb_indexes SET table_number = 'one'",
        "UPDATE ddb_tables SET table_id = 5",
        "UPDATE ddb_tables SET created_at = 'then'",
        "UPDATE ddb_tables SET seal = 'none'",
        "DELETE FROM ddb_catalog",
        "DELETE FROM ddb_indexes",
    ],
)
def test_a_catalog_of_other_values_is_refused(path: Path, statement: str) -> None:
    edit(path, statement)
    with pytest.raises(Corrupt):
        ddblite.connect(path)


@pytest.mark.parametrize("value", ["'many'", "1.5", "9223372036854775807"])
def test_counters_of_other_values_are_named(path: Path, value: str) -> None:
    edit(path, f"UPDATE ddb_tables SET item_count = {value}")  # noqa: S608
    with ddblite.connect(path) as database:
        assert database.check()
        with suppress(Corrupt):
            database.call("DescribeTable", NAMED)
            database.table("things").put({"id": "b"})
            database.call("DescribeTable", NAMED)


def test_check_reports_a_catalog_that_was_damaged_meanwhile(path: Path) -> None:
    """It says so as of everything else, and raises nothing."""
    with ddblite.connect(path) as database:
        database.engine.storage.reader()
        redefine(path, "{}")
        (problem,) = database.check()
        assert "the catalog of" in problem

"""CreateTable, DescribeTable, ListTables, DeleteTable: shapes, counters and refusals."""

from typing import TYPE_CHECKING, Any

import pytest

import ddblite
from ddblite.schema.errors import ResourceInUseException
from ddblite.schema.sizes import item_size
from shapes import SHAPES, definition, make_table
from wires import refusal

if TYPE_CHECKING:
    from ddblite.schema.values import Item

ARN = "arn:aws:dynamodb:us-east-1:000000000000:table/"


def describe(database: ddblite.Database, name: str) -> dict[str, Any]:
    """Returns the wire's description of a table."""
    found: dict[str, Any] = database.call("DescribeTable", {"TableName": name})["Table"]
    return found


REQUEST: dict[str, Any] = {
    "TableName": "music",
    "KeySchema": [
        {"AttributeName": "artist", "KeyType": "HASH"},
        {"AttributeName": "song", "KeyType": "RANGE"},
    ],
    "AttributeDefinitions": [
        {"AttributeName": "song", "AttributeType": "S"},
        {"AttributeName": "artist", "AttributeType": "S"},
        {"AttributeName": "year", "AttributeType": "N"},
    ],
    "ProvisionedThroughput": {"ReadCapacityUnits": 5, "WriteCapacityUnits": 6},
    "LocalSecondaryIndexes": [
        {
            "IndexName": "by_year",
            "KeySchema": [
                {"AttributeName": "artist", "KeyType": "HASH"},
                {"AttributeName": "year", "KeyType": "RANGE"},
            ],
            "Projection": {"ProjectionType": "KEYS_ONLY"},
        }
    ],
    "GlobalSecondaryIndexes": [
        {
            "IndexName": "songs",
            "KeySchema": [{"AttributeName": "song", "KeyType": "HASH"}],
            "Projection": {"ProjectionType": "INCLUDE", "NonKeyAttributes": ["plays"]},
            "ProvisionedThroughput": {"ReadCapacityUnits": 1, "WriteCapacityUnits": 2},
        }
    ],
}


@pytest.mark.parametrize("member", ["GlobalSecondaryIndexes", "TableDescription"])
def test_warmth_of_a_table_in_the_making(database: ddblite.Database, member: str) -> None:
    """CreateTable's answer has it, of the table and of indexes, only when it was asked for."""
    warm = {"ReadUnitsPerSecond": 15_000, "WriteUnitsPerSecond": 5_000}
    asked = {"WarmThroughput": warm}
    request = REQUEST | (asked if member == "TableDescription" else {})
    (index,) = REQUEST["GlobalSecondaryIndexes"]
    indexes = [index | asked] if member == "GlobalSecondaryIndexes" else [index]
    created = database.call("CreateTable", request | {"GlobalSecondaryIndexes": indexes})
    table = created["TableDescription"]
    found = {
        "TableDescription": table.get("WarmThroughput"),
        "GlobalSecondaryIndexes": table["GlobalSecondaryIndexes"][0].get("WarmThroughput"),
    }
    assert {**dict.fromkeys(found), member: warm | {"Status": "UPDATING"}} == found


def test_a_table_in_the_making_is_not_on_demand_since_a_moment(
    database: ddblite.Database,
) -> None:
    """Its description has the moment as soon as it is there."""
    request = {name: value for name, value in REQUEST.items() if "Index" not in name} | {
        "BillingMode": "PAY_PER_REQUEST",
        "AttributeDefinitions": REQUEST["AttributeDefinitions"][:2],
    }
    del request["ProvisionedThroughput"]
    created = database.call("CreateTable", request)["TableDescription"]
    assert {"BillingMode": "PAY_PER_REQUEST"} == created["BillingModeSummary"]
    assert "WarmThroughput" not in created
    found = describe(database, "music")["BillingModeSummary"]
    assert 1_700_000_000.0 == found["LastUpdateToPayPerRequestDateTime"]


def test_a_description_has_the_service_s_shape(database: ddblite.Database) -> None:
    created = database.call("CreateTable", REQUEST)["TableDescription"]
    assert created["TableStatus"] == "CREATING"
    assert created["GlobalSecondaryIndexes"][0]["IndexStatus"] == "CREATING"
    found = describe(database, "music")
    for part in (found, *found["GlobalSecondaryIndexes"]):
        assert {"Status", "ReadUnitsPerSecond", "WriteUnitsPerSecond"} == set(
            part.pop("WarmThroughput")
        )
    found["TableId"] = len(found["TableId"])
    assert found == {
        "TableName": "music",
        "TableStatus": "ACTIVE",
        "TableArn": ARN + "music",
        "TableId": 36,
        "CreationDateTime": 1_700_000_000.0,
        "AttributeDefinitions": sorted(
            REQUEST["AttributeDefinitions"],
            key=lambda one: one["AttributeName"],
        ),
        "KeySchema": REQUEST["KeySchema"],
        "ProvisionedThroughput": {
            "NumberOfDecreasesToday": 0,
            "ReadCapacityUnits": 5,
            "WriteCapacityUnits": 6,
        },
        "TableSizeBytes": 0,
        "ItemCount": 0,
        "DeletionProtectionEnabled": False,
        "LocalSecondaryIndexes": [
            {
                **REQUEST["LocalSecondaryIndexes"][0],
                "IndexArn": ARN + "music/index/by_year",
                "IndexSizeBytes": 0,
                "ItemCount": 0,
            }
        ],
        "GlobalSecondaryIndexes": [
            {
                **REQUEST["GlobalSecondaryIndexes"][0],
                "IndexArn": ARN + "music/index/songs",
                "IndexSizeBytes": 0,
                "ItemCount": 0,
                "IndexStatus": "ACTIVE",
                "ProvisionedThroughput": {
                    "NumberOfDecreasesToday": 0,
                    "ReadCapacityUnits": 1,
                    "WriteCapacityUnits": 2,
                },
            }
        ],
    }


def test_a_table_on_demand_says_so(database: ddblite.Database) -> None:
    database.create_table("music", partition_key="p")
    found = describe(database, "music")
    assert found["BillingModeSummary"]["BillingMode"] == "PAY_PER_REQUEST"
    assert found["ProvisionedThroughput"]["ReadCapacityUnits"] == 0


def test_counters_follow_every_write(database: ddblite.Database) -> None:
    """Items and bytes, of the table and of each index, at once."""
    table = make_table(database)
    whole: Item = {"p": "a", "s": 1, "l1": "x", "g": "y", "gs": 5, "plays": 1}

    def counts() -> dict[str, tuple[int, int]]:
        found = describe(database, "shapes")
        every = [*found["LocalSecondaryIndexes"], *found["GlobalSecondaryIndexes"]]
        return {"": (found["ItemCount"], found["TableSizeBytes"])} | {
            one["IndexName"]: (one["ItemCount"], one["IndexSizeBytes"]) for one in every
        }

    assert set(counts().values()) == {(0, 0)}
    table.put(whole)
    assert counts() == {
        "": (1, item_size(whole)),
        "local_all": (1, item_size(whole)),
        "local_keys": (0, 0),
        "global_all": (1, item_size(whole)),
        "global_hash": (1, item_size({"p": "a", "s": 1, "g": "y"})),
        "global_same": (1, item_size(whole)),
        "global_inverted": (1, item_size({"p": "a", "s": 1, "g": "y", "plays": 1})),
        "global_binary": (0, 0),
        "global_multi": (0, 0),
        "global_multi_hash": (0, 0),
    }
    table.update(("a", 1), "REMOVE g SET plays = :big", values={":big": 10**10 + 1})
    assert counts()["global_all"] == (0, 0)
    table.delete("a", 1)
    assert set(counts().values()) == {(0, 0)}


def test_names_are_listed_in_byte_order_page_by_page(database: ddblite.Database) -> None:
    """The name to start after need not exist."""
    names = ["Zebra", "a-b", "a.b", "a_b", "aab", "b00"]
    for name in reversed(names):
        database.create_table(name, partition_key="p")
    assert database.tables() == sorted(names)
    assert database.call("ListTables", {}) == {"TableNames": sorted(names)}
    for limit in range(1, len(names) + 1):
        found: list[str] = []
        request: dict[str, Any] = {"Limit": limit}
        while True:
            page = database.call("ListTables", request)
            found += page["TableNames"]
            if "LastEvaluatedTableName" not in page:
                break
            request["ExclusiveStartTableName"] = page["LastEvaluatedTableName"]
        assert sorted(names) == found
    page = database.call("ListTables", {"ExclusiveStartTableName": "a_a"})
    assert page["TableNames"] == ["a_b", "aab", "b00"]


def test_a_deleted_table_is_gone_with_all_its_items(database: ddblite.Database) -> None:
    """One of the same name is another table."""
    table = make_table(database)
    first = describe(database, "shapes")
    table.put({"p": "a", "s": 1, "g": "x"})
    deleted = database.call("DeleteTable", {"TableName": "shapes"})["TableDescription"]
    assert deleted["TableStatus"] == "DELETING"
    assert "KeySchema" not in deleted
    assert database.tables() == []
    missing = "ResourceNotFoundException: Requested resource not found: Table: shapes not found"
    assert missing == refusal(database, "DescribeTable", {"TableName": "shapes"})
    assert missing == refusal(database, "DeleteTable", {"TableName": "shapes"})
    make_table(database)
    assert table.scan().all() == []
    assert table.scan(index="global_all").all() == []
    assert first["TableId"] != describe(database, "shapes")["TableId"]


def test_a_name_is_given_once(database: ddblite.Database) -> None:
    database.create_table("music", partition_key="p")
    with pytest.raises(ResourceInUseException, match=r"^Table already exists: music$"):
        database.create_table("music", partition_key="q")
    database.create_table("Music", partition_key="q")
    assert database.tables() == ["Music", "music"]


def test_a_protected_table_stays(database: ddblite.Database) -> None:
    request = definition("shapes", SHAPES[:1]) | {"DeletionProtectionEnabled": True}
    database.call("CreateTable", request)
    assert describe(database, "shapes")["DeletionProtectionEnabled"] is True
    assert refusal(database, "DeleteTable", {"TableName": "shapes"}).startswith(
        "ValidationException: Resource cannot be deleted as it is currently protected"
    )
    assert database.tables() == ["shapes"]


def test_an_arn_means_the_table_it_names(database: ddblite.Database) -> None:
    """Of any region and account."""
    database.create_table("music", partition_key="p").put({"p": "a"})
    arn = "arn:aws:dynamodb:eu-west-2:123456789012:table/music"
    assert describe(database, arn)["TableName"] == "music"
    found = database.call("GetItem", {"TableName": arn, "Key": {"p": {"S": "a"}}})
    assert found == {"Item": {"p": {"S": "a"}}}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            {"TableName": None},
            "The parameter 'TableName' is required but was not present in the request",
        ),
        (
            {"TableName": "ab"},
            (
                "1 validation error detected: Value 'ab' at 'tableName' failed to satisfy"
                " constraint: Member must have length greater than or equal to 3"
            ),
        ),
        (
            {"KeySchema": [{"AttributeName": "p", "KeyType": "RANGE"}]},
            "Invalid KeySchema: The first KeySchemaElement is not a HASH key type",
        ),
        (
            {"AttributeDefinitions": []},
            "Invalid KeySchema: Some index key attribute have no definition",
        ),
        (
            {"BillingMode": "PROVISIONED"},
            (
                "One or more parameter values were invalid: ReadCapacityUnits and"
                " WriteCapacityUnits must both be specified when BillingMode is PROVISIONED"
            ),
        ),
    ],
)
def test_what_cannot_be_made_is_refused(
    database: ddblite.Database, change: dict[str, Any], message: str
) -> None:
    """Nothing is left of it."""
    request: dict[str, Any] = {
        "TableName": "music",
        "BillingMode": "PAY_PER_REQUEST",
        "KeySchema": [{"AttributeName": "p", "KeyType": "HASH"}],
        "AttributeDefinitions": [{"AttributeName": "p", "AttributeType": "S"}],
    }
    request = {name: value for name, value in (request | change).items() if value is not None}
    assert "ValidationException: " + message == refusal(database, "CreateTable", request)
    assert database.tables() == []

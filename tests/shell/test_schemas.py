"""Schemas that make a table again: each form is carried out, and the tables are compared."""

import json
from collections.abc import Callable
from io import StringIO
from typing import Final

import pytest

import ddblite
from ddblite.shell.commands import carry_out
from ddblite.shell.conversation.session import Session
from ddblite.workbench import schemas
from ddblite.workbench.schemas import as_boto3, as_cloudformation, python_text, schema_of
from wire_requests import Json

Make = Callable[[ddblite.Database, str], None]

NEVER_THE_SAME: Final = frozenset(
    {"TableId", "TableArn", "CreationDateTime", "LastUpdateToPayPerRequestDateTime"}
    | {"LatestStreamLabel", "LatestStreamArn", "LastIncreaseDateTime", "LastDecreaseDateTime"}
    | {"NumberOfDecreasesToday"}
)
"""What a description has of the moment and the place."""

KEY: Final = {
    "KeySchema": [
        {"AttributeName": "year", "KeyType": "HASH"},
        {"AttributeName": "title", "KeyType": "RANGE"},
    ],
    "AttributeDefinitions": [
        {"AttributeName": "year", "AttributeType": "N"},
        {"AttributeName": "title", "AttributeType": "S"},
        {"AttributeName": 'it\'s "q"', "AttributeType": "B"},
    ],
}
PROJECTION: Final = {"ProjectionType": "INCLUDE", "NonKeyAttributes": ["a", "b\u00ad\x1b"]}
UNITS: Final = {"ReadCapacityUnits": 3, "WriteCapacityUnits": 4}

TABLES: Final[dict[str, dict[str, Json]]] = {
    "plain": {
        "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
        "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
        "BillingMode": "PAY_PER_REQUEST",
    },
    "everything": {
        **KEY,
        "BillingMode": "PROVISIONED",
        "ProvisionedThroughput": UNITS,
        "GlobalSecondaryIndexes": [
            {
                "IndexName": "by_title",
                "KeySchema": [{"AttributeName": "title", "KeyType": "HASH"}],
                "Projection": PROJECTION,
                "ProvisionedThroughput": UNITS,
            }
        ],
        "LocalSecondaryIndexes": [
            {
                "IndexName": "by_quote",
                "KeySchema": [
                    {"AttributeName": "year", "KeyType": "HASH"},
                    {"AttributeName": 'it\'s "q"', "KeyType": "RANGE"},
                ],
                "Projection": {"ProjectionType": "KEYS_ONLY"},
            }
        ],
        "StreamSpecification": {"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"},
        "SSESpecification": {"Enabled": True, "SSEType": "KMS"},
        "Tags": [{"Key": "owner", "Value": "nina simone"}],
        "TableClass": "STANDARD_INFREQUENT_ACCESS",
        "DeletionProtectionEnabled": True,
        "ResourcePolicy": '{"Statement": []}',
    },
    "on-demand": {
        "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
        "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "B"}],
        "BillingMode": "PAY_PER_REQUEST",
        "OnDemandThroughput": {"MaxReadRequestUnits": 5, "MaxWriteRequestUnits": 6},
        "WarmThroughput": {"ReadUnitsPerSecond": 15000, "WriteUnitsPerSecond": 5000},
    },
}


def described(database: ddblite.Database, name: str) -> tuple[Json, Json]:
    """Returns what a table is like, without what depends on when it was made."""
    table = database.call("DescribeTable", {"TableName": name})["Table"]
    tags = database.call("ListTagsOfResource", {"ResourceArn": table["TableArn"]})
    return lasting(table), tags


def lasting(value: Json) -> Json:
    """Returns a description without what is never the same."""
    if isinstance(value, dict):
        kept = {name: one for name, one in value.items() if name not in NEVER_THE_SAME}
        return {name: lasting(one) for name, one in kept.items()}
    return [lasting(one) for one in value] if isinstance(value, list) else value


def printed(database: ddblite.Database, name: str, form: str) -> str:
    """Returns what .schema prints."""
    out = StringIO()
    carry_out(Session(database, out=out, error=StringIO()), f".schema {name} {form}")
    return out.getvalue()


def from_json(database: ddblite.Database, text: str) -> None:
    """Makes a table as a program would that reads the JSON."""
    database.call("CreateTable", json.loads(text))


def from_boto3(database: ddblite.Database, text: str) -> None:
    """Runs the program on a database in the place of AWS."""
    with ddblite.mock_dynamodb(database):
        exec(compile(text, "printed", "exec"), {})  # noqa: S102 - it is what is tested


def from_cloudformation(database: ddblite.Database, text: str) -> None:
    """Makes a table as CloudFormation would, by its own names for a few things."""
    template = json.loads(text)
    assert "2010-09-09" == template["AWSTemplateFormatVersion"]
    (resource,) = template["Resources"].values()
    assert "AWS::DynamoDB::Table" == resource["Type"]
    wire = resource["Properties"]
    if "StreamSpecification" in wire:
        wire["StreamSpecification"]["StreamEnabled"] = True
    if "SSESpecification" in wire:
        wire["SSESpecification"]["Enabled"] = wire["SSESpecification"].pop("SSEEnabled")
    if "ResourcePolicy" in wire:
        wire["ResourcePolicy"] = json.dumps(wire["ResourcePolicy"]["PolicyDocument"])
    database.call("CreateTable", wire)


@pytest.mark.parametrize("name", TABLES)
@pytest.mark.parametrize(
    ("form", "make"),
    [("json", from_json), ("boto3", from_boto3), ("cloudformation", from_cloudformation)],
)
def test_what_is_printed_makes_an_equal_table(name: str, form: str, make: Make) -> None:
    """With its indexes, its stream, its tags and everything else that it was given."""
    with (
        ddblite.connect(":memory:") as database,
        ddblite.connect(":memory:") as other,
    ):
        database.call("CreateTable", {"TableName": name, **TABLES[name]})
        text = printed(database, name, form)
        make(other, text)
        assert described(database, name) == described(other, name)
        assert all(line.isprintable() for line in text.splitlines())


@pytest.mark.parametrize("form", ["json", "boto3", "cloudformation"])
def test_changes_are_in_it(form: str) -> None:
    """What UpdateTable has changed, and nothing that it left behind."""
    make = {"json": from_json, "boto3": from_boto3, "cloudformation": from_cloudformation}[form]
    with (
        ddblite.connect(":memory:") as database,
        ddblite.connect(":memory:") as other,
    ):
        database.call("CreateTable", {"TableName": "films", **TABLES["everything"]})
        for change in (
            {"StreamSpecification": {"StreamEnabled": False}},
            {"GlobalSecondaryIndexUpdates": [{"Delete": {"IndexName": "by_title"}}]},
            {"DeletionProtectionEnabled": False},
            {"TableClass": "STANDARD"},
        ):
            database.call("UpdateTable", {"TableName": "films", **change})
        text = printed(database, "films", form)
        make(other, text)
        assert described(database, "films") == described(other, "films")


EXPIRY: Final = {"TimeToLiveSpecification": {"Enabled": True, "AttributeName": "expires"}}
RECOVERY: Final = {
    "PointInTimeRecoverySpecification": {
        "PointInTimeRecoveryEnabled": True,
        "RecoveryPeriodInDays": 7,
    }
}


def test_what_is_set_afterwards_is_in_it(memory: ddblite.Database) -> None:
    """With calls of its own, but for CloudFormation, where it has properties."""
    memory.create_table("films", partition_key="id")
    memory.call("UpdateTimeToLive", {"TableName": "films", **EXPIRY})
    memory.call("UpdateContinuousBackups", {"TableName": "films", **RECOVERY})
    schema = schema_of(memory, "films")
    assert as_boto3([schema]).endswith(
        "client.update_time_to_live(\n"
        '    TableName="films",\n'
        '    TimeToLiveSpecification={"Enabled": True, "AttributeName": "expires"},\n'
        ")\n"
        "client.update_continuous_backups(\n"
        '    TableName="films",\n'
        "    PointInTimeRecoverySpecification="
        '{"PointInTimeRecoveryEnabled": True, "RecoveryPeriodInDays": 7},\n'
        ")"
    )
    (resource,) = json.loads(as_cloudformation([schema]))["Resources"].values()
    assert (EXPIRY | RECOVERY).items() <= resource["Properties"].items()


def test_a_name_that_ends_like_another(memory: ddblite.Database) -> None:
    """Resources have names of letters and digits only, and each its own."""
    names = ["my-films", "my.films", "MyFilms", "---", "2nd"]
    for name in names:
        memory.create_table(name.ljust(3, "_"), partition_key="id")
    found = [schema_of(memory, name.ljust(3, "_")) for name in names]
    resources = json.loads(as_cloudformation(found))["Resources"]
    assert ["MyFilms", "MyFilms2", "MyFilms3", "Table", "2nd"] == list(resources)


@pytest.mark.parametrize(
    "value",
    [
        "x",
        "it's",
        '"',
        "'\"",
        "\\",
        "\n\x1b",
        "\u200b\U0001f600",
        "",
        5,
        True,
        [],
        {},
        [{"a": [1]}],
    ],
)
def test_python_text_is_python(value: object) -> None:
    """Whatever a name or a tag has in it, and nothing of it does anything to a terminal."""
    text = python_text(value, "")
    assert value == eval(text)  # noqa: S307 - it is what is tested
    assert all(line.isprintable() for line in text.splitlines())


def test_every_form_is_in_the_usage() -> None:
    """So that help names them."""
    from ddblite.shell.commands import COMMANDS

    assert all(form in COMMANDS[".schema"].summary for form in schemas.FORMS)

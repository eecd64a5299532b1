"""Two tables to change, one of each billing mode, and how a change is asked for."""

from typing import Any, Final

import ddblite

FIVE: Final = {"ReadCapacityUnits": 5, "WriteCapacityUnits": 5}
STREAM: Final = {"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"}
NOON_S: Final = 1_700_049_600.0 - 1_700_049_600.0 % 86_400 + 43_200


def schema(*keys: str) -> list[dict[str, str]]:
    """Returns a key schema of ``name:HASH`` or ``name:RANGE``."""
    parts = (key.partition(":") for key in keys)
    return [{"AttributeName": name, "KeyType": kind} for name, _, kind in parts]


def attributes(*names: str) -> list[dict[str, str]]:
    """Returns definitions of ``name`` (a string) or ``name:N``."""
    parts = (name.partition(":") for name in names)
    return [{"AttributeName": name, "AttributeType": kind or "S"} for name, _, kind in parts]


def index(name: str, *keys: str, **members: Any) -> dict[str, Any]:  # noqa: ANN401
    """Returns the definition of an index that carries everything."""
    everything = {"ProjectionType": "ALL"}
    return {"IndexName": name, "KeySchema": schema(*keys), "Projection": everything, **members}


PROVISIONED: Final = {
    "TableName": "provisioned",
    "AttributeDefinitions": attributes("p", "s", "g"),
    "KeySchema": schema("p:HASH", "s:RANGE"),
    "ProvisionedThroughput": FIVE,
    "GlobalSecondaryIndexes": [index("global", "g:HASH", ProvisionedThroughput=FIVE)],
    "LocalSecondaryIndexes": [index("local", "p:HASH", "g:RANGE")],
}
ON_DEMAND: Final = {
    "TableName": "on_demand",
    "AttributeDefinitions": attributes("p", "g"),
    "KeySchema": schema("p:HASH"),
    "BillingMode": "PAY_PER_REQUEST",
    "GlobalSecondaryIndexes": [index("global", "g:HASH")],
}


def update(database: ddblite.Database, table: str, **members: Any) -> dict[str, Any]:  # noqa: ANN401
    """Changes a table and returns the description that is answered."""
    request = {"TableName": table, **members}
    found: dict[str, Any] = database.call("UpdateTable", request)["TableDescription"]
    return found


def describe(database: ddblite.Database, table: str) -> dict[str, Any]:
    """Returns the description of a table."""
    found: dict[str, Any] = database.call("DescribeTable", {"TableName": table})["Table"]
    return found


def throughput_update(**members: Any) -> list[dict[str, Any]]:  # noqa: ANN401
    """Returns the update of the global index."""
    return [{"Update": {"IndexName": "global", **members}}]

"""Definitions of tables, good and bad, for the tests of CreateTable."""

from typing import Final

from wire_requests import TABLE, Json, Wire

UNITS: Final = {"ReadCapacityUnits": 1, "WriteCapacityUnits": 1}
PROVISIONED: Final[Wire] = {"BillingMode": "PROVISIONED", "ProvisionedThroughput": UNITS}


def attributes(*names: str) -> list[dict[str, str]]:
    return [{"AttributeName": name, "AttributeType": "S"} for name in names]


def schema(*keys: str) -> list[dict[str, str]]:
    """Returns a key schema of ``name:HASH`` or ``name:RANGE``."""
    parts = (key.partition(":") for key in keys)
    return [{"AttributeName": name, "KeyType": kind} for name, _, kind in parts]


def table(*names: str, keys: tuple[str, ...] = ("a:HASH",), **members: Json) -> dict[str, Json]:
    wire = TABLE | {"AttributeDefinitions": attributes(*names), "KeySchema": schema(*keys)}
    return {name: value for name, value in (wire | members).items() if value is not None}


def index(*keys: str, name: str = "index", **members: Json) -> dict[str, Json]:
    projection = {"ProjectionType": "ALL"}
    return {"IndexName": name, "KeySchema": schema(*keys), "Projection": projection} | members


def with_global(
    *keys: str, names: tuple[str, ...] = ("a", "b"), **members: Json
) -> dict[str, Json]:
    return table(*names, GlobalSecondaryIndexes=[index(*keys, **members)])


def with_local(*keys: str, names: tuple[str, ...] = ("a", "b", "c"), **members: Json) -> Json:
    local = [index(*keys, **members)]
    return table(*names, keys=("a:HASH", "b:RANGE"), LocalSecondaryIndexes=local)

"""Two small tables that statements are tried on: one with both kinds of index, one without."""

from decimal import Decimal
from typing import Any, Final

import ddblite

TABLES: Final[tuple[dict[str, Any], ...]] = (
    {
        "TableName": "tab",
        "BillingMode": "PAY_PER_REQUEST",
        "AttributeDefinitions": [
            {"AttributeName": "pk", "AttributeType": "S"},
            {"AttributeName": "sk", "AttributeType": "N"},
            {"AttributeName": "b", "AttributeType": "S"},
            {"AttributeName": "a", "AttributeType": "N"},
        ],
        "KeySchema": [
            {"AttributeName": "pk", "KeyType": "HASH"},
            {"AttributeName": "sk", "KeyType": "RANGE"},
        ],
        "GlobalSecondaryIndexes": [
            {
                "IndexName": name,
                "KeySchema": [
                    {"AttributeName": "b", "KeyType": "HASH"},
                    {"AttributeName": "a", "KeyType": "RANGE"},
                ],
                "Projection": {"ProjectionType": projection},
            }
            for name, projection in (("gsi", "ALL"), ("keys", "KEYS_ONLY"))
        ],
        "LocalSecondaryIndexes": [
            {
                "IndexName": "lsi",
                "KeySchema": [
                    {"AttributeName": "pk", "KeyType": "HASH"},
                    {"AttributeName": "a", "KeyType": "RANGE"},
                ],
                "Projection": {"ProjectionType": "KEYS_ONLY"},
            }
        ],
    },
    {
        "TableName": "flat",
        "BillingMode": "PAY_PER_REQUEST",
        "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}],
        "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
    },
)


def opened() -> ddblite.Database:
    """Returns a database in memory with both tables and some items in each."""
    database = ddblite.connect(":memory:")
    for definition in TABLES:
        database.call("CreateTable", definition)
    for place in range(24):
        database.table("tab").put(item(place))
    for place in range(4):
        database.table("flat").put({"pk": f"p{place}", "a": place, "s": {"x", "y"}})
    return database


def item(place: int) -> dict[str, Any]:
    """Returns an item that has most kinds of attribute, and lacks some of them."""
    found: dict[str, Any] = {"pk": f"p{place % 3}", "sk": place // 3}
    if place % 4:
        found |= {"a": Decimal(place) / 2, "b": "xyz"[place % 3]}
    if place % 2:
        found |= {"c": [place, {"x": "x"}], "d": place % 4 == 1, "m": {"k": {"z": place}}}
    else:
        found |= {"c": b"\x00" * place, "d": None, "s": {"x", str(place)}, "t": {1, place + 2}}
    return found

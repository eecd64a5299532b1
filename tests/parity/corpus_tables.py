"""The tables that the generated requests are for, their few keys and their indexes."""

from typing import Any, Final

Wire = dict[str, Any]


def schema(**keys: str) -> list[Wire]:
    """Returns a KeySchema: the partition key, then the sort key."""
    kinds = ("HASH", "RANGE")
    return [
        {"AttributeName": name, "KeyType": kind} for name, kind in zip(keys, kinds, strict=False)
    ]


def definitions(**types: str) -> list[Wire]:
    """Returns AttributeDefinitions."""
    return [{"AttributeName": name, "AttributeType": kind} for name, kind in types.items()]


TABLES: Final[tuple[Wire, ...]] = (
    {
        "TableName": "one",
        "AttributeDefinitions": definitions(id="S", h="N"),
        "KeySchema": schema(id="S"),
        "BillingMode": "PAY_PER_REQUEST",
        "GlobalSecondaryIndexes": [
            {
                "IndexName": "by_h",
                "KeySchema": schema(h="N"),
                "Projection": {"ProjectionType": "KEYS_ONLY"},
            }
        ],
    },
    {
        "TableName": "two",
        "AttributeDefinitions": definitions(id="S", k="N", g="S", h="N", lk="S"),
        "KeySchema": schema(id="S", k="N"),
        "BillingMode": "PAY_PER_REQUEST",
        "LocalSecondaryIndexes": [
            {
                "IndexName": "local",
                "KeySchema": schema(id="S", lk="S"),
                "Projection": {"ProjectionType": "INCLUDE", "NonKeyAttributes": ["a"]},
            }
        ],
        "GlobalSecondaryIndexes": [
            {
                "IndexName": "by_g",
                "KeySchema": schema(g="S", h="N"),
                "Projection": {"ProjectionType": "ALL"},
            },
            {
                "IndexName": "by_lk",
                "KeySchema": schema(lk="S"),
                "Projection": {"ProjectionType": "INCLUDE", "NonKeyAttributes": ["n", "m"]},
            },
        ],
    },
    {
        "TableName": "three",
        "AttributeDefinitions": definitions(id="N", k="B"),
        "KeySchema": schema(id="N", k="B"),
        "BillingMode": "PAY_PER_REQUEST",
    },
)

KEYS: Final[dict[str, dict[str, tuple[Wire, ...]]]] = {
    "one": {"id": ({"S": "p"}, {"S": "q"}, {"S": "r"})},
    "two": {"id": ({"S": "p"}, {"S": "q"}), "k": ({"N": "1"}, {"N": "2"}, {"N": "3"})},
    "three": {"id": ({"N": "1"}, {"N": "2"}), "k": ({"B": "AA=="}, {"B": "AAE="}, {"B": "/w=="})},
}
"""The keys of each table that requests speak of."""

INDEXES: Final[dict[str, dict[str, tuple[str, ...]]]] = {
    "one": {"by_h": ("h",)},
    "two": {"local": ("id", "lk"), "by_g": ("g", "h"), "by_lk": ("lk",)},
    "three": {},
}

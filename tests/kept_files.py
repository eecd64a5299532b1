"""A file of each format, kept for ever: what is in it, as plain data, and how it was made.

``python tests/kept_files.py tests/files/format<n>.ddb`` makes one with the code at hand; those of
earlier formats were made with the code of their time, and are never made again.
"""

import sys
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import ddblite
from ddblite.schema.values import BinarySet, Item, NumberSet, StringSet

FOLDER: Final = Path(__file__).parent / "files"
PATHS: Final = {1: FOLDER / "format1.ddb", 2: FOLDER / "format2.ddb"}

TOKEN: Final = "kept-token"  # noqa: S105 - an idempotency token
TOKEN_ACTION: Final = ddblite.Put("notes", {"n": 7, "b": b"token"})
MADE_AT_S: Final = 1_700_000_000.25

EVERY_VALUE: Final[Item] = {
    "p": "every value", "s": 0, "text": "Grüße, \0 and 🎻", "empty": "", "raw": bytes(range(256)),
    "no_bytes": b"", "yes": True, "no": False, "nothing": None, "small": -1,
    "long": 2**63, "fraction": Decimal("8.3"), "tiny": Decimal("1E-130"),
    "digits": Decimal("9.9999999999999999999999999999999999999E+125"),
    "list": [1, "two", [b"3", None], {"four": [True]}], "map": {"a": {"b": {}}, "é": []},
    "words": StringSet(["b", "a", "ä"]), "numbers": NumberSet([3, Decimal("-0.5"), 2**70]),
    "blobs": BinarySet([b"\xff", b"\0", b"x"]),
}  # fmt: skip


def singer(name: str, sort: int, size: int) -> Item:
    """Returns an item that every index has."""
    return {
        "p": name, "s": sort, "l1": f"l{sort % 3}", "g": "even" if sort % 2 == 0 else "odd",
        "h1": name[0], "h2": sort % 2, "r1": f"r{sort}", "plays": sort * 7, "x": "x" * size,
    }  # fmt: skip


def note(number: int) -> Item:
    """Returns an item of another table."""
    return {"n": number, "b": bytes([number % 256, 0, 255]), "t": "e"}


SIZES: Final = ((-12, 3), (-1, 700), (0, 890), (1, 1100), (2, 4), (10, 5), (120, 2000))

SINGERS: Final[list[Item]] = [
    EVERY_VALUE,
    *(singer(name, sort, size) for name in ("Nina", "Miles", "a\0b") for sort, size in SIZES),
    {"p": "beside", "s": Decimal("0.5"), "g": "large", "body": "y" * 9_000},
    {"p": "beside", "s": Decimal("1E+20"), "blob": b"\0\1" * 5_000},
]

NOTES: Final[list[Item]] = [
    *map(note, (-300, -1, 0, 99)),
    {"n": Decimal("1.5"), "b": b"\0"},
    {"n": 7, "b": b"token"},
]

ITEMS: Final[dict[str, list[Item]]] = {"notes": NOTES, "singers": SINGERS, "vacant": []}
"""What is in each table."""

TAGS: Final = [{"Key": "kept", "Value": "for ever"}]

Wire = dict[str, Any]


def schema(partition: list[str], sort: list[str]) -> list[Wire]:
    """Returns a KeySchema."""
    return [{"AttributeName": name, "KeyType": "HASH"} for name in partition] + [
        {"AttributeName": name, "KeyType": "RANGE"} for name in sort
    ]


def index(name: str, partition: list[str], sort: list[str], projection: Wire) -> Wire:
    """Returns an index of a CreateTable."""
    return {"IndexName": name, "KeySchema": schema(partition, sort), "Projection": projection}


ALL: Final = {"ProjectionType": "ALL"}
INDEXES: Final = ("local", "by_g", "multi")
"""Of the table ``singers``."""

DEFINITIONS: Final[list[Wire]] = [
    {
        "TableName": "singers",
        "BillingMode": "PAY_PER_REQUEST",
        "AttributeDefinitions": [
            {"AttributeName": name, "AttributeType": kind}
            for name, kind in (
                ("p", "S"), ("s", "N"), ("l1", "S"), ("g", "S"),
                ("h1", "S"), ("h2", "N"), ("r1", "S"),
            )
        ],
        "KeySchema": schema(["p"], ["s"]),
        "LocalSecondaryIndexes": [index("local", ["p"], ["l1"], {"ProjectionType": "KEYS_ONLY"})],
        "GlobalSecondaryIndexes": [
            index("by_g", ["g"], [], ALL),
            index(
                "multi",
                ["h1", "h2"],
                ["r1", "s"],
                {"ProjectionType": "INCLUDE", "NonKeyAttributes": ["plays"]},
            ),
        ],
        "Tags": TAGS,
    },
    {
        "TableName": "notes",
        "BillingMode": "PROVISIONED",
        "ProvisionedThroughput": {"ReadCapacityUnits": 3, "WriteCapacityUnits": 4},
        "AttributeDefinitions": [
            {"AttributeName": "n", "AttributeType": "N"},
            {"AttributeName": "b", "AttributeType": "B"},
        ],
        "KeySchema": schema(["n"], ["b"]),
    },
    {
        "TableName": "vacant",
        "BillingMode": "PAY_PER_REQUEST",
        "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "B"}],
        "KeySchema": schema(["id"], []),
    },
]  # fmt: skip

INDEXED: Final[dict[str, list[Item]]] = {
    "local": [{name: item[name] for name in ("p", "s", "l1")} for item in SINGERS if "l1" in item],
    "by_g": [item for item in SINGERS if "g" in item],
    "multi": [
        {name: item[name] for name in ("p", "s", "h1", "h2", "r1", "plays")}
        for item in SINGERS
        if "h1" in item
    ],
}
"""What the indexes of ``singers`` give."""


def make(path: str) -> None:
    """Makes a file with all of it."""
    clock = ddblite.FixedClock(MADE_AT_S)
    with ddblite.connect(path, clock=clock) as database:
        for wire in DEFINITIONS:
            database.call("CreateTable", wire)
        for name, items in ITEMS.items():
            for item in items:
                if item != TOKEN_ACTION.item:
                    database.table(name).put(item)
        # A number that is never used twice, and an epoch that has risen.
        database.create_table("removed", partition_key="id")
        database.delete_table("removed")
        database.transact_write([TOKEN_ACTION], token=TOKEN)


if __name__ == "__main__":
    make(sys.argv[1])

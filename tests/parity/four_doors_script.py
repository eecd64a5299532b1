"""The script of ``test_four_doors.py``: every item operation, every type, and every kind of error.

The table has the keys ``user`` (S) and ``day`` (N), and an index ``by_city`` (S) and ``day``.
"""

# ruff: noqa: S608 - statements of PartiQL, for our own engine

from decimal import Decimal
from typing import Any, Final

from ddblite import BinarySet, Delete, Get, NumberSet, Put, StringSet, Update
from parity.four_doors import TABLE, Item, Step

NINES: Final = int("9" * 38)
"""The 38 digits that a number has."""

EVERY_TYPE: Final[Item] = {
    "user": "u1",
    "day": 1,
    "text": "für \U0001f600",
    "empty": "",
    "whole": NINES,
    "fraction": Decimal("-1.2345678901234567890123456789012345678"),
    "negative": -NINES,
    "small": Decimal("1E-130"),
    "bytes": b"\x00\xff",
    "yes": True,
    "open": False,
    "nothing": None,
    "list": [1, "1", True, [Decimal("0.5"), {"deep": [None]}]],
    "map": {"b": 1, "a": {"ü": StringSet(["x", "y"])}},
    "texts": StringSet(["b", "a"]),
    "numbers": NumberSet([2, NINES, Decimal("-0.1")]),
    "blobs": BinarySet([b"\x01", b""]),
}

USER: Final = {"#u": "user"}
U1: Final = {"#u": "user", "#d": "day"}


def key(day: Any, user: Any = "u1") -> Item:  # noqa: ANN401 - wrong types as well
    """Returns the key of an order."""
    return {"user": user, "day": day}


def where(day: object, user: object = "'u1'") -> str:
    """Returns a key as a statement has it."""
    return f'WHERE "user" = {user} AND "day" = {day}'


def of_u2(day: int) -> str:
    """Returns the other user's key as a statement has it."""
    return where(day, "'u2'")


def inserting(item: Item) -> str:
    """Returns the statement that puts an item, a parameter for each of its attributes."""
    attributes = ", ".join(f"'{name}': ?" for name in item)
    return f"INSERT INTO {TABLE} VALUE {{{attributes}}}"


def order(day: int, city: str) -> Item:
    """Returns a small order."""
    return {"user": "u2", "day": day, "city": city, "euro": day * 10}


ORDERS: Final = [order(day, "Bonn" if day % 2 else "Ulm") for day in range(1, 8)]
VALUES: Final = [
    f"{{'user': 'u2', 'day': {one['day']}, 'city': '{one['city']}', 'euro': {one['euro']}}}"
    for one in ORDERS
]
OF_U2: Final = {
    "key_condition": "#u = :u",
    "names": USER,
    "values": {":u": "u2"},
}

READS: Final = [
    Step(
        "put every type", "put", {"item": EVERY_TYPE}, inserting(EVERY_TYPE), [*EVERY_TYPE.values()]
    ),
    Step("get every type", "get", {"key": key(1)}, f"SELECT * FROM {TABLE} {where(1)}"),
    Step(
        "get parts",
        "get",
        {
            "key": key(1),
            "projection": "#l[3][1].deep, #m.a, #t",
            "names": {"#l": "list", "#m": "map", "#t": "text"},
        },
    ),
    Step(
        "get attributes",
        "get",
        {"key": key(1), "projection": "whole, small, nowhere"},
        f"SELECT whole, small, nowhere FROM {TABLE} {where(1)}",
    ),
    Step("get nothing", "get", {"key": key(9)}, f"SELECT * FROM {TABLE} {where(9)}"),
    Step(
        "batch",
        "batch",
        {"puts": ORDERS, "deletes": [key(9)]},
        [
            *(f"INSERT INTO {TABLE} VALUE {one}" for one in VALUES),
            f"DELETE FROM {TABLE} {where(9)}",
        ],
    ),
    Step("query", "query", OF_U2, f"SELECT * FROM {TABLE} WHERE \"user\" = 'u2'"),
    Step(
        "query a range backwards",
        "query",
        {
            "key_condition": "#u = :u AND #d BETWEEN :a AND :b",
            "names": U1,
            "values": {":u": "u2", ":a": 2, ":b": 5},
            "forward": False,
        },
        f'SELECT * FROM {TABLE} WHERE "user" = \'u2\' AND "day" BETWEEN 2 AND 5'
        ' ORDER BY "day" DESC',
    ),
    Step("query two", "query", {**OF_U2, "limit": 2}),
    Step(
        "query with a filter",
        "query",
        {
            "key_condition": "#u = :u",
            "filter": "euro > :n AND contains(city, :c)",
            "names": USER,
            "values": {":u": "u2", ":n": 20, ":c": "onn"},
            "projection": "euro",
        },
        f"SELECT euro FROM {TABLE} WHERE \"user\" = 'u2' AND euro > 20 AND contains(city, 'onn')",
    ),
    Step(
        "query an index",
        "query",
        {"index": "by_city", "key_condition": "city = :c", "values": {":c": "Ulm"}},
        f"SELECT * FROM {TABLE}.by_city WHERE city = 'Ulm'",
    ),
    Step(
        "scan with a filter",
        "scan",
        {
            "filter": "attribute_exists(euro) AND (size(city) < :three OR euro IN (:x, :y))"
            " OR attribute_type(yes, :bool)",
            "values": {":three": 4, ":x": 10, ":y": 11, ":bool": "BOOL"},
        },
        f"SELECT * FROM {TABLE} WHERE euro IS NOT MISSING AND (size(city) < 4 OR euro IN [10, 11])"
        " OR attribute_type(yes, 'BOOL')",
    ),
    Step("scan an index", "scan", {"index": "by_city"}, f"SELECT * FROM {TABLE}.by_city"),
]

WRITES: Final = [
    Step("put again", "put", {"item": {**key(8), "a": 1}, "returning": "ALL_OLD"}),
    Step("put instead", "put", {"item": {**key(8), "b": True}, "returning": "ALL_OLD"}),
    Step(
        "update",
        "update",
        {
            "key": key(1),
            "update": "SET whole = whole - :n, #m.b = :list REMOVE #l[0], #o",
            "condition": "attribute_exists(whole) AND NOT yes = :one",
            "names": {"#m": "map", "#l": "list", "#o": "open"},
            "values": {":n": 1, ":list": [1, {"x": b"y"}], ":one": 1},
            "returning": "ALL_NEW",
        },
        f'UPDATE {TABLE} SET whole = whole - 1 SET map.b = ? REMOVE "list"[0] REMOVE "open"'
        f" {where(1)} AND whole IS NOT MISSING AND NOT yes = 1 RETURNING ALL NEW *",
        [[1, {"x": b"y"}]],
    ),
    Step(
        "update a list and sets",
        "update",
        {
            "key": key(1),
            "update": "SET #l = list_append(#l, :new) ADD numbers :more DELETE texts :a",
            "names": {"#l": "list"},
            "values": {
                ":new": ["end"],
                ":more": NumberSet([2, 3]),
                ":a": StringSet(["a"]),
            },
            "returning": "UPDATED_NEW",
        },
        f'UPDATE {TABLE} SET "list" = list_append("list", [\'end\'])'
        f" SET numbers = set_add(numbers, <<2, 3>>) SET texts = set_delete(texts, <<'a'>>)"
        f" {where(1)} RETURNING MODIFIED NEW *",
    ),
    Step(
        "update what it was",
        "update",
        {
            "key": key(1),
            "update": "SET #t = if_not_exists(#t, :t), later = :t",
            "names": {"#t": "text"},
            "values": {":t": "new"},
            "returning": "UPDATED_OLD",
        },
    ),
    Step(
        "update makes an item",
        "update",
        {
            "key": key(10),
            "update": "ADD visits :n",
            "values": {":n": Decimal("0.1")},
            "returning": "ALL_NEW",
        },
    ),
    Step(
        "delete",
        "delete",
        {"key": key(2, "u2"), "returning": "ALL_OLD"},
        f"DELETE FROM {TABLE} {of_u2(2)} RETURNING ALL OLD *",
    ),
    Step("delete nothing", "delete", {"key": key(99)}, f"DELETE FROM {TABLE} {where(99)}"),
    Step(
        "transact",
        "transact_write",
        {
            "actions": [
                Put(TABLE, {**key(20), "n": 1}, condition="attribute_not_exists(#u)", names=USER),
                Update(TABLE, key(1, "u2"), "SET euro = :n", values={":n": 5}),
                Delete(TABLE, key(3, "u2"), condition="euro = :n", values={":n": 30}),
            ]
        },
        [
            f"INSERT INTO {TABLE} VALUE {{'user': 'u1', 'day': 20, 'n': 1}}",
            f"UPDATE {TABLE} SET euro = 5 {of_u2(1)}",
            f"DELETE FROM {TABLE} {of_u2(3)} AND euro = 30",
        ],
    ),
    Step(
        "transact and get",
        "transact_get",
        {"gets": [Get(TABLE, key(20)), Get(TABLE, key(3, "u2")), Get(TABLE, key(1, "u2"))]},
        [
            f"SELECT * FROM {TABLE} {where(20)}",
            f"SELECT * FROM {TABLE} {of_u2(3)}",
            f"SELECT * FROM {TABLE} {of_u2(1)}",
        ],
    ),
]
"""Writes that succeed."""

AT_THE_END: Final = Step("what is left", "scan", {}, f"SELECT * FROM {TABLE}")

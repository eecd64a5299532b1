"""Steps of ``test_four_doors.py`` that are refused, one of each kind; they change nothing."""

# ruff: noqa: S608 - statements of PartiQL, for our own engine

from decimal import Decimal
from typing import Any, Final

from ddblite import Check, Delete, Put, Update
from parity.four_doors import TABLE, Item, Step
from parity.four_doors_script import EVERY_TYPE, USER, inserting, key, of_u2, where

TEXT: Final = "'1'"

# What the service says of statements in other words, or without the envelope of PutItem,
# UpdateItem and DeleteItem ("1 validation error detected: "). Facts: docs/facts/validation.md,
# "Two layers".
INVALID: Final = "ValidationException"
DUPLICATE: Final = ("DuplicateItemException", "Duplicate primary key exists in table")
NO_INDEX: Final = (INVALID, "The table does not have the specified index")
OTHER_TYPE: Final = (
    INVALID,
    "Key attribute's data type should match its data type in table's schema: Key day",
)
OVERFLOW: Final = (
    INVALID,
    "Number overflow. Attempting to store a number with magnitude larger than supported range",
)
PLUS_TEXT: Final = (
    INVALID,
    "Incorrect operand type for operator or function; operator or function: +, operand type: S",
)
TOO_DEEP: Final = ("ValidationException", "Nesting Levels have exceeded supported limits")
UNDERFLOW: Final = (
    INVALID,
    "Number underflow. Attempting to store a number with magnitude smaller than supported range",
)


def put(name: str, item: Item, worded: tuple[str, str] | None = None) -> Step:
    """Returns a step that puts an item which cannot be put."""
    return Step(name, "put", {"item": item}, inserting(item), [*item.values()], worded=worded)


def nested(depth: int) -> list[Any]:
    """Returns a list of lists."""
    return [nested(depth - 1)] if depth else []


CONDITIONS: Final = [
    Step(
        "put where something is",
        "put",
        {"item": key(1), "condition": "attribute_not_exists(#u)", "names": USER},
        f"INSERT INTO {TABLE} VALUE {{'user': 'u1', 'day': 1}}",
        worded=DUPLICATE,
    ),
    Step(
        "update unless",
        "update",
        {
            "key": key(1),
            "update": "SET a = :n",
            "condition": "yes = :n",
            "values": {":n": 1},
        },
        f"UPDATE {TABLE} SET a = 1 {where(1)} AND yes = 1",
    ),
    Step(
        "delete unless",
        "delete",
        {"key": key(1), "condition": "size(blobs) > :n", "values": {":n": 2}},
        f"DELETE FROM {TABLE} {where(1)} AND size(blobs) > 2",
    ),
    Step(
        "transact unless",
        "transact_write",
        {
            "actions": [
                Put(TABLE, key(30)),
                Check(TABLE, key(1), condition="attribute_exists(nowhere)"),
            ]
        },
        [
            f"INSERT INTO {TABLE} VALUE {{'user': 'u1', 'day': 30}}",
            f"EXISTS(SELECT * FROM {TABLE} {where(1)} AND nowhere IS NOT MISSING)",
        ],
    ),
    Step(
        "transact what is invalid",
        "transact_write",
        {
            "actions": [
                Delete(TABLE, key(1)),
                Update(TABLE, key(4, "u2"), "SET city = city + :n", values={":n": 1}),
            ]
        },
        [f"DELETE FROM {TABLE} {where(1)}", f"UPDATE {TABLE} SET city = city + 1 {of_u2(4)}"],
    ),
]
"""Conditions that do not hold."""

KEYS: Final = [
    put("key of another type", {"user": "u1", "day": "1"}, OTHER_TYPE),
    put("key with a part missing", {"user": "u1"}),
    put("key that is empty", {"user": "", "day": 1}),
    Step(
        "get with another type",
        "get",
        {"key": key("1")},
        f"SELECT * FROM {TABLE} {where(TEXT)}",
        worded=OTHER_TYPE,
    ),
    Step("get with too much", "get", {"key": {**key(1), "more": 1}}),
    Step("get with too little", "get", {"key": {"user": "u1"}}),
    Step(
        "index key of another type",
        "update",
        {"key": key(1), "update": "SET city = :n", "values": {":n": 1}},
        f"UPDATE {TABLE} SET city = 1 {where(1)}",
    ),
    Step(
        "update of a key",
        "update",
        {"key": key(1), "update": "SET #d = :n", "names": {"#d": "day"}, "values": {":n": 2}},
        f'UPDATE {TABLE} SET "day" = 2 {where(1)}',
    ),
]

VALUES: Final = [
    put("too large", {**key(40), "n": Decimal("1E+126")}, OVERFLOW),
    put("too small", {**key(40), "n": Decimal("1E-131")}, UNDERFLOW),
    put("over 400 KB", {**key(40), "text": "x" * 409_600}),
    put("nested too deeply", {**key(40), "list": nested(32)}, TOO_DEEP),
]

EXPRESSIONS: Final = [
    Step(
        "text plus number",
        "update",
        {"key": key(1), "update": "SET whole = whole + :t", "values": {":t": "x"}},
        f"UPDATE {TABLE} SET whole = whole + 'x' {where(1)}",
        worded=PLUS_TEXT,
    ),
    Step(
        "number plus text that is stored",
        "update",
        {
            "key": key(1),
            "update": "SET #t = #t + :n",
            "names": {"#t": "text"},
            "values": {":n": 1},
        },
        f'UPDATE {TABLE} SET "text" = "text" + 1 {where(1)}',
    ),
    Step(
        "path that is not there",
        "update",
        {"key": key(1), "update": "SET nowhere.x = :n", "values": {":n": 1}},
        f"UPDATE {TABLE} SET nowhere.x = 1 {where(1)}",
    ),
    Step(
        "attribute that is not there",
        "update",
        {"key": key(1), "update": "SET a = nowhere + :n", "values": {":n": 1}},
        f"UPDATE {TABLE} SET a = nowhere + 1 {where(1)}",
    ),
    Step(
        "sum of 39 digits",
        "update",
        {"key": key(20), "update": "SET n = n + :n", "values": {":n": Decimal("1E+60")}},
        f"UPDATE {TABLE} SET n = n + 1{'0' * 60} {where(20)}",
    ),
    Step("no expression at all", "update", {"key": key(1), "update": "SOMETHING a"}),
    Step("reserved word", "scan", {"filter": "user = :u", "values": {":u": "u1"}}),
    Step("value that is not used", "scan", {"filter": "a = :a", "values": {":a": 1, ":b": 2}}),
    Step("name that is not given", "scan", {"filter": "#a = :a", "values": {":a": 1}}),
    Step("query without the key", "query", {"key_condition": "a = :a", "values": {":a": 1}}),
]

PLACES: Final = [
    Step(
        "missing table",
        "get",
        {"key": key(1)},
        f"SELECT * FROM absent {where(1)}",
        table="absent",
    ),
    Step(
        "missing table of a put",
        "put",
        {"item": EVERY_TYPE},
        "INSERT INTO absent VALUE {'user': 'u1', 'day': 1}",
        table="absent",
    ),
    Step(
        "missing index",
        "scan",
        {"index": "by_name"},
        f"SELECT * FROM {TABLE}.by_name",
        worded=NO_INDEX,
    ),
]

FAULTS: Final = [*CONDITIONS, *KEYS, *VALUES, *EXPRESSIONS, *PLACES]

"""PutItem, UpdateItem and DeleteItem: what they change, give and refuse."""

from typing import Any

import pytest

import ddblite
from attempts import attempts
from ddblite.api.python.options import ReturnChanged, ReturnOld
from ddblite.schema.errors import ConditionalCheckFailedException, ValidationException
from ddblite.schema.limits import (
    ITEM_BYTES_MAX,
    PARTITION_KEY_BYTES_MAX,
    SORT_KEY_BYTES_MAX,
)
from ddblite.schema.sizes import item_size
from ddblite.schema.values import Item, StringSet, Value
from wires import refusal, wire

INVALID = "ValidationException: One or more parameter values were invalid: "
NOT_VALID = "ValidationException: One or more parameter values are not valid. "
ENVELOPE = "ValidationException: 1 validation error detected: "
MISMATCH = "ValidationException: The provided key element does not match the schema"


@pytest.fixture
def music(database: ddblite.Database) -> ddblite.Table:
    """A table with a sort key."""
    return database.create_table("music", partition_key="p", sort_key=("s", "N"))


KEY: dict[str, Any] = {"p": "a", "s": 1}
TAGS: list[Value] = ["x", "y"]
INFO: Item = {"year": 1965, "tags": TAGS}
ITEM: Item = {**KEY, "plays": 5, "info": INFO}

# --- ReturnValues


@pytest.mark.parametrize(
    ("returning", "before", "expected"),
    [
        ("NONE", ITEM, None),
        ("ALL_OLD", ITEM, ITEM),
        ("ALL_OLD", None, None),
    ],
)
def test_put_and_delete_give_the_old_item(
    music: ddblite.Table, returning: ReturnOld, before: Item | None, expected: Item | None
) -> None:
    for write in attempts(lambda: music.put(KEY, returning=returning),
                  lambda: music.delete(KEY, returning=returning)):  # fmt: skip
        music.delete(KEY)
        if before is not None:
            music.put(before)
        assert expected == write()


UPDATE = "SET plays = plays + :one, info.#y = :year, fresh = :one REMOVE info.tags[0]"


@pytest.mark.parametrize(
    ("returning", "expected"),
    [
        ("NONE", None),
        ("ALL_OLD", ITEM),
        ("ALL_NEW", {**KEY, "plays": 6, "info": {"year": 1966, "tags": ["y"]}, "fresh": 1}),
        ("UPDATED_OLD", {"plays": 5, "info": {"year": 1965, "tags": ["x"]}}),
        ("UPDATED_NEW", {"plays": 6, "info": {"year": 1966, "tags": ["y"]}, "fresh": 1}),
    ],
)
def test_update_gives_what_was_asked_for(
    music: ddblite.Table, returning: ReturnChanged, expected: Item | None
) -> None:
    """Of nested paths only the branch that was touched."""
    music.put(ITEM)
    values = {":one": 1, ":year": 1966}
    given = music.update(KEY, UPDATE, names={"#y": "year"}, values=values, returning=returning)
    assert expected == given


@pytest.mark.parametrize("returning", ["ALL_OLD", "UPDATED_OLD"])
def test_update_of_a_new_item_gives_nothing_old(
    music: ddblite.Table, returning: ReturnChanged
) -> None:
    assert music.update(KEY, "SET a = :a", values={":a": 1}, returning=returning) is None


@pytest.mark.parametrize("returning", ["UPDATED_OLD", "UPDATED_NEW", "ALL_NEW", "other"])
def test_put_and_delete_have_nothing_new_to_give(
    database: ddblite.Database, music: ddblite.Table, returning: str
) -> None:
    request = {"TableName": music.name, "ReturnValues": returning}
    for operation, more in (("PutItem", {"Item": wire(KEY)}), ("DeleteItem", {"Key": wire(KEY)})):
        refused = refusal(database, operation, request | more)
        if returning == "other":
            assert "enum value set" in refused
        else:
            assert ENVELOPE + "ReturnValues can only be ALL_OLD or NONE" == refused


# --- Updates without an item, and without a change


@pytest.mark.parametrize(
    ("update", "expected"),
    [
        (None, KEY),
        ("SET a = :v", {**KEY, "a": 1}),
        ("ADD a :v", {**KEY, "a": 1}),
        ("SET a = if_not_exists(b, :v)", {**KEY, "a": 1}),
        ("REMOVE a", None),
        ("DELETE a :set", None),
        ("REMOVE a.b", None),
        ("REMOVE a[0], b.c[1].d", None),
        ("DELETE a.b :set", None),
        ("REMOVE a.b DELETE c :set", None),
    ],
)
def test_an_update_makes_an_item_only_with_something_in_it(
    music: ddblite.Table, update: str | None, expected: Item | None
) -> None:
    values: dict[str, Any] = {":v": 1} if ":v" in (update or "") else {}
    values |= {":set": StringSet(["x"])} if ":set" in (update or "") else {}
    assert expected == music.update(KEY, update, values=values or None, returning="ALL_NEW")
    assert expected == music.get(KEY)
    assert ([] if expected is None else [expected]) == music.scan().all()


def test_a_write_that_changes_nothing_succeeds(
    database: ddblite.Database, music: ddblite.Table
) -> None:
    for _ in range(2):
        music.put(ITEM)
        music.update(KEY, "SET plays = :p", values={":p": 5})
    music.delete("b", 1)
    assert [ITEM] == music.scan().all()
    description = database.call("DescribeTable", {"TableName": "music"})["Table"]
    assert (1, item_size(ITEM)) == (description["ItemCount"], description["TableSizeBytes"])


# --- Conditions


@pytest.mark.parametrize(
    ("condition", "holds_of_item", "holds_of_none"),
    [
        ("attribute_exists(p)", True, False),
        ("attribute_not_exists(p)", False, True),
        ("plays = :five", True, False),
        ("plays <> :five", False, True),
        ("NOT plays = :five", False, True),
        ("plays < :five", False, False),
        ("size(info) >= :five OR plays = :five", True, False),
    ],
)
def test_a_condition_decides(
    music: ddblite.Table,
    condition: str,
    holds_of_item: bool,  # noqa: FBT001 - a parameter of the test
    holds_of_none: bool,  # noqa: FBT001
) -> None:
    """A missing item has no attributes, not even its key."""
    more: dict[str, Any] = {"condition": condition}
    if ":five" in condition:
        more["values"] = {":five": 5}
    given = {**more, "values": {**more.get("values", {}), ":a": 1}}
    for before, holds in ((ITEM, holds_of_item), (None, holds_of_none)):
        for write in attempts(
            lambda: music.put({**KEY, "new": 1}, **more),
            lambda: music.update(KEY, "SET a = :a", **given),
            lambda: music.delete(KEY, **more),
        ):
            music.delete(KEY)
            if before is not None:
                music.put(before)
            if holds:
                write()
                assert before is None or before != music.get(KEY)
            else:
                with pytest.raises(ConditionalCheckFailedException) as failed:
                    write()
                assert "The conditional request failed" == failed.value.message
                assert before == failed.value.item
                assert before == music.get(KEY)


def test_a_failed_condition_shows_the_item_only_when_asked(
    database: ddblite.Database, music: ddblite.Table
) -> None:
    music.put(ITEM)
    request = {
        "TableName": "music",
        "Key": wire(KEY),
        "ConditionExpression": "attribute_not_exists(p)",
    }
    for more, expected in (
        ({}, None),
        ({"ReturnValuesOnConditionCheckFailure": "NONE"}, None),
        ({"ReturnValuesOnConditionCheckFailure": "ALL_OLD"}, ITEM),
    ):
        with pytest.raises(ConditionalCheckFailedException) as failed:
            database.call("DeleteItem", request | more)
        shown = failed.value.item
        assert (expected is None) == (shown is None)


# --- Keys


BAD_KEYS: list[tuple[dict[str, Any], str, str]] = [
    ({}, MISMATCH, INVALID + "Missing the key p in the item"),
    ({"p": "a"}, MISMATCH, INVALID + "Missing the key s in the item"),
    ({"s": 1}, MISMATCH, INVALID + "Missing the key p in the item"),
    (
        {"p": 1, "s": 1},
        MISMATCH,
        INVALID + "Type mismatch for key p expected: S actual: N",
    ),
    (
        {"p": "a", "s": True},
        MISMATCH,
        INVALID + "Type mismatch for key s expected: N actual: BOOL",
    ),
    (
        {"p": StringSet(["a"]), "s": "x"},
        MISMATCH,
        INVALID + "Type mismatch for key p expected: S actual: SS",
    ),
    (
        {"p": "", "s": 1},
        NOT_VALID + "The AttributeValue for a key attribute cannot contain an empty string"
        " value. Key: p",
        "",
    ),
    (
        {"p": "x" * (PARTITION_KEY_BYTES_MAX + 1), "s": 1},
        INVALID + "Size of hashkey has exceeded the maximum size limit of2048 bytes",
        "",
    ),
]


@pytest.mark.parametrize(("key", "in_key", "in_item"), BAD_KEYS)
def test_keys_that_cannot_be_are_refused(
    database: ddblite.Database,
    music: ddblite.Table,
    key: dict[str, Any],
    in_key: str,
    in_item: str,
) -> None:
    """With one text where a key is given, and another where an item is."""
    named = {"TableName": music.name, "Key": wire(key)}
    for operation in ("GetItem", "DeleteItem", "UpdateItem"):
        assert in_key == refusal(database, operation, named)
    item = {"TableName": music.name, "Item": wire(key)}
    assert (in_item or in_key) == refusal(database, "PutItem", item)
    for batched in ({"PutRequest": {"Item": wire(key)}}, {"DeleteRequest": {"Key": wire(key)}}):
        request = {"RequestItems": {music.name: [batched]}}
        assert in_key == refusal(database, "BatchWriteItem", request)
    got = {"RequestItems": {music.name: {"Keys": [wire(key)]}}}
    assert in_key == refusal(database, "BatchGetItem", got)


def test_a_key_with_more_than_the_key_is_refused(
    database: ddblite.Database, music: ddblite.Table
) -> None:
    named = {"TableName": music.name, "Key": wire({**KEY, "more": 1})}
    for operation in ("GetItem", "DeleteItem", "UpdateItem"):
        assert MISMATCH == refusal(database, operation, named)


@pytest.mark.parametrize("kind", ["S", "B"])
def test_long_keys_are_accepted_to_the_byte(database: ddblite.Database, kind: str) -> None:
    """2048 bytes of partition key and 1024 of sort key, in UTF-8."""
    table = database.create_table("long", partition_key=("p", kind), sort_key=("s", kind))
    one: Any = "é" if kind == "S" else b"\0\0"
    longest = {"p": one * (PARTITION_KEY_BYTES_MAX // 2), "s": one * (SORT_KEY_BYTES_MAX // 2)}
    table.put(longest)
    assert longest == table.get(longest)
    extra: Any = "x" if kind == "S" else b"x"
    with pytest.raises(ValidationException, match=r"Size of hashkey has exceeded .* of2048 bytes"):
        table.put({**longest, "p": longest["p"] + extra})
    with pytest.raises(ValidationException, match="Aggregated size of all range keys"):
        table.get({**longest, "s": longest["s"] + extra})
    word = "string" if kind == "S" else "binary"
    with pytest.raises(ValidationException, match=f"cannot contain an empty {word} value. Key: s"):
        table.delete({**longest, "s": one[:0]})


@pytest.mark.parametrize("path", ["p", "s", "s.x", "p[0]", "#p"])
def test_a_key_cannot_be_updated(music: ddblite.Table, path: str) -> None:
    """Not even to what it is."""
    name = "p" if "p" in path else "s"
    with pytest.raises(ValidationException) as refused:
        music.update(
            KEY,
            f"SET {path} = :v",
            names={"#p": "p"} if "#" in path else None,
            values={":v": KEY[name]},
        )
    assert (
        f"One or more parameter values were invalid: Cannot update attribute {name}."
        " This attribute is part of the key"
    ) == refused.value.message


def test_a_key_cannot_be_removed(music: ddblite.Table) -> None:
    with pytest.raises(ValidationException, match="Cannot update attribute s"):
        music.update(KEY, "REMOVE s")


# --- Sizes


def sized(size: int) -> Item:
    """Returns an item of exactly this size."""
    item: Item = {**KEY, "x": ""}
    return {**item, "x": "x" * (size - item_size(item))}


def test_an_item_may_have_400_kilobytes(music: ddblite.Table) -> None:
    music.put(sized(ITEM_BYTES_MAX))
    assert music.get(KEY) == sized(ITEM_BYTES_MAX)
    with pytest.raises(ValidationException) as refused:
        music.put(sized(ITEM_BYTES_MAX + 1))
    assert refused.value.message == "Item size has exceeded the maximum allowed size"
    with pytest.raises(ValidationException) as refused:
        music.update(KEY, "SET y = :y", values={":y": ""})
    assert refused.value.message == "Item size to update has exceeded the maximum allowed size"
    assert music.get(KEY) == sized(ITEM_BYTES_MAX)
    batch = music.batch()
    batch.put({"p": "b", "s": 1})
    batch.put(sized(ITEM_BYTES_MAX + 1))
    with pytest.raises(ValidationException, match=r"^Item size has exceeded"):
        batch.flush()
    assert music.get("b", 1) is None


def test_a_deep_value_is_stored_and_a_deeper_one_refused(
    database: ddblite.Database, music: ddblite.Table
) -> None:
    def nested(containers: int) -> Value:
        value: Value = "leaf"
        for _ in range(containers):
            value = [value]
        return value

    music.put({**KEY, "deep": nested(31)})
    assert {**KEY, "deep": nested(31)} == music.get(KEY)
    request = {"TableName": "music", "Item": wire({**KEY, "deep": nested(32)})}
    assert (
        ENVELOPE + "Nesting Levels have exceeded supported limits:"
        " Attributes in the item have nested levels beyond supported limit"
    ) == refusal(database, "PutItem", request)


# --- Tables that are not there


@pytest.mark.parametrize(
    ("operation", "request_"),
    [
        ("PutItem", {"TableName": "none", "Item": wire({"x": 1})}),
        ("GetItem", {"TableName": "none", "Key": wire({"x": 1})}),
        ("UpdateItem", {"TableName": "none", "Key": wire({"x": 1})}),
        ("DeleteItem", {"TableName": "none", "Key": wire({"x": 1})}),
        (
            "Query",
            {
                "TableName": "none",
                "KeyConditionExpression": "p = :p",
                "ExpressionAttributeValues": wire({":p": 1}),
            },
        ),
        ("Scan", {"TableName": "none"}),
        ("BatchGetItem", {"RequestItems": {"none": {"Keys": [wire({"x": 1})]}}}),
        (
            "BatchWriteItem",
            {"RequestItems": {"none": [{"PutRequest": {"Item": wire({"x": 1})}}] * 2}},
        ),
    ],
)
def test_a_missing_table_is_not_found(
    database: ddblite.Database, operation: str, request_: dict[str, Any]
) -> None:
    """Before anything is said about the key."""
    expected = "ResourceNotFoundException: Requested resource not found"
    assert expected == refusal(database, operation, request_)

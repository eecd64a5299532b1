"""Secondary indexes: who is in them, what they show, and what they refuse."""

from typing import Any

import pytest

import ddblite
from attempts import attempts
from ddblite.schema.errors import ValidationException
from ddblite.schema.limits import PARTITION_KEY_BYTES_MAX, SORT_KEY_BYTES_MAX
from ddblite.schema.values import Item, Value
from shapes import make_table
from wires import refusal, wire

KEY: Item = {"p": "a", "s": 1}
WHOLE: Item = {
    **KEY, "l1": "x", "g": "y", "gs": 5, "b1": b"\0", "h1": "h", "h2": 2, "r1": "r",
    "r2": 3, "plays": 7, "more": ["not projected"],
}  # fmt: skip


@pytest.fixture
def table(database: ddblite.Database) -> ddblite.Table:
    """A table with every kind of index."""
    return make_table(database)


def found(table: ddblite.Table, index: str, **more: Any) -> list[Item]:  # noqa: ANN401
    """Returns everything in an index."""
    return table.scan(index=index, **more).all()


# --- Membership


@pytest.mark.parametrize(
    ("missing", "absent"),
    [
        ("l1", {"local_all", "global_binary"}),
        ("g", {"global_all", "global_hash"}),
        ("gs", {"global_all"}),
        ("b1", {"local_keys", "global_binary"}),
        ("h2", {"global_multi", "global_multi_hash"}),
        ("r1", {"global_multi"}),
    ],
)
def test_an_item_without_an_index_key_is_not_in_the_index(
    table: ddblite.Table, missing: str, absent: set[str]
) -> None:
    """Every key attribute must be there, however it came and went."""
    partial = {name: value for name, value in WHOLE.items() if name != missing}
    indexes = set(table.spec.indexes)
    table.put(partial)
    assert absent == {one for one in indexes if not found(table, one)}
    table.update(KEY, f"SET {missing} = :v", values={":v": WHOLE[missing]})
    assert set() == {one for one in indexes if not found(table, one)}
    table.update(KEY, f"REMOVE {missing}")
    assert absent == {one for one in indexes if not found(table, one)}
    table.delete(KEY)
    assert indexes == {one for one in indexes if not found(table, one)}


# --- What an index shows


KEYS_OF_LOCAL: Item = {**KEY, "b1": b"\0"}


@pytest.mark.parametrize(
    ("index", "more", "expected"),
    [
        ("local_all", {}, WHOLE),
        ("local_keys", {}, KEYS_OF_LOCAL),
        ("local_keys", {"projection": "plays"}, {"plays": 7}),
        ("local_keys", {"projection": "p, more[0]"}, {"p": "a", "more": ["not projected"]}),
        ("local_keys", {"filter": "plays = :v", "values": {":v": 7}}, KEYS_OF_LOCAL),
        ("global_hash", {}, {**KEY, "g": "y"}),
        ("global_hash", {"projection": "g"}, {"g": "y"}),
        ("global_inverted", {}, {**KEY, "plays": 7, "g": "y"}),
        ("global_all", {"projection": "more"}, {"more": ["not projected"]}),
    ],
)
def test_an_index_shows_what_it_projects(
    table: ddblite.Table, index: str, more: dict[str, Any], expected: Item
) -> None:
    """A local one fetches the rest from the table where a projection or filter needs it."""
    table.put(WHOLE)
    assert [expected] == found(table, index, **more)


def test_a_local_index_gives_whole_items_when_asked(
    database: ddblite.Database, table: ddblite.Table
) -> None:
    table.put(WHOLE)
    request = {"TableName": "shapes", "IndexName": "local_keys", "Select": "ALL_ATTRIBUTES"}
    assert [set(WHOLE)] == [set(item) for item in database.call("Scan", request)["Items"]]


@pytest.mark.parametrize(
    ("more", "message"),
    [
        (
            {"IndexName": "global_hash", "ProjectionExpression": "plays, g, more"},
            (
                "ValidationException: One or more parameter values were invalid:"
                " Global secondary index global_hash does not project [more, plays]"
            ),
        ),
        (
            {"IndexName": "global_hash", "Select": "ALL_ATTRIBUTES"},
            (
                "ValidationException: One or more parameter values were invalid: Select type"
                " ALL_ATTRIBUTES is not supported for global secondary index global_hash because"
                " its projection type is not ALL"
            ),
        ),
        (
            {"IndexName": "none"},
            "ValidationException: The table does not have the specified index: none",
        ),
        (
            {"IndexName": "global_all", "ConsistentRead": True},
            "ValidationException: Consistent reads are not supported on global secondary indexes",
        ),
        (
            {"Select": "ALL_PROJECTED_ATTRIBUTES"},
            (
                "ValidationException: 1 validation error detected: ALL_PROJECTED_ATTRIBUTES can be"
                " used only when Querying using an IndexName"
            ),
        ),
    ],
)
def test_what_an_index_cannot_give_is_refused(
    database: ddblite.Database, table: ddblite.Table, more: dict[str, Any], message: str
) -> None:
    assert message == refusal(database, "Scan", {"TableName": table.name, **more})


def test_a_local_index_reads_consistently(database: ddblite.Database, table: ddblite.Table) -> None:
    table.put(WHOLE)
    assert [WHOLE] == found(table, "local_all", consistent=True)
    assert database.check() == []


# --- Keys that cannot be


WRONG = "One or more parameter values were invalid: Type mismatch for Index Key {name}"


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("g", 1, WRONG + " Expected: S Actual: N IndexName: global_all"),
        ("gs", "1", WRONG + " Expected: N Actual: S IndexName: global_all"),
        ("b1", None, WRONG + " Expected: B Actual: NULL IndexName: global_binary"),
        ("l1", [], WRONG + " Expected: S Actual: L IndexName: global_binary"),
        ("r2", {"a": 1}, WRONG + " Expected: N Actual: M IndexName: global_multi"),
    ],
)
def test_an_index_key_of_another_type_is_refused(
    database: ddblite.Database, table: ddblite.Table, name: str, value: Value, message: str
) -> None:
    """The alphabetically first index on the attribute is named; nothing is written."""
    expected = message.format(name=name)
    item = {**KEY, name: value}
    for write in attempts(
        lambda: table.put(item),
        lambda: table.update(KEY, f"SET {name} = :v", values={":v": value}),
    ):
        with pytest.raises(ValidationException) as refused:
            write()
        assert expected == refused.value.message
    request = {"RequestItems": {"shapes": [{"PutRequest": {"Item": wire(item)}}]}}
    assert f"ValidationException: {expected}" == refusal(database, "BatchWriteItem", request)
    assert table.scan().all() == []


@pytest.mark.parametrize(("name", "value", "kind"), [("g", "", "string"), ("b1", b"", "binary")])
def test_an_empty_index_key_is_refused(
    table: ddblite.Table, name: str, value: Value, kind: str
) -> None:
    index = {"g": "global_all", "b1": "global_binary"}[name]
    with pytest.raises(ValidationException) as refused:
        table.put({**KEY, name: value})
    assert (
        "One or more parameter values are not valid. A value specified for a secondary index key"
        " is not supported. The AttributeValue for a key attribute cannot contain an empty"
        f" {kind} value. IndexName: {index}, IndexKey: {name}"
    ) == refused.value.message
    with pytest.raises(ValidationException) as refused:
        table.update(KEY, f"SET {name} = :v", values={":v": value})
    assert (
        "One or more parameter values are not valid. The update expression attempted to update a"
        " secondary index key to a value that is not supported. The AttributeValue for a key"
        f" attribute cannot contain an empty {kind} value."
    ) == refused.value.message


@pytest.mark.parametrize(
    ("item", "message"),
    [
        ({"g": "x" * (PARTITION_KEY_BYTES_MAX + 1), "gs": 1}, "Size of hashkey"),
        ({"l1": "x" * (SORT_KEY_BYTES_MAX + 1)}, "Aggregated size of all range keys"),
        ({"b1": b"x" * (SORT_KEY_BYTES_MAX + 1)}, "Aggregated size of all range keys"),
        ({"h1": "x" * (PARTITION_KEY_BYTES_MAX + 1), "h2": 1}, "Size of hashkey"),
    ],
)
def test_a_long_index_key_is_refused(table: ddblite.Table, item: Item, message: str) -> None:
    """By put and by update, and one byte less is not."""
    with pytest.raises(ValidationException, match=message):
        table.put({**KEY, **item})
    (name, value), *_ = item.items()
    with pytest.raises(ValidationException, match=message):
        table.update(KEY, f"SET {name} = :v", values={":v": value})
    assert isinstance(value, str | bytes)
    table.put({**KEY, **item, name: value[1:]})
    assert 1 == len(table.scan().all())


def test_a_partition_key_that_is_a_sort_key_elsewhere_may_be_too_long_there(
    table: ddblite.Table,
) -> None:
    """However the item is made, it must be the same: refused for the index."""
    for write in attempts(
        lambda: table.put({"p": "x" * 2000, "s": 1}),
        lambda: table.update(("x" * 2000, 1)),
        lambda: table.update(("x" * 2000, 1), "SET plays = :v", values={":v": 1}),
    ):
        with pytest.raises(ValidationException, match="Aggregated size of all range keys"):
            write()


# --- Key conditions on an index


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("h1 = :h AND h2 = :two", [0, 1, 2, 3]),
        ("h1 = :h AND h2 = :two AND r1 = :a", [0, 1]),
        ("r1 = :a AND r2 > :one AND h2 = :two AND h1 = :h", [1]),
        ("h1 = :h AND h2 = :two AND r1 = :a AND r2 = :one", [0]),
        ("h1 = :h AND h2 = :two AND begins_with(r1, :a)", [0, 1, 2]),
        ("h1 = :h AND h2 = :two AND r1 BETWEEN :a AND :b", [0, 1, 2, 3]),
        ("h1 = :h AND h2 = :two AND r1 < :b", [0, 1, 2]),
    ],
)
def test_sort_attributes_narrow_from_the_left(
    table: ddblite.Table, condition: str, expected: list[int]
) -> None:
    rows = [("a", 1), ("a", 2), ("ab", 0), ("b", 5)]
    for s, (r1, r2) in enumerate(rows):
        table.put({"p": "x", "s": s, "h1": "h", "h2": 2, "r1": r1, "r2": r2})
    given = {":h": "h", ":two": 2, ":a": "a", ":b": "b", ":one": 1}
    values = {
        name: value
        for name, value in given.items()
        if f"{name} " in f"{condition} ".replace(")", " ")
    }
    result = table.query(condition, index="global_multi", values=values)
    assert expected == [item["s"] for item in result]


@pytest.mark.parametrize(
    ("condition", "message"),
    [
        (
            "h1 = :s",
            r"^HASH key attributes h2 must have equality conditions specified in the query$",
        ),
        (
            "h1 < :s AND r1 = :s",
            r"^HASH key attributes h1, h2 must have equality conditions specified in the query$",
        ),
        (
            "h1 = :s AND h2 = :n AND r2 = :n",
            (
                "RANGE key attributes r1 must have equality conditions specified in the query"
                " because a condition is present on key attribute r2"
            ),
        ),
        (
            "h1 = :s AND h2 = :n AND r1 > :s AND r2 = :n",
            "RANGE key attributes r1 must have equality conditions",
        ),
    ],
)
def test_conditions_with_a_gap_are_refused(
    table: ddblite.Table, condition: str, message: str
) -> None:
    values = {":s": "x", ":n": 1} if ":n" in condition else {":s": "x"}
    with pytest.raises(ValidationException, match=message):
        table.query(condition, index="global_multi", values=values).all()


def test_a_filter_is_not_on_the_keys_of_the_index(table: ddblite.Table) -> None:
    """On those of the table it may be."""
    values: dict[str, Any] = {":g": "y"}
    with pytest.raises(ValidationException) as refused:
        table.query("g = :g", index="global_all", filter="gs = :g", values=values).all()
    assert (
        "Filter Expression can only contain non-primary key attributes: Primary key attribute: gs"
    ) == refused.value.message
    table.put(WHOLE)
    query = table.query(
        "g = :g", index="global_all", filter="s = :one", values={**values, ":one": 1}
    )
    assert [WHOLE] == query.all()


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("s = :v", [5]),
        ("s < :v", [-20, -5, 0]),
        ("s <= :v", [-20, -5, 0, 5]),
        ("s > :v", [50, 500]),
        ("s >= :v", [5, 50, 500]),
        ("s BETWEEN :low AND :v", [-5, 0, 5]),
    ],
)
def test_ranges_of_a_sort_key(
    database: ddblite.Database, condition: str, expected: list[int]
) -> None:
    """Inclusive where DynamoDB is, on both sides of zero."""
    table = database.create_table("ranges", partition_key="p", sort_key=("s", "N"))
    for s in (-20, -5, 0, 5, 50, 500):
        table.put({"p": "a", "s": s})
    values = {":p": "a", ":v": 5} | ({":low": -5} if ":low" in condition else {})
    for forward in (True, False):
        result = table.query(f"p = :p AND {condition}", values=values, forward=forward)
        assert expected[:: 1 if forward else -1] == [item["s"] for item in result]


@pytest.mark.parametrize("kind", ["S", "B"])
def test_prefixes_of_a_sort_key(database: ddblite.Database, kind: str) -> None:
    """Also ones that end in the highest or lowest byte."""
    table = database.create_table("prefixes", partition_key="p", sort_key=("s", kind))
    texts = ["a", "a\0", "a\0\0", "a\0b", "ab", "b", "a\x7f", "￿", "\U0010ffff\U0010ffff"]
    keys: list[Any] = (
        texts if kind == "S" else [*map(str.encode, texts), b"\xff", b"\xff\xff", b"a\xff"]
    )
    for key in keys:
        table.put({"p": "a", "s": key})
    for prefix in keys:
        result = table.query("p = :p AND begins_with(s, :v)", values={":p": "a", ":v": prefix})
        wanted = sorted(key for key in keys if key.startswith(prefix))
        assert wanted == [item["s"] for item in result]

"""Rows that somebody made up, with checksums that are right: an error, at once.

A checksum finds accidents and is no signature, so that it may be right for anything.
"""

import io
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, Final

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

import ddblite
import handmade
from ddblite.engine import codec
from ddblite.schema.errors import Corrupt, DdbError
from ddblite.workbench.transfer import export_items
from wholeness import Wholeness

encode = msgspec.msgpack.Encoder().encode
Ext = msgspec.msgpack.Ext

NUMBER, KEY, SIZE = 1, b"a\0\0", 9


def number(text: str) -> msgspec.msgpack.Ext:
    """Returns the extension that holds a number's text."""
    return Ext(1, text.encode())


def members(code: int, *content: object) -> msgspec.msgpack.Ext:
    """Returns the extension that holds a set."""
    return Ext(code, encode(content))


def repeated(wrap: Callable[[Any], Any], times: int, innermost: object) -> Any:  # noqa: ANN401
    """Returns a value wrapped again and again."""
    for _ in range(times):
        innermost = wrap(innermost)
    return innermost


VALUES: Final[dict[str, object]] = {
    "a float": 1.5,
    "no number": float("nan"),
    "a time": datetime(2026, 1, 1, tzinfo=UTC),
    "thirty million digits": number("1E+30000000"),
    "more digits than there is memory": number("1E+999999999999"),
    "as many zeros": number("1E-999999999"),
    "NaN": number("NaN"),
    "Infinity": number("Infinity"),
    "60 digits": number("1" * 60),
    "a number out of range": number("1E+200"),
    "a number that is none": number("abc"),
    "a number without digits": number(""),
    "sets in sets": repeated(partial(members, 2), 400, "a"),
    "a set in a set": members(2, members(2, "a")),
    "an empty set": members(2),
    "a mixed set": members(2, "a", 1),
    "a set out of order": members(2, "b", "a"),
    "a set with a member twice": members(3, 1, 1),
    "a set of booleans": Ext(3, encode([True])),
    "a set of floats": members(3, 1.5),
    "a set of maps": members(3, {}),
    "a set that is a number": Ext(2, encode(5)),
    "an unknown extension": Ext(99, b"x"),
    "33 lists": repeated(lambda inner: [inner], 33, 1),
    "33 maps": repeated(lambda inner: {"a": inner}, 33, 1),
    "a number as a name": {1: 2},
    "nothing as a name": {None: 1},
    "a name of bytes": {b"a": 1},
    "an empty name": {"": 1},
}
HEAD: Final = b"\x82\xa2id\xa1a\xa1n"
"""Of a map of ``id``, which is "a", and of ``n``, whose value follows."""

BODIES: Final[dict[str, bytes]] = {
    **{name: encode({"id": "a", "n": value}) for name, value in VALUES.items()},
    **{f"{name}, inside": encode({"id": "a", "n": [{"x": [one]}]}) for name, one in VALUES.items()},
    "500 lists": HEAD + b"\x91" * 500 + b"\x01",
    "100,000 lists": HEAD + b"\x91" * 100_000 + b"\x01",
    "no map": encode([1]),
    "a number as the name of an attribute": encode({"id": "a", 1: 2}),
    "an attribute with an empty name": encode({"id": "a", "": 2}),
    "a list that promises more": HEAD + b"\xdd\xff\xff\xff\xff\x01",
    "a map that promises more": HEAD + b"\xdf\xff\xff\xff\xff\xa1a\x01",
    "bytes that promise more": HEAD + b"\xc6\xff\xff\xff\xff\x01",
    "a text that is none": HEAD + b"\xa1\xff",
    "something behind it": encode({"id": "a"}) + b"\x01",
}


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
def test_what_pack_cannot_write_is_corrupt(body: bytes) -> None:
    checksum = codec.checksum_of(NUMBER, KEY, SIZE, body)
    with pytest.raises(Corrupt, match="row 610000 of table number 1 is damaged"):
        codec.unpack(NUMBER, KEY, SIZE, checksum, body)


@pytest.mark.parametrize("size", [-1, codec.SIZE_LIMIT, 2**62])
def test_a_size_that_no_item_has_is_corrupt(size: int) -> None:
    """The bytes read end a page: a negative size would make one of a whole table."""
    body = encode({"id": "a"})
    checksum = codec.checksum_of(NUMBER, KEY, size, body)
    with pytest.raises(Corrupt):
        codec.unpack(NUMBER, KEY, size, checksum, body)


ANYTHING: Final = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.floats()
    | st.text(max_size=3)
    | st.binary(max_size=3)
    | st.datetimes(timezones=st.just(UTC))
    | st.builds(number, st.from_regex(r"-?[0-9]{0,3}(\.[0-9])?(E[+-][0-9]{1,3})?", fullmatch=True))
    | st.builds(members, st.integers(2, 4), st.text(max_size=2), st.text(max_size=2))
    | st.builds(members, st.integers(2, 4), st.integers(0, 3), st.integers(0, 3)),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(max_size=2), inner, max_size=3)
        | st.dictionaries(st.integers(-9, 9) | st.booleans(), inner, max_size=1)
    ),
)


@given(item=st.dictionaries(st.text(max_size=3), ANYTHING, max_size=4))
def test_what_is_unpacked_can_be_packed(item: dict[str, Any]) -> None:
    """Whatever msgpack can say."""
    body = encode(item)
    try:
        found = codec.unpack(NUMBER, KEY, SIZE, codec.checksum_of(NUMBER, KEY, SIZE, body), body)
    except Corrupt:
        return
    codec.pack(found)


# files


@pytest.fixture
def path(tmp_path: Path, wholeness: Wholeness) -> Path:
    """A file with one item in a table and its index."""
    wholeness.is_expected = True
    path = tmp_path / "crafted.ddb"
    with ddblite.connect(path, durability="none") as database:
        index = ddblite.GlobalIndex("by_group", "group")
        table = database.create_table("things", partition_key="id", indexes=[index])
        table.put({"id": "a", "group": "g"})
    return path


def edit(path: Path, statement: str, values: tuple[Any, ...] = ()) -> None:
    """Changes a file by hand."""
    connection = handmade.opened(path)
    connection.execute(statement, values).fetchall()
    connection.close()


def craft(path: Path, body: bytes) -> None:
    """Gives the item and its entry another body, and the seal of it."""
    connection = handmade.opened(path)
    for table, number in (("items_1", 1), ("index_2", 2)):
        key: Any = connection.execute(f"SELECT key FROM {table}").get  # noqa: S608
        sealed = codec.checksum_of(number, key, SIZE, body)
        update = f"UPDATE {table} SET body = ?, size = ?, seal = ?"  # noqa: S608
        connection.execute(update, (body, SIZE, sealed))
    connection.close()


def readings(database: ddblite.Database) -> Iterator[Callable[[], object]]:
    """Gives every way to read the item, and what changes it behind these."""
    table = database.table("things")
    key = {"id": {"S": "a"}}
    of_table = {"TableName": "things"}
    one = {":v": {"N": "1"}}
    calls: list[tuple[str, dict[str, Any]]] = [
        ("GetItem", {**of_table, "Key": key}),
        ("Scan", {**of_table, "Limit": 1}),
        ("Scan", {**of_table, "IndexName": "by_group", "Limit": 1}),
        (
            "Scan",
            {
                **of_table,
                "FilterExpression": "n = :v OR contains(n, :v) OR size(n) > :v",
                "ExpressionAttributeValues": one,
            },
        ),
        ("BatchGetItem", {"RequestItems": {"things": {"Keys": [key]}}}),
        ("TransactGetItems", {"TransactItems": [{"Get": {**of_table, "Key": key}}]}),
    ]
    yield lambda: table.get("a")
    yield lambda: table.scan().all()
    yield from (partial(database.call, operation, request) for operation, request in calls)
    yield lambda: database.execute("SELECT * FROM things").all()
    yield lambda: database.sql("SELECT * FROM things")
    yield lambda: export_items(table, io.StringIO(), "jsonl")
    yield lambda: export_items(table, io.StringIO(), "ddb-json")
    yield lambda: table.update("a", "SET more = :v", values={":v": 1})
    yield lambda: table.delete("a")


def readable(path: Path) -> int:
    """Returns how many ways of reading a file do so; the others give an error of ours."""
    count = 0
    with ddblite.connect(path, durability="none") as database:
        assert database.check()
        for read in readings(database):
            try:
                read()
                count += 1
            except DdbError:
                continue
        database.check()
    return count


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
def test_a_made_up_row_is_an_error_at_every_door(path: Path, body: bytes) -> None:
    """And ``check`` names it; nothing else comes out of either."""
    craft(path, body)
    assert 0 == readable(path)


@pytest.mark.parametrize(
    "item",
    [{}, {"n": 1}, {"id": 5}, {"id": ["a"]}, {"id": "b"}, {"id": "", "group": "g"}],
    ids=str,
)
def test_an_item_that_says_it_is_another_is_no_place_to_go_on_from(
    path: Path, item: dict[str, Any]
) -> None:
    """A scan that went back would never end."""
    craft(path, encode(item))
    assert 0 < readable(path)
    with ddblite.connect(path) as database:
        for index in ({}, {"IndexName": "by_group"}):
            if database.table("things").get("a") is not None:
                with pytest.raises(Corrupt, match="is damaged"):
                    database.call("Scan", {"TableName": "things", "Limit": 1, **index})


def test_an_entry_of_no_item_is_an_error(tmp_path: Path, wholeness: Wholeness) -> None:
    wholeness.is_expected = True
    path = tmp_path / "crafted.ddb"
    with ddblite.connect(path) as database:
        database.call("CreateTable", WITH_LOCAL_INDEX)
        database.table("things").put({"id": "a", "s": "s", "l": "l", "more": 1})
    edit(path, "DELETE FROM items_1")
    with ddblite.connect(path) as database:
        query = database.table("things").query
        found = query("id = :v", values={":v": "a"}, index="by_l", projection="more")
        with pytest.raises(Corrupt, match="index by_l of things has an entry of no item"):
            found.all()


WITH_LOCAL_INDEX: Final = {
    "TableName": "things",
    "BillingMode": "PAY_PER_REQUEST",
    "AttributeDefinitions": [
        {"AttributeName": name, "AttributeType": "S"} for name in ("id", "s", "l")
    ],
    "KeySchema": [
        {"AttributeName": "id", "KeyType": "HASH"},
        {"AttributeName": "s", "KeyType": "RANGE"},
    ],
    "LocalSecondaryIndexes": [
        {
            "IndexName": "by_l",
            "KeySchema": [
                {"AttributeName": "id", "KeyType": "HASH"},
                {"AttributeName": "l", "KeyType": "RANGE"},
            ],
            "Projection": {"ProjectionType": "KEYS_ONLY"},
        }
    ],
}


@pytest.mark.parametrize("size", ["'many'", "-1", "1.5", "4611686018427387904"])
def test_a_size_of_another_kind_is_an_error(path: Path, size: str) -> None:
    """Also where nothing but the size is read."""
    edit(path, f"UPDATE items_1 SET size = {size}")  # noqa: S608
    edit(path, f"UPDATE index_2 SET size = {size}")  # noqa: S608
    assert 0 == readable(path)
    with ddblite.connect(path) as database, pytest.raises(DdbError):
        database.table("things").put({"id": "a"})

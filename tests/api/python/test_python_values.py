"""Python values: what is stored, what comes back, and what is refused."""

import collections
from collections import UserString
from collections.abc import Mapping
from decimal import Decimal
from enum import Enum, IntEnum
from types import MappingProxyType
from typing import Any

import pytest
from boto3.dynamodb.types import Binary

import ddblite
from attempts import attempts
from ddblite import Attr, BinarySet, NumberSet, StringSet, errors

pytestmark = pytest.mark.usefixtures("any_decimal_context")


class Money(Decimal):
    """A number that is more than a number."""


class Name(str):
    """A string that is more than a string."""

    __slots__ = ()


class Status(str, Enum):  # noqa: UP042 - as programs of before 3.11 have it
    """What many programs have for the words that they store."""

    PAID = "paid"


class Priority(IntEnum):
    """The same in numbers."""

    HIGH = 3


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ({"a", "b"}, StringSet(["a", "b"])),
        (frozenset({1, Decimal("2.5")}), NumberSet([1, Decimal("2.5")])),
        ({b"a"}, BinarySet([b"a"])),
        ((1, "a"), [1, "a"]),
        (bytearray(b"a"), b"a"),
        (memoryview(b"a"), b"a"),
        (Money("1.50"), Decimal("1.5")),
        (Name("a"), "a"),
        (Decimal("3.0"), 3),
        (2**100, 2**100),
        (12345678901234567890123456789012345678, 12345678901234567890123456789012345678),
        (collections.OrderedDict(b=1, a=2), {"b": 1, "a": 2}),
        (MappingProxyType({"a": {"x"}}), {"a": StringSet(["x"])}),
        ([{"deep": ({1},)}], [{"deep": [NumberSet([1])]}]),
        (True, True),
        (None, None),
        ("", ""),
        (b"", b""),
        ([], []),
        ({}, {}),
        (Status.PAID, "paid"),
        (Priority.HIGH, 3),
        (StringSet([Status.PAID]), StringSet(["paid"])),
        ({Status.PAID: {Status.PAID, Name("a")}}, {"paid": StringSet(["a", "paid"])}),
        (collections.deque([Status.PAID, 1]), ["paid", 1]),
        (collections.UserList(["a"]), ["a"]),
        (range(3), [0, 1, 2]),
        ({"a": 1}.keys(), StringSet(["a"])),
        (Binary(b"a"), b"a"),
    ],
)
def test_python_values_are_stored_as_what_they_are(
    database: ddblite.Database, given: object, found: object
) -> None:
    """In items and in expression values alike; exact types come back."""
    table = database.create_table("values", partition_key="p")
    table.put({"p": "put", "x": given})
    table.update("update", "SET x = :x", values={":x": given})
    with table.batch() as batch:
        batch.put({"p": "batch", "x": given})
    for key in ("put", "update", "batch"):
        item = table.get(key)
        assert item is not None
        assert repr(found) == repr(item["x"])
        assert type(found) is type(item["x"])
    assert 3 == len(table.scan(filter="x = :x", values={":x": given}).all())


@pytest.mark.parametrize(
    "mapping",
    [
        MappingProxyType({"p": "a", "x": {1}}),
        collections.UserDict({"p": "a", "x": {1}}),
        collections.OrderedDict({"p": "a", "x": {1}}),
        collections.defaultdict(str, {"p": "a", "x": {1}}),
        collections.ChainMap[str, Any]({"p": "a"}, {"x": {1}}),
    ],
    ids=lambda one: type(one).__name__,
)
def test_any_mapping_is_an_item(database: ddblite.Database, mapping: Mapping[str, Any]) -> None:
    table = database.create_table("values", partition_key="p")
    table.put(mapping)
    with table.batch() as batch:
        batch.put({**mapping, "p": "b"})
    assert {"p": "a", "x": NumberSet([1])} == table.get("a")
    assert {"p": "b", "x": NumberSet([1])} == table.get("b")
    assert 2 == len(mapping)


def test_what_is_given_is_not_kept(database: ddblite.Database) -> None:
    """Changing an item after a put, or one that was read, changes nothing stored."""
    table = database.create_table("values", partition_key="p")
    inner = [1]
    item = {"p": "a", "x": inner}
    table.put(item)
    inner.append(2)
    found = table.get("a")
    assert {"p": "a", "x": [1]} == found
    assert found is not None
    found["x"].append(3)
    assert {"p": "a", "x": [1]} == table.get("a")
    assert {"p": "a", "x": [1, 2]} == item


FLOAT = "Float types are not supported. Use Decimal types instead."


@pytest.mark.parametrize("value", [1.0, [1.5], {"a": {"b": 1.5}}, {1.5}, float("inf")])
def test_a_float_is_refused_as_both_errors(database: ddblite.Database, value: object) -> None:
    """In the words that boto3's users know; nothing is written."""
    table = database.create_table("values", partition_key="p")
    for use in attempts(
        lambda: table.put({"p": "a", "x": value}),
        lambda: table.update("a", "SET x = :x", values={":x": value}),
        lambda: table.scan(filter="x = :x", values={":x": value}),
        lambda: table.scan(filter=Attr("x").eq(value)),
        lambda: table.batch().put({"p": "a", "x": value}),
        lambda: database.execute('SELECT * FROM "values" WHERE x = ?', [value]),
    ):
        for kind in (TypeError, errors.ValidationException):
            with pytest.raises(kind) as refused:
                use()
            assert FLOAT in str(refused.value)
            assert getattr(refused.value, "code", None) == "ValidationException"
    assert table.scan().all() == []


@pytest.mark.parametrize(
    "value",
    [object(), 1j, {1, "a"}, {True}, {(1,)}, UserString("a")],
)
def test_other_types_are_refused(database: ddblite.Database, value: object) -> None:
    table = database.create_table("values", partition_key="p")
    with pytest.raises(TypeError, match="Unsupported type"):
        table.put({"p": "a", "x": value})


class Mute(int):
    """A number that cannot show itself."""

    def __repr__(self) -> str:
        raise AssertionError


Mute.__name__ = "int"  # as a value of this name is shown otherwise


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ({1, "a"}, "<class 'set'>"),
        (frozenset({1, b"a"}), "<class 'frozenset'>"),
        ({Mute(1), "a"}, "<class 'set'>"),
        ({10**5000}, "Number overflow"),
        ({10**5000, "a"}, "Number overflow|<class 'set'>"),
        ([{10**5000: 1}], "Attribute names are strings"),
    ],
)
def test_a_refusal_says_what_was_given(
    database: ddblite.Database, value: object, message: str
) -> None:
    """In the user's type, and also of what has no text."""
    table = database.create_table("values", partition_key="p")
    for use in attempts(
        lambda: table.put({"p": "a", "x": value}),
        lambda: table.update("a", "SET x = :x", values={":x": value}),
    ):
        with pytest.raises(errors.ValidationException, match=message):
            use()


def test_impossible_items_are_refused(database: ddblite.Database) -> None:
    """Each with a sentence, however it is nested."""
    table = database.create_table("values", partition_key="p")
    deep: Any = []
    for _ in range(100_000):
        deep = [deep]
    loop: Any = {}
    loop["again"] = loop
    for value, message in (
        (set(), "An string set  may not be empty"),
        (NumberSet([]), "An number set  may not be empty"),
        (BinarySet([]), "Binary sets should not be empty"),
        ("\ud800", "not valid Unicode"),
        ({"": 1}, "Empty attribute name"),
        ({1: 1}, "Attribute names are strings"),
        (deep, "Nesting Levels have exceeded supported limits"),
        (loop, "Nesting Levels have exceeded supported limits"),
    ):
        for use in attempts(
            lambda: table.put({"p": "a", "x": value}),  # noqa: B023
            lambda: table.update("a", "SET x = :x", values={":x": value}),  # noqa: B023
        ):
            with pytest.raises(errors.ValidationException, match=message):
                use()
    assert table.scan().all() == []


@pytest.mark.parametrize("item", [None, 5, "text", [("p", "a")], {"p"}])
def test_an_item_is_a_mapping(database: ddblite.Database, item: object) -> None:
    table = database.create_table("values", partition_key="p")
    with pytest.raises(errors.ValidationException):
        table.put(item)  # type: ignore[arg-type]
    with pytest.raises(errors.ValidationException), table.batch() as batch:
        batch.put(item)  # type: ignore[arg-type]

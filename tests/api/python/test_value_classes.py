"""Values, names and texts of subclasses: each stands for what it is a kind of, at every door."""

from collections.abc import Iterator
from decimal import Decimal
from enum import Enum, IntEnum
from typing import Any
from unittest.mock import Mock

import pytest
from hypothesis import given
from hypothesis import strategies as st

import ddblite
from ddblite import Attr
from ddblite.api.python.plain_values import converted_value
from ddblite.schema.numbers import EXACT

pytestmark = pytest.mark.usefixtures("any_decimal_context")


class Name(str):
    """A string that is more than a string."""

    __slots__ = ()


class Status(str, Enum):  # noqa: UP042 - as programs of before 3.11 have it
    """What many programs have for the words that they store."""

    PAID = "paid"


class Count(IntEnum):
    """Numbers that a program has names for."""

    ONE = 1


class Names(str, Enum):  # noqa: UP042 - as above
    """The names of everything, as programs keep them together."""

    TABLE = "orders"
    KEY = "id"
    INDEX = "by_status"
    STATUS = "status"
    PLACEHOLDER = "#s"
    VALUE = ":s"
    CONDITION = "#s = :s"
    UPDATE = "SET #s = :s"
    STATEMENT = 'SELECT * FROM "orders" WHERE id = ?'


def test_names_may_be_of_an_enumeration(database: ddblite.Database) -> None:
    """Everywhere a text is taken; what comes back is text."""
    table = database.create_table(
        Names.TABLE,
        partition_key=Names.KEY,
        indexes=[ddblite.GlobalIndex(Names.INDEX, Names.STATUS)],
    )
    bound: dict[str, Any] = {
        "names": {Names.PLACEHOLDER: Names.STATUS},
        "values": {Names.VALUE: Status.PAID},
    }
    table.update(Status.PAID, Names.UPDATE, **bound)
    item = {"id": "paid", "status": "paid"}
    found = [
        table.get(Status.PAID),
        table.get({Names.KEY: Status.PAID}, projection=Name("id, status")),
        *table.query(Names.CONDITION, index=Names.INDEX, **bound),
        *table.query(ddblite.Key(Names.KEY).eq(Status.PAID)),
        *table.scan(filter=Attr(Names.STATUS).is_in({Status.PAID})),
        *database.execute(Names.STATEMENT, (Status.PAID,)),
        *database.sql("SELECT * FROM orders WHERE id = :id", {Name("id"): Status.PAID}),
        *database.transact_get([ddblite.Get(Names.TABLE, Status.PAID)]),
    ]
    assert [repr(item)] * 8 == list(map(repr, found))
    assert "['orders']" == repr(database.tables())
    described = database.call("DescribeTable", {"TableName": Names.TABLE})["Table"]
    assert described["TableArn"].endswith(":table/orders")
    assert "Names" not in repr(described)
    action = ddblite.Update(Names.TABLE, Status.PAID, Names.UPDATE, Names.CONDITION, **bound)
    database.transact_write([action], token=Name("t" * 36))
    database.delete_table(Names.TABLE)
    assert [] == database.tables()


def refuse(*_: object, **__: object) -> Any:  # noqa: ANN401 - never returns
    """Stands for every method that a hostile class may replace."""
    raise AssertionError("a method of the value's own class was called")


PROTOCOLS = (
    "__abs__ __bool__ __bytes__ __contains__ __eq__ __format__ __ge__ __getitem__ __gt__ __hash__"
    " __index__ __int__ __iter__ __le__ __len__ __lt__ __ne__ __neg__ __repr__ __reversed__ __str__"
    " __sub__ __trunc__ adjusted as_tuple encode get isascii items keys normalize values"
)
HOSTILE: dict[type, Any] = {
    base: type(
        f"Hostile{base.__name__.title()}",
        (base,),
        {name: refuse for name in PROTOCOLS.split() if hasattr(base, name)},
    )
    for base in (str, int, Decimal, bytes, bytearray, list, tuple, dict, set, frozenset)
}
"""A subclass of each type in which everything that may be asked of a value fails."""

TEXTS = st.text(max_size=4)
NUMBERS = st.integers(-(10**20), 10**20) | st.builds(
    lambda digits, places: Decimal(digits).scaleb(-places, EXACT),
    st.integers(-(10**9), 10**9),
    st.integers(0, 9),
)
SCALARS = TEXTS | NUMBERS | st.binary(max_size=4)
GIVEN = st.recursive(
    SCALARS | st.booleans() | st.none() | st.sets(TEXTS, min_size=1) | st.sets(NUMBERS, min_size=1),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.lists(inner, max_size=3).map(tuple)
        | st.dictionaries(st.text(min_size=1, max_size=4), inner, max_size=3)
    ),
    max_leaves=6,
)


def hostile(value: Any) -> Any:  # noqa: ANN401 - whatever is given
    """Returns the same value with every part of it of a hostile class."""
    kind = HOSTILE.get(type(value))
    if kind is None:
        return value
    if isinstance(value, dict):
        # A name has to be found again in its own mapping, so that it keeps its ``__hash__``.
        return kind((Name(name), hostile(one)) for name, one in value.items())
    if isinstance(value, list | tuple):
        return kind(map(hostile, value))
    return kind(value)  # members of sets have to be hashed


@given(GIVEN)
def test_a_value_is_read_through_its_base_type(value: Any) -> None:  # noqa: ANN401
    """Whatever its class makes of the methods that it has from there."""
    assert repr(converted_value(value)) == repr(converted_value(hostile(value)))


@pytest.fixture(scope="module")
def both() -> Iterator[tuple[ddblite.Table, Any]]:
    """A table in both forms: the native one, and boto3's."""
    with ddblite.connect(":memory:") as database:
        table = database.create_table("values", partition_key="key of the item")
        yield table, database.boto3_resource().Table("values")


@given(st.dictionaries(st.text(min_size=1, max_size=4), GIVEN, max_size=4))
def test_boto3_stores_the_same_item(both: tuple[ddblite.Table, Any], item: dict[str, Any]) -> None:
    """The same Python object through boto3 and through the native API."""
    native, boto3s = both
    given_item = {"key of the item": Status.PAID} | {
        name: Name(value) if isinstance(value, str) else value for name, value in item.items()
    }
    native.put(given_item)
    stored = native.get("paid")
    boto3s.put_item(Item=given_item)
    assert repr(stored) == repr(native.get("paid"))


def test_what_holds_the_values_is_read_through_its_base_type() -> None:
    """Keys, names, values and parameters of a request, and bytes on the wire."""
    with ddblite.connect(":memory:") as database:
        table = database.create_table("values", partition_key="id", sort_key=("at", "N"))
        key, mapping = HOSTILE[tuple]((Status.PAID, 1)), HOSTILE[dict]
        table.update(
            key,
            "SET #a = :a",
            names=mapping({"#a": "n"}),
            values=mapping({":a": 2}),
        )
        item = {"id": "paid", "at": 1, "n": 2}
        assert item == table.get(mapping({"id": "paid", "at": 1}))
        statement = 'SELECT * FROM "values" WHERE id = ? AND "at" = ?'
        assert [item] == database.execute(statement, HOSTILE[list](["paid", 1])).all()
        assert [item] == database.sql(statement, key).all()
        assert [item] == table.query(
            "id = :id", values=mapping({":id": "paid"}), limit=Count.ONE
        ).all()
        wire = {"id": {"S": "paid"}, "at": {"N": "2"}, "b": {"B": HOSTILE[bytes](b"a")}}
        database.call("PutItem", {"TableName": "values", "Item": wire})
        assert {"id": "paid", "at": 2, "b": b"a"} == table.get("paid", 2)


@pytest.mark.parametrize("pretended", [str, int, bytes, dict, list, set])
def test_what_only_pretends_to_be_a_value_is_none(pretended: type) -> None:
    """``isinstance`` believes a ``__class__`` that nothing can be read through."""
    with ddblite.connect(":memory:") as database:
        table = database.create_table("values", partition_key="id")
        value = Mock(spec=pretended)
        assert isinstance(value, pretended)
        with pytest.raises(ddblite.errors.UnsupportedType, match="Unsupported type"):
            table.put({"id": "a", "value": value})

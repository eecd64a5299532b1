"""Items as objects of pydantic models: what is put comes back equal, or is refused by its name."""

import datetime as dt
import ipaddress
import subprocess
import sys
from collections.abc import Iterator
from decimal import Decimal
from enum import Enum, IntEnum
from pathlib import PurePosixPath
from typing import Annotated, Any, Final, Literal
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel, ConfigDict, Field, computed_field

import ddblite
from ddblite import Attr, Key
from ddblite.errors import ModelMismatch, ResourceInUseException, ValidationException


class Colour(Enum):
    """A word."""

    RED = "red"
    BLUE = "blue"


class Rank(IntEnum):
    """A number."""

    LOW = 1
    HIGH = 2


class Line(BaseModel):
    """A nested model."""

    sku: str
    price: Decimal


class Cat(BaseModel):
    """One of two."""

    kind: Literal["cat"] = "cat"
    lives: int


class Dog(BaseModel):
    """The other."""

    kind: Literal["dog"] = "dog"
    name: str


class Everything(BaseModel):
    """One field of each kind."""

    id: UUID
    text: str
    whole: int
    exact: Decimal
    flag: bool
    raw: bytes
    moment: dt.datetime
    day: dt.date
    hour: dt.time
    span: dt.timedelta
    colour: Colour
    rank: Rank
    line: Line
    lines: list[Line]
    words: set[str] = set()
    numbers: frozenset[int]
    blobs: set[bytes]
    colours: set[Colour]
    pair: tuple[int, str]
    by_name: dict[str, Line]
    by_number: dict[int, str]
    maybe: Line | None
    either: int | str
    pet: Annotated[Cat | Dog, Field(discriminator="kind")]
    path: PurePosixPath
    address: ipaddress.IPv4Address


LONG: Final = 10**37
WORDS: Final = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
EXACT: Final = st.decimals(-LONG // 1000, LONG // 1000, allow_nan=False, places=3)
LINES: Final = st.builds(Line, sku=WORDS, price=EXACT)
OFFSETS: Final = st.sampled_from([None, dt.UTC])
WHOLE: Final = st.integers(-LONG, LONG)

EVERYTHING: Final = st.builds(
    Everything,
    id=st.uuids(),
    text=WORDS,
    whole=WHOLE,
    exact=st.decimals(-LONG, LONG, allow_nan=False, places=0) | st.just(Decimal("0.001")),
    flag=st.booleans(),
    raw=st.binary(max_size=9),
    moment=st.datetimes(timezones=OFFSETS),
    day=st.dates(),
    hour=st.times(),
    span=st.timedeltas(dt.timedelta(-9999), dt.timedelta(9999)),
    colour=st.sampled_from(Colour),
    rank=st.sampled_from(Rank),
    line=LINES,
    lines=st.lists(LINES, max_size=3),
    words=st.sets(WORDS.filter(bool), max_size=3),
    numbers=st.frozensets(WHOLE, min_size=1, max_size=3),
    blobs=st.sets(st.binary(min_size=1, max_size=5), min_size=1, max_size=3),
    colours=st.sets(st.sampled_from(Colour), min_size=1),
    pair=st.tuples(WHOLE, WORDS),
    by_name=st.dictionaries(WORDS.filter(bool), LINES, max_size=2),
    by_number=st.dictionaries(st.integers(), WORDS, max_size=2),
    maybe=st.none() | LINES,
    either=WHOLE | WORDS,
    pet=st.builds(Cat, lives=WHOLE) | st.builds(Dog, name=WORDS),
    path=st.just(PurePosixPath("a/b")),
    address=st.ip_addresses(v=4),
)


@pytest.fixture(scope="module")
def everything() -> Iterator[ddblite.TypedTable[Everything]]:
    """A typed table."""
    with ddblite.connect(":memory:") as database:
        yield database.create_table(Everything, partition_key="id")


@settings(max_examples=100, deadline=None)
@given(given_=EVERYTHING)
def test_what_is_put_comes_back_equal(
    everything: ddblite.TypedTable[Everything], given_: Everything
) -> None:
    everything.put(given_)
    assert given_ == everything.get(given_.id)


class Order(BaseModel):
    """What most tests put."""

    user: str
    number: int
    amount: Decimal = Decimal(0)
    tags: set[str] = set()


@pytest.fixture
def database() -> Iterator[ddblite.Database]:
    with ddblite.connect(":memory:") as database:
        yield database


@pytest.fixture
def orders(database: ddblite.Database) -> ddblite.TypedTable[Order]:
    """A typed table with two orders."""
    index = ddblite.GlobalIndex("by_amount", "amount")
    orders = database.create_table(
        "orders", model=Order, partition_key="user", sort_key="number", indexes=[index]
    )
    orders.load([Order(user="a", number=1), Order(user="a", number=2, tags={"new"})])
    return orders


def test_every_method_takes_and_gives_objects(orders: ddblite.TypedTable[Order]) -> None:
    first, second = Order(user="a", number=1), Order(user="a", number=2, tags={"new"})
    assert first == orders.get("a", 1)
    assert first == orders.get({"user": "a", "number": 1}, consistent=True)
    assert [first, second] == orders.query(Key("user").eq("a")).all()
    assert [second] == orders.scan(filter=Attr("tags").exists()).all()
    assert [second, first] == list(orders.query(Key("user").eq("a"), forward=False))
    assert second == orders.query(Key("amount").eq(0), index="by_amount", forward=False).first()
    changed = first.model_copy(update={"amount": Decimal("1.5")})
    assert first == orders.put(changed, returning="ALL_OLD")
    updated = orders.update(("a", 1), "SET amount = :t", values={":t": 2}, returning="ALL_NEW")
    assert Order(user="a", number=1, amount=Decimal(2)) == updated
    assert updated == orders.delete("a", 1, returning="ALL_OLD")
    assert orders.get("a", 1) is None
    with orders.batch() as batch:
        batch.put(first)
        batch.delete("a", 2)
    assert [first] == orders.scan().all()


def test_a_result_goes_on_where_another_ended(orders: ddblite.TypedTable[Order]) -> None:
    page = orders.scan(limit=1)
    assert [1] == [order.number for order in page]
    assert [2] == [order.number for order in orders.scan(after=page.cursor)]


def test_transactions_take_objects(
    database: ddblite.Database, orders: ddblite.TypedTable[Order]
) -> None:
    third = Order(user="a", number=3)
    database.transact_write([ddblite.Put(orders, third), ddblite.Delete(orders, ("a", 1))])
    gets = [ddblite.Get(orders, ("a", number)) for number in (1, 3)]
    found: list[Any] = database.transact_get(gets)
    assert [None, third] == found


def test_transactions_take_keys_as_a_model_has_them(database: ddblite.Database) -> None:
    class Ticket(BaseModel):
        id: UUID
        at: dt.datetime
        n: int = 0

    tickets = database.create_table(Ticket, partition_key="id", sort_key="at")
    key = (UUID(int=1), dt.datetime(2026, 1, 1, tzinfo=dt.UTC))
    database.transact_write([ddblite.Put(tickets, Ticket(id=key[0], at=key[1]))])
    database.transact_write([ddblite.Update(tickets, key, "SET n = :n", values={":n": 3})])
    checks = [ddblite.Check(tickets, key, condition=Attr("n").eq(3))]
    database.transact_write(checks)
    found: list[Any] = database.transact_get([ddblite.Get(tickets, key)])
    assert [Ticket(id=key[0], at=key[1], n=3)] == found
    with pytest.raises(ValidationException, match="This table takes Ticket, not "):
        database.transact_write([ddblite.Put(tickets, Line(sku="a", price=Decimal(1)))])
    database.transact_write([ddblite.Delete(tickets, key)])
    assert [] == tickets.scan().all()


def test_keys_are_of_the_types_that_the_model_has(database: ddblite.Database) -> None:
    index = ddblite.LocalIndex("by_raw", "raw")
    table = database.create_table(Everything, partition_key="id", sort_key="rank", indexes=[index])
    spec = table.untyped.spec
    kinds = {part.name: part.kind for part in (*spec.parts, *spec.indexes["by_raw"].parts)}
    assert {"id": "S", "rank": "N", "raw": "B"} == kinds
    assert "Everything" == table.name


@pytest.mark.parametrize(
    ("field", "message"),
    [
        ("flag", "Everything.flag is a bool, which cannot be a key"),
        ("lines", "Everything.lines is a list, which cannot be a key"),
        ("either", r"Everything.either is of several types: give one, as in \('either', 'S'\)"),
        ("other", "Everything has no field other"),
    ],
)
def test_what_cannot_be_a_key_is_refused(
    database: ddblite.Database, field: str, message: str
) -> None:
    with pytest.raises(ValidationException, match=f"^{message}$"):
        database.create_table(Everything, partition_key=field)
    assert [] == database.tables()


class Loose(BaseModel):
    """Takes nearly anything."""

    model_config = ConfigDict(arbitrary_types_allowed=True)

    id: str = "a"
    value: Any


NAN: Final = Decimal("NaN")

REFUSED: Final[dict[str, tuple[Any, str]]] = {
    "float": (1.5, "Loose.value is a float, 1.5, which DynamoDB cannot hold exactly: use Decimal"),
    "a float inside": ({"a": [1, {"b": 0.1}]}, "Loose.value.a[1].b is a float, 0.1, which"),
    "not a number": (NAN, "Loose.value: "),
    "39 digits": (Decimal("1." + "1" * 38), "Loose.value: "),
    "a whole number of 40 digits": (10**39 + 1, "Loose.value: "),
    "an empty set": (set(), "Loose.value is an empty set, which DynamoDB has not"),
    "a mixed set": ({1, "a"}, "Loose.value is a set of "),
    "a set of pairs": ({(1, 2)}, "Loose.value is a set of "),
    "an object": (object(), "Loose.value is <object object at "),
    "half a character": ("\ud800", "Loose.value: "),
}


@pytest.mark.parametrize(("value", "message"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_stored_exactly_names_its_field(
    database: ddblite.Database, value: object, message: str
) -> None:
    table = database.create_table("loose", model=Loose, partition_key="id")
    with pytest.raises(ValidationException) as caught:
        table.put(Loose(value=value))
    assert str(caught.value).startswith(message)
    assert "\n" not in str(caught.value)
    assert [] == table.scan().all()


def test_a_float_is_a_type_error_too(database: ddblite.Database) -> None:
    """As everywhere in Python."""
    table = database.create_table("loose", model=Loose, partition_key="id")
    with pytest.raises(TypeError):
        table.put(Loose(value=1.5))


def test_an_item_that_is_no_such_object_is_told_with_its_key(
    orders: ddblite.TypedTable[Order],
) -> None:
    orders.untyped.put({"user": "b", "number": 1, "tags": 7})
    message = r"^The item \{.*'b'.*\} of orders is no Order: tags: Input should be a valid set"
    with pytest.raises(ModelMismatch, match=message) as caught:
        orders.get("b", 1)
    assert {"user": "b", "number": 1} == caught.value.key
    assert isinstance(caught.value, ValueError)
    with pytest.raises(ModelMismatch):
        orders.scan().all()


def test_only_objects_of_the_model_are_taken(orders: ddblite.TypedTable[Order]) -> None:
    with pytest.raises(ValidationException, match="This table takes Order, not "):
        orders.put(Line(sku="a", price=Decimal(1)))  # type: ignore[arg-type]
    with pytest.raises(ValidationException, match="A model is a class of pydantic's BaseModel"):
        ddblite.connect(":memory:").create_table(
            "abc",
            partition_key="id",
            model=dict,  # type: ignore[type-var]
        )


class Renamed(BaseModel):
    """Aliases, what is computed, and strictness."""

    model_config = ConfigDict(strict=True, extra="forbid")

    ident: UUID = Field(alias="pk")
    number: int

    @computed_field(alias="sk")  # type: ignore[prop-decorator]
    @property
    def sort(self) -> str:
        """What an index or key may need."""
        return f"n#{self.number}"


def test_aliases_and_computed_fields_are_stored(database: ddblite.Database) -> None:
    table = database.create_table(Renamed, partition_key="pk", sort_key="sk")
    one = Renamed(pk=UUID(int=1), number=3)
    table.put(one)
    assert one == table.get(UUID(int=1), "n#3")
    assert {"pk": str(UUID(int=1)), "sk": "n#3", "number": 3} == table.untyped.scan().first()


def test_moments_of_one_offset_are_in_order(database: ddblite.Database) -> None:
    class Event(BaseModel):
        id: str = "a"
        at: dt.datetime

    events = database.create_table(Event, partition_key="id", sort_key="at")
    second = dt.timedelta(seconds=1)
    start = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    moments = [start + second * step / 4 for step in range(8)]
    events.load(Event(at=moment) for moment in reversed(moments))
    assert moments == [event.at for event in events.query(Key("id").eq("a"))]


async def with_objects() -> None:
    """The twins, in an event loop."""
    async with ddblite.connect_async(":memory:") as database:
        orders = await database.create_table(Order, partition_key="user", sort_key="number")
        await orders.put(Order(user="a", number=1))
        assert 1 == await orders.load([Order(user="a", number=2)])
        again = await database.table("Order", model=Order)
        assert Order(user="a", number=1) == await again.get("a", 1)
        assert [1, 2] == [order.number async for order in again.scan()]
        assert [1, 2] == [order.number for order in await again.query(Key("user").eq("a")).all()]
        old = await again.delete("a", 1, returning="ALL_OLD")
        assert Order(user="a", number=1) == old
        async with again.batch() as batch:
            await batch.put(Order(user="c", number=1))
            await batch.delete("c", 7)
        assert Order(user="c", number=1) == await again.get("c", 1)
        await again.delete("c", 1)
        await again.update(("a", 2), "SET amount = :t", values={":t": 5})
        assert Order(user="a", number=2, amount=Decimal(5)) == await again.scan().first()


def test_an_event_loop_has_objects_too() -> None:
    import asyncio

    asyncio.run(with_objects())


def test_a_table_of_a_model_is_made_once(
    database: ddblite.Database, orders: ddblite.TypedTable[Order]
) -> None:
    with pytest.raises(ResourceInUseException):
        database.create_table("orders", model=Order, partition_key="user")
    assert "<Table orders of Order>" == repr(orders)


def test_pydantic_is_imported_with_the_first_model_only() -> None:
    """It takes longer than everything else that an untyped program needs."""
    program = (
        "import sys, ddblite\n"
        "db = ddblite.connect(':memory:')\n"
        "db.create_table('abc', partition_key='id').put({'id': 'a'})\n"
        "db.execute('SELECT * FROM abc').all()\n"
        "assert 'pydantic' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True)

"""Programs as users write them, for a type checker: nothing here is run.

``make check`` reads this file with warnings for ignored errors that are none: so each line that is
marked must be refused, and no other may be.
"""

from decimal import Decimal
from typing import Any, assert_type

from pydantic import BaseModel

import ddblite
from ddblite import Attr, Item, Key, errors
from ddblite.errors import ConditionalCheckFailedException


def items(database: ddblite.Database) -> None:
    """What is put and read."""
    table = database.create_table("orders", partition_key="id", sort_key=("day", "N"))
    assert_type(table, ddblite.Table)
    item: Item = {"id": "1", "day": 3, "tags": ddblite.StringSet(["a"])}
    assert_type(table.put(item, condition=Attr("id").not_exists()), dict[str, Any] | None)
    assert_type(table.get("1", 3), dict[str, Any] | None)
    for order in table.query(Key("id").eq("1")):
        assert_type(order, dict[str, Any])
    assert_type(table.scan().first(), dict[str, Any] | None)
    table.put(item, returning="ALL_NWE")  # type: ignore[arg-type]
    table.put(item, returning="ALL_NEW")  # type: ignore[arg-type]
    table.update(("1", 3), "REMOVE tags", returning="ALL_NEW")
    table.update(("1", 3), "REMOVE tags", returnig="ALL_NEW")  # type: ignore[call-arg]


def opening() -> None:
    """The closed words of ``connect``."""
    ddblite.connect("shop.ddb", mode="read", durability="process", wording="older")
    ddblite.connect("shop.ddb", mode="reed")  # type: ignore[arg-type]
    ddblite.connect("shop.ddb", durability="pwer")  # type: ignore[arg-type]
    ddblite.connect("shop.ddb", wording="old")  # type: ignore[arg-type]


def statements(database: ddblite.Database) -> None:
    """PartiQL and SQL."""
    assert_type(database.execute("SELECT * FROM orders"), ddblite.Result)
    assert_type(database.explain("SELECT * FROM orders"), ddblite.Explanation)
    database.sql("SELECT 1", long_numbers="text")
    database.sql("SELECT 1", long_numbers="round")  # type: ignore[arg-type]


async def in_an_event_loop(database: ddblite.AsyncDatabase) -> None:
    """The twins have the same words."""
    table = await database.create_table("orders", partition_key="id")
    assert_type(table, ddblite.AsyncTable)
    assert_type(await table.get("1"), dict[str, Any] | None)
    await database.create_table("orders", partitionkey="id")  # type: ignore[call-overload]
    await database.execute("SELECT * FROM orders", limit=3)
    await database.execute("SELECT * FROM orders", limitt=3)  # type: ignore[call-arg]
    await table.put({"id": "1"}, returning="ALL_NEW")  # type: ignore[arg-type]


def failing(table: ddblite.Table) -> None:
    """Errors are classes with members, by either road."""
    try:
        table.put({"id": "1"}, condition="attribute_not_exists(id)")
    except ConditionalCheckFailedException as error:
        assert_type(error.item, dict[str, Any] | None)
        assert_type(error.message, str)
    except errors.FileError as error:
        assert_type(error.code, str)


class Order(BaseModel):
    """An item as a model."""

    id: str
    total: Decimal


def objects(database: ddblite.Database) -> None:
    """A typed table takes and gives objects."""
    orders = database.create_table(Order, partition_key="id")
    assert_type(orders, ddblite.TypedTable[Order])
    assert_type(database.table("orders", model=Order), ddblite.TypedTable[Order])
    order = Order(id="1", total=Decimal(3))
    assert_type(orders.put(order, returning="ALL_OLD"), Order | None)
    assert_type(orders.get("1"), Order | None)
    for found in orders.scan():
        assert_type(found, Order)
    assert_type(orders.query(Key("id").eq("1")).all(), list[Order])
    orders.put({"id": "1"})  # type: ignore[arg-type]
    orders.update("1", "REMOVE x", returning="UPDATED_NEW")  # type: ignore[arg-type]


async def objects_in_an_event_loop(database: ddblite.AsyncDatabase) -> None:
    """So do the twins."""
    orders = await database.table("orders", model=Order)
    assert_type(orders, ddblite.AsyncTypedTable[Order])
    assert_type(await orders.get("1"), Order | None)
    assert_type(await orders.scan().all(), list[Order])
    async for found in orders.scan():
        assert_type(found, Order)
    await orders.put({"id": "1"})  # type: ignore[arg-type]

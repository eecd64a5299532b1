"""Programs as users write them, for a type checker: nothing here is run.

``make check`` reads this file with warnings for ignored errors that are none: so each line that is
marked must be refused, and no other may be.
"""

from typing import Any, assert_type

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
    await database.create_table("orders", partitionkey="id")  # type: ignore[call-arg]
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

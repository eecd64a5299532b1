"""The table of music that transactions are tried on, below the operations."""

from typing import Any

import ddblite
from ddblite.engine.items import accept_item, accept_item_key, read_item
from ddblite.engine.transaction import Transaction, write_through
from ddblite.schema.values import Item


def put_within(transaction: Transaction, item: Item) -> None:
    """Writes an item in an open transaction, as an operation does."""
    table = transaction.catalog.existing_table("music")
    packed = accept_item(item)
    key = accept_item_key(table, item)
    write_through(transaction, table, key, read_item(transaction.storage, table, key), packed)


def artists(database: ddblite.Database) -> list[Any]:
    """Returns what is in the table."""
    return sorted(item["artist"] for item in database.table("music").scan())

"""ddblite: a database in one file that behaves like Amazon DynamoDB.

    import ddblite
    from ddblite import Attr, Key

    with ddblite.connect("shop.ddb") as db:
        orders = db.create_table("orders", partition_key="user_id", sort_key="order_date")
        orders.put({"user_id": "u_441", "order_date": "2024-01-15", "total": 3})
        orders.query(Key("user_id").eq("u_441")).all()

Importing this stays quick: PartiQL, the command, the server and what needs asyncio are
imported on first use.
"""

import typing

from ddblite.api.conditions import Attr, Key
from ddblite.api.database import Database, GlobalIndex, LocalIndex, connect
from ddblite.api.mock import mock_dynamodb
from ddblite.api.result import Result
from ddblite.api.table import Table
from ddblite.api.transactions import Check, Delete, Get, Put, Update
from ddblite.engine.clock import FixedClock
from ddblite.schema import errors
from ddblite.schema.errors import DdbError
from ddblite.schema.values import BinarySet, NumberSet, StringSet

if typing.TYPE_CHECKING:
    from ddblite.api.async_database import AsyncDatabase, AsyncTable, connect_async

__version__ = "0.1.0"

__all__ = [
    "AsyncDatabase",
    "AsyncTable",
    "Attr",
    "BinarySet",
    "Check",
    "Database",
    "DdbError",
    "Delete",
    "FixedClock",
    "Get",
    "GlobalIndex",
    "Key",
    "LocalIndex",
    "NumberSet",
    "Put",
    "Result",
    "StringSet",
    "Table",
    "Update",
    "connect",
    "connect_async",
    "errors",
    "mock_dynamodb",
]


def __getattr__(name: str) -> object:
    """Returns a name of the asynchronous API, or raises AttributeError."""
    if name not in {"AsyncDatabase", "AsyncTable", "connect_async"}:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from ddblite.api import async_database

    found: object = getattr(async_database, name)
    return found

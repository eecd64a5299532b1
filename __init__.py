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

import importlib
import typing

from ddblite import errors
from ddblite.api.clients.mock import mock_dynamodb
from ddblite.api.python.conditions import Attr, Key
from ddblite.api.python.connecting import connect
from ddblite.api.python.database import Database
from ddblite.api.python.new_tables import GlobalIndex, LocalIndex
from ddblite.api.python.past import Change, TableBackup
from ddblite.api.python.result import Result
from ddblite.api.python.table import Table
from ddblite.api.python.transactions import Check, Delete, Get, Put, Update
from ddblite.api.python.upkeep import FormatUpgraded, upgrade
from ddblite.engine.clock import FixedClock, SystemClock
from ddblite.engine.maintenance.upgrading import Upgraded
from ddblite.errors import DdbError
from ddblite.schema.values import BinarySet, Item, NumberSet, StringSet, Value

if typing.TYPE_CHECKING:
    from ddblite.api.python.analysis import Analysis
    from ddblite.api.python.async_database import AsyncDatabase, connect_async
    from ddblite.api.python.async_table import AsyncTable
    from ddblite.api.python.async_typed_table import AsyncTypedTable
    from ddblite.api.python.typed_table import TypedTable
    from ddblite.api.python.upkeep import repair
    from ddblite.engine.maintenance.repair import Repaired
    from ddblite.partiql.explanations.explanation import Explanation
    from ddblite.partiql.syntax.faults import StatementError
    from ddblite.schema.prices import Prices, prices_of

__version__ = "0.1.0"

__all__ = [
    "Analysis",
    "AsyncDatabase",
    "AsyncTable",
    "AsyncTypedTable",
    "Attr",
    "BinarySet",
    "Change",
    "Check",
    "Database",
    "DdbError",
    "Delete",
    "Explanation",
    "FixedClock",
    "FormatUpgraded",
    "Get",
    "GlobalIndex",
    "Item",
    "Key",
    "LocalIndex",
    "NumberSet",
    "Prices",
    "Put",
    "Repaired",
    "Result",
    "StatementError",
    "StringSet",
    "SystemClock",
    "Table",
    "TableBackup",
    "TypedTable",
    "Update",
    "Upgraded",
    "Value",
    "connect",
    "connect_async",
    "errors",
    "mock_dynamodb",
    "prices_of",
    "repair",
    "upgrade",
]


_LATER: typing.Final = {
    "Analysis": "ddblite.api.python.analysis",
    "AsyncDatabase": "ddblite.api.python.async_database",
    "AsyncTable": "ddblite.api.python.async_table",
    "AsyncTypedTable": "ddblite.api.python.async_typed_table",
    "Explanation": "ddblite.partiql.explanations.explanation",
    "Prices": "ddblite.schema.prices",
    "Repaired": "ddblite.engine.maintenance.repair",
    "TypedTable": "ddblite.api.python.typed_table",
    "StatementError": "ddblite.partiql.syntax.faults",
    "connect_async": "ddblite.api.python.async_database",
    "prices_of": "ddblite.schema.prices",
    "repair": "ddblite.api.python.upkeep",
}


def __getattr__(name: str) -> object:
    """Returns a name whose module is imported on first use, or raises AttributeError."""
    if name not in _LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found: object = getattr(importlib.import_module(_LATER[name]), name)
    return found

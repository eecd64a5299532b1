"""A shop: users, and orders of three of them."""

from decimal import Decimal

import pytest

import ddblite
from ddblite import GlobalIndex


@pytest.fixture
def shop(database: ddblite.Database) -> ddblite.Database:
    """Ten orders of the users 0 to 2; user 3 has none."""
    orders = database.create_table(
        "orders",
        partition_key="user_id",
        sort_key="day",
        indexes=[
            GlobalIndex("by_status", "status"),
            GlobalIndex("by_city", "city", ("total", "N"), projection=["note"]),
        ],
    )
    users = database.create_table("users", partition_key="id")
    for number in range(10):
        orders.put(
            {
                "user_id": f"u{number % 3}",
                "day": f"2024-01-{number + 1:02d}",
                "total": Decimal("10.1") * number,
                "status": "paid" if number % 2 else "open",
                "city": "Ulm" if number < 5 else "Köln",
            }
        )
    for number in range(4):
        users.put({"id": f"u{number}", "name": f"N{number}", "age": 20 + number})
    return database

"""The contract's table."""

import pytest

import ddblite


@pytest.fixture
def orders(database: ddblite.Database) -> ddblite.Table:
    """The contract's table, with a week of orders of two users."""
    made = database.create_table("orders", partition_key="user_id", sort_key="order_date")
    for user in ("u_441", "u_442"):
        for day in range(1, 8):
            made.put({"user_id": user, "order_date": f"2024-01-{day:02d}", "total": day * 10})
    return made

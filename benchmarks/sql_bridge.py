"""What a statement of ``Database.sql`` spends its time on: reading, and SQLite's answer.

``python benchmarks/sql_bridge.py [--rounds N]`` joins 5,000 orders with 200 users and groups
them, with and without a key condition, and prints medians of interleaved rounds. It is what
docs/decisions/0004-sql-bridge.md quotes.
"""

import argparse
import statistics
import time
from decimal import Decimal
from typing import TYPE_CHECKING, Final

import ddblite
from ddblite.api.sql.statement import parse

if TYPE_CHECKING:
    from collections.abc import Callable

ORDERS: Final = 5000
USERS: Final = 200

JOIN: Final = """
    SELECT name, count(*) AS n, sum(total) AS spent
      FROM orders JOIN users ON users.id = orders.user_id
     GROUP BY users.id ORDER BY spent DESC
"""
ONE_USER: Final = "SELECT status, sum(total) FROM orders WHERE user_id = 'u7' GROUP BY status"
READ: Final = (
    "SELECT count(user_id), count(total), count(u.id), count(name) FROM orders, users u LIMIT 0"
)


def filled() -> ddblite.Database:
    """Returns a database with orders and users."""
    database = ddblite.connect(":memory:")
    orders = database.create_table("orders", partition_key="user_id", sort_key="day")
    with orders.batch() as batch:
        for number in range(ORDERS):
            batch.put(
                {
                    "user_id": f"u{number % USERS}",
                    "day": f"2024-{number:05d}",
                    "total": Decimal(number % 977) / 100,
                    "status": ("open", "paid", "sent")[number % 3],
                    "note": "x" * 100,
                }
            )
    users = database.create_table("users", partition_key="id")
    with users.batch() as batch:
        for number in range(USERS):
            batch.put({"id": f"u{number}", "name": f"Name {number}", "age": number % 80})
    return database


def in_python(database: ddblite.Database) -> int:
    """Joins and groups as a program without SQL would."""
    names = {user["id"]: user["name"] for user in database.table("users").scan()}
    sums: dict[str, list[Decimal | int]] = {}
    for order in database.table("orders").scan():
        if order["user_id"] in names:
            sums.setdefault(order["user_id"], []).append(order["total"])
    ranked = sorted(((names[user], len(one), sum(one)) for user, one in sums.items()), key=str)
    return len(ranked)


def main() -> None:
    """Prints the table."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rounds", type=int, default=15)
    rounds = options.parse_args().rounds
    with filled() as database:
        cases: dict[str, Callable[[], object]] = {
            "join and group, sql": lambda: database.sql(JOIN),
            "the same in Python, with scans": lambda: in_python(database),
            "copying for it, no answer": lambda: database.sql(READ),
            "parsing it": lambda: parse(JOIN),
            "one user's orders, sql": lambda: database.sql(ONE_USER),
            "explain_sql of the join": lambda: database.explain_sql(JOIN),
            "SELECT 1": lambda: database.sql("SELECT 1"),
        }
        times: dict[str, list[float]] = {name: [] for name in cases}
        for _ in range(rounds):
            for name, run in cases.items():
                started = time.perf_counter()
                run()
                times[name].append((time.perf_counter() - started) * 1000)
        print("| | ms |\n|---|--:|")
        for name, found in times.items():
            print(f"| {name} | {statistics.median(found):.1f} |")
        for loaded in database.sql(JOIN).loaded:
            print(loaded)


if __name__ == "__main__":
    main()

"""Orders by user and date: dates written year first sort as time does.

A month is a prefix, a range of days a BETWEEN, the newest come first when the query runs
backwards, and a page ends with a cursor that any later program can go on from.
"""

from decimal import Decimal

import ddblite
from ddblite import Attr, Key

ORDERS = [
    ("u_441", "2024-01-15", "149.99", "shipped"),
    ("u_441", "2024-01-29", "20", "shipped"),
    ("u_441", "2024-02-03", "74.50", "open"),
    ("u_441", "2024-02-17", "8.25", "open"),
    ("u_441", "2024-03-01", "310", "open"),
    ("u_442", "2024-02-03", "55", "open"),
]


def show(orders: ddblite.Result) -> None:
    """Prints one line per order, and what reading them consumed."""
    for order in orders:
        print(" ", order["order_date"], str(order["total"]).rjust(7), "", order["status"])
    assert orders.consumed is not None, "a result that was read has consumed something"
    print(f"  ({orders.consumed.total} read units, {orders.scanned_count} items read)")


def main() -> None:
    """Asks what a shop asks of its orders."""
    with ddblite.connect(":memory:") as db:
        orders = db.create_table("orders", partition_key="user_id", sort_key="order_date")
        with orders.batch() as batch:
            for user, date, total, status in ORDERS:
                batch.put(
                    {
                        "user_id": user,
                        "order_date": date,
                        "total": Decimal(total),
                        "status": status,
                    }
                )
        of_user = Key("user_id").eq("u_441")

        print("February:")
        show(orders.query(of_user & Key("order_date").begins_with("2024-02")))

        print("From mid-January to mid-February, of over 50:")
        days = Key("order_date").between("2024-01-15", "2024-02-15")
        show(orders.query(of_user & days, filter=Attr("total").gt(50)))

        print("The newest two, and the two before them:")
        newest = orders.query(of_user, forward=False, limit=2)
        show(newest)
        show(orders.query(of_user, forward=False, limit=2, after=newest.cursor))

        print("One is shipped; status is a reserved word, so it gets a name:")
        changed = orders.update(
            ("u_441", "2024-02-03"),
            "SET #status = :shipped",
            condition=Attr("status").eq("open"),
            names={"#status": "status"},
            values={":shipped": "shipped"},
            returning="UPDATED_NEW",
        )
        print(f"  {changed}")

        print("What is still open, of all users, takes a scan:")
        open_orders = db.execute("""SELECT user_id, total FROM "orders" WHERE "status" = 'open'""")
        for row in sorted(map(str, open_orders)):
            print(f"  {row}")
        print(f"  {open_orders.plan}")


if __name__ == "__main__":
    main()

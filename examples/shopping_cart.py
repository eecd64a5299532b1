"""A shopping cart: one partition per cart, one item per product in it.

Counters that never lose an addition, conditions instead of locks, and a set of coupons.
"""

from decimal import Decimal

import ddblite
from ddblite import Attr, Key, StringSet


def add(cart: ddblite.Table, user: str, product: str, price: Decimal, quantity: int) -> None:
    """Adds to what is in the cart already; the price is the one of the first time."""
    cart.update(
        (user, product),
        "SET price = if_not_exists(price, :price) ADD quantity :quantity",
        values={":price": price, ":quantity": quantity},
    )


def take(cart: ddblite.Table, user: str, product: str, quantity: int) -> None:
    """Takes some out, or raises ConditionalCheckFailedException when there are not as many."""
    cart.update(
        (user, product),
        "SET quantity = quantity - :quantity",
        condition="quantity >= :quantity",
        values={":quantity": quantity},
    )


def show(cart: ddblite.Table, user: str) -> None:
    """Prints the cart and its total."""
    total = Decimal(0)
    for line in cart.query(Key("user").eq(user) & Key("product").begins_with("tea/")):
        quantity, price = Decimal(str(line["quantity"])), Decimal(str(line["price"]))
        print(" ", quantity, "x", line["product"], f"at {price:.2f}")
        total += quantity * price
    print(f"  together {total:.2f}")


def main() -> None:
    """Fills a cart, changes it, and empties it."""
    with ddblite.connect(":memory:") as db:
        cart = db.create_table("cart", partition_key="user", sort_key="product")

        print("Nina takes tea, and then more of the first:")
        add(cart, "nina", "tea/assam", Decimal("6.50"), 1)
        add(cart, "nina", "tea/sencha", Decimal("9.20"), 2)
        add(cart, "nina", "tea/assam", Decimal("6.90"), 2)
        show(cart, "nina")

        print("Four less of something she has two of:")
        try:
            take(cart, "nina", "tea/sencha", 4)
        except ddblite.errors.ConditionalCheckFailedException as error:
            print(f"  {error.code}: {error.message}")

        print("One less, and it is gone when none is left:")
        for _ in range(2):
            take(cart, "nina", "tea/sencha", 1)
        cart.delete("nina", "tea/sencha", condition=Attr("quantity").eq(0))
        show(cart, "nina")

        print("Coupons are a set, so the same one counts once:")
        for coupon in ("SPRING", "WELCOME", "SPRING"):
            answer = cart.update(
                ("nina", "coupons"),
                "ADD coupons :coupon",
                values={":coupon": StringSet([coupon])},
                returning="UPDATED_NEW",
            )
        print(f"  {answer}")

        print("PartiQL sees the same cart:")
        statement = 'SELECT product, quantity FROM "cart" WHERE "user" = ?'
        for row in db.execute(statement, ["nina"]):
            print(f"  {row}")


if __name__ == "__main__":
    main()

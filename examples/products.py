"""Products with a category index: a second way in, by category and price.

``by_category`` is sparse: a product without a category, one not for sale at the moment, is
in the table and not in the index.
"""

from decimal import Decimal

import ddblite
from ddblite import GlobalIndex, Key

PRODUCTS = [
    {"id": "p1", "name": "Lamp", "category": "light", "price": Decimal("39.90"), "stock": 12},
    {"id": "p2", "name": "Candle", "category": "light", "price": Decimal("4.20"), "stock": 300},
    {"id": "p3", "name": "Lantern", "category": "light", "price": 25, "stock": 0},
    {"id": "p4", "name": "Chair", "category": "seat", "price": 120, "stock": 4},
    {"id": "p5", "name": "Stool", "price": 45, "stock": 9},
]


def show(rows: ddblite.Result) -> None:
    """Prints rows as they come, and how they were found."""
    for row in rows:
        print(f"  {row}")
    assert rows.consumed is not None, "a result that was read has consumed something"
    print(f"  ({rows.plan}, {rows.consumed.total} read units)")


def refusal(rows: ddblite.Result) -> str:
    """Returns why rows cannot be read."""
    try:
        rows.all()
    except ddblite.errors.ValidationException as error:
        return error.message
    return "they can be read"


def main() -> None:
    """Looks products up by category, and moves one in and one out."""
    with ddblite.connect(":memory:") as db:
        products = db.create_table(
            "products",
            partition_key="id",
            indexes=[
                GlobalIndex("by_category", "category", ("price", "N"), projection=["name"]),
            ],
        )
        for product in PRODUCTS:
            products.put(product)

        print("Light for less than 30, cheapest first:")
        cheap = Key("category").eq("light") & Key("price").lt(30)
        show(products.query(cheap, index="by_category"))

        print("The same in PartiQL:")
        statement = (
            'SELECT name, price FROM "products"."by_category" WHERE category = ? AND price < ?'
        )
        show(db.execute(statement, ["light", 30]))

        print("The stool comes on sale, the lantern goes:")
        products.update("p5", "SET category = :seat", values={":seat": "seat"})
        db.execute("""UPDATE "products" REMOVE category WHERE id = 'p3'""")
        for category in ("light", "seat"):
            rows = products.query(Key("category").eq(category), index="by_category")
            print(f"  {category}: {', '.join(str(row['name']) for row in rows)}")

        print("The table has all five, the index the four that are for sale:")
        description = db.call("DescribeTable", {"TableName": "products"})["Table"]
        (index,) = description["GlobalSecondaryIndexes"]
        print(f"  {description['ItemCount']} and {index['ItemCount']}")

        print("What an index does not carry, or cannot promise, it does not give:")
        print(f"  {refusal(products.query(cheap, index='by_category', projection='stock'))}")
        print(f"  {refusal(products.query(cheap, index='by_category', consistent=True))}")


if __name__ == "__main__":
    main()

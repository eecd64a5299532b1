"""The worked examples of ``examples/`` as a user of boto3's resource writes them.

Each asks what the example asks, of the example's own data, and gives the lines that it prints.
Only what boto3 has no words for is missing: the plans of statements and queries.
"""

import runpy
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from typing import Any, Final

from boto3.dynamodb.conditions import Attr, Key
from botocore.exceptions import ClientError

import ddblite
from ddblite.api.python.new_tables import create_table_request
from ddblite.api.python.plain_values import plain_item
from sources import ROOT

Resource = Any
Table = Any
"""boto3's classes, which are made at run time."""

Lines = Iterator[str]


def data(example: str) -> dict[str, Any]:
    """Returns the names that an example's module has."""
    return runpy.run_path(str(ROOT / "examples" / f"{example}.py"))


def made(resource: Resource, name: str, *keys: Any, indexes: Any = ()) -> Table:  # noqa: ANN401
    """Makes a table and waits for it."""
    partition_key, sort_key = (*keys, None)[:2]
    request = create_table_request(name, partition_key, sort_key, indexes)
    table = resource.create_table(**request)
    table.wait_until_exists()
    return table


def line(item: Mapping[str, Any]) -> str:
    """Returns an item as the examples print it: with whole numbers as ``int``."""
    return f"  {plain_item(item)}"


def refused(request: Callable[[], object]) -> ClientError:
    """Returns the error of a request that is refused."""
    try:
        request()
    except ClientError as error:
        return error
    raise AssertionError("it was not refused")


def worded(error: ClientError) -> str:
    """Returns an error as the examples print it."""
    told = error.response["Error"]
    return f"  {told['Code']}: {told['Message']}"


def statement(resource: Resource, text: str, *parameters: Any, **options: Any) -> list[Any]:  # noqa: ANN401
    """Returns the items of a statement; without parameters there must be no such member."""
    given = {"Parameters": list(parameters)} if parameters else {}
    items: list[Any] = resource.meta.client.execute_statement(Statement=text, **given, **options)[
        "Items"
    ]
    return items


def shopping_cart(resource: Resource) -> Lines:
    """Counters, conditions, and a set of coupons."""
    cart = made(resource, "cart", "user", "product")

    def add(product: str, price: str, quantity: int) -> None:
        cart.update_item(
            Key={"user": "nina", "product": product},
            UpdateExpression="SET price = if_not_exists(price, :price) ADD quantity :quantity",
            ExpressionAttributeValues={":price": Decimal(price), ":quantity": quantity},
        )

    def take(product: str, quantity: int) -> None:
        cart.update_item(
            Key={"user": "nina", "product": product},
            UpdateExpression="SET quantity = quantity - :quantity",
            ConditionExpression="quantity >= :quantity",
            ExpressionAttributeValues={":quantity": quantity},
        )

    def show() -> Lines:
        tea = Key("user").eq("nina") & Key("product").begins_with("tea/")
        total = Decimal(0)
        for row in cart.query(KeyConditionExpression=tea)["Items"]:
            yield f"  {row['quantity']} x {row['product']} at {row['price']:.2f}"
            total += row["quantity"] * row["price"]
        yield f"  together {total:.2f}"

    yield "Nina takes tea, and then more of the first:"
    add("tea/assam", "6.50", 1)
    add("tea/sencha", "9.20", 2)
    add("tea/assam", "6.90", 2)
    yield from show()
    yield "Four less of something she has two of:"
    yield worded(refused(lambda: take("tea/sencha", 4)))
    yield "One less, and it is gone when none is left:"
    for _ in range(2):
        take("tea/sencha", 1)
    sencha = {"user": "nina", "product": "tea/sencha"}
    cart.delete_item(Key=sencha, ConditionExpression=Attr("quantity").eq(0))
    yield from show()
    yield "Coupons are a set, so the same one counts once:"
    for coupon in ("SPRING", "WELCOME", "SPRING"):
        answer = cart.update_item(
            Key={"user": "nina", "product": "coupons"},
            UpdateExpression="ADD coupons :coupon",
            ExpressionAttributeValues={":coupon": {coupon}},
            ReturnValues="UPDATED_NEW",
        )
    yield line(answer["Attributes"])
    yield "PartiQL sees the same cart:"
    text = 'SELECT product, quantity FROM "cart" WHERE "user" = ?'
    yield from map(line, statement(resource, text, "nina"))


def books(resource: Resource) -> Lines:
    """A number in the key, conditions, and a count."""
    known = data("books")
    table = made(resource, "books", "title", ("year", "N"))
    with table.batch_writer() as batch:
        for edition in known["EDITIONS"]:
            batch.put_item(Item=edition)
    of_title = Key("title").eq(known["TAOCP"])

    yield "One edition, by its whole key:"
    yield line(table.get_item(Key={"title": "The Elements of Style", "year": 1959})["Item"])
    yield "The editions of one title before 1970:"
    early = table.query(KeyConditionExpression=of_title & Key("year").lt(1970))
    for book in early["Items"]:
        yield f"  {book['year']}  volume {book['volume']} with {book['pages']} pages"
    yield "The latest one:"
    newest = table.query(KeyConditionExpression=of_title, ScanIndexForward=False, Limit=1)
    yield line(newest["Items"][0])
    yield "Part of an item, out of a list inside it:"
    text = 'SELECT "year", authors[0] FROM "books" WHERE title = ? AND "year" > 1990'
    yield from map(line, statement(resource, text, "The Elements of Style"))
    yield "An edition that is there already is not written over:"
    first = known["EDITIONS"][0]
    absent = "attribute_not_exists(title)"
    yield worded(refused(lambda: table.put_item(Item=first, ConditionExpression=absent)))
    yield "The same question in the words of the wire:"
    answer = table.query(
        KeyConditionExpression="title = :title AND #year BETWEEN :first AND :last",
        ExpressionAttributeNames={"#year": "year"},
        ExpressionAttributeValues={":title": known["TAOCP"], ":first": 1960, ":last": 1979},
        Select="COUNT",
        ReturnConsumedCapacity="TOTAL",
    )
    del answer["ResponseMetadata"]
    yield f"  {answer}"


def orders(resource: Resource) -> Lines:
    """Dates as text, and pages that are gone on from."""
    table = made(resource, "orders", "user_id", "order_date")
    with table.batch_writer() as batch:
        for user, date, total, status in data("orders")["ORDERS"]:
            order = {"user_id": user, "order_date": date, "total": Decimal(total)}
            batch.put_item(Item={**order, "status": status})
    of_user = Key("user_id").eq("u_441")

    def show(page: Mapping[str, Any]) -> Lines:
        for order in page["Items"]:
            total = plain_item(order)["total"]
            yield f"  {order['order_date']} {str(total).rjust(7)}  {order['status']}"
        units = page["ConsumedCapacity"]["CapacityUnits"]
        yield f"  ({units} read units, {page['ScannedCount']} items read)"

    def query(condition: Any, **options: Any) -> Any:  # noqa: ANN401
        return table.query(
            KeyConditionExpression=condition, ReturnConsumedCapacity="TOTAL", **options
        )

    yield "February:"
    yield from show(query(of_user & Key("order_date").begins_with("2024-02")))
    yield "From mid-January to mid-February, of over 50:"
    days = Key("order_date").between("2024-01-15", "2024-02-15")
    yield from show(query(of_user & days, FilterExpression=Attr("total").gt(50)))
    yield "The newest two, and the two before them:"
    newest = query(of_user, ScanIndexForward=False, Limit=2)
    yield from show(newest)
    after = newest["LastEvaluatedKey"]
    yield from show(query(of_user, ScanIndexForward=False, Limit=2, ExclusiveStartKey=after))
    yield "One is shipped; status is a reserved word, so it gets a name:"
    changed = table.update_item(
        Key={"user_id": "u_441", "order_date": "2024-02-03"},
        UpdateExpression="SET #status = :shipped",
        ConditionExpression=Attr("status").eq("open"),
        ExpressionAttributeNames={"#status": "status"},
        ExpressionAttributeValues={":shipped": "shipped"},
        ReturnValues="UPDATED_NEW",
    )
    yield line(changed["Attributes"])
    yield "What is still open, of all users, takes a scan:"
    text = """SELECT user_id, total FROM "orders" WHERE "status" = 'open'"""
    yield from map(line, sorted(map(plain_item, statement(resource, text)), key=str))


def high_scores(resource: Resource) -> Lines:
    """A local index that orders one game's players by their score."""
    by_score = ddblite.LocalIndex("by_score", ("score", "N"), projection="KEYS_ONLY")
    table = made(resource, "scores", "game", "player", indexes=[by_score])

    def report(game: str, player: str, score: int) -> str:
        try:
            table.update_item(
                Key={"game": game, "player": player},
                UpdateExpression="SET score = :score ADD improvements :one",
                ConditionExpression="attribute_not_exists(score) OR score < :score",
                ExpressionAttributeValues={":score": score, ":one": 1},
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
            )
        except ClientError as error:
            return f"  {player}: {score} is no better than {error.response['Item']['score']['N']}"
        return f"  {player}: {score} is a new best"

    def best(count: int) -> Lines:
        found = table.query(
            IndexName="by_score",
            KeyConditionExpression=Key("game").eq("comet"),
            ScanIndexForward=False,
            Limit=count,
        )
        for place, row in enumerate(found["Items"], start=1):
            yield f"  {place}. {row['score']} {row['player']}"

    yield "The first evening:"
    for game, players in data("high_scores")["SCORES"].items():
        for player, score in players.items():
            yield report(game, player, score)
    yield "The best of comet (equal scores keep an order):"
    yield from best(4)
    yield "The second evening:"
    yield report("comet", "ben", 9_900)
    yield report("comet", "cleo", 11_000)
    yield "The best three now:"
    yield from best(3)
    yield "A score range is a key condition here, read consistently:"
    text = (
        'SELECT player, score FROM "scores"."by_score"'
        " WHERE game = 'comet' AND score BETWEEN 9000 AND 10000"
    )
    yield from map(line, statement(resource, text, ConsistentRead=True))
    yield "The index carries keys only; what else is asked for comes from the table:"
    whole = table.query(
        IndexName="by_score",
        KeyConditionExpression=Key("game").eq("comet") & Key("score").gt(9_500),
        ProjectionExpression="player, improvements",
        ReturnConsumedCapacity="INDEXES",
    )
    yield from map(line, whole["Items"])
    used = whole["ConsumedCapacity"]
    indexes = {
        name: units["CapacityUnits"] for name, units in used["LocalSecondaryIndexes"].items()
    }
    yield f"  index {indexes}, table {used['Table']['CapacityUnits']} read units"


def products(resource: Resource) -> Lines:
    """A sparse global index, which items come into and go out of."""
    by_category = ddblite.GlobalIndex(
        "by_category", "category", ("price", "N"), projection=["name"]
    )
    table = made(resource, "products", "id", indexes=[by_category])
    for product in data("products")["PRODUCTS"]:
        table.put_item(Item=product)
    cheap = Key("category").eq("light") & Key("price").lt(30)
    of_index = {"IndexName": "by_category", "KeyConditionExpression": cheap}

    yield "Light for less than 30, cheapest first:"
    yield from map(line, table.query(**of_index)["Items"])
    yield "The same in PartiQL:"
    text = 'SELECT name, price FROM "products"."by_category" WHERE category = ? AND price < ?'
    yield from map(line, statement(resource, text, "light", 30))
    yield "The stool comes on sale, the lantern goes:"
    table.update_item(
        Key={"id": "p5"},
        UpdateExpression="SET category = :seat",
        ExpressionAttributeValues={":seat": "seat"},
    )
    statement(resource, """UPDATE "products" REMOVE category WHERE id = 'p3'""")
    for category in ("light", "seat"):
        found = table.query(
            IndexName="by_category", KeyConditionExpression=Key("category").eq(category)
        )
        yield f"  {category}: {', '.join(row['name'] for row in found['Items'])}"
    yield "The table has all five, the index the four that are for sale:"
    table.load()
    (index,) = table.global_secondary_indexes
    yield f"  {table.item_count} and {index['ItemCount']}"
    yield "What an index does not carry, or cannot promise, it does not give:"
    for more in ({"ProjectionExpression": "stock"}, {"ConsistentRead": True}):
        error = refused(lambda more=more: table.query(**of_index, **more))  # type: ignore[misc]
        yield f"  {error.response['Error']['Message']}"


def library(resource: Resource) -> Lines:
    """Books, members and loans in one table."""
    known = data("library")
    index = ddblite.GlobalIndex("GSI1", "GSI1PK", "GSI1SK")
    table = made(resource, "library", "PK", "SK", indexes=[index])
    with table.batch_writer() as batch:
        for item in (*known["BOOKS"], known["member"]("7", "Ada"), known["member"]("8", "Ben")):
            batch.put_item(Item=item)
    for number, isbn, due in (
        ("7", "0441013597", "2024-05-10"),
        ("7", "0061054887", "2024-05-24"),
        ("8", "0441478123", "2024-05-03"),
    ):
        loan = {"PK": f"MEMBER#{number}", "SK": f"LOAN#{isbn}", "isbn": isbn}
        table.put_item(
            Item={**loan, "GSI1PK": "OUT", "GSI1SK": due},
            ConditionExpression="attribute_not_exists(GSI1PK)",
        )

    def overdue() -> Lines:
        condition = Key("GSI1PK").eq("OUT") & Key("GSI1SK").lte("2024-05-12")
        for loan in table.query(IndexName="GSI1", KeyConditionExpression=condition)["Items"]:
            yield f"  {loan['GSI1SK']} {loan['PK']} {loan['isbn']}"

    dune = {"PK": "MEMBER#7", "SK": "LOAN#0441013597"}

    def bring_back() -> None:
        table.update_item(
            Key=dune,
            UpdateExpression="SET returned = :day REMOVE GSI1PK, GSI1SK",
            ConditionExpression="GSI1PK = :out",
            ExpressionAttributeValues={":day": "2024-05-12", ":out": "OUT"},
        )

    yield "A member and all her loans, in one query:"
    found = table.query(
        KeyConditionExpression=Key("PK").eq("MEMBER#7"), ProjectionExpression="SK, GSI1SK"
    )
    yield from map(line, found["Items"])
    yield "The books of an author, by year:"
    text = 'SELECT title, GSI1SK FROM "library"."GSI1" WHERE GSI1PK = ?'
    yield from map(line, statement(resource, text, "AUTHOR#Frank Herbert"))
    yield "Due by the 12th of May:"
    yield from overdue()
    yield "Dune comes back; twice is once too often:"
    bring_back()
    yield worded(refused(bring_back))
    yield from overdue()
    yield "The loan is history, out of the index and still in the table:"
    yield line(table.get_item(Key=dune)["Item"])


EXAMPLES: Final[dict[str, Callable[[Resource], Lines]]] = {
    "books": books,
    "high_scores": high_scores,
    "library": library,
    "orders": orders,
    "products": products,
    "shopping_cart": shopping_cart,
}

"""The worked examples through ``boto3_resource()``: in process, and again through HTTP.

Both are asked by the same lines, and what they are to print stands here once.
"""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import boto3
import pytest
from boto3.dynamodb.conditions import Attr, Key
from botocore.exceptions import ClientError

import ddblite
from serving import running

Resource = Any


@pytest.fixture(scope="module", params=["in process", "http"])
def resource(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Resource]:
    """boto3's resource of an empty database, through either door."""
    if request.param == "in process":
        with ddblite.connect(":memory:") as database:
            yield database.boto3_resource()
        return
    path = tmp_path_factory.mktemp("examples") / "examples.ddb"
    with running(str(path)) as server:
        made = boto3.resource(
            "dynamodb",
            endpoint_url=server.url,
            region_name="us-east-1",
            aws_access_key_id="any",
            aws_secret_access_key="thing",  # noqa: S106 - nothing checks it
        )
        yield made
        made.meta.client.close()


def table(resource: Resource, name: str, *keys: str, **indexes: Any) -> Any:  # noqa: ANN401
    """Makes a table with string keys (``year`` and ``score`` are numbers) and indexes."""

    def schema(names: tuple[str, ...]) -> list[dict[str, str]]:
        roles = ("HASH", "RANGE")
        return [
            {"AttributeName": key, "KeyType": role} for key, role in zip(names, roles, strict=False)
        ]

    def described(kind: str) -> list[dict[str, Any]]:
        return [
            {
                "IndexName": index,
                "KeySchema": schema(parts),
                "Projection": {"ProjectionType": "ALL"},
            }
            for index, parts in indexes.get(kind, {}).items()
        ]

    extra = {
        member: described(kind)
        for kind, member in (("gsi", "GlobalSecondaryIndexes"), ("lsi", "LocalSecondaryIndexes"))
        if kind in indexes
    }
    used = {*keys, *(part for kind in indexes.values() for key in kind.values() for part in key)}
    made = resource.create_table(
        TableName=name,
        KeySchema=schema(keys),
        AttributeDefinitions=[
            {"AttributeName": key, "AttributeType": "N" if key in {"year", "score"} else "S"}
            for key in sorted(used)
        ],
        BillingMode="PAY_PER_REQUEST",
        **extra,
    )
    made.wait_until_exists()
    return made


def test_shopping_cart(resource: Resource) -> None:
    """Counters that grow, a condition that guards, a line that goes."""
    cart = table(resource, "cart", "user", "product")
    cart.put_item(Item={"user": "u1", "product": "tea", "quantity": 1, "price": Decimal("2.50")})
    changed = cart.update_item(
        Key={"user": "u1", "product": "tea"},
        UpdateExpression="ADD quantity :n",
        ExpressionAttributeValues={":n": 2},
        ReturnValues="UPDATED_NEW",
    )
    assert changed["Attributes"] == {"quantity": Decimal(3)}
    with pytest.raises(ClientError) as caught:
        cart.put_item(
            Item={"user": "u1", "product": "tea"}, ConditionExpression=Attr("user").not_exists()
        )
    assert caught.value.response["Error"]["Code"] == "ConditionalCheckFailedException"
    gone = cart.delete_item(Key={"user": "u1", "product": "tea"}, ReturnValues="ALL_OLD")
    assert gone["Attributes"]["price"] == Decimal("2.50")
    assert cart.query(KeyConditionExpression=Key("user").eq("u1"))["Count"] == 0


def test_books_by_title_and_year(resource: Resource) -> None:
    """A number as sort key, a range of it, and the newest first."""
    books = table(resource, "books", "title", "year")
    with books.batch_writer() as batch:
        for year in range(1990, 2020):
            batch.put_item(Item={"title": "Almanac", "year": year, "pages": year - 1900})
    found = books.query(
        KeyConditionExpression=Key("title").eq("Almanac") & Key("year").between(2001, 2005),
        FilterExpression=Attr("pages").gt(102),
        ScanIndexForward=False,
        ProjectionExpression="#y",
        ExpressionAttributeNames={"#y": "year"},
    )
    assert found["Items"] == [{"year": Decimal(year)} for year in (2005, 2004, 2003)]
    assert found["ScannedCount"] == 5


def test_orders_by_user_and_date(resource: Resource) -> None:
    """Dates as text sort as dates."""
    orders = table(resource, "orders", "user", "date")
    for day, total in (("2024-01-15", 3), ("2024-02-01", 5), ("2025-01-01", 8)):
        orders.put_item(Item={"user": "u1", "date": day, "total": total, "tags": {"new", "web"}})
    found = orders.query(
        KeyConditionExpression=Key("user").eq("u1") & Key("date").begins_with("2024"),
        ReturnConsumedCapacity="TOTAL",
    )
    assert [item["total"] for item in found["Items"]] == [3, 5]
    assert found["Items"][0]["tags"] == {"new", "web"}
    assert found["ConsumedCapacity"]["CapacityUnits"] == 0.5


def test_high_scores(resource: Resource) -> None:
    """A local index orders one game's players by their score."""
    scores = table(resource, "scores", "game", "player", lsi={"by_score": ("game", "score")})
    for player, score in (("ann", 50), ("bob", 70), ("cy", 60)):
        scores.put_item(Item={"game": "chess", "player": player, "score": score})
    best = scores.query(
        IndexName="by_score",
        KeyConditionExpression=Key("game").eq("chess"),
        ScanIndexForward=False,
        Limit=2,
    )
    assert [item["player"] for item in best["Items"]] == ["bob", "cy"]
    assert best["LastEvaluatedKey"] == {"game": "chess", "player": "cy", "score": Decimal(60)}


def test_products_by_category(resource: Resource) -> None:
    """A global index has only the items with its key."""
    products = table(resource, "products", "id", gsi={"by_category": ("category", "name")})
    for number, category in enumerate(("tea", "tea", "cups", None)):
        item = {"id": str(number), "name": f"n{number}", "category": category}
        products.put_item(Item={name: value for name, value in item.items() if value})
    found = products.query(
        IndexName="by_category", KeyConditionExpression=Key("category").eq("tea")
    )
    assert [item["id"] for item in found["Items"]] == ["0", "1"]
    assert products.scan(IndexName="by_category", Select="COUNT")["Count"] == 3


def test_library_in_one_table(resource: Resource) -> None:
    """Books and loans in one table, and a loan that is all or nothing."""
    library = table(resource, "library", "PK", "SK", gsi={"GSI1": ("GSI1PK", "GSI1SK")})
    library.put_item(Item={"PK": "BOOK#1", "SK": "BOOK#1", "copies": 1})
    loan = [
        {
            "Update": {
                "TableName": "library",
                "Key": {"PK": "BOOK#1", "SK": "BOOK#1"},
                "UpdateExpression": "SET copies = copies - :one",
                "ConditionExpression": "copies >= :one",
                "ExpressionAttributeValues": {":one": 1},
            }
        },
        {
            "Put": {
                "TableName": "library",
                "Item": {
                    "PK": "BOOK#1",
                    "SK": "LOAN#7",
                    "GSI1PK": "MEMBER#7",
                    "GSI1SK": "2024-01-15",
                },
            }
        },
    ]
    client = resource.meta.client
    client.transact_write_items(TransactItems=loan)
    with pytest.raises(client.exceptions.TransactionCanceledException) as caught:
        client.transact_write_items(TransactItems=loan)
    reasons = caught.value.response["CancellationReasons"]
    assert [reason["Code"] for reason in reasons] == ["ConditionalCheckFailed", "None"]
    loans = library.query(IndexName="GSI1", KeyConditionExpression=Key("GSI1PK").eq("MEMBER#7"))
    assert [item["SK"] for item in loans["Items"]] == ["LOAN#7"]

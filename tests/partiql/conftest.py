"""A few films in memory, and a way to ask for them."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from ddblite import partiql
from ddblite.engine.engine import Engine
from ddblite.schema import requests
from ddblite.schema.values import Item, Value

MOVIES: dict[str, Any] = {
    "TableName": "movies",
    "BillingMode": "PAY_PER_REQUEST",
    "AttributeDefinitions": [
        {"AttributeName": "year", "AttributeType": "N"},
        {"AttributeName": "title", "AttributeType": "S"},
        {"AttributeName": "genre", "AttributeType": "S"},
        {"AttributeName": "rating", "AttributeType": "N"},
    ],
    "KeySchema": [
        {"AttributeName": "year", "KeyType": "HASH"},
        {"AttributeName": "title", "KeyType": "RANGE"},
    ],
    "GlobalSecondaryIndexes": [
        {
            "IndexName": "by_genre",
            "KeySchema": [
                {"AttributeName": "genre", "KeyType": "HASH"},
                {"AttributeName": "rating", "KeyType": "RANGE"},
            ],
            "Projection": {"ProjectionType": "KEYS_ONLY"},
        }
    ],
    "LocalSecondaryIndexes": [
        {
            "IndexName": "by_rating",
            "KeySchema": [
                {"AttributeName": "year", "KeyType": "HASH"},
                {"AttributeName": "rating", "KeyType": "RANGE"},
            ],
            "Projection": {"ProjectionType": "KEYS_ONLY"},
        }
    ],
}


def movie(year: int, title: str, rating: int) -> Item:
    info: Item = {"plot": f"{title} of {year}", "cast": ["x", title]}
    return {"year": year, "title": title, "rating": rating, "genre": "Drama", "info": info}


@pytest.fixture
def engine() -> Iterator[Engine]:
    """Gives twelve films in three years, and checks the file after every test."""
    engine = Engine.open(":memory:")
    engine.execute(requests.CreateTable(definition=MOVIES))
    for year in (1994, 1995, 1996):
        for place, title in enumerate("ABCD"):
            item = movie(year, title, 9 - place)
            engine.execute(requests.PutItem(table_name="movies", item=item))
    yield engine
    assert [] == engine.check()
    engine.close()


@pytest.fixture
def ask(engine: Engine) -> Callable[..., list[Item]]:
    """Gives a function that returns the items of all pages of a statement."""

    def asked(text: str, *parameters: Value, **options: Any) -> list[Item]:  # noqa: ANN401
        pages = partiql.execute(engine, text, parameters, **options)
        return [item for page in pages for item in page.items]

    return asked

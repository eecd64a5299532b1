"""A few films: a table with both kinds of index, and statements that read it in every way."""

# ruff: noqa: S608 - statements of PartiQL, for our own engine

from pathlib import Path
from typing import Any, Final

import ddblite
from ddblite.schema.values import Item

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


def filled(path: str | Path) -> ddblite.Database:
    """Returns a database of twelve films in three years."""
    database = ddblite.connect(path)
    database.call("CreateTable", MOVIES)
    movies = database.table("movies")
    for year in (1994, 1995, 1996):
        for place, title in enumerate("ABCD"):
            movies.put(movie(year, title, 9 - place))
    return database


KEY: Final = "year = 1994 AND title = 'A'"

READS: Final = [
    f"SELECT * FROM movies WHERE {KEY}",
    f"SELECT * FROM movies WHERE {KEY} AND rating = 9",
    f"SELECT * FROM movies WHERE {KEY} AND rating = 8",
    f"SELECT title, rating FROM movies WHERE {KEY}",
    "SELECT * FROM movies WHERE year = 2000 AND title = 'A'",
    "SELECT * FROM movies WHERE year = 1994",
    "SELECT * FROM movies WHERE year = 1994 ORDER BY title DESC",
    "SELECT * FROM movies WHERE year = 1994 AND title > 'B'",
    "SELECT * FROM movies WHERE year = 1994 AND title BETWEEN 'B' AND 'C' AND rating > 7",
    "SELECT * FROM movies WHERE year = 1994 AND begins_with(title, 'A')",
    "SELECT * FROM movies WHERE year = 1994 AND NOT (rating = 9 OR rating = 8)",
    "SELECT * FROM movies WHERE year = 1994 AND (rating = 9 AND genre = 'Drama' OR rating < 2)",
    "SELECT * FROM movies WHERE year = 1994 AND size(info) > 1 AND 5 < size(genre)",
    "SELECT * FROM movies WHERE year = 1994 AND rating IN [9, 8] AND info IS NOT MISSING",
    "SELECT * FROM movies WHERE year = 1994 AND contains(info.\"cast\", 'A')",
    "SELECT * FROM movies WHERE year = 1994 AND info.\"cast\"[1] <> 'A' AND genre IS NOT NULL",
    "SELECT * FROM movies WHERE year IN [1994, 1996]",
    "SELECT * FROM movies WHERE year IN [1994, 1996] AND title = 'A'",
    "SELECT * FROM movies WHERE year IN [1994, 1996] ORDER BY year DESC, title",
    "SELECT * FROM movies WHERE year IN [1996, 1994] AND title = 'A' ORDER BY title, year",
    "SELECT * FROM movies WHERE (year = 1994 AND title < 'B') OR (year = 1995 AND rating = 7)",
    "SELECT * FROM movies",
    "SELECT title FROM movies WHERE year > 1994 AND title <> 'C'",
    'SELECT * FROM movies WHERE "no-name" IS MISSING AND "_0" IS MISSING AND genre = \'Drama\'',
    "SELECT * FROM movies.by_genre WHERE genre = 'Drama' AND rating >= 8 AND year = 1994",
    "SELECT * FROM movies.by_rating WHERE year = 1994 AND rating = 8",
    "SELECT genre FROM movies.by_rating WHERE year = 1994 AND rating > 7",
    "SELECT * FROM movies.by_genre WHERE info IS MISSING",
    "SELECT * FROM movies WHERE attribute_exists(genre) <> 1 AND rating > 7",
    "SELECT * FROM movies WHERE begins_with(title, 'A') IN [true, nope, size(genre)]",
    "SELECT * FROM movies WHERE contains(title, 'A') NOT IN [false, contains(genre, 'D')]",
    "SELECT * FROM movies WHERE nope = attribute_exists(nope) OR attribute_type('x', 'S') = false",
    "SELECT * FROM movies WHERE begins_with(title, 'B') = contains(genre, 'x') AND size('ab') = 2",
    "SELECT * FROM movies.by_rating WHERE title > 'B'",
    "SELECT * FROM movies WHERE year = 1994 AND title IN ['C', 'A']",
    "SELECT * FROM movies WHERE year = 1994 AND (title < 'B' OR title > 'C' AND rating > 1)",
]

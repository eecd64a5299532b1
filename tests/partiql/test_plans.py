"""What a statement comes down to, and how prepared ones are shared."""

# ruff: noqa: S608 - statements of PartiQL, for our own engine

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from typing import Any, Final

import pytest

from ddblite import partiql
from ddblite.engine.engine import Engine
from ddblite.partiql.run import execute
from ddblite.schema import control_requests, requests
from ddblite.schema.errors import ResourceNotFoundException, ValidationException
from ddblite.schema.values import Item, NumberSet, Value

Ask = Callable[..., list[Item]]

KEY = "year = 1994 AND title = 'A'"
FLAT: Final[dict[str, Any]] = {
    "TableName": "movies",
    "BillingMode": "PAY_PER_REQUEST",
    "AttributeDefinitions": [{"AttributeName": "title", "AttributeType": "S"}],
    "KeySchema": [{"AttributeName": "title", "KeyType": "HASH"}],
}


@pytest.mark.parametrize(
    ("text", "plan"),
    [
        (f"SELECT * FROM movies WHERE {KEY}", "Get movies 1994/A"),
        (f"SELECT * FROM movies WHERE {KEY} AND x = 'y'", "Get movies 1994/A: filter x = 'y'"),
        ("SELECT * FROM movies", "Scan movies"),
        ("SELECT * FROM movies WHERE rating > 8", "Scan movies: filter rating > 8"),
        (
            (
                "SELECT * FROM movies.by_genre WHERE genre = 'Drama' AND rating > 8 "
                "AND year = 1994 ORDER BY rating DESC"
            ),
            (
                "Query movies (index by_genre): key genre = 'Drama' AND rating > 8; "
                "filter year = 1994; backward"
            ),
        ),
        (
            "SELECT * FROM movies WHERE year IN [1, 2] AND begins_with(title, 'A')",
            (
                "Query movies: key year = 1 AND begins_with(title, 'A')\n"
                "Query movies: key year = 2 AND begins_with(title, 'A')"
            ),
        ),
        (
            "SELECT * FROM movies WHERE year = 1 AND title > 'b' AND title < 'a'",
            "Nothing of movies: no key can match",
        ),
        (
            f"UPDATE movies SET a = 1 WHERE {KEY} AND b IS NULL",
            "Update movies 1994/A: condition attribute_exists(year) AND b IS NULL",
        ),
        (f"DELETE FROM movies WHERE {KEY}", "Delete movies 1994/A"),
        (
            "INSERT INTO movies VALUE {'title': 'A', 'year': 1.5}",
            "Put movies 1.5/A: condition year IS MISSING",
        ),
    ],
)
def test_a_plan_says_what_will_be_done(engine: Engine, text: str, plan: str) -> None:
    assert plan == partiql.explain(engine, text).plan


def test_values_are_shown_as_literals(ask: Ask, engine: Engine) -> None:
    """Binary has no literal; its bytes are shown in hexadecimal."""
    text = 'SELECT * FROM movies WHERE a = ? AND b = ? AND c = ? AND d = ? AND "size" = ?'
    parameters: list[Value] = [
        b"\x00\xff",
        {"x": [1, None, True]},
        NumberSet([1, 2]),
        "it's",
        Decimal("1.5"),
    ]
    assert [] == ask(text, *parameters)
    assert (
        "Scan movies: filter a = x'00ff' AND b = {'x': [1, NULL, true]} AND c = <<1, 2>> "
        "AND d = 'it''s' AND \"size\" = 1.5" == partiql.explain(engine, text, parameters).plan
    )


# sharing


def test_threads_share_a_prepared_statement(engine: Engine, ask: Ask) -> None:
    """Also while they use it on different databases."""
    other = Engine.open(":memory:")
    other.execute(control_requests.CreateTable(definition=FLAT))
    other.execute(requests.PutItem(table_name="movies", item={"title": "A", "year": 1994}))
    text = f"SELECT title FROM movies WHERE {KEY}"

    def both(_: int) -> list[Item]:
        (page,) = partiql.execute(other, text)
        return ask(text) + page.items

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(both, range(200)))
    assert [[{"title": "A"}, {"title": "A"}]] * 200 == answers
    assert [] == engine.check() + other.check()
    other.close()


def test_one_text_serves_tables_that_come_and_go(engine: Engine, ask: Ask) -> None:
    """What was compiled for a table is not used on the next of the same name."""
    text = f"SELECT * FROM movies WHERE {KEY}"
    assert 1 == len(ask(text))
    engine.execute(control_requests.DeleteTable(table_name="movies"))
    with pytest.raises(ResourceNotFoundException):
        ask(text)
    engine.execute(control_requests.CreateTable(definition=FLAT))
    engine.execute(requests.PutItem(table_name="movies", item={"title": "A", "year": 1994}))
    assert [{"title": "A", "year": 1994}] == ask(text)
    assert "Get movies A: filter year = 1994" == partiql.explain(engine, text).plan


def test_a_prepared_statement_is_kept() -> None:
    text = "SELECT * FROM kept WHERE a = ?"
    assert partiql.prepare(text) is partiql.prepare(text)


def test_a_statement_full_of_data_is_not_kept() -> None:
    text = f"INSERT INTO t VALUE {{'a': '{'x' * 2048}'}}"
    assert partiql.prepare(text) is not partiql.prepare(text)


def test_a_select_of_one_key_is_a_single_get(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    """The common case takes a short way, and refuses what the long one refuses."""
    text = "SELECT rating FROM movies WHERE title = ? AND year = 1994"

    def never(*_: object) -> None:
        raise AssertionError("the long way was taken")

    monkeypatch.setattr(execute, "read", never)
    assert [{"rating": 9}] == ask(text, "A")
    assert [{"rating": 8}] == ask(text, "B")
    assert [] == ask(text, "nope")
    with pytest.raises(ValidationException, match="Key title"):
        ask(text, 5)
    with pytest.raises(ValidationException, match="Number of parameters"):
        ask(text)

"""Limits of a SELECT: items evaluated per page, and items given in all."""

# ruff: noqa: S608 - statements of PartiQL, for our own engine

from pathlib import Path

import pytest

import ddblite
from ddblite import partiql
from ddblite.engine.engine import Engine
from ddblite.partiql.plans.lower import compiled
from ddblite.partiql.run.execute import Run
from ddblite.schema.control_requests import CreateTable, DeleteTable
from ddblite.schema.errors import ValidationException
from ddblite.schema.limits import EXPRESSION_OPERATORS_MAX
from ddblite.schema.requests import PutItem
from ddblite.schema.values import Item

WHERES = [
    "rating < 9",
    "year = 1994",
    "year = 1994 AND rating <> 8",
    "year = 1994 AND title <> 'A'",
    "year IN [1994, 1995, 1996]",
    "year IN [1994, 1995, 1996] AND rating > 7 AND rating < 9",
    "year IN [1994, 1995, 1996] AND title IN ['A', 'D']",
    "year IN [1994, 1996] AND rating < 9 ORDER BY title, year",
    "year IN [1994, 1996] ORDER BY title DESC, year",
    "(year = 1994 AND title = 'A') OR (year = 1995 AND title = 'B')",
    "(year = 1994 AND title = 'A' AND rating < 9) OR (year = 1995 AND title = 'B')",
    "year = 2001",
]


def walked(run: Run, limit: int | None, return_limit: int | None) -> list[Item]:
    """Returns the items of all pages, each of which keeps to its limits."""
    found: list[Item] = []
    token: str | None = None
    for _ in range(100):
        page = run.page(token, limit, return_limit=return_limit)
        assert limit is None or page.scanned_count <= limit
        assert return_limit is None or len(page.items) <= return_limit
        found += page.items
        token = page.token
        if token is None:
            return found
    raise AssertionError("a walk of twelve films has an end")


@pytest.mark.parametrize("where", WHERES)
@pytest.mark.parametrize("limit", [None, 1, 2, 5])
@pytest.mark.parametrize("return_limit", [None, 1, 2, 3])
def test_pages_of_any_size_give_the_same_items(
    engine: Engine, where: str, limit: int | None, return_limit: int | None
) -> None:
    """No limit loses an item, gives one twice, or changes the order."""
    run = partiql.begin(engine, f"SELECT * FROM movies WHERE {where}")
    assert walked(run, None, None) == walked(run, limit, return_limit)


@pytest.mark.parametrize(
    ("where", "evaluated"),
    [
        ("rating = 6", 12),
        ("year = 1994 AND info.plot = 'D of 1994'", 4),
        ("year = 1994 AND title <> 'A' AND title <> 'B' AND title <> 'C'", 4),
    ],
)
def test_one_page_finds_the_first_item(engine: Engine, where: str, evaluated: int) -> None:
    """However many items a filter drops before it."""
    page = partiql.begin(engine, f"SELECT * FROM movies WHERE {where}").page(return_limit=1)
    assert 1 == len(page.items)
    assert page.scanned_count <= evaluated


@pytest.fixture
def database() -> ddblite.Database:
    made = ddblite.connect(":memory:")
    table = made.create_table("films", partition_key=("year", "N"), sort_key=("place", "N"))
    for place in range(20):
        table.put({"year": 1994, "place": place, "even": place % 2 == 0})
    return made


@pytest.mark.parametrize("text", ["even = true", "year = 1994 AND even = true"])
def test_result_of_a_filtered_select(database: ddblite.Database, text: str) -> None:
    """``limit`` counts items that are given, ``page_limit`` those that are evaluated."""
    statement = f"SELECT place FROM films WHERE {text}"
    result = database.execute(statement, limit=3)
    assert [0, 2, 4] == [item["place"] for item in result]
    assert (1, 5) == (result.pages_read, result.scanned_count)

    rest = database.execute(statement, after=result.cursor, page_limit=4)
    assert [6, 8, 10, 12, 14, 16, 18] == [item["place"] for item in rest]
    assert 15 == rest.scanned_count

    first = database.execute(statement + " AND place > 0", limit=100)
    assert {"place": 2} == first.first()
    assert 1 == first.pages_read
    assert {"place": 4} == first.first()


def definition(name: str) -> CreateTable:
    """A table ``t`` whose key is one attribute of this name."""
    return CreateTable(
        definition={
            "TableName": "t01",
            "BillingMode": "PAY_PER_REQUEST",
            "AttributeDefinitions": [{"AttributeName": name, "AttributeType": "S"}],
            "KeySchema": [{"AttributeName": name, "KeyType": "HASH"}],
        }
    )


def test_a_table_made_anew_in_between_is_looked_up_again(tmp_path: Path) -> None:
    """Another process gave it another key since the statement was fitted to it."""
    path = str(tmp_path / "t.ddb")
    engine, other = Engine.open(path), Engine.open(path)
    engine.execute(definition("a"))
    text = "SELECT * FROM t01 WHERE a = 'x' AND b = 'x'"
    runs = [partiql.begin(engine, one) for one in (text, "DELETE FROM t01 WHERE a = 'x'")]
    other.execute(DeleteTable(table_name="t01"))
    other.execute(definition("b"))
    other.execute(PutItem(table_name="t01", item={"b": "x", "a": "x"}))
    assert [{"b": "x", "a": "x"}] == runs[0].page().items
    with pytest.raises(ValidationException, match="mandatory equality on all key attributes"):
        runs[1].page()
    engine.close()
    other.close()


@pytest.mark.parametrize(
    ("terms", "operators"),
    [
        (" AND n <> 9" * 149, 299),
        (" AND n <> 9" * 149 + " AND attribute_exists(a)", 301),
        (" AND n <> 9" * 150, 301),
        (" AND n <> 9" * 148 + " AND n BETWEEN 1 AND 2", 299),
        (" AND n <> 9" * 148 + " AND NOT n IN (1)", 300),
        (" AND n <> 9" * 148 + " AND NOT NOT n IN (1)", 301),
        (" AND n <> 9" * 148 + " AND n NOT IN [1]", 300),
        (" AND n <> 9" * 148 + " AND n IS NOT NULL", 300),
        (" AND n <> 9" * 148 + " AND size(a) = 1", 300),
        (" AND n <> 9" * 148 + " AND (size(a) = 1) OR m = 1", 302),
    ],
)
def test_where_has_at_most_300_operators(engine: Engine, terms: str, operators: int) -> None:
    text = f"SELECT * FROM movies WHERE year = 1{terms}"
    assert operators == compiled(text).operators
    if operators <= EXPRESSION_OPERATORS_MAX:
        partiql.begin(engine, text)
        return
    message = "^The expression contains too many operators; operator count: 301$"
    with pytest.raises(ValidationException, match=message):
        partiql.begin(engine, text)
    with pytest.raises(ValidationException, match=message):
        partiql.begin(engine, text.replace("movies", "nowhere"))

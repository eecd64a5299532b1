"""SELECT, on an engine in memory: what is read, in which order, page by page."""

# ruff: noqa: S608 - statements of PartiQL, for our own engine

from collections.abc import Callable

import msgspec
import pytest

from ddblite import partiql
from ddblite.engine.engine import Engine
from ddblite.schema import requests
from ddblite.schema.errors import ValidationException
from ddblite.schema.statement_requests import ExecuteStatement, StatementRequest
from ddblite.schema.values import Item

Ask = Callable[..., list[Item]]


def titles(items: list[Item]) -> str:
    return " ".join(f"{item['title']!s}{str(item.get('year', ''))[2:]}" for item in items)


THREE_GETS = (
    "(year = 1996 AND title = 'B') OR (year = 1994 AND title = 'C') OR "
    "(year = 1996 AND title = 'A')"
)
TWO_RANGES = "((year = 1994 AND title > 'C') OR (year = 1994 AND title < 'B'))"


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        ("year = 1994", "A94 B94 C94 D94"),
        ("year = 1994 ORDER BY title DESC", "D94 C94 B94 A94"),
        ("year = 1994 AND title = 'B'", "B94"),
        ("year = 1994 AND title = 'B' AND rating > 8", ""),
        ("year = 1994 AND title > 'A' AND title < 'D'", "B94 C94"),
        ("year = 1994 AND title > 'C' AND title < 'B'", ""),
        ("year = 1994 AND begins_with(title, 'B')", "B94"),
        ("year = 1994 AND contains(title, 'C')", "C94"),
        ("year = 1994 AND title IN ['A', 'D']", "A94 D94"),
        ("year = 1994 AND rating BETWEEN 7 AND 8", "B94 C94"),
        ("year IN [1996, 1994] AND title = 'A'", "A96 A94"),
        ("year = 1994 ORDER BY year", "D94 C94 B94 A94"),
        ("year = 1994 ORDER BY year DESC", "D94 C94 B94 A94"),
        ("year IN [1994] ORDER BY title", "A94 B94 C94 D94"),
        ("year IN [1996, 1994] AND title > 'B' ORDER BY year", "D94 C94 D96 C96"),
        ("year IN [1994, 1996] AND title > 'B' ORDER BY year DESC", "D96 C96 D94 C94"),
        ("(year = 1994 AND title < 'B') OR (year = 1994 AND title > 'C')", "A94 D94"),
        ("(year = 1994 AND title <> 'B') OR (year = 1994 AND title = 'C')", "A94 C94 D94"),
        ("(year = 1994 AND rating = 9) OR (year = 1995 AND title >= 'D')", "A94 D95"),
        ("year IN [1994, 1996] ORDER BY year DESC, title DESC", "D96 C96 B96 A96 D94 C94 B94 A94"),
        (f"{THREE_GETS} ORDER BY title, year", "A96 B96 C94"),
        (f"{THREE_GETS} ORDER BY title DESC, year DESC", "C94 B96 A96"),
        (f"{THREE_GETS} ORDER BY year, title DESC", "C94 B96 A96"),
        (f"{THREE_GETS} ORDER BY year DESC", "B96 A96 C94"),
        (f"{TWO_RANGES} ORDER BY year, title", "A94 D94"),
        (f"{TWO_RANGES} ORDER BY year DESC, title DESC", "D94 A94"),
        ("year IN [1994, 1996] AND title > 'B' ORDER BY title, year", "C94 C96 D94 D96"),
        ("year IN [1994, 1996] AND rating > 7 ORDER BY title DESC, year", "B94 B96 A94 A96"),
        ("year = 1994 AND info.\"cast\"[1] = 'C'", "C94"),
        ('year = 1994 AND info.nope IS MISSING AND title = info."cast"[1]', "A94 B94 C94 D94"),
    ],
)
@pytest.mark.parametrize("page_limit", [None, 1, 2, 3, 5, 100])
def test_pages_of_every_size_make_the_same_answer(
    ask: Ask, where: str, expected: str, page_limit: int | None
) -> None:
    found = ask(f"SELECT * FROM movies WHERE {where}", page_limit=page_limit)
    assert expected == titles(found)


@pytest.mark.parametrize("page_limit", [None, 1, 3, 5, 12])
def test_a_scan_reads_each_item_once(ask: Ask, page_limit: int | None) -> None:
    found = ask("SELECT title, year FROM movies WHERE rating > 7", page_limit=page_limit)
    assert "A94 A95 A96 B94 B95 B96" == " ".join(sorted(titles(found).split()))


def test_columns_come_back_under_their_last_name(ask: Ask) -> None:
    text = "SELECT info.plot, info.\"cast\"[1], title FROM movies WHERE year = 1994 AND title = 'A'"
    assert [{"plot": "A of 1994", "cast[1]": "A", "title": "A"}] == ask(text)


def test_an_item_with_none_of_the_columns_is_empty(ask: Ask) -> None:
    text = "SELECT nope, info.gone, title.x FROM movies WHERE year = 1994 AND title = 'A'"
    assert [{}] == ask(text)
    assert [] == ask(text.replace("1994", "1900"))


def test_indexes_are_read(ask: Ask) -> None:
    text = "SELECT title, year FROM movies.by_genre WHERE genre = 'Drama' AND rating = 6"
    assert "D94 D95 D96" == " ".join(sorted(titles(ask(text)).split()))
    text = "SELECT * FROM movies.by_rating WHERE year = 1994 ORDER BY rating DESC"
    found = ask(text)
    assert "A94 B94 C94 D94" == titles(found)
    assert {"year", "title", "rating"} == set(found[0])


def test_a_local_index_fetches_what_it_lacks(ask: Ask) -> None:
    text = "SELECT info.plot FROM movies.by_rating WHERE year = 1994 AND rating < 7"
    assert [{"plot": "D of 1994"}] == ask(text)


@pytest.mark.parametrize("page_limit", [1, 2, 3])
def test_two_partitions_of_an_index_merge(engine: Engine, ask: Ask, page_limit: int) -> None:
    noir: Item = {"year": 1999, "title": "Z", "rating": 8, "genre": "Noir"}
    engine.execute(requests.PutItem(table_name="movies", item=noir))
    text = (
        "SELECT title, year FROM movies.by_genre WHERE genre IN ['Noir', 'Drama'] "
        "AND rating BETWEEN 6 AND 8 AND rating <> 7 ORDER BY rating, genre"
    )
    found = titles(ask(text, page_limit=page_limit))
    assert {"D94", "D95", "D96"} == set(found.split()[:3])
    assert {"B94", "B95", "B96", "Z99"} == set(found.split()[3:])


def test_a_read_costs_what_it_walks(engine: Engine) -> None:
    pages = list(partiql.execute(engine, "SELECT * FROM movies WHERE year = 1994 AND rating > 8"))
    assert (1, 4, 0.5) == (len(pages[0].items), pages[0].scanned_count, pages[0].consumed.total)
    text = "SELECT * FROM movies WHERE year = 1994 AND title = 'nope'"
    (page,) = partiql.execute(engine, text, consistent=True)
    assert ([], 1.0) == (page.items, page.consumed.total)
    text = "SELECT * FROM movies WHERE year = 1994 AND title > 'C' AND title < 'B'"
    (page,) = partiql.execute(engine, text, consistent=True)
    assert ([], 1.0, None) == (page.items, page.consumed.total, page.token)


# tokens


def test_a_token_goes_on_with_its_statement_alone(engine: Engine) -> None:
    text = "SELECT * FROM movies WHERE year = ?"
    page = partiql.begin(engine, text, [1994]).page(None, 3)
    assert {"year": 1994, "title": "C"} == page.last_key
    assert "D94" == titles(partiql.begin(engine, text, [1994]).page(page.token).items)
    for other, parameters, consistent in (
        (text + " ", [1994], False),
        (text, [1995], False),
        (text, [1994], True),
    ):
        begun = partiql.begin(engine, other, parameters, consistent=consistent)
        with pytest.raises(ValidationException, match=r"^NextToken does not match request$"):
            begun.page(page.token)


def test_execute_statement_gives_one_page(engine: Engine) -> None:
    text = "SELECT * FROM movies WHERE year = 1994"
    asked = ExecuteStatement(statement=StatementRequest(text=text), limit=3)
    page = partiql.execute_statement(engine, asked)
    assert "A94 B94 C94" == titles(page.items)
    page = partiql.execute_statement(engine, msgspec.structs.replace(asked, next_token=page.token))
    assert ("D94", None) == (titles(page.items), page.token)


@pytest.mark.parametrize("token", ["", "x", "bnVsbA==", "W10=", "WyJhIixbXV0", "é", "x" * 40_000])
def test_garbage_is_no_token(engine: Engine, token: str) -> None:
    with pytest.raises(ValidationException, match=r"^Invalid NextToken$"):
        partiql.begin(engine, "SELECT * FROM movies").page(token)


def test_the_limit_is_at_least_one(engine: Engine) -> None:
    with pytest.raises(ValidationException) as caught:
        partiql.execute(engine, "SELECT * FROM movies", page_limit=0)
    assert (
        "1 validation error detected: Value '0' at 'limit' failed to satisfy constraint: "
        "Member must have value greater than or equal to 1" == str(caught.value)
    )


def test_a_table_may_be_given_by_its_arn(ask: Ask) -> None:
    """Of whatever region and account; it means the table that it names."""
    arn = "arn:aws:dynamodb:eu-west-1:123456789012:table/movies"
    expected = ask("SELECT * FROM movies WHERE year = 1994")
    assert expected == ask(f'SELECT * FROM "{arn}" WHERE year = 1994')

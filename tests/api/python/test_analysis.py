"""``db.analyze``: what a statement did, in numbers, and what it costs."""

import asyncio
import json
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

import ddblite
from ddblite import Prices
from ddblite.api.python.analysis import analyze
from ddblite.schema.amounts import money_text
from ddblite.schema.errors import DdbError, RequestError, UnknownRegion
from ddblite.schema.prices import LIST_PRICES, prices_of
from films import filled

pytestmark = pytest.mark.usefixtures("any_decimal_context")

OURS = Prices("eu-test-1", Decimal("0.1"), Decimal(2))


@pytest.fixture
def db() -> Iterator[ddblite.Database]:
    """Gives the twelve films in memory."""
    with filled(":memory:") as database:
        yield database


def test_a_read_is_counted(db: ddblite.Database) -> None:
    """What was read is more than what was returned, and two keyed reads make two charges."""
    found = db.analyze("SELECT * FROM movies WHERE year IN [1994, 1995] AND rating > ?", [7])
    assert "Query" == found.explanation.kind
    assert (8, 4, 1) == (found.items_read, found.items_returned, found.pages)
    assert (1.0, {}) == (found.table_units, dict(found.index_units))


def test_units_are_per_table_and_index(db: ddblite.Database) -> None:
    """A local index that lacks a column is read, and the table as well."""
    found = db.analyze("SELECT genre FROM movies.by_rating WHERE year = 1994")
    assert (2.0, {"by_rating": 0.5}) == (found.table_units, dict(found.index_units))
    assert 2.5 == found.units
    assert "2.5 read units (2 in movies, 0.5 in movies.by_rating)" in found.text


def test_a_write_is_carried_out(db: ddblite.Database) -> None:
    found = db.analyze(
        "UPDATE movies SET rating = 1 WHERE year = 1994 AND title = 'A' RETURNING ALL NEW *"
    )
    assert 1 == found.items_returned
    assert {"by_genre": 2, "by_rating": 2} == dict(found.index_units)
    assert 1 == db.table("movies").get(1994, "A")["rating"]  # type: ignore[index]
    assert "write_units" in found.as_json()


def test_a_failed_write_fails(db: ddblite.Database) -> None:
    with pytest.raises(DdbError):
        db.analyze("UPDATE movies SET x = 1 WHERE year = 1 AND title = 'none'")


def test_all_pages_are_read() -> None:
    with ddblite.connect(":memory:") as database:
        table = database.create_table("big", partition_key="p", sort_key=("s", "N"))
        for s in range(12):
            table.put({"p": "a", "s": s, "x": "x" * 199_000})
        found = database.analyze("SELECT * FROM big")
    assert (3, 12, 12) == (found.pages, found.items_read, found.items_returned)


def test_time_is_what_a_stopwatch_says(db: ddblite.Database) -> None:
    """It runs only while the statement does."""
    ticks = iter([10.0, 10.25])
    found = analyze(db.engine, "SELECT * FROM movies", now_s=lambda: next(ticks))
    assert 0.25 == found.seconds
    assert found.text.endswith("\n  time    250.0 ms")


def test_the_price_is_of_a_region(db: ddblite.Database) -> None:
    """Of the list, or the user's own; exact."""
    found = db.analyze("SELECT * FROM movies")
    assert 0.5 == found.units
    assert Decimal("0.0000000625") == found.cost(prices_of("us-east-1"))
    assert "$0.0000000625 on demand in us-east-1" == found.price(prices_of("us-east-1"))
    assert "$0.00000005 on demand in eu-test-1" == found.price(OURS)
    write = db.analyze("DELETE FROM movies WHERE year = 1 AND title = 'none'")
    assert "$0.000002 on demand in eu-test-1" == write.price(OURS)


def test_an_analysis_is_plain_json(db: ddblite.Database) -> None:
    """A price is text in it, and there only when a region was asked for."""
    found = db.analyze("SELECT * FROM movies.by_genre WHERE genre = 'Drama'")
    shown = found.as_json(OURS)
    assert shown == json.loads(json.dumps(shown))
    assert {"total": 0.5, "table": 0, "indexes": {"by_genre": 0.5}} == shown["read_units"]
    assert {"region": "eu-test-1", "dollars": "0.00000005"} == shown["price"]
    assert "Query" == shown["explanation"]["kind"]
    assert "price" not in found.as_json()
    assert str(found) == found.text


def test_estimates_have_a_price_too(db: ddblite.Database) -> None:
    explanation = db.explain("SELECT * FROM movies")
    assert "$0.0000000625 on demand in us-east-1" == explanation.price(prices_of("us-east-1"))
    update = db.explain("UPDATE movies SET x = 1 WHERE year = 1 AND title = 'a'")
    assert update.price(OURS).startswith("$0.000002 to $0.0008")


@pytest.mark.parametrize("region", ["us-east-1", "us-east-2", "us-west-2"])
def test_list_prices(region: str) -> None:
    """Per million request units, on demand, since November 2024."""
    expected = Prices(region, Decimal("0.125"), Decimal("0.625"))
    assert expected == prices_of(region) == LIST_PRICES[region]


def test_an_unknown_region_says_how_to_give_its_prices() -> None:
    """No price is guessed."""
    with pytest.raises(UnknownRegion) as caught:
        prices_of("eu-west-1")
    assert isinstance(caught.value, RequestError)
    assert (
        "The prices of eu-west-1 are not known here, only those of us-east-1, us-east-2, "
        "us-west-2: give them as Prices('eu-west-1', read_per_million, write_per_million), "
        "or in the shell's configuration under [prices.eu-west-1]"
    ) == str(caught.value)


@pytest.mark.parametrize(
    ("dollars", "text"),
    [
        (Decimal(0), "$0.00"),
        (Decimal("1E-9"), "$0.000000001"),
        (Decimal("1234.5"), "$1,234.50"),
        (Decimal("1E+3"), "$1,000.00"),
    ],
)
def test_money_has_all_its_digits(dollars: Decimal, text: str) -> None:
    assert text == money_text(dollars)


def test_analyzing_for_an_event_loop() -> None:
    async def main() -> float:
        async with ddblite.connect_async(":memory:") as database:
            await database.create_table("films", partition_key="p")
            return (await database.analyze("INSERT INTO films VALUE {'p': ?}", ["a"])).units

    assert 1 == asyncio.run(main())


@pytest.mark.parametrize("price", [0.1, "0.1", None])
def test_a_price_is_exact(price: Any) -> None:  # noqa: ANN401 - what is no price
    """A float is refused when it is given, not when something is counted with it."""
    with pytest.raises(TypeError, match="A price is a Decimal or an int"):
        Prices("eu-test-1", price, Decimal(1))

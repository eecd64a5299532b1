"""A few films in memory, and a way to ask for them."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

import ddblite
from ddblite import partiql
from ddblite.engine.engine import Engine
from ddblite.schema import control_requests, requests
from ddblite.schema.values import Item, Value
from films import MOVIES, filled, movie


@pytest.fixture
def engine() -> Iterator[Engine]:
    """Gives twelve films in three years, and checks the file after every test."""
    engine = Engine.open(":memory:")
    engine.execute(control_requests.CreateTable(definition=MOVIES))
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


@pytest.fixture
def db() -> Iterator[ddblite.Database]:
    """Gives the twelve films in memory."""
    with filled(":memory:") as database:
        yield database

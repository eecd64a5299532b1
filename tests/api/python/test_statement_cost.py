"""A keyed SELECT whose text was seen before is a ``table.get`` and little more."""

import sys
from collections.abc import Callable
from types import FrameType
from typing import Final

import ddblite
from ddblite.partiql.run import prepare

CALLS_MORE_MAX: Final = 20
"""Calls of Python functions; a get has about as many by itself, longer ones."""

SELECT: Final = "SELECT * FROM films WHERE year = ? AND title = ?"


def calls_of(work: Callable[[], object]) -> int:
    """Returns how many Python functions are called for something."""
    count = 0

    def counting(_frame: FrameType, event: str, _argument: object) -> None:
        nonlocal count
        count += event == "call"

    before = sys.getprofile()
    sys.setprofile(counting)
    try:
        work()
    finally:
        sys.setprofile(before)
    return count


def test_a_cached_select_calls_little_more_than_get() -> None:
    """Counted and not timed, so that it holds on any machine; `make bench` has the times."""
    with ddblite.connect(":memory:") as database:
        table = database.create_table("films", partition_key=("year", "N"), sort_key="title")
        table.put({"year": 2013, "title": "Rush"})

        def select() -> object:
            return database.execute(SELECT, [2013, "Rush"]).all()

        def get() -> object:
            return table.get(2013, "Rush")

        assert [get()] == select()
        assert calls_of(select) <= calls_of(get) + CALLS_MORE_MAX


def test_a_cached_select_is_parsed_once() -> None:
    """And fitted to its table once."""
    with ddblite.connect(":memory:") as database:
        database.create_table("films", partition_key=("year", "N"), sort_key="title")
        database.execute(SELECT, [2013, "Rush"]).all()
        before = prepare.kept.cache_info().misses
        fitted = prepare.prepare(SELECT).fitted
        database.execute(SELECT, [2014, "Her"]).all()
        assert before == prepare.kept.cache_info().misses
        assert fitted is prepare.prepare(SELECT).fitted

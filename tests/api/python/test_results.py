"""Results: lazy, resumable, and without a cursor of SQLite between pages."""

import threading
from typing import Any

import pytest

import ddblite
from attempts import attempts
from ddblite import Attr, Key, errors
from orders import dates


def test_a_result_is_lazy(orders: ddblite.Table) -> None:
    """Nothing is read before it is asked for, and no more than is."""
    result = orders.scan(page_limit=2)
    assert (0, None) == (result.pages_read, result.consumed)
    next(result)
    next(result)
    assert 1 == result.pages_read
    next(result)
    assert 2 == result.pages_read
    assert 11 == len(result.all())
    assert result.all() == []
    assert result.cursor is None


def test_first_gives_one_item_and_leaves_the_rest(orders: ddblite.Table) -> None:
    result = orders.query(Key("user_id").eq("u_441"))
    assert [1] == dates([result.first()])
    assert 1 == result.scanned_count
    assert [2] == dates([result.first()])
    assert [3, 4, 5, 6, 7] == dates(result)
    assert result.first() is None
    assert orders.query(Key("user_id").eq("nobody")).first() is None
    found = orders.scan(filter=Attr("total").eq(70), page_limit=1).first()
    assert found is not None
    assert found["total"] == 70


def test_first_respects_a_limit(orders: ddblite.Table) -> None:
    result = orders.query(Key("user_id").eq("u_441"), limit=2)
    assert [[1], [2]] == [dates([result.first()]), dates([result.first()])]
    assert result.first() is None


def test_pages_are_given_one_by_one(orders: ddblite.Table) -> None:
    pages = list(orders.query(Key("user_id").eq("u_441"), page_limit=3).pages())
    assert [[1, 2, 3], [4, 5, 6], [7]] == [dates(page) for page in pages]


@pytest.mark.parametrize("limit", [1, 3, 6, 7, 8])
def test_a_limit_bounds_items_and_leaves_a_cursor(orders: ddblite.Table, limit: int) -> None:
    condition = Key("user_id").eq("u_441")
    result = orders.query(condition, limit=limit, page_limit=2)
    assert list(range(1, min(limit, 7) + 1)) == dates(result)
    rest = orders.query(condition, after=result.cursor).all() if result.cursor else []
    assert list(range(limit + 1, 8)) == dates(rest)


@pytest.mark.parametrize("limit", [0, -1, 1.5, True, 2**70, "1"])
def test_a_limit_is_a_number_of_items(orders: ddblite.Table, limit: object) -> None:
    """Not less than one, and not more than SQLite can count."""
    with pytest.raises(ValueError, match="is a whole number from 1 to"):
        orders.scan(limit=limit)  # type: ignore[arg-type]
    for ask in attempts(
        lambda: orders.scan(page_limit=limit),  # type: ignore[arg-type]
        lambda: orders.query(Key("user_id").eq("u_441"), page_limit=limit),  # type: ignore[arg-type]
        lambda: orders.scan(total_segments=limit, segment=0),  # type: ignore[arg-type]
    ):
        with pytest.raises(ValueError, match="is a whole number from 1 to"):
            ask()


def test_a_query_can_run_backward(orders: ddblite.Table) -> None:
    condition = Key("user_id").eq("u_441")
    assert [7, 6, 5, 4, 3, 2, 1] == dates(orders.query(condition, forward=False, page_limit=2))


def test_writing_while_reading_is_safe(orders: ddblite.Table) -> None:
    """Each page is a snapshot of its own; no cursor of SQLite is held between them."""
    for item in orders.scan(page_limit=1):
        orders.update((item["user_id"], item["order_date"]), "SET paid = :t", values={":t": 0})
        orders.delete("u_442", "2024-01-07")
    assert {0} == {item["paid"] for item in orders.scan()}


def test_closing_while_reading_is_said(database: ddblite.Database) -> None:
    """A page that was read is still given; the next one is not."""
    table = database.create_table("many", partition_key="p", sort_key=("s", "N"))
    for s in range(5):
        table.put({"p": "a", "s": s})
    result = table.scan(page_limit=2)
    assert {"p": "a", "s": 0} == next(result)
    database.close()
    assert {"p": "a", "s": 1} == next(result)
    with pytest.raises(errors.Closed, match="closed"):
        next(result)


def test_a_fault_shows_when_reading_begins_and_can_be_tried_again(orders: ddblite.Table) -> None:
    """A result that failed is not finished."""
    result = orders.query("nothing = :n", values={":n": 1})
    for _ in range(2):
        with pytest.raises(errors.ValidationException, match="Query condition missed key"):
            next(result)


def test_results_may_be_read_in_other_threads(orders: ddblite.Table) -> None:
    """One after another; a result itself is not shared."""
    found: list[list[Any]] = []
    threads = [
        threading.Thread(
            target=lambda: found.append(dates(orders.query(Key("user_id").eq("u_441"))))
        )
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [[1, 2, 3, 4, 5, 6, 7]] * 4 == found

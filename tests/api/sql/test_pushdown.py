"""What a statement asks of keys is read by keys, and nothing is lost by it."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import ddblite
from ddblite import GlobalIndex
from ddblite.api.sql import bridge
from ddblite.api.sql.pushdown import Access
from ddblite.api.sql.result import Loaded
from ddblite.schema.tables import Source


def described(loaded: Sequence[Loaded]) -> list[str]:
    """Returns how each table was read, and how many items."""
    return [str(one).partition(" item")[0] for one in loaded]


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ("SELECT * FROM orders", ["Scan orders: 10"]),
        ("SELECT day FROM orders WHERE user_id = 'u1'", ["Query orders by user_id: 3"]),
        ("SELECT * FROM orders AS o WHERE o.user_id = 'u1'", ["Query orders by user_id: 3"]),
        (
            "SELECT day FROM orders WHERE 'u1' = user_id AND total > 5",
            ["Query orders by user_id: 3"],
        ),
        (
            "SELECT day FROM orders WHERE user_id IN ('u1', 'u2', 'u1')",
            ["Query orders by user_id: 6"],
        ),
        (
            ("SELECT day FROM orders"
            " WHERE user_id = 'u0' AND day >= '2024-01-04' AND day < '2024-01-08'"),
            ["Query orders by user_id and day: 2"],
        ),
        (
            ("SELECT day FROM orders"
            " WHERE user_id = 'u0' AND day BETWEEN '2024-01-02' AND '2024-01-05'"),
            ["Query orders by user_id and day: 1"],
        ),
        (
            "SELECT day FROM orders WHERE (user_id = 'u0') AND ((day GLOB '2024-01-1*'))",
            ["Query orders by user_id and day: 1"],
        ),
        (
            "SELECT day FROM orders WHERE user_id = 'u0' AND day = '2024-01-01'",
            ["Query orders by user_id and day: 1"],
        ),
        (
            "SELECT day FROM orders WHERE user_id = 'u0' OR user_id = 'u2' AND total > 3",
            ["Query orders by user_id: 7"],
        ),
        (
            "SELECT a.day FROM orders a, orders b WHERE a.user_id = 'u0' AND b.user_id = 'u1'",
            ["Query orders by user_id: 7"],
        ),
        # an index that has all that is wanted
        ("SELECT * FROM orders WHERE status = 'paid'", ["Query orders.by_status by status: 5"]),
        (
            "SELECT total FROM orders WHERE city = 'Ulm' AND total <= 10.1",
            ["Query orders.by_city by city and total: 2"],
        ),
        ("SELECT status FROM orders WHERE city = 'Ulm'", ["Scan orders: 10"]),
        ("SELECT * FROM orders WHERE city = 'Ulm'", ["Scan orders: 10"]),
        # joins
        (
            "SELECT name FROM orders JOIN users ON id = user_id WHERE id = 'u1' AND user_id = 'u1'",
            ["Query orders by user_id: 3", "Query users by id: 1"],
        ),
        (
            "SELECT name FROM users LEFT JOIN orders o ON o.user_id = 'u1' AND id = o.user_id",
            ["Scan users: 4", "Query orders by user_id: 3"],
        ),
        (
            "SELECT name FROM orders o RIGHT JOIN users ON o.user_id = 'u1' AND id = o.user_id",
            ["Scan orders: 10", "Scan users: 4"],
        ),
        (
            "SELECT name FROM users u LEFT JOIN orders o ON u.id = 'u1' AND id = o.user_id",
            ["Scan users: 4", "Scan orders: 10"],
        ),
        # what is left to SQLite
        ("SELECT day FROM orders WHERE NOT user_id = 'u1'", ["Scan orders: 10"]),
        ("SELECT day FROM orders WHERE user_id = 'u1' OR total = 1", ["Scan orders: 10"]),
        ("SELECT day FROM orders WHERE user_id = 'u1' COLLATE NOCASE", ["Scan orders: 10"]),
        ("SELECT day FROM orders WHERE user_id = 5", ["Scan orders: 10"]),
        ("SELECT day FROM orders WHERE user_id = ''", ["Scan orders: 10"]),
        ("SELECT day FROM orders WHERE user_id = 'u' || '1'", ["Scan orders: 10"]),
        ("SELECT day FROM orders WHERE user_id LIKE 'u1'", ["Scan orders: 10"]),
        (
            "SELECT day FROM orders WHERE user_id = 'u1' AND day GLOB '*1'",
            ["Query orders by user_id: 3"],
        ),
        ("SELECT day FROM orders WHERE user_id = 'u1' IS NOT NULL", ["Scan orders: 10"]),
        ("SELECT * FROM orders a, orders b WHERE a.user_id = 'u1'", ["Scan orders: 10"]),
        ("SELECT count(*) FROM orders HAVING user_id = 'u1'", ["Scan orders: 10"]),
        (
            "SELECT day FROM orders WHERE user_id = 'u1' AND day > '9' AND day < '0'",
            ["Query orders by user_id: 0"],
        ),
    ],
)  # fmt: skip
def test_tables_are_read_by_keys(
    shop: ddblite.Database, statement: str, expected: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """And the answer is that of reading everything."""
    found = shop.sql(statement)
    assert sorted(expected) == sorted(described(found.loaded))
    monkeypatch.setattr(bridge, "access_to", everything)
    assert rows(shop.sql(statement).all()) == rows(found.all())


def everything(table: Any, *_: Any, **__: Any) -> Access:  # noqa: ANN401 - as access_to
    """Returns the read of all of a table, whatever is asked."""
    return Access(Source(table, None), None, {})


def rows(found: list[dict[str, Any]]) -> list[list[tuple[str, str]]]:
    """Returns rows without their order and that of their columns."""
    return sorted(sorted((name, str(one)) for name, one in row.items()) for row in found)


def test_an_index_that_lacks_items_is_read_by_its_whole_key_only(shop: ddblite.Database) -> None:
    """An item without the sort key of an index is not in it, whatever its partition key is."""
    ask = "SELECT count(*) AS n FROM orders WHERE city = 'Ulm'"
    assert ["Query orders.by_city by city: 5"] == described(shop.sql(ask).loaded)
    shop.table("orders").put({"user_id": "u9", "day": "2024-02-01", "city": "Ulm"})
    found = shop.sql(ask)
    assert (["Scan orders: 11"], {"n": 6}) == (described(found.loaded), found.first())
    assert ("Scan", 11) == next((one.access, one.items) for one in shop.explain_sql(ask).tables)
    narrow = shop.sql(f"{ask} AND total > 10")
    assert ["Query orders.by_city by city and total: 4"] == described(narrow.loaded)


def test_a_pattern_ends_with_a_zero_for_sqlite(shop: ddblite.Database) -> None:
    """It does not mean what begins_with means then, so it is left to SQLite."""
    ask = "SELECT day FROM orders WHERE user_id = 'u0' AND day GLOB ?"
    (loaded,) = shop.sql(ask, ["2024\0*"]).loaded
    assert ("user_id",) == loaded.keys


def test_a_query_of_a_large_table_costs_what_it_reads(database: ddblite.Database) -> None:
    made = database.create_table("logs", partition_key="host", sort_key=("at", "N"))
    with made.batch() as batch:
        for number in range(300):
            batch.put({"host": f"h{number % 30}", "at": number, "text": "x" * 4000})
    (loaded,) = database.sql("SELECT max(at) FROM logs WHERE host = ?", ["h7"]).loaded
    assert (10, 5) == (loaded.items, loaded.consumed.total)
    assert ("host", "at") == loaded.columns
    (scanned,) = database.sql("SELECT max(text) FROM logs").loaded
    assert 300 == scanned.items
    assert scanned.consumed.total > 140
    assert scanned.bytes > 300 * 4000 > loaded.bytes


def test_parameters_are_pushed_down(shop: ddblite.Database) -> None:
    """In text order, although the tree has them in another."""
    found = shop.sql(
        "WITH w AS (SELECT ? AS x) SELECT x, day FROM w, orders WHERE day > ? AND user_id = ?",
        ["x", "2024-01-04", "u1"],
    )
    assert ["Query orders by user_id and day: 2"] == described(found.loaded)
    named = shop.sql("SELECT 1 FROM users WHERE id = :i", {"i": "u1"})
    assert ["Query users by id: 1"] == described(named.loaded)


def test_long_numbers_as_text_are_not_compared_as_numbers(database: ddblite.Database) -> None:
    """To SQLite a text is greater than every number, so a range of keys would miss it."""
    made = database.create_table("all", partition_key="id", sort_key=("n", "N"))
    for number in (1, 5, 1234567890123456):
        made.put({"id": "a", "n": number})
    ask = "SELECT n FROM \"all\" WHERE id = 'a' AND n < 3"
    assert ["Query all by id and n: 1"] == described(database.sql(ask).loaded)
    found = database.sql(ask.replace("<", ">"), long_numbers="text")
    assert {5, "1234567890123456"} == {row["n"] for row in found}


OPERATORS = st.sampled_from(["=", "<", "<=", ">", ">="])
NUMBERS = st.sampled_from(["0", "1", "2.5", "-1", "3.0", "7e0"])
STRINGS = st.sampled_from(["'a'", "'b'", "'ab'", "''", "5"])
TERMS = st.one_of(
    st.builds("p = {}".format, STRINGS),
    st.builds("{} = t.p".format, STRINGS),
    st.builds("p IN ({}, {})".format, STRINGS, STRINGS),
    st.builds("s {} {}".format, OPERATORS, NUMBERS),
    st.builds("{} {} t.s".format, NUMBERS, OPERATORS),
    st.builds("s BETWEEN {} AND {}".format, NUMBERS, NUMBERS),
    st.builds("g {} {}".format, OPERATORS, STRINGS),
    st.builds("p GLOB {}".format, st.sampled_from(["'a*'", "'*'", "'a'"])),
    st.builds("n {} {}".format, OPERATORS, NUMBERS),
    st.just("n IS NULL"),
)
CONDITIONS = st.recursive(
    TERMS,
    lambda inner: st.one_of(
        st.builds("({} AND {})".format, inner, inner),
        st.builds("({} OR {})".format, inner, inner),
        st.builds("{} AND {}".format, inner, inner),
        st.builds("NOT ({})".format, inner),
    ),
    max_leaves=6,
)


@pytest.fixture(scope="module")
def letters() -> Any:  # noqa: ANN401 - a generator's type says less
    """A table whose items share partitions, with an index by a letter that not all are in."""
    with ddblite.connect(":memory:") as database:
        made = database.create_table(
            "letters",
            partition_key="p",
            sort_key=("s", "N"),
            indexes=[GlobalIndex("by_g", "g", ("n", "N"))],
        )
        for number in range(24):
            item = {
                "p": ("a", "b", "ab")[number % 3],
                "s": Decimal(number) / 2 - 2,
                "g": "ab"[number % 2],
            }
            made.put(item | ({"n": number % 5} if number % 4 else {}))
        yield database


@given(CONDITIONS)
def test_reading_by_keys_never_changes_an_answer(letters: ddblite.Database, where: str) -> None:
    ask = f"SELECT p, s FROM letters t WHERE {where}"  # noqa: S608
    by_keys = rows(letters.sql(ask).all())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bridge, "access_to", everything)
        assert rows(letters.sql(ask).all()) == by_keys


def test_explaining_reads_no_item(shop: ddblite.Database) -> None:
    """Both halves: DynamoDB's reads, with what the counters know, and SQLite's steps."""
    plan = shop.explain_sql(
        "SELECT name, sum(total) FROM users, orders WHERE user_id = id AND status = 'paid'"
        " GROUP BY 1"
    )
    users, orders = plan.tables
    assert ("Scan", 4, None) == (users.access, users.items, users.index)
    assert ("Query", "by_status", ("status",)) == (orders.access, orders.index, orders.keys)
    text = str(plan)
    assert text.startswith("Scan users: about 4 items, ")
    assert "Query orders.by_status by status: at most 10 items, " in text
    assert "\nSQLite\n  SCAN " in text
    assert any("USE TEMP B-TREE FOR GROUP BY" in step for step in plan.steps)


def test_explaining_takes_parameters(shop: ddblite.Database) -> None:
    (users,) = shop.explain_sql("SELECT name FROM users WHERE id = ? AND age > ?", ["u1", 5]).tables
    assert ("Query", ("id",)) == (users.access, users.keys)


def test_explaining_refuses_as_asking_does(shop: ddblite.Database) -> None:
    with pytest.raises(ddblite.errors.ResourceNotFoundException, match="did you mean users"):
        shop.explain_sql("SELECT * FROM user")
    with pytest.raises(ddblite.errors.ValidationException, match="no such function"):
        shop.explain_sql("SELECT no_such(1)")


def test_what_was_read_is_told_in_words(database: ddblite.Database) -> None:
    """A name stays as it is, whatever looks like a number in it."""
    database.create_table("v2.0", partition_key="id").put({"id": "a"})
    ask = "SELECT id FROM \"v2.0\" WHERE id = 'a'"
    (loaded,) = database.sql(ask).loaded
    assert str(loaded).startswith("Query v2.0 by id: 1 item, 1 column, ")
    assert str(loaded).endswith(" bytes, 0.5 read units")
    (plan,) = database.explain_sql(ask).tables
    assert "Query v2.0 by id: at most 1 item, 3 bytes, 0.5 read units; takes id" == str(plan)

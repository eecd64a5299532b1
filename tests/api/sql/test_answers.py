"""What SQL answers: joins, groups, windows, sets, and the names of its columns."""

from collections import defaultdict
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import ddblite

ORDERS = [(f"u{number % 3}", Decimal("10.1") * number) for number in range(10)]


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ("SELECT count(*) AS n FROM orders", [{"n": 10}]),
        (
            ("SELECT u.name, count(o.day) AS n FROM users u LEFT JOIN orders o ON o.user_id = u.id"
            " GROUP BY u.id ORDER BY u.id"),
            [{"name": f"N{user}", "n": n} for user, n in enumerate([4, 3, 3, 0])],
        ),
        (
            "SELECT name FROM users WHERE id NOT IN (SELECT user_id FROM orders)",
            [{"name": "N3"}],
        ),
        (
            ("SELECT name FROM users u WHERE EXISTS"
            " (SELECT 1 FROM orders WHERE user_id = u.id AND total > 85)"),
            [{"name": "N0"}],
        ),
        (
            ("WITH sums AS (SELECT user_id, sum(total) AS spent FROM orders GROUP BY user_id)"
            " SELECT name, spent FROM sums JOIN users ON id = user_id ORDER BY spent DESC LIMIT 1"),
            [{"name": "N0", "spent": Decimal("181.8")}],
        ),
        (
            ("SELECT day, rank() OVER (PARTITION BY user_id ORDER BY total DESC) AS place"
            " FROM orders WHERE user_id = 'u1' ORDER BY place"),
            [{"day": f"2024-01-0{day}", "place": place} for place, day in ((1, 8), (2, 5), (3, 2))],
        ),
        (
            "SELECT id FROM users EXCEPT SELECT user_id FROM orders UNION ALL SELECT 'x'",
            [{"id": "u3"}, {"id": "x"}],
        ),
        (
            ("WITH RECURSIVE upto(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM upto WHERE n < 4)"
            " SELECT sum(n) FROM upto"),
            [{"sum(n)": 10}],
        ),
        ("VALUES (1, 'a')", [{"column1": 1, "column2": "a"}]),
        (
            "SELECT day FROM orders a JOIN orders b USING (user_id, day) WHERE day < '2024-01-02'",
            [{"day": "2024-01-01"}],
        ),
        ("SELECT status, count(*) FILTER (WHERE total > 50) AS n FROM orders GROUP BY 1 ORDER BY 1",
            [{"status": "open", "n": 2}, {"status": "paid", "n": 3}]),
        ('SELECT [user_id], `day` FROM "orders" ORDER BY day LIMIT 1;',
            [{"user_id": "u0", "day": "2024-01-01"}]),
    ],
)  # fmt: skip
def test_statements(shop: ddblite.Database, statement: str, expected: list[Any]) -> None:
    assert expected == shop.sql(statement).all()


def test_sums_of_decimals_are_exact_to_15_digits(shop: ddblite.Database) -> None:
    """Doubles inside, and yet no 181.79999999999998."""
    found = shop.sql("SELECT user_id, sum(total) AS s FROM orders GROUP BY user_id")
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for user, total in ORDERS:
        sums[user] += total
    assert sums == {row["user_id"]: row["s"] for row in found}
    assert Decimal("0.3") == shop.sql("SELECT 0.1 + 0.2 AS s").all()[0]["s"]


def test_star_gives_the_union_of_attributes_key_first(shop: ddblite.Database) -> None:
    shop.table("users").put({"id": "u4", "mail": "n@example.org"})
    found = shop.sql("SELECT * FROM users ORDER BY id")
    assert "id" == found.columns[0]
    assert {"id", "name", "age", "mail"} == set(found.columns)
    assert {"id": "u4", "name": None, "age": None, "mail": "n@example.org"} == found.all()[-1]


def test_columns_of_one_name_are_told_apart(shop: ddblite.Database) -> None:
    """Nothing is lost in a dict: SQLite itself names them so inside a subquery."""
    found = shop.sql(
        "SELECT a.id, b.id, 1 AS id FROM users a JOIN users b ON b.id = 'u1' ORDER BY a.id"
    )
    assert ("id", "id:1", "id:2") == found.columns
    assert {"id": "u0", "id:1": "u1", "id:2": 1} == found.first()


def test_columns_are_known_without_rows(shop: ddblite.Database) -> None:
    found = shop.sql("SELECT name, age AS years FROM users WHERE id = 'nobody'")
    assert (("name", "years"), [], None) == (found.columns, found.all(), found.first())


def test_a_result_can_be_gone_through_again(shop: ddblite.Database) -> None:
    found = shop.sql("SELECT id FROM users ORDER BY id")
    assert list(found) == list(found) == found.all()
    assert {"id": "u0"} == found.first()
    assert "<SqlResult of 4 rows: id>" == repr(found)


@pytest.mark.parametrize(
    ("statement", "parameters", "expected"),
    [
        ("SELECT name FROM users WHERE id = ?", ["u1"], "N1"),
        ("SELECT ? || name FROM users WHERE age > ? AND id = ?", ["x", 20, "u2"], "xN2"),
        ("SELECT :a + :b + :a", {"a": 1, "b": Decimal("0.5")}, Decimal("2.5")),
        ("SELECT name FROM users WHERE id = :id", {"id": "u3"}, "N3"),
        ("SELECT ?", [None], None),
        ("SELECT ? + 1", [True], 2),
        ("SELECT hex(?)", [b"\x00\xff"], "00FF"),
        ("SELECT ? ->> '$.a[1]'", [{"a": [1, "x"]}], "x"),
        ("WITH w AS (SELECT ? AS a) SELECT a || ? FROM w WHERE a = ?", ["1", "2", "1"], "12"),
    ],
)
def test_parameters(
    shop: ddblite.Database,
    statement: str,
    parameters: Any,  # noqa: ANN401
    expected: Any,  # noqa: ANN401
) -> None:
    """In the order of the text, whatever the order of the tree."""
    found = shop.sql(statement, parameters).first()
    assert found is not None
    assert [expected] == list(found.values())


def test_lists_can_be_taken_apart(shop: ddblite.Database) -> None:
    shop.table("users").put({"id": "u5", "tags": ["a", "b"], "info": {"rating": Decimal("8.5")}})
    found = shop.sql(
        "SELECT t.value, info ->> '$.rating' AS rating FROM users, json_each(users.tags) t"
        " WHERE users.id = 'u5' ORDER BY t.key"
    )
    rating = Decimal("8.5")
    assert [{"value": "a", "rating": rating}, {"value": "b", "rating": rating}] == found.all()


def test_a_key_only_statement_counts_items(shop: ddblite.Database) -> None:
    """A table of which no attribute is wanted has its rows all the same."""
    assert [{"n": 40}] == shop.sql("SELECT count(*) AS n FROM users, orders").all()


# --- Names that no item has, and names of several tables


def test_an_attribute_that_no_item_has_is_null(shop: ddblite.Database) -> None:
    """It may be missing only today; a note says so, because it may be a mistake."""
    found = shop.sql('SELECT name FROM users WHERE name = "N1"')
    assert [] == found.all()
    (note,) = found.notes
    assert "No item that was read of users has N1" in note
    assert "single quotes" in note
    assert ("N1",) == found.loaded[0].absent
    assert () == shop.sql("SELECT name FROM users").notes


def test_an_empty_table_has_every_attribute(database: ddblite.Database) -> None:
    database.create_table("users", partition_key="id")
    database.create_table("orders", partition_key="user_id")
    found = database.sql(
        "SELECT sum(total) AS total, max(o.x) AS x FROM orders o, users WHERE a = 1"
    )
    assert ([{"total": None, "x": None}], ()) == (found.all(), found.notes)


def test_a_name_is_the_one_table_s_that_has_it(shop: ddblite.Database) -> None:
    found = shop.sql(
        "SELECT name, status FROM orders, users WHERE id = user_id AND day = '2024-01-02'"
    )
    assert [{"name": "N1", "status": "paid"}] == found.all()


def test_a_name_of_two_tables_is_ambiguous(shop: ddblite.Database) -> None:
    shop.table("orders").put({"user_id": "u9", "day": "x", "name": "a"})
    with pytest.raises(ddblite.errors.ValidationException, match="ambiguous column name: name"):
        shop.sql("SELECT name FROM orders, users WHERE id = user_id")


def test_names_that_a_statement_makes_are_no_attributes(shop: ddblite.Database) -> None:
    """``n`` is what GROUP BY and HAVING mean, and not a column that is NULL everywhere."""
    found = shop.sql(
        "SELECT upper(status) AS n, count(*) AS c FROM orders GROUP BY n HAVING c > 1 ORDER BY n"
    )
    assert [{"n": "OPEN", "c": 5}, {"n": "PAID", "c": 5}] == found.all()
    inner = shop.sql(
        "SELECT t FROM (SELECT total AS t FROM orders) JOIN users ON id = 'u1' ORDER BY t"
    )
    assert {"t": 0} == inner.first()


def test_with_hides_a_table_of_its_name(shop: ddblite.Database) -> None:
    found = shop.sql("WITH users AS (SELECT 1 AS a) SELECT * FROM users")
    assert ([{"a": 1}], ()) == (found.all(), found.loaded)
    inner = shop.sql(
        "SELECT count(*) AS n FROM (WITH users AS (SELECT 1) SELECT * FROM users), users"
    )
    assert [{"n": 4}] == inner.all()


def test_capital_letters_make_no_difference_to_sql(shop: ddblite.Database) -> None:
    assert [{"name": "N1"}] == shop.sql("SELECT NAME FROM users WHERE Id = 'u1'").all()
    shop.table("users").put({"id": "u9", "Name": "both"})
    with pytest.raises(ddblite.errors.ValidationException, match=r"both [Nn]ame and [Nn]ame"):
        shop.sql("SELECT * FROM users")


# --- Any items at all

LETTERS = st.sampled_from(["a", "b", "c", None])
NUMBERS = st.one_of(
    st.none(), st.integers(-50, 50), st.integers(-50, 50).map(lambda n: Decimal(n) / 4)
)
ROWS = st.lists(st.tuples(LETTERS, NUMBERS), max_size=12)


def item(number: int, group: str | None, amount: object) -> dict[str, Any]:
    """Returns an item, without the attributes that are None."""
    found = {"id": number, "g": group, "n": amount}
    return {name: one for name, one in found.items() if one is not None}


@given(ROWS, ROWS)
def test_groups_and_joins_are_what_python_computes(
    left: list[tuple[str | None, Any]], right: list[tuple[str | None, Any]]
) -> None:
    """NULL joins with nothing, and sums leave it out."""
    with ddblite.connect(":memory:") as database:
        for name, rows in (("one", left), ("other", right)):
            made = database.create_table(name, partition_key=("id", "N"))
            for number, (group, amount) in enumerate(rows):
                made.put(item(number, group, amount))
        joined = database.sql("SELECT count(*) AS n FROM one l JOIN other r ON l.g = r.g").all()
        sums = database.sql("SELECT g, count(*) AS c, sum(n) AS s, max(n) AS m FROM one GROUP BY g")
    assert [{"n": sum(a == b for a, _ in left for b, _ in right if a is not None)}] == joined
    groups: dict[str | None, list[Any]] = defaultdict(list)
    for group, amount in left:
        groups[group].append(amount)
    expected = {}
    for group, amounts in groups.items():
        known = [one for one in amounts if one is not None]
        expected[group] = (len(amounts), sum(known) if known else None, max(known, default=None))
    assert expected == {row["g"]: (row["c"], row["s"], row["m"]) for row in sums}

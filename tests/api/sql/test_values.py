"""How attribute values become SQLite's, and what comes back."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import ddblite
from ddblite import errors
from ddblite.api.sql.values import Converter, LongNumberError, digits_of
from ddblite.api.sql.values import given as given_back
from ddblite.schema.numbers import EXACT, canonical
from ddblite.schema.values import BinarySet, NumberSet, StringSet

pytestmark = pytest.mark.usefixtures("any_decimal_context")


@pytest.mark.parametrize(
    ("value", "kind", "back"),
    [
        ("x", "text", "x"),
        ("a\0b", "text", "a\0b"),
        (7, "integer", 7),
        (10**18, "integer", 10**18),
        (10**30, "real", 10**30),
        (Decimal("1.5"), "real", Decimal("1.5")),
        (Decimal("0.1"), "real", Decimal("0.1")),
        (Decimal("123456789.012345"), "real", Decimal("123456789.012345")),
        (Decimal("1e-130"), "real", Decimal("1e-130")),
        (-(10**15) + 1, "integer", -(10**15) + 1),
        (True, "integer", 1),
        (False, "integer", 0),
        (None, "null", None),
        (b"\x00\xff", "blob", b"\x00\xff"),
        ([1, "a", None, True], "text", '[1,"a",null,true]'),
        ({"a": {"b": Decimal("1.5")}}, "text", '{"a":{"b":1.5}}'),
        ({"a": 10**30}, "text", '{"a":1e30}'),
        ({"é": b"\x00\x01\x02"}, "text", '{"é":"AAEC"}'),
        (StringSet(["b", "a"]), "text", '["a","b"]'),
        (NumberSet([2, 1]), "text", "[1,2]"),
        (BinarySet([b"a"]), "text", '["YQ=="]'),
    ],
)
def test_values(database: ddblite.Database, value: Any, kind: str, back: Any) -> None:  # noqa: ANN401
    """Numbers are never floats."""
    database.create_table("all", partition_key="id").put({"id": "1", "v": value})
    found = database.sql('SELECT typeof(v) AS t, v FROM "all"').first()
    assert found is not None
    assert (kind, back) == (found["t"], found["v"])
    assert type(back) is type(found["v"])


def test_missing_and_null_are_both_null(database: ddblite.Database) -> None:
    made = database.create_table("all", partition_key="id")
    made.put({"id": "1", "v": None})
    made.put({"id": "2"})
    assert [{"n": 2}] == database.sql('SELECT count(*) AS n FROM "all" WHERE v IS NULL').all()


LONG: list[Any] = [
    1234567890123456,
    Decimal("0.1234567890123456"),
    [1234567890123456],
    {"a": [{"b": Decimal("1.234567890123456")}]},
    NumberSet([1, 1234567890123456]),
]


@pytest.mark.parametrize("value", LONG)
def test_long_numbers_are_refused(database: ddblite.Database, value: Any) -> None:  # noqa: ANN401
    """Beyond 15 digits two numbers could become one; the error says where, and what to do."""
    database.create_table("all", partition_key="id").put({"id": "1", "v": value})
    with pytest.raises(errors.ValidationException, match=r"^all has \S+ in v, .*long_numbers="):
        database.sql('SELECT v FROM "all"')
    assert [{"id": "1"}] == database.sql('SELECT id FROM "all"').all()


def test_long_numbers_are_text_on_demand(database: ddblite.Database) -> None:
    made = database.create_table("all", partition_key="id")
    made.put({"id": "1", "v": 12345678901234567890, "w": [Decimal("0.12345678901234567")]})
    made.put({"id": "2", "v": 5})
    found = database.sql(
        'SELECT v, typeof(v) AS t, w FROM "all" ORDER BY id', long_numbers="text"
    ).all()
    assert found == [
        {"v": "12345678901234567890", "t": "text", "w": '["0.12345678901234567"]'},
        {"v": 5, "t": "integer", "w": None},
    ]


def test_long_parameters_are_refused_or_text(database: ddblite.Database) -> None:
    with pytest.raises(errors.ValidationException, match="parameter 1234567890123456 has more"):
        database.sql("SELECT ?", [1234567890123456])
    found = database.sql("SELECT ? AS a", [1234567890123456], long_numbers="text")
    assert [{"a": "1234567890123456"}] == found.all()


def test_only_two_ways_with_long_numbers(database: ddblite.Database) -> None:
    with pytest.raises(errors.ValidationException, match="'round', and may be refuse or text"):
        database.sql("SELECT 1", long_numbers="round")  # type: ignore[arg-type]


def test_floats_are_refused_as_everywhere(database: ddblite.Database) -> None:
    with pytest.raises(errors.FloatRefused):
        database.sql("SELECT ?", [0.5])


@pytest.mark.parametrize(
    ("expression", "expected"),
    [("1/2", 0), ("1/2.0", Decimal("0.5")), ("4/2.0", 2), ("-0.0", 0), ("1e20", 10**20),
     ("9223372036854775807 + 1", 9223372036854780000),
     ("round(2.345, 1)", Decimal("2.3")), ("2.0/3", Decimal("0.666666666666667"))],
)  # fmt: skip
def test_computed_numbers(database: ddblite.Database, expression: str, expected: Any) -> None:  # noqa: ANN401
    """Integers when integral, as at every door."""
    found = database.sql(f"SELECT {expression} AS n").all()
    assert [{"n": expected}] == found
    assert type(expected) is type(found[0]["n"])


@pytest.mark.parametrize("expression", ["9e999", "-9e999"])
def test_an_infinite_result_is_an_error(database: ddblite.Database, expression: str) -> None:
    with pytest.raises(errors.ValidationException, match="The result in n is too large"):
        database.sql(f"SELECT {expression} AS n")


def test_a_sum_beyond_64_bits_is_an_error(database: ddblite.Database) -> None:
    with pytest.raises(errors.ValidationException, match="integer overflow"):
        database.sql("SELECT sum(n) FROM (SELECT 9223372036854775807 AS n UNION ALL SELECT 1)")


DIGITS = st.integers(-(10**15) + 1, 10**15 - 1)


@given(DIGITS, st.integers(-125, 100))
def test_numbers_of_15_digits_keep_every_digit(digits: int, exponent: int) -> None:
    number = canonical(Decimal(digits).scaleb(exponent, EXACT))
    assert number == given_back(Converter("refuse").value(number), "n")


@given(st.integers(10**15, 10**30), st.integers(-50, 50))
def test_a_number_is_long_by_its_significant_digits(digits: int, exponent: int) -> None:
    """Zeros at either end are none."""
    number = canonical(Decimal(digits).scaleb(exponent, EXACT))
    is_long = len(str(digits).rstrip("0")) > 15
    assert is_long == (digits_of(number) > 15)
    if is_long:
        with pytest.raises(LongNumberError):
            Converter("refuse").value(number)


def test_a_name_that_sql_cannot_write_is_an_error(database: ddblite.Database) -> None:
    """Only * gets there."""
    database.create_table("all", partition_key="id").put({"id": "1", "a\0b": 1})
    with pytest.raises(errors.ValidationException, match="zero character"):
        database.sql('SELECT * FROM "all"')


def test_names_may_be_anything_else(database: ddblite.Database) -> None:
    names = ['a"b', "a b", "a.b", "é", "SELECT", "'", "rowid", "--", "a;b"]
    made = database.create_table("my.table-1", partition_key='k"ey')
    made.put({'k"ey': "1", **dict.fromkeys(names, 1)})
    found = database.sql('SELECT * FROM "my.table-1"').first()
    assert {'k"ey': "1", **dict.fromkeys(names, 1)} == found
    quoted = database.sql('SELECT "a""b", "a.b", rowid FROM "my.table-1" WHERE "k""ey" = \'1\'')
    assert {'a"b': 1, "a.b": 1, "rowid": 1} == quoted.first()
    assert "Query" == quoted.loaded[0].access

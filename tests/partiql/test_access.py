"""How statements get at their items, on tables made by hand."""

# ruff: noqa: S608 - statements of PartiQL, for our own engine

import pytest

from ddblite.partiql.access_paths.access import access_to
from ddblite.partiql.plans.lower import compiled
from ddblite.schema.errors import ValidationException
from statement_access import read_of, shown, table


@pytest.mark.parametrize(
    ("where", "lines"),
    [
        ("pk = 'a' AND sk = 1", ["Get 'a' = 1"]),
        ("1 = sk AND 'a' = pk", ["Get 'a' = 1"]),
        ("pk = 'a' AND sk = 1 AND x = 2", ["Get 'a' = 1 | x = 2"]),
        ("pk = ? AND sk = ?", ["Get ? = ?"]),
        ("pk = 'a'", ["Query 'a'"]),
        ("pk = 'a' AND sk > 1", ["Query 'a' > 1"]),
        ("pk = 'a' AND 1 > sk", ["Query 'a' < 1"]),
        ("pk = 'a' AND sk BETWEEN 1 AND 2", ["Query 'a' BETWEEN 1 2"]),
        ("pk = 'a' AND sk >= 1 AND sk <= 2", ["Query 'a' BETWEEN 1 2"]),
        ("pk = 'a' AND sk <= 2 AND sk > 1", ["Query 'a' BETWEEN 1 2 | sk > 1"]),
        ("pk = 'a' AND sk > 1 AND sk < 2", ["Query 'a' BETWEEN 1 2 | sk > 1 AND sk < 2"]),
        ("pk = 'a' AND sk > 1 AND sk = 2", ["Get 'a' = 2 | sk > 1"]),
        ("pk = 'a' AND sk > 1 AND sk > 2", ["Query 'a' > 1 | sk > 2"]),
        ("pk = 'a' AND sk <> 1", ["Query 'a' | sk <> 1"]),
        ("pk = 'a' AND NOT sk = 1", ["Query 'a' | NOT (sk = 1)"]),
        ("pk = 'a' AND sk IN [1, 2]", ["Get 'a' = 1", "Get 'a' = 2"]),
        ("pk = 'a' AND sk IN [1]", ["Get 'a' = 1"]),
        ("pk = 'a' AND sk IN [1, x]", ["Query 'a' | sk IN [1, x]"]),
        ("pk = 'a' AND (sk = 1 OR sk = 2)", ["Get 'a' = 1", "Get 'a' = 2"]),
        (
            "pk = 'a' AND (sk = 1 OR sk > 2) AND x = 3",
            ["Query 'a' = 1 | x = 3", "Query 'a' > 2 | x = 3"],
        ),
        ("pk = 'a' AND (x = 1 OR y = 2)", ["Query 'a' | x = 1 OR y = 2"]),
        ("pk = 'a' AND (sk = 1 OR x = 1 AND sk > 1)", ["Query 'a' = 1", "Query 'a' > 1 | x = 1"]),
        ("pk = 'a' AND sk = x", ["Query 'a' | sk = x"]),
        ("pk = 'a' AND pk = 'b'", ["Scan  | pk = 'a' AND pk = 'b'"]),
        ("pk = 'a' AND x = 1 AND pk = 'a'", ["Query 'a' | x = 1"]),
        ("pk = 'a' AND sk = 1 AND 1.0 = sk AND pk IN ['a']", ["Get 'a' = 1"]),
        ("pk = 'a' AND (pk = 'b' OR x = 1)", ["Scan  | pk = 'a' AND (pk = 'b' OR x = 1)"]),
        ("pk IN ['a', 'b']", ["Query 'a'", "Query 'b'"]),
        ("pk IN ('a', ?) AND sk = 1 AND x = 2", ["Get 'a' = 1 | x = 2", "Get ? = 1 | x = 2"]),
        ("pk = 'a' OR pk = 'b'", ["Query 'a'", "Query 'b'"]),
        ("pk IN ['a', 'b'] AND sk IN [1, 2]", [f"Get '{p}' = {s}" for p in "ab" for s in "12"]),
        ("pk IN ['a', 'b'] OR pk = 'c'", ["Query 'a'", "Query 'b'", "Query 'c'"]),
        (
            "(pk = 'a' AND sk > 1) OR (pk = 'b' AND x = 2)",
            ["Query 'a' > 1", "Query 'b' | x = 2"],
        ),
        ("(pk = 'a' AND sk = 1) OR (pk = 'b' AND sk = 2)", ["Get 'a' = 1", "Get 'b' = 2"]),
        ("(pk = 'a' OR pk = 'b') AND sk = 1", ["Get 'a' = 1", "Get 'b' = 1"]),
        ("pk IN ['a', x]", ["Scan  | pk IN ['a', x]"]),
        ("pk = 'a' OR x = 1", ["Scan  | pk = 'a' OR x = 1"]),
        ("NOT pk = 'a'", ["Scan  | NOT (pk = 'a')"]),
        ("pk > 'a'", ["Scan  | pk > 'a'"]),
        ("pk.x = 'a'", ["Scan  | pk.x = 'a'"]),
        ("sk = 1", ["Scan  | sk = 1"]),
        ("x = 1", ["Scan  | x = 1"]),
    ],
)
def test_a_select_reads_by_the_keys_it_names(where: str, lines: list[str]) -> None:
    assert lines == shown(f"SELECT * FROM t WHERE {where}", table())


def test_a_select_without_where_reads_everything() -> None:
    assert ["Scan"] == shown("SELECT * FROM t", table())


def test_a_partition_is_the_whole_key_where_there_is_no_sort_key() -> None:
    expected = ["Get 'a' | sk > 1"]
    assert expected == shown("SELECT * FROM t WHERE pk = 'a' AND sk > 1", table(sorted_=False))


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("SELECT * FROM t.gsi WHERE g = 'a' AND r = 'b'", ["Query 'a' = 'b'"]),
        ("SELECT * FROM t.gsi WHERE g = 'a' AND pk = 'b'", ["Query 'a' | pk = 'b'"]),
        (
            "SELECT * FROM t.gsi WHERE begins_with(r, 'x') AND g = 'a'",
            ["Query 'a' begins_with 'x'"],
        ),
        ("SELECT * FROM t.gsi WHERE pk = 'a'", ["Scan  | pk = 'a'"]),
        ("SELECT a, g, sk FROM t.gsi", ["Scan"]),
        ("SELECT a FROM t.gsi WHERE x = 1", ["Scan  | x = 1"]),
        ("SELECT x FROM t.\"all\" WHERE g = 'a' AND y = 1", ["Query 'a' | y = 1"]),
        ("SELECT x FROM t.lsi WHERE pk = 'a' AND r > 'b'", ["Query 'a' > 'b'"]),
    ],
)
def test_an_index_is_read_by_its_own_key(text: str, lines: list[str]) -> None:
    """Also when the whole key is given: an index key may stand for several items."""
    assert lines == shown(text, table())


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("UPDATE t SET x = 1 WHERE pk = 'a' AND sk = 1", "pk = 'a', sk = 1 | attribute_exists(pk)"),
        (
            "UPDATE t SET x = 1 WHERE y = 2 AND 1 = sk AND pk = 'a' AND z IS MISSING",
            "pk = 'a', sk = 1 | attribute_exists(pk) AND y = 2 AND z IS MISSING",
        ),
        ("DELETE FROM t WHERE sk = 1 AND pk = ?", "pk = ?, sk = 1"),
        ("DELETE FROM t WHERE sk = 1 AND pk = 'a' AND sk = 1", "pk = 'a', sk = 1"),
        (
            "DELETE FROM t WHERE sk = 1 AND pk = 'a' AND y = 2",
            "pk = 'a', sk = 1 | pk IS MISSING OR y = 2",
        ),
        (
            "DELETE FROM t WHERE sk = 1 AND pk = 'a' AND (x = 1 OR y = 2)",
            "pk = 'a', sk = 1 | pk IS MISSING OR x = 1 OR y = 2",
        ),
    ],
)
def test_a_write_takes_the_key_and_leaves_the_condition(text: str, line: str) -> None:
    assert ["Change " + line] == shown(text, table())


def test_exists_reads_like_its_select() -> None:
    text = "EXISTS(SELECT * FROM t WHERE pk = 'a' AND sk = 1 AND x = 2)"
    assert ["Get 'a' = 1 | x = 2"] == shown(text, table())


def test_an_insert_puts() -> None:
    assert ["Put"] == shown("INSERT INTO t VALUE {}", table())


NO_KEY = "Where clause does not contain a mandatory equality on all key attributes"
ORDER = "Must have at least one non-optional hash key condition in WHERE clause when using ORDER BY"
ORDERED = (
    "Must have hash key in ORDER BY clause when more than one hash key condition specified in"
    " WHERE clause."
)
TOO_MANY = "Too many decomposed read operations for a given query."
PROJECT = "One or more parameter values were invalid: "


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("UPDATE t SET x = 1 WHERE pk = 'a'", NO_KEY),
        ("UPDATE t SET x = 1", NO_KEY),
        ("DELETE FROM t", NO_KEY),
        ("DELETE FROM t WHERE pk = 'a' AND sk > 1", NO_KEY),
        ("DELETE FROM t WHERE pk = 'a' OR sk = 1", NO_KEY),
        ("DELETE FROM t WHERE pk IN ['a'] AND sk = 1", NO_KEY),
        ("DELETE FROM t WHERE NOT (pk = 'a') AND sk = 1", NO_KEY),
        ("SELECT * FROM t.nope", "The table does not have the specified index"),
        (
            "SELECT a, z, x.y, z.z1, pk FROM t.gsi",
            PROJECT + "Global secondary index gsi does not project [z, x]",
        ),
        (
            "SELECT * FROM t.gsi WHERE g = 'a' AND z = 1 AND a = 2 AND y = 3",
            PROJECT + "Secondary index gsi does not project one or more filter attributes: [y, z]",
        ),
        (
            "SELECT * FROM t.lsi WHERE pk = 'a' AND z = 1",
            PROJECT + "Secondary index lsi does not project one or more filter attributes: [z]",
        ),
        (
            "SELECT * FROM t ORDER BY pk",
            "Must have WHERE clause in the statement when using ORDER BY clause.",
        ),
        ("SELECT * FROM t WHERE x = 1 ORDER BY pk", ORDER + " clause."),
        (
            "SELECT * FROM t WHERE pk = 'a' AND pk = 'b' ORDER BY sk",
            ORDER + " clause.",
        ),
        ("SELECT * FROM t WHERE pk IN ['a', 'b'] ORDER BY sk", ORDERED),
        ("SELECT * FROM t WHERE pk = 'a' OR pk = 'b' AND sk = 1 ORDER BY sk DESC", ORDERED),
        (
            "SELECT * FROM t WHERE pk = 'a' ORDER BY x",
            "Attribute x in ORDER BY clause must be part of the primary key",
        ),
        (
            f"SELECT * FROM t WHERE pk IN [{', '.join(['?'] * 51)}]",
            TOO_MANY,
        ),
        (f"SELECT * FROM t WHERE pk = 'a' AND sk IN [{', '.join(map(str, range(51)))}]", TOO_MANY),
        (
            f"SELECT * FROM t WHERE sk IN [1, 2] AND pk IN [{', '.join(['?'] * 26)}]",
            TOO_MANY,
        ),
        (
            "SELECT * FROM t WHERE pk = 'a'" + " AND (sk = 1 OR x = 1)" * 64,
            TOO_MANY,
        ),
    ],
)
def test_what_a_table_does_not_allow_is_refused(text: str, message: str) -> None:
    with pytest.raises(ValidationException) as caught:
        read_of(text, table(), [f"p{place}" for place in range(64)])
    assert message == str(caught.value)


def test_an_index_with_a_key_of_several_attributes_is_refused() -> None:
    with pytest.raises(ValidationException, match="multi-attribute HASH keys"):
        access_to(table(multi=True), compiled('SELECT * FROM t."all"').plan)
    assert ["Query 'a'"] == shown("SELECT * FROM t WHERE pk = 'a'", table(multi=True))

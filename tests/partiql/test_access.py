"""How statements get at their items, on tables made by hand."""

# ruff: noqa: S608 - statements of PartiQL, for our own engine

import pytest

from ddblite.partiql import legs as settling
from ddblite.partiql.access import Access, Change, Get, Leg, Put, Query, Scan, access_to
from ddblite.partiql.lower import compiled
from ddblite.partiql.plan import value_of
from ddblite.partiql.printing import shown_literal, shown_tree
from ddblite.partiql.terms import SortTerm, joined
from ddblite.schema.errors import ValidationException
from ddblite.schema.tables import TableSpec, table_spec
from ddblite.schema.values import Value

KEYS = {"pk": "HASH", "sk": "RANGE", "g": "HASH", "r": "RANGE"}


def key_schema(*names: str) -> list[dict[str, str]]:
    return [{"AttributeName": name, "KeyType": KEYS[name]} for name in names]


def table(*, sorted_: bool = True, multi: bool = False) -> TableSpec:
    """Returns a table with a string partition key, a numeric sort key and three indexes."""
    indexes = [
        {
            "IndexName": "gsi",
            "KeySchema": key_schema("g", "r"),
            "Projection": {"ProjectionType": "INCLUDE", "NonKeyAttributes": ["a"]},
        },
        {
            "IndexName": "all",
            "KeySchema": key_schema("g"),
            "Projection": {"ProjectionType": "ALL"},
        },
    ]
    if multi:
        indexes[1]["KeySchema"] = [
            {"AttributeName": "g", "KeyType": "HASH"},
            {"AttributeName": "r", "KeyType": "HASH"},
        ]
    local = {
        "IndexName": "lsi",
        "KeySchema": key_schema("pk", "r"),
        "Projection": {"ProjectionType": "KEYS_ONLY"},
    }
    definition = {
        "TableName": "t",
        "KeySchema": key_schema("pk", "sk") if sorted_ else key_schema("pk"),
        "AttributeDefinitions": [
            {"AttributeName": name, "AttributeType": kind}
            for name, kind in {"pk": "S", "sk": "N", "g": "S", "r": "S"}.items()
        ],
        "GlobalSecondaryIndexes": indexes,
        "LocalSecondaryIndexes": [local] if sorted_ else [],
    }
    numbers = {"gsi": 2, "all": 3, "lsi": 4}
    return table_spec(1, numbers, definition, table_id="x", created_at_s=0)


def shown(text: str, spec: TableSpec) -> list[str]:
    """Returns a statement's access as lines, one per leg."""
    statement = compiled(text)
    texts = {name: shown_literal(literal) for name, literal in statement.values}
    access = access_to(spec, statement.plan)
    match access:
        case Put():
            return ["Put"]
        case Change():
            key = ", ".join(f"{name} = {texts[one]}" for name, one in access.key)
            rest = () if access.condition is None else (access.condition,)
            return [line("Change", key, rest, texts)]
        case Scan():
            return [line("Scan", "", () if access.filter is None else (access.filter,), texts)]
    return [leg_line(access, leg, texts) for leg in access.legs]


def leg_line(access: Access, leg: Leg, texts: dict[str, str]) -> str:
    key = texts[leg.partition]
    if leg.sort is not None:
        key += f" {leg.sort.operator} {' '.join(texts[name] for name in leg.sort.names)}"
    return line(type(access).__name__, key, leg.rest, texts)


def line(verb: str, key: str, rest: tuple[object, ...], texts: dict[str, str]) -> str:
    tree = joined(rest)  # type: ignore[arg-type]
    return f"{verb} {key} | {'' if tree is None else shown_tree(tree, texts)}".strip(" |")


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
        ("pk = 'a' AND begins_with(sk, 'x')", ["Query 'a' begins_with 'x'"]),
        ("pk = 'a' AND sk > 1 AND sk = 2", ["Get 'a' = 2 | sk > 1"]),
        ("pk = 'a' AND sk > 1 AND sk > 2", ["Query 'a' > 1 | sk > 2"]),
        ("pk = 'a' AND sk <> 1", ["Query 'a' | sk <> 1"]),
        ("pk = 'a' AND NOT sk = 1", ["Query 'a' | NOT (sk = 1)"]),
        ("pk = 'a' AND sk IN [1, 2]", ["Query 'a' | sk IN [1, 2]"]),
        ("pk = 'a' AND (sk = 1 OR sk = 2)", ["Query 'a' | sk = 1 OR sk = 2"]),
        ("pk = 'a' AND sk = x", ["Query 'a' | sk = x"]),
        ("pk = 'a' AND pk = 'b'", ["Query 'a' | pk = 'b'"]),
        ("pk IN ['a', 'b']", ["Query 'a'", "Query 'b'"]),
        ("pk IN ('a', ?) AND sk = 1 AND x = 2", ["Get 'a' = 1 | x = 2", "Get ? = 1 | x = 2"]),
        ("pk = 'a' OR pk = 'b'", ["Query 'a'", "Query 'b'"]),
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
            PROJECT + "Secondary index gsi does not project one or more filter attributes: [z, y]",
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
            "SELECT * FROM t WHERE pk = 'a' ORDER BY x",
            "Variable reference x in ORDER BY clause must be part of the primary key",
        ),
        (
            f"SELECT * FROM t WHERE pk IN [{', '.join(['?'] * 51)}]",
            "The IN operator is provided with too many operands; number of operands: 51",
        ),
    ],
)
def test_what_a_table_does_not_allow_is_refused(text: str, message: str) -> None:
    with pytest.raises(ValidationException) as caught:
        access_to(table(), compiled(text).plan)
    assert message == str(caught.value)


def test_an_index_with_a_key_of_several_attributes_is_refused() -> None:
    with pytest.raises(ValidationException, match="multi-attribute HASH keys"):
        access_to(table(multi=True), compiled('SELECT * FROM t."all"').plan)
    assert ["Query 'a'"] == shown("SELECT * FROM t WHERE pk = 'a'", table(multi=True))


# legs with values


def settled(where: str, *parameters: Value) -> list[str]:
    """Returns the legs that are read once values are known, as lines."""
    statement = compiled(f"SELECT * FROM t WHERE {where}")
    access = access_to(table(), statement.plan)
    assert isinstance(access, Get | Query)
    values = {name: value_of(literal, parameters) for name, literal in statement.values}
    texts = {name: shown_literal(literal) for name, literal in statement.values}
    legs = settling.settled(access.source, access.legs, values)
    return [leg_line(access, leg, texts) for leg in legs]


@pytest.mark.parametrize(
    ("where", "lines"),
    [
        ("pk IN ['b', 'a', 'b']", ["Query 'b'", "Query 'a'"]),
        ("pk = 'a' OR pk = 'a'", ["Query 'a'"]),
        ("(pk = 'a' AND sk < 1) OR (pk = 'a' AND sk > 1)", ["Query 'a' < 1", "Query 'a' > 1"]),
        ("(pk = 'a' AND sk < 1) OR (pk = 'a' AND sk = 1)", ["Query 'a' < 1", "Query 'a' = 1"]),
        ("(pk = 'a' AND sk <> 1) OR (pk = 'a' AND sk = 2)", ["Query 'a' | sk <> 1 OR sk = 2"]),
        ("(pk = 'a' AND x = 1) OR pk = 'a'", ["Query 'a'"]),
        ("pk = 'a' AND sk > 2 AND sk < 1", []),
        ("pk = 'a' AND sk >= 2 AND sk <= 2", ["Query 'a' BETWEEN 2 2"]),
    ],
)
def test_every_item_is_read_once(where: str, lines: list[str]) -> None:
    assert lines == settled(where)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("sk > 1", "sk > 2"),
        ("sk < 1", "sk < 2"),
        ("sk <= 1", "sk >= 1"),
        ("sk = 1", "sk = 1"),
        ("sk = 1", "sk BETWEEN 1 AND 2"),
        ("sk BETWEEN 1 AND 3", "sk > 2"),
    ],
)
def test_branches_with_overlapping_ranges_are_refused(one: str, other: str) -> None:
    with pytest.raises(ValidationException, match="Overlapping conditions with range keys"):
        settled(f"(pk = 'a' AND {one}) OR (pk = 'a' AND {other})")
    assert 2 == len(settled(f"(pk = 'a' AND {one}) OR (pk = 'b' AND {other})"))


@pytest.mark.parametrize(
    ("prefix", "other", "overlaps"),
    [
        ("ab", "ab", True),
        ("ab", "abc", True),
        ("ab", "ac", False),
        ("ab", "aa", False),
        (b"\xff", b"\xff\xff", True),
        (b"\xff", b"\xfe", False),
        ("\U0010ffff", "\U0010ffffa", True),
    ],
)
def test_prefixes_are_ranges(prefix: Value, other: Value, overlaps: bool) -> None:  # noqa: FBT001
    values = {":0": prefix, ":1": other}
    one, equal = SortTerm("begins_with", (":0",)), SortTerm("=", (":1",))
    assert overlaps is settling.overlap(one, equal, values)


@pytest.mark.parametrize(
    ("where", "name"),
    [("pk = 1", "pk"), ("pk = 'a' AND sk = 'b'", "sk"), ("pk IN ['a', NULL]", "pk")],
)
def test_key_values_have_the_type_of_the_key(where: str, name: str) -> None:
    with pytest.raises(ValidationException) as caught:
        settled(where)
    assert (
        "Key attribute's data type should match its data type in table's schema: "
        f"Key {name}" == str(caught.value)
    )

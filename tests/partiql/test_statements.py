"""What statements mean: text to plan, and plan to text again."""

# ruff: noqa: S608 - statements of PartiQL, for our own engine

import pytest

from ddblite.engine.expressions.tree import (
    Add,
    And,
    Call,
    Compare,
    ListAppend,
    Not,
    Path,
    Plus,
    Remove,
    Set,
    Size,
    ValueRef,
)
from ddblite.partiql.explanations.printing import shown_statement
from ddblite.partiql.plans.lower import compiled
from ddblite.partiql.plans.plan import (
    Column,
    Constant,
    Delete,
    Exists,
    Insert,
    MapOf,
    Ordering,
    Parameter,
    Select,
    Statement,
    Update,
)
from ddblite.schema.values import NumberSet, StringSet

A = Path(("a",))
PK_IS_0 = Compare("=", Path(("pk",)), ValueRef(":0"))


@pytest.mark.parametrize(
    ("text", "statement"),
    [
        ("SELECT * FROM t", Statement(Select("t", None, None, None))),
        ("select * from t;", Statement(Select("t", None, None, None))),
        ('SELECT * FROM "t"."i"', Statement(Select("t", "i", None, None))),
        (
            "SELECT a.b, l[0], m.k[1][2], a FROM t",
            Statement(
                Select(
                    "t",
                    None,
                    (
                        Column(Path(("a", "b")), "b"),
                        Column(Path(("l", 0)), "l[0]"),
                        Column(Path(("m", "k", 1, 2)), "k[1][2]"),
                        Column(A, "a"),
                    ),
                    None,
                )
            ),
        ),
        (
            "SELECT * FROM t WHERE pk = ? ORDER BY sk DESC, pk",
            Statement(
                Select(
                    "t",
                    None,
                    None,
                    PK_IS_0,
                    (
                        Ordering(Path(("sk",)), descending=True),
                        Ordering(Path(("pk",)), descending=False),
                    ),
                ),
                ((":0", Parameter(0)),),
                1,
            ),
        ),
        (
            "INSERT INTO t VALUE {'a': 1, 'b': ?, 'c': [2, {'c': 3}], 'd': <<'x','y'>>, 'e': NULL}",
            Statement(
                Insert(
                    "t",
                    MapOf(
                        (
                            ("a", Constant(1)),
                            ("b", Parameter(0)),
                            ("c", Constant([2, {"c": 3}])),
                            ("d", Constant(StringSet(["x", "y"]))),
                            ("e", Constant(None)),
                        )
                    ),
                ),
                (),
                1,
            ),
        ),
        (
            (
                "UPDATE t SET a = a + 1 REMOVE b.c SET d = list_append(d, ?) WHERE pk = 'k' "
                "RETURNING MODIFIED OLD *"
            ),
            Statement(
                Update(
                    "t",
                    (
                        Set(A, Plus(A, ValueRef(":0"))),
                        Remove(Path(("b", "c"))),
                        Set(Path(("d",)), ListAppend(Path(("d",)), ValueRef(":1"))),
                    ),
                    Compare("=", Path(("pk",)), ValueRef(":2")),
                    "UPDATED_OLD",
                ),
                ((":0", Constant(1)), (":1", Parameter(0)), (":2", Constant("k"))),
                1,
            ),
        ),
        (
            "UPDATE t SET a = SET_ADD(a, <<1, 2.0>>) WHERE pk = 'k'",
            Statement(
                Update(
                    "t",
                    (Add(A, ValueRef(":0")),),
                    Compare("=", Path(("pk",)), ValueRef(":1")),
                ),
                ((":0", Constant(NumberSet([1, 2]))), (":1", Constant("k"))),
            ),
        ),
        (
            "DELETE FROM t WHERE pk = 5 RETURNING ALL OLD *",
            Statement(Delete("t", PK_IS_0, "ALL_OLD"), ((":0", Constant(5)),)),
        ),
        (
            "EXISTS (SELECT * FROM t WHERE pk = 5)",
            Statement(Exists(Select("t", None, None, PK_IS_0)), ((":0", Constant(5)),)),
        ),
    ],
)
def test_a_statement_has_one_plan(text: str, statement: Statement) -> None:
    assert statement == compiled(text)


@pytest.mark.parametrize(
    ("condition", "tree"),
    [
        ("a IS MISSING", Call("attribute_not_exists", (A,))),
        ("a IS NOT MISSING", Not(Call("attribute_not_exists", (A,)))),
        ("a IS NULL", Call("attribute_type", (A, ValueRef(":0")))),
        ("attribute_exists(a)", Call("attribute_exists", (A,))),
        ("attribute_exists(a) = true", Call("attribute_exists", (A,))),
        ("true = Attribute_Exists(a)", Call("attribute_exists", (A,))),
        ("attribute_exists(a) = false", Not(Call("attribute_exists", (A,)))),
        ("attribute_exists(a) <> true", Not(Call("attribute_exists", (A,)))),
        ("NOT attribute_exists(a)", Not(Call("attribute_exists", (A,)))),
        ("NOT NOT attribute_exists(a)", Call("attribute_exists", (A,))),
        ("a != 1", Compare("<>", A, ValueRef(":0"))),
        ("size(a) > 1", Compare(">", Size(A), ValueRef(":0"))),
        ("(a) = (1)", Compare("=", A, ValueRef(":0"))),
        (
            "((a = 1) AND (b = 2 AND c = 3))",
            And(
                (
                    Compare("=", A, ValueRef(":0")),
                    Compare("=", Path(("b",)), ValueRef(":1")),
                    Compare("=", Path(("c",)), ValueRef(":2")),
                )
            ),
        ),
    ],
)
def test_conditions_are_the_engines_own_trees(condition: str, tree: object) -> None:
    """PartiQL's words for missing, null and truth need no nodes of their own."""
    plan = compiled(f"SELECT * FROM t WHERE {condition}").plan
    assert isinstance(plan, Select)
    assert tree == plan.where


ROUND_TRIPS = [
    "SELECT * FROM t WHERE a = 1 OR (b IS LIST) OR c IS STRUCT",
    "SELECT * FROM t WHERE (a = 1 AND b = 2) = true AND NOT (c = 3 OR d IS LIST)",
    "SELECT * FROM t",
    'SELECT a.b[0]."c d", "size" FROM "my-table"."i" WHERE pk = ? ORDER BY sk DESC',
    "SELECT * FROM t WHERE a = 1 OR b = 2 AND NOT (c = 3 OR d IN [1, ?, 'x'])",
    "SELECT * FROM t WHERE a BETWEEN 1 AND 2.5 AND begins_with(b, 'it''s') AND contains(c, ?)",
    "SELECT * FROM t WHERE a IS NULL AND b IS MISSING AND c IS NOT MISSING AND d IS STRING",
    "SELECT * FROM t WHERE a = [1, {'b': <<'x'>>}] AND size(b) >= 2 AND c = d",
    "SELECT * FROM t WHERE a = .73e1 AND b = -.73e1 AND c = 7.31E+6 AND d = 1e-130",
    "INSERT INTO t VALUE {'a': 1, 'b': ?, 'g': {}, 'd': [], 'e': true, 'f': <<1, 2>>}",
    "UPDATE t SET a = 1, b.c[2] = ? REMOVE d SET e = e - 1 WHERE pk = 1 RETURNING ALL NEW *",
    "UPDATE t SET a = list_append(list_append(a, [1]), ?) SET b = set_delete(b, ?) WHERE pk = 1",
    "DELETE FROM t WHERE pk = 1 AND sk = 'x' AND c <> 2 RETURNING ALL OLD *",
    "EXISTS(SELECT * FROM t WHERE pk = 1 AND a = 2)",
    "-- comment\nSELECT * /* more\n */ FROM t -- end",
    "FROM t WHERE pk = 1 AND a = ? SET b = ?, c = 1 REMOVE d RETURNING ALL NEW *",
    "FROM t WHERE pk = 1 SET b = ?, c = 1",
]


@pytest.mark.parametrize("text", ROUND_TRIPS)
def test_a_printed_plan_reads_as_itself(text: str) -> None:
    statement = compiled(text)
    assert statement_without_places(statement) == statement_without_places(
        compiled(shown_statement(statement))
    )


def statement_without_places(statement: Statement) -> object:
    """Returns a statement without the messages that mention a position."""
    plan = statement.plan
    sets = plan.sets if isinstance(plan, Update) else ()
    names = tuple(operand.name for operand in sets)
    shape = (plan.actions, plan.where, plan.returning) if isinstance(plan, Update) else plan
    return shape, names, statement.values, statement.parameters


def test_parameters_are_numbered_in_the_order_of_the_text() -> None:
    statement = compiled("UPDATE t SET a = ?, b = list_append(?, [0]) WHERE pk = ? AND c IN [?, 1]")
    assert 4 == statement.parameters
    assert (
        (":0", Parameter(0)),
        (":1", Parameter(1)),
        (":2", Constant([0])),
        (":3", Parameter(2)),
        (":4", Parameter(3)),
        (":5", Constant(1)),
    ) == statement.values


@pytest.mark.parametrize("chain", ["AND", "OR"])
def test_a_chain_as_long_as_a_statement_is_flat(chain: str) -> None:
    """Its 1,000 terms never become 1,000 frames of a Python stack."""
    text = "SELECT * FROM t WHERE " + f" {chain} ".join(["a=1"] * 900)
    plan = compiled(text).plan
    assert isinstance(plan, Select)
    assert 900 == len(plan.where.terms)  # type: ignore[union-attr]

"""What values make wrong of a statement: its operands, its key, how deep they nest."""

# ruff: noqa: S608 - statements of PartiQL, for our own engine

import pytest

from ddblite import partiql
from ddblite.engine.engine import Engine
from ddblite.schema.errors import RequestError
from ddblite.schema.values import Value

WHERE = "WHERE year = 1994 AND title = 'A'"
OVERLAP = (
    "Two document paths overlap with each other; must remove or rewrite one of these paths; "
    "path one: [{}], path two: [{}]"
)
KEY_TYPE = "Key attribute's data type should match its data type in table's schema: Key {}"
MISFIT = "Argument to ORDER BY must be of type VariableReference. Type: "
TOO_DEEP = "Nesting Levels have exceeded supported limits"


def fault(engine: Engine, text: str, *parameters: Value) -> str:
    """Returns the text that a statement is refused with."""
    with pytest.raises(RequestError) as caught:
        partiql.execute(engine, text, parameters)
    return caught.value.message


@pytest.mark.parametrize(
    ("condition", "message"),
    [
        (
            "attribute_type(plot, 'X')",
            (
                "Invalid attribute type name found; type: X, "
                "valid types: {N,BS,L,B,NULL,M,S,SS,NS,BOOL}"
            ),
        ),
        (
            f"rating IN [rating, {', '.join(map(str, range(101)))}]",
            (
                "The first operand must be distinct from the remaining operands for this operator "
                "or function; operator: IN, first operand: [rating]"
            ),
        ),
        (
            f"rating IN [{', '.join(map(str, range(101)))}]",
            "The IN operator is provided with too many operands; number of operands: 101",
        ),
        (
            "rating BETWEEN ? AND ?",
            (
                "The BETWEEN operator requires same data type for lower and upper bounds; "
                "lower bound operand: AttributeValue: {N:1}, "
                "upper bound operand: AttributeValue: {B:[MQ==]}"
            ),
        ),
    ],
)
def test_a_faulty_operand(engine: Engine, condition: str, message: str) -> None:
    """Some words and orders are other ones than those of an expression."""
    parameters = (1, b"1") if "?" in condition else ()
    assert message == fault(engine, f"SELECT * FROM movies {WHERE} AND {condition}", *parameters)


@pytest.mark.parametrize(
    ("changes", "first", "second"),
    [
        ("REMOVE m REMOVE m.a", "m, a", "m"),
        ("REMOVE m.a REMOVE m", "m", "m, a"),
        ("SET m = 1 SET m.a = 1", "m, a", "m"),
        ("SET m = 1, m.a = 1", "m, a", "m"),
        ("SET m.a = 1 REMOVE m", "m", "m, a"),
        ("REMOVE m SET m.a = 1", "m", "m, a"),
    ],
)
def test_of_two_paths_that_overlap_the_later_is_told_first(
    engine: Engine, changes: str, first: str, second: str
) -> None:
    """All of SET comes before all of REMOVE."""
    assert OVERLAP.format(first, second) == fault(engine, f"UPDATE movies {changes} {WHERE}")


@pytest.mark.parametrize(
    ("item", "name"),
    [
        ("{'year': '1994', 'title': 'Z'}", "year"),
        ("{'year': 1994, 'title': true}", "title"),
        ("{'year': [1], 'title': 5}", "year"),
        ("{'title': 5}", "title"),
    ],
)
def test_an_inserted_key_of_another_type(engine: Engine, item: str, name: str) -> None:
    assert KEY_TYPE.format(name) == fault(engine, f"INSERT INTO movies VALUE {item}")


@pytest.mark.parametrize(
    ("value", "place"),
    [
        ("[" * 32 + "1" + "]" * 32, "root" + "[0]" * 32),
        ("{'a':" * 32 + "1" + "}" * 32, "root" + ".a" * 32),
        ("[1, {'a': " + "[" * 30 + "1" + "]" * 30 + "}]", "root[1].a" + "[0]" * 30),
    ],
)
def test_a_literal_that_is_too_deep_says_where(engine: Engine, value: str, place: str) -> None:
    for text in (
        f"INSERT INTO movies VALUE {{'year': 1, 'title': 'x', 'a': {value}}}",
        f"UPDATE movies SET m = {value} {WHERE}",
        f"SELECT * FROM movies {WHERE} AND m = {value}",
    ):
        assert f"{TOO_DEEP} under {place}" == fault(engine, text)


def test_an_update_that_leaves_an_item_too_deep(engine: Engine) -> None:
    """The literal alone is not too deep."""
    deep = "[" * 31 + "1" + "]" * 31
    partiql.execute(engine, f"UPDATE movies SET l = [1] {WHERE}")
    assert fault(engine, f"UPDATE movies SET l[0] = {deep} {WHERE}") == TOO_DEEP


@pytest.mark.parametrize(
    ("terms", "message"),
    [
        ("plot", "Attribute plot in ORDER BY clause must be part of the primary key"),
        ("title, plot", "Attribute plot in ORDER BY clause must be part of the primary key"),
        ("info.plot", MISFIT + "PATH at 1:53:9"),
        ("title, info[0]", MISFIT + "PATH at 1:60:7"),
        ("'title'", MISFIT + "title at 1:53:7"),
        ("1", MISFIT + "1 at 1:53:1"),
        ("[1]", MISFIT + "LIST at 1:53:3"),
        ("size(title) DESC", MISFIT + "size at 1:53:4"),
    ],
)
def test_a_term_of_order_by_is_a_key_attribute(engine: Engine, terms: str, message: str) -> None:
    text = f"SELECT title FROM movies WHERE year = 1994 ORDER BY {terms}"
    assert message == fault(engine, text)
    assert fault(engine, text.replace("movies", "nope")) == "Requested resource not found"


@pytest.mark.parametrize("where", ["rating = 1", "year = 1994 OR rating = 2"])
def test_terms_of_order_by_come_before_what_is_read(engine: Engine, where: str) -> None:
    text = f"SELECT title FROM movies WHERE {where} ORDER BY rating"
    message = "Attribute rating in ORDER BY clause must be part of the primary key"
    assert message == fault(engine, text)


@pytest.mark.parametrize(
    "condition",
    [
        "votes IN [?]",
        "votes NOT IN (1, ?)",
        "votes IN [[1], {'a': [2]}, <<'x'>>]",
        "votes IS BOOL",
        "votes IS NOT bool",
        "bool = ? AND bigint BETWEEN ? AND 2",
        "attribute_exists(votes) IN [true, ?]",
        "size(votes) > - - 1",
        "(? = votes) = true",
    ],
)
def test_what_may_be_said_is_never_blamed(engine: Engine, condition: str) -> None:
    """A refused text is read again in the service's order: what runs is right there as well."""
    partiql.execute(engine, f"SELECT * FROM movies WHERE {condition}", [1, 1])
    asked = f"SELECT * FROM movies WHERE ({condition}) "
    assert "Unrecognized function: foo at 1:" in fault(engine, asked + "AND foo(s)", 1, 1)
    assert "Unsupported clause: LIMIT" == fault(engine, asked + "LIMIT 1", 1, 1)
    changed = f"UPDATE movies SET a = <<>> WHERE ({condition})"
    assert "Empty bags are not supported" == fault(engine, changed, 1, 1)

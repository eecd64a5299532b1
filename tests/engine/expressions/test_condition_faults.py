"""Conditions and filters: every way in which they can be wrong, and which is told first."""

from decimal import Decimal
from typing import Final

import pytest

from ddblite.engine.expressions import parse_condition
from ddblite.schema.errors import ValidationException
from ddblite.schema.limits import EXPRESSION_IN_OPERANDS_MAX, EXPRESSION_OPERATORS_MAX
from ddblite.schema.values import StringSet, Value

VALUES: Final[dict[str, Value]] = {
    ":nina": "Nina",
    ":n": "N",
    ":one": 1,
    ":half": Decimal("2.5"),
    ":true": True,
    ":null": None,
    ":bytes": b"\x00",
    ":a": b"a",
    ":list": [1],
    ":map": {"er": 1},
    ":set": StringSet(["soul", "jazz"]),
}
NAMES: Final = {"#artist": "artist"}


def check(text: str, which: str = "ConditionExpression") -> None:
    parse_condition(text, NAMES, which).check(VALUES)


def fault(text: str, which: str = "ConditionExpression") -> str:
    with pytest.raises(ValidationException) as caught:
        check(text, which)
    assert caught.value.enveloped
    prefix = f"Invalid {which}: "
    assert caught.value.message.startswith(prefix)
    return caught.value.message.removeprefix(prefix)


COUNT: Final = (
    "Incorrect number of operands for operator or function; operator or function: "
    "{}, number of operands: {}"
)
TYPE: Final = (
    "Incorrect operand type for operator or function; operator or function: {}, operand type: {}"
)
SAME: Final = (
    "The first operand must be distinct from the remaining operands for this operator or "
    "function; operator: {}, first operand: {}"
)
MISUSED: Final = "The function is not allowed to be used this way in an expression; function: {}"
PATH: Final = "Operator or function requires a document path; operator or function: {}"
BRACKETS: Final = "The expression has redundant parentheses;"


@pytest.mark.parametrize(
    ("expected", "text"),
    [
        (BRACKETS, "((artist = :n))"),
        (BRACKETS, "((artist)) = :n"),
        (BRACKETS, "artist = ((:n))"),
        (BRACKETS, "NOT ((artist = :n))"),
        (BRACKETS, "released = :one AND ((artist = :n))"),
        (BRACKETS, "((artist = :n AND released = :one))"),
        (BRACKETS, "((attribute_exists(artist)))"),
        (BRACKETS, "attribute_exists(((artist)))"),
        ("Invalid function name; function: foo", "foo(artist)"),
        ("Invalid function name; function: Size", "Size(artist) > :one"),
        ("Invalid function name; function: foo", "foo(bar(artist))"),
        (MISUSED.format("size"), "size(artist)"),
        (MISUSED.format("size"), "(size(artist)) AND released = :one"),
        (MISUSED.format("attribute_exists"), "attribute_exists(artist) = :one"),
        (MISUSED.format("attribute_exists"), "artist IN (:one, attribute_exists(artist))"),
        (MISUSED.format("contains"), "begins_with(artist, contains(released, :one))"),
        (
            "The function is not allowed in a condition expression; function: if_not_exists",
            "artist = if_not_exists(artist, :n)",
        ),
        (
            "The function is not allowed in a condition expression; function: list_append",
            "list_append(artist, :n)",
        ),
        ("Attribute name is a reserved keyword; reserved keyword: Status", "Status = :n"),
        ("Attribute name is a reserved keyword; reserved keyword: size", "artist.size = :n"),
        (
            "List index is not within the allowable range; index: [2147483648]",
            "notes[2147483648] = :one",
        ),
        (
            "The document path has too many nesting levels; nesting levels: 33",
            ".".join(["d"] * 33) + " = :one",
        ),
        (
            (
                "An expression attribute name used in the document path is not defined; "
                "attribute name: #x"
            ),
            "#x = :n",
        ),
        (
            (
                "An expression attribute value used in expression is not defined; "
                "attribute value: :nope"
            ),
            "artist = :nope",
        ),
        (COUNT.format("attribute_exists", 2), "attribute_exists(artist, released)"),
        (COUNT.format("begins_with", 1), "begins_with(artist)"),
        (COUNT.format("size", 2), "size(artist, released) > :one"),
        (PATH.format("attribute_exists"), "attribute_exists(:n)"),
        (PATH.format("attribute_not_exists"), "attribute_not_exists(size(artist))"),
        (SAME.format("=", "[artist]"), "artist = #artist"),
        (SAME.format("<>", "[notes, [0]]"), "notes[0] <> notes[0]"),
        (SAME.format("BETWEEN", "[released]"), "released BETWEEN :one AND released"),
        (SAME.format("IN", "[released]"), "released IN (:one, released)"),
        (SAME.format("contains", "[tags]"), "contains(tags, tags)"),
        (TYPE.format("<", "BOOL"), "live < :true"),
        (TYPE.format(">=", "SS"), ":set >= tags"),
        (TYPE.format("<=", "L"), "notes <= :list"),
        (TYPE.format(">", "M"), "notes > :map"),
        (TYPE.format("BETWEEN", "NULL"), "released BETWEEN :null AND :one"),
        (TYPE.format("begins_with", "N"), "begins_with(artist, :one)"),
        (TYPE.format("begins_with", "N"), "begins_with(size(artist), :n)"),
        (TYPE.format("begins_with", "BOOL"), "begins_with(:true, artist)"),
        (TYPE.format("size", "N"), "size(:one) > :one"),
        (TYPE.format("size", "NULL"), "contains(notes, size(:null))"),
        (TYPE.format("size", "BOOL"), "size(size(:true)) > :one"),
        (TYPE.format("size", "N"), "size(size(artist)) > :one"),
        (TYPE.format("attribute_type", "N"), "attribute_type(artist, :one)"),
        (TYPE.format("attribute_type", "N"), "attribute_type(artist, size(tags))"),
        (
            TYPE.format("attribute_type", "{NS,SS,L,BS,N,M,B,BOOL,NULL,S}"),
            "attribute_type(artist, released)",
        ),
        (
            (
                "Invalid attribute type name found; type: Nina, valid types: "
                "{B,NULL,SS,BOOL,L,BS,N,NS,S,M}"
            ),
            "attribute_type(artist, :nina)",
        ),
        (
            (
                "The BETWEEN operator requires same data type for lower and upper bounds; lower "
                "bound operand: AttributeValue: {N:2.5}, upper bound operand: AttributeValue: {S:N}"
            ),
            "released BETWEEN :half AND :n",
        ),
        (
            (
                "The BETWEEN operator requires upper bound to be greater than or equal to lower "
                "bound; lower bound operand: AttributeValue: {B:[YQ==]}, upper bound operand: "
                "AttributeValue: {B:[AA==]}"
            ),
            "cover BETWEEN :a AND :bytes",
        ),
    ],
)
def test_fault(expected: str, text: str) -> None:
    """One fault, one text, in DynamoDB's words."""
    assert expected == fault(text)
    assert expected == fault(text, "FilterExpression")


@pytest.mark.parametrize(
    ("expected", "text"),
    [
        ("Syntax error", "((artist = :n)) AND"),
        (BRACKETS, "((foo(artist)))"),
        ("Invalid function name", "status = :n AND foo(artist)"),
        ("Invalid function name", "size(artist) AND foo(artist)"),
        ("The function is not allowed", "status = :n AND size(artist)"),
        ("Attribute name is a reserved", "#x = :n AND status = :n"),
        ("An expression attribute name", "#x = :nope"),
        ("An expression attribute value", ":nope = #x"),
        ("An expression attribute value", "artist = :nope AND #x = :n"),
        ("Incorrect operand type", "live < :true AND #x = :n"),
        ("Incorrect number", "begins_with(artist) AND live < :true"),
        ("The first operand", "contains(artist, artist) AND artist = :nope"),
        ("An expression attribute value", "attribute_exists(:nope)"),
        ("Incorrect number", "contains(artist, artist, artist)"),
        ("The first operand", "live BETWEEN live AND :true"),
        ("Incorrect operand type", "released BETWEEN :true AND :n"),
        ("Operator or function", "released > :one AND attribute_exists(:n) AND artist = :nope"),
    ],
)
def test_most_important_fault_is_reported(expected: str, text: str) -> None:
    """What is wrong with the text first, then leaf by leaf from the left."""
    assert fault(text).startswith(expected)


def test_expression_operators_max() -> None:
    """AND, OR, NOT, comparators and functions count alike."""
    leaves = (EXPRESSION_OPERATORS_MAX + 1) // 2
    at_limit = "NOT " + " OR ".join(["a=:one"] * leaves)
    check(at_limit)
    too_many = "The expression contains too many operators; operator count: 301"
    assert too_many == fault("NOT " + at_limit)
    assert too_many == fault(at_limit + " AND a=:one")


def test_unknown_function_is_told_before_too_many_operators() -> None:
    text = "a < " + "f(" * 301 + "b" + ")" * 301
    assert "Invalid function name; function: f" == fault(text)


def test_expression_in_operands_max() -> None:
    most = ["released IN (" + ",".join([":one"] * count) + ")" for count in (99, 100, 101)]
    assert len(most[1].split(",")) == EXPRESSION_IN_OPERANDS_MAX
    check(most[0])
    check(most[1])
    assert ("The IN operator is provided with too many operands; number of operands: 101") == fault(
        most[2]
    )


def test_undefined_name_is_found_by_check_when_a_value_comes_first() -> None:
    """And such a condition is never asked."""
    condition = parse_condition("artist = :nina AND #x = :n AND released = :one", {})
    with pytest.raises(ValidationException, match="attribute name: #x"):
        condition.check({":nina": "Nina"})
    with pytest.raises(ValidationException, match="attribute value: :nina"):
        condition.check(None)
    with pytest.raises(AssertionError, match="not checked"):
        condition.holds({}, {})

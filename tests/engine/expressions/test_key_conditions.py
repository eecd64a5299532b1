"""Key conditions: the terms they stand for, and what cannot be asked of a key."""

import pytest

from ddblite.engine.expressions import (
    KeyTerm,
    compile_key_condition,
    parse_key_condition,
)
from ddblite.engine.expressions.tree import And, Compare, Or, Path, ValueRef
from ddblite.schema.errors import ValidationException
from ddblite.schema.values import Value

VALUES: dict[str, Value] = {":a": "a", ":b": "b", ":one": 1, ":true": True}


@pytest.mark.parametrize(
    ("expected", "text"),
    [
        ([("pk", "=", ("a",))], "pk = :a"),
        ([("pk", "=", ("a",)), ("sk", "<", (1,))], "pk = :a AND sk < :one"),
        ([("sk", ">", (1,)), ("pk", "=", ("a",))], "(:one < sk) AND (:a = pk)"),
        ([("pk", "=", ("a",)), ("sk", ">=", (1,))], "pk = :a AND :one <= sk"),
        ([("pk", "=", ("a",)), ("sk", "<", (1,))], "pk = :a AND :one > sk"),
        ([("pk", "=", ("a",)), ("sk", "<=", (1,))], "pk = :a AND :one >= sk"),
        ([("pk", "=", ("a",)), ("sk", "BETWEEN", ("a", "b"))], "pk=:a AND sk BETWEEN :a AND :b"),
        ([("pk", "=", ("a",)), ("sk", "begins_with", ("b",))], "pk=:a AND begins_with(sk, :b)"),
        (
            [("a", "=", ("a",)), ("b", "=", ("b",)), ("c", ">", (1,))],
            "a = :a AND (b = :b AND c > :one)",
        ),
    ],
)
def test_terms(expected: list[tuple[str, str, tuple[Value, ...]]], text: str) -> None:
    """In the order of the text, with the attribute always on the left."""
    condition = parse_key_condition(text)
    condition.check(VALUES)
    assert tuple(KeyTerm(*term) for term in expected) == condition.terms(VALUES)


INVALID = "Invalid operator used in KeyConditionExpression: "
NESTED = "KeyConditionExpressions cannot contain nested operations"
FIRST = (
    "Invalid condition in KeyConditionExpression: {} operator must have the key attribute as its "
    "first operand"
)
SEVERAL = (
    "Invalid condition in KeyConditionExpression: Multiple attribute names used in one condition"
)


@pytest.mark.parametrize(
    ("expected", "text"),
    [
        (INVALID + "OR", "pk = :a OR sk = :b"),
        (INVALID + "NOT", "pk = :a AND NOT sk = :b"),
        (INVALID + "IN", "pk IN (:a)"),
        (INVALID + "<>", "pk <> :a"),
        (INVALID + "contains", "contains(pk, :a)"),
        (INVALID + "attribute_exists", "pk = :a AND attribute_exists(sk)"),
        (NESTED, "size(pk) = :one"),
        (NESTED, "pk = :a AND begins_with(sk, :b) AND z BETWEEN :one AND size(q)"),
        (FIRST.format("begins_with"), "begins_with(:a, pk)"),
        (FIRST.format("BETWEEN"), "pk = :a AND :a BETWEEN sk AND :b"),
        (SEVERAL, "pk = sk"),
        (SEVERAL, "begins_with(pk, sk)"),
        ("Invalid condition in KeyConditionExpression: No key attribute specified", ":a = :b"),
    ],
)
def test_refusal(expected: str, text: str) -> None:
    """Such a text is a condition, and none for keys; no table is needed to see that."""
    condition = parse_key_condition(text)
    condition.check(VALUES)
    with pytest.raises(ValidationException) as caught:
        condition.check_form()
    assert expected == caught.value.message
    assert caught.value.older is None


@pytest.mark.parametrize(
    ("expected", "text"),
    [
        ("KeyConditionExpressions must only contain one condition per key", "pk=:a AND pk=:b"),
        ("KeyConditionExpressions cannot have conditions on nested attributes", "pk.x = :a"),
        ("KeyConditionExpressions cannot have conditions on nested attributes", "pk[0] = sk"),
    ],
)
def test_refusal_with_two_wordings(expected: str, text: str) -> None:
    condition = parse_key_condition(text)
    with pytest.raises(ValidationException) as caught:
        condition.check_form()
    assert f"Invalid KeyConditionExpression: {expected}" == caught.value.message
    assert expected == caught.value.older


@pytest.mark.parametrize(
    ("expected", "text"),
    [
        ("Attribute name is a reserved keyword; reserved keyword: status", "status = :a"),
        (
            (
                "Incorrect operand type for operator or function; operator or function: <, "
                "operand type: BOOL"
            ),
            "pk = :a AND sk < :true",
        ),
        (
            (
                "An expression attribute value used in expression is not defined; "
                "attribute value: :nope"
            ),
            "pk.x = :a AND sk = :nope",
        ),
    ],
)
def test_faults_of_any_condition(expected: str, text: str) -> None:
    with pytest.raises(ValidationException) as caught:
        parse_key_condition(text).check(VALUES)
    assert f"Invalid KeyConditionExpression: {expected}" == caught.value.message


def test_what_a_key_condition_reads_is_known() -> None:
    condition = parse_key_condition("#p = :a AND sk > :one", {"#p": "pk"})
    assert frozenset({"#p"}) == condition.names_used
    assert frozenset({":a", ":one"}) == condition.values_used
    assert frozenset({"pk", "sk"}) == condition.attributes
    assert (Path(("pk",)), Path(("sk",))) == condition.paths
    assert condition.holds({"pk": "a", "sk": 2}, VALUES)
    assert not condition.holds({"pk": "a", "sk": 1}, VALUES)


def test_key_condition_without_a_text() -> None:
    same = Compare("=", Path(("pk",)), ValueRef(":a"))
    condition = compile_key_condition(And((same, Compare(">", Path(("sk",)), ValueRef(":one")))))
    condition.check(VALUES)
    assert isinstance(condition.tree, And)
    assert (KeyTerm("pk", "=", ("a",)), KeyTerm("sk", ">", (1,))) == condition.terms(VALUES)
    with pytest.raises(ValidationException, match="OR"):
        compile_key_condition(Or((same, same))).check_form()


def test_very_long_names_are_not_cached() -> None:
    names = {"#long": "n" * 5000}
    condition = parse_key_condition("#long = :a", names)
    assert (KeyTerm("n" * 5000, "=", ("a",)),) == condition.terms(VALUES)
    assert condition is not parse_key_condition("#long = :a", names)

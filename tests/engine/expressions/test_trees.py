"""Trees that no text was read into, as PartiQL and the legacy parameters build them."""

import pytest

from ddblite.engine.expressions import compile_condition, compile_update
from ddblite.engine.expressions.arithmetic import added, evaluator_of_value
from ddblite.engine.expressions.operands import evaluator
from ddblite.engine.expressions.parser import Parser
from ddblite.engine.expressions.projections import ProjectionParser
from ddblite.engine.expressions.tree import (
    Add,
    And,
    Between,
    Call,
    Compare,
    Delete,
    IfNotExists,
    In,
    ListAppend,
    Not,
    Or,
    Path,
    Plus,
    Remove,
    Set,
    Size,
    ValueRef,
)
from ddblite.schema.errors import ValidationException
from ddblite.schema.values import StringSet, Value

A = Path(("a",))
B = Path(("b", 0))
ONE = ValueRef("1")
LIST = ValueRef("2")
VALUES: dict[str, Value] = {"1": 1, "2": ["x"], "3": StringSet(["s"])}


def test_condition() -> None:
    """Placeholders may have any name."""
    tree = Or(
        (
            And((Compare("=", A, ONE), Not(In(B, (ONE, LIST))))),
            Call("attribute_not_exists", (A,)),
            Between(Size(B), ONE, ONE),
        )
    )
    condition = compile_condition(tree)
    condition.check(VALUES)
    assert condition.tree is tree
    assert frozenset({"1", "2"}) == condition.values_used
    assert frozenset() == condition.names_used
    assert condition.holds({"a": 1}, VALUES)
    assert condition.holds({}, VALUES)
    assert condition.holds({"a": 2, "b": ["y"]}, VALUES)
    assert not condition.holds({"a": 2, "b": ["yy"]}, VALUES)


def test_condition_is_checked() -> None:
    condition = compile_condition(Compare("<", A, LIST), "FilterExpression")
    with pytest.raises(ValidationException, match="Invalid FilterExpression: An expr"):
        condition.check({})
    with pytest.raises(ValidationException, match="operand type: L"):
        condition.check(VALUES)


def test_update() -> None:
    update = compile_update(
        [
            Set(A, Plus(IfNotExists(A, ONE), ONE)),
            Set(Path(("l",)), ListAppend(LIST, LIST)),
            Remove(Path(("r",))),
            Add(Path(("s",)), ValueRef("3")),
            Delete(Path(("d",)), ValueRef("3")),
        ]
    )
    update.check(VALUES)
    after = update.apply({"r": 1, "d": StringSet(["s", "t"])}, VALUES)
    assert {
        "a": 2,
        "l": ["x", "x"],
        "s": StringSet(["s"]),
        "d": StringSet(["t"]),
    } == after


def test_update_is_checked() -> None:
    with pytest.raises(ValidationException, match="path one: \\[a\\], path two: \\[a\\]"):
        compile_update([Remove(A), Remove(A)])
    update = compile_update([Set(A, Plus(ListAppend(LIST, LIST), ONE))])
    with pytest.raises(ValidationException, match="operand type: L"):
        update.check(VALUES)
    update = compile_update([Set(A, ONE)])
    with pytest.raises(ValidationException, match="not defined; attribute value: 1"):
        update.check({})


def test_unchecked_values_of_an_update_are_refused_when_applied() -> None:
    with pytest.raises(ValidationException, match="incorrect data type"):
        added("text", "text")


def test_operands_of_the_other_language_are_our_mistake() -> None:
    with pytest.raises(AssertionError, match="no operand of a condition"):
        evaluator(ListAppend(A, A))
    with pytest.raises(AssertionError, match="no operand of an update"):
        evaluator_of_value(Size(A))
    with pytest.raises(AssertionError, match="in a projection"):
        ProjectionParser("ProjectionExpression", "a", {}).check_place("size", (A,))
    with pytest.raises(NotImplementedError):
        Parser("ConditionExpression", "a", {}).check_place("size", (A,))

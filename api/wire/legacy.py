"""The parameters from before there were expressions, lowered to the same trees.

``Expected``, ``QueryFilter``, ``ScanFilter`` and ``KeyConditions`` become conditions,
``AttributeUpdates`` an update, ``AttributesToGet`` a projection; their values get
placeholders of our own. The engine then cannot tell them from expressions. Each function
raises for the first fault in the service's texts (``api.wire.legacy_faults``); the fast walk takes
any of them as a refusal.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from ddblite.api.wire import legacy_faults as faults
from ddblite.api.wire.model import members
from ddblite.engine.expressions import (
    Condition,
    KeyCondition,
    Projection,
    Update,
    compile_condition,
    compile_key_condition,
    compile_projection,
    compile_update,
)
from ddblite.engine.expressions.arithmetic import WRONG_TYPE
from ddblite.engine.expressions.operands import Evaluate
from ddblite.engine.expressions.tree import (
    Action,
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
    Remove,
    Set,
    Tree,
    ValueRef,
)
from ddblite.schema.errors import ValidationException
from ddblite.schema.requests import Values
from ddblite.schema.values import Item, Value
from ddblite.schema.wire import read_boolean, read_value

Wire = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Lowered:
    """What a legacy parameter became, with the values that its placeholders stand for."""

    compiled: Any
    values: dict[str, Value]


@dataclass(slots=True)
class Placeholders:
    """Gives out placeholders for values; ``prefix`` keeps those of two parameters apart.

    ``depth`` is the level of nesting at which values in wire form are.
    """

    prefix: str
    depth: int = 1
    values: dict[str, Value] = field(default_factory=dict)

    def add(self, value: Value) -> ValueRef:
        """Returns a reference to a value."""
        name = f":{self.prefix}{len(self.values)}"
        self.values[name] = value
        return ValueRef(name)

    def read(self, wires: Iterable[Any]) -> list[ValueRef]:
        """Returns references to values in wire form."""
        return [self.add(read_value(wire, self.depth)) for wire in wires]


def compared(operator: str) -> Callable[[Path, Sequence[ValueRef]], Tree]:
    """Returns what builds a comparison with one value."""
    return lambda path, values: Compare(operator, path, values[0])


def called(function: str) -> Callable[[Path, Sequence[ValueRef]], Tree]:
    """Returns what builds a function's call as a condition."""
    return lambda path, values: Call(function, (path, *values))


def excludes(path: Path, values: Sequence[ValueRef]) -> Tree:
    """Returns NOT_CONTAINS, which is false of an attribute that is not there."""
    return And((Call("attribute_exists", (path,)), Not(Call("contains", (path, values[0])))))


COMPARISONS: Final[dict[str, Callable[[Path, Sequence[ValueRef]], Tree]]] = {
    "EQ": compared("="),
    "NE": compared("<>"),
    "LT": compared("<"),
    "LE": compared("<="),
    "GT": compared(">"),
    "GE": compared(">="),
    "NULL": called("attribute_not_exists"),
    "NOT_NULL": called("attribute_exists"),
    "CONTAINS": called("contains"),
    "NOT_CONTAINS": excludes,
    "BEGINS_WITH": called("begins_with"),
    "IN": lambda path, values: In(path, tuple(values)),
    "BETWEEN": lambda path, values: Between(path, values[0], values[1]),
}


def expected(wire: Wire) -> Lowered:
    """Lowers Expected and ConditionalOperator to a condition; None when nothing is expected."""
    conditions = wire.get("Expected")
    if conditions is not None:
        faults.check_form(members.EXPECTED, conditions)
    faults.check_expected(conditions or {})
    faults.check_operator(wire, "Expected")
    placeholders = Placeholders("e")
    terms = [
        expected_term(Path((name,)), condition, placeholders)
        for name, condition in (conditions or {}).items()
    ]
    return Lowered(joined(wire, terms), placeholders.values)


def expected_term(path: Path, condition: Wire, placeholders: Placeholders) -> Tree:
    """Returns the condition on one attribute of Expected."""
    operator = condition.get("ComparisonOperator")
    if operator is not None:
        return COMPARISONS[operator](path, placeholders.read(faults.operands_of(condition)))
    exists = condition.get("Exists")
    if exists is not None and not read_boolean(exists):
        return Call("attribute_not_exists", (path,))
    return Compare("=", path, placeholders.read([condition["Value"]])[0])


def joined(wire: Wire, terms: Sequence[Tree], which: str = "ConditionExpression") -> Any:
    """Returns the condition that all terms hold, or one of them; None for no terms."""
    if not terms:
        return None
    if len(terms) == 1:
        return compile_condition(terms[0], which, bounded=False)
    join = Or if wire.get("ConditionalOperator") == "OR" else And
    return compile_condition(join(tuple(terms)), which, bounded=False)


FILTER_DEPTHS: Final = {"QueryFilter": 1, "ScanFilter": 0}
"""Where the levels of a filter's values begin: a Scan's may have one more (October 2026)."""


def filtered(wire: Wire, member: str) -> Lowered:
    """Lowers QueryFilter or ScanFilter and ConditionalOperator to a filter."""
    conditions = wire.get(member)
    if conditions is not None:
        faults.check_form(members.CONDITIONS, conditions)
    # A filter may ask about an attribute without a name: there is none.
    faults.check_named(filter(None, conditions or {}))
    depth = FILTER_DEPTHS[member]
    faults.check_conditions(conditions or {}, depth)
    faults.check_operator(wire, member)
    placeholders = Placeholders("f", depth)
    terms = comparison_terms(conditions or {}, placeholders)
    which = "FilterExpression" if member == "ScanFilter" else member
    return Lowered(joined(wire, terms, which), placeholders.values)


def comparison_terms(conditions: Mapping[str, Wire], placeholders: Placeholders) -> list[Tree]:
    """Returns one tree per attribute of a map of conditions."""
    return [
        COMPARISONS[condition["ComparisonOperator"]](
            Path((name,)), placeholders.read(condition.get("AttributeValueList") or ())
        )
        for name, condition in conditions.items()
    ]


def key_conditions(conditions: Any) -> KeyCondition:
    """Lowers KeyConditions to a key condition, which keeps its values to itself.

    Expressions may stand beside it, and their placeholders must not meet ours.
    """
    faults.check_form(members.CONDITIONS, conditions)
    faults.check_named(conditions)
    faults.check_conditions(conditions)
    faults.check_indexable(conditions)
    placeholders = Placeholders("k")
    terms = comparison_terms(conditions, placeholders)
    tree = terms[0] if len(terms) == 1 else And(tuple(terms))
    return compile_key_condition(tree, placeholders.values)


def projection(names: Any) -> Projection:
    """Lowers AttributesToGet to a projection; a dot in a name is part of the name."""
    faults.check_form(members.ATTRIBUTE_NAMES, names)
    faults.check_attribute_names(names)
    return compile_projection([Path((name,)) for name in names])


def updates(changes: Any) -> Lowered:
    """Lowers AttributeUpdates to an update; None when nothing is to be changed."""
    faults.check_form(members.ATTRIBUTE_UPDATES, changes)
    faults.check_updates(changes)
    placeholders = Placeholders("u")
    actions = [action_of(Path((name,)), change, placeholders) for name, change in changes.items()]
    return Lowered(in_legacy_words(actions) if actions else None, placeholders.values)


def action_of(path: Path, change: Wire, placeholders: Placeholders) -> Action:
    """Returns the action of one change; ADD of a list appends to a list."""
    kind = faults.action_of(change)
    if change.get("Value") is None:
        return Remove(path)
    reference = placeholders.add(read_value(change["Value"], 1))
    if kind == "PUT":
        return Set(path, reference)
    if kind == "DELETE":
        return Delete(path, reference)
    if isinstance(placeholders.values[reference.name], list):
        return Set(path, ListAppend(IfNotExists(path, placeholders.add([])), reference))
    return Add(path, reference)


def in_legacy_words(actions: Sequence[Action]) -> Update:
    """Returns an update whose ADD and DELETE complain about a stored type in the old words."""
    update: Update = compile_update(actions)
    return replace(update, evaluators=tuple(map(with_legacy_words, update.evaluators)))


def with_legacy_words(evaluate: Evaluate) -> Evaluate:
    """Returns an evaluator with the legacy text for a stored value of another type."""

    def evaluated(item: Item, values: Values) -> Any:
        try:
            return evaluate(item, values)
        except ValidationException as fault:
            if fault.message != WRONG_TYPE:
                raise
            raise ValidationException(faults.TYPE_MISMATCH) from None

    return evaluated


__all__ = [
    "Condition",
    "Lowered",
    "expected",
    "filtered",
    "key_conditions",
    "projection",
    "updates",
]

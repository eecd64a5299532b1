"""Key conditions: at most one comparison for each key attribute, joined by AND.

The grammar is that of conditions. What no key can be asked is refused by ``check_form``; whether
the attributes are the keys of a table or index, and whether the operators suit their roles,
is decided where that table is known.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final, NamedTuple

from ddblite.engine.expressions.conditions import Condition, compile_condition, parse_condition
from ddblite.engine.expressions.faults import Values
from ddblite.engine.expressions.parser import function_of
from ddblite.engine.expressions.placeholders import names_key
from ddblite.engine.expressions.tree import (
    And,
    Leaf,
    Not,
    Or,
    Path,
    Tree,
    ValueRef,
    operands_of,
    operator_of,
)
from ddblite.schema.errors import ValidationException
from ddblite.schema.values import Item, Value

WHICH: Final = "KeyConditionExpression"

FLIPPED: Final[Mapping[str, str]] = {"=": "=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}
"""Comparators read from right to left; the keys are the ones that keys can be asked with."""

KEY_FIRST: Final = frozenset({"BETWEEN", "begins_with"})


@dataclass(frozen=True, slots=True)
class KeyTerm:
    """What is asked of one key attribute; ``operands`` are values, two for BETWEEN."""

    attribute: str
    operator: str
    operands: tuple[Value, ...]


class Pattern(NamedTuple):
    """A term whose values are still placeholders."""

    attribute: str
    operator: str
    references: tuple[str, ...]


class Refusal(NamedTuple):
    """Why a condition is none for keys, in both wordings."""

    message: str
    older: str | None = None


@dataclass(frozen=True, slots=True, eq=False)
class KeyCondition:
    """A condition on the keys of one partition.

    ``given`` are values of its own, apart from those of the request, whose placeholders then
    mean nothing in here: a filter beside it may use the same ones for something else. The last five
    are the condition's, with the ``:values`` of the request only.
    """

    condition: Condition = field(repr=False)
    patterns: tuple[Pattern, ...]
    refusal: Refusal | None
    given: Values | None
    tree: Tree
    names_used: frozenset[str]
    values_used: frozenset[str]
    paths: tuple[Path, ...]
    attributes: frozenset[str]

    def check(self, values: Values | None) -> None:
        """Raises ValidationException for the first fault that needs the values to be seen."""
        self.condition.check(values if self.given is None else self.given)

    def check_form(self) -> None:
        """Raises ValidationException when this cannot be asked of any key.

        That comes behind what is wrong with any expression, and before the table is looked for.
        """
        if self.refusal is not None:
            raise ValidationException(
                self.refusal.message, older=self.refusal.older, enveloped=True
            )

    def terms(self, values: Values) -> tuple[KeyTerm, ...]:
        """Returns what is asked of each attribute by a condition that was checked."""
        meant = values if self.given is None else self.given
        return tuple(
            KeyTerm(attribute, operator, tuple(meant[name] for name in references))
            for attribute, operator, references in self.patterns
        )

    def holds(self, item: Item | None, values: Values) -> bool:
        """Whether an item satisfies the condition."""
        return self.condition.holds(item, values if self.given is None else self.given)


def parse_key_condition(text: str, names: Mapping[str, str] | None = None) -> KeyCondition:
    """Returns the key condition that a text stands for, or raises ValidationException."""
    key = names_key(names)
    return parsed(text, key) if key is not None else parsed.__wrapped__(text, names)


@lru_cache(maxsize=1024)
def parsed(text: str, names: tuple[tuple[str, str], ...]) -> KeyCondition:
    """Returns the key condition of a text, from the cache if it is there."""
    return compiled(parse_condition(text, dict(names), WHICH))


def compile_key_condition(tree: Tree, given: Values | None = None) -> KeyCondition:
    """Returns the key condition of a tree that was not read from an expression."""
    return compiled(compile_condition(tree, WHICH), given)


def compiled(condition: Condition, given: Values | None = None) -> KeyCondition:
    """Returns the key condition that a condition is, or why it is none."""
    patterns: dict[str, Pattern] = {}
    waiting: list[Tree] = [condition.tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, And):
            waiting.extend(reversed(node.terms))
            continue
        pattern = pattern_of(node)
        if isinstance(pattern, Pattern) and pattern.attribute in patterns:
            pattern = prefixed("KeyConditionExpressions must only contain one condition per key")
        if isinstance(pattern, Refusal):
            return made(condition, (), pattern, given)
        patterns[pattern.attribute] = pattern
    return made(condition, tuple(patterns.values()), None, given)


def made(
    condition: Condition,
    patterns: tuple[Pattern, ...],
    refusal: Refusal | None,
    given: Values | None,
) -> KeyCondition:
    """Returns a key condition with what its condition says at hand."""
    return KeyCondition(
        condition,
        patterns,
        refusal,
        given,
        tree=condition.tree,
        names_used=condition.names_used,
        values_used=condition.values_used if given is None else frozenset(),
        paths=condition.paths,
        attributes=condition.attributes,
    )


def prefixed(text: str) -> Refusal:
    """Returns a refusal that the older layer words without saying which expression."""
    return Refusal(f"Invalid {WHICH}: {text}", older=text)


def pattern_of(node: Or | Not | Leaf) -> Pattern | Refusal:
    """Returns what a leaf asks of an attribute, or why it cannot be asked."""
    if isinstance(node, Or | Not):
        operator = "OR" if isinstance(node, Or) else "NOT"
        return Refusal(f"Invalid operator used in {WHICH}: {operator}")
    operator, operands = operator_of(node), operands_of(node)
    if operator not in FLIPPED and operator not in KEY_FIRST:
        return Refusal(f"Invalid operator used in {WHICH}: {operator}")
    if any(map(function_of, operands)):
        return Refusal("KeyConditionExpressions cannot contain nested operations")
    if operator in KEY_FIRST and isinstance(operands[0], ValueRef):
        return Refusal(
            f"Invalid condition in {WHICH}: {operator} operator must have the key attribute "
            "as its first operand"
        )
    paths = [operand for operand in operands if isinstance(operand, Path)]
    references = tuple(operand.name for operand in operands if isinstance(operand, ValueRef))
    refusal = path_refusal(paths)
    if refusal is not None:
        return refusal
    if isinstance(operands[0], ValueRef):
        operator = FLIPPED[operator]
    return Pattern(paths[0].attribute, operator, references)


def path_refusal(paths: list[Path]) -> Refusal | None:
    """Returns why paths are not the one key attribute of a term."""
    if not paths:
        return Refusal(f"Invalid condition in {WHICH}: No key attribute specified")
    if len(paths[0].steps) > 1:
        return prefixed("KeyConditionExpressions cannot have conditions on nested attributes")
    if len(paths) > 1:
        return Refusal(
            f"Invalid condition in {WHICH}: Multiple attribute names used in one condition"
        )
    return None

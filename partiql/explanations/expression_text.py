"""Conditions, updates and projections as text of DynamoDB's expression language.

The trees are the same for a statement and for an expression; only the words differ. A name
that an expression may not have as it stands (a reserved word, or other signs than letters and
digits) becomes a placeholder: ``#`` and the name, or a number where the name is no word.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Final, assert_never

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
    Minus,
    Not,
    Operand,
    Or,
    Path,
    Plus,
    Remove,
    Set,
    SetValue,
    Size,
    Tree,
    Truth,
    ValueRef,
    operands_of,
)
from ddblite.schema.reserved_words import RESERVED_WORDS
from ddblite.schema.values import Value

BARE: Final = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
WORD: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_]{0,199}")
"""A name that can be its own placeholder; the numbered ones begin with an underscore."""


IS_TRUE: Final = ValueRef(":true")
IS_FALSE: Final = ValueRef(":false")


class Wording:
    """The texts of one request, and the names and values that they turn out to use."""

    def __init__(self, values: Mapping[str, Value]) -> None:
        self.known = {**values, IS_TRUE.name: True, IS_FALSE.name: False}
        self.names: dict[str, str] = {}
        self.values: dict[str, Value] = {}

    def name(self, name: str) -> str:
        """Returns a name, or the placeholder that stands for it."""
        if BARE.fullmatch(name) and name.upper() not in RESERVED_WORDS:
            return name
        placeholder = f"#{name}"
        if not WORD.fullmatch(name):
            known = [one for one, other in self.names.items() if other == name]
            placeholder = known[0] if known else f"#_{len(self.names)}"
        self.names[placeholder] = name
        return placeholder

    def path(self, path: Path) -> str:
        """Returns a document path."""
        steps = [f"[{one}]" if isinstance(one, int) else f".{self.name(one)}" for one in path.steps]
        return "".join(steps).removeprefix(".")

    def operand(self, operand: Operand) -> str:
        """Returns a path, a value or a function."""
        match operand:
            case Path():
                return self.path(operand)
            case ValueRef():
                self.values[operand.name] = self.known[operand.name]
                return operand.name
            case Size():
                return self.call("size", (operand.operand,))
            case Call():
                return self.call(operand.function, operand.arguments)
            case Truth():
                raise AssertionError("a comparison with a condition is worded as a condition")
            case ListAppend():
                return self.call("list_append", (operand.first, operand.second))
            case IfNotExists():
                return self.call("if_not_exists", (operand.path, operand.default))
            case _:
                assert_never(operand)

    def call(self, function: str, arguments: Sequence[Operand]) -> str:
        """Returns a function of some operands."""
        return f"{function}({', '.join(map(self.operand, arguments))})"

    def condition(self, tree: Tree) -> str:
        """Returns a condition."""
        match tree:
            case And() | Or():
                word = " AND " if isinstance(tree, And) else " OR "
                return word.join(map(self.term, tree.terms))
            case Not():
                return f"NOT ({self.condition(tree.term)})"
            case Compare() | In() if any(isinstance(one, Truth) for one in operands_of(tree)):
                return self.condition(self.spelled_out(tree))
            case Compare():
                left, right = self.operand(tree.left), self.operand(tree.right)
                return f"{left} {tree.operator} {right}"
            case Between():
                operand, lower = self.operand(tree.operand), self.operand(tree.lower)
                return f"{operand} BETWEEN {lower} AND {self.operand(tree.upper)}"
            case In():
                operand = self.operand(tree.operand)
                return f"{operand} IN ({', '.join(map(self.operand, tree.candidates))})"
            case Call():
                return self.call(tree.function, tree.arguments)
            case _:
                assert_never(tree)

    def spelled_out(self, leaf: Compare | In) -> Tree:
        """Returns what says the same without a condition as a value."""
        if isinstance(leaf, In):
            return Or(tuple(self.same(leaf.operand, one) for one in leaf.candidates))
        same = self.same(leaf.left, leaf.right)
        return same if leaf.operator == "=" else Not(same)

    def same(self, one: Operand, other: Operand) -> Tree:
        """Returns the condition that two operands are equal."""
        if not isinstance(one, Truth):
            one, other = other, one
        if not isinstance(one, Truth):
            return Compare("=", other, one)
        holds, fails = one.call, Not(one.call)
        if isinstance(other, Truth):
            return Or((And((holds, other.call)), And((fails, Not(other.call)))))
        if not isinstance(other, ValueRef):
            known = [Compare("=", other, IS_TRUE), Compare("=", other, IS_FALSE)]
            return Or((And((holds, known[0])), And((fails, known[1]))))
        value = self.known[other.name]
        if not isinstance(value, bool):
            return And((holds, fails))  # which is never so
        return holds if value else fails

    def term(self, tree: Tree) -> str:
        """Returns one term of AND or OR."""
        text = self.condition(tree)
        return f"({text})" if isinstance(tree, And | Or) else text

    def all_of(self, terms: Sequence[Tree]) -> str | None:
        """Returns the condition that all terms hold, or None for none."""
        if len(terms) == 1:
            return self.condition(terms[0])
        return self.condition(And(tuple(terms))) if terms else None

    def projection(self, paths: Sequence[Path]) -> str:
        """Returns paths as a projection, which does not take one that is within another."""
        kept = dict.fromkeys(
            one
            for one in paths
            if not any(one.steps[: len(other.steps)] == other.steps != one.steps for other in paths)
        )
        return ", ".join(map(self.path, kept))

    def update(self, actions: Sequence[Action]) -> str:
        """Returns the changes of an update, clause by clause."""
        clauses: dict[str, list[str]] = {}
        for action in actions:
            word, text = self.action(action)
            clauses.setdefault(word, []).append(text)
        return " ".join(f"{word} {', '.join(texts)}" for word, texts in clauses.items())

    def action(self, action: Action) -> tuple[str, str]:
        """Returns the clause that an action belongs to, and its text there."""
        target = self.path(action.path)
        match action:
            case Set():
                return "SET", f"{target} = {self.set_value(action.operand)}"
            case Remove():
                return "REMOVE", target
            case Add():
                return "ADD", f"{target} {self.operand(action.value)}"
            case Delete():
                return "DELETE", f"{target} {self.operand(action.value)}"
            case _:
                assert_never(action)

    def set_value(self, value: SetValue) -> str:
        """Returns the right-hand side of a SET."""
        if isinstance(value, Plus | Minus):
            sign = "+" if isinstance(value, Plus) else "-"
            return f"{self.operand(value.left)} {sign} {self.operand(value.right)}"
        return self.operand(value)

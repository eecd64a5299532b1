"""The grammar of conditions: ConditionExpression, FilterExpression, KeyConditionExpression.

    tree    := term (OR term)*             term := factor (AND factor)*
    factor  := NOT factor | ( tree ) | leaf
    leaf    := operand comparator operand
             | operand BETWEEN operand AND operand
             | operand IN ( operand, ... )
             | function ( operand, ... )
    operand := path | :value | size ( operand ) | ( operand )

A bracket may open a tree or an operand, and only what follows tells which. So brackets are
kept on a list, each with the terms it has so far, and closed when their content is known.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from ddblite.engine.expressions.functions import CONDITION_FUNCTIONS, UPDATE_FUNCTIONS
from ddblite.engine.expressions.parser import (
    Parser,
    function_of,
)
from ddblite.engine.expressions.tree import (
    And,
    Between,
    Call,
    Compare,
    In,
    Leaf,
    Not,
    Operand,
    Or,
    Tree,
    operands_of,
)

COMPARATORS: Final = frozenset({"=", "<>", "<", "<=", ">", ">="})


@dataclass(slots=True)
class Group:
    """What stands behind an open bracket: finished terms, the current one, NOTs to apply."""

    terms: list[Tree] = field(default_factory=list)
    factors: list[Tree] = field(default_factory=list)
    negations: int = 0

    def is_fresh(self) -> bool:
        """Whether nothing stands between the bracket and what comes now."""
        return not (self.terms or self.factors or self.negations)

    def add(self, tree: Tree) -> None:
        """Takes a factor, with the NOTs in front of it."""
        for _ in range(self.negations):
            tree = Not(tree)
        self.negations = 0
        self.factors.append(tree)

    def end_term(self) -> None:
        """Joins the factors so far, at an OR or at the end."""
        self.terms.append(self.factors[0] if len(self.factors) == 1 else And(tuple(self.factors)))
        self.factors = []

    def finished(self) -> Tree:
        """Returns all of it as one tree."""
        self.end_term()
        return self.terms[0] if len(self.terms) == 1 else Or(tuple(self.terms))


class ConditionParser(Parser):
    """Reads one condition; ``leaves`` are in the order of the text, with what each one uses."""

    def __init__(self, which: str, text: str, names: Mapping[str, str]) -> None:
        super().__init__(which, text, names)
        self.leaves: list[tuple[Leaf, tuple[str, ...]]] = []

    def parse(self) -> Tree:
        """Returns the tree, or raises the most important fault that the text alone shows."""
        tree = self.tree()
        self.raise_faults("brackets", "unknown", "misused", "reserved", "path")
        return tree

    def tree(self) -> Tree:
        """Reads the whole text."""
        groups = [Group()]
        while True:
            tree: Tree
            tree, enclosed = self.factor(groups)
            while True:
                group = groups[-1]
                alone = group.is_fresh()
                group.add(tree)
                if self.joined(group):
                    break
                if len(groups) == 1:
                    if self.token.kind != "end":
                        raise self.syntax_error()
                    return group.finished()
                self.expect_symbol(")")
                if alone and enclosed:
                    self.redundant()
                tree, enclosed = groups.pop().finished(), True

    def joined(self, group: Group) -> bool:
        """Reads AND or OR, if one of them stands behind a factor."""
        keyword = self.at_keyword()
        if keyword not in {"AND", "OR"}:
            return False
        self.position += 1
        self.operators += 1
        if keyword == "OR":
            group.end_term()
        return True

    def factor(self, groups: list[Group]) -> tuple[Leaf, bool]:
        """Reads opening brackets, NOTs and a leaf, and whether the leaf is all in brackets."""
        while True:
            if self.take_symbol("("):
                groups.append(Group())
            elif self.take_keyword("NOT"):
                self.operators += 1
                groups[-1].negations += 1
            else:
                break
        first_use = len(self.uses)
        operand = self.operand()
        enclosed = False
        # These brackets hold a lone operand, or a lone call: what follows decides.
        while len(groups) > 1 and groups[-1].is_fresh() and self.take_symbol(")"):
            groups.pop()
            if enclosed:
                self.redundant()
            enclosed = True
        leaf = self.comparison(operand)
        if leaf is None:
            leaf = self.lone_call(operand)
        else:
            enclosed = False
        self.leaves.append((leaf, tuple(self.uses[first_use:])))
        return leaf, enclosed

    def comparison(self, operand: Operand) -> Leaf | None:
        """Reads what makes a condition of an operand, or nothing."""
        leaf: Leaf
        if self.token.kind == "symbol" and self.token.text in COMPARATORS:
            leaf = Compare(self.take().text, operand, self.operand())
        elif self.take_keyword("BETWEEN"):
            lower = self.operand()
            if not self.take_keyword("AND"):
                raise self.syntax_error()
            leaf = Between(operand, lower, self.operand())
        elif self.take_keyword("IN"):
            leaf = In(operand, self.candidates())
        else:
            return None
        self.operators += 1
        self.refuse_functions(operands_of(leaf))
        return leaf

    def candidates(self) -> tuple[Operand, ...]:
        """Reads the list of an IN, which has at least one element."""
        self.expect_symbol("(")
        candidates = [self.operand()]
        while self.take_symbol(","):
            candidates.append(self.operand())
        self.expect_symbol(")")
        return tuple(candidates)

    def lone_call(self, operand: Operand) -> Call:
        """Returns the condition that a function is, or raises when it is no function."""
        function = function_of(operand)
        if not function:
            raise self.syntax_error()
        if isinstance(operand, Call) and function in CONDITION_FUNCTIONS:
            return operand
        self.misused(function)
        return Call(function, ())

    def refuse_functions(self, operands: tuple[Operand, ...]) -> None:
        """Notes the first function, other than ``size``, that stands for a value."""
        for function in map(function_of, operands):
            if function not in {"", "size"}:
                self.misused(function)

    def check_place(self, function: str, arguments: tuple[Operand, ...]) -> None:
        """Notes a function of updates, and functions among the arguments of another."""
        if function in UPDATE_FUNCTIONS:
            self.note(
                "misused",
                f"The function is not allowed in a condition expression; function: {function}",
            )
        self.refuse_functions(arguments)

"""Conditions and filters, compiled once and asked about many items.

Every leaf becomes a closure. AND, OR and NOT disappear: a condition of several leaves is a
list of rows ``(test, row if true, row if false)`` that is walked until it says true or false.
That short-circuits like nested calls would, without a stack that grows with the expression.

Compiled conditions are immutable and cached by text, so threads share them.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final, TypeAlias, assert_never

from ddblite.engine.expressions.checks import check_leaf, check_uses, check_values
from ddblite.engine.expressions.comparisons import COMPARATORS, equal, less_or_equal
from ddblite.engine.expressions.condition_parser import ConditionParser
from ddblite.engine.expressions.faults import Check, Checklist, Values, run_checks
from ddblite.engine.expressions.operands import evaluator, test_of_call
from ddblite.engine.expressions.paths import MISSING
from ddblite.engine.expressions.placeholders import names_key
from ddblite.engine.expressions.tree import (
    And,
    Between,
    Call,
    Compare,
    In,
    Leaf,
    Not,
    Or,
    Path,
    Tree,
    ValueRef,
    leaves_of,
    operands_of,
    paths_within,
    references_within,
)
from ddblite.schema.values import Item

Test: TypeAlias = Callable[[Item, Values], bool]
Row: TypeAlias = tuple[Test, int, int]

TRUE: Final = -1
FALSE: Final = -2


@dataclass(frozen=True, slots=True, eq=False)
class Condition:
    """A condition that can be checked against values and asked about items.

    ``paths`` and ``attributes`` are what it reads, whole and top-level only.
    """

    which: str
    tree: Tree
    names_used: frozenset[str]
    values_used: frozenset[str]
    paths: tuple[Path, ...]
    attributes: frozenset[str]
    checks: tuple[Check, ...] = field(repr=False)
    test: Test = field(repr=False)

    def check(self, values: Values | None) -> None:
        """Raises ValidationException for the first fault that needs the values to be seen."""
        run_checks(self.which, self.checks, values)

    def holds(self, item: Item | None, values: Values) -> bool:
        """Whether the condition is true of an item; a missing item has no attributes."""
        return self.test({} if item is None else item, values)


def parse_condition(
    text: str, names: Mapping[str, str] | None = None, which: str = "ConditionExpression"
) -> Condition:
    """Returns the condition that a text stands for, or raises ValidationException."""
    key = names_key(names)
    return parsed(text, which, key) if key is not None else parsed.__wrapped__(text, which, names)


@lru_cache(maxsize=1024)
def parsed(text: str, which: str, names: tuple[tuple[str, str], ...]) -> Condition:
    """Returns the condition of a text, from the cache if it is there."""
    meanings = dict(names)
    parser = ConditionParser(which, text, meanings)
    tree = parser.parse()
    checks = Checklist(which)
    for leaf, uses in parser.leaves:
        check_uses(checks, uses, meanings)
        check_leaf(checks, leaf)
    return compiled(tree, checks, frozenset(use for use in parser.uses if use[0] == "#"))


def compile_condition(
    tree: Tree, which: str = "ConditionExpression", *, bounded: bool = True
) -> Condition:
    """Returns the condition of a tree that was not read from an expression.

    ``bounded`` tells that an IN has no more operands than one of an expression.
    """
    checks = Checklist(which)
    for leaf in leaves_of(tree):
        check_values(checks, operands_of(leaf))
        check_leaf(checks, leaf, bounded=bounded)
    return compiled(tree, checks, frozenset())


def compiled(tree: Tree, checks: Checklist, names_used: frozenset[str]) -> Condition:
    """Returns the condition of a tree and the checks that it needs."""
    operands = [operand for leaf in leaves_of(tree) for operand in operands_of(leaf)]
    paths = tuple(dict.fromkeys(paths_within(operands)))
    return Condition(
        which=checks.which,
        tree=tree,
        names_used=names_used,
        values_used=frozenset(references_within(operands)),
        paths=paths,
        attributes=frozenset(path.attribute for path in paths),
        checks=tuple(checks.checks),
        test=never if checks.closed else test_of_tree(tree),
    )


def never(_item: Item, _values: Values) -> bool:
    """Stands in for the test of a condition that no values can make right."""
    raise AssertionError("a faulty condition was not checked before it was asked")


def test_of_tree(tree: Tree) -> Test:
    """Returns the test of a whole tree."""
    if isinstance(tree, Compare | Between | In | Call):
        return test_of_leaf(tree)
    rows = rows_of(tree)

    def test(item: Item, values: Values) -> bool:
        row = 0
        while row >= 0:
            leaf, row_if_true, row_if_false = rows[row]
            row = row_if_true if leaf(item, values) else row_if_false
        return row == TRUE

    return test


def rows_of(tree: Tree) -> Sequence[Row]:
    """Returns the rows of a tree; the first one is where to start."""
    rows: list[Row | None] = [None]
    waiting: list[tuple[Tree, int, int, int]] = [(tree, 0, TRUE, FALSE)]
    while waiting:
        node, row, row_if_true, row_if_false = waiting.pop()
        match node:
            case Not():
                waiting.append((node.term, row, row_if_false, row_if_true))
            case And() | Or():
                starts = [row, *range(len(rows), len(rows) + len(node.terms) - 1)]
                rows.extend([None] * (len(node.terms) - 1))
                for term, start, following in zip(
                    node.terms, starts, [*starts[1:], None], strict=True
                ):
                    if following is None:
                        waiting.append((term, start, row_if_true, row_if_false))
                    elif isinstance(node, And):
                        waiting.append((term, start, following, row_if_false))
                    else:
                        waiting.append((term, start, row_if_true, following))
            case _:
                rows[row] = (test_of_leaf(node), row_if_true, row_if_false)
    return [row for row in rows if row is not None]


def test_of_leaf(leaf: Leaf) -> Test:
    """Returns the test of one leaf."""
    match leaf:
        case Compare():
            return test_of_compare(leaf)
        case Between():
            subject, lower, upper = map(evaluator, operands_of(leaf))

            def between(item: Item, values: Values) -> bool:
                value = subject(item, values)
                return less_or_equal(lower(item, values), value) and less_or_equal(
                    value, upper(item, values)
                )

            return between
        case In():
            wanted = evaluator(leaf.operand)
            candidates = tuple(map(evaluator, leaf.candidates))

            def among(item: Item, values: Values) -> bool:
                value = wanted(item, values)
                return any(equal(value, candidate(item, values)) for candidate in candidates)

            return among
        case Call():
            return test_of_call(leaf)
        case _:
            assert_never(leaf)


def test_of_compare(leaf: Compare) -> Test:
    """Returns the test of a comparison, a shorter one for the usual ``attribute = :value``."""
    compare = COMPARATORS[leaf.operator]
    if (
        isinstance(leaf.left, Path)
        and len(leaf.left.steps) == 1
        and isinstance(leaf.right, ValueRef)
    ):
        name, reference = leaf.left.attribute, leaf.right.name
        return lambda item, values: compare(item.get(name, MISSING), values[reference])
    left, right = evaluator(leaf.left), evaluator(leaf.right)
    return lambda item, values: compare(left(item, values), right(item, values))

"""The terms of a condition, looked at one by one: which of them a key can be read by.

A term is what stands between the ANDs at the top of WHERE.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from ddblite.engine.expressions.tree import (
    And,
    Between,
    Call,
    Compare,
    Operand,
    Or,
    Path,
    Tree,
    ValueRef,
    leaves_of,
    operands_of,
    paths_within,
)
from ddblite.partiql.syntax import hints
from ddblite.schema.tables import KeyPart


@dataclass(frozen=True, slots=True)
class SortTerm:
    """A condition on the sort key, and the names of its values.

    The operator is one of ``= < <= > >= BETWEEN begins_with``, and IN with any number of values
    as long as it is not one read each.
    """

    operator: str
    names: tuple[str, ...]


def terms_of(where: Tree | None) -> tuple[Tree, ...]:
    """Returns the terms that must all hold."""
    if where is None:
        return ()
    return where.terms if isinstance(where, And) else (where,)


def choices_of(tree: Tree) -> tuple[Tree, ...]:
    """Returns the conditions of which one must hold."""
    return tree.terms if isinstance(tree, Or) else (tree,)


MIRRORED: Final = {"=": "=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}
"""What a comparison is when read from right to left."""


def condition_on(attribute: str, term: Tree) -> SortTerm | None:
    """Returns a term as a condition that a key attribute can be read by, or None."""
    match term:
        case Compare() if term.operator in MIRRORED:
            if is_attribute(term.left, attribute) and isinstance(term.right, ValueRef):
                return SortTerm(term.operator, (term.right.name,))
            if is_attribute(term.right, attribute) and isinstance(term.left, ValueRef):
                return SortTerm(MIRRORED[term.operator], (term.left.name,))
        case Between() if is_attribute(term.operand, attribute):
            names = names_of((term.lower, term.upper))
            return None if names is None else SortTerm("BETWEEN", names)
        case Call() if term.function == "begins_with" and is_attribute(
            term.arguments[0], attribute
        ):
            names = names_of(term.arguments[1:])
            return None if names is None else SortTerm("begins_with", names)
    return None


def equality(attribute: str, term: Tree) -> str | None:
    """Returns the name of the value that a term says an attribute equals, or None."""
    found = condition_on(attribute, term)
    return None if found is None or found.operator != "=" else found.names[0]


def is_attribute(operand: Operand, attribute: str) -> bool:
    """Whether an operand is a top-level attribute of this name."""
    return isinstance(operand, Path) and operand.steps == (attribute,)


def names_of(operands: Sequence[Operand]) -> tuple[str, ...] | None:
    """Returns the names of operands that are all values, or None."""
    names = tuple(one.name for one in operands if isinstance(one, ValueRef))
    return names if len(names) == len(operands) else None


def attributes_of(tree: Tree) -> list[str]:
    """Returns the top-level attributes that a condition reads, in the order of the text."""
    return [path.attribute for leaf in leaves_of(tree) for path in paths_within(operands_of(leaf))]


def key_hint(part: KeyPart, terms: tuple[Tree, ...]) -> str:
    """Returns what a write lacks: a term on a part of the key, or a value instead of a name."""
    for term in terms:
        sides = operands_of(term) if isinstance(term, Compare) else ()
        if any(is_attribute(one, part.name) for one in sides) and not any(
            isinstance(one, ValueRef) for one in sides
        ):
            return hints.QUOTED
    return f"A write changes one item: WHERE needs {part.name} = and a value."


def joined(terms: tuple[Tree, ...]) -> Tree | None:
    """Returns the condition that all terms hold, None for none."""
    if not terms:
        return None
    return terms[0] if len(terms) == 1 else And(terms)

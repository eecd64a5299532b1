"""WHERE taken apart into branches: each is a list of terms that must all hold, one must hold.

An OR is taken apart where a condition on a key stands in it, and the terms beside it go with
every branch: ``pk = 'a' AND (sk = 1 OR n = 2)`` is ``pk = 'a' AND sk = 1`` and ``pk = 'a' AND
n = 2``. An OR without one is a filter as any other term, and nothing is looked for inside NOT.

A branch pins the partition key with = or IN. When every branch does, each is read by key;
what is asked of the sort key goes along, what is left filters. Values have names only here.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import product
from math import prod
from typing import Final, TypeAlias

from ddblite.engine.expressions.tree import And, Compare, In, Not, Or, Tree, operands_of
from ddblite.partiql.access_paths.terms import (
    SortTerm,
    attributes_of,
    condition_on,
    is_attribute,
    names_of,
)

BRANCHES_MAX: Final = 300
"""More are never taken apart: a statement has at most 50 reads, and far more are no help."""


@dataclass(frozen=True, slots=True)
class KeyRead:
    """One keyed read, by the name of the partition key's value.

    ``rest`` is what is left to filter by; ``branch`` is everything asked besides the partition
    key, ``sort`` included.
    """

    partition: str
    sort: SortTerm | None
    rest: tuple[Tree, ...]
    branch: tuple[Tree, ...]


@dataclass(frozen=True, slots=True)
class KeyTerm:
    """A condition on one key attribute, and the term that says so."""

    condition: SortTerm
    term: Tree


Key: TypeAlias = tuple[str, str | None]
"""The names of a partition key and of the sort key, None where there is none."""

KeyTerms: TypeAlias = tuple[KeyTerm, ...]


@dataclass(frozen=True, slots=True)
class Branch:
    """Terms that must all hold, sorted by what they are for.

    ``partition`` are those that pin the partition key, ``sort`` those that a read can go by, and
    ``terms`` all but the first. ``is_negated`` tells that something says what the sort key is not.
    """

    partition: KeyTerms
    sort: KeyTerms
    terms: tuple[Tree, ...]
    is_negated: bool

    @property
    def is_settled(self) -> bool:
        """Whether this is one read, whatever the values turn out to be."""
        known = (*self.partition, *self.sort)
        return (
            len(self.partition) == 1
            and len(self.sort) <= 1
            and not any(one.condition.operator == "IN" for one in known)
        )


def branches_of(where: Tree | None, key: Key) -> list[Branch]:
    """Returns the branches of a condition in the order of the text, none of too many."""
    if where is None or count_of(where, key) > BRANCHES_MAX:
        return []
    return [branch(terms, key) for terms in alternatives(where, key)]


def is_pinned(where: Tree, partition: str) -> bool:
    """Whether every branch of a condition pins the partition key."""
    match where:
        case And():
            return any(is_pinned(term, partition) for term in where.terms)
        case Or():
            return all(is_pinned(term, partition) for term in where.terms)
    return pinned(partition, where) is not None


def alternatives(tree: Tree, key: Key) -> list[tuple[Tree, ...]]:
    """Returns the terms of each branch."""
    match tree:
        case And():
            parts = [alternatives(term, key) for term in tree.terms]
            return [tuple(term for terms in chosen for term in terms) for chosen in product(*parts)]
        case Or() if has_key_condition(tree, key):
            return [terms for one in tree.terms for terms in alternatives(one, key)]
    return [(tree,)]


def count_of(tree: Tree, key: Key) -> int:
    """Returns how many branches a condition has; there may be more than could be listed."""
    match tree:
        case And():
            return prod(count_of(term, key) for term in tree.terms)
        case Or() if has_key_condition(tree, key):
            return sum(count_of(term, key) for term in tree.terms)
    return 1


def has_key_condition(tree: Tree, key: Key) -> bool:
    """Whether a condition that a key can be read by stands in a tree, outside of NOT."""
    if isinstance(tree, And | Or):
        return any(has_key_condition(term, key) for term in tree.terms)
    partition, sort = key
    if pinned(partition, tree) is not None:
        return True
    return sort is not None and key_condition(sort, tree) is not None


def branch(terms: tuple[Tree, ...], key: Key) -> Branch:
    """Returns a branch of these terms."""
    partition, sort = key
    pins = tuple(found(terms, partition, pinned))
    others = tuple(term for term in terms if all(term is not pin.term for pin in pins))
    if sort is None:
        return Branch(pins, (), others, is_negated=False)
    return Branch(
        pins,
        tuple(found(others, sort, key_condition)),
        others,
        is_negated=any(negates(sort, term) for term in others),
    )


def found(
    terms: tuple[Tree, ...], attribute: str, look: Callable[[str, Tree], SortTerm | None]
) -> Iterator[KeyTerm]:
    """Gives the terms that are conditions on an attribute."""
    for term in terms:
        condition = look(attribute, term)
        if condition is not None:
            yield KeyTerm(condition, term)


def key_condition(attribute: str, term: Tree) -> SortTerm | None:
    """Returns a term as a condition that a key attribute can be read by; IN is one for each."""
    if isinstance(term, In) and is_attribute(term.operand, attribute):
        names = names_of(term.candidates)
        if names is None:
            return None
        return SortTerm("=" if len(names) == 1 else "IN", names)
    return condition_on(attribute, term)


def pinned(attribute: str, term: Tree) -> SortTerm | None:
    """Returns a term as the values that a partition key has, or None."""
    condition = key_condition(attribute, term)
    return condition if condition is not None and condition.operator in {"=", "IN"} else None


def negates(attribute: str, term: Tree) -> bool:
    """Whether a term says what a key attribute is not."""
    if isinstance(term, Compare) and term.operator == "<>":
        return any(is_attribute(one, attribute) for one in operands_of(term))
    return isinstance(term, Not) and attribute in attributes_of(term)


# reads


def key_reads_of(one: Branch, sort: KeyTerms) -> tuple[KeyRead, ...]:
    """Returns the reads of a branch by its first pin and these conditions on the sort key.

    Of one condition each value is a read of its own. Of several the best goes along, or ``>`` and
    ``<`` together, and the others filter.
    """
    if len(sort) == 1:
        choices, used = each_of(sort[0].condition), one.sort
    else:
        choice, used = best_of(sort)
        choices = (choice,)
    rest = tuple(term for term in one.terms if all(term is not other.term for other in used))
    return tuple(
        KeyRead(partition, choice, rest, one.terms)
        for partition in one.partition[0].condition.names
        for choice in choices
    )


def each_of(condition: SortTerm) -> tuple[SortTerm | None, ...]:
    """Returns IN as the equalities that it stands for, and any other condition as it is."""
    if condition.operator != "IN":
        return (condition,)
    return tuple(SortTerm("=", (name,)) for name in condition.names)


def best_of(sort: KeyTerms) -> tuple[SortTerm | None, KeyTerms]:
    """Returns the condition to read by, None for none, and the terms that need no filter then."""
    chosen = [
        next((one for one in sort if one.condition.operator in wanted), None)
        for wanted in ({"="}, {"BETWEEN", "begins_with"}, {">", ">="}, {"<", "<="})
    ]
    known = [one for one in chosen[:2] if one is not None][:1] or [
        one for one in chosen[2:] if one is not None
    ]
    if len(known) < len(("from", "to")):
        return next(((one.condition, (one,)) for one in known), (None, ()))
    # BETWEEN includes its bounds: a strict one is filtered away behind it.
    names = tuple(one.condition.names[0] for one in known)
    loose = tuple(one for one in known if one.condition.operator in {">=", "<="})
    return SortTerm("BETWEEN", names), loose

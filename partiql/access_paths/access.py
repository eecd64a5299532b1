"""How a plan gets at its items: a plan and a table's key become reads or one write.

A SELECT is taken apart into branches. When every one of them pins the partition key, each is a
keyed read; else the whole table or index is scanned. A write needs the whole key; the rest is
its condition.

Here values have names only. Where it depends on them what is read (whether two of them are the
same, say) the access is ``Keyed``, and ``access_paths.key_reads`` makes of it what it comes to.
"""

from dataclasses import dataclass, replace
from itertools import takewhile
from typing import Final, TypeAlias

from ddblite.engine.expressions.tree import Call, Or, Path, Tree
from ddblite.partiql.access_paths.branches import (
    Branch,
    KeyRead,
    branches_of,
    is_pinned,
    key_reads_of,
)
from ddblite.partiql.access_paths.ordering import check_terms
from ddblite.partiql.access_paths.sources import check_columns, key_of, lacking, source_of
from ddblite.partiql.access_paths.terms import (
    choices_of,
    equality,
    joined,
    key_hint,
    terms_of,
)
from ddblite.partiql.plans.plan import Delete, Insert, Plan, Select, Update
from ddblite.partiql.syntax.faults import StatementError
from ddblite.schema.tables import Source, TableSpec

NO_WHOLE_KEY: Final = "Where clause does not contain a mandatory equality on all key attributes"
TOO_MANY_READS: Final = "Too many decomposed read operations for a given query."
READS_MAX: Final = 50
"""Combinations of key values in one SELECT. Captured on AWS, September 2026."""


@dataclass(frozen=True, slots=True)
class Get:
    """Gets items by their whole key, one for each key read."""

    source: Source
    key_reads: tuple[KeyRead, ...]


@dataclass(frozen=True, slots=True)
class Query:
    """Queries a range of one partition for each key read."""

    source: Source
    key_reads: tuple[KeyRead, ...]


@dataclass(frozen=True, slots=True)
class Scan:
    """Reads everything.

    ``keyed`` are the branches that could have been read by key, up to the first that could not:
    the values of their keys are looked at all the same.
    """

    source: Source
    filter: Tree | None
    keyed: tuple[Branch, ...] = ()


@dataclass(frozen=True, slots=True)
class Keyed:
    """Reads by key, or everything, as the values turn out; ``key_reads`` are those of each branch.

    ``missing`` are the attributes that each branch filters by and the index does not have.
    """

    source: Source
    branches: tuple[Branch, ...]
    key_reads: tuple[tuple[KeyRead, ...], ...]
    missing: tuple[tuple[str, ...], ...]
    where: Tree


@dataclass(frozen=True, slots=True)
class Put:
    """Writes an item that must not be there."""

    table: TableSpec
    condition: Tree


@dataclass(frozen=True, slots=True)
class Change:
    """Updates or deletes the item of a key: attribute names with the names of their values.

    ``again`` are the values that an attribute of the key is said to equal besides: they have to be
    the same, or the statement is of more than one item.
    """

    table: TableSpec
    key: tuple[tuple[str, str], ...]
    condition: Tree | None
    again: tuple[tuple[str, str], ...] = ()


Read: TypeAlias = Get | Query | Scan
Access: TypeAlias = Read | Keyed | Put | Change


def access_to(table: TableSpec, plan: Plan) -> Access:
    """Returns how a plan gets at its items, or raises ValidationException."""
    is_missing = Call("attribute_not_exists", (Path((table.key.partition[0].name,)),))
    match plan:
        case Select():
            return read(table, plan)
        case Insert():
            return Put(table, is_missing)
        case Update():
            # An UPDATE of a missing item fails: PartiQL never makes one.
            exists = Call("attribute_exists", is_missing.arguments)
            found = change(table, plan.where)
            return replace(found, condition=joined((exists, *terms_of(found.condition))))
        case Delete():
            # What is not there needs no deleting, whatever else is asked of it.
            found = change(table, plan.where)
            if found.condition is None:
                return found
            return replace(found, condition=Or((is_missing, *choices_of(found.condition))))
    return read(table, plan.select)


# reading


def read(table: TableSpec, plan: Select) -> Read | Keyed:
    """Returns how a SELECT reads: by keys where it can, else by a scan."""
    source = source_of(table, plan.index)
    check_columns(source, plan.columns)
    check_terms(source, plan)
    branches = branches_of(plan.where, key_of(source))
    if plan.where is None or not is_pinned(plan.where, source.partition.name):
        keyed = takewhile(lambda one: one.partition, branches)
        return Scan(source, plan.where, tuple(keyed))
    if not branches:
        raise StatementError(TOO_MANY_READS)
    key_reads = tuple(key_reads_of(one, one.sort) for one in branches)
    missing = tuple(tuple(lacking(source, one[0].rest)) for one in key_reads)
    if len(branches) == 1 and branches[0].is_settled and not missing[0]:
        return by_key(source, key_reads[0])
    return Keyed(source, tuple(branches), key_reads, missing, plan.where)


def by_key(source: Source, key_reads: tuple[KeyRead, ...]) -> Get | Query:
    """Returns key reads as gets of items when all of them have the whole key, else as queries."""
    whole = source.index is None and all(
        source.sort is None or (key_read.sort is not None and key_read.sort.operator == "=")
        for key_read in key_reads
    )
    return Get(source, key_reads) if whole and key_reads else Query(source, key_reads)


# writing


def change(table: TableSpec, where: Tree | None) -> Change:
    """Returns the key of the item to change, and what else is asked of it.

    Every equality of a key attribute and a value is of the key, also a second one.
    """
    asked = terms_of(where)
    key: list[tuple[str, str]] = []
    again: list[tuple[str, str]] = []
    for part in table.parts:
        found = [equality(part.name, term) for term in asked]
        names = [name for name in found if name is not None]
        if not names:
            raise StatementError(NO_WHOLE_KEY, hint=key_hint(part, asked))
        key.append((part.name, names[0]))
        again += [(part.name, name) for name in names[1:]]
        asked = tuple(term for term, name in zip(asked, found, strict=True) if name is None)
    return Change(table, tuple(key), joined(asked), tuple(again))

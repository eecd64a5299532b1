"""How a plan gets at its items: a plan and a table's key become reads or one write.

The partition key is taken from the AND terms at the top of WHERE, in this order: an equality,
an IN, an OR whose every branch has one of these. Each value is one leg. Within a leg, one
condition on the sort key goes along (``>`` and ``<`` together make a range); all that is left
over filters what the leg reads. Nothing is looked for inside NOT. Without a partition key
the whole table or index is scanned. A write needs the whole key; the rest is its condition.

Here values have names only; whether two of them are equal, and what follows, is seen when
they are known (``legs``).
"""

from dataclasses import dataclass, replace
from typing import Final, TypeAlias

from ddblite.engine.expressions.tree import (
    Call,
    In,
    Or,
    Path,
    Tree,
)
from ddblite.partiql.faults import INDEX, StatementError, order_term
from ddblite.partiql.plan import Column, Delete, Insert, Plan, Select, Update
from ddblite.partiql.terms import (
    SortTerm,
    attributes_of,
    branches_of,
    condition_on,
    is_attribute,
    joined,
    key_condition_on,
    key_hint,
    names_of,
    terms_of,
    without,
)
from ddblite.schema.errors import ValidationException
from ddblite.schema.tables import IndexSpec, KeyPart, TableSpec

INVALID: Final = "One or more parameter values were invalid: "
NO_WHOLE_KEY: Final = "Where clause does not contain a mandatory equality on all key attributes"
SEVERAL_ATTRIBUTES: Final = (
    "PartiQL statements cannot be executed on tables with multi-attribute HASH keys or"
    " multi-attribute RANGE keys."
)
"""Said of an index with such a key alone; its table and the other indexes are as any."""

PARTITION_CHOICES_MAX: Final = 50
"""Values after IN on the partition key. Guide: "IN"."""


@dataclass(frozen=True, slots=True)
class Source:
    """What is read: a table or one of its indexes, and the key that it is read by."""

    table: TableSpec
    index: IndexSpec | None
    partition: KeyPart
    sort: KeyPart | None

    @property
    def key_names(self) -> tuple[str, ...]:
        """The source's own key attributes."""
        sort = () if self.sort is None else (self.sort.name,)
        return (self.partition.name, *sort)


@dataclass(frozen=True, slots=True)
class Leg:
    """One keyed read, by the name of the partition key's value.

    ``rest`` is what is left to filter by; ``branch`` is everything asked besides the partition
    key, ``sort`` included.
    """

    partition: str
    sort: SortTerm | None
    rest: tuple[Tree, ...]
    branch: tuple[Tree, ...]


@dataclass(frozen=True, slots=True)
class Get:
    """Reads items by their whole key, one per leg."""

    source: Source
    legs: tuple[Leg, ...]


@dataclass(frozen=True, slots=True)
class Query:
    """Reads a range of one partition per leg."""

    source: Source
    legs: tuple[Leg, ...]


@dataclass(frozen=True, slots=True)
class Scan:
    """Reads everything."""

    source: Source
    filter: Tree | None


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
Access: TypeAlias = Read | Put | Change


def access_to(table: TableSpec, plan: Plan) -> Access:
    """Returns how a plan gets at its items, or raises ValidationException."""
    is_missing = Call("attribute_not_exists", (Path((table.partition.name,)),))
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
            return replace(found, condition=Or((is_missing, *branches_of(found.condition))))
    return read(table, plan.select)


# reading


def read(table: TableSpec, plan: Select) -> Read:
    """Returns how a SELECT reads: by keys where it can, else by a scan."""
    source = source_of(table, plan.index)
    check_columns(source, plan.columns)
    legs = legs_of(source, terms_of(plan.where))
    check_order(source, plan, keyed=legs is not None)
    if legs is None:
        return Scan(source, plan.where)
    check_filters(source, legs)
    whole = all(leg.sort is not None and leg.sort.operator == "=" for leg in legs)
    if source.index is None and (source.sort is None or whole):
        return Get(source, legs)
    return Query(source, legs)


def source_of(table: TableSpec, index_name: str | None) -> Source:
    """Returns the table or index that a SELECT names, or raises when there is no such index."""
    if index_name is None:
        return Source(table, None, table.partition, table.sort)
    index = table.indexes.get(index_name)
    if index is None:
        raise StatementError("The table does not have the specified index", about=(INDEX,))
    if len(index.partition) > 1 or len(index.sort) > 1:
        raise StatementError(SEVERAL_ATTRIBUTES, about=(INDEX,))
    return Source(table, index, index.partition[0], index.sort[0] if index.sort else None)


def legs_of(source: Source, terms: tuple[Tree, ...]) -> tuple[Leg, ...] | None:
    """Returns the legs of a keyed read, or None when no term fixes the partition key."""
    for choose in (by_equality, by_choice, by_branches):
        for place, term in enumerate(terms):
            found = choose(source.partition.name, term)
            if found is not None:
                others = terms[:place] + terms[place + 1 :]
                return tuple(leg(source, name, more + others) for name, more in found)
    return None


Found: TypeAlias = list[tuple[str, tuple[Tree, ...]]]
"""Names of partition key values, each with the further terms of its branch."""


def by_equality(attribute: str, term: Tree) -> Found | None:
    """Returns the value that a term says the partition key equals, or None."""
    found = condition_on(attribute, term)
    if found is None or found.operator != "=":
        return None
    return [(found.names[0], ())]


def by_choice(attribute: str, term: Tree) -> Found | None:
    """Returns the values that a term says the partition key is among, or None."""
    if not (isinstance(term, In) and is_attribute(term.operand, attribute)):
        return None
    names = names_of(term.candidates)
    if names is None:
        return None
    if len(names) > PARTITION_CHOICES_MAX:
        raise ValidationException(
            f"The IN operator is provided with too many operands; number of operands: {len(names)}"
        )
    return [(name, ()) for name in names]


def by_branches(attribute: str, term: Tree) -> Found | None:
    """Returns the values of an OR whose every branch fixes the partition key, or None."""
    if not isinstance(term, Or):
        return None
    found: Found = []
    for branch in term.terms:
        chosen = by_branch(attribute, terms_of(branch))
        if chosen is None:
            return None
        found.extend(chosen)
    return found


def by_branch(attribute: str, terms: tuple[Tree, ...]) -> Found | None:
    """Returns the values of one branch of an OR, or None when it fixes no partition key."""
    for choose in (by_equality, by_choice):
        for place, term in enumerate(terms):
            found = choose(attribute, term)
            if found is not None:
                others = terms[:place] + terms[place + 1 :]
                return [(name, others) for name, _ in found]
    return None


def leg(source: Source, partition: str, terms: tuple[Tree, ...]) -> Leg:
    """Returns the keyed read of one partition, with the best condition on the sort key."""
    if source.sort is None:
        return Leg(partition, None, terms, terms)
    found = [key_condition_on(source.sort.name, term) for term in terms]
    chosen = [
        next((place for place, one in enumerate(found) if one and one.operator in wanted), None)
        for wanted in ({"="}, {"BETWEEN", "begins_with"}, {">", ">="}, {"<", "<="})
    ]
    places: tuple[int, ...] = tuple(place for place in chosen[:2] if place is not None)[:1]
    if not places:
        places = tuple(place for place in chosen[2:] if place is not None)
    if not places:
        return Leg(partition, None, terms, terms)
    used = [one for place in places if (one := found[place])]
    if len(used) == 1:
        return Leg(partition, used[0], without(terms, places), terms)
    # BETWEEN includes its bounds: a strict one is filtered away behind it.
    between = SortTerm("BETWEEN", (used[0].names[0], used[1].names[0]))
    loose = [place for place, one in zip(places, used, strict=True) if one.operator in {">=", "<="}]
    return Leg(partition, between, without(terms, loose), terms)


# what a read may not ask


def check_columns(source: Source, columns: tuple[Column, ...] | None) -> None:
    """Raises when a global index does not have what is to be given back."""
    index = source.index
    if columns is None or index is None or not index.is_global or index.projected is None:
        return
    asked = dict.fromkeys(column.path.attribute for column in columns)
    missing = [attribute for attribute in asked if attribute not in index.projected]
    if missing:
        raise ValidationException(
            f"{INVALID}Global secondary index {index.name} does not project [{', '.join(missing)}]"
        )


def check_filters(source: Source, legs: tuple[Leg, ...]) -> None:
    """Raises when a keyed read of an index filters by what the index does not have."""
    index = source.index
    if index is None or index.projected is None:
        return
    asked = dict.fromkeys(name for one in legs for term in one.rest for name in attributes_of(term))
    missing = [attribute for attribute in asked if attribute not in index.projected]
    if missing:
        raise ValidationException(
            f"{INVALID}Secondary index {index.name} does not project one or more filter "
            f"attributes: [{', '.join(missing)}]"
        )


def check_order(source: Source, plan: Select, *, keyed: bool) -> None:
    """Raises when a SELECT asks for an order that its key does not give."""
    if not plan.order:
        return
    if plan.where is None:
        raise StatementError(
            "Must have WHERE clause in the statement when using ORDER BY clause.",
            about=(order_term(0),),
            hint=needs_partition(source),
        )
    if not keyed:
        raise StatementError(
            "Must have at least one non-optional hash key condition in WHERE clause when using "
            "ORDER BY clause.",
            about=(order_term(0),),
            hint=needs_partition(source),
        )
    for place, ordering in enumerate(plan.order):
        steps = ordering.path.steps
        if len(steps) > 1 or steps[0] not in source.key_names:
            raise StatementError(
                f"Variable reference {ordering.path.attribute} in ORDER BY clause must be part "
                "of the primary key",
                about=(order_term(place),),
                hint=f"ORDER BY takes {' and '.join(source.key_names)}.",
            )


def needs_partition(source: Source) -> str:
    """Returns what a SELECT lacks whose items have no order."""
    return (
        f"Only the items of known partitions are sorted: WHERE needs {source.partition.name}"
        " = or IN."
    )


# writing


def change(table: TableSpec, where: Tree | None) -> Change:
    """Returns the key of the item to change, and what else is asked of it.

    Every equality of a key attribute and a value is of the key, also a second one.
    """
    asked = terms_of(where)
    key: list[tuple[str, str]] = []
    again: list[tuple[str, str]] = []
    for part in table.parts:
        found = [by_equality(part.name, term) for term in asked]
        names = [one[0][0] for one in found if one is not None]
        if not names:
            raise StatementError(NO_WHOLE_KEY, hint=key_hint(part, asked))
        key.append((part.name, names[0]))
        again += [(part.name, name) for name in names[1:]]
        asked = tuple(term for term, one in zip(asked, found, strict=True) if one is None)
    return Change(table, tuple(key), joined(asked), tuple(again))

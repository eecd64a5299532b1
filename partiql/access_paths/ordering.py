"""ORDER BY: what its terms may be, and which way a read goes because of them.

The partitions of a statement come in the order of the partition key's term, and each of them in
the order of the sort key's. Without a term for the sort key a partition is read descending,
whatever the direction of the other term. Where the sort key's term stands first, the items of
several partitions are merged.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from ddblite.partiql.plans import plan
from ddblite.partiql.syntax.faults import StatementError, order_term
from ddblite.schema.tables import Source


@dataclass(frozen=True, slots=True)
class Order:
    """Which way a read goes.

    ``backward`` is against the sort key. ``merged`` sorts the items of several partitions by it,
    ``partitions`` sorts the partitions themselves: 1 ascending, -1 descending, 0 as they come.
    """

    backward: bool = False
    merged: bool = False
    partitions: int = 0

    @property
    def is_given(self) -> bool:
        """Whether there is an ORDER BY."""
        return self.merged or self.partitions != 0


UNORDERED: Final = Order()


def order_of(source: Source, terms: Sequence[plan.Ordering]) -> Order:
    """Returns what ORDER BY comes to; its terms are key attributes."""
    directions = {term.path.attribute: -1 if term.descending else 1 for term in terms}
    sort = None if source.sort is None else source.sort.name
    return Order(
        backward=bool(terms) and sort is not None and directions.get(sort, -1) == -1,
        merged=sort is not None and next(iter(directions), None) == sort,
        partitions=directions.get(source.partition.name, 0),
    )


def check_terms(source: Source, select: plan.Select) -> None:
    """Raises when ORDER BY has no WHERE, or is of something else than the key."""
    if select.order and select.where is None:
        raise StatementError(
            "Must have WHERE clause in the statement when using ORDER BY clause.",
            about=(order_term(0),),
            hint=needs_partition(source),
        )
    for place, ordering in enumerate(select.order):
        steps = ordering.path.steps
        name = steps[0]
        misfit = ordering.misfit or ("PATH" if len(steps) > 1 else "")
        if not misfit and name in source.key_names:
            continue
        message = f"Attribute {name} in ORDER BY clause must be part of the primary key"
        if misfit:
            message = f"Argument to ORDER BY must be of type VariableReference. Type: {misfit}"
        raise StatementError(
            message,
            about=(order_term(place),),
            hint=f"ORDER BY takes {' and '.join(source.key_names)}.",
            says_place=bool(misfit),
        )


def check_partitions(source: Source, order: Order, partitions: int) -> None:
    """Raises when that many partitions cannot be given in an order; 0 is those of a scan."""
    if not order.is_given or partitions == 1 or (partitions and order.partitions):
        return
    message = (
        "Must have hash key in ORDER BY clause when more than one hash key condition specified in"
        " WHERE clause."
    )
    hint = f"Several partitions are sorted by {source.partition.name} first or last."
    if not partitions:
        message = (
            "Must have at least one non-optional hash key condition in WHERE clause when using"
            " ORDER BY clause."
        )
        hint = needs_partition(source)
    raise StatementError(message, about=(order_term(0),), hint=hint)


def needs_partition(source: Source) -> str:
    """Returns what a SELECT lacks whose items have no order."""
    return (
        f"Only the items of known partitions are sorted: WHERE needs {source.partition.name}"
        " = or IN."
    )

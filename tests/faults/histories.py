"""Whether what many transactions saw could have happened one after another: Elle's way.

Every item is a list, and every transaction appends its own number to some of them or reads some.
A list then tells its whole history: who wrote before whom, what a reader had seen and what not yet.
Those relations, and that of real time (who had ended before another began), are edges of a graph.
What happened one after another has no cycle in it; whatever has one did not happen so.

    ww  the writer of an element, and that of the next
    wr  the writer of the last element that was read, and the reader
    rw  a reader, and the writer of the first element that it did not see
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from itertools import pairwise
from typing import Final

NEVER: Final = 1 << 62
"""When something ended of which nobody knows whether it was done."""


@dataclass(frozen=True, slots=True)
class Transaction:
    """What one transaction did, when. One that never ended was carried out or was not."""

    number: int
    begun: int
    ended: int = NEVER
    appended: tuple[str, ...] = ()
    read: tuple[tuple[str, tuple[int, ...]], ...] = ()


Lists = Mapping[str, Sequence[int]]
Node = int | tuple[str, int]
Edges = Iterator[tuple[Node, Node]]


def anomalies(transactions: Sequence[Transaction], final: Lists) -> list[str]:
    """Returns a sentence for whatever cannot have happened; ``final`` are the lists in the end."""
    numbered = {one.number: one for one in transactions}
    found = [
        *wrong_elements(numbered, final),
        *lost_elements(transactions, final),
        *wrong_reads(transactions, final),
    ]
    return found or wrong_order(transactions, final)


def wrong_elements(numbered: Mapping[int, Transaction], final: Lists) -> Iterator[str]:
    """Yields what is in a list twice, or was never appended to it."""
    for name, elements in final.items():
        for element, times in Counter(elements).items():
            if times > 1:
                yield f"{element} is in {name} {times} times"
            writer = numbered.get(element)
            if writer is None or name not in writer.appended:
                yield f"{element} is in {name}, and nobody appended it"


def lost_elements(transactions: Iterable[Transaction], final: Lists) -> Iterator[str]:
    """Yields what was acknowledged and is in no list."""
    for one in transactions:
        for name in one.appended:
            if one.ended != NEVER and one.number not in final.get(name, ()):
                yield f"{one.number} was appended to {name} and is lost"


def wrong_reads(transactions: Iterable[Transaction], final: Lists) -> Iterator[str]:
    """Yields what was read and never was."""
    for one in transactions:
        for name, elements in one.read:
            if list(elements) != list(final.get(name, ())[: len(elements)]):
                yield f"{one.number} read {name} as {elements}, which it never was"
            if name in one.appended and elements[-1:] != (one.number,):
                yield f"{one.number} does not see what it appended to {name}"


def wrong_order(transactions: Sequence[Transaction], final: Lists) -> list[str]:
    """Returns the cycle in what came before what, if there is one."""
    graph: TopologicalSorter[Node] = TopologicalSorter()
    for before, after in (*edges_of_lists(transactions, final), *edges_of_time(transactions)):
        graph.add(after, before)
    try:
        graph.prepare()
    except CycleError as error:
        cycle = [node for node in error.args[1] if isinstance(node, int)]
        return [f"each of these came before the next: {cycle}"]
    return []


def edges_of_lists(transactions: Iterable[Transaction], final: Lists) -> Edges:
    """Yields who came before whom, by what is in the lists and was seen of them."""
    for elements in final.values():
        yield from pairwise(elements)
    for one in transactions:
        for name, elements in one.read:
            seen = len(elements) - (name in one.appended)
            if seen:
                yield elements[seen - 1], one.number
            if len(elements) == seen < len(final.get(name, ())):
                yield one.number, final[name][seen]


def edges_of_time(transactions: Iterable[Transaction]) -> Edges:
    """Yields who had ended before whom began, by way of the moments between them."""
    events = sorted(
        event
        for one in transactions
        for event in ((one.begun, 1, one.number), (one.ended, 0, one.number))
        if event[0] != NEVER
    )
    for place, (_, is_begin, number) in enumerate(events):
        moment = ("moment", place)
        yield ("moment", place - 1), moment
        yield (moment, number) if is_begin else (number, moment)

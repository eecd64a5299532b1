"""Document paths: read one, merge many, and find those that get in each other's way.

Several paths into one item are merged into a ``Branch``, a tree of steps, so that a projection
or an update walks the item once. Two paths that overlap (one begins with the other) or
conflict (a name and an index at the same place) cannot be merged and are refused before.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Final, TypeAlias

from ddblite.engine.expressions.tree import Path
from ddblite.schema.values import Item, Value


class Absent(Enum):
    """What a path leads to when there is nothing."""

    MISSING = "missing"


MISSING: Final = Absent.MISSING
Found: TypeAlias = Value | Absent
Read: TypeAlias = Callable[[Item], Found]


def reader(path: Path) -> Read:
    """Returns the function that reads a path; it finds MISSING where there is nothing."""
    name = path.attribute
    below = path.steps[1:]
    if not below:
        return lambda item: item.get(name, MISSING)

    def read(item: Item) -> Found:
        found: Found = item.get(name, MISSING)
        for step in below:
            if isinstance(step, str):
                if type(found) is not dict:
                    return MISSING
                found = found.get(step, MISSING)
            else:
                if type(found) is not list or step >= len(found):
                    return MISSING
                found = found[step]
        return found

    return read


@dataclass(frozen=True, slots=True)
class Branch:
    """The paths that share their first steps, by their next one.

    ``children`` are in ascending order when they are list indexes. Where a path ends, its
    position among the merged ones stands instead of a further branch.
    """

    children: "tuple[tuple[str | int, Branch | int], ...]"
    is_list: bool


def merge(paths: Sequence[Path]) -> Branch:
    """Returns paths as one tree; they must neither overlap nor conflict."""
    return branch_of([(path.steps, position) for position, path in enumerate(paths)])


def branch_of(tails: Sequence[tuple[tuple[str | int, ...], int]]) -> Branch:
    """Returns what is below one place, from what is left of the paths that lead through it."""
    by_step: dict[str | int, list[tuple[tuple[str | int, ...], int]]] = {}
    for steps, position in tails:
        by_step.setdefault(steps[0], []).append((steps[1:], position))
    is_list = isinstance(next(iter(by_step)), int)
    ordered = sorted(by_step, key=int) if is_list else list(by_step)
    children: list[tuple[str | int, Branch | int]] = []
    for step in ordered:
        below = by_step[step]
        ends = len(below) == 1 and not below[0][0]
        children.append((step, below[0][1] if ends else branch_of(below)))
    return Branch(tuple(children), is_list)


def select_attributes(branch: Branch, item: Item) -> Item:
    """Returns the parts of an item that the paths lead to; lists are closed up."""
    chosen: Item = {}
    for step, below in branch.children:
        name = str(step)
        if name in item:
            found = select(below, item[name])
            if not isinstance(found, Absent):
                chosen[name] = found
    return chosen


def select(branch: Branch | int, value: Value) -> Found:
    """Returns what the paths lead to within a value, or MISSING."""
    if isinstance(branch, int):
        return value
    if branch.is_list:
        return select_elements(branch, value) if isinstance(value, list) else MISSING
    return (select_attributes(branch, value) or MISSING) if isinstance(value, dict) else MISSING


def select_elements(branch: Branch, elements: list[Value]) -> Found:
    """Returns the chosen elements in their order, or MISSING when there are none."""
    chosen: list[Value] = []
    for index, below in branch.children:
        if int(index) < len(elements):
            found = select(below, elements[int(index)])
            if not isinstance(found, Absent):
                chosen.append(found)
    return chosen or MISSING


def overlap_fault(paths: Iterable[Path]) -> str | None:
    """Returns the text for the first path that begins with an earlier one or the reverse."""
    whole: dict[tuple[str | int, ...], int] = {}
    beginnings: dict[tuple[str | int, ...], int] = {}
    seen: list[Path] = []
    for position, path in enumerate(paths):
        steps = path.steps
        prefixes = [steps[:length] for length in range(1, len(steps) + 1)]
        rivals = [whole[prefix] for prefix in prefixes if prefix in whole]
        if steps in beginnings:
            rivals.append(beginnings[steps])
        if rivals:
            return both_paths("overlap", seen[min(rivals)], path)
        seen.append(path)
        whole[steps] = position
        for prefix in prefixes:
            beginnings.setdefault(prefix, position)
    return None


def conflict_fault(paths: Iterable[Path]) -> str | None:
    """Returns the text for the first path that takes for a list what was a map, or the reverse."""
    earlier: dict[tuple[tuple[str | int, ...], bool], int] = {}
    seen: list[Path] = []
    for position, path in enumerate(paths):
        places = [
            (path.steps[:length], isinstance(step, int)) for length, step in enumerate(path.steps)
        ]
        rivals = [
            earlier[steps, not indexed]
            for steps, indexed in places
            if (steps, not indexed) in earlier
        ]
        if rivals:
            return both_paths("conflict", seen[min(rivals)], path)
        seen.append(path)
        for place in places:
            earlier.setdefault(place, position)
    return None


def both_paths(verb: str, first: Path, second: Path) -> str:
    """Returns the text for two paths that do not go together."""
    return (
        f"Two document paths {verb} with each other; must remove or rewrite one of these "
        f"paths; path one: {first}, path two: {second}"
    )

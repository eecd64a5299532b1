"""Projections: which parts of an item are wanted.

Paths that lead nowhere are skipped. Paths into one map or list are merged; chosen list
elements move together, in the order of the list.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

from ddblite.engine.expressions.faults import Checklist, undefined_name
from ddblite.engine.expressions.parser import Parser
from ddblite.engine.expressions.paths import (
    Branch,
    conflict_fault,
    merge,
    overlap_fault,
    select_attributes,
)
from ddblite.engine.expressions.placeholders import names_key
from ddblite.engine.expressions.tree import Operand, Path
from ddblite.schema.values import Item

WHICH: Final = "ProjectionExpression"


@dataclass(frozen=True, slots=True, eq=False)
class Projection:
    """The chosen paths of an item."""

    paths: tuple[Path, ...]
    names_used: frozenset[str]
    attributes: frozenset[str]
    branch: Branch = field(repr=False)

    def apply(self, item: Item) -> Item:
        """Returns the chosen parts of an item; nothing chosen gives an empty one."""
        return select_attributes(self.branch, item)


class ProjectionParser(Parser):
    """Reads paths with commas between them; functions have no place here."""

    def parse(self) -> tuple[Path, ...]:
        """Returns the paths, or raises the most important fault of the text."""
        paths = [self.path()]
        while self.take_symbol(","):
            paths.append(self.path())
        if self.token.kind != "end":
            raise self.syntax_error()
        self.raise_faults("reserved", "path")
        return tuple(paths)

    def check_place(self, function: str, arguments: tuple[Operand, ...]) -> None:
        """Never asked: a path is read where a call would be."""
        raise AssertionError(f"{function} of {arguments} in a projection")


def parse_projection(text: str, names: Mapping[str, str] | None = None) -> Projection:
    """Returns the projection that a text stands for, or raises ValidationException."""
    key = names_key(names)
    return parsed(text, key) if key is not None else parsed.__wrapped__(text, names)


@lru_cache(maxsize=1024)
def parsed(text: str, names: tuple[tuple[str, str], ...]) -> Projection:
    """Returns the projection of a text, from the cache if it is there."""
    meanings = dict(names)
    parser = ProjectionParser(WHICH, text, meanings)
    paths = parser.parse()
    checks = Checklist(WHICH)
    for alias in parser.uses:
        if alias not in meanings:
            checks.fail(undefined_name(alias))
    return compiled(paths, checks, frozenset(parser.uses))


def compile_projection(paths: Sequence[Path]) -> Projection:
    """Returns the projection of paths that were not read from an expression."""
    return compiled(tuple(paths), Checklist(WHICH), frozenset())


def compiled(paths: tuple[Path, ...], checks: Checklist, names_used: frozenset[str]) -> Projection:
    """Returns the projection of paths, or raises when two do not go together."""
    fault = overlap_fault(paths) or conflict_fault(paths)
    if fault:
        checks.fail(fault)
    attributes = frozenset(path.attribute for path in paths)
    return Projection(paths, names_used, attributes, merge(paths))

"""What can still be read of a damaged file: trees as far as they lead, and pages they do not.

First every tree that the schema names is walked down. Where a page on the way is damaged, what
lay below it is in pages that no tree leads to any more, and that are not free either: those are
looked through one by one. A sound file has none that looks like a page of a tree. A row found
anywhere is taken for what its seal proves it to be.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from ddblite.engine.file.bare_pages import Pages
from ddblite.engine.maintenance.bare_trees import Cell, Node, Record, node_of, row_of

SCHEMA = "the schema"
SCHEMA_ROOT = 1

Place = tuple[int, int]
"""Where a row is: the page, and its position there."""


@dataclass(frozen=True, slots=True)
class Found:
    """A row as it was found: its number in its tree, if it has one, and its columns."""

    rowid: int
    columns: Record


class Salvage:
    """The rows of a file, by the trees that they are in."""

    def __init__(self, pages: Pages) -> None:
        self.pages = pages
        self.damaged: dict[int, str] = {}
        self.nodes: dict[str, list[int]] = {}
        self.node = lru_cache(maxsize=256)(self.parsed)
        self.visited: set[int] = {pages.unused()}
        self.walk(SCHEMA, SCHEMA_ROOT)
        for found in self.tree(SCHEMA):
            if len(found.columns) == 5 and isinstance(found.columns[3], int):  # noqa: PLR2004
                self.walk(str(found.columns[1]), found.columns[3])
        free, self.knows_free = pages.free()
        self.visited |= free
        self.stray = self.stray_nodes()

    def parsed(self, number: int) -> Node:
        """Returns what is on a page, or raises ValueError."""
        return node_of(self.pages, number, self.pages.read(number))

    def walk(self, name: str, root: int) -> None:
        """Walks a tree down, and notes its pages in their order."""
        found = self.nodes.setdefault(name, [])
        ahead = [root]
        while ahead:
            number = ahead.pop()
            if number in self.visited or not 0 < number <= self.pages.count:
                self.damaged.setdefault(number, name)
                continue
            self.visited.add(number)
            is_whole = self.pages.is_whole(number)
            try:
                node = self.node(number)
            except ValueError:
                self.damaged[number] = name
                continue
            found.append(number)
            if not is_whole or node.broken:
                self.damaged[number] = name
            if is_whole:
                ahead += reversed(node.children)

    def stray_nodes(self) -> list[int]:
        """Returns the pages that look like some of a tree, and that no tree leads to."""
        found = []
        for number in range(1, self.pages.count + 1):
            if number in self.visited:
                continue
            if not self.pages.is_whole(number):
                self.damaged.setdefault(number, "")
            try:
                self.node(number)
            except ValueError:
                continue
            found.append(number)
        return found

    def tree(self, name: str) -> Iterator[Found]:
        """Gives the rows that a tree leads to."""
        return self.rows_on(self.nodes.get(name, []))

    def whole(self, name: str) -> Iterator[Found]:
        """Gives the rows of a tree that lie on pages which are not known to be damaged."""
        whole = [one for one in self.nodes.get(name, []) if one not in self.damaged]
        return self.rows_on(whole, only_whole=True)

    def strays(self) -> Iterator[Found]:
        """Gives the rows that no tree leads to, whatever they are.

        Where the list of free pages is damaged, some of them may have been changed or removed.
        """
        return self.rows_on(self.stray)

    def rows_on(self, numbers: list[int], *, only_whole: bool = False) -> Iterator[Found]:
        """Gives the rows on some pages; they may go on on others."""
        for number in numbers:
            for cell in self.node(number).cells:
                yield Found(cell.rowid, row_of(self.pages, cell, only_whole=only_whole))

    def bodies(self, name: str) -> "Bodies":
        """Returns the bodies in a tree, and all that may have been some of it."""
        places: dict[int, list[Place]] = {}
        for number in [*self.nodes.get(name, []), *self.stray]:
            for position, cell in enumerate(self.node(number).cells):
                places.setdefault(cell.rowid, []).append((number, position))
        return Bodies(self, places)


@dataclass(frozen=True, slots=True)
class Bodies:
    """The bodies of large rows, by their numbers; where there are several, all of them."""

    salvage: Salvage
    places: dict[int, list[Place]]

    def of(self, number: int) -> Iterator[bytes]:
        """Gives what may be the body with a number."""
        for page, position in self.places.get(number, []):
            cell: Cell = self.salvage.node(page).cells[position]
            columns = row_of(self.salvage.pages, cell)
            if len(columns) == 2 and isinstance(columns[1], bytes):  # noqa: PLR2004
                yield columns[1]

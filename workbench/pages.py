"""What a renderer works on: pages of items, and the screen they go to."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

from ddblite.schema.errors import DdbError
from ddblite.schema.values import Item


@dataclass(frozen=True, slots=True)
class Screen:
    """Where text goes. ``width`` is None when that is no terminal.

    ``table`` is where the items come from; only INSERT statements name it.
    """

    width: int | None = None
    has_colour: bool = False
    has_unicode: bool = True
    table: str = "items"


Pages: TypeAlias = Iterable[list[Item]]
Renderer: TypeAlias = Callable[[Pages, Screen], Iterator[str]]


def columns_of(page: list[Item]) -> list[str]:
    """Returns the names of all attributes of a page, in the order in which they come up."""
    return list(dict.fromkeys(name for item in page for name in item))


def gathered(pages: Pages) -> tuple[list[Item], DdbError | None]:
    """Returns the items of all pages or, with the error, of those before one that fails.

    Raises that error when there is nothing before it.
    """
    items: list[Item] = []
    try:
        for page in pages:
            items.extend(page)
    except DdbError as error:
        if not items:
            raise
        return items, error
    return items, None

"""``_``: the items of the last answer, kept to be shown again without being read again.

What is kept is bounded. Of a longer answer it is the first items, and whoever uses them is told.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from ddblite.schema.sizes import item_size
from ddblite.schema.values import Item
from ddblite.workbench.pages import Pages

KEPT_ITEMS_MAX: Final = 10_000
KEPT_BYTES_MAX: Final = 16 * 1024 * 1024
"""As DynamoDB counts the size of items; in memory they take a few times that."""

NAME: Final = "_"


@dataclass(slots=True)
class LastResult:
    """The first items of an answer, and whether they are all of it.

    ``table`` is where they are from.
    """

    table: str
    items: list[Item] = field(default_factory=list)
    is_whole: bool = False

    def keeping(self, pages: Pages) -> Iterator[list[Item]]:
        """Gives the pages that it is given, and keeps what there is room for."""
        room = KEPT_BYTES_MAX
        has_room = True
        for page in pages:
            for item in page:
                room -= item_size(item)
                has_room = has_room and room >= 0 and len(self.items) < KEPT_ITEMS_MAX
                if not has_room:
                    break
                self.items.append(item)
            yield page
        self.is_whole = has_room

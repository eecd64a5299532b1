"""``Result``: the items of a Query, Scan or statement, page by page as they are asked for.

No SQLite cursor is held between pages: each page is a request of its own, on a snapshot of
its own, and resumes behind the last key of the one before.
"""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, Final, Generic

from ddblite.engine.capacity import added
from ddblite.schema.requests import Consumed, PageAnswer

if TYPE_CHECKING:
    from typing_extensions import TypeVar

    Given = TypeVar("Given", default=dict[str, Any])
    """What a result gives: items as dicts, or objects of a model."""
else:
    from typing import TypeVar

    Given = TypeVar("Given")

FetchPage = Callable[[Any, int | None], PageAnswer]
"""Takes where to go on (None at first) and how many more items are wanted; gives a page."""

NOTHING_READ: Final[Iterator[Any]] = iter(())
"""An iterator at its end, which any number of results may share."""


class Result(Generic[Given]):
    """Items, read lazily: iterate it once, or call ``all()`` or ``first()``.

    ``consumed`` is what was consumed so far, ``cursor`` where to go on (pass it as
    ``after=``), None when everything was read.
    """

    # Most results are of one item: what begins the same for all is set only when it changes.
    consumed: Consumed | None = None
    scanned_count = 0
    pages_read = 0
    is_finished = False
    buffer: Iterator[Given] = NOTHING_READ

    def __init__(
        self,
        fetch: FetchPage,
        *,
        limit: int | None = None,
        after: Any = None,  # noqa: ANN401 - a key, or a statement's token
        plan: str | Callable[[], str] = "",
    ) -> None:
        if limit is not None and limit < 1:
            raise ValueError("limit is a number of items, at least 1")
        self.fetch = fetch
        self.remaining = limit
        self.cursor: Any = after
        self._described = plan

    def __iter__(self) -> Iterator[Given]:
        return self

    def __next__(self) -> Given:
        while True:
            for item in self.buffer:
                return item
            if self.is_finished:
                raise StopIteration
            self.read_page()

    @property
    def plan(self) -> str:
        """What was done, in a line: a Get, a Query of a table or index, or a Scan."""
        return self._described if isinstance(self._described, str) else self._described()

    def read_page(self, wanted: int | None = None) -> list[Given]:
        """Reads one more page into the buffer and returns its items; at the end, none.

        ``wanted`` ends the page earlier than the limit of all the items does.
        """
        if self.is_finished:
            return []
        return self.take(self.fetch(self.cursor, self.remaining if wanted is None else wanted))

    def take(self, page: PageAnswer) -> list[Given]:
        """Adds a page that was read to the buffer and returns its items."""
        self.pages_read += 1
        self.cursor = page.last_key
        self.scanned_count += page.scanned_count
        self.consumed = (
            page.consumed if self.consumed is None else added(self.consumed, page.consumed)
        )
        if self.remaining is not None:
            self.remaining -= page.count
        self.is_finished = self.cursor is None or self.remaining == 0
        items: list[Given] = page.items
        self.buffer = iter(items)
        return items

    def pages(self) -> Iterator[list[Given]]:
        """Gives the items page by page."""
        while not self.is_finished:
            yield self.read_page()

    def all(self) -> list[Given]:
        """Returns all items that were not taken yet."""
        items = list(self.buffer)
        while not self.is_finished:
            items += self.read_page()
        self.buffer = NOTHING_READ
        return items

    def first(self) -> Given | None:
        """Returns the next item, or None when there is none; no further page is read for it."""
        while True:
            for item in self.buffer:
                return item
            if self.is_finished:
                return None
            self.read_page(wanted=1)

    def __repr__(self) -> str:
        state = "finished" if self.is_finished else "more to read"
        return f"<Result of {self.pages_read} pages so far, {state}>"

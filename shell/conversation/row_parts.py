"""An answer that is shown part by part: what was shown of it, and what is still to come.

A page of DynamoDB's is 1 MB, far more than anybody looks at. The shell shows the first rows and
says that there are others; no further page is read until they are asked for.
"""

from collections.abc import Callable, Iterable, Iterator

from ddblite.api.python.result import Result
from ddblite.schema.values import Item


class Parts:
    """The rows of one result. ``rows`` is how many of them were shown, ``table`` their origin.

    ``tell`` says what they took; it is given their number.
    """

    def __init__(
        self,
        result: Result,
        pages: Iterable[list[Item]],
        table: str,
        tell: Callable[[int], None] = lambda _rows: None,
    ) -> None:
        self.result = result
        self.pages = iter(pages)
        self.table = table
        self.rows = 0
        self.rest: list[Item] = []
        self.tell = tell

    def next_pages(self, rows_max: int | None) -> Iterator[list[Item]]:
        """Gives pages with the next rows, in all at most so many, or with None all of them."""
        left = rows_max
        while left is None or left > 0:
            try:
                page = self.rest or next(self.pages)
            except StopIteration:
                return
            shown, self.rest = page[:left], [] if left is None else page[left:]
            self.rows += len(shown)
            if left is not None:
                left -= len(shown)
            yield shown

    @property
    def is_over(self) -> bool:
        """Whether everything was shown; a page that was not read may turn out to be empty."""
        return not self.rest and self.result.is_finished

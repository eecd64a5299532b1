"""What the workbench needs of whoever talks with a person: asking, telling, and settings."""

from collections.abc import Callable, Sequence
from typing import Protocol

from ddblite.api.python.database import Database
from ddblite.schema.errors import DdbError
from ddblite.schema.statement_requests import StatementRequest
from ddblite.workbench.footers import Spent
from ddblite.workbench.pages import Pages


class WorkbenchError(DdbError):
    """Something cannot be done as it was asked for; the sentence says how it can.

    ``details`` are lines that are printed below it.
    """

    def __init__(self, message: str, *, details: Sequence[str] = ()) -> None:
        super().__init__(message)
        self.details = tuple(details)


class Conversation(Protocol):
    """A conversation with a person about one database.

    ``ask`` puts a question and returns the answer; None when nobody is there. ``collected`` are the
    statements of a transaction that has begun.
    """

    database: Database
    allows_scan: bool
    confirms_writes: bool
    shows_consumed: bool
    shows_time: bool
    ask: Callable[[str], str] | None
    collected: list[StatementRequest] | None
    spent: Spent

    def now_s(self) -> float:
        """Returns a moment, for durations."""
        ...

    @property
    def scan_guard_bytes(self) -> int:
        """How large a table is that is not read whole without asking."""
        ...

    def is_confirmed(self, question: str) -> bool:
        """Whether the person says yes; where nobody can be asked, nobody has."""
        ...

    def remark(self, text: str) -> None:
        """Tells one line about an answer."""

    def show(self, pages: Pages, table: str = "tables", kind: str | None = None) -> None:
        """Shows items as they come; ``table`` is where they are from."""

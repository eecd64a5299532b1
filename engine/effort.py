"""How much one request may do where others wait for it.

Nothing is bounded unless someone says so: a program that asks the engine itself waits for nobody
but itself. A server sets an ``Effort`` for the request at hand:

* rows in bytes, beyond which the request is given up with ``TooLong``, to be asked again where
  nobody waits for it;
* no writing: whatever the request was taken for, it is given up with ``WouldWrite`` before it
  would wait for the lock of a file;
* seconds, after which a page with a filter ends, as the service's may: behind at least one item;
* a call behind every row, for which a thread beside others may give its turn away.

A request that is given up has changed nothing: what it had begun is undone.
"""

from collections.abc import Callable
from contextvars import ContextVar
from math import inf
from typing import Final

ROW_BYTES: Final = 100
"""What a row counts for beside its own bytes: small ones take time as well."""


class GivenUp(Exception):  # noqa: N818 - never an error of the request; it is asked again
    """A request went beyond its effort."""


class TooLong(GivenUp):
    """It would read more than it may here."""


class WouldWrite(GivenUp):
    """It would write, which it may not here."""


class Effort:
    """What one request may do, and what is left of it."""

    __slots__ = ("between_rows", "bytes_left", "end_s", "may_write", "seconds_max", "timer")

    def __init__(
        self,
        *,
        bytes_max: float = inf,
        may_write: bool = True,
        seconds_max: float = inf,
        timer: Callable[[], float] | None = None,
        between_rows: Callable[[], None] | None = None,
    ) -> None:
        self.bytes_left = bytes_max
        self.may_write = may_write
        self.seconds_max = seconds_max
        self.timer = timer
        self.between_rows = between_rows
        self.end_s = inf
        if timer is not None:
            self.begin()

    def begin(self) -> None:
        """Counts the seconds from now on."""
        self.end_s = inf if self.timer is None else self.timer() + self.seconds_max

    def spend(self, row_bytes: int) -> None:
        """Counts a row, or raises TooLong."""
        self.bytes_left -= row_bytes + ROW_BYTES
        if self.bytes_left < 0:
            raise TooLong
        if self.between_rows is not None:
            self.between_rows()

    def is_over(self) -> bool:
        """Whether the time is up."""
        return self.timer is not None and self.timer() >= self.end_s


EFFORT: Final[ContextVar[Effort | None]] = ContextVar("effort", default=None)
"""That of the request at hand; None bounds nothing."""

"""Time and randomness, one object, replaced in tests.

Nothing else in the engine reads the system's clock or its randomness, so that the same
file, requests and clock give the same bytes.
"""

import time
import uuid
from typing import Protocol


class Clock(Protocol):
    """What the engine asks of a clock."""

    def now_s(self) -> float:
        """Returns the seconds since 1970, with a fraction."""
        ...

    def new_id(self) -> str:
        """Returns a fresh UUID in its usual text form."""
        ...


class SystemClock:
    """The machine's clock and randomness."""

    def now_s(self) -> float:
        """Returns the seconds since 1970, with a fraction."""
        return time.time()

    def new_id(self) -> str:
        """Returns a random UUID."""
        return str(uuid.uuid4())


class FixedClock:
    """A clock that stands still until it is moved, with ids that count; for tests and demos."""

    def __init__(self, now_s: float = 1_700_000_000.0) -> None:
        self.time_s = now_s
        self.ids = 0

    def now_s(self) -> float:
        """Returns the time that was set."""
        return self.time_s

    def advance(self, seconds: float) -> None:
        """Moves the clock; a negative amount moves it back."""
        self.time_s += seconds

    def new_id(self) -> str:
        """Returns the next id of a sequence."""
        self.ids += 1
        return str(uuid.UUID(int=self.ids, version=4))

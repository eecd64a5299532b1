"""How Python shares its time out in a process that serves.

Python runs one thread at a time. Beside a thread that works for long, the loop gets its turn when
a switch interval has passed, and an answer takes it some ten turns: each read and write of a socket
and each step of SQLite gives the turn away. And while Python looks for garbage, nobody has a turn.

Measured on two processors, a client that asks for one item beside another that scans pages of
1 MB: with Python's own 5 ms the 99th of a hundred answers came after 190 ms, with a tenth of that
after 26, and with the program itself no longer looked through for garbage after 9.

A turn is asked for only by who has waited a whole switch interval in vain, and whatever lets go of
Python for a moment, as each step of SQLite does, begins that wait anew: a thread that takes a step
every tenth of a millisecond is never asked, and takes Python back before another thread is awake.
On two idle processors an item came after the whole second that a page may take, beside a scan that
compares each of many small items with 500 values. So a thread that reads many rows lies down for a
moment of its own accord: then the longest wait was under 10 ms.
"""

import gc
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

SWITCH_SECONDS: Final = 0.0005

WORK_SECONDS: Final = 0.001
"""How long a thread that reads rows works before it lies down."""

REST_SECONDS: Final = 0.000_05
"""Enough for a thread that waits to wake up; a twentieth of the work."""


@contextmanager
def short_turns() -> Iterator[None]:
    """Lets threads take short turns for the length of a ``with`` block."""
    earlier = sys.getswitchinterval()
    sys.setswitchinterval(SWITCH_SECONDS)
    try:
        yield
    finally:
        sys.setswitchinterval(earlier)


class Rests:
    """A thread's rests between the rows it reads. ``clock`` and ``sleep`` are of seconds."""

    def __init__(
        self,
        clock: Callable[[], float] = time.perf_counter,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.clock = clock
        self.sleep = sleep
        self.next_s = clock() + WORK_SECONDS

    def rest_if_due(self) -> None:
        """Lies down for a moment, if the last time was long ago."""
        if self.clock() >= self.next_s:
            self.sleep(REST_SECONDS)
            self.next_s = self.clock() + WORK_SECONDS


def spare_what_is_loaded() -> None:
    """Leaves all that is in memory by now to itself: it is the program, and stays."""
    gc.collect()
    gc.freeze()

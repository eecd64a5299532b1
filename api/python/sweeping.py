"""Sweeping beside a program: items that have expired go without anybody asking.

One thread of a database does it, in small transactions; it looks once a second, which is one read
while nothing is due. It ends when the database is closed. A full disk and damage are told once, in
the log "ddblite" of Python's ``logging``; what else keeps it from sweeping, such as somebody who
holds the file, is told to whoever asks for something, and the next look may be luckier.
"""

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from ddblite.engine.actors import SERVICE
from ddblite.engine.engine import Engine
from ddblite.schema.control_requests import Sweep, SweepAnswer
from ddblite.schema.errors import Corrupt, DdbError, DiskFull

logger: Final = logging.getLogger("ddblite")

LOOK_SECONDS: Final = 1.0
"""Between two looks."""

STEP_SECONDS: Final = 0.01
"""Between two transactions, for others to come in."""


def swept(engine: Engine) -> SweepAnswer:
    """Does one step, in one transaction."""
    answer: SweepAnswer = engine.execute(Sweep(), actor=SERVICE)
    return answer


def sweep(engine: Engine) -> int:
    """Removes everything that has expired; returns how many items."""
    expired = 0
    while True:
        answer = swept(engine)
        expired += answer.expired
        if answer.is_done:
            return expired


class Sweeper:
    """The thread that sweeps an open database."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.ended = threading.Event()
        self.told: set[str] = set()
        self.thread = threading.Thread(target=self.run, name="ddblite-sweep", daemon=True)

    def start(self) -> None:
        """Begins to sweep."""
        self.thread.start()

    def turn(self) -> bool:
        """Does one step; returns whether there is more to do."""
        try:
            return not swept(self.engine).is_done
        except (Corrupt, DiskFull) as fault:
            if fault.message not in self.told:
                self.told.add(fault.message)
                logger.warning("items that have expired were not removed: %s", fault.message)
            return False
        except DdbError:
            return False

    def run(self) -> None:
        """Sweeps until it is ended."""
        has_more = False
        while not self.ended.wait(STEP_SECONDS if has_more else LOOK_SECONDS):
            has_more = self.turn()

    def end(self) -> None:
        """Ends the thread, behind the step that it is in."""
        self.ended.set()
        if self.thread.is_alive() and self.thread is not threading.current_thread():
            self.thread.join()


@contextmanager
def sweeping(engine: Engine) -> Iterator[None]:
    """Sweeps for the length of a ``with`` block, unless the file may not be written."""
    if engine.storage.mode == "read":
        yield
        return
    sweeper = Sweeper(engine)
    sweeper.start()
    try:
        yield
    finally:
        sweeper.end()

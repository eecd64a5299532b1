"""Scrubbing a file while its server has nothing to do.

A pass begins when the server does, and again so many hours after the last one ended, by the
engine's clock. Its steps are done by a thread, and only while nobody asks for anything: when a
request has come since it last looked, it waits a while before it looks again. So a pass may take
as long as it likes. What is wrong is told once, in the log "ddblite.serve" of Python's ``logging``.
"""

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

from ddblite.engine.engine import Engine
from ddblite.engine.maintenance import scrub
from ddblite.schema.errors import DdbError

logger: Final = logging.getLogger("ddblite.serve")

LOOK_SECONDS: Final = 0.25
"""How long nobody must have asked for anything; and how often it looks if a pass is due."""

STEP_SECONDS: Final = 0.02
"""Between two steps, of a few milliseconds each."""

HOUR_SECONDS: Final = 3600


class IdleScrub:
    """The passes over one file; ``asked`` counts what its server was asked for."""

    def __init__(self, engine: Engine, hours: float, asked: Callable[[], int]) -> None:
        self.engine = engine
        self.hours = hours
        self.asked = asked
        self.seen = -1
        self.due_s = engine.clock.now_s()
        self.steps: Iterator[scrub.Step] | None = None
        self.told: set[str] = set()
        self.ended = threading.Event()

    def turn(self) -> bool:
        """Does a step if a pass is due and nobody asked for anything; returns whether it did."""
        asked = self.asked()
        is_idle, self.seen = asked == self.seen, asked
        if not is_idle or (self.steps is None and self.engine.clock.now_s() < self.due_s):
            return False
        if self.steps is None:
            self.steps = scrub.steps(self.engine.storage)
        try:
            step = self.engine.guarded(lambda: next(self.steps or iter(()), None))
        except DdbError as fault:
            step = None
            self.tell(f"the file could not be scrubbed: {fault.message}")
        if step is None:
            self.steps = None
            self.due_s = self.engine.clock.now_s() + self.hours * HOUR_SECONDS
            return False
        for problem in step.problems:
            self.tell(problem)
        return True

    def tell(self, problem: str) -> None:
        """Tells of a problem that was not told of before."""
        if problem not in self.told:
            self.told.add(problem)
            logger.error("%s", problem)

    def run(self) -> None:
        """Does steps until it is ended."""
        has_worked = False
        while not self.ended.wait(STEP_SECONDS if has_worked else LOOK_SECONDS):
            has_worked = self.turn()


@contextmanager
def scrubbing(engine: Engine, hours: float, asked: Callable[[], int]) -> Iterator[None]:
    """Scrubs for the length of a ``with`` block, if there is a file and ``hours`` are not 0."""
    if not hours or engine.storage.in_memory:
        yield
        return
    passes = IdleScrub(engine, hours, asked)
    thread = threading.Thread(target=passes.run, name="ddblite-scrub")
    thread.start()
    try:
        yield
    finally:
        passes.ended.set()
        thread.join()

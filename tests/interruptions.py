"""Ctrl-C at each line of the engine in turn: not by a timer, which strikes where it likes."""

import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType
from typing import Any

import ddblite

ENGINE = Path(ddblite.__file__).parent / "engine"
BLOCKS = frozenset(
    str(ENGINE / f"{name}.py")
    for name in (
        "engine",
        "file/fair_lock",
        "file/storage",
        "file/units_of_work",
        "snapshot_reads",
    )
)
"""Where locks are taken, transactions begun, and both given back."""
assert all(map(os.path.exists, BLOCKS)), "the files whose lines are interrupted have moved"


class Interruption:
    """Raises KeyboardInterrupt at the line event with this number, if there are as many.

    A line is counted the first two times that it comes up from the same caller: the second time
    of a ``with`` is its end.
    """

    TIMES = 2

    def __init__(self, number: int) -> None:
        self.number = number
        self.seen: dict[tuple[object, int, object, int], int] = {}
        self.has_struck = False

    def trace(self, frame: FrameType, event: str, _argument: object) -> Any:  # noqa: ANN401
        """Is Python's trace function."""
        if frame.f_code.co_filename not in BLOCKS:
            return None
        if event == "line":
            caller = frame.f_back
            assert caller is not None
            place = (frame.f_code, frame.f_lineno, caller.f_code, caller.f_lineno)
            times = self.seen[place] = self.seen.get(place, 0) + 1
            self.number -= times <= self.TIMES
            if self.number < 0:
                sys.settrace(None)
                self.has_struck = True
                raise KeyboardInterrupt
        return self.trace


def interruptions(work: Callable[[], object], *, first: int = 0) -> Iterator[BaseException]:
    """Does the work again and again, each time stopped one line further; gives what came out.

    What is given keeps the stack alive, as Python's own prompt does.
    """
    number = first
    while True:
        interruption = Interruption(number)
        before = sys.gettrace()
        sys.settrace(interruption.trace)
        try:
            work()
        except BaseException as error:  # noqa: BLE001 - the test looks at it
            sys.settrace(before)
            yield error
        finally:
            sys.settrace(before)
        if not interruption.has_struck:
            return
        number += 1

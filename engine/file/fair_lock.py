"""A re-entrant lock that serves those who wait in the order of their coming.

``threading.RLock`` goes to whoever asks first after a release, and that is often the thread that
has just released it: it is running, and who waits must first be woken. A thread that writes in
a loop can so keep a copy, a read or a close waiting without bound (measured: minutes, on
Python 3.12). Here whoever comes while another waits goes behind it.

The lock itself stays the ``RLock``; beside it stand those who wait, each with a gate, and only
the first of them asks for the lock. The order may miss a newcomer who looked at an empty queue
just before; nobody is overtaken by more than that.
"""

import threading
from collections import deque
from types import TracebackType


class FairLock:
    """A re-entrant lock with a queue, for ``with`` or by ``acquire`` and ``release``."""

    __slots__ = ("is_owned", "lock", "release", "waiting")

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.waiting: deque[tuple[int, threading.Lock]] = deque()
        self.release = self.lock.release
        self.is_owned = self.lock._is_owned  # type: ignore[attr-defined]  # noqa: SLF001 - as ``Condition`` asks it
        """Whether this thread holds the lock."""

    def acquire(self, timeout_s: float = -1) -> bool:
        """Takes the lock once more, behind all who wait for it already.

        With a timeout it may return False, after at most twice as long: once for the place at the
        head, once for the lock.
        """
        if (not self.waiting or self.is_owned()) and self.lock.acquire(blocking=False):
            return True
        gate = threading.Lock()
        gate.acquire()
        place = (threading.get_ident(), gate)
        self.waiting.append(place)
        try:
            return (self.waiting[0] is place or gate.acquire(timeout=timeout_s)) and (
                self.lock.acquire(timeout=timeout_s)
            )
        finally:
            self.leave_queue()

    def leave_queue(self) -> None:
        """Takes this thread out of the queue, and calls who is first now; a second call is none.

        Ctrl-C may end a wait at the head or further behind, and may strike here as well: whoever
        cleans up after an interruption calls this once more.
        """
        thread = threading.get_ident()
        for place in list(self.waiting):
            if place[0] == thread:
                self.waiting.remove(place)
        try:
            self.waiting[0][1].release()
        except (IndexError, RuntimeError):  # nobody waits, or it was called already
            return

    def release_all(self) -> None:
        """Gives the lock back however often this thread holds it."""
        while self.is_owned():
            self.release()

    def __enter__(self) -> None:
        # Nobody waits, mostly, and one call less can be measured in every read.
        if self.waiting or not self.lock.acquire(blocking=False):
            self.acquire()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.release()

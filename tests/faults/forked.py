"""Victims: forked children that do something, tell how far they have come, and may be killed.

A fork takes a hundredth of the time that a new Python takes. What a child reports is a line each,
and what is reported is there, whatever becomes of the child.
"""

# ruff: noqa: BLE001 - whatever is raised in a child is told

import os
import signal
import traceback
import warnings
from collections.abc import Callable, Iterator
from types import TracebackType
from typing import Self

SECONDS_MAX = 120
"""No child outlives its trial for long."""


class Child:
    """A forked child; in the child itself, what it reports to and hears from."""

    def __init__(self, work: "Callable[[Child], object]") -> None:
        heard, says = os.pipe()
        told, tells = os.pipe()
        with warnings.catch_warnings():
            # A thread of whoever runs the trial, such as one that watches the time, is no matter.
            warnings.simplefilter("ignore", DeprecationWarning)
            self.pid = os.fork()
        mine, others = (
            ((told, says), (heard, tells)) if self.pid == 0 else ((heard, tells), (told, says))
        )
        for descriptor in others:
            os.close(descriptor)
        self.incoming = os.fdopen(mine[0], "rb")
        self.outgoing = mine[1]
        self.status: int | None = None
        if self.pid == 0:
            self.be(work)

    def be(self, work: "Callable[[Child], object]") -> None:
        """In the child: does the work and ends."""
        status = 1
        try:
            signal.signal(signal.SIGALRM, signal.SIG_DFL)
            signal.alarm(SECONDS_MAX)
            work(self)
            status = 0
        except BaseException:
            self.say(f"fault {traceback.format_exc(limit=-6)!r}")
        finally:
            os._exit(status)

    def say(self, what: object) -> None:
        """Tells the other side a line."""
        os.write(self.outgoing, f"{what}\n".encode())

    def hear(self) -> str:
        """Returns the next line of the other side; the empty text when it has ended."""
        return self.incoming.readline().decode().rstrip("\n")

    def rest(self) -> Iterator[str]:
        """Gives all further lines, until the other side has ended."""
        for line in self.incoming:
            yield line.decode().rstrip("\n")

    def send(self, number: signal.Signals) -> None:
        """In the parent: sends a signal."""
        os.kill(self.pid, number)

    def kill(self) -> None:
        """In the parent: ends the child at once."""
        self.send(signal.SIGKILL)

    def wait(self) -> int:
        """In the parent: waits for the end and returns the exit code, negative for a signal."""
        if self.status is None:
            self.status = os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])
        return self.status

    def finish(self) -> list[str]:
        """In the parent: returns the further lines of a child that must end well."""
        lines = list(self.rest())
        assert (self.wait(), [line for line in lines if line.startswith("fault ")]) == (0, []), (
            lines
        )
        return lines

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self.status is None:
            self.kill()
            self.wait()
        self.incoming.close()
        os.close(self.outgoing)

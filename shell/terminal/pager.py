"""Answers that are longer than the screen, in the user's pager.

An answer is held back until it fills the screen. If it ends before, it is printed as it is;
else the pager gets it as it comes, so that nothing more is read than its user looks at: one
who leaves it early leaves the rest unread.

Ctrl-C stops the statement. The pager stays with what it has, and is left as always.
"""

import os
import re
import shlex
import subprocess
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from shutil import which
from typing import Final, TextIO

from ddblite.workbench.safe_text import escaped

LESS: Final = "RX"
"""What ``less`` is told unless the user tells it: colours pass, the screen is left as it is."""

COLOUR: Final = re.compile(r"\x1b\[[0-9;]*m")
"""The only sequences that an answer has; they take no room."""

OTHER_LINES: Final = 3
"""What is on the screen beside an answer: its footer, the prompt, a statement."""

SIZE_WHEN_UNKNOWN: Final = os.terminal_size((80, 24))


class PagerLeft(Exception):  # noqa: N818 - it is none: the user has seen enough
    """Ends the reading of an answer."""


@dataclass(frozen=True, slots=True)
class Pager:
    """A program that shows long texts: its words, and the variables that it is run with."""

    command: tuple[str, ...]
    environment: Mapping[str, str]

    @contextmanager
    def paging(self, screen: TextIO) -> Iterator[Callable[[str], object]]:
        """Gives a function that takes an answer piece by piece; it is shown before this ends."""
        paged = Paged(self, screen)
        try:
            yield paged.write
        except PagerLeft:
            pass
        finally:
            paged.finish()


def pager_of(setting: str, environment: Mapping[str, str]) -> Pager | None:
    """Returns the pager that a setting names, or None when there is to be none.

    ``auto`` is the variable PAGER or else less, where there is one.
    """
    if setting == "off":
        return None
    given = environment.get("PAGER", "less") if setting == "auto" else setting
    command = tuple(words_of(given))
    if setting == "auto" and not (
        command
        and environment.get("TERM") != "dumb"
        and which(command[0], path=environment.get("PATH"))
    ):
        return None
    return Pager(command, {"LESS": LESS, **environment})


def words_of(command: str) -> list[str]:
    """Returns a command's words; one whose quotes do not close is a single word."""
    try:
        return shlex.split(command, posix=os.name == "posix")
    except ValueError:
        return [command]


class Paged:
    """One answer: what is held back of it or, once it is longer than the screen, the pager."""

    def __init__(self, pager: Pager, screen: TextIO) -> None:
        self.pager = pager
        self.screen = screen
        self.held: list[str] = []
        self.lines = 0
        self.process: subprocess.Popen[str] | None = None
        self.is_plain = False

    def write(self, text: str) -> None:
        """Takes a piece, or raises PagerLeft when nobody looks any longer."""
        if self.is_plain:
            self.screen.write(text)
            return
        if self.process is None:
            self.held.append(text)
            size = size_of(self.screen)
            self.lines += lines_of(text, size.columns)
            if self.lines + OTHER_LINES <= size.lines:
                return
            self.begin()
            text = "".join(self.held)
            self.held.clear()
            if self.process is None:
                self.screen.write(text)
                return
        self.hand_over(text)

    def begin(self) -> None:
        """Starts the pager; when it cannot be run, the answer goes to the screen."""
        self.screen.flush()
        try:
            self.process = subprocess.Popen(  # noqa: S603 - what the user has named
                self.pager.command,
                stdin=subprocess.PIPE,
                env=self.pager.environment,
                encoding=self.screen.encoding,
                errors="backslashreplace",
            )
        except OSError as fault:
            self.is_plain = True
            name = escaped(self.pager.command[0])
            self.screen.write(f"(no pager: {name}: {fault.strerror or fault})\n")

    def hand_over(self, text: str) -> None:
        """Gives the pager a piece, or raises PagerLeft."""
        assert self.process is not None, "the pager has been started"
        assert self.process.stdin is not None, "it was started with a pipe"
        try:
            self.process.stdin.write(text)
            self.process.stdin.flush()
        except OSError as fault:
            raise PagerLeft from fault

    def finish(self) -> None:
        """Prints what was held back, or waits until the user leaves the pager."""
        if self.process is None:
            self.screen.write("".join(self.held))
            return
        assert self.process.stdin is not None, "it was started with a pipe"
        with suppress(OSError, KeyboardInterrupt):
            self.process.stdin.close()
        while self.process.poll() is None:
            # Ctrl-C is the pager's now.
            with suppress(KeyboardInterrupt):
                self.process.wait()


def lines_of(text: str, columns: int) -> int:
    """Returns how many lines of a terminal a piece of an answer fills."""
    lines = COLOUR.sub("", text).splitlines()
    return sum(max(1, -(-len(line) // columns)) for line in lines)


def size_of(screen: TextIO) -> os.terminal_size:
    """Returns how many columns and lines a terminal has now."""
    try:
        size = os.get_terminal_size(screen.fileno())
    except (OSError, ValueError):
        return SIZE_WHEN_UNKNOWN
    return size if size.columns and size.lines else SIZE_WHEN_UNKNOWN

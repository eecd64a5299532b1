"""``ddblite`` in a pseudo-terminal: what was printed, and what a screen would show of it.

Nothing here sleeps: whoever wants to see something waits for it, up to a deadline.
"""

import fcntl
import os
import re
import select
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import pyte

CTRL_C: Final = "\x03"
CTRL_D: Final = "\x04"
ENTER: Final = "\r"
TAB: Final = "\t"
UP: Final = "\x1b[A"
DOWN: Final = "\x1b[B"
RIGHT: Final = "\x1b[C"

SEQUENCE: Final = re.compile(r"\x1b(?:\[[0-9;?]*[ -/]*[@-~]|\][^\x07]*\x07|[=>78])")
"""What prompt_toolkit and rich send to a terminal besides text."""

DEADLINE_S: Final = 30
PROMPT: Final = "ddblite>"
CONTINUED: Final = "...>"


def pasted(text: str) -> str:
    """Returns what a terminal sends when text is pasted: its line ends are no Enter."""
    return f"\x1b[200~{text}\x1b[201~"


@dataclass
class Terminal:
    """A process in a pseudo-terminal.

    ``raw`` is all that it printed, ``seen`` what nobody has waited for yet, ``screen`` what
    a terminal would show.
    """

    process: subprocess.Popen[bytes]
    descriptor: int
    screen: pyte.Screen
    raw: str = ""
    seen: str = ""
    stream: pyte.ByteStream = field(init=False)

    def __post_init__(self) -> None:
        self.stream = pyte.ByteStream(self.screen)

    def type(self, keys: str) -> None:
        """Sends keys; a long text goes in as it is read, and what is printed meanwhile is kept."""
        waiting = keys.encode()
        deadline = time.monotonic() + DEADLINE_S
        while waiting:
            _, writable, _ = select.select([], [self.descriptor], [], 0)
            if writable:
                waiting = waiting[os.write(self.descriptor, waiting[:1024]) :]
            self.read(0 if writable else 0.05)
            assert time.monotonic() < deadline, "the terminal takes no keys"

    def enter(self, text: str) -> None:
        """Sends a text and Enter."""
        self.type(text + ENTER)

    def read(self, seconds: float) -> bool:
        """Takes what was printed, waiting a little for it; False when there was nothing."""
        ready, _, _ = select.select([self.descriptor], [], [], seconds)
        if not ready:
            return False
        try:
            printed = os.read(self.descriptor, 65536)
        except OSError:
            # The other end is closed, as Linux says it.
            return False
        self.stream.feed(printed)
        text = printed.decode(errors="replace")
        self.raw += text
        self.seen += text
        return bool(printed)

    def wait_for(self, text: str) -> str:
        """Returns what was printed up to a text, without the terminal's sequences."""
        self.wait_until(lambda: text in SEQUENCE.sub("", self.seen), text)
        before, _, rest = SEQUENCE.sub("", self.seen).partition(text)
        self.seen = rest
        return before + text

    def wait_to_see(self, *texts: str) -> list[str]:
        """Returns the lines of the screen once they show these texts."""
        self.wait_until(lambda: all(text in self.shown for text in texts), repr(texts))
        return self.lines

    def wait_until(self, is_so: Callable[[], bool], what: str) -> None:
        """Reads until something is so."""
        deadline = time.monotonic() + DEADLINE_S
        while not is_so():
            self.read(0.1)
            assert time.monotonic() < deadline, f"{what} did not come:\n{self.shown}\n{self.seen!r}"

    def leave(self, keys: str = CTRL_D) -> int:
        """Returns the exit code, once the process has ended by these keys."""
        self.type(keys)
        self.wait_until(lambda: self.process.poll() is not None, "the end")
        while self.read(0):
            pass
        return self.process.returncode

    @property
    def lines(self) -> list[str]:
        """What the screen shows, line by line, without the space at their ends."""
        return [line.rstrip() for line in self.screen.display]

    @property
    def shown(self) -> str:
        """What the screen shows."""
        return "\n".join(self.lines).rstrip()

    @property
    def cursor_line(self) -> str:
        """The line of the screen that the cursor is in."""
        return self.lines[self.screen.cursor.y]


@contextmanager
def terminal(
    *words: object,
    program: tuple[str, ...] = (sys.executable, "-m", "ddblite"),
    columns: int = 80,
    lines: int = 24,
    folder: Path | None = None,
    environment: Mapping[str, str] | None = None,
) -> Iterator[Terminal]:
    """Runs ``ddblite`` with these words in a terminal of its own, and ends it if need be.

    It has no home: what it would read or write there is nobody's.
    """
    outer, inner = os.openpty()
    fcntl.ioctl(inner, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))
    process = subprocess.Popen(
        [*program, *map(str, words)],
        stdin=inner,
        stdout=inner,
        stderr=inner,
        cwd=folder,
        start_new_session=True,
        preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),  # noqa: PLW1509 - one thread
        env=ENVIRONMENT | dict(environment or {}),
    )
    os.close(inner)
    try:
        yield Terminal(process, outer, pyte.Screen(columns, lines))
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()
        os.close(outer)


ENVIRONMENT: Final = {
    "PATH": os.environ.get("PATH", os.defpath),
    "LANG": "C.UTF-8",
    "PYTHONIOENCODING": "utf-8",
    "TERM": "xterm",
    # Nobody answers the question where the cursor is.
    "PROMPT_TOOLKIT_NO_CPR": "1",
}


@contextmanager
def shell(*words: object, **options: Any) -> Iterator[Terminal]:  # noqa: ANN401 - those of terminal
    """Gives the shell with its first prompt."""
    with terminal(*words, **options) as opened:
        opened.wait_for(PROMPT)
        yield opened
        if opened.process.poll() is None:
            assert 0 == leave(opened)


def leave(opened: Terminal) -> int:
    """Returns the exit code of a shell that is left, whatever stands in its line.

    Keys wait for the prompt: what is typed before belongs to the statement that runs.
    """
    opened.wait_until(lambda: "> " in f"{opened.cursor_line} ", "the prompt")
    if opened.cursor_line != PROMPT:
        opened.type(CTRL_C)
        opened.wait_until(lambda: opened.cursor_line == PROMPT, "an empty line")
    return opened.leave()

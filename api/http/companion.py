"""A command that runs beside a server of its own, on a free port, for as long as it runs.

Its standard streams are ours. So is its end: we leave with its exit code, or with 128 and the
number of the signal that ended it, as shells do. A signal that asks us to end is passed on, and
we wait for what the command makes of it; by then the file is closed and whole.
"""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final, Protocol

from ddblite.api.http.client_environment import client_environment
from ddblite.api.http.connection_slots import ask_for_descriptors
from ddblite.api.http.server import require_libraries
from ddblite.api.python.connecting import connect
from ddblite.schema.errors import DdbError

PASSED: Final = tuple(
    getattr(signal, name)
    for name in ("SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT")
    if hasattr(signal, name)
)
FROM_KEYBOARD: Final = frozenset({"SIGINT", "SIGQUIT"})

EXIT_BY_SIGNAL: Final = 128
EXIT_NOT_FOUND: Final = 127
EXIT_NOT_EXECUTABLE: Final = 126


class CannotStart(DdbError):  # noqa: N818 - a plain name, as for files that cannot be opened
    """The command cannot be started. ``exit_code`` is that of a shell in this case."""

    def __init__(self, message: str, exit_code: int) -> None:
        super().__init__(message)
        self.exit_code = exit_code


def run_beside_server(
    path: str,
    command: Sequence[str],
    environ: Mapping[str, str],
    home: Path,
    *,
    key: str | bytes | None = None,
) -> int:
    """Runs a command that finds a server for a database in its environment.

    Returns its exit code. The file is made when there is none. Raises CannotStart before that.
    """
    require_libraries()
    # Imported here because it needs the extra, whose absence deserves a sentence.
    from ddblite.api.http.listening import served

    program = program_of(command[0], environ)
    ask_for_descriptors()
    with connect(path, key=key) as database, served(database) as url:
        settings = client_environment(url, "127.0.0.1", environ, home)
        return exit_code_of([program, *command[1:]], {**environ, **settings})


def program_of(name: str, environ: Mapping[str, str]) -> str:
    """Returns the path of a program, or raises CannotStart when there is none."""
    found = shutil.which(name, path=environ.get("PATH"))
    if found is None and os.path.isfile(name):  # noqa: PTH113 - a name is no path yet
        raise CannotStart(f"{name} cannot be executed", EXIT_NOT_EXECUTABLE)
    if found is None:
        raise CannotStart(f"{name}: there is no such command", EXIT_NOT_FOUND)
    return found


def exit_code_of(command: Sequence[str], environ: Mapping[str, str]) -> int:
    """Runs a command and returns how it ended."""
    with relayed_signals() as relay:
        try:
            child = subprocess.Popen(command, env=environ)  # noqa: S603 - the user's own command
        except OSError as fault:
            text = f"{command[0]} cannot be executed: {fault.strerror}"
            raise CannotStart(text, EXIT_NOT_EXECUTABLE) from fault
        relay.begin(child)
        code = child.wait()
    return code if code >= 0 else EXIT_BY_SIGNAL - code


class Child(Protocol):
    """What takes signals."""

    def send_signal(self, number: int, /) -> None:
        """Takes a signal; nothing happens when it has ended."""


class Relay:
    """Takes signals for a command; one that comes before it has started reaches it then."""

    def __init__(self) -> None:
        self.child: Child | None = None
        self.early: list[int] = []

    def begin(self, child: Child) -> None:
        """Passes on what came too early."""
        self.child = child
        for number in self.early:
            child.send_signal(number)

    def __call__(self, number: int, _frame: object) -> None:
        """Takes a signal, as a handler."""
        if signal.Signals(number).name in FROM_KEYBOARD and has_keyboard():
            return
        if self.child is None:
            self.early.append(number)
        else:
            self.child.send_signal(number)


@contextmanager
def relayed_signals() -> Iterator[Relay]:
    """Gives a relay that takes the signals which would end us."""
    relay = Relay()
    earlier = {number: signal.signal(number, relay) for number in PASSED}
    try:
        yield relay
    finally:
        for number, before in earlier.items():
            signal.signal(number, before)


def has_keyboard() -> bool:
    """Whether a terminal sends us its Ctrl-C, and so sends it to the command as well."""
    if sys.platform == "win32":
        return True
    try:
        with open("/dev/tty", "rb") as terminal:  # noqa: PTH123 - not a file
            return os.tcgetpgrp(terminal.fileno()) == os.getpgrp()
    except OSError:
        return False

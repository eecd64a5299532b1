"""Other processes: a Python of its own that runs a script on the same file."""

import subprocess
import sys
from pathlib import Path
from typing import Self

import ddblite


def environment() -> dict[str, str]:
    """Returns the environment in which a child finds the same ``ddblite``."""
    package = Path(ddblite.__file__).parent
    # An installed package is found by itself; one that is only on the path needs its folder.
    return {"PYTHONPATH": str(package.parent)} if package.name == "ddblite" else {}


def start(script: str, *arguments: object) -> "subprocess.Popen[str]":
    """Starts a script in another process, with pipes to its input and output."""
    child = subprocess.Popen(
        [sys.executable, "-c", script, *map(str, arguments)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment(),
    )
    started.append(child)
    return child


# What a test that failed may have left running; its fixture ends it.
started: "list[subprocess.Popen[str]]" = []


def end_all() -> None:
    """Ends every child that is still there."""
    for child in started:
        if child.poll() is None:
            child.kill()
        if child.stdout is not None and not child.stdout.closed:
            child.communicate()
    started.clear()


def finish(child: "subprocess.Popen[str]") -> str:
    """Waits for a child and returns what it printed; its own fault is the test's."""
    printed, complaint = child.communicate(timeout=60)
    assert child.returncode == 0, complaint
    return printed


def run(script: str, *arguments: object) -> str:
    """Runs a script to its end and returns what it printed."""
    return finish(start(script, *arguments))


class Talker:
    """A child that runs one line of Python at a time and answers with one line."""

    SCRIPT = """
import sys
import ddblite
from ddblite.schema import requests
database = ddblite.connect(sys.argv[1], clock=ddblite.FixedClock())
print("open", flush=True)
for line in sys.stdin:
    try:
        answer = eval(line)
    except Exception as error:
        answer = f"{type(error).__name__}: {error}"
    print(repr(answer) if not isinstance(answer, str) else answer, flush=True)
database.close()
"""

    def __init__(self, path: Path) -> None:
        self.child = start(self.SCRIPT, path)
        assert self.read() == "open"

    def read(self) -> str:
        """Returns the next line that the child printed."""
        assert self.child.stdout is not None
        return self.child.stdout.readline().rstrip("\n")

    def ask(self, line: str) -> str:
        """Returns what the child's Python makes of a line; ``database`` is open in it."""
        assert self.child.stdin is not None
        self.child.stdin.write(line + "\n")
        self.child.stdin.flush()
        return self.read()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        finish(self.child)

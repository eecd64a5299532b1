"""Modules of these tests that run in a process of their own: they put layers below all files."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import children

TESTS: Final = Path(__file__).parent
IN_MEMORY: Final = "/dev/shm"  # noqa: S108 - where there is one, nothing is written to a disk


def paths() -> dict[str, str]:
    """Returns the environment in which such a module finds the others, and ``ddblite``."""
    return {"PYTHONPATH": ":".join([str(TESTS), *children.environment().values()])}


def run_apart(module: str, *arguments: object, environment: Mapping[str, str] | None = None) -> str:
    """Runs a module to its end, and returns what it printed; what it complains of is raised."""
    command = [sys.executable, "-m", module, *map(str, arguments)]
    ended = subprocess.run(
        command, capture_output=True, text=True, check=False, env={**paths(), **(environment or {})}
    )
    assert ended.returncode == 0, ended.stderr[-6000:]
    return ended.stdout


@contextmanager
def folder_in_memory() -> Iterator[Path]:
    """Gives an empty folder, in memory where the system has such a place."""
    place = IN_MEMORY if os.access(IN_MEMORY, os.W_OK) else None
    folder = tempfile.mkdtemp(prefix="ddblite-", dir=place)
    try:
        yield Path(folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)

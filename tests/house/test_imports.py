"""What `import ddblite` costs: only what every program needs."""

import subprocess
import sys
from pathlib import Path
from typing import Final

ON_FIRST_USE: Final = (
    "asyncio",
    "boto3",
    "botocore",
    "httptools",
    "prompt_toolkit",
    "rich",
    "sqlglot",
    "typer",
    "uvicorn",
    "ddblite.cli",
    "ddblite.partiql",
    "ddblite.shell",
    "ddblite.workbench",
)


WITH_THE_FIRST_KEY: Final = ("boto3", "httptools", "rich.console", "sqlglot", "uvicorn")
"""What the shell's prompt does not wait for."""

PROMPT: Final = (
    "ddblite.cli, ddblite.shell.terminal.history, ddblite.shell.terminal.repl,"
    " ddblite.shell.conversation.session"
)


def imported(names: str, folder: Path) -> set[str]:
    """Returns the modules that are there once these were imported."""
    listing = f"import sys, {names}; print(*sys.modules)"
    run = subprocess.run(
        [sys.executable, "-c", listing], cwd=folder, check=True, capture_output=True, text=True
    )
    return set(run.stdout.split())


def test_import_is_light(tmp_path: Path) -> None:
    """The parser, the terminal and boto3 come when a statement, a REPL or a client does."""
    assert [] == sorted(imported("ddblite", tmp_path).intersection(ON_FIRST_USE))


def test_prompt_is_light(tmp_path: Path) -> None:
    """The parser comes while the user looks at it, tables are drawn with the first answer."""
    assert [] == sorted(imported(PROMPT, tmp_path).intersection(WITH_THE_FIRST_KEY))

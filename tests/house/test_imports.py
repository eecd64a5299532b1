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
)


def test_import_is_light(tmp_path: Path) -> None:
    """The parser, the terminal and boto3 come when a statement, a REPL or a client does."""
    listing = "import sys, ddblite; print(*sys.modules)"
    run = subprocess.run(
        [sys.executable, "-c", listing], cwd=tmp_path, check=True, capture_output=True, text=True
    )
    assert [] == sorted(set(run.stdout.split()).intersection(ON_FIRST_USE))

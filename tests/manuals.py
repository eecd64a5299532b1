"""The examples of a manual, and how they are run: as they stand there."""

import re
import subprocess
import sys
from pathlib import Path

from sources import ROOT


def examples_of(document: str) -> list[str]:
    """Returns the Python examples of a document of the repository."""
    text = (ROOT / document).read_text("utf-8")
    return re.findall(r"^```python\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


def run_example(text: str, folder: Path) -> None:
    """Runs an example by itself, in an empty folder, with warnings as errors."""
    run = subprocess.run(
        [sys.executable, "-W", "error", "-c", text],
        cwd=folder,
        check=False,
        capture_output=True,
        text=True,
    )
    assert (0, "") == (run.returncode, run.stderr)

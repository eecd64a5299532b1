"""The examples of docs/boto3.md run as they stand there."""

import re
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

from sources import ROOT

MANUAL: Final = (ROOT / "docs" / "boto3.md").read_text("utf-8")
EXAMPLES: Final = re.findall(r"^```python\n(.*?)^```$", MANUAL, re.MULTILINE | re.DOTALL)


def test_manual_has_examples() -> None:
    """Otherwise the test below would run nothing."""
    assert len(EXAMPLES) >= 4


@pytest.mark.parametrize("example", range(len(EXAMPLES)))
def test_example_runs(example: int, tmp_path: Path) -> None:
    """Each by itself, in an empty folder, with warnings as errors; moto's where there is moto."""
    text = EXAMPLES[example]
    if "from moto" in text:
        pytest.importorskip("moto")
    run = subprocess.run(
        [sys.executable, "-W", "error", "-c", text],
        cwd=tmp_path,
        check=False,
        capture_output=True,
        text=True,
    )
    assert (0, "") == (run.returncode, run.stderr)

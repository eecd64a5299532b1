"""Every script of ``examples/`` runs, and prints what stands in the file beside this one.

``make golden`` does not come here: after ``pytest --rewrite-golden tests/examples`` the diff
is for review.
"""

import os
import runpy
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
EXAMPLES = HERE.parent.parent / "examples"
SCRIPTS = sorted(EXAMPLES.glob("*.py"))


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.stem)
def test_an_example_prints_what_it_always_printed(
    script: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    rewrite_golden: bool,  # noqa: FBT001 - a fixture
) -> None:
    """A reader who runs it sees the same, so what a document quotes stays true."""
    monkeypatch.setattr(sys, "argv", [str(script), str(tmp_path)])
    runpy.run_path(str(script), run_name="__main__")
    printed = capsys.readouterr().out.replace(f"{tmp_path}{os.sep}", "FOLDER/")
    golden = HERE / f"{script.stem}.txt"
    if rewrite_golden:
        golden.write_text(printed, encoding="utf-8")
    assert golden.read_text(encoding="utf-8") == printed


def test_every_example_is_listed() -> None:
    """The README beside them has one line for each."""
    readme = (EXAMPLES / "README.md").read_text(encoding="utf-8")
    assert [] == [script.name for script in SCRIPTS if f"[{script.name}]" not in readme]

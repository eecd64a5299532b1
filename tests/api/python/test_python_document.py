"""The manual's examples are what happens."""

import doctest
from pathlib import Path

import pytest

from sources import ROOT

MANUAL = ROOT / "docs" / "python.md"


def without_fences(text: str) -> str:
    """Returns a document without the lines that begin and end its examples."""
    return "\n".join("" if line.startswith("```") else line for line in text.split("\n"))


def test_the_manual_s_examples_are_true(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    text = without_fences(MANUAL.read_text("utf-8"))
    examples = doctest.DocTestParser().get_doctest(text, {}, "python.md", str(MANUAL), 0)
    said: list[str] = []
    runner = doctest.DocTestRunner()
    failed, tried = runner.run(examples, out=said.append)
    assert 60 <= tried
    assert (0, []) == (failed, said)
    assert [tmp_path / "shop.ddb"] == list(tmp_path.iterdir())

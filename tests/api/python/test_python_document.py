"""The examples of two documents are what happens."""

import doctest
from pathlib import Path

import pytest

from sources import ROOT

EXAMPLES = {"python.md": (60, ["shop.ddb"]), "time.md": (10, [])}
"""By document: how many examples there are at least, and the files that they leave."""


def without_fences(text: str) -> str:
    """Returns a document without the lines that begin and end its examples."""
    return "\n".join("" if line.startswith("```") else line for line in text.split("\n"))


@pytest.mark.parametrize("document", EXAMPLES)
def test_the_examples_are_true(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, document: str
) -> None:
    path = ROOT / "docs" / document
    monkeypatch.chdir(tmp_path)
    text = without_fences(path.read_text("utf-8"))
    examples = doctest.DocTestParser().get_doctest(text, {}, document, str(path), 0)
    said: list[str] = []
    runner = doctest.DocTestRunner()
    failed, tried = runner.run(examples, out=said.append)
    at_least, files = EXAMPLES[document]
    assert at_least <= tried
    assert (0, []) == (failed, said)
    assert files == [left.name for left in tmp_path.iterdir()]

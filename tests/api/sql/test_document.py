"""The manual's examples are what happens."""

import doctest
from pathlib import Path

from sources import ROOT

MANUAL = ROOT / "docs" / "sql.md"


def without_fences(text: str) -> str:
    """Returns a document without the lines that begin and end its examples."""
    return "\n".join("" if line.startswith("```") else line for line in text.split("\n"))


def test_the_manual_s_examples_are_true() -> None:
    text = without_fences(Path(MANUAL).read_text("utf-8"))
    examples = doctest.DocTestParser().get_doctest(text, {}, "sql.md", str(MANUAL), 0)
    said: list[str] = []
    runner = doctest.DocTestRunner()
    failed, tried = runner.run(examples, out=said.append, clear_globs=False)
    examples.globs["db"].close()
    assert 12 < tried
    assert (0, []) == (failed, said)

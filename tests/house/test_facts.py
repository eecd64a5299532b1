"""What docstrings say of DynamoDB leads to docs/facts, and everything there names its source."""

import re
from typing import Final

import pytest

from sources import EVERYTHING, ROOT, Source

FOLDER: Final = ROOT / "docs" / "facts"
CITED: Final = re.compile(r"(?P<file>docs/facts/[a-z-]+\.md), (?P<headings>\"[^;.]*\")")


def headings(name: str) -> list[str]:
    """The headings of a document."""
    return re.findall(r"^## (.+)$", (ROOT / name).read_text("utf-8"), re.MULTILINE)


def citations(text: str) -> list[str]:
    """What stands behind each *Facts*, on one line and to the end of the sentence."""
    unbroken = re.sub(r"\s*\n#?\s*", " ", text)
    return re.findall(r"\bFacts: ((?:[^.]|\.md|\.\w)*)", unbroken)


def cited(citation: str) -> list[tuple[str, str]]:
    """The headings that a citation names, with their documents."""
    return [
        (found["file"], heading)
        for found in CITED.finditer(citation)
        for heading in re.findall(r'"([^"]+)"', found["headings"])
    ]


CITING: Final = [
    source
    for source in EVERYTHING
    if "Facts:" in source.text and source.path.name != "test_facts.py"
]


@pytest.mark.parametrize("source", CITING, ids=str)
def test_facts_lead_to_headings(source: Source) -> None:
    """A document that nobody has here would prove nothing."""
    for citation in citations(source.text):
        found = cited(citation)
        assert found or citation.startswith("https://"), citation
        assert [] == [(name, heading) for name, heading in found if heading not in headings(name)]


def test_every_fact_is_cited() -> None:
    """What no code relies on is somebody else's to document."""
    used = {one for source in CITING for text in citations(source.text) for one in cited(text)}
    written = {
        (f"docs/facts/{path.name}", heading)
        for path in FOLDER.glob("*.md")
        for heading in headings(f"docs/facts/{path.name}")
    }
    assert written == used


@pytest.mark.parametrize("path", sorted(FOLDER.glob("[!R]*.md")), ids=lambda path: path.name)
def test_every_fact_names_its_source(path: object) -> None:
    text = (FOLDER / str(path)).read_text("utf-8")
    sections = text.split("\n## ")[1:]
    assert [] == [section.splitlines()[0] for section in sections if "\nSource: " not in section]

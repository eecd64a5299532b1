"""The documents say what is true: examples run, links lead somewhere, commands are described."""

import importlib
import re
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest
import typer

from sources import PRODUCT, ROOT

README: Final = (ROOT / "README.md").read_text("utf-8")
DOCUMENTS: Final = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
EXAMPLES: Final = re.findall(r"^```python\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)
LINK: Final = re.compile(r"\]\((?!https?:|mailto:|#)([^)#]+)(?:#[^)]*)?\)")


def test_readme_begins_with_the_two_commands() -> None:
    """A stranger types these first."""
    assert README.index("make demo") < README.index("make test") < README.index("```python")


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda text: text.splitlines()[0])
def test_readme_examples_run(example: str, tmp_path: Path) -> None:
    """Each by itself, in an empty folder, with warnings as errors."""
    run = subprocess.run(
        [sys.executable, "-W", "error", "-c", example],
        cwd=tmp_path,
        check=False,
        capture_output=True,
        text=True,
    )
    assert (0, "") == (run.returncode, run.stderr)


def test_readme_has_an_example() -> None:
    """Otherwise the test above would run nothing."""
    assert EXAMPLES


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_lead_somewhere(document: Path) -> None:
    """Links within the repository, from the file that they stand in."""
    targets = LINK.findall(document.read_text("utf-8"))
    assert [] == [target for target in targets if not (document.parent / target).exists()]


@pytest.fixture(scope="module")
def commands() -> dict[str, str | None]:
    """The subcommands by name, with their help."""
    cli = importlib.import_module("ddblite.cli")
    group = typer.main.get_command(cli.app)
    return {name: command.help for name, command in getattr(group, "commands", {}).items()}


def test_commands_are_described(commands: dict[str, str | None]) -> None:
    """In the README or the manual of the command."""
    described = "\n".join(document.read_text("utf-8") for document in DOCUMENTS)
    assert [] == [name for name in commands if f"ddblite {name}" not in described]


def test_commands_have_help(commands: dict[str, str | None]) -> None:
    """One sentence at least, from the function's docstring."""
    assert commands
    assert [] == [name for name, text in commands.items() if not text]


def test_readme_shows_what_was_measured() -> None:
    """Its table has the operations of the benchmark, each with a ratio."""
    for operation in ("get", "PartiQL get", "query of 20", "scan, per item"):
        assert re.search(rf"^\| {operation} \|.* \d\.\d\dx \|", README, re.MULTILINE), operation


@pytest.mark.parametrize("name", ["SECURITY.md", "docs/promises.md"])
def test_a_promise_names_tests_that_are_there(name: str) -> None:
    """And a threat that something is done against names one."""
    text = (ROOT / name).read_text("utf-8")
    named = re.findall(r"\btests/[\w/]+(?:\.py\b)?", text)
    assert named
    assert [] == [path for path in named if not (ROOT / path).exists()]
    rows = [line for line in text.splitlines() if line.startswith("| ") and "tested in" not in line]
    if name == "SECURITY.md":
        assert rows
        assert [] == [row for row in rows if "tests/" not in row.split(" | ")[-1]]


def test_the_architecture_names_modules_that_there_are() -> None:
    """What is written with dots and begins with a room is a module, or something in one."""
    text = (ROOT / "docs" / "architecture.md").read_text("utf-8")
    rooms = "api|engine|partiql|schema|shell|workbench"
    modules = {source.name for source in PRODUCT}
    named = set(re.findall(rf"`((?:{rooms})\.[a-z_.]+[a-z_])", text))
    assert 20 < len(named)
    lost = [name for name in named if not {name, name.rpartition(".")[0]} & modules]
    assert [] == sorted(lost)

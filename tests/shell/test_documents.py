"""docs/shell.md says what the shell does: every command, every format, and examples that ran."""

from io import StringIO
from typing import Final

import pytest

import ddblite
from ddblite.shell.commands import COMMANDS, carry_out
from ddblite.shell.configuration import Settings
from ddblite.shell.conversation.session import Session
from ddblite.shell.formats.render import RENDERERS
from ddblite.workbench.transfer import import_items
from sources import ROOT

TEXT: Final = (ROOT / "docs" / "shell.md").read_text("utf-8")

UPDATE: Final = (
    "UPDATE movies SET info.rating = 9 REMOVE info.rank WHERE year = 2013 AND title = 'Rush'"
)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_is_in_the_documents(name: str) -> None:
    """As ``.help`` has it."""
    command = COMMANDS[name]
    usage = command.usage.replace("|", "\\|")
    assert f"| `{usage}` | {command.summary} |" in TEXT


@pytest.mark.parametrize("name", RENDERERS)
def test_every_format_is_in_the_documents(name: str) -> None:
    """With what it is for."""
    formats = TEXT.partition("### Formats")[2].partition("###")[0]
    assert f"`{name}`" in formats


def test_the_threshold_is_the_one_that_there_is() -> None:
    """Ten pages of DynamoDB's."""
    assert 10 * 1024 * 1024 == Settings().scan_guard_bytes
    assert "of 10 MB or more" in TEXT


@pytest.mark.parametrize("text", [".chart info.rating movies", f".dry {UPDATE}"])
def test_examples_print_what_they_say(text: str) -> None:
    """On the films of examples/."""
    out = StringIO()
    with ddblite.connect(":memory:") as database:
        movies = database.create_table("movies", partition_key=("year", "N"), sort_key="title")
        with (ROOT / "examples" / "movies.ndjson").open("rb") as source:
            import_items(movies, source)
        carry_out(Session(database, out=out, error=StringIO()), text)
    assert f"```\nddblite> {text}\n{out.getvalue()}```" in TEXT

"""What docs/partiql.md shows is what the shell prints."""

import re
from io import StringIO
from pathlib import Path
from typing import Final

import pytest

from ddblite.partiql.plans.lower import compiled
from ddblite.partiql.syntax.faults import StatementError
from ddblite.shell.commands import carry_out
from ddblite.shell.conversation.session import Session

DOCUMENT: Final = Path(__file__).parents[2] / "docs" / "partiql.md"
FENCED: Final = DOCUMENT.read_text("utf-8").split("```")[1::2]
BLOCKS: Final = [one.removeprefix("\n") for one in FENCED if one.startswith("\n")]
TIME: Final = re.compile(r"[0-9.,]+ ms")


@pytest.mark.parametrize("block", [one for one in BLOCKS if one.startswith("> ")])
def test_a_command_prints_what_is_shown(session: Session, block: str) -> None:
    """On a table of two films; only the time may be another."""
    for text in (
        ".create films year:N title",
        "INSERT INTO films VALUE {'year': 2013, 'title': 'Rush', 'rating': 8}",
        "INSERT INTO films VALUE {'year': 2013, 'title': 'Her', 'rating': 9}",
    ):
        carry_out(session, text)
    typed, _, shown = block.removeprefix("> ").partition("\n")
    session.out = out = StringIO()
    carry_out(session, typed)
    assert TIME.sub("", shown) == TIME.sub("", out.getvalue())


@pytest.mark.parametrize("block", [one for one in BLOCKS if "^^^" in one])
def test_a_fault_has_the_place_that_is_shown(block: str) -> None:
    """With its message and its hint."""
    statement, caret, message, hint = block.rstrip("\n").split("\n")
    with pytest.raises(StatementError) as caught:
        compiled(statement)
    error = caught.value
    assert f"{statement}\n{caret}" == error.caret(statement)
    assert (message, hint) == (f"ValidationException: {error}", error.hint)


def test_something_is_shown() -> None:
    """So that the tests above have a block each."""
    assert 3 == sum(one.startswith("> ") or "^^^" in one for one in BLOCKS)

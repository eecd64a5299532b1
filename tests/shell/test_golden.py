"""Golden scripts of the shell: what is typed, and what is printed.

A block is a comment, inputs behind ``>`` (or ``!>`` when they must fail), a line ``---`` and
what they print. ``make golden`` writes the files anew, for review.
"""

import re
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Final, NamedTuple

import pytest

from ddblite.schema.errors import DdbError
from ddblite.shell.commands import carry_out
from ddblite.shell.conversation.session import Session
from ddblite.shell.failures import lines_of

SCRIPTS: Final = sorted((Path(__file__).parent / "golden").glob("*.txt"))
BLOCK: Final = re.compile(r"\n\n+(?=#|!?>)")


class Block(NamedTuple):
    """Inputs with their signs, below a comment, and what they print."""

    comment: list[str]
    inputs: list[str]
    printed: str

    def __str__(self) -> str:
        return "\n".join([*self.comment, *self.inputs, "---", self.printed]).rstrip("\n") + "\n"


def blocks(text: str) -> Iterator[Block]:
    """Gives the blocks of a script."""
    for block in BLOCK.split(text.strip("\n")):
        head, _, printed = f"{block}\n".partition("\n---\n")
        lines = head.split("\n")
        comment = [line for line in lines if line.startswith("#")]
        inputs = [line for line in lines if not line.startswith("#")]
        yield Block(comment, inputs, printed.rstrip("\n"))


def answered(session: Session, given: str) -> str:
    """Returns what an input prints; one that starts with ``!`` must fail, every other must not."""
    sign, _, text = given.partition(" ")
    session.out = session.error = StringIO()
    try:
        carry_out(session, text)
    except DdbError as error:
        told = "".join(f"{line}\n" for line in lines_of(error))
        printed, expected = session.out.getvalue() + told, "!>"
    else:
        printed, expected = session.out.getvalue(), ">"
    assert expected == sign, f"{given}\n{printed}"
    return printed


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.stem)
def test_script_prints_what_it_says(path: Path, session: Session, *, rewrite_golden: bool) -> None:
    """Every script starts with an empty database, table output and no footer."""
    expected = path.read_text("utf-8")
    session.now_s = lambda: 0.0
    played = [
        block._replace(printed="".join(answered(session, given) for given in block.inputs))
        for block in blocks(expected)
    ]
    actual = "\n".join(map(str, played))
    if rewrite_golden:
        path.write_text(actual, "utf-8")
    assert path.read_text("utf-8") == actual

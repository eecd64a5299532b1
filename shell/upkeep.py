"""The commands that look after a file: ``repair``."""

from typing import Annotated

import typer

from ddblite.shell.command_line import Reported, examples
from ddblite.shell.failures import Failed
from ddblite.shell.progress import progress_bar
from ddblite.shell.safe_text import escaped


def repair(
    damaged: Annotated[str, typer.Argument(help="The damaged file; it is not changed.")],
    new: Annotated[str, typer.Argument(help="A file that is not there yet.")],
) -> None:
    """Writes every item of a damaged file that can be read into a new file.

    What could not be read is listed on standard error: tables, rows by their keys, pages. Then the
    exit code is 1, though the new file is there, and whole.
    """
    from ddblite.api.repairing import repair as carry_out

    with progress_bar("repairing") as advance:
        repaired = carry_out(damaged, new, progress=lambda items: advance(0, items))
    for sentence in repaired.lost:
        typer.echo(escaped(sentence), err=True)
    typer.echo(f"wrote {sum(repaired.items.values()):,} items to {escaped(new)}")
    if repaired.lost:
        raise Failed


def add_commands(app: typer.Typer) -> None:
    """Adds these commands to the command line."""
    app.command(cls=Reported, epilog=examples("ddblite repair shop.ddb rescued.ddb"))(repair)

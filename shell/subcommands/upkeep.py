"""The commands that look after a file: ``repair``, ``scrub`` and ``upgrade``."""

import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from ddblite.api.python.connecting import connect
from ddblite.api.python.upkeep import FormatUpgraded
from ddblite.schema.errors import Corrupt
from ddblite.shell.failures import Failed
from ddblite.shell.subcommands.command_line import Reported, examples
from ddblite.shell.subcommands.key_files import KeyFile, key_in
from ddblite.shell.terminal.progress import progress_bar, rows_bar
from ddblite.workbench.safe_text import escaped

RUN_CHECK: Final = "; run check"
"""The advice that damage comes with; who follows it needs no more of it."""


def repair(
    damaged: Annotated[str, typer.Argument(help="The damaged file; it is not changed.")],
    new: Annotated[str, typer.Argument(help="A file that is not there yet.")],
    *,
    key_file: KeyFile = None,
) -> None:
    """Writes every item of a damaged file that can be read into a new file.

    What could not be read is listed on standard error: tables, rows by their keys, pages. Then the
    exit code is 1, though the new file is there, and whole.
    """
    from ddblite.api.python.upkeep import repair as carry_out

    with progress_bar("repairing") as advance:
        repaired = carry_out(
            damaged, new, progress=lambda items: advance(0, items), key=key_in(key_file)
        )
    for sentence in repaired.lost:
        typer.echo(escaped(sentence), err=True)
    typer.echo(f"wrote {sum(repaired.items.values()):,} items to {escaped(new)}")
    if repaired.lost:
        raise Failed


@contextmanager
def damage_told() -> Iterator[None]:
    """Has whoever checks a file that cannot even be opened repair it, not check it."""
    try:
        yield
    except Corrupt as fault:
        raise Corrupt(
            f"{fault.message.removesuffix(RUN_CHECK)}; ddblite repair writes what can be read of it"
            " into a new file"
        ) from fault


def tell_problems(problems: Iterable[str]) -> None:
    """Prints what a check has found, or that it is nothing; raises Failed where there is any."""
    is_whole = True
    for problem in problems:
        typer.echo(escaped(problem.removesuffix(RUN_CHECK)), err=True)
        is_whole = False
    if not is_whole:
        raise Failed
    typer.echo("ok")


def a_part(share: float) -> float:
    """Returns a part of the time, or raises what is wrong with it."""
    if not 0 < share <= 1:
        raise typer.BadParameter(f"{share:g} is no part: it is more than 0 and at most 1.")
    return share


def scrub(
    file: Annotated[str, typer.Argument(help="The database file.")],
    share: Annotated[
        float,
        typer.Option(
            metavar="PART",
            help="Of the time; it waits for the rest. More than 0, at most 1.",
            callback=a_part,
        ),
    ] = 0.25,
    key_file: KeyFile = None,
) -> None:
    """Does check's work in small steps, so that other users of the file hardly notice.

    Counters are proven where nobody writes meanwhile; the form of the whole file is left to check.
    """
    with (
        damage_told(),
        connect(file, mode="read", key=key_in(key_file)) as database,
        rows_bar("scrubbing", database) as progress,
    ):
        problems = database.scrub(progress, share=share)
    tell_problems(problems)


def upgrade(
    file: Annotated[str, typer.Argument(help="The database file.")],
    *,
    key_file: KeyFile = None,
) -> None:
    """Brings a file of an earlier format to that of today.

    The file as it was stays beside it. Whatever opens a file to write it does the same; what only
    reads it leaves it as it is.
    """
    from ddblite.api.python.upkeep import upgrade as carry_out

    with progress_bar("upgrading") as advance:
        upgraded = carry_out(file, progress=lambda rows: advance(0, rows), key=key_in(key_file))
    typer.echo(escaped(str(upgraded or f"{file} has today's format; there is nothing to do")))


def tell_of_upgrades() -> None:
    """Lets every upgrade be told in one line, whatever warnings Python shows."""
    show = warnings.showwarning

    def tell(message: Warning | str, category: type[Warning], *rest: Any, **more: Any) -> None:  # noqa: ANN401
        if issubclass(category, FormatUpgraded):
            typer.echo(escaped(str(message)), err=True)
        else:
            show(message, category, *rest, **more)

    warnings.simplefilter("always", FormatUpgraded)
    warnings.showwarning = tell


def compact(
    file: Annotated[str, typer.Argument(help="The database file.")],
    *,
    key_file: KeyFile = None,
) -> None:
    """Gives back the room that a file does not need any more.

    What was removed leaves room that is used again first; this is for a file that will not grow
    soon. It is built anew beside the old one, checked, and takes its name while nobody else has it
    open; that needs as much room again.
    """
    before = Path(file).stat().st_size if Path(file).exists() else 0
    with connect(file, mode="open", key=key_in(key_file)) as database:
        database.compact()
    after = Path(file).stat().st_size
    typer.echo(f"{escaped(file)} has {after:,} bytes now, {before - after:,} fewer")


def add_commands(app: typer.Typer) -> None:
    """Adds these commands to the command line."""
    app.command(cls=Reported, epilog=examples("ddblite scrub shop.ddb --share 0.1"))(scrub)
    app.command(cls=Reported, epilog=examples("ddblite upgrade shop.ddb"))(upgrade)
    app.command(cls=Reported, epilog=examples("ddblite compact shop.ddb"))(compact)
    app.command(cls=Reported, epilog=examples("ddblite repair shop.ddb rescued.ddb"))(repair)

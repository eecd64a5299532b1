"""What the commands of the command line share: how they fail, and pieces of their help."""

from collections.abc import Callable, Iterable
from typing import Any

import typer
from typer.core import TyperCommand

import ddblite
from ddblite.shell.failures import reported


class Reported(TyperCommand):
    """A command whose errors become one line on standard error and exit code 1."""

    def invoke(self, ctx: Any) -> Any:  # noqa: ANN401, D102 - typer's own
        with reported():
            return super().invoke(ctx)


def one_of(names: Iterable[str]) -> Callable[[str | None], str | None]:
    """Returns the check of an option that has one of these values, if it is there."""
    known = tuple(names)

    def check(given: str | None) -> str | None:
        if given is not None and given not in known:
            raise typer.BadParameter(f"{given!r} is not one of {', '.join(known)}.")
        return given

    return check


def examples(*lines: str) -> str:
    """Returns the end of a command's help."""
    return "\n".join(["\b", "Examples:", *(f"  {line}" for line in lines)])


def print_version(wanted: bool) -> None:  # noqa: FBT001 - an option's callback
    """Prints the version and leaves."""
    if wanted:
        typer.echo(f"ddblite {ddblite.__version__}")
        raise typer.Exit

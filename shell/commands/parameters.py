"""``.param``: the values of the question marks in statements."""

from collections.abc import Callable, Mapping
from typing import Final

from ddblite.shell.commands.command import Command
from ddblite.shell.conversation.parameters import listed, read_number, value_written
from ddblite.shell.conversation.session import Session, ShellError

USAGE: Final = ".param [set N VALUE | list | clear [N]]"


def param(session: Session, *texts: str) -> None:
    """Sets, lists or clears parameters; without a word it lists them."""
    action, _, rest = (texts[0] if texts else "list").partition(" ")
    carry_out = ACTIONS.get(action)
    if carry_out is None:
        raise ShellError(f"Usage: {USAGE}")
    carry_out(session, rest.strip())


def set_one(session: Session, rest: str) -> None:
    """Sets a parameter to a value, which may have spaces in it."""
    number, *written = rest.split(maxsplit=1)[:2] or [""]
    if not written:
        raise ShellError(f"Usage: {USAGE}")
    session.parameters[read_number(number)] = value_written(written[0])


def show_all(session: Session, rest: str) -> None:
    """Prints all parameters that are set, with their types."""
    if rest:
        raise ShellError(f"Usage: {USAGE}")
    if session.parameters:
        session.show([listed(session.parameters)], "parameters")
    else:
        session.remark("No parameter is set: .param set 1 'x' gives the first ? of a statement.")


def clear(session: Session, rest: str) -> None:
    """Forgets one parameter, or all."""
    if rest:
        session.parameters.pop(read_number(rest), None)
    else:
        session.parameters.clear()


ACTIONS: Final[Mapping[str, Callable[[Session, str], None]]] = {
    "set": set_one,
    "list": show_all,
    "clear": clear,
}

ROWS: Final = (
    Command(
        USAGE,
        "the values of ? in statements: 'text', 1.50, <<1, 2>>, [..], {..}, binary <AAEC>",
        param,
        most=1,
        takes_text=True,
        choices=lambda _: ACTIONS,
    ),
)

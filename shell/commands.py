"""Dot-commands: what the shell does beside running statements.

A command is a row of ``COMMANDS``: its arguments, a sentence for ``.help``, and a function.
"""

import shlex
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Final

from ddblite.shell import tables
from ddblite.shell.keys import read_key
from ddblite.shell.render import RENDERERS
from ddblite.shell.safe_text import escaped
from ddblite.shell.session import Session, ShellError
from ddblite.shell.statements import is_command


@dataclass(frozen=True, slots=True)
class Command:
    """One dot-command. ``run`` takes between ``least`` and ``most`` words.

    ``takes_text`` is for a command whose one argument is the rest of the line as it stands.
    """

    usage: str
    summary: str
    run: Callable[..., None]
    least: int = 0
    most: int = 0
    takes_text: bool = False

    @property
    def name(self) -> str:
        """The command's first word, with its dot."""
        return self.usage.partition(" ")[0]


def carry_out(session: Session, text: str) -> None:
    """Carries out one input, a statement or a command, or raises a DdbError."""
    if is_command(text):
        run_command(session, text)
    else:
        session.run_statement(text)


def run_command(session: Session, line: str) -> None:
    """Runs a command, or raises ShellError with the way it is used."""
    name, *rest = line.rstrip("; \t").split(maxsplit=1)
    command = COMMANDS.get(name)
    if command is None:
        near = get_close_matches(name, COMMANDS, n=1)
        instead = f"did you mean {near[0]}?" if near else ".help lists those there are."
        raise ShellError(f"There is no command {escaped(name)}: {instead}")
    words = words_of(rest[0] if rest else "", command)
    if not command.least <= len(words) <= command.most:
        raise ShellError(f"Usage: {command.usage}")
    command.run(session, *words)


def words_of(rest: str, command: Command) -> list[str]:
    """Returns a command's arguments; quotes hold words together."""
    if command.takes_text:
        return [rest] if rest else []
    try:
        return shlex.split(rest)
    except ValueError as fault:
        raise ShellError(f"Usage: {command.usage} (a quote is not closed)") from fault


def show_tables(session: Session) -> None:
    """Prints an overview of all tables."""
    found = tables.overview(session.database)
    if found:
        session.show([found])
    else:
        session.remark("There are no tables yet: .create TABLE KEY makes one.")


def show_schema(session: Session, *names: str) -> None:
    """Prints one table's key and indexes, or those of all."""
    for name in names or session.database.tables():
        session.say(tables.schema_text(tables.description(session.database, name)))


def create_table(session: Session, name: str, *keys: str) -> None:
    """Makes a table from its key."""
    partition, *sort = map(read_key, keys)
    session.database.create_table(name, partition_key=partition, sort_key=sort[0] if sort else None)


def set_mode(session: Session, *formats: str) -> None:
    """Chooses the output format, or prints the current one."""
    for name in formats:
        if name not in RENDERERS:
            raise ShellError(f"There is no format {escaped(name)}: {', '.join(RENDERERS)}")
        session.format = name
    if not formats:
        session.say(session.format)


def set_consumed(session: Session, *words: str) -> None:
    """Switches the footer, or prints whether it is on."""
    for word in words:
        if word not in SWITCH:
            raise ShellError("Usage: .consumed [on|off]")
        session.shows_consumed = SWITCH[word]
    if not words:
        session.say("on" if session.shows_consumed else "off")


SWITCH: Final = {"on": True, "off": False}


def explain(session: Session, statement: str) -> None:
    """Prints what a statement would do."""
    from ddblite.api.statements import explain as explained

    for line in explained(session.database.engine, statement).split("\n"):
        session.say(escaped(line))


def show_help(session: Session) -> None:
    """Prints the commands."""
    width = max(len(command.usage) for command in COMMANDS.values())
    session.say("A statement is PartiQL and ends with ;  These commands end with the line:")
    for command in COMMANDS.values():
        session.say(f"  {command.usage:<{width}}  {command.summary}")


def leave(session: Session) -> None:
    """Ends the session."""
    session.is_over = True


COMMANDS: Final[Mapping[str, Command]] = {
    command.name: command
    for command in (
        Command(".tables", "the tables, with their keys and sizes", show_tables),
        Command(".schema [TABLE]", "keys and indexes, in words", show_schema, most=1),
        Command(
            ".create TABLE KEY [SORT_KEY]",
            "makes a table; a key is a string, year:N a number, data:B binary",
            create_table,
            least=2,
            most=3,
        ),
        Command(
            ".explain STATEMENT",
            "what a statement would do: Get, Query of which index, or Scan",
            explain,
            least=1,
            most=1,
            takes_text=True,
        ),
        Command(f".mode [{'|'.join(RENDERERS)}]", "how items are printed", set_mode, most=1),
        Command(".consumed [on|off]", "the line below an answer", set_consumed, most=1),
        Command(".help", "this list", show_help),
        Command(".quit", "leaves, as Ctrl-D does", leave),
    )
}
"""Every dot-command by name, in the order of ``.help``."""

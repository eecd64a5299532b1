"""Dot-commands: what the shell does beside running statements.

A command is a row of ``COMMANDS``: its arguments, a sentence for ``.help``, and a function.
"""

import shlex
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from io import BytesIO
from pathlib import Path
from typing import Final

from ddblite.schema.errors import FileError
from ddblite.shell import tables
from ddblite.shell.keys import read_key
from ddblite.shell.render import RENDERERS
from ddblite.shell.safe_text import escaped
from ddblite.shell.session import Counter, Session, ShellError, time_text, units_text
from ddblite.shell.statements import is_command
from ddblite.shell.transfer import opened_source


@dataclass(frozen=True, slots=True)
class Command:
    """One dot-command. ``run`` takes between ``least`` and ``most`` words.

    ``takes_text`` is for a command whose one argument is a statement: the rest of the line as
    it stands. ``choices`` and ``takes_path`` are what completion offers for the first word.
    """

    usage: str
    summary: str
    run: Callable[..., None]
    least: int = 0
    most: int = 0
    takes_text: bool = False
    takes_path: bool = False
    choices: Callable[[Session], Iterable[str]] | None = None

    @property
    def name(self) -> str:
        """The command's first word, with its dot."""
        return self.usage.partition(" ")[0]


def carry_out(session: Session, text: str) -> None:
    """Carries out one input, a statement or a command, or raises a DdbError."""
    try:
        if is_command(text):
            run_command(session, text)
        else:
            session.run_statement(text)
        if session.redirected is not None:
            session.redirected.flush()
    except OSError as fault:
        # A full disk below the file of .output; standard output is the caller's to speak of.
        if session.redirected is None:
            raise
        session.drop_redirection()
        raise FileError(f".output: {fault.strerror or fault}; answers come here again") from fault


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


def table_names(session: Session) -> list[str]:
    """Returns the tables that there are."""
    return session.database.tables()


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
    session.shows_consumed = switched(session, ".consumed", session.shows_consumed, words)


def set_timer(session: Session, *words: str) -> None:
    """Switches the time below an answer, or prints whether it is on."""
    session.shows_time = switched(session, ".timer", session.shows_time, words)


def switched(session: Session, name: str, before: bool, words: Sequence[str]) -> bool:  # noqa: FBT001 - the switch itself
    """Returns what a switch is set to; without a word it stays, and is printed."""
    for word in words:
        if word not in SWITCH:
            raise ShellError(f"Usage: {name} [on|off]")
        return SWITCH[word]
    session.say("on" if before else "off")
    return before


SWITCH: Final = {"on": True, "off": False}


def explain(session: Session, statement: str) -> None:
    """Prints what a statement would do."""
    from ddblite.api.statements import explain as explained

    for line in explained(session.database.engine, statement).split("\n"):
        session.say(escaped(line))


def analyze(session: Session, statement: str) -> None:
    """Runs a statement and prints what it did and took, in the place of its items."""
    started = time.perf_counter()
    result = session.database.execute(statement)
    returned = sum(map(len, Counter(result)))
    seconds = time.perf_counter() - started
    for line in result.plan.split("\n"):
        session.say(escaped(line))
    session.say(f"  items   {result.scanned_count:,} read, {returned:,} returned")
    session.say(f"  pages   {result.pages_read:,}")
    if result.consumed is not None:
        session.say(f"  units   {escaped(units_text(result.consumed))}")
    session.say(f"  time    {time_text(seconds)}")


def read_file(session: Session, name: str) -> None:
    """Runs the statements and commands of a file, until one fails."""
    from ddblite.shell.script import pieces_of, run

    if session.files_being_read >= FILES_BEING_READ_MAX:
        raise ShellError(f"{escaped(name)}: files that read files go no deeper than this")
    session.files_being_read += 1
    try:
        with opened_source(str(Path(name).expanduser()), BytesIO()) as stream:
            run(session, pieces_of(stream, escaped(name)))
    finally:
        session.files_being_read -= 1


FILES_BEING_READ_MAX: Final = 16
"""A file that reads itself ends here."""


def set_output(session: Session, name: str) -> None:
    """Lets answers go to a new file, or with ``-`` to where they went at first."""
    session.redirect(None if name == "-" else Path(name).expanduser())


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
        Command(
            ".schema [TABLE]",
            "keys and indexes, in words",
            show_schema,
            most=1,
            choices=table_names,
        ),
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
        Command(
            ".mode [FORMAT]",
            f"how items are printed: {', '.join(RENDERERS)}",
            set_mode,
            most=1,
            choices=lambda _: RENDERERS,
        ),
        Command(
            ".consumed [on|off]",
            "the line below an answer",
            set_consumed,
            most=1,
            choices=lambda _: SWITCH,
        ),
        Command(
            ".timer [on|off]",
            "the time that a statement took",
            set_timer,
            most=1,
            choices=lambda _: SWITCH,
        ),
        Command(
            ".analyze STATEMENT",
            "runs it, writes too, and prints what it read and cost in the place of its items",
            analyze,
            least=1,
            most=1,
            takes_text=True,
        ),
        Command(
            ".read FILE",
            "runs the statements and commands of a file",
            read_file,
            least=1,
            most=1,
            takes_path=True,
        ),
        Command(
            ".output FILE|-",
            "where answers go: a file, which is written anew, or - for here",
            set_output,
            least=1,
            most=1,
            takes_path=True,
        ),
        Command(".help", "this list", show_help),
        Command(".quit", "leaves, as Ctrl-D does", leave),
    )
}
"""Every dot-command by name, in the order of ``.help``."""

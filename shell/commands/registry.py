"""All dot-commands by name, and how an input, or a script of them, is carried out."""

import shlex
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from io import BytesIO
from pathlib import Path
from typing import Final

from ddblite.schema.errors import FileError
from ddblite.shell.commands import (
    answers,
    configuring,
    describing,
    explaining,
    files,
    guarding,
    parameters,
    results,
    sql,
    transactions,
)
from ddblite.shell.commands.command import Command
from ddblite.shell.conversation.run_statement import run_statement
from ddblite.shell.conversation.script import pieces_of
from ddblite.shell.conversation.session import Session, ShellError
from ddblite.shell.conversation.statements import Splitter, is_command
from ddblite.workbench.safe_text import escaped
from ddblite.workbench.transfer import opened_source


def carry_out(session: Session, text: str) -> None:
    """Carries out one input, a statement or a command, or raises a DdbError."""
    try:
        if is_command(text):
            run_command(session, text)
        else:
            run_statement(session, text)
        if session.redirected is not None:
            session.redirected.flush()
    except OSError as fault:
        # A full disk below the file of .output; standard output is the caller's to speak of.
        if session.redirected is None:
            raise
        session.drop_redirection()
        raise FileError(f".output: {fault.strerror or fault}; answers come here again") from fault


def run_whole(session: Session, pieces: Iterable[str]) -> None:
    """Carries out a script, or raises what is wrong; a transaction has to end before it does."""
    run(session, pieces)
    lost = session.drop_transaction()
    if lost:
        raise ShellError(lost)


def run(session: Session, pieces: Iterable[str]) -> None:
    """Carries out statements and commands, or raises what is wrong with the first that fails."""
    splitter = Splitter()
    for piece in pieces:
        run_all(session, splitter.feed(piece))
        if session.is_over:
            return
    run_all(session, splitter.finish())


def run_all(session: Session, inputs: Iterable[str]) -> None:
    """Carries out inputs until one of them ends the session."""
    for text in inputs:
        if session.is_over:
            return
        carry_out(session, text)
        # Whoever reads along should see an answer when it is there.
        session.out.flush()


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


def show_help(session: Session) -> None:
    """Prints the commands."""
    width = max(len(command.usage) for command in COMMANDS.values())
    session.say("A statement is PartiQL and ends with ;  These commands end with the line:")
    for command in COMMANDS.values():
        session.say(f"  {command.usage:<{width}}  {command.summary}")


FILES_BEING_READ_MAX: Final = 16
"""A file that reads itself ends here."""


def read_file(session: Session, name: str) -> None:
    """Runs the statements and commands of a file, until one fails."""
    if session.files_being_read >= FILES_BEING_READ_MAX:
        raise ShellError(f"{escaped(name)}: files that read files go no deeper than this")
    session.files_being_read += 1
    try:
        with opened_source(str(Path(name).expanduser()), BytesIO()) as stream:
            run(session, pieces_of(stream, escaped(name)))
    finally:
        session.files_being_read -= 1


def leave(session: Session) -> None:
    """Ends the session."""
    session.is_over = True


ROWS: Final = (
    Command(
        ".read FILE",
        "runs the statements and commands of a file",
        read_file,
        least=1,
        most=1,
    ),
    Command(".help", "this list", show_help),
    Command(".quit", "leaves, as Ctrl-D does", leave),
)

COMMANDS: Final[Mapping[str, Command]] = {
    command.name: command
    for rows in (
        describing.ROWS,
        explaining.ROWS,
        sql.ROWS,
        guarding.ROWS,
        parameters.ROWS,
        transactions.ROWS,
        results.ROWS,
        answers.ROWS,
        files.ROWS,
        configuring.ROWS,
        ROWS,
    )
    for command in rows
}
"""Every dot-command by name, in the order of ``.help``."""

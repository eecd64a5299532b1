"""Commands about files beside the database."""

from io import BytesIO
from pathlib import Path
from typing import Final

from ddblite.shell.commands.command import Command
from ddblite.shell.safe_text import escaped
from ddblite.shell.session import Session, ShellError
from ddblite.shell.transfer import opened_source

FILES_BEING_READ_MAX: Final = 16
"""A file that reads itself ends here."""


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


ROWS: Final = (
    Command(
        ".read FILE",
        "runs the statements and commands of a file",
        read_file,
        least=1,
        most=1,
        takes_path=True,
    ),
)

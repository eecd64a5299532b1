"""Keys from files: never on a command line, which other users of a machine can read.

A file holds a line of text, which is a passphrase, or 32 random bytes. Which it is tells what it
looks like: chance does not make 32 bytes that are all printable in ages.
"""

import re
from pathlib import Path
from typing import Annotated, Final

import typer

from ddblite.schema.errors import FileError

KEY_BYTES: Final = 32
FILE_BYTES_MAX: Final = 4096
PRINTABLE: Final = frozenset(range(0x20, 0x7F))
LINE_END: Final = re.compile(r"[\r\n]")

KeyFile = Annotated[
    Path | None,
    typer.Option(
        "--key-file", metavar="KEY", help="Opens an encrypted file with the key in this file."
    ),
]


def key_in(path: Path | None) -> str | bytes | None:
    """Returns the key that a file holds, or raises FileError; None when no file is named."""
    if path is None:
        return None
    try:
        with path.open("rb") as file:
            found = file.read(FILE_BYTES_MAX + 1)
    except OSError as fault:
        raise FileError(f"{path}: {fault.strerror}") from fault
    text = found.removesuffix(b"\n").removesuffix(b"\r")
    if len(found) == KEY_BYTES and not PRINTABLE.issuperset(text):
        return found
    try:
        passphrase = text.decode()
    except UnicodeDecodeError:
        passphrase = ""
    if not passphrase or LINE_END.search(passphrase) or len(found) > FILE_BYTES_MAX:
        raise FileError(f"{path} holds no key: a line of text, or {KEY_BYTES} random bytes")
    return passphrase

"""What a user typed before, file by file: the history of a database is the user's own.

It stands in the user's folder and not beside the database, which may be anybody's; nobody
else can read it. Its name is the database's, with a digest of the whole path.
"""

import os
import re
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Final

from prompt_toolkit.history import FileHistory, History, InMemoryHistory

from ddblite.shell.folders import STATE, own_folder

OWNER_ONLY: Final = 0o600

FOLDER: Final = "histories"

IN_MEMORY: Final = ":memory:"
"""What is opened instead of a file; all of them share a history."""


class UserHistory(FileHistory):
    """A history in a file; what cannot be written there is remembered until the end only."""

    def store_string(self, string: str) -> None:
        """Adds an input to the file if that is possible."""
        try:
            super().store_string(string)
        except (OSError, UnicodeError):
            return


def history(database: str, environment: Mapping[str, str], platform: str) -> History:
    """Returns the user's history of a file, or an empty one when there is no place for it."""
    folder = own_folder(STATE, environment, platform)
    if folder is None:
        return InMemoryHistory()
    try:
        path = folder / FOLDER / name_of(database)
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, OWNER_ONLY))
    except OSError:
        return InMemoryHistory()
    return UserHistory(str(path))


def name_of(database: str) -> str:
    """Returns the name of the file that remembers what was typed about a database."""
    if database == IN_MEMORY:
        return "memory"
    path = str(Path(database).resolve())
    digest = sha256(path.encode("utf-8", "surrogateescape")).hexdigest()
    stem = re.sub(r"[^0-9A-Za-z_-]", "", Path(path).stem)
    return f"{stem[:STEM_CHARACTERS_MAX]}-{digest[:DIGEST_CHARACTERS]}"


STEM_CHARACTERS_MAX: Final = 40
DIGEST_CHARACTERS: Final = 16

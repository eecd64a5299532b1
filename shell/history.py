"""What a user typed before: a file of the user's own, readable by nobody else."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from prompt_toolkit.history import FileHistory, History, InMemoryHistory

OWNER_ONLY: Final = 0o600


class UserHistory(FileHistory):
    """A history in a file; what cannot be written there is remembered until the end only."""

    def store_string(self, string: str) -> None:
        """Adds an input to the file if that is possible."""
        try:
            super().store_string(string)
        except (OSError, UnicodeError):
            return


def history(environment: Mapping[str, str], platform: str) -> History:
    """Returns the user's history, or an empty one when there is no place for it."""
    folder = state_folder(environment, platform)
    if folder is None:
        return InMemoryHistory()
    path = folder / "ddblite" / "history"
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, OWNER_ONLY))
    except OSError:
        return InMemoryHistory()
    return UserHistory(str(path))


def state_folder(environment: Mapping[str, str], platform: str) -> Path | None:
    """Returns the platform's folder for what a program remembers, or None when it has none."""
    given = environment.get("XDG_STATE_HOME", "")
    if os.path.isabs(given):  # noqa: PTH117 - the specification: a relative path is ignored
        return Path(given)
    home = environment.get("HOME") or environment.get("USERPROFILE")
    if platform == "win32":
        local = environment.get("LOCALAPPDATA")
        return Path(local) if local else None
    if not home:
        return None
    return Path(home, *STATE_BELOW_HOME.get(platform, (".local", "state")))


STATE_BELOW_HOME: Final = {"darwin": ("Library", "Application Support")}

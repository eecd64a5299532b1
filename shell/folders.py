"""Where a platform keeps what a program is told and what it remembers.

Nothing here reads the environment or makes a folder: the command hands over the one, and who
writes a file makes the other.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

OWN: Final = "ddblite"


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of folder: the variables that name it, and where it is below the home folder."""

    variable: str
    variable_on_windows: str
    below_home: tuple[str, ...]


CONFIGURATION: Final = Kind("XDG_CONFIG_HOME", "APPDATA", (".config",))
STATE: Final = Kind("XDG_STATE_HOME", "LOCALAPPDATA", (".local", "state"))
BELOW_HOME_ON_MACOS: Final = ("Library", "Application Support")


def own_folder(kind: Kind, environment: Mapping[str, str], platform: str) -> Path | None:
    """Returns this program's folder of a kind, or None when the platform says no place for it."""
    given = environment.get(kind.variable, "")
    if os.path.isabs(given):  # noqa: PTH117 - the specification: a relative path is ignored
        return Path(given, OWN)
    if platform == "win32":
        roaming = environment.get(kind.variable_on_windows)
        return Path(roaming, OWN) if roaming else None
    home = environment.get("HOME")
    if not home:
        return None
    return Path(home, *(BELOW_HOME_ON_MACOS if platform == "darwin" else kind.below_home), OWN)

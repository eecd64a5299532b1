"""``repair`` and ``upgrade``, and how ``connect`` tells of an upgrade."""

import os
import warnings
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING

from ddblite.engine.file.opening import encrypted_files
from ddblite.engine.maintenance import upgrading
from ddblite.engine.maintenance.check import unheard
from ddblite.engine.maintenance.upgrading import Upgraded

if TYPE_CHECKING:
    from ddblite.engine.maintenance.repair import Repaired


def repair(
    damaged: str | os.PathLike[str],
    new: str | os.PathLike[str],
    *,
    progress: Callable[[int], None] | None = None,
    key: str | bytes | None = None,
) -> "Repaired":
    """Writes every item of a damaged file that can still be read into a new file.

    The damaged file is not changed, and nobody may have it open; the new one must not exist yet.
    Returns how many items each table has, and a sentence for each thing that could not be read:
    tables, rows by their keys, pages. ``progress`` is told, now and then, how many items were
    written since. ``key`` is that of an encrypted file, and of the new one. Raises FileError when
    nothing can be read or no file be written.
    """
    from ddblite.engine.maintenance import repair as repairing

    return repairing.repair(os.fspath(damaged), os.fspath(new), progress or unheard, key)


class FormatUpgraded(UserWarning):
    """A file of an earlier format was upgraded; the warning says where it is as it was."""


def upgrade(
    path: str | os.PathLike[str],
    *,
    progress: Callable[[int], None] | None = None,
    key: str | bytes | None = None,
) -> Upgraded | None:
    """Brings a file of an earlier format to that of today, as ``connect`` does by itself.

    The file as it was stays beside it, as ``shop.ddb.format1``. Returns what was done, or None
    where the file has today's format. ``progress`` is told, now and then, how many rows were
    written since. ``key`` is that of an encrypted file. Raises Busy when somebody has the file
    open, and FileError or one of its kinds when it cannot be upgraded; it is then left as it was.
    """
    return upgrading.upgrade(os.fspath(path), progress or unheard, encrypted_files(key))


def warn_of(upgraded: Upgraded, database: AbstractContextManager[object]) -> None:
    """Warns whoever called ``connect``; where that is an error, the database is closed again."""
    try:
        warnings.warn(str(upgraded), FormatUpgraded, stacklevel=3)
    except FormatUpgraded:
        database.__exit__(None, None, None)
        raise

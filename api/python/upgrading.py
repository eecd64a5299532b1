"""``upgrade``, and how ``connect`` tells of one."""

import os
import warnings
from collections.abc import Callable
from contextlib import AbstractContextManager

from ddblite.engine.file.opening import encrypted_files
from ddblite.engine.maintenance import upgrading as engine
from ddblite.engine.maintenance.check import unheard
from ddblite.engine.maintenance.upgrading import Upgraded


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
    return engine.upgrade(os.fspath(path), progress or unheard, encrypted_files(key))


def warn_of(upgraded: Upgraded, database: AbstractContextManager[object]) -> None:
    """Warns whoever called ``connect``; where that is an error, the database is closed again."""
    try:
        warnings.warn(str(upgraded), FormatUpgraded, stacklevel=3)
    except FormatUpgraded:
        database.__exit__(None, None, None)
        raise

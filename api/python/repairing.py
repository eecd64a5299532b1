"""``repair``: what can still be read of a damaged file, in a new one."""

import os
from collections.abc import Callable

from ddblite.engine.maintenance import repair as engine
from ddblite.engine.maintenance.check import unheard
from ddblite.engine.maintenance.repair import Repaired


def repair(
    damaged: str | os.PathLike[str],
    new: str | os.PathLike[str],
    *,
    progress: Callable[[int], None] | None = None,
    key: str | bytes | None = None,
) -> Repaired:
    """Writes every item of a damaged file that can still be read into a new file.

    The damaged file is not changed, and nobody may have it open; the new one must not exist yet.
    Returns how many items each table has, and a sentence for each thing that could not be read:
    tables, rows by their keys, pages. ``progress`` is told, now and then, how many items were
    written since. ``key`` is that of an encrypted file, and of the new one. Raises FileError when
    nothing can be read or no file be written.
    """
    return engine.repair(os.fspath(damaged), os.fspath(new), progress or unheard, key)

"""Backups: a compact copy of an open database, checked before it is called one.

A file must never be copied by hand while it is open: its last commits are in the log beside
it. The copy is made by SQLite into a temporary file in the target's directory, opened and
checked, flushed, and only then given its name.
"""

import os
from pathlib import Path
from uuid import uuid4

from ddblite.engine import check
from ddblite.engine.opening import fault_words, open_storage
from ddblite.engine.storage import Storage
from ddblite.schema.errors import Corrupt, FileError


def back_up(storage: Storage, path: str) -> None:
    """Writes a checked copy, as of one moment, to a file that must not exist yet."""
    if "\0" in path:  # where SQLite would end the name
        raise FileError(f"{path!r} is no name of a file")
    target = Path(path).absolute()
    if not target.parent.is_dir():
        raise FileError(f"{path}: there is no such folder")
    if target.exists():
        raise FileError(f"{path} exists; a backup never overwrites a file")
    for suffix in ("-wal", "-journal"):
        if Path(f"{target}{suffix}").exists():
            raise FileError(f"{path}{suffix} lies there and would become part of the copy")
    temporary = target.with_name(f".{target.name}.{uuid4().hex[:8]}.part")
    try:
        storage.copy_into(str(temporary))
        verify(temporary)
        flush(temporary)
        # A link, unlike a rename, fails when somebody has made the target meanwhile.
        os.link(temporary, target)
        flush(target.parent)
    except OSError as fault:
        raise FileError(f"{path}: {fault_words(fault)}") from fault
    finally:
        temporary.unlink(missing_ok=True)


def verify(path: Path) -> None:
    """Raises Corrupt unless the copy opens and is whole."""
    copy, found = open_storage(str(path), mode="read", durability="power", reading=check.problems)
    copy.close()
    if found:
        raise Corrupt(f"the copy is not whole, and was removed: {found[0]}")


def flush(path: Path) -> None:
    """Makes a file or a directory's entries durable."""
    if os.name == "nt" and path.is_dir():  # pragma: no cover - Windows flushes no directory
        return
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)

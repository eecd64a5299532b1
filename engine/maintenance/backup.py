"""Backups: a compact copy of an open database, checked before it is called one.

A file must never be copied by hand while it is open: its last commits are in the log beside
it. The copy is made by SQLite into a hidden file in the target's directory, opened and
checked, flushed, and only then given its name. Nobody may read it who may not read the original.
"""

import errno
import os
import stat
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

from ddblite.engine.file.copies import copy_into
from ddblite.engine.file.inspection import fault_words, refuse_unusable
from ddblite.engine.file.opening import open_storage
from ddblite.engine.file.storage import Storage
from ddblite.engine.maintenance import check
from ddblite.schema.errors import Corrupt, FileError

if TYPE_CHECKING:
    from ddblite.engine.file.encryption import EncryptedFiles

READING_AND_WRITING: Final = 0o666
FOR_THE_GROUP: Final = 0o060
FOR_ME_ALONE: Final = 0o600

FLUSHABLE: Final = os.O_RDWR if os.name == "nt" else os.O_RDONLY
"""How a file is opened to be flushed: Windows does that for those who may write it."""


def back_up(storage: Storage, path: str, new_id: str) -> None:
    """Writes a checked copy, as of one moment, to a file that must not exist yet.

    ``new_id`` is a UUID, for the name that the copy has until it is whole.
    """
    refuse_no_name(path)
    if path:  # the empty one is the folder itself
        refuse_unusable(path)
    try:
        target = Path(path).absolute()
        refuse_target(target, path)
        make_copy(storage, target, hidden_beside(target, new_id))
    except OSError as fault:
        raise FileError(f"{path}: {fault_words(fault)}") from fault


def refuse_no_name(path: str) -> None:
    """Raises where SQLite would make another file, or none."""
    if "\0" in path or path == ":memory:":
        raise FileError(f"{path!r} is no name of a file")


def refuse_target(target: Path, path: str, what: str = "a backup") -> None:
    """Raises when the copy cannot be where it is to be."""
    if not target.parent.is_dir():
        raise FileError(f"{path}: there is no such folder")
    if target.exists():
        raise FileError(f"{path} exists; {what} never overwrites a file")
    for suffix in ("-wal", "-journal"):
        if Path(f"{target}{suffix}").exists():
            raise FileError(f"{path}{suffix} lies there and would become part of the copy")


def make_copy(storage: Storage, target: Path, part: Path) -> None:
    """Makes the copy under a hidden name, and gives it its own."""
    make_private(part, READING_AND_WRITING if storage.in_memory else FOR_ME_ALONE)
    try:
        copy_into(storage, str(part))
        verify(part, storage.address.files)
        flush(part)
        if not storage.in_memory:
            give_rights(part, Path(storage.path))
        give_name(part, target)
        flush(target.parent)
    finally:
        for left_over in (part, Path(f"{part}-journal")):
            with suppress(OSError):
                left_over.unlink(missing_ok=True)


def hidden_beside(target: Path, new_id: str) -> Path:
    """Returns a new name for what is to have another when it is whole; there is room behind it."""
    # The end of a UUID, where those of a clock for tests differ as well.
    return target.with_name(f".{target.name[:40]}.{new_id[-8:]}.part")


def make_private(part: Path, rights: int = FOR_ME_ALONE) -> None:
    """Makes an empty file; SQLite would let everybody read it whom the umask does not stop."""
    os.close(os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, rights))


def verify(path: Path, files: "EncryptedFiles | None" = None) -> None:
    """Raises Corrupt unless the copy opens and is whole."""
    copy, found = open_storage(
        str(path),
        mode="read",
        durability="power",
        reading=check.problems,
        files=files,
    )
    copy.close()
    if found:
        raise Corrupt(f"the copy is not whole, and was removed: {found[0]}")


def give_rights(copy: Path, original: Path) -> None:
    """Lets a copy be read and written by those who may do so with the original."""
    if os.name == "nt":  # pragma: no cover - there, a folder gives its rights to what is made in it
        return
    # Where there are no rights at all, as on exFAT, there is nothing to give.
    with suppress(OSError):
        found = original.stat()
        rights = stat.S_IMODE(found.st_mode) & READING_AND_WRITING
        if found.st_gid != copy.stat().st_gid:
            rights &= ~FOR_THE_GROUP
        copy.chmod(rights)


def give_name(part: Path, target: Path) -> None:
    """Gives a whole file its name, which nothing may have."""
    try:
        # A link, unlike a rename, fails when somebody has made the target meanwhile.
        os.link(part, target)
        with suppress(OSError):
            part.unlink()  # at once: a file with two names is not opened for writing
    except FileExistsError:
        raise
    except OSError:  # exFAT and many networks have no links: the name is taken first
        os.close(os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY))
        try:
            part.replace(target)
        except OSError:
            target.unlink()
            raise


def flush(path: Path) -> None:
    """Makes a file or a directory's entries durable."""
    if os.name == "nt" and path.is_dir():  # pragma: no cover - Windows flushes no directory
        return
    descriptor = os.open(path, FLUSHABLE)
    try:
        flush_descriptor(descriptor)
    except OSError as fault:
        if fault.errno != errno.EINVAL:  # there is nothing to flush on this file system
            raise
    finally:
        os.close(descriptor)


def flush_descriptor(descriptor: int) -> None:
    """Makes an open file durable."""
    if sys.platform == "darwin":  # pragma: no cover - where fsync only reaches the drive's cache
        import fcntl

        with suppress(OSError):  # networks know no such flush
            fcntl.fcntl(descriptor, fcntl.F_FULLFSYNC)
            return
    os.fsync(descriptor)

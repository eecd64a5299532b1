"""Checksums of whole pages, so that damage anywhere in a file is an error.

The seal of a row proves the row. What finds it, and what says that there is none, are pages of
SQLite's trees; each ends in eight bytes that its checksum VFS writes, and compares whenever a page
is read from the file. Pages in the log have the checksums of the log. The VFS comes with apsw's
wheels, for all platforms, as an extension, and is the only one that is ever loaded; afterwards no
connection may load any.

It is asked for by its name, and never becomes the default of the process, where other programs'
databases are opened as well. Files without those eight bytes are read as without it.
"""

from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

import apsw

from ddblite.engine.file import fileformat
from ddblite.engine.file.bare_files import CHANGE, LOOK, opened, told_of
from ddblite.schema.errors import FileError

if TYPE_CHECKING:
    from ddblite.engine.file.encryption import EncryptedFiles

VFS_NAME: Final = "cksmvfs"

PAGE_SIZES: Final = frozenset(2**power for power in range(9, 16))

LOOKS: Final = 3
"""How often a page is read before it is called damaged: another process may be writing it."""


@lru_cache(maxsize=1)
def checksum_vfs() -> str:
    """Returns the name of the file layer that knows checksums, which is made known to SQLite."""
    lay_over_default()
    return VFS_NAME


def lay_over_default() -> None:
    """Lays checksums over what is SQLite's default file layer now, and leaves it the default."""
    default = apsw.vfs_names()[0]
    # apsw.sqlite_extra would do the same, and its import takes five times as long as apsw's.
    folder = Path(apsw.__file__).parent / "sqlite_extra_binaries"
    library = next(iter(sorted(folder.glob("cksumvfs.*"))), None)
    if library is None:
        raise FileError(
            "this build of apsw is without SQLite's checksum VFS; install one of its wheels"
        )
    if VFS_NAME in apsw.vfs_names():  # it is laid over another
        apsw.unregister_vfs(VFS_NAME)
    connection = apsw.Connection(":memory:")
    connection.config(apsw.SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 1)
    connection.load_extension(str(library))
    connection.close()
    apsw.set_default_vfs(default)


def where_damaged(path: str) -> str:
    """Returns what is said of a file in which a page does not match its checksum."""
    try:
        number = next(damaged_pages(path), None)
    except (OSError, FileError):
        number = None
    where = f"page {number} of {path}" if number else f"a page of {path}"  # it may be written anew
    return f"{where} is damaged: it does not match its checksum; run check"


def damaged_pages(path: str, files: "EncryptedFiles | None" = None) -> Iterator[int]:
    """Gives the numbers of the pages of a file that do not match their checksums.

    ``files`` has the key of an encrypted one, whose pages have tags.
    """
    return (number for number, is_whole in judged_pages(path, files) if not is_whole)


def judged_pages(path: str, files: "EncryptedFiles | None") -> Iterator[tuple[int, bool]]:
    """Gives the number of every page of a file, and whether it is what was written.

    The file is looked at as it lies, without what its log changes.
    """
    if files is not None:
        with told_of(path):
            yield from files.judged_pages(path)
        return
    checksum_vfs()
    judge = apsw.Connection(":memory:")
    try:
        with told_of(path), opened(path, LOOK) as file:
            page_bytes = page_bytes_of(file.xRead(fileformat.HEADER_BYTES, 0))
            for number in range(1, 1 + file.xFileSize() // page_bytes):
                looks = (is_sound(judge, file, page_bytes, number) for _ in range(LOOKS))
                yield number, any(looks)
    finally:
        judge.close()


def seal_pages(path: str) -> None:
    """Gives their checksums to pages of a new copy that were written without; nobody uses it yet.

    The checksum VFS begins with the first page. Of a copy that SQLite makes in one transaction
    that comes last, after everything for which the cache had no room.
    """
    vfs = checksum_vfs()
    judge = apsw.Connection(":memory:")
    try:
        with told_of(path), opened(path, LOOK) as file, opened(path, CHANGE, vfs=vfs) as sealing:
            header = sealing.xRead(fileformat.HEADER_BYTES, 0)  # from which the VFS learns to seal
            if header[20:21] != bytes([fileformat.RESERVED_BYTES]):
                return
            page_bytes = page_bytes_of(header)
            for number in range(1, 1 + file.xFileSize() // page_bytes):
                if not is_sound(judge, file, page_bytes, number):
                    offset = (number - 1) * page_bytes
                    sealing.xWrite(file.xRead(page_bytes, offset).ljust(page_bytes, b"\0"), offset)
    finally:
        judge.close()


def page_bytes_of(header: bytes) -> int:
    """Returns the size of a file's pages; where its header says none, that of ours."""
    size = int.from_bytes(header[16:18], "big")
    return 65536 if size == 1 else size if size in PAGE_SIZES else fileformat.PAGE_BYTES


def is_sound(judge: apsw.Connection, file: apsw.VFSFile, page_bytes: int, number: int) -> bool:
    """Whether a page of a file, read anew, matches its checksum."""
    page = file.xRead(page_bytes, (number - 1) * page_bytes).ljust(page_bytes, b"\0")
    return bool(judge.execute("SELECT verify_checksum(?)", (page,)).get)

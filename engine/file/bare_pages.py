"""The pages of a damaged file as they lie there, read without SQLite, which would refuse them.

Where the log beside the file has a newer page, in a transaction that was committed, it is that
one. Nothing is written, and no page is trusted: what is found in one is proven by its own seal.
"""

from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Final

import apsw

from ddblite.engine.file import fileformat
from ddblite.engine.file.faults import is_damage
from ddblite.engine.file.log_frames import added, frames, opened_log

if TYPE_CHECKING:
    from ddblite.engine.file.encryption import EncryptedFiles

PAGE_SIZES: Final = frozenset(2**power for power in range(9, 16))
LARGEST_PAGE: Final = 65536
CHECKSUM_BYTES: Final = 8
LOOKED_AT: Final = 16
"""Pages that show whether there are checksums, where the header does not say so."""

LOCK_AT: Final = 2**30
"""The page with this byte is never used."""


class Pages:
    """The pages of a file that is open for reading, and of the log beside it."""

    def __init__(
        self, file: apsw.VFSFile, path: str, files: "EncryptedFiles | None" = None
    ) -> None:
        self.file = file
        self.files = files
        self.log = Path(f"{path}-wal")
        self.in_log: dict[int, int] = {}
        self.count = 0
        self.lost_transactions = 0
        self.read_log()
        header = file.xRead(fileformat.HEADER_BYTES, 0)
        self.page_bytes = page_bytes_of(header)
        header = self.read(1)[: fileformat.HEADER_BYTES]
        self.header = header
        self.is_ours = header[68:72] == fileformat.APPLICATION_ID.to_bytes(4, "big")
        self.is_sqlite = header.startswith(fileformat.SQLITE_MAGIC)
        self.count = self.count or -(-file.xFileSize() // self.page_bytes)
        self.has_checksums = files is None and header[20:21] == bytes([CHECKSUM_BYTES])
        if (
            files is None and not self.is_sqlite
        ):  # then the pages behind it show whether they have some
            self.has_checksums = any(map(self.has_checksum, range(2, 2 + LOOKED_AT)))
        reserved_bytes = CHECKSUM_BYTES if self.has_checksums else 0
        self.usable_bytes = self.page_bytes - (files.reserved_bytes if files else reserved_bytes)

    def read_log(self) -> None:
        """Learns where in the log the last committed page of each number is."""
        pending: dict[int, int] = {}
        for frame in frames(self.log, self.files):
            if not frame.is_whole:
                self.lost_transactions += frame.file_pages > 0
                continue
            pending[frame.page] = frame.offset
            if frame.file_pages:
                self.in_log |= pending
                self.count = frame.file_pages
                pending = {}

    def read(self, number: int) -> bytes:
        """Returns a page; what is missing at the end of the file is zeros.

        So is a page of an encrypted file that does not match its tag.
        """
        if number in self.in_log:
            with closing(opened_log(self.log, self.files)) as log:
                log.seek(self.in_log[number])
                return log.read(self.page_bytes)
        try:
            found: bytes = self.file.xRead(self.page_bytes, (number - 1) * self.page_bytes)
        except apsw.IOError as fault:
            if self.files is None or not is_damage(fault):
                raise
            found = b""
        return found.ljust(self.page_bytes, b"\0")

    def is_whole(self, number: int) -> bool:
        """Whether a page is what was written, as far as it says so.

        In the log, the frame says it; the page's own checksum is made when it goes into the file.
        """
        if self.files is not None:
            return any(self.read(number))
        return not self.has_checksums or number in self.in_log or matches(self.read(number))

    def has_checksum(self, number: int) -> bool:
        """Whether a page ends with its own checksum; one of zeros does not tell."""
        page = self.read(number)
        return any(page) and matches(page)

    def free(self) -> tuple[set[int], bool]:
        """Returns the pages that are free, and whether those are all that should be."""
        expected = int.from_bytes(self.header[36:40], "big")
        trunk = int.from_bytes(self.header[32:36], "big")
        found: set[int] = set()
        while 0 < trunk <= self.count and trunk not in found:
            page = self.read(trunk)
            if not self.is_whole(trunk):
                break
            found.add(trunk)
            listed = int.from_bytes(page[4:8], "big")
            places = range(8, min(8 + 4 * listed, self.usable_bytes - 3), 4)
            found.update(int.from_bytes(page[at : at + 4], "big") for at in places)
            trunk = int.from_bytes(page[:4], "big")
        return found, self.is_sqlite and len(found) == expected

    def unused(self) -> int:
        """Returns the number of the page that SQLite's locks lie on."""
        return LOCK_AT // self.page_bytes + 1


def matches(page: bytes) -> bool:
    """Whether the last bytes of a page are the checksum of all others."""
    one, two = added((0, 0), page[:-CHECKSUM_BYTES], "little")
    return page[-CHECKSUM_BYTES:] == one.to_bytes(4, "little") + two.to_bytes(4, "little")


def page_bytes_of(header: bytes) -> int:
    """Returns the size of a file's pages; where its header says none, that of ours."""
    size = int.from_bytes(header[16:18], "big")
    return LARGEST_PAGE if size == 1 else size if size in PAGE_SIZES else fileformat.PAGE_BYTES

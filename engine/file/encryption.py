"""Encryption of a file, its log and its journal: whole pages, between SQLite and the disk.

A page (8192 bytes) is one message of AES-256-GCM. SQLite leaves the last 48 bytes of every page
alone; there are the tag, a nonce and the file's salt. What is encrypted together:

    page 1         24 bytes as they are, then all else     24 | 8120 | tag | nonce | salt
    any other page                                               8144 | tag | nonce | salt
    frame (log)    16 bytes as they are, checksum and page 16 | 8152 | tag | nonce | salt
    record         4 bytes as they are, page and checksum   4 | 8148 | tag | nonce | salt

SQLite's checksums of a frame and of a record of the journal are sums of what is encrypted, and
would tell of it; so they are encrypted with their page. The first 16 bytes of the file are ours.

Each message has a key of its own, derived from the file's key, a random nonce of 128 bits and the
message's place: which kind of file, and where in it. So there is no number of writes after which a
key would be worn out, and a page in another's place, or in another file, is no page.

What does not match its tag raises ``SQLITE_IOERR_DATA``, as SQLite's own checksums of pages do.
In the log, SQLite looks for the end by itself: it is where a frame does not match.

SQLite writes a frame in two pieces and a record in three; what comes first is held until the rest
is there. Any other piece, and any other file, is refused: nothing goes to the disk as it is.
"""

from collections.abc import Iterator, Mapping
from itertools import count
from pathlib import Path
from typing import Any, Final

import apsw

from ddblite.engine.file.encryption_keys import CLEAR_BYTES, SALT_BYTES, Cipher, Key, Unreadable
from ddblite.engine.file.faults import is_damage
from ddblite.engine.file.fileformat import HEADER_BYTES, PAGE_BYTES, SQLITE_MAGIC
from ddblite.schema.errors import WrongKey

RESERVED_BYTES: Final = 48
"""At the end of each page: tag, nonce and salt."""

RESERVED: Final = bytes(RESERVED_BYTES)
BODY_BYTES: Final = PAGE_BYTES - RESERVED_BYTES
PAGE_1_CLEAR_BYTES: Final = 24
"""Ours, and SQLite's of which all but two are the same in every file."""

LOG_HEADER_BYTES: Final = 32
FRAME_HEADER_BYTES: Final = 24
FRAME_CLEAR_BYTES: Final = 16
FRAME_BYTES: Final = FRAME_HEADER_BYTES + PAGE_BYTES

SECTOR_AT: Final = 20
"""Where the header of a journal says how long it is."""

NUMBER_BYTES: Final = 4
CHECKSUM_BYTES: Final = 4
RECORD_BYTES: Final = NUMBER_BYTES + PAGE_BYTES + CHECKSUM_BYTES

LOOKS: Final = 3
"""How often a page is read before it is called damaged: another process may be writing it."""

numbers: Final = count(1)


def damaged(what: str) -> Exception:
    """Returns the fault of what does not match its tag."""
    fault = apsw.exception_for(apsw.SQLITE_IOERR_DATA)
    fault.args = (f"{what} is damaged: it does not match its tag",)
    return fault


def unexpected(what: str) -> Exception:
    """Returns the fault of something that SQLite is not known to do."""
    fault = apsw.exception_for(apsw.SQLITE_IOERR)
    fault.args = (f"{what} cannot be encrypted",)
    return fault


def body_of(page: bytes) -> bytes:
    """Returns what is to be encrypted of a page."""
    if len(page) != PAGE_BYTES or not page.endswith(RESERVED):
        raise unexpected(f"a page of {len(page)} bytes")
    return page[:BODY_BYTES]


class EncryptedFiles(apsw.VFS):
    """SQLite's file layer for databases with one key."""

    def __init__(self, key: Key) -> None:
        self.key = key
        self.reserved_bytes = RESERVED_BYTES
        self.name = f"ddblite-encrypted-{next(numbers)}"
        self.ciphers: dict[str, Cipher] = {}
        self.below = apsw.vfs_names()[0]
        super().__init__(self.name, self.below)

    def xOpen(self, name: Any, flags: list[int]) -> apsw.VFSFile:  # noqa: ANN401, N802 - apsw's
        """Opens a database, its log or its journal; there is no other file."""
        for kind, opened in FILES.items():
            if name is not None and flags[0] & kind:
                return opened(self, name, flags)
        raise apsw.exception_for(apsw.SQLITE_CANTOPEN)

    def inspect(self, path: str) -> None:
        """Raises WrongKey when a file, which is there, was encrypted with another key."""
        self.xOpen(path, [apsw.SQLITE_OPEN_READONLY | apsw.SQLITE_OPEN_MAIN_DB, 0]).xClose()

    def inspect_journal(self, path: str) -> None:
        """Raises unless the first page in a file's journal is one of its own."""
        journal = self.xOpen(
            f"{path}{JournalFile.SUFFIX}",
            [apsw.SQLITE_OPEN_READONLY | apsw.SQLITE_OPEN_MAIN_JOURNAL, 0],
        )
        try:
            sector_bytes = int.from_bytes(journal.xRead(4, SECTOR_AT), "big")
            journal.xRead(PAGE_BYTES, sector_bytes + NUMBER_BYTES)
        finally:
            journal.xClose()

    def judged_pages(self, path: str) -> Iterator[tuple[int, bool]]:
        """Gives the number of every page in the file as it lies, and whether it matches its tag."""
        file = self.xOpen(path, [apsw.SQLITE_OPEN_READONLY | apsw.SQLITE_OPEN_MAIN_DB, 0])
        try:
            for index in range(file.xFileSize() // PAGE_BYTES):
                try:
                    file.xRead(PAGE_BYTES, index * PAGE_BYTES)
                except apsw.IOError as fault:
                    if not is_damage(fault):
                        raise
                    yield index + 1, False
                else:
                    yield index + 1, True
        finally:
            file.xClose()

    def log(self, path: str) -> "ClearLog":
        """Opens a log to look at; raises OSError when there is none."""
        Path(path).stat()
        file = self.xOpen(path, [apsw.SQLITE_OPEN_READONLY | apsw.SQLITE_OPEN_WAL, 0])
        return ClearLog(file)

    def cipher(self, path: str) -> Cipher:
        """Returns how the pages of a database are encrypted; of a new one, as from now on."""
        if path not in self.ciphers:
            self.ciphers[path] = self.key.new_cipher()
        return self.ciphers[path]


class EncryptedFile(apsw.VFSFile):
    """One file that SQLite has open."""

    SUFFIX = ""

    def __init__(self, files: EncryptedFiles, name: Any, flags: list[int]) -> None:  # noqa: ANN401
        super().__init__(files.below, name, flags)
        path = name.filename() if isinstance(name, apsw.URIFilename) else name
        self.files = files
        self.path = path.removesuffix(self.SUFFIX)

    @property
    def cipher(self) -> Cipher:
        """How the pages of the database are encrypted."""
        return self.files.cipher(self.path)


class MainFile(EncryptedFile):
    """The database itself: pages."""

    def __init__(self, files: EncryptedFiles, name: Any, flags: list[int]) -> None:  # noqa: ANN401
        super().__init__(files, name, flags)
        self.adopt(super().xRead(PAGE_BYTES, 0))

    def adopt(self, page_1: bytes) -> None:
        """Takes over how a file is encrypted that is there; it may have been made meanwhile."""
        known = self.files.ciphers.get(self.path)
        salt = page_1[PAGE_BYTES - SALT_BYTES :]
        if not page_1:
            self.files.ciphers.pop(self.path, None)
        elif known is None or known.salt != salt:
            self.files.ciphers[self.path] = self.files.key.cipher(page_1[:CLEAR_BYTES], salt)

    def xRead(self, amount: int, offset: int) -> bytes:  # noqa: N802 - apsw's
        """Returns a page, or a part of one."""
        if (amount, offset) == (HEADER_BYTES, 0):
            return self.geometry()
        index, skipped = divmod(offset, PAGE_BYTES)
        if skipped + amount > PAGE_BYTES:
            raise unexpected(f"{amount} bytes at {offset}")
        page = self.page(index)
        return page if amount == PAGE_BYTES else page[skipped : skipped + amount]

    def geometry(self) -> bytes:
        """Returns the header as far as it is needed before SQLite has locked the file.

        It is the size of pages; whoever writes page 1 at this moment does not change it.
        """
        start = super().xRead(PAGE_1_CLEAR_BYTES, 0)
        if not start:
            return b""
        return (SQLITE_MAGIC + start[len(SQLITE_MAGIC) :]).ljust(HEADER_BYTES, b"\0")

    def page(self, index: int) -> bytes:
        """Returns a page as SQLite knows it, or nothing behind the end of the file."""
        for _ in range(LOOKS):
            sealed = super().xRead(PAGE_BYTES, index * PAGE_BYTES)
            if not sealed:
                return b""
            try:
                if not index:
                    self.adopt(sealed)
                body = self.cipher.opened(b"m", index, sealed, 0 if index else PAGE_1_CLEAR_BYTES)
            except (Unreadable, WrongKey):
                continue
            return (body if index else SQLITE_MAGIC + body[CLEAR_BYTES:]) + RESERVED
        raise damaged(f"page {index + 1} of {self.path}")

    def xWrite(self, data: bytes, offset: int) -> None:  # noqa: N802 - apsw's
        """Writes a page."""
        index, skipped = divmod(offset, PAGE_BYTES)
        if skipped:
            raise unexpected(f"{len(data)} bytes at {offset}")
        body = body_of(bytes(data))
        if index:
            sealed = self.cipher.sealed(b"m", index, b"", body)
        else:
            clear = self.cipher.preamble + body[CLEAR_BYTES:PAGE_1_CLEAR_BYTES]
            sealed = self.cipher.sealed(b"m", index, clear, body[PAGE_1_CLEAR_BYTES:])
        super().xWrite(sealed, offset)


class LogFile(EncryptedFile):
    """The write-ahead log: a header, which says nothing of the contents, and frames."""

    SUFFIX = "-wal"

    def __init__(self, files: EncryptedFiles, name: Any, flags: list[int]) -> None:  # noqa: ANN401
        super().__init__(files, name, flags)
        self.held: tuple[int, bytes] | None = None
        """The header of a frame whose page has not come yet, and where it belongs."""
        self.seen: tuple[int, bytes | None] | None = None
        """The frame that was last read as a whole, or None for one that does not match."""

    def xRead(self, amount: int, offset: int) -> bytes:  # noqa: N802 - apsw's
        """Returns the log's header, or a frame or a part of one."""
        if offset < LOG_HEADER_BYTES:
            return super().xRead(amount, offset)
        index, skipped = divmod(offset - LOG_HEADER_BYTES, FRAME_BYTES)
        if skipped + amount > FRAME_BYTES:
            raise unexpected(f"{amount} bytes at {offset} of the log")
        sealed = super().xRead(FRAME_BYTES, offset - skipped)
        try:
            frame = self.cipher.opened(b"w", index, sealed, FRAME_CLEAR_BYTES) + RESERVED
        except Unreadable:
            if amount < FRAME_BYTES:
                raise damaged(f"frame {index + 1} of {self.path}{self.SUFFIX}") from None
            self.seen = (index, None)
            return bytes(FRAME_BYTES)  # which SQLite takes for the end of the log
        if amount < FRAME_BYTES:
            return frame[skipped : skipped + amount]
        self.seen = (index, frame)
        return frame

    def xWrite(self, data: bytes, offset: int) -> None:  # noqa: N802 - apsw's
        """Writes the log's header, or a frame when both its pieces are there."""
        if not offset and len(data) == LOG_HEADER_BYTES:
            super().xWrite(data, offset)
            return
        index, skipped = divmod(offset - LOG_HEADER_BYTES, FRAME_BYTES)
        pieces = skipped, len(data)
        seen, self.seen = self.seen, None
        held, self.held = self.held, None
        if pieces == (0, FRAME_HEADER_BYTES):
            # A new frame, whose page comes next; or a new checksum, of the page as it is. In the
            # place where a log was found to end after a crash, nobody knows before the page comes.
            self.held = (index, bytes(data))
            if seen is not None and seen[0] == index and seen[1] is not None:
                self.write_frame(index, bytes(data), seen[1][FRAME_HEADER_BYTES:])
        elif pieces == (FRAME_HEADER_BYTES, PAGE_BYTES):
            if held is not None and held[0] == index:
                header = held[1]
            else:  # a new page in a frame of the same transaction, which gets its checksum later
                header = super().xRead(FRAME_CLEAR_BYTES, offset - skipped)
                header = header.ljust(FRAME_HEADER_BYTES, b"\0")
            self.write_frame(index, header, bytes(data))
        else:
            raise unexpected(f"{len(data)} bytes at {offset} of the log")

    def write_frame(self, index: int, header: bytes, page: bytes) -> None:
        """Writes a whole frame."""
        secret = header[FRAME_CLEAR_BYTES:] + body_of(page)
        sealed = self.cipher.sealed(b"w", index, header[:FRAME_CLEAR_BYTES], secret)
        super().xWrite(sealed, LOG_HEADER_BYTES + index * FRAME_BYTES)


class ClearLog:
    """A log as SQLite knows it, from its start on, for who looks at it without SQLite."""

    def __init__(self, file: apsw.VFSFile) -> None:
        self.file = file
        self.frame = file.xRead(LOG_HEADER_BYTES, 0)
        self.start = 0
        self.offset = 0

    def read(self, amount: int) -> bytes:
        """Returns the next bytes; zeros for a frame that does not match."""
        if self.offset == self.start + len(self.frame):
            self.start = self.offset
            self.frame = self.file.xRead(FRAME_BYTES, self.start)
        skipped = self.offset - self.start
        found = self.frame[skipped : skipped + amount]
        self.offset += len(found)
        return found

    def tell(self) -> int:
        """Returns where the next bytes begin."""
        return self.offset

    def seek(self, offset: int) -> None:
        """Goes to a place in a frame."""
        self.start = offset - (offset - LOG_HEADER_BYTES) % FRAME_BYTES
        self.frame = self.file.xRead(FRAME_BYTES, self.start)
        self.offset = offset

    def close(self) -> None:
        """Closes it."""
        self.file.xClose()


class JournalFile(EncryptedFile):
    """The rollback journal: headers, which say nothing of the contents, and records."""

    SUFFIX = "-journal"

    def __init__(self, files: EncryptedFiles, name: Any, flags: list[int]) -> None:  # noqa: ANN401
        super().__init__(files, name, flags)
        self.number: tuple[int, bytes] | None = None
        """The four bytes last written, and where: the number of a record's page."""
        self.page: tuple[int, bytes] | None = None
        """The page of a record whose checksum has not come yet, and where that belongs."""
        self.checksum: tuple[int, bytes] | None = None
        """The checksum of the record last read, and where it is."""

    def xRead(self, amount: int, offset: int) -> bytes:  # noqa: N802 - apsw's
        """Returns a header, or a piece of a record."""
        if self.checksum is not None and (offset, amount) == (self.checksum[0], CHECKSUM_BYTES):
            return self.checksum[1]
        if amount != PAGE_BYTES:
            return super().xRead(amount, offset)
        start = offset - NUMBER_BYTES
        sealed = super().xRead(RECORD_BYTES, start)
        if len(sealed) < RECORD_BYTES:
            return b""
        try:
            record = self.cipher.opened(b"j", start, sealed, NUMBER_BYTES)
        except Unreadable:
            raise damaged(f"{self.path}{self.SUFFIX}") from None
        self.checksum = (offset + PAGE_BYTES, record[NUMBER_BYTES + BODY_BYTES :])
        return record[NUMBER_BYTES : NUMBER_BYTES + BODY_BYTES] + RESERVED

    def xWrite(self, data: bytes, offset: int) -> None:  # noqa: N802 - apsw's
        """Writes a header, or a record when all its pieces are there."""
        number, self.number = self.number, None
        page, self.page = self.page, None
        self.checksum = None
        if len(data) == PAGE_BYTES:
            if number is None or number[0] + NUMBER_BYTES != offset:
                raise unexpected(f"a page at {offset} of the journal")
            self.number = number
            self.page = (offset + PAGE_BYTES, body_of(bytes(data)))
        elif number is not None and page is not None and page[0] == offset:
            secret = page[1] + bytes(data)
            super().xWrite(self.cipher.sealed(b"j", number[0], number[1], secret), number[0])
        else:
            if len(data) == NUMBER_BYTES:
                self.number = (offset, bytes(data))
            super().xWrite(data, offset)


FILES: Final[Mapping[int, type[EncryptedFile]]] = {
    apsw.SQLITE_OPEN_MAIN_DB: MainFile,
    apsw.SQLITE_OPEN_WAL: LogFile,
    apsw.SQLITE_OPEN_MAIN_JOURNAL: JournalFile,
}
"""The files of a database. SQLite keeps what is temporary in memory: ``temp_store``."""

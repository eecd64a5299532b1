"""The frames of the log beside a file, read and proven without SQLite.

A log is a header and frames; a frame is a page with 24 bytes before it: the page's number, the
size of the file where it ends a transaction, the salts of the log and a checksum over all that
came before. So a damaged frame cuts off whatever lies behind it: SQLite, which looks at the
checksums after a crash alone, would then take the log to end there, without an error.
"""

import sys
from array import array
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol

from ddblite.engine.file.bare_files import told_of
from ddblite.engine.file.storage import Storage
from ddblite.engine.file.write_ahead_log import committed_frames
from ddblite.schema.errors import FileError

if TYPE_CHECKING:
    from ddblite.engine.file.encryption import EncryptedFiles

HEADER_BYTES: Final = 32
FRAME_HEADER_BYTES: Final = 24
NUMBER_BYTES: Final = 4

BYTE_ORDERS: Final = {0x377F0682: "little", 0x377F0683: "big"}
"""By the first bytes of a log: the byte order of the words that its checksums are made of."""

MASK: Final = 0xFFFFFFFF
ATTEMPTS: Final = 3
"""A log that is begun anew while it is looked at is looked at again."""

STEP_FRAMES: Final = 16
"""A few milliseconds' work."""

Sums = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Frame:
    """A frame of the log; only one that is ``whole`` counts, and no frame behind one that is not.

    ``file_pages`` is 0 unless it ends a transaction. ``offset`` is where its page begins.
    """

    page: int
    file_pages: int
    offset: int
    is_whole: bool


def problems(storage: Storage) -> list[str]:
    """Returns what is wrong with the log of an open database.

    What lies behind the last commit is no problem: a write that was cut short.
    """
    return list(chain.from_iterable(steps(storage)))


def steps(storage: Storage) -> Iterator[list[str]]:
    """Gives what is wrong with the log, some frames at a time; nothing is held meanwhile."""
    path = Path(f"{storage.path}-wal")
    try:
        yield from steps_through(path, storage)
    except OSError as fault:
        raise FileError(f"{path}: {fault.strerror or fault}") from fault


def steps_through(path: Path, storage: Storage) -> Iterator[list[str]]:
    """Gives what is wrong with a log; begins again when that began anew meanwhile."""
    for _ in range(ATTEMPTS):
        header = header_of(path)
        committed = committed_frames(storage.reader())
        if committed <= 0:
            return
        whole = 0
        found = islice(frames(path, storage.address.files), committed)
        while some := list(islice(found, STEP_FRAMES)):
            whole += sum(frame.is_whole for frame in some)
            yield []
        if whole >= committed:
            return
        if header == header_of(path):
            place = f"{path} is damaged in frame {whole + 1} of {committed}"
            yield [f"the log {place}: what was written since would be lost in a crash"]
            return


def header_of(path: Path) -> bytes:
    """Returns the header of a log; nothing where there is none."""
    try:
        with path.open("rb") as log:
            return log.read(HEADER_BYTES)
    except FileNotFoundError:
        return b""


class Readable(Protocol):
    """A log that is read from its start on."""

    def read(self, amount: int, /) -> bytes:
        """Returns the next bytes."""
        ...

    def tell(self) -> int:
        """Returns where they begin."""
        ...

    def seek(self, offset: int, /) -> object:
        """Lets the next bytes begin at the page of a frame."""

    def close(self) -> None:
        """Ends it."""


def opened_log(path: Path, files: "EncryptedFiles | None") -> Readable:
    """Opens a log, of an encrypted file as SQLite knows it; raises FileNotFoundError."""
    return path.open("rb") if files is None else files.log(str(path))


def frames(path: Path, files: "EncryptedFiles | None" = None) -> Iterator[Frame]:
    """Gives the frames of a log as far as they carry its salts; none where there is no log."""
    with told_of(str(path)):
        try:
            log = opened_log(path, files)
        except FileNotFoundError:
            return
        with closing(log):
            header = log.read(HEADER_BYTES)
            order = BYTE_ORDERS.get(number(header, 0), "")
            if len(header) < HEADER_BYTES or not order:
                return
            sums = added((0, 0), header[:24], order)
            if sums == (number(header, 24), number(header, 28)):
                yield from frames_behind(log, header, order, sums)


def frames_behind(log: Readable, header: bytes, order: str, sums: Sums) -> Iterator[Frame]:
    """Gives the frames behind a header that is whole."""
    page_bytes = number(header, 8)
    salts = header[16:24]
    is_whole = True
    while True:
        head = log.read(FRAME_HEADER_BYTES)
        offset = log.tell()
        page = log.read(page_bytes)
        if len(page) < page_bytes or head[8:16] != salts:
            return
        sums = added(added(sums, head[:8], order), page, order)
        is_whole = is_whole and sums == (number(head, 16), number(head, 20))
        yield Frame(number(head, 0), number(head, 4), offset, is_whole)


def number(source: bytes, offset: int) -> int:
    """Returns the number that stands at an offset."""
    return int.from_bytes(source[offset : offset + NUMBER_BYTES], "big")


def added(sums: Sums, content: bytes, order: str) -> Sums:
    """Returns the running checksums of a log with more content in them."""
    words = array("I", content)
    if order != NATIVE:
        words.byteswap()
    one, two = sums
    for first, second in zip(words[::2], words[1::2], strict=True):
        one = (one + first + two) & MASK
        two = (two + second + one) & MASK
    return one, two


NATIVE: Final = sys.byteorder

assert array("I").itemsize == NUMBER_BYTES, "a word of a log has four bytes"

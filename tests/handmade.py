"""Files that somebody changed by hand, whose pages match their checksums all the same."""

import struct
from pathlib import Path

import apsw

from ddblite.engine.file.fileformat import PAGE_BYTES, RESERVED_BYTES
from ddblite.engine.file.page_checksums import checksum_vfs

CONTENT_BYTES = PAGE_BYTES - RESERVED_BYTES
WORDS = struct.Struct(f"<{CONTENT_BYTES // 4}I")


def opened(path: Path | str) -> apsw.Connection:
    """Opens a database file without the engine; what it writes has the right checksums."""
    return apsw.Connection(str(path), vfs=checksum_vfs())


def resealed(content: bytes) -> bytes:
    """Returns a file with the checksums that its pages should have."""
    return b"".join(
        sealed_page(content[start : start + CONTENT_BYTES])
        for start in range(0, len(content), PAGE_BYTES)
    )


def sealed_page(content: bytes) -> bytes:
    """Returns a page with its checksum behind it, as docs/fileformat.md describes it."""
    first = second = 0
    words = iter(WORDS.unpack(content))
    for one, other in zip(words, words, strict=True):
        first = (first + one + second) & 0xFFFFFFFF
        second = (second + other + first) & 0xFFFFFFFF
    return content + struct.pack("<II", first, second)

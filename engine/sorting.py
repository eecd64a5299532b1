"""Rows in any order, given back in the order of their keys, in bounded memory.

Rows are collected until they take up a run's bytes, sorted, and put away in a temporary file; at
the end the runs are merged. What is no more than one run never sees the disk. The file has no
name that anybody could open it by, where the system can do that, and it ends with the sorter.
"""

import errno
import tempfile
from collections.abc import Iterable, Iterator
from heapq import merge
from pathlib import Path
from types import TracebackType
from typing import IO, TYPE_CHECKING, Final, Self

import msgspec

from ddblite.engine.file.storage import Storage
from ddblite.schema.errors import DiskFull, FileError

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

RUN_BYTES_MAX: Final = 32 * 1024 * 1024
"""What the rows of a run may take up in memory."""

ROW_BYTES: Final = 250
"""What a row takes up beside its key and body."""

BLOCK_ROWS: Final = 64
BLOCK_BYTES: Final = 64 * 1024
"""Of bodies: what is read at once of each run while they are merged."""


Row = tuple[bytes, int, int, bytes]
"""A key, how many rows were added before, an item's size, and its body."""

Span = tuple[int, int]
"""Where a block lies in the file, and its bytes."""

FULL: Final = frozenset({errno.ENOSPC, errno.EDQUOT})

encode_block = msgspec.msgpack.Encoder().encode
decode_block = msgspec.msgpack.Decoder(list[Row]).decode


def one_time_cipher() -> "AESGCM":
    """Returns what hides the rows of an encrypted database, by a key that is written nowhere."""
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    return AESGCM(AESGCM.generate_key(256))


def nonce_at(place: int) -> bytes:
    """Returns the nonce of a block, of which there is one at each place."""
    return place.to_bytes(12)


class Sorter:
    """Takes rows and gives them back sorted, of several with one key the last; for a ``with``.

    ``hides``: what is put away can be read by nobody else.
    """

    def __init__(self, folder: Path | None, *, hides: bool = False) -> None:
        self.folder = folder
        self.cipher = one_time_cipher() if hides else None
        self.count = 0
        self.rows: list[Row] = []
        self.bytes = 0
        self.runs: list[list[Span]] = []
        self.file: IO[bytes] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Ends the file."""
        if self.file is not None:
            self.file.close()

    def add(self, key: bytes, size: int, body: bytes) -> None:
        """Takes one more row."""
        self.rows.append((key, self.count, size, body))
        self.count += 1
        self.bytes += ROW_BYTES + len(key) + len(body)
        if self.bytes >= RUN_BYTES_MAX:
            self.put_away()

    def put_away(self) -> None:
        """Writes what was collected to the file, as a run."""
        self.rows.sort()
        blocks = in_groups(self.rows, BLOCK_ROWS, BLOCK_BYTES)
        try:
            if self.file is None:
                self.file = tempfile.TemporaryFile(dir=self.folder)  # noqa: SIM115 - see __exit__
            self.runs.append([self.append(encode_block(block)) for block in blocks])
        except OSError as fault:
            raise fault_of(fault) from fault
        self.rows, self.bytes = [], 0

    def append(self, block: bytes) -> Span:
        """Writes a block at the end of the file and returns where it lies."""
        assert self.file is not None, "a run is written to a file"
        at = self.file.tell()
        if self.cipher is not None:
            block = self.cipher.encrypt(nonce_at(at), block, None)
        self.file.write(block)
        return at, len(block)

    def in_order(self) -> Iterator[Row]:
        """Gives the rows; nothing can be added any more."""
        self.rows.sort()
        rows = merge(*map(self.run, self.runs), self.rows) if self.runs else iter(self.rows)
        last = next(rows, None)
        for row in rows:
            assert last is not None, "a row comes behind a first one"
            if row[0] != last[0]:
                yield last
            last = row
        if last is not None:
            yield last

    def run(self, spans: Iterable[Span]) -> Iterator[Row]:
        """Gives the rows of a run, with one block of them in memory."""
        assert self.file is not None, "a run was written to a file"
        for at, length in spans:
            try:
                self.file.seek(at)
                block = self.file.read(length)
            except OSError as fault:
                raise fault_of(fault) from fault
            if self.cipher is not None:
                block = self.cipher.decrypt(nonce_at(at), block, None)
            yield from decode_block(block)


def sorter_for(storage: Storage) -> Sorter:
    """Returns a sorter for rows of a database: its runs lie beside the file, hidden if that is.

    For a database in memory they lie wherever the system has its temporary files.
    """
    folder = None if storage.in_memory else Path(storage.path).absolute().parent
    return Sorter(folder, hides=storage.address.files is not None)


def in_groups(rows: Iterable[Row], rows_max: int, bytes_max: int) -> Iterator[list[Row]]:
    """Gives rows in groups of so many, or fewer whose bodies together reach ``bytes_max``."""
    group: list[Row] = []
    size = 0
    for row in rows:
        group.append(row)
        size += len(row[-1])
        if len(group) >= rows_max or size >= bytes_max:
            yield group
            group, size = [], 0
    if group:
        yield group


def fault_of(fault: OSError) -> FileError:
    """Returns our error for a temporary file that cannot be made, written or read."""
    kind = DiskFull if fault.errno in FULL else FileError
    return kind(f"rows could not be put away to be sorted: {fault.strerror or fault}")

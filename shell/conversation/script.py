"""The text of a script, from a pipe or a file."""

from codecs import getincrementaldecoder
from collections.abc import Iterator
from typing import BinaryIO, Final

from ddblite.schema.errors import DdbError

CHUNK_BYTES: Final = 64 * 1024


def pieces_of(stream: BinaryIO, named: str = "Standard input") -> Iterator[str]:
    """Gives a stream's text line by line, long lines in pieces, or raises a sentence."""
    decoder = getincrementaldecoder("utf-8-sig")()
    try:
        for line in iter(lambda: stream.readline(CHUNK_BYTES), b""):
            yield decoder.decode(line)
        yield decoder.decode(b"", final=True)
    except UnicodeDecodeError as fault:
        raise DdbError(f"{named} is not text in UTF-8") from fault

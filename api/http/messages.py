"""A request and an answer of the HTTP door, as values.

Header names are in lower case. An answer knows the headers that every answer has: the request's
id, and the CRC-32 of the body that clients verify.
"""

from base64 import b32encode
from collections.abc import Mapping
from functools import lru_cache
from hashlib import sha256
from http import HTTPStatus
from typing import Final
from zlib import crc32

import msgspec

from ddblite.api.wire.dispatch import Seen

JSON_TYPES: Final = ("application/x-amz-json-1.0", "application/json")
"""What a request's body may be, and what the answer's is then called."""

SERVER: Final = "Server"
"""What the service calls itself in the header of that name."""

PLAIN_TEXT: Final = "text/plain; charset=utf-8"

STATUS_LINES: Final = {
    int(status): f"HTTP/1.1 {int(status)} {status.phrase}\r\n".encode() for status in HTTPStatus
}

Headers = list[tuple[bytes, bytes]]


class Request(msgspec.Struct, frozen=True):
    """A whole request. ``query`` is what follows the question mark, undecoded."""

    method: str
    path: str
    headers: Mapping[str, str]
    query: str = ""
    body: bytes = b""
    came_at_s: float = 0
    """When its last byte came, by a clock that only counts; for a log."""

    @property
    def media_type(self) -> str:
        """The content type without its parameters; a request that names none has JSON."""
        return media_type_of(self.headers.get("content-type", "")) or JSON_TYPES[1]


@lru_cache(maxsize=64)
def media_type_of(content_type: str) -> str:
    """Returns what stands before the parameters of a Content-Type."""
    return content_type.partition(";")[0].strip().lower()


class Answer(msgspec.Struct, frozen=True):
    """What goes back. ``is_last`` ends the connection, because its next bytes are in doubt."""

    status: int
    body: bytes
    content_type: str = JSON_TYPES[0]
    is_last: bool = False
    more_headers: tuple[tuple[bytes, bytes], ...] = ()
    checksum: int | None = None
    """The CRC-32 of the body, where somebody had the time to make it."""

    seen: Seen | None = None
    """What it answers, for a log; nothing of it is sent."""

    def crc(self) -> int:
        """Returns the checksum that clients verify."""
        return crc32(self.body) if self.checksum is None else self.checksum

    def headers(self, request_id: str, *, is_last: bool = False) -> Headers:
        """Returns the headers of the answer to one request."""
        headers = [
            (b"content-type", self.content_type.encode("ascii")),
            (b"content-length", b"%d" % len(self.body)),
            (b"x-amzn-RequestId", request_id.encode("ascii")),
            (b"x-amz-crc32", b"%d" % self.crc()),
            (b"server", SERVER.encode("ascii")),
            *self.more_headers,
        ]
        if is_last:
            headers.append((b"connection", b"close"))
        return headers

    def header_texts(self, request_id: str) -> dict[str, str]:
        """Returns the headers that every answer has as a client in this process reads them."""
        return {
            "content-type": self.content_type,
            "content-length": str(len(self.body)),
            "x-amzn-RequestId": request_id,
            "x-amz-crc32": str(crc32(self.body)),
            "server": SERVER,
        }


def head_of(status: int, headers: Headers) -> bytes:
    """Returns an answer's status line and headers as they stand on the wire."""
    lines = [b"%b: %b\r\n" % line for line in headers]
    return b"".join([STATUS_LINES[status], *lines, b"\r\n"])


def plain_answer(status: int, text: str, *, is_last: bool = False) -> Answer:
    """Returns an answer for people and for what is no DynamoDB request at all."""
    return Answer(status, text.encode(), PLAIN_TEXT, is_last)


class RequestIds:
    """Ids that look like the service's: 52 capital letters and digits, no two of them equal.

    The first 32 tell one door from all others, the last 20 count.
    """

    def __init__(self, unique: str) -> None:
        self.prefix = b32encode(sha256(unique.encode()).digest()[:20]).decode("ascii")
        self.given = 0

    def new(self) -> str:
        """Returns the next id."""
        self.given += 1
        return f"{self.prefix}{self.given:020}"

"""From the bytes of a body to the wire's JSON, and from an answer's JSON to fewer bytes.

A compressed body is unpacked piece by piece within a bound: what would be larger than an
uncompressed body may be is refused without having been in memory. As in the service, a gzip
body may have several members, what follows the last one is not looked at, and a body that is
not what its Content-Encoding says is an InternalServerError, which clients send again.
"""

import zlib
from collections.abc import Mapping
from typing import Any, Final

from msgspec.structs import replace

from ddblite.api.http.deep_json import may_be_far_too_deep, shallow_json
from ddblite.api.http.long_json import decoded
from ddblite.api.http.messages import Answer
from ddblite.api.http.wire_errors import RequestEntityTooLarge, TryAgain
from ddblite.schema.errors import SerializationException

BODY_BYTES_MAX: Final = 16 * 1024 * 1024
"""The largest request, BatchWriteItem, has 16 MB. Guide: "Maximum request size"."""

ANSWER_BYTES_PLAIN: Final = 4 * 1024
"""An answer that is larger goes out compressed when its client takes that."""

MEMBERS_MAX: Final = 1024
"""Of one gzip body. Programs that pack in blocks of 64 KB need a quarter of them."""

MEMBER_START: Final = b"\x1f\x8b\x08"
PIECE_BYTES: Final = 64 * 1024
GZIP_WINDOW_BITS: Final = 16 + zlib.MAX_WBITS

ENCODINGS: Final[Mapping[str, tuple[int, bytes | None]]] = {
    "gzip": (GZIP_WINDOW_BITS, MEMBER_START),
    "deflate": (zlib.MAX_WBITS, None),
}
"""How zlib reads each Content-Encoding, and how one more stream behind the first begins."""


def plain_body(body: bytes, encoding: str) -> bytes:
    """Returns a body as it was before its Content-Encoding, or raises when there is no telling."""
    if not encoding:
        return body
    name = encoding.strip().lower()
    if name in {"", "identity"}:
        return body
    if name not in ENCODINGS:
        raise TryAgain(f"The Content-Encoding is gzip, deflate or identity, not {name[:40]!r}")
    try:
        return unpacked(body, *ENCODINGS[name])
    except zlib.error as fault:
        raise TryAgain(f"The body is not {name}, as its Content-Encoding says") from fault


def unpacked(body: bytes, window_bits: int, next_start: bytes | None) -> bytes:
    """Returns what was compressed, of all streams together, or raises when it is too large."""
    plain: list[bytes] = []
    room = BODY_BYTES_MAX
    at = 0
    for _ in range(MEMBERS_MAX):
        stream = zlib.decompressobj(window_bits)
        while not stream.eof:
            piece = body[at : at + PIECE_BYTES]
            if not piece:
                raise TryAgain("The compressed body is cut off")
            plain.append(stream.decompress(piece, room + 1))
            room -= len(plain[-1])
            if room < 0:
                raise RequestEntityTooLarge
            at += len(piece) - len(stream.unused_data)
        if next_start is None or not body.startswith(next_start, at):
            return b"".join(plain)
    raise RequestEntityTooLarge


def wire_json(body: bytes) -> Any:  # noqa: ANN401 - whatever anyone may have written
    """Returns what JSON says, or raises SerializationException.

    Integers and floats stay apart; of two equal names the last counts; NaN, a byte order mark
    and a lone surrogate are no JSON.
    """
    try:
        return shallow_json(body) if may_be_far_too_deep(body) else decoded(body)
    except RecursionError:
        return shallow_json(body)
    except ValueError as fault:
        raise SerializationException from fault


def packed(answer: Answer, accepted: str) -> Answer:
    """Returns an answer in gzip, if it is large and the client's Accept-Encoding has that."""
    if len(answer.body) <= ANSWER_BYTES_PLAIN or not takes_gzip(accepted):
        return answer
    headers = (*answer.more_headers, (b"content-encoding", b"gzip"))
    body = zlib.compress(answer.body, level=1, wbits=GZIP_WINDOW_BITS)
    return replace(answer, body=body, more_headers=headers)


def takes_gzip(accepted: str) -> bool:
    """Whether an Accept-Encoding names gzip, and not with the weight 0."""
    for choice in accepted.lower().split(","):
        name, _, weight = choice.partition(";")
        if name.strip() == "gzip":
            return weight.replace(" ", "") not in {"q=0", "q=0.0", "q=0.00", "q=0.000"}
    return False

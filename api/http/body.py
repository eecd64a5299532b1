"""From the bytes of a body to the wire's JSON, within a bound.

A compressed body is unpacked in one bounded step: what would be larger than an uncompressed
body may be is refused without having been in memory.
"""

import zlib
from typing import Any, Final

import msgspec

from ddblite.api.http.deep_json import shallow_json
from ddblite.api.http.wire_errors import RequestEntityTooLarge
from ddblite.schema.errors import SerializationException

BODY_BYTES_MAX: Final = 16 * 1024 * 1024
"""The largest request, BatchWriteItem, has 16 MB. Guide: "Maximum request size"."""

GZIP_WINDOW_BITS: Final = 16 + zlib.MAX_WBITS


def plain_body(body: bytes, encoding: str) -> bytes:
    """Returns a body as it was before its Content-Encoding: none, ``identity`` or ``gzip``."""
    if not encoding:
        return body
    match encoding.strip().lower():
        case "" | "identity":
            return body
        case "gzip":
            return unzipped(body)
        case _:
            raise SerializationException


def unzipped(body: bytes) -> bytes:
    """Returns what was compressed, or raises when it is damaged, cut off or too large."""
    stream = zlib.decompressobj(GZIP_WINDOW_BITS)
    try:
        plain = stream.decompress(body, BODY_BYTES_MAX + 1)
    except zlib.error as fault:
        raise SerializationException from fault
    if len(plain) > BODY_BYTES_MAX:
        raise RequestEntityTooLarge
    if not stream.eof or stream.unused_data:
        raise SerializationException
    return plain


def wire_json(body: bytes) -> Any:  # noqa: ANN401 - whatever anyone may have written
    """Returns what JSON says, or raises SerializationException.

    Integers and floats stay apart; of two equal names the last counts; NaN, a byte order mark
    and a lone surrogate are no JSON.
    """
    try:
        return msgspec.json.decode(body)
    except RecursionError:
        return shallow_json(body)
    except ValueError as fault:
        raise SerializationException from fault

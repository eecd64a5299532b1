"""What a web page of a trusted origin is told, so that its browser hands it the answers.

The gate has turned all other origins away, so whoever comes here is trusted. Nothing is said
to anybody else: without these headers a browser keeps an answer to itself, and does not send
a request that needs a preflight at all.
"""

import re
from typing import Final

from msgspec.structs import replace

from ddblite.api.http.messages import PLAIN_TEXT, Answer, Headers, Request

PREFLIGHT_SECONDS: Final = 600
"""How long a browser may remember the answer: shorter than anyone waits after a restart."""

EXPOSED: Final = b"x-amzn-RequestId, x-amz-crc32"

HEADER_NAMES: Final = re.compile(r"[A-Za-z0-9-]+(?: *, *[A-Za-z0-9-]+)*")


def shared(answer: Answer, request: Request) -> Answer:
    """Returns an answer that a browser hands to its page; as it is, where no page has asked."""
    origin = request.headers.get("origin")
    return answer if origin is None else replace(answer, more_headers=tuple(sharing(origin)))


def sharing(origin: str) -> Headers:
    """Returns the headers that name the one origin an answer is for."""
    return [
        (b"access-control-allow-origin", origin.encode("latin-1")),
        (b"access-control-expose-headers", EXPOSED),
        (b"vary", b"origin"),
    ]


def preflight_answer(request: Request) -> Answer:
    """Returns the leave to send what a page of a trusted origin wants to send.

    SDKs differ in the headers they need and sign, so those asked for are those allowed.
    """
    asked = request.headers.get("access-control-request-headers", "").strip()
    headers = [
        *sharing(request.headers["origin"]),
        (b"access-control-allow-methods", b"POST, GET"),
        (b"access-control-max-age", b"%d" % PREFLIGHT_SECONDS),
    ]
    if HEADER_NAMES.fullmatch(asked):
        headers.append((b"access-control-allow-headers", asked.encode("latin-1")))
    if request.headers.get("access-control-request-private-network") == "true":
        headers.append((b"access-control-allow-private-network", b"true"))
    return Answer(200, b"", PLAIN_TEXT, more_headers=tuple(headers))

"""Who is turned away by the head of a request alone, before its body is read.

A browser is the stranger here: a page on any site may send requests to a server on the same
machine. It cannot choose its Host (so a rebound name shows) nor hide its Origin.

What is unclear about where a request ends or what it asks for is refused too, and the connection
with it: two readers of one stream who disagree about that can be made to see different requests.

Every refusal is an error in the service's JSON, so that every SDK can read it, show its text,
and knows whether to send the request again.
"""

import re
from collections.abc import Mapping, Sequence
from itertools import chain
from typing import Final

from ddblite.api.http.body import BODY_BYTES_MAX
from ddblite.api.http.messages import Answer
from ddblite.api.http.policy import Policy
from ddblite.api.http.wire_errors import RequestEntityTooLarge, TryAgain, error_answer
from ddblite.schema.errors import AccessDeniedException, ValidationException

HEAD_BYTES_MAX: Final = 16 * 1024
"""The request line and all headers."""

SINGLE: Final = (
    "host",
    "content-length",
    "transfer-encoding",
    "content-encoding",
    "x-amz-target",
    "authorization",
)
"""Headers that say one thing, or nothing that can be relied on."""

WEB_PAGES: Final = "Requests of web pages are not answered."

LENGTH: Final = re.compile(r"[0-9]{1,8}")

HeaderLines = Sequence[tuple[str, str]]


def unclear(sentence: str, status: int = 400) -> Answer:
    """Returns the refusal of what is no request, or none whose end can be told."""
    return error_answer(ValidationException(sentence), status=status, is_last=True)


LARGE_HEAD: Final = unclear("The head of the request is too large.")
LARGE_BODY: Final = error_answer(RequestEntityTooLarge(), is_last=True)
NO_HTTP: Final = unclear("That is no HTTP request.")
NO_PATH: Final = unclear("The target of a request is a path.")
NOT_EXPECTED: Final = unclear("Nothing but 100-continue is expected.", 417)

TOO_SLOW: Final = error_answer(
    TryAgain("The request did not come in time; it was not carried out."), is_last=True
)
TOO_MUCH: Final = error_answer(
    TryAgain("Too much is being sent at once; the request was not carried out."), is_last=True
)
NOT_READ: Final = error_answer(
    TryAgain("Too many answers are waiting to be read; the request was not carried out.")
)


def turned_away(
    target: str, lines: HeaderLines, headers: Mapping[str, str], policy: Policy
) -> Answer | None:
    """Returns the refusal of a request by its target and headers, or None to let it in.

    ``headers`` are the lines by name, in which a name that came twice is there once.
    """
    if len(target) + sum(map(len, chain.from_iterable(lines))) > HEAD_BYTES_MAX:
        return LARGE_HEAD
    refusal = refused_repetition(lines, policy) if len(headers) < len(lines) else None
    return refusal or refused_sender(headers, policy) or refused_length(headers)


def refused_repetition(lines: HeaderLines, policy: Policy) -> Answer | None:
    """Returns the refusal of a request in which a header that decides something came twice."""
    names = [name for name, _ in lines]
    for name in SINGLE:
        if names.count(name) > 1:
            return unclear(f"A request has one {name.title()}.")
    if not policy.origins.issuperset(value for name, value in lines if name == "origin"):
        return forbidden(WEB_PAGES)
    return None


def refused_sender(headers: Mapping[str, str], policy: Policy) -> Answer | None:
    """Returns the refusal of a request that is meant for another host, or made by a web page."""
    host = headers.get("host")
    if host is None:
        return unclear("A request has one Host.")
    if host not in policy.hosts and host.lower() not in policy.hosts:
        return forbidden("The Host of the request is not this server; --allowed-host can name it.")
    if "origin" in headers and headers["origin"] not in policy.origins:
        return forbidden(WEB_PAGES)
    return None


def forbidden(sentence: str) -> Answer:
    """Returns a refusal with status 403."""
    return error_answer(AccessDeniedException(sentence), status=403, is_last=True)


def refused_length(headers: Mapping[str, str]) -> Answer | None:
    """Returns the refusal of a body that is too large, or whose end is not plainly said.

    Which it is by its length or by its chunks, never by both.
    """
    length = headers.get("content-length")
    if "transfer-encoding" in headers:
        if length is not None:
            return unclear("A request has a Content-Length or is chunked, not both.")
        if headers["transfer-encoding"].lower() != "chunked":
            return unclear("The only Transfer-Encoding is chunked.")
        return None
    if length is None:
        return None
    if not length.isdecimal():
        return unclear("The Content-Length is a number.")
    if not LENGTH.fullmatch(length) or int(length) > BODY_BYTES_MAX:
        return LARGE_BODY
    return None

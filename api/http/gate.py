"""Who is turned away by the head of a request alone, before its body is read.

A browser is the stranger here: a page on any site may send requests to a server on the same
machine. It cannot choose its Host (so a rebound name shows) nor hide its Origin.

What is unclear about where a request ends is refused too, and the connection with it: two
readers of one stream who disagree about that can be made to see different requests.
"""

import re
from collections.abc import Mapping, Sequence
from itertools import chain
from typing import Final

from ddblite.api.http.body import BODY_BYTES_MAX
from ddblite.api.http.messages import Answer, plain_answer
from ddblite.api.http.policy import Policy
from ddblite.api.http.wire_errors import RequestEntityTooLarge, error_answer
from ddblite.schema.errors import AccessDeniedException

HEAD_BYTES_MAX: Final = 16 * 1024
"""The request line and all headers."""

LARGE_HEAD: Final = plain_answer(400, "The head of the request is too large.\n", is_last=True)

SINGLE: Final = ("host", "content-length")
"""Headers that say one thing, or nothing that can be relied on."""

WEB_PAGES: Final = "Requests of web pages are not answered."

LENGTH: Final = re.compile(r"[0-9]{1,8}")

HeaderLines = Sequence[tuple[str, str]]


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
            return plain_answer(400, f"A request has one {name.title()}.\n", is_last=True)
    if not policy.origins.issuperset(value for name, value in lines if name == "origin"):
        return forbidden(WEB_PAGES)
    return None


def refused_sender(headers: Mapping[str, str], policy: Policy) -> Answer | None:
    """Returns the refusal of a request that is meant for another host, or made by a web page."""
    host = headers.get("host")
    if host is None:
        return plain_answer(400, "A request has one Host.\n", is_last=True)
    if host not in policy.hosts and host.lower() not in policy.hosts:
        return forbidden("The Host of the request is not this server; --allowed-host can name it.")
    if "origin" in headers and headers["origin"] not in policy.origins:
        return forbidden(WEB_PAGES)
    return None


def forbidden(sentence: str) -> Answer:
    """Returns a refusal with status 403."""
    return error_answer(AccessDeniedException(sentence), status=403, is_last=True)


def refused_length(headers: Mapping[str, str]) -> Answer | None:
    """Returns the refusal of a body that is too large, or whose size is not plainly said."""
    if "transfer-encoding" in headers:
        return plain_answer(411, "A request needs a Content-Length.\n", is_last=True)
    length = headers.get("content-length")
    if length is None:
        return None
    if not length.isdecimal():
        return plain_answer(400, "The Content-Length is a number.\n", is_last=True)
    if not LENGTH.fullmatch(length) or int(length) > BODY_BYTES_MAX:
        return error_answer(RequestEntityTooLarge(), is_last=True)
    return None

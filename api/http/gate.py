"""Who is turned away by the head of a request alone, before its body is read.

A browser is the stranger here: a page on any site may send requests to a server on the same
machine. It cannot choose its Host (so a rebound name shows) nor hide its Origin.

What is unclear about where a request ends is refused too, and the connection with it: two
readers of one stream who disagree about that can be made to see different requests.
"""

import re
from collections.abc import Sequence
from typing import Final

from ddblite.api.http.body import BODY_BYTES_MAX
from ddblite.api.http.messages import Answer, plain_answer
from ddblite.api.http.policy import Policy
from ddblite.api.http.wire_errors import RequestEntityTooLarge, error_answer
from ddblite.schema.errors import AccessDeniedException

HEAD_BYTES_MAX: Final = 16 * 1024
"""The request line and all headers."""

LENGTH: Final = re.compile(r"[0-9]{1,8}")

HeaderLines = Sequence[tuple[str, str]]


def turned_away(target: str, lines: HeaderLines, policy: Policy) -> Answer | None:
    """Returns the refusal of a request by its target and headers, or None to let it in."""
    if len(target) + sum(len(name) + len(value) for name, value in lines) > HEAD_BYTES_MAX:
        return plain_answer(400, "The head of the request is too large.\n", is_last=True)
    return refused_sender(lines, policy) or refused_length(lines)


def refused_sender(lines: HeaderLines, policy: Policy) -> Answer | None:
    """Returns the refusal of a request that is meant for another host, or made by a web page."""
    named = [value for name, value in lines if name == "host"]
    if len(named) != 1:
        return plain_answer(400, "A request has exactly one Host.\n", is_last=True)
    if named[0].lower() not in policy.hosts:
        return forbidden("The Host of the request is not this server; --allowed-host can name it.")
    origins = [value for name, value in lines if name == "origin"]
    if not policy.origins.issuperset(origins):
        return forbidden("Requests of web pages are not answered.")
    return None


def forbidden(sentence: str) -> Answer:
    """Returns a refusal with status 403."""
    return error_answer(AccessDeniedException(sentence), status=403, is_last=True)


def refused_length(lines: HeaderLines) -> Answer | None:
    """Returns the refusal of a body that is too large, or whose size is not plainly said."""
    if any(name == "transfer-encoding" for name, _ in lines):
        return plain_answer(411, "A request needs a Content-Length.\n", is_last=True)
    lengths = [value for name, value in lines if name == "content-length"]
    if not lengths:
        return None
    if len(lengths) > 1 or not lengths[0].isdecimal():
        return plain_answer(400, "A request has one Content-Length.\n", is_last=True)
    if not LENGTH.fullmatch(lengths[0]) or int(lengths[0]) > BODY_BYTES_MAX:
        return error_answer(RequestEntityTooLarge(), is_last=True)
    return None

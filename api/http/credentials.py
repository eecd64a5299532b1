"""Whether a request is signed, in form.

A server without credentials of its own takes every key and every signature, but like AWS's own
local version it insists that there is one: a program that forgot to sign works nowhere else.
Because nothing is verified then, a request may come without a date. Whether a signature is
right is the business of ``signatures``.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qsl

from ddblite.api.http.messages import Request
from ddblite.schema.errors import RequestError

HEADER_PARAMETERS: Final = ("Credential", "Signature", "SignedHeaders")
QUERY_PARAMETERS: Final = (
    "X-Amz-Algorithm",
    "X-Amz-Credential",
    "X-Amz-Signature",
    "X-Amz-SignedHeaders",
    "X-Amz-Date",
)
SCHEME: Final = "AWS4-"

USUAL_HEADER: Final = re.compile(
    r"(?P<Algorithm>AWS4-\S+) Credential=(?P<Credential>[^\s,]+), ?"
    r"SignedHeaders=(?P<SignedHeaders>[^\s,]+), ?Signature=(?P<Signature>[^\s,]+)"
)
"""As every SDK writes it; any other order and spacing is as good, and looked at in more steps."""


class MissingAuthenticationTokenException(RequestError):  # noqa: N818 - AWS's own name
    """The request is not signed."""


class IncompleteSignatureException(RequestError):  # noqa: N818 - as above
    """The request is signed, and something that belongs to a signature is missing."""


class InvalidSignatureException(RequestError):  # noqa: N818 - as above
    """The request is signed in two ways, or wrongly."""


class UnrecognizedClientException(RequestError):  # noqa: N818 - as above
    """The request is signed with a key that nobody has."""


@dataclass(frozen=True, slots=True)
class Form:
    """The parts of a signature by name, and the header they stand in; empty when presigned."""

    parts: Mapping[str, str]
    header: str = ""


def form_of(request: Request) -> Form:
    """Returns how a request is signed, in its headers or (presigned) in its query.

    Raises when it is not, or when a part is missing.
    """
    header = request.headers.get("authorization", "").strip()
    query = dict(parse_qsl(request.query, keep_blank_values=True)) if request.query else {}
    if header and QUERY_PARAMETERS[0] in query:
        raise InvalidSignatureException(
            "Found both 'X-Amz-Algorithm' as a query-string param and 'Authorization' as HTTP "
            "header."
        )
    if header.startswith(SCHEME):
        return Form(header_parts(header), header)
    if QUERY_PARAMETERS[0] in query:
        check_query(query)
        return Form(query)
    raise MissingAuthenticationTokenException("Request is missing Authentication Token")


def header_parts(header: str) -> dict[str, str]:
    """Returns the parts of an Authorization header, or raises, naming all that it lacks."""
    usual = USUAL_HEADER.fullmatch(header)
    if usual:
        return usual.groupdict()
    words = header.replace(",", " ").split()
    parts: dict[str, str] = {}
    for word in words[1:]:
        name, _, value = word.partition("=")
        parts[name] = value
    missing = [
        f"Authorization header requires '{name}' parameter."
        for name in HEADER_PARAMETERS
        if not parts.get(name)
    ]
    if missing:
        raise IncompleteSignatureException(" ".join([*missing, f"Authorization={header}"]))
    return {**parts, "Algorithm": words[0]}


def check_query(query: Mapping[str, str]) -> None:
    """Raises when a presigned request lacks a parameter, naming all that it lacks."""
    missing = [
        f"AWS query-string parameters must include '{name}'."
        for name in QUERY_PARAMETERS
        if not query.get(name)
    ]
    if missing:
        raise IncompleteSignatureException(
            " ".join([*missing, "Re-examine the query-string parameters."])
        )

"""Whether a request is signed, in form.

A server without credentials of its own takes every key and every signature, but like AWS's own
local version it insists that there is one: a program that forgot to sign works nowhere else.
Because nothing is verified then, a request may come without a date. Whether a signature is
right is the business of ``signatures``.
"""

from collections.abc import Mapping
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


class MissingAuthenticationTokenException(RequestError):  # noqa: N818 - AWS's own name
    """The request is not signed."""


class IncompleteSignatureException(RequestError):  # noqa: N818 - as above
    """The request is signed, and something that belongs to a signature is missing."""


class InvalidSignatureException(RequestError):  # noqa: N818 - as above
    """The request is signed in two ways, or wrongly."""


class UnrecognizedClientException(RequestError):  # noqa: N818 - as above
    """The request is signed with a key that nobody has."""


def check_form(request: Request) -> None:
    """Raises when a request is not signed, in its headers or (presigned) in its query."""
    header = request.headers.get("authorization", "").strip()
    query = dict(parse_qsl(request.query, keep_blank_values=True)) if request.query else {}
    if header and QUERY_PARAMETERS[0] in query:
        raise InvalidSignatureException(
            "Found both 'X-Amz-Algorithm' as a query-string param and 'Authorization' as HTTP "
            "header."
        )
    if header.startswith(SCHEME):
        check_header(header)
    elif QUERY_PARAMETERS[0] in query:
        check_query(query)
    else:
        raise MissingAuthenticationTokenException("Request is missing Authentication Token")


def check_header(header: str) -> None:
    """Raises when an Authorization header lacks a part, naming all that it lacks."""
    parts = header_parts(header)
    missing = [
        f"Authorization header requires '{name}' parameter."
        for name in HEADER_PARAMETERS
        if not parts.get(name)
    ]
    if missing:
        raise IncompleteSignatureException(" ".join([*missing, f"Authorization={header}"]))


def header_parts(header: str) -> dict[str, str]:
    """Returns what stands behind the algorithm of an Authorization header, by name."""
    return dict(part.partition("=")[::2] for part in header.replace(",", " ").split()[1:])


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

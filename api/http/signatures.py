"""Whether a request was signed with its key's secret: AWS's Signature Version 4.

* How a request is written down to be signed is botocore's business, here as in the client.
* What counts is the body as it was received: a hash that the client sends is only compared.
* Any region will do, because there is one file. The service is always ``dynamodb``, also for
  Streams.
* A replay within a quarter of an hour is the service's behaviour too; what makes a repeated
  write harmless is its token.

Importing this module needs the extra ``boto3``.
"""

import hmac
import re
from calendar import timegm
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from hashlib import sha256
from time import strptime
from typing import Final, NamedTuple

from botocore.auth import SigV4Auth

from ddblite.api.http.credentials import (
    Form,
    IncompleteSignatureException,
    InvalidSignatureException,
    UnrecognizedClientException,
    form_of,
)
from ddblite.api.http.messages import Request

ALGORITHM: Final = "AWS4-HMAC-SHA256"
SERVICE: Final = "dynamodb"
TERMINATOR: Final = "aws4_request"

SKEW_MINUTES_MAX: Final = 15
SKEW_SECONDS_MAX: Final = SKEW_MINUTES_MAX * 60
PRESIGNED_SECONDS_MAX: Final = 7 * 24 * 3600

TIMESTAMP: Final = re.compile(r"[0-9]{8}T[0-9]{6}Z")
TIMESTAMP_FORMAT: Final = "%Y%m%dT%H%M%SZ"

SIGNED_ALWAYS: Final = ("host", "x-amz-target")
CONTENT_HASH: Final = "x-amz-content-sha256"

NOBODY: Final = "the secret of unknown keys"
"""Computed with where there is no secret, so that an unknown key takes as long as a known one."""

MISMATCH: Final = (
    "The request signature we calculated does not match the signature you provided. Check your "
    "AWS Secret Access Key and signing method. Consult the service documentation for details."
)


class Scope(NamedTuple):
    """What a credential is said to be good for."""

    key: str
    day: str
    region: str
    service: str
    terminator: str


@dataclass(frozen=True, slots=True)
class Claim:
    """What a request says about its signature. ``expires_s`` counts from the timestamp."""

    scope: Scope
    timestamp: str
    header_names: tuple[str, ...]
    signature: str
    expires_s: int = SKEW_SECONDS_MAX
    is_presigned: bool = False


class SignedHeaders(dict[str, str]):
    """Headers by their names in lower case, with what botocore asks of its own kind."""

    def get_all(self, name: str) -> list[str]:
        """Returns the values of a header, which here is one."""
        return [self[name]]


@dataclass(slots=True)
class Received:
    """A request in the form in which botocore's canonicalisation takes one."""

    method: str
    url: str
    headers: SignedHeaders
    body: bytes
    context: Mapping[str, str]
    params: Mapping[str, str] = field(default_factory=dict)


class Canonical(SigV4Auth):  # type: ignore[misc]  # botocore carries no types
    """botocore's signer, for requests that someone else has signed."""

    def headers_to_sign(self, request: Received) -> SignedHeaders:  # pyright: ignore[reportIncompatibleMethodOverride]
        """Returns the headers that the client has chosen, which are the only ones here."""
        return request.headers

    def payload(self, request: Received) -> str:
        """Returns the hash of the body as it came."""
        return sha256(request.body).hexdigest()


def check_signature(request: Request, secrets: Mapping[str, str], now_s: float) -> None:
    """Raises when a request is not signed, or not with the secret of its key, or not now."""
    claim = claim_of(request, form_of(request))
    check_scope(claim)
    check_signed_headers(request, claim)
    check_time(claim, now_s)
    secret = secrets.get(claim.scope.key)
    expected = signature_of(request, claim, NOBODY if secret is None else secret)
    is_right = hmac.compare_digest(expected.encode(), claim.signature.encode())
    if secret is None:
        raise UnrecognizedClientException("The security token included in the request is invalid.")
    if not is_right or not has_right_hash(request, claim):
        raise InvalidSignatureException(MISMATCH)


def claim_of(request: Request, form: Form) -> Claim:
    """Returns what a request claims, in its headers or in its query."""
    if not form.header:
        return presigned_claim(form.parts)
    timestamp = request.headers.get("x-amz-date", "")
    if not timestamp:
        raise IncompleteSignatureException(
            "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. "
            f"Authorization={form.header}"
        )
    scope = scope_of(form.parts["Algorithm"], form.parts["Credential"])
    names = tuple(form.parts["SignedHeaders"].split(";"))
    return Claim(scope, timestamp, names, form.parts["Signature"])


def presigned_claim(query: Mapping[str, str]) -> Claim:
    """Returns the claim of a request whose signature is in its query."""
    scope = scope_of(query["X-Amz-Algorithm"], query["X-Amz-Credential"])
    names = tuple(query["X-Amz-SignedHeaders"].split(";"))
    expires = query.get("X-Amz-Expires", str(SKEW_SECONDS_MAX))
    if not re.fullmatch("[0-9]{1,6}", expires) or int(expires) > PRESIGNED_SECONDS_MAX:
        raise InvalidSignatureException(
            f"X-Amz-Expires must be a number of seconds up to {PRESIGNED_SECONDS_MAX}"
        )
    timestamp, signature = query["X-Amz-Date"], query["X-Amz-Signature"]
    return Claim(scope, timestamp, names, signature, int(expires), is_presigned=True)


def scope_of(algorithm: str, credential: str) -> Scope:
    """Returns the parts of a credential, or raises when they are not five."""
    if algorithm != ALGORITHM:
        raise IncompleteSignatureException(f"Unsupported AWS 'algorithm': '{algorithm}'.")
    parts = credential.split("/")
    if len(parts) != len(Scope._fields):
        raise IncompleteSignatureException(
            f"Credential must have exactly {len(Scope._fields)} slash-delimited elements, e.g. "
            f"keyid/date/region/service/term, got '{credential}'"
        )
    return Scope(*parts)


def check_scope(claim: Claim) -> None:
    """Raises when a signature is for something else, naming all that is wrong with its scope."""
    scope = claim.scope
    seconds_of(claim.timestamp)
    day = claim.timestamp[:8]
    if (scope.day, scope.service, scope.terminator) == (day, SERVICE, TERMINATOR) and scope.region:
        return
    faults = {
        "Credential should be scoped to a valid region.": not scope.region,
        f"Credential should be scoped to correct service: '{SERVICE}'.": scope.service != SERVICE,
        f"Credential should be scoped with a valid terminator: '{TERMINATOR}', not "
        f"'{scope.terminator}'.": scope.terminator != TERMINATOR,
        "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from "
        f"HTTP: '{scope.day}' != '{day}', from '{claim.timestamp}'.": scope.day != day,
    }
    raise InvalidSignatureException(" ".join(text for text, holds in faults.items() if holds))


def check_signed_headers(request: Request, claim: Claim) -> None:
    """Raises when something that decides what is done could be changed behind a signature."""
    needed = SIGNED_ALWAYS if claim.is_presigned else (*SIGNED_ALWAYS, "x-amz-date")
    for name in needed:
        if name not in claim.header_names and name in request.headers:
            raise InvalidSignatureException(
                f"'{name}' must be a 'SignedHeader' in the AWS Authorization."
            )


def check_time(claim: Claim, now_s: float) -> None:
    """Raises when a signature is older than it may be, or from the future."""
    signed_s = seconds_of(claim.timestamp)
    if signed_s + claim.expires_s < now_s:
        limit = f"{written(now_s - claim.expires_s)} ({written(now_s)} - {ages(claim.expires_s)})"
        raise InvalidSignatureException(
            f"Signature expired: {claim.timestamp} is now earlier than {limit}"
        )
    if signed_s - SKEW_SECONDS_MAX > now_s:
        limit = f"{written(now_s + SKEW_SECONDS_MAX)} ({written(now_s)} + {SKEW_MINUTES_MAX} min.)"
        raise InvalidSignatureException(
            f"Signature not yet current: {claim.timestamp} is still later than {limit}"
        )


@lru_cache(maxsize=16)
def seconds_of(timestamp: str) -> int:
    """Returns the seconds since 1970 of a timestamp, or raises when there is no such time."""
    try:
        if TIMESTAMP.fullmatch(timestamp):
            return timegm(strptime(timestamp, TIMESTAMP_FORMAT))
    except ValueError:
        pass
    raise IncompleteSignatureException(
        f"Date must be in ISO-8601 'basic format'. Got '{timestamp}'."
    )


def written(seconds: float) -> str:
    """Returns a time as signatures have it."""
    return datetime.fromtimestamp(seconds, UTC).strftime(TIMESTAMP_FORMAT)


def ages(seconds: int) -> str:
    """Returns a duration as the service's texts have it."""
    return f"{seconds // 60} min." if seconds % 60 == 0 else f"{seconds} s"


def signature_of(request: Request, claim: Claim, secret: str) -> str:
    """Returns the signature that a request has when it is signed with this secret."""
    headers = SignedHeaders((name, request.headers.get(name, "")) for name in claim.header_names)
    pairs = [pair for pair in request.query.split("&") if not pair.startswith("X-Amz-Signature=")]
    url = f"{request.path}?{'&'.join(pairs)}"
    context = {"timestamp": claim.timestamp}
    received = Received(request.method, url, headers, request.body, context)
    canonical = Canonical(None, SERVICE, claim.scope.region)
    text = canonical.string_to_sign(received, canonical.canonical_request(received))
    key = signing_key(secret, claim.scope.day, claim.scope.region)
    return hmac.digest(key, text.encode(), "sha256").hex()


@lru_cache(maxsize=64)
def signing_key(secret: str, day: str, region: str) -> bytes:
    """Returns the key that is derived from a secret for one day and region."""
    key = f"AWS4{secret}".encode()
    for part in (day, region, SERVICE, TERMINATOR):
        key = hmac.digest(key, part.encode(), "sha256")
    return key


def has_right_hash(request: Request, claim: Claim) -> bool:
    """Whether a hash that was signed in a header, and so stood for the body, is the body's."""
    if CONTENT_HASH not in claim.header_names:
        return True
    return request.headers.get(CONTENT_HASH) == sha256(request.body).hexdigest()

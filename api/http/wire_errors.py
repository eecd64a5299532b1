"""Errors as they stand on the wire: status, ``__type``, text and modelled members.

The one place for this, whichever client asks. A fault of our own or of the file is status 500
without its text: the text may name a path, and is for the log.
"""

from collections.abc import Mapping
from typing import Any, Final

import msgspec

from ddblite.api.http.messages import JSON_TYPES, Answer
from ddblite.schema.errors import (
    ConditionalCheckFailedException,
    DdbError,
    FileError,
    InternalServerError,
    RequestError,
    TransactionCanceledException,
    UnknownOperationException,
)
from ddblite.schema.requests import CancellationReason
from ddblite.schema.wire import encode_item

VALIDATE_PREFIX: Final = "com.amazon.coral.validate#"
SERVICE_PREFIX: Final = "com.amazon.coral.service#"
MODEL_PREFIX: Final = "com.amazonaws.dynamodb.v20120810#"

PREFIXES: Final[Mapping[str, str]] = {
    "ValidationException": VALIDATE_PREFIX,
    "AccessDeniedException": SERVICE_PREFIX,
    "IncompleteSignatureException": SERVICE_PREFIX,
    "InvalidSignatureException": SERVICE_PREFIX,
    "MissingAuthenticationTokenException": SERVICE_PREFIX,
    "RequestEntityTooLarge": SERVICE_PREFIX,
    "SerializationException": SERVICE_PREFIX,
    "UnknownOperationException": SERVICE_PREFIX,
    "UnrecognizedClientException": SERVICE_PREFIX,
}
"""What stands before the code in ``__type``; every other error is one of the model's."""

CAPITAL_MESSAGES: Final = frozenset(
    {"AccessDeniedException", "SerializationException", "TransactionCanceledException"}
)
"""Errors whose text is the member ``Message``; of all others it is ``message``."""

HIDDEN: Final = (FileError, InternalServerError)
HIDDEN_CODE: Final = InternalServerError.code
HIDDEN_MESSAGE: Final = "Internal server error"


class RequestEntityTooLarge(RequestError):  # noqa: N818 - the wire's own name
    """The body is larger than any request may be."""


def error_status(fault: DdbError) -> int:
    """Returns the status of an error."""
    if isinstance(fault, HIDDEN):
        return 500
    return 413 if isinstance(fault, RequestEntityTooLarge) else 400


def error_body(fault: DdbError) -> dict[str, Any]:
    """Returns the JSON of an error; an error without a text has no message member."""
    is_hidden = isinstance(fault, HIDDEN)
    code = HIDDEN_CODE if is_hidden else fault.code
    text = HIDDEN_MESSAGE if is_hidden else fault.message
    body: dict[str, Any] = {"__type": PREFIXES.get(code, MODEL_PREFIX) + code}
    if text and not isinstance(fault, UnknownOperationException):
        body["Message" if code in CAPITAL_MESSAGES else "message"] = text
    if isinstance(fault, ConditionalCheckFailedException) and fault.item is not None:
        body["Item"] = encode_item(fault.item)
    if isinstance(fault, TransactionCanceledException):
        body["CancellationReasons"] = [wire_reason(reason) for reason in fault.reasons]
    return body


def wire_reason(reason: CancellationReason) -> dict[str, Any]:
    """Returns one entry of CancellationReasons; an action that was not at fault has only a code."""
    shape: dict[str, Any] = {"Code": reason.code}
    if reason.message is not None:
        shape["Message"] = reason.message
    if reason.item is not None:
        shape["Item"] = encode_item(reason.item)
    return shape


def error_answer(
    fault: DdbError,
    content_type: str = JSON_TYPES[0],
    *,
    status: int | None = None,
    is_last: bool = False,
) -> Answer:
    """Returns the answer to a request that failed; ``status`` overrules the error's own."""
    body = msgspec.json.encode(error_body(fault))
    return Answer(status or error_status(fault), body, content_type, is_last)

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
    RetryableError,
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

BOTH_MESSAGES: Final = ("message", "Message")
"""Where an operation that is not carried out says why: some clients read the one, some the other.

The service has no text there. Without one, clients show nothing, or "UnknownError".
"""

HIDDEN: Final = (FileError, InternalServerError)
HIDDEN_CODE: Final = InternalServerError.code
HIDDEN_MESSAGE: Final = "Internal server error"


class RequestEntityTooLarge(RequestError):  # noqa: N818 - the wire's own name
    """The body is larger than any request may be."""


class TryAgain(RetryableError):  # noqa: N818 - what its client is to do
    """The request was not carried out, because of how or when it came; the text says why.

    On the wire it is InternalServerError with status 500. Every operation's model has that, and
    every SDK sends the request again after it, with a pause that grows.
    """


TryAgain.code = InternalServerError.code


def error_status(fault: DdbError) -> int:
    """Returns the status of an error."""
    if isinstance(fault, (*HIDDEN, TryAgain)):
        return 500
    return 413 if isinstance(fault, RequestEntityTooLarge) else 400


def error_body(fault: DdbError, operation: str = "") -> dict[str, Any]:
    """Returns the JSON of an error; an error without a text has no message member."""
    is_hidden = isinstance(fault, HIDDEN)
    code = HIDDEN_CODE if is_hidden else fault.code
    text = HIDDEN_MESSAGE if is_hidden else fault.message
    body: dict[str, Any] = {"__type": PREFIXES.get(code, MODEL_PREFIX) + code}
    if text:
        body.update(dict.fromkeys(message_members(fault, code, operation), text))
    if isinstance(fault, ConditionalCheckFailedException) and fault.item is not None:
        body["Item"] = encode_item(fault.item)
    if isinstance(fault, TransactionCanceledException):
        body["CancellationReasons"] = [wire_reason(reason) for reason in fault.reasons]
    return body


def message_members(fault: DdbError, code: str, operation: str) -> tuple[str, ...]:
    """Returns what the member with an error's text is called; they may be two."""
    if isinstance(fault, UnknownOperationException):
        return BOTH_MESSAGES
    has_item = isinstance(fault, ConditionalCheckFailedException) and fault.item is not None
    if code in CAPITAL_MESSAGES or (has_item and operation == "ExecuteStatement"):
        return ("Message",)
    return ("message",)


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
    operation: str = "",
    status: int | None = None,
    is_last: bool = False,
) -> Answer:
    """Returns the answer to a request that failed; ``status`` overrules the error's own."""
    body = msgspec.json.encode(error_body(fault, operation))
    return Answer(status or error_status(fault), body, content_type, is_last)

"""What the server answers: a function from one whole request to one answer.

The order is the service's: method and content type, JSON, target, signature, and then the
operation, which has an order of its own. Nothing is executed before all of the former hold.
What keeps strangers out is ``gate``; sockets and threads are ``asgi`` and ``listening``.
"""

import logging
from typing import Final

import msgspec

from ddblite.api.dispatch import OPERATIONS, Engine, dispatch
from ddblite.api.http.body import plain_body, wire_json
from ddblite.api.http.credentials import check_credentials
from ddblite.api.http.messages import JSON_TYPES, Answer, Request, plain_answer
from ddblite.api.http.wire_errors import HIDDEN, error_answer
from ddblite.engine import operations
from ddblite.schema.errors import (
    DdbError,
    InternalServerError,
    SerializationException,
    UnknownOperationException,
)
from ddblite.schema.members import STREAMS

logger: Final = logging.getLogger("ddblite.serve")

HEALTH: Final = {
    "/": plain_answer(200, "healthy: dynamodb.us-east-1.amazonaws.com "),
    "/healthz": plain_answer(200, "ok\n"),
}
NOT_HERE: Final = Answer(404, b"<UnknownOperationException/>\n", "application/xml")

SERVICES: Final = {
    "DynamoDB_20120810": OPERATIONS.keys() - STREAMS,
    "DynamoDBStreams_20120810": OPERATIONS.keys() & STREAMS,
}
"""The two services behind the one port, and what each is asked for."""

WITHOUT_BODY: Final = frozenset({"TagResource", "UntagResource"})
"""Operations that answer with no body at all where others answer ``{}``."""

READS: Final = frozenset(
    kind.__name__ for kind, (_, is_read) in operations.OPERATIONS.items() if is_read
)
"""Operations that write nothing and wait for nobody."""


def answer(engine: Engine, request: Request) -> Answer:
    """Answers any request: whatever goes wrong inside is an answer too."""
    content_type = request.media_type
    if request.method == "GET" and request.path in HEALTH:
        return HEALTH[request.path]
    if request.method != "POST" or request.path != "/" or content_type not in JSON_TYPES:
        return NOT_HERE
    try:
        return Answer(200, carried_out(engine, request), content_type)
    except DdbError as fault:
        if isinstance(fault, HIDDEN):
            # Foreseen, so the log needs no traceback.
            logger.error("%s: %s", type(fault).__name__, fault.message)  # noqa: TRY400
        return error_answer(fault, content_type)
    except Exception:
        # The outermost door: the client learns that it happened, the log learns what.
        logger.exception("an unforeseen error in %s", target_of(request))
        return error_answer(InternalServerError(), content_type)


def carried_out(engine: Engine, request: Request) -> bytes:
    """Returns the body of the response to an operation, or raises one of our errors."""
    body = plain_body(request.body, request.headers.get("content-encoding", ""))
    wire = wire_json(body) if body else None
    name = operation_name(request)
    check_credentials(request)
    if not body:
        raise SerializationException
    response = dispatch(engine, name, wire)
    return b"" if name in WITHOUT_BODY else msgspec.json.encode(response)


def operation_name(request: Request) -> str:
    """Returns the operation that X-Amz-Target names, or raises UnknownOperationException."""
    service, _, name = target_of(request).partition(".")
    if name not in SERVICES.get(service, ()):
        raise UnknownOperationException
    return name


def target_of(request: Request) -> str:
    """Returns service and operation as the request names them; empty when it does not."""
    return request.headers.get("x-amz-target", "")


def is_quick(request: Request) -> bool:
    """Whether answering waits for no lock and no disk, so that the loop may do it itself."""
    return request.method != "POST" or target_of(request).partition(".")[2] in READS

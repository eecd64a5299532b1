"""What the server answers: a function from one whole request to one answer.

The order is the service's: method and content type, JSON, target, signature, and then the
operation, which has an order of its own. Nothing is executed before all of the former hold.
Where signatures are checked, they come first: what a stranger sends is not even parsed.
What keeps strangers out is ``gate``; bytes and threads are ``protocol``'s and ``writer``'s.
"""

import logging
from typing import Any, Final, Protocol

from ddblite.api.http.body import packed, plain_body, wire_json
from ddblite.api.http.credentials import MissingAuthenticationTokenException, form_of
from ddblite.api.http.cross_origin import preflight_answer, shared
from ddblite.api.http.long_json import PIECE_BYTES_MAX, encoded, let_go
from ddblite.api.http.messages import JSON_TYPES, Answer, Request, plain_answer
from ddblite.api.http.policy import Policy
from ddblite.api.http.wire_errors import HIDDEN, error_answer
from ddblite.api.wire.dispatch import Seen, dispatch
from ddblite.api.wire.operation import Engine as AnyEngine
from ddblite.api.wire.operations import NAMES, OPERATIONS, STREAMS, UNSUPPORTED
from ddblite.engine.clock import Clock
from ddblite.engine.effort import GivenUp
from ddblite.schema.errors import (
    DdbError,
    InternalServerError,
    SerializationException,
    UnknownOperationException,
)

logger: Final = logging.getLogger("ddblite.serve")

HEALTH: Final = {
    "/": plain_answer(200, "healthy: dynamodb.us-east-1.amazonaws.com "),
    "/healthz": plain_answer(200, "ok\n"),
}
UNHEALTHY: Final = error_answer(
    MissingAuthenticationTokenException(
        "Request must contain either a valid (registered) AWS access key ID or X.509 certificate."
    )
)
"""What AWS's local version says to ``GET /``: tools take it for the sign that it is up."""

NOT_HERE: Final = Answer(404, b"<UnknownOperationException/>\n", "application/xml")

SERVICES: Final = {
    "DynamoDB_20120810": NAMES - STREAMS,
    "DynamoDBStreams_20120810": NAMES & STREAMS,
}
"""The two services behind the one port, and what each is asked for."""

TARGETS: Final = {
    f"{service}.{name}": name for service, names in SERVICES.items() for name in names
}
"""The operation of the service that each X-Amz-Target names, whether it is carried out or not."""

OPEN: Final = Policy()
"""Takes every key, as a server on this machine does."""


class Engine(AnyEngine, Protocol):
    """What this door needs of the engine: the time by which signatures are judged, too."""

    clock: Clock


def answer(
    engine: Engine, request: Request, policy: Policy = OPEN, seen: Seen | None = None
) -> Answer:
    """Answers any request that the gate has let in: whatever goes wrong is an answer too."""
    if request.method == "OPTIONS" and "origin" in request.headers:
        return preflight_answer(request)
    reply = shared(answer_to_program(engine, request, policy, seen), request)
    accepted = request.headers.get("accept-encoding")
    return reply if accepted is None else packed(reply, accepted)


def answer_to_program(
    engine: Engine, request: Request, policy: Policy, seen: Seen | None = None
) -> Answer:
    """Answers a request as if no web page had made it."""
    content_type = request.media_type
    if request.method == "GET" and request.path in HEALTH:
        return UNHEALTHY if policy.plays_local and request.path == "/" else HEALTH[request.path]
    if request.method != "POST" or request.path != "/" or content_type not in JSON_TYPES:
        return NOT_HERE
    try:
        return Answer(200, carried_out(engine, request, policy, seen), content_type)
    except GivenUp:  # which is no answer: it is asked again elsewhere
        raise
    except Exception as fault:  # noqa: BLE001 - the outermost door
        return failed(fault, request)


def failed(fault: BaseException, request: Request) -> Answer:
    """Returns the answer to a request that ended in an error; one of our making is logged."""
    if not isinstance(fault, DdbError):
        # The client learns that it happened, the log learns what.
        logger.error("an unforeseen error in %s", target_of(request), exc_info=fault)
        fault = InternalServerError()
    elif isinstance(fault, HIDDEN):
        # Foreseen, so the log needs no traceback.
        logger.error("%s: %s", type(fault).__name__, fault.message)
    operation = TARGETS.get(target_of(request), "")
    return shared(error_answer(fault, request.media_type, operation=operation), request)


def carried_out(
    engine: Engine, request: Request, policy: Policy, seen: Seen | None = None
) -> bytes:
    """Returns the body of the response to an operation, or raises one of our errors."""
    if policy.secrets:
        # Imported here because it needs the extra, without which no server has secrets.
        from ddblite.api.http.signatures import check_signature

        check_signature(request, policy.secrets, engine.clock.now_s())
    body = plain_body(request.body, request.headers.get("content-encoding", ""))
    wire = wire_json(body) if body else None
    if seen is not None:
        seen.wire = wire
    name = operation_name(request)
    if not policy.secrets:
        form_of(request)
    if not body:
        raise SerializationException
    response = dispatch(engine, name, wire, seen)
    if name == "DescribeEndpoints":
        response = endpoints_here(response, request)
    answered = encoded(response) if OPERATIONS[name].has_body else b""
    if seen is None and len(body) > PIECE_BYTES_MAX:
        let_go(wire)
    return answered


def endpoints_here(response: dict[str, Any], request: Request) -> dict[str, Any]:
    """Returns the answer of DescribeEndpoints with the host that was asked, not with AWS's.

    A client that looks for endpoints would otherwise turn to the service itself.
    """
    here = request.headers.get("host", "")
    return {"Endpoints": [{**endpoint, "Address": here} for endpoint in response["Endpoints"]]}


def operation_name(request: Request) -> str:
    """Returns the operation that X-Amz-Target names, or raises UnknownOperationException."""
    name = TARGETS.get(target_of(request))
    if name is None or name in UNSUPPORTED:
        raise UnknownOperationException(UNSUPPORTED.get(name or "", ""))
    return name


def target_of(request: Request) -> str:
    """Returns service and operation as the request names them; empty when it does not."""
    return request.headers.get("x-amz-target", "")

"""boto3's own clients on an open database: no socket, no thread, no signature.

Everything of a client stays botocore's: parameters, serializer, retries, parser, modelled
exceptions, paginators, waiters. Only where it would send a request, at the event
``before-send``, the answer is made here, by the dispatch that every door uses.

* What the service would refuse comes back as on the wire, and botocore raises its exception.
* What only a file can do wrong (closed, corrupt, full) is raised as ddblite's own FileError:
  as status 500 it would be tried again ten times, and then be without its sentence.
* Only DynamoDB and DynamoDB Streams are answered; a session's other clients are not touched.

The module is called like the library that it is about; imports here are absolute, so
``import botocore`` means the library.
"""

import threading
from functools import cache
from os import devnull
from typing import Any, Final
from weakref import WeakSet

import msgspec

from ddblite.api.http.body import plain_body, wire_json
from ddblite.api.http.messages import Answer, RequestIds
from ddblite.api.http.wire_errors import error_answer
from ddblite.api.wire.dispatch import dispatch
from ddblite.api.wire.operations import OPERATIONS
from ddblite.engine.engine import Engine
from ddblite.schema.errors import DdbError, FileError, SerializationException

try:
    import boto3.session
    import botocore.session
    from botocore import UNSIGNED
    from botocore.awsrequest import AWSResponse
    from botocore.config import Config
except ImportError as fault:
    raise ImportError(
        "boto3's clients need boto3: pip install 'ddblite[boto3]'", name=fault.name
    ) from fault

SERVICES: Final = {"dynamodb": "dynamodb", "dynamodbstreams": "dynamodb-streams"}
"""The services that are answered here, with the names that botocore's events have."""

PLACEHOLDERS: Final = {
    "region_name": "us-east-1",
    "aws_access_key_id": "ddblite",
    "aws_secret_access_key": "ddblite",
}
"""What botocore insists on and nobody looks at; given, it does not search the machine for it."""

UNSIGNED_OPTIONS: Final = {"signature_version": UNSIGNED, "ignore_configured_endpoint_urls": True}
UNSIGNED_CONFIG: Final = Config(**UNSIGNED_OPTIONS)

APART: Final = {
    "profile": (None, None, None, None),
    "config_file": (None, None, devnull, None),
    "credentials_file": (None, None, devnull, None),
}
"""Settings of a session that reads no profile: a file's client is the same on every machine."""

connected_events: Final[WeakSet[Any]] = WeakSet()
"""The events of clients that belong to a database; ``mock_dynamodb`` leaves them with it."""

one_at_a_time: Final = threading.Lock()
"""Held while the shared session makes a client: botocore's sessions are not safe for threads."""


class Body:
    """A whole body in the place of a stream of bytes."""

    def __init__(self, body: bytes) -> None:
        self.body = body

    def stream(self) -> tuple[bytes]:
        """Gives the body in one piece."""
        return (self.body,)


class Transport:
    """Answers a client's requests, as a handler of ``before-send``."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.ids = RequestIds(engine.clock.new_id())

    def __call__(self, request: Any, event_name: str, **_: object) -> Any:  # noqa: ANN401 - botocore's
        """Returns the answer to a prepared request; a FileError is raised as it is."""
        operation = event_name.rpartition(".")[2]
        answer = self.answer(operation, request)
        return AWSResponse(request.url, answer.status, self.headers(answer), Body(answer.body))

    def headers(self, answer: Answer) -> dict[str, str]:
        """Returns an answer's headers, with an id of its own."""
        return answer.header_texts(self.ids.new())

    def answer(self, operation: str, request: Any) -> Answer:  # noqa: ANN401 - as above
        """Returns the answer as it would stand on the wire."""
        try:
            body = request.body
            if not body or not body.startswith(b"{"):
                body = decoded_body(request)
            response = dispatch(self.engine, operation, wire_json(body))
        except FileError:
            raise
        except DdbError as fault:
            return error_answer(fault, operation=operation)
        has_body = OPERATIONS[operation].has_body
        return Answer(200, msgspec.json.encode(response) if has_body else b"")


def decoded_body(request: Any) -> bytes:  # noqa: ANN401 - botocore's
    """Returns a body that does not look like JSON, unpacked; none at all is refused."""
    encoding = request.headers.get("Content-Encoding", "")
    if isinstance(encoding, bytes):
        encoding = encoding.decode("latin-1")
    body = plain_body(request.body or b"", encoding)
    if not body:
        raise SerializationException
    return body


class Session(boto3.session.Session):  # type: ignore[misc]  # boto3 carries no types
    """A session whose clients and resources for DynamoDB are those of one database."""

    def __init__(self, engine: Engine, **options: Any) -> None:  # noqa: ANN401 - boto3's own
        super().__init__(**options)
        self.engine = engine

    def client(self, service_name: str, *positional: Any, **options: Any) -> Any:  # noqa: ANN401
        """Returns a client: of the database for DynamoDB and its Streams, else boto3's usual."""
        if service_name not in SERVICES:
            return super().client(service_name, *positional, **options)
        if positional:
            options["region_name"] = positional[0]
        if options.get("region_name") is None:
            options["region_name"] = self.region_name
        made = super().client(service_name, **completed(options))
        return connected(made, Transport(self.engine))


def client(engine: Engine, service_name: str, options: dict[str, Any]) -> Any:  # noqa: ANN401
    """Returns a client of a database, or raises ValueError for another service."""
    check_service(service_name)
    with one_at_a_time:
        made = shared_session().client(service_name, **completed(options))
    return connected(made, Transport(engine))


def resource(engine: Engine, options: dict[str, Any]) -> Any:  # noqa: ANN401 - made at run time
    """Returns DynamoDB's service resource of a database."""
    with one_at_a_time:
        made = shared_session().resource("dynamodb", **completed(options))
    connected(made.meta.client, Transport(engine))
    return made


def connected(made: Any, transport: object) -> Any:  # noqa: ANN401 - a client
    """Returns a client after giving it the database in the place of the network."""
    event = SERVICES[made.meta.service_model.service_name]
    made.meta.events.register_first(f"before-send.{event}", transport)
    connected_events.add(made.meta.events)
    return made


def check_service(service_name: str) -> None:
    """Raises ValueError for a service that is not in the file."""
    if service_name not in SERVICES:
        raise ValueError(
            f"{service_name!r} is not in a ddblite file, only {' and '.join(SERVICES)}; "
            "boto3_session() makes clients of other services"
        )


def completed(options: dict[str, Any]) -> dict[str, Any]:
    """Returns a client's options with placeholders for what was not given."""
    given = {name: value for name, value in options.items() if value is not None}
    if "config" in given:
        # Of the class of the given one, so that aiobotocore's keeps what only it has.
        given["config"] = type(given["config"])(**UNSIGNED_OPTIONS).merge(given["config"])
    return {**PLACEHOLDERS, "config": UNSIGNED_CONFIG, **given}


@cache
def shared_session() -> Any:  # noqa: ANN401 - a boto3 session
    """Returns the session that reads the service's model once, and no settings at all."""
    return boto3.session.Session(botocore_session=botocore.session.Session(session_vars=APART))

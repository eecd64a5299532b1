"""``mock_dynamodb``: every boto3 client of DynamoDB in the process asks one database.

For tests of programs that make their clients themselves. While it lasts, three methods of
botocore's classes are replaced, with their twins in aiobotocore where that is installed, and
put back after the last one ends:

* ``Session.create_client`` gives clients of DynamoDB and its Streams placeholders for the
  region and credentials that are not there, and nothing is signed;
* ``RequestSigner.sign`` lets clients pass that were made before, and have no credentials;
* ``Endpoint._do_get_response`` asks the database where the request would be sent.

Other services are not touched, so that it goes together with moto in either order: inside, the
handlers of ``before-send``, moto's among them, are not asked about DynamoDB. A client that
belongs to a database of its own stays with it. The effect is the whole process's, in all of
its threads; of several at once the one that was entered last counts.
"""

import copy
import functools
import inspect
import threading
from collections.abc import Callable, Generator
from types import TracebackType
from typing import Any, Final, TypeVar, overload

from ddblite.api.python.connecting import connect
from ddblite.api.python.database import Database

Yielding = Generator[Any, Any, Any]
Function = TypeVar("Function", bound=Callable[..., Any])

lock: Final = threading.RLock()
entered: Final[list[tuple[Database, Any]]] = []
"""The databases that are asked, the last one first, each with what answers for it."""

replaced: Final[list[tuple[type, str, Any, Any]]] = []
"""Class, name, the method as it was, and what stands there now."""


class Mock:
    """DynamoDB's stand-in: a context manager and a decorator; each use has its own database."""

    def __init__(self, database: Database | None = None) -> None:
        self.given = database
        self.databases: list[Database] = []

    def __enter__(self) -> Database:
        database = connect(":memory:") if self.given is None else self.given
        try:
            enter(database)
        except BaseException:
            self.end(database)
            raise
        self.databases.append(database)
        return database

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        database = self.databases.pop()
        leave(database)
        self.end(database)

    def end(self, database: Database) -> None:
        """Closes a database, unless it was given."""
        if database is not self.given:
            database.close()

    def __call__(self, function: Function) -> Function:
        """Returns a function that runs inside; each call has its own database."""
        if inspect.isclass(function) or inspect.isasyncgenfunction(function):
            raise TypeError(
                "mock_dynamodb decorates functions; in a class, enter it in setUp: "
                "self.db = self.enterContext(mock_dynamodb())"
            )
        wrapped: Function = self.wrapped(function)
        return wrapped

    def wrapped(self, function: Any) -> Any:  # noqa: ANN401 - whatever kind of function it is
        """Returns a function of the same kind, as fixtures and coroutines have to stay ones."""
        given = self.given

        @functools.wraps(function)
        async def coroutine(*positional: Any, **named: Any) -> Any:  # noqa: ANN401
            with Mock(given):
                return await function(*positional, **named)

        @functools.wraps(function)
        def generator(*positional: Any, **named: Any) -> Yielding:  # noqa: ANN401
            with Mock(given):
                return (yield from function(*positional, **named))

        @functools.wraps(function)
        def plain(*positional: Any, **named: Any) -> Any:  # noqa: ANN401
            with Mock(given):
                return function(*positional, **named)

        if inspect.iscoroutinefunction(function):
            return coroutine
        return generator if inspect.isgeneratorfunction(function) else plain


@overload
def mock_dynamodb(target: Database | None = None) -> Mock: ...


@overload
def mock_dynamodb(target: Function) -> Function: ...


def mock_dynamodb(target: Database | Function | None = None) -> Mock | Function:
    """Sends every boto3 client of DynamoDB to a new database in memory, or to a given one.

        @mock_dynamodb                            # or @mock_dynamodb()
        def test_shop(): ...

        with mock_dynamodb() as db: ...           # db is the database that is asked

    pytest's fixture of the same name does so for the length of a test. Clients that were made
    before are sent there too. A new database is closed at the end, a given one stays open.
    Raises ImportError when boto3 is not installed.
    """
    if target is None or isinstance(target, Database):
        return Mock(target)
    return Mock()(target)


def enter(database: Database) -> None:
    """Makes a database the one that is asked."""
    from ddblite.api.clients import botocore

    with lock:
        if not entered:
            replace()
        entered.append((database, botocore.Transport(database.engine)))


def leave(database: Database) -> None:
    """Takes back the last ``enter`` of a database, wherever it stands among others."""
    with lock:
        last = max(place for place, (other, _) in enumerate(entered) if other is database)
        del entered[last]
        if not entered:
            restore()


def current(service: str) -> Any:  # noqa: ANN401 - a Transport, whose module needs boto3
    """Returns what answers for a service, by botocore's name of it; None when nothing does."""
    from ddblite.api.clients import botocore

    with lock:
        return entered[-1][1] if entered and service in botocore.SERVICES else None


class Redirected:
    """A client's events, but for ``before-send``: only the database is asked."""

    def __init__(self, events: Any, transport: Any) -> None:  # noqa: ANN401 - botocore's
        self.events = events
        self.transport = transport

    def emit(self, event_name: str, **arguments: Any) -> Any:  # noqa: ANN401 - botocore's own
        """Answers ``before-send``; every other event goes its way."""
        if event_name.startswith("before-send."):
            answer = self.transport(event_name=event_name, **arguments)
            return [(self.transport, answer)]
        return self.events.emit(event_name, **arguments)


class AsyncRedirected(Redirected):
    """The same for aiobotocore's clients, where all events are awaited."""

    async def emit(self, event_name: str, **arguments: Any) -> Any:  # noqa: ANN401 - botocore's own
        """Answers ``before-send``; every other event goes its way."""
        if event_name.startswith("before-send."):
            answer = await self.transport(event_name=event_name, **arguments)
            return [(self.transport, answer)]
        return await self.events.emit(event_name, **arguments)


def replace() -> None:
    """Puts our methods where botocore's and aiobotocore's are."""
    for owner, name, ours in (*synchronous_methods(), *asynchronous_methods()):
        theirs = getattr(owner, name)
        now: Any = functools.partialmethod(ours, theirs)
        functools.update_wrapper(now, theirs)
        setattr(owner, name, now)
        replaced.append((owner, name, theirs, now))


Replacement = tuple[type, str, Callable[..., Any]]


def synchronous_methods() -> list[Replacement]:
    """Returns what is replaced in botocore, and by what."""
    from botocore.endpoint import Endpoint
    from botocore.session import Session
    from botocore.signers import RequestSigner

    return [
        (Session, "create_client", create_client),
        (RequestSigner, "sign", sign),
        (Endpoint, "_do_get_response", do_get_response),
    ]


def asynchronous_methods() -> list[Replacement]:
    """Returns what is replaced in aiobotocore; nothing where it is not installed, or broken.

    It is imported for that: were it left to the tested program, its clients would not be seen.
    """
    try:
        from aiobotocore.endpoint import AioEndpoint
        from aiobotocore.session import AioSession
        from aiobotocore.signers import AioRequestSigner
    except ImportError:
        return []
    return [
        (AioSession, "_create_client", create_client),
        (AioRequestSigner, "sign", sign_later),
        (AioEndpoint, "_do_get_response", get_response_later),
    ]


def restore() -> None:
    """Puts botocore's methods back, unless somebody else has replaced ours meanwhile.

    Theirs calls ours then, and ours, with no database to ask, calls botocore's.
    """
    while replaced:
        owner, name, theirs, now = replaced.pop()
        if vars(owner)[name] is now:
            setattr(owner, name, theirs)


def create_client(
    session: Any,  # noqa: ANN401 - botocore carries no types, here and below
    theirs: Callable[..., Any],
    service_name: str,
    *positional: Any,  # noqa: ANN401
    **options: Any,  # noqa: ANN401
) -> Any:  # noqa: ANN401
    """Makes a client; one of DynamoDB needs neither region nor credentials.

    aiobotocore's, too: what its method gives is only awaited later.
    """
    from ddblite.api.clients import botocore

    if current(service_name) is None:
        return theirs(session, service_name, *positional, **options)
    named = inspect.signature(theirs).bind(session, service_name, *positional, **options).arguments
    given = {**named, **named.pop("kwargs", {})}
    if given.get("region_name") is None:
        given["region_name"] = session.get_config_variable("region")
    given.pop("self")
    return theirs(session, **botocore.completed(given))


def sign(
    signer: Any,  # noqa: ANN401
    theirs: Callable[..., Any],
    *positional: Any,  # noqa: ANN401
    **options: Any,  # noqa: ANN401
) -> Any:  # noqa: ANN401
    """Signs a request, unless the database is going to answer it."""
    if is_signed_for_us(signer, options):
        return None
    return theirs(signer, *positional, **options)


async def sign_later(
    signer: Any,  # noqa: ANN401
    theirs: Callable[..., Any],
    *positional: Any,  # noqa: ANN401
    **options: Any,  # noqa: ANN401
) -> Any:  # noqa: ANN401
    """The same for aiobotocore."""
    if is_signed_for_us(signer, options):
        return None
    return await theirs(signer, *positional, **options)


def is_signed_for_us(signer: Any, options: dict[str, Any]) -> bool:  # noqa: ANN401
    """Whether a signature would be for a request that the database answers."""
    service = str(signer._service_id).replace(" ", "").lower()  # noqa: SLF001
    return current(service) is not None and options.get("signing_type", "standard") == "standard"


def do_get_response(
    endpoint: Any,  # noqa: ANN401
    theirs: Callable[..., Any],
    request: Any,  # noqa: ANN401
    operation_model: Any,  # noqa: ANN401
    context: Any,  # noqa: ANN401
) -> Any:  # noqa: ANN401
    """Gets the response to a request, from the database when the request is for DynamoDB."""
    redirected = redirected_endpoint(endpoint, operation_model)
    return theirs(redirected or endpoint, request, operation_model, context)


async def get_response_later(
    endpoint: Any,  # noqa: ANN401
    theirs: Callable[..., Any],
    request: Any,  # noqa: ANN401
    operation_model: Any,  # noqa: ANN401
    context: Any,  # noqa: ANN401
) -> Any:  # noqa: ANN401
    """The same for aiobotocore."""
    redirected = redirected_endpoint(endpoint, operation_model, is_awaited=True)
    return await theirs(redirected or endpoint, request, operation_model, context)


def redirected_endpoint(
    endpoint: Any,  # noqa: ANN401
    operation_model: Any,  # noqa: ANN401
    *,
    is_awaited: bool = False,
) -> Any:  # noqa: ANN401
    """Returns an endpoint that asks the database; None when the request is not for it."""
    from ddblite.api.clients import botocore

    transport = current(operation_model.service_model.service_name)
    events = endpoint._event_emitter  # noqa: SLF001 - where botocore has it
    if transport is None or events in botocore.connected_events:
        return None
    redirected = copy.copy(endpoint)
    redirected._event_emitter = (  # noqa: SLF001
        asynchronously(events, transport) if is_awaited else Redirected(events, transport)
    )
    return redirected


def asynchronously(events: Any, transport: Any) -> AsyncRedirected:  # noqa: ANN401
    """Returns the events of an asynchronous client of the database."""
    from ddblite.api.clients.aiobotocore import AsyncTransport

    return AsyncRedirected(events, AsyncTransport(transport.engine))

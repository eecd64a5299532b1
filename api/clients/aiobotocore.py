"""aiobotocore's and aioboto3's clients on an open database: ``botocore``'s twin for asyncio.

As there, everything of a client stays its own, and only at ``before-send`` the answer is made
here. What a loop needs besides:

* A read is carried out on the loop, as it takes less time than to hand it over; what may write
  waits for other writers and the disk, and does so in a thread. Sessions of an ``AsyncDatabase``
  leave both to its threads.
* Answers have a body that is awaited.

aiobotocore insists on an older botocore than boto3 has by now; both are the same to this module.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from ddblite.api.clients.botocore import SERVICES, Transport, completed, connected
from ddblite.api.http.messages import Answer
from ddblite.api.wire.operations import READS
from ddblite.engine.engine import Engine

try:
    from aiobotocore.awsrequest import AioAWSResponse
    from aiobotocore.session import AioSession
except ImportError as fault:
    raise ImportError(
        "asynchronous clients need aiobotocore: pip install 'ddblite[aioboto3]'", name=fault.name
    ) from fault

Work = Callable[[], Answer]
CarryOut = Callable[[str, Work], Awaitable[Answer]]
"""How an operation, given by its name, is carried out without holding up the loop."""


async def carried_out(operation: str, work: Work) -> Answer:
    """Carries out a read at once, and anything else in a thread of the loop's own."""
    if operation in READS:
        return work()
    return await asyncio.get_running_loop().run_in_executor(None, work)


class AsyncBody:
    """A whole body in the place of a stream of bytes."""

    def __init__(self, body: bytes) -> None:
        self.body = body

    async def read(self) -> bytes:
        """Gives the body in one piece."""
        return self.body


class AsyncTransport:
    """Answers an asynchronous client's requests, as a handler of ``before-send``."""

    def __init__(self, engine: Engine, carry_out: CarryOut = carried_out) -> None:
        self.transport = Transport(engine)
        self.carry_out = carry_out

    async def __call__(self, request: Any, event_name: str, **_: object) -> Any:  # noqa: ANN401 - botocore's
        """Returns the answer to a prepared request; a FileError is raised as it is."""
        operation = event_name.rpartition(".")[2]
        answer = await self.carry_out(operation, lambda: self.transport.answer(operation, request))
        headers = self.transport.headers(answer)
        return AioAWSResponse(request.url, answer.status, headers, AsyncBody(answer.body))


class Session(AioSession):  # type: ignore[misc]  # aiobotocore carries no types
    """A session of aiobotocore whose clients for DynamoDB are those of one database."""

    def __init__(self, transport: AsyncTransport) -> None:
        super().__init__()
        self.transport = transport

    async def _create_client(self, service_name: str, *positional: Any, **options: Any) -> Any:  # noqa: ANN401
        """Makes a client: of the database for DynamoDB and its Streams, else the usual one."""
        if service_name not in SERVICES:
            return await super()._create_client(service_name, *positional, **options)
        if positional:
            options["region_name"] = positional[0]
        if options.get("region_name") is None:
            options["region_name"] = self.get_config_variable("region")
        made = await super()._create_client(service_name, **completed(options))
        return connected(made, self.transport)


def aioboto3_session(session: Session, options: dict[str, Any]) -> Any:  # noqa: ANN401 - untyped
    """Returns aioboto3's session around one of aiobotocore."""
    try:
        import aioboto3
    except ImportError as fault:
        raise ImportError(
            "aioboto3's sessions need aioboto3: pip install 'ddblite[aioboto3]'", name=fault.name
        ) from fault
    return aioboto3.Session(botocore_session=session, **options)

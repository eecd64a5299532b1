"""Between the HTTP server and ``application``: bodies come in pieces, writes go to one thread.

Reads are answered on the event loop: they take tens of microseconds, and handing one to a
thread costs more. Writes wait for the disk, so they queue for the one writer thread, in the
order in which they arrived. A client that goes away does not stop a write that has begun.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final

from ddblite.api.http.application import answer, is_quick
from ddblite.api.http.body import BODY_BYTES_MAX
from ddblite.api.http.gate import HeaderLines, turned_away
from ddblite.api.http.messages import Answer, Request, plain_answer, request_id
from ddblite.api.http.policy import Policy
from ddblite.api.http.wire_errors import RequestEntityTooLarge, error_answer
from ddblite.engine.engine import Engine

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

BODY_SECONDS_MAX: Final = 10.0
TOO_SLOW: Final = plain_answer(408, "The body did not come in time.\n", is_last=True)


class ClientGone(Exception):  # noqa: N818 - not an error: nobody is left to be told
    """The client closed the connection before its request was whole."""


class Door:
    """The ASGI application on an open engine. ``close`` it before the engine."""

    def __init__(self, engine: Engine, policy: Policy) -> None:
        self.engine = engine
        self.policy = policy
        self.writer = ThreadPoolExecutor(max_workers=1, thread_name_prefix="ddblite-writer")

    async def __call__(self, scope: Mapping[str, Any], receive: Receive, send: Send) -> None:
        """Answers one HTTP request; a client that has gone gets nothing."""
        assert scope["type"] == "http", "the server was started with nothing but HTTP"
        try:
            reply = await self.reply_to(scope, receive)
        except ClientGone:
            return
        headers = reply.headers(request_id(self.engine.clock.new_id()))
        await send({"type": "http.response.start", "status": reply.status, "headers": headers})
        await send({"type": "http.response.body", "body": reply.body})

    async def reply_to(self, scope: Mapping[str, Any], receive: Receive) -> Answer:
        """Returns the answer to a request whose body is still to be read."""
        query = scope["query_string"].decode("latin-1")
        lines: HeaderLines = [
            (name.decode("latin-1"), value.decode("latin-1")) for name, value in scope["headers"]
        ]
        refusal = turned_away(scope["path"] + query, lines, self.policy)
        if refusal is not None:
            return refusal
        try:
            async with asyncio.timeout(BODY_SECONDS_MAX):
                body = await whole_body(receive)
        except TimeoutError:
            return TOO_SLOW
        if body is None:
            return error_answer(RequestEntityTooLarge(), is_last=True)
        request = Request(scope["method"], scope["path"], dict(lines), query, body)
        if is_quick(request):
            return answer(self.engine, request, self.policy)
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self.writer, answer, self.engine, request, self.policy)

    def close(self) -> None:
        """Waits for the writes that were accepted."""
        self.writer.shutdown()


async def whole_body(receive: Receive) -> bytes | None:
    """Returns a request's body, or None as soon as it is too large."""
    message = await receive()
    pieces = []
    size = 0
    while message["type"] == "http.request":
        piece = message.get("body", b"")
        size += len(piece)
        if size > BODY_BYTES_MAX:
            return None
        pieces.append(piece)
        if not message.get("more_body", False):
            return b"".join(pieces)
        message = await receive()
    raise ClientGone

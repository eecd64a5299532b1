"""Three ways from a socket to an answer, as processes that ``http_servers.py`` starts.

    python benchmarks/doors.py PORT asgi|rsgi|protocol constant|item

* ``asgi``: uvicorn with httptools and an ASGI application;
* ``rsgi``: granian with an RSGI application, one worker;
* ``protocol``: uvicorn with the product's protocol class.

Each answers either with a constant body of 480 bytes, whatever is asked, or what the product
answers, from a database in memory. The first two do without the gate's checks and without
deadlines of their own; the last does all that the product does.
"""

import os
import sys
from typing import Any, Final

import uvicorn

import ddblite
from ddblite.api.http.application import answer
from ddblite.api.http.listening import configured
from ddblite.api.http.messages import Answer, Request, RequestIds
from ddblite.api.http.policy import Policy
from ddblite.api.http.request_handler import RequestHandler
from ddblite.engine.engine import Engine

KIND: Final = "DDBLITE_BENCHMARK_KIND"

IDS: Final = RequestIds("benchmark")
CONSTANT: Final = Answer(200, b'{"Item":{"id":{"S":"1"},"text":{"S":"%s"}}}' % (b"x" * 437))


class ConstantDoor(RequestHandler):
    """A door that gives one answer to everything."""

    def answer(self, request: Request) -> Answer:  # noqa: ARG002 - it is not looked at
        """Gives it."""
        return CONSTANT


class Asgi:
    """An ASGI application."""

    def __init__(self, engine: Engine | None) -> None:
        self.engine = engine

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:  # noqa: ANN401 - ASGI's
        """Answers one request."""
        pieces = []
        while True:
            message = await receive()
            pieces.append(message.get("body", b""))
            if not message.get("more_body"):
                break
        reply = CONSTANT
        if self.engine is not None:
            lines = {name.decode(): value.decode() for name, value in scope["headers"]}
            asked = Request(scope["method"], scope["path"], lines, "", b"".join(pieces))
            reply = answer(self.engine, asked)
        headers = reply.headers(IDS.new())
        await send({"type": "http.response.start", "status": reply.status, "headers": headers})
        await send({"type": "http.response.body", "body": reply.body})


class Rsgi:
    """An RSGI application."""

    def __init__(self, engine: Engine | None) -> None:
        self.engine = engine

    async def __rsgi__(self, scope: Any, protocol: Any) -> None:  # noqa: ANN401 - RSGI's
        """Answers one request."""
        body = await protocol()
        reply = CONSTANT
        if self.engine is not None:
            asked = Request(scope.method, scope.path, dict(scope.headers.items()), "", body)
            reply = answer(self.engine, asked)
        headers = [(name.decode(), value.decode()) for name, value in reply.headers(IDS.new())]
        protocol.response_bytes(status=reply.status, headers=headers, body=reply.body)


def application(*_: object) -> Rsgi:
    """Returns what granian's worker serves, in a process of its own."""
    return Rsgi(ddblite.connect(":memory:").engine if os.environ[KIND] == "item" else None)


def serve_with_granian(port: int, kind: str) -> None:
    """Serves with granian, which is needed for this and nothing else."""
    from granian import Granian  # type: ignore[import-not-found,unused-ignore]
    from granian.constants import Interfaces  # type: ignore[import-not-found,unused-ignore]

    os.environ[KIND] = kind
    server = Granian("doors", port=port, interface=Interfaces.RSGI, log_enabled=False)
    loader: Any = application
    server.serve(target_loader=loader, wrap_loader=False)


def serve_with_uvicorn(port: int, way: str, kind: str) -> None:
    """Serves with uvicorn, by its own protocol or by ours."""
    database = ddblite.connect(":memory:")
    if way == "protocol":
        made = RequestHandler if kind == "item" else ConstantDoor
        config = configured(made(database.engine, Policy().at("127.0.0.1", port)))
        config.port = port
    else:
        config = uvicorn.Config(
            Asgi(database.engine if kind == "item" else None),
            port=port,
            http="httptools",
            interface="asgi3",
            lifespan="off",
            log_level="error",
            access_log=False,
        )
    uvicorn.Server(config).run()


if __name__ == "__main__":
    _, port_given, way_given, kind_given = sys.argv
    if way_given == "rsgi":
        serve_with_granian(int(port_given), kind_given)
    else:
        serve_with_uvicorn(int(port_given), way_given, kind_given)

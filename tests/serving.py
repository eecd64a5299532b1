"""A real server in a process of its own, and what tests send it: signed requests, raw bytes."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPResponse
from typing import Any, Final
from urllib.parse import urlsplit
from zlib import crc32

from ddblite.api.wire.operations import STREAMS

TIMEOUT_S: Final = 20
"""How long a test waits for what should come at once."""

COMMAND: Final = (sys.executable, "-W", "error", "-m", "ddblite", "serve")

LIMITED: Final = 'ulimit -n "$0" && exec "$@"'
"""A shell's way to run a command with so many descriptors and no more."""

SIGNED: Final = (
    "AWS4-HMAC-SHA256 Credential=key/20261001/us-east-1/dynamodb/aws4_request, "
    "SignedHeaders=host;x-amz-target, Signature=0123456789abcdef"
)


WISH: Final = {"connection": "Upgrade, HTTP2-Settings", "upgrade": "h2c", "http2-settings": "AAMA"}
"""What Java's own client sends with its first request."""


def headers_for(operation: str, **changed: str | None) -> dict[str, str]:
    """Returns the headers of a good request, some of them changed; None leaves one out."""
    service = "DynamoDBStreams_20120810" if operation in STREAMS else "DynamoDB_20120810"
    headers: dict[str, str | None] = {
        "content-type": "application/x-amz-json-1.0",
        "x-amz-target": f"{service}.{operation}",
        "authorization": SIGNED,
    }
    headers.update({name.replace("_", "-"): value for name, value in changed.items()})
    return {name: value for name, value in headers.items() if value is not None}


@dataclass(frozen=True)
class Reply:
    """What came back; header names in lower case."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> dict[str, Any]:
        """The body as JSON."""
        loaded: dict[str, Any] = json.loads(self.body)
        return loaded


@dataclass
class Server:
    """A running server."""

    process: subprocess.Popen[str]
    url: str

    @property
    def host(self) -> str:
        """What stands in the Host header."""
        return urlsplit(self.url).netloc

    @contextmanager
    def connection(self) -> Iterator[socket.socket]:
        """Gives a connection."""
        port = urlsplit(self.url).port
        with socket.create_connection(("127.0.0.1", port), TIMEOUT_S) as opened:
            yield opened

    def send(self, raw: bytes) -> tuple[Reply, bool]:
        """Sends bytes; returns the reply to them and whether the connection was then closed."""
        with self.connection() as opened:
            opened.sendall(raw)
            reply = read_reply(opened)
            if reply.headers.get("connection") != "close":
                return reply, False
            return reply, opened.recv(1) == b""

    def ask(self, operation: str, wire: object, **changed: str | None) -> Reply:
        """Carries out an operation."""
        body = wire if isinstance(wire, bytes) else json.dumps(wire).encode()
        headers = {"host": self.host, "content-length": str(len(body))}
        headers.update(headers_for(operation, **changed))
        return self.send(request("POST /", headers, body))[0]

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Asks the server to stop; returns its exit code."""
        self.process.send_signal(number)
        return self.process.wait(TIMEOUT_S)


def request(line: str, headers: dict[str, str], body: bytes = b"") -> bytes:
    """Returns the bytes of a request."""
    lines = [f"{line} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items())]
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + body


def read_reply(connection: socket.socket) -> Reply:
    """Returns the next reply on a connection."""
    response = HTTPResponse(connection)
    try:
        response.begin()
        headers = {name.lower(): value for name, value in response.getheaders()}
        return Reply(response.status, headers, response.read())
    finally:
        response.close()


def check_stamps(reply: Reply) -> None:
    """What clients verify and log is on every answer."""
    assert re.fullmatch("[A-Z0-9]{52}", reply.headers["x-amzn-requestid"])
    assert str(crc32(reply.body)) == reply.headers["x-amz-crc32"]


@contextmanager
def running(
    path: str,
    *options: str,
    port: int = 0,
    wording: str = "current",
    environment: Mapping[str, str] | None = None,
    remarks: str = "",
    descriptors: int | None = None,
) -> Iterator[Server]:
    """Runs a server for the length of a ``with`` block, from its ready line on.

    On standard error it says the remarks of this pattern, and nothing else.
    """
    limited = () if descriptors is None else ("sh", "-c", LIMITED, str(descriptors))
    with subprocess.Popen(
        [*limited, *COMMAND, path, "--port", str(port), "--wording", wording, *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, **(environment or {})},
    ) as process:
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            assert line.startswith("listening on "), process.communicate()
            yield Server(process, line.removeprefix("listening on ").strip())
        finally:
            process.terminate()
            output, errors = process.communicate(timeout=TIMEOUT_S)
            assert (output, bool(re.fullmatch(remarks, errors))) == ("", True), errors

"""Bodies that come too slowly, too large or not at all, below the HTTP parser."""

import asyncio
import json
from collections.abc import Iterable, Mapping
from typing import Any

import pytest

import ddblite
from ddblite.api.http import asgi
from ddblite.api.http.body import BODY_BYTES_MAX
from ddblite.api.http.policy import Policy
from serving import headers_for
from wire_requests import TABLE

MIB = 1024 * 1024


def answered(messages: Iterable[Mapping[str, Any]]) -> tuple[int | None, list[str]]:
    """Sends CreateTable with a body in these messages; returns the status, and the tables then.

    After the last message nothing comes any more. The status is None when there is no answer.
    """
    headers = headers_for("CreateTable") | {"host": "localhost:1"}
    scope = {
        "type": "http",
        "method": "POST",
        "path": "/",
        "query_string": b"",
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
    }
    waiting = iter(messages)
    sent: list[Mapping[str, Any]] = []

    async def receive() -> dict[str, Any]:
        message = next(waiting, None)
        if message is None:
            await asyncio.Event().wait()
        return dict(message or {})

    async def send(message: Mapping[str, Any]) -> None:
        sent.append(message)

    with ddblite.connect(":memory:") as database:
        door = asgi.Door(database.engine, Policy().at("127.0.0.1", 1))
        asyncio.run(door(scope, receive, send))
        door.close()
        return sent[0]["status"] if sent else None, database.tables()


def piece(body: bytes, *, is_last: bool = False) -> dict[str, Any]:
    """Returns a part of a body, as ASGI has it."""
    return {"type": "http.request", "body": body, "more_body": not is_last}


def test_body_in_pieces_is_put_together() -> None:
    """An empty last piece is the usual end."""
    body = as_json(TABLE)
    messages = [piece(body[:10]), piece(body[10:]), piece(b"", is_last=True)]
    assert (200, ["books"]) == answered(messages)


def test_client_that_has_gone_gets_nothing() -> None:
    """What came of its request is not carried out."""
    assert (None, []) == answered([piece(as_json(TABLE)), {"type": "http.disconnect"}])


def test_slow_body_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """It would hold a connection that others need."""
    monkeypatch.setattr(asgi, "BODY_SECONDS_MAX", 0.01)
    assert (408, []) == answered([piece(b"{")])


def test_large_body_is_not_read_to_its_end() -> None:
    """Whatever length was declared: the reader counts, and stops at the limit."""
    taken = 0

    def endless() -> Iterable[dict[str, Any]]:
        nonlocal taken
        while True:
            taken += MIB
            yield piece(bytes(MIB))

    assert (413, []) == answered(endless())
    assert BODY_BYTES_MAX + MIB == taken


def as_json(wire: dict[str, Any]) -> bytes:
    """Returns a request's body."""
    return json.dumps(wire).encode()

"""Bodies in chunks, as some clients and proxies send them, and nothing else."""

import asyncio
import json
from pathlib import Path
from typing import Final

import pytest

from ddblite.api.http.body import BODY_BYTES_MAX
from ddblite.api.http.request_guard import HEAD_BYTES_MAX
from door_in_loop import Client, Run, Served, in_loop, until
from serving import WISH, headers_for, request
from wire_requests import GET, PUT, TABLE

__all__ = ["in_loop"]

MIB = 1024 * 1024
TOO_LARGE: Final = {"__type": "com.amazon.coral.service#RequestEntityTooLarge"}


def chunked(body: bytes, size: int) -> bytes:
    """Returns a body in chunks of a size."""
    pieces = [body[at : at + size] for at in range(0, len(body), size)]
    return b"".join(b"%x\r\n%b\r\n" % (len(piece), piece) for piece in [*pieces, b""])


def head(server: Served, operation: str, **changed: str | None) -> bytes:
    """Returns the head of a request in chunks."""
    headers = headers_for(operation, **{"transfer_encoding": "chunked", **changed})
    return request("POST /", {"host": server.host} | headers)


async def body_seen(client: Client, size: int) -> None:
    """Waits until the server has so much of a body."""
    await until(lambda: client.served_by.coming.body_bytes == size)


@pytest.mark.parametrize("size", [1, 7, 1000])
@pytest.mark.parametrize("changed", [{}, {"transfer_encoding": "Chunked"}, WISH])
def test_body_may_come_in_chunks(
    in_loop: Run, tmp_path: Path, size: int, changed: dict[str, str]
) -> None:
    """Of any size; what is behind it is not touched."""

    async def test(server: Served) -> None:
        client = await server.connect()
        for operation, wire in (("CreateTable", TABLE), ("PutItem", PUT), ("GetItem", GET)):
            body = chunked(json.dumps(wire).encode(), size)
            client.send(head(server, operation, **changed) + body)
        client.send(server.request("ListTables"))
        answers = [await client.answer() for _ in range(4)]
        assert [200] * 4 == [status for status, _, _ in answers]
        assert [b'{"Item":{"id":{"S":"1"}}}', b'{"TableNames":["books"]}'] == [
            body for _, _, body in answers[2:]
        ]
        assert server.handler.body_bytes == 0

    in_loop(test, tmp_path / "shop.ddb")


def test_chunks_may_come_byte_by_byte(in_loop: Run) -> None:
    """With extensions and trailers, which are passed over."""

    async def test(server: Served) -> None:
        client = await server.connect()
        sent = head(server, "ListTables") + b"1;a=b\r\n{\r\n1\r\n}\r\n0\r\nhost: evil\r\n\r\n"
        for byte in sent * 2:
            client.send(bytes([byte]))
            await client.writer.drain()
            await asyncio.sleep(0)
        assert [200, 200] == [await client.status() for _ in range(2)]

    in_loop(test)


@pytest.mark.parametrize("size", [16, MIB])
def test_chunks_have_the_limit_of_every_body(in_loop: Run, size: int) -> None:
    """However small they are, and however many would follow."""

    async def test(server: Served) -> None:
        client = await server.connect()
        client.send(head(server, "ListTables") + chunked(bytes(BODY_BYTES_MAX + 1), size)[:-5])
        status, headers, body = await client.answer()
        assert (413, "close", TOO_LARGE) == (status, headers["connection"], json.loads(body))
        assert server.handler.body_bytes == 0
        largest = b"{" + b" " * (BODY_BYTES_MAX - 2) + b"}"
        client = await server.connect()
        client.send(head(server, "ListTables") + chunked(largest, MIB))
        assert await client.status() == 200

    in_loop(test)


def test_endless_trailers_are_not_kept(in_loop: Run) -> None:
    """One line without an end, and lines without an end."""

    async def test(server: Served) -> None:
        for piece in (b"x" * HEAD_BYTES_MAX, b"x: y\r\n" * HEAD_BYTES_MAX):
            client = await server.connect()
            client.send(head(server, "ListTables") + b"2\r\n{}\r\n0\r\nx: ")
            await body_seen(client, 2)
            client.send(piece)
            await client.writer.drain()
            client.send(b"x" * 300_000)
            assert await client.status() == 400
            assert await client.rest() == b""

    in_loop(test)

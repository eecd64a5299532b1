"""Writes of many clients that come together, over HTTP."""

import threading
from pathlib import Path
from typing import Any

import pytest

from ddblite.api import writer
from door_in_loop import Client, Run, Served, in_loop, until
from serving import TIMEOUT_S
from wire_requests import TABLE

__all__ = ["in_loop"]

CLIENTS = 50


@pytest.fixture(autouse=True)
def unhurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lets a group be as large as it may, however slow the machine."""
    monkeypatch.setattr(writer, "GROUP_SECONDS_MAX", 1000)


def put(number: int) -> dict[str, Any]:
    """Returns a write; every tenth has a condition that does not hold."""
    wire: dict[str, Any] = {"TableName": "books", "Item": {"id": {"S": str(number)}}}
    if number % 10 == 0:
        wire["ConditionExpression"] = "attribute_exists(id)"
    return wire


async def written_together(server: Served, hook: Any) -> list[tuple[int, bytes]]:  # noqa: ANN401
    """Lets fifty writes wait for each other; returns the answers."""
    server.database.call("CreateTable", TABLE)
    queue = server.handler.lanes.writer
    assert queue is not None
    is_open, has_begun = threading.Event(), threading.Event()

    def hold() -> None:
        has_begun.set()
        is_open.wait(TIMEOUT_S)

    queue.submit(hold, is_alone=True)
    # Before that, the writer's thread could take some of the fifty out of the queue.
    await until(has_begun.is_set)
    server.database.engine.storage.writer.set_commit_hook(hook)
    clients: list[Client] = [await server.connect() for _ in range(CLIENTS)]
    for number, client in enumerate(clients):
        client.send(server.request("PutItem", put(number)))
    await until(lambda: queue.asked.qsize() == CLIENTS)
    is_open.set()
    answers = [await client.answer() for client in clients]
    server.database.engine.storage.writer.set_commit_hook(None)
    return [(status, body) for status, _, body in answers]


def test_writes_that_come_together_are_one_commit(in_loop: Run, tmp_path: Path) -> None:
    """Those that fail have their own error, and disturb nobody."""
    commits = 0

    def count() -> bool:
        nonlocal commits
        commits += 1
        return False

    async def test(server: Served) -> None:
        nonlocal commits
        commits = 0
        answers = await written_together(server, count)
        for number, (status, body) in enumerate(answers):
            if number % 10:
                assert (200, b"{}") == (status, body)
            else:
                assert status == 400
                assert b"ConditionalCheckFailedException" in body
        assert server.database.call("Scan", {"TableName": "books"})["Count"] == CLIENTS * 9 // 10
        assert commits == 1

    in_loop(test, tmp_path / "shop.ddb")


def test_commit_that_fails_is_everybodys(
    in_loop: Run, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Nothing was written, nobody is told otherwise, and the server goes on."""

    async def test(server: Served) -> None:
        answers = await written_together(server, lambda: True)
        assert {500} == {status for status, _ in answers}
        assert all(b"Internal server error" in body for _, body in answers)
        assert server.database.call("Scan", {"TableName": "books"})["Count"] == 0
        client = await server.connect()
        client.send(server.request("PutItem", put(1)))
        assert await client.status() == 200

    in_loop(test, tmp_path / "shop.ddb")
    assert CLIENTS == len(caplog.messages)


def test_what_reads_does_not_wait(in_loop: Run, tmp_path: Path) -> None:
    """A SELECT is answered while a write waits; another statement waits behind it."""

    async def test(server: Served) -> None:
        server.database.call("CreateTable", TABLE)
        server.database.call("PutItem", put(1))
        queue = server.handler.lanes.writer
        assert queue is not None
        is_open = threading.Event()
        queue.submit(lambda: is_open.wait(TIMEOUT_S), is_alone=True)
        reader, writer = await server.connect(), await server.connect()
        delete = {"Statement": "DELETE FROM books WHERE id = ?", "Parameters": [{"S": "1"}]}
        writer.send(server.request("ExecuteStatement", delete))
        await until(lambda: writer.served_by.is_working)
        for select in ("SELECT * FROM books", "\n select id from books"):
            reader.send(server.request("ExecuteStatement", {"Statement": select}))
            status, _, body = await reader.answer()
            assert (200, b'{"Items":[{"id":{"S":"1"}}]}') == (status, body)
        is_open.set()
        assert await writer.status() == 200
        assert server.database.call("Scan", {"TableName": "books"})["Count"] == 0

    in_loop(test, tmp_path / "shop.ddb")

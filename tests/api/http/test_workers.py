"""Several processes that serve one file."""

import os
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

import pytest

import ddblite
from ddblite.api.http import listening_sockets, server
from ddblite.api.http.connection_slots import CONNECTIONS_MAX
from ddblite.api.http.policy import CannotServe, Policy
from ddblite.api.http.protocol import CONTINUE
from ddblite.api.http.workers import Parent, Task, Worker
from serving import TIMEOUT_S, headers_for, read_reply, request, running
from wire_requests import PUT, TABLE

WORKERS = 2
DOOR_LENGTH = 32
"""How much of a request id tells which door it comes from."""

UPDATE = {
    "TableName": "books",
    "Key": {"id": {"S": "sum"}},
    "UpdateExpression": "ADD amount :one",
    "ExpressionAttributeValues": {":one": {"N": "1"}},
}

needs_signals = pytest.mark.skipif(
    not hasattr(signal, "SIGKILL"), reason="this system has no such signals"
)


@contextmanager
def minded(
    path: Path, places_max: int = CONNECTIONS_MAX
) -> Iterator[tuple[Parent, tuple[str, int]]]:
    """Runs a parent in a thread of the test; gives it when its workers are ready."""
    ready = threading.Event()
    with listening_sockets.listening_socket("127.0.0.1", 0) as listener, ddblite.connect(path):
        address = listener.getsockname()
        task = Task(str(path), "current", Policy().at(*address), places_max)
        with closing(Parent(task, WORKERS, listener, ready.set)) as parent:
            thread = threading.Thread(target=parent.mind)
            thread.start()
            try:
                assert ready.wait(TIMEOUT_S)
                yield parent, address
            finally:
                parent.stop()
                thread.join()


def handler_of(address: tuple[str, int]) -> str:
    """Returns which door answers a new connection."""
    with socket.create_connection(address, TIMEOUT_S) as opened:
        opened.sendall(request("GET /healthz", {"host": f"{address[0]}:{address[1]}"}))
        reply = read_reply(opened)
    assert reply.status == 200
    return reply.headers["x-amzn-requestid"][:DOOR_LENGTH]


def until(is_so: Callable[[], bool]) -> None:
    """Waits for something that other processes and threads do."""
    looking = threading.Event()
    for _ in range(TIMEOUT_S * 100):
        if is_so():
            return
        looking.wait(0.01)
    pytest.fail("it did not come about")


def test_workers_take_turns(tmp_path: Path) -> None:
    """So that connections are shared out evenly, however quickly they come."""
    with minded(tmp_path / "shop.ddb") as (_, address):
        doors = [handler_of(address) for _ in range(4 * WORKERS)]
        assert {4} == {doors.count(one) for one in doors}


def test_connections_wait_while_all_workers_are_full(tmp_path: Path) -> None:
    """One goes to whichever has a place first, and is not given to the one whose turn it is."""
    with minded(tmp_path / "shop.ddb", places_max=2) as (parent, address), ExitStack() as stack:

        def connection() -> socket.socket:
            return stack.enter_context(socket.create_connection(address, TIMEOUT_S))

        begun = request("GET /healthz", {"host": f"{address[0]}:{address[1]}"})
        busy = [connection() for _ in range(2 * WORKERS)]
        for opened in busy:
            opened.sendall(begun[:-1])
        until(lambda: not any(worker.has_room() for worker in parent.workers))
        waiting = [connection() for _ in range(3)]
        for opened in waiting:
            opened.sendall(begun)
        assert [2] * WORKERS == [worker.given for worker in parent.workers]
        for opened in (busy[0], busy[2]):  # both of the first worker
            opened.close()
        for opened in waiting[:2]:
            assert read_reply(opened).status == 200
        assert [4, 2] == [worker.given for worker in parent.workers]
        waiting[0].close()
        assert read_reply(waiting[2]).status == 200


def test_worker_that_dies_is_replaced(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """And told of; the server goes on."""
    with minded(tmp_path / "shop.ddb") as (parent, address):
        old = parent.workers[0]
        old.process.kill()
        old.process.join(TIMEOUT_S)
        assert handler_of(address)
        until(lambda: parent.workers[0] is not old and parent.workers[0].is_ready)
        assert WORKERS == len({handler_of(address) for _ in range(WORKERS)})
    code = old.process.exitcode
    assert [f"a worker ended with exit code {code}; another takes its place"] == caplog.messages


def test_worker_that_cannot_begin_ends_the_server(tmp_path: Path) -> None:
    """With its sentence, instead of one worker after another."""
    with listening_sockets.listening_socket("127.0.0.1", 0) as listener:
        task = Task(str(tmp_path / "nothing.ddb"), "current", Policy())
        with (
            closing(Parent(task, WORKERS, listener, lambda: None)) as parent,
            pytest.raises(CannotServe, match=r"nothing\.ddb"),
        ):
            parent.mind()


@needs_signals
def test_workers_leave_interrupts_to_their_parent(tmp_path: Path) -> None:
    """A terminal sends Ctrl-C to all of them, perhaps while they are beginning."""
    path = tmp_path / "shop.ddb"
    with ddblite.connect(path):
        worker = Worker(Task(str(path), "current", Policy()))
        pid = worker.process.pid
        assert pid is not None
        os.kill(pid, signal.SIGINT)
        assert worker.line.poll(TIMEOUT_S)
        worker.hear()
        assert worker.is_ready
        os.kill(pid, signal.SIGINT)
        worker.end()
        worker.wait()
        assert worker.process.exitcode == 0


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_signal_leaves_one_whole_file(tmp_path: Path, number: signal.Signals) -> None:
    """With what was acknowledged by any of them in it, counted up by eight clients at once."""
    path = tmp_path / "shop.ddb"
    with running(str(path), "--workers", str(WORKERS)) as server:
        assert server.ask("CreateTable", TABLE).status == 200
        assert server.ask("PutItem", PUT).status == 200

        def add() -> None:
            for _ in range(10):
                assert server.ask("UpdateItem", UPDATE).status == 200

        threads = [threading.Thread(target=add) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert server.stop(number) == 0
        assert [path] == list(tmp_path.iterdir())
    with ddblite.connect(path, mode="open") as database:
        assert database.check() == []
        assert database.table("books").get("sum") == {"id": "sum", "amount": 80}


@needs_signals
def test_workers_do_not_outlive_their_parent(tmp_path: Path) -> None:
    """However it ends; what has begun is finished, and one file is left."""
    path = tmp_path / "shop.ddb"
    with running(str(path), "--workers", str(WORKERS)) as server, server.connection() as opened:
        headers = headers_for("CreateTable") | {"content-length": "2", "host": server.host}
        opened.sendall(request("POST /", headers | {"expect": "100-continue"}))
        assert opened.recv(100) == CONTINUE  # so the worker has seen it
        opened.sendall(b"{")
        server.process.kill()
        opened.sendall(b"}")
        assert read_reply(opened).status == 400
        assert server.process.stdout is not None
        assert server.process.stdout.read() == ""  # which ends when nobody can write it any more
        assert [path] == list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("path", "workers", "delay_s", "sentence"),
    [
        (":memory:", 2, 0.0, "in memory"),
        ("shop.ddb", 2, 1.0, "table delays"),
        ("shop.ddb", 0, 0.0, "from 1 to 64"),
        ("shop.ddb", 65, 0.0, "from 1 to 64"),
    ],
)
def test_what_several_processes_cannot_serve(
    tmp_path: Path, path: str, workers: int, delay_s: float, sentence: str
) -> None:
    """Is said before anything is made."""
    where = path if path == ":memory:" else str(tmp_path / path)
    with pytest.raises(CannotServe, match=sentence):
        server.serve(where, port=0, workers=workers, table_delay_s=delay_s)
    assert [] == list(tmp_path.iterdir())

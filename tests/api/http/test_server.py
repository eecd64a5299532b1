"""A real server: its start, its end, and raw bytes in between."""

import re
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

import ddblite
from ddblite.api.http import listening_sockets, server
from ddblite.api.http.body import BODY_BYTES_MAX
from ddblite.api.http.policy import CannotServe
from serving import (
    COMMAND,
    TIMEOUT_S,
    Server,
    check_stamps,
    headers_for,
    read_reply,
    request,
    running,
)
from wire_requests import GOOD, PUT, TABLE


def test_every_answer_is_stamped(server: Server) -> None:
    """Errors and refusals too, and no two ids are equal."""
    replies = [
        server.ask("ListTables", {}),
        server.ask("NoSuchThing", {}),
        server.ask("ListTables", {}, content_type="text/plain"),
        server.ask("ListTables", {}, host="evil.example"),
        server.send(request("GET /", {"host": server.host}))[0],
    ]
    for reply in replies:
        check_stamps(reply)
    assert [200, 400, 404, 403, 200] == [reply.status for reply in replies]
    assert len({reply.headers["x-amzn-requestid"] for reply in replies}) == len(replies)


def test_one_connection_serves_many_requests(server: Server) -> None:
    """Also those that are sent before the first is answered, and after an error."""
    good = headers_for("ListTables") | {"host": server.host, "content-length": "2"}
    unsigned = {name: value for name, value in good.items() if name != "authorization"}
    with server.connection() as opened:
        for headers, status in ((unsigned, 400), (good, 200), (good, 200)):
            opened.sendall(request("POST /", headers, b"{}"))
            assert status == read_reply(opened).status


@pytest.mark.parametrize(
    ("line", "headers", "body", "status"),
    [
        ("POST /", {"transfer-encoding": "chunked", "content-length": "2"}, b"{}", 400),
        ("POST /", {"content-length": str(BODY_BYTES_MAX + 1)}, b"", 413),
        ("POST /", {"content-length": "+2"}, b"{}", 400),
        ("POST /", {"content-length": "-2"}, b"{}", 400),
        ("POST /", {"content-length": "1_0"}, b"{}", 400),
        ("POST /", {"content-length ": "2"}, b"{}", 400),
        ("POST /", {"content-length": "2", "Content-Length": "2"}, b"{}", 400),
        ("POST /", {"content-length": "2", "Host": "localhost"}, b"{}", 400),
        ("POST /", {"content-length": "2", "x": "a\r\n b"}, b"{}", 400),
        ("POST /", {"content-length": "2", "x": "a" * 20_000}, b"{}", 400),
        ("POST /", {"content-length": "2", "host": "evil.example"}, b"{}", 403),
        ("POST /", {"content-length": "2", "origin": "http://localhost"}, b"{}", 403),
        ("OPTIONS /", {"origin": "http://evil.example"}, b"", 403),
        ("CONNECT localhost:80", {}, b"", 400),
        ("NONSENSE /", {}, b"", 400),
    ],
)
def test_doubtful_requests_end_the_connection(
    server: Server, line: str, headers: dict[str, str], body: bytes, status: int
) -> None:
    """Nothing is executed, and no bytes after them are taken for a second request."""
    sent = headers_for("CreateTable") | {"host": server.host} | headers
    reply, is_closed = server.send(request(line, sent, body))
    check_stamps(reply)
    assert (status, True) == (reply.status, is_closed)
    assert not [name for name in reply.headers if name.startswith("access-control")]
    assert reply.json["__type"]
    assert b"/" not in reply.body


def test_client_that_leaves_does_no_harm(server: Server) -> None:
    """In the middle of a request, or before its answer."""
    headers = headers_for("ListTables") | {"host": server.host, "content-length": "2"}
    for body in (b"", b"{", b"{}"):
        with server.connection() as opened:
            opened.sendall(request("POST /", headers, body))
    assert server.ask("ListTables", {}).status == 200


def test_large_items_come_in_pieces(server: Server) -> None:
    """A body far larger than one read of the socket."""
    server.ask("CreateTable", {**TABLE, "TableName": "large"})
    text = "x" * 390_000
    wire = {"TableName": "large", "Item": {"id": {"S": "1"}, "text": {"S": text}}}
    assert server.ask("PutItem", wire).status == 200
    item = server.ask("GetItem", {**GOOD["GetItem"], "TableName": "large"}).json["Item"]
    assert text == item["text"]["S"]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_signal_leaves_one_whole_file(tmp_path: Path, number: signal.Signals) -> None:
    """With what was acknowledged in it, and exit code 0."""
    path = tmp_path / "shop.ddb"
    with running(str(path)) as server, server.connection():
        assert server.ask("CreateTable", TABLE).status == 200
        assert server.ask("PutItem", PUT).status == 200
        assert server.stop(number) == 0
        assert [path] == list(tmp_path.iterdir())
    with ddblite.connect(path, mode="open") as database:
        assert database.check() == []
        assert database.table("books").get("1") == {"id": "1"}


def test_write_that_has_begun_is_finished(tmp_path: Path) -> None:
    """A stop that is asked for while the body is still coming waits for it."""
    path = tmp_path / "shop.ddb"
    headers = headers_for("CreateTable") | {"content-length": "2"}
    with running(str(path)) as server, server.connection() as opened:
        opened.sendall(request("POST /", headers | {"host": server.host}, b"{"))
        assert server.ask("ListTables", {}).status == 200  # so the first has been seen
        server.process.terminate()
        opened.sendall(b"}")
        assert read_reply(opened).status == 400
        assert server.process.wait(TIMEOUT_S) == 0


def test_older_wording_is_an_option() -> None:
    """For programs that were written before 2026."""
    texts = []
    for wording in ("current", "older"):
        with running(":memory:", wording=wording) as server:
            texts.append(server.ask("Query", {**GOOD["Query"], "TableName": ""}).json["message"])
    assert ["Value at 'TableName'", "Value '' at 'tableName'"] == [
        text.removeprefix("1 validation error detected: ").partition(" failed")[0] for text in texts
    ]


def test_other_machines_are_not_served() -> None:
    """There is nothing yet that would tell friend from stranger."""
    for host in ("0.0.0.0", "::", "192.0.2.1", "example.com"):  # noqa: S104 - that is the test
        with pytest.raises(CannotServe, match="not a loopback address"):
            server.serve(":memory:", host=host)


def test_port_in_use_makes_no_file(tmp_path: Path) -> None:
    """And is told in a sentence."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(CannotServe, match=f"^Cannot listen on http://127.0.0.1:{port}: "):
            server.serve(str(tmp_path / "shop.ddb"), port=port)
    assert [] == list(tmp_path.iterdir())


def test_answers_wait_for_no_acknowledgement() -> None:
    """Otherwise every second answer on a connection is 40 ms late."""
    with (
        listening_sockets.listening_socket("127.0.0.1", 0) as listener,
        socket.create_connection(listener.getsockname()),
        listener.accept()[0] as accepted,
    ):
        assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


def test_port_is_a_port() -> None:
    """Also for those who count beyond."""
    with pytest.raises(CannotServe, match="65535"):
        server.serve(":memory:", port=65_536)


def test_missing_extra_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    """The server's libraries are not installed with everything else."""
    monkeypatch.setattr(server, "find_spec", lambda _name: None)
    with pytest.raises(CannotServe, match=re.escape("pip install 'ddblite[server]'")):
        server.serve(":memory:")


@pytest.mark.parametrize(
    ("options", "code"),
    [(["--host", "192.0.2.1"], 1), (["--port", "x"], 2), (["--wording", "new"], 2)],
)
def test_command_that_cannot_serve_says_so(tmp_path: Path, options: list[str], code: int) -> None:
    """On standard error, with an exit code, and without a file."""
    path = tmp_path / "shop.ddb"
    run = subprocess.run(
        [*COMMAND, str(path), *options], check=False, capture_output=True, text=True
    )
    assert (code, "", False) == (run.returncode, run.stdout, "Traceback" in run.stderr)
    assert run.stderr
    assert not path.exists()


def test_importing_the_door_needs_no_extra() -> None:
    """So that its sentence can be said."""
    listing = "import sys, ddblite.api.http.server; print(*sys.modules)"
    run = subprocess.run(
        [sys.executable, "-c", listing], check=True, capture_output=True, text=True
    )
    assert {"uvicorn", "httptools", "asyncio"}.isdisjoint(run.stdout.split())

"""A thousand connections of boto3, of the JavaScript SDK and of Go, all at once and all at work.

The server has descriptors for these, and a few hundred more. What it holds is read from /proc.
"""

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Final

import pytest

from ddblite.api.http.connection_slots import RESERVE
from foreign_clients import (
    FOLDER,
    GO,
    GO_PROGRAMS,
    JAVASCRIPT,
    environment_for,
    install_go,
    install_javascript,
)
from serving import Server, headers_for, read_reply, request, running

pytestmark = pytest.mark.clients

CROWD: Final = 1000
PLACES: Final = 3 * CROWD + 200
SLOW: Final = 100
TURNS: Final = 5

PROGRAMS: Final[Sequence[tuple[list[str], Path]]] = (
    ([sys.executable, "crowd.py"], FOLDER / "python"),
    (["node", "crowd.mjs"], JAVASCRIPT),
    ([str(GO_PROGRAMS / "crowd")], GO),
)

TABLE: Final = {
    "TableName": "crowd",
    "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
    "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
    "BillingMode": "PAY_PER_REQUEST",
}

COUNT: Final = b'{"TableName":"crowd","Select":"COUNT"}'

SLOW_WAIT_S: Final = 60
"""How long is waited for slow clients to be thrown out; after 10 seconds it should begin."""

GROWTH_MAX: Final = 1.1
"""How much more memory the server may have after working than before, with the same connections."""


@pytest.fixture(scope="module", autouse=True)
def _installed() -> None:
    """The SDKs in the versions that their stories are told with, and what it takes to look."""
    if not Path("/proc/self/fd").exists():
        pytest.skip("this system does not show what a process holds")
    install_javascript()
    install_go("crowd")


@contextmanager
def crowds(url: str) -> Iterator[list["subprocess.Popen[str]"]]:
    """Gives the programs, whose connections are all open."""
    with ExitStack() as stack:
        programs = []
        for command, folder in PROGRAMS:
            program = subprocess.Popen(
                [*command, str(CROWD)],
                cwd=folder,
                env=environment_for(url),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
            programs.append(stack.enter_context(program))
        try:
            for program in programs:
                assert said(program) == "open"
            yield programs
        finally:
            for program in programs:
                assert program.stdin is not None
                program.stdin.close()
        assert [0] * len(programs) == [program.wait() for program in programs]


def said(program: "subprocess.Popen[str]") -> str:
    """Returns the next line of a program."""
    assert program.stdout is not None
    return program.stdout.readline().strip()


def work(programs: Sequence["subprocess.Popen[str]"]) -> None:
    """Has all of them work at the same time."""
    for program in programs:
        assert program.stdin is not None
        program.stdin.write("\n")
        program.stdin.flush()
    assert ["done"] * len(programs) == [said(program) for program in programs]


def descriptors(server: Server) -> int:
    """Returns how many descriptors a server holds."""
    return len(os.listdir(f"/proc/{server.process.pid}/fd"))  # noqa: PTH208 - only their number


def memory_kib(server: Server) -> int:
    """Returns how much memory a server holds."""
    status = Path(f"/proc/{server.process.pid}/status").read_text("ascii")
    return int(status.partition("VmRSS:")[2].split()[0])


def client(server: Server, operation: str, sent: bytes, length: int) -> socket.socket:
    """Returns a connection on which a request has begun, with so much of its body."""
    headers = headers_for(operation) | {"host": server.host, "content-length": str(length)}
    address = server.host.rpartition(":")
    opened = socket.create_connection((address[0], int(address[2])), SLOW_WAIT_S)
    opened.sendall(request("POST /", headers, sent))
    return opened


def slow_client(server: Server) -> socket.socket:
    """Returns a connection on which nothing more will come."""
    return client(server, "GetItem", b"{", 2)


def check_descriptors(server: Server, count_max: int) -> None:
    """Those of connections that have ended are given back, after some turns of the server's."""
    for _ in range(100):
        assert server.ask("ListTables", {}).status == 200
        if descriptors(server) <= count_max:
            return
    pytest.fail(f"{descriptors(server)} descriptors, not {count_max}")


def test_three_thousand_connections_work_at_once() -> None:
    """No error, nothing kept afterwards; and who is slow keeps nobody out."""
    with running(":memory:", descriptors=PLACES + RESERVE) as server, ExitStack() as stack:
        assert server.ask("CreateTable", TABLE).status == 200
        at_first = descriptors(server)
        slow = [stack.enter_context(slow_client(server)) for _ in range(SLOW)]
        with crowds(server.url) as programs:
            assert descriptors(server) >= at_first + 3 * CROWD
            work(programs)
            before_kib = memory_kib(server)
            for _ in range(TURNS):
                work(programs)
            assert memory_kib(server) < GROWTH_MAX * before_kib
        check_descriptors(server, at_first + SLOW + 1)
        more = [stack.enter_context(slow_client(server)) for _ in range(PLACES)]
        newcomer = stack.enter_context(client(server, "Scan", COUNT, len(COUNT)))
        reply = read_reply(newcomer)
        assert (200, 3 * CROWD) == (reply.status, reply.json["Count"])
        thrown_out = read_reply(slow[0])
        assert thrown_out.status == 500
        assert json.loads(thrown_out.body)["__type"].endswith("#InternalServerError")
        for opened in (*slow, *more):
            opened.close()
        check_descriptors(server, at_first + 2)

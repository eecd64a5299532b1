"""How many answers a second servers give, all under the same load and in one run.

Ours, three ways to build it, and its peers as far as they are installed; who is not is named.
All servers run from the beginning to the end, on loopback. The load goes round: a short while to
each server, as often as there are rounds, so that a slow moment of the machine falls on all. A
ratio is that of one round; given are the medians over the rounds. On Linux the processor time
per answer is given too, which a busy machine changes less than the rate.

The load is ``load.py``'s: 8 connections that ask for one item of about 400 bytes, or write one,
with the headers that boto3 sends. Client and servers share the machine's processors.

    python benchmarks/http_servers.py [--rounds 7] [--seconds 1.0] [--only NAME ...]
        [--dynoxide PROGRAM] [--dynamodb-local FOLDER] [--moto PROGRAM]

It prints Markdown. ``--dynamodb-local`` is the folder that ``make parity`` fills.
"""

import argparse
import json
import os
import platform
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from statistics import median
from typing import Any, Final

from load import LOOPBACK, load

ROOT: Final = Path(__file__).parent.parent
START_SECONDS_MAX: Final = 30.0
OURS: Final = "ddblite, file"

TWO: Final = ("--workers", "2")

TABLE: Final = {
    "TableName": "films",
    "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
    "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
    "BillingMode": "PAY_PER_REQUEST",
}
ITEMS: Final = 100

AGENT: Final = (
    "Boto3/1.44.5 md/Botocore#1.44.5 ua/2.1 os/linux#6.1 md/arch#x86_64 lang/python#3.11.7 "
    "md/pyimpl#CPython cfg/retry-mode#legacy Botocore/1.44.5"
)
SIGNED: Final = (
    "AWS4-HMAC-SHA256 Credential=key/20261101/us-east-1/dynamodb/aws4_request, "
    "SignedHeaders=content-type;host;x-amz-date;x-amz-target, "
    f"Signature={'0123456789abcdef' * 4}"
)

Wire = dict[str, Any]


def film(number: int) -> Wire:
    """Returns an item of about 400 bytes."""
    return {
        "id": {"S": f"film-{number:04}"},
        "title": {"S": "The Cabinet of Dr. Caligari"},
        "year": {"N": "1920"},
        "rating": {"N": "8.1"},
        "genres": {"L": [{"S": "horror"}, {"S": "mystery"}, {"S": "thriller"}]},
        "info": {"M": {"minutes": {"N": "76"}, "silent": {"BOOL": True}}},
        "plot": {"S": "A hypnotist uses a somnambulist to commit murders. " * 4},
    }


def request_bytes(port: int, operation: str, wire: Wire) -> bytes:
    """Returns a request with the headers that boto3 sends."""
    body = json.dumps(wire).encode()
    lines = [
        "POST / HTTP/1.1",
        f"Host: {LOOPBACK}:{port}",
        "Accept-Encoding: identity",
        f"X-Amz-Target: DynamoDB_20120810.{operation}",
        "Content-Type: application/x-amz-json-1.0",
        f"User-Agent: {AGENT}",
        "X-Amz-Date: 20261101T120000Z",
        f"Authorization: {SIGNED}",
        "amz-sdk-invocation-id: 01234567-89ab-cdef-0123-456789abcdef",
        "amz-sdk-request: attempt=1",
        f"Content-Length: {len(body)}",
    ]
    return "\r\n".join([*lines, "", ""]).encode() + body


@dataclass(frozen=True)
class Server:
    """One that may be started: its command, with ``{port}`` and ``{folder}`` in it."""

    name: str
    command: Sequence[str]
    absent: str = ""
    has_items: bool = True


def python(*arguments: str) -> Sequence[str]:
    """Returns the command of this Python."""
    return (sys.executable, *arguments)


def servers(given: argparse.Namespace) -> list[Server]:
    """Returns all that could be measured."""
    doors = str(Path(__file__).parent / "doors.py")
    no_granian = "" if find_spec("granian") else "granian is not installed"
    built = []
    for kind, shown in (("constant", "constant body"), ("item", "memory")):
        for way, door in (
            ("asgi", "uvicorn, ASGI"),
            ("rsgi", "granian, RSGI"),
            ("protocol", "uvicorn, our protocol"),
        ):
            absent = no_granian if way == "rsgi" else ""
            command = python(doors, "{port}", way, kind)
            built.append(Server(f"{door}, {shown}", command, absent, has_items=kind == "item"))
    serve = python("-m", "ddblite", "serve")
    return [
        Server(OURS, (*serve, "{folder}/shop.ddb", "--port", "{port}")),
        Server(f"{OURS}, 2 workers", (*serve, "{folder}/shop.ddb", "--port", "{port}", *TWO)),
        *built,
        *peers(given),
    ]


def working(program: str) -> str:
    """Returns where a program is, or "" when it is missing or lacks something itself."""
    found = shutil.which(program)
    asked = [found or "", "--help"]
    has_all = found and subprocess.run(asked, capture_output=True, check=False).returncode == 0  # noqa: S603 - a peer
    return found if found and has_all else ""


def peers(given: argparse.Namespace) -> list[Server]:
    """Returns the other implementations; of those that are not installed, why not."""
    dynoxide = shutil.which(given.dynoxide) or ""
    moto = working(given.moto)
    local = given.dynamodb_local
    has_local = bool(shutil.which("java") and [*local.glob("DynamoDBLocal-*.jar")])
    java = (
        "java",
        f"-Djava.library.path={local}",
        f"-Dsqlite4java.library.path={local}",
        "-cp",
        f"{local}/*",
        "software.amazon.dynamodb.services.local.main.ServerRunner",
        "-disableTelemetry",
        "-port",
        "{port}",
    )
    rust = (dynoxide, "--port", "{port}", "--log", "quiet")
    no_rust = "" if dynoxide else "cargo install dynoxide-rs"
    no_local = "" if has_local else "make parity fetches it; needs Java 17"
    no_moto = "" if moto else "pip install 'moto[server]'"
    return [
        Server("Rust emulator (dynoxide), memory", rust, no_rust),
        Server("Rust emulator (dynoxide), file", (*rust, "--db-path", "{folder}/db"), no_rust),
        Server("DynamoDB Local, memory", (*java, "-inMemory"), no_local),
        Server("DynamoDB Local, file", (*java, "-sharedDb", "-dbPath", "{folder}"), no_local),
        Server("Python mock (moto), memory", (moto, "-p", "{port}"), no_moto),
    ]


@dataclass(frozen=True)
class Running:
    """A server that runs."""

    port: int
    process: int

    def processor_seconds(self) -> float:
        """Returns the time that its processes have had of the processors; 0 where none tells."""
        family = {self.process}
        total = 0.0
        for stat in sorted(Path("/proc").glob("[0-9]*/stat"), key=lambda path: int(path.parts[2])):
            with suppress(OSError):  # one that has just ended
                number, parent, ticks = fields_of(stat.read_text())
                if number in family or parent in family:
                    family.add(number)
                    total += ticks
        return total / os.sysconf("SC_CLK_TCK") if total else 0.0


def fields_of(stat: str) -> tuple[int, int, int]:
    """Returns process, parent and clock ticks used from a line of Linux's /proc/N/stat."""
    behind = stat.rpartition(")")[2].split()
    return int(stat.partition(" ")[0]), int(behind[1]), int(behind[11]) + int(behind[12])


@contextmanager
def started(server: Server, folder: Path) -> Iterator[Running]:
    """Runs a server and gives it, when it has the table and its items."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        port: int = probe.getsockname()[1]
    folder.mkdir()
    command = [part.format(port=port, folder=folder) for part in server.command]
    quiet = subprocess.DEVNULL
    process = subprocess.Popen(command, stdout=quiet, stderr=quiet, cwd=ROOT)  # noqa: S603 - ours
    try:
        wait_for(port, process, server.name)
        if server.has_items:
            ask(port, "CreateTable", TABLE)
            for number in range(ITEMS):
                ask(port, "PutItem", {"TableName": "films", "Item": film(number)})
        yield Running(port, process.pid)
    finally:
        process.terminate()
        process.wait()


def wait_for(port: int, process: "subprocess.Popen[bytes]", name: str) -> None:
    """Returns when a server accepts connections."""
    end_s = time.monotonic() + START_SECONDS_MAX
    while time.monotonic() < end_s and process.poll() is None:
        with suppress(OSError), socket.create_connection((LOOPBACK, port), timeout=1):
            return
        time.sleep(0.05)
    message = f"{name} did not start"
    raise TimeoutError(message)


def ask(port: int, operation: str, wire: Wire) -> None:
    """Carries out one operation."""
    tally = load(port, [request_bytes(port, operation, wire)], 0.0, connections=1)
    assert tally.refusals == 0, tally.first_refusal


@dataclass
class Measured:
    """What one server did, round by round."""

    rates: list[float] = field(default_factory=list)
    costs_us: list[float] = field(default_factory=list)


def measured(
    running: dict[str, Running], operation: str, wires: Sequence[Wire], given: argparse.Namespace
) -> dict[str, Measured]:
    """Asks each server in turn, round by round."""
    found = {name: Measured() for name in running}
    requests = {
        name: [request_bytes(server.port, operation, wire) for wire in wires]
        for name, server in running.items()
    }
    for name, server in running.items():
        load(server.port, requests[name], given.seconds)  # until a JIT compiler is warm
    names = list(running)
    for turn in range(given.rounds):
        first = turn % len(names)
        for name in names[first:] + names[:first]:
            server = running[name]
            before_s = server.processor_seconds()
            tally = load(server.port, requests[name], given.seconds)
            used_s = server.processor_seconds() - before_s
            assert tally.refusals == 0, (name, tally.first_refusal)
            found[name].rates.append(tally.per_second)
            found[name].costs_us.append(used_s / tally.answers * 1e6)
    return found


def print_table(title: str, found: dict[str, Measured]) -> None:
    """Prints medians, and the medians of ratios to ours."""
    print(f"\n| {title} | answers per second | to {OURS} | processor us per answer |")
    print("|---|--:|--:|--:|")
    for name, values in found.items():
        ours = found.get(OURS, values).rates
        ratios = [value / own for value, own in zip(values.rates, ours, strict=True)]
        print(
            f"| {name} | {median(values.rates):,.0f} | {median(ratios):.2f} "
            f"| {median(values.costs_us):,.0f} |"
        )


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--seconds", type=float, default=1.0)
    parser.add_argument("--only", nargs="*", default=[], help="parts of the names to measure")
    parser.add_argument("--dynoxide", default="dynoxide")
    parser.add_argument("--moto", default="moto_server")
    parser.add_argument("--dynamodb-local", type=Path, default=ROOT / ".venv" / "oracle" / "lib")
    given = parser.parse_args()
    known = [
        server
        for server in servers(given)
        if not given.only or any(part in server.name for part in given.only)
    ]
    gets = [{"TableName": "films", "Key": {"id": film(number)["id"]}} for number in range(ITEMS)]
    puts = [{"TableName": "films", "Item": film(number)} for number in range(ITEMS)]
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        running = {
            server.name: stack.enter_context(started(server, folder / str(number)))
            for number, server in enumerate(known)
            if not server.absent
        }
        print(
            f"Python {platform.python_version()}, {os.cpu_count()} processors, load average "
            f"{os.getloadavg()[0]:.1f}, {given.rounds} rounds of {given.seconds} s, 8 connections"
        )
        print_table("GetItem", measured(running, "GetItem", gets, given))
        writing = {
            server.name: running[server.name]
            for server in known
            if server.name in running and server.has_items
        }
        print_table("PutItem", measured(writing, "PutItem", puts, given))
    for server in known:
        if server.absent:
            print(f"\nNot measured: {server.name} ({server.absent})")


if __name__ == "__main__":
    main()

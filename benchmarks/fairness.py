"""How long a client waits for one small item while another one asks for the most that is allowed.

A server is started on a file, or in memory. A process of its own asks for one kind of load again
and again, from so many connections; another client asks for one item of 400 bytes every few
milliseconds, and how long each answer took is told: the median, the 99th of a hundred, the longest.

    python benchmarks/fairness.py [--seconds 10] [--connections 1] [--memory] [--workers N]
        [--only NAME ...]

It prints Markdown. The client shares the processors with the server.
"""

import argparse
import multiprocessing
import socket
import tempfile
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from statistics import median
from typing import Any, Final

from http_servers import TABLE, Server, Wire, ask, film, python, request_bytes, started

PAUSE_SECONDS: Final = 0.005
"""Between an answer and the next question: the client asks, it does not fill the server."""

LIST_ITEMS: Final = 5
NUMBERS: Final = 190_000
"""A list of so many numbers is the largest that an item may have."""

TINY_ITEMS: Final = 60_000
PAGE_ITEMS: Final = 3_000
LOADED_AT_ONCE: Final = 25
OK: Final = 200

LARGE_TEXT: Final = {"S": "x" * 390_000}
MANY_NUMBERS: Final = {"L": [{"N": "0"}] * NUMBERS}

Filling = Iterable[Wire]


def texts(count: int, content: Wire) -> Filling:
    """Yields items of one large attribute."""
    for number in range(count):
        yield {"id": {"S": f"{number:06}"}, "l": content}


def tiny() -> Filling:
    """Yields more items than a page has, each as small as can be."""
    for number in range(TINY_ITEMS):
        yield {"id": {"S": f"{number:06}"}, "a": {"N": "7"}}


FILLINGS: Final[Mapping[str, Callable[[], Filling]]] = {
    "lists": lambda: texts(LIST_ITEMS, MANY_NUMBERS),
    "texts": lambda: texts(41, LARGE_TEXT),
    "tiny": tiny,
    "pages": lambda: (film(number) for number in range(PAGE_ITEMS)),
    "counters": lambda: texts(100, {"N": "0"}),
    "middling": lambda: texts(100, {"S": "x" * 39_000}),
    "written": list,
}
"""The tables beside that with the films, and what is in them."""


def contains_scan() -> Wire:
    """Returns a Scan that looks through each list 150 times, in vain."""
    return {
        "TableName": "lists",
        "FilterExpression": " OR ".join(["contains(l, :v)"] * 150),
        "ExpressionAttributeValues": {":v": {"N": "8"}},
    }


def in_scan() -> Wire:
    """Returns a Scan that compares each item with 500 values, in vain."""
    names = [f":v{number}" for number in range(100)]
    return {
        "TableName": "tiny",
        "FilterExpression": " OR ".join([f"a IN ({','.join(names)})"] * 5),
        "ExpressionAttributeValues": {name: {"N": f"{100 + at}"} for at, name in enumerate(names)},
    }


def batch_write(content: Wire, count: int) -> Wire:
    """Returns a BatchWriteItem of large items."""
    puts = [{"PutRequest": {"Item": item}} for item in texts(count, content)]
    return {"RequestItems": {"written": puts}}


def batch_get(table: str, count: int) -> Wire:
    """Returns a BatchGetItem of the first items of a table."""
    return {"RequestItems": {table: {"Keys": [{"id": {"S": f"{at:06}"}} for at in range(count)]}}}


def transaction(table: str, action: Wire) -> Wire:
    """Returns a TransactWriteItems of 100 updates."""
    return {
        "TransactItems": [
            {"Update": {"TableName": table, "Key": {"id": {"S": f"{at:06}"}}, **action}}
            for at in range(100)
        ]
    }


COUNT_UP: Final = {
    "UpdateExpression": "ADD l :one",
    "ExpressionAttributeValues": {":one": {"N": "1"}},
}
REPLACE: Final = {
    "UpdateExpression": "SET n = :one",
    "ExpressionAttributeValues": {":one": {"N": "1"}},
}


def statements(text: str) -> Wire:
    """Returns a BatchExecuteStatement of 25."""
    every = [{"Statement": text.format(f"{number:06}")} for number in range(25)]
    return {"Statements": every}


FIND: Final = "SELECT * FROM texts WHERE id = '{}' AND contains(l, 'y')"
CHANGE: Final = "UPDATE middling SET n = 1 WHERE id = '{}'"

LOADS: Final[Mapping[str, Callable[[], tuple[str, Wire]]]] = {
    "nothing": lambda: ("", {}),
    "Scan, 150 contains on lists of 190,000": lambda: ("Scan", contains_scan()),
    "Scan, 60,000 tiny items x IN of 500": lambda: ("Scan", in_scan()),
    "Scan, pages of 1 MB": lambda: ("Scan", {"TableName": "pages"}),
    "Scan, a page of lists of numbers": lambda: ("Scan", {"TableName": "lists"}),
    "GetItem, a list of 190,000": lambda: (
        "GetItem",
        {"TableName": "lists", "Key": {"id": {"S": "000000"}}},
    ),
    "BatchGetItem, 16 MB of texts": lambda: ("BatchGetItem", batch_get("texts", 41)),
    "BatchGetItem, 5 lists of 190,000": lambda: ("BatchGetItem", batch_get("lists", LIST_ITEMS)),
    "BatchWriteItem, 10 MB of texts": lambda: ("BatchWriteItem", batch_write(LARGE_TEXT, 25)),
    "BatchWriteItem, 16 MB of numbers": lambda: ("BatchWriteItem", batch_write(MANY_NUMBERS, 7)),
    "TransactWriteItems, 100 counters": lambda: (
        "TransactWriteItems",
        transaction("counters", COUNT_UP),
    ),
    "TransactWriteItems, 100 x 39 KB": lambda: (
        "TransactWriteItems",
        transaction("middling", REPLACE),
    ),
    "BatchExecuteStatement, 25 SELECTs": lambda: ("BatchExecuteStatement", statements(FIND)),
    "BatchExecuteStatement, 25 UPDATEs": lambda: ("BatchExecuteStatement", statements(CHANGE)),
}
"""What another client asks for, by its name in the table."""


@dataclass
class Waits:
    """How long each answer took, in milliseconds."""

    taken_ms: list[float] = field(default_factory=list)

    def percentile(self, share: float) -> float:
        """Returns the wait that so large a share of all does not exceed."""
        ordered = sorted(self.taken_ms)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def answer_of(client: socket.socket) -> int:
    """Reads an answer whole, without looking at its body; returns its status."""
    head = b""
    while b"\r\n\r\n" not in head:
        head += received(client, 65_536)
    lines, _, body = head.partition(b"\r\n\r\n")
    length = int(lines.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
    left = length - len(body)
    while left > 0:
        left -= len(received(client, min(left, 1 << 20)))
    return int(lines.split(b" ", 2)[1])


def received(client: socket.socket, bytes_max: int) -> bytes:
    """Returns what comes next."""
    data = client.recv(bytes_max)
    assert data, "the server ended the connection"
    return data


def ask_again_and_again(port: int, sent: bytes, ready: Any, count: Any) -> None:  # noqa: ANN401
    """Asks one thing for as long as this process lives, and counts the answers."""
    with socket.create_connection(("127.0.0.1", port)) as client:
        while True:
            client.sendall(sent)
            if not count.value:
                ready.set()
            status = answer_of(client)
            assert status == OK, status
            with count.get_lock():
                count.value += 1


def waits_beside(port: int, sent: bytes, seconds: float, connections: int) -> tuple[Waits, int]:
    """Returns how long a client waited beside a load, and how often the load was answered."""
    context = multiprocessing.get_context("spawn")
    count = context.Value("q", 0)
    ready = context.Event()
    args = (port, sent, ready, count)
    load = [
        context.Process(target=ask_again_and_again, args=args, daemon=True)
        for _ in range(connections if sent else 0)
    ]
    for process in load:
        process.start()
    try:
        if load:
            assert ready.wait(60), "the load did not begin"
        asked = request_bytes(port, "GetItem", {"TableName": "films", "Key": {"id": film(0)["id"]}})
        with socket.create_connection(("127.0.0.1", port)) as client:
            waits = measured(client, asked, seconds)
    finally:
        for process in load:
            process.kill()
            process.join()
    return waits, count.value


def measured(client: socket.socket, asked: bytes, seconds: float) -> Waits:
    """Asks for an item every few milliseconds, for so long."""
    waits = Waits()
    end_s = time.perf_counter() + seconds
    while time.perf_counter() < end_s:
        began_s = time.perf_counter()
        client.sendall(asked)
        assert answer_of(client) == OK, "an item was not to be had"
        waits.taken_ms.append((time.perf_counter() - began_s) * 1000)
        time.sleep(PAUSE_SECONDS)
    return waits


def fill(port: int) -> None:
    """Makes the tables and fills them."""
    for name, filling in FILLINGS.items():
        ask(port, "CreateTable", TABLE | {"TableName": name})
        puts = ({"PutRequest": {"Item": item}} for item in filling())
        while batch := list(islice(puts, LOADED_AT_ONCE)):
            ask(port, "BatchWriteItem", {"RequestItems": {name: batch}})


def main() -> None:
    """Measures all loads, and prints a table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--connections", type=int, default=1)
    parser.add_argument("--memory", action="store_true")
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--only", nargs="*", default=list(LOADS))
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = ":memory:" if options.memory else "{folder}/fairness.ddb"
        command = python("-m", "ddblite", "serve", path, "--port", "{port}")
        server = Server("ddblite", (*command, "--workers", str(options.workers)))
        with started(server, Path(folder, "served")) as running:
            port = running.port
            fill(port)
            print(f"beside {options.connections} connection(s), {options.seconds:g} s each")
            print("| load | its answers | GetItems | median ms | p99 ms | longest ms |")
            print("|---|--:|--:|--:|--:|--:|")
            for name in options.only:
                operation, wire = LOADS[name]()
                sent = request_bytes(port, operation, wire) if operation else b""
                waits, count = waits_beside(port, sent, options.seconds, options.connections)
                shown = [median(waits.taken_ms), waits.percentile(0.99), max(waits.taken_ms)]
                figures = " | ".join(f"{one:.1f}" for one in shown)
                print(f"| {name} | {count:,} | {len(waits.taken_ms):,} | {figures} |", flush=True)
                time.sleep(2)


if __name__ == "__main__":
    main()

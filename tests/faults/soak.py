"""``make soak``: an hour of mixed work over all doors, and what it does to memory and files.

A server of one file, a program that has the same file open and uses it in every other way, and
clients whose connections come and go, some in the middle of a request. ``MINUTES=10`` is shorter.
What both processes take (memory, descriptors, threads) and the size of the file and its log must
be no more in the last quarter than in the second, but for a little.
"""

# ruff: noqa: T201 - a command that prints

import argparse
import asyncio
import io
import random
import signal
import socket
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from http.client import HTTPConnection
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from botocore.exceptions import ClientError

import ddblite
from ddblite.schema.errors import RequestError, RetryableError
from ddblite.workbench.transfer import export_items
from faults import writing
from faults.doors import DOORS, Ask, Refused, Wire, asked_by_http, refusal_of
from faults.forked import Child
from faults.writing import TABLE, Step, template, write_and_read
from serving import TIMEOUT_S, running

CLIENTS: Final = 4
SAMPLE_S: Final = 2
MAKERS: Final = (
    writing.put,
    writing.update,
    writing.delete,
    writing.batch,
    writing.transaction,
    writing.statement,
)
FEW_BUSY: Final = 0.001
"""The part of all requests that may find the file held by another writer for five seconds."""


@dataclass(frozen=True, slots=True)
class Bound:
    """How much more than in the second quarter there may be in the last: a factor and a part."""

    unit: str
    times: float
    more: float


BOUNDS: Final[Mapping[str, Bound]] = {
    "memory": Bound("MB", 1.25, 20),
    "descriptors": Bound("", 1, 20),
    "threads": Bound("", 1, 10),
    "log": Bound("MB", 1, 130),
    "file": Bound("MB", 1.5, 10),
}


@dataclass
class Soak:
    """What is going on, and what was seen of it."""

    path: Path
    seed: int
    ending_s: float
    counts: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)
    samples: dict[str, list[float]] = field(default_factory=dict)

    @property
    def is_over(self) -> bool:
        """Whether its time is over, or something went wrong."""
        return time.monotonic() > self.ending_s or bool(self.faults)

    def ask(self, ask: Ask, step: Step) -> None:
        """Carries out a request; it may be refused, but not fail."""
        try:
            ask(step.operation, step.wire)
            self.counts[step.operation] += 1
        except (RequestError, RetryableError, ClientError, Refused) as error:
            code, text = refusal_of(error)
            self.counts["busy" if "held the file" in text else "refused"] += 1
            if code == "InternalServerError" and "held the file" not in text:
                self.faults.append(f"{step.operation}: {text}")


def main() -> int:
    """Runs it; the status is 1 when something grew, or went wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1_000_000))
    given = parser.parse_args()
    print(f"{given.minutes:g} minutes, seed {given.seed}", flush=True)
    with tempfile.TemporaryDirectory(prefix="ddblite-") as folder:
        soak = Soak(Path(folder, "soak.ddb"), given.seed, time.monotonic() + 60 * given.minutes)
        soak.path.write_bytes(template())
        go_on(soak)
        with ddblite.connect(soak.path) as database:
            soak.faults += database.check()
            write_and_read(database)
        soak.faults += [one.name for one in Path(folder).glob("soak.ddb-*")]
    print(", ".join(f"{count:,} {what}" for what, count in sorted(soak.counts.items())))
    if soak.counts["busy"] > FEW_BUSY * soak.counts.total():
        soak.faults.append(f"{soak.counts['busy']} requests found the file held by another writer")
    print(table(soak))
    print(*soak.faults, sep="\n")
    return 1 if soak.faults else 0


def go_on(soak: Soak) -> None:
    """Lets everything happen until the time is over."""
    with Child(lambda child: be_program(child, soak)) as program, running(str(soak.path)) as server:
        clients = [
            threading.Thread(target=be_client, args=(soak, server.url, number))
            for number in range(CLIENTS)
        ]
        for client in clients:
            client.start()
        while not soak.is_over:
            sample(soak, {"program": program.pid, "server": server.process.pid})
            time.sleep(SAMPLE_S)
        for client in clients:
            client.join()
        told = list(program.rest())
        for line in told:
            what, _, count = line.partition(" ")
            if count.isdigit():
                soak.counts[what] += int(count)
            else:
                soak.faults.append(line)
        if server.stop():
            soak.faults.append("the server's exit code")


# what takes part


def be_client(soak: Soak, url: str, number: int) -> None:
    """Is a client whose connections come and go."""
    dice = random.Random(f"{soak.seed}:{number}")
    host = urlsplit(url).netloc
    try:
        while not soak.is_over:
            if dice.random() < 0.1:
                leave_in_the_middle(host, dice)
            with closing(HTTPConnection(host, timeout=TIMEOUT_S * 3)) as connection:
                for step in some_steps(dice):
                    soak.ask(lambda o, w: asked_by_http(connection, o, w), step)
    except Exception as error:  # noqa: BLE001 - told in the end
        soak.faults.append(f"a client: {error!r}")


def leave_in_the_middle(host: str, dice: random.Random) -> None:
    """Begins a request and goes."""
    name, _, port = host.partition(":")
    request = f"POST / HTTP/1.1\r\nhost: {host}\r\ncontent-length: 1000\r\n\r\n{{".encode()
    with socket.create_connection((name, int(port)), TIMEOUT_S) as opened:
        opened.sendall(request[: dice.randrange(len(request))])


def some_steps(dice: random.Random) -> list[Step]:
    """Returns some requests, reads among them."""
    made: list[Step] = []
    for _ in range(dice.choice((1, 5, 50))):
        make = dice.choice((*MAKERS, reading, reading, scanning))
        made.append(make(dice, dice.randrange(10_000)))
    return made


def reading(dice: random.Random, _number: int) -> Step:
    """Returns a Query of an index."""
    group = {":g": {"S": dice.choice("abc")}}
    wire: Wire = {"TableName": TABLE, "IndexName": "by_group", "KeyConditionExpression": "g = :g"}
    return Step("Query", wire | {"ExpressionAttributeValues": group, "Limit": 50})


def scanning(dice: random.Random, number: int) -> Step:
    """Returns a page of a Scan with a filter."""
    limit = {"ExpressionAttributeValues": {":n": {"N": str(number)}}}
    wire = {"TableName": TABLE, "FilterExpression": "n < :n", "Limit": dice.choice((10, 100))}
    return Step("Scan", wire | limit)


def be_program(child: Child, soak: Soak) -> None:
    """Is a program that uses the file in every way but HTTP, with threads that come and go."""
    signal.alarm(0)  # it may live for an hour
    dice = random.Random(soak.seed)
    database = ddblite.connect(soak.path)
    try:
        while not soak.is_over:
            name = dice.choice(list(WAYS))
            threads = [
                threading.Thread(target=WAYS[name], args=(soak, database, dice.random()))
                for _ in range(dice.choice((1, 1, 3)))
            ]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            soak.counts[name.replace(" ", "-")] += 1
            if dice.random() < 0.05:
                database.close()
                database = ddblite.connect(soak.path)
    finally:
        database.close()
    for what, count in soak.counts.items():
        child.say(f"{what} {count}")
    for fault in soak.faults:
        child.say(f"the program: {fault!r}")


def through(door: str) -> Callable[[Soak, ddblite.Database, float], None]:
    """Returns the use of an open database through a door."""

    def use(soak: Soak, database: ddblite.Database, seed: float) -> None:
        dice = random.Random(seed)
        with DOORS[door](database) as ask:
            for step in some_steps(dice):
                soak.ask(ask, step)

    return use


def in_a_loop(soak: Soak, _database: ddblite.Database, seed: float) -> None:
    """Opens the file once more, for an event loop."""

    async def write() -> None:
        async with ddblite.connect_async(soak.path) as database:
            puts = [writing.put(random.Random(seed), number) for number in range(20)]
            await asyncio.gather(*(database.call(put.operation, put.wire) for put in puts))

    asyncio.run(write())


def copy_it(soak: Soak, database: ddblite.Database, seed: float) -> None:
    """Makes a backup, and a copy in memory."""
    target = soak.path.with_name(f"backup{seed}.ddb")
    database.backup(target)
    target.unlink()
    database.copy().close()


def look_at_it(_soak: Soak, database: ddblite.Database, _seed: float) -> None:
    """Asks SQL, exports, and checks."""
    database.sql(f"SELECT g, count(*) FROM {TABLE} GROUP BY g")  # noqa: S608
    export_items(database.table(TABLE), io.StringIO(), "jsonl")
    found = database.check()
    assert not found, found


def change_tables(_soak: Soak, database: ddblite.Database, seed: float) -> None:
    """Makes a table and removes it."""
    name = f"table{seed}"
    database.call("CreateTable", writing.definition(name))
    database.table(name).put({"p": "a", "s": 1, "g": "a", "n": 1})
    database.delete_table(name)


def guarded(
    use: Callable[[Soak, ddblite.Database, float], None],
) -> Callable[[Soak, ddblite.Database, float], None]:
    """Returns the same, that tells of a fault instead of ending a thread with it."""

    def used(soak: Soak, database: ddblite.Database, seed: float) -> None:
        try:
            use(soak, database, seed)
        except Exception as error:  # noqa: BLE001 - told in the end
            soak.faults.append(repr(error))

    return used


WAYS: Final = {
    name: guarded(use)
    for name, use in {
        "python": through("Python"),
        "wire": through("Database.call"),
        "boto3": through("boto3"),
        "event loop": in_a_loop,
        "copies": copy_it,
        "sql, export, check": look_at_it,
        "tables": change_tables,
    }.items()
}


# what is seen of it


def sample(soak: Soak, processes: Mapping[str, int]) -> None:
    """Notes what everything takes now; what a system does not tell is not noted."""
    seen: dict[str, float] = {}
    for name, pid in processes.items():
        folder = Path(f"/proc/{pid}")
        if folder.exists():
            status = dict(
                line.split(":", 1) for line in (folder / "status").read_text("utf-8").splitlines()
            )
            if "VmRSS" not in status:  # it has just ended
                continue
            seen[f"memory of the {name}"] = int(status["VmRSS"].split()[0]) / 1000
            seen[f"threads of the {name}"] = int(status["Threads"])
            seen[f"descriptors of the {name}"] = len(list((folder / "fd").iterdir()))
    for what, suffix in (("file", ""), ("log", "-wal")):
        path = Path(f"{soak.path}{suffix}")
        seen[what] = path.stat().st_size / 1e6 if path.exists() else 0
    for what, value in seen.items():
        soak.samples.setdefault(what, []).append(value)


def table(soak: Soak) -> str:
    """Returns the samples as a table, and notes as faults what has grown."""
    lines = ["| what | second quarter | last quarter | at most |", "|---|---:|---:|---:|"]
    for what, values in soak.samples.items():
        quarter = max(1, len(values) // 4)
        before, after = max(values[quarter : 2 * quarter], default=0), max(values[-quarter:])
        bound = BOUNDS[what.partition(" ")[0]]
        most = before * bound.times + bound.more
        figures = (f"{value:,.0f} {bound.unit}".strip() for value in (before, after, most))
        lines.append(f"| {what} | {' | '.join(figures)} |")
        if after > most:
            soak.faults.append(f"{what} grew from {before:,.0f} to {after:,.0f}")
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())

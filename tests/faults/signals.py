"""SIGTERM and Ctrl-C to the command in the midst of requests: a server under load, and the shell.

A server answers what has begun, leaves one file, and says nothing of it. The shell is at the end of
a statement or before it; Ctrl-C leaves one file, and what SIGTERM leaves is whole.
"""

import json
import signal
import subprocess
import sys
import threading
import time
from http.client import HTTPConnection
from typing import Final
from urllib.parse import urlsplit

import ddblite
from children import environment
from faults.doors import asked_by_http
from faults.lines import Trial
from faults.writing import TABLE, template, write_and_read
from serving import TIMEOUT_S, Server, running

SIGNALS: Final = (signal.SIGTERM, signal.SIGINT)
CLIENTS: Final = 4
STATEMENTS: Final = 3000
EXIT_CODES: Final = {signal.SIGINT: 130, signal.SIGTERM: -signal.SIGTERM}
"""The shell's; a server's is always 0."""


def trial(given: Trial) -> None:
    """Sends a signal to a server or to a shell."""
    given.path.write_bytes(template())
    # What ignores Ctrl-C, as a shell's background does, hands that down.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    number = given.dice.choice(SIGNALS)
    written = (to_shell if given.number % 3 == 2 else to_server)(given, number)
    with ddblite.connect(given.path) as database:
        assert [] == database.check()
        found = database.table(TABLE).query("p = :p", values={":p": "sent"}).all()
        lost = written - {int(item["s"]) for item in found}
        assert not lost, f"{number.name}: {lost} were acknowledged and are not there"
        assert len(found) <= len(written) + CLIENTS, "more than what was in flight is there"
        write_and_read(database)
    assert [given.path] == list(given.folder.iterdir())


def to_server(given: Trial, number: signal.Signals) -> set[int]:
    """Stops a server under load; returns what it acknowledged."""
    workers = given.dice.choice(((), (), ("--workers", "2")))
    with running(str(given.path), *workers) as server:
        clients = [Client(server, client) for client in range(CLIENTS)]
        for client in clients:
            client.start()
        while not all(client.written for client in clients):
            clients[0].join(0.001)
        time.sleep(given.dice.random() * 0.05)
        assert server.stop(number) == 0, f"{number.name}: the exit code"
        for client in clients:
            client.join()
    faults = [client.fault for client in clients if client.fault]
    assert not faults, f"{number.name}: {faults}"
    assert [given.path] == list(given.folder.iterdir()), "one file is left"
    return {one for client in clients for one in client.written}


class Client(threading.Thread):
    """A client that writes and reads until the server closes its connection."""

    def __init__(self, server: Server, number: int) -> None:
        super().__init__()
        self.host = urlsplit(server.url).netloc
        self.next = number * 1_000_000
        self.written: set[int] = set()
        self.fault = ""

    def run(self) -> None:
        """Asks until there is no answer; half of one is a fault, and so is a refusal."""
        connection = HTTPConnection(self.host, timeout=TIMEOUT_S)
        try:
            while True:
                item = {"p": {"S": "sent"}, "s": {"N": str(self.next)}, "pad": {"S": "x" * 2000}}
                asked_by_http(connection, "PutItem", {"TableName": TABLE, "Item": item})
                self.written.add(self.next)
                self.next += 1
                if self.next % 5 == 0:
                    asked_by_http(connection, "Scan", {"TableName": TABLE})
        except OSError:  # refused, reset, or closed without an answer
            return
        except Exception as error:  # noqa: BLE001 - told by the thread that waits
            self.fault = repr(error)
        finally:
            connection.close()


def to_shell(given: Trial, number: signal.Signals) -> set[int]:
    """Stops a shell that reads statements; returns what it acknowledged."""
    command = [sys.executable, "-m", "ddblite", str(given.path), "-f", "jsonl"]
    statements = [
        f"INSERT INTO {TABLE} VALUE {{'p': 'sent', 's': {s}}};\n"
        f"SELECT s FROM {TABLE} WHERE p = 'sent' AND s = {s};\n"
        for s in range(STATEMENTS)
    ]
    script = given.folder / "statements"
    script.write_text("".join(statements), "utf-8")
    with (
        script.open("rb") as source,
        subprocess.Popen(
            command,
            stdin=source,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=environment(),
        ) as shell,
    ):
        assert shell.stdout is not None
        assert shell.stderr is not None
        lines = [shell.stdout.readline()]
        time.sleep(given.dice.random() * 0.2)
        shell.send_signal(number)
        lines += shell.stdout.readlines()
        complaint = shell.stderr.read()
    script.unlink()
    assert (EXIT_CODES[number], "") == (shell.returncode, complaint), number.name
    if number == signal.SIGINT:
        assert [given.path] == list(given.folder.iterdir()), "one file is left"
    return {json.loads(line)["s"] for line in lines if line.endswith("\n")}

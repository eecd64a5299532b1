"""A server is killed at random moments under load: what it acknowledged is there."""

import random
import signal
import threading
from pathlib import Path

import pytest

import ddblite
from serving import Server, headers_for, read_reply, request, running

pytestmark = pytest.mark.skipif(
    not hasattr(signal, "SIGKILL"), reason="this system has no signal that kills at once"
)

ROUNDS = 6
CLIENTS = 8


class Counter(threading.Thread):
    """A client that puts numbered items one after another, until the server is gone."""

    def __init__(self, server: Server, name: str) -> None:
        super().__init__(name=name)
        self.server = server
        self.sent = self.acknowledged = 0

    def run(self) -> None:
        """Puts items of its own, and one that all clients count up together."""
        try:
            with self.server.connection() as opened:
                while True:
                    self.sent += 1
                    item = f'"id":{{"S":"{self.name} {self.sent}"}}'
                    body = f'{{"TableName":"orders","Item":{{{item}}}}}'.encode()
                    headers = headers_for("PutItem") | {"host": self.server.host}
                    headers["content-length"] = str(len(body))
                    opened.sendall(request("POST /", headers, body))
                    assert read_reply(opened).status == 200
                    self.acknowledged = self.sent
        except OSError:  # reset, or closed in the middle of an answer
            return


def test_a_killed_server_loses_nothing_it_acknowledged(tmp_path: Path) -> None:
    """Of eight clients at once, whose writes share commits; at most one more of each is there."""
    path = tmp_path / "shop.ddb"
    with ddblite.connect(path) as database:
        database.create_table("orders", partition_key="id")
    dice = random.Random(7)
    clients: list[Counter] = []
    for turn in range(ROUNDS):
        with running(str(path)) as server:
            ours = [Counter(server, f"{turn} {number}") for number in range(CLIENTS)]
            clients += ours
            for client in ours:
                client.start()
            enough = dice.randrange(50, 400)
            while sum(client.acknowledged for client in ours) < enough:
                ours[0].join(0.001)
            server.process.kill()
            for client in ours:
                client.join()
        with ddblite.connect(path) as database:
            assert [] == database.check()
            found = {item["id"] for item in database.table("orders").scan()}
        for client in clients:
            for number in range(1, client.acknowledged + 1):
                assert f"{client.name} {number}" in found
        assert len(found) <= sum(client.sent for client in clients)
        assert [path] == list(tmp_path.iterdir())

"""What boto3 costs in process, next to boto3 on a transport that does nothing and on servers.

Every client asks for one item of about 400 bytes with GetItem. They take turns, some calls at a
time, as a program's calls follow each other too; a ratio is that of one round, given are the
medians over the rounds. Python's garbage collector rests meanwhile.

* The constant transports return the same answer, ready-made: what is left is botocore's own work,
  once without a signature, as ddblite's clients are, and once with its default one.
* The servers, ours among them, run as users start them, on loopback, asked by default clients.
* The Python mock is moto's, in process.

    python benchmarks/boto3_in_process.py [--rounds 60] [--calls 25]
        [--dynoxide PROGRAM] [--dynamodb-local FOLDER]

It prints Markdown; peers that are not installed are named.
"""

import argparse
import gc
import os
import platform
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from statistics import median
from typing import Any, Final

import boto3
from botocore import UNSIGNED
from botocore.awsrequest import AWSResponse
from botocore.config import Config
from http_servers import ROOT, TABLE, Server, film, peers, python, started
from load import LOOPBACK

import ddblite

OURS: Final = "ddblite, in process"
KEY: Final = {"TableName": "films", "Key": {"id": film(0)["id"]}}
PLACEHOLDERS: Final = {
    "region_name": "us-east-1",
    "aws_access_key_id": "any",
    "aws_secret_access_key": "thing",
}

Client = Any
"""A client's class is made at run time, from the service model."""


class Whole:
    """A body in one piece, in the place of a stream."""

    def __init__(self, body: bytes) -> None:
        self.body = body

    def stream(self) -> list[bytes]:
        """Gives the body."""
        return [self.body]


def recorded_answer(client: Client) -> AWSResponse:
    """Returns the answer to the measured request."""
    answers: list[dict[str, Any]] = []
    client.meta.events.register_last(
        "response-received.dynamodb", lambda response_dict, **_: answers.append(response_dict)
    )
    client.get_item(**KEY)
    found = answers[0]
    return AWSResponse("", 200, found["headers"], Whole(found["body"]))


def constant_client(recorded: AWSResponse, **options: Any) -> Client:  # noqa: ANN401 - boto3's
    """Returns a client that gets the same answer to everything."""
    client = boto3.client("dynamodb", **PLACEHOLDERS, **options)
    headers = dict(recorded.headers.items())

    def answer(request: Any, **_: object) -> AWSResponse:  # noqa: ANN401 - botocore's
        return AWSResponse(request.url, 200, headers, recorded.raw)

    client.meta.events.register("before-send.dynamodb", answer)
    return client


def filled(client: Client) -> Client:
    """Returns a client after it has made the table and its item."""
    client.create_table(**TABLE)
    client.put_item(TableName="films", Item=film(0))
    return client


@contextmanager
def mocked() -> Iterator[Client]:
    """Gives a client that moto answers."""
    # Imported last: from then on moto has a handler in every client that is made.
    from moto import mock_aws

    with mock_aws():
        yield filled(boto3.client("dynamodb", **PLACEHOLDERS))


def servers(given: argparse.Namespace) -> list[Server]:
    """Returns our server and its peers; moto's is left out, as it is here in process."""
    command = python("-m", "ddblite", "serve", "{folder}/shop.ddb", "--port", "{port}")
    others = [peer for peer in peers(given) if "moto" not in peer.name]
    return [Server("ddblite serve, file", command), *others]


def clients(given: argparse.Namespace, stack: ExitStack) -> dict[str, Client]:
    """Returns the clients of all that is installed, ours first."""
    database = stack.enter_context(ddblite.connect(":memory:"))
    recorded = recorded_answer(filled(database.boto3_client()))
    made = {
        OURS: database.boto3_client(),
        "constant answer, unsigned": constant_client(
            recorded, config=Config(signature_version=UNSIGNED)
        ),
        "constant answer, signed as by default": constant_client(recorded),
    }
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
    for number, server in enumerate(servers(given)):
        if server.absent:
            print(f"Not measured: {server.name} ({server.absent})\n")
            continue
        running = stack.enter_context(started(server, folder / str(number)))
        url = f"http://{LOOPBACK}:{running.port}"
        # The same access key as the table was made with: DynamoDB Local keeps each key's apart.
        access = {**PLACEHOLDERS, "aws_access_key_id": "key"}
        made[server.name] = boto3.client("dynamodb", endpoint_url=url, **access)
        stack.callback(made[server.name].close)
    if find_spec("moto"):
        made["Python mock (moto), in process"] = stack.enter_context(mocked())
    else:
        print("Not measured: Python mock (pip install moto)\n")
    return made


def measured(asked: dict[str, Client], rounds: int, calls: int) -> dict[str, list[float]]:
    """Returns the median microseconds of a call in each round, client by client."""
    taken: dict[str, list[float]] = {name: [] for name in asked}
    names = list(asked)
    for turn in range(-2, rounds):
        first = turn % len(names)
        for name in names[first:] + names[:first]:
            call = partial(asked[name].get_item, **KEY)
            if turn < 0:  # until all is warm
                call()
                continue
            taken[name].append(median(seconds_of(call) for _ in range(calls)) * 1e6)
        gc.collect()
    return taken


def seconds_of(call: partial[Any]) -> float:
    """Returns how long one call takes."""
    begin = time.perf_counter()
    call()
    return time.perf_counter() - begin


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=60)
    parser.add_argument("--calls", type=int, default=25)
    parser.add_argument("--dynoxide", default="dynoxide")
    parser.add_argument("--moto", default="")
    parser.add_argument("--dynamodb-local", type=Path, default=ROOT / ".venv" / "oracle" / "lib")
    given = parser.parse_args()
    with ExitStack() as stack:
        asked = clients(given, stack)
        gc.disable()
        taken = measured(asked, given.rounds, given.calls)
        gc.enable()
    print(
        f"Python {platform.python_version()}, boto3 {boto3.__version__}, {os.cpu_count()} "
        f"processors, load average {os.getloadavg()[0]:.1f}, {given.rounds} rounds\n"
    )
    print(f"| GetItem with boto3 | microseconds | {OURS} takes |")
    print("|---|--:|--:|")
    for name, times in taken.items():
        ratio = median(own / other for own, other in zip(taken[OURS], times, strict=True))
        print(f"| {name} | {median(times):,.0f} | {ratio:.2f} times that |")


if __name__ == "__main__":
    main()

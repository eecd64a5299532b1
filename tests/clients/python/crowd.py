"""A crowd of boto3 clients, each with a connection of its own, all of them open at once.

    python crowd.py NUMBER

Opens them, says "open", and for each line on standard input has every client put an item and get
it, all at the same time, and says "done". No request is tried twice, so that any refusal ends it.
"""

import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from typing import Any

import boto3
from botocore.config import Config

TABLE = "crowd"
CONFIG = Config(
    retries={"total_max_attempts": 1}, connect_timeout=60, read_timeout=60, max_pool_connections=1
)


def work(client: Any, number: int, turn: int) -> None:  # noqa: ANN401 - made at run time
    """Puts an item and gets it."""
    key = {"id": {"S": f"boto3 {number}"}}
    client.put_item(TableName=TABLE, Item={**key, "turn": {"N": str(turn)}})
    item = client.get_item(TableName=TABLE, Key=key, ConsistentRead=True)["Item"]
    assert item == {**key, "turn": {"N": str(turn)}}


def work_together(threads: ThreadPoolExecutor, clients: Sequence[Any], turn: int) -> None:
    """Has every client work."""
    numbers = range(len(clients))
    list(threads.map(work, clients, numbers, [turn] * len(clients)))


def main() -> None:
    """Does all of it."""
    session = boto3.session.Session()
    clients = [session.client("dynamodb", config=CONFIG) for _ in range(int(sys.argv[1]))]
    turns = count()
    with ThreadPoolExecutor(len(clients)) as threads:
        work_together(threads, clients, next(turns))
        print("open", flush=True)  # noqa: T201 - the script's way to say so
        for _ in sys.stdin:
            work_together(threads, clients, next(turns))
            print("done", flush=True)  # noqa: T201 - as above


main()

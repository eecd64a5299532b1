"""What boto3 costs in process: GetItem on a database, and on a transport that does nothing.

    python benchmarks/boto3_in_process.py

The constant transports return the same answer, ready-made: what is left is botocore's own work,
once with its default signature and once without, as ddblite's clients are.
"""

import statistics
import time
from typing import Any, Final

import boto3
from botocore import UNSIGNED
from botocore.awsrequest import AWSResponse
from botocore.config import Config

import ddblite

ROUNDS: Final = 3000
GET: Final = {"TableName": "books", "Key": {"id": {"S": "1"}}}
ITEM: Final = {"id": "1", "number": 3, "name": "some name", "tags": ["a", "b"]}
PLACEHOLDERS: Final = {
    "region_name": "us-east-1",
    "aws_access_key_id": "any",
    "aws_secret_access_key": "thing",
}


def constant_client(recorded: AWSResponse, **options: Any) -> Any:  # noqa: ANN401 - boto3's
    """Returns a client that gets the same answer to everything."""
    client = boto3.client("dynamodb", **PLACEHOLDERS, **options)
    headers = dict(recorded.headers.items())

    def answer(request: Any, **_: object) -> AWSResponse:  # noqa: ANN401 - botocore's
        return AWSResponse(request.url, 200, headers, recorded.raw)

    client.meta.events.register("before-send.dynamodb", answer)
    return client


def recorded_answer(client: Any) -> AWSResponse:  # noqa: ANN401 - boto3's
    """Returns the answer to the measured request."""
    answers: list[AWSResponse] = []
    client.meta.events.register_last(
        "response-received.dynamodb", lambda response_dict, **_: answers.append(response_dict)
    )
    client.get_item(**GET)
    found = answers[0]
    return AWSResponse("", 200, found["headers"], Whole(found["body"]))


class Whole:
    """A body in one piece, in the place of a stream."""

    def __init__(self, body: bytes) -> None:
        self.body = body

    def stream(self) -> list[bytes]:
        """Gives the body."""
        return [self.body]


def measured(clients: dict[str, Any]) -> dict[str, float]:
    """Returns the median microseconds of each client, asked in turns."""
    taken: dict[str, list[float]] = {name: [] for name in clients}
    for _ in range(ROUNDS):
        for name, client in clients.items():
            begin = time.perf_counter()
            client.get_item(**GET)
            taken[name].append(time.perf_counter() - begin)
    return {name: statistics.median(times) * 1e6 for name, times in taken.items()}


def main() -> None:
    """Prints the table."""
    with ddblite.connect(":memory:") as database:
        database.create_table("books", partition_key="id").put(ITEM)
        recorded = recorded_answer(database.boto3_client())
        unsigned = Config(signature_version=UNSIGNED)
        medians = measured(
            {
                "ddblite": database.boto3_client(),
                "constant, signed as by default": constant_client(recorded),
                "constant, unsigned": constant_client(recorded, config=unsigned),
            }
        )
    for name, microseconds in medians.items():
        ratio = medians["ddblite"] / microseconds
        print(f"{name:32} {microseconds:6.0f} us   ddblite takes {ratio:.2f} times that")


if __name__ == "__main__":
    main()

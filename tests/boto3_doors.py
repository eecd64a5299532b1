"""boto3 at both doors of one open database: in process, and through HTTP on a real socket."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any, Final

import boto3
from botocore.config import Config

import ddblite
from ddblite.api.http.listening import served

Made = Any
"""A client's or resource's class is made at run time, from the service model."""

DOORS: Final = ("in process", "http")

ONE_ATTEMPT: Final = Config(retries={"total_max_attempts": 1})
"""Errors are then the first answer and not the last retry's."""


class Session:
    """Makes clients and resources at one door; they are closed with the ``with`` block."""

    def __init__(self, database: ddblite.Database, url: str | None, stack: ExitStack) -> None:
        self.database = database
        self.url = url
        self.stack = stack

    def client(self, service: str = "dynamodb") -> Made:
        """Returns a client."""
        if self.url is None:
            return self.database.boto3_client(service, config=ONE_ATTEMPT)
        made = boto3.client(service, **options_for(self.url))
        self.stack.callback(made.close)
        return made

    def resource(self) -> Made:
        """Returns the service resource."""
        if self.url is None:
            return self.database.boto3_resource(config=ONE_ATTEMPT)
        made = boto3.resource("dynamodb", **options_for(self.url))
        self.stack.callback(made.meta.client.close)
        return made


def options_for(url: str) -> dict[str, Any]:
    """Returns how a program of a user's names a server."""
    return {
        "endpoint_url": url,
        "region_name": "us-east-1",
        "aws_access_key_id": "any",
        "aws_secret_access_key": "thing",
        "config": ONE_ATTEMPT,
    }


@contextmanager
def at_door(door: str, database: ddblite.Database) -> Iterator[Session]:
    """Gives what makes clients of an open database at a door, by its name in ``DOORS``."""
    with ExitStack() as stack:
        url = stack.enter_context(served(database)) if door == "http" else None
        yield Session(database, url, stack)

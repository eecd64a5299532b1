"""boto3 on an in-memory database, without a socket."""

from collections.abc import Iterator
from typing import Any

import pytest
from botocore.config import Config

import ddblite

Client = Any
"""A client's class is made at run time, from the service model."""


@pytest.fixture
def opened(clock: ddblite.FixedClock) -> Iterator[ddblite.Database]:
    """An empty database."""
    with ddblite.connect(":memory:", clock=clock) as database:
        yield database


@pytest.fixture
def client(opened: ddblite.Database) -> Client:
    """A client whose errors are the first answer, not the last retry's."""
    return opened.boto3_client(config=Config(retries={"total_max_attempts": 1}))

"""boto3 on an in-memory database, without a socket and through one."""

from collections.abc import Iterator
from typing import Any

import pytest

import ddblite
from boto3_doors import DOORS, ONE_ATTEMPT, Session, at_door

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
    return opened.boto3_client(config=ONE_ATTEMPT)


@pytest.fixture(params=DOORS)
def session(request: pytest.FixtureRequest, opened: ddblite.Database) -> Iterator[Session]:
    """What makes clients and resources of the database, in process and through HTTP."""
    with at_door(request.param, opened) as session:
        yield session

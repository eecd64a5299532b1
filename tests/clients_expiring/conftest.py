"""Python tools that insist on time to live, in an environment of their own.

``make clients`` sets it up and runs these tests there; elsewhere they are not collected. None of
the tools waits for an item to expire.
"""

from collections.abc import Iterator
from importlib.util import find_spec

import pytest

import ddblite
from boto3_doors import DOORS, Session, at_door

if find_spec("bloop") is None:
    collect_ignore_glob = ["test_*.py"]


@pytest.fixture(params=DOORS)
def session(request: pytest.FixtureRequest) -> Iterator[Session]:
    """What makes clients and resources of an empty database, in process and through HTTP."""
    with (
        ddblite.connect(":memory:") as database,
        at_door(request.param, database) as session,
    ):
        yield session

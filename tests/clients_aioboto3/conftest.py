"""aioboto3 and aiobotocore, in an environment of their own: they insist on an older botocore.

``make test-aioboto3`` sets it up and runs these tests there; elsewhere they are not collected.
"""

from collections.abc import Awaitable, Callable, Iterator
from importlib.util import find_spec

import pytest

import ddblite

if find_spec("aioboto3") is None:
    collect_ignore_glob = ["test_*.py"]

Test = Callable[[], Awaitable[None]]


@pytest.fixture
def opened(clock: ddblite.FixedClock) -> Iterator[ddblite.Database]:
    """An empty database."""
    with ddblite.connect(":memory:", clock=clock) as database:
        yield database

"""One server for all tests of a file that only ask it."""

from collections.abc import Iterator

import pytest

from serving import Server, running


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """A server with a database in memory."""
    with running(":memory:") as started:
        yield started

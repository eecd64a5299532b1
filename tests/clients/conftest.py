"""One server for each story."""

from collections.abc import Iterator

import pytest

from serving import running


@pytest.fixture
def url() -> Iterator[str]:
    """The address of a server with a database in memory."""
    with running(":memory:") as server:
        yield server.url

"""celery's DynamoDB backend: results of a worker's tasks, in a table that it makes."""

from collections.abc import Iterator
from time import time
from typing import Any
from urllib.parse import urlsplit

import pytest
from celery import Celery, group
from celery.contrib.testing.worker import start_worker

import ddblite
from boto3_doors import Session, at_door

App = Any
"""celery carries no types."""


@pytest.fixture
def session() -> Iterator[Session]:
    """Through HTTP only: the backend makes its own client, and takes an address."""
    with ddblite.connect(":memory:") as database, at_door("http", database) as session:
        yield session


@pytest.fixture
def app(session: Session) -> App:
    """An application whose broker is memory and whose results are ours, for an hour."""
    address = urlsplit(session.url or "").netloc
    app = Celery(
        "orders",
        broker="memory://",
        backend=f"dynamodb://any:thing@{address}/results?ttl_seconds=3600",
    )

    def total(*amounts: int) -> int:
        return sum(amounts)

    app.task(name="total")(total)
    return app


def test_results_of_tasks(app: App, session: Session) -> None:
    """Of one, of a group, of one that fails, and of one that is forgotten."""
    total = app.tasks["total"]
    with start_worker(app, pool="solo", perform_ping_check=False):
        assert 6 == total.delay(1, 2, 3).get(timeout=20)
        assert [3, 7] == group(total.s(1, 2), total.s(3, 4))().get(timeout=20)
        failed = total.delay("tea", "cake")
        with pytest.raises(TypeError, match="unsupported operand"):
            failed.get(timeout=20)
    assert "FAILURE" == app.AsyncResult(failed.id).state
    failed.forget()
    assert "PENDING" == app.AsyncResult(failed.id).state
    stored = session.client().scan(TableName="results")["Items"]
    assert 3 == len(stored)
    assert all(3500 < int(item["ttl"]["N"]) - time() <= 3600 for item in stored)


def test_time_to_live_is_set_once_and_changed(app: App, session: Session) -> None:
    """A second start finds it set; a start without it takes it away."""
    client = session.client()
    on = {"TimeToLiveStatus": "ENABLED", "AttributeName": "ttl"}
    url = app.conf.result_backend
    for seconds, expected in (("60", on), ("-1", {"TimeToLiveStatus": "DISABLED"})):
        again = Celery("again", backend=url.replace("3600", seconds))
        assert again.backend.client
        lives = client.describe_time_to_live(TableName="results")["TimeToLiveDescription"]
        assert expected == lives

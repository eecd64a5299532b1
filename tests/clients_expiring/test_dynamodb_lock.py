"""python-dynamodb-lock: locks with a lease and a heartbeat, in a table that it makes."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from python_dynamodb_lock.python_dynamodb_lock import DynamoDBLockClient, DynamoDBLockError

from boto3_doors import Session

Locks = Any
"""The library carries no types."""

MOMENT = timedelta(milliseconds=50)


@pytest.fixture
def clients(session: Session) -> Iterator[list[Locks]]:
    """Two programs that share a table of locks."""
    DynamoDBLockClient.create_dynamodb_table(session.client(), table_name="locks")
    made = [
        DynamoDBLockClient(
            session.resource(),
            table_name="locks",
            owner_name=name,
            heartbeat_period=MOMENT,
            safe_period=timedelta(seconds=15),
            lease_duration=timedelta(seconds=20),
        )
        for name in ("ann", "bob")
    ]
    yield made
    for client in made:
        client.close(release_locks=True)


def test_the_table_of_locks_has_time_to_live(session: Session, clients: list[Locks]) -> None:
    assert clients
    lives = session.client().describe_time_to_live(TableName="locks")["TimeToLiveDescription"]
    assert {"TimeToLiveStatus": "ENABLED", "AttributeName": "expiry_time"} == lives


def test_one_has_the_lock(clients: list[Locks]) -> None:
    """The other waits in vain while it is held, however often its heart beats, and then gets it."""
    ann, bob = clients
    held = ann.acquire_lock("till", additional_attributes={"note": "für Ann"})
    waiting = {"retry_period": MOMENT, "retry_timeout": MOMENT * 10}
    with pytest.raises(DynamoDBLockError) as caught:
        bob.acquire_lock("till", **waiting)
    assert DynamoDBLockError.ACQUIRE_TIMEOUT == caught.value.code
    held.release()
    with bob.acquire_lock("till", **waiting) as lock:
        assert "bob" == lock.owner_name

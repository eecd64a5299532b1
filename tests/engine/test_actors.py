"""Who asks for a write travels with it, and the item as it was stored is at hand."""

from collections.abc import Callable
from typing import Any, Final

import pytest

import ddblite
from ddblite.engine import engine
from ddblite.engine.actors import USER, Actor
from ddblite.engine.codec import decode_body
from ddblite.engine.items import accept_item_key, read_item
from ddblite.engine.transaction import Transaction
from ddblite.schema import control_requests, requests
from ddblite.schema.values import Item

SERVICE: Final = Actor("Service", "dynamodb.amazonaws.com")
ITEM: Final[Item] = {"artist": "Nina", "track": 1, "words": ["a", {"b": 2}]}
DEFINITION: Final[dict[str, Any]] = {
    "TableName": "more",
    "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
    "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
    "BillingMode": "PAY_PER_REQUEST",
}

WRITES: Final[dict[str, Callable[[], requests.Request]]] = {
    "put": lambda: requests.PutItem(table_name="music", item=ITEM),
    "delete": lambda: requests.DeleteItem(table_name="music", key=("Nina",)),
    "batch": lambda: requests.BatchWriteItem(tables={"music": [requests.BatchPut(item=ITEM)]}),
    "transaction": lambda: requests.TransactWriteItems(
        actions=[requests.PutItem(table_name="music", item=ITEM)]
    ),
    "load": lambda: requests.LoadItems(tables={"music": [requests.BatchPut(item=ITEM)]}),
    "a new table": lambda: control_requests.CreateTable(definition=DEFINITION),
    "a table removed": lambda: control_requests.DeleteTable(table_name="music"),
}


@pytest.fixture
def music() -> Any:  # noqa: ANN401 - a database, for as long as the test runs
    with ddblite.connect(":memory:") as database:
        database.create_table("music", partition_key="artist").put(ITEM)
        yield database


@pytest.mark.parametrize("actor", [USER, SERVICE], ids=["user", "service"])
@pytest.mark.parametrize("make", WRITES.values(), ids=WRITES)
def test_who_asks_travels_with_the_write(
    music: ddblite.Database,
    monkeypatch: pytest.MonkeyPatch,
    make: Callable[[], requests.Request],
    actor: Actor,
) -> None:
    """To the innermost level, where a change would be noted."""
    seen: list[Actor] = []

    def noted(*given: Any) -> Transaction:  # noqa: ANN401 - a transaction's members
        made = Transaction(*given)
        seen.append(made.actor)
        return made

    monkeypatch.setattr(engine, "Transaction", noted)
    music.engine.execute(make(), actor=actor)
    assert {actor} == set(seen)


def test_an_item_has_the_bytes_it_is_kept_in(music: ddblite.Database) -> None:
    table = music.engine.catalog.existing_table("music")
    stored = read_item(music.engine.storage, table, accept_item_key(table, ITEM))
    assert stored is not None
    assert stored.body is not None
    assert ITEM == stored.item == decode_body(stored.body)

"""One write through several entries: alone, in a transaction, in a batch."""

from typing import Any, Final

import pytest

import ddblite
from ddblite.schema.errors import RequestError, TransactionCanceledException

TABLE: Final = "things"
KEY: Final = {"pk": {"S": "a"}}
LONG: Final = {"S": "x" * 2049}

PUTS: Final[dict[str, dict[str, Any]]] = {
    "the key's type before a path into the key": {
        "Item": {"pk": {"N": "1"}},
        "ConditionExpression": "attribute_exists(pk.x)",
    },
    "no key before a path into the key": {
        "Item": {"n": {"N": "1"}},
        "ConditionExpression": "attribute_exists(pk.x)",
    },
    "an index key's type before a path into the key": {
        "Item": {**KEY, "g": {"N": "1"}},
        "ConditionExpression": "attribute_exists(pk.x)",
    },
    "a path into an index key": {"Item": KEY, "ConditionExpression": "attribute_exists(g[0])"},
    "an index key's type before the condition": {
        "Item": {**KEY, "g": {"N": "1"}},
        "ConditionExpression": "attribute_exists(pk)",
    },
    "an empty index key": {"Item": {**KEY, "g": {"S": ""}}},
    "an empty key": {"Item": {"pk": {"S": ""}}},
    "a long key": {"Item": {"pk": LONG}},
    "a long index key": {"Item": {**KEY, "g": LONG}},
    "the key's type": {"Item": {"pk": {"BOOL": True}}},
    "an item too large": {"Item": {**KEY, "text": {"S": "x" * 410_000}}},
    "a failing condition": {"Item": KEY, "ConditionExpression": "attribute_exists(pk)"},
    "nothing": {"Item": {**KEY, "g": {"S": "g"}}},
}

UPDATES: Final[dict[str, dict[str, Any]]] = {
    "the key's type before a change of the key": {
        "Key": {"pk": {"N": "1"}},
        "UpdateExpression": "REMOVE pk",
    },
    "a change of the key before a path into it": {
        "Key": KEY,
        "UpdateExpression": "REMOVE pk.x",
    },
    "a path into an index key before a change of the key": {
        "Key": KEY,
        "UpdateExpression": "REMOVE pk",
        "ConditionExpression": "attribute_exists(g[0])",
    },
    "a path into an index key": {"Key": KEY, "UpdateExpression": "REMOVE g.x"},
    "an index key's type": {
        "Key": KEY,
        "UpdateExpression": "SET g = :v",
        "ExpressionAttributeValues": {":v": {"N": "1"}},
    },
    "an empty index key": {
        "Key": KEY,
        "UpdateExpression": "SET g = :v",
        "ExpressionAttributeValues": {":v": {"S": ""}},
    },
    "a path that is not there": {
        "Key": KEY,
        "UpdateExpression": "SET a.b = :v",
        "ExpressionAttributeValues": {":v": {"S": "x"}},
    },
    "a failing condition": {
        "Key": KEY,
        "UpdateExpression": "REMOVE n",
        "ConditionExpression": "attribute_exists(pk)",
    },
    "one key too many": {"Key": {**KEY, "n": {"N": "1"}}, "UpdateExpression": "REMOVE n"},
    "nothing": {"Key": KEY, "UpdateExpression": "REMOVE n"},
}

DELETIONS: Final[dict[str, dict[str, Any]]] = {
    "the key's type before a path into the key": {
        "Key": {"pk": {"N": "1"}},
        "ConditionExpression": "attribute_exists(pk.x)",
    },
    "a path into the key": {"Key": KEY, "ConditionExpression": "attribute_exists(pk.x)"},
    "an empty key": {"Key": {"pk": {"S": ""}}},
    "no key": {"Key": {}},
    "a failing condition": {"Key": KEY, "ConditionExpression": "attribute_exists(pk)"},
    "nothing": {"Key": KEY},
}

WRITES: Final = [
    pytest.param(action, request, id=f"{action}: {name}")
    for action, requests in (("Put", PUTS), ("Update", UPDATES), ("Delete", DELETIONS))
    for name, request in requests.items()
]


@pytest.fixture
def database() -> ddblite.Database:
    """A table with an index."""
    database = ddblite.connect(":memory:")
    database.create_table(TABLE, partition_key="pk", indexes=[ddblite.GlobalIndex("by_group", "g")])
    return database


def refusal(database: ddblite.Database, operation: str, request: dict[str, Any]) -> str | None:
    """Returns what is said against a write, in a transaction the reason; None for nothing."""
    try:
        database.call(operation, request)
    except TransactionCanceledException as error:
        (reason,) = error.reasons
        return str(reason.message)
    except RequestError as error:
        return error.message
    return None


@pytest.mark.parametrize(("action", "request_"), WRITES)
def test_a_transaction_of_one_answers_as_the_write_alone(
    database: ddblite.Database, action: str, request_: dict[str, Any]
) -> None:
    write = {"TableName": TABLE, **request_}
    alone = refusal(database, f"{action}Item", write)
    items = database.table(TABLE).scan().all()
    for item in items:
        database.table(TABLE).delete(item["pk"])
    together = refusal(database, "TransactWriteItems", {"TransactItems": [{action: write}]})
    assert alone == together
    assert items == database.table(TABLE).scan().all()


@pytest.mark.parametrize(
    "item",
    [request["Item"] for request in PUTS.values() if "ConditionExpression" not in request],
    ids=[name for name, request in PUTS.items() if "ConditionExpression" not in request],
)
def test_a_batch_of_one_writes_what_a_put_writes(
    database: ddblite.Database, item: dict[str, Any]
) -> None:
    """It is refused alike; only of a key that does not fit, a batch has words of its own."""
    alone = refusal(database, "PutItem", {"TableName": TABLE, "Item": item})
    batch = {"RequestItems": {TABLE: [{"PutRequest": {"Item": item}}]}}
    together = refusal(database, "BatchWriteItem", batch)
    assert together == alone or "does not match the schema" in str(together)
    assert (alone is None) == (together is None)


def test_an_index_key_is_looked_at_before_the_condition(database: ddblite.Database) -> None:
    """As AWS's local version 3.1.0 does of a Put: the key, index keys, then the condition."""
    request = {"TableName": TABLE, **PUTS["an index key's type before a path into the key"]}
    assert "Type mismatch for Index Key g" in str(refusal(database, "PutItem", request))


@pytest.mark.parametrize(
    ("condition", "update", "words"),
    [
        ("attribute_exists(g[0])", "REMOVE pk", "Key attributes must be scalars"),
        ("attribute_exists(pk.x)", "REMOVE pk", "Key attributes must be scalars"),
        (None, "REMOVE pk.x", "Cannot update attribute pk"),
    ],
)
def test_the_condition_is_looked_at_before_what_is_changed(
    database: ddblite.Database, condition: str | None, update: str, words: str
) -> None:
    """As AWS's local version 3.1.0 does: its paths into keys, the targets, the update's paths."""
    more = {} if condition is None else {"ConditionExpression": condition}
    request = {"TableName": TABLE, "Key": KEY, "UpdateExpression": update, **more}
    assert words in str(refusal(database, "UpdateItem", request))


@pytest.mark.parametrize(
    ("action", "request_", "alone", "together"),
    [
        (
            "Update",
            {"Key": KEY, "UpdateExpression": "SET a = :w", "ConditionExpression": "a ="},
            "Invalid UpdateExpression: An expression attribute value used",
            "Invalid ConditionExpression: Syntax error",
        ),
        (
            "Put",
            {**PUTS["an item too large"], "ConditionExpression": "a ="},
            "Invalid ConditionExpression: Syntax error",
            "Item size has exceeded the maximum allowed size",
        ),
    ],
)
def test_a_transaction_has_an_order_of_its_own_before_tables_are_known(
    database: ddblite.Database, action: str, request_: dict[str, Any], alone: str, together: str
) -> None:
    """It reads all expressions of an action before it looks into one: captured on AWS, 2026."""
    write = {"TableName": TABLE, **request_}
    assert alone in str(refusal(database, f"{action}Item", write))
    transaction = {"TransactItems": [{action: write}]}
    assert together in str(refusal(database, "TransactWriteItems", transaction))

"""Idempotency tokens: whose they are, what a replay is charged, and those of earlier releases."""

from collections.abc import Iterator
from typing import Any, Final

import pytest

import ddblite
from ddblite.schema.errors import (
    Corrupt,
    IdempotentParameterMismatchException,
    TransactionCanceledException,
)
from ddblite.schema.sizes import item_size
from wholeness import Wholeness
from wires import wire

TOKEN: Final = "a token"  # noqa: S105 - no secret
Wire = dict[str, Any]


@pytest.fixture
def database() -> Iterator[ddblite.Database]:
    with ddblite.connect(":memory:", clock=ddblite.FixedClock()) as made:
        made.create_table("things", partition_key="id")
        yield made


def sized(size: int) -> dict[str, Any]:
    """Returns the item ``a`` of exactly this size."""
    item: dict[str, Any] = {"id": "a", "x": ""}
    return {**item, "x": "x" * (size - item_size(item))}


def units(database: ddblite.Database, *actions: Wire) -> Wire:
    """Returns the capacity of a transaction with the token."""
    answer = database.call(
        "TransactWriteItems",
        {
            "TransactItems": list(actions),
            "ClientRequestToken": TOKEN,
            "ReturnConsumedCapacity": "TOTAL",
        },
    )
    (consumed,) = answer["ConsumedCapacity"]
    return {name: value for name, value in consumed.items() if name.endswith("CapacityUnits")}


KEY: Final[Wire] = {"TableName": "things", "Key": wire({"id": "a"})}
SHRINK: Final[Wire] = {
    **KEY,
    "UpdateExpression": "SET x = :x",
    "ExpressionAttributeValues": wire({":x": "x"}),
}
THERE: Final = "attribute_exists(id)"


@pytest.mark.parametrize(
    ("before", "action", "written", "replay"),
    [
        (9000, {"Delete": KEY}, 18, 6),
        (9000, {"Put": {"TableName": "things", "Item": wire({"id": "a"})}}, 18, 6),
        (9000, {"Update": SHRINK}, 18, 6),
        (10, {"Put": {"TableName": "things", "Item": wire(sized(9000))}}, 18, 6),
        (9000, {"ConditionCheck": {**KEY, "ConditionExpression": THERE}}, 18, 6),
        (400 * 1024, {"Delete": KEY}, 800, 200),
        (10, {"Delete": {**KEY, "Key": wire({"id": "missing"})}}, 2, 2),
    ],
    ids=["delete", "put", "update", "growing", "check", "largest", "missing"],
)
def test_a_replay_is_charged_as_reads_of_what_was_sized(
    database: ddblite.Database, before: int, action: Wire, written: int, replay: int
) -> None:
    """Whatever the item has become since."""
    database.table("things").put(sized(before) if before > 10 else {"id": "a"})
    first = {"CapacityUnits": written, "WriteCapacityUnits": written}
    assert first == units(database, action)
    database.table("things").put({"id": "a"})
    again = {"CapacityUnits": replay, "ReadCapacityUnits": replay}
    assert again == units(database, action)


STATEMENT: Final = "INSERT INTO things VALUE {'id': 'b'}"


def test_operations_do_not_know_each_others_tokens(database: ddblite.Database) -> None:
    """The same token in TransactWriteItems and in ExecuteTransaction carries out both."""
    units(database, {"Put": {"TableName": "things", "Item": wire({"id": "a"})}})
    request = {"TransactStatements": [{"Statement": STATEMENT}], "ClientRequestToken": TOKEN}
    for _ in range(2):
        database.call("ExecuteTransaction", request)
    assert {"a", "b"} == {item["id"] for item in database.table("things").scan()}


AS_BEFORE: Final = """
    UPDATE ddb_tokens
       SET token = substr(token, 1 + length('TransactWriteItems ')), digest = substr(digest, 1, 16)
"""


def test_a_token_of_an_earlier_release_still_counts(database: ddblite.Database) -> None:
    """It knows the actions alone: the same ones are not carried out again, any others are."""
    add = {**SHRINK, "UpdateExpression": "ADD n :x", "ExpressionAttributeValues": wire({":x": 1})}
    units(database, {"Update": add})
    database.engine.storage.execute(AS_BEFORE, ())
    again = {"CapacityUnits": 2, "ReadCapacityUnits": 2}
    assert again == units(database, {"Update": add})
    assert {"id": "a", "n": 1} == database.table("things").get("a")
    other = {"Update": {**add, "ExpressionAttributeValues": wire({":x": 2})}}
    units(database, other)
    assert {"id": "a", "n": 3} == database.table("things").get("a")
    with pytest.raises(IdempotentParameterMismatchException):
        units(database, {"Update": add})


def test_a_cancelled_transaction_uses_up_no_token(database: ddblite.Database) -> None:
    failing = {"Delete": {**KEY, "ConditionExpression": THERE}}
    with pytest.raises(TransactionCanceledException):
        units(database, failing)
    database.table("things").put({"id": "a"})
    assert {"CapacityUnits": 2, "WriteCapacityUnits": 2} == units(database, failing)


# how long they are kept


def noted(database: ddblite.Database) -> list[str]:
    """Returns the tokens that are there, as they were sent, oldest first."""
    statement = "SELECT token FROM ddb_tokens ORDER BY rowid"
    with database.engine.storage.rows(statement, ()) as rows:
        return [token.split()[1] for (token,) in rows]


def use(database: ddblite.Database, token: str) -> None:
    """Carries out a transaction, or nothing when it was carried out before."""
    add = ddblite.Update("things", "a", "ADD n :one", values={":one": 1})
    database.transact_write([add], token=token)


def steps(database: ddblite.Database, token: str) -> int:
    """Returns how many steps SQLite takes for a transaction, in hundreds."""
    counted: list[int] = []
    writer = database.engine.storage.writer

    def count() -> bool:
        counted.append(1)
        return False

    writer.set_progress_handler(count, 100)
    use(database, token)
    writer.set_progress_handler(None)
    return len(counted)


@pytest.fixture
def timed(clock: ddblite.FixedClock) -> Iterator[ddblite.Database]:
    """A database whose clock is the test's."""
    with ddblite.connect(":memory:", clock=clock) as made:
        made.create_table("things", partition_key="id")
        yield made


def test_a_transaction_pays_nothing_for_the_tokens_of_others(timed: ddblite.Database) -> None:
    """boto3 sends one with every TransactWriteItems, and they stay for ten minutes."""
    use(timed, "first")
    alone = steps(timed, "second")
    with timed.engine.write():
        for number in range(2000):
            use(timed, f"t{number}")
    assert steps(timed, "last") <= alone + 1
    assert 2003 == len(noted(timed))


def test_expired_tokens_are_removed_oldest_first(
    timed: ddblite.Database, clock: ddblite.FixedClock
) -> None:
    for token in ("one", "two"):
        use(timed, token)
    clock.advance(1)
    use(timed, "three")
    clock.advance(599)
    use(timed, "four")
    assert ["three", "four"] == noted(timed)
    clock.advance(600)
    use(timed, "five")
    assert ["five"] == noted(timed)


def test_an_expired_token_may_be_used_again(
    timed: ddblite.Database, clock: ddblite.FixedClock
) -> None:
    """Also one that is still there, because one that was noted before it has not expired."""
    clock.advance(300)
    use(timed, "older")
    clock.advance(-300)
    use(timed, "again")
    clock.advance(600)
    use(timed, "again")
    assert {"id": "a", "n": 3} == timed.table("things").get("a")
    assert ["older", "again"] == noted(timed)
    use(timed, "again")
    assert {"id": "a", "n": 3} == timed.table("things").get("a")


def test_a_clock_that_was_ahead_keeps_no_tokens_for_ever(
    timed: ddblite.Database, clock: ddblite.FixedClock
) -> None:
    """One that it noted counts until it expires; the others behind it are removed in time."""
    clock.advance(1_000_000)
    use(timed, "ahead")
    clock.advance(-1_000_000)
    use(timed, "one")
    clock.advance(600)
    use(timed, "two")
    assert ["ahead", "two"] == noted(timed)
    use(timed, "ahead")
    assert {"id": "a", "n": 3} == timed.table("things").get("a")


@pytest.mark.parametrize(
    "change", ["digest = 'text'", "digest = 5", "digest = x'00'", "expires_at = 'later'"]
)
def test_a_damaged_token_is_an_error(
    database: ddblite.Database, change: str, wholeness: Wholeness
) -> None:
    wholeness.is_expected = True
    use(database, TOKEN.replace(" ", "-"))
    database.engine.storage.execute(f"UPDATE ddb_tokens SET {change}", ())  # noqa: S608
    with pytest.raises((Corrupt, IdempotentParameterMismatchException)):
        use(database, TOKEN.replace(" ", "-"))

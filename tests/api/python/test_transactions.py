"""Transactions in Python values: all or nothing, whatever a table or a key is given as."""

from collections.abc import Iterator
from typing import Any

import pytest

import ddblite
from ddblite import Attr, Check, Delete, Get, Put, Update
from ddblite.schema.errors import (
    IdempotentParameterMismatchException,
    ResourceNotFoundException,
    TransactionCanceledException,
    ValidationException,
)

ONCE = "first"
ARN = "arn:aws:dynamodb:us-east-1:000000000000:table/accounts"


@pytest.fixture
def database() -> Iterator[ddblite.Database]:
    """A database with two accounts, and orders of a user."""
    with ddblite.connect(":memory:", clock=ddblite.FixedClock()) as opened:
        accounts = opened.create_table("accounts", partition_key="id")
        accounts.put({"id": "a", "euro": 10})
        accounts.put({"id": "b", "euro": 0})
        opened.create_table("orders", partition_key="user", sort_key=("number", "N"))
        yield opened


def transfer(amount: int, *checks: ddblite.Check) -> list[Any]:
    """Returns the actions that move money from one account to the other."""
    return [
        *checks,
        Update(
            *("accounts", "a", "SET euro = euro - :n"),
            values={":n": amount},
            condition="euro >= :n",
        ),
        Update("accounts", "b", "SET euro = euro + :n", values={":n": amount}),
    ]


def balances(database: ddblite.Database) -> list[int]:
    """Returns what both accounts hold."""
    found = database.transact_get([Get("accounts", "a"), Get("accounts", "b")])
    return [item["euro"] for item in found if item is not None]


def test_all_is_carried_out(database: ddblite.Database) -> None:
    database.transact_write(transfer(4))
    assert [6, 4] == balances(database)


def test_nothing_is_carried_out(database: ddblite.Database) -> None:
    """The reasons stand in the order of the actions, with the item as it was."""
    with pytest.raises(TransactionCanceledException) as caught:
        database.transact_write(transfer(11))
    assert ["ConditionalCheckFailed", "None"] == [one.code for one in caught.value.reasons]
    assert {"id": "a", "euro": 10} == caught.value.reasons[0].item
    assert [10, 0] == balances(database)


def test_every_kind_of_action(database: ddblite.Database) -> None:
    orders = database.table("orders")
    orders.put({"user": "u", "number": 1})
    database.transact_write(
        [
            Put(orders, {"user": "u", "number": 2}, condition=Attr("user").not_exists()),
            Delete(orders, ("u", 1), condition=Attr("number").eq(1)),
            Update(ARN, {"id": "a"}, "SET orders = :n", values={":n": 1}),
            Check("accounts", "b", condition=Attr("euro").eq(0)),
        ]
    )
    assert [{"user": "u", "number": 2}] == orders.scan().all()
    assert {"id": "a", "euro": 10, "orders": 1} == database.table("accounts").get("a")


def test_a_check_that_fails_stops_everything(database: ddblite.Database) -> None:
    check = Check("accounts", "c", "attribute_exists(#i)", names={"#i": "id"})
    with pytest.raises(TransactionCanceledException) as caught:
        database.transact_write(transfer(1, check))
    assert [None, None, None] == [one.item for one in caught.value.reasons]
    assert [10, 0] == balances(database)


def test_python_values_are_converted(database: ddblite.Database) -> None:
    """As everywhere at this door; the caller's own item may change afterwards."""
    tags = ["x"]
    database.transact_write([Put("accounts", {"id": "c", "set": {1, 2}, "tags": tags})])
    tags.append("y")
    found = database.table("accounts").get("c")
    assert found == {"id": "c", "set": ddblite.NumberSet([1, 2]), "tags": ["x"]}


def test_reads_as_of_one_moment(database: ddblite.Database) -> None:
    """In the order in which they are asked for; None where there is none."""
    found = database.transact_get(
        [
            Get("accounts", "b", projection="euro"),
            Get(database.table("accounts"), ("x",)),
            Get(ARN, {"id": "a"}, projection="#e", names={"#e": "euro"}),
        ]
    )
    assert [{"euro": 0}, None, {"euro": 10}] == found


def test_token_is_carried_out_once(database: ddblite.Database) -> None:
    for _ in range(3):
        database.transact_write(transfer(4), token=ONCE)
    assert [6, 4] == balances(database)
    with pytest.raises(IdempotentParameterMismatchException):
        database.transact_write(transfer(5), token=ONCE)


@pytest.mark.parametrize(
    ("count", "token", "text"),
    [
        (0, None, "'[]' at 'transactItems' {}greater than or equal to 1"),
        (101, None, "at 'transactItems' {}less than or equal to 100"),
        (1, "t" * 37, f"'{'t' * 37}' at 'clientRequestToken' {{}}less than or equal to 36"),
        (1, "", "'' at 'clientRequestToken' {}greater than or equal to 1"),
    ],
)
def test_bounds(database: ddblite.Database, count: int, token: str | None, text: str) -> None:
    """In the words that transactions have at every door; too long a list is not echoed here."""
    actions = [Put("accounts", {"id": f"{number}"}) for number in range(count)]
    with pytest.raises(ValidationException) as caught:
        database.transact_write(actions, token=token)
    expected = text.format("failed to satisfy constraint: Member must have length ")
    assert f"1 validation error detected: Value {expected}" == caught.value.message
    if token is None:
        gets = [Get("accounts", f"{number}") for number in range(count)]
        with pytest.raises(ValidationException):
            database.transact_get(gets)


def test_faults_of_the_request_are_plain_errors(database: ddblite.Database) -> None:
    with pytest.raises(ResourceNotFoundException):
        database.transact_write([Put("nothing", {"id": "a"})])
    with pytest.raises(ValidationException, match="multiple operations on one item"):
        database.transact_write([Delete("accounts", "a"), Put("accounts", {"id": "a"})])
    with pytest.raises(ValidationException, match="Syntax error"):
        database.transact_write([Delete("accounts", "a", condition="id =")])
    assert [10, 0] == balances(database)


def test_tables_by_their_arns(database: ddblite.Database) -> None:
    """Of any region and account."""
    arn = "arn:aws:dynamodb:eu-west-1:123456789012:table/accounts"
    assert "accounts" == database.table(arn).name
    database.delete_table(arn)
    assert ["orders"] == database.tables()


def nested(containers: int) -> list[Any]:
    """Returns a text inside so many lists."""
    value: list[Any] = ["x"]
    for _ in range(containers - 1):
        value = [value]
    return value


def test_value_that_is_only_compared_may_be_one_level_deeper(database: ddblite.Database) -> None:
    """As on the wire: 32 containers around it, in every kind of action; stored it cancels."""
    values = {":v": nested(32)}
    database.transact_write(
        [
            Check("accounts", "a", "euro <> :v", values=values),
            Update("accounts", "b", "SET euro = :n", "euro <> :v", values=values | {":n": 1}),
            Put("accounts", {"id": "c"}, "attribute_not_exists(id) OR id = :v", values=values),
            Delete("accounts", "d", condition=Attr("id").ne(nested(32))),
        ]
    )
    with pytest.raises(TransactionCanceledException) as caught:
        database.transact_write([Update("accounts", "a", "SET euro = :v", values=values)])
    assert ["Nesting Levels have exceeded supported limits"] == [
        one.message for one in caught.value.reasons
    ]
    for values in ({":v": nested(33)}, {":v": nested(500)}):
        with pytest.raises(ValidationException, match="Nesting Levels have exceeded"):
            database.transact_write([Check("accounts", "a", "euro <> :v", values=values)])


def test_put_without_a_condition_takes_values(database: ddblite.Database) -> None:
    """As on the wire, where a deletion does not."""
    values = {":v": 1}
    database.transact_write([Put("accounts", {"id": "c"}, values=values)])
    assert database.table("accounts").get("c") == {"id": "c"}
    with pytest.raises(ValidationException, match=r"unused in expressions: keys: \{:v\}$"):
        database.transact_write([Delete("accounts", "c", values=values)])
    with pytest.raises(ValidationException, match=r'Syntax error; key: "v"$'):
        database.transact_write([Put("accounts", {"id": "c"}, values={"v": 1})])

"""PynamoDB's models on a database: in process, and again through HTTP.

Its own client asks, unchanged: it needs only ``mock_dynamodb`` or the host that a model names.
"""

from collections.abc import Iterator
from typing import Any, Final

import pytest
from pynamodb import attributes, exceptions
from pynamodb.connection import Connection
from pynamodb.indexes import AllProjection, GlobalSecondaryIndex
from pynamodb.models import Model
from pynamodb.transactions import TransactGet, TransactWrite

from ddblite import mock_dynamodb
from serving import running

Order = Any
"""The model's class is made anew for each door, because it keeps the client that it made."""

REGION: Final = "us-east-1"
USER: Final = "u1"
DAYS: Final = [f"2024-01-{day:02}" for day in range(1, 31)]


@pytest.fixture(params=["in process", "http"])
def host(request: pytest.FixtureRequest) -> Iterator[str | None]:
    """Where models ask: None is the service, which is the database's by then."""
    if request.param == "in process":
        with mock_dynamodb():
            yield None
        return
    with running(":memory:") as server:
        yield server.url


def order_model(endpoint: str | None) -> Order:
    """Returns a model of orders with an index, as a program writes it."""

    class ByStatus(GlobalSecondaryIndex[Any]):  # type: ignore[no-untyped-call]  # PynamoDB's own
        """Orders of one status, the newest last."""

        class Meta:
            """What the index is."""

            index_name = "by_status"
            projection = AllProjection()

        status = attributes.UnicodeAttribute(hash_key=True)
        day = attributes.UnicodeAttribute(range_key=True)

    class OrderModel(Model):
        """An order of a user's day."""

        class Meta:
            """Where the table is."""

            table_name = "orders"
            region = REGION
            host = endpoint
            billing_mode = "PAY_PER_REQUEST"
            aws_access_key_id = "any"
            aws_secret_access_key = "thing"  # noqa: S105 - nothing checks it

        user = attributes.UnicodeAttribute(hash_key=True)
        day = attributes.UnicodeAttribute(range_key=True)
        status = attributes.UnicodeAttribute(default="new")
        total = attributes.NumberAttribute(default=0)
        tags = attributes.UnicodeSetAttribute(null=True)
        lines = attributes.ListAttribute[Any](default=list)
        checksum = attributes.BinaryAttribute(null=True, legacy_encoding=False)
        version = attributes.VersionAttribute()
        by_status = ByStatus()

    return OrderModel


@pytest.fixture
def orders(host: str | None) -> Iterator[Order]:
    """The model with its table, on either door."""
    model = order_model(host)
    assert not model.exists()
    model.create_table(wait=True)
    assert model.exists()
    yield model
    session = model._get_connection().connection.client._endpoint.http_session
    session.close()


def test_save_and_get(orders: Order) -> None:
    """Every kind of attribute comes back as it was."""
    saved = orders(
        USER, DAYS[0], total=3, tags={"a", "b"}, lines=[1, {"x": "y"}], checksum=b"\0\xff"
    )
    saved.save()
    found = orders.get(USER, DAYS[0], consistent_read=True)
    assert saved.attribute_values == found.attribute_values
    assert found.version == 1
    with pytest.raises(orders.DoesNotExist):
        orders.get(USER, "never")


def test_condition_that_does_not_hold(orders: Order) -> None:
    """Its error knows that it is one, and has the service's words."""
    orders(USER, DAYS[0]).save()
    with pytest.raises(exceptions.PutError) as caught:
        orders(USER, DAYS[0]).save(orders.user.does_not_exist())
    assert caught.value.cause_response_code == "ConditionalCheckFailedException"
    assert caught.value.cause_response_message == "The conditional request failed"


def test_version_guards_against_a_lost_update(orders: Order) -> None:
    orders(USER, DAYS[0]).save()
    mine, theirs = (orders.get(USER, DAYS[0]) for _ in range(2))
    theirs.update(actions=[orders.status.set("paid")])
    with pytest.raises(exceptions.UpdateError) as caught:
        mine.update(actions=[orders.status.set("cancelled")])
    assert caught.value.cause_response_code == "ConditionalCheckFailedException"


def test_update(orders: Order) -> None:
    """Several actions at once; the model has what came of them."""
    order = orders(USER, DAYS[0], total=3, lines=["tea"], tags={"new"})
    order.save()
    order.update(
        actions=[
            orders.total.set(orders.total + 4),
            orders.lines.set(orders.lines.append(["cup"])),
            orders.status.set("paid"),
            orders.tags.delete({"new"}),
        ],
        condition=orders.status == "new",
    )
    assert (7, ["tea", "cup"], "paid") == (order.total, order.lines, order.status)
    assert orders.get(USER, DAYS[0]).tags is None
    order.delete()
    assert orders.count() == 0


def test_batch_query_and_scan(orders: Order) -> None:
    """More than one request's worth, read back in pages and resumed."""
    with orders.batch_write() as batch:
        for number, day in enumerate(DAYS):
            batch.save(orders(USER, day, total=number, status="odd" if number % 2 else "even"))
    assert len(DAYS) == orders.count(USER)
    pages = orders.query(USER, orders.day.between(DAYS[3], DAYS[9]), page_size=2)
    assert DAYS[3:10] == [order.day for order in pages]
    newest = orders.query(USER, scan_index_forward=False, limit=2)
    assert DAYS[:-3:-1] == [order.day for order in newest]
    token = newest.last_evaluated_key
    rest = orders.query(USER, scan_index_forward=False, last_evaluated_key=token, limit=5)
    assert DAYS[-3:-8:-1] == [order.day for order in rest]
    odd = orders.by_status.query("odd", orders.day < DAYS[4], filter_condition=orders.total > 1)
    assert [DAYS[3]] == [order.day for order in odd]
    assert len(DAYS) // 2 == len(list(orders.scan(orders.status == "even", page_size=7)))
    keys = [(USER, day) for day in DAYS]
    assert len(DAYS) == len(list(orders.batch_get(keys)))
    with orders.batch_write() as batch:
        for order in orders.query(USER):
            batch.delete(order)
    assert orders.count() == 0


def test_transactions(orders: Order, host: str | None) -> None:
    """All or nothing, with a reason per action."""
    connection = Connection(region=REGION, host=host)
    connection.session.set_credentials("any", "thing")
    orders(USER, DAYS[0], total=1).save()
    first = orders.get(USER, DAYS[0])
    with TransactWrite(connection=connection) as transaction:
        transaction.update(first, actions=[orders.total.add(1)])
        transaction.save(orders(USER, DAYS[1]))
    with pytest.raises(exceptions.TransactWriteError) as caught:  # noqa: PT012, SIM117 - sent at the end
        with TransactWrite(connection=connection) as transaction:
            transaction.condition_check(orders, USER, DAYS[1], condition=orders.total > 5)
            transaction.save(orders(USER, DAYS[2]))
    reasons = [reason and reason.code for reason in caught.value.cancellation_reasons]
    assert ["ConditionalCheckFailed", None] == reasons
    with TransactGet(connection=connection) as transaction:
        found = [transaction.get(orders, USER, day) for day in DAYS[:3]]
    assert found[0].get().total == 2
    assert found[1].get().version == 1
    with pytest.raises(orders.DoesNotExist):
        found[2].get()
    connection.client._endpoint.http_session.close()


def test_table_is_described_and_deleted(orders: Order) -> None:
    described = orders.describe_table()
    assert described["TableStatus"] == "ACTIVE"
    assert [index["IndexName"] for index in described["GlobalSecondaryIndexes"]] == ["by_status"]
    orders.delete_table()
    assert not orders.exists()

"""bloop's models: a table with time to live and point-in-time recovery, made and compared."""

from datetime import UTC, datetime, timedelta
from typing import Any, Final

import bloop
import pytest

from boto3_doors import Session

Order = Any
"""A model's class is made anew for each door: it keeps whether its table is made."""

USER: Final = "u1"
DAYS: Final = [f"2024-01-{day:02}" for day in range(1, 9)]
SOON: Final = datetime.now(UTC).replace(microsecond=0) + timedelta(hours=1)


def order_model() -> Order:
    """Returns a model of orders with an index, as a program writes it."""

    class OrderModel(bloop.BaseModel):  # type: ignore[misc]  # bloop carries no types
        """An order of a user's day."""

        class Meta:
            """What the table has besides its key."""

            table_name = "orders"
            billing = {"mode": "on_demand"}  # noqa: RUF012 - as bloop's users write it
            ttl = {"column": "expires"}  # noqa: RUF012
            backups = {"enabled": True}  # noqa: RUF012
            encryption = {"enabled": True}  # noqa: RUF012

        user = bloop.Column(bloop.String, hash_key=True)
        day = bloop.Column(bloop.String, range_key=True)
        total = bloop.Column(bloop.Integer)
        status = bloop.Column(bloop.String)
        tags = bloop.Column(bloop.Set(bloop.String))
        expires = bloop.Column(bloop.Timestamp)
        by_status = bloop.GlobalSecondaryIndex(projection="all", hash_key="status", range_key="day")

    return OrderModel


def engine_of(session: Session) -> bloop.Engine:
    """Returns an engine that knows no table yet."""
    return bloop.Engine(
        dynamodb=session.client(), dynamodbstreams=session.client("dynamodbstreams")
    )


@pytest.fixture
def order() -> Order:
    """The model, not yet bound."""
    return order_model()


@pytest.fixture
def engine(session: Session, order: Order) -> bloop.Engine:
    """An engine whose tables are made."""
    engine = engine_of(session)
    engine.bind(order)
    return engine


def ordered(order: Order) -> list[Order]:
    """Returns eight orders, the odd ones paid."""
    return [
        order(
            user=USER,
            day=day,
            total=number,
            status="paid" if number % 2 else "new",
            tags={"a", "b"},
            expires=SOON,
        )
        for number, day in enumerate(DAYS, 1)
    ]


def test_a_bound_model_has_its_table(session: Session, engine: bloop.Engine, order: Order) -> None:
    """And a second program with the same model finds it as it wants it, and sets nothing."""
    client = session.client()
    lives = client.describe_time_to_live(TableName="orders")["TimeToLiveDescription"]
    assert {"TimeToLiveStatus": "ENABLED", "AttributeName": "expires"} == lives
    backups = client.describe_continuous_backups(TableName="orders")["ContinuousBackupsDescription"]
    assert "ENABLED" == backups["PointInTimeRecoveryDescription"]["PointInTimeRecoveryStatus"]
    engine.bind(order)
    engine_of(session).bind(order_model())


def test_save_load_query_and_delete(engine: bloop.Engine, order: Order) -> None:
    engine.save(*ordered(order))
    first = order(user=USER, day=DAYS[0])
    engine.load(first)
    assert (1, "paid", {"a", "b"}, SOON) == (first.total, first.status, first.tags, first.expires)
    new = engine.query(
        order,
        key=(order.user == USER) & order.day.between(DAYS[1], DAYS[5]),
        filter=order.status == "new",
        projection=[order.day],
    )
    assert [DAYS[1], DAYS[3], DAYS[5]] == [one.day for one in new]
    paid = engine.query(
        order.by_status, key=order.status == "paid", filter=order.total > 3, forward=False
    )
    assert [DAYS[6], DAYS[4]] == [one.day for one in paid]
    assert 8 == sum(1 for _ in engine.scan(order))
    engine.delete(first)
    with pytest.raises(bloop.MissingObjects):
        engine.load(order(user=USER, day=DAYS[0]))


def test_conditions_and_transactions(engine: bloop.Engine, order: Order) -> None:
    """All or nothing; a failed condition is bloop's own exception."""
    first, second, *_ = ordered(order)
    engine.save(first, condition=order.user.is_(None))
    with pytest.raises(bloop.ConstraintViolation):
        engine.save(ordered(order)[0], condition=order.user.is_(None))
    first.total = 10
    with engine.transaction() as transaction:
        transaction.save(first, condition=order.total == 1)
        transaction.save(second, condition=order.user.is_(None))
    refused = engine.transaction()
    refused.save(first, condition=order.total == 1)
    refused.delete(second)
    with pytest.raises(bloop.TransactionCanceled):
        refused.prepare().commit()
    found = order(user=USER, day=DAYS[1])
    with engine.transaction(mode="r") as transaction:
        transaction.load(found)
    assert 2 == found.total

"""Key and Attr, ours and boto3's."""

from decimal import Decimal
from types import ModuleType
from typing import Any

import pytest

import ddblite
from attempts import attempts
from ddblite import Attr, Key, StringSet, errors
from orders import dates


def both() -> list[ModuleType]:
    """Returns the modules whose Key and Attr are taken: ours, and boto3's where it is."""
    kinds: list[ModuleType] = [ddblite]
    try:
        from boto3.dynamodb import conditions
    except ImportError:
        return kinds
    return [*kinds, conditions]


KINDS = pytest.mark.parametrize("kind", both(), ids=lambda kind: kind.__name__)


@KINDS
def test_key_conditions(orders: ddblite.Table, kind: ModuleType) -> None:
    user = kind.Key("user_id").eq("u_441")
    day = kind.Key("order_date")
    for condition, expected in (
        (user, [1, 2, 3, 4, 5, 6, 7]),
        (user & day.eq("2024-01-03"), [3]),
        (user & day.lt("2024-01-03"), [1, 2]),
        (user & day.lte("2024-01-03"), [1, 2, 3]),
        (user & day.gt("2024-01-05"), [6, 7]),
        (user & day.gte("2024-01-05"), [5, 6, 7]),
        (user & day.between("2024-01-02", "2024-01-04"), [2, 3, 4]),
        (user & day.begins_with("2024-01-0"), [1, 2, 3, 4, 5, 6, 7]),
        (day.begins_with("2024-01-07") & user, [7]),
    ):
        assert expected == dates(orders.query(condition))


@KINDS
def test_filters(database: ddblite.Database, kind: ModuleType) -> None:
    """Every method, and every way to combine them."""
    table = database.create_table("things", partition_key="p")
    things: list[dict[str, Any]] = [
        {"p": "1", "n": 1, "s": "abc", "l": [1, "x"], "tags": StringSet(["x"])},
        {"p": "2", "n": 2, "s": "abd", "m": {"a.b": 1, "c": {"d": [5, 6]}}},
        {"p": "3", "n": Decimal("2.5"), "b": b"\0\1"},
        {"p": "4", "other": 2},
    ]
    for thing in things:
        table.put(thing)
    attr = kind.Attr
    for condition, expected in (
        (attr("n").eq(1), "1"),
        (attr("n").ne(1), "234"),
        (attr("n").lt(2), "1"),
        (attr("n").lte(2), "12"),
        (attr("n").gt(2), "3"),
        (attr("n").gte(2), "23"),
        (attr("n").between(2, 3), "23"),
        (attr("n").is_in([1, Decimal("2.50"), 7]), "13"),
        (attr("s").begins_with("ab"), "12"),
        (attr("b").begins_with(b"\0"), "3"),
        (attr("s").contains("bd"), "2"),
        (attr("l").contains("x"), "1"),
        (attr("tags").contains("x"), "1"),
        (attr("s").exists(), "12"),
        (attr("s").not_exists(), "34"),
        (attr("l").attribute_type("L"), "1"),
        (attr("s").size().eq(3), "12"),
        (attr("l").size().gt(1), "1"),
        (attr("m.c.d[1]").eq(6), "2"),
        (attr("m.c.d").size().between(1, 2), "2"),
        (attr("n").eq(1) | attr("n").eq(2), "12"),
        (attr("n").gt(1) & attr("s").exists(), "2"),
        (~attr("s").exists(), "34"),
        (~(attr("n").eq(1) | attr("n").eq(2)) & attr("n").exists(), "3"),
        ((attr("n").eq(1) & attr("s").eq("abc")) | (attr("n").eq(2) & ~attr("s").eq("x")), "12"),
        (attr("n").eq(attr("other")) | attr("other").eq(2), "4"),
        (attr("tags").eq({"x"}), "1"),
    ):
        found = "".join(sorted(str(item["p"]) for item in table.scan(filter=condition)))
        assert expected == found, condition.get_expression()


@KINDS
def test_conditions_of_writes(orders: ddblite.Table, kind: ModuleType) -> None:
    """A failed one shows the item that was there."""
    key = {"user_id": "u_441", "order_date": "2024-01-01"}
    fails = kind.Attr("total").gt(10)
    for write in attempts(
        lambda: orders.put(key, condition=fails),
        lambda: orders.update(key, "SET paid = :t", values={":t": 0}, condition=fails),
        lambda: orders.delete(key, condition=fails),
    ):
        with pytest.raises(errors.ConditionalCheckFailedException) as failed:
            write()
        assert {**key, "total": 10} == failed.value.item
    holds = kind.Attr("total").eq(10) & kind.Attr("user_id").exists()
    assert orders.update(
        key, "SET #t = #t + :v", names={"#t": "total"}, values={":v": 5}, condition=holds,
        returning="UPDATED_NEW",
    ) == {"total": 15}  # fmt: skip


@KINDS
def test_conditions_mix_with_text(orders: ddblite.Table, kind: ModuleType) -> None:
    """Each brings its own placeholders."""
    result = orders.query(
        "user_id = :u",
        filter=kind.Attr("total").gt(50),
        values={":u": "u_441"},
        projection="#d",
        names={"#d": "order_date"},
    )
    assert dates(result) == [6, 7]


@pytest.mark.parametrize("wrong", [5, b"a", ["a"], object()])
def test_what_is_no_condition_is_refused(orders: ddblite.Table, wrong: object) -> None:
    with pytest.raises(errors.ValidationException, match="A condition is a string"):
        orders.query(wrong)  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        Key("a").eq(1) & wrong
    with pytest.raises(TypeError):
        Attr("a").eq(1) | wrong


@pytest.mark.parametrize("condition", ["", " ", "a = ", "size(a)", "a = 1"])
def test_a_bad_expression_is_refused(orders: ddblite.Table, condition: str) -> None:
    """In DynamoDB's words."""
    with pytest.raises(errors.ValidationException, match="Invalid FilterExpression: "):
        orders.scan(filter=condition).all()

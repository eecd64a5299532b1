"""The Python API: the contract's example, keys, batches and indexes."""

from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest

import ddblite
from attempts import attempts
from ddblite import GlobalIndex, Key, LocalIndex, errors
from orders import dates

# --- The contract, word by word


def test_the_example_of_the_contract(tmp_path: Path) -> None:
    with ddblite.connect(tmp_path / "shop.ddb") as db:
        orders = db.create_table("orders", partition_key="user_id", sort_key="order_date")
        orders.put({"user_id": "u_441", "order_date": "2024-01-15", "total": Decimal("149.99")})
        item = {"user_id": "u_441", "order_date": "2024-01-15", "total": Decimal("149.99")}
        assert item == orders.get("u_441", "2024-01-15")
        assert {"total": Decimal("149.99")} == orders.get(
            {"user_id": "u_441", "order_date": "2024-01-15"}, projection="total", consistent=True
        )
        condition = Key("user_id").eq("u_441") & Key("order_date").between(
            "2024-01-01", "2024-01-31"
        )
        assert [item] == orders.query(condition).all()
        orders.update(
            {"user_id": "u_441", "order_date": "2024-01-15"},
            "SET #s = :s",
            names={"#s": "status"},
            values={":s": "shipped"},
        )
        shipped = {**item, "status": "shipped"}
        assert [shipped] == db.execute('SELECT * FROM "orders" WHERE user_id = ?', ["u_441"]).all()
        db.call("PutItem", {
            "TableName": "orders",
            "Item": {"user_id": {"S": "u_442"}, "order_date": {"S": "2024-01-16"}},
        })  # fmt: skip
        assert {"user_id": "u_442", "order_date": "2024-01-16"} == orders.get("u_442", "2024-01-16")
        assert db.tables() == ["orders"]
        assert db.check() == []


def test_everything_a_path_can_be_opens(tmp_path: Path) -> None:
    for path in (tmp_path / "a.ddb", str(tmp_path / "b.ddb"), ":memory:"):
        with ddblite.connect(path) as db:
            db.create_table("abc", partition_key="p").put({"p": "a"})
            assert "abc" in repr(db.table("abc"))
            assert str(path) in repr(db)


# --- Keys


def test_a_key_is_its_values_or_a_dict(orders: ddblite.Table) -> None:
    """Wherever one is taken."""
    expected = {"user_id": "u_441", "order_date": "2024-01-02", "total": 20}
    key = {"user_id": "u_441", "order_date": "2024-01-02"}
    assert expected == orders.get("u_441", "2024-01-02") == orders.get(key)
    assert expected == orders.get(MappingProxyType(key))
    for given in (key, ("u_441", "2024-01-02")):
        orders.update(given, "SET seen = :t", values={":t": True})
    orders.delete("u_441", "2024-01-02")
    orders.delete({"user_id": "u_441", "order_date": "2024-01-03"})
    assert dates(orders.query(Key("user_id").eq("u_441"))) == [1, 4, 5, 6, 7]


@pytest.mark.parametrize("key", [(), ("u_441",), ("u_441", "2024-01-01", "more")])
def test_too_few_or_many_values_are_refused(orders: ddblite.Table, key: tuple[str, ...]) -> None:
    """With the names of the key."""
    for use in attempts(lambda: orders.get(*key), lambda: orders.delete(*key)):
        with pytest.raises(errors.ValidationException, match="user_id and order_date"):
            use()


def test_a_key_of_one_value_is_given_alone(database: ddblite.Database) -> None:
    for kind, value in (("S", "a"), ("N", Decimal("1.5")), ("B", b"\0\xff")):
        table = database.create_table(f"by_{kind}", partition_key=("p", kind))
        table.put({"p": value})
        table.update(value, "ADD n :one", values={":one": 1})
        assert {"p": value, "n": 1} == table.get(value)
        table.delete(value)
        assert table.get(value) is None


@pytest.mark.parametrize("number", [1, Decimal(1), Decimal("1.0"), Decimal("1E0")])
def test_equal_numbers_are_one_key(database: ddblite.Database, number: object) -> None:
    table = database.create_table("numbers", partition_key=("p", "N"))
    table.put({"p": number, "x": 1})
    assert {"p": 1, "x": 1} == table.get(1) == table.get(Decimal("1.00"))


@pytest.mark.parametrize(
    ("number", "message"),
    [
        (10**130, "Number overflow"),
        (Decimal("1E-131"), "Number underflow"),
        (10**38 + 1, "more than 38 significant digits"),
        (Decimal("NaN"), "cannot be converted to a numeric value"),
        (10**5000, "Number overflow"),
    ],
    ids=["large", "small", "long", "none", "enormous"],
)
def test_a_number_out_of_range_is_no_key(
    database: ddblite.Database, number: object, message: str
) -> None:
    table = database.create_table("numbers", partition_key=("p", "N"))
    for use in attempts(
        lambda: table.get(number),
        lambda: table.get({"p": number}),
        lambda: table.put({"p": number}),
        lambda: table.update(number, "SET a = :a", values={":a": 1}),
        lambda: table.delete(number),
        lambda: table.query(Key("p").eq(number)).all(),
        lambda: table.scan(after={"p": number}).all(),
    ):
        with pytest.raises(errors.ValidationException, match=message):
            use()


# --- Batches and indexes


def test_a_batch_writes_the_last_of_several(database: ddblite.Database) -> None:
    """Of one key, however it was given; puts and deletes in the order they came."""
    table = database.create_table("many", partition_key="p", sort_key=("s", "N"))
    table.put({"p": "a", "s": 9})
    with table.batch() as batch:
        batch.put({"p": "a", "s": 1, "x": "first"})
        batch.put({"p": "a", "s": Decimal("1.0"), "x": "second"})
        batch.delete("a", 2)
        batch.put({"p": "a", "s": 2})
        batch.put({"p": "a", "s": 3})
        batch.delete({"p": "a", "s": 3})
        batch.delete("a", 9)
        assert table.get("a", 1) is None
    assert [{"p": "a", "s": 1, "x": "second"}, {"p": "a", "s": 2}] == table.scan().all()


def test_a_batch_of_thousands(database: ddblite.Database) -> None:
    table = database.create_table("many", partition_key="p", sort_key=("s", "N"))
    with table.batch() as batch:
        for s in range(2500):
            batch.put({"p": "a", "s": s})
    assert 2500 == len(table.scan().all())


def test_a_load_writes_the_last_of_each_key(database: ddblite.Database) -> None:
    """From anything that gives mappings, of whatever types a put takes."""
    table = database.create_table("many", partition_key="p", sort_key=("s", "N"))
    table.put({"p": "a", "s": 1, "x": "before"})
    given = (
        MappingProxyType({"p": "a", "s": number % 1100, "x": number}) for number in range(2300)
    )
    assert 2300 == table.load(given)
    assert 1 == table.load([{"p": "b", "s": 1, "x": {"a", "b"}}])
    found = table.query(Key("p").eq("a")).all()
    assert [(s, s + 2200 if s < 100 else s + 1100) for s in range(1100)] == [
        (item["s"], item["x"]) for item in found
    ]
    assert {"p": "b", "s": 1, "x": {"a", "b"}} == table.get("b", 1)


@pytest.mark.parametrize("bad", [{"p": "a"}, {"p": "a", "s": 1, "x": object()}])
def test_a_load_with_a_bad_item_writes_nothing(
    database: ddblite.Database, bad: Mapping[str, Any]
) -> None:
    """And says what a put of it would say."""
    table = database.create_table("many", partition_key="p", sort_key=("s", "N"))
    with pytest.raises(errors.DdbError) as by_put:
        table.put(bad)
    items = [{"p": "a", "s": s} for s in range(1500)]
    with pytest.raises(type(by_put.value)) as by_load:
        table.load([*items, bad])
    assert by_put.value.message == by_load.value.message
    assert [] == table.scan().all()


def test_a_batch_that_fails_writes_nothing_more(database: ddblite.Database) -> None:
    table = database.create_table("many", partition_key="p")
    with pytest.raises(ZeroDivisionError), table.batch() as batch:  # noqa: PT012 - the block fails
        batch.put({"p": "a"})
        raise ZeroDivisionError
    assert table.scan().all() == []


def test_a_batch_says_which_key_is_wrong(database: ddblite.Database) -> None:
    table = database.create_table("many", partition_key="p")
    for item in ({}, {"p": 1}, {"p": ["a"]}, {"p": ""}, {"p": None}):
        with pytest.raises(errors.ValidationException, match="key"), table.batch() as batch:
            batch.put(item)
    with pytest.raises(errors.ValidationException, match="key"), table.batch() as batch:
        batch.delete(["a"])
    assert table.scan().all() == []


def test_tables_with_indexes(database: ddblite.Database) -> None:
    """Their keys' types are given once; everything else is DynamoDB's."""
    scores = database.create_table(
        "scores",
        partition_key="user",
        sort_key="game",
        indexes=[
            GlobalIndex("by_game", "game", ("score", "N"), projection="KEYS_ONLY"),
            GlobalIndex("by_level", ("level", "N"), projection=["score"]),
            LocalIndex("by_score", ("score", "N")),
        ],
    )
    for user, game, score in (("a", "x", 5), ("b", "x", 7), ("a", "y", 1)):
        scores.put({"user": user, "game": game, "score": score, "level": score % 2, "more": 1})
    best = scores.query(Key("game").eq("x"), index="by_game", forward=False)
    assert [{"user": "b", "game": "x", "score": 7}, {"user": "a", "game": "x", "score": 5}] == list(
        best
    )
    good = Key("user").eq("a") & Key("score").gt(1)
    assert ["x"] == [item["game"] for item in scores.query(good, index="by_score")]
    assert {"user", "game", "score", "level"} == set(scores.scan(index="by_level").all()[0])


def test_a_missing_table_is_not_found(database: ddblite.Database) -> None:
    for use in attempts(lambda: database.table("none"), lambda: database.delete_table("none")):
        with pytest.raises(errors.ResourceNotFoundException, match="Table: none not found"):
            use()


def test_an_unknown_operation_is_refused(database: ddblite.Database) -> None:
    for name in ("MakeCoffee", "", "getitem", None):
        with pytest.raises(errors.UnknownOperationException):
            database.call(name, {})  # type: ignore[arg-type]


def test_errors_have_code_and_message(orders: ddblite.Table) -> None:
    with pytest.raises(ddblite.DdbError) as refused:
        orders.put({"user_id": "u_441"})
    assert refused.value.code == "ValidationException"
    assert refused.value.message == str(refused.value)
    assert issubclass(errors.Busy, errors.InternalServerError)

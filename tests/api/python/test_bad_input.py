"""Whatever Python a user gives, what comes back is one of our errors, or a ValueError."""

import time
from collections.abc import Callable, Iterator
from decimal import Decimal
from functools import reduce
from operator import and_
from typing import Any

import pytest

import ddblite
from ddblite import Attr, Key
from ddblite.schema.errors import DdbError, UnsupportedType, ValidationException

SECONDS_MAX = 5
"""Of the processor's time, for what takes none."""


@pytest.fixture
def database() -> Iterator[ddblite.Database]:
    with ddblite.connect(":memory:") as made:
        made.create_table("things", partition_key="id").put({"id": "a"})
        yield made


GIVEN: list[Callable[[ddblite.Table, Any], object]] = [
    lambda table, wrong: table.update("a", wrong),
    lambda table, wrong: table.get("a", projection=wrong),
    lambda table, wrong: table.get("a", projection="#a", names={"#a": wrong}),
    lambda table, wrong: table.put({"id": "b"}, condition=wrong),
    lambda table, wrong: table.put({"id": "b", "n": wrong}),
    lambda table, wrong: table.query(wrong),
    lambda table, wrong: table.scan(filter=wrong).all(),
]


@pytest.mark.parametrize("wrong", [5.5, object(), 3 + 4j])
@pytest.mark.parametrize("ask", GIVEN)
def test_a_wrong_type_is_refused(
    database: ddblite.Database, ask: Callable[[ddblite.Table, Any], object], wrong: object
) -> None:
    with pytest.raises(DdbError):
        ask(database.table("things"), wrong)


HUGE = 10**1_000_001
"""A number of a megabyte, which takes a minute to be written as text."""

TAKING: list[Callable[[ddblite.Database, Any], object]] = [
    lambda database, huge: database.table("things").put({"id": "b", "n": huge}),
    lambda database, huge: database.table("things").put({"id": "b", "n": {huge, 1}}),
    lambda database, huge: database.table("things").put({"id": "b", "n": [{"n": huge}]}),
    lambda database, huge: database.table("things").get(huge),
    lambda database, huge: database.table("numbered").put({"id": huge}),
    lambda database, huge: database.table("numbered").delete(huge),
    lambda database, huge: database.table("numbered").query("id = :n", values={":n": huge}),
    lambda database, huge: database.table("things").update("a", "ADD n :n", values={":n": huge}),
    lambda database, huge: database.table("things").scan(filter=Attr("n").gt(huge)).all(),
    lambda database, huge: database.transact_write([ddblite.Put("things", {"id": "b", "n": huge})]),
    lambda database, huge: database.execute("INSERT INTO things VALUE {'id': ?}", [huge]),
    lambda database, huge: database.execute("SELECT * FROM numbered WHERE id = ?", [huge]).all(),
    lambda database, huge: database.sql("SELECT * FROM things WHERE n = ?", [huge]).all(),
]


@pytest.mark.parametrize("take", TAKING)
def test_a_huge_number_is_refused_at_once(
    database: ddblite.Database, take: Callable[[ddblite.Database, Any], object]
) -> None:
    """Its magnitude is looked at before anything is made of it."""
    database.create_table("numbered", partition_key=("id", "N"))
    before_s = time.process_time()
    for huge in (HUGE, -HUGE, Decimal("1E+1000001")):
        with pytest.raises(DdbError):
            take(database, huge)
    assert time.process_time() - before_s < SECONDS_MAX


@pytest.mark.parametrize("number", ["sNaN", "-NaN7", "Infinity"])
def test_what_json_does_not_have_is_refused_on_the_wire(
    database: ddblite.Database, number: str
) -> None:
    item = {"id": {"S": "b"}, "n": {"N": Decimal(number)}}
    with pytest.raises(DdbError):
        database.call("PutItem", {"TableName": "things", "Item": item})


@pytest.mark.parametrize(
    ("statement", "parameters"),
    [(5, []), (None, []), ("SELECT * FROM things", None), ("SELECT * FROM things", "x")],
)
def test_a_statement_is_text_and_its_parameters_a_list(
    database: ddblite.Database, statement: object, parameters: object
) -> None:
    with pytest.raises(UnsupportedType):
        database.execute(statement, parameters)  # type: ignore[arg-type]


@pytest.mark.parametrize("name", [None, 5, b"things"])
def test_a_table_is_named_by_text(database: ddblite.Database, name: object) -> None:
    with pytest.raises(DdbError):
        database.table(name)  # type: ignore[call-overload]
    with pytest.raises(DdbError):
        database.delete_table(name)  # type: ignore[arg-type]


def test_conditions_nested_without_end_are_refused(database: ddblite.Database) -> None:
    """An expression may have 300 operators; nobody's stack decides."""
    many = reduce(and_, [Attr("a").eq(number) for number in range(3000)])
    with pytest.raises(ValidationException, match="nested deeper than 300 levels"):
        database.table("things").scan(filter=many)


def test_an_update_returns_what_there_is(database: ddblite.Database) -> None:
    """A misspelt word is refused before anything is written."""
    table = database.table("things")
    with pytest.raises(ValidationException, match="Member must satisfy enum value set"):
        table.update("a", "SET n = :n", values={":n": 1}, returning="ALL_NWE")  # type: ignore[arg-type]
    assert {"id": "a"} == table.get("a")
    assert [{"id": "a"}] == table.query(Key("id").eq("a")).all()

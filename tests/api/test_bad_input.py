"""Whatever Python a user gives, what comes back is one of our errors, or a ValueError."""

from collections.abc import Callable, Iterator
from functools import reduce
from operator import and_
from typing import Any

import pytest

import ddblite
from ddblite import Attr, Key
from ddblite.schema.errors import DdbError, UnsupportedType, ValidationException


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
        database.table(name)  # type: ignore[arg-type]
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
        table.update("a", "SET n = :n", values={":n": 1}, returning="ALL_NWE")
    assert {"id": "a"} == table.get("a")
    assert [{"id": "a"}] == table.query(Key("id").eq("a")).all()

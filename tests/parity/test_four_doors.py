"""Python values, PartiQL, boto3 in process and HTTP give four equal answers, errors included."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import boto3
import pytest

import ddblite
from boto3_doors import DOORS, at_door, options_for
from parity.four_doors import (
    TABLE,
    Answer,
    Boto3Door,
    Door,
    PythonDoor,
    StatementDoor,
    outcome,
)
from parity.four_doors_faults import FAULTS
from parity.four_doors_script import AT_THE_END, EVERY_TYPE, READS, WRITES
from serving import running

SCRIPT: Final = [*READS, *WRITES, *FAULTS, AT_THE_END]


@pytest.fixture
def orders() -> Iterator[ddblite.Database]:
    """A database with the table of the script."""
    with table_of_orders() as database:
        yield database


@contextmanager
def table_of_orders() -> Iterator[ddblite.Database]:
    """Gives a database with the table of the script."""
    with ddblite.connect(":memory:") as database:
        database.create_table(
            TABLE,
            partition_key="user",
            sort_key=("day", "N"),
            indexes=[ddblite.GlobalIndex("by_city", "city", ("day", "N"))],
        )
        yield database


def answers(door: Door) -> dict[str, Answer]:
    """Returns what every step of the script gives at a door, in order."""
    return {step.name: outcome(door, step) for step in SCRIPT}


@pytest.fixture(scope="module")
def expected() -> dict[str, Answer]:
    """What Python values give."""
    with table_of_orders() as database:
        return answers(PythonDoor(database))


def test_script_says_something(expected: dict[str, Answer]) -> None:
    """It writes what it reads, is refused where it should be, and nowhere else."""
    assert len(SCRIPT) == len(expected)
    assert expected["put every type"] is None
    assert EVERY_TYPE.keys() == expected["get every type"].keys()
    types = {next(iter(value)) for value in expected["get every type"].values()}
    assert {"S", "N", "B", "BOOL", "NULL", "L", "M", "SS", "NS", "BS"} == types
    assert expected["get every type"]["whole"] == {"N": "9" * 38}
    assert len(expected["query"]) == 7
    refused = [name for name, answer in expected.items() if isinstance(answer, tuple)]
    assert [step.name for step in FAULTS] == refused


def test_script_has_every_item_operation() -> None:
    """Statements say all but what the language has no words for."""
    verbs = {
        "batch",
        "delete",
        "get",
        "put",
        "query",
        "scan",
        "transact_get",
        "transact_write",
        "update",
    }
    assert verbs == {step.verb for step in SCRIPT if step.statement is not None}
    assert sum(step.statement is not None for step in SCRIPT) > len(SCRIPT) * 2 / 3


def test_partiql(orders: ddblite.Database, expected: dict[str, Answer]) -> None:
    """Equal, but for the errors that the service itself words differently."""
    worded = {step.name: step.worded for step in SCRIPT if step.worded is not None}
    assert expected | worded == answers(StatementDoor(orders))


@pytest.mark.parametrize("door", DOORS)
def test_boto3(door: str, orders: ddblite.Database, expected: dict[str, Answer]) -> None:
    with at_door(door, orders) as session:
        assert expected == answers(Boto3Door(session.resource()))


def test_served_file(expected: dict[str, Answer], tmp_path: Path) -> None:
    """HTTP once more, with the command's own process and a file on disk."""
    path = tmp_path / "orders.ddb"
    with table_of_orders() as database:
        database.backup(path)
    with running(str(path)) as server:
        resource = boto3.resource("dynamodb", **options_for(server.url))
        try:
            assert expected == answers(Boto3Door(resource))
        finally:
            resource.meta.client.close()

"""Statements on tables that have indexes, and on the indexes themselves."""

# ruff: noqa: S608 - statements of PartiQL, for our own engine

from collections.abc import Callable, Iterator
from contextlib import closing
from functools import partial
from io import StringIO
from typing import Any, Final

import pytest

import ddblite
from ddblite.api.wire.dispatch import dispatch
from ddblite.engine.engine import Engine
from ddblite.schema.values import Item
from ddblite.shell.commands import carry_out
from ddblite.shell.conversation.session import Session
from statement_calls import batch, execute, refusal, transact
from wires import wire

SEVERAL: Final = (
    "ValidationException: PartiQL statements cannot be executed on tables with multi-attribute"
    " HASH keys or multi-attribute RANGE keys."
)
GSI: Final[dict[str, Any]] = {
    "several": {
        "KeySchema": [
            {"AttributeName": name, "KeyType": "HASH" if name[0] == "h" else "RANGE"}
            for name in ("h1", "h2", "h3", "r1", "r2")
        ],
        "Projection": {"ProjectionType": "ALL"},
    },
    "plain": {
        "KeySchema": [{"AttributeName": "h1", "KeyType": "HASH"}],
        "Projection": {"ProjectionType": "ALL"},
    },
}
ITEM: Final[Item] = {"pk": "1", "h1": "a", "h2": "b", "h3": "c", "r1": "d", "r2": "e"}


def in_shell(command: str, database: ddblite.Database, text: str) -> None:
    """Enters a statement behind a command of the shell, or behind none."""
    with closing(Session(database, out=StringIO(), error=StringIO())) as session:
        carry_out(session, command + text)


@pytest.fixture
def several() -> Iterator[Engine]:
    """Gives a table with an index whose key has several attributes, and one with a plain key."""
    engine = Engine.open(":memory:")
    definition = {
        "TableName": "multi",
        "BillingMode": "PAY_PER_REQUEST",
        "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
        "AttributeDefinitions": [{"AttributeName": name, "AttributeType": "S"} for name in ITEM],
        "GlobalSecondaryIndexes": [{"IndexName": name, **one} for name, one in GSI.items()],
    }
    dispatch(engine, "CreateTable", definition)
    dispatch(engine, "PutItem", {"TableName": "multi", "Item": wire(ITEM)})
    yield engine
    assert [] == engine.check()
    engine.close()


@pytest.mark.parametrize(
    ("text", "items"),
    [
        ("SELECT h1 FROM multi WHERE pk = '1'", [{"h1": "a"}]),
        ("SELECT h1 FROM multi", [{"h1": "a"}]),
        ("SELECT h2 FROM multi.plain WHERE h1 = 'a'", [{"h2": "b"}]),
        ("INSERT INTO multi VALUE {'pk': '2', 'h1': 'x'}", []),
        ("UPDATE multi SET h2 = 'x' WHERE pk = '1' RETURNING MODIFIED NEW *", [{"h2": "x"}]),
        ("DELETE FROM multi WHERE pk = '1' RETURNING ALL OLD *", [ITEM]),
    ],
)
def test_a_table_is_used_beside_its_index_of_several_attributes(
    several: Engine, text: str, items: list[Any]
) -> None:
    assert {"Items": [wire(item) for item in items]} == execute(several, text)


@pytest.mark.parametrize(
    ("columns", "where"), [("COUNT(*)", ""), ("*", " WHERE h1 > true"), ("*", " WHERE foo(h1)")]
)
def test_an_index_of_several_attributes_comes_before_other_faults(
    several: Engine, columns: str, where: str
) -> None:
    """But not before those of the grammar, nor where there is no such index or table."""
    text = f"SELECT {columns} FROM multi.several{where}"
    assert SEVERAL == refusal(execute, several, text)
    assert SEVERAL != refusal(execute, several, text + " WHERE")
    assert SEVERAL != refusal(execute, several, text.replace("multi", "nope"))
    assert SEVERAL != refusal(execute, several, text.replace("several", "plain"))


DOORS: Final[list[Callable[[ddblite.Database, str], object]]] = [
    ddblite.Database.execute,
    ddblite.Database.explain,
    ddblite.Database.analyze,
    *(partial(in_shell, command) for command in ("", ".explain ", ".analyze ", ".dry ")),
]


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("text", ["SELECT COUNT(*) FROM {}", "SELECT * FROM {} WHERE h1 > true"])
def test_the_index_comes_first_at_every_door(
    several: Engine, door: Callable[[ddblite.Database, str], object], text: str
) -> None:
    def ask(engine: Engine, asked: str) -> object:
        return door(ddblite.Database(engine), asked)

    assert SEVERAL == refusal(ask, several, text.format("multi.several"))
    assert SEVERAL != refusal(ask, several, text.format("multi.plain"))


def test_only_a_select_on_an_index_of_several_attributes_is_refused(several: Engine) -> None:
    text = "SELECT * FROM multi.several WHERE h1 = 'a'"
    assert SEVERAL == refusal(execute, several, text)
    assert SEVERAL == refusal(execute, several, "SELECT * FROM multi.several")
    assert refusal(execute, several, "SELECT * FROM multi.nope") == (
        "ValidationException: The table does not have the specified index"
    )
    good = "SELECT pk FROM multi WHERE pk = '1'"
    assert [{"pk": "1"}, {}] == [
        {name: value["S"] for name, value in one.get("Item", {}).items()}
        for one in batch(several, good, text)["Responses"]
    ]
    assert [{"Item": wire({"pk": "1"})}] == transact(several, good)["Responses"]

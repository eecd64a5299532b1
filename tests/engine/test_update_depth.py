"""Updates that leave an item too deep, at every door: the result counts, not the values sent."""

from typing import Any, Final

import pytest

import ddblite
from ddblite.schema.errors import TransactionCanceledException
from ddblite.schema.values import Value
from wires import refusal, wire, wire_value

TOO_DEEP: Final = "Nesting Levels have exceeded supported limits"
AT_THE_BOTTOM: Final = "deep" + "[0]" * 20


def nested(containers: int) -> Value:
    value: Value = "leaf"
    for _ in range(containers):
        value = [value]
    return value


@pytest.fixture
def deep(database: ddblite.Database) -> ddblite.Table:
    """A table with an item that has 31 levels below its own."""
    table = database.create_table("deep", partition_key="p")
    table.put({"p": "a", "deep": nested(31)})
    return table


def update(containers: int) -> dict[str, Any]:
    return {
        "TableName": "deep",
        "Key": wire({"p": "a"}),
        "UpdateExpression": f"SET {AT_THE_BOTTOM} = :deep",
        "ExpressionAttributeValues": wire({":deep": nested(containers)}),
    }


def test_an_item_may_get_as_deep_as_any(database: ddblite.Database, deep: ddblite.Table) -> None:
    database.call("UpdateItem", update(11))
    assert {"p": "a", "deep": nested(31)} == deep.get("a")


def test_and_no_deeper(database: ddblite.Database, deep: ddblite.Table) -> None:
    """The text is shorter than that of a value, and bare."""
    assert f"ValidationException: {TOO_DEEP}" == refusal(database, "UpdateItem", update(12))
    statement = f"UPDATE deep SET {AT_THE_BOTTOM} = ? WHERE p = 'a'"  # noqa: S608 - PartiQL
    request = {"Statement": statement, "Parameters": [wire_value(nested(12))]}
    assert f"ValidationException: {TOO_DEEP}" == refusal(database, "ExecuteStatement", request)
    with pytest.raises(TransactionCanceledException) as caught:
        database.call("TransactWriteItems", {"TransactItems": [{"Update": update(12)}]})
    (reason,) = caught.value.reasons
    assert ("ValidationError", TOO_DEEP) == (reason.code, reason.message)
    assert {"p": "a", "deep": nested(31)} == deep.get("a")

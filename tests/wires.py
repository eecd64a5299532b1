"""The wire's shapes, written briefly: ``wire({"p": "a"})`` is ``{"p": {"S": "a"}}``."""

from typing import Any

import pytest

import ddblite
from ddblite.schema.errors import DdbError
from ddblite.schema.values import BinarySet, NumberSet, StringSet, Value, tag_of


def wire(item: dict[str, Value]) -> dict[str, Any]:
    """Returns an item as DynamoDB JSON."""
    return {name: wire_value(value) for name, value in item.items()}


def wire_value(value: Value) -> dict[str, Any]:
    """Returns a value as DynamoDB JSON; bytes stay bytes, which ``call`` accepts."""
    tag = tag_of(value)
    if tag == "N":
        return {"N": str(value)}
    if tag == "NULL":
        return {"NULL": True}
    if isinstance(value, dict):
        return {"M": wire(value)}
    if isinstance(value, list):
        return {"L": [wire_value(element) for element in value]}
    if isinstance(value, NumberSet):
        return {"NS": [str(member) for member in value]}
    if isinstance(value, StringSet | BinarySet):
        return {tag: list(value)}
    return {tag: value}


def refusal(database: ddblite.Database, operation: str, request: dict[str, Any]) -> str:
    """Returns the class and text of the error that an operation answers with."""
    with pytest.raises(DdbError) as refused:
        database.call(operation, request)
    return f"{type(refused.value).__name__}: {refused.value.message}"

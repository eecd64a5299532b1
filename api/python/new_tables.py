"""A table to be made, described in Python, and the CreateTable request that makes it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Required, TypeAlias, TypedDict

from ddblite.api.python.plain_values import plain_name, plain_text

KeyGiven: TypeAlias = str | tuple[str, str]
"""A key attribute: its name for a string, or name and type, such as ``("year", "N")``."""


@dataclass(frozen=True, slots=True)
class GlobalIndex:
    """A global secondary index to be made with a table.

    ``projection`` is ``"ALL"``, ``"KEYS_ONLY"`` or a list of attribute names to include.
    """

    name: str
    partition_key: KeyGiven
    sort_key: KeyGiven | None = None
    projection: str | Sequence[str] = "ALL"


@dataclass(frozen=True, slots=True)
class LocalIndex:
    """A local secondary index to be made with a table: its partition key is the table's."""

    name: str
    sort_key: KeyGiven
    projection: str | Sequence[str] = "ALL"


class TableOptions(TypedDict, total=False):
    """What ``create_table`` takes beside a name and a model, for type checkers."""

    partition_key: Required[KeyGiven]
    sort_key: KeyGiven | None
    indexes: Sequence[GlobalIndex | LocalIndex]


def create_table_request(
    name: str,
    partition_key: KeyGiven,
    sort_key: KeyGiven | None,
    indexes: Sequence[GlobalIndex | LocalIndex],
) -> dict[str, Any]:
    """Returns the CreateTable request of a table described in Python."""
    kinds: dict[str, str] = {}

    def schema_of(*keys: KeyGiven | None) -> list[dict[str, str]]:
        elements = []
        for role, key in zip(("HASH", "RANGE"), keys, strict=True):
            if key is not None:
                attribute, kind = map(plain_name, (key, "S") if isinstance(key, str) else key)
                kinds.setdefault(attribute, kind)
                elements.append({"AttributeName": attribute, "KeyType": role})
        return elements

    request: dict[str, Any] = {
        "TableName": name,
        "KeySchema": schema_of(partition_key, sort_key),
        "BillingMode": "PAY_PER_REQUEST",
    }
    for index in indexes:
        is_global = isinstance(index, GlobalIndex)
        partition = index.partition_key if isinstance(index, GlobalIndex) else partition_key
        member = "GlobalSecondaryIndexes" if is_global else "LocalSecondaryIndexes"
        request.setdefault(member, []).append(
            {
                "IndexName": plain_text("An index's name", index.name),
                "KeySchema": schema_of(partition, index.sort_key),
                "Projection": projection_of(index.projection),
            }
        )
    request["AttributeDefinitions"] = [
        {"AttributeName": attribute, "AttributeType": kind} for attribute, kind in kinds.items()
    ]
    return request


def projection_of(projection: str | Sequence[str]) -> dict[str, Any]:
    """Returns the wire's Projection."""
    if isinstance(projection, str):
        return {"ProjectionType": plain_text("A projection", projection)}
    names = [plain_name(name) for name in projection]
    return {"ProjectionType": "INCLUDE", "NonKeyAttributes": names}

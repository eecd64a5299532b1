"""The index shapes that reads are tested on: one table with every kind of index."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import ddblite
from ddblite.schema.values import Item


@dataclass(frozen=True)
class Shape:
    """A table or index to read from: its name (None for the table) and its key attributes."""

    index: str | None
    partition: tuple[str, ...]
    sort: tuple[str, ...]

    def __str__(self) -> str:
        return self.index or "table"

    @property
    def key_names(self) -> tuple[str, ...]:
        """The index's own key attributes."""
        return self.partition + self.sort


KINDS: Final = {
    "p": "S", "s": "N", "l1": "S", "g": "S", "gs": "N", "b1": "B",
    "h1": "S", "h2": "N", "r1": "S", "r2": "N",
}  # fmt: skip
"""The key attributes of the table and its indexes, with their types."""

SHAPES: Final = (
    Shape(None, ("p",), ("s",)),
    Shape("local_all", ("p",), ("l1",)),
    Shape("local_keys", ("p",), ("b1",)),
    Shape("global_all", ("g",), ("gs",)),
    Shape("global_hash", ("g",), ()),
    Shape("global_same", ("p",), ("s",)),
    Shape("global_inverted", ("s",), ("p",)),
    Shape("global_binary", ("b1",), ("l1",)),
    Shape("global_multi", ("h1", "h2"), ("r1", "r2")),
    Shape("global_multi_hash", ("h1", "h2"), ()),
)

PROJECTIONS: Final[Mapping[str, Mapping[str, Any]]] = {
    "local_keys": {"ProjectionType": "KEYS_ONLY"},
    "global_hash": {"ProjectionType": "KEYS_ONLY"},
    "global_inverted": {"ProjectionType": "INCLUDE", "NonKeyAttributes": ["plays", "g"]},
    "global_binary": {"ProjectionType": "INCLUDE", "NonKeyAttributes": ["plays"]},
}
"""Everything else projects ALL."""


def key_schema(partition: tuple[str, ...], sort: tuple[str, ...]) -> list[dict[str, str]]:
    """Returns the wire's KeySchema."""
    return [{"AttributeName": name, "KeyType": "HASH"} for name in partition] + [
        {"AttributeName": name, "KeyType": "RANGE"} for name in sort
    ]


def definition(name: str, shapes: tuple[Shape, ...] = SHAPES) -> dict[str, Any]:
    """Returns the wire's CreateTable of a table with these indexes."""
    used = {attribute for shape in shapes for attribute in shape.key_names}
    wire: dict[str, Any] = {
        "TableName": name,
        "BillingMode": "PAY_PER_REQUEST",
        "KeySchema": key_schema(shapes[0].partition, shapes[0].sort),
        "AttributeDefinitions": [
            {"AttributeName": attribute, "AttributeType": kind}
            for attribute, kind in KINDS.items()
            if attribute in used
        ],
    }
    for shape in shapes[1:]:
        assert shape.index is not None
        member = "LocalSecondaryIndexes" if shape.index[0] == "l" else "GlobalSecondaryIndexes"
        wire.setdefault(member, []).append(
            {
                "IndexName": shape.index,
                "KeySchema": key_schema(shape.partition, shape.sort),
                "Projection": PROJECTIONS.get(shape.index, {"ProjectionType": "ALL"}),
            }
        )
    return wire


def make_table(
    database: ddblite.Database, name: str = "shapes", shapes: tuple[Shape, ...] = SHAPES
) -> ddblite.Table:
    """Makes a table with these indexes."""
    database.call("CreateTable", definition(name, shapes))
    return database.table(name)


def creation(index_name: str, partition: tuple[str, ...], sort: tuple[str, ...]) -> dict[str, Any]:
    """Returns the members of UpdateTable that create an index of the shapes."""
    index = {
        "IndexName": index_name,
        "KeySchema": key_schema(partition, sort),
        "Projection": PROJECTIONS.get(index_name, {"ProjectionType": "ALL"}),
    }
    return {
        "AttributeDefinitions": [
            {"AttributeName": name, "AttributeType": KINDS[name]} for name in partition + sort
        ],
        "GlobalSecondaryIndexUpdates": [{"Create": index}],
    }


def projected(shape: Shape, item: Item) -> Item | None:
    """Returns what an index shows of an item, or None when the item is not in it."""
    if not all(name in item for name in shape.key_names):
        return None
    projection = PROJECTIONS.get(shape.index or "", {"ProjectionType": "ALL"})
    if projection["ProjectionType"] == "ALL":
        return item
    shown = {"p", "s", *shape.key_names, *projection.get("NonKeyAttributes", ())}
    return {name: value for name, value in item.items() if name in shown}


def order_of(shape: Shape, item: Item) -> tuple[Any, ...]:
    """Returns what a partition of an index is sorted by; ties among equals go by table key."""
    return tuple(item[name] for name in shape.sort)

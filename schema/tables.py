"""What a table is: its key, its indexes, and the definition it was created with.

``TableSpec`` is what every part of the engine works with: frozen, and derived once from the
definition that the catalog keeps. A definition has the members of the wire's CreateTable.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

TYPES_OF_KIND: Final[dict[str, str]] = {"S": "string", "N": "number", "B": "binary"}


@dataclass(frozen=True, slots=True)
class KeyPart:
    """One key attribute: its name and its type, ``S``, ``N`` or ``B``."""

    name: str
    kind: str


@dataclass(frozen=True, slots=True)
class IndexSpec:
    """A secondary index. ``projected`` are the attribute names it carries, None for all."""

    number: int
    name: str
    is_global: bool
    partition: tuple[KeyPart, ...]
    sort: tuple[KeyPart, ...]
    projection: str
    projected: frozenset[str] | None

    @property
    def parts(self) -> tuple[KeyPart, ...]:
        """The index's own key attributes, partition first."""
        return self.partition + self.sort

    def projects(self, attributes: frozenset[str]) -> bool:
        """Whether every one of these attributes can be read from the index alone."""
        return self.projected is None or attributes <= self.projected


@dataclass(frozen=True, slots=True)
class TableSpec:
    """A table: ``number`` names its SQLite table and never comes back after a deletion.

    ``indexes`` are by name, in alphabetical order: errors name the first that has a fault.
    """

    number: int
    name: str
    partition: KeyPart
    sort: KeyPart | None
    indexes: Mapping[str, IndexSpec]
    definition: Mapping[str, Any] = field(repr=False, compare=False)
    table_id: str = field(repr=False)
    created_at_s: float = field(repr=False)

    @property
    def parts(self) -> tuple[KeyPart, ...]:
        """The key attributes, partition first."""
        return (self.partition,) if self.sort is None else (self.partition, self.sort)

    @property
    def key_names(self) -> tuple[str, ...]:
        """The names of the key attributes, partition first."""
        return tuple(part.name for part in self.parts)

    @property
    def has_local_indexes(self) -> bool:
        """Whether writes have an item collection to report."""
        return any(not index.is_global for index in self.indexes.values())

    @property
    def deletion_protected(self) -> bool:
        """Whether DeleteTable is refused."""
        return bool(self.definition.get("DeletionProtectionEnabled"))


def table_spec(
    number: int,
    index_numbers: Mapping[str, int],
    definition: Mapping[str, Any],
    *,
    table_id: str,
    created_at_s: float,
) -> TableSpec:
    """Returns the spec of a checked definition; ``index_numbers`` are by index name."""
    kinds = {
        one["AttributeName"]: one["AttributeType"] for one in definition["AttributeDefinitions"]
    }
    parts = key_parts(definition["KeySchema"], kinds, "HASH") + key_parts(
        definition["KeySchema"], kinds, "RANGE"
    )
    indexes = [
        index_spec(index_numbers[one["IndexName"]], one, kinds, parts, is_global=is_global)
        for member, is_global in INDEX_MEMBERS
        for one in definition.get(member) or ()
    ]
    return TableSpec(
        number=number,
        name=definition["TableName"],
        partition=parts[0],
        sort=parts[1] if len(parts) > 1 else None,
        indexes={index.name: index for index in sorted(indexes, key=lambda one: one.name)},
        definition=definition,
        table_id=table_id,
        created_at_s=created_at_s,
    )


INDEX_MEMBERS: Final = (("LocalSecondaryIndexes", False), ("GlobalSecondaryIndexes", True))
"""The definition's two lists of indexes, and whether theirs are global."""


def index_definitions(definition: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Returns the definitions of all indexes, local ones first."""
    return [one for member, _ in INDEX_MEMBERS for one in definition.get(member) or ()]


def key_parts(
    key_schema: Sequence[Mapping[str, str]], kinds: Mapping[str, str], role: str
) -> tuple[KeyPart, ...]:
    """Returns the attributes of one role, HASH or RANGE, in the order of the schema."""
    return tuple(
        KeyPart(element["AttributeName"], kinds[element["AttributeName"]])
        for element in key_schema
        if element["KeyType"] == role
    )


def index_spec(
    number: int,
    definition: Mapping[str, Any],
    kinds: Mapping[str, str],
    table_parts: tuple[KeyPart, ...],
    *,
    is_global: bool,
) -> IndexSpec:
    """Returns the spec of one index: what it is keyed by, and what it carries."""
    partition = key_parts(definition["KeySchema"], kinds, "HASH")
    sort = key_parts(definition["KeySchema"], kinds, "RANGE")
    projection = definition["Projection"]["ProjectionType"]
    keys = {part.name for part in (*table_parts, *partition, *sort)}
    included = definition["Projection"].get("NonKeyAttributes") or ()
    return IndexSpec(
        number=number,
        name=definition["IndexName"],
        is_global=is_global,
        partition=partition,
        sort=sort,
        projection=projection,
        projected=None if projection == "ALL" else frozenset(keys | set(included)),
    )

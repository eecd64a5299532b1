"""What a table is: its key, its indexes, and the definition it was created with.

``TableSpec`` is what every part of the engine works with: frozen, and derived once from the
definition that the catalog keeps. A definition has the members of the wire's CreateTable.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

LOGGING: Final = frozenset({"StreamSpecification", "PointInTimeRecoverySpecification"})
"""Members of a definition, there while they are on, whose readers need the change log."""

TYPES_OF_KIND: Final[dict[str, str]] = {"S": "string", "N": "number", "B": "binary"}


@dataclass(frozen=True, slots=True)
class KeyPart:
    """One key attribute: its name and its type, ``S``, ``N`` or ``B``."""

    name: str
    kind: str


@dataclass(frozen=True, slots=True)
class KeySchema:
    """The key of a table or an index: its partition attributes, then its sort attributes.

    A table has one and at most one, a global index up to four of each. ``parts`` are all of them,
    partition first, and ``names`` their names; ``is_plain`` tells that none has a second.
    """

    partition: tuple[KeyPart, ...]
    sort: tuple[KeyPart, ...] = ()
    parts: tuple[KeyPart, ...] = field(init=False, repr=False, compare=False)
    names: tuple[str, ...] = field(init=False, repr=False, compare=False)
    is_plain: bool = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        parts = self.partition + self.sort
        object.__setattr__(self, "parts", parts)
        object.__setattr__(self, "names", tuple(part.name for part in parts))
        object.__setattr__(self, "is_plain", len(self.partition) == 1 and len(self.sort) <= 1)


@dataclass(frozen=True, slots=True)
class IndexSpec:
    """A secondary index. ``projected`` are the attribute names it carries, None for all."""

    number: int
    name: str
    is_global: bool
    key: KeySchema
    projection: str
    projected: frozenset[str] | None

    @property
    def parts(self) -> tuple[KeyPart, ...]:
        """The index's own key attributes, partition first."""
        return self.key.parts

    def projects(self, attributes: frozenset[str]) -> bool:
        """Whether every one of these attributes can be read from the index alone."""
        return self.projected is None or attributes <= self.projected


@dataclass(frozen=True, slots=True)
class TableSpec:
    """A table: ``number`` names its SQLite table and never comes back after a deletion.

    ``indexes`` are by name, in alphabetical order: errors name the first that has a fault.
    ``sources`` are what can be read, by the name of the index, and None for the table itself.
    ``is_logged`` tells that what happens to the table is written to the change log,
    ``expiry_attribute`` by which attribute its items expire, if they do. A write needs the
    values of the item as it was and as it will be where there is ``needs_items``.
    """

    number: int
    name: str
    key: KeySchema
    indexes: Mapping[str, IndexSpec]
    definition: Mapping[str, Any] = field(repr=False, compare=False)
    table_id: str = field(repr=False)
    created_at_s: float = field(repr=False)
    sources: "Mapping[str | None, Source]" = field(init=False, repr=False, compare=False)
    is_logged: bool = field(init=False, repr=False, compare=False)
    expiry_attribute: str | None = field(init=False, repr=False, compare=False)
    needs_items: bool = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        expiry = self.definition.get("TimeToLiveSpecification", {}).get("AttributeName")
        is_logged = not LOGGING.isdisjoint(self.definition)
        object.__setattr__(self, "is_logged", is_logged)
        object.__setattr__(self, "expiry_attribute", expiry)
        needed = bool(self.indexes) or expiry is not None
        object.__setattr__(self, "needs_items", needed)
        sources = {name: Source(self, index) for name, index in self.indexes.items()}
        object.__setattr__(self, "sources", {None: Source(self, None), **sources})

    @property
    def parts(self) -> tuple[KeyPart, ...]:
        """The key attributes, partition first."""
        return self.key.parts

    @property
    def key_names(self) -> tuple[str, ...]:
        """The names of the key attributes, partition first."""
        return self.key.names

    @property
    def has_local_indexes(self) -> bool:
        """Whether writes have an item collection to report."""
        return any(not index.is_global for index in self.indexes.values())

    @property
    def deletion_protected(self) -> bool:
        """Whether DeleteTable is refused."""
        return bool(self.definition.get("DeletionProtectionEnabled"))


@dataclass(frozen=True, slots=True)
class Source:
    """What is read: a table, or one of its indexes.

    ``number`` is that of the rows' SQLite table, ``key`` the source's own key, ``partition`` its
    first partition attribute, mostly the only one, and ``sort`` its first sort attribute, if it has
    one. ``cursor_parts`` are the attributes of a start key: the source's own, then the table's.
    A Query finds one item at most where there is ``has_one_item_per_partition``.
    """

    table: TableSpec
    index: IndexSpec | None
    number: int = field(init=False, compare=False)
    key: KeySchema = field(init=False, repr=False, compare=False)
    partition: KeyPart = field(init=False, repr=False, compare=False)
    sort: KeyPart | None = field(init=False, repr=False, compare=False)
    key_names: tuple[str, ...] = field(init=False, repr=False, compare=False)
    cursor_parts: tuple[KeyPart, ...] = field(init=False, repr=False, compare=False)
    has_one_item_per_partition: bool = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        read = self.table if self.index is None else self.index
        names = read.key.names
        rest = tuple(part for part in self.table.key.parts if part.name not in names)
        for name, value in (
            ("number", read.number),
            ("key", read.key),
            ("partition", read.key.partition[0]),
            ("sort", read.key.sort[0] if read.key.sort else None),
            ("key_names", names),
            ("cursor_parts", read.key.parts + rest),
            ("has_one_item_per_partition", read is self.table and not read.key.sort),
        ):
            object.__setattr__(self, name, value)


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
    key = key_schema(definition["KeySchema"], kinds)
    indexes = [
        index_spec(index_numbers[one["IndexName"]], one, kinds, key.parts, is_global=is_global)
        for member, is_global in INDEX_MEMBERS
        for one in definition.get(member) or ()
    ]
    return TableSpec(
        number=number,
        name=definition["TableName"],
        key=key,
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


def key_schema(elements: Sequence[Mapping[str, str]], kinds: Mapping[str, str]) -> KeySchema:
    """Returns the key of a definition's KeySchema; ``kinds`` are the types of its attributes."""
    parts: dict[str, list[KeyPart]] = {"HASH": [], "RANGE": []}
    for element in elements:
        name = element["AttributeName"]
        parts[element["KeyType"]].append(KeyPart(name, kinds[name]))
    return KeySchema(tuple(parts["HASH"]), tuple(parts["RANGE"]))


def index_spec(
    number: int,
    definition: Mapping[str, Any],
    kinds: Mapping[str, str],
    table_parts: tuple[KeyPart, ...],
    *,
    is_global: bool,
) -> IndexSpec:
    """Returns the spec of one index: what it is keyed by, and what it carries."""
    key = key_schema(definition["KeySchema"], kinds)
    projection = definition["Projection"]["ProjectionType"]
    keys = {part.name for part in (*table_parts, *key.parts)}
    included = definition["Projection"].get("NonKeyAttributes") or ()
    return IndexSpec(
        number=number,
        name=definition["IndexName"],
        is_global=is_global,
        key=key,
        projection=projection,
        projected=None if projection == "ALL" else frozenset(keys | set(included)),
    )

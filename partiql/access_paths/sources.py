"""What a SELECT reads: a table or one of its indexes."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from ddblite.engine.expressions.tree import Tree
from ddblite.partiql.access_paths.branches import Key
from ddblite.partiql.access_paths.terms import attributes_of
from ddblite.partiql.plans.plan import Column
from ddblite.partiql.syntax.faults import INDEX, StatementError
from ddblite.schema.errors import ValidationException
from ddblite.schema.tables import IndexSpec, KeyPart, TableSpec

INVALID: Final = "One or more parameter values were invalid: "
SEVERAL_ATTRIBUTES: Final = (
    "PartiQL statements cannot be executed on tables with multi-attribute HASH keys or"
    " multi-attribute RANGE keys."
)
"""Said of an index with such a key alone; its table and the other indexes are as any."""


@dataclass(frozen=True, slots=True)
class Source:
    """What is read: a table or one of its indexes, and the key that it is read by."""

    table: TableSpec
    index: IndexSpec | None
    partition: KeyPart
    sort: KeyPart | None

    @property
    def key(self) -> Key:
        """The names of the source's own key attributes."""
        return (self.partition.name, None if self.sort is None else self.sort.name)

    @property
    def key_names(self) -> tuple[str, ...]:
        """The source's own key attributes."""
        sort = () if self.sort is None else (self.sort.name,)
        return (self.partition.name, *sort)


def has_plain_key(index: IndexSpec) -> bool:
    """Whether an index has no more than one partition and one sort attribute."""
    return len(index.partition) == 1 and len(index.sort) <= 1


def source_of(table: TableSpec, index_name: str | None) -> Source:
    """Returns the table or index that a SELECT names, or raises when there is no such index."""
    if index_name is None:
        return Source(table, None, table.partition, table.sort)
    index = table.indexes.get(index_name)
    if index is None:
        raise StatementError("The table does not have the specified index", about=(INDEX,))
    if not has_plain_key(index):
        raise StatementError(SEVERAL_ATTRIBUTES, about=(INDEX,))
    return Source(table, index, index.partition[0], index.sort[0] if index.sort else None)


def check_columns(source: Source, columns: tuple[Column, ...] | None) -> None:
    """Raises when a global index does not have what is to be given back."""
    index = source.index
    if columns is None or index is None or not index.is_global or index.projected is None:
        return
    asked = dict.fromkeys(column.path.attribute for column in columns)
    missing = [attribute for attribute in asked if attribute not in index.projected]
    if missing:
        raise ValidationException(
            f"{INVALID}Global secondary index {index.name} does not project [{', '.join(missing)}]"
        )


def lacking(source: Source, terms: Sequence[Tree]) -> list[str]:
    """Returns the attributes of some terms that an index does not carry."""
    index = source.index
    if index is None or index.projected is None:
        return []
    asked = dict.fromkeys(name for term in terms for name in attributes_of(term))
    return [name for name in asked if name not in index.projected]

"""What a SELECT reads: a table or one of its indexes."""

from collections.abc import Sequence
from typing import Final

from ddblite.engine.expressions.tree import Tree
from ddblite.partiql.access_paths.branches import Key
from ddblite.partiql.access_paths.terms import attributes_of
from ddblite.partiql.plans.plan import Column
from ddblite.partiql.syntax.faults import INDEX, StatementError
from ddblite.schema.errors import ValidationException
from ddblite.schema.tables import IndexSpec, Source, TableSpec

INVALID: Final = "One or more parameter values were invalid: "
SEVERAL_ATTRIBUTES: Final = (
    "PartiQL statements cannot be executed on tables with multi-attribute HASH keys or"
    " multi-attribute RANGE keys."
)
"""Said of an index with such a key alone; its table and the other indexes are as any."""


def key_of(source: Source) -> Key:
    """Returns the names of the key that a source is read by."""
    return source.partition.name, None if source.sort is None else source.sort.name


def has_plain_key(index: IndexSpec) -> bool:
    """Whether an index has no more than one partition and one sort attribute."""
    return index.key.is_plain


def source_of(table: TableSpec, index_name: str | None) -> Source:
    """Returns the table or index that a SELECT names, or raises when there is no such index."""
    source = table.sources.get(index_name)
    if source is None:
        raise StatementError("The table does not have the specified index", about=(INDEX,))
    if not source.key.is_plain:
        raise StatementError(SEVERAL_ATTRIBUTES, about=(INDEX,))
    return source


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

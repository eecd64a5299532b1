"""TransactGetItems: up to a hundred items as of one moment.

Facts: docs/facts/validation.md, "Sequences by operation"; docs/facts/capacity-and-paging.md,
"Units".
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ddblite.engine.capacity import per_table, read_units, transaction_read
from ddblite.engine.context import Context
from ddblite.engine.items import accept_key, named_key, read_item
from ddblite.engine.operations import request_expressions
from ddblite.engine.operations.transactions import (
    all_keys,
    check_distinct,
)
from ddblite.schema.errors import ValidationException
from ddblite.schema.limits import TRANSACT_BYTES_MAX
from ddblite.schema.requests import (
    CancellationReason,
    Consumed,
    GetItem,
    TransactGetAnswer,
    TransactGetItems,
)
from ddblite.schema.tables import TableSpec

if TYPE_CHECKING:
    from ddblite.schema.values import Item


def transact_get_items(context: Context, request: TransactGetItems) -> TransactGetAnswer:
    """Reads items as of one moment; keys that do not fit are cancellation reasons."""
    for get in request.gets:
        request_expressions.check_keys(get.names, None)
    projections = [
        request_expressions.projection_of(get.projection, get.names) for get in request.gets
    ]
    for get, projection in zip(request.gets, projections, strict=True):
        request_expressions.check(get.names, None, projection)
    tables = [context.catalog.existing_table(get.table_name) for get in request.gets]
    for table, projection in zip(tables, projections, strict=True):
        request_expressions.check_scalars(table, projection)
    keys = accepted_keys(request.gets, tables)
    check_distinct(keys, tables)

    consumed: list[Consumed] = []
    items: list[Item | None] = []
    size = 0
    with context.storage.snapshot():
        for table, key, projection in zip(tables, keys, projections, strict=True):
            stored = read_item(context.storage, table, key)
            item_bytes = 0 if stored is None else stored.size
            size += item_bytes
            check_total(size)
            item = None if stored is None else stored.item
            if item is not None and projection is not None:
                item = projection.apply(item) or None
            items.append(item)
            consumed.append(transaction_read(table, read_units(item_bytes, consistent=True)))
    return TransactGetAnswer(items=items, consumed=per_table(consumed))


def accepted_keys(gets: Sequence[GetItem], tables: Sequence[TableSpec]) -> list[bytes]:
    """Returns the encoded keys, or raises with a reason per get; an empty key is one, too."""
    outcomes: list[bytes | CancellationReason] = []
    for get, table in zip(gets, tables, strict=True):
        try:
            outcomes.append(accept_key(table, named_key(table, get.key)))
        except ValidationException as fault:
            outcomes.append(CancellationReason(code="ValidationError", message=fault.message))
    return all_keys(outcomes, tells_all=False)


def check_total(size: int) -> None:
    """Raises when the items that a transaction reads are too large together."""
    if size > TRANSACT_BYTES_MAX:
        raise ValidationException("Transaction request size cannot exceed 4 MB")

"""GetItem."""

from ddblite.engine.capacity import read_consumed, read_units
from ddblite.engine.context import Context
from ddblite.engine.items import accept_key, named_key, read_item
from ddblite.engine.operations import request_expressions
from ddblite.schema.requests import GetItem, GetItemAnswer


def get_item(context: Context, request: GetItem) -> GetItemAnswer:
    """Reads one item by its key; a missing one costs as much as a small one."""
    request_expressions.check_keys(request.names, None)
    projection = request_expressions.projection_of(request.projection, request.names)
    if request.names is not None:
        request_expressions.check(request.names, None, projection)

    table = context.catalog.existing_table(request.table_name)
    key = accept_key(table, named_key(table, request.key))
    request_expressions.check_scalars(table, projection)
    stored = read_item(context.storage, table, key)
    size = 0 if stored is None else stored.size
    consumed = read_consumed(table, None, read_units(size, consistent=request.consistent))

    item = None if stored is None else stored.item
    if item is not None and projection is not None:
        item = projection.apply(item)
    return GetItemAnswer(item=item, consumed=consumed)

"""CreateTable, UpdateTable, DescribeTable, ListTables and DeleteTable.

Tables are made, changed and removed at once; answers still pass through CREATING, UPDATING and
DELETING, as the service's do, so that waiters find what they expect.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from ddblite.engine import catalog
from ddblite.engine.catalog import Count
from ddblite.engine.context import Context
from ddblite.engine.definitions.describe import (
    CREATING,
    DELETING,
    ENABLED,
    UPDATING,
    Moment,
    table_description,
)
from ddblite.engine.definitions.stream_settings import with_stream
from ddblite.engine.definitions.throughput import check_table_maximum, is_on_demand
from ddblite.engine.definitions.time_settings import RECOVERY
from ddblite.engine.definitions.update_table import changed
from ddblite.engine.history.backups import leave_system_backup
from ddblite.engine.transaction import fill_index
from ddblite.schema.control_requests import (
    CreateTable,
    DeleteTable,
    DescribeTable,
    ListTables,
    ListTablesAnswer,
    TableAnswer,
    UpdateTable,
)
from ddblite.schema.errors import (
    ResourceInUseException,
    ResourceNotFoundException,
    ValidationException,
)
from ddblite.schema.tables import TableSpec

NO_COUNTS: Final[Mapping[int, Count]] = {}


def create_table(context: Context, request: CreateTable) -> TableAnswer:
    """Makes a table with its indexes; the definition was checked at the door."""
    name = request.definition["TableName"]
    now_s = context.clock.now_s()
    with context.write() as transaction:
        if transaction.catalog.table(name) is not None:
            raise ResourceInUseException(f"Table already exists: {name}")
        check_table_maximum(request.definition)
        spec = transaction.add_table(first_definition(request.definition, now_s), now_s)
    return TableAnswer(description=description_of(spec, NO_COUNTS, Moment(now_s, CREATING)))


def first_definition(definition: dict[str, Any], now_s: float) -> dict[str, Any]:
    """Returns what a new table keeps: its definition, and what begins with it."""
    kept = definition
    if "StreamSpecification" in definition:
        kept = with_stream(definition, definition["StreamSpecification"], now_s)
    if is_on_demand(definition):
        kept = {**kept, "LastUpdateToPayPerRequestDateTime": now_s}
    return kept


def update_table(context: Context, request: UpdateTable) -> TableAnswer:
    """Changes a table, and fills the index that the change makes, in one transaction."""
    now_s = context.clock.now_s()
    with context.write() as transaction:
        before = described_table(transaction.catalog.table(request.table_name), request.table_name)
        change = changed(before.definition, request.changes, now_s)
        counts = catalog.counts(context.storage, before)
        after = transaction.change_table(before, change.after)
        if change.created is not None:
            fill_index(transaction, after, after.indexes[change.created])
    shown = replace(after, definition=change.shown, indexes={**before.indexes, **after.indexes})
    encryption = UPDATING if "SSESpecification" in request.changes else ENABLED
    moment = Moment(now_s, UPDATING, change.statuses, encryption=encryption)
    return TableAnswer(description=description_of(shown, counts, moment))


def describe_table(context: Context, request: DescribeTable) -> TableAnswer:
    """Describes a table, with how much is in it."""
    spec = described_table(context.catalog.table(request.table_name), request.table_name)
    counts = catalog.counts(context.storage, spec)
    return TableAnswer(description=description_of(spec, counts, Moment(context.clock.now_s())))


def description_of(spec: TableSpec, counts: Mapping[int, Count], moment: Moment) -> dict[str, Any]:
    """Returns the wire's description; counters are by table and index number."""
    sizes = {number: (count.items, count.bytes) for number, count in counts.items()}
    return table_description(spec, replace(moment, sizes=sizes))


def described_table(spec: TableSpec | None, name: str) -> TableSpec:
    """Returns a spec, or raises as the control plane does when there is none."""
    if spec is None:
        raise ResourceNotFoundException(f"Requested resource not found: Table: {name} not found")
    return spec


def list_tables(context: Context, request: ListTables) -> ListTablesAnswer:
    """Lists table names in byte order; the name to start after need not exist."""
    catalog.current_epoch(context.storage)  # a read, which shows whether others have written
    start = request.start_name
    names = [name for name in context.catalog.tables if start is None or name > start]
    listed = names[: request.limit]
    is_cut = len(names) > len(listed)
    return ListTablesAnswer(names=listed, last_name=listed[-1] if is_cut else None)


def delete_table(context: Context, request: DeleteTable) -> TableAnswer:
    """Removes a table, its items and its indexes."""
    with context.write() as transaction:
        spec = described_table(transaction.catalog.table(request.table_name), request.table_name)
        if spec.deletion_protected:
            raise ValidationException(
                "Resource cannot be deleted as it is currently protected against deletion."
                " Disable deletion protection first."
            )
        counts = catalog.counts(context.storage, spec)
        is_kept = RECOVERY in spec.definition
        if is_kept:
            leave_system_backup(transaction, spec)
        transaction.remove_table(spec, keeps_items=is_kept)
    moment = Moment(context.clock.now_s(), DELETING)
    return TableAnswer(description=description_of(spec, counts, moment))

"""CreateTable, DescribeTable, ListTables and DeleteTable.

Tables are made and removed at once; answers still pass through CREATING and DELETING, as
the service's do, so that waiters find what they expect.
"""

from typing import Any

from ddblite.engine import catalog
from ddblite.engine.catalog import Count
from ddblite.engine.machine import Machine
from ddblite.schema.describe import table_description
from ddblite.schema.errors import (
    ResourceInUseException,
    ResourceNotFoundException,
    ValidationException,
)
from ddblite.schema.requests import (
    CreateTable,
    DeleteTable,
    DescribeTable,
    ListTables,
    ListTablesAnswer,
    TableAnswer,
)
from ddblite.schema.tables import TableSpec


def create_table(machine: Machine, request: CreateTable) -> TableAnswer:
    """Makes a table with its indexes; the definition was checked at the door."""
    name = request.definition["TableName"]
    with machine.write() as transaction:
        if transaction.catalog.table(name) is not None:
            raise ResourceInUseException(f"Table already exists: {name}")
        transaction.catalog = catalog.add_table(
            machine.storage,
            transaction.catalog,
            request.definition,
            machine.clock.new_id(),
            machine.clock.now_s(),
        )
        spec = transaction.catalog.existing_table(name)
    return TableAnswer(description=table_description(spec, {}, status="CREATING"))


def describe_table(machine: Machine, request: DescribeTable) -> TableAnswer:
    """Describes a table, with how much is in it."""
    spec = described_table(machine.catalog.table(request.table_name), request.table_name)
    counts = catalog.counts(machine.storage, spec)
    return TableAnswer(description=description_of(spec, counts, "ACTIVE"))


def description_of(spec: TableSpec, counts: dict[int, Count], status: str) -> dict[str, Any]:
    """Returns the wire's description; counters are by table and index number."""
    sizes = {number: (count.items, count.bytes) for number, count in counts.items()}
    return table_description(spec, sizes, status=status)


def described_table(spec: TableSpec | None, name: str) -> TableSpec:
    """Returns a spec, or raises as the control plane does when there is none."""
    if spec is None:
        raise ResourceNotFoundException(f"Requested resource not found: Table: {name} not found")
    return spec


def list_tables(machine: Machine, request: ListTables) -> ListTablesAnswer:
    """Lists table names in byte order; the name to start after need not exist."""
    catalog.current_epoch(machine.storage)  # a read, which shows whether others have written
    start = request.start_name
    names = [name for name in machine.catalog.tables if start is None or name > start]
    listed = names[: request.limit]
    is_cut = len(names) > len(listed)
    return ListTablesAnswer(names=listed, last_name=listed[-1] if is_cut else None)


def delete_table(machine: Machine, request: DeleteTable) -> TableAnswer:
    """Removes a table, its items and its indexes."""
    with machine.write() as transaction:
        spec = described_table(transaction.catalog.table(request.table_name), request.table_name)
        if spec.deletion_protected:
            raise ValidationException(
                "Resource cannot be deleted as it is currently protected against deletion."
                " Disable deletion protection first."
            )
        counts = catalog.counts(machine.storage, spec)
        transaction.catalog = catalog.remove_table(machine.storage, transaction.catalog, spec)
    return TableAnswer(description=description_of(spec, counts, "DELETING"))

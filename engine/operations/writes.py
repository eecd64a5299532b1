"""PutItem, UpdateItem and DeleteItem."""

from typing import Final

from ddblite.engine.context import Machine
from ddblite.engine.expressions import Condition, Update
from ddblite.engine.indexes import check_index_keys
from ddblite.engine.items import (
    Packed,
    Stored,
    accept_item,
    accept_item_key,
    accept_key,
    named_key,
    read_item,
    read_size,
)
from ddblite.engine.operations import request_expressions
from ddblite.engine.transaction import item_collection, write_through
from ddblite.schema.errors import ConditionalCheckFailedException, ValidationException
from ddblite.schema.limits import ITEM_BYTES_MAX
from ddblite.schema.requests import (
    DeleteItem,
    PutItem,
    UpdateItem,
    Values,
    WriteAnswer,
)
from ddblite.schema.tables import TableSpec
from ddblite.schema.value_faults import INVALID, TOO_DEEP
from ddblite.schema.values import Item

PUT_TOO_LARGE: Final = "Item size has exceeded the maximum allowed size"
UPDATE_TOO_LARGE: Final = "Item size to update has exceeded the maximum allowed size"


def put_item(machine: Machine, request: PutItem) -> WriteAnswer:
    """Writes an item, replacing the one with the same key."""
    after = accept_item(request.item)
    request_expressions.check_keys(request.names, request.values)
    condition = request_expressions.condition_of(request.condition, request.names)
    values = request_expressions.check(request.names, request.values, condition)
    check_return_values(request.return_values)
    if after.size > ITEM_BYTES_MAX:
        raise ValidationException(PUT_TOO_LARGE)
    returns_old = request.return_values == "ALL_OLD"

    with machine.write() as transaction:
        table = transaction.catalog.existing_table(request.table_name)
        key = accept_item_key(table, after.item)
        request_expressions.check_scalars(table, condition)
        check_index_keys(table, None, after.item, update=False)
        reads_item = returns_old or condition is not None or bool(table.indexes)
        read = read_item if reads_item else read_size
        before = read(machine.storage, table, key)
        check_condition(condition, before, values, return_old=request.return_old_on_failure)
        consumed = write_through(transaction, table, key, before, after)

    return WriteAnswer(
        attributes=before.item if returns_old and before is not None else None,
        consumed=consumed,
        collection=item_collection(table, after.item),
    )


def delete_item(machine: Machine, request: DeleteItem) -> WriteAnswer:
    """Removes an item; a missing one is no error unless a condition says so."""
    request_expressions.check_keys(request.names, request.values)
    condition = request_expressions.condition_of(request.condition, request.names)
    values = request_expressions.check(request.names, request.values, condition)
    check_return_values(request.return_values)

    with machine.write() as transaction:
        table = transaction.catalog.existing_table(request.table_name)
        attributes = named_key(table, request.key)
        key = accept_key(table, attributes)
        request_expressions.check_scalars(table, condition)
        before = read_item(machine.storage, table, key)
        check_condition(condition, before, values, return_old=request.return_old_on_failure)
        consumed = write_through(transaction, table, key, before, None)

    returns_old = request.return_values == "ALL_OLD" and before is not None
    return WriteAnswer(
        attributes=before.item if returns_old and before is not None else None,
        consumed=consumed,
        collection=item_collection(table, attributes),
    )


def update_item(machine: Machine, request: UpdateItem) -> WriteAnswer:
    """Changes parts of an item, making it when there is none."""
    check_update_returns(request.return_values)
    request_expressions.check_keys(request.names, request.values)
    request_expressions.check_not_empty(request.condition)
    update = request_expressions.update_of(request.update, request.names)
    condition = request_expressions.condition_beside(
        update, request.condition, request.names, request.values
    )
    values = request_expressions.check(request.names, request.values, update, condition)

    with machine.write() as transaction:
        table = transaction.catalog.existing_table(request.table_name)
        attributes = named_key(table, request.key)
        key = accept_key(table, attributes)
        check_targets(table, update)
        request_expressions.check_scalars(table, update, condition)
        before = read_item(machine.storage, table, key)
        check_condition(condition, before, values, return_old=request.return_old_on_failure)
        after = updated(table, attributes, before, update, values)
        consumed = write_through(transaction, table, key, before, after)

    return WriteAnswer(
        attributes=returned(request.return_values, update, before, after),
        consumed=consumed,
        collection=item_collection(table, attributes),
    )


def check_return_values(return_values: str) -> None:
    """Raises when a put or delete asks for the new item, which it cannot differ from."""
    if return_values not in ("NONE", "ALL_OLD"):
        raise ValidationException("ReturnValues can only be ALL_OLD or NONE", enveloped=True)


def check_update_returns(return_values: str) -> None:
    """Raises when an update is asked to return something that there is not."""
    if return_values not in UPDATE_RETURNS:
        raise ValidationException(
            # Word for word, also the value that is missing a letter.
            "Failed to satisfy constraint: Member must satisfy enum value set:"
            " [ALL_OLD, UPDATED_OLD, ALL_NEW, UPDATE_NEW, NONE]",
            enveloped=True,
        )


UPDATE_RETURNS: Final = frozenset({"NONE", "ALL_OLD", "ALL_NEW", "UPDATED_OLD", "UPDATED_NEW"})


def check_condition(
    condition: Condition | None, before: Stored | None, values: Values, *, return_old: bool
) -> None:
    """Raises ConditionalCheckFailedException when the condition does not hold of the item."""
    if condition is None:
        return
    item = None if before is None else before.item
    if not condition.holds(item, values):
        raise ConditionalCheckFailedException(item=item if return_old else None)


def check_targets(table: TableSpec, update: Update | None) -> None:
    """Raises when an update would change a part of the item's key."""
    if update is None:
        return
    targets = {path.steps[0] for path in update.targets}
    for name in table.key_names:
        if name in targets:
            raise ValidationException(
                f"{INVALID}Cannot update attribute {name}. This attribute is part of the key"
            )


def updated(
    table: TableSpec, key: Item, before: Stored | None, update: Update | None, values: Values
) -> Packed | None:
    """Returns the item as the update leaves it, or None when there is none and none is made.

    What only removes is not looked at further on a missing item, wherever its paths lead.
    """
    old = None if before is None else before.item
    if old is None and update is not None and not update.creates_item:
        return None
    base = old if old is not None else dict(key)
    item = base if update is None else update.apply(base, values)
    after = accept_updated(item)
    check_index_keys(table, old, item, update=True)
    if after.size > ITEM_BYTES_MAX:
        raise ValidationException(UPDATE_TOO_LARGE)
    return after


def accept_updated(item: Item) -> Packed:
    """Returns the item packed, or raises what is wrong with it; too deep it has words of its own.

    Those are short and bare in every operation (captured on AWS, October 2026).
    """
    try:
        return accept_item(item)
    except ValidationException as fault:
        if fault.message != TOO_DEEP:
            raise
        raise ValidationException("Nesting Levels have exceeded supported limits") from None


def returned(
    return_values: str, update: Update | None, before: Stored | None, after: Packed | None
) -> Item | None:
    """Returns what ReturnValues asked for, or None."""
    old = None if before is None else before.item
    new = None if after is None else after.item
    if return_values == "ALL_OLD":
        return old
    if return_values == "ALL_NEW":
        return new
    if return_values == "NONE" or update is None:
        return None
    return update.touched(old, new if new is not None else {}, return_values) or None

"""The way of every write that has a condition, an update, or an answer of its own.

    an action   PutItem, UpdateItem, DeleteItem, ConditionCheck: alone, in a transaction, or
       |        made of a PartiQL statement
       |  make_ready   expressions parsed, values and sizes checked; no table is known
    Ready
       |  fit          the action against its table: its key, index keys, what an update may change
    the item's key
       |  engine.items.read_before    the item as it was, or its size where nothing else is asked
       |  settle       condition and update; pure
    the item as it will be
       |  engine.transaction.write_through   the row, its entries, the counters, the capacity
    Consumed

A single write is one action (``engine.operations.writes``), a transaction takes all of its actions
through each pass before the next begins (``engine.operations.transactions``), and a statement that
is only explained stops before it reads. The puts and deletions of a batch or a bulk load have
neither condition nor update, and so begin with ``read_before``.

Faults are raised; a transaction makes them its reasons. Facts: docs/facts/validation.md, "Sequences
by operation" and "Keys".
"""

from typing import Final

from msgspec import Struct

from ddblite.engine.expressions import Condition, Update
from ddblite.engine.expressions.tree import Set, ValueRef
from ddblite.engine.indexes import check_index_keys
from ddblite.engine.items import (
    Packed,
    Stored,
    accept_item,
    accept_item_key,
    accept_key,
    is_empty,
    named_key,
)
from ddblite.engine.operations import request_expressions
from ddblite.engine.transaction import item_collection
from ddblite.schema.errors import ConditionalCheckFailedException, ValidationException
from ddblite.schema.limits import ITEM_BYTES_MAX
from ddblite.schema.requests import (
    Action,
    GetItem,
    ItemCollection,
    PutItem,
    UpdateItem,
    Values,
)
from ddblite.schema.tables import TableSpec
from ddblite.schema.value_faults import INVALID, TOO_DEEP
from ddblite.schema.values import Item

PUT_TOO_LARGE: Final = "Item size has exceeded the maximum allowed size"
UPDATE_TOO_LARGE: Final = "Item size to update has exceeded the maximum allowed size"


class Ready(Struct, frozen=True, gc=False):
    """An action whose expressions and values are checked; no table has been looked at.

    ``asks_for_old_image`` tells that the action itself needs the item as it was.
    """

    action: Action
    condition: Condition | None
    update: Update | None
    values: Values
    packed: Packed | None
    asks_for_old_image: bool


# what an action is by itself


def make_ready(action: Action, *, in_transaction: bool = False) -> Ready:
    """Returns an action with its expressions parsed and everything checked that needs no table.

    A transaction looks at placeholders before an item, and at its size before any expression.
    """
    if type(action) is UpdateItem:
        return ready_update(action, in_transaction=in_transaction)
    packed = None
    if not in_transaction and isinstance(action, PutItem):
        packed = accept_item(action.item)
    request_expressions.check_keys(action.names, action.values)
    if in_transaction and isinstance(action, PutItem):
        packed = accept_item(action.item)
        check_put_size(packed)
    condition = request_expressions.condition_of(action.condition, action.names)
    given = action.values
    if in_transaction and packed is not None and condition is None:
        # Captured on AWS, October 2026: values of a put without a condition are taken so in
        # us-east-1, refused in eu-west-2.
        given = None
    values = request_expressions.check(action.names, given, condition)
    if action.return_values not in ("NONE", "ALL_OLD"):
        raise ValidationException("ReturnValues can only be ALL_OLD or NONE", enveloped=True)
    if packed is not None:
        check_put_size(packed)
    asks = condition is not None or action.return_values != "NONE"
    return Ready(action, condition, None, values, packed, asks)


def check_put_size(packed: Packed) -> None:
    """Raises when an item is too large to be put."""
    if packed.size > ITEM_BYTES_MAX:
        raise ValidationException(PUT_TOO_LARGE)


def ready_update(action: UpdateItem, *, in_transaction: bool) -> Ready:
    """Returns an update with everything checked that needs no table.

    A transaction reads all expressions of an action before it looks at what is in one (captured
    on AWS, October 2026); UpdateItem tells what is wrong with the update before the condition's
    faults.
    """
    check_update_returns(action.return_values)
    request_expressions.check_keys(action.names, action.values)
    if not in_transaction:
        request_expressions.check_not_empty(action.condition)
    update = request_expressions.update_of(action.update, action.names)
    if in_transaction:
        condition = request_expressions.condition_of(action.condition, action.names)
    else:
        condition = request_expressions.condition_beside(
            update, action.condition, action.names, action.values
        )
    values = request_expressions.check(action.names, action.values, update, condition)
    return Ready(action, condition, update, values, None, asks_for_old_image=True)


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


# what it is to its table


def fit(ready: Ready, table: TableSpec, *, in_transaction: bool = False) -> bytes:
    """Returns the encoded key of an action, or raises why the action cannot be on its table.

    Its key is looked at before what its expressions do with it.
    """
    action, condition, update = ready.action, ready.condition, ready.update
    if isinstance(action, PutItem):
        key = accept_item_key(table, action.item)
        if table.indexes:
            check_index_keys(table, None, action.item, update=False)
    else:
        key = accept_key(table, named_key(table, action.key))
    if update is not None and in_transaction:
        check_assigned(table, update, ready.values)
    if condition is not None:
        request_expressions.check_scalars(table, condition)
    if update is not None:
        check_targets(table, update)
        request_expressions.check_scalars(table, update)
    return key


def check_assigned(table: TableSpec, update: Update, values: Values) -> None:
    """Raises when an update gives an index key an empty value; no item is needed to see that."""
    assigned = {
        action.path.attribute: values[action.operand.name]
        for action in update.actions
        if isinstance(action, Set) and isinstance(action.operand, ValueRef)
        if len(action.path.steps) == 1
    }
    empty = {name: value for name, value in assigned.items() if is_empty(value)}
    check_index_keys(table, None, empty, update=True)


def check_targets(table: TableSpec, update: Update) -> None:
    """Raises when an update would change a part of the item's key."""
    targets = {path.steps[0] for path in update.targets}
    for name in table.key_names:
        if name in targets:
            raise ValidationException(
                f"{INVALID}Cannot update attribute {name}. This attribute is part of the key"
            )


# what it comes to


def settle(ready: Ready, table: TableSpec, before: Stored | None) -> Packed | None:
    """Returns the item as an action leaves it, None for none, or raises what it meets."""
    condition, action = ready.condition, ready.action
    if condition is not None:
        item = None if before is None else before.item
        if not condition.holds(item, ready.values):
            raise ConditionalCheckFailedException(
                item=item if action.return_old_on_failure else None
            )
    return updated(ready, table, before) if type(action) is UpdateItem else ready.packed


def updated(ready: Ready, table: TableSpec, before: Stored | None) -> Packed | None:
    """Returns the item as an update leaves it, or None when there is none and none is made.

    What only removes is not looked at further on a missing item, wherever its paths lead.
    """
    update = ready.update
    old = None if before is None else before.item
    if old is None and update is not None and not update.creates_item:
        return None
    base = old if old is not None else dict(attributes_of(ready.action, table))
    item = base if update is None else update.apply(base, ready.values)
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


def attributes_of(action: Action | GetItem, table: TableSpec) -> Item:
    """Returns the attributes that hold an action's key, among others in a put."""
    return action.item if isinstance(action, PutItem) else named_key(table, action.key)


def collection_of(action: Action, table: TableSpec) -> ItemCollection | None:
    """Returns the partition that an action touched, for tables with local indexes."""
    return item_collection(table, attributes_of(action, table)) if table.has_local_indexes else None

"""TransactWriteItems: all of its actions or none.

One SQLite transaction carries everything, so there are no conflicts to speak of. The actions
are looked at in three passes, and each pass sees all of them before the next begins:

* by themselves: expressions, values, sizes. A fault is a plain error;
* against their tables: keys, index keys, what an update may change. An empty key is a plain
  error, any other fault cancels; then no two may be on one item, nor all weigh too much;
* against the items as they are: conditions, and what an update meets. These cancel.

Statements of ExecuteTransaction come here too. Facts: validation, section 8; partiql,
"Transaction"; capacity and paging, section 1.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, ParamSpec, TypeVar

from ddblite.engine import idempotency
from ddblite.engine.capacity import (
    TRANSACTION_FACTOR,
    per_table,
    read_units,
    transaction_read,
    write_consumed,
    write_units,
)
from ddblite.engine.context import Machine
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
    read_item,
)
from ddblite.engine.operations import request_expressions
from ddblite.engine.operations.writes import (
    PUT_TOO_LARGE,
    check_condition,
    check_targets,
    updated,
)
from ddblite.engine.transaction import Transaction, item_collection, write_through
from ddblite.schema.errors import (
    ConditionalCheckFailedException,
    TransactionCanceledException,
    ValidationException,
)
from ddblite.schema.limits import ITEM_BYTES_MAX, TRANSACT_BYTES_MAX
from ddblite.schema.requests import (
    Action,
    BatchWriteAnswer,
    CancellationReason,
    ConditionCheck,
    Consumed,
    DeleteItem,
    GetItem,
    ItemCollection,
    PutItem,
    TransactWriteItems,
    UpdateItem,
    Values,
)
from ddblite.schema.sizes import item_size, value_size
from ddblite.schema.tables import TableSpec
from ddblite.schema.values import Item

NO_REASON: Final = CancellationReason()
"""What stands in the place of an action that did not stop its transaction."""

CHECK_FAILED: Final = CancellationReason(
    code="ConditionalCheckFailed", message=ConditionalCheckFailedException().message
)

Given = ParamSpec("Given")
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Ready:
    """An action whose expressions and values are checked; no table has been looked at."""

    action: Action
    condition: Condition | None
    update: Update | None
    values: Values
    packed: Packed | None


@dataclass(frozen=True, slots=True)
class Step:
    """What an action comes to: an item and what becomes of it.

    ``reason`` is there for a statement that has nothing to do, and is told only when another
    one stops the transaction.
    """

    table: TableSpec
    key: bytes
    before: Stored | None
    after: Packed | None
    writes: bool
    reason: CancellationReason = NO_REASON

    @property
    def larger_size(self) -> int:
        """The size of the item before or after, whichever is larger."""
        return max(0 if one is None else one.size for one in (self.before, self.after))


def transact_write_items(machine: Machine, request: TransactWriteItems) -> BatchWriteAnswer:
    """Carries out all actions, or none and raises TransactionCanceledException."""
    ready = [make_ready(action) for action in request.actions]
    with machine.write() as transaction:
        tables = [transaction.catalog.existing_table(one.action.table_name) for one in ready]
        keys = accepted_keys(ready, tables, tells_all=request.of_statements)
        check_distinct(keys, tables)
        check_payload(ready)
        units = idempotency.units_of_replay(machine.storage, request, machine.clock.now_s())
        if units is not None:
            return replayed(tables, units)
        steps = settle_all(transaction, request, ready, tables, keys)
        reads = (int(read_units(step.larger_size, consistent=True)) for step in steps)
        idempotency.note(machine.storage, request, reads, machine.clock.now_s())
        return write_all(transaction, ready, steps)


# what an action is by itself


def make_ready(action: Action) -> Ready:
    """Returns an action with its expressions parsed and everything checked that needs no table."""
    request_expressions.check_keys(action.names, action.values)
    packed = accept_item(action.item) if isinstance(action, PutItem) else None
    if packed is not None and packed.size > ITEM_BYTES_MAX:
        raise ValidationException(PUT_TOO_LARGE)
    update = (
        request_expressions.update_of(action.update, action.names)
        if isinstance(action, UpdateItem)
        else None
    )
    condition = request_expressions.condition_of(action.condition, action.names)
    values = request_expressions.check(action.names, values_of(action), update, condition)
    return Ready(action, condition, update, values, packed)


def values_of(action: Action) -> Values | None:
    """Returns the values of an action, without those that a put has no condition for.

    Captured on AWS, October 2026: taken so in us-east-1, refused in eu-west-2.
    """
    spare = isinstance(action, PutItem) and action.condition is None
    return None if spare else action.values


# what it is to its table


def key_of(action: Action | GetItem, table: TableSpec) -> Item:
    """Returns the attributes that hold an action's key, among others in a put."""
    return action.item if isinstance(action, PutItem) else named_key(table, action.key)


def accepted_keys(
    ready: Sequence[Ready], tables: Sequence[TableSpec], *, tells_all: bool
) -> list[bytes]:
    """Returns the encoded keys of actions that fit their tables, or raises which do not."""
    outcomes = [
        outcome_of(accepted_key, one, table) for one, table in zip(ready, tables, strict=True)
    ]
    return all_keys(outcomes, tells_all=tells_all)


def accepted_key(one: Ready, table: TableSpec) -> bytes:
    """Returns the encoded key of an action, or raises why the action cannot be on its table."""
    action = one.action
    request_expressions.check_scalars(table, one.update, one.condition)
    if isinstance(action, PutItem):
        key = accept_item_key(table, action.item)
        check_index_keys(table, None, action.item, update=False)
        return key
    key = accept_key(table, named_key(table, action.key))
    if one.update is not None:
        check_assigned(table, one.update, one.values)
        check_targets(table, one.update)
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


def all_keys(outcomes: Sequence[bytes | CancellationReason], *, tells_all: bool) -> list[bytes]:
    """Returns the keys, or raises with a reason per action when some are none."""
    keys = [one for one in outcomes if isinstance(one, bytes)]
    if len(keys) < len(outcomes):
        reasons = [NO_REASON if isinstance(one, bytes) else one for one in outcomes]
        raise cancelled(reasons, tells_all=tells_all)
    return keys


def check_distinct(keys: Sequence[bytes], tables: Sequence[TableSpec]) -> None:
    """Raises when two actions are on one item."""
    items = {(table.number, key) for key, table in zip(keys, tables, strict=True)}
    if len(items) < len(keys):
        raise ValidationException(
            "Transaction request cannot include multiple operations on one item"
        )


def check_payload(ready: Sequence[Ready]) -> None:
    """Raises when the actions bring too much along; items that are stored already do not count."""
    size = sum(map(payload_size, ready))
    if size > TRANSACT_BYTES_MAX:
        raise ValidationException(
            f"Transaction payload size cannot exceed 4MB. Payload Size: {size}"
        )


def payload_size(one: Ready) -> int:
    """Returns the size of the item or key in an action and of the values of its expressions."""
    if one.packed is not None:
        own = one.packed.size
    else:
        assert not isinstance(one.action, PutItem), "the item of a put is packed"
        key = one.action.key
        own = item_size(key) if isinstance(key, dict) else sum(map(value_size, key))
    return own + item_size(one.values)


# what it comes to


def settle_all(
    transaction: Transaction,
    request: TransactWriteItems,
    ready: Sequence[Ready],
    tables: Sequence[TableSpec],
    keys: Sequence[bytes],
) -> list[Step]:
    """Returns what every action comes to, or raises with a reason per action."""
    settle = settled_statement if request.of_statements else settled
    outcomes = [
        outcome_of(settle, transaction, one, table, key)
        for one, table, key in zip(ready, tables, keys, strict=True)
    ]
    steps = [one for one in outcomes if isinstance(one, Step)]
    if len(steps) < len(outcomes):
        reasons = [one.reason if isinstance(one, Step) else one for one in outcomes]
        raise cancelled(reasons, tells_all=request.of_statements)
    return steps


def settled_statement(transaction: Transaction, one: Ready, table: TableSpec, key: bytes) -> Step:
    """Returns what a statement comes to: a DELETE of a missing item is done, whatever it asks."""
    if isinstance(one.action, DeleteItem) and one.condition is not None:
        before = read_item(transaction.storage, table, key)
        if before is None:
            return Step(table, key, None, None, writes=True, reason=CHECK_FAILED)
    return settled(transaction, one, table, key)


def settled(transaction: Transaction, one: Ready, table: TableSpec, key: bytes) -> Step:
    """Returns what an action comes to, or raises what it meets in the data."""
    action = one.action
    before = read_item(transaction.storage, table, key)
    check_condition(one.condition, before, one.values, return_old=action.return_old_on_failure)
    after = one.packed
    if isinstance(action, UpdateItem):
        after = updated(table, key_of(action, table), before, one.update, one.values)
    elif isinstance(action, ConditionCheck):
        return Step(table, key, before, None, writes=False)
    return Step(table, key, before, after, writes=True)


def outcome_of(
    attempt: Callable[Given, Result], *args: Given.args, **kwargs: Given.kwargs
) -> Result | CancellationReason:
    """Returns what an attempt gives, or the reason why its action stops the transaction."""
    try:
        return attempt(*args, **kwargs)
    except ConditionalCheckFailedException as failed:
        return CancellationReason(
            code="ConditionalCheckFailed", message=failed.message, item=failed.item
        )
    except ValidationException as fault:
        if fault.never_a_reason:
            raise  # the request's own fault, as if it had been seen before any item was read
        return CancellationReason(code="ValidationError", message=fault.message)


def cancelled(
    reasons: Sequence[CancellationReason], *, tells_all: bool
) -> TransactionCanceledException:
    """Returns the error for these reasons; without ``tells_all``, one validation error at most."""
    told: list[CancellationReason] = []
    for reason in reasons:
        is_first = all(earlier.code != "ValidationError" for earlier in told)
        is_told = tells_all or is_first or reason.code != "ValidationError"
        told.append(reason if is_told else NO_REASON)
    codes = ", ".join(reason.code for reason in told)
    return TransactionCanceledException(
        f"Transaction cancelled, please refer cancellation reasons for specific reasons [{codes}]",
        reasons=told,
    )


# what is written


def write_all(
    transaction: Transaction, ready: Sequence[Ready], steps: Sequence[Step]
) -> BatchWriteAnswer:
    """Writes what was settled; returns capacity and item collections per table."""
    consumed = per_table([write_step(transaction, step) for step in steps])
    collections: dict[str, list[ItemCollection]] = {}
    for one, step in zip(ready, steps, strict=True):
        name = step.table.name
        collection = (
            item_collection(step.table, key_of(one.action, step.table)) if step.writes else None
        )
        if collection is not None and collection not in collections.setdefault(name, []):
            collections[name].append(collection)
    return BatchWriteAnswer(consumed=consumed, collections=collections)


def write_step(transaction: Transaction, step: Step) -> Consumed:
    """Carries out one action and returns its capacity; a check is charged for what it read."""
    if step.writes:
        units = write_through(transaction, step.table, step.key, step.before, step.after)
    else:
        units = write_consumed(step.table, write_units(step.larger_size, 0), {})
    return Consumed(
        table_name=units.table_name,
        table=units.table * TRANSACTION_FACTOR,
        write=True,
        local_indexes=units.local_indexes,
        global_indexes=units.global_indexes,
        transaction=True,
    )


def replayed(tables: Sequence[TableSpec], units: Sequence[int]) -> BatchWriteAnswer:
    """Returns the answer of a transaction that was carried out before: charged as reads."""
    reads = [transaction_read(table, one) for table, one in zip(tables, units, strict=True)]
    return BatchWriteAnswer(consumed=per_table(reads))

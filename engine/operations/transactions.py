"""TransactWriteItems: all of its actions or none.

One SQLite transaction carries everything, so there are no conflicts to speak of. The actions
are looked at in three passes, and each pass sees all of them before the next begins:

* by themselves: expressions, values, sizes. A fault is a plain error;
* against their tables: keys, index keys, what an update may change. An empty key is a plain
  error, any other fault cancels; then no two may be on one item, nor all weigh too much;
* against the items as they are: conditions, and what an update meets. These cancel.

Statements of ExecuteTransaction come here too. Facts: docs/facts/validation.md, "Sequences by
operation"; docs/facts/tables-and-features.md, "Statements".
"""

from collections.abc import Callable, Sequence
from typing import Final, ParamSpec, TypeVar

from msgspec import Struct

from ddblite.engine import idempotency
from ddblite.engine.capacity import (
    TRANSACTION_FACTOR,
    per_table,
    read_units,
    transaction_read,
    write_consumed,
    write_units,
)
from ddblite.engine.context import Context
from ddblite.engine.items import Packed, Stored, read_before
from ddblite.engine.operations.write_pipeline import (
    Ready,
    collection_of,
    fit,
    make_ready,
    settle,
)
from ddblite.engine.transaction import Transaction, write_through
from ddblite.schema.errors import (
    ConditionalCheckFailedException,
    TransactionCanceledException,
    ValidationException,
)
from ddblite.schema.limits import TRANSACT_BYTES_MAX
from ddblite.schema.requests import (
    BatchWriteAnswer,
    CancellationReason,
    ConditionCheck,
    Consumed,
    DeleteItem,
    ItemCollection,
    PutItem,
    TransactWriteItems,
)
from ddblite.schema.sizes import item_size, value_size
from ddblite.schema.tables import TableSpec

NO_REASON: Final = CancellationReason()
"""What stands in the place of an action that did not stop its transaction."""

CHECK_FAILED: Final = CancellationReason(
    code="ConditionalCheckFailed", message=ConditionalCheckFailedException().message
)

Given = ParamSpec("Given")
Result = TypeVar("Result")


class Step(Struct, frozen=True):
    """What an action comes to: an item and what becomes of it.

    ``reason`` is there for a statement that has nothing to do, and is told only when another
    one stops the transaction.
    """

    table: TableSpec
    key: bytes
    before: Stored | None
    after: Packed | None
    writes: bool = True
    reason: CancellationReason = NO_REASON

    @property
    def larger_size(self) -> int:
        """The size of the item before or after, whichever is larger."""
        return max(0 if image is None else image.size for image in (self.before, self.after))


def transact_write_items(context: Context, request: TransactWriteItems) -> BatchWriteAnswer:
    """Carries out all actions, or none and raises TransactionCanceledException."""
    ready = [make_ready(action, in_transaction=True) for action in request.actions]
    with context.write() as transaction:
        tables = [transaction.catalog.existing_table(one.action.table_name) for one in ready]
        keys = accepted_keys(ready, tables, tells_all=request.of_statements)
        check_distinct(keys, tables)
        check_payload(ready)
        units = idempotency.units_of_replay(context.storage, request, context.clock.now_s())
        if units is not None:
            return replayed(tables, units)
        steps = settle_all(transaction, request, ready, tables, keys)
        reads = (int(read_units(step.larger_size, consistent=True)) for step in steps)
        idempotency.note(context.storage, request, reads, context.clock.now_s())
        return write_all(transaction, ready, steps)


# what the actions are to their tables


def accepted_keys(
    ready: Sequence[Ready], tables: Sequence[TableSpec], *, tells_all: bool
) -> list[bytes]:
    """Returns the encoded keys of actions that fit their tables, or raises which do not."""
    outcomes = [
        outcome_of(fit, action, table, in_transaction=True)
        for action, table in zip(ready, tables, strict=True)
    ]
    return all_keys(outcomes, tells_all=tells_all)


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
    outcomes = [
        outcome_of(settled, transaction, action, table, key, of_statement=request.of_statements)
        for action, table, key in zip(ready, tables, keys, strict=True)
    ]
    steps = [one for one in outcomes if isinstance(one, Step)]
    if len(steps) < len(outcomes):
        reasons = [one.reason if isinstance(one, Step) else one for one in outcomes]
        raise cancelled(reasons, tells_all=request.of_statements)
    return steps


def settled(
    transaction: Transaction, ready: Ready, table: TableSpec, key: bytes, *, of_statement: bool
) -> Step:
    """Returns what an action comes to, or raises what it meets in the data.

    A statement's DELETE of a missing item is done, whatever it asks.
    """
    asked_for = ready.asks_for_old_image
    before = read_before(transaction.storage, table, key, asked_for=asked_for)
    action = ready.action
    is_deletion = isinstance(action, DeleteItem) and ready.condition is not None
    if of_statement and before is None and is_deletion:
        return Step(table, key, None, None, reason=CHECK_FAILED)
    after = settle(ready, table, before)
    return Step(table, key, before, after, writes=not isinstance(action, ConditionCheck))


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
    for action, step in zip(ready, steps, strict=True):
        name = step.table.name
        collection = collection_of(action.action, step.table) if step.writes else None
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

"""TransactWriteItems and TransactGetItems.

One SQLite transaction carries everything, so there are no conflicts to speak of: the
actions are settled against the items as they are, and written only when none fails. What is
wrong with the request itself is a plain error; what an action meets in the data is a
cancellation reason. Facts: validation, section 8; capacity and paging, section 1.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from ddblite.engine.capacity import (
    added,
    read_consumed,
    read_units,
    write_consumed,
    write_units,
)
from ddblite.engine.expressions import Condition, Update
from ddblite.engine.indexes import check_index_keys
from ddblite.engine.items import (
    Packed,
    Stored,
    accept_item,
    accept_item_key,
    accept_key,
    encoded_key,
    named_key,
    read_item,
)
from ddblite.engine.machine import Machine
from ddblite.engine.operations import asking
from ddblite.engine.operations.writes import (
    PUT_TOO_LARGE,
    check_condition,
    check_targets,
    updated,
)
from ddblite.engine.tokens import is_replay
from ddblite.engine.transaction import Transaction, item_collection, write_through
from ddblite.schema.errors import (
    ConditionalCheckFailedException,
    RequestError,
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
    GetItem,
    ItemCollection,
    PutItem,
    TransactGetAnswer,
    TransactGetItems,
    TransactWriteItems,
    UpdateItem,
    Values,
)
from ddblite.schema.tables import TableSpec
from ddblite.schema.values import Item

TRANSACTION_FACTOR: Final = 2
"""Every action is paid twice: once to prepare, once to commit."""


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
    """What an action comes to: an item and what becomes of it."""

    table: TableSpec
    key: bytes
    before: Stored | None
    after: Packed | None
    writes: bool


Outcome: TypeAlias = Step | CancellationReason


def transact_write_items(machine: Machine, request: TransactWriteItems) -> BatchWriteAnswer:
    """Carries out all actions, or none and raises TransactionCanceledException."""
    ready = [make_ready(action) for action in request.actions]
    with machine.write() as transaction:
        tables = [transaction.catalog.existing_table(one.action.table_name) for one in ready]
        check_distinct([one.action for one in ready], tables)
        check_sizes(ready)
        if request.token is not None and is_replay(
            machine.storage, request.token, digest(request), machine.clock.now_s()
        ):
            return replayed(transaction, ready, tables)
        steps = settle_all(transaction, ready, tables)
        check_total(sum(step.after.size for step in steps if step.after is not None))
        return write_all(transaction, ready, steps)


def make_ready(action: Action) -> Ready:
    """Returns an action with its expressions parsed and everything checked that needs no table."""
    asking.check_keys(action.names, action.values)
    packed = accept_item(action.item) if isinstance(action, PutItem) else None
    update = (
        asking.update_of(action.update, action.names) if isinstance(action, UpdateItem) else None
    )
    condition = asking.condition_of(action.condition, action.names)
    values = asking.check(action.names, action.values, update, condition)
    return Ready(action, condition, update, values, packed)


def key_of(action: Action | GetItem, table: TableSpec) -> Item:
    """Returns the attributes that hold an action's key, among others in a put."""
    return action.item if isinstance(action, PutItem) else named_key(table, action.key)


def check_distinct(actions: Sequence[Action | GetItem], tables: list[TableSpec]) -> None:
    """Raises when two actions are on one item."""
    seen = set()
    for action, table in zip(actions, tables, strict=True):
        key = encoded_key(table, key_of(action, table))
        if key is None:
            continue  # settling will find what is wrong with it
        if (table.number, key) in seen:
            raise ValidationException(
                "Transaction request cannot include multiple operations on one item"
            )
        seen.add((table.number, key))


def check_sizes(ready: list[Ready]) -> None:
    """Raises when an item to be put is too large, or all of them together."""
    sizes = [one.packed.size for one in ready if one.packed is not None]
    if any(size > ITEM_BYTES_MAX for size in sizes):
        raise ValidationException(PUT_TOO_LARGE)
    check_total(sum(sizes))


def check_total(size: int) -> None:
    """Raises when the items of a transaction are too large together."""
    if size > TRANSACT_BYTES_MAX:
        raise ValidationException("Transaction request size cannot exceed 4 MB")


def settle_all(transaction: Transaction, ready: list[Ready], tables: list[TableSpec]) -> list[Step]:
    """Returns what every action comes to, or raises with a reason per action."""
    outcomes = [settle(transaction, one, table) for one, table in zip(ready, tables, strict=True)]
    steps = [outcome for outcome in outcomes if isinstance(outcome, Step)]
    if len(steps) < len(outcomes):
        raise cancelled(outcomes)
    return steps


def settle(transaction: Transaction, one: Ready, table: TableSpec) -> Outcome:
    """Returns what an action comes to, or the reason why it cannot be."""
    try:
        return settled(transaction, one, table)
    except ConditionalCheckFailedException as failed:
        return CancellationReason(
            code="ConditionalCheckFailed", message=failed.message, item=failed.item
        )
    except ValidationException as fault:
        if fault.never_a_reason:
            raise  # the request's own fault, as if it had been seen before any item was read
        return CancellationReason(code="ValidationError", message=fault.message)


def settled(transaction: Transaction, one: Ready, table: TableSpec) -> Step:
    """Returns what an action comes to, or raises what it meets in the data."""
    action = one.action
    asking.check_scalars(table, one.update, one.condition)
    if isinstance(action, PutItem):
        key = accept_item_key(table, action.item)
        check_index_keys(table, None, action.item, update=False)
    else:
        key = accept_key(table, key_of(action, table))
        check_targets(table, one.update)
    before = read_item(transaction.storage, table, key)
    check_condition(one.condition, before, one.values, return_old=action.return_old_on_failure)
    after = one.packed
    if isinstance(action, UpdateItem):
        after = updated(table, key_of(action, table), before, one.update, one.values)
    return Step(table, key, before, after, writes=not isinstance(action, ConditionCheck))


def cancelled(outcomes: list[Outcome]) -> RequestError:
    """Returns the error with a reason per action; of several validation errors, the first."""
    reasons: list[CancellationReason] = []
    for outcome in outcomes:
        reason = outcome if isinstance(outcome, CancellationReason) else CancellationReason()
        if reason.code == "ValidationError" and any(
            earlier.code == "ValidationError" for earlier in reasons
        ):
            reason = CancellationReason()
        reasons.append(reason)
    return cancellation(reasons)


def cancellation(reasons: Sequence[CancellationReason]) -> TransactionCanceledException:
    """Returns the error of a transaction that was not carried out, for these reasons."""
    codes = ", ".join(reason.code for reason in reasons)
    return TransactionCanceledException(
        f"Transaction cancelled, please refer cancellation reasons for specific reasons [{codes}]",
        reasons=reasons,
    )


def write_all(transaction: Transaction, ready: list[Ready], steps: list[Step]) -> BatchWriteAnswer:
    """Writes what was settled; returns capacity and item collections per table."""
    consumed: dict[str, Consumed] = {}
    collections: dict[str, list[ItemCollection]] = {}
    for one, step in zip(ready, steps, strict=True):
        units = write_step(transaction, step)
        name = step.table.name
        consumed[name] = added(consumed[name], units) if name in consumed else units
        collection = (
            item_collection(step.table, key_of(one.action, step.table)) if step.writes else None
        )
        if collection is not None and collection not in collections.setdefault(name, []):
            collections[name].append(collection)
    return BatchWriteAnswer(consumed=list(consumed.values()), collections=collections)


def write_step(transaction: Transaction, step: Step) -> Consumed:
    """Carries out one action and returns its capacity; a check is charged for what it read."""
    if step.writes:
        units = write_through(transaction, step.table, step.key, step.before, step.after)
    else:
        size = 0 if step.before is None else step.before.size
        units = write_consumed(step.table, write_units(size, size), {})
    return Consumed(
        table_name=units.table_name,
        table=units.table * TRANSACTION_FACTOR,
        write=True,
        local_indexes=units.local_indexes,
        global_indexes=units.global_indexes,
        transaction=True,
    )


# tokens


def digest(request: TransactWriteItems) -> bytes:
    """Returns what tells two requests apart: equal for equal values in any order of attributes."""
    described = [
        [type(action).__name__, *(canonical(getattr(action, name)) for name in fields_of(action))]
        for action in request.actions
    ]
    text = repr(described).encode("utf-8", "surrogatepass")
    return hashlib.blake2b(text, digest_size=16).digest()


def fields_of(action: Action) -> tuple[str, ...]:
    """Returns the names of an action's fields."""
    return action.__struct_fields__


def canonical(value: Any) -> Any:  # noqa: ANN401 - any field of an action
    """Returns a value with its maps sorted by name; a compiled expression is its tree's text."""
    if isinstance(value, Condition):
        return repr(value.tree)
    if isinstance(value, Update):
        return repr(value.actions)
    if isinstance(value, dict):
        return {name: canonical(value[name]) for name in sorted(value)}
    if isinstance(value, list):
        return [canonical(element) for element in value]
    return value


def replayed(
    transaction: Transaction, ready: list[Ready], tables: list[TableSpec]
) -> BatchWriteAnswer:
    """Returns the answer of a transaction that was carried out before: charged as reads."""
    consumed: dict[str, Consumed] = {}
    for one, table in zip(ready, tables, strict=True):
        key = encoded_key(table, key_of(one.action, table))
        stored = None if key is None else read_item(transaction.storage, table, key)
        units = transaction_read(table, stored)
        name = table.name
        consumed[name] = added(consumed[name], units) if name in consumed else units
    return BatchWriteAnswer(consumed=list(consumed.values()))


# reading


def transact_get_items(machine: Machine, request: TransactGetItems) -> TransactGetAnswer:
    """Reads items as of one moment; keys that do not fit are cancellation reasons."""
    for get in request.gets:
        asking.check_keys(get.names, None)
    projections = [asking.projection_of(get.projection, get.names) for get in request.gets]
    for get, projection in zip(request.gets, projections, strict=True):
        asking.check(get.names, None, projection)
    tables = [machine.catalog.existing_table(get.table_name) for get in request.gets]
    for table, projection in zip(tables, projections, strict=True):
        asking.check_scalars(table, projection)
    check_distinct(request.gets, tables)
    keys = accepted_keys(request.gets, tables)

    consumed: dict[str, Consumed] = {}
    items: list[Item | None] = []
    size = 0
    with machine.storage.snapshot():
        for table, key, projection in zip(tables, keys, projections, strict=True):
            stored = read_item(machine.storage, table, key)
            size += 0 if stored is None else stored.size
            check_total(size)
            item = None if stored is None else stored.item
            if item is not None and projection is not None:
                item = projection.apply(item) or None
            items.append(item)
            units = transaction_read(table, stored)
            name = table.name
            consumed[name] = added(consumed[name], units) if name in consumed else units
    return TransactGetAnswer(items=items, consumed=list(consumed.values()))


def accepted_keys(gets: list[GetItem], tables: list[TableSpec]) -> list[bytes]:
    """Returns the encoded keys, or raises with a reason per get."""
    outcomes: list[bytes | CancellationReason] = []
    for get, table in zip(gets, tables, strict=True):
        try:
            outcomes.append(accept_key(table, named_key(table, get.key)))
        except ValidationException as fault:
            outcomes.append(CancellationReason(code="ValidationError", message=fault.message))
    keys = [outcome for outcome in outcomes if isinstance(outcome, bytes)]
    if len(keys) < len(outcomes):
        raise cancelled(
            [
                outcome if isinstance(outcome, CancellationReason) else CancellationReason()
                for outcome in outcomes
            ]
        )
    return keys


def transaction_read(table: TableSpec, stored: Stored | None) -> Consumed:
    """Returns the capacity of reading one item in a transaction."""
    units = read_units(0 if stored is None else stored.size, consistent=True)
    plain = read_consumed(table, None, units * TRANSACTION_FACTOR)
    return Consumed(table_name=plain.table_name, table=plain.table, write=False, transaction=True)

"""What a writing statement asks of the engine: one put, update, deletion or check."""

from collections.abc import Mapping, Sequence
from typing import Final

from ddblite.engine.expressions import compile_update
from ddblite.engine.expressions.tree import Path, Set, ValueRef
from ddblite.engine.items import accept_item, accept_item_key
from ddblite.partiql.access_paths.access import Change
from ddblite.partiql.plans import plan
from ddblite.partiql.run.prepare import Fitted
from ddblite.schema.errors import ValidationException
from ddblite.schema.requests import Action, ConditionCheck, DeleteItem, PutItem, UpdateItem
from ddblite.schema.tables import TableSpec
from ddblite.schema.value_faults import TOO_DEEP
from ddblite.schema.values import Item, Value

Values = Mapping[str, Value]

DUPLICATE_KEY: Final = "Duplicate primary key exists in table"
"""What is said of an INSERT whose key is taken: it is a put with a condition."""


def request_of(
    of: plan.Plan,
    fitted: Fitted,
    values: Values,
    parameters: Sequence[Value],
    *,
    return_old: bool = False,
) -> Action:
    """Returns the request of a statement that writes, or of EXISTS."""
    match of:
        case plan.Insert():
            return PutItem(
                table_name=of.table,
                item=inserted(of, parameters),
                condition=fitted.condition,
                return_old_on_failure=return_old,
            )
        case plan.Update():
            return UpdateItem(
                table_name=of.table,
                key=changed_key(fitted, values),
                update=fitted.update,
                condition=fitted.condition,
                values=used(fitted, values),
                return_values=of.returning,
                return_old_on_failure=return_old,
            )
        case plan.Delete():
            return DeleteItem(
                table_name=of.table,
                key=changed_key(fitted, values),
                condition=fitted.condition,
                values=used(fitted, values),
                return_values=of.returning,
                return_old_on_failure=return_old,
            )
    assert isinstance(of, plan.Exists), "a SELECT does not write"
    assert fitted.condition is not None, "an EXISTS has a condition"
    return ConditionCheck(
        table_name=of.select.table,
        key=read_key(fitted, values),
        condition=fitted.condition,
        values=used(fitted, values),
        return_old_on_failure=return_old,
    )


def without_deep_puts(actions: Sequence[Action], tables: Sequence[TableSpec]) -> list[Action]:
    """Returns actions in which what puts too deep an item is the update that comes to the same.

    A put looks at its item first. Of an INSERT it is told first that the key is taken, and only
    then, in an update's words, that the item cannot be stored.
    """
    return [
        as_update(action, table) if isinstance(action, PutItem) and is_deep(action.item) else action
        for action, table in zip(actions, tables, strict=True)
    ]


def is_deep(item: Item) -> bool:
    """Whether an item is nested too deeply to be stored, and that is the first thing wrong."""
    try:
        accept_item(item)
    except ValidationException as fault:
        return fault.message == TOO_DEEP
    return False


def as_update(put: PutItem, table: TableSpec) -> UpdateItem:
    """Returns the update that makes an item as a put does."""
    accept_item_key(table, put.item)
    key = {name: put.item[name] for name in table.key_names}
    others = [name for name in put.item if name not in key]
    changes = [Set(Path((name,)), ValueRef(f":{place}")) for place, name in enumerate(others)]
    return UpdateItem(
        table_name=put.table_name,
        key=key,
        update=compile_update(changes),
        condition=put.condition,
        values={f":{place}": put.item[name] for place, name in enumerate(others)},
    )


def inserted(of: plan.Insert, parameters: Sequence[Value]) -> Item:
    """Returns the item that an INSERT puts."""
    item = plan.value_of(of.item, parameters)
    assert isinstance(item, dict), "an INSERT has a map"
    return item


def changed_key(fitted: Fitted, values: Values) -> Item:
    """Returns the key of the item that an UPDATE or DELETE changes."""
    access = fitted.access
    assert isinstance(access, Change), "a statement with a key updates or deletes"
    return {attribute: values[name] for attribute, name in access.key}


def read_key(fitted: Fitted, values: Values) -> Item:
    """Returns the key of the one item that a statement reads."""
    assert fitted.key is not None, "a read of one item has a key"
    return {part.name: values[name] for part, name in fitted.key}


def used(fitted: Fitted, values: Values) -> Values | None:
    """Returns the values that the request's expressions use; the engine refuses any others."""
    names: set[str] = set()
    for part in (fitted.condition, fitted.update):
        if part is not None:
            names |= part.values_used
    return {name: values[name] for name in names} or None

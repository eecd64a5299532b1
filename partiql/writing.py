"""What a writing statement asks of the engine: one put, update, deletion or check."""

from collections.abc import Mapping, Sequence
from typing import Final

from ddblite.partiql import plan
from ddblite.partiql.access import Change
from ddblite.partiql.prepared import Fitted
from ddblite.schema.requests import Action, ConditionCheck, DeleteItem, PutItem, UpdateItem
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

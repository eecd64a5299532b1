"""Wire transactions to engine requests: the fast half, as in ``api.wire.decode``.

A transaction's entries have the members of PutItem, UpdateItem, DeleteItem and GetItem, without
the legacy ones, and each entry is exactly one of them.
"""

from collections.abc import Callable
from typing import Any, Final

from ddblite.api.wire.decode import CAPACITIES, METRICS, ON_FAILURE
from ddblite.api.wire.members import (
    Wire,
    choice,
    names_of,
    require,
    table_of,
    text,
    values_of,
)
from ddblite.schema import requests
from ddblite.schema.limits import (
    CLIENT_TOKEN_LENGTH_MAX,
    TRANSACT_ITEMS_MAX,
    TRANSACTION_VALUE_DEPTH,
)
from ddblite.schema.wire import Refused, read_attributes


def transact_write_items(wire: Wire) -> requests.TransactWriteItems:
    """Decodes TransactWriteItems."""
    choice(wire, "ReturnConsumedCapacity", CAPACITIES)
    choice(wire, "ReturnItemCollectionMetrics", METRICS)
    token = text(wire, "ClientRequestToken")
    require(token is None or 0 < len(token) <= CLIENT_TOKEN_LENGTH_MAX)
    return requests.TransactWriteItems(actions=list(map(action, entries(wire))), token=token)


def entries(wire: Wire) -> list[Any]:
    """Returns the entries of a transaction: one to a hundred."""
    items = wire["TransactItems"]
    if not isinstance(items, list | tuple) or not 0 < len(items) <= TRANSACT_ITEMS_MAX:
        raise Refused
    require(all(isinstance(entry, dict) for entry in items))
    return list(items)


def action(entry: Wire) -> requests.Action:
    """Decodes one entry of TransactWriteItems."""
    arms = [arm for arm in ARMS if entry.get(arm) is not None]
    require(len(arms) == 1)
    part = entry[arms[0]]
    require(isinstance(part, dict))
    return ARMS[arms[0]](part)


def shared_fields(
    part: Wire, *, updated: bool = False, spare_values: bool = False
) -> dict[str, Any]:
    """Returns the members that every entry has, as record fields.

    With ``spare_values`` there may be values without an expression.
    """
    condition = text(part, "ConditionExpression")
    used = updated or condition is not None
    return {
        "table_name": table_of(part),
        "condition": condition,
        "names": names_of(part, used),
        "values": values_of(part, used or spare_values, TRANSACTION_VALUE_DEPTH),
        "return_old_on_failure": choice(part, "ReturnValuesOnConditionCheckFailure", ON_FAILURE)
        == "ALL_OLD",
    }


def put(part: Wire) -> requests.PutItem:
    """Decodes a put; the engine passes over values that it has no condition for."""
    fields = shared_fields(part, spare_values=True)
    return requests.PutItem(item=read_attributes(part["Item"], 1), **fields)


def update(part: Wire) -> requests.UpdateItem:
    """Decodes an update, which always has an expression."""
    expression = text(part, "UpdateExpression")
    require(expression is not None)
    key = read_attributes(part["Key"], 1)
    return requests.UpdateItem(key=key, update=expression, **shared_fields(part, updated=True))


def delete(part: Wire) -> requests.DeleteItem:
    """Decodes a deletion."""
    return requests.DeleteItem(key=read_attributes(part["Key"], 1), **shared_fields(part))


def check(part: Wire) -> requests.ConditionCheck:
    """Decodes a check, which always has a condition."""
    fields = shared_fields(part)
    require(fields["condition"] is not None)
    return requests.ConditionCheck(key=read_attributes(part["Key"], 1), **fields)


ARMS: Final[dict[str, Callable[[Wire], requests.Action]]] = {
    "ConditionCheck": check,
    "Put": put,
    "Delete": delete,
    "Update": update,
}


def transact_get_items(wire: Wire) -> requests.TransactGetItems:
    """Decodes TransactGetItems."""
    choice(wire, "ReturnConsumedCapacity", CAPACITIES)
    return requests.TransactGetItems(gets=[get(entry["Get"]) for entry in entries(wire)])


def get(part: Wire) -> requests.GetItem:
    """Decodes one get of TransactGetItems."""
    require(isinstance(part, dict))
    projection = text(part, "ProjectionExpression")
    return requests.GetItem(
        table_name=table_of(part),
        key=read_attributes(part["Key"], 1),
        projection=projection,
        names=names_of(part, projection is not None),
    )

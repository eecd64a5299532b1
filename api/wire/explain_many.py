"""The explaining walk through batches and transactions: their entries one after another."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Final

from ddblite.api.wire import combinations as combined
from ddblite.api.wire.explain_parts import (
    check_expression_values,
    check_expressions,
    check_item,
    check_key,
    check_key_values,
    check_projection,
    check_values_early,
    check_values_late,
    located,
    parse_expressions,
)
from ddblite.api.wire.model.attribute_faults import (
    check_attributes,
    check_names_within,
    check_sets_within,
)
from ddblite.api.wire.operation import CONDITIONAL, PROJECTED, UPDATED, Request
from ddblite.engine.expressions import check_placeholder_keys
from ddblite.schema.errors import ValidationException
from ddblite.schema.limits import TRANSACTION_VALUE_DEPTH


def check_batch_get(request: Request) -> None:
    """Checks what each table is asked for, then how much it is together."""
    combined.check_batch_is_there(request)
    combined.check_tables_once(request)
    combined.check_batch_styles(request)
    for settings in request.wire["RequestItems"].values():
        part = replace(request, wire=settings)
        combined.check_mix(part)
        combined.check_placeholders_allowed(part)
        for key in settings["Keys"]:
            check_key_values(key)
        check_projection(part)
        check_expressions(part)
        combined.check_no_key_twice(part)
    combined.check_batch_get_total(request)


def check_batch_write(request: Request) -> None:
    """Checks the writes of a batch: how many, of one kind each, then their values."""
    combined.check_batch_write_total(request)
    for writes in request.wire["RequestItems"].values():
        for write in writes:
            combined.check_one_kind(write)
            if "PutRequest" in write:
                check_attributes(write["PutRequest"]["Item"])
            else:
                check_key_values(write["DeleteRequest"]["Key"])


SINGLE_OPERATIONS: Final = {
    "ConditionCheck": ("DeleteItem", CONDITIONAL),
    "Put": ("PutItem", CONDITIONAL),
    "Delete": ("DeleteItem", CONDITIONAL),
    "Update": ("UpdateItem", UPDATED),
    "Get": ("GetItem", PROJECTED),
}
"""What the entries of a transaction are like when they stand alone."""


def alone(arm: str, wire: Mapping[str, Any], request: Request) -> Request:
    """Returns an entry of a transaction as the request that it is like."""
    operation, parameters = SINGLE_OPERATIONS[arm]
    return Request(operation, wire, request.older, parameters)


def check_transaction(request: Request) -> None:
    """Checks the entries of a transaction, one after another, after the names and sets of all."""
    check_everywhere(check_names_within, request)
    check_everywhere(check_sets_within, request)
    for entry in request.wire["TransactItems"]:
        check_entry(entry, request)


def check_everywhere(check: Callable[[Mapping[str, Any]], None], request: Request) -> None:
    """Checks the values in all entries of a transaction for one thing."""
    for entry in request.wire["TransactItems"]:
        for arm, wire in entry.items():
            check({"M": wire.get("Item") or wire.get("Key")})
            part = alone(arm, wire, request)
            for placeholder, value in wire.get("ExpressionAttributeValues", {}).items():
                try:
                    check(value)
                except ValidationException as fault:
                    raise located(fault, placeholder, part) from None


def check_entry(entry: Mapping[str, Any], request: Request) -> None:
    """Checks one entry of a transaction as far as it needs no table."""
    for arm, wire in entry.items():
        part = replace(alone(arm, wire, request), values_level=TRANSACTION_VALUE_DEPTH)
        if arm == "Put" and "ConditionExpression" not in wire:
            part = without_values(part)
        combined.check_placeholders_allowed(part)
        check_values_early(part)
        if "Item" in wire:
            check_item(part)
        else:
            check_key(part)
        parse_expressions(part)
        check_values_late(part)
        check_expressions(part)


def without_values(part: Request) -> Request:
    """Returns the put of a transaction without the values that it has no condition for."""
    check_placeholder_keys(None, part.wire.get("ExpressionAttributeValues"))
    check_expression_values(part)
    rest = {name: one for name, one in part.wire.items() if name != "ExpressionAttributeValues"}
    return replace(part, wire=rest)

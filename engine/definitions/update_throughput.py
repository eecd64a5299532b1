"""What UpdateTable makes of throughput: billing mode, capacity, limits and warmth.

The functions change a definition that is the caller's own; the indexes in it are replaced, never
changed. Facts: docs/facts/validation.md, "UpdateTable" and "Billing".
"""

from collections.abc import Mapping
from typing import Any, Final

from ddblite.engine.definitions.throughput import (
    ON_DEMAND_MEMBERS,
    UNIT_MEMBERS,
    decreases_today,
    is_on_demand,
    warm_units,
)
from ddblite.engine.definitions.update_request import actions_of, no_units
from ddblite.schema.errors import ValidationException
from ddblite.schema.wording import invalid

Definition = Mapping[str, Any]

UNCHANGED_UNITS: Final = (
    "The provisioned throughput for the {subject} will not change."
    " The requested value equals the current value."
    " Current ReadCapacityUnits provisioned for the {kind}: {read}."
    " Requested ReadCapacityUnits: {read}."
    " Current WriteCapacityUnits provisioned for the {kind}: {write}."
    " Requested WriteCapacityUnits: {write}."
    " Refer to the Amazon DynamoDB Developer Guide for current limits and how to request higher"
    " limits."
)


def change_throughput(after: dict[str, Any], request: Definition, now_s: float) -> None:
    """Changes what a table and its global indexes can be asked for."""
    was_on_demand = is_on_demand(after)
    on_demand = is_on_demand(request) if "BillingMode" in request else was_on_demand
    switches = on_demand != was_on_demand
    check_units_of_table(request, on_demand=on_demand)
    check_units_of_indexes(request, on_demand=on_demand)
    if switches and not on_demand:
        check_units_of_all(after, request)

    mode = {"table_on_demand": on_demand, "switches": switches}
    updates = {
        action["IndexName"]: action for kind, action in actions_of(request) if kind == "Update"
    }
    if switches:
        change_mode(after, now_s, on_demand=on_demand)
    change_owner(after, request, "", now_s, **mode)
    if after.get("GlobalSecondaryIndexes"):
        indexes = [{**index} for index in after["GlobalSecondaryIndexes"]]
        after["GlobalSecondaryIndexes"] = indexes
        for index in indexes:
            name = index["IndexName"]
            change_owner(index, updates.get(name, {}), name, now_s, **mode)


def check_units_of_table(request: Definition, *, on_demand: bool) -> None:
    """Refuses what the billing mode does not have: capacity units, or on-demand limits."""
    if on_demand and "ProvisionedThroughput" in request:
        raise no_units()
    if not on_demand:
        check_no_limits(request)


def check_no_limits(owner: Definition) -> None:
    """Refuses on-demand limits, which something provisioned does not have."""
    for member in ON_DEMAND_MEMBERS:
        if member in owner.get("OnDemandThroughput", {}):
            raise invalid(
                f"{member} for OnDemandThroughput cannot be specified"
                " when the table BillingMode is PROVISIONED"
            )


def check_units_of_indexes(request: Definition, *, on_demand: bool) -> None:
    """Refuses updates of indexes that do not fit to the billing mode that the table will have."""
    for kind, action in actions_of(request):
        name, has_units = action["IndexName"], "ProvisionedThroughput" in action
        if on_demand and has_units and kind == "Create":
            raise no_units(name)
        if on_demand and has_units:
            raise invalid(
                f"The only Updates for index: {name} when TableThroughputMode is PAY_PER_REQUEST"
                " can be to OnDemandThroughput, WarmThroughput"
            )
        if on_demand or kind == "Delete":
            continue
        check_no_limits(action)
        if not has_units and (kind == "Create" or "WarmThroughput" not in action):
            raise invalid(
                f"Both ReadCapacityUnits and WriteCapacityUnits must be specified for index: {name}"
            )


def check_units_of_all(before: Definition, request: Definition) -> None:
    """Refuses a switch to provisioned billing that leaves an index without capacity."""
    given = {
        action["IndexName"]
        for kind, action in actions_of(request)
        if kind == "Delete" or "ProvisionedThroughput" in action
    }
    for index in before.get("GlobalSecondaryIndexes", ()):
        if index["IndexName"] not in given:
            raise invalid(
                f"ProvisionedThroughput must be specified for index: {index['IndexName']}"
            )


def change_mode(after: dict[str, Any], now_s: float, *, on_demand: bool) -> None:
    """Changes how a table is billed, and remembers when it was last billed per request."""
    after["BillingMode"] = "PAY_PER_REQUEST" if on_demand else "PROVISIONED"
    if on_demand:
        after["LastUpdateToPayPerRequestDateTime"] = now_s


def change_owner(
    owner: dict[str, Any],
    wanted: Definition,
    name: str,
    now_s: float,
    *,
    table_on_demand: bool,
    switches: bool,
) -> None:
    """Changes the throughput of a table (its name is "") or of one of its indexes."""
    table = {"BillingMode": "PAY_PER_REQUEST" if table_on_demand else "PROVISIONED"}
    if "WarmThroughput" in wanted:
        change_warm(owner, wanted["WarmThroughput"], name, table)
    if switches:
        owner.pop("ProvisionedThroughput" if table_on_demand else "OnDemandThroughput", None)
    if "ProvisionedThroughput" in wanted:
        change_units(owner, wanted["ProvisionedThroughput"], name, now_s)
    if "OnDemandThroughput" in wanted:
        change_limits(owner, wanted["OnDemandThroughput"], name)


def change_units(owner: dict[str, Any], wanted: Definition, name: str, now_s: float) -> None:
    """Changes provisioned capacity; the same as before is refused."""
    current = owner.get("ProvisionedThroughput")
    owner["ProvisionedThroughput"] = {member: wanted[member] for member in UNIT_MEMBERS}
    if current is None:
        return
    steps = [wanted[member] - current[member] for member in UNIT_MEMBERS]
    if not any(steps):
        subject = f"index {name}" if name else "table"
        raise ValidationException(
            UNCHANGED_UNITS.format(
                subject=subject,
                kind="index" if name else "table",
                read=wanted["ReadCapacityUnits"],
                write=wanted["WriteCapacityUnits"],
            )
        )
    if max(steps) > 0:
        owner["LastIncreaseDateTime"] = now_s
    if min(steps) < 0:
        owner["NumberOfDecreasesToday"] = decreases_today(owner, now_s) + 1
        owner["LastDecreaseDateTime"] = now_s


def change_limits(owner: dict[str, Any], wanted: Definition, name: str) -> None:
    """Changes on-demand limits; -1 takes a limit away."""
    limits = {**owner.get("OnDemandThroughput", {})}
    subject = f"index {name}" if name else "table"
    for member, limit in wanted.items():
        if limit == -1:
            limits.pop(member, None)
        elif limit < 1:
            raise invalid(
                f"Requested {member} for OnDemandThroughput for {subject} is outside of valid range"
            )
        else:
            limits[member] = limit
    owner["OnDemandThroughput"] = limits
    if not limits:
        del owner["OnDemandThroughput"]


def change_warm(owner: dict[str, Any], wanted: Definition, name: str, table: Definition) -> None:
    """Raises what can be served at once; it never falls."""
    subject = f"index {name}" if name else "table"
    current = warm_units(table, owner)
    for member, units in wanted.items():
        if units < current[member]:
            raise invalid(
                f"Requested {member} for WarmThroughput for {subject} is lower than current"
                " WarmThroughput, decreasing WarmThroughput is not supported"
            )
    owner["WarmThroughput"] = {**current, **wanted}

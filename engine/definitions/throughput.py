"""What must be right about capacity in a table's definition, in the service's order."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from ddblite.schema.errors import LimitExceededException, ValidationException
from ddblite.schema.limits import (
    CAPACITY_UNITS_MAX,
    TABLE_CAPACITY_UNITS_MAX,
    WARM_READ_UNITS_MIN,
    WARM_WRITE_UNITS_MIN,
)
from ddblite.schema.names import REGION
from ddblite.schema.wording import invalid

Definition = Mapping[str, Any]

ON_DEMAND_GUIDE: Final = (
    "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/"
    "on-demand-capacity-mode.html#on-demand-capacity-mode-initial"
)
DAY_S: Final = 86_400

UNIT_MEMBERS: Final = ("ReadCapacityUnits", "WriteCapacityUnits")
ON_DEMAND_MEMBERS: Final = ("MaxReadRequestUnits", "MaxWriteRequestUnits")
WARM_MEMBERS: Final = (
    ("ReadUnitsPerSecond", WARM_READ_UNITS_MIN, "ReadCapacityUnits"),
    ("WriteUnitsPerSecond", WARM_WRITE_UNITS_MIN, "WriteCapacityUnits"),
)


def is_on_demand(definition: Definition) -> bool:
    """Whether the table is billed per request; without a mode it is not."""
    return definition.get("BillingMode") == "PAY_PER_REQUEST"


def check_billing(definition: Definition) -> None:
    """Refuses provisioned billing without capacity, and on-demand billing with it."""
    given = definition.get("ProvisionedThroughput") is not None
    if not is_on_demand(definition) and not given:
        raise invalid(
            "ReadCapacityUnits and WriteCapacityUnits must both be specified"
            " when BillingMode is PROVISIONED"
        )
    if is_on_demand(definition) and given:
        raise invalid(
            "Neither ReadCapacityUnits nor WriteCapacityUnits can be specified"
            " when BillingMode is PAY_PER_REQUEST"
        )


def owners(definition: Definition) -> Iterator[tuple[Definition, str]]:
    """Yields the table and its global indexes, each with its name ("" for the table)."""
    yield definition, ""
    for index in definition.get("GlobalSecondaryIndexes", ()):
        yield index, index["IndexName"]


def check_capacity_bounds(definition: Definition) -> None:
    """Refuses capacity beyond what anyone can mean."""
    for owner, name in owners(definition):
        units = owner.get("ProvisionedThroughput", {})
        for member in UNIT_MEMBERS:
            if units.get(member, 0) > CAPACITY_UNITS_MAX:
                suffix = f" for index {name}" if name else ""
                raise ValidationException(
                    f"Given value {units[member]} for {member} is out of bounds{suffix}"
                )


def check_table_maximum(definition: Definition) -> None:
    """Refuses capacity beyond what an account may give one table or index."""
    for owner, _ in owners(definition):
        units = owner.get("ProvisionedThroughput", {})
        for member in UNIT_MEMBERS:
            if units.get(member, 0) > TABLE_CAPACITY_UNITS_MAX:
                raise LimitExceededException(
                    f"The requested {member}, {units[member]}, is above the per table maximum for"
                    f" the account in {REGION}. Per table maximum: {TABLE_CAPACITY_UNITS_MAX}."
                    " Refer to the Amazon DynamoDB Developer Guide for current limits and how to"
                    " request higher limits."
                )


def check_on_demand(definition: Definition) -> None:
    """Refuses on-demand limits for provisioned tables, and limits below one."""
    for owner, name in owners(definition):
        limits = owner.get("OnDemandThroughput", {})
        subject = f"index {name}" if name else "table"
        for member in ON_DEMAND_MEMBERS:
            if member not in limits:
                continue
            if not is_on_demand(definition):
                raise invalid(
                    f"{member} for OnDemandThroughput cannot be specified"
                    " when table BillingMode is PROVISIONED."
                )
            if limits[member] < 1:
                raise invalid(
                    f"Requested {member} for OnDemandThroughput for {subject}"
                    " is outside of valid range"
                )


def check_warm(definition: Definition) -> None:
    """Refuses warm throughput below what the table has anyway."""
    for owner, name in owners(definition):
        warm = owner.get("WarmThroughput", {})
        subject = f"index {name}" if name else "table"
        for member, on_demand_minimum, unit in WARM_MEMBERS:
            if member not in warm:
                continue
            if is_on_demand(definition):
                minimum, than = (
                    on_demand_minimum,
                    (f"initial throughput for OnDemand. See: {ON_DEMAND_GUIDE}"),
                )
            else:
                minimum = owner.get("ProvisionedThroughput", {}).get(unit, 0)
                than = f"{unit} of ProvisionedThroughput"
            if warm[member] < minimum:
                raise invalid(
                    f"Requested {member} for WarmThroughput for {subject} is lower than {than}"
                )


def warm_units(table: Definition, owner: Definition) -> dict[str, int]:
    """Returns what a table or index can serve at once: what it has anyway, or was warmed to."""
    units = owner.get("ProvisionedThroughput") or {}
    asked = owner.get("WarmThroughput") or {}
    return {
        member: max(minimum if is_on_demand(table) else units.get(unit, 0), asked.get(member, 0))
        for member, minimum, unit in WARM_MEMBERS
    }


def decreases_today(owner: Definition, now_s: float) -> int:
    """Returns how often capacity was lowered on this day, which begins at midnight UTC."""
    last_s = owner.get("LastDecreaseDateTime")
    if last_s is None or last_s // DAY_S != now_s // DAY_S:
        return 0
    number: int = owner["NumberOfDecreasesToday"]
    return number

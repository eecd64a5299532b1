"""The definition of a table that is restored: what it takes over, and what a request overrides.

Facts: docs/facts/streams-and-expiry.md, "Backups".
"""

from collections.abc import Mapping
from typing import Any, Final

from ddblite.engine.definitions.create_table import check_definition
from ddblite.engine.definitions.throughput import is_on_demand
from ddblite.schema.errors import ValidationException

Definition = Mapping[str, Any]

TAKEN_OVER: Final = (
    "AttributeDefinitions",
    "KeySchema",
    "BillingMode",
    "ProvisionedThroughput",
    "LocalSecondaryIndexes",
    "GlobalSecondaryIndexes",
    "OnDemandThroughput",
    "SSESpecification",
)
"""Not: stream, time to live, recovery, tags, protection, policy, table class."""

INDEXES: Final = ("LocalSecondaryIndexes", "GlobalSecondaryIndexes")
OVERRIDES: Final = {
    "LocalSecondaryIndexOverride": "LocalSecondaryIndexes",
    "GlobalSecondaryIndexOverride": "GlobalSecondaryIndexes",
    "BillingModeOverride": "BillingMode",
    "ProvisionedThroughputOverride": "ProvisionedThroughput",
    "OnDemandThroughputOverride": "OnDemandThroughput",
    "SSESpecificationOverride": "SSESpecification",
}
CHANGED: Final = ("LastIncreaseDateTime", "LastDecreaseDateTime", "NumberOfDecreasesToday")


def restored_definition(source: Definition, name: str, overrides: Definition) -> dict[str, Any]:
    """Returns the definition of the table that a source is restored to, or raises what is wrong."""
    check_overrides(source, overrides)
    definition: dict[str, Any] = {"TableName": name}
    definition |= {member: source[member] for member in TAKEN_OVER if member in source}
    for override, member in OVERRIDES.items():
        if override in overrides:
            definition[member] = overrides[override]
    for member in INDEXES:
        if member in definition:
            definition[member] = [without_changes(one) for one in definition[member]]
            if not definition[member]:
                del definition[member]
    if is_on_demand(definition):
        definition.pop("ProvisionedThroughput", None)
        for index in definition.get("GlobalSecondaryIndexes", ()):
            index.pop("ProvisionedThroughput", None)
    used = names_used(definition)
    definition["AttributeDefinitions"] = [
        one for one in definition["AttributeDefinitions"] if one["AttributeName"] in used
    ]
    check_definition(definition)
    return definition


def check_overrides(source: Definition, overrides: Definition) -> None:
    """Raises for an index that the source does not have, and for capacity on demand."""
    if (
        overrides.get("BillingModeOverride") == "PAY_PER_REQUEST"
        and "ProvisionedThroughputOverride" in overrides
    ):
        raise ValidationException(
            "Invalid Request: Cannot override ProvisionedThroughput if BillingMode is overridden to"
            " PAY_PER_REQUEST"
        )
    for override, member in OVERRIDES.items():
        if member not in INDEXES:
            continue
        known = [shape_of(one) for one in source.get(member, ())]
        for index in overrides.get(override, ()):
            if shape_of(index) not in known:
                raise ValidationException(
                    f"Invalid Request: Index {index['IndexName']} does not match a secondary index"
                    " that existed in the source table and cannot be created during the restore"
                    " operation"
                )


def shape_of(index: Definition) -> tuple[Any, ...]:
    """Returns what an index is, whatever its name: its key, and what it carries."""
    key = [(one["AttributeName"], one["KeyType"]) for one in index["KeySchema"]]
    projection = index["Projection"]
    return key, projection.get("ProjectionType"), sorted(projection.get("NonKeyAttributes", ()))


def without_changes(index: Definition) -> dict[str, Any]:
    """Returns the definition of an index as it was asked for."""
    return {member: value for member, value in index.items() if member not in CHANGED}


def names_used(definition: Definition) -> set[str]:
    """Returns the attributes that the keys of a table and its indexes are made of."""
    schemas = [definition["KeySchema"]]
    schemas += [one["KeySchema"] for member in INDEXES for one in definition.get(member, ())]
    return {element["AttributeName"] for schema in schemas for element in schema}

"""The wire's TableDescription, made from a spec and its counters.

Facts: validation, section 9 ("Facts"); operations, "Notable shapes".
"""

from collections.abc import Mapping
from typing import Any, Final

from ddblite.schema.names import index_arn, table_arn
from ddblite.schema.tables import TableSpec

ON_DEMAND: Final = "PAY_PER_REQUEST"
ON_DEMAND_WARM: Final = {"ReadUnitsPerSecond": 12000, "WriteUnitsPerSecond": 4000}

Sizes = Mapping[int, tuple[int, int]]
"""Items and bytes by table or index number."""


def table_description(spec: TableSpec, sizes: Sizes, *, status: str) -> dict[str, Any]:
    """Returns the TableDescription; a table that is being removed shows no keys and indexes."""
    definition = spec.definition
    items, size = sizes.get(spec.number, (0, 0))
    description: dict[str, Any] = {
        "TableName": spec.name,
        "TableStatus": status,
        "ProvisionedThroughput": throughput(definition),
        "TableSizeBytes": size,
        "ItemCount": items,
        "TableArn": table_arn(spec.name),
        "TableId": spec.table_id,
        "DeletionProtectionEnabled": spec.deletion_protected,
    }
    if is_on_demand(definition):
        description["BillingModeSummary"] = {
            "BillingMode": ON_DEMAND,
            "LastUpdateToPayPerRequestDateTime": spec.created_at_s,
        }
    if definition.get("TableClass", "STANDARD") != "STANDARD":
        description["TableClassSummary"] = {"TableClass": definition["TableClass"]}
    if definition.get("OnDemandThroughput"):
        description["OnDemandThroughput"] = definition["OnDemandThroughput"]
    if status == "DELETING":
        return description
    description |= {
        "AttributeDefinitions": sorted(
            definition["AttributeDefinitions"], key=lambda one: one["AttributeName"]
        ),
        "KeySchema": definition["KeySchema"],
        "CreationDateTime": spec.created_at_s,
        "WarmThroughput": warm_throughput(definition, definition, status),
    }
    for member, describe in (
        ("LocalSecondaryIndexes", local_index_description),
        ("GlobalSecondaryIndexes", global_index_description),
    ):
        if definition.get(member):
            description[member] = [describe(spec, one, sizes, status) for one in definition[member]]
    return description


def is_on_demand(definition: Mapping[str, Any]) -> bool:
    """Whether a table is billed per request; the service's default is provisioned."""
    return definition.get("BillingMode") == ON_DEMAND


def throughput(definition: Mapping[str, Any]) -> dict[str, Any]:
    """Returns a table's or index's ProvisionedThroughputDescription; zeros when on demand."""
    given = definition.get("ProvisionedThroughput") or {}
    return {
        "NumberOfDecreasesToday": 0,
        "ReadCapacityUnits": given.get("ReadCapacityUnits", 0),
        "WriteCapacityUnits": given.get("WriteCapacityUnits", 0),
    }


def warm_throughput(
    table: Mapping[str, Any], definition: Mapping[str, Any], status: str
) -> dict[str, Any]:
    """Returns the WarmThroughput of a table or index: as asked for, or what it starts with."""
    if definition.get("WarmThroughput"):
        units = dict(definition["WarmThroughput"])
    elif is_on_demand(table):
        units = dict(ON_DEMAND_WARM)
    else:
        provisioned = throughput(definition)
        units = {
            "ReadUnitsPerSecond": provisioned["ReadCapacityUnits"],
            "WriteUnitsPerSecond": provisioned["WriteCapacityUnits"],
        }
    return {**units, "Status": "UPDATING" if status == "CREATING" else status}


def local_index_description(
    spec: TableSpec, definition: Mapping[str, Any], sizes: Sizes, _status: str
) -> dict[str, Any]:
    """Returns the description of a local index, which has no status of its own."""
    name = definition["IndexName"]
    items, size = sizes.get(spec.indexes[name].number, (0, 0))
    return {
        "IndexName": name,
        "KeySchema": definition["KeySchema"],
        "Projection": definition["Projection"],
        "IndexSizeBytes": size,
        "ItemCount": items,
        "IndexArn": index_arn(spec.name, name),
    }


def global_index_description(
    spec: TableSpec, definition: Mapping[str, Any], sizes: Sizes, status: str
) -> dict[str, Any]:
    """Returns the description of a global index, with its status and throughput."""
    description = local_index_description(spec, definition, sizes, status)
    description |= {
        "IndexStatus": status,
        "ProvisionedThroughput": throughput(definition),
        "WarmThroughput": warm_throughput(spec.definition, definition, status),
    }
    if definition.get("OnDemandThroughput"):
        description["OnDemandThroughput"] = definition["OnDemandThroughput"]
    return description

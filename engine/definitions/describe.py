"""The wire's TableDescription, made from a spec and its counters.

A change is answered while it is under way, so a description takes the status of the table and of
those indexes whose status is another one. Facts: docs/facts/tables-and-features.md, "Descriptions".
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from ddblite.engine.definitions.stream_settings import stream_description
from ddblite.engine.definitions.throughput import decreases_today, is_on_demand, warm_units
from ddblite.schema.names import ACCOUNT, REGION, index_arn, table_arn
from ddblite.schema.tables import TableSpec

Definition = Mapping[str, Any]

ACTIVE: Final = "ACTIVE"
CREATING: Final = "CREATING"
UPDATING: Final = "UPDATING"
DELETING: Final = "DELETING"
ENABLED: Final = "ENABLED"
ON_DEMAND: Final = "PAY_PER_REQUEST"
CAPACITY_DATES: Final = ("LastIncreaseDateTime", "LastDecreaseDateTime")

KEY_ARN_PREFIX: Final = f"arn:aws:kms:{REGION}:{ACCOUNT}:"
DEFAULT_KEY: Final = "3c8e0f5a-52d5-5a2b-8b4e-0d1c6f7a9e21"
"""What stands for the key that the service manages for an account: an identifier, no alias."""


@dataclass(frozen=True, slots=True)
class Moment:
    """When and how a table is looked at: its status, and items and bytes by number.

    ``indexes`` are the statuses of indexes, by name, where they are not the table's own;
    ``encryption`` is that of a key that is changing.
    """

    now_s: float
    status: str = ACTIVE
    indexes: Mapping[str, str] = field(default_factory=dict)
    encryption: str = ENABLED
    sizes: Mapping[int, tuple[int, int]] = field(default_factory=dict)

    def size_of(self, number: int) -> tuple[int, int]:
        """Returns items and bytes of a table or index; a new one has none."""
        return self.sizes.get(number, (0, 0))


def table_description(spec: TableSpec, moment: Moment) -> dict[str, Any]:
    """Returns the TableDescription; a table that is being removed shows no keys and indexes."""
    definition = spec.definition
    items, size = moment.size_of(spec.number)
    description: dict[str, Any] = {
        "TableName": spec.name,
        "TableStatus": moment.status,
        "ProvisionedThroughput": throughput(definition, moment.now_s),
        "TableSizeBytes": size,
        "ItemCount": items,
        "TableArn": table_arn(spec.name),
        "TableId": spec.table_id,
        "DeletionProtectionEnabled": spec.deletion_protected,
        **billing(spec, moment.status),
        **stream_description(definition),
    }
    if definition.get("TableClass", "STANDARD") != "STANDARD":
        description["TableClassSummary"] = {"TableClass": definition["TableClass"]}
    if definition.get("OnDemandThroughput"):
        description["OnDemandThroughput"] = definition["OnDemandThroughput"]
    if moment.status == DELETING:
        return description
    description |= {
        "AttributeDefinitions": sorted(
            definition["AttributeDefinitions"], key=lambda one: one["AttributeName"]
        ),
        "KeySchema": definition["KeySchema"],
        "CreationDateTime": spec.created_at_s,
        **warm_throughput(definition, definition, moment.status, moment),
        **encryption(definition, moment.encryption),
    }
    for member, describe in (
        ("LocalSecondaryIndexes", local_index_description),
        ("GlobalSecondaryIndexes", global_index_description),
    ):
        if definition.get(member):
            description[member] = [describe(spec, one, moment) for one in definition[member]]
    return description


def billing(spec: TableSpec, status: str) -> dict[str, Any]:
    """Returns the BillingModeSummary; a table that never was on demand has none.

    That of a table in the making does not say since when.
    """
    definition = spec.definition
    since_s = definition.get("LastUpdateToPayPerRequestDateTime")
    if not is_on_demand(definition) and since_s is None:
        return {}
    summary: dict[str, Any] = {"BillingMode": definition["BillingMode"]}
    if status != CREATING:
        since = spec.created_at_s if since_s is None else since_s
        summary["LastUpdateToPayPerRequestDateTime"] = since
    return {"BillingModeSummary": summary}


def encryption(definition: Definition, status: str) -> dict[str, Any]:
    """Returns the SSEDescription; a table under the service's own key has none."""
    settings = definition.get("SSESpecification", {})
    if not settings.get("Enabled", False):
        return {}
    key = settings.get("KMSMasterKeyId", DEFAULT_KEY)
    if not key.startswith("arn:"):
        key = KEY_ARN_PREFIX + (key if key.startswith("alias/") else f"key/{key}")
    return {"SSEDescription": {"Status": status, "SSEType": "KMS", "KMSMasterKeyArn": key}}


def throughput(definition: Definition, now_s: float) -> dict[str, Any]:
    """Returns a table's or index's ProvisionedThroughputDescription; zeros when on demand."""
    given = definition.get("ProvisionedThroughput") or {}
    return {
        **{member: definition[member] for member in CAPACITY_DATES if member in definition},
        "NumberOfDecreasesToday": decreases_today(definition, now_s),
        "ReadCapacityUnits": given.get("ReadCapacityUnits", 0),
        "WriteCapacityUnits": given.get("WriteCapacityUnits", 0),
    }


def warm_throughput(
    table: Definition, owner: Definition, status: str, moment: Moment
) -> dict[str, Any]:
    """Returns the WarmThroughput of a table or index: as asked for, or what it starts with.

    A table in the making, and its indexes, have it only when it was asked for.
    """
    if moment.status == CREATING and "WarmThroughput" not in owner:
        return {}
    warm = warm_units(table, owner)
    return {"WarmThroughput": {**warm, "Status": UPDATING if status == CREATING else status}}


def projection(definition: Definition) -> dict[str, Any]:
    """Returns an index's projection, with its attributes in order."""
    described = dict(definition["Projection"])
    if "NonKeyAttributes" in described:
        described["NonKeyAttributes"] = sorted(described["NonKeyAttributes"])
    return described


def local_index_description(
    spec: TableSpec, definition: Definition, moment: Moment
) -> dict[str, Any]:
    """Returns the description of a local index, which has no status of its own."""
    name = definition["IndexName"]
    items, size = moment.size_of(spec.indexes[name].number)
    return {
        "IndexName": name,
        "KeySchema": definition["KeySchema"],
        "Projection": projection(definition),
        "IndexSizeBytes": size,
        "ItemCount": items,
        "IndexArn": index_arn(spec.name, name),
    }


def global_index_description(
    spec: TableSpec, definition: Definition, moment: Moment
) -> dict[str, Any]:
    """Returns the description of a global index, with its status and throughput.

    An index keeps its status while its table changes in other ways.
    """
    own = ACTIVE if moment.status == UPDATING else moment.status
    status = moment.indexes.get(definition["IndexName"], own)
    description = local_index_description(spec, definition, moment)
    description |= {
        "IndexStatus": status,
        "ProvisionedThroughput": throughput(definition, moment.now_s),
        **warm_throughput(spec.definition, definition, status, moment),
    }
    if status == CREATING and moment.status == UPDATING:
        description["Backfilling"] = False
    if definition.get("OnDemandThroughput"):
        description["OnDemandThroughput"] = definition["OnDemandThroughput"]
    return description

"""What must be right about the indexes in a table's definition, in the service's order."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from ddblite.schema.limits import (
    GLOBAL_INDEXES_MAX,
    INDEX_KEY_PARTS_MAX,
    LOCAL_INDEXES_MAX,
    PROJECTED_ATTRIBUTES_TOTAL_MAX,
)
from ddblite.schema.wording import invalid

Definition = Mapping[str, Any]

NO_RANGE_KEY: Final = (
    "Table KeySchema does not have a range key,"
    " which is required when specifying a LocalSecondaryIndex"
)


def check_local_indexes(definition: Definition) -> None:
    """Refuses local indexes that do not share the table's partition key, or are too many."""
    indexes = definition.get("LocalSecondaryIndexes")
    if indexes is None:
        return
    if not indexes:
        raise invalid("List of LocalSecondaryIndexes is empty")
    if len(definition["KeySchema"]) == 1:
        raise invalid(NO_RANGE_KEY)
    table_hash = definition["KeySchema"][0]["AttributeName"]
    for index in indexes:
        name, schema = index["IndexName"], index["KeySchema"]
        if len(schema) == 1:
            raise invalid(f"Index KeySchema does not have a range key for index: {name}")
        own_hash = schema[0]["AttributeName"]
        if own_hash != table_hash:
            raise invalid(
                "Index KeySchema does not have the same leading hash key as table KeySchema"
                f" for index: {name}. index hash key: {own_hash}, table hash key: {table_hash}"
            )
        check_projection(index["Projection"])
    if len(indexes) > LOCAL_INDEXES_MAX:
        raise invalid(
            f"Number of LocalSecondaryIndexes exceeds per-table limit of {LOCAL_INDEXES_MAX}"
        )


def check_global_indexes(definition: Definition) -> None:
    """Refuses global indexes with too many keys, wrong throughput, or too many of them."""
    indexes = definition.get("GlobalSecondaryIndexes")
    if indexes is None:
        return
    if not indexes:
        raise invalid("List of GlobalSecondaryIndexes is empty")
    on_demand = definition.get("BillingMode") == "PAY_PER_REQUEST"
    for index in indexes:
        check_key_parts([element["KeyType"] for element in index["KeySchema"]])
        check_index_throughput(index, on_demand=on_demand)
        check_projection(index["Projection"])
    if len(indexes) > GLOBAL_INDEXES_MAX:
        raise invalid(
            f"GlobalSecondaryIndex count exceeds the per-table limit of {GLOBAL_INDEXES_MAX}"
        )


def check_key_parts(kinds: Sequence[str]) -> None:
    """Refuses more than four attributes of a kind, and a partition key behind a sort key."""
    for kind in ("HASH", "RANGE"):
        if kinds.count(kind) > INDEX_KEY_PARTS_MAX:
            raise invalid(
                f"The KeySchema exceeds the maximum allowed number of {kind} key attributes"
            )
    if sorted(kinds) != list(kinds):
        raise invalid("All HASH key attributes must precede RANGE key attributes in the KeySchema")


def check_index_throughput(index: Definition, *, on_demand: bool) -> None:
    """Refuses throughput where the billing mode has none, and none where it needs it."""
    given = index.get("ProvisionedThroughput") is not None
    name = index["IndexName"]
    if on_demand and given:
        raise invalid(
            f"ProvisionedThroughput should not be specified for index: {name}"
            " when BillingMode is PAY_PER_REQUEST"
        )
    if not on_demand and not given:
        raise invalid(f"ProvisionedThroughput is not specified for index: {name}")


def check_projection(projection: Definition) -> None:
    """Refuses a projection whose kind and list of attributes contradict each other."""
    kind = projection.get("ProjectionType")
    attributes = projection.get("NonKeyAttributes")
    if kind is None:
        raise invalid("Unknown ProjectionType: null")
    if kind != "INCLUDE" and attributes is not None:
        raise invalid(f"ProjectionType is {kind}, but NonKeyAttributes is specified")
    if kind == "INCLUDE" and attributes is None:
        raise invalid("ProjectionType is INCLUDE, but NonKeyAttributes is not specified")
    seen: set[str] = set()
    for name in attributes or ():
        if name in seen:
            raise invalid(f"Duplicate element in NonKeyAttributes: {name}")
        seen.add(name)


def indexes_of(definition: Definition) -> Iterator[Definition]:
    """Yields all indexes: the global ones, then the local ones."""
    yield from definition.get("GlobalSecondaryIndexes", ())
    yield from definition.get("LocalSecondaryIndexes", ())


def check_projection_total(definition: Definition) -> None:
    """Refuses more than a hundred projected attributes together; each use counts."""
    total = sum(
        len(index["Projection"].get("NonKeyAttributes") or ()) for index in indexes_of(definition)
    )
    if total > PROJECTED_ATTRIBUTES_TOTAL_MAX:
        # The service's own words for this limit are not known.
        raise invalid(
            "Number of NonKeyAttributes of all indexes exceeds per-table limit of"
            f" {PROJECTED_ATTRIBUTES_TOTAL_MAX}"
        )


def check_index_names(definition: Definition) -> None:
    """Refuses two indexes of one name, of whatever kind."""
    seen: set[str] = set()
    for index in indexes_of(definition):
        name = index["IndexName"]
        if name in seen:
            raise invalid(f"Duplicate index name: {name}")
        seen.add(name)

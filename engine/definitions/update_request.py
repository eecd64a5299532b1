"""The checks of UpdateTable that need no table, in the service's order.

A request changes one thing at a time: what may stand beside what is a short list of exceptions.
Facts: docs/facts/validation.md, "UpdateTable".
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from ddblite.engine.definitions.create_table import (
    check_attribute_names,
    check_encryption,
    check_key_order,
    check_keys_defined,
    check_table_class,
)
from ddblite.engine.definitions.index_definitions import check_key_parts, check_projection
from ddblite.engine.definitions.throughput import check_capacity_bounds, is_on_demand
from ddblite.schema.errors import ValidationException
from ddblite.schema.wording import invalid

Request = Mapping[str, Any]
IndexUpdate = tuple[str, Mapping[str, Any]]
"""What is done to an index, ``Create``, ``Update`` or ``Delete``, and how."""

CONCERNS: Final = {
    "ProvisionedThroughput": "ProvisionedThroughput",
    "BillingMode": "BillingMode",
    "UpdateStreamEnabled": "StreamSpecification",
    "GlobalSecondaryIndexUpdates": "GlobalSecondaryIndexUpdates",
    "SSESpecification": "SSESpecification",
    "ReplicaUpdates": "ReplicaUpdates",
    "MultiAccountReplicaReady": "MultiAccountReplicaReady",
    "ReplicaTransitRoleArn": "ReplicaTransitRoleArn",
    "MultiRegionConsistency": "MultiRegionConsistency",
    "DeletionProtectionEnabled": "DeletionProtectionEnabled",
    "OnDemandThroughput": "OnDemandThroughput",
    "WarmThroughput": "WarmThroughput",
    "TableClass": "TableClass",
}
"""What can be changed, as the service lists it, and the member that asks for it."""

NEWER_CONCERNS: Final = (
    "GlobalTableWitnessUpdates",
    "GlobalTableSettingsReplicationMode",
    "DisassociationProtectionEnabled",
    "VectorIndexUpdates",
)
"""Members that the service's own list does not have yet."""

UNSUPPORTED: Final = {
    **dict.fromkeys(
        (
            "ReplicaUpdates",
            "MultiRegionConsistency",
            "GlobalTableWitnessUpdates",
            "GlobalTableSettingsReplicationMode",
            "DisassociationProtectionEnabled",
        ),
        "is not supported: a table in a file has no replicas",
    ),
    "VectorIndexUpdates": "is not supported: there are no vector indexes yet",
}
"""What this engine does not have, in words of its own."""

ALONE: Final = (
    ("SSESpecification", "Server-Side Encryption modification"),
    ("TableClass", "TableClass modification"),
    ("DeletionProtectionEnabled", "DeletionProtection modification"),
)
"""What nothing may stand beside, in the order in which it is noticed."""


def check_update(request: Request) -> None:
    """Raises ValidationException for the first thing that is wrong with a request by itself."""
    given = concerns_of(request)
    if not given:
        raise ValidationException(nothing_to_do(request))
    check_one_concern(request, given)
    for member, reason in UNSUPPORTED.items():
        if member in given:
            raise invalid(f"{member} {reason}")
    check_billing(request)
    check_capacity_bounds(capacities_of(request))
    check_index_updates(request)
    check_stream(request)
    if "SSESpecification" in given:
        check_encryption(request)
    check_table_class(request)


def concerns_of(request: Request) -> frozenset[str]:
    """Returns the members that ask for a change; an empty list of index updates does not."""
    known = {*CONCERNS.values(), *NEWER_CONCERNS}
    return frozenset(name for name in known if request.get(name, []) != [])


def nothing_to_do(request: Request) -> str:
    """Returns what is said to a request without a change."""
    missing = [concern for concern, member in CONCERNS.items() if member not in request]
    *first, last = missing
    return f"At least one of {', '.join(first)} or {last} is required"


def check_one_concern(request: Request, given: frozenset[str]) -> None:
    """Refuses changes that cannot be made together."""
    for member, name in ALONE:
        if member in given and len(given) > 1:
            raise invalid(f"{name} must be the only operation in the request")
    check_warmth_alone(request, given)
    if "ReplicaUpdates" in given and len(given) > 1:
        raise invalid("Replica modification must be the only operation in the request")
    if "OnDemandThroughput" in given and given - {"OnDemandThroughput", "BillingMode"}:
        raise invalid(
            "OnDemandThroughput can only be combined with BillingMode in an UpdateTable request"
        )
    kinds = {kind for kind, _ in actions_of(request)}
    check_throughput_alone(given, changes_indexes=bool(kinds & {"Create", "Delete"}))


def check_warmth_alone(request: Request, given: frozenset[str]) -> None:
    """Refuses anything beside warm throughput but that of indexes, and a new index at all."""
    actions = list(actions_of(request))
    warmed = [kind == "Update" and "WarmThroughput" in action for kind, action in actions]
    is_warmed = "WarmThroughput" in given
    if (is_warmed or any(warmed)) and any(kind == "Create" for kind, _ in actions):
        raise invalid(
            "Create global secondary index cannot be specified when updating WarmThroughput"
        )
    if is_warmed and (given - {"WarmThroughput", "GlobalSecondaryIndexUpdates"} or not all(warmed)):
        raise invalid("WarmThroughput must be the only operation in the request")


def check_throughput_alone(given: frozenset[str], *, changes_indexes: bool) -> None:
    """Refuses two of throughput, stream, and indexes that come or go.

    Throughput that comes with a billing mode is part of the change of mode.
    """
    streams = "StreamSpecification" in given
    throughput = "ProvisionedThroughput" in given and "BillingMode" not in given
    if throughput and streams:
        raise invalid("You cannot modify stream status while updating table IOPS")
    if throughput and changes_indexes:
        raise invalid("You cannot create or delete index while updating table IOPS")
    if streams and changes_indexes:
        raise invalid("You cannot create or delete index while changing stream status")


def check_billing(request: Request) -> None:
    """Refuses a billing mode with the throughput of the other one."""
    mode = request.get("BillingMode")
    has_units = "ProvisionedThroughput" in request
    if mode == "PROVISIONED" and not has_units:
        raise invalid("ProvisionedThroughput must be specified when BillingMode is PROVISIONED")
    if not is_on_demand(request):
        return
    if has_units:
        raise no_units()
    for _, action in actions_of(request):
        if "ProvisionedThroughput" in action:
            raise no_units(action["IndexName"])


def no_units(index_name: str | None = None) -> ValidationException:
    """Returns the error for provisioned throughput of what is billed per request."""
    subject = "" if index_name is None else f" for index: {index_name}"
    return invalid(
        f"Neither ReadCapacityUnits nor WriteCapacityUnits can be specified{subject}"
        " when BillingMode is PAY_PER_REQUEST"
    )


def capacities_of(request: Request) -> dict[str, Any]:
    """Returns the throughput that a request speaks of, in the form of a definition."""
    return {
        "ProvisionedThroughput": request.get("ProvisionedThroughput", {}),
        "GlobalSecondaryIndexes": [action for _, action in actions_of(request)],
    }


def actions_of(request: Request) -> Iterator[IndexUpdate]:
    """Yields what is done to indexes."""
    for update in request.get("GlobalSecondaryIndexUpdates", ()):
        yield from update.items()


def check_index_updates(request: Request) -> None:
    """Refuses updates that are none or two in one, twice on one index, or ill-defined."""
    for update in request.get("GlobalSecondaryIndexUpdates", ()):
        if not update:
            raise invalid(
                "One of GlobalSecondaryIndexUpdate.Update, GlobalSecondaryIndexUpdate.Create,"
                " GlobalSecondaryIndexUpdate.Delete must not be null"
            )
        if len(update) > 1:
            raise invalid(
                "Only one global secondary index action is allowed per"
                " GlobalSecondaryIndexUpdate object"
            )
    seen: set[str] = set()
    for kind, action in actions_of(request):
        name = action["IndexName"]
        if name in seen:
            raise invalid(
                "Only one global secondary index update per index is allowed simultaneously."
                f" Index: {name}"
            )
        seen.add(name)
        if kind == "Create":
            check_new_index(request, action)


def check_new_index(request: Request, index: Mapping[str, Any]) -> None:
    """Refuses a new index whose key or projection cannot be.

    The request defines all of its key attributes, those that the table has already too
    (captured on AWS, October 2026).
    """
    if not request.get("AttributeDefinitions"):
        raise invalid(f"AttributeDefinitions is not specified for index: {index['IndexName']}")
    check_attribute_names(request)
    check_keys_defined(index["KeySchema"], request)
    check_key_order(index["KeySchema"], is_global=True)
    check_key_parts([element["KeyType"] for element in index["KeySchema"]])
    check_projection(index["Projection"])


def check_stream(request: Request) -> None:
    """Refuses a stream without a view type, and a view type without a stream."""
    stream = request.get("StreamSpecification")
    if stream is None:
        return
    has_view = "StreamViewType" in stream
    if stream["StreamEnabled"] and not has_view:
        raise invalid("If stream is being enabled then UpdateViewType is required")
    if not stream["StreamEnabled"] and has_view:
        raise invalid("If stream is being disabled, then UpdateViewType must not be specified")

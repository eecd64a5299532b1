"""What UpdateTable makes of a table's definition: a pure function from one to the next.

``changed`` is given a definition and a request that ``update_request`` found nothing wrong with. It
returns the definition as it will be, and how the answer shows it on the way there: the service
answers with the capacity as it was, a new index in CREATING, a leaving one still there and
DELETING. Facts: docs/facts/validation.md, "UpdateTable"; docs/facts/tables-and-features.md, "Life
of an index".

Beside the members of CreateTable a definition keeps what a change leaves behind, under names of
the service: ``LatestStreamLabel``, ``LastUpdateToPayPerRequestDateTime``, and per throughput
``LastIncreaseDateTime``, ``LastDecreaseDateTime`` and ``NumberOfDecreasesToday``.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from ddblite.engine.definitions.create_table import key_schemas, names_in
from ddblite.engine.definitions.index_definitions import check_projection_total
from ddblite.engine.definitions.stream_settings import with_stream
from ddblite.engine.definitions.throughput import (
    check_on_demand,
    check_table_maximum,
    check_warm,
    is_on_demand,
)
from ddblite.engine.definitions.update_request import actions_of
from ddblite.engine.definitions.update_throughput import change_throughput
from ddblite.schema.errors import (
    LimitExceededException,
    ResourceNotFoundException,
    ValidationException,
)
from ddblite.schema.limits import GLOBAL_INDEXES_MAX
from ddblite.schema.wording import invalid

Definition = Mapping[str, Any]

INDEX_CHANGES_MAX: Final = 1
"""Indexes that one call may create or delete."""


@dataclass(frozen=True, slots=True)
class Change:
    """A definition as it will be, and as the answer shows it.

    ``created`` is the name of a new index, which has to be filled; ``statuses`` are those of
    the indexes that do not stay ACTIVE.
    """

    after: dict[str, Any]
    shown: dict[str, Any]
    created: str | None = None
    statuses: Mapping[str, str] = field(default_factory=dict)


def changed(before: Definition, request: Definition, now_s: float) -> Change:
    """Returns what a request makes of a definition, or raises for what does not fit to it."""
    check_indexes_exist(before, request)
    check_attribute_types(before, request)
    after = {**before}
    for member in ("TableClass", "DeletionProtectionEnabled"):
        if member in request:
            after[member] = request[member]
    if "SSESpecification" in request:
        change_encryption(after, request["SSESpecification"])
    if "StreamSpecification" in request:
        check_stream_changes(before, request["StreamSpecification"])
        after = with_stream(after, request["StreamSpecification"], now_s)
    change_throughput(after, request, now_s)
    change_indexes(after, request)
    check_table_maximum(after)
    check_projection_total(after)
    return Change(
        after=after,
        shown=shown_definition(before, after, request),
        created=created_index(request),
        statuses=statuses_of(before, request),
    )


def global_indexes(definition: Definition) -> list[dict[str, Any]]:
    """Returns the definitions of the global indexes."""
    return [*definition.get("GlobalSecondaryIndexes", ())]


def check_indexes_exist(before: Definition, request: Definition) -> None:
    """Refuses more than one change of indexes, a new one that is there, an old one that is not."""
    kinds = [kind for kind, _ in actions_of(request)]
    if len(kinds) - kinds.count("Update") > INDEX_CHANGES_MAX:
        raise LimitExceededException(
            "Subscriber limit exceeded: Only 1 online index can be created or deleted"
            " simultaneously per table"
        )
    known = {index["IndexName"] for index in global_indexes(before)}
    local = {index["IndexName"] for index in before.get("LocalSecondaryIndexes", ())}
    for kind, action in actions_of(request):
        name = action["IndexName"]
        if kind == "Create" and name in known | local:
            raise ValidationException("Attempting to create an index which already exists")
        if kind != "Create" and name in local:
            raise ValidationException(
                f"Cannot {kind.lower()} an index that is not a GlobalSecondaryIndex: {name}"
            )
        if kind != "Create" and name not in known:
            raise ResourceNotFoundException(
                f"Requested resource not found: Index {name} for table {before['TableName']}"
            )
    if len(known) + kinds.count("Create") > GLOBAL_INDEXES_MAX:
        raise LimitExceededException(
            "Subscriber limit exceeded: Number of global secondary indexes exceeds per-table"
            f" limit of {GLOBAL_INDEXES_MAX}"
        )


def check_attribute_types(before: Definition, request: Definition) -> None:
    """Refuses a new index on a known attribute with another type.

    Other definitions are not looked at: what the table knows keeps its type.
    """
    old, new = types_of(before), types_of(request)
    keys = (action["KeySchema"] for kind, action in actions_of(request) if kind == "Create")
    for name in (name for schema in keys for name in names_in(schema)):
        if old.get(name, new[name]) != new[name]:
            existing = next(schema for schema, _ in key_schemas(before) if name in names_in(schema))
            raise invalid(
                "Attributes cannot be redefined. Please check that your attribute has the same"
                " type as previously defined."
                f" Existing schema: {schema_text(existing, old)}"
                f" New schema: {schema_text(existing, old | new)}"
            )


def types_of(definition: Definition) -> dict[str, str]:
    """Returns the types of the defined attributes."""
    return {
        one["AttributeName"]: one["AttributeType"]
        for one in definition.get("AttributeDefinitions", ())
    }


def schema_text(schema: Any, types: Mapping[str, str]) -> str:  # noqa: ANN401 - the wire's list
    """Returns a key schema as the service prints it, with the types of its attributes."""
    elements = (
        f"key{{{one['AttributeName']}:{types[one['AttributeName']]}:{one['KeyType']}}}"
        for one in schema
    )
    return f"Schema:[SchemaElement: {', SchemaElement: '.join(elements)}]"


def change_encryption(after: dict[str, Any], settings: Definition) -> None:
    """Changes the key that a table is encrypted with; one that stays is refused."""
    current = after.get("SSESpecification", {})
    if not settings.get("Enabled", False):
        if not current.get("Enabled", False):
            raise invalid("Table is already encrypted by default")
        del after["SSESpecification"]
        return
    key = settings.get("KMSMasterKeyId")
    if current.get("Enabled", False) and key in {None, current.get("KMSMasterKeyId")}:
        raise invalid(
            "Table is already encrypted with given KMSMasterKeyId."
            " Use KMSMasterKeyId parameter if you want to change Master Key"
        )
    after["SSESpecification"] = settings


def check_stream_changes(before: Definition, stream: Definition) -> None:
    """Refuses a stream that is there already, and to end one that is not there."""
    has_stream = "StreamSpecification" in before
    name = before["TableName"]
    if stream["StreamEnabled"] and has_stream:
        raise ValidationException(f"Table already has an enabled stream: TableName: {name}")
    if not stream["StreamEnabled"] and not has_stream:
        raise ValidationException(f"Table has no stream to disable: TableName: {name}")


def change_indexes(after: dict[str, Any], request: Definition) -> None:
    """Adds and removes global indexes, and keeps the definitions that some key uses."""
    indexes = global_indexes(after)
    known = [*after["AttributeDefinitions"]]
    for kind, action in actions_of(request):
        if kind == "Create":
            check_new_throughput(after, action)
            indexes.append({**action})
            names = {one["AttributeName"] for one in known}
            known += [
                one for one in request["AttributeDefinitions"] if one["AttributeName"] not in names
            ]
        if kind == "Delete":
            indexes = [one for one in indexes if one["IndexName"] != action["IndexName"]]
    if indexes:
        after["GlobalSecondaryIndexes"] = indexes
    else:
        after.pop("GlobalSecondaryIndexes", None)
    used = {name for schema, _ in key_schemas(after) for name in names_in(schema)}
    after["AttributeDefinitions"] = [one for one in known if one["AttributeName"] in used]


def check_new_throughput(after: Definition, index: Definition) -> None:
    """Refuses on-demand limits and warmth that a new index cannot have."""
    alone = {"BillingMode": after.get("BillingMode"), "GlobalSecondaryIndexes": [index]}
    check_on_demand(alone)
    check_warm(alone)


# the answer


def created_index(request: Definition) -> str | None:
    """Returns the name of the index that a request creates, or None."""
    return next(
        (action["IndexName"] for kind, action in actions_of(request) if kind == "Create"), None
    )


STATUSES: Final = {"Create": "CREATING", "Update": "UPDATING", "Delete": "DELETING"}


def statuses_of(before: Definition, request: Definition) -> dict[str, str]:
    """Returns the statuses of the indexes that a request changes, by name."""
    statuses = {action["IndexName"]: STATUSES[kind] for kind, action in actions_of(request)}
    if request.get("BillingMode", before.get("BillingMode", "PROVISIONED")) != before.get(
        "BillingMode", "PROVISIONED"
    ):
        for index in global_indexes(before):
            statuses.setdefault(index["IndexName"], "UPDATING")
    return statuses


UNITS: Final = ("ProvisionedThroughput", "LastDecreaseDateTime", "NumberOfDecreasesToday")
"""What an answer shows as it was. When capacity was raised is told at once."""


def shown_definition(
    before: Definition, after: dict[str, Any], request: Definition
) -> dict[str, Any]:
    """Returns the definition that the answer shows: with old capacity, and what leaves.

    What leaves are indexes, and a key that the table is encrypted with.
    """
    shown = {**after}
    if "SSESpecification" in request and "SSESpecification" not in after:
        shown["SSESpecification"] = before["SSESpecification"]
    leaving = {action["IndexName"] for kind, action in actions_of(request) if kind == "Delete"}
    old = {index["IndexName"]: index for index in global_indexes(before)}
    indexes = [
        *global_indexes(after),
        *(index for name, index in old.items() if name in leaving),
    ]
    if leaving:
        shown["AttributeDefinitions"] = before["AttributeDefinitions"]
    if is_on_demand(before) == is_on_demand(after):
        shown = with_units_of(before, shown)
        indexes = [with_units_of(old.get(one["IndexName"], one), one) for one in indexes]
    if indexes:
        shown["GlobalSecondaryIndexes"] = indexes
    return shown


def with_units_of(source: Definition, target: Definition) -> dict[str, Any]:
    """Returns a table's or index's definition with the capacity of another one."""
    kept = {name: member for name, member in target.items() if name not in UNITS}
    return kept | {name: source[name] for name in UNITS if name in source}

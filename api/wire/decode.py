"""Wire requests to engine requests: the fast half of "accept fast, explain slowly".

One function per operation. Each takes the wire's JSON as Python dicts and returns a record of
``schema.requests``, or raises one of ``schema.wire.REFUSALS`` without a word; ``api.wire.explain``
then walks the same wire request and has the words. Only what needs no table and no parsed
expression is decided here. JSON nulls and unknown members count as absent.

The operations of the control plane are rare and are checked by the explaining walk itself.
"""

from typing import Any, Final

from ddblite.api.wire import legacy
from ddblite.api.wire.combinations import written_key
from ddblite.api.wire.members import (
    INTEGER_MAX,
    Wire,
    choice,
    flag,
    index_of,
    named_table,
    names_of,
    require,
    start_key_of,
    table_of,
    text,
    values_of,
    whole,
)
from ddblite.api.wire.model import members
from ddblite.api.wire.model.constraints import member_faults
from ddblite.api.wire.model.control_members import CREATE_TABLE
from ddblite.api.wire.model.json_types import check_types, present
from ddblite.engine.definitions.create_table import check_definition
from ddblite.schema import control_requests, requests
from ddblite.schema.limits import (
    BATCH_GET_KEYS_MAX,
    BATCH_WRITE_REQUESTS_MAX,
    LIST_TABLES_MAX,
    NAME_LENGTH_MAX,
    NAME_LENGTH_MIN,
    SCAN_SEGMENTS_MAX,
)
from ddblite.schema.names import NAME
from ddblite.schema.wire import read_attributes

CAPACITIES: Final = frozenset({None, *members.RETURN_CONSUMED_CAPACITY})
METRICS: Final = frozenset({None, *members.RETURN_ITEM_COLLECTION_METRICS})
ON_FAILURE: Final = frozenset({None, *members.RETURN_ON_CHECK_FAILURE})
SELECTS: Final = frozenset({None, *members.SELECT})
UPDATE_RETURNS: Final = frozenset({None, *members.RETURN_VALUES})
WRITE_RETURNS: Final = frozenset({None, "NONE", "ALL_OLD"})


def get_item(wire: Wire) -> requests.GetItem:
    """Decodes GetItem."""
    choice(wire, "ReturnConsumedCapacity", CAPACITIES)
    projection = text(wire, "ProjectionExpression")
    return requests.GetItem(
        table_name=table_of(wire),
        key=read_attributes(wire["Key"], 1),
        projection=projection_of(wire, projection),
        names=names_of(wire, projection is not None),
        consistent=flag(wire, "ConsistentRead"),
    )


def projection_of(wire: Wire, projection: str | None) -> Any:
    """Returns the projection: the expression, the legacy list of names, or None."""
    if wire.get("AttributesToGet") is None:
        return projection
    require(projection is None)
    return legacy.projection(wire["AttributesToGet"])


def write_members(wire: Wire, returns: frozenset[str | None]) -> dict[str, Any]:
    """Returns what PutItem, UpdateItem and DeleteItem have in common, as record fields."""
    choice(wire, "ReturnConsumedCapacity", CAPACITIES)
    choice(wire, "ReturnItemCollectionMetrics", METRICS)
    fields: dict[str, Any] = {"table_name": table_of(wire)}
    returned = choice(wire, "ReturnValues", returns)
    if returned is not None:
        fields["return_values"] = returned
    if choice(wire, "ReturnValuesOnConditionCheckFailure", ON_FAILURE) == "ALL_OLD":
        fields["return_old_on_failure"] = True
    return fields


def conditional(wire: Wire, *, updated: bool = False) -> dict[str, Any]:
    """Returns condition and placeholders as record fields.

    ``updated`` tells that an UpdateExpression uses placeholders as well.
    """
    condition = text(wire, "ConditionExpression")
    used = updated or condition is not None
    names = names_of(wire, used)
    values = values_of(wire, used)
    if wire.get("Expected") is None and wire.get("ConditionalOperator") is None:
        return {"condition": condition, "names": names, "values": values}
    require(not used)
    lowered = legacy.expected(wire)
    return {"condition": lowered.compiled, "names": None, "values": lowered.values or None}


def put_item(wire: Wire) -> requests.PutItem:
    """Decodes PutItem."""
    return requests.PutItem(
        item=read_attributes(wire["Item"], 1),
        **write_members(wire, WRITE_RETURNS),
        **conditional(wire),
    )


def delete_item(wire: Wire) -> requests.DeleteItem:
    """Decodes DeleteItem."""
    return requests.DeleteItem(
        key=read_attributes(wire["Key"], 1),
        **write_members(wire, WRITE_RETURNS),
        **conditional(wire),
    )


def update_item(wire: Wire) -> requests.UpdateItem:
    """Decodes UpdateItem."""
    update: Any = text(wire, "UpdateExpression")
    fields = conditional(wire, updated=update is not None)
    if wire.get("AttributeUpdates") is not None:
        require(update is None and wire.get("ConditionExpression") is None)
        lowered = legacy.updates(wire["AttributeUpdates"])
        update = lowered.compiled
        fields["values"] = {**(fields["values"] or {}), **lowered.values} or None
    return requests.UpdateItem(
        key=read_attributes(wire["Key"], 1),
        update=update,
        **write_members(wire, UPDATE_RETURNS),
        **fields,
    )


def page_members(wire: Wire, filter_member: str, key_text: str | None) -> dict[str, Any]:
    """Returns what Query and Scan have in common, as record fields."""
    choice(wire, "ReturnConsumedCapacity", CAPACITIES)
    condition = text(wire, "FilterExpression")
    projection = text(wire, "ProjectionExpression")
    filtered = condition is not None or key_text is not None
    fields: dict[str, Any] = {
        "table_name": table_of(wire),
        "index_name": index_of(wire),
        "filter": condition,
        "names": names_of(wire, filtered or projection is not None),
        "values": values_of(wire, filtered),
        "projection": projection_of(wire, projection),
        "limit": whole(wire, "Limit", 1, INTEGER_MAX),
        "start_key": start_key_of(wire),
        "consistent": flag(wire, "ConsistentRead"),
    }
    fields["select"] = select_of(wire, fields)
    if wire.get(filter_member) is not None or wire.get("ConditionalOperator") is not None:
        require(not filtered and projection is None)
        lowered = legacy.filtered(wire, filter_member)
        fields |= {"filter": lowered.compiled, "values": lowered.values or None}
    if wire.get("AttributesToGet") is not None:
        require(not filtered)
    return fields


def select_of(wire: Wire, fields: dict[str, Any]) -> str | None:
    """Returns Select, which must fit to the projection and the index."""
    select = choice(wire, "Select", SELECTS)
    if select == "SPECIFIC_ATTRIBUTES":
        require(fields["projection"] is not None)
    elif select is not None:
        require(fields["projection"] is None)
    if select == "ALL_PROJECTED_ATTRIBUTES":
        require(fields["index_name"] is not None)
    return select


def query(wire: Wire) -> requests.Query:
    """Decodes Query."""
    key_text = text(wire, "KeyConditionExpression")
    fields = page_members(wire, "QueryFilter", key_text)
    key_condition: Any = key_text
    if wire.get("KeyConditions") is not None:
        require(key_text is None)
        key_condition = legacy.key_conditions(wire["KeyConditions"])
    require(key_condition is not None)
    return requests.Query(
        key_condition=key_condition,
        forward=flag(wire, "ScanIndexForward", default=True),
        **fields,
    )


def scan(wire: Wire) -> requests.Scan:
    """Decodes Scan."""
    segment = whole(wire, "Segment", 0, SCAN_SEGMENTS_MAX - 1)
    total = whole(wire, "TotalSegments", 1, SCAN_SEGMENTS_MAX)
    require((segment is None) == (total is None))
    require(segment is None or total is None or segment < total)
    return requests.Scan(
        segment=segment, total_segments=total, **page_members(wire, "ScanFilter", None)
    )


def batch_get_item(wire: Wire) -> requests.BatchGetItem:
    """Decodes BatchGetItem."""
    choice(wire, "ReturnConsumedCapacity", CAPACITIES)
    items = wire["RequestItems"]
    require(isinstance(items, dict) and items)
    tables = {named_table(name): keys_to_get(keys) for name, keys in items.items()}
    require(len(tables) == len(items))
    require(sum(len(entry.keys) for entry in tables.values()) <= BATCH_GET_KEYS_MAX)
    styles = {
        "AttributesToGet" if entry.get("AttributesToGet") is not None else "ProjectionExpression"
        for entry in items.values()
        if entry.get("AttributesToGet") is not None or entry.get("ProjectionExpression") is not None
    }
    require(len(styles) <= 1)
    return requests.BatchGetItem(tables=tables)


def keys_to_get(wire: Any) -> requests.KeysToGet:
    """Decodes one table's part of BatchGetItem; no key may be there twice as written."""
    require(isinstance(wire, dict))
    keys = wire["Keys"]
    require(isinstance(keys, list | tuple) and 0 < len(keys) <= BATCH_GET_KEYS_MAX)
    if len(keys) > 1:
        require(len(set(map(written_key, keys))) == len(keys))
    projection = text(wire, "ProjectionExpression")
    return requests.KeysToGet(
        keys=[read_attributes(key, 1) for key in keys],
        projection=projection_of(wire, projection),
        names=names_of(wire, projection is not None),
        consistent=flag(wire, "ConsistentRead"),
    )


def batch_write_item(wire: Wire) -> requests.BatchWriteItem:
    """Decodes BatchWriteItem; a table named twice (by name and by ARN) gets all its writes."""
    choice(wire, "ReturnConsumedCapacity", CAPACITIES)
    choice(wire, "ReturnItemCollectionMetrics", METRICS)
    items = wire["RequestItems"]
    require(isinstance(items, dict) and items)
    tables: dict[str, list[requests.BatchPut | requests.BatchDelete]] = {}
    for name, writes in items.items():
        require(isinstance(writes, list | tuple) and 0 < len(writes) <= BATCH_WRITE_REQUESTS_MAX)
        tables.setdefault(named_table(name), []).extend(map(batched_write, writes))
    require(sum(map(len, tables.values())) <= BATCH_WRITE_REQUESTS_MAX)
    return requests.BatchWriteItem(tables=tables)


def batched_write(wire: Any) -> requests.BatchPut | requests.BatchDelete:
    """Decodes one write of a batch: exactly one of a put and a delete."""
    require(isinstance(wire, dict))
    put, delete = wire.get("PutRequest"), wire.get("DeleteRequest")
    require((put is None) != (delete is None))
    if put is not None:
        require(isinstance(put, dict))
        return requests.BatchPut(item=read_attributes(put["Item"], 1))
    require(isinstance(delete, dict))
    return requests.BatchDelete(key=read_attributes(delete["Key"], 1))


def create_table(wire: Wire) -> control_requests.CreateTable:
    """Decodes CreateTable: the definition with its nulls and unknown members left out."""
    check_types(CREATE_TABLE, wire)
    definition = present(CREATE_TABLE, wire)
    require(next(member_faults(CREATE_TABLE, definition, ()), None) is None)
    check_definition(definition)
    name = table_of(definition)
    return control_requests.CreateTable(definition={**definition, "TableName": name})


def describe_table(wire: Wire) -> control_requests.DescribeTable:
    """Decodes DescribeTable."""
    return control_requests.DescribeTable(table_name=table_of(wire))


def delete_table(wire: Wire) -> control_requests.DeleteTable:
    """Decodes DeleteTable."""
    return control_requests.DeleteTable(table_name=table_of(wire))


def list_tables(wire: Wire) -> control_requests.ListTables:
    """Decodes ListTables."""
    start = wire.get("ExclusiveStartTableName")
    if start is not None:
        require(NAME_LENGTH_MIN <= len(start) <= NAME_LENGTH_MAX and NAME.fullmatch(start))
    limit = whole(wire, "Limit", 1, LIST_TABLES_MAX)
    return control_requests.ListTables(
        start_name=start, limit=LIST_TABLES_MAX if limit is None else limit
    )

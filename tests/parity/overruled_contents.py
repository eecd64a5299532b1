"""Known faults of AWS's local version in the content of answers.

Each function gives the oracle's answer as it should be, and everything that it does not mend is
still compared. Those of capacities are in ``overruled_capacities.py``.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from ddblite.schema.numbers import parse, plain_text
from parity.answers import Answer
from parity.overruled_capacities import (
    filtered_by_fetching,
    kind_of_units,
    missing_deletes,
    missing_keys,
    nothing_found,
    nothing_to_fetch,
    partial_index_keys,
    reach_back,
    taken_over,
    transaction_writes,
    unasked_capacity,
    with_member,
)
from parity.steps import Json, Step

Mender = Callable[[Step, Answer, Answer], Answer]


def mended(
    step: Step, mine: Answer, other: Answer, menders: Mapping[str, Mender]
) -> tuple[str, ...]:
    """Returns the sources that together turn the oracle's response into ours, or nothing."""
    used: list[str] = []
    for source, mend in menders.items():
        changed = mend(step, mine, other)
        if changed != other:
            used.append(source)
            other = changed
    return tuple(used) if other == mine else ()


def collections(step: Step, mine: Answer, other: Answer) -> Answer:
    """A table with a local index tells of its item collections when asked."""
    told = mine.get("ItemCollectionMetrics")
    is_asked = step.request.get("ReturnItemCollectionMetrics") == "SIZE"
    if "ItemCollectionMetrics" in other or told is None or not is_asked:
        return other
    ranges = re.findall(r"'SizeEstimateRangeGB': (\[[^]]*])", str(told))
    return {**other, "ItemCollectionMetrics": told} if {*ranges} == {SMALLEST} else other


SMALLEST: Final = "[0.0, 1.0]"
"""The size of every collection that is not as large as a gigabyte."""


def empty_get(step: Step, _mine: Answer, other: Answer) -> Answer:
    """A projection of nothing has no Item in TransactGetItems."""
    if step.operation != "TransactGetItems" or "Responses" not in other:
        return other
    responses = [{} if entry == {"Item": {}} else entry for entry in other["Responses"]]
    return {**other, "Responses": responses}


def touched_fragments(step: Step, mine: Answer, other: Answer) -> Answer:
    """What an update touched is a fragment, not the whole list or map."""
    if step.request.get("ReturnValues") not in {"UPDATED_OLD", "UPDATED_NEW"}:
        return other
    paths = step.request.get("UpdateExpression", "")
    is_within = mine.get("Attributes", {}).keys() <= other.get("Attributes", {}).keys()
    if not re.search(r"[\[.]", paths) or not is_within:
        return other
    return with_member(other, "Attributes", mine.get("Attributes"))


def created_by_removing(step: Step, mine: Answer, other: Answer) -> Answer:
    """An update that only removes creates nothing."""
    update = str(step.request.get("UpdateExpression") or step.request.get("AttributeUpdates", ""))
    if step.operation != "UpdateItem" or re.search(r"\b(SET|ADD|PUT)\b", update) or not update:
        return other
    is_created = other.get("Attributes", {}).keys() == step.request["Key"].keys()
    if not is_created or "Attributes" in mine:
        return other
    return with_member(other, "Attributes", None)


def still_creating(step: Step, mine: Answer, other: Answer) -> Answer:
    """A new table is CREATING in the answer, with a few more members."""
    if step.operation not in STATES:
        return other
    (member,) = other
    table = {**other[member]}
    if mine[member]["TableStatus"] not in STATES[step.operation]:
        return other
    if step.operation == "DeleteTable":
        table = {name: value for name, value in table.items() if name in mine[member]}
    for name in DESCRIBED:
        table.pop(name, None)
        if name in mine[member]:
            table[name] = mine[member][name]
    throughput = table.get("ProvisionedThroughput")
    if throughput is not None:
        table["ProvisionedThroughput"] = without_times(throughput)
    for kind in ("GlobalSecondaryIndexes", "LocalSecondaryIndexes"):
        if kind in table and kind in mine[member]:
            table[kind] = list(index_states(mine[member][kind], table[kind]))
    return {member: table}


STATES: Final = {
    "CreateTable": {"CREATING"},
    "DescribeTable": {"ACTIVE"},
    "UpdateTable": {"ACTIVE", "UPDATING"},
    "DeleteTable": {"DELETING"},
}
DESCRIBED: Final = (
    "BillingModeSummary",
    "DeletionProtectionEnabled",
    "TableId",
    "TableStatus",
    "WarmThroughput",
)
"""What the oracle leaves out of a description, or tells of another moment."""


def without_times(throughput: dict[str, Any]) -> dict[str, Any]:
    """Returns a throughput without the times of changes that there were none of."""
    return {
        name: value
        for name, value in throughput.items()
        if name not in {"LastIncreaseDateTime", "LastDecreaseDateTime"}
    }


def index_states(mine: list[Any], other: list[Any]) -> Iterator[Any]:
    """Yields the oracle's indexes with our states and warm throughput."""
    for ours, theirs in zip(mine, other, strict=False):
        members = ("IndexStatus", "ProvisionedThroughput", "WarmThroughput")
        index = {name: value for name, value in theirs.items() if name not in members}
        index |= {name: ours[name] for name in members if name in ours}
        projection = index["Projection"]
        if "NonKeyAttributes" in projection:
            names = sorted(projection["NonKeyAttributes"])
            index["Projection"] = {**projection, "NonKeyAttributes": names}
        yield index


def canonical(_step: Step, _mine: Answer, other: Answer) -> Answer:
    """Every number is in its one plain form, inside of lists, maps and results too."""
    mended: Answer = plain(other)
    return mended


def plain(value: Json) -> Json:
    """Returns JSON with the numbers of attribute values in their canonical form."""
    if isinstance(value, list):
        return [plain(each) for each in value]
    if not isinstance(value, dict):
        return value
    if len(value) == 1:
        ((tag, content),) = value.items()
        if tag == "N" and isinstance(content, str):
            return {tag: plain_text(parse(content))}
        if tag == "NS" and isinstance(content, list):
            return {tag: sorted(plain_text(parse(each)) for each in content)}
    return {name: plain(each) for name, each in value.items()}


def unprojected_filter(step: Step, mine: Answer, other: Answer) -> Answer:
    """A Scan's filter sees what the global index carries, and not the item in the table."""
    is_filtered = step.request.keys() & {"FilterExpression", "ScanFilter"}
    is_global = step.request.get("IndexName") not in {None, "local"}
    if step.operation != "Scan" or not is_filtered or not is_global:
        return other
    for member in ("Count", "Items"):
        other = taken_over(mine, other, member)
    return other


def single_item(step: Step, mine: Answer, other: Answer) -> Answer:
    """A page that ends by its Limit has a key to go on from, also after the only item."""
    is_cut = step.operation == "Query" and step.request.get("Limit") == mine.get("ScannedCount")
    if is_cut and "LastEvaluatedKey" not in other:
        return with_member(other, "LastEvaluatedKey", mine.get("LastEvaluatedKey"))
    return other


def ties(step: Step, mine: Answer, other: Answer) -> Answer:
    """Entries with one key have no order that anybody knows, so a page may end with another."""
    if step.operation != "Query" or "IndexName" not in step.request:
        return other
    here, there = mine.get("LastEvaluatedKey", {}), other.get("LastEvaluatedKey", {})
    if not any(there.get(name) == value for name, value in here.items()):
        return other
    for member in ("Count", "Items", "LastEvaluatedKey"):
        other = taken_over(mine, other, member)
    return other


def filtered_bytes(step: Step, mine: Answer, other: Answer) -> Answer:
    """A page is full by what was read, not by what its filter let through."""
    if "LastEvaluatedKey" in other or "FilterExpression" not in step.request:
        return other
    read, items = mine.get("ScannedCount", 0), mine.get("Items", [])
    if read >= other.get("ScannedCount", 0) or items != other["Items"][: len(items)]:
        return other
    return mine if "LastEvaluatedKey" in mine else other


def put_by_default(step: Step, _mine: Answer, other: Answer) -> Answer:
    """AttributeUpdates without an action puts."""
    updates = step.request.get("AttributeUpdates") or {}
    put = {name: given["Value"] for name, given in updates.items() if "Action" not in given}
    return {**other, "Attributes": {**other.get("Attributes", {}), **put}} if put else other


MENDERS: Final[dict[str, Mender]] = {
    "DeleteItem tells its capacity only when asked: captured": unasked_capacity,
    "a query that finds nothing costs half a unit, or one: captured": nothing_found,
    "keys that are not found cost half a unit, or one: verified": missing_keys,
    "transactions tell the kind of their units: captured, 2026": kind_of_units,
    "a transaction pays once for indexes, twice for each action, changed or not: captured, 2026": (
        transaction_writes
    ),
    "deleting what is not there costs one unit in a batch: verified": missing_deletes,
    "item collections are told of tables with a local index: captured, 2026": collections,
    "TransactGetItems has no Item where a projection selects nothing: captured": empty_get,
    "UPDATED_OLD and UPDATED_NEW give the part that was touched: verified": touched_fragments,
    "an update that only removes creates nothing: verified": created_by_removing,
    "the states and members of a table's description: probed on AWS, October 2026": (
        still_creating
    ),
    "every number comes back in one plain form: verified": canonical,
    "an index has an item only with all of the index's key: verified": partial_index_keys,
    "a filter on a global index sees what is projected: the developer guide": unprojected_filter,
    "a page that ends by its Limit has a LastEvaluatedKey: verified": single_item,
    "a page ends at 1 MB of what was read, filtered or not: the developer guide": filtered_bytes,
    "what a query of a local index fetches is charged: captured, 2026": reach_back,
    "what is projected is not fetched, also if an item lacks it: the developer guide": (
        nothing_to_fetch
    ),
    "entries of an index with one key have no order: the developer guide": ties,
    "AttributeUpdates without an Action put: the service's model": put_by_default,
}
"""What overrules the oracle, and the function that mends its answer by it."""

UNSEEN: Final[dict[str, Mender]] = {
    "whether a filter on a local index reads, and is charged for, what is not projected": (
        filtered_by_fetching
    ),
}
"""What nobody has seen on AWS."""

"""Known faults of AWS's local version in the capacities that it tells.

The right figure can mostly not be told from the oracle's. Each function says in which direction
and by how much at most the oracle is wrong, and takes our figures over only within that; that
they are right is what the tests of capacities are for.
"""

import re
from collections.abc import Iterator
from typing import Any, Final

from parity.answers import Answer
from parity.steps import Json, Step

HALF_UNIT: Final = 0.5


def with_member(answer: Answer, name: str, value: Json) -> Answer:
    """Returns an answer with a member changed; None takes it away."""
    rest = {member: content for member, content in answer.items() if member != name}
    return rest if value is None else {**rest, name: value}


def taken_over(mine: Answer, other: Answer, member: str) -> Answer:
    """Returns the oracle's answer with our member, where both have it."""
    return {**other, member: mine[member]} if member in mine and member in other else other


def unasked_capacity(step: Step, _mine: Answer, other: Answer) -> Answer:
    """DeleteItem tells its capacity without being asked."""
    asked = step.request.get("ReturnConsumedCapacity", "NONE")
    return with_member(other, "ConsumedCapacity", None) if asked == "NONE" else other


def units(answer: Answer) -> dict[tuple[str, ...], float]:
    """Returns every figure of an answer's capacity by its place."""
    return dict(figures((), answer.get("ConsumedCapacity", [])))


def figures(place: tuple[str, ...], told: Json) -> Iterator[tuple[tuple[str, ...], float]]:
    """Yields the figures below a place; tables of a list are known by their names."""
    if isinstance(told, list):
        for each in told:
            yield from figures((*place, each["TableName"]), each)
    elif isinstance(told, dict):
        for name, each in told.items():
            yield from figures((*place, name), each)
    elif isinstance(told, float):
        yield place, told


def charged(mine: Answer, other: Answer, least: float, most: float) -> Answer:
    """Takes our capacity over if each of its figures differs by so much at least and at most.

    A figure that one of both does not tell is nought there.
    """
    ours, theirs = units(mine), units(other)
    if not ours or not theirs:
        return other
    places = ours.keys() | theirs.keys()
    differences = [ours.get(place, 0.0) - theirs.get(place, 0.0) for place in places]
    within = all(least <= difference <= most for difference in differences)
    return taken_over(mine, other, "ConsumedCapacity") if within else other


def nothing_found(step: Step, mine: Answer, other: Answer) -> Answer:
    """A Query or Scan that reads nothing costs the least that a read costs, not nothing."""
    if step.operation not in {"Query", "Scan"} or mine.get("ScannedCount") != 0:
        return other
    least = 2 * HALF_UNIT if step.request.get("ConsistentRead") else HALF_UNIT
    if set(units(other).values()) != {0.0} or not set(units(mine).values()) <= {0.0, least}:
        return other
    return taken_over(mine, other, "ConsumedCapacity")


def missing_keys(step: Step, mine: Answer, other: Answer) -> Answer:
    """Keys that BatchGetItem does not find cost as well."""
    if step.operation != "BatchGetItem":
        return other
    missing = 0.0
    for name, part in step.request["RequestItems"].items():
        found = mine.get("Responses", {}).get(name, [])
        each = 2 * HALF_UNIT if part.get("ConsistentRead") else HALF_UNIT
        missing += each * (len(part["Keys"]) - len(found))
    return charged(mine, other, 0.0, missing) if missing else other


def kind_of_units(step: Step, _mine: Answer, other: Answer) -> Answer:
    """Transactions tell the kind of their units."""
    kind = {"TransactGetItems": "Read", "TransactWriteItems": "Write"}.get(step.operation)
    if kind is None or "ConsumedCapacity" not in other:
        return other
    told = with_kind(other["ConsumedCapacity"], f"{kind}CapacityUnits")
    return {**other, "ConsumedCapacity": told}


def with_kind(capacity: Json, kind: str) -> Json:
    """Returns capacities with their units under the name of their kind as well."""
    if isinstance(capacity, list):
        return [with_kind(each, kind) for each in capacity]
    if not isinstance(capacity, dict):
        return capacity
    told = {name: with_kind(each, kind) for name, each in capacity.items()}
    return {**told, kind: told["CapacityUnits"]} if "CapacityUnits" in told else told


def transaction_writes(step: Step, mine: Answer, other: Answer) -> Answer:
    """A transaction counts its indexes once, and an action twice that changes nothing."""
    if step.operation != "TransactWriteItems" or units(mine).keys() - units(other).keys():
        return other
    unpaid = 2.0 * len(step.request["TransactItems"])
    twice = sum(figure for place, figure in units(other).items() if is_whole(place))
    return charged(mine, other, -twice, unpaid)


def is_whole(place: tuple[str, ...]) -> bool:
    """Whether a figure is that of a table with its indexes."""
    return place[1:] == ("CapacityUnits",)


def missing_deletes(step: Step, mine: Answer, other: Answer) -> Answer:
    """Deleting a missing item in a batch costs one unit, not two."""
    if step.operation != "BatchWriteItem":
        return other
    deletes = str(step.request).count("'DeleteRequest'")
    return charged(mine, other, -float(deletes), 0.0) if deletes else other


def partial_index_keys(step: Step, mine: Answer, other: Answer) -> Answer:
    """An item with only a part of an index's key is not in the index, and costs nothing there."""
    items = [step.request.get("Item"), *put_items(step.request)]
    is_partial = any(item is not None and len({"g", "h"} & item.keys()) == 1 for item in items)
    is_updated = step.operation == "UpdateItem" and re.search(r"\b[gh]\b", str(step.request))
    if not (is_partial or is_updated) or not units(other):
        return other
    return charged(mine, other, -max(units(other).values()), 0.0)


def put_items(request: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yields the items that a batch puts."""
    for writes in (request.get("RequestItems") or {}).values():
        for write in writes if isinstance(writes, list) else ():
            if "PutRequest" in write:
                yield write["PutRequest"]["Item"]


def reach_back(step: Step, mine: Answer, other: Answer) -> Answer:
    """What is asked for and is not in a local index is fetched, and charged, per item read."""
    if step.request.get("IndexName") != "local":
        return other
    if step.request.get("Select") == "ALL_ATTRIBUTES" or wanted(step) - IN_LOCAL_INDEX:
        return charged(mine, other, 0.0, FETCHED_UNITS_MAX * mine["ScannedCount"])
    return other


def wanted(step: Step) -> set[str]:
    """Returns the attributes that a projection names."""
    asked = step.request.get("ProjectionExpression") or ""
    names = step.request.get("ExpressionAttributeNames") or {}
    return {names.get(name, name) for name in re.findall(r"#?\w+", asked)}


def nothing_to_fetch(step: Step, mine: Answer, other: Answer) -> Answer:
    """What is projected is not fetched from the table when an item does not have it."""
    is_projected = wanted(step) and wanted(step) <= IN_LOCAL_INDEX
    if step.request.get("IndexName") != "local" or not is_projected:
        return other
    return charged(mine, other, -FETCHED_UNITS_MAX * mine["ScannedCount"], 0.0)


def filtered_by_fetching(step: Step, mine: Answer, other: Answer) -> Answer:
    """What only a filter needs is fetched, and charged, as well."""
    is_filtered = step.request.keys() & {"FilterExpression", "ScanFilter"}
    if not is_filtered or step.request.get("IndexName") != "local":
        return other
    return charged(mine, other, 0.0, FETCHED_UNITS_MAX * mine["ScannedCount"])


IN_LOCAL_INDEX: Final = frozenset({"id", "k", "lk", "a"})
"""What the local index of the corpus carries."""

FETCHED_UNITS_MAX: Final = 2.0
"""What an item of the corpus costs to read at most: none is larger than 8 KB."""

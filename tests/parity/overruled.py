"""The known faults of AWS's local version, each with what overrules it.

Faults in texts are rows of ``overruled.toml``. Faults in the content of answers are functions
here: each gives the oracle's answer as it should be, by its source, and everything that it
does not mend is still compared. Sources are chapters of the collected facts about DynamoDB.
"""

import re
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from ddblite.schema.numbers import parse, plain_text
from parity.answers import Answer
from parity.steps import Json, Step

ROWS: Final[list[dict[str, Any]]] = tomllib.loads(
    Path(__file__).with_suffix(".toml").read_text("utf-8")
)["text"]

Mender = Callable[[Step, Answer, Answer], Answer]


@dataclass(frozen=True, slots=True)
class TextRule:
    """A text of the oracle that is not DynamoDB's, or that nobody has seen on AWS."""

    source: str
    is_undecided: bool
    ours: re.Pattern[str]
    theirs: re.Pattern[str]
    request: re.Pattern[str]

    def fits(self, step: Step, mine: str, other: str) -> bool:
        """Whether the rule says who is right here."""
        return (
            self.request.search(str(step)) is not None
            and self.ours.match(mine) is not None
            and self.theirs.match(other) is not None
        )


REFUSED: Final = "(?!ok$)"
"""A row that says nothing of the oracle's text is about errors; that it took what is refused
here is never a matter of words, and a row for that names both answers and the request."""

RULES: Final = tuple(
    TextRule(
        row["source"],
        row.get("undecided", False),
        re.compile(row.get("ours", ""), re.DOTALL),
        re.compile(row.get("theirs", REFUSED), re.DOTALL),
        re.compile(row.get("request", "")),
    )
    for row in ROWS
)


def text_of(answer: Answer) -> str:
    """Returns ``code: text`` of an error with its reasons, ``ok`` of anything else."""
    if "error" not in answer:
        return "ok"
    reasons = "".join(
        f" | {reason.get('Code')} {reason.get('Message', '')}"
        for reason in answer.get("CancellationReasons") or ()
    )
    return f"{answer['error']}: {answer['message']}{reasons}"


def overruled(step: Step, mine: Answer, other: Answer) -> tuple[str, ...]:
    """Returns what overrules the oracle's answer in favour of ours; empty when nothing does."""
    if "error" not in mine and "error" not in other:
        return mended(step, mine, other)
    return tuple(rule.source for rule in fitting(step, mine, other) if not rule.is_undecided)[:1]


def undecided(step: Step, mine: Answer, other: Answer) -> tuple[str, ...]:
    """Returns why it is not known who is right; empty when nobody has looked into it."""
    return tuple(rule.source for rule in fitting(step, mine, other) if rule.is_undecided)[:1]


def fitting(step: Step, mine: Answer, other: Answer) -> Iterator[TextRule]:
    """Yields the rules that fit to two answers, of which one is an error at least."""
    mine_text, other_text = text_of(mine), text_of(other)
    for rule in RULES:
        if rule.fits(step, mine_text, other_text):
            yield rule


def mended(step: Step, mine: Answer, other: Answer) -> tuple[str, ...]:
    """Returns the sources that together turn the oracle's response into ours, or nothing."""
    used: list[str] = []
    for source, mend in MENDERS.items():
        changed = mend(step, mine, other)
        if changed != other:
            used.append(source)
            other = changed
    return tuple(used) if other == mine else ()


def with_member(answer: Answer, name: str, value: Json) -> Answer:
    """Returns an answer with a member changed; None takes it away."""
    rest = {member: content for member, content in answer.items() if member != name}
    return rest if value is None else {**rest, name: value}


def unasked_capacity(step: Step, _mine: Answer, other: Answer) -> Answer:
    """DeleteItem tells its capacity without being asked."""
    asked = step.request.get("ReturnConsumedCapacity", "NONE")
    return with_member(other, "ConsumedCapacity", None) if asked == "NONE" else other


def nothing_found(step: Step, mine: Answer, other: Answer) -> Answer:
    """A read that found nothing costs half a unit or one, not none; missing keys cost as well."""
    if step.operation == "BatchGetItem":
        asked = sum(len(part["Keys"]) for part in step.request["RequestItems"].values())
        if sum(map(len, mine.get("Responses", {}).values())) == asked:
            return other
    elif step.operation not in {"Query", "Scan"} or mine.get("ScannedCount") != 0:
        return other
    return taken_over(mine, other, "ConsumedCapacity")


def taken_over(mine: Answer, other: Answer, member: str) -> Answer:
    """Returns the oracle's answer with our member, where both have it."""
    return {**other, member: mine[member]} if member in mine and member in other else other


def transaction_capacity(step: Step, mine: Answer, other: Answer) -> Answer:
    """Transactions tell the kind of their units; a write counts its indexes once."""
    if step.operation == "TransactWriteItems":
        return taken_over(mine, other, "ConsumedCapacity")
    if step.operation != "TransactGetItems" or "ConsumedCapacity" not in other:
        return other
    return {**other, "ConsumedCapacity": with_kind(other["ConsumedCapacity"], "ReadCapacityUnits")}


def with_kind(capacity: Json, kind: str) -> Json:
    """Returns capacities with their units under the name of their kind as well."""
    if isinstance(capacity, list):
        return [with_kind(each, kind) for each in capacity]
    if not isinstance(capacity, dict):
        return capacity
    told = {name: with_kind(each, kind) for name, each in capacity.items()}
    return {**told, kind: told["CapacityUnits"]} if "CapacityUnits" in told else told


def missing_deletes(step: Step, mine: Answer, other: Answer) -> Answer:
    """Deleting a missing item in a batch costs one unit, not two."""
    if step.operation != "BatchWriteItem" or "DeleteRequest" not in str(step.request):
        return other
    return taken_over(mine, other, "ConsumedCapacity")


def collections(_step: Step, mine: Answer, other: Answer) -> Answer:
    """A table with a local index tells of its item collections when asked."""
    if "ItemCollectionMetrics" in other or "ItemCollectionMetrics" not in mine:
        return other
    return {**other, "ItemCollectionMetrics": mine["ItemCollectionMetrics"]}


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
    if not re.search(r"[\[.]", step.request.get("UpdateExpression", "")):
        return other
    return with_member(other, "Attributes", mine.get("Attributes"))


def created_by_removing(step: Step, mine: Answer, other: Answer) -> Answer:
    """An update that only removes creates nothing."""
    update = str(step.request.get("UpdateExpression") or step.request.get("AttributeUpdates", ""))
    if step.operation != "UpdateItem" or re.search(r"\b(SET|ADD|PUT)\b", update) or not update:
        return other
    if set(other.get("Attributes", {})) != set(step.request["Key"]):
        return other
    return with_member(other, "Attributes", mine.get("Attributes"))


def still_creating(step: Step, mine: Answer, other: Answer) -> Answer:
    """A new table is CREATING in the answer, with a few more members."""
    if step.operation not in {"CreateTable", "DescribeTable", "DeleteTable", "UpdateTable"}:
        return other
    (member,) = other
    table = {**other[member]}
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


def partial_index_keys(step: Step, mine: Answer, other: Answer) -> Answer:
    """An item with only a part of an index's key is not in the index, and costs nothing there."""
    items = [step.request.get("Item"), *put_items(step.request)]
    is_partial = any(item is not None and len({"g", "h"} & item.keys()) == 1 for item in items)
    return taken_over(mine, other, "ConsumedCapacity") if is_partial else other


def put_items(request: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yields the items that a batch puts."""
    for writes in (request.get("RequestItems") or {}).values():
        for write in writes if isinstance(writes, list) else ():
            if "PutRequest" in write:
                yield write["PutRequest"]["Item"]


def unprojected_filter(step: Step, mine: Answer, other: Answer) -> Answer:
    """A Scan's filter sees what the global index carries, and not the item in the table."""
    if step.operation != "Scan" or step.request.get("IndexName") in {None, "local"}:
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
    is_cut = "LastEvaluatedKey" in other or "ExclusiveStartKey" in step.request
    if step.operation != "Query" or "IndexName" not in step.request or not is_cut:
        return other
    for member in ("Count", "Items", "LastEvaluatedKey"):
        other = taken_over(mine, other, member)
    return other


def reach_back(step: Step, mine: Answer, other: Answer) -> Answer:
    """What a local index fetches from the table costs there, in a Scan too, and nothing else."""
    is_filtered = "FilterExpression" in step.request and "ProjectionExpression" in step.request
    if step.request.get("IndexName") == "local" and (step.operation == "Scan" or is_filtered):
        return taken_over(mine, other, "ConsumedCapacity")
    return other


def filtered_bytes(step: Step, mine: Answer, other: Answer) -> Answer:
    """A page is full by what was read, not by what its filter let through."""
    if "LastEvaluatedKey" in other or "FilterExpression" not in step.request:
        return other
    return mine if mine.get("ScannedCount", 0) < other.get("ScannedCount", 0) else other


def put_by_default(step: Step, mine: Answer, other: Answer) -> Answer:
    """AttributeUpdates without an action puts."""
    updates = step.request.get("AttributeUpdates") or {}
    if all("Action" in update for update in updates.values()):
        return other
    return taken_over(mine, other, "Attributes")


MENDERS: Final[dict[str, Mender]] = {
    "operations.md: capacity only when asked": unasked_capacity,
    "capacity-and-paging.md 1: reads that find nothing": nothing_found,
    "capacity-and-paging.md 1 and 2: transactions": transaction_capacity,
    "capacity-and-paging.md 1: a missing item costs 1": missing_deletes,
    "capacity-and-paging.md 2: item collections": collections,
    "data-model.md 7: TransactGetItems omits Item": empty_get,
    "data-model.md 6: fragments": touched_fragments,
    "data-model.md 6: REMOVE and DELETE create nothing": created_by_removing,
    "indexes.md 5: CREATING in the answer": still_creating,
    "data-model.md 3: one canonical form": canonical,
    "indexes.md 3: an entry needs every key attribute": partial_index_keys,
    "indexes.md 1: attributes that are not projected": unprojected_filter,
    "capacity-and-paging.md 3: LastEvaluatedKey when Limit was reached": single_item,
    "capacity-and-paging.md 3: 1 MB of what was read": filtered_bytes,
    "capacity-and-paging.md 1: what a local index fetches": reach_back,
    "capacity-and-paging.md 3: ties on an index key": ties,
    "data-model.md 6: PUT is the default action": put_by_default,
}
"""What overrules the oracle, and the function that mends its answer by it."""

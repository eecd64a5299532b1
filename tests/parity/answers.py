"""Answers in a form that can be compared, whoever gave them.

An answer is the response's JSON, or ``{"error": code, "message": text, ...}``. What differs
from run to run (ids, times, ARNs) is masked, what has no order is sorted, and of a page whose
cut depends on the order of hashes only the certain part is kept.
"""

import json
import re
from collections.abc import Callable
from operator import itemgetter
from typing import Any, Final

import ddblite
from ddblite.api.http.wire_errors import error_body
from ddblite.api.wire.dispatch import dispatch
from ddblite.schema.errors import DdbError
from parity.steps import Json, Step

Answer = dict[str, Any]

MASKED: Final = frozenset(
    {
        "ApproximateCreationDateTime",
        "BackupArn",
        "BackupCreationDateTime",
        "BackupExpiryDateTime",
        "CreationDateTime",
        "CreationRequestDateTime",
        "EarliestRestorableDateTime",
        "IndexArn",
        "LastDecreaseDateTime",
        "LastIncreaseDateTime",
        "LastUpdateToPayPerRequestDateTime",
        "LatestRestorableDateTime",
        "LatestStreamArn",
        "LatestStreamLabel",
        "RestoreDateTime",
        "TableArn",
        "TableCreationDateTime",
        "TableId",
    }
)
"""Members whose content is different in every run."""

SETS: Final = ("SS", "NS", "BS")
UNORDERED_TEXT: Final = re.compile(r"\{([^{}]*)\}")


def ours(database: ddblite.Database, step: Step) -> Answer:
    """Returns our answer; what is no answer of the model (a traceback) is raised."""
    try:
        body = dispatch(database.engine, step.operation, step.request)
    except DdbError as fault:
        return normal(step, failure(json.loads(json.dumps(error_body(fault)))))
    return normal(step, json.loads(json.dumps(body)))


def failure(body: dict[str, Any]) -> Answer:
    """Returns an error's body with the code and the text under one name each."""
    rest = {
        name: value
        for name, value in body.items()
        if name not in {"__type", "message", "Message"} and value is not None
    }
    code = str(body.get("__type", "")).rpartition("#")[2]
    return {"error": code, "message": body.get("message", body.get("Message", "")), **rest}


def normal(step: Step, answer: Answer) -> Answer:
    """Returns an answer with what may differ masked or sorted."""
    answer = settled(answer)
    if "error" in answer:
        return {**answer, "message": UNORDERED_TEXT.sub(sorted_members, answer["message"])}
    special = SPECIAL.get(step.operation)
    return answer if special is None else special(step, answer)


def sorted_members(found: re.Match[str]) -> str:
    """Returns the members of a text's braces in order."""
    return "{" + ", ".join(sorted(re.split(", ?", found.group(1)))) + "}"


def settled(value: Json) -> Json:
    """Returns JSON with the order of sets and the masked members made equal."""
    if isinstance(value, list):
        return [settled(each) for each in value]
    if not isinstance(value, dict):
        return value
    if len(value) == 1:
        ((tag, members),) = value.items()
        if tag in SETS and isinstance(members, list):
            return {tag: sorted(members)}
    return {name: f"<{name}>" if name in MASKED else settled(each) for name, each in value.items()}


def by_text(values: list[Any]) -> list[Any]:
    """Returns JSON values in the order of their texts."""
    return sorted(values, key=lambda value: json.dumps(value, sort_keys=True))


def page(step: Step, answer: Answer) -> Answer:
    """Sorts what hash order or ties put somewhere; a cut there leaves only the counts."""
    request = step.request
    if step.operation == "Query" and "IndexName" not in request:
        return answer
    is_cut = "LastEvaluatedKey" in answer or "ExclusiveStartKey" in request or "Segment" in request
    if is_cut and (step.operation == "Scan" or "Items" not in answer):
        return uncertain(step, answer)
    if is_cut or "Items" not in answer:
        return answer
    return {**answer, "Items": by_text(answer["Items"])}


def uncertain(step: Step, answer: Answer) -> Answer:
    """Returns a page of some items, nobody knows which: with a filter, not even how many."""
    request = step.request
    hidden = {"LastEvaluatedKey": "<some key>"} if "LastEvaluatedKey" in answer else {}
    is_counted = not ("Segment" in request or "ExclusiveStartKey" in request)
    is_filtered = "FilterExpression" in request or "ScanFilter" in request
    unknown = {"Items"} if is_counted else {"Items", "Count", "ScannedCount", "ConsumedCapacity"}
    if is_filtered:
        unknown.add("Count")
    if not is_counted:
        hidden = {}
        unknown.add("LastEvaluatedKey")
    certain = {name: value for name, value in answer.items() if name not in unknown}
    return {**certain, **hidden}


def batch_get(_step: Step, answer: Answer) -> Answer:
    """Sorts the items of a batch, which come in any order."""
    responses = answer.get("Responses", {})
    answer = {**answer, "Responses": {name: by_text(items) for name, items in responses.items()}}
    return batch(_step, answer)


def batch(_step: Step, answer: Answer) -> Answer:
    """Sorts the capacities of a batch, which come in any order."""
    for name in ("ConsumedCapacity",):
        if isinstance(answer.get(name), list):
            answer = {**answer, name: by_text(answer[name])}
    return answer


def description(_step: Step, answer: Answer) -> Answer:
    """Sorts what a table's description lists in any order."""
    (member,) = answer
    table = dict(answer[member])
    for name, key in (
        ("AttributeDefinitions", "AttributeName"),
        ("GlobalSecondaryIndexes", "IndexName"),
        ("LocalSecondaryIndexes", "IndexName"),
    ):
        if name in table:
            table[name] = sorted(table[name], key=itemgetter(key))
    return {member: table}


SPECIAL: Final[dict[str, Callable[[Step, Answer], Answer]]] = {
    "BatchGetItem": batch_get,
    "BatchWriteItem": batch,
    "CreateTable": description,
    "DeleteTable": description,
    "DescribeTable": description,
    "Query": page,
    "Scan": page,
    "TransactGetItems": batch,
    "TransactWriteItems": batch,
    "UpdateTable": description,
}

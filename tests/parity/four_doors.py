"""One script at four doors: Python values, statements, boto3 in process, and HTTP.

A step is written once, in the words of ``ddblite.Table``; boto3's two doors are asked the same in
theirs. What a statement says instead stands beside it. Answers are brought into one form, the
wire's JSON, in which True is not 1 and 1 is not "1".
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol

from botocore.exceptions import ClientError

import ddblite
from ddblite import Check, Delete, Put, Update
from ddblite.api.python.plain_values import plain_item
from ddblite.schema.wire import decode_item, encode_item

Item = Mapping[str, Any]
Answer = Any
"""None, an item, several, or an error: a tuple that begins with its class."""

TABLE: Final = "orders"
ONE_ITEM: Final = ("get", "update", "delete", "put")
"""Verbs with one item or None for an answer, where a statement has a list."""

BOTO3_NAMES: Final = {
    "condition": "ConditionExpression",
    "filter": "FilterExpression",
    "forward": "ScanIndexForward",
    "index": "IndexName",
    "item": "Item",
    "key": "Key",
    "key_condition": "KeyConditionExpression",
    "limit": "Limit",
    "names": "ExpressionAttributeNames",
    "projection": "ProjectionExpression",
    "returning": "ReturnValues",
    "update": "UpdateExpression",
    "values": "ExpressionAttributeValues",
}


@dataclass(frozen=True, slots=True)
class Step:
    """What is asked. Without a ``statement`` it cannot be said in PartiQL."""

    name: str
    verb: str
    options: Mapping[str, Any]
    statement: str | Sequence[str] | None = None
    parameters: Sequence[Any] = ()
    table: str = TABLE
    worded: tuple[str, str] | None = None
    """The error of the statement, where the service has another for it."""


class Door(Protocol):
    """A way in."""

    def ask(self, step: Step) -> Answer:
        """Carries out a step and returns its answer, or raises an error of this door's."""


class PythonDoor:
    """``ddblite.Table`` and ``ddblite.Database``."""

    def __init__(self, database: ddblite.Database) -> None:
        self.database = database

    def ask(self, step: Step) -> Answer:
        """Calls the method of the step's name."""
        options = dict(step.options)
        match step.verb:
            case "transact_write":
                return self.database.transact_write(options["actions"])
            case "transact_get":
                return self.database.transact_get(options["gets"])
            case "batch":
                with self.database.table(step.table).batch() as batch:
                    for item in options["puts"]:
                        batch.put(item)
                    for key in options["deletes"]:
                        batch.delete(key)
                return None
        table = ddblite.Table(self.database.engine, step.table)
        key = [options.pop("key")] if "key" in options else []
        answer = getattr(table, step.verb)(*key, **options)
        return answer.all() if isinstance(answer, ddblite.Result) else answer


class Boto3Door:
    """boto3's service resource, whichever way it was made."""

    def __init__(self, resource: Any) -> None:  # noqa: ANN401 - boto3 makes its class
        self.resource = resource

    def ask(self, step: Step) -> Answer:
        """Calls boto3's method of the same meaning."""
        client = self.resource.meta.client
        table = self.resource.Table(step.table)
        match step.verb:
            case "transact_write":
                actions = [boto3_action(action) for action in step.options["actions"]]
                client.transact_write_items(TransactItems=actions)
                return None
            case "transact_get":
                gets = [
                    {"Get": {"TableName": get.table, "Key": get.key}}
                    for get in step.options["gets"]
                ]
                found = client.transact_get_items(TransactItems=gets)["Responses"]
                return [one.get("Item") for one in found]
            case "batch":
                with table.batch_writer() as batch:
                    for item in step.options["puts"]:
                        batch.put_item(Item=item)
                    for key in step.options["deletes"]:
                        batch.delete_item(Key=key)
                return None
        options = boto3_options(step.options)
        if step.verb in {"query", "scan"}:
            return getattr(table, step.verb)(**options)["Items"]
        answer = getattr(table, f"{step.verb}_item")(**options)
        return answer.get("Item" if step.verb == "get" else "Attributes")


class StatementDoor:
    """PartiQL: one statement with ``Database.execute``, several as a batch or transaction.

    What cannot be said in PartiQL is done with Python values, so that the items stay the same.
    """

    def __init__(self, database: ddblite.Database) -> None:
        self.database = database

    def ask(self, step: Step) -> Answer:
        """Executes what the step says instead."""
        if step.statement is None:
            return PythonDoor(self.database).ask(step)
        if isinstance(step.statement, str):
            answer = self.database.execute(step.statement, step.parameters).all()
            return next(iter(answer), None) if step.verb in ONE_ITEM else answer
        statements = [{"Statement": statement} for statement in step.statement]
        if step.verb == "batch":
            request = {"Statements": statements}
            found = self.database.call("BatchExecuteStatement", request)["Responses"]
            assert [] == [one for one in found if "Error" in one]
            return None
        request = {"TransactStatements": statements}
        found = self.database.call("ExecuteTransaction", request)["Responses"]
        if step.verb == "transact_write":
            return None
        return [decode_item(one["Item"]) if "Item" in one else None for one in found]


def boto3_options(options: Mapping[str, Any]) -> dict[str, Any]:
    """Returns options under boto3's names."""
    return {BOTO3_NAMES[name]: value for name, value in options.items() if value is not None}


def boto3_action(action: ddblite.Put | ddblite.Update | ddblite.Delete | ddblite.Check) -> Item:
    """Returns an action of a transaction in boto3's form."""
    members = ("item", "key", "update", "condition", "names", "values")
    options = {name: getattr(action, name, None) for name in members}
    kind = {Put: "Put", Update: "Update", Delete: "Delete", Check: "ConditionCheck"}[type(action)]
    return {kind: {"TableName": action.table, **boto3_options(options)}}


def outcome(door: Door, step: Step) -> Answer:
    """Returns what a step gives at a door in the form that all doors share."""
    try:
        return shared_form(door.ask(step))
    except ddblite.errors.TransactionCanceledException as error:
        reasons = tuple((reason.code, reason.message) for reason in error.reasons)
        return (error.code, error.message, reasons)
    except ddblite.DdbError as error:
        return (error.code, error.message)
    except ClientError as error:
        told = error.response["Error"]
        given = error.response.get("CancellationReasons")
        reasons = tuple((one["Code"], one.get("Message")) for one in given or ())
        return (told["Code"], told["Message"], *([reasons] if given else []))


def shared_form(answer: Answer) -> Answer:
    """Returns an answer in the wire's JSON, its sets in order."""
    if answer is None:
        return None
    if isinstance(answer, list):
        return [shared_form(one) for one in answer]
    return {name: ordered(value) for name, value in encode_item(plain_item(answer)).items()}


def ordered(wire: dict[str, Any]) -> dict[str, Any]:
    """Returns a value of the wire with the members of its sets in order."""
    (kind, content), *_ = wire.items()
    if kind == "M":
        return {kind: {name: ordered(value) for name, value in content.items()}}
    if kind == "L":
        return {kind: [ordered(value) for value in content]}
    return {kind: sorted(content)} if kind in {"SS", "NS", "BS"} else wire

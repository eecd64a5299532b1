"""The ways into a database: one request of the wire, asked for at any of them.

A door takes an operation and its JSON, and answers in JSON; a refusal is raised, as whatever the
door raises, and ``refusal_of`` says what all of them mean by it.
"""

import asyncio
import http.client
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, closing, contextmanager
from typing import Any, Final
from urllib.parse import urlsplit

from botocore import xform_name
from botocore.exceptions import ClientError

import ddblite
from boto3_doors import ONE_ATTEMPT
from ddblite.api.http.listening import served
from ddblite.api.python.async_database import AsyncDatabase
from ddblite.schema.errors import DdbError
from ddblite.schema.wire import decode_item, decode_value, encode_item
from serving import TIMEOUT_S, headers_for

Wire = dict[str, Any]
Ask = Callable[[str, Wire], Any]


class Refused(Exception):  # noqa: N818 - an answer, like others
    """An answer of HTTP that is no success."""

    def __init__(self, status: int, body: Wire) -> None:
        super().__init__(status, body)
        self.status = status
        self.body = body


@contextmanager
def wire_door(database: ddblite.Database) -> Iterator[Ask]:
    """``Database.call``."""
    yield database.call


@contextmanager
def boto3_door(database: ddblite.Database) -> Iterator[Ask]:
    """boto3's client in process."""
    client = database.boto3_client(config=ONE_ATTEMPT)
    yield lambda operation, wire: getattr(client, xform_name(operation))(**wire)


@contextmanager
def http_door(database: ddblite.Database) -> Iterator[Ask]:
    """A server on a socket, and one connection to it."""
    with served(database) as url:
        host = urlsplit(url).netloc
        with closing(http.client.HTTPConnection(host, timeout=TIMEOUT_S)) as connection:
            yield lambda operation, wire: asked_by_http(connection, operation, wire)


def asked_by_http(connection: http.client.HTTPConnection, operation: str, wire: Wire) -> Wire:
    """Sends a request and returns the answer, or raises Refused."""
    connection.request("POST", "/", json.dumps(wire).encode(), headers_for(operation))
    response = connection.getresponse()
    body: Wire = json.loads(response.read() or "{}")
    if response.status != 200:
        raise Refused(response.status, body)
    return body


@contextmanager
def async_door(database: ddblite.Database) -> Iterator[Ask]:
    """``AsyncDatabase``, whose loop runs for the length of a request. Closes the database."""
    with asyncio.Runner() as runner:
        twin = AsyncDatabase(lambda: database)
        runner.run(twin.__aenter__())
        try:
            yield lambda operation, wire: runner.run(twin.call(operation, wire))
        finally:
            runner.run(twin.close())


@contextmanager
def python_door(database: ddblite.Database) -> Iterator[Ask]:
    """The methods of ``Table`` and ``Database``; what none of them does, ``call`` does."""

    def ask(operation: str, wire: Wire) -> Any:  # noqa: ANN401 - as the method answers
        method = METHODS.get(operation)
        return database.call(operation, wire) if method is None else method(database, wire)

    yield ask


def expression_of(wire: Wire) -> dict[str, Any]:
    """Returns the options that the methods of a write share."""
    values = wire.get("ExpressionAttributeValues")
    return {
        "condition": wire.get("ConditionExpression"),
        "names": wire.get("ExpressionAttributeNames"),
        "values": values and decode_item(values),
    }


def put(database: ddblite.Database, wire: Wire) -> object:
    """PutItem."""
    table = ddblite.Table(database.engine, wire["TableName"])
    return table.put(decode_item(wire["Item"]), **expression_of(wire))


def update(database: ddblite.Database, wire: Wire) -> object:
    """UpdateItem."""
    table = ddblite.Table(database.engine, wire["TableName"])
    text = wire.get("UpdateExpression")
    return table.update(decode_item(wire["Key"]), text, **expression_of(wire))


def delete(database: ddblite.Database, wire: Wire) -> object:
    """DeleteItem."""
    table = ddblite.Table(database.engine, wire["TableName"])
    return table.delete(decode_item(wire["Key"]), **expression_of(wire))


def get(database: ddblite.Database, wire: Wire) -> Wire:
    """GetItem of a whole item."""
    table = ddblite.Table(database.engine, wire["TableName"])
    found = table.get(decode_item(wire["Key"]))
    return {} if found is None else {"Item": encode_item(found)}


def batch(database: ddblite.Database, wire: Wire) -> None:
    """BatchWriteItem."""
    for name, writes in wire["RequestItems"].items():
        with ddblite.Table(database.engine, name).batch() as batched:
            for write in writes:
                if "PutRequest" in write:
                    batched.put(decode_item(write["PutRequest"]["Item"]))
                else:
                    batched.delete(decode_item(write["DeleteRequest"]["Key"]))


def transact(database: ddblite.Database, wire: Wire) -> None:
    """TransactWriteItems of puts and updates."""
    actions: list[ddblite.Put | ddblite.Update] = []
    for write in wire["TransactItems"]:
        if "Put" in write:
            put_wire = write["Put"]
            item = decode_item(put_wire["Item"])
            actions.append(ddblite.Put(put_wire["TableName"], item, **expression_of(put_wire)))
        else:
            change = write["Update"]
            key = decode_item(change["Key"])
            text = change["UpdateExpression"]
            options = expression_of(change)
            actions.append(ddblite.Update(change["TableName"], key, text, **options))
    database.transact_write(actions, token=wire.get("ClientRequestToken"))


def execute(database: ddblite.Database, wire: Wire) -> Wire:
    """ExecuteStatement, to the end."""
    parameters = [decode_value(value) for value in wire.get("Parameters", ())]
    return {"Items": list(map(encode_item, database.execute(wire["Statement"], parameters)))}


METHODS: Final[Mapping[str, Callable[[ddblite.Database, Wire], object]]] = {
    "PutItem": put,
    "UpdateItem": update,
    "DeleteItem": delete,
    "GetItem": get,
    "BatchWriteItem": batch,
    "TransactWriteItems": transact,
    "ExecuteStatement": execute,
}

DOORS: Final[Mapping[str, Callable[[ddblite.Database], AbstractContextManager[Ask]]]] = {
    "Database.call": wire_door,
    "boto3": boto3_door,
    "HTTP": http_door,
    "AsyncDatabase": async_door,
    "Python": python_door,
}


def refusal_of(error: Exception) -> tuple[str, str]:
    """Returns the code and the text of a refusal, whichever door it came from, or raises it."""
    match error:
        case DdbError():
            return error.code, error.message
        case ClientError():
            told = error.response["Error"]
            return str(told["Code"]), str(told["Message"])
        case Refused():
            body = error.body
            text = str(body.get("message", body.get("Message", "")))
            return str(body.get("__type", "")).rpartition("#")[2], text
    raise error

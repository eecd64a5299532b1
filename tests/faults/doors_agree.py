"""A million requests of every kind at all doors: never a traceback, and every door says the same.

Two databases are asked the same, one by ``Database.call`` and one at another door. Whatever is
asked, the answer is an item or page, or an error that the service has; the two are the same, and so
are the databases in the end. What a door cannot be asked, such as what boto3 itself refuses to
send, is asked of neither.
"""

import base64
import binascii
import json
import re
import time
from collections.abc import Callable, Mapping
from typing import Any, Final

from botocore.exceptions import BotoCoreError, ClientError

import ddblite
from ddblite.schema import errors
from ddblite.schema.errors import DdbError, InternalServerError, RequestError, RetryableError
from ddblite.schema.wire import Refused as Undecodable
from faults.asked import LIMITED, NAMES, Question, Wire, questions
from faults.doors import DOORS, METHODS, Ask, Refused, refusal_of
from faults.lines import Trial
from parity.answers import failure, normal
from parity.steps import Step

SECONDS_MAX: Final = 10
"""No request may take longer, whatever it is."""

OTHERS: Final = tuple(name for name in DOORS if name != "Database.call")

CODES: Final = {
    kind.code
    for kind in vars(errors).values()
    if isinstance(kind, type)
    and issubclass(kind, RequestError | RetryableError)
    and not issubclass(kind, InternalServerError)
}

WITHOUT_TEXT: Final = ("SerializationException", "UnknownOperationException")

REFUSED: Final = {"SerializationException": "ValidationException"}

SURROGATE: Final = re.compile(r"\\ud[89a-f]")
"""As Python shows half of a character."""

TOO_DEEP: Final = "{'L': [{'M': {'a': " * 40
"""botocore's own validation recurses without a bound."""

ENVELOPE: Final = ("ResponseMetadata", "$metadata")


class NotHere(Exception):  # noqa: N818 - nothing is wrong
    """A door cannot be asked this."""


def trial(given: Trial) -> None:
    """Asks so many questions in all, half of them at each door."""
    door = OTHERS[given.number % len(OTHERS)]
    seed = given.dice.randrange(10**9)
    clock = ddblite.FixedClock()
    with (
        ddblite.connect(":memory:", clock=clock) as here,
        ddblite.connect(":memory:", clock=clock) as there,
        DOORS[door](there) as ask,
    ):
        for number, question in enumerate(questions(seed, given.cases // 2)):
            try:
                compare(question, here.call, lambda o, w: FORMS[door](ask, o, w), door)
            except NotHere:
                continue
            except Exception as error:
                text = f"question {number} at {door}: {question.operation} {question.wire}"
                raise AssertionError(f"{text[:3000]}\n{error!r}") from error
        assert contents(here) == contents(there), door
        assert [] == here.check() + there.check()


def contents(database: ddblite.Database) -> dict[str, Any]:
    """Returns all items of all tables."""
    return {name: list(map(repr, database.table(name).scan())) for name in database.tables()}


def compare(question: Question, call: Ask, ask: Ask, door: str) -> None:
    """Raises unless both doors give the same good answer to a question."""
    begun = time.monotonic()
    other = outcome(ask, question)
    mine = outcome(call, question)
    assert time.monotonic() - begun < SECONDS_MAX, "it takes too long"
    code = mine.get("error")
    if code is not None:
        assert code in CODES, f"{mine} is no error of the service"
        assert mine["message"] or code in WITHOUT_TEXT, "an error without a text"
        assert "Traceback" not in mine["message"]
    if question.is_legal is not None:
        assert question.is_legal == (code is None), f"at a limit: {mine}"
    if door == "Python" and question.operation in METHODS:
        # Its answers are Python's; a value of a wrong type is to it a wrong value like others.
        mine, other = (
            {"error": REFUSED.get(one.get("error", ""), one.get("error"))} for one in (mine, other)
        )
    assert mine == other, f"here {str(mine)[:1000]}\nthere {str(other)[:1000]}"


def outcome(ask: Ask, question: Question) -> Wire:
    """Returns an answer or an error in the form that all doors share."""
    try:
        answer = ask(question.operation, question.wire)
    except (DdbError, ClientError, Refused) as error:
        code, text = refusal_of(error)
        answer = failure({"__type": code, "message": text})
    step = Step(question.operation, question.wire)
    return normal(step, answer) if isinstance(answer, dict) else {}


def as_it_is(ask: Ask, operation: str, wire: Wire) -> Any:  # noqa: ANN401 - an answer
    """Asks a door that takes the wire's JSON."""
    return json.loads(json.dumps(ask(operation, wire)))


def by_boto3(ask: Ask, operation: str, wire: Wire) -> Any:  # noqa: ANN401 - an answer
    """Asks boto3, in its own form; what it does not send is not asked."""
    text = str(wire)
    if operation[:1].islower():  # which boto3 sends as the operation that is written otherwise
        raise NotHere
    if SURROGATE.search(text) or TOO_DEEP in text or "TimeRange" in text:  # True is a time to it
        raise NotHere
    try:
        given = with_bytes(wire)
        answer = ask(operation, given)
    except (BotoCoreError, AttributeError, TypeError, binascii.Error, ValueError) as error:
        raise NotHere from error
    return without_bytes({name: value for name, value in answer.items() if name not in ENVELOPE})


def by_http(ask: Ask, operation: str, wire: Wire) -> Any:  # noqa: ANN401 - an answer
    """Asks a server, whose header names an operation in ASCII, and whose body is UTF-8.

    It alone has an address of its own to tell.
    """
    if operation == "DescribeEndpoints" or not operation.isascii():
        raise NotHere
    if operation != operation.strip() or SURROGATE.search(str(wire)):
        raise NotHere
    return ask(operation, wire)


def by_python(ask: Ask, operation: str, wire: Wire) -> Any:  # noqa: ANN401 - an answer
    """Asks a method, if what is asked has a form for it."""
    if operation in METHODS and not set(wire) <= PARAMETERS[operation]:
        raise NotHere
    if "TableName" in wire and wire["TableName"] not in (
        *NAMES,
        LIMITED,
    ):  # a method has a table already
        raise NotHere
    try:
        return ask(operation, wire)
    except (Undecodable, KeyError, TypeError, AttributeError, ValueError) as error:
        if isinstance(error, DdbError):
            raise
        raise NotHere from error


def with_bytes(value: Any) -> Any:  # noqa: ANN401 - any JSON
    """Returns JSON with the bytes that boto3 wants."""
    if isinstance(value, list):
        return [with_bytes(one) for one in value]
    if not isinstance(value, dict):
        return value
    if len(value) == 1 and isinstance(value.get("B"), str):
        return {"B": base64.b64decode(value["B"], validate=True)}
    if len(value) == 1 and isinstance(value.get("BS"), list):
        return {"BS": [base64.b64decode(one, validate=True) for one in value["BS"]]}
    return {name: with_bytes(one) for name, one in value.items()}


def without_bytes(value: Any) -> Any:  # noqa: ANN401 - an answer of boto3's
    """Returns an answer of boto3's as JSON."""
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if isinstance(value, list):
        return [without_bytes(one) for one in value]
    if isinstance(value, dict):
        return {name: without_bytes(one) for name, one in value.items()}
    return value


EXPRESSIONS: Final = {
    "ConditionExpression",
    "ExpressionAttributeNames",
    "ExpressionAttributeValues",
}
PARAMETERS: Final[Mapping[str, set[str]]] = {
    "PutItem": {"TableName", "Item", *EXPRESSIONS},
    "UpdateItem": {"TableName", "Key", "UpdateExpression", *EXPRESSIONS},
    "DeleteItem": {"TableName", "Key", *EXPRESSIONS},
    "GetItem": {"TableName", "Key"},
    "BatchWriteItem": set(),
    "TransactWriteItems": set(),
    "ExecuteStatement": {"Statement", "Parameters"},
}
"""What a method's request may have to be asked for in Python values."""

FORMS: Final[Mapping[str, Callable[[Ask, str, Wire], Any]]] = {
    "boto3": by_boto3,
    "HTTP": by_http,
    "AsyncDatabase": as_it_is,
    "Python": by_python,
}

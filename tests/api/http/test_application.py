"""From one whole request to one answer, without a socket."""

import json
import logging
from collections.abc import Iterator
from typing import Any, Final

import pytest

import ddblite
from ddblite.api.http import application
from ddblite.api.http.messages import Answer, Request
from ddblite.api.wire.operations import UNSUPPORTED
from ddblite.engine.clock import Clock, FixedClock
from ddblite.engine.engine import Engine
from ddblite.schema.requests import PutItem
from serving import SIGNED, headers_for
from wire_requests import GOOD, NEVER_FOUND, TABLE

SERVICE = "com.amazon.coral.service#"
MODEL = "com.amazonaws.dynamodb.v20120810#"
PAGE = "http://localhost:3000"
UNKNOWN = {"__type": SERVICE + "UnknownOperationException"}
SERIALIZATION = {"__type": SERVICE + "SerializationException"}
PRESIGNED: Final = "X-Amz-Algorithm=a&X-Amz-Credential=b&X-Amz-Signature=c&X-Amz-SignedHeaders=d"

HALF_SIGNED: Final = "AWS4-HMAC-SHA256 Credential=a, SignedHeaders=b"
RE_EXAMINE: Final = "Re-examine the query-string parameters."
TWICE_SIGNED: Final = (
    "Found both 'X-Amz-Algorithm' as a query-string param and 'Authorization' as HTTP header."
)


@pytest.fixture
def engine() -> Iterator[Engine]:
    """An engine with the table of ``wire_requests``."""
    with ddblite.connect(":memory:") as database:
        database.call("CreateTable", TABLE)
        yield database.engine


def ask(
    engine: Engine, operation: str, wire: object, *, query: str = "", **changed: str | None
) -> Answer:
    """Answers a request with good headers, some of them changed."""
    body = wire if isinstance(wire, bytes) else json.dumps(wire).encode()
    request = Request("POST", "/", headers_for(operation, **changed), query, body)
    return application.answer(engine, request)


def result(answer: Answer) -> tuple[int, Any]:
    """Returns status and JSON."""
    return answer.status, json.loads(answer.body)


@pytest.mark.parametrize("operation", sorted(GOOD.keys() - NEVER_FOUND))
def test_operations_answer(engine: Engine, operation: str) -> None:
    """Each by its name; what it answers is the business of dispatch."""
    wire = {**GOOD[operation], "TableName": "other"} if operation == "CreateTable" else None
    assert ask(engine, operation, wire or GOOD[operation]).status == 200


def test_capacity_is_a_decimal_fraction(engine: Engine) -> None:
    """As the service prints it: a client in a typed language reads a double."""
    wire = {**GOOD["PutItem"], "ReturnConsumedCapacity": "TOTAL"}
    assert b'"CapacityUnits":1.0}' in ask(engine, "PutItem", wire).body
    wire = {**GOOD["GetItem"], "ReturnConsumedCapacity": "TOTAL"}
    assert b'"CapacityUnits":0.5}' in ask(engine, "GetItem", wire).body


@pytest.mark.parametrize(
    ("given", "echoed"),
    [
        ("application/x-amz-json-1.0", "application/x-amz-json-1.0"),
        ("application/json", "application/json"),
        ("application/json; charset=utf-8", "application/json"),
        (None, "application/json"),
        ("", "application/json"),
    ],
)
def test_content_type_is_echoed(engine: Engine, given: str | None, echoed: str) -> None:
    """In errors too; who names none has sent JSON."""
    assert echoed == ask(engine, "ListTables", {}, content_type=given).content_type
    assert echoed == ask(engine, "NoSuchThing", {}, content_type=given).content_type


def test_post_without_type_and_body_is_json(engine: Engine) -> None:
    """So its fault is that of an empty body."""
    answer = ask(engine, "ListTables", b"", content_type=None)
    assert (400, SERIALIZATION) == result(answer)


@pytest.mark.parametrize("content_type", ["text/plain", "application/x-amz-json-1.1"])
def test_other_content_types_are_not_here(engine: Engine, content_type: str) -> None:
    """A form on a web page can send text/plain, and nothing is executed for it."""
    answer = ask(engine, "DeleteTable", GOOD["DeleteTable"], content_type=content_type)
    assert (404, b"<UnknownOperationException/>\n") == (answer.status, answer.body)
    assert "books" in engine.catalog.tables


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/other"), ("PUT", "/"), ("HEAD", "/"), ("OPTIONS", "/"), ("POST", "/other")],
)
def test_other_methods_and_paths_are_not_here(engine: Engine, method: str, path: str) -> None:
    """A browser's preflight is one of them."""
    request = Request(method, path, headers_for("ListTables"), "", b"{}")
    assert application.NOT_HERE == application.answer(engine, request)


@pytest.mark.parametrize(
    ("path", "text"),
    [("/", b"healthy: dynamodb.us-east-1.amazonaws.com "), ("/healthz", b"ok\n")],
)
def test_health_needs_no_credentials(engine: Engine, path: str, text: bytes) -> None:
    """So that anything can wait for the server."""
    answer = application.answer(engine, Request("GET", path, {}))
    assert (200, text) == (answer.status, answer.body)


@pytest.mark.parametrize(
    "target",
    [
        None,
        "",
        "ListTables",
        "DynamoDB_20120810",
        "DynamoDB_20120810.",
        "DynamoDB_20120810.NoSuchThing",
        "DynamoDB_20120810.ListTables.",
        "DynamoDB_20111205.ListTables",
        "DynamoDB_20120810.ListStreams",
        "DynamoDBStreams_20120810.ListTables",
    ],
)
def test_unknown_targets_have_no_message(engine: Engine, target: str | None) -> None:
    """Each service knows its own operations only."""
    assert (400, UNKNOWN) == result(ask(engine, "", {}, x_amz_target=target))


@pytest.mark.parametrize("operation", sorted(UNSUPPORTED))
def test_operations_of_the_model_say_why_they_are_not_here(engine: Engine, operation: str) -> None:
    """In both spellings, as some clients read the one and some the other."""
    reason = UNSUPPORTED[operation]
    expected = {**UNKNOWN, "message": reason, "Message": reason}
    assert (400, expected) == result(ask(engine, operation, {}))


def test_endpoint_is_the_host_that_was_asked(engine: Engine) -> None:
    """A client that looks for endpoints would leave for the service itself otherwise."""
    for host in ("127.0.0.1:8000", "db.example"):
        expected = {"Endpoints": [{"Address": host, "CachePeriodInMinutes": 1440}]}
        assert (200, expected) == result(ask(engine, "DescribeEndpoints", {}, host=host))


def test_failed_condition_of_a_statement_has_a_capital_message(engine: Engine) -> None:
    """With the item, and only there: captured on AWS, October 2026."""
    engine.execute(PutItem(table_name="books", item={"id": "1", "n": 1}))
    statement = {
        "Statement": "DELETE FROM books WHERE id = '1' AND n = 2",
        "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
    }
    failed = {"__type": MODEL + "ConditionalCheckFailedException"}
    text = "The conditional request failed"
    item = {"Item": {"id": {"S": "1"}, "n": {"N": "1"}}}
    answer = ask(engine, "ExecuteStatement", statement)
    assert (400, {**failed, **item, "Message": text}) == result(answer)
    del statement["ReturnValuesOnConditionCheckFailure"]
    answer = ask(engine, "ExecuteStatement", statement)
    assert (400, {**failed, "message": text}) == result(answer)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"{} x",
        b'{"Limit":NaN}',
        b'{"Limit":Infinity}',
        b'{"Limit":1e999}',
        b"\xef\xbb\xbf{}",
        b'{"TableName":"\xff"}',
        b'{"TableName":"\\ud800"}',
        b'{"TableName":"a\nb"}',
        b"[" * 200_000,
    ],
    ids=lambda body: repr(body[:20]),
)
def test_bad_json_has_no_message(engine: Engine, body: bytes) -> None:
    """Nor does it say where the JSON went wrong."""
    assert (400, SERIALIZATION) == result(ask(engine, "ListTables", body))


def test_of_two_equal_names_the_last_counts(engine: Engine) -> None:
    """One rule, whatever reads the JSON."""
    body = b'{"TableName":"nothing","TableName":"books"}'
    assert ask(engine, "DescribeTable", body).status == 200


def test_integers_and_fractions_stay_apart(engine: Engine) -> None:
    """Where the wire has text, the message tells which of the two was there."""
    for number, word in ((b"5", "NUMBER"), (b"5.0", "DECIMAL")):
        status, body = result(ask(engine, "DescribeTable", b'{"TableName":' + number + b"}"))
        assert (400, f"{word}_VALUE cannot be converted to String") == (status, body["Message"])


@pytest.mark.parametrize(
    ("query", "authorization", "code", "message"),
    [
        ("", None, "MissingAuthenticationToken", "Request is missing Authentication Token"),
        ("", "Basic a2V5", "MissingAuthenticationToken", "Request is missing Authentication Token"),
        (
            "",
            HALF_SIGNED,
            "IncompleteSignature",
            f"Authorization header requires 'Signature' parameter. Authorization={HALF_SIGNED}",
        ),
        (
            PRESIGNED,
            None,
            "IncompleteSignature",
            f"AWS query-string parameters must include 'X-Amz-Date'. {RE_EXAMINE}",
        ),
        (
            PRESIGNED,
            SIGNED,
            "InvalidSignature",
            TWICE_SIGNED,
        ),
    ],
)
def test_unsigned_requests_are_refused(
    engine: Engine, query: str, authorization: str | None, code: str, message: str
) -> None:
    """Before anything is said about their content."""
    answer = ask(engine, "DeleteTable", {"x": 1}, query=query, authorization=authorization)
    expected = {"__type": f"{SERVICE}{code}Exception", "message": message}
    assert (400, expected) == result(answer)


def test_presigned_requests_are_signed(engine: Engine) -> None:
    """The signature may be in the query instead."""
    query = PRESIGNED + "&X-Amz-Date=20261001T000000Z"
    assert ask(engine, "ListTables", {}, query=query, authorization=None).status == 200


def test_order_of_refusals(engine: Engine) -> None:
    """JSON, then the target, then the signature, then an empty body."""
    assert (400, SERIALIZATION) == result(ask(engine, "Nothing", b"{", authorization=None))
    assert (400, UNKNOWN) == result(ask(engine, "Nothing", b"", authorization=None))
    _, body = result(ask(engine, "ListTables", b"", authorization=None))
    assert body["__type"] == SERVICE + "MissingAuthenticationTokenException"


def test_answers_name_the_server_as_the_service_does(engine: Engine) -> None:
    for operation in ("ListTables", "NoSuchThing"):
        assert (b"server", b"Server") in ask(engine, operation, {}).headers("id")


class Broken:
    """An engine with a bug."""

    wording = "current"
    lenient = False
    clock: Clock = FixedClock()

    def execute(self, request: object) -> object:
        """Fails as no engine should."""
        raise ZeroDivisionError(f"/home/ann/shop.ddb {request}")


def test_bugs_are_logged_and_not_shown(caplog: pytest.LogCaptureFixture) -> None:
    """The client gets an error that it retries, the log a traceback."""
    request = Request("POST", "/", headers_for("ListTables"), "", b"{}")
    with caplog.at_level(logging.ERROR):
        status, body = result(application.answer(Broken(), request))
    assert (500, "Internal server error") == (status, body["message"])
    assert "ZeroDivisionError" in caplog.text


def test_faults_of_the_file_are_logged(engine: Engine, caplog: pytest.LogCaptureFixture) -> None:
    """In one line: nothing is wrong with the program."""
    engine.close()
    with caplog.at_level(logging.ERROR):
        assert ask(engine, "PutItem", GOOD["PutItem"]).status == 500
    assert ["Closed: the database is closed"] == caplog.messages

"""What is wrong with a request's target or JSON, over a socket: DynamoDB's answer, stamped.

Each row is asked of one server, which goes on as if nothing had been.
"""

from collections.abc import Iterator
from typing import Final

import pytest

from serving import Server, check_stamps, running
from wire_requests import ONE, PUT, TABLE

LONG: Final = "x" * 10_000_000
DEEP: Final = 100_000

VALIDATION: Final = "com.amazon.coral.validate#ValidationException"
SERIALIZATION: Final = "com.amazon.coral.service#SerializationException"
UNKNOWN: Final = "com.amazon.coral.service#UnknownOperationException"

MAP_OF_VALUES: Final = (
    "Unrecognized collection type java.util.Map<java.lang.String, "
    "com.amazonaws.dynamodb.v20120810.AttributeValue>"
)
LONG_EXPRESSION: Final = (
    "Invalid KeyConditionExpression: Expression size has exceeded the maximum allowed size;"
)
TOO_DEEP: Final = (
    "Nesting Levels have exceeded supported limits:"
    " Attributes in the item have nested levels beyond supported limit"
)
TOO_LARGE: Final = "Item size has exceeded the maximum allowed size"


@pytest.fixture(scope="module")
def library() -> Iterator[Server]:
    """A server with one table and one item."""
    with running(":memory:") as started:
        assert started.ask("CreateTable", TABLE).status == 200
        assert started.ask("PutItem", PUT).status == 200
        yield started


def put(attribute: str) -> str:
    """Returns a PutItem with one more attribute, in JSON."""
    return f'{{"TableName":"books","Item":{{"id":{{"S":"2"}},{attribute}}}}}'


def lists(depth: int) -> str:
    """Returns an attribute of lists within lists."""
    return '"a":' + '{"L":[' * depth + "]}" * depth


@pytest.mark.parametrize(
    ("operation", "body", "code", "message"),
    [
        # What is no JSON has no message.
        ("ListTables", "", SERIALIZATION, None),
        ("ListTables", "{", SERIALIZATION, None),
        ("ListTables", "{}}", SERIALIZATION, None),
        ("ListTables", "{'Limit':1}", SERIALIZATION, None),
        ("ListTables", '{"Limit":1,}', SERIALIZATION, None),
        ("ListTables", '{"Limit":NaN}', SERIALIZATION, None),
        ("ListTables", '{"Limit":-Infinity}', SERIALIZATION, None),
        ("ListTables", '{"Limit":01}', SERIALIZATION, None),
        ("ListTables", "\ufeff{}", SERIALIZATION, None),
        ("DescribeTable", '{"TableName":"\\ud800"}', SERIALIZATION, None),
        ("DescribeTable", '{"TableName":"a\x00b"}', SERIALIZATION, None),
        ("PutItem", put(lists(DEEP)), SERIALIZATION, None),
        ("PutItem", put(lists(3_000)), SERIALIZATION, None),
        # What is JSON is refused for its depth, however deep.
        ("PutItem", put(lists(33)), VALIDATION, ONE + TOO_DEEP),
        ("PutItem", put(lists(64)), VALIDATION, TOO_DEEP),
        ("PutItem", put(lists(500)), VALIDATION, TOO_DEEP),
        ("PutItem", put(lists(1_900)), VALIDATION, TOO_DEEP),
        ("ListTables", "[" * DEEP, SERIALIZATION, None),
        # JSON of another shape.
        ("ListTables", "[]", SERIALIZATION, "Unexpected field type"),
        ("ListTables", "null", SERIALIZATION, "Unexpected field type"),
        ("ListTables", '"{}"', SERIALIZATION, "Unexpected field type"),
        ("PutItem", '{"TableName":"books","Item":[]}', SERIALIZATION, MAP_OF_VALUES),
        ("PutItem", '{"TableName":"books","Item":5}', SERIALIZATION, "Unexpected field type"),
        (
            "PutItem",
            '{"TableName":"books","Item":{"id":"1"}}',
            SERIALIZATION,
            "Unexpected value type in payload",
        ),
        (
            "TransactWriteItems",
            '{"TransactItems":{}}',
            SERIALIZATION,
            "Start of structure or map found where not expected",
        ),
        # Members of another type.
        (
            "ListTables",
            '{"Limit":"5"}',
            SERIALIZATION,
            "STRING_VALUE cannot be converted to Integer",
        ),
        (
            "ListTables",
            '{"Limit":true}',
            SERIALIZATION,
            "TRUE_VALUE cannot be converted to Integer",
        ),
        (
            "DescribeTable",
            '{"TableName":5}',
            SERIALIZATION,
            "NUMBER_VALUE cannot be converted to String",
        ),
        (
            "DescribeTable",
            '{"TableName":["books"]}',
            SERIALIZATION,
            "Unrecognized collection type class java.lang.String",
        ),
        (
            "PutItem",
            put('"a":{"N":5}'),
            SERIALIZATION,
            "NUMBER_VALUE cannot be converted to String",
        ),
        (
            "PutItem",
            put('"a":{"BOOL":"x"}'),
            SERIALIZATION,
            "Unexpected token received from parser",
        ),
        ("PutItem", put('"a":{"M":[]}'), SERIALIZATION, MAP_OF_VALUES),
        ("PutItem", put('"a":{"SS":"x"}'), SERIALIZATION, "Unexpected field type"),
        (
            "PutItem",
            put('"a":{"B":"!!"}'),
            SERIALIZATION,
            "Base64 encoded length is expected a multiple of 4 bytes but found: 2",
        ),
        # Types that no attribute value has.
        (
            "PutItem",
            put('"a":{"X":"x"}'),
            VALIDATION,
            "Supplied AttributeValue is empty, must contain exactly one of the supported datatypes",
        ),
        # What is far too large.
        ("PutItem", put(f'"a":{{"S":"{LONG}"}}'), VALIDATION, TOO_LARGE),
        (
            "PutItem",
            f'{{"TableName":"books","Item":{{"id":{{"S":"{LONG}"}}}}}}',
            VALIDATION,
            TOO_LARGE,
        ),
        (
            "PutItem",
            put('"a":{"N":"' + "9" * len(LONG) + '"}'),
            VALIDATION,
            ONE + "Attempting to store more than 38 significant digits in a Number",
        ),
        (
            "PutItem",
            put(f'"{LONG}":{{"S":"x"}}'),
            VALIDATION,
            ONE + "Attribute name is too large, must be less than 65536 bytes",
        ),
        (
            "Query",
            '{"TableName":"books","KeyConditionExpression":"' + "(" * DEEP + '"}',
            VALIDATION,
            LONG_EXPRESSION,
        ),
        # Targets.
        ("NoSuchThing", "{}", UNKNOWN, None),
        ("../etc/passwd", "{}", UNKNOWN, None),
        ("x" * 10_000, "{}", UNKNOWN, None),
    ],
    ids=lambda given: None if given is None else given[:40],
)
def test_faults_of_the_wire(
    library: Server, operation: str, body: str, code: str, message: str | None
) -> None:
    """Status 400, code, text and nothing else; nothing is executed; the server goes on."""
    reply = library.ask(operation, body.encode())
    check_stamps(reply)
    expected = {"__type": code}
    if message is not None:
        expected["message" if code == VALIDATION else "Message"] = message
    assert (400, expected) == (reply.status, reply.json)
    scanned = library.ask("Scan", {"TableName": "books"}).json
    assert [PUT["Item"]] == scanned["Items"]


@pytest.mark.parametrize(
    ("operation", "body"),
    [
        ("DescribeTable", '{"TableName":"books","Unknown":{"a":[1,2]},"":null}'),
        ("DescribeTable", '{"TableName":"other","TableName":"books"}'),
        ("DescribeTable", ' \n{"TableName" : "books"}\t'),
        ("DescribeTable", '{"\\u0054ableName":"books"}'),
        ("ListTables", '{"Limit":null}'),
        ("ListTables", '{"Limit":5.5}'),
        ("ListTables", f'{{"Unknown":"{LONG}"}}'),
    ],
    ids=lambda given: given[:40],
)
def test_what_is_no_fault(library: Server, operation: str, body: str) -> None:
    """Unknown members, null for an absent one, the last of two equal names."""
    reply = library.ask(operation, body.encode())
    check_stamps(reply)
    assert reply.status == 200
    assert b"books" in reply.body


def test_endless_names_are_not_echoed_without_end(library: Server) -> None:
    """The service repeats what it refuses; ours is stamped, and as large as what was sent."""
    reply = library.ask("DescribeTable", f'{{"TableName":"{LONG}"}}'.encode())
    check_stamps(reply)
    assert (400, VALIDATION) == (reply.status, reply.json["__type"])
    assert len(reply.body) < len(LONG) + 1000

"""The log of requests: a line for each, without values, and in full with its bodies."""

import gzip
import json
import re
import sys
from contextlib import closing
from itertools import count
from pathlib import Path
from typing import Final

import pytest

import ddblite
from ddblite.api.http.body import ANSWER_BYTES_PLAIN
from ddblite.api.http.messages import Request
from ddblite.api.http.policy import Policy
from ddblite.api.http.request_handler import RequestHandler
from ddblite.api.http.request_log import RequestLog, print_error
from ddblite.engine.clock import FixedClock
from ddblite.shell.subcommands.serving import LOGS
from door_in_loop import Run, Served, in_loop
from serving import SIGNED, headers_for, request, running
from wire_requests import ARN, GET, GOOD, PUT, TABLE

__all__ = ["in_loop"]

NOON: Final = 1_790_856_000.123
TIME: Final = "2026-10-01T12:00:00.123Z"
VALUE: Final = "hidden"


class Written:
    """A log whose lines are kept, with clocks of its own: each request takes 1.5 ms."""

    def __init__(self, *, is_full: bool = False) -> None:
        self.lines: list[str] = []
        ticks = count(step=0.0015)
        self.log = RequestLog(
            FixedClock(NOON), is_full=is_full, write=self.lines.append, timer=lambda: next(ticks)
        )

    def ask(self, request: Request) -> str:
        """Returns what is written for a request."""
        with (
            ddblite.connect(":memory:") as database,
            closing(RequestHandler(database.engine, Policy(), log=self.log)) as handler,
        ):
            database.call("CreateTable", TABLE)
            database.call("PutItem", {**PUT, "Item": {"id": {"S": "1"}, "a": {"S": VALUE}}})
            self.log.answered(handler.answer(request), request)
        return self.lines.pop()


def asked(operation: str, wire: object, **changed: str | None) -> Request:
    """Returns a request for an operation; its body is JSON, or the bytes given."""
    body = wire if isinstance(wire, bytes) else json.dumps(wire).encode()
    return Request("POST", "/", headers_for(operation, **changed), "", body)


def line(operation: str, wire: object, **changed: str | None) -> str:
    """Returns the line of an operation, without its time and duration."""
    written = Written().ask(asked(operation, wire, **changed))
    match = re.fullmatch(f"{TIME} (.*) 0.00ms\n", written)
    assert match, written
    return match[1]


SELECT: Final = "SELECT * FROM books WHERE id = '1' AND a = 'hidden'"
BY_KEY: Final = "SELECT * FROM books WHERE id = "
UPDATE: Final = "UPDATE \"books\" SET a = 'hidden' WHERE id = '1'"
INSERT: Final = "INSERT INTO books VALUE {'id': '1', 'a': 'hidden'}"
TRANSACTION: Final = {
    "TransactItems": [
        {"Update": {**GET, "UpdateExpression": "REMOVE a"}},
        {"ConditionCheck": {**GET, "TableName": "other", "ConditionExpression": "a = b"}},
    ]
}


@pytest.mark.parametrize(
    ("operation", "wire", "expected"),
    [
        ("GetItem", GET, "GetItem books 200 0.5RCU"),
        ("GetItem", {**GET, "ReturnConsumedCapacity": "NONE"}, "GetItem books 200 0.5RCU"),
        ("GetItem", {**GET, "ReturnConsumedCapacity": "INDEXES"}, "GetItem books 200 0.5RCU"),
        ("PutItem", PUT, "PutItem books 200 1WCU"),
        ("Query", GOOD["Query"], "Query books 200 0.5RCU"),
        ("Scan", {"TableName": ARN}, f"Scan {ARN} 200 0.5RCU"),
        ("BatchGetItem", GOOD["BatchGetItem"], "BatchGetItem books 200 0.5RCU"),
        ("BatchWriteItem", GOOD["BatchWriteItem"], "BatchWriteItem books 200 1WCU"),
        ("TransactWriteItems", GOOD["TransactWriteItems"], "TransactWriteItems books 200 2WCU"),
        ("TransactGetItems", GOOD["TransactGetItems"], "TransactGetItems books 200 2RCU"),
        ("ExecuteStatement", {"Statement": SELECT}, "ExecuteStatement books 200 0.5RCU"),
        ("ExecuteStatement", {"Statement": UPDATE}, "ExecuteStatement books 200 1WCU"),
        (
            "BatchExecuteStatement",
            {"Statements": [{"Statement": f"{BY_KEY}'1'"}, {"Statement": f"{BY_KEY}'2'"}]},
            "BatchExecuteStatement books 200 1RCU",
        ),
        ("ListTables", {}, "ListTables - 200 -"),
        ("ListTagsOfResource", {"ResourceArn": ARN}, f"ListTagsOfResource {ARN} 200 -"),
        ("DescribeTable", {"TableName": "books"}, "DescribeTable books 200 -"),
        # What is refused has its code, and never its text, which may quote a value.
        (
            "GetItem",
            {**GET, "Key": {"id": {"N": VALUE}}},
            "GetItem books 400:ValidationException -",
        ),
        (
            "PutItem",
            {**PUT, "ConditionExpression": "attribute_not_exists(id)"},
            "PutItem books 400:ConditionalCheckFailedException -",
        ),
        (
            "DescribeTable",
            {"TableName": "absent"},
            "DescribeTable absent 400:ResourceNotFoundException -",
        ),
        (
            "ExecuteStatement",
            {"Statement": INSERT},
            "ExecuteStatement books 400:DuplicateItemException -",
        ),
        (
            "ExecuteStatement",
            {"Statement": "SELECT * FORM books WHERE a = 'hidden FROM hidden'"},
            "ExecuteStatement - 400:ValidationException -",
        ),
        (
            "TransactWriteItems",
            TRANSACTION,
            "TransactWriteItems books,other 400:ResourceNotFoundException -",
        ),
        (
            "PutResourcePolicy",
            {"TableName": "books", "Policy": "{}"},
            "PutResourcePolicy books 400:UnknownOperationException -",
        ),
        ("NoSuchThing", {}, "DynamoDB_20120810.NoSuchThing - 400:UnknownOperationException -"),
        # Whatever it is that came.
        ("GetItem", b"{" + VALUE.encode(), "GetItem - 400:SerializationException -"),
        ("GetItem", b"", "GetItem - 400:SerializationException -"),
        ("GetItem", [VALUE], "GetItem - 400:SerializationException -"),
        ("GetItem", {"TableName": {"S": VALUE}}, "GetItem - 400:SerializationException -"),
        ("BatchGetItem", {"RequestItems": 5}, "BatchGetItem - 400:SerializationException -"),
        (
            "TransactWriteItems",
            {"TransactItems": [VALUE, {"Put": [VALUE]}]},
            "TransactWriteItems - 400:SerializationException -",
        ),
        (
            "BatchExecuteStatement",
            {"Statements": [VALUE, {"Statement": 5}]},
            "BatchExecuteStatement - 400:SerializationException -",
        ),
        # A name that is none writes no line of its own, and has an end.
        (
            "DescribeTable",
            {"TableName": "a\n2026 b\x1b[2J\u202e"},
            "DescribeTable a\\n2026\\x20b\\x1b[2J\\u202e 400:ValidationException -",
        ),
        (
            "DescribeTable",
            {"TableName": "x" * 1000},
            f"DescribeTable {'x' * 300} 400:ValidationException -",
        ),
        (
            "BatchGetItem",
            {"RequestItems": {f"table{number}": {} for number in range(9)}},
            "BatchGetItem table0,table1,table2,table3,table4,+4 400:ValidationException -",
        ),
    ],
)
def test_line_says_what_was_asked_and_what_became_of_it(
    operation: str, wire: object, expected: str
) -> None:
    """Operation, tables, status, units; the names of the request, never its values."""
    written = line(operation, wire)
    assert expected == written
    assert VALUE not in written


@pytest.mark.parametrize(
    ("request_", "expected"),
    [
        (Request("GET", "/", {}), "GET / 200"),
        (Request("GET", "/healthz", {}, f"token={VALUE}"), "GET /healthz 200"),
        (Request("GET", "/a\x1b b", {}), "GET /a\\x1b\\x20b 404"),
        (Request("PUT", "/", headers_for("GetItem"), "", b"{}"), "PUT / 404"),
        (Request("POST", "/", {"authorization": SIGNED}, "", b"{}"), "POST / 400:Unknown"),
    ],
)
def test_other_requests_have_their_method_and_path(request_: Request, expected: str) -> None:
    """Without the query, in which a presigned request has its signature."""
    assert Written().ask(request_).startswith(f"{TIME} {expected}")


def test_full_log_has_the_bodies() -> None:
    """On a line each, as they were before they were packed; without the headers."""
    wire = {**GET, "ExpressionAttributeNames": {"#a": "ü\n\x1b"}}
    body = json.dumps(wire, ensure_ascii=False).encode()
    written = Written(is_full=True).ask(
        asked("GetItem", gzip.compress(body), content_encoding="gzip")
    )
    first, came, went, end = written.split("\n")
    assert first.startswith(f"{TIME} GetItem books 400:ValidationException - ")
    assert f"  > {body.decode()}" == came
    assert went.startswith('  < {"__type":"com.amazon.coral.validate#ValidationException"')
    assert end == ""
    assert SIGNED not in written
    raw = Written(is_full=True).ask(asked("GetItem", b'{"TableName":"\xff\x1b\xc2\x9b"}'))
    assert '  > {"TableName":"\\xff\\x1b\\x9b"}\n' in raw
    torn = Written(is_full=True).ask(asked("GetItem", b"{}", content_encoding="gzip"))
    assert "  > (2 bytes that cannot be unpacked)\n" in torn


def test_packed_answer_is_written_unpacked() -> None:
    """As it was before; so is the code of an error in one."""
    large = {"TableName": "x" * ANSWER_BYTES_PLAIN}
    written = Written(is_full=True).ask(asked("DescribeTable", large, accept_encoding="gzip"))
    assert ":ValidationException" in written
    assert '  < {"__type":"com.amazon.coral.validate#ValidationException"' in written


def test_duration_is_from_the_last_byte_to_the_answer(in_loop: Run, tmp_path: Path) -> None:
    """By a clock that only counts; writes and reads, in the order of their answers."""

    async def test(server: Served) -> None:
        written = Written()
        server.handler.log = written.log
        client = await server.connect()
        client.send(server.request("CreateTable", TABLE) + server.request("GetItem", GET))
        assert [200, 200] == [await client.status(), await client.status()]
        first, second = written.lines
        assert f"{TIME} CreateTable books 200 - " in first
        assert f"{TIME} GetItem books 200 0.5RCU " in second
        durations = [float(each.split()[-1].removesuffix("ms")) for each in written.lines]
        assert all(duration in {1.5, 3, 4.5} for duration in durations)

    in_loop(test, tmp_path / "shop.ddb")


def test_refused_requests_are_written_too(in_loop: Run) -> None:
    """With as much as their head has told."""

    async def test(server: Served) -> None:
        written = Written()
        server.handler.log = written.log
        for sent in (
            server.request("PutItem", PUT, host="evil.example"),
            server.request("PutItem", PUT, content_length=str(1 << 30)),
            request("GET /items?a=b", {"host": "evil.example"}),
            b"NONSENSE\r\n\r\n",
        ):
            client = await server.connect()
            client.send(server.request("ListTables") + sent)
            assert await client.status() == 200
            assert await client.status() >= 400
        assert [
            f"{TIME} PutItem - 403:AccessDeniedException - -\n",
            f"{TIME} PutItem - 413:RequestEntityTooLarge - -\n",
            f"{TIME} GET /items 403:AccessDeniedException - -\n",
            f"{TIME} - - 400:ValidationException - -\n",
        ] == [each for each in written.lines if " 200 " not in each]

    in_loop(test)


def test_log_that_nobody_reads_stops_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    class Closed:
        def write(self, _text: str) -> None:
            """Fails as a pipe does whose reader has gone."""
            raise BrokenPipeError

    monkeypatch.setattr(sys, "stderr", Closed())
    print_error("a line\n")


STAMP: Final = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z"


@pytest.mark.parametrize("options", [["--log"], ["--log=lines"], ["--log", "--workers", "2"]])
def test_server_logs_to_standard_error(tmp_path: Path, options: list[str]) -> None:
    """And its first line stays alone on the standard output; workers write there as well."""
    remarks = (
        rf"{STAMP} CreateTable books 200 - \d+\.\d\dms\n{STAMP} PutItem books 200 1WCU \S+ms\n"
        rf"{STAMP} GET /healthz 200 - \S+ms\n"
    )
    path = tmp_path / "shop.ddb"
    with running(str(path), *options, remarks=remarks) as server:
        server.ask("CreateTable", TABLE)
        server.ask("PutItem", PUT)
        server.send(request("GET /healthz", {"host": server.host}))


def test_server_logs_bodies_when_told_to() -> None:
    lines = rf'{STAMP} ListTables - 200 - \S+ms\n  > {{"Limit": 5}}\n  < {{"TableNames":\[\]}}\n'
    with running(":memory:", "--log=full", remarks=lines) as server:
        server.ask("ListTables", {"Limit": 5})


def test_server_without_a_log_writes_nothing() -> None:
    with running(":memory:") as server:
        server.ask("ListTables", {})


def test_kinds_of_log_are_those_that_are_known() -> None:
    from ddblite.api.http.request_log import FULL, log_of

    lines, full = LOGS
    assert (None, False, True, FULL) == (
        log_of("", FixedClock()),
        getattr(log_of(lines, FixedClock()), "is_full", None),
        getattr(log_of(full, FixedClock()), "is_full", None),
        full,
    )

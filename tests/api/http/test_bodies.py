"""Bodies on their way: packed requests, packed answers, and how large they may become."""

import functools
import gzip
import json
import tracemalloc
import zlib
from collections.abc import Iterator
from typing import Any, Final

import pytest

import ddblite
from ddblite.api.http import application
from ddblite.api.http.body import (
    ANSWER_BYTES_PLAIN,
    BODY_BYTES_MAX,
    MEMBERS_MAX,
    plain_body,
)
from ddblite.api.http.messages import Answer, Request
from ddblite.api.http.wire_errors import RequestEntityTooLarge
from ddblite.engine.engine import Engine
from ddblite.schema.requests import PutItem
from serving import headers_for
from wire_requests import GOOD, TABLE

SERVICE = "com.amazon.coral.service#"
MODEL = "com.amazonaws.dynamodb.v20120810#"
PAGE = "http://localhost:3000"


@pytest.fixture
def engine() -> Iterator[Engine]:
    """An engine with the table of ``wire_requests``."""
    with ddblite.connect(":memory:") as database:
        database.call("CreateTable", TABLE)
        yield database.engine


def ask(engine: Engine, operation: str, wire: object, **changed: str | None) -> Answer:
    """Answers a request with good headers, some of them changed."""
    body = wire if isinstance(wire, bytes) else json.dumps(wire).encode()
    request = Request("POST", "/", headers_for(operation, **changed), "", body)
    return application.answer(engine, request)


def result(answer: Answer) -> tuple[int, Any]:
    """Returns status and JSON."""
    return answer.status, json.loads(answer.body)


# Without the time of day, which the names of the tests would have in them, other in each worker.
packed = functools.partial(gzip.compress, mtime=0)

DESCRIBE: Final = json.dumps(GOOD["DescribeTable"]).encode()


@pytest.mark.parametrize(
    ("encoding", "body"),
    [
        ("gzip", packed(DESCRIBE)),
        (" GZip ", packed(DESCRIBE)),
        ("gzip", packed(DESCRIBE[:9]) + packed(b"") + packed(DESCRIBE[9:])),
        ("gzip", b"".join(packed(bytes([byte])) for byte in DESCRIBE)),
        ("gzip", packed(DESCRIBE) + b"{}"),
        ("gzip", packed(DESCRIBE) + bytes(512)),
        ("gzip", packed(DESCRIBE + b" " * 200_000) + b"\x1f"),
        ("deflate", zlib.compress(DESCRIBE)),
        ("deflate", zlib.compress(DESCRIBE) + b"{}"),
        ("identity", DESCRIBE),
    ],
)
def test_encodings_are_unpacked(engine: Engine, encoding: str, body: bytes) -> None:
    """All members of a gzip body; what follows the last of them is not looked at."""
    assert ask(engine, "DescribeTable", body, content_encoding=encoding).status == 200


@pytest.mark.parametrize(
    ("encoding", "body"),
    [
        ("gzip", b"{}"),
        ("gzip", b""),
        ("gzip", packed(b"{}")[:-4]),
        ("gzip", packed(b"{}")[:5]),
        ("gzip", packed(b"{") + packed(b"}")[:-4]),
        ("gzip", packed(b"{}")[:-8] + bytes(8)),
        ("gzip", zlib.compress(b"{}")),
        ("deflate", b"{}"),
        ("deflate", b""),
        ("deflate", zlib.compress(b"{}")[:-1]),
        ("deflate", packed(b"{}")),
        ("br", b"{}"),
        ("gzip, gzip", packed(packed(b"{}"))),
    ],
)
def test_damaged_encodings_are_sent_again(
    engine: Engine, caplog: pytest.LogCaptureFixture, encoding: str, body: bytes
) -> None:
    """Cut off, not what they say they are, or of a kind that is not known; it is no bug of ours."""
    answer = ask(engine, "ListTables", body, content_encoding=encoding)
    status, wire = result(answer)
    assert (500, MODEL + "InternalServerError") == (status, wire["__type"])
    assert wire["message"]
    assert [] == caplog.messages


@pytest.mark.parametrize(
    ("encoding", "body"),
    [
        ("gzip", packed(bytes(4 * BODY_BYTES_MAX), compresslevel=1)),
        ("gzip", 2 * packed(bytes(BODY_BYTES_MAX // 2 + 1), compresslevel=1)),
        ("gzip", (MEMBERS_MAX + 1) * packed(b" ")),
        ("deflate", zlib.compress(bytes(4 * BODY_BYTES_MAX), level=1)),
    ],
    ids=["one member", "two members", "very many members", "deflate"],
)
def test_bombs_are_too_large(engine: Engine, encoding: str, body: bytes) -> None:
    """They are refused at the limit of any other body, whatever they are put together of."""
    answer = ask(engine, "ListTables", body, content_encoding=encoding)
    assert (413, {"__type": SERVICE + "RequestEntityTooLarge"}) == result(answer)


def test_unpacking_takes_no_memory_beyond_the_limit() -> None:
    """As much as a body may have, and what joining its pieces takes."""
    bomb = packed(bytes(16 * BODY_BYTES_MAX), compresslevel=9)
    tracemalloc.start()
    with pytest.raises(RequestEntityTooLarge):
        plain_body(bomb, "gzip")
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 3 * BODY_BYTES_MAX


@pytest.mark.parametrize(
    ("accepted", "is_packed"),
    [
        ("gzip", True),
        ("deflate, GZIP;q=0.5, br", True),
        ("gzip; q=0", False),
        ("gzip;q=0.0, identity", False),
        ("identity", False),
        ("deflate", False),
        ("", False),
        (None, False),
    ],
)
def test_large_answers_are_packed_when_asked_for(
    engine: Engine, accepted: str | None, *, is_packed: bool
) -> None:
    """Those over 4 KB; the checksum is that of the bytes on their way, as SDKs compute it."""
    text = "x" * (ANSWER_BYTES_PLAIN - len('{"Item":{"id":{"S":"1"},"a":{"S":""}}}'))
    for more, expected in (("", False), ("x", is_packed)):
        engine.execute(PutItem(table_name="books", item={"id": "1", "a": text + more}))
        answer = ask(engine, "GetItem", GOOD["GetItem"], accept_encoding=accepted, origin=PAGE)
        headers = dict(answer.headers("id"))
        assert expected == (headers.get(b"content-encoding") == b"gzip")
        assert b"%d" % zlib.crc32(answer.body) == headers[b"x-amz-crc32"]
        assert PAGE.encode() == headers[b"access-control-allow-origin"]
        body = gzip.decompress(answer.body) if expected else answer.body
        assert text + more == json.loads(body)["Item"]["a"]["S"]

"""What a web page of a trusted origin is told, and nobody else."""

from collections.abc import Iterator

import pytest

import ddblite
from ddblite.api.http import application
from ddblite.api.http.messages import Answer, Request
from ddblite.engine.engine import Engine
from serving import headers_for

PAGE = "http://localhost:3000"
ASKED = "authorization,content-type,x-amz-date,x-amz-target"


@pytest.fixture
def engine() -> Iterator[Engine]:
    """An engine without tables."""
    with ddblite.connect(":memory:") as database:
        yield database.engine


def headers_of(answer: Answer) -> dict[str, str]:
    """Returns the headers of an answer that are about origins."""
    lines = {name.decode(): value.decode() for name, value in answer.headers("id")}
    return {name: value for name, value in lines.items() if name.startswith(("access-", "vary"))}


def preflight(engine: Engine, **changed: str) -> Answer:
    """Asks for leave as a browser does."""
    headers = {
        "origin": PAGE,
        "access-control-request-method": "POST",
        "access-control-request-headers": ASKED,
    }
    given = {name.replace("_", "-"): value for name, value in changed.items()}
    return application.answer(engine, Request("OPTIONS", "/", headers | given))


@pytest.mark.parametrize("operation", ["ListTables", "NoSuchThing"])
def test_answers_name_the_origin(engine: Engine, operation: str) -> None:
    """Errors too; a page sees the headers that SDKs look at."""
    headers = headers_for(operation, origin=PAGE)
    answer = application.answer(engine, Request("POST", "/", headers, "", b"{}"))
    assert {
        "access-control-allow-origin": PAGE,
        "access-control-expose-headers": "x-amzn-RequestId, x-amz-crc32",
        "vary": "origin",
    } == headers_of(answer)


def test_preflight_allows_what_is_asked(engine: Engine) -> None:
    """Which headers an SDK sends is its own business."""
    answer = preflight(engine)
    assert (200, b"") == (answer.status, answer.body)
    headers = headers_of(answer)
    assert PAGE == headers["access-control-allow-origin"]
    assert ASKED == headers["access-control-allow-headers"]
    assert headers["access-control-allow-methods"] == "POST, GET"
    assert "access-control-allow-credentials" not in headers


@pytest.mark.parametrize("asked", ["", "*", "a b", "a,,b", "a;b", "\x00"])
def test_preflight_repeats_names_only(engine: Engine, asked: str) -> None:
    """And nothing that anyone could make of it."""
    answer = preflight(engine, access_control_request_headers=asked)
    assert "access-control-allow-headers" not in headers_of(answer)


def test_pages_of_public_sites_may_reach_a_private_address(engine: Engine) -> None:
    """A browser asks before it sends a request from the one to the other."""
    name = "access-control-allow-private-network"
    assert name not in headers_of(preflight(engine))
    assert headers_of(preflight(engine, access_control_request_private_network="true"))[name]


def test_programs_hear_nothing_of_it(engine: Engine) -> None:
    """Without an Origin there is no page, and OPTIONS is as unknown as ever."""
    request = Request("POST", "/", headers_for("ListTables"), "", b"{}")
    assert {} == headers_of(application.answer(engine, request))
    assert application.NOT_HERE == application.answer(engine, Request("OPTIONS", "/", {}))

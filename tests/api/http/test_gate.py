"""Requests that are turned away by their head."""

import json

import pytest

from ddblite.api.http.body import BODY_BYTES_MAX
from ddblite.api.http.policy import Policy
from ddblite.api.http.request_guard import HEAD_BYTES_MAX, turned_away

HERE = Policy().at("127.0.0.1", 8000)
PAGE = "http://localhost:3000"
WITH_PAGE = Policy(origins=frozenset({PAGE})).at("127.0.0.1", 8000)
HOST = ("host", "127.0.0.1:8000")


def status(*lines: tuple[str, str], target: str = "/", policy: Policy = HERE) -> int | None:
    """Returns the status of the refusal, or None."""
    refusal = turned_away(target, lines, dict(lines), policy)
    if refusal is None:
        return None
    assert refusal.is_last
    assert "#" in json.loads(refusal.body)["__type"]  # in the service's JSON, so SDKs can read it
    return refusal.status


@pytest.mark.parametrize(
    "host", ["127.0.0.1:8000", "localhost:8000", "LOCALHOST:8000", "[::1]:8000"]
)
def test_loopback_is_let_in(host: str) -> None:
    """By any of its names, with our port."""
    assert status(("host", host)) is None


@pytest.mark.parametrize(
    "host", ["evil.example:8000", "localhost", "localhost:80", "", "127.0.0.2:8000"]
)
def test_foreign_hosts_are_not(host: str) -> None:
    """A name that someone else points at this machine is not this machine."""
    assert status(("host", host)) == 403


@pytest.mark.parametrize(
    ("origin", "expected"),
    [
        (PAGE, None),
        (PAGE + "/", 403),
        (PAGE.upper(), 403),
        ("http://localhost", 403),
        ("http://localhost:30001", 403),
        ("https://localhost:3000", 403),
        ("http://evil.example", 403),
        ("null", 403),
        ("*", 403),
        ("", 403),
    ],
)
def test_web_pages_are_compared_letter_by_letter(origin: str, expected: int | None) -> None:
    """What is nearly a trusted origin is somebody else's."""
    assert expected == status(HOST, ("origin", origin), policy=WITH_PAGE)


def test_every_origin_must_be_trusted() -> None:
    """A second one behind a good one lets nobody in."""
    lines = [("origin", PAGE), ("origin", "http://evil.example")]
    assert status(HOST, *lines, policy=WITH_PAGE) == 403
    assert status(HOST, *reversed(lines), policy=WITH_PAGE) == 403


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ([], 400),
        ([HOST, HOST], 400),
        ([HOST, ("origin", "http://127.0.0.1:8000")], 403),
        ([HOST, ("origin", "null")], 403),
        ([HOST, ("transfer-encoding", "chunked")], None),
        ([HOST, ("transfer-encoding", "Chunked")], None),
        ([HOST, ("transfer-encoding", "gzip, chunked")], 400),
        ([HOST, ("transfer-encoding", "chunked"), ("transfer-encoding", "chunked")], 400),
        ([HOST, ("transfer-encoding", "chunked"), ("content-length", "2")], 400),
        ([HOST, ("content-length", "1"), ("content-length", "1")], 400),
        ([HOST, ("x-amz-target", "a"), ("x-amz-target", "a")], 400),
        ([HOST, ("authorization", "a"), ("authorization", "b")], 400),
        ([HOST, ("content-encoding", "gzip"), ("content-encoding", "identity")], 400),
        ([HOST, ("x", "a"), ("x", "b")], None),
        ([HOST, ("content-length", "+3")], 400),
        ([HOST, ("content-length", "1_0")], 400),
        ([HOST, ("content-length", str(BODY_BYTES_MAX))], None),
        ([HOST, ("content-length", str(BODY_BYTES_MAX + 1))], 413),
        ([HOST, ("content-length", "9" * 30)], 413),
    ],
)
def test_heads_in_doubt(lines: list[tuple[str, str]], expected: int | None) -> None:
    """Where a request comes from, where it ends and what it asks for must be plain."""
    assert expected == status(*lines)


def test_heads_have_a_limit() -> None:
    """The target counts, and every header."""
    taken = sum(map(len, HOST)) + len("/") + len("x")
    assert status(HOST, ("x", "a" * (HEAD_BYTES_MAX - taken))) is None
    assert status(HOST, ("x", "a" * (HEAD_BYTES_MAX - taken + 1))) == 400
    assert status(HOST, target="/" * HEAD_BYTES_MAX) == 400

"""JSON that is too deep for its reader: its upper part is read, and its depth becomes null."""

import json
from typing import Any

import pytest

from ddblite.api.http.body import wire_json
from ddblite.api.http.deep_json import (
    CONTAINERS_KEPT,
    CONTAINERS_MAX,
    may_be_far_too_deep,
    shallow_json,
)
from ddblite.schema.errors import SerializationException

TEXT = r'"]}\"[{\\"'
"""Brackets in a text are none."""


def deep(containers: int, leaf: str = "1") -> bytes:
    """Returns so many lists within lists, in JSON."""
    return ("[" * containers + leaf + "]" * containers).encode()


def depth_of(value: Any) -> int:  # noqa: ANN401 - JSON
    """Returns how many lists are around the innermost element."""
    depth = 0
    while isinstance(value, list):
        (value,) = value
        depth += 1
    return depth


def test_a_large_flat_request_is_read_by_the_quick_reader() -> None:
    """One with many brackets alone in its texts is looked at more closely, and read as well."""
    flat = [{"M": {"l": {"L": [{"S": "a"}, {"S": "[]{}"}] * 4}}}] * 2_000
    assert not may_be_far_too_deep(json.dumps(flat).encode())
    odd = [{"S": TEXT}] * (CONTAINERS_MAX + 1)
    assert odd == wire_json(json.dumps(odd).encode())
    assert may_be_far_too_deep(deep(CONTAINERS_MAX + 1))
    assert not may_be_far_too_deep(deep(CONTAINERS_MAX))


@pytest.mark.parametrize("containers", [CONTAINERS_KEPT - 1, CONTAINERS_KEPT])
def test_what_is_not_too_deep_is_kept(containers: int) -> None:
    body = deep(containers, leaf=TEXT)
    assert json.loads(body) == shallow_json(body)


@pytest.mark.parametrize("containers", [CONTAINERS_KEPT + 1, CONTAINERS_MAX - 1, CONTAINERS_MAX])
def test_depth_becomes_null(containers: int) -> None:
    assert CONTAINERS_KEPT == depth_of(shallow_json(deep(containers, leaf=TEXT)))
    around = b'{"a": [1, "' + b"x" * 10 + b'"], "b": ' + deep(containers - 1) + b', "c": "]"}'
    read = shallow_json(around)
    assert ([1, "x" * 10], "]") == (read["a"], read["c"])
    assert CONTAINERS_KEPT - 1 == depth_of(read["b"])


@pytest.mark.parametrize(
    "body",
    [
        deep(CONTAINERS_MAX + 1),
        deep(1_000)[:-1],
        b"[" * 1_000,
        deep(1_000) + b"]",
        deep(1_000, leaf='"'),
        b'"' + b'\\"' * 1_000_000,
    ],
)
def test_what_is_no_json_or_far_too_deep(body: bytes) -> None:
    with pytest.raises(SerializationException):
        shallow_json(body)
    with pytest.raises(SerializationException):
        wire_json(body)

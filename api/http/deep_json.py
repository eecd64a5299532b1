"""JSON that is nested deeper than its reader goes, read as far as anybody asks.

No attribute value may be so deep, so that what lies in the depth matters to nobody. It becomes
null, and the request is refused as any other with a value that is nested too far.
"""

import re
from collections.abc import Iterator
from typing import Any, Final

import msgspec

from ddblite.schema.errors import SerializationException
from ddblite.schema.limits import NESTING_DEPTH_READ_MAX

CONTAINERS_KEPT: Final = 2 * NESTING_DEPTH_READ_MAX + 20
"""A level of a value is two containers of JSON, its tag and its content; members are some more."""

CONTAINERS_MAX: Final = 4_000
"""2,000 levels of values, about where the service's own reader begins to give up."""

# Possessive, so that a text without an end is not looked for from each of its quotes.
TEXT_OR_BRACKET: Final = re.compile(rb'"(?:[^"\\]|\\.)*+"?|[\[\]{}]', re.DOTALL)


NO_BRACKETS: Final = bytes(set(range(256)) - set(b"[]{}"))
FLAT_LEVELS: Final = 16
"""Levels of JSON that a large request has which is not deep."""


def may_be_far_too_deep(body: bytes) -> bool:
    """Whether JSON may have more levels than the service reads; quickly no for what is flat.

    How deep the reader itself goes depends on the version of Python.
    """
    if body.count(b"[") + body.count(b"{") <= CONTAINERS_MAX:
        return False
    brackets = body.translate(None, NO_BRACKETS)
    for _ in range(FLAT_LEVELS):
        brackets = brackets.replace(b"[]", b"").replace(b"{}", b"")
    return len(brackets) > CONTAINERS_MAX


def shallow_json(body: bytes) -> Any:  # noqa: ANN401 - whatever anyone may have written
    """Returns what JSON says with nulls in its depth, or raises when it is far too deep."""
    try:
        return msgspec.json.decode(b"".join(shallow_parts(body)))
    except (ValueError, RecursionError) as fault:
        raise SerializationException from fault


def shallow_parts(body: bytes) -> Iterator[bytes]:
    """Yields JSON text in which what is deeper than anybody asks is null."""
    depth = start = 0
    for found in TEXT_OR_BRACKET.finditer(body):
        mark = found[0]
        if mark in (b"[", b"{"):
            depth += 1
            if depth > CONTAINERS_MAX:
                raise SerializationException
            if depth == CONTAINERS_KEPT + 1:
                yield body[start : found.start()]
        elif mark in (b"]", b"}"):
            if depth == CONTAINERS_KEPT + 1:
                yield b"null"
                start = found.end()
            depth -= 1
    if depth <= CONTAINERS_KEPT:
        yield body[start:]

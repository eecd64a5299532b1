"""Long JSON, read and written piece by piece, so that other threads have their turn in between.

msgspec lets no other thread of Python run before a call ends, and for 16 MB of small values that
is a third of a second.
"""

import re
from typing import Any, Final

import msgspec

PIECE_BYTES_MAX: Final = 512 * 1024
"""What is read at once: an item of 400 KB that is one text, or 10 ms of nothing but numbers."""

LEVELS_MAX: Final = 12
"""Levels that are taken apart. An attribute of an item in a batch is at the ninth; on each level
the whole rest is looked through once more."""

LET_GO_LEVELS: Final = 3
"""Down to the items of a batch: by operation, by table, one by one."""

BRACKET: Final = re.compile(rb"[ \t\r\n]*([\[{])")

RUN_MEMBERS_MAX: Final = 10_000
"""Members of one list that are written at once: 1 ms of nothing but numbers."""

Wire = dict[str, Any]

maps: Final = msgspec.json.Decoder(dict[str, msgspec.Raw])
lists: Final = msgspec.json.Decoder(list[msgspec.Raw])


def decoded(text: bytes | memoryview, levels: int = LEVELS_MAX) -> Any:  # noqa: ANN401 - any JSON
    """Returns what JSON says, or raises ValueError or RecursionError, as msgspec does."""
    bracket = BRACKET.match(text) if len(text) > PIECE_BYTES_MAX and levels else None
    if bracket is None:
        return msgspec.json.decode(text)
    if bracket[1] == b"{":
        named = maps.decode(text)
        return {name: decoded(memoryview(raw), levels - 1) for name, raw in named.items()}
    members = lists.decode(text)
    if max(map(len, members)) > PIECE_BYTES_MAX:
        return [decoded(memoryview(raw), levels - 1) for raw in members]
    count = 1 + PIECE_BYTES_MAX * len(members) // len(text)
    runs = (members[first : first + count] for first in range(0, len(members), count))
    return [one for run in runs for one in msgspec.json.decode(b"[%b]" % b",".join(run))]


def let_go(found: Any, levels: int = LET_GO_LEVELS) -> None:  # noqa: ANN401 - any JSON
    """Frees JSON that nobody needs any more, one item of a batch after another."""
    if levels and isinstance(found, dict):
        while found:
            let_go(found.popitem()[1], levels - 1)
    elif levels and isinstance(found, list):
        while found:
            let_go(found.pop(), levels - 1)


def encoded(response: dict[str, Any]) -> bytes:
    """Returns a response as JSON. Its items are taken out of it, and freed, one by one."""
    for name in ("Item", "Attributes"):
        if name in response:
            response[name] = in_runs(response[name])
    if "Items" in response:
        in_pieces(response["Items"])
    responses = response.get("Responses", {})
    if isinstance(responses, dict):
        for items in responses.values():
            in_pieces(items)
    else:
        for record in responses:
            if "Item" in record:
                record["Item"] = piece(record["Item"])
    return msgspec.json.encode(response)


def in_pieces(items: list[Any]) -> None:
    """Puts into the place of every item its JSON."""
    for place, item in enumerate(items):
        items[place] = piece(item)


def piece(item: Wire) -> msgspec.Raw:
    """Returns the JSON of an item."""
    return msgspec.Raw(msgspec.json.encode(in_runs(item)))


def in_runs(attributes: Wire, levels: int = LEVELS_MAX) -> Wire:
    """Returns attributes with the JSON of every long list; themselves if there is none.

    Lists are looked for in maps, so many levels down, and not in lists: nearly every item is
    short, and none is to be walked through twice.
    """
    changed: Wire = {}
    for name, value in attributes.items():
        if "L" in value and len(value["L"]) > RUN_MEMBERS_MAX:
            changed[name] = list_in_runs(value["L"])
        elif "M" in value and levels:
            inner = in_runs(value["M"], levels - 1)
            if inner is not value["M"]:
                changed[name] = {"M": inner}
    return attributes | changed if changed else attributes


def list_in_runs(members: list[Any]) -> msgspec.Raw:
    """Returns the JSON of a list, written a run of its members at a time."""
    runs = (
        msgspec.json.encode(members[first : first + RUN_MEMBERS_MAX])[1:-1]
        for first in range(0, len(members), RUN_MEMBERS_MAX)
    )
    return msgspec.Raw(b'{"L":[%b]}' % b",".join(runs))

"""A table whose definition is lost, as its items show that it must have been.

The key of a row is made of one or two attributes of its item. Of those whose encoding is just that
in every row one is chosen; so each item is found under its key, though an attribute that always
has the same value may stand for another. What no item shows is gone: indexes and settings.
"""

from collections.abc import Iterator
from itertools import chain, islice
from typing import Any, Final

from ddblite.engine.clock import Clock
from ddblite.engine.keys import ENCODERS, hash_of
from ddblite.engine.maintenance import salvaged_tables
from ddblite.engine.maintenance.salvage import Salvage
from ddblite.engine.maintenance.salvaged_tables import Definition
from ddblite.schema.tables import table_spec
from ddblite.schema.values import TAG_BY_TYPE, Item

SAMPLE_ITEMS: Final = 1000
"""What is looked at: an attribute that is the key of so many is the key."""

Part = tuple[str, str]
"""An attribute's name and type."""

Row = tuple[bytes, Item]

ROLES: Final = ("HASH", "RANGE")


def definition_of(salvage: Salvage, number: int, clock: Clock) -> Definition | None:
    """Returns the table that a number must have stood for, or None when nothing shows it."""
    rows = chain(salvage.tree(f"items_{number}"), salvage.strays())
    proven = salvaged_tables.proven(salvage, number, rows)
    found = ((key, item) for key, _, _, item in proven if item is not None)
    parts = key_of(list(islice(found, SAMPLE_ITEMS)))
    if not parts:
        return None
    now_s = clock.now_s()
    members: dict[str, Any] = {
        "TableName": salvaged_tables.names(salvage).get(number, f"lost_{number}"),
        "AttributeDefinitions": [
            {"AttributeName": name, "AttributeType": kind} for name, kind in parts
        ],
        "KeySchema": [
            {"AttributeName": name, "KeyType": role}
            for (name, _), role in zip(parts, ROLES, strict=False)
        ],
        "BillingMode": "PAY_PER_REQUEST",
        "LastUpdateToPayPerRequestDateTime": now_s,
    }
    spec = table_spec(number, {}, members, table_id=clock.new_id(), created_at_s=now_s)
    return Definition(spec, None)


def key_of(rows: list[Row]) -> list[Part]:
    """Returns the key attributes that all rows can have; none when there are no such."""
    candidates = list(shared_parts(rows))
    for first in candidates:
        rests = [rest_behind(key, item, first) for key, item in rows]
        if None in rests:
            continue
        if not any(rests):
            return [first]
        for second in candidates:
            seconds = [encoded(item, second) for _, item in rows]
            if rests == seconds:
                return [first, second]
    return []


def shared_parts(rows: list[Row]) -> Iterator[Part]:
    """Gives the attributes that all items have, with a type that keys may have."""
    first_items = [item for _, item in rows[:1]]
    for name, value in (pair for item in first_items for pair in item.items()):
        part = name, TAG_BY_TYPE[type(value)]
        if part[1] in ENCODERS and all(encoded(item, part) is not None for _, item in rows):
            yield part


def encoded(item: Item, part: Part) -> bytes | None:
    """Returns an attribute as it would stand in a key, or None when it could not."""
    name, kind = part
    value = item.get(name)
    return ENCODERS[kind](value) if TAG_BY_TYPE[type(value)] == kind else None


def rest_behind(key: bytes, item: Item, part: Part) -> bytes | None:
    """Returns what stands in a key behind its first attribute; None when that is another."""
    first = encoded(item, part) or b""
    start = hash_of(first) + first
    return key[len(start) :] if key.startswith(start) else None

"""Which requests the older layer reads whole, whatever their operation speaks by itself.

The current layer's reader is strict. A request with something that it does not take is read
by the older layer instead, and is then refused in that layer's words and forms:

* a BOOL, a NULL or the ``Exists`` of Expected that is written as a JSON string;
* an attribute value with several members, or at a deeper level than is read;
* in Query and Scan, a number that is another one after it was read into its integer;
* a member missing: the table's name in Query and Scan, the operator of a legacy condition
  there, the key in UpdateItem.

Captured on AWS (eu-west-2 and us-east-1, October 2026). Facts: docs/facts/validation.md, "Two
layers".
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from ddblite.api.wire.model.shapes import (
    ATTRIBUTE_VALUE_MEMBERS,
    AttributeValue,
    Flag,
    ListOf,
    MapOf,
    Shape,
    Structure,
    Whole,
)
from ddblite.schema.limits import NESTING_DEPTH_READ_MAX
from ddblite.schema.wire import read_whole

Part = tuple[Shape, Any, int]
"""A part of a request, and at which level of nesting an attribute value in it is."""

PAGES: Final = frozenset({"Query", "Scan"})
CONDITIONS: Final = ("KeyConditions", "QueryFilter", "ScanFilter")
LOOKED_AT: Final = (AttributeValue, ListOf, MapOf, Structure, Flag, Whole)


def is_read_by_older(operation: str, shape: Structure, wire: Mapping[str, Any]) -> bool:
    """Whether a request, its JSON types being right, is read by the older layer."""
    if operation == "UpdateItem" and wire.get("Key") is None:
        return True
    if operation in PAGES and (wire.get("TableName") is None or lacks_operator(wire)):
        return True
    return has_strange_part(shape, wire)


def lacks_operator(wire: Mapping[str, Any]) -> bool:
    """Whether a legacy condition does not say how it compares."""
    return any(
        condition is not None and condition.get("ComparisonOperator") is None
        for member in CONDITIONS
        for condition in (wire.get(member) or {}).values()
    )


def has_strange_part(shape: Structure, wire: Mapping[str, Any]) -> bool:
    """Whether the current layer's reader does not take something in a request.

    Walks without recursion: what it looks for may be deep.
    """
    parts: list[Part] = [(shape, wire, 1)]
    while parts:
        part = parts.pop()
        if is_strange(part):
            return True
        parts.extend(inside(part))
    return False


def is_strange(part: Part) -> bool:
    """Whether the current layer's reader does not take a part, by itself."""
    match part:
        case Flag(in_value=True), str(), _:
            return True
        case Whole() as whole, number, _:
            return bool(read_whole(number, whole.largest) != number)
        case AttributeValue(), dict() as content, level:
            return level > NESTING_DEPTH_READ_MAX or (len(content) > 1 and has_several(content))
        case _:
            return False


def has_several(content: Mapping[str, Any]) -> bool:
    """Whether an attribute value has more than one member."""
    known = (content.get(tag) for tag in ATTRIBUTE_VALUE_MEMBERS)
    return sum(member is not None for member in known) > 1


def inside(part: Part) -> Iterator[Part]:
    """Yields the parts of a part, without those in which nothing can be strange.

    Nulls are absent, and what is no container has no parts.
    """
    shape, content, level = part
    match shape, content:
        case Structure(members=members), dict():
            found: Iterator[tuple[Shape | None, Any]] = (
                (members.get(name), member) for name, member in content.items()
            )
        case AttributeValue(), dict():
            level += 1
            found = ((ATTRIBUTE_VALUE_MEMBERS.get(tag), member) for tag, member in content.items())
        case MapOf(value=inner), dict():
            found = ((inner, member) for member in content.values())
        case ListOf(element=inner), list() | tuple():
            found = ((inner, member) for member in content)
        case _:
            return
    for inner_shape, member in found:
        if member is not None and isinstance(inner_shape, LOOKED_AT):
            yield inner_shape, member, level

"""The words for attribute values that ``schema.wire`` refuses.

Walks the wire form of a value in document order and raises for the first fault, in the exact
texts of the service. It is never called for good values, and finds nothing wrong with them:
a property test holds the two walks together. JSON types were checked before.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final

from ddblite.api.wire.model.shapes import ATTRIBUTE_VALUE_MEMBERS
from ddblite.schema import numbers
from ddblite.schema.errors import ValidationException
from ddblite.schema.limits import NESTING_DEPTH_MAX
from ddblite.schema.value_faults import EMPTY_SETS, INVALID, TOO_DEEP, explain_name
from ddblite.schema.wire import base64_text, read_binary, read_null

EMPTY_VALUE: Final = (
    "Supplied AttributeValue is empty, must contain exactly one of the supported datatypes"
)
SEVERAL_VALUES: Final = (
    "Supplied AttributeValue has more than one datatypes set, "
    "must contain exactly one of the supported datatypes"
)
NULL_IS_TRUE: Final = INVALID + "Null attribute value types must have the value of true"


def check_attributes(wire: Mapping[str, Any]) -> None:
    """Raises for the first fault among the values of an item or key."""
    check_attribute_names(wire)
    for value in wire.values():
        check_value(value, 1)


def check_attribute_names(wire: Mapping[str, Any]) -> None:
    """Raises for an empty or overlong name; all names of a map come before its values."""
    for name in wire:
        explain_name(name)


def check_names_within(value: Mapping[str, Any] | None) -> None:
    """Raises for an empty or overlong name anywhere inside a value."""
    for each in within(value):
        check_attribute_names(each.get("M") or {})


def check_sets_within(value: Mapping[str, Any] | None) -> None:
    """Raises for an empty set, or one with a member twice, anywhere inside a value.

    A set with a member that is no number is left to the walk that looks at numbers.
    """
    for each in within(value):
        for tag in EMPTY_SETS:
            content = each.get(tag)
            if content is not None and (tag != "NS" or not any(map(number_fault, content))):
                CHECKS[tag](content, 1)


def within(value: Mapping[str, Any] | None, depth: int = 1) -> Iterator[Mapping[str, Any]]:
    """Yields a value and those inside of it, as far down as any may be."""
    if value is None or depth > NESTING_DEPTH_MAX:
        return
    yield value
    for inner in (*(value.get("L") or ()), *(value.get("M") or {}).values()):
        yield from within(inner, depth + 1)


def check_value(wire: Mapping[str, Any] | None, depth: int = 1) -> None:
    """Raises for the first fault of one value at a level of nesting."""
    if depth > NESTING_DEPTH_MAX:
        raise ValidationException(TOO_DEEP, enveloped=True)
    present = tags_of(wire)
    if wire is None or not present:
        raise ValidationException(EMPTY_VALUE)
    for tag, check in CHECKS.items():
        if tag in present:
            check(wire[tag], depth)
    if len(present) > 1:
        raise ValidationException(SEVERAL_VALUES)


def tags_of(wire: Mapping[str, Any] | None) -> list[str]:
    """Returns the known tags that have content."""
    return [tag for tag in ATTRIBUTE_VALUE_MEMBERS if wire and wire.get(tag) is not None]


def check_null(content: Any, _depth: int) -> None:
    """Refuses NULL: false."""
    try:
        read_null(content)
    except Exception as refusal:
        raise ValidationException(NULL_IS_TRUE, enveloped=True) from refusal


def check_number(content: str, _depth: int = 0) -> None:
    """Refuses a text that is no number, in the words of each layer's number reader."""
    current = number_fault(content, older=False)
    if current is None:
        return
    fault = number_fault(content, older=True) or current
    older = fault.message if fault.older is None else fault.older
    raise ValidationException(current.message, older=older, enveloped=True)


def number_fault(content: str, *, older: bool = False) -> ValidationException | None:
    """Returns what a number reader says to a text, or None when it reads it."""
    try:
        numbers.parse(content, older=older)
    except ValidationException as fault:
        return fault
    return None


def check_list(content: Sequence[Any], depth: int) -> None:
    """Checks the elements of a list."""
    for element in content:
        check_value(element, depth + 1)


def check_map(content: Mapping[str, Any], depth: int) -> None:
    """Checks the entries of a map."""
    if content and depth >= NESTING_DEPTH_MAX:
        raise ValidationException(TOO_DEEP, enveloped=True)
    check_attribute_names(content)
    for value in content.values():
        check_value(value, depth + 1)


def check_string_set(content: Sequence[str], _depth: int) -> None:
    """Refuses an empty set, and one with a member twice."""
    check_not_empty("SS", content)
    repeat = first_repeat(content)
    if repeat is None:
        return
    escaped = (member.replace('"', '\\"') for member in shown_with_repeat(content, repeat))
    quoted = ", ".join(f'"{member}"' for member in escaped)
    raise ValidationException(
        f"{INVALID}Input collection [{quoted}] contains duplicates.",
        older=f"{INVALID}Input collection [{', '.join(content)}] contains duplicates.",
        enveloped=True,
    )


def check_number_set(content: Sequence[str], _depth: int) -> None:
    """Refuses an empty set, a member that is no number, and two equal numbers."""
    check_not_empty("NS", content)
    for member in content:
        check_number(member)
    if first_repeat([numbers.parse(member) for member in content]) is not None:
        raise ValidationException(
            f"{INVALID}Input collection contains duplicates.",
            older="Input collection contains duplicates",
            enveloped=True,
        )


def check_binary_set(content: Sequence[Any], _depth: int) -> None:
    """Refuses an empty set, and one with a member twice."""
    check_not_empty("BS", content)
    members = [read_binary(member) for member in content]
    repeat = first_repeat(members)
    if repeat is None:
        return
    texts = map(base64_text, members)
    quoted = ",".join(f'"{base64_text(member)}"' for member in shown_with_repeat(members, repeat))
    raise ValidationException(
        f"{INVALID}Input collection [{quoted}]of type BS contains duplicates.",
        older=(f"{INVALID}Input collection [{', '.join(texts)}]of type BS contains duplicates."),
        enveloped=True,
    )


def check_not_empty(tag: str, content: Sequence[Any]) -> None:
    """Refuses a set without members."""
    if not content:
        raise ValidationException(EMPTY_SETS[tag], enveloped=True)


def shown_with_repeat(members: Sequence[Any], repeat: int) -> list[Any]:
    """Returns members in the order in which the refusal of a repeated one lists them.

    Those before the first repeat are in byte order; it and the rest follow as they were sent.
    """
    return [*sorted(members[:repeat]), *members[repeat:]]


def first_repeat(members: Sequence[Any]) -> int | None:
    """Returns the index of the first member that was there before, or None."""
    seen: set[Any] = set()
    for index, member in enumerate(members):
        if member in seen:
            return index
        seen.add(member)
    return None


CHECKS: Final[dict[str, Callable[[Any, int], None]]] = {
    "SS": check_string_set,
    "NS": check_number_set,
    "BS": check_binary_set,
    "N": check_number,
    "NULL": check_null,
    "L": check_list,
    "M": check_map,
}
"""The types that can be wrong beyond their JSON type; S, B and BOOL cannot.

Of a value with several members they are looked at in this order, before their number is.
"""

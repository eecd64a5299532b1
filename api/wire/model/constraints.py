"""The constraints of members: required, length, range, pattern and allowed words.

Two forms of one fault. The usual one names the member in camel case and echoes its value; a
missing member's is null. The short one names it in Pascal case and echoes nothing.

    Value '0' at 'limit' failed to satisfy constraint: ...
    Value at 'Limit' failed to satisfy constraint: ...

Here the faults are found, in the order of the shapes; which of them are told, in which order
and form, is said by ``api.wire.model.stages``.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final

from ddblite.api.wire.model.java_echo import echo
from ddblite.api.wire.model.shapes import (
    ListOf,
    MapOf,
    Shape,
    Structure,
    TableName,
    Text,
    Whole,
)
from ddblite.schema.limits import NAME_LENGTH_MAX, NAME_LENGTH_MIN
from ddblite.schema.names import ARN_LENGTH_MAX, NAME_PATTERN, is_arn, table_named
from ddblite.schema.wire import base64_text, read_whole

MEMBER: Final = Text()
"""Stands for the shape of a member that is missing: nothing of it is echoed."""
FAILED: Final = "failed to satisfy constraint: "
NOT_NULL: Final = "Member must not be null"

NAME_PATTERN_CLAUSE: Final = f"Member must satisfy regular expression pattern: {NAME_PATTERN}"


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a path: a member, an element's position from 1, or a map's key."""

    text: str
    is_member: bool = False


Path = tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Fault:
    """One constraint that does not hold; ``current`` is where the current layer reports it."""

    shape: Shape
    path: Path
    value: Any
    clause: str
    current: tuple[Path, str] | None = None

    @property
    def member(self) -> str:
        """The member of the request that the fault is in."""
        return self.path[0].text

    @property
    def is_of_legacy_word(self) -> bool:
        """Whether a word in a legacy parameter is none; the current layer has own texts for it."""
        return self.value is not None and self.path[-1].text in {"ComparisonOperator", "Action"}

    def text(self) -> str:
        """Returns the fault in the usual form, with the value echoed."""
        value = "null" if self.value is None else f"'{echo(self.shape, self.value)}'"
        return f"Value {value} at '{camel(self.path)}' {FAILED}{self.clause}"

    def json_text(self) -> str:
        """Returns the fault of what is there with the value echoed as JSON."""
        if self.value is None:
            return self.text()
        return f"Value '{sorted_json(self.value)}' at '{camel(self.path)}' {FAILED}{self.clause}"

    def short_text(self) -> str:
        """Returns the fault in the short form of the current layer."""
        if self.value is None:
            return self.text()
        path, clause = self.current or (self.path, self.clause)
        return f"Value at '{pascal(path)}' {FAILED}{clause}"


def member_faults(shape: Structure, wire: Mapping[str, Any], path: Path) -> Iterator[Fault]:
    """Yields the faults of a structure's members, in the order of the shape."""
    for name, member in shape.members.items():
        value = wire.get(name)
        here = (*path, Step(name, is_member=True))
        if value is not None:
            yield from faults_of(member, value, here)
        elif name in shape.required:
            yield Fault(MEMBER, here, None, NOT_NULL)


def faults_of(shape: Shape, value: Any, path: Path) -> Iterator[Fault]:
    """Yields the faults of one member that is there, and those inside it."""
    match shape:
        case Text():
            clauses = text_clauses(shape, value)
        case TableName():
            clauses = table_clauses(shape, value)
        case Whole():
            clauses = range_clauses(
                "value", read_whole(value, shape.largest), shape.minimum, shape.maximum
            )
        case ListOf() | MapOf():
            clauses = range_clauses("length", len(value), shape.minimum, shape.maximum)
        case _:
            clauses = iter(())
    for clause in clauses:
        yield Fault(shape, path, value, clause)
    match shape:
        case ListOf():
            yield from element_faults(shape, value, path)
        case MapOf():
            yield from entry_faults(shape, value, path)
        case Structure():
            yield from member_faults(shape, value, path)


def text_clauses(shape: Text, value: str) -> Iterator[str]:
    """Yields what a text breaks; the pattern of an empty one is not looked at."""
    if shape.choices and value not in shape.choices:
        yield f"Member must satisfy enum value set: [{', '.join(shape.choices)}]"
    if shape.pattern and value and not re.fullmatch(shape.pattern, value):
        yield f"Member must satisfy regular expression pattern: {shape.pattern}"
    yield from range_clauses("length", len(value), shape.minimum, shape.maximum)


def table_clauses(shape: TableName, value: str) -> Iterator[str]:
    """Yields what the name of a table breaks; an ARN must name a table."""
    lengths = list(length_clauses(value, control=shape.control))
    if is_arn(value):
        yield from lengths
    if value and not is_name(value):
        yield NAME_PATTERN_CLAUSE
    if not is_arn(value):
        yield from lengths


def is_name(value: str) -> bool:
    """Whether a text is written like the name of a table, of whatever length, or its ARN."""
    if is_arn(value):
        return table_named(value) is not None
    return re.fullmatch(NAME_PATTERN, value) is not None


def length_clauses(value: str, *, control: bool = False) -> Iterator[str]:
    """Yields the bound that the length of a table's name or ARN is beyond.

    Outside of the control plane an empty name is told apart from one that is too short.
    """
    if is_arn(value):
        return range_clauses("length", len(value), 1, ARN_LENGTH_MAX)
    minimum = NAME_LENGTH_MIN if value or control else 1
    return range_clauses("length", len(value), minimum, NAME_LENGTH_MAX)


def range_clauses(what: str, size: Any, minimum: int | None, maximum: int | None) -> Iterator[str]:
    """Yields the bound that a length, count or value is beyond."""
    if minimum is not None and size < minimum:
        yield f"Member must have {what} greater than or equal to {minimum}"
    if maximum is not None and size > maximum:
        yield f"Member must have {what} less than or equal to {maximum}"


def element_faults(shape: ListOf, value: Any, path: Path) -> Iterator[Fault]:
    """Yields the faults of a list's elements."""
    for position, element in enumerate(value, 1):
        here = (*path, Step(str(position)), Step("member"))
        if element is not None:
            yield from faults_of(shape.element, element, here)
        elif isinstance(shape.element, Structure | MapOf):
            yield Fault(MEMBER, here, None, NOT_NULL)


def entry_faults(shape: MapOf, value: Mapping[str, Any], path: Path) -> Iterator[Fault]:
    """Yields the faults of a map's keys and values."""
    if shape.table_keys and any(table_named(name) is None for name in value):
        yield Fault(shape, path, value, TABLE_KEYS_CLAUSE)
    inner = shape.value
    if shape.value_bounds and isinstance(inner, ListOf):
        yield from islice(value_bound_faults(shape, inner, value, path), 1)
        inner = ListOf(inner.element)
    for name, content in value.items():
        here = (*path, Step(name), Step("member"))
        if content is not None:
            yield from faults_of(inner, content, here)
        elif not shape.null_values:
            yield Fault(MEMBER, here, None, NOT_NULL)


def value_bound_faults(
    shape: MapOf, inner: ListOf, value: Mapping[str, Any], path: Path
) -> Iterator[Fault]:
    """Yields, per list that is too short or too long, the fault of the map that holds it."""
    clause = (
        "Map value must satisfy constraint: "
        f"[Member must have length less than or equal to {inner.maximum}, "
        f"Member must have length greater than or equal to {inner.minimum}]"
    )
    for name, content in value.items():
        if content is not None:
            here = (*path, Step(name), Step("member"))
            for own in range_clauses("length", len(content), inner.minimum, inner.maximum):
                yield Fault(shape, path, value, clause, current=(here, own))


TABLE_KEYS_CLAUSE: Final = (
    "Map keys must satisfy constraint: "
    f"[Member must have length less than or equal to {NAME_LENGTH_MAX}, "
    f"Member must have length greater than or equal to {NAME_LENGTH_MIN}, "
    f"Member must satisfy regular expression pattern: {NAME_PATTERN}]"
)


def camel(path: Path) -> str:
    """Returns a path in the older layer's form: ``keySchema.1.member.keyType``."""
    return ".".join(
        step.text[:1].lower() + step.text[1:] if step.is_member else step.text for step in path
    )


def pascal(path: Path) -> str:
    """Returns a path in the current layer's form: ``RequestItems.books.member.Keys``."""
    return ".".join(step.text for step in path)


def sorted_json(value: Any) -> str:
    """Returns JSON without spaces, the members of everything in the order of their names."""
    return json.dumps(
        value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=base64_text
    )

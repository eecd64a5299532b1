"""The constraint pass: required, length, range, pattern and allowed words.

Two forms of one fault. The older layer names the member in camel case, echoes its value and
joins up to ten faults into one message; the current layer names it in Pascal case, echoes
nothing and stops at the first. A missing member reads the same in both.

    1 validation error detected: Value '0' at 'limit' failed to satisfy constraint: ...
    1 validation error detected: Value at 'Limit' failed to satisfy constraint: ...

Custom checks (combinations of members, attribute values, expressions) come later and elsewhere.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final

from ddblite.schema.errors import ValidationException
from ddblite.schema.limits import NAME_LENGTH_MAX, NAME_LENGTH_MIN
from ddblite.schema.names import ARN_LENGTH_MAX, NAME_PATTERN, is_arn, table_named
from ddblite.schema.shapes import (
    ATTRIBUTE_VALUE_MEMBERS,
    AttributeValue,
    Flag,
    ListOf,
    MapOf,
    Shape,
    Structure,
    TableName,
    Text,
    Whole,
)
from ddblite.schema.wire import read_boolean, read_whole
from ddblite.schema.wording import ENVELOPE, OLDER, layer_of

FAULTS_LISTED_MAX: Final = 10
MEMBER: Final = Text()
"""Stands for the shape of a member that is missing: nothing of it is echoed."""
NOT_NULL: Final = "Member must not be null"
ECHO_DEPTH_MAX: Final = 8
"""How far an echoed value is followed; the service's own echo of a value is not specified."""

NAME_REQUIRED: Final = "The parameter 'TableName' is required but was not present in the request"
NAME_LENGTH: Final = "TableName must be at least 3 characters long and at most 255 characters long"

# What the current layer of the data plane says instead of its own general form.
CURRENT_ODDITIES: Final[dict[tuple[str, str], str]] = {
    ("UpdateItem", "ReturnValues"): "ALL_OLD, UPDATED_OLD, ALL_NEW, UPDATE_NEW, NONE",
    **{
        (operation, "ConditionalOperator"): "ALL, OR"
        for operation in ("PutItem", "UpdateItem", "DeleteItem", "Query")
    },
}


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

    def older_text(self) -> str:
        """Returns the fault with the value echoed."""
        value = "null" if self.value is None else f"'{echo(self.shape, self.value)}'"
        return f"Value {value} at '{camel(self.path)}' failed to satisfy constraint: {self.clause}"

    def current_text(self) -> str:
        """Returns the fault as the current layer puts it."""
        if self.value is None:
            return self.older_text()
        path, clause = self.current or (self.path, self.clause)
        return f"Value at '{pascal(path)}' failed to satisfy constraint: {clause}"


def check_constraints(
    operation: str, shape: Structure, wire: Mapping[str, Any], wording: str
) -> None:
    """Raises ValidationException when members are missing or out of bounds.

    The members must be of the right JSON types: ``schema.json_types`` comes first.
    """
    check_controlled_name(shape, wire, wording)
    faults = member_faults(shape, wire, ())
    if layer_of(operation, wording).older:
        # An empty batch has words of its own there, after the constraints.
        faults = (fault for fault in faults if not is_empty_batch(fault))
        texts = [fault.older_text() for fault in islice(faults, FAULTS_LISTED_MAX)]
        if texts:
            plural = "s" if len(texts) > 1 else ""
            raise ValidationException(
                f"{len(texts)} validation error{plural} detected: {'; '.join(texts)}"
            )
        return
    for fault in faults:
        oddity = CURRENT_ODDITIES.get((operation, pascal(fault.path)))
        if oddity is not None:
            raise ValidationException(
                f"{ENVELOPE}Failed to satisfy constraint: "
                f"Member must satisfy enum value set: [{oddity}]"
            )
        raise ValidationException(ENVELOPE + fault.current_text())


def check_controlled_name(shape: Structure, wire: Mapping[str, Any], wording: str) -> None:
    """Checks the name of a table in the control plane, which comes before all constraints."""
    wanted = shape.members.get("TableName")
    if not isinstance(wanted, TableName) or not wanted.control:
        return
    name = wire.get("TableName")
    if name is None:
        raise ValidationException(NAME_REQUIRED)
    fits = NAME_LENGTH_MIN <= len(name) <= NAME_LENGTH_MAX
    if wording == OLDER and not fits and not is_arn(name):
        raise ValidationException(NAME_LENGTH)


def is_empty_batch(fault: Fault) -> bool:
    """Whether what is at fault is a RequestItems without a table."""
    return isinstance(fault.shape, MapOf) and fault.shape.table_keys and not fault.value


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
    if is_arn(value):
        yield from range_clauses("length", len(value), 1, ARN_LENGTH_MAX)
        wrong = table_named(value) is None
    else:
        wrong = bool(value) and re.fullmatch(NAME_PATTERN, value) is None
    if wrong:
        yield f"Member must satisfy regular expression pattern: {NAME_PATTERN}"
    if not is_arn(value):
        minimum = NAME_LENGTH_MIN if shape.control else 1
        yield from range_clauses("length", len(value), minimum, NAME_LENGTH_MAX)


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
    if shape.table_keys and not all(map(is_batch_name, value)):
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


def is_batch_name(name: str) -> bool:
    """Whether a key of RequestItems can be a table: an ARN, or three characters at least."""
    return table_named(name) is not None and (is_arn(name) or len(name) >= NAME_LENGTH_MIN)


def camel(path: Path) -> str:
    """Returns a path in the older layer's form: ``keySchema.1.member.keyType``."""
    return ".".join(
        step.text[:1].lower() + step.text[1:] if step.is_member else step.text for step in path
    )


def pascal(path: Path) -> str:
    """Returns a path in the current layer's form: ``RequestItems.books.member.Keys``."""
    return ".".join(step.text for step in path)


def echo(shape: Shape, value: Any, depth: int = 0) -> str:
    """Returns a value as Java prints it: ``[a, b]``, ``{k=v}``, ``KeyType(name=a)``."""
    if value is None or depth > ECHO_DEPTH_MAX:
        return "null" if value is None else "..."
    deeper = depth + 1
    match shape:
        case Structure(name=name, members=members):
            return f"{name}({echo_members(members, value, deeper)})"
        case AttributeValue():
            return f"AttributeValue({echo_members(ATTRIBUTE_VALUE_MEMBERS, value, deeper)})"
        case MapOf(value=inner):
            entries = (f"{name}={echo(inner, content, deeper)}" for name, content in value.items())
            return "{" + ", ".join(entries) + "}"
        case ListOf(element=inner):
            return "[" + ", ".join(echo(inner, element, deeper) for element in value) + "]"
        case Flag():
            return "true" if read_boolean(value) else "false"
        case Whole():
            return str(read_whole(value, shape.largest))
        case _:
            return str(value)


def echo_members(members: Mapping[str, Shape], value: Mapping[str, Any], depth: int) -> str:
    """Returns the members of a structure that are there, as Java prints them."""
    return ", ".join(
        f"{name[:1].lower()}{name[1:]}={echo(member, value[name], depth)}"
        for name, member in members.items()
        if value.get(name) is not None
    )

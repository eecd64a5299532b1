"""The values that a statement has for the key: of the right type, and one for each attribute."""

from collections.abc import Iterable, Mapping
from typing import Final

from ddblite.partiql.access_paths.access import Change
from ddblite.partiql.access_paths.branches import Branch, KeyRead, KeyTerm, KeyTerms
from ddblite.partiql.access_paths.terms import SortTerm
from ddblite.partiql.syntax.faults import StatementError
from ddblite.schema import values as attribute_values
from ddblite.schema.tables import TYPES_OF_KIND, KeyPart, Source, TableSpec
from ddblite.schema.values import TAG_BY_TYPE, Item, Value

Values = Mapping[str, Value]

SEVERAL_KEYS: Final = (
    "Multiple conditions on same key {}. Only single item Update/Insert/Delete are supported"
)


class KeyValueError(StatementError):
    """A key value that no item of the table can have."""


KeyValueError.code = StatementError.code


def check_keys(key: Iterable[tuple[KeyPart, str]], values: Values) -> None:
    """Raises when a value of these names is not of its key attribute's type."""
    for part, name in key:
        if TAG_BY_TYPE[type(values[name])] != part.kind:
            check_key(part, name, values)


def check_key(part: KeyPart, name: str, values: Values) -> None:
    """Raises when the value of this name is not of its key attribute's type."""
    kind = TAG_BY_TYPE[type(values[name])]
    if kind != part.kind:
        check_kind(part, name, values)
        raise other_type(part, name)


def other_type(part: KeyPart, *about: str) -> KeyValueError:
    """Returns the error for a value of another key attribute's type."""
    return KeyValueError(
        f"Key attribute's data type should match its data type in table's schema: Key {part.name}",
        about=about,
        hint=f"{part.name} is a {TYPES_OF_KIND[part.kind]}.",
    )


def check_item(table: TableSpec, item: Item) -> None:
    """Raises when a key attribute of an item is not of its type, whatever type it has."""
    for part in table.parts:
        if part.name in item and TAG_BY_TYPE[type(item[part.name])] != part.kind:
            raise other_type(part)


def check_kind(part: KeyPart, name: str, values: Values) -> None:
    """Raises when the value of this name is of a type that no key attribute has."""
    kind = TAG_BY_TYPE[type(values[name])]
    if kind not in TYPES_OF_KIND:
        raise KeyValueError(
            f"Key value must be of type S, N, or B. Key name: {part.name}, Key type: {kind}",
            about=(name,),
            hint=f"{part.name} is a {TYPES_OF_KIND[part.kind]}.",
        )


def check_change(access: Change, values: Values) -> None:
    """Raises when the values of a write's key are of a wrong type, or are those of two keys."""
    parts = {part.name: part for part in access.table.parts}
    key = dict(access.key)
    for attribute, name in (*access.key, *access.again):
        check_key(parts[attribute], name, values)
    for attribute, name in access.again:
        if not attribute_values.equal(values[key[attribute]], values[name]):
            raise KeyValueError(SEVERAL_KEYS.format(attribute), about=(key[attribute], name))


def check_kinds_of(access: Change, values: Values) -> None:
    """Raises when a value of a write's key is of a type that no key attribute has."""
    parts = {part.name: part for part in access.table.parts}
    for attribute, name in (*access.key, *access.again):
        check_kind(parts[attribute], name, values)


def check_key_read(source: Source, key_read: KeyRead, values: Values) -> None:
    """Raises when a read has a key value of a wrong type."""
    check_key(source.partition, key_read.partition, values)
    if key_read.sort is not None and source.sort is not None:
        for name in key_read.sort.names:
            check_key(source.sort, name, values)


def check_kinds(source: Source, branches: Iterable[Branch], values: Values) -> None:
    """Raises when a key value is of a type that no key attribute has, in a branch read by key.

    Behind the first that is not, nothing is looked at.
    """
    for branch in branches:
        by_part = [(source.partition, different(branch.partition, values))]
        if source.sort is not None:
            by_part.append((source.sort, different(branch.sort, values)))
        if any(len(terms) > 1 for _, terms in by_part):
            return
        for part, terms in by_part:
            for name in (name for one in terms for name in one.condition.names):
                check_kind(part, name, values)


def different(terms: KeyTerms, values: Values) -> KeyTerms:
    """Returns the conditions on one key attribute, each of them once."""
    if len(terms) < len(("one", "other")):
        return terms
    kept: list[KeyTerm] = []
    for one in terms:
        if not any(are_same(one.condition, other.condition, values) for other in kept):
            kept.append(one)
    return tuple(kept) if len(kept) < len(terms) else terms


def are_same(one: SortTerm, other: SortTerm, values: Values) -> bool:
    """Whether two conditions say the same."""
    return (
        one.operator == other.operator
        and len(one.names) == len(other.names)
        and all(
            attribute_values.equal(values[left], values[right])
            for left, right in zip(one.names, other.names, strict=True)
        )
    )

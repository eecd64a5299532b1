"""From a key condition to a range of encoded keys.

Terms come from ``engine.expressions``; here they meet the key of a table or index. What remains is
one slice of a B-tree: every partition attribute is fixed, the sort attributes are fixed one after
another, and the last one used may be a range. Facts: docs/facts/validation.md, "Expressions";
docs/facts/tables-and-features.md, "Keys of several attributes".
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from ddblite.engine.indexes import EMPTY_BY_PUT
from ddblite.engine.items import (
    HASH_TOO_LONG,
    PYTHON_TYPES,
    RANGE_TOO_LONG,
    check_key_bytes,
    empty_kind,
)
from ddblite.engine.keys import ENCODERS, END, hash_of, successor
from ddblite.schema.errors import ValidationException
from ddblite.schema.limits import PARTITION_KEY_BYTES_MAX, SORT_KEY_BYTES_MAX
from ddblite.schema.tables import KeyPart, KeySchema
from ddblite.schema.value_faults import INVALID
from ddblite.schema.values import Value


class Term(Protocol):
    """One condition on one key attribute."""

    @property
    def attribute(self) -> str:
        """The attribute's name."""
        ...

    @property
    def operator(self) -> str:
        """``=``, ``<``, ``<=``, ``>``, ``>=``, ``BETWEEN`` or ``begins_with``."""
        ...

    @property
    def operands(self) -> tuple[Value, ...]:
        """One value, or two for BETWEEN."""
        ...


@dataclass(frozen=True, slots=True)
class KeyRange:
    """The keys from ``first`` to before ``behind``."""

    first: bytes
    behind: bytes

    def is_empty(self) -> bool:
        """Whether no key can be inside, as in ``BETWEEN 9 AND 3``."""
        return self.first >= self.behind


NOT_SUPPORTED: Final = "Query key condition not supported"
CONDITIONS_MAX: Final = 2
TOO_MANY: Final = "Conditions can be of length 1 or 2 only"
"""The older layer's words for more conditions than any key of its time could have."""


def key_range(key: KeySchema, terms: Sequence[Term], index_name: str | None = None) -> KeyRange:
    """Returns the range that the terms select of a key, or raises what is wrong with them.

    ``index_name`` is for the error text when the key is an index's.
    """
    partition, sort = key.partition, key.sort
    by_name = {term.attribute: term for term in terms}
    used = [part for part in sort if part.name in by_name]
    check_count(partition, sort, by_name)
    if len(partition) > 1 or len(sort) > 1:
        check_equalities(partition, by_name)
        check_types((*partition, *used), by_name)
        check_known(partition, sort, by_name)
        check_no_gap(sort, used, by_name)
    else:
        check_present(partition, by_name)
        check_known(partition, sort, by_name)
        check_types((*partition, *used), by_name)
    for part in (*partition, *used):
        check_not_empty(by_name[part.name], index_name)
    check_bytes(partition, by_name, PARTITION_KEY_BYTES_MAX, HASH_TOO_LONG)
    check_bytes(sort, by_name, SORT_KEY_BYTES_MAX, RANGE_TOO_LONG)

    encoded = b"".join(ENCODERS[part.kind](by_name[part.name].operands[0]) for part in partition)
    prefix = hash_of(encoded) + encoded
    whole = prefix
    for part in used[:-1]:
        whole += ENCODERS[part.kind](by_name[part.name].operands[0])
    if not used:
        return KeyRange(prefix, successor(prefix))
    last = used[-1]
    return KeyRange(*term_range(whole, last, by_name[last.name]))


def check_count(
    partition: Sequence[KeyPart], sort: Sequence[KeyPart], by_name: dict[str, Term]
) -> None:
    """Raises when there are more conditions than key attributes."""
    count, most = len(by_name), len(partition) + len(sort)
    if count > most:
        raise ValidationException(
            f"The number of query conditions ({count}) exceeds the number of key"
            f" attributes defined in the schema ({most})",
            older=NOT_SUPPORTED if count == CONDITIONS_MAX else TOO_MANY,
        )


def check_equalities(partition: Sequence[KeyPart], by_name: dict[str, Term]) -> None:
    """Raises unless every partition attribute is fixed: how a key of several parts is refused."""
    loose = names_not_fixed(partition, by_name)
    if loose:
        raise ValidationException(
            f"HASH key attributes {loose} must have equality conditions specified in the query"
        )


def names_not_fixed(parts: Sequence[KeyPart], by_name: dict[str, Term]) -> str:
    """Returns the attributes without an equality, as error texts list them."""
    return ", ".join(
        part.name
        for part in parts
        if part.name not in by_name or by_name[part.name].operator != "="
    )


def check_present(partition: Sequence[KeyPart], by_name: dict[str, Term]) -> None:
    """Raises unless the partition attribute of a simple key is fixed."""
    for part in partition:
        if part.name not in by_name:
            raise missed(part)
        if by_name[part.name].operator != "=":
            raise ValidationException(NOT_SUPPORTED)


def check_known(
    partition: Sequence[KeyPart], sort: Sequence[KeyPart], by_name: dict[str, Term]
) -> None:
    """Raises when a condition is on what is no key attribute."""
    parts = (*partition, *sort)
    if by_name.keys() - {part.name for part in parts}:
        raise missed(next(part for part in parts if part.name not in by_name))


def missed(part: KeyPart) -> ValidationException:
    """Returns the error for a key attribute that no condition is on."""
    return ValidationException(f"Query condition missed key schema element: {part.name}")


def check_no_gap(
    sort: Sequence[KeyPart], used: Sequence[KeyPart], by_name: dict[str, Term]
) -> None:
    """Raises unless the sort attributes used are the first ones, all but the last by equality."""
    if not used:
        return
    loose = names_not_fixed(sort[: list(sort).index(used[-1])], by_name)
    if loose:
        raise ValidationException(
            f"RANGE key attributes {loose} must have equality conditions specified in"
            f" the query because a condition is present on key attribute {used[-1].name}"
        )


def check_types(parts: Sequence[KeyPart], by_name: dict[str, Term]) -> None:
    """Raises when the value of a condition is not of its key attribute's type."""
    for part in parts:
        check_type(part, by_name[part.name])


def check_type(part: KeyPart, term: Term) -> None:
    """Raises when a condition's value is not of the key's type."""
    if any(type(value) not in PYTHON_TYPES[part.kind] for value in term.operands):
        raise ValidationException(f"{INVALID}Condition parameter type does not match schema type")


def check_not_empty(term: Term, index_name: str | None) -> None:
    """Raises when a condition's value is empty, as no key is."""
    for value in term.operands:
        if value or not isinstance(value, str | bytes):
            continue
        kind = empty_kind(value)
        if index_name is not None:
            raise ValidationException(
                EMPTY_BY_PUT.format(kind=kind, index=index_name, name=term.attribute)
            )
        raise ValidationException(
            "One or more parameter values are not valid. The AttributeValue for a key attribute"
            f" cannot contain an empty {kind} value. Key: {term.attribute}"
        )


def check_bytes(
    parts: Sequence[KeyPart], by_name: dict[str, Term], bytes_max: int, text: str
) -> None:
    """Raises when a condition's value is longer than any key."""
    for part in parts:
        term = by_name.get(part.name)
        for value in () if term is None else term.operands:
            if not (isinstance(value, str) and value.isascii() and len(value) <= bytes_max):
                check_key_bytes([value], bytes_max, text)


def term_range(prefix: bytes, part: KeyPart, term: Term) -> tuple[bytes, bytes]:
    """Returns the first key of a condition on the last sort attribute, and the first behind it."""
    encode = ENCODERS[part.kind]
    low = prefix + encode(term.operands[0])
    if term.operator == "=":
        return low, successor(low)
    if term.operator == "<":
        return prefix, low
    if term.operator == "<=":
        return prefix, successor(low)
    if term.operator == ">":
        return successor(low), successor(prefix)
    if term.operator == ">=":
        return low, successor(prefix)
    if term.operator == "BETWEEN":
        return low, successor(prefix + encode(term.operands[1]))
    assert term.operator == "begins_with", "the parser knows no other operator on a key"
    # Without its end, a string's component is a prefix of every longer one's.
    begun = low[: -len(END)]
    return begun, successor(begun)


def start_of(key: bytes, chosen: KeyRange, *, forward: bool) -> KeyRange:
    """Returns the range that is left behind (or before) a start key, which need not exist."""
    if forward:
        return KeyRange(key + b"\0", chosen.behind)
    return KeyRange(chosen.first, key)

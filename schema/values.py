r"""The ten attribute types as plain Python values.

========  =======================================  ======================
tag       Python value                             example
========  =======================================  ======================
``S``     ``str``                                  ``"Nina"``
``N``     ``int`` when integral, else ``Decimal``  ``42``, ``Decimal("1.5")``
``B``     ``bytes``                                ``b"\x00\xff"``
``BOOL``  ``bool``                                 ``True``
``NULL``  ``None``                                 ``None``
``L``     ``list``                                 ``[1, "a"]``
``M``     ``dict`` with ``str`` keys               ``{"a": 1}``
``SS``    ``StringSet``                            ``StringSet(["a", "b"])``
``NS``    ``NumberSet``                            ``NumberSet([1, 2])``
``BS``    ``BinarySet``                            ``BinarySet([b"a"])``
========  =======================================  ======================

In Python ``True == 1``, also inside lists and sets, so attribute values are compared
only by ``equal`` and ordered only by ``less`` or by their encoded keys, never by a bare
``==``. This module checks nothing: what may be stored is decided by the walk in
``engine.codec`` and explained by ``schema.value_faults``.
"""

from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet
from decimal import Decimal
from typing import Any, ClassVar, Final, Self, TypeAlias, TypeVar

Member = TypeVar("Member", str, bytes, "int | Decimal")


class ValueSet(AbstractSet[Member]):
    """A DynamoDB set: immutable, its members in ascending order, equal to a ``set`` of the same.

    Repeated members are kept once. An empty set may be made, but never stored.
    """

    __slots__ = ("members",)
    tag: ClassVar[str]
    members: tuple[Member, ...]

    def __init__(self, members: Iterable[Member] = ()) -> None:
        ordered = sorted(members)
        self.members = tuple(
            member
            for position, member in enumerate(ordered)
            if position == 0 or member != ordered[position - 1]
        )

    @classmethod
    def of_ordered(cls, members: Iterable[Member]) -> Self:
        """Returns a set of members that are known to be ascending and distinct."""
        made = cls.__new__(cls)
        made.members = tuple(members)
        return made

    def __contains__(self, candidate: object) -> bool:
        return type(candidate) in MEMBER_TYPES[self.tag] and candidate in self.members

    def __iter__(self) -> Iterator[Member]:
        return iter(self.members)

    def __len__(self) -> int:
        return len(self.members)

    def __eq__(self, other: object) -> bool:
        if isinstance(other, ValueSet):
            return self.tag == other.tag and self.members == other.members
        return AbstractSet.__eq__(self, other) if isinstance(other, AbstractSet) else NotImplemented

    def __hash__(self) -> int:
        return self._hash()

    def __repr__(self) -> str:
        return f"{type(self).__name__}({list(self.members)!r})"


class StringSet(ValueSet[str]):
    """SS: strings in code point order, which is the order of their UTF-8 bytes."""

    __slots__ = ()
    tag = "SS"


class NumberSet(ValueSet["int | Decimal"]):
    """NS: numbers in numeric order; ``1`` and ``Decimal("1.0")`` are one member."""

    __slots__ = ()
    tag = "NS"


class BinarySet(ValueSet[bytes]):
    """BS: byte strings in unsigned byte order."""

    __slots__ = ()
    tag = "BS"


Number: TypeAlias = int | Decimal
Value: TypeAlias = (
    str
    | bytes
    | bool
    | int
    | Decimal
    | list["Value"]
    | dict[str, "Value"]
    | StringSet
    | NumberSet
    | BinarySet
    | None
)
Item: TypeAlias = dict[str, Value]

TAG_BY_TYPE: Final[dict[type, str]] = {
    str: "S",
    int: "N",
    Decimal: "N",
    bytes: "B",
    bool: "BOOL",
    type(None): "NULL",
    list: "L",
    dict: "M",
    StringSet: "SS",
    NumberSet: "NS",
    BinarySet: "BS",
}
"""The tag of a value by its exact type; a type that is missing here is not an attribute value."""

MEMBER_TYPES: Final[dict[str, frozenset[type]]] = {
    "SS": frozenset({str}),
    "NS": frozenset({int, Decimal}),
    "BS": frozenset({bytes}),
}
SET_BY_TAG: Final[dict[str, type[Any]]] = {"SS": StringSet, "NS": NumberSet, "BS": BinarySet}
NUMBER_TYPES: Final = frozenset({int, Decimal})
SET_TYPES: Final = frozenset({StringSet, NumberSet, BinarySet})
ORDERED_TAGS: Final = frozenset({"S", "N", "B"})
"""The types that have an order, and the only ones that a key may have."""


def tag_of(value: Value) -> str:
    """Returns the type tag of an attribute value: ``S``, ``N`` and so on."""
    return TAG_BY_TYPE[type(value)]


def equal(left: Value, right: Value) -> bool:
    """Whether two values are the same: numbers numerically, sets unordered, types never mixed."""
    kind = type(left)
    if kind is not type(right):
        # An int and a Decimal are two forms of one type; every other pair differs in type.
        return kind in NUMBER_TYPES and type(right) in NUMBER_TYPES and left == right
    if kind is list:
        assert isinstance(left, list)
        assert isinstance(right, list)
        return len(left) == len(right) and all(map(equal, left, right))
    if kind is dict:
        assert isinstance(left, dict)
        assert isinstance(right, dict)
        return left.keys() == right.keys() and all(
            equal(value, right[name]) for name, value in left.items()
        )
    return left == right


def less(left: Value, right: Value) -> bool:
    """Whether ``left`` sorts before ``right``; False when the types differ or have no order.

    Strings sort by UTF-8 bytes (Python's code point order is the same), binary by unsigned
    bytes, numbers numerically. DynamoDB: data-model, "Ordering".
    """
    tag = tag_of(left)
    return tag in ORDERED_TAGS and tag == tag_of(right) and left < right  # type: ignore[operator]

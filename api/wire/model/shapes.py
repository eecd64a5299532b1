"""The vocabulary in which request members are described.

A shape says of what JSON type a member is and within which bounds; it knows the Java type
that the service names in its messages. Shapes are data: ``api.wire.model.json_types`` and
``api.wire.model.constraints`` walk them, and adding a member or an operation is adding a row to
``api.wire.model.members``.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias

MODEL_PACKAGE: Final = "com.amazonaws.dynamodb.v20120810."


@dataclass(frozen=True, slots=True)
class Text:
    """A string; bounds are lengths in characters, ``choices`` are in AWS's printed order."""

    minimum: int | None = None
    maximum: int | None = None
    pattern: str | None = None
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TableName:
    """The name of a table, or its ARN.

    ``control`` marks CreateTable and its relatives, which have own words for a missing name.
    """

    control: bool = False


@dataclass(frozen=True, slots=True)
class Whole:
    """An integer; the older layer's messages call it by its Java type."""

    minimum: int | None = None
    maximum: int | None = None
    java: str = "Integer"

    @property
    def largest(self) -> int:
        """The largest number of the Java type; larger ones are read as it."""
        return 2**63 - 1 if self.java == "Long" else 2**31 - 1


@dataclass(frozen=True, slots=True)
class Flag:
    """A boolean; ``in_value`` tells that it is the content of a BOOL or NULL, or Exists."""

    in_value: bool = False


@dataclass(frozen=True, slots=True)
class Blob:
    """Bytes, as base64 text."""


@dataclass(frozen=True, slots=True)
class AttributeValue:
    """An attribute value: its types are checked here, its content by ``attribute_faults``."""


@dataclass(frozen=True, slots=True)
class ListOf:
    """A list of one shape; bounds are counts."""

    element: "Shape"
    minimum: int | None = None
    maximum: int | None = None


@dataclass(frozen=True, slots=True)
class MapOf:
    """A map from names to one shape; bounds are counts.

    ``table_keys`` says that the names are those of tables. ``value_bounds`` are the clauses
    of a list in it, which the older layer reports at the map itself, all in one breath.
    ``null_values`` are left to the walk of attribute values: they are values of no type.
    """

    value: "Shape"
    minimum: int | None = None
    maximum: int | None = None
    table_keys: bool = False
    value_bounds: bool = False
    null_values: bool = False


@dataclass(frozen=True, slots=True)
class Structure:
    """Named members, in the order in which AWS reports their faults."""

    name: str
    members: Mapping[str, "Shape"]
    required: frozenset[str] = frozenset()


Shape: TypeAlias = (
    Text | TableName | Whole | Flag | Blob | AttributeValue | ListOf | MapOf | Structure
)

STRING: Final = Text()
FLAG: Final = Flag()
FLAG_IN_VALUE: Final = Flag(in_value=True)
LONG: Final = Whole(java="Long")
ATTRIBUTE_VALUE: Final = AttributeValue()
ATTRIBUTES: Final = MapOf(ATTRIBUTE_VALUE)

ATTRIBUTE_VALUE_MEMBERS: Final[dict[str, Shape]] = {
    "S": STRING,
    "N": STRING,
    "B": Blob(),
    "SS": ListOf(STRING),
    "NS": ListOf(STRING),
    "BS": ListOf(Blob()),
    "M": ATTRIBUTES,
    "L": ListOf(ATTRIBUTE_VALUE),
    "NULL": FLAG_IN_VALUE,
    "BOOL": FLAG_IN_VALUE,
}


def structure(name: str, required: str = "", /, **members: Shape) -> Structure:
    """Returns a structure; ``required`` lists the names that must be there, separated by spaces."""
    return Structure(name, members, frozenset(required.split()))


def java_type(shape: Shape) -> str:
    """Returns the Java type that stands for a shape in the service's messages."""
    match shape:
        case Whole(java=java):
            return f"java.lang.{java}"
        case Flag():
            return "java.lang.Boolean"
        case Blob():
            return "java.nio.ByteBuffer"
        case AttributeValue():
            return f"{MODEL_PACKAGE}AttributeValue"
        case Structure(name=name):
            return f"{MODEL_PACKAGE}{name}"
        case ListOf(element=element):
            return f"java.util.List<{java_type(element)}>"
        case MapOf(value=value):
            return f"java.util.Map<java.lang.String, {java_type(value)}>"
        case _:
            return "java.lang.String"

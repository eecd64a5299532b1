"""``Key`` and ``Attr``: conditions written in Python, with boto3's interface.

boto3's own objects are accepted wherever these are: both describe themselves with
``get_expression()``. ``Builder`` turns either into expression text with placeholders of its
own, which the engine's parser then caches like any other text.
"""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import Any, Final, Protocol, TypeGuard

from ddblite.api.python.plain_values import plain
from ddblite.schema.errors import ValidationException
from ddblite.schema.values import Value


class Described(Protocol):
    """A condition object, ours or boto3's."""

    def get_expression(self) -> Mapping[str, Any]:
        """Returns ``format``, ``operator`` and ``values``, as boto3's conditions do."""
        ...


def is_described(candidate: object) -> TypeGuard[Described]:
    """Whether something is a condition object, and not text."""
    return hasattr(candidate, "get_expression")


@dataclass(frozen=True, eq=False)
class Condition:
    """A condition: combine it with ``&``, ``|`` and ``~``."""

    operator: str
    format: str
    operands: tuple[Any, ...]

    def get_expression(self) -> dict[str, Any]:
        """Returns ``format``, ``operator`` and ``values``, as boto3's conditions do."""
        return {"format": self.format, "operator": self.operator, "values": self.operands}

    def __and__(self, other: object) -> "Condition":
        return Condition("AND", "({0} {operator} {1})", (self, condition_operand(other)))

    def __or__(self, other: object) -> "Condition":
        return Condition("OR", "({0} {operator} {1})", (self, condition_operand(other)))

    def __invert__(self) -> "Condition":
        return Condition("NOT", "({operator} {0})", (self,))


def condition_operand(other: object) -> object:
    """Returns a condition, or raises TypeError as boto3 does."""
    if not is_described(other) or isinstance(other, Named):
        raise TypeError(f"{other!r} is not a condition; combine conditions with & and |")
    return other


CONDITIONS_DEPTH_MAX: Final = 300
"""Conditions within conditions; an expression may not have more operators than this."""

COMPARISON: Final = "{0} {operator} {1}"
FUNCTION: Final = "{operator}({0}, {1})"


@dataclass(frozen=True, eq=False)
class Named:
    """What can be compared: an attribute, or its size."""

    name: str

    def eq(self, value: object) -> Condition:
        """The attribute is equal to the value."""
        return Condition("=", COMPARISON, (self, value))

    def lt(self, value: object) -> Condition:
        """The attribute is less than the value."""
        return Condition("<", COMPARISON, (self, value))

    def lte(self, value: object) -> Condition:
        """The attribute is less than the value, or equal."""
        return Condition("<=", COMPARISON, (self, value))

    def gt(self, value: object) -> Condition:
        """The attribute is greater than the value."""
        return Condition(">", COMPARISON, (self, value))

    def gte(self, value: object) -> Condition:
        """The attribute is greater than the value, or equal."""
        return Condition(">=", COMPARISON, (self, value))

    def begins_with(self, value: object) -> Condition:
        """The attribute, a string or binary, begins with the value."""
        return Condition("begins_with", FUNCTION, (self, value))

    def between(self, low_value: object, high_value: object) -> Condition:
        """The attribute lies between two values, both included."""
        return Condition("BETWEEN", "{0} {operator} {1} AND {2}", (self, low_value, high_value))


class Key(Named):
    """A key attribute, for ``query``."""


class Attr(Named):
    """Any attribute; ``a.b[0]`` is a path into it. For filters and conditions."""

    def ne(self, value: object) -> Condition:
        """The attribute differs from the value, or is not there."""
        return Condition("<>", COMPARISON, (self, value))

    def is_in(self, value: object) -> Condition:
        """The attribute is equal to one of the values of a list."""
        return Condition("IN", "{0} {operator} {1}", (self, value))

    def exists(self) -> Condition:
        """The attribute is there."""
        return Condition("attribute_exists", "{operator}({0})", (self,))

    def not_exists(self) -> Condition:
        """The attribute is not there."""
        return Condition("attribute_not_exists", "{operator}({0})", (self,))

    def contains(self, value: object) -> Condition:
        """The string contains the value, or the set or list has it as a member."""
        return Condition("contains", FUNCTION, (self, value))

    def size(self) -> "Size":
        """The attribute's size: characters, bytes or members."""
        return Size(self.name)

    def attribute_type(self, value: object) -> Condition:
        """The attribute has this type: ``S``, ``N`` and so on."""
        return Condition("attribute_type", FUNCTION, (self, value))


class Size(Named):
    """The size of an attribute, to be compared."""

    def get_expression(self) -> dict[str, Any]:
        """Returns ``format``, ``operator`` and ``values``, as boto3's size does."""
        return {"format": "{operator}({0})", "operator": "size", "values": (Attr(self.name),)}

    def ne(self, value: object) -> Condition:
        """The size differs from the value."""
        return Condition("<>", COMPARISON, (self, value))


@dataclass(slots=True)
class Builder:
    """Turns condition objects into text, collecting the names and values they use."""

    values_depth: int = 1
    names: dict[str, str] = field(default_factory=dict)
    values: dict[str, Value] = field(default_factory=dict)
    placeholders: dict[str, str] = field(default_factory=dict)
    depth: int = 0

    def text(self, condition: Described) -> str:
        """Returns the expression text of a condition."""
        self.depth += 1
        if self.depth > CONDITIONS_DEPTH_MAX:
            raise ValidationException(
                f"Conditions are nested deeper than {CONDITIONS_DEPTH_MAX} levels"
            )
        described = condition.get_expression()
        operands = [self.operand(one, described["operator"]) for one in described["values"]]
        text: str = described["format"].format(*operands, operator=described["operator"])
        self.depth -= 1
        return text

    def operand(self, operand: Any, operator: str) -> str:  # noqa: ANN401 - a user's value
        """Returns the text of one operand: a condition, an attribute's path or a value."""
        if is_described(operand):
            return self.text(operand)
        name = attribute_name(operand)
        if name is not None:
            return self.path(name)
        if operator == "IN":
            if isinstance(operand, str | bytes) or not isinstance(operand, Sequence | AbstractSet):
                raise ValidationException("is_in takes a list of values")
            return f"({', '.join(self.value(one) for one in operand)})"
        return self.value(operand)

    def path(self, name: str) -> str:
        """Returns a path with a placeholder for every name in it: ``a.b[0]`` as ``#k0.#k1[0]``."""
        return ".".join(self.step(step) for step in name.split("."))

    def step(self, step: str) -> str:
        """Returns one step of a path; list indexes stay as they are."""
        bracket = step.find("[")
        name, index = (step, "") if bracket < 0 else (step[:bracket], step[bracket:])
        placeholder = self.placeholders.get(name)
        if placeholder is None:
            placeholder = self.placeholders[name] = f"#k__{len(self.placeholders)}"
            self.names[placeholder] = name
        return placeholder + index

    def value(self, value: Any) -> str:  # noqa: ANN401 - a user's value
        """Returns the placeholder of a value."""
        placeholder = f":v__{len(self.values)}"
        self.values[placeholder] = plain(value, self.values_depth)
        return placeholder


def attribute_name(operand: object) -> str | None:
    """Returns the name of an attribute object, ours or boto3's, or None for anything else."""
    if isinstance(operand, Named):
        return operand.name
    module = type(operand).__module__
    name = getattr(operand, "name", None)
    return name if module == "boto3.dynamodb.conditions" and isinstance(name, str) else None

"""Lowering of paths and literals: sqlglot's nodes become paths, values and references.

Everything about a literal that needs no table is checked here: the digits and range of numbers,
what a bag may hold, how deep values nest. Where within a value the fault is, which the service
says, is seen in ``unsupported_values``.
"""

from typing import Final

from sqlglot import exp

from ddblite.engine.expressions.tree import Path, ValueRef
from ddblite.partiql.diagnosis.unsupported_values import (
    BAGS,
    DUPLICATE_NAME,
    DUPLICATES,
    EMPTY_BAG,
    EMPTY_NAME,
    LIST_INDEX_MAX,
    TOO_DEEP,
)
from ddblite.partiql.plans.plan import Constant, Literal, MapOf, Parameter
from ddblite.partiql.syntax.faults import Span, StatementError, malformed, refused, refused_at
from ddblite.partiql.syntax.literals import BAG, PARAMETER
from ddblite.partiql.syntax.reader import span_of
from ddblite.schema import numbers
from ddblite.schema.errors import ValidationException
from ddblite.schema.limits import EXPRESSION_PATH_DEPTH_MAX, NESTING_DEPTH_MAX
from ddblite.schema.values import Item, Number, NumberSet, StringSet, Value

LIST_INDEX_DIGITS_MAX: Final = 10

PATH_NODES: Final = (exp.Column, exp.Dot, exp.Bracket)


class Scope:
    """One statement being lowered: its text, its table as written, and the literals so far."""

    __slots__ = ("operators", "spans", "table_written", "text", "values")

    def __init__(self, text: str) -> None:
        self.text = text
        self.table_written = ""
        self.operators = 0
        self.values: list[tuple[str, Literal]] = []
        self.spans: dict[str, Span] = {}

    def refused(self, node: exp.Expression, message: str, *, hint: str = "") -> StatementError:
        """Returns the error for a node that means something impossible."""
        return refused(self.text, span_of(node), message, hint=hint)

    def reference(self, literal: Literal, node: exp.Expression | None = None) -> ValueRef:
        """Returns a reference to a literal, which gets the next name; ``node`` is its place."""
        named = f":{len(self.values)}"
        if node is not None:
            self.spans[named] = span_of(node)
        self.values.append((named, literal))
        return ValueRef(named)


def path(scope: Scope, node: exp.Expression) -> Path:
    """Returns a document path; not recursive, because a path may be as long as a statement."""
    steps: list[str | int] = []
    current = node
    while not isinstance(current, exp.Column):
        if isinstance(current, exp.Dot):
            steps.append(current.expression.this)
        else:
            steps.append(list_index(scope, current.expressions[0]))
        current = current.this
    steps.append(current.this.this)
    if len(steps) > EXPRESSION_PATH_DEPTH_MAX:
        message = "The document path has too many nesting levels; nesting levels: "
        raise scope.refused(node, f"{message}{len(steps)}")
    return Path(tuple(reversed(steps)))


def list_index(scope: Scope, node: exp.Expression) -> int:
    """Returns the index of a path step."""
    negative, digits = node.this.startswith("-"), node.this.lstrip("-0") or "0"
    if len(digits) <= LIST_INDEX_DIGITS_MAX:
        index = -int(digits) if negative else int(digits)
        if 0 <= index <= LIST_INDEX_MAX:
            return index
    sign = "-" if negative else ""
    message = f"List index is not within the allowable range; index: [{sign}{digits}]"
    raise refused_at(scope.text, span_of(node), message)


def label(column: Path) -> str:
    """Returns the attribute name under which a selected path comes back."""
    start = max(place for place, step in enumerate(column.steps) if isinstance(step, str))
    indexes = "".join(f"[{step}]" for step in column.steps[start + 1 :])
    return f"{column.steps[start]}{indexes}"


def literal(scope: Scope, node: exp.Expression) -> Literal:
    """Returns what a literal node stands for, checked as far as it can be without parameters."""
    found = lowered(scope, node)
    if isinstance(found, Constant) and depth(found.value) > NESTING_DEPTH_MAX:
        raise scope.refused(node, TOO_DEEP)
    return found


def depth(value: Value) -> int:
    """Returns how many levels a value has; a scalar has one."""
    if isinstance(value, dict):
        return 1 + max(map(depth, value.values()), default=0)
    if isinstance(value, list):
        return 1 + max(map(depth, value), default=0)
    return 1


def lowered(scope: Scope, node: exp.Expression) -> Literal:
    """Returns a literal, or raises that it cannot be one; what is wrong is told elsewhere."""
    match node:
        case exp.Placeholder():
            return Parameter(node.meta[PARAMETER])
        case exp.Literal():
            return Constant(node.this if node.is_string else number(scope, node))
        case exp.Boolean():
            return Constant(bool(node.this))
        case exp.Null():
            return Constant(None)
        case exp.Array():
            return Constant([within(scope, member) for member in node.expressions])
        case exp.Struct():
            members = named_members(scope, node)
            return Constant({name: within(scope, one) for name, one in members.items()})
        case exp.Anonymous() if node.this == BAG:
            return Constant(bag(scope, node))
    raise AssertionError(f"the grammar has no literal {type(node).__name__}")


def number(scope: Scope, node: exp.Expression) -> Number:
    """Returns a number, or raises what the service says of one it cannot store."""
    try:
        return numbers.parse(node.this, older=True)
    except ValidationException as error:
        if "numeric value" in error.message:
            raise malformed(scope.text, span_of(node)) from error
        raise scope.refused(node, error.message) from error


def within(scope: Scope, node: exp.Expression) -> Value:
    """Returns a value inside of another, where no parameter may stand."""
    found = lowered(scope, node)
    if isinstance(found, Constant):
        return found.value
    hint = "A list or map that holds a parameter is given as one parameter."
    raise scope.refused(node, "Unsupported data type: Parameter", hint=hint)


def inserted(scope: Scope, node: exp.Expression) -> Literal:
    """Returns the item of an INSERT, ready made when none of its attributes is a parameter."""
    found = {name: literal(scope, one) for name, one in named_members(scope, node).items()}
    ready: Item = {name: one.value for name, one in found.items() if isinstance(one, Constant)}
    return Constant(ready) if len(ready) == len(found) else MapOf(tuple(found.items()))


def named_members(scope: Scope, node: exp.Expression) -> dict[str, exp.Expression]:
    """Returns the members of a map by their names: each has one, and none has that of another."""
    found: dict[str, exp.Expression] = {}
    for member in node.expressions:
        name = member.this.this
        if not name or name in found:
            message = DUPLICATE_NAME.format(name) if name else EMPTY_NAME
            raise scope.refused(member.this, message)
        found[name] = member.expression
    return found


def bag(scope: Scope, node: exp.Expression) -> Value:
    """Returns a set of strings or numbers, all of one kind and each of them once."""
    members = node.expressions
    if not members:
        raise scope.refused(node, EMPTY_BAG)
    for member in members:
        if not isinstance(member, exp.Literal) or member.is_string != members[0].is_string:
            hint = "A set with parameters, or of binary values, is given as one parameter."
            raise scope.refused(member, BAGS, hint="" if isinstance(member, exp.Literal) else hint)
    made: StringSet | NumberSet = (
        StringSet(member.this for member in members)
        if members[0].is_string
        else NumberSet(number(scope, member) for member in members)
    )
    if len(made) < len(members):
        written = ", ".join(member.this for member in members)
        raise scope.refused(node, DUPLICATES.format(written))
    return made

"""What must be right about one leaf of a condition, or one operand of an update.

In the order of their report: placeholders are defined, operands are as many as they must be,
the first operand is distinct from the others, values have a type that the operator takes.
Only the last needs values. A path may turn out to be of any type: then the condition is false.
"""

import base64
from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from typing import Final, TypeGuard

from ddblite.engine.expressions.faults import (
    Check,
    Checklist,
    Values,
    not_distinct,
    path_required,
    undefined_name,
    value_defined,
    wrong_count,
    wrong_type,
)
from ddblite.engine.expressions.functions import ALL_TAGS, FUNCTIONS, Place
from ddblite.engine.expressions.tree import (
    Between,
    Call,
    Compare,
    IfNotExists,
    In,
    Leaf,
    ListAppend,
    Minus,
    Operand,
    Path,
    Plus,
    SetValue,
    Size,
    Truth,
    ValueRef,
    operands_of,
    operator_of,
    references_within,
    within,
)
from ddblite.schema import values as attribute_values
from ddblite.schema.limits import EXPRESSION_IN_OPERANDS_MAX
from ddblite.schema.numbers import plain_text
from ddblite.schema.values import ORDERED_TAGS, TAG_BY_TYPE, Value

ALLOWED_TAGS: Final[Mapping[str, frozenset[str]]] = {
    **dict.fromkeys(("<", "<=", ">", ">=", "BETWEEN"), ORDERED_TAGS),
    **{
        function.name: function.types
        for function in FUNCTIONS.values()
        if function.place is Place.CONDITION and function.types != ALL_TAGS
    },
}
"""The types of values that an operator takes; operators that are not here take all."""

ANY_TYPE: Final = "{NS,SS,L,BS,N,M,B,BOOL,NULL,S}"
"""How the error texts call the type of a path."""
TYPE_NAMES: Final = "{B,NULL,SS,BOOL,L,BS,N,NS,S,M}"

LONG_NAMES: Final[Mapping[str, str]] = {
    "S": "STRING",
    "N": "NUMBER",
    "B": "Binary",
    "NULL": "NULL",
    "BOOL": "BOOL",
    "L": "LIST",
    "M": "MAP",
    "SS": "STRING_SET",
    "NS": "NUMBER_SET",
    "BS": "BINARY_SET",
}
"""How the error texts of ADD and DELETE call the types, in AWS's odd spelling."""


def check_uses(checks: Checklist, uses: Iterable[str], names: Mapping[str, str]) -> None:
    """Adds that every placeholder of a leaf has a meaning."""
    for use in dict.fromkeys(uses):
        if use[0] == ":":
            checks.add(value_defined(use))
        elif use not in names:
            checks.fail(undefined_name(use))


def check_leaf(checks: Checklist, leaf: Leaf, *, bounded: bool = True) -> None:
    """Adds everything about the operands of a leaf; an IN may have many that is not bounded."""
    for operand in operands_of(leaf):
        if isinstance(operand, Truth):
            check_leaf(checks, operand.call)
    check_counts(checks, leaf)
    check_distinct(checks, leaf)
    if bounded and isinstance(leaf, In):
        check_choices(checks, leaf)
    if types_matter(leaf):
        checks.add(usual_check(leaf) if is_usual(leaf) else partial(type_fault, leaf))
    if calls_inside(operands_of(leaf)):
        # What is still a call here, and has the operands it needs, is a size of a size.
        checks.fail(wrong_type("size", "N"))


def inner_first(operands: Iterable[SetValue]) -> Iterator[SetValue]:
    """Yields operands from left to right, what is inside each of them before itself."""
    for operand in operands:
        yield from list(within((operand,)))[::-1]


def calls_inside(operands: Iterable[SetValue]) -> list[Call]:
    """Returns the calls whose arguments did not fit, inner before outer."""
    return [value for value in inner_first(operands) if isinstance(value, Call)]


def check_counts(checks: Checklist, leaf: Leaf) -> None:
    """Adds that functions have as many operands as they take, and paths where needed."""
    check_calls(checks, operands_of(leaf))
    if isinstance(leaf, Call):
        check_call(checks, leaf)


def check_choices(checks: Checklist, leaf: In) -> None:
    """Adds that an IN has no more operands than it takes."""
    if len(leaf.candidates) > EXPRESSION_IN_OPERANDS_MAX:
        checks.fail(
            "The IN operator is provided with too many operands; "
            f"number of operands: {len(leaf.candidates)}"
        )


def check_calls(checks: Checklist, operands: Iterable[SetValue]) -> None:
    """Adds the same for the functions within operands."""
    for call in calls_inside(operands):
        check_call(checks, call)


def check_defaults(checks: Checklist, operand: SetValue) -> None:
    """Adds that no ``if_not_exists`` has its own path as the default."""
    for part in within((operand,)):
        if isinstance(part, IfNotExists) and part.path == part.default:
            checks.fail(not_distinct("if_not_exists", part.path))


def check_call(checks: Checklist, call: Call) -> None:
    """Adds that a function has its operands, and a path where it needs one."""
    count = len(call.arguments)
    if count != FUNCTIONS[call.function].operands:
        checks.fail(wrong_count(call.function, count))
    elif FUNCTIONS[call.function].needs_path and not isinstance(call.arguments[0], Path):
        checks.fail(path_required(call.function))


def check_distinct(checks: Checklist, leaf: Leaf) -> None:
    """Adds that the first operand, when it is a path, is not among the others."""
    operands = operands_of(leaf)
    first = operands[0] if operands else None
    if isinstance(first, Path) and first in operands[1:]:
        checks.fail(not_distinct(operator_of(leaf), first))


def is_typed(operand: Operand) -> bool:
    """Whether a value or function inside decides the type of an operand."""
    return not isinstance(operand, Path)


def types_matter(leaf: Leaf) -> bool:
    """Whether a leaf has operands that could be of a wrong type."""
    operands = operands_of(leaf)
    if operator_of(leaf) == "attribute_type":
        return True
    if operator_of(leaf) in ALLOWED_TAGS:
        return any(map(is_typed, operands))
    return any(isinstance(operand, Size | Call) for operand in operands)


def tag_of_operand(operand: SetValue, values: Values) -> str | None:
    """Returns the type that an operand certainly has, or None when items decide it."""
    match operand:
        case Path() | IfNotExists():
            return None
        case ValueRef():
            return TAG_BY_TYPE[type(values[operand.name])]
        case ListAppend():
            return "L"
        case Truth():
            return "BOOL"
        case _:
            return "N"


def type_fault(leaf: Leaf, values: Values) -> str | None:
    """Returns the text for the first value whose type does not fit, or None."""
    operands = operands_of(leaf)
    operator = operator_of(leaf)
    fault = size_fault(operands, values)
    if fault is None and operator in ALLOWED_TAGS:
        tags = [tag_of_operand(operand, values) for operand in operands]
        fault = tag_fault(operator, tags, ALLOWED_TAGS[operator])
    if fault is None and isinstance(leaf, Between):
        fault = bounds_fault(leaf, values)
    if fault is None and operator == "attribute_type":
        fault = type_name_fault(operands[1], values)
    return fault


def usual_check(leaf: Compare | Call) -> Check:
    """Returns the check of a leaf that has only paths and values, which most are."""
    operator = operator_of(leaf)
    allowed = ALLOWED_TAGS[operator]
    references = tuple(part.name for part in operands_of(leaf) if isinstance(part, ValueRef))

    def check(values: Values) -> str | None:
        for reference in references:
            tag = TAG_BY_TYPE[type(values[reference])]
            if tag not in allowed:
                return wrong_type(operator, tag)
        return None

    return check


def is_usual(leaf: Leaf) -> TypeGuard[Compare | Call]:
    """Whether a leaf is a comparison or ``begins_with`` without functions in it."""
    return (
        isinstance(leaf, Compare | Call)
        and operator_of(leaf) in ALLOWED_TAGS
        and all(isinstance(operand, Path | ValueRef) for operand in operands_of(leaf))
    )


def tag_fault(operator: str, tags: Iterable[str | None], allowed: frozenset[str]) -> str | None:
    """Returns the text for the first type that is known and not allowed."""
    wrong = next((tag for tag in tags if tag is not None and tag not in allowed), None)
    return None if wrong is None else wrong_type(operator, wrong)


def size_fault(operands: Iterable[SetValue], values: Values) -> str | None:
    """Returns the text for the first ``size`` of something that has none."""
    for part in inner_first(operands):
        if isinstance(part, Size | Call):
            inner = part.operand if isinstance(part, Size) else part.arguments[0]
            tag = tag_of_operand(inner, values)
            if tag is not None and tag not in FUNCTIONS["size"].types:
                return wrong_type("size", tag)
    return None


def bounds_fault(leaf: Between, values: Values) -> str | None:
    """Returns the text for bounds of two types, or the wrong way around."""
    if not (isinstance(leaf.lower, ValueRef) and isinstance(leaf.upper, ValueRef)):
        return None
    lower, upper = values[leaf.lower.name], values[leaf.upper.name]
    if attribute_values.tag_of(lower) != attribute_values.tag_of(upper):
        rule = "same data type for lower and upper bounds"
    elif attribute_values.less(upper, lower):
        rule = "upper bound to be greater than or equal to lower bound"
    else:
        return None
    return (
        f"The BETWEEN operator requires {rule}; "
        f"lower bound operand: AttributeValue: {shown(lower)}, "
        f"upper bound operand: AttributeValue: {shown(upper)}"
    )


def shown(value: Value) -> str:
    """Returns a string, number or binary as error texts show it."""
    tag = attribute_values.tag_of(value)
    if isinstance(value, bytes):
        return f"{{{tag}:[{base64.b64encode(value).decode()}]}}"
    return f"{{{tag}:{value if isinstance(value, str) else plain_text(value)}}}"  # type: ignore[arg-type]


def type_name_fault(operand: Operand, values: Values) -> str | None:
    """Returns the text for an ``attribute_type`` whose second operand names no type."""
    if not isinstance(operand, ValueRef):
        return wrong_type("attribute_type", "N" if is_typed(operand) else ANY_TYPE)
    name = values[operand.name]
    if not isinstance(name, str):
        return wrong_type("attribute_type", attribute_values.tag_of(name))
    if name not in LONG_NAMES:
        return f"Invalid attribute type name found; type: {name}, valid types: {TYPE_NAMES}"
    return None


def check_set_value(checks: Checklist, operand: SetValue) -> None:
    """Adds that arithmetic is with numbers and ``list_append`` with lists."""
    if any(isinstance(part, Plus | Minus | ListAppend) for part in within((operand,))):
        checks.add(lambda values: set_value_fault(operand, values))


def set_value_fault(operand: SetValue, values: Values) -> str | None:
    """Returns the text for the first value that does not fit its operator, inner ones first."""
    for part in inner_first((operand,)):
        fault = None
        if isinstance(part, ListAppend):
            tags = [tag_of_operand(side, values) for side in (part.first, part.second)]
            fault = tag_fault("list_append", tags, FUNCTIONS["list_append"].types)
        elif isinstance(part, Plus | Minus):
            tags = [tag_of_operand(side, values) for side in (part.left, part.right)]
            fault = tag_fault("+" if isinstance(part, Plus) else "-", tags, frozenset({"N"}))
        if fault is not None:
            return fault
    return None


def check_section_value(
    checks: Checklist, section: str, reference: ValueRef, allowed: frozenset[str]
) -> None:
    """Adds that the value of an ADD or DELETE has one of the allowed types.

    The text names one set of types for both (captured on AWS, September and October 2026).
    """

    def section_fault(values: Values) -> str | None:
        tag = attribute_values.tag_of(values[reference.name])
        if tag in allowed:
            return None
        return (
            "Incorrect operand type for operator or function; "
            f"operator: {section}, operand type: {LONG_NAMES[tag]}, "
            "typeSet: ALLOWED_FOR_ADD_OPERAND"
        )

    checks.add(section_fault)


def check_values(checks: Checklist, operands: Iterable[SetValue]) -> None:
    """Adds that every value is there, for trees that no text was read into."""
    for reference in dict.fromkeys(references_within(operands)):
        checks.add(value_defined(reference))

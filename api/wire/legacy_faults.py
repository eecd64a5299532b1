"""What can be wrong with the parameters from before there were expressions, in exact words."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from ddblite.api.wire.model.attribute_faults import check_value, tags_of
from ddblite.api.wire.model.constraints import faults_of
from ddblite.api.wire.model.json_types import SCALAR_FOR_MEMBER, check_type
from ddblite.api.wire.model.members import COMPARISON_OPERATORS, UPDATE_ACTIONS
from ddblite.api.wire.model.shapes import Shape
from ddblite.schema.errors import ValidationException
from ddblite.schema.value_faults import INVALID, explain_name
from ddblite.schema.values import less
from ddblite.schema.wire import Refused, read_boolean, read_value
from ddblite.schema.wording import invalid

Wire = Mapping[str, Any]

TYPE_MISMATCH: Final = "Type mismatch for attribute to update"
NOT_INDEXABLE: Final = "Attempted conditional constraint is not an indexable operation"
NO_KEY_CONDITION: Final = (
    "Either the KeyConditions or KeyConditionExpression parameter must be specified in the request."
)
NO_CONDITIONS: Final = "Conditions can be of length 1 or 2 only"
REVERSED_BETWEEN: Final = (
    "The BETWEEN condition was provided a range"
    " where the lower bound is greater than the upper bound"
)
OPERATOR_ALONE: Final = "ConditionalOperator cannot be used without Filter or Expected"
OPERATOR_FOR_ONE: Final = (
    "ConditionalOperator can only be used when Filter or Expected has two or more elements"
)

OPERATOR_UNKNOWN: Final = (
    "Failed to satisfy constraint: Member must satisfy enum value set: [ALL, OR]"
)
ACTION_UNKNOWN: Final = "Member must satisfy enum value set: [ADD, DELETE, PUT]' for Action"
"""The quote and the ALL above are AWS's slips."""

JOINABLE_MIN: Final = 2

OPERAND_COUNTS: Final = {
    **dict.fromkeys(
        ("EQ", "NE", "LT", "LE", "GT", "GE", "CONTAINS", "NOT_CONTAINS", "BEGINS_WITH"), 1
    ),
    **dict.fromkeys(("NULL", "NOT_NULL"), 0),
    "BETWEEN": 2,
}
"""How many values an operator takes; IN takes one or more."""

ORDERED: Final = frozenset({"S", "N", "B"})
OPERAND_TYPES: Final = {
    **dict.fromkeys(("LT", "LE", "GT", "GE", "BETWEEN", "IN"), ORDERED),
    **dict.fromkeys(("CONTAINS", "NOT_CONTAINS"), ORDERED | {"BOOL", "NULL"}),
    "BEGINS_WITH": frozenset({"S", "B"}),
}
"""Which types an operator takes, where it does not take all."""

INDEXABLE: Final = frozenset({"EQ", "LT", "LE", "GT", "GE", "BETWEEN", "BEGINS_WITH"})
ADDABLE: Final = frozenset({"N", "SS", "NS", "BS", "L"})
DELETABLE: Final = frozenset({"SS", "NS", "BS"})


def check_form(shape: Shape, value: Any) -> None:
    """Refuses a parameter that its JSON types or constraints do not allow, without a word.

    Operators and actions are not looked at here: there are words for those that are none.
    """
    check_type(shape, value, 0, SCALAR_FOR_MEMBER)
    if not all(fault.is_of_legacy_word for fault in faults_of(shape, value, ())):
        raise Refused


def check_operator(wire: Wire, member: str) -> None:
    """Refuses ConditionalOperator where there is nothing to join, then one that does not join."""
    if wire.get("ConditionalOperator") is None:
        return
    conditions = wire.get(member)
    if conditions is None:
        raise ValidationException(OPERATOR_ALONE, enveloped=True)
    if len(conditions) < JOINABLE_MIN:
        raise ValidationException(OPERATOR_FOR_ONE, enveloped=True)
    if wire["ConditionalOperator"] not in ("AND", "OR"):
        raise ValidationException(OPERATOR_UNKNOWN, enveloped=True)


def operands_of(condition: Wire) -> Sequence[Any]:
    """Returns the values of a condition of Expected, in whichever member they are."""
    if condition.get("Value") is not None:
        return [condition["Value"]]
    return condition.get("AttributeValueList") or ()


def check_expected(conditions: Mapping[str, Wire]) -> None:
    """Raises for the first condition of Expected that makes no sense."""
    check_named(conditions)
    for name, condition in conditions.items():
        for value in operands_of(condition):
            check_value(value)
        check_expectation(name, condition)


def check_expectation(name: str, condition: Wire) -> None:
    """Raises when the members of one condition of Expected do not fit together."""
    value, values = condition.get("Value"), condition.get("AttributeValueList")
    operator, exists = condition.get("ComparisonOperator"), condition.get("Exists")
    if value is not None and values is not None:
        raise malformed("Value and AttributeValueList cannot be used together", name)
    if operator is not None:
        if exists is not None:
            raise malformed("Exists and ComparisonOperator cannot be used together", name)
        check_known(operator)
        if value is None and values is None and OPERAND_COUNTS.get(operator) != 0:
            raise malformed(
                f"Value or AttributeValueList must be used with ComparisonOperator: {operator}",
                name,
            )
        check_expected_operands(operator, operands_of(condition))
        return
    if values is not None:
        raise malformed("AttributeValueList can only be used with a ComparisonOperator", name)
    wanted = exists is None or read_boolean(exists)
    if wanted and value is None:
        shown = "null" if exists is None else "true"
        raise malformed(f"Value must be provided when Exists is {shown}", name)
    if not wanted and value is not None:
        raise malformed("Value cannot be used when Exists is false", name)


def check_expected_operands(operator: str, values: Sequence[Any]) -> None:
    """Raises as ``check_operands`` does, in the envelope that Expected has and filters have not."""
    try:
        check_operands(operator, values)
    except ValidationException as fault:
        fault.enveloped = True
        raise


def malformed(text: str, name: str) -> ValidationException:
    """Returns the error for a malformed condition of Expected, which the current layer wraps."""
    fault = invalid(f"{text} for Attribute: {name}")
    fault.enveloped = True
    return fault


def check_conditions(conditions: Mapping[str, Wire], depth: int = 1) -> None:
    """Raises for the first condition of a filter or key whose values do not fit.

    ``depth`` is the level of nesting at which the values are.
    """
    for condition in conditions.values():
        values = condition.get("AttributeValueList") or ()
        for value in values:
            check_value(value, depth)
        check_operands(condition["ComparisonOperator"], values)


def check_known(operator: str) -> None:
    """Refuses a ComparisonOperator that there is not; it is taken as it is written."""
    if operator not in COMPARISON_OPERATORS:
        raise ValidationException(INVALID + "Invalid comparison operator", enveloped=True)


def check_operands(operator: str, values: Sequence[Any]) -> None:
    """Raises unless an operator has as many values as it takes, of types that it takes."""
    check_known(operator)
    count = OPERAND_COUNTS.get(operator)
    if len(values) != count if count is not None else not values:
        raise invalid(f"Invalid number of argument(s) for the {operator} ComparisonOperator")
    tags = [tags_of(value)[0] for value in values]
    if operator == "IN":
        check_operand_types(operator, tags)
    if len(set(tags)) > 1:
        raise invalid("AttributeValues inside AttributeValueList must be of same type")
    check_operand_types(operator, tags)
    if operator == "BETWEEN":
        lower, upper = (read_value(value, 1) for value in values)
        if less(upper, lower):
            raise ValidationException(REVERSED_BETWEEN)


def check_operand_types(operator: str, tags: Sequence[str]) -> None:
    """Raises for the first value of a type that an operator does not take."""
    allowed = OPERAND_TYPES.get(operator)
    for tag in tags:
        if allowed is not None and tag not in allowed:
            raise invalid(
                f"ComparisonOperator {operator} is not valid for {tag} AttributeValue type"
            )


def check_indexable(conditions: Mapping[str, Wire]) -> None:
    """Refuses key conditions that no order of keys can answer."""
    if not conditions:
        raise ValidationException(NO_KEY_CONDITION, older=NO_CONDITIONS)
    for condition in conditions.values():
        if condition["ComparisonOperator"] not in INDEXABLE:
            raise ValidationException(NOT_INDEXABLE)


def check_named(names: Iterable[str]) -> None:
    """Refuses an attribute without a name, and one of too long a name."""
    for name in names:
        explain_name(name)


def check_attribute_names(names: Sequence[str]) -> None:
    """Refuses AttributesToGet that names an attribute twice, or none."""
    check_named(names)
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise invalid(f"Duplicate value in attribute name: {name}")
        seen.add(name)


def action_of(change: Wire) -> str:
    """Returns the action of one change of AttributeUpdates, which is PUT when none is named."""
    action: str | None = change.get("Action")
    return "PUT" if action is None else action


def check_updates(changes: Mapping[str, Wire]) -> None:
    """Raises for the first change whose action and value do not fit together."""
    check_named(changes)
    for change in changes.values():
        action = action_of(change)
        value = change.get("Value")
        if action not in UPDATE_ACTIONS:
            raise ValidationException(ACTION_UNKNOWN, enveloped=True)
        if value is None:
            if action != "DELETE":
                raise invalid("Only DELETE action is allowed when no attribute value is specified")
            continue
        check_value(value)
        tag = tags_of(value)[0]
        if action == "DELETE" and tag not in DELETABLE:
            raise invalid(f"DELETE action with value is not supported for the type {tag}")
        if action == "ADD" and tag not in ADDABLE:
            raise invalid(f"ADD action is not supported for the type {tag}")

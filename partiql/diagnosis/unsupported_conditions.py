"""What DynamoDB refuses of a condition, or of a path, that its reader has read.

Operands are looked at in the order of the text, each before what it is an operand of: an unknown
function, a subquery, MISSING, a type that IS does not know. How many operands there are and of
what type is not looked at here.
"""

from collections.abc import Callable
from typing import Final

from ddblite.engine.expressions.functions import IN_CONDITIONS
from ddblite.partiql.diagnosis.unsupported_values import LIST_INDEX_MAX, Literals
from ddblite.partiql.diagnosis.wide_reader import TYPES, Node
from ddblite.partiql.syntax.predicates import NO_MISSING

NO_CONDITION: Final = "WHERE clause must contain an expression that resolves to a boolean"
ASKED_BY_IS: Final = (
    "MISSING",
    "NULL",
    "BOOLEAN",
    "BLOB",
    "STRING",
    "NUMERIC",
    "STRUCT",
    "TUPLE",
    "LIST",
)
LIST_INDEX_DIGITS_MAX: Final = 4300
"""So many digits are a number at once."""
COMPARING: Final = frozenset({"=", "<>", "<", "<=", ">", ">=", "between", "in"})
CONNECTING: Final = {
    **dict.fromkeys(("and", "or"), "The arguments to AND/OR must be Expressions"),
    "not": "The argument to NOT must be a Type or Expression",
}
"""What joins conditions, and what is said when it joins something else."""
VALUES: Final = frozenset({"literal", "list", "struct", "bag"})
TOKEN: Final = "Unsupported token in expression:"  # noqa: S105 - a part of a text
STRANGE: Final = "Unexpected path component"
UNPIVOTED: Final = "Unpivot path component like a.*.b are not supported"


def function_of(node: Node) -> str:
    """Returns the name of the function that a node calls, in lower case."""
    return node.token.value.lower()


def check_path(literals: Literals, node: Node) -> None:
    """Raises when a path begins with a value, or has a step that is none."""
    for place, step in enumerate(node.parts):
        if step.kind == "star":
            literals.fault(step, UNPIVOTED)
        if step.kind == "index":
            check_index(literals, step.parts[0])
        elif place == 0 and step.kind != "name":
            literals.fault(step, STRANGE)


def check_index(literals: Literals, index: Node) -> None:
    """Raises when an index is no integer of its range."""
    digits = index.token.value
    if index.token.kind != "number" or not digits.lstrip("-").isdigit():
        literals.fault(index, STRANGE)
    if len(digits) > LIST_INDEX_DIGITS_MAX or not 0 <= int(digits) <= LIST_INDEX_MAX:
        message = "List index is not within the allowable range; index: "
        literals.fault(index, f"{message}[{digits}]")


def check_where(literals: Literals, parts: dict[str, Node]) -> None:
    """Raises what is wrong with WHERE, if it is there."""
    if "where" not in parts:
        return
    (condition,) = parts["where"].parts
    check_operand(literals, condition)
    if not is_condition(condition) or function_of(condition) == "size":
        literals.fault(condition, NO_CONDITION, at=False)


def is_condition(node: Node) -> bool:
    """Whether a node is an expression to the service: an operation, a call or IS."""
    return node.kind in {"operation", "call", "is"}


def check_operand(literals: Literals, node: Node) -> None:
    """Raises what is wrong with anything that may stand in WHERE."""
    check_one = OPERANDS.get(node.kind)
    if check_one is not None:
        check_one(literals, node)
    elif node.kind in VALUES:
        literals.check(node)


def check_operation(literals: Literals, node: Node) -> None:
    """Raises what is wrong with an operator and its operands."""
    word = node.token.word
    plain = word.removeprefix("not_")
    if plain not in CONNECTING and plain not in COMPARING:
        message = f"Unsupported operator in Condition Expression. Operator: {plain}"
        literals.fault(node, message, at=False)
    if plain == "in":
        check_choices(literals, node)
        return
    for part in node.parts:
        check_operand(literals, part)
        if plain in CONNECTING and not is_condition(part):
            literals.fault(part, CONNECTING[plain], at=False)


def check_choices(literals: Literals, node: Node) -> None:
    """Raises what is wrong with IN and its list, whose members are operands."""
    left, right = node.parts
    if right.kind not in {"list", "bag"} or not right.parts:
        message = (
            "IN operator must have a left hand argument of type Variable Reference and right hand "
            "argument of type Seq with at least one member"
        )
        literals.fault(node, message, at=False)
    for part in (left, *right.parts):
        check_operand(literals, part)


def check_type(literals: Literals, node: Node) -> None:
    """Raises what is wrong with IS."""
    asked, type_name = node.parts
    if asked.kind not in {"name", "path", "literal"}:
        message = "The left hand side argument to IS must be a Variable Reference, Literal, or Path"
        literals.fault(asked, message, at=False)
    check_operand(literals, asked)
    if type_name.token.word.upper() not in ASKED_BY_IS:
        message = (
            f"Unsupported data type for IS operator: {TYPES[type_name.token.word]}. "
            f"Supported data types are [{', '.join(ASKED_BY_IS)}]"
        )
        literals.fault(asked, message)


def check_call(literals: Literals, node: Node) -> None:
    """Raises when there is no such function in a condition, and what is wrong with its operands."""
    function = function_of(node)
    subqueries = [part for part in node.parts if part.kind == "select"]
    if subqueries:
        refuse_subquery(literals, subqueries[0])
    if function not in IN_CONDITIONS:
        literals.fault(node, f"Unrecognized function: {function}")
    for part in node.parts:
        check_operand(literals, part)


def refuse_missing(literals: Literals, node: Node) -> None:
    """Raises that MISSING is no operand."""
    literals.fault(node, NO_MISSING, at=False)


def refuse_subquery(literals: Literals, node: Node) -> None:
    """Raises that there are no subqueries and no CASE; its word is said as a keyword is."""
    literals.fault(node, f"{TOKEN} {node.token.value.upper()}")


def refuse_special(literals: Literals, node: Node) -> None:
    """Raises that there are no aggregates and no CAST."""
    literals.fault(node, f"{TOKEN} {function_of(node)}")


OPERANDS: Final[dict[str, Callable[[Literals, Node], None]]] = {
    "operation": check_operation,
    "is": check_type,
    "call": check_call,
    "path": check_path,
    "missing": refuse_missing,
    **dict.fromkeys(("select", "simple_case", "searched_case"), refuse_subquery),
    **dict.fromkeys(("aggregate", "cast"), refuse_special),
}
"""What looks at a part of WHERE, by its kind; literals are looked at by themselves."""

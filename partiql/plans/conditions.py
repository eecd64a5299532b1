"""Lowering of conditions: WHERE becomes the engine's own expression tree.

``IS MISSING`` is ``attribute_not_exists``, ``IS NULL`` is ``attribute_type(path, "NULL")``:
with PartiQL's words the tree has all it needs, and there is one evaluator for both languages.
"""

from collections.abc import Callable, Sequence
from typing import Final

from sqlglot import exp

from ddblite.engine.expressions.faults import wrong_type
from ddblite.engine.expressions.functions import FUNCTIONS, IN_CONDITIONS
from ddblite.engine.expressions.tree import (
    And,
    Between,
    Call,
    Compare,
    In,
    Not,
    Operand,
    Or,
    Path,
    Size,
    Tree,
    Truth,
    ValueRef,
)
from ddblite.partiql.plans.operands import PATH_NODES, Scope, literal, path
from ddblite.partiql.plans.plan import Constant
from ddblite.partiql.syntax.faults import malformed, refused_at
from ddblite.partiql.syntax.literals import BAG
from ddblite.partiql.syntax.reader import span_of

OPERATORS: Final[dict[type[exp.Expression], str]] = {
    exp.EQ: "=",
    exp.NEQ: "<>",
    exp.LT: "<",
    exp.LTE: "<=",
    exp.GT: ">",
    exp.GTE: ">=",
}

TAG_OF_TYPE: Final = {
    "NULL": "NULL",
    "BOOL": "BOOL",
    "BOOLEAN": "BOOL",
    "STRING": "S",
    "NUMERIC": "N",
    "BLOB": "B",
    "LIST": "L",
    "STRUCT": "M",
    "TUPLE": "M",
}
"""What may stand after IS, besides MISSING, and the attribute type it is true of."""


NO_BOOLEAN: Final = "WHERE clause must contain an expression that resolves to a boolean"


def condition(scope: Scope, node: exp.Expression) -> Tree:
    """Returns the tree of a condition, or raises StatementError."""
    node = unwrapped(node)
    if isinstance(node, exp.And):
        return And(level([joined(scope, term, "AND") for term in chain(node, exp.And)], And))
    if isinstance(node, exp.Or):
        return Or(level([joined(scope, term, "OR") for term in chain(node, exp.Or)], Or))
    lower = CONDITIONS.get(type(node))
    if lower is not None:
        return lower(scope, node)
    hint = "A condition compares something, asks IS, or calls a function."
    raise scope.refused(node, NO_BOOLEAN, hint=hint)


def unwrapped(node: exp.Expression) -> exp.Expression:
    """Returns what is inside of any number of parentheses."""
    while isinstance(node, exp.Paren):
        node = node.this
    return node


def chain(node: exp.Expression, kind: type[exp.Expression]) -> list[exp.Expression]:
    """Returns the terms of a chain of ANDs or ORs in their order, parentheses seen through."""
    found: list[exp.Expression] = []
    pending = [node]
    while pending:
        one = unwrapped(pending.pop())
        if isinstance(one, kind):
            pending.extend((one.args["expression"], one.this))
        else:
            found.append(one)
    return found


def level(terms: list[Tree], kind: type[And] | type[Or]) -> tuple[Tree, ...]:
    """Returns terms without ANDs within AND, or ORs within OR: ``(a AND b) = true`` is an AND."""
    found: list[Tree] = []
    for term in terms:
        found.extend(term.terms if isinstance(term, kind) else (term,))
    return tuple(found)


def joined(scope: Scope, node: exp.Expression, operator: str) -> Tree:
    """Lowers a term of AND, OR or NOT, which may be anything but a number."""
    inner = unwrapped(node)
    if isinstance(inner, exp.Anonymous) and checked_function(scope, inner) == "size":
        raise scope.refused(inner, wrong_type(operator, "N"), hint=SIZE_IS_A_NUMBER)
    return condition(scope, inner)


SIZE_IS_A_NUMBER: Final = "size(path) is a number, to be compared with another."


def negated(scope: Scope, node: exp.Expression) -> Tree:
    """Lowers NOT."""
    return Not(joined(scope, node.this, "NOT"))


def compared(scope: Scope, node: exp.Expression) -> Tree:
    """Lowers a comparison; that of a condition with true or false is the condition itself."""
    operator = OPERATORS[type(node)]
    left, right = unwrapped(node.this), unwrapped(node.expression)
    if operator in {"=", "<>"}:
        for one, other in ((left, right), (right, left)):
            if isinstance(other, exp.Boolean) and is_condition(one):
                holds = condition(scope, one)
                return holds if bool(other.this) == (operator == "=") else Not(holds)
    else:
        refuse_booleans(scope, (left, right), operator)
    return Compare(operator, operand(scope, left), operand(scope, right))


def refuse_booleans(scope: Scope, nodes: Sequence[exp.Expression], operator: str) -> None:
    """Raises when something that is true or false is to be put in order."""
    for node in map(unwrapped, nodes):
        if is_condition(node):
            condition(scope, node)
            raise scope.refused(node, wrong_type(operator, "BOOL"))


def is_condition(node: exp.Expression) -> bool:
    """Whether a node is something that is true or false of an item."""
    if isinstance(node, exp.Anonymous):
        return str(node.this).lower() not in {BAG, "size"}
    return type(node) in CONDITIONS or isinstance(node, (exp.And, exp.Or))


def within(scope: Scope, node: exp.Expression) -> Tree:
    """Lowers IN."""
    choices = tuple(operand(scope, choice) for choice in node.expressions)
    return In(operand(scope, node.this), choices)


def between(scope: Scope, node: exp.Expression) -> Tree:
    """Lowers BETWEEN."""
    refuse_booleans(scope, (node.this, node.args["low"], node.args["high"]), "BETWEEN")
    low, high = operand(scope, node.args["low"]), operand(scope, node.args["high"])
    return Between(operand(scope, node.this), low, high)


def identified(scope: Scope, node: exp.Expression) -> Tree:
    """Lowers IS."""
    asked = node.args["expression"]
    subject = unwrapped(node.this)
    if not isinstance(subject, PATH_NODES):
        raise scope.refused(subject, "Unsupported operation: IS", hint="IS asks about a path.")
    target = path(scope, subject)
    if asked.this == "MISSING":
        return Call("attribute_not_exists", (target,))
    tag = TAG_OF_TYPE.get(asked.this)
    if tag is None:
        raise malformed(scope.text, span_of(asked), "Expected type name", expected=IS_WORDS)
    return Call("attribute_type", (target, scope.reference(Constant(tag))))


IS_WORDS: Final = ("MISSING", *TAG_OF_TYPE, "NOT")


def called(scope: Scope, node: exp.Expression) -> Tree:
    """Lowers a function that is a condition."""
    function = checked_function(scope, node)
    if function == "size":
        raise scope.refused(node, NO_BOOLEAN, hint=SIZE_IS_A_NUMBER)
    return call_of(scope, node, function)


def call_of(scope: Scope, node: exp.Expression, function: str) -> Call:
    """Lowers the call of a function that is a condition; it is of values, not of conditions."""
    arguments = [unwrapped(argument) for argument in node.expressions]
    wrong = next((one for one in arguments if is_condition(one)), None)
    if wrong is not None:
        about = str(wrong.this).lower() if isinstance(wrong, exp.Anonymous) else "Condition"
        raise scope.refused(wrong, f"Unsupported operation: {about}")
    return Call(function, tuple(operand(scope, argument) for argument in arguments))


def checked_function(scope: Scope, node: exp.Expression) -> str:
    """Returns a function's name, or raises when there is no such function or call."""
    function: str = node.this.lower()
    if node.this == BAG:
        raise scope.refused(node, NO_BOOLEAN)
    if function not in IN_CONDITIONS:
        hint = f"Functions of a condition: {', '.join(IN_CONDITIONS)}."
        raise refused_at(scope.text, span_of(node), f"Unrecognized function: {function}", hint=hint)
    known = FUNCTIONS[function]
    about = f"operator or function: {function}"
    if len(node.expressions) != known.operands:
        raise scope.refused(
            node,
            f"Incorrect number of operands for operator or function; {about}, "
            f"number of operands: {len(node.expressions)}",
        )
    if known.needs_path and not isinstance(unwrapped(node.expressions[0]), PATH_NODES):
        raise scope.refused(node, f"Operator or function requires a document path; {about}")
    return function


CONDITIONS: Final[dict[type[exp.Expression], Callable[[Scope, exp.Expression], Tree]]] = {
    exp.Not: negated,
    exp.In: within,
    exp.Between: between,
    exp.Is: identified,
    exp.Anonymous: called,
    **dict.fromkeys(OPERATORS, compared),
}


def operand(scope: Scope, node: exp.Expression) -> Operand:
    """Returns a path, a reference to a value, a size, or what a condition function says."""
    node = unwrapped(node)
    if isinstance(node, PATH_NODES):
        return path(scope, node)
    if isinstance(node, exp.Anonymous) and node.this != BAG:
        function = checked_function(scope, node)
        if function != "size":
            return Truth(call_of(scope, node, function))
        sized = operand(scope, node.expressions[0])
        if not isinstance(sized, Path | ValueRef):
            message = "Operator or function requires a document path; operator or function: size"
            raise scope.refused(node, message)
        return Size(sized)
    if is_condition(node):
        raise scope.refused(node, "Unsupported operation: Condition")
    return scope.reference(literal(scope, node), node)

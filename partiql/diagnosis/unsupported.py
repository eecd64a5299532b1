"""What DynamoDB refuses of a text that its reader has read: SQL that statements do not have.

The order is the service's: clauses that do not exist, what stands after FROM, columns, then
WHERE, and only then SET, each in the order of the text. Faults of operands, of the table and of
keys come later; who asks here knows already that a text cannot be carried out.
"""

from typing import Final

from ddblite.engine.expressions.functions import IN_CONDITIONS
from ddblite.partiql.diagnosis.unsupported_conditions import (
    STRANGE,
    TOKEN,
    UNPIVOTED,
    check_operand,
    check_path,
    check_where,
    function_of,
)
from ddblite.partiql.diagnosis.unsupported_values import EMPTY_NAME, Literals, name_of
from ddblite.partiql.diagnosis.wide_reader import Node

ONE_SOURCE: Final = "Only select from a single table or index is supported."
EXISTS_ELSEWHERE: Final = "EXISTS can only be used in ExecuteTransaction write requests."
ALIASING: Final = "Aliasing is not supported"
ONE_TABLE: Final = (
    "FROM clause may only contain a single table name in data manipulation statements"
)

CLAUSES: Final = {
    "group": "GROUP BY",
    "having": "HAVING",
    "limit": "LIMIT",
    "offset": "OFFSET",
    "let": "LET",
}
"""Clauses that the reader knows, in the order in which they are refused."""

WITHIN_SET: Final = frozenset({"list_append"})
SET_FUNCTIONS: Final = WITHIN_SET | {"set_add", "set_delete"}
SUMMING: Final = frozenset({"+", "-", "=", "<>", "<", "<=", ">", ">="})

CHANGES: Final = frozenset({"set", "remove", "insert", "insert_value"})


def check(text: str, root: Node) -> None:
    """Raises StatementError about the first thing that statements do not have."""
    literals = Literals(text)
    match root.kind:
        case "select":
            check_select(literals, root)
        case "from":
            check_changes(literals, root)
        case "insert_value":
            check_insert(literals, root)
        case "call" if function_of(root) == "exists" and root.parts:
            if root.parts[0].kind != "select":
                literals.fault(root, EXISTS_ELSEWHERE, at=False)
            check_select(literals, root.parts[0])
        case "set" | "remove":
            literals.fault(root, ONE_SOURCE, at=False)
        case "operation" | "call" | "aggregate":
            literals.fault(root, EXISTS_ELSEWHERE, at=False)
        case _:
            literals.fault(root, f"Unsupported operation: {name_of(root)}", at=False)


def parts_of(node: Node) -> dict[str, Node]:
    """Returns the clauses of a statement by their kind; of several, the first."""
    return {part.kind: part for part in reversed(node.parts)}


# SELECT


def check_select(literals: Literals, node: Node) -> None:
    """Raises what is wrong with a SELECT, but for ORDER BY, which needs the table."""
    parts = parts_of(node)
    for kind, words in CLAUSES.items():
        if kind in parts:
            literals.fault(parts[kind], f"Unsupported clause: {words}", at=False)
    if "distinct" in parts:
        literals.fault(parts["distinct"], f"{TOKEN} DISTINCT", at=False)
    check_source(literals, parts)
    if "value" in parts:
        message = "Select projection doesn't support value or pivot keywords"
        literals.fault(parts["value"], message, at=False)
    for column in parts["columns"].parts:
        check_column(literals, column)
    check_where(literals, parts)


def check_source(literals: Literals, parts: dict[str, Node]) -> None:
    """Raises what is wrong with what stands after FROM; names are looked at elsewhere."""
    if "join" in parts:
        literals.fault(parts["join"], ONE_SOURCE, at=False)
    (source,) = parts["source"].parts
    while source.kind == "source":
        (source,) = source.parts
    if source.kind in {"join", "unpivot"}:
        literals.fault(source, ONE_SOURCE, at=False)
    if source.kind == "alias":
        literals.fault(source, ALIASING, at=False)
    if source.kind not in {"name", "path"} or source.token.kind != "name":
        literals.fault(source, "Unexpected from source", at=False)
    check_table(literals, source)


def check_table(literals: Literals, source: Node) -> None:
    """Raises when a table's name is empty, or goes on with anything but an index's name."""
    steps = source.parts or (source,)
    for step in steps:
        if step.kind == "star":
            literals.fault(step, UNPIVOTED)
        if step.kind == "index":
            literals.fault(step, "Invalid list expression in source.", at=False)
    for surplus in steps[len(("table", "index")) :]:
        message = "A path may contain at most 2 components in the FROM clause"
        literals.fault(surplus, message, at=False)
    for step in steps:
        if not step.token.value:
            literals.fault(step, EMPTY_NAME, at=False)


def check_column(literals: Literals, node: Node) -> None:
    """Raises when a column is anything but a path, or has another name."""
    if node.kind == "alias":
        literals.fault(node, ALIASING, at=False)
    if node.kind == "star":
        return
    if node.kind not in {"name", "path"}:
        literals.fault(node, STRANGE)
    if node.kind == "path" and node.parts[-1].kind == "star":
        message = "Changing item's hierarchy while reading isn't supported"
        literals.fault(node, message, at=False)
    check_path(literals, node)


# what changes items


def check_changes(literals: Literals, node: Node) -> None:
    """Raises what is wrong with an UPDATE or DELETE."""
    parts = parts_of(node)
    inserts = [part for part in node.parts if part.kind.startswith("insert")]
    if len(inserts) == len([part for part in node.parts if part.kind in CHANGES]) > 0:
        literals.fault(node, "Unsupported FROM ... WHERE ... clause in INSERT statement.")
    if inserts:
        message = "Only SET and REMOVE are supported in update expressions at this time"
        literals.fault(inserts[0], message, at=False)
    check_where(literals, parts)
    for change in node.parts:
        if change.kind == "set":
            for assignment in change.parts:
                check_path(literals, assignment.parts[0])
                check_assigned(literals, assignment.parts[1])
        if change.kind == "remove":
            check_path(literals, change.parts[0])
    check_returning(literals, parts)
    check_source(literals, parts)


def check_returning(literals: Literals, parts: dict[str, Node]) -> None:
    """Raises when RETURNING names something."""
    for one in parts["returning"].parts if "returning" in parts else ():
        if one.parts[0].kind != "star":
            message = "Expected '*' after ( MODIFIED | ALL ) ( NEW | OLD ) in RETURNING clause"
            literals.fault(one, message, at=False)


def check_assigned(
    literals: Literals, node: Node, functions: frozenset[str] = SET_FUNCTIONS
) -> None:
    """Raises what is wrong with what SET assigns; deeper there are fewer functions."""
    if node.kind == "is":
        message = "IS operator is not supported in update expressions"
        literals.fault(node, message, at=False)
    elif node.kind == "call":
        check_set_function(literals, node, functions)
    elif node.kind == "operation":
        check_sum(literals, node)
    else:
        check_operand(literals, node)


def check_sum(literals: Literals, node: Node) -> None:
    """Raises when an operator of SET is none of its own, and what is wrong with its operands."""
    word = node.token.word.removeprefix("not_")
    if word not in SUMMING:
        message = f"Unsupported operator in Update Expression. Operator: {word}"
        literals.fault(node, message, at=False)
    if len(node.parts) == 1:
        message = (
            "Incorrect number of operands for operator or function; "
            f"operator or function: {word}, number of operands: 1"
        )
        literals.fault(node, message, at=False)
    for part in node.parts:
        check_assigned(literals, part, WITHIN_SET)


def check_set_function(literals: Literals, node: Node, functions: frozenset[str]) -> None:
    """Raises when there is no such function in SET, and what is wrong with its operands."""
    function = function_of(node)
    if function in IN_CONDITIONS:
        message = "The function is not allowed in an update expression; function: "
        literals.fault(node, f"{message}{function}", at=False)
    if function not in functions:
        literals.fault(node, f"Unrecognized function: {function}")
    for part in node.parts:
        check_assigned(literals, part, WITHIN_SET)


def check_insert(literals: Literals, node: Node) -> None:
    """Raises what is wrong with an INSERT."""
    parts = parts_of(node)
    table, item = node.parts[0], node.parts[1]
    if "at" in parts:
        literals.fault(node, "AT is not supported in insert statements.")
    if item.kind != "struct":
        message = (
            "Unsupported format in item expression. Please use struct format {...} to express item"
            " values for insert statement."
        )
        literals.fault(item, message)
    literals.check_item(item)
    if "returning" in parts:
        literals.fault(parts["returning"], "RETURNING is not supported in INSERT", at=False)
    check_table(literals, table)
    if table.kind == "path":
        literals.fault(table, ONE_TABLE)

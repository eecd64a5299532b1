"""Plans as text again: conditions for people to read, and whole statements.

What is printed can be read back and is the same plan, except for values that no literal
stands for: binary, and sets of it. Conditions refer to their values by name; ``texts`` says
how each of them is written.
"""

from collections.abc import Mapping
from typing import Final, assert_never

from ddblite.engine.expressions.tree import (
    Action,
    Add,
    And,
    Between,
    Call,
    Compare,
    IfNotExists,
    In,
    ListAppend,
    Minus,
    Not,
    Operand,
    Or,
    Path,
    Plus,
    Remove,
    Set,
    SetValue,
    Size,
    Tree,
    Truth,
    ValueRef,
)
from ddblite.engine.expressions.tree import Delete as DeleteMembers
from ddblite.partiql.plans.plan import (
    Constant,
    Delete,
    Exists,
    Insert,
    Literal,
    MapOf,
    Ordering,
    Parameter,
    Plan,
    Select,
    Statement,
    Update,
)
from ddblite.partiql.syntax.words import RESERVED, STEPS
from ddblite.schema.numbers import plain_text
from ddblite.schema.values import BinarySet, NumberSet, StringSet, Value

Texts = Mapping[str, str]

WORDS: Final = {None: "NULL", True: "true", False: "false"}


def shown_value(value: Value) -> str:
    """Returns a value as a literal."""
    if value is None or isinstance(value, bool):
        return WORDS[value]
    if isinstance(value, str):
        return "'" + value.replace("'", "''") + "'"
    if isinstance(value, bytes):
        return f"x'{value.hex()}'"
    if isinstance(value, list):
        return f"[{', '.join(map(shown_value, value))}]"
    if isinstance(value, dict):
        members = (f"{shown_value(name)}: {shown_value(one)}" for name, one in value.items())
        return f"{{{', '.join(members)}}}"
    if isinstance(value, (StringSet, NumberSet, BinarySet)):
        return f"<<{', '.join(map(shown_value, value.members))}>>"
    return plain_text(value)


def shown_name(name: str) -> str:
    """Returns a name, in double quotes unless it can do without."""
    is_plain = name.isascii() and name.replace("$", "_").isidentifier()
    if is_plain and name.upper() not in RESERVED | STEPS:
        return name
    return '"' + name.replace('"', '""') + '"'


def shown_path(path: Path) -> str:
    """Returns a document path."""
    steps = [
        f"[{step}]" if isinstance(step, int) else f".{shown_name(step)}" for step in path.steps
    ]
    return "".join(steps).removeprefix(".")


def shown_operand(operand: Operand, texts: Texts) -> str:
    """Returns a path, a value or a function."""
    match operand:
        case Path():
            return shown_path(operand)
        case ValueRef():
            return texts[operand.name]
        case Size():
            return f"size({shown_operand(operand.operand, texts)})"
        case Call():
            return shown_call(operand, texts)
        case Truth():
            return shown_function(operand.call, texts)
        case ListAppend():
            first, second = operand.first, operand.second
            return f"list_append({shown_operand(first, texts)}, {shown_operand(second, texts)})"
        case IfNotExists():
            default = shown_operand(operand.default, texts)
            return f"if_not_exists({shown_path(operand.path)}, {default})"
        case _:
            assert_never(operand)


def shown_call(call: Call, texts: Texts) -> str:
    """Returns a function that is a condition; two of them are written as IS."""
    target = shown_operand(call.arguments[0], texts)
    if call.function == "attribute_not_exists":
        return f"{target} IS MISSING"
    arguments = ", ".join(shown_operand(one, texts) for one in call.arguments)
    if call.function == "attribute_type" and arguments == f"{target}, 'NULL'":
        return f"{target} IS NULL"
    return shown_function(call, texts)


def shown_function(call: Call, texts: Texts) -> str:
    """Returns a function by its name."""
    return f"{call.function}({', '.join(shown_operand(one, texts) for one in call.arguments)})"


def shown_tree(tree: Tree, texts: Texts) -> str:
    """Returns a condition."""
    match tree:
        case And():
            return " AND ".join(bracketed(term, texts, (Or, And)) for term in tree.terms)
        case Or():
            return " OR ".join(bracketed(term, texts, (Or,)) for term in tree.terms)
        case Not():
            return f"NOT ({shown_tree(tree.term, texts)})"
        case Compare():
            left, right = shown_operand(tree.left, texts), shown_operand(tree.right, texts)
            return f"{left} {tree.operator} {right}"
        case Between():
            lower, upper = shown_operand(tree.lower, texts), shown_operand(tree.upper, texts)
            return f"{shown_operand(tree.operand, texts)} BETWEEN {lower} AND {upper}"
        case In():
            candidates = ", ".join(shown_operand(one, texts) for one in tree.candidates)
            return f"{shown_operand(tree.operand, texts)} IN [{candidates}]"
        case Call():
            return shown_call(tree, texts)
        case _:
            assert_never(tree)


def bracketed(tree: Tree, texts: Texts, kinds: tuple[type[Tree], ...]) -> str:
    """Returns a condition, in parentheses when it is of one of these kinds."""
    text = shown_tree(tree, texts)
    return f"({text})" if isinstance(tree, kinds) else text


# whole statements


def shown_literal(literal: Literal) -> str:
    """Returns a literal, with ``?`` for a parameter."""
    match literal:
        case Constant():
            return shown_value(literal.value)
        case Parameter():
            return "?"
        case MapOf():
            members = (
                f"{shown_value(name)}: {shown_literal(one)}" for name, one in literal.members
            )
            return f"{{{', '.join(members)}}}"
        case _:
            assert_never(literal)


def shown_statement(statement: Statement) -> str:
    """Returns a statement whose plan is this one."""
    texts = {name: shown_literal(literal) for name, literal in statement.values}
    if isinstance(statement.plan, Update) and counts_condition_first(statement):
        return shown_update(statement.plan, texts, from_first=True)
    return shown_plan(statement.plan, texts)


def counts_condition_first(statement: Statement) -> bool:
    """Whether the parameters of an update's condition come before those of its changes."""
    indexes = [one.index for _, one in statement.values if isinstance(one, Parameter)]
    return indexes != sorted(indexes)


def shown_plan(plan: Plan, texts: Texts) -> str:
    """Returns a statement without its values, which ``texts`` has."""
    match plan:
        case Select():
            return shown_select(plan, texts)
        case Insert():
            return f"INSERT INTO {shown_name(plan.table)} VALUE {shown_literal(plan.item)}"
        case Update():
            return shown_update(plan, texts)
        case Delete():
            tail = shown_where(plan.where, texts) + shown_returning(plan.returning)
            return f"DELETE FROM {shown_name(plan.table)}{tail}"  # noqa: S608 - nobody runs it as SQL
        case Exists():
            return f"EXISTS({shown_select(plan.select, texts)})"
        case _:
            assert_never(plan)


def shown_update(plan: Update, texts: Texts, *, from_first: bool = False) -> str:
    """Returns an UPDATE, in its form that begins with FROM if its condition is to come first."""
    table, where = shown_name(plan.table), shown_where(plan.where, texts)
    changes = " ".join(shown_action(action, texts) for action in plan.actions)
    returning = shown_returning(plan.returning)
    if from_first:
        return f"FROM {table}{where} {changes}{returning}"
    return f"UPDATE {table} {changes}{where}{returning}"


def shown_select(plan: Select, texts: Texts) -> str:
    """Returns a SELECT."""
    columns = "*"
    if plan.columns is not None:
        columns = ", ".join(shown_path(column.path) for column in plan.columns)
    source = ".".join(shown_name(name) for name in (plan.table, plan.index) if name is not None)
    order = ", ".join(
        f"{shown_term(one)} {'DESC' if one.descending else 'ASC'}" for one in plan.order
    )
    tail = f" ORDER BY {order}" if order else ""
    where = shown_where(plan.where, texts)
    return f"SELECT {columns} FROM {source}{where}{tail}"  # noqa: S608 - nobody runs it as SQL


def shown_term(term: Ordering) -> str:
    """Returns a term of ORDER BY; one that is no path has been kept as it was written."""
    return term.path.attribute if term.misfit else shown_path(term.path)


def shown_where(where: Tree | None, texts: Texts) -> str:
    """Returns the WHERE clause, or "" when there is none."""
    return "" if where is None else f" WHERE {shown_tree(where, texts)}"


RETURNING: Final = {
    "ALL_OLD": " RETURNING ALL OLD *",
    "ALL_NEW": " RETURNING ALL NEW *",
    "UPDATED_OLD": " RETURNING MODIFIED OLD *",
    "UPDATED_NEW": " RETURNING MODIFIED NEW *",
}


def shown_returning(return_values: str) -> str:
    """Returns the RETURNING clause, or "" when there is none."""
    return RETURNING.get(return_values, "")


def shown_action(action: Action, texts: Texts) -> str:
    """Returns one SET or REMOVE."""
    target = shown_path(action.path)
    match action:
        case Set():
            return f"SET {target} = {shown_set_value(action.operand, texts)}"
        case Remove():
            return f"REMOVE {target}"
        case Add():
            return f"SET {target} = set_add({target}, {texts[action.value.name]})"
        case DeleteMembers():
            return f"SET {target} = set_delete({target}, {texts[action.value.name]})"
        case _:
            assert_never(action)


def shown_set_value(value: SetValue, texts: Texts) -> str:
    """Returns the right-hand side of a SET."""
    if isinstance(value, (Plus, Minus)):
        sign = "+" if isinstance(value, Plus) else "-"
        left, right = shown_operand(value.left, texts), shown_operand(value.right, texts)
        return f"{left} {sign} {right}"
    return shown_operand(value, texts)

"""Lowering of statements: sqlglot's tree becomes a plan.

What a statement may not say is refused here with its place, as far as no table is needed to
know it: writes to an index, a RETURNING that DELETE does not have, columns of one name.
"""

from typing import Final

from sqlglot import exp

from ddblite.engine.expressions.tree import (
    Action,
    Add,
    ListAppend,
    Minus,
    Operand,
    Path,
    Plus,
    Remove,
    Set,
    Tree,
)
from ddblite.engine.expressions.tree import Delete as DeleteMembers
from ddblite.partiql.diagnosis.complaints import explained
from ddblite.partiql.plans.conditions import condition, unwrapped
from ddblite.partiql.plans.operands import (
    PATH_NODES,
    Scope,
    inserted,
    label,
    literal,
    path,
)
from ddblite.partiql.plans.plan import (
    Column,
    Constant,
    Delete,
    Exists,
    Insert,
    Ordering,
    Parameter,
    Plan,
    Select,
    SetOperand,
    Statement,
    Update,
)
from ddblite.partiql.syntax import hints
from ddblite.partiql.syntax.faults import (
    INDEX,
    Span,
    StatementError,
    malformed,
    order_term,
    refused,
    refused_at,
)
from ddblite.partiql.syntax.grammar import OPERATORS, SOURCE, parse
from ddblite.partiql.syntax.literals import BAG, PARAMETER
from ddblite.partiql.syntax.reader import span_of
from ddblite.schema.names import table_named
from ddblite.schema.values import SET_TYPES

RETURN_VALUES: Final = {
    "ALL OLD": "ALL_OLD",
    "MODIFIED OLD": "UPDATED_OLD",
    "ALL NEW": "ALL_NEW",
    "MODIFIED NEW": "UPDATED_NEW",
}


def compiled(text: str) -> Statement:
    """Returns the plan of a statement's text, or raises StatementError."""
    try:
        tree, parameters = parse(text)
        scope = Scope(text)
        plan = statement(scope, tree)
    except RecursionError as error:
        # The guard's depth fits into an ordinary stack; the caller's may be used up already.
        raise malformed(text, Span(0, len(text)), hint=hints.TOO_DEEP) from error
    except StatementError as error:
        raise explained(text, error) from None
    values = tuple(scope.values)
    return Statement(plan, values, parameters, scope.table_written, scope.operators)


def spans_of(text: str) -> dict[str, Span]:
    """Returns where values, the index and the terms of ORDER BY stand, by their names."""
    tree, _ = parse(text)
    scope = Scope(text)
    statement(scope, tree)
    return scope.spans


def statement(scope: Scope, tree: exp.Expression) -> Plan:
    """Returns the plan of a statement's tree."""
    match tree:
        case exp.Select():
            return select(scope, tree)
        case exp.Insert():
            return insert(scope, tree)
        case exp.Update():
            return update(scope, tree)
        case exp.Delete():
            return delete(scope, tree)
        case exp.Exists():
            return Exists(select(scope, tree.this))
    raise AssertionError(f"the grammar has no statement {type(tree).__name__}")


def select(scope: Scope, tree: exp.Expression) -> Select:
    """Lowers SELECT."""
    table, index = source(scope, tree.args[SOURCE])
    order = tree.args.get("order")
    terms = () if order is None else order.expressions
    if index is not None:
        scope.spans[INDEX] = span_of(tree.args[SOURCE].this)
    for place, one in enumerate(terms):
        scope.spans[order_term(place)] = span_of(one.this)
    return Select(
        table=table,
        index=index,
        columns=columns(scope, tree),
        where=where(scope, tree),
        order=tuple(ordering(scope, one) for one in terms),
    )


def ordering(scope: Scope, node: exp.Expression) -> Ordering:
    """Lowers a term of ORDER BY; what is no path is kept as it is written."""
    descending = bool(node.args["desc"])
    term = unwrapped(node.this)
    if isinstance(term, PATH_NODES):
        return Ordering(path(scope, term), descending)
    span = span_of(node)
    written = scope.text[span.start : span.end]
    kind = TERM_KINDS.get(type(term)) or str(term.this)
    return Ordering(Path((written,)), descending, misfit=kind)


TERM_KINDS: Final[dict[type[exp.Expression], str]] = {
    exp.Array: "LIST",
    exp.Struct: "STRUCT",
    exp.Placeholder: "PARAMETER",
    exp.Null: "null",
}
"""What a term of ORDER BY is called that is not called by its own text."""


def columns(scope: Scope, tree: exp.Expression) -> tuple[Column, ...] | None:
    """Returns the columns of a SELECT, None for ``*``."""
    if isinstance(tree.expressions[0], exp.Star):
        return None
    found: dict[str, Column] = {}
    for node in tree.expressions:
        chosen = path(scope, node)
        named = label(chosen)
        if named in found:
            raise scope.refused(node, f"Duplicate identifiers in select clause: {named}")
        found[named] = Column(chosen, named)
    return tuple(found.values())


def source(scope: Scope, node: exp.Expression) -> tuple[str, str | None]:
    """Returns the names of a table and of its index, if the statement has one.

    A table may be given by its ARN, which means the table that it names.
    """
    table, index = (node.args.get("db"), node.this)
    if table is None:
        table, index = index, None
    for one in (table, index):
        if one is not None and not one.this:
            raise scope.refused(one, "Path component cannot be an empty string")
    scope.table_written = table.this
    named = table_named(table.this) or table.this
    return named, None if index is None else index.this


def where(scope: Scope, tree: exp.Expression) -> Tree | None:
    """Returns the condition of a statement, or None when it has no WHERE."""
    clause = tree.args.get("where")
    if clause is None:
        return None
    scope.operators = clause.meta[OPERATORS]
    return condition(scope, clause.this)


def insert(scope: Scope, tree: exp.Expression) -> Insert:
    """Lowers INSERT."""
    table, index = source(scope, tree.this)
    if index is not None:
        message = "FROM clause may only contain a single table name in data manipulation statements"
        raise refused_at(scope.text, span_of(tree.this.args["db"]), message)
    return Insert(table, inserted(scope, tree.args["expression"]))


def written_table(scope: Scope, node: exp.Expression) -> str:
    """Returns the name of the table that UPDATE or DELETE is about."""
    table, index = source(scope, node)
    if index is not None:
        raise scope.refused(node, "This operation is not supported on an index")
    return table


def update(scope: Scope, tree: exp.Expression) -> Update:
    """Lowers UPDATE; SET and REMOVE may come several times and in any order."""
    table = written_table(scope, tree.this)
    actions: list[Action] = []
    sets: list[SetOperand] = []
    for node in tree.expressions:
        if isinstance(node, exp.EQ):
            actions.append(assignment(scope, node, sets))
        else:
            actions.append(Remove(path(scope, node.expressions[0])))
    return Update(
        table=table,
        actions=tuple(actions),
        where=where(scope, tree),
        returning=RETURN_VALUES.get(returned(tree), "NONE"),
        sets=tuple(sets),
    )


def returned(tree: exp.Expression) -> str:
    """Returns the two words after RETURNING, or "" when there are none."""
    clause = tree.args.get("returning")
    return "" if clause is None else str(clause.expressions[0].this)


def delete(scope: Scope, tree: exp.Expression) -> Delete:
    """Lowers DELETE."""
    table = written_table(scope, tree.this)
    words = returned(tree)
    if words not in {"", "ALL OLD"}:
        raise refused(
            scope.text,
            span_of(tree.args["returning"]),
            f"Invalid returning clause: RETURNING {words} *. "
            "Only RETURNING ALL OLD * is allowed in DELETE statements.",
        )
    return Delete(table, where(scope, tree), RETURN_VALUES.get(words, "NONE"))


def assignment(scope: Scope, node: exp.Expression, sets: list[SetOperand]) -> Action:
    """Lowers one ``path = value`` of SET."""
    target = path(scope, node.this)
    right = unwrapped(node.args["expression"])
    if isinstance(right, exp.Anonymous) and right.this.lower() in SET_FUNCTIONS:
        return members_changed(scope, target, right, sets)
    if isinstance(right, (exp.Add, exp.Sub)):
        joined = Plus if isinstance(right, exp.Add) else Minus
        left, other = assigned(scope, right.this), assigned(scope, right.args["expression"])
        return Set(target, joined(left, other))
    return Set(target, assigned(scope, right))


def assigned(scope: Scope, node: exp.Expression) -> Operand:
    """Returns what a SET assigns: a path, a value, or two lists put together."""
    node = unwrapped(node)
    if isinstance(node, PATH_NODES):
        return path(scope, node)
    if isinstance(node, exp.Anonymous) and node.this != BAG:
        return appended(scope, node)
    if not isinstance(node, VALUE_NODES):
        raise scope.refused(node, "Unsupported operation: Condition")
    return scope.reference(literal(scope, node), node)


VALUE_NODES: Final = (
    exp.Literal,
    exp.Placeholder,
    exp.Boolean,
    exp.Null,
    exp.Array,
    exp.Struct,
    exp.Anonymous,
)


def appended(scope: Scope, node: exp.Expression) -> Operand:
    """Lowers ``list_append``, the only function that gives a value to assign."""
    function = node.this.lower()
    if function != "list_append":
        hint = "Functions of SET: list_append, set_add, set_delete."
        raise refused_at(scope.text, span_of(node), f"Unrecognized function: {function}", hint=hint)
    if len(node.expressions) != len(("left", "right")):
        raise scope.refused(
            node,
            "Incorrect number of operands for operator or function; "
            f"operator or function: {function}, number of operands: {len(node.expressions)}",
        )
    left, right = node.expressions
    return ListAppend(assigned(scope, left), assigned(scope, right))


SET_FUNCTIONS: Final[dict[str, type[Add] | type[DeleteMembers]]] = {
    "set_add": Add,
    "set_delete": DeleteMembers,
}


def members_changed(
    scope: Scope, target: Path, node: exp.Expression, sets: list[SetOperand]
) -> Action:
    """Lowers ``set_add`` and ``set_delete``, whose first operand repeats the target."""
    function = node.this.upper()
    if len(node.expressions) != len(("path", "set")):
        raise refused_at(scope.text, span_of(node), f"{function} must have exactly two arguments")
    first, second = map(unwrapped, node.expressions)
    if not isinstance(first, PATH_NODES) or path(scope, first) != target:
        raise refused_at(
            scope.text,
            span_of(node),
            f"The first argument to {function} must equal the assignment value",
        )
    message = f"The second argument to {function} must be a value with type SET"
    error = refused_at(scope.text, span_of(first), message)
    if not isinstance(second, VALUE_NODES):
        raise error
    if isinstance(second, exp.Anonymous) and second.this != BAG:
        raise error
    if isinstance(second, exp.Placeholder):
        reference = scope.reference(Parameter(second.meta[PARAMETER]), second)
        sets.append(SetOperand(reference.name, error.message))
    else:
        found = literal(scope, second)
        if not (isinstance(found, Constant) and type(found.value) in SET_TYPES):
            raise error
        reference = scope.reference(found, second)
    return SET_FUNCTIONS[node.this.lower()](target, reference)

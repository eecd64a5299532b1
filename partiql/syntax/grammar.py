"""DynamoDB's statements, read by recursive descent into sqlglot's nodes.

::

    statement := select | insert | update | from | delete | exists      and perhaps one ';'
    select    := SELECT '*' | path {',' path}  FROM table ['.' index]
                 [WHERE condition] [ORDER BY path [ASC|DESC] [NULLS FIRST|LAST] {',' ...}]
    insert    := INSERT INTO table VALUE struct
    update    := UPDATE table changes [WHERE condition] [RETURNING ALL|MODIFIED OLD|NEW '*']
    from      := FROM table [WHERE condition] changes [RETURNING ALL|MODIFIED OLD|NEW '*']
    changes   := {SET path '=' value {',' ...} | REMOVE path}
    delete    := DELETE FROM table [WHERE condition] [RETURNING ALL OLD '*']
    exists    := EXISTS '(' select ')'

The grammar is narrower than sqlglot's for every dialect and in places different, and stock
parsers drop what they do not expect (of two SET clauses the first is lost). What is not
above is refused, never ignored.
"""

from typing import Final, NoReturn

from sqlglot import exp

from ddblite.partiql.syntax import hints
from ddblite.partiql.syntax.faults import refused
from ddblite.partiql.syntax.literals import name, path, struct
from ddblite.partiql.syntax.predicates import assigned, condition, is_call, operand, operators_since
from ddblite.partiql.syntax.reader import NAME_KINDS, UNEXPECTED, Reader, marked

OPERATORS: Final = "operators"
"""Where the ``meta`` of WHERE keeps how many there are in it."""

ALIASING: Final = "Aliasing is not supported"


def parse(text: str) -> tuple[exp.Expression, int]:
    """Returns a statement's tree and how many parameters it has, or raises StatementError."""
    reader = Reader(text)
    tree = statement(reader)
    reader.accept(";")
    if reader.kind != "end":
        leftover(reader)
    return tree, reader.parameters


def statement(reader: Reader) -> exp.Expression:
    """Reads one statement by its verb."""
    read = STATEMENTS.get(reader.kind)
    if read is None:
        hint = hints.VERBS.get(reader.lexeme.value.upper(), "")
        reader.malformed("Expected data manipulation", expected=tuple(STATEMENTS), hint=hint)
    start = reader.lexeme.span.start
    tree = read(reader)
    return marked(tree, reader.since(start))


def leftover(reader: Reader) -> NoReturn:
    """Raises about the lexeme that no rule had a use for."""
    hint = hints.ONE_STATEMENT if reader.before() == ";" else ""
    reader.malformed(UNEXPECTED, hint=hints.NO_ARITHMETIC if reader.kind == "*" else hint)


def select(reader: Reader) -> exp.Expression:
    """Reads SELECT."""
    reader.need("SELECT")
    node = exp.Select(expressions=columns(reader))
    reader.need("FROM")
    node.set(SOURCE, source(reader))
    refuse_alias(reader)
    where(reader, node)
    if reader.kind == "ORDER":
        reader.next()
        reader.need("BY")
        node.set("order", exp.Order(expressions=ordering(reader)))
    return node


SOURCE: Final = "from_"
"""The argument of a Select that holds its table, as sqlglot has called it since version 28."""


def columns(reader: Reader) -> list[exp.Expression]:
    """Reads ``*`` or the paths to give back."""
    if reader.accept("*"):
        return [exp.Star()]
    found = [column(reader)]
    while reader.accept(","):
        found.append(column(reader))
    return found


def column(reader: Reader) -> exp.Expression:
    """Reads one path to give back; DynamoDB computes nothing here."""
    if is_call(reader):
        reader.refused_at(reader.lexeme, "Unexpected path component", hint=hints.CALLED)
    found = path(reader)
    refuse_alias(reader)
    return found


def ordering(reader: Reader) -> list[exp.Expression]:
    """Reads the terms after ORDER BY, each with its direction; what they are is seen later."""
    found: list[exp.Expression] = []
    while True:
        start = reader.lexeme.span.start
        key = path(reader) if reader.kind in NAME_KINDS else operand(reader)
        span = reader.since(start)
        descending = reader.kind == "DESC"
        if reader.kind in {"ASC", "DESC"}:
            reader.next()
        skip_nulls(reader)
        found.append(marked(exp.Ordered(this=key, desc=descending), span))
        if not reader.accept(","):
            return found


def skip_nulls(reader: Reader) -> None:
    """Reads NULLS FIRST or NULLS LAST, which says nothing: a key attribute is never null."""
    if reader.kind == "name" and reader.lexeme.value.upper() == "NULLS":
        reader.next()
        if reader.kind not in {"FIRST", "LAST"}:
            reader.malformed("Expected FIRST OR LAST after NULLS", expected=("FIRST", "LAST"))
        reader.next()


def source(reader: Reader) -> exp.Table:
    """Reads a table's name, and perhaps its index's after a dot."""
    start = reader.lexeme.span.start
    table = name(reader)
    if reader.kind != ".":
        return marked(exp.Table(this=table), reader.since(start))
    reader.next()
    index = name(reader)
    if reader.kind == ".":
        message = "A path may contain at most 2 components in the FROM clause"
        raise refused(reader.text, reader.lexeme.span, message)
    # The shape that stock sqlglot gives to "table"."index".
    return marked(exp.Table(this=index, db=table), reader.since(start))


def refuse_alias(reader: Reader) -> None:
    """Raises when a name follows a name, with or without AS."""
    if reader.kind == "AS" or reader.kind in NAME_KINDS:
        hint = hints.LEFTOVERS.get(reader.lexeme.value.upper(), hints.ALIASING)
        raise refused(reader.text, reader.lexeme.span, ALIASING, hint=hint)


def where(reader: Reader, node: exp.Expression) -> None:
    """Reads WHERE, if it is there, into a statement's node."""
    if reader.accept("WHERE"):
        place = reader.place
        clause = exp.Where(this=condition(reader))
        clause.meta[OPERATORS] = operators_since(reader, place)
        node.set("where", clause)


def insert(reader: Reader) -> exp.Expression:
    """Reads INSERT."""
    reader.need("INSERT")
    reader.need("INTO")
    table = source(reader)
    if reader.kind != "VALUE":
        has_alias = reader.kind == "AS" or reader.kind in NAME_KINDS
        reader.expected("VALUE", hint=hints.ALIASING if has_alias else hints.ONE_ITEM)
    reader.next()
    if reader.kind != "{":
        reader.malformed("Unexpected term", expected=("{",), hint=hints.ONE_ITEM)
    return exp.Insert(this=table, expression=struct(reader))


def update(reader: Reader) -> exp.Expression:
    """Reads UPDATE."""
    reader.need("UPDATE")
    table = source(reader)
    refuse_alias(reader)
    node = exp.Update(this=table, expressions=changes(reader))
    where(reader, node)
    returning(reader, node)
    return node


def update_from(reader: Reader) -> exp.Expression:
    """Reads FROM, which is an UPDATE that says first which item it is about."""
    reader.need("FROM")
    node = exp.Update(this=source(reader))
    refuse_alias(reader)
    where(reader, node)
    others = ("AND", "OR") if "where" in node.args else ("WHERE",)
    node.set("expressions", changes(reader, *others))
    returning(reader, node)
    return node


def changes(reader: Reader, *others: str) -> list[exp.Expression]:
    """Reads SET and REMOVE, any number of each and at least one; ``others`` may stand there too."""
    found: list[exp.Expression] = []
    while reader.kind in {"SET", "REMOVE"}:
        if reader.next().kind == "SET":
            found.extend(assignments(reader))
        else:
            found.append(exp.Anonymous(this="REMOVE", expressions=[path(reader)]))
    if not found:
        reader.malformed("Expected data manipulation", expected=("SET", "REMOVE", *others))
    return found


def assignments(reader: Reader) -> list[exp.Expression]:
    """Reads ``path = value`` between commas."""
    found: list[exp.Expression] = []
    while True:
        start = reader.lexeme.span.start
        target = path(reader)
        reader.need("=")
        assignment = exp.EQ(this=target, expression=assigned(reader))
        found.append(marked(assignment, reader.since(start)))
        if not reader.accept(","):
            return found


def delete(reader: Reader) -> exp.Expression:
    """Reads DELETE."""
    reader.need("DELETE")
    reader.need("FROM")
    node = exp.Delete(this=source(reader))
    refuse_alias(reader)
    where(reader, node)
    returning(reader, node)
    return node


def returning(reader: Reader, node: exp.Expression) -> None:
    """Reads RETURNING, if it is there, into a statement's node."""
    if reader.kind != "RETURNING":
        return
    start = reader.next().span.start
    words = []
    for choices in (("ALL", "MODIFIED"), ("OLD", "NEW")):
        if reader.kind not in choices:
            reader.expected(*choices)
        words.append(reader.next().kind)
    reader.need("*")
    asked = exp.Returning(expressions=[exp.Var(this=" ".join(words))])
    node.set("returning", marked(asked, reader.since(start)))


def exists(reader: Reader) -> exp.Expression:
    """Reads EXISTS, which stands alone and holds a SELECT."""
    reader.need("EXISTS")
    reader.need("(")
    if reader.kind != "SELECT":
        reader.expected("SELECT")
    inner = statement(reader)
    reader.need(")")
    return exp.Exists(this=inner)


STATEMENTS: Final = {
    "SELECT": select,
    "INSERT": insert,
    "UPDATE": update,
    "FROM": update_from,
    "DELETE": delete,
    "EXISTS": exists,
}

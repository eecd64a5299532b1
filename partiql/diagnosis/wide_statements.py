"""The terms of the service's reader that begin with a keyword: to it, a statement is one of them.

Their trees have a part for each clause, in the order of the text: ``select`` has its columns, a
``source``, and perhaps ``where``, ``order`` and others; ``from`` is what changes items, with its
``source``, changes, and perhaps ``where`` and ``returning``.
"""

from collections.abc import Callable
from typing import Final

from ddblite.partiql.diagnosis.wide_reader import ANYTHING, CLAUSE, Node, WideReader
from ddblite.partiql.diagnosis.wide_terms import TERMS
from ddblite.partiql.diagnosis.wide_tokens import Token

CHANGES: Final = frozenset({"insert_into", "set", "remove"})
RESERVED_COLUMNS: Final = CHANGES | {"update", "delete", "select", "from", "where"}
RETURNED: Final = frozenset({"modified_old", "modified_new", "all_old", "all_new"})


def read(text: str) -> Node:
    """Returns the tree of a text, or raises StatementError with the service's complaint."""
    return WideReader(text, KEYWORDS).whole()


# SELECT


def select(reader: WideReader) -> Node:
    """Reads SELECT."""
    token = reader.next()
    parts: list[Node] = []
    if reader.head.word in {"distinct", "all"}:
        distinct = reader.next()
        if distinct.word == "distinct":
            parts.append(Node("distinct", distinct))
    if reader.head.word == "value":
        parts.append(Node("value", reader.next(), (reader.expression(),)))
    else:
        columns = reader.separated(lambda: column(reader))
        whole = [one for one in columns if one.kind == "star"]
        if whole and len(columns) > 1:
            reader.complain(
                "Other expressions may not be present in the select list when '*' is used without "
                "dot notation.",
                whole[0].token,
            )
        parts.append(Node("columns", token, columns))
    return Node("select", token, (*parts, *behind_columns(reader)))


def column(reader: WideReader) -> Node:
    """Reads one column, with its alias."""
    if reader.head.kind == "*":
        return Node("star", reader.next())
    if reader.head.word in RESERVED_COLUMNS:
        reader.complain(
            "Expected identifier or an expression but found unexpected keyword "
            f"'{reader.head.word}' in a select list."
        )
    found = reader.expression()
    if found.kind == "path":
        check_stars(reader, found)
    return aliased(reader, found, kinds=("as",))


def check_stars(reader: WideReader, path: Node) -> None:
    """Raises where a path of a column has a star that is not its last step, or ``[*]``."""
    *before, last = path.parts[1:]
    indexes = [one for one in path.parts[1:] if one.kind == "index"]
    starred = [one.parts[0] for one in indexes if one.parts[0].kind == "star"]
    starred += [one for one in before if one.kind == "star"]
    if starred:
        reader.complain("Invalid use of * in select list", starred[0].token)
    if last.kind == "star" and indexes:
        message = "Cannot use [] and * together in SELECT list expression"
        reader.complain(message, indexes[0].token)


def behind_columns(reader: WideReader) -> list[Node]:
    """Reads FROM and all clauses behind it."""
    if reader.head.word != "from":
        reader.complain("Expected FROM after SELECT list")
    reader.next()
    found = [source(reader, CLAUSE)]
    for word, read_clause in CLAUSES.items():
        if reader.head.word == word:
            found.append(read_clause(reader))
    return found


def clause(reader: WideReader) -> Node:
    """Reads a clause of one expression."""
    token = reader.next()
    return Node(token.word, token, (reader.expression(CLAUSE),))


def let(reader: WideReader) -> Node:
    """Reads LET."""

    def binding() -> Node:
        value = reader.expression()
        if reader.head.kind != "as":
            reader.complain("Expected AS following LET expr")
        return aliased(reader, value, kinds=("as",))

    token = reader.next()
    return Node("let", token, reader.separated(binding))


def group(reader: WideReader) -> Node:
    """Reads GROUP BY."""
    token = reader.next()
    reader.accept("partial")
    reader.need("by")
    keys = reader.separated(lambda: aliased(reader, reader.expression(CLAUSE), kinds=("as",)))
    if reader.accept("group"):
        reader.need_keyword("as")
        if reader.head.kind != "name":
            reader.complain("Expected identifier for GROUP name")
        reader.next()
    return Node("group", token, keys)


def order(reader: WideReader) -> Node:
    """Reads ORDER BY."""

    def term() -> Node:
        found = reader.expression()
        if reader.head.kind in {"asc", "desc"}:
            reader.next()
        if reader.head.value.lower() == "nulls":
            reader.next()
            if reader.head.kind not in {"first", "last"}:
                reader.complain("Expected FIRST OR LAST after NULLS")
            reader.next()
        return found

    token = reader.next()
    reader.need("by")
    return Node("order", token, reader.separated(term))


CLAUSES: Final[dict[str, Callable[[WideReader], Node]]] = {
    "let": let,
    "where": clause,
    "group": group,
    "having": clause,
    "order": order,
    "limit": clause,
    "offset": clause,
}
"""What may follow FROM, in the only order that it may have."""


def source(reader: WideReader, above: int = ANYTHING, *, joins: bool = True) -> Node:
    """Reads what stands after FROM, joins included."""
    left = aliased(reader, one_source(reader, above), kinds=("as", "at", "by"))
    while joins and (reader.head.kind == "," or reader.head.word.endswith("join")):
        joint = reader.next()
        grouped = reader.head.kind == "("
        right = source(reader, above, joins=grouped and has_condition(joint))
        if has_condition(joint):
            if reader.head.word != "on":
                reader.complain("Expected 'ON'")
            reader.next()
            reader.expression(above)
        left = Node("join", joint, (left, right))
    return left if left.kind == "join" else Node("source", left.token, (left,))


def has_condition(joint: Token) -> bool:
    """Whether ON has to follow what is joined."""
    return joint.kind == "keyword" and "cross" not in joint.word


def one_source(reader: WideReader, above: int) -> Node:
    """Reads one table, or what stands in its place."""
    if reader.head.word == "unpivot":
        token = reader.next()
        return Node("unpivot", token, (reader.expression(above),))
    inner = reader.ahead()
    literal = inner.kind in {"string", "number", "boolean"}
    if reader.head.kind == "(" and not literal and inner.word != "select":
        reader.next()
        found = source(reader, above)
        reader.need(")")
        return found
    return reader.expression(above)


def aliased(reader: WideReader, node: Node, *, kinds: tuple[str, ...]) -> Node:
    """Reads an alias, if there is one; AS may be left out."""
    for kind in kinds:
        if reader.head.kind == kind:
            reader.next()
            if reader.head.kind != "name":
                reader.complain(f"Expected identifier for {kind.upper()}-alias")
        elif kind != "as" or reader.head.kind != "name":
            continue
        node = Node("alias", reader.next(), (node,))
    return node


def pivot(reader: WideReader) -> Node:
    """Reads PIVOT."""
    token = reader.next()
    parts = [reader.expression()]
    reader.need_keyword("at")
    parts.append(reader.expression())
    return Node("select", token, (Node("value", token, tuple(parts)), *behind_columns(reader)))


# what changes items


def insert(reader: WideReader) -> Node:
    """Reads INSERT INTO."""
    token = reader.next()
    table = reader.path(simple=True)
    if reader.head.kind == "as":
        reader.complain("Unexpected token after expression")
    if reader.head.word != "value":
        return Node("insert", token, (table, reader.expression()))
    reader.next()
    parts = [table, reader.expression()]
    if reader.head.kind == "at":
        position = reader.next()
        parts.append(Node("at", position, (reader.expression(),)))
    if reader.accept("on_conflict"):
        if reader.head.word != "where":
            reader.complain("invalid ON CONFLICT syntax")
        where = clause(reader)
        if not reader.accept("do_nothing"):
            reader.complain("invalid ON CONFLICT syntax", where.token)
    parts.extend(returning(reader))
    return Node("insert_value", token, tuple(parts))


def assignments(reader: WideReader) -> Node:
    """Reads SET."""

    def assignment() -> Node:
        target = reader.path(simple=True)
        if reader.head.word != "=":
            reader.complain("Expected '='")
        reader.next()
        return Node("assignment", target.token, (target, reader.expression()))

    token = reader.next()
    return Node("set", token, reader.separated(assignment))


def removal(reader: WideReader) -> Node:
    """Reads REMOVE."""
    token = reader.next()
    return Node("remove", token, (reader.path(simple=True),))


def changes(reader: WideReader) -> list[Node]:
    """Reads SETs, REMOVEs and INSERTs: one at least."""
    found = []
    while reader.head.word in CHANGES:
        found.append(KEYWORDS[reader.head.word](reader))
    if not found:
        reader.complain("Expected data manipulation")
    return found


def update(reader: WideReader) -> Node:
    """Reads UPDATE."""
    token = reader.next()
    table = legacy_source(reader)
    return Node("from", token, (table, *changes(reader), *where_and_returning(reader)))


def delete(reader: WideReader) -> Node:
    """Reads DELETE."""
    token = reader.next()
    if reader.head.word != "from":
        reader.complain("Expected FROM after DELETE")
    reader.next()
    return Node("from", token, (legacy_source(reader), *where_and_returning(reader)))


def legacy_source(reader: WideReader) -> Node:
    """Reads the table of UPDATE and DELETE."""
    table = aliased(reader, reader.path(simple=True), kinds=("as", "at", "by"))
    return Node("source", table.token, (table,))


def where_and_returning(reader: WideReader) -> list[Node]:
    """Reads the last clauses of what changes items."""
    return [*where(reader), *returning(reader)]


def where(reader: WideReader) -> list[Node]:
    """Reads WHERE, if it is there; here nothing ends it but what is no expression."""
    if reader.head.word != "where":
        return []
    token = reader.next()
    return [Node("where", token, (reader.expression(),))]


def returning(reader: WideReader) -> list[Node]:
    """Reads RETURNING, if it is there."""

    def element() -> Node:
        if reader.head.word not in RETURNED:
            reader.complain("Expected ( MODIFIED | ALL ) ( NEW | OLD ) in each returning element.")
        which = reader.next()
        if reader.head.kind == "*":
            return Node("returned", which, (Node("star", reader.next()),))
        path = reader.expression()
        if path.kind not in {"path", "name", "literal", "missing"}:
            reader.complain("Unsupported syntax in RETURNING columns.", path.token)
        return Node("returned", which, (path,))

    if reader.head.word != "returning":
        return []
    token = reader.next()
    return [Node("returning", token, reader.separated(element))]


def from_first(reader: WideReader) -> Node:
    """Reads FROM, WHERE, and then the changes."""
    token = reader.next()
    read_from = source(reader)
    clauses = where(reader)
    made = changes(reader)
    return Node("from", token, (read_from, *made, *clauses, *returning(reader)))


KEYWORDS: Final[dict[str, Callable[[WideReader], Node]]] = {
    "insert_into": insert,
    "set": assignments,
    "remove": removal,
    "update": update,
    "delete": delete,
    "select": select,
    "from": from_first,
    "pivot": pivot,
    **TERMS,
}
"""What reads a term, by the keyword that it begins with."""

"""The terms of the service's reader that begin with a keyword and are no statements of DynamoDB's.

CASE, CAST and the functions whose arguments have words between them; dates; CREATE, DROP and EXEC.
"""

from collections.abc import Callable
from typing import Final

from ddblite.partiql.diagnosis.wide_reader import Node, WideReader


def case(reader: WideReader) -> Node:
    """Reads CASE."""
    token = reader.next()
    parts = [] if reader.head.word == "when" else [reader.expression()]
    kind = "simple_case" if parts else "searched_case"
    first = reader.head
    while reader.accept("when"):
        parts.append(reader.expression())
        reader.need_keyword("then")
        parts.append(reader.expression())
    if reader.tokens[reader.place - 1] is token or reader.head is first:
        reader.complain("Expected a WHEN clause in CASE")
    if reader.accept("else"):
        parts.append(reader.expression())
    reader.need_keyword("end")
    return Node(kind, token, tuple(parts))


def cast(reader: WideReader) -> Node:
    """Reads CAST and its like."""
    token = reader.next()
    if not reader.accept("("):
        reader.complain(f"Missing left parenthesis after {token.word}")
    value = reader.expression()
    reader.need("as")
    type_name = reader.type_name()
    reader.need(")")
    return Node("cast", token, (value, type_name))


def choice(reader: WideReader) -> Node:
    """Reads COALESCE and NULLIF."""
    token = reader.next()
    if not reader.accept("("):
        reader.complain(f"Missing left parenthesis after {token.word}")
    return reader.list_of("call", token, ")")


def rows(reader: WideReader) -> Node:
    """Reads VALUES."""

    def row() -> Node:
        if reader.head.kind != "(":
            reader.complain("Expected LEFT_PAREN for row value constructor")
        return reader.list_of("list", reader.next(), ")")

    token = reader.next()
    return Node("bag", token, reader.separated(row))


def special_call(reader: WideReader) -> Node:
    """Reads a function whose arguments have words between them; these are passed over."""
    token = reader.next()
    reader.need("(")
    depth = 1
    while depth and reader.head.kind != "end":
        kind = reader.next().kind
        depth += (kind == "(") - (kind == ")")
    if depth:
        reader.need(")")
    return Node("call", token)


def dated(reader: WideReader) -> Node:
    """Reads DATE or TIME and the string that has to follow."""
    token = reader.next()
    if reader.head.kind != "string":
        words = "DATE" if token.word == "date" else "TIME OR TIME WITH TIME ZONE"
        found = ION_TYPES.get(reader.head.kind, "SYMBOL")
        reader.complain(
            f"Expected {token.word} string followed by the keyword {words}, found {found}"
        )
    return Node("literal", reader.next())


ION_TYPES: Final = {
    "number": "INT",
    "boolean": "BOOL",
    "null": "NULL",
    "missing": "NULL",
    "?": "INT",
}


def definition(reader: WideReader) -> Node:
    """Reads CREATE and DROP of a table or an index."""
    token = reader.next()
    verb = token.word.upper()
    what = reader.head.word
    if what not in {"table", "index"}:
        reader.complain(f"Unexpected token following {verb}")
    reader.next()
    if verb == "DROP" or what == "table":
        need_name(reader, "Expected identifier!")
    if what == "index":
        if not reader.accept("on"):
            reader.complain("Expected ON")
        need_name(
            reader, f"{'Index' if verb == 'CREATE' else 'Table'} target must be an identifier"
        )
        if verb == "CREATE":
            if not reader.accept("("):
                reader.complain("Expected parenthesis for keys")
            reader.separated(lambda: reader.path(simple=True))
            reader.need(")")
    if not reader.is_at_end:
        reader.complain(f"Unexpected tokens after {verb} statement!")
    return Node(f"{verb.title()}{what.title()}", token)


def need_name(reader: WideReader, complaint: str) -> None:
    """Goes on over a name, which has to stand here."""
    if reader.head.kind != "name":
        reader.complain(complaint)
    reader.next()


def procedure(reader: WideReader) -> Node:
    """Reads EXEC."""
    token = reader.next()
    if reader.head.kind == "end":
        reader.complain("No stored procedure provided")
    reader.next()
    if reader.head.kind == "(":
        reader.complain("Unexpected LEFT_PAREN found following stored procedure call")
    parts = () if reader.is_at_end else reader.separated(reader.expression)
    return Node("Exec", token, parts)


TERMS: Final[dict[str, Callable[[WideReader], Node]]] = {
    "case": case,
    **dict.fromkeys(("cast", "can_cast", "can_lossless_cast"), cast),
    **dict.fromkeys(("coalesce", "nullif"), choice),
    **dict.fromkeys(("substring", "trim", "extract", "date_add", "date_diff"), special_call),
    **dict.fromkeys(("date", "time"), dated),
    **dict.fromkeys(("create", "drop"), definition),
    "values": rows,
    "exec": procedure,
}
"""What reads a term, by the keyword that it begins with."""

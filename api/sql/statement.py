"""A statement's text as sqlglot's tree, admitted only when all it can do is read.

SQLite carries out the text as it stands; the tree tells what to load for it. Length and nesting
are checked on the tokens, before the parser recurses into them; so are JOINs without a
condition, and calls by the name of a type within one another (``date(date(...))``), which
sqlglot tries to read in exponentially many ways.
"""

import logging
import re
from typing import Final, NamedTuple

from sqlglot import TokenType, exp
from sqlglot.dialects.sqlite import SQLite
from sqlglot.errors import ParseError, TokenError
from sqlglot.tokenizer_core import Token

from ddblite.engine.file.scratch import READABLE
from ddblite.partiql.syntax.faults import Position, Span, StatementError
from ddblite.schema.limits import STATEMENT_LENGTH_MAX

DEPTH_MAX: Final = 24
"""Brackets, CASEs, NOTs and signs inside one another; sqlglot overflows the stack at about 48."""

BARE_JOINS_MAX: Final = 6
"""JOINs in a row that wait for their ON or USING."""

TABLES_MAX: Final = 64
"""Tables of one SELECT. SQLite: "Maximum Number Of Tables In A Join"."""

TYPE_CALLS_MAX: Final = 6
"""Calls by the name of a type within one another: each may be a type, and is read twice."""

TYPES: Final = SQLite.parser_class.TYPE_TOKENS

# sqlglot warns of JSON paths that it does not know and SQLite does. A program that configures
# logging still gets that; without it Python would print it on standard error.
logging.getLogger("sqlglot").addHandler(logging.NullHandler())

SURROGATE: Final = re.compile("[\ud800-\udfff]")

READING_ONLY: Final = (
    "Only reading is possible here: a statement begins with SELECT, WITH or VALUES"
)

HINTS: Final = {
    "EXPLAIN": "db.explain_sql(text), and in the shell .sql EXPLAIN SELECT ..., explain.",
    "INSERT": "Writes are PartiQL: db.execute(text).",
    "UPDATE": "Writes are PartiQL: db.execute(text).",
    "DELETE": "Writes are PartiQL: db.execute(text).",
}

STRUCTURE: Final = (
    exp.Alias, exp.Between, exp.Binary, exp.Boolean, exp.CTE, exp.Column, exp.DataType,
    exp.DataTypeParam, exp.Distinct, exp.Escape, exp.Filter, exp.From, exp.Func, exp.Group,
    exp.Having, exp.HexString, exp.Identifier, exp.In, exp.JSONPath, exp.JSONPathPart, exp.Join,
    exp.Limit, exp.Literal, exp.Null, exp.Offset, exp.Order, exp.Ordered, exp.Paren,
    exp.Placeholder, exp.Select, exp.SetOperation, exp.Star, exp.Subquery, exp.Table,
    exp.TableAlias, exp.Tuple, exp.Unary, exp.Values, exp.Var, exp.Where, exp.Window,
    exp.WindowSpec, exp.With,
)  # fmt: skip
"""The nodes that a statement may have. Which functions there are is for SQLite's door to say."""

OPENING: Final = frozenset({TokenType.L_PAREN, TokenType.CASE})
CLOSING: Final = frozenset({TokenType.R_PAREN, TokenType.END})
PREFIXES: Final = frozenset({TokenType.NOT, TokenType.DASH, TokenType.PLUS, TokenType.TILDE})
SEPARATORS: Final = frozenset(
    {
        TokenType.AND, TokenType.COMMA, TokenType.FROM, TokenType.GROUP_BY, TokenType.HAVING,
        TokenType.ON, TokenType.OR, TokenType.ORDER_BY, TokenType.SELECT, TokenType.THEN,
        TokenType.WHEN, TokenType.WHERE,
    }
)  # fmt: skip
"""Behind one of these a NOT or a sign does not stand within those before."""

OPERANDS: Final = frozenset(
    {TokenType.IDENTIFIER, TokenType.NUMBER, TokenType.R_PAREN, TokenType.STRING, TokenType.VAR}
)


class Parsed(NamedTuple):
    """A statement that only reads. Its ``?`` are placeholders named ``p0``, ``p1`` ..."""

    text: str
    tree: exp.Expr
    marks: int


def parse(text: str) -> Parsed:
    """Returns a statement's tree, or raises StatementError."""
    if len(text) > STATEMENT_LENGTH_MAX:
        raise StatementError(f"A statement has at most {STATEMENT_LENGTH_MAX:,} characters")
    if SURROGATE.search(text):
        raise StatementError("The statement has half of a character in it")
    if "\0" in text:
        raise StatementError("The statement has a zero character in it")
    try:
        tokens = SQLite().tokenize(text)
        check_tokens(text, tokens)
        tree = tree_of(text)
        marks = [token for token in tokens if token.token_type is TokenType.PLACEHOLDER]
        if marks:
            tree = tree_of(numbered(text, marks))
        check_nodes(tree)
        check_placeholders(tree, len(marks))
    except TokenError as error:
        raise StatementError("The statement has a string or name that is not closed") from error
    except RecursionError as error:
        raise StatementError("The statement is nested too deeply") from error
    return Parsed(text, tree, len(marks))


def check_tokens(text: str, tokens: list[Token]) -> None:
    """Raises unless a text is one statement that reads, and of bearable nesting."""
    if not tokens:
        raise StatementError("The statement is empty")
    first = tokens[0]
    if first.token_type not in {TokenType.SELECT, TokenType.WITH, TokenType.VALUES}:
        raise refused(text, first, READING_ONLY, hint=HINTS.get(first.text.upper(), ""))
    ends = [place for place, one in enumerate(tokens) if one.token_type is TokenType.SEMICOLON]
    for place in ends:
        if place + 1 < len(tokens) and tokens[place + 1].token_type is not TokenType.SEMICOLON:
            raise refused(text, tokens[place + 1], "One statement at a time")
    check_nesting(text, tokens)


def check_nesting(text: str, tokens: list[Token]) -> None:
    """Raises where brackets, prefixes, calls or bare JOINs are too many within one another."""
    prefixes, joins, type_calls = [0], [0], [0]
    last: TokenType | None = None
    for token in tokens:
        kind = token.token_type
        if kind in OPENING:
            prefixes.append(0)
            joins.append(0)
            type_calls.append(type_calls[-1] + (last in TYPES))
        elif kind in CLOSING and len(prefixes) > 1:
            prefixes.pop()
            joins.pop()
            type_calls.pop()
        elif kind in SEPARATORS:
            prefixes[-1] = 0
        elif kind in PREFIXES and (kind is TokenType.NOT or last not in OPERANDS):
            prefixes[-1] += 1
        if kind is TokenType.JOIN and last is not TokenType.CROSS:
            joins[-1] += 1
        elif kind in {TokenType.ON, TokenType.USING}:
            joins[-1] = max(0, joins[-1] - 1)
        if len(prefixes) - 1 + sum(prefixes) > DEPTH_MAX or type_calls[-1] > TYPE_CALLS_MAX:
            raise refused(text, token, "The statement is nested too deeply")
        if joins[-1] > BARE_JOINS_MAX:
            raise refused(text, token, "Too many JOINs without ON, USING or CROSS")
        last = kind


def tree_of(text: str) -> exp.Expr:
    """Returns the tree of a text that is one statement."""
    try:
        found = [one for one in SQLite().parse(text) if one is not None]
    except ParseError as error:
        raise unreadable(text, error) from error
    if len(found) != 1 or not isinstance(found[0], exp.Query | exp.Values):
        raise StatementError(READING_ONLY)
    return found[0]


def unreadable(text: str, error: ParseError) -> StatementError:
    """Returns the error for a text that sqlglot cannot parse."""
    fault = error.errors[0] if error.errors else {}
    line, column = fault.get("line"), fault.get("col")
    what = str(fault.get("description") or "The statement cannot be read").rstrip(".")
    if line is None or column is None:
        return StatementError(what)
    shown = str(fault.get("highlight") or " ")
    length = max(1, len(shown))
    start = max(1, column - length + 1)
    lines = text.split("\n")
    if line > len(lines) or start > len(lines[line - 1]) + 1:
        return StatementError(what)
    return StatementError(what, position=Position(line, start, length))


def numbered(text: str, marks: list[Token]) -> str:
    """Returns a text with its ``?`` as ``:p0``, ``:p1`` and so on, in the order of the text."""
    pieces, start = [], 0
    for number, mark in enumerate(marks):
        pieces += [text[start : mark.start], f":p{number}"]
        start = mark.end + 1
    return "".join([*pieces, text[start:]])


def check_nodes(tree: exp.Expr) -> None:
    """Raises for the first node that is more than reading tables of the file."""
    for node in tree.walk():
        if not isinstance(node, STRUCTURE) or isinstance(node, exp.DDL | exp.DML):
            if not isinstance(node, exp.Query):
                raise StatementError(f"{type(node).__name__.upper()} cannot be used here")
        elif isinstance(node, exp.Table):
            check_table(node)
        elif isinstance(node, exp.Select) and len(node.args.get("joins") or ()) >= TABLES_MAX:
            raise StatementError(f"A SELECT is of at most {TABLES_MAX} tables")
        elif isinstance(node, exp.Join) and node.args.get("method"):
            raise StatementError(
                "NATURAL joins by whatever attributes items happen to have; name them with USING"
            )


def check_placeholders(tree: exp.Expr, marks: int) -> None:
    """Raises when a statement has both ``?`` and names, which no one collection has values of."""
    ours = {f"p{number}" for number in range(marks)}
    if ours and any(node.name not in ours for node in tree.find_all(exp.Placeholder)):
        raise StatementError("A statement has either ? or :name for its values")


def check_table(node: exp.Table) -> None:
    """Raises for what stands in FROM and is no table of the file, nor JSON's."""
    if isinstance(node.this, exp.Func):
        named = node.this.name or type(node.this).__name__
        if named.lower() not in READABLE:
            raise StatementError(f"{named}() cannot be read like a table")
    elif node.args.get("db") is not None:
        raise StatementError(
            f"{node.sql('sqlite')}: a table has one name here; indexes are chosen by the key"
            " conditions"
        )


def refused(text: str, token: Token, message: str, *, hint: str = "") -> StatementError:
    """Returns the error about one token."""
    span = Span(token.start, token.end + 1)
    return StatementError(message, position=span.position(text), hint=hint)

"""Conditions, and the right-hand sides of SET.

One rule per precedence level, loosest first: OR, AND, NOT, comparison. Chains of AND and OR
become left-deep trees, as sqlglot's own; whoever walks them must not recurse along the chain.
Any function name is read here; which ones exist, and where, is decided when the tree is
lowered, because the service says that by name and not as a fault of grammar.
"""

from itertools import pairwise
from typing import Final

from sqlglot import exp

from ddblite.partiql.syntax.faults import refused
from ddblite.partiql.syntax.literals import path, starts_number, value
from ddblite.partiql.syntax.reader import NAME_KINDS, Reader, marked
from ddblite.partiql.syntax.words import RESERVED

COMPARISONS: Final[dict[str, type[exp.Expression]]] = {
    "=": exp.EQ,
    "<>": exp.NEQ,
    "!=": exp.NEQ,
    "<": exp.LT,
    "<=": exp.LTE,
    ">": exp.GT,
    ">=": exp.GTE,
}

NO_MISSING: Final = "MISSING must be compared using IS operator"

KEYWORD_FUNCTIONS: Final = RESERVED - {"AND", "OR", "NOT", "IN", "BETWEEN", "IS", "SELECT"}
"""Keywords that may be followed by a parenthesis as a function's name, as ``size`` is."""


def condition(reader: Reader) -> exp.Expression:
    """Reads what stands after WHERE."""
    start = reader.lexeme.span.start
    left = conjunction(reader)
    while reader.accept("OR"):
        left = exp.Or(this=left, expression=conjunction(reader))
        marked(left, reader.since(start))
    return left


def conjunction(reader: Reader) -> exp.Expression:
    """Reads terms joined by AND."""
    start = reader.lexeme.span.start
    left = negation(reader)
    while reader.accept("AND"):
        left = exp.And(this=left, expression=negation(reader))
        marked(left, reader.since(start))
    return left


def negation(reader: Reader) -> exp.Expression:
    """Reads a term; an even number of NOTs in front of it is none, so that none recurses."""
    start = reader.lexeme.span.start
    negative = False
    while reader.accept("NOT"):
        negative = not negative
    term = comparison(reader)
    return marked(exp.Not(this=term), reader.since(start)) if negative else term


def comparison(reader: Reader) -> exp.Expression:
    """Reads an operand and, if there is one, what it is compared with."""
    start = reader.lexeme.span.start
    left = operand(reader)
    compared = COMPARISONS.get(reader.kind)
    if compared is not None:
        reader.next()
        return marked(compared(this=left, expression=operand(reader)), reader.since(start))
    negative = reader.kind == "NOT" and reader.peek() in {"IN", "BETWEEN"}
    if negative:
        reader.next()
    if reader.kind not in RANGES:
        return left
    node, negative_is = RANGES[reader.next().kind](reader, left)
    marked(node, reader.since(start))
    return marked(exp.Not(this=node), reader.since(start)) if negative or negative_is else node


def membership(reader: Reader, left: exp.Expression) -> tuple[exp.Expression, bool]:
    """Reads the list after IN, in either kind of brackets."""
    closing = {"(": ")", "[": "]"}.get(reader.kind)
    if closing is None:
        reader.expected("[", "(")
    reader.next()
    choices = [operand(reader)]
    while reader.accept(","):
        choices.append(operand(reader))
    reader.need(closing)
    return exp.In(this=left, expressions=choices), False


def between(reader: Reader, left: exp.Expression) -> tuple[exp.Expression, bool]:
    """Reads the two bounds after BETWEEN."""
    low = operand(reader)
    reader.need("AND")
    return exp.Between(this=left, low=low, high=operand(reader)), False


def identity(reader: Reader, left: exp.Expression) -> tuple[exp.Expression, bool]:
    """Reads what stands after IS: MISSING, NULL or a type, perhaps with NOT before it."""
    negative = reader.accept("NOT")
    if reader.kind not in RESERVED and reader.kind != "name":
        reader.expected("MISSING", "NULL", "NOT")
    word = reader.next()
    kind = marked(exp.Var(this=word.value.upper()), word.span)
    return exp.Is(this=left, expression=kind), negative


RANGES: Final = {"IN": membership, "BETWEEN": between, "IS": identity}


def operand(reader: Reader) -> exp.Expression:
    """Reads a path, a value, a call, or a condition in parentheses."""
    if reader.kind == "(":
        start = reader.next().span.start
        inner = condition(reader)
        reader.need(")")
        return marked(exp.Paren(this=inner), reader.since(start))
    if is_call(reader):
        return call(reader)
    if reader.kind in NAME_KINDS:
        return path(reader)
    if reader.kind == "MISSING":
        word = reader.next()
        hint = "To ask whether an attribute is there, write IS MISSING or IS NOT MISSING."
        raise refused(reader.text, word.span, NO_MISSING, hint=hint)
    return value(reader)


OPERATORS: Final = frozenset({*COMPARISONS, *RANGES, "AND", "OR", "NOT"})


def operators_since(reader: Reader, place: int) -> int:
    """Returns how many operators and calls were read since a place; BETWEEN takes its AND along."""
    kinds = [lexeme.kind for lexeme in reader.ahead[place : reader.place + 1]]
    counted = sum(kind in OPERATORS for kind in kinds) - kinds.count("BETWEEN")
    return counted + sum(names_call(kind) and behind == "(" for kind, behind in pairwise(kinds))


def names_call(kind: str) -> bool:
    """Whether a lexeme of this kind, before a parenthesis, is a function's name."""
    return kind == "name" or kind in KEYWORD_FUNCTIONS


def is_call(reader: Reader) -> bool:
    """Whether a function's name stands here, with its parenthesis."""
    return names_call(reader.kind) and reader.peek() == "("


def call(reader: Reader) -> exp.Anonymous:
    """Reads a function and its arguments; its span is that of the name."""
    word = reader.next()
    reader.need("(")
    arguments: list[exp.Expression] = []
    while reader.kind != ")" or arguments:
        if reader.kind == "SELECT":
            reader.malformed("Unexpected term")
        arguments.append(operand(reader))
        if not reader.accept(","):
            break
    reader.need(")")
    return marked(exp.Anonymous(this=word.value, expressions=arguments), word.span)


def assigned(reader: Reader) -> exp.Expression:
    """Reads the right-hand side of SET: an operand, or a sum or difference of two."""
    start = reader.lexeme.span.start
    left = operand(reader)
    if reader.kind not in {"+", "-"}:
        return left
    # In "a -1" the sign is an operator all the same: two values never stand side by side.
    joined = exp.Add if reader.next().kind == "+" else exp.Sub
    right = value(reader) if starts_number(reader) else operand(reader)
    return marked(joined(this=left, expression=right), reader.since(start))

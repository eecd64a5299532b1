"""Names, paths and values in a statement.

=============  ==============================================================
``a``          ``Column(Identifier)``, then ``Dot`` and ``Bracket`` for steps
``'x'``, ``1`` ``Literal``; a number keeps its text, sign included
``?``          ``Placeholder``, numbered in ``meta``
``[..]``       ``Array``
``{..}``       ``Struct`` of ``PropertyEQ``
``<<..>>``     ``Anonymous`` named ``<<>>``, because SQL has no bags
=============  ==============================================================

Nodes are sqlglot's own, made directly: its builders normalise numbers and names.
"""

from collections.abc import Callable
from typing import Final

from sqlglot import exp

from ddblite.partiql.syntax import hints
from ddblite.partiql.syntax.faults import Span
from ddblite.partiql.syntax.reader import NAME_KINDS, UNEXPECTED, Reader, marked
from ddblite.partiql.syntax.words import STEPS

BAG: Final = "<<>>"
PARAMETER: Final = "parameter"
"""Where a placeholder's ``meta`` keeps its index."""

BAD_STEP: Final = "Invalid path dot component"


def name(reader: Reader) -> exp.Identifier:
    """Reads a name, quoted or not; a keyword is none."""
    if reader.kind not in NAME_KINDS:
        reader.expected("name")
    lexeme = reader.next()
    identifier = exp.Identifier(this=lexeme.value, quoted=lexeme.kind == "quoted")
    return marked(identifier, lexeme.span)


def path(reader: Reader) -> exp.Expression:
    """Reads a document path: ``a.b[0]."c"``."""
    start = reader.lexeme.span.start
    node: exp.Expression = exp.Column(this=name(reader))
    while True:
        if reader.kind == ".":
            reader.next()
            node = exp.Dot(this=node, expression=step(reader))
        elif reader.kind == "[":
            reader.next()
            node = exp.Bracket(this=node, expressions=[list_index(reader)])
        else:
            return marked(node, reader.since(start))


def step(reader: Reader) -> exp.Identifier:
    """Reads the name after a dot."""
    is_keyword = reader.kind == "name" and reader.lexeme.value.upper() in STEPS
    if is_keyword or reader.kind not in NAME_KINDS:
        word = reader.lexeme.value
        hint = hints.quoted(word) if is_keyword or word.isalpha() else ""
        reader.malformed(BAD_STEP, expected=("name",), hint=hint)
    return name(reader)


def list_index(reader: Reader) -> exp.Literal:
    """Reads the index and the closing bracket of a path step; signs are no part of its place."""
    sign = signs(reader)
    if reader.kind != "number" or not reader.lexeme.value.isdigit():
        reader.malformed("Unexpected term", expected=("index",))
    lexeme = reader.next()
    reader.need("]")
    return marked(exp.Literal(this=sign + lexeme.value, is_string=False), lexeme.span)


def signs(reader: Reader) -> str:
    """Reads any number of signs, and returns the one that they come to: ``-`` or none."""
    sign = ""
    while reader.kind in SIGNS:
        if reader.next().kind == "-":
            sign = "" if sign else "-"
    return sign


SIGNS: Final = frozenset({"+", "-"})


def starts_number(reader: Reader) -> bool:
    """Whether a number stands here; sqlglot reads ``.5`` as a dot and a number."""
    ahead = 0
    while reader.peek(ahead) in SIGNS:
        ahead += 1
    kind = reader.peek(ahead)
    return kind == "number" or (kind == "." and (ahead > 0 or reader.peek(ahead + 1) == "number"))


def value(reader: Reader) -> exp.Expression:
    """Reads a literal or a parameter."""
    read = VALUES.get(reader.kind)
    if read is not None:
        return read(reader)
    if starts_number(reader):
        return number(reader)
    is_called = reader.peek() == "(" and reader.lexeme.value.replace("_", "").isalpha()
    hint = hints.NO_CALLS if is_called else ""
    return reader.malformed("Unexpected term", expected=("name", "value"), hint=hint)


def string(reader: Reader) -> exp.Literal:
    """Reads a string."""
    lexeme = reader.next()
    return marked(exp.Literal(this=lexeme.value, is_string=True), lexeme.span)


def boolean(reader: Reader) -> exp.Boolean:
    """Reads ``true`` or ``false``."""
    lexeme = reader.next()
    return marked(exp.Boolean(this=lexeme.kind == "TRUE"), lexeme.span)


def null(reader: Reader) -> exp.Null:
    """Reads ``NULL``."""
    return marked(exp.Null(), reader.next().span)


def parameter(reader: Reader) -> exp.Placeholder:
    """Reads a ``?`` and numbers it."""
    lexeme = reader.next()
    node = exp.Placeholder()
    node.meta[PARAMETER] = reader.number_of_next_parameter()
    return marked(node, lexeme.span)


def number(reader: Reader) -> exp.Literal:
    """Reads a number with its sign. What touches its end (``1e5x``, ``1.2.3``) is left over."""
    start = reader.lexeme.span.start
    sign = signs(reader)
    dot = reader.next() if reader.kind == "." else None
    if reader.kind != "number":
        reader.malformed("Unexpected term", expected=("number",))
    if dot is not None and (reader.lexeme.span.start != dot.span.end or "." in reader.lexeme.value):
        reader.malformed(UNEXPECTED)
    digits = reader.next()
    text = sign + ("." if dot is not None else "") + digits.value
    follower = reader.lexeme
    if follower.span.start == digits.span.end and follower.value[:1].isalnum():
        reader.malformed(UNEXPECTED)
    return marked(exp.Literal(this=text, is_string=False), Span(start, digits.span.end))


def struct(reader: Reader) -> exp.Struct:
    """Reads ``{'name': value, ...}``; names are strings in single quotes."""
    start = reader.need("{").span.start
    members: list[exp.Expression] = []
    while reader.kind != "}" or members:
        if reader.kind != "string":
            hint = "Attribute names in { } are written in single quotes."
            reader.malformed("Unexpected term", expected=("string",), hint=hint)
        key = reader.next()
        reader.need(":")
        label = marked(exp.Literal(this=key.value, is_string=True), key.span)
        members.append(exp.PropertyEQ(this=label, expression=value(reader)))
        if not reader.accept(","):
            break
    reader.need("}")
    return marked(exp.Struct(expressions=members), reader.since(start))


def array(reader: Reader) -> exp.Array:
    """Reads ``[value, ...]``."""
    start = reader.need("[").span.start
    members = values(reader, "]")
    return marked(exp.Array(expressions=members), reader.since(start))


def bag(reader: Reader) -> exp.Anonymous:
    """Reads ``<<value, ...>>``."""
    start = reader.need("<<").span.start
    members = values(reader, ">>")
    return marked(exp.Anonymous(this=BAG, expressions=members), reader.since(start))


def values(reader: Reader, closing: str) -> list[exp.Expression]:
    """Reads values between commas, and the closing sign."""
    members: list[exp.Expression] = []
    while reader.kind != closing or members:
        members.append(value(reader))
        if not reader.accept(","):
            break
    reader.need(closing)
    return members


VALUES: Final[dict[str, Callable[[Reader], exp.Expression]]] = {
    "string": string,
    "?": parameter,
    "TRUE": boolean,
    "FALSE": boolean,
    "NULL": null,
    "{": struct,
    "[": array,
    "<<": bag,
}
"""What reads a value, by the lexeme that it begins with; numbers begin in several ways."""

"""A statement's text as lexemes.

sqlglot's tokenizer says where tokens begin and end; what they mean is decided here, from the
text itself, so that nothing depends on an SQL dialect's idea of escapes, comments or words.
The tokenizer is one of the few classes of sqlglot that may be subclassed: its compiled build
refuses to make an instance of an interpreted subclass of a parser, a generator or a node.

Length and nesting are checked before sqlglot sees the text: its recursion and ours are bounded
by them, and an open quote or comment is found here because the compiled tokenizer does not
say where it was.

The kind of a lexeme is a word or sign itself (``SELECT``, ``<=``) or one of ``name``,
``quoted``, ``string``, ``number``, ``ion`` and ``end``, in lower case as no keyword is.
"""

# ruff: noqa: SLF001 - sqlglot has no public way to leave out its templates

import re
from typing import Final, NamedTuple

from sqlglot import TokenType
from sqlglot.errors import TokenError
from sqlglot.tokens import Tokenizer
from sqlglot.trie import new_trie

from ddblite.partiql.syntax import hints
from ddblite.partiql.syntax.faults import Span, StatementError, malformed
from ddblite.partiql.syntax.words import RESERVED
from ddblite.schema.limits import STATEMENT_DEPTH_MAX, STATEMENT_LENGTH_MAX

NAME: Final = re.compile(r"[A-Za-z_$][A-Za-z0-9_$]*")
NUMERAL: Final = re.compile(r"(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")

# What brackets may hide in, and the brackets. An open string, name or comment runs to the end.
PIECE: Final = re.compile(
    r"""'[^']*(?P<string>'|\Z) | "[^"]*(?P<name>"|\Z) | `[^`]*(?P<literal>`|\Z) | --[^\r\n]*
    | /\*(?:[^*]|\*(?!/))*(?P<comment>\*/|\*?\Z) | (?P<open>[(\[{]|<<) | (?P<close>[)\]}]|>>)""",
    re.VERBOSE,
)

SIGNS: Final = frozenset(
    "( ) [ ] { } , . : ; ? * + - = < <= > >= <> != << >> / % || @".split()  # noqa: SIM905 - as in words.py
)


class Lexeme(NamedTuple):
    """One word, sign, string or number. ``value`` is a string or name without its quotes."""

    kind: str
    value: str
    span: Span


class Scanner(Tokenizer):
    """sqlglot's tokenizer without everything that DynamoDB's statements do not have."""

    KEYWORDS = {  # noqa: RUF012 - sqlglot reads these as class attributes
        "<<": TokenType.BLOCK_START,
        ">>": TokenType.BLOCK_END,
        "<=": TokenType.LTE,
        ">=": TokenType.GTE,
        "<>": TokenType.NEQ,
        "!=": TokenType.NEQ,
        "||": TokenType.DPIPE,
    }
    COMMANDS = set()  # noqa: RUF012
    NESTED_COMMENTS = False
    IDENTIFIERS = ['"', "`"]  # noqa: RUF012
    QUOTES = ["'"]  # noqa: RUF012
    STRING_ESCAPES = ["'"]  # noqa: RUF012


def without_templates() -> None:
    """Takes from the scanner what sqlglot puts into every one: ``{# #}`` and ``N'..'``."""
    comments = {start: end for start, end in Scanner._COMMENTS.items() if start != "{#"}
    words = (*Scanner.KEYWORDS, *comments, *Scanner._QUOTES)
    Scanner._COMMENTS = comments
    Scanner._FORMAT_STRINGS = {}
    Scanner._KEYWORD_TRIE = new_trie(
        word for word in words if any(sign in word for sign in Scanner.SINGLE_TOKENS)
    )


without_templates()


def guard(text: str) -> None:
    """Raises unless a text has a statement's length, closed quotes, and bearable nesting."""
    if not text:
        raise StatementError(
            "1 validation error detected: Value '' at 'statement' failed to satisfy constraint: "
            "Member must have length greater than or equal to 1",
            position=Span(0, 0).position(text),
        )
    if len(text) > STATEMENT_LENGTH_MAX:
        raise StatementError(
            f"1 validation error detected: Value '{text}' at 'statement' failed to satisfy "
            f"constraint: Member must have length less than or equal to {STATEMENT_LENGTH_MAX}",
            position=Span(STATEMENT_LENGTH_MAX, len(text)).position(text),
        )
    refuse_surrogates(text)
    if not text.isascii():
        refuse_other_signs(text)
    depth = 0
    for piece in PIECE.finditer(text):
        what = piece.lastgroup
        if what == "open":
            depth += 1
            if depth > STATEMENT_DEPTH_MAX:
                span = Span(*piece.span())
                raise malformed(text, span, hint=hints.TOO_DEEP)
        elif what == "close":
            depth -= 1
        elif what is not None and piece[what] not in CLOSINGS[what]:
            span = Span(piece.start(), len(text))
            raise malformed(text, span, hint=f"This {what} is not closed.")


def refuse_surrogates(text: str) -> None:
    """Raises when half a character is in a text, which no request could carry."""
    try:
        text.encode()
    except UnicodeEncodeError as fault:
        span = Span(fault.start, fault.start + 1)
        raise malformed(text, span, hint="This is half a surrogate pair, no character.") from fault


def refuse_other_signs(text: str) -> None:
    """Raises when a sign of no other than ASCII's stands outside of strings, names and comments."""
    outside = PIECE.sub(lambda piece: " " * len(piece[0]), text)
    found = re.search(r"[^\x00-\x7f]", outside)
    if found is not None:
        raise malformed(text, Span(*found.span()))


CLOSINGS: Final = {"string": ("'",), "name": ('"',), "literal": ("`",), "comment": ("*/",)}


def lexemes(text: str) -> list[Lexeme]:
    """Returns a statement's lexemes, the last of kind ``end``, or raises StatementError."""
    guard(text)
    try:
        tokens = Scanner().tokenize(text)
    except (TokenError, RecursionError) as error:
        raise malformed(text, Span(0, len(text))) from error
    found = []
    for token in tokens:
        span = Span(token.start, token.end + 1)
        found.append(lexeme(text, token.token_type, span))
    found.append(Lexeme("end", "", Span(len(text), len(text))))
    return found


def lexeme(text: str, token_type: TokenType, span: Span) -> Lexeme:
    """Returns what stands at a span, or raises StatementError when that is no lexeme of ours."""
    written = text[span.start : span.end]
    if written in SIGNS:
        return Lexeme(written, written, span)
    if token_type is TokenType.STRING:
        return Lexeme("string", written[1:-1].replace("''", "'"), span)
    if written.startswith("`"):
        return Lexeme("ion", written[1:-1], span)
    if token_type is TokenType.IDENTIFIER:
        return Lexeme("quoted", written[1:-1].replace('""', '"'), span)
    if token_type is TokenType.NUMBER and NUMERAL.fullmatch(written):
        return Lexeme("number", written, span)
    if NAME.fullmatch(written):
        word = written.upper()
        return Lexeme(word if word in RESERVED else "name", written, span)
    raise malformed(text, span, hint=HINTS.get(written, ""))


HINTS: Final = {
    "#": "A comment is written -- to the end of the line, or /* between these */.",
}

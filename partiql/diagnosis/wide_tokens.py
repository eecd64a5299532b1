"""The tokens of the service's own reader, which knows far more SQL than its statements have.

Words are told apart there before anything is parsed: what is an operator (``LIKE`` is one), what
is a keyword, what has a kind of its own; and words that belong together are one token
(``NOT IN``, ``INSERT INTO``), which stands where its first word does. ``word`` is what the reader
asks for: an operator or keyword in lower case, and nothing for values and most names.
"""

from collections.abc import Sequence
from typing import Final, NamedTuple

from ddblite.partiql.syntax.faults import Span
from ddblite.partiql.syntax.tokens import Lexeme
from ddblite.partiql.syntax.words import RESERVED


class Token(NamedTuple):
    """One token: ``operator``, ``keyword``, ``name``, ``string`` and so on, or a sign itself."""

    kind: str
    word: str
    value: str
    span: Span


OPERATOR_WORDS: Final = frozenset(
    {"and", "between", "except", "in", "intersect", "is", "like", "not", "or", "union"}
)
OPERATOR_SIGNS: Final = frozenset({"+", "-", "/", "%", "<", "<=", ">", ">=", "=", "<>", "||", "@"})

OWN_KINDS: Final = frozenset(
    {"as", "asc", "at", "by", "desc", "first", "for", "last", "missing", "null"}
)
"""Words that are no keywords to the reader: where a term belongs they are unexpected terms."""

ALIASES: Final = {
    "varchar": "character_varying",
    "char": "character",
    "dec": "decimal",
    "int": "integer",
    "int2": "smallint",
    "integer2": "smallint",
    "int4": "integer4",
    "int8": "integer8",
    "bigint": "integer8",
}

NAMED_TYPES: Final = {"bool": "boolean"}
"""Words that are types behind IS, and names wherever a name may stand."""

TYPE_WORDS: Final = frozenset({"int2", "int4", "int8"})
"""Keywords of the reader's only as types: its list of words that are no names lacks them."""

JOINS: Final = {
    "cross join": "cross_join",
    "inner join": "inner_join",
    "inner cross_join": "cross_join",
    "left join": "left_join",
    "left outer_join": "left_join",
    "left cross_join": "left_cross_join",
    "left outer_cross_join": "left_cross_join",
    "right join": "right_join",
    "right outer_join": "right_join",
    "right cross_join": "right_cross_join",
    "right outer_cross_join": "right_cross_join",
    "full join": "outer_join",
    "outer join": "outer_join",
    "full outer_join": "outer_join",
    "full cross_join": "outer_cross_join",
    "outer cross_join": "outer_cross_join",
    "full outer_cross_join": "outer_cross_join",
}

MERGED: Final = {
    **{pair: (word, "keyword") for pair, word in JOINS.items()},
    "character varying": ("character_varying", "keyword"),
    "double precision": ("double_precision", "keyword"),
    "insert into": ("insert_into", "keyword"),
    "on conflict": ("on_conflict", "keyword"),
    "do nothing": ("do_nothing", "keyword"),
    "modified old": ("modified_old", "keyword"),
    "modified new": ("modified_new", "keyword"),
    "all old": ("all_old", "keyword"),
    "all new": ("all_new", "keyword"),
    "not in": ("not_in", "operator"),
    "not between": ("not_between", "operator"),
    "not like": ("not_like", "operator"),
    "is not": ("is_not", "operator"),
    "intersect all": ("intersect_all", "operator"),
    "except all": ("except_all", "operator"),
    "union all": ("union_all", "operator"),
}
"""Two words, the second merged already, that are one token."""


def wide_tokens(lexemes: Sequence[Lexeme]) -> list[Token]:
    """Returns the reader's tokens of a text; the last is of kind ``end``."""
    found: list[Token] = []
    for one in reversed(with_decimals(lexemes)):
        token = token_of(one)
        following = found[-1] if found else token
        merged = MERGED.get(f"{token.word} {following.word}")
        if merged is None:
            found.append(token)
        else:
            word, kind = merged
            found[-1] = Token(kind, word, token.value, token.span)
    return found[::-1]


def with_decimals(lexemes: Sequence[Lexeme]) -> list[Lexeme]:
    """Returns lexemes in which a point with digits right behind it is a number."""
    found: list[Lexeme] = []
    for one in lexemes:
        before = found[-1] if found else None
        if (
            before is not None
            and before.kind == "."
            and one.kind == "number"
            and before.span.end == one.span.start
        ):
            found[-1] = Lexeme("number", "." + one.value, Span(before.span.start, one.span.end))
        else:
            found.append(one)
    return found


def token_of(lexeme: Lexeme) -> Token:
    """Returns the token of one lexeme, before words are put together."""
    kind, value, span = lexeme
    if kind in {"string", "number", "ion"}:
        return Token(kind, "", value, span)
    if kind == "quoted":
        return Token("name", "", value, span)
    word = value.lower()
    if kind == "name":
        is_keyword = word in TYPE_WORDS
        asked_for = ALIASES[word] if is_keyword else NAMED_TYPES.get(word, "")
        return Token("keyword" if is_keyword else "name", asked_for, value, span)
    sign = "<>" if kind == "!=" else kind
    if sign in OPERATOR_SIGNS or word in OPERATOR_WORDS:
        return Token("operator", sign if sign in OPERATOR_SIGNS else word, value, span)
    if word in {"true", "false"}:
        return Token("boolean", "", value, span)
    if word in OWN_KINDS:
        return Token(word, word, value, span)
    if kind in RESERVED:
        return Token("keyword", ALIASES.get(word, word), value, span)
    return Token(kind, "*" if kind == "*" else "", value, span)

"""What may come next in a statement, asked of the parser itself.

The parser says what it missed at the end of a text (an error's ``expected``). Where nothing
is missing, or a value is, a word may come when the parser gets past it: it reads the text
with the word at its end, and has no complaint before that end. So there is no second grammar
here that could differ from the first.
"""

import re
from functools import lru_cache
from itertools import pairwise
from typing import Final, NamedTuple

from ddblite.engine.expressions.functions import IN_CONDITIONS
from ddblite.partiql.plans.lower import SET_FUNCTIONS
from ddblite.partiql.syntax.faults import StatementError
from ddblite.partiql.syntax.grammar import STATEMENTS, parse
from ddblite.partiql.syntax.reader import NAME_KINDS, STARTS_OF_CLAUSES
from ddblite.partiql.syntax.tokens import CLOSINGS, PIECE, Lexeme, lexemes
from ddblite.partiql.syntax.words import LITERAL_WORDS

PARSED_CHARACTERS_MAX: Final = 1500
"""A longer statement takes the parser too long for a keystroke."""

PROBED_CHARACTERS_MAX: Final = 2500
"""Of all the texts that are parsed to find the words that fit, together."""

FRAGMENT: Final = re.compile(r"(?<![0-9A-Za-z_$])[A-Za-z_$][0-9A-Za-z_$]*\Z")

BEFORE_TABLES: Final = frozenset({"FROM", "INTO", "UPDATE"})
"""The words that a table's name follows."""

FUNCTIONS: Final = {"WHERE": IN_CONDITIONS, "SET": ("list_append", *SET_FUNCTIONS)}
"""The functions there are, by the clause that they stand in."""

PHRASES: Final = {"ORDER": "ORDER BY", "INSERT": "INSERT INTO", "DELETE": "DELETE FROM"}
"""Words that only one other word can follow."""

WORDS: Final = (
    *STATEMENTS,
    *sorted(STARTS_OF_CLAUSES | LITERAL_WORDS),
    *("ALL", "ASC", "DESC", "MODIFIED", "NEW", "OLD"),
    *("IS MISSING", "IS NOT MISSING", "NOT BETWEEN", "NOT IN"),
)
"""What is tried; whether it fits is the parser's to say."""

ANY_NAME: Final = '"x"'


class Place(NamedTuple):
    """The end of a text: what is before the word that is being typed, its quote, and its start."""

    base: str
    opening: str
    fragment: str


def place_of(text: str) -> Place:
    """Returns where in a statement its end is; the opening of a comment is ``-`` or ``/``."""
    for piece in PIECE.finditer(text):
        what = piece.lastgroup
        is_open = what in CLOSINGS and piece[what] not in CLOSINGS[what]
        if is_open or (piece.end() == len(text) and piece.group().startswith("--")):
            start = piece.start()
            return Place(text[:start], text[start], text[start + 1 :])
    match = FRAGMENT.search(text)
    start = len(text) if match is None else match.start()
    return Place(text[:start], "", text[start:])


@lru_cache(256)
def missing_at_end(text: str) -> tuple[str, ...] | None:
    """Returns what the parser misses behind a text, or None when it stumbles before its end."""
    try:
        parse(f"{text} ")
    except StatementError as error:
        if error.position is None or error.position.length:
            return None
        return error.expected
    return ()


def fits(base: str, word: str) -> bool:
    """Whether the parser gets past a word behind a text."""
    return missing_at_end(f"{base} {word}") is not None


def words_after(base: str, fragment: str) -> list[str]:
    """Returns the keywords that may follow a text and begin with a fragment, in its case."""
    missing = missing_at_end(base)
    if missing is None:
        return []
    named = [word for word in missing if word.isupper()]
    tried = [word for word in named or WORDS if word.startswith(fragment.upper())]
    if not named:
        if len(base) * len(tried) > PROBED_CHARACTERS_MAX:
            return []
        tried = [word for word in tried if fits(base, word)]
    found = [PHRASES.get(word, word) for word in tried]
    return [word.lower() for word in found] if fragment.islower() else found


class Named(NamedTuple):
    """What kind of name may stand at a place, and the table it belongs to if that is known.

    ``kind`` is ``table``, ``index``, ``attribute``, ``string`` for an attribute in single
    quotes, ``member`` for a part of the map at a path, or "" when no name may stand there.
    """

    kind: str
    table: str | None = None
    functions: tuple[str, ...] = ()
    path: tuple[str | int, ...] = ()


def named_after(base: str, behind: str) -> Named:
    """Returns what may be named behind a text; ``behind`` is what follows that place."""
    missing = missing_at_end(base)
    if missing is None:
        return Named("")
    read = lexemes(f"{base} ")[:-1]
    kinds = [one.kind for one in read]
    if kinds[-1:] and kinds[-1] in BEFORE_TABLES:
        return Named("table")
    if kinds[-1:] == ["."]:
        is_source = len(kinds) > 2 and kinds[-3] in BEFORE_TABLES  # noqa: PLR2004 - FROM t .
        if is_source:
            return Named("index", read[-2].value)
    table = table_in(read) or table_in(lexemes_of(f"{base} {ANY_NAME} {behind}"))
    if kinds[-1:] == ["."]:
        return Named("member", table, path=path_at_end(read[:-1]))
    if "string" in missing:
        return Named("string", table)
    if not ({"name", "value"} & set(missing) and fits(base, ANY_NAME)):
        return Named("")
    clause = next((kind for kind in reversed(kinds) if kind in CLAUSES), "")
    return Named("attribute", table, FUNCTIONS.get(clause, ()) if "value" in missing else ())


CLAUSES: Final = frozenset({"ORDER", "RETURNING", "SELECT", "SET", "WHERE"})


def lexemes_of(text: str) -> list[Lexeme]:
    """Returns a text's lexemes, or none when it has a fault."""
    try:
        return lexemes(text)
    except StatementError:
        return []


def path_at_end(read: list[Lexeme]) -> tuple[str | int, ...]:
    """Returns the path that a text ends with, or nothing when it ends with something else."""
    steps: list[str | int] = []
    rest = read
    while rest:
        match [one.kind for one in rest[-3:]]:
            case ["[", "number", "]"]:
                steps.append(int(rest[-2].value) if rest[-2].value.isdecimal() else 0)
                rest = rest[:-3]
                continue
            case [*_, kind] if kind in NAME_KINDS:
                steps.append(rest[-1].value)
        if [one.kind for one in rest[-2:-1]] != ["."]:
            break
        rest = rest[:-2]
    return tuple(reversed(steps))


def table_in(read: list[Lexeme]) -> str | None:
    """Returns the name of the table that a statement is about, or None as long as it has none."""
    for before, after in pairwise(read):
        if before.kind in BEFORE_TABLES and after.kind in NAME_KINDS:
            return after.value
    return None

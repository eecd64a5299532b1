"""What to do about a statement that failed or found nothing, from what is in the file.

DynamoDB says what is wrong; it does not say which table was meant, or what a key is made of.
Advice is a sentence of ours below its message. It is taken from PartiQL's own lexemes and the
file's names, never from a grammar of its own, and it is for people: a script gets none.
"""

from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from itertools import pairwise
from typing import Final

from ddblite.partiql.explanations.printing import shown_name
from ddblite.partiql.syntax.faults import Position, StatementError
from ddblite.partiql.syntax.grammar import STATEMENTS
from ddblite.partiql.syntax.reader import NAME_KINDS
from ddblite.partiql.syntax.tokens import Lexeme
from ddblite.partiql.syntax.words import RESERVED
from ddblite.schema.errors import DdbError, ResourceNotFoundException
from ddblite.workbench.expectations import BEFORE_TABLES, lexemes_of, table_in
from ddblite.workbench.name_cache import Names
from ddblite.workbench.safe_text import escaped

NO_INDEX: Final = "The table does not have the specified index"
KEYWORDS: Final = (*STATEMENTS, "FROM", "INTO", "ORDER", "REMOVE", "RETURNING", "VALUE", "WHERE")
"""What a word may have been meant to be when the grammar does not say."""

MISSING_KEY: Final = "Missing the key"


def on_error(error: DdbError, statement: str, names: Names) -> list[str]:
    """Returns what to say below an error that has no hint of its own."""
    read = lexemes_of(statement)
    table = table_in(read)
    if table is not None and error.message == NO_INDEX:
        return [*without_index(table, read, names)]
    if isinstance(error, StatementError) and error.position is not None:
        # What is about a part of a plan is not the grammar's: no other word was meant there.
        return [] if error.about else [*at_fault(error, error.position, statement, read)]
    if table is None:
        return []
    if isinstance(error, ResourceNotFoundException):
        return [f"There is no table {shown(table)}{instead(table, names.tables())}"]
    spec = names.spec(table)
    if spec is None:
        return []
    keys = [shown(name) for name in spec.key_names]
    if MISSING_KEY in error.message:
        return [f"Every item of {shown(table)} has {' and '.join(keys)}"]
    return []


def at_fault(
    error: StatementError, position: Position, statement: str, read: Sequence[Lexeme]
) -> Iterator[str]:
    """Gives what to say about the word that a grammar's complaint is about."""
    for lexeme in read:
        if lexeme.span.position(statement)[:2] != position[:2]:
            continue
        written = escaped(statement[lexeme.span.start : lexeme.span.end])
        words = [word for word in error.expected if word.isupper()]
        # Where a name belongs, a reserved word was meant as one; the message says to quote it.
        is_named = "name" in error.expected and written.upper() in RESERVED
        expected = words or (() if is_named else KEYWORDS)
        is_word = lexeme.kind not in {"string", "quoted", "number"}
        near = get_close_matches(written.upper(), expected, n=1) if is_word else []
        if near and near[0] != written.upper():
            yield f"Did you mean {near[0]}?"
        elif lexeme.kind == "quoted":
            yield f"{written} is a name; a string stands in single quotes"


def without_index(table: str, read: Sequence[Lexeme], names: Names) -> Iterator[str]:
    """Gives what to say about an index that a table does not have."""
    for before, after in pairwise(read):
        if before.kind == "." and after.kind in NAME_KINDS:
            yield f"{shown(table)} has no index {shown(after.value)}" + instead(
                after.value, names.indexes(table)
            )
            return


def on_nothing(statement: str, names: Names) -> Iterator[str]:
    """Gives what may be why a statement found nothing: a name that no item seems to have."""
    read = lexemes_of(statement)
    table = table_in(read)
    if table is None or names.spec(table) is None:
        return
    known = names.attributes(table)
    for lexeme in roots(read):
        name = lexeme.value
        if name in known:
            continue
        near = get_close_matches(name, known, n=1)
        if near:
            yield (f"No item looked at has {shown(name)}; did you mean {shown(near[0])}?")
        elif lexeme.kind == "quoted":
            yield (
                f"{shown(name)} names an attribute, which no item looked at has; "
                "a string takes single quotes"
            )


def roots(read: Sequence[Lexeme]) -> Iterator[Lexeme]:
    """Gives the names that are the first steps of paths: no tables, functions or members."""
    for at, lexeme in enumerate(read):
        earlier = read[at - 1].kind if at else ""
        is_first = earlier not in {".", *BEFORE_TABLES}
        is_called = [one.kind for one in read[at + 1 : at + 2]] == ["("]
        if lexeme.kind in NAME_KINDS and is_first and not is_called:
            yield lexeme


def shown(name: str) -> str:
    """Returns a name as it is written in a statement."""
    return escaped(shown_name(name))


def instead(name: str, known: Sequence[str]) -> str:
    """Returns the end of a sentence about a name that is not there."""
    near = get_close_matches(name, known, n=1)
    if near:
        return f"; did you mean {shown(near[0])}?"
    few = ", ".join(map(shown, known[:NAMED_MAX]))
    return f"; there {'is' if len(known) == 1 else 'are'} {few}" if few else "; there is none"


NAMED_MAX: Final = 5

"""Colours for what is being typed, from PartiQL's own tokenizer.

Strings, quoted names and comments are found as the tokenizer's guard finds them, so that one
that is still open has its colour already; what is between them is lexed as it is when the
statement runs. What is no lexeme at all has no colour.
"""

import re
from collections.abc import Callable, Iterator
from typing import Final

from prompt_toolkit.document import Document
from prompt_toolkit.formatted_text import StyleAndTextTuples
from prompt_toolkit.formatted_text.utils import split_lines
from prompt_toolkit.lexers import Lexer

from ddblite.partiql.syntax.faults import StatementError
from ddblite.partiql.syntax.tokens import PIECE, lexemes
from ddblite.partiql.syntax.words import LITERAL_WORDS, RESERVED
from ddblite.shell.commands import COMMANDS
from ddblite.shell.conversation.statements import is_command

COLOURED_CHARACTERS_MAX: Final = 10_000
"""More than a statement may have; what was pasted beyond that should not wait for colours."""

CHUNK: Final = re.compile(r"\s+|\S+")

Fragment = tuple[str, str]
"""A style and the text that has it."""

PLAIN: Final = ""
BY_OPENING: Final = {"'": "class:statement.string", '"': "class:statement.name", "`": PLAIN}
COMMENT: Final = "class:statement.comment"
COMMAND: Final = "class:statement.command"
WORD: Final = "class:statement.word"
CONSTANT: Final = "class:statement.constant"
FUNCTION: Final = "class:statement.function"
NUMBER: Final = "class:statement.number"


class StatementLexer(Lexer):
    """What prompt_toolkit asks for the styles of an input."""

    def lex_document(self, document: Document) -> Callable[[int], StyleAndTextTuples]:
        """Returns a function that gives the styled text of a line."""
        styled: StyleAndTextTuples = [*fragments(document.text)]
        lines = list(split_lines(styled))
        return lambda number: lines[number] if number < len(lines) else []


def fragments(text: str) -> Iterator[Fragment]:
    """Gives all of an input in pieces, each with its style."""
    if len(text) > COLOURED_CHARACTERS_MAX:
        yield PLAIN, text
        return
    if is_command(text):
        line, end, text = text.partition("\n")
        yield from command_fragments(line)
        yield PLAIN, end
    yield from statement_fragments(text)


def command_fragments(line: str) -> Iterator[Fragment]:
    """Gives a dot-command: its name and, where that is a statement, its argument in colours."""
    name, space, rest = line.partition(" ")
    command = COMMANDS.get(name)
    yield PLAIN if command is None else COMMAND, name
    yield PLAIN, space
    if command is not None and command.takes_text:
        yield from statement_fragments(rest)
    else:
        yield PLAIN, rest


def statement_fragments(text: str) -> Iterator[Fragment]:
    """Gives statements, which need not be whole."""
    place = 0
    for piece in PIECE.finditer(text):
        if piece.lastgroup in {"open", "close"}:
            continue
        yield from word_fragments(text[place : piece.start()])
        written = piece.group()
        yield BY_OPENING.get(written[0], COMMENT), written
        place = piece.end()
    yield from word_fragments(text[place:])


def word_fragments(text: str) -> Iterator[Fragment]:
    """Gives what has no quotes and no comments in it; around what is no lexeme, word by word."""
    if not text or text.isspace():
        yield PLAIN, text
        return
    try:
        found = lexemes(text)
    except StatementError:
        chunks = CHUNK.findall(text)
        if len(chunks) == 1:
            yield PLAIN, text
            return
        for chunk in chunks:
            yield from word_fragments(chunk)
        return
    place = 0
    for kind, _, span in found:
        yield PLAIN, text[place : span.start]
        is_called = text.startswith("(", span.end)
        yield style_of(kind, is_called=is_called), text[span.start : span.end]
        place = span.end


def style_of(kind: str, *, is_called: bool) -> str:
    """Returns the style of a lexeme's kind; signs and plain names have none."""
    if kind in LITERAL_WORDS:
        return CONSTANT
    if is_called and kind in RESERVED | {"name"}:
        return WORD if kind in OPERATORS else FUNCTION
    if kind in RESERVED:
        return WORD
    return NUMBER if kind == "number" else PLAIN


OPERATORS: Final = frozenset({"AND", "EXISTS", "IN", "NOT", "OR"})
"""Words that may touch a parenthesis and are no functions all the same."""

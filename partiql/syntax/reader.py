"""A place in a statement: the next lexeme, and what to say when it is the wrong one."""

from collections.abc import Mapping, Sequence
from typing import Final, NoReturn, TypeVar

from sqlglot import exp

from ddblite.partiql.syntax import hints
from ddblite.partiql.syntax.faults import Span, malformed, refused_at
from ddblite.partiql.syntax.tokens import Lexeme, lexemes
from ddblite.partiql.syntax.words import RESERVED

Node = TypeVar("Node", bound=exp.Expression)

SPAN: Final = "span"
"""Where a node's ``meta`` keeps its span; sqlglot leaves ``meta`` out of comparisons."""

NAME_KINDS: Final = frozenset({"name", "quoted"})


class Reader:
    """Walks over the lexemes of one statement. Used once, by one thread."""

    __slots__ = ("ahead", "kind", "lexeme", "parameters", "place", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        self.ahead = lexemes(text)
        self.place = 0
        self.parameters = 0
        self.lexeme = self.ahead[0]
        self.kind = self.lexeme.kind

    def next(self) -> Lexeme:
        """Returns the current lexeme and goes on to the one after it; the end stays the end."""
        lexeme = self.lexeme
        if lexeme.kind != "end":
            self.place += 1
            self.lexeme = self.ahead[self.place]
            self.kind = self.lexeme.kind
        return lexeme

    def peek(self, distance: int = 1) -> str:
        """Returns the kind of the lexeme so many after the current one."""
        return self.ahead[min(self.place + distance, len(self.ahead) - 1)].kind

    def accept(self, kind: str) -> bool:
        """Whether the current lexeme is of this kind; goes on when it is."""
        if self.kind != kind:
            return False
        self.next()
        return True

    def need(self, kind: str) -> Lexeme:
        """Returns the current lexeme and goes on, or raises when it is of another kind."""
        if self.kind != kind:
            self.expected(kind)
        return self.next()

    def number_of_next_parameter(self) -> int:
        """Returns the index of a ``?`` that has just been read, counted from 0."""
        self.parameters += 1
        return self.parameters - 1

    def expected(self, *kinds: str, hint: str = "") -> NoReturn:
        """Raises because one of these had to stand here."""
        complaint = "Unexpected term" if self.kind == "end" or "name" in kinds else UNEXPECTED
        self.malformed(complaint, expected=kinds, hint=hint)

    def malformed(
        self, complaint: str, *, expected: Sequence[str] = (), hint: str = ""
    ) -> NoReturn:
        """Raises a complaint of the grammar about the current lexeme; its word has a hint too."""
        found = hint or self.hint(hints.LEFTOVERS if complaint == UNEXPECTED else hints.TERMS)
        if not found and complaint == "Unexpected term" and self.kind in RESERVED:
            is_forgotten = self.kind in STARTS_OF_CLAUSES
            found = (hints.forgotten if is_forgotten else hints.quoted)(self.lexeme.value)
        raise malformed(self.text, self.lexeme.span, complaint, expected=expected, hint=found)

    def hint(self, known: Mapping[str, str]) -> str:
        """Returns what there is to say about the word or sign that stands here, or nothing."""
        return known.get(self.kind) or known.get(self.lexeme.value.upper(), "")

    def before(self) -> str:
        """Returns the kind of the lexeme before the current one, or "" at the beginning."""
        return self.ahead[self.place - 1].kind if self.place else ""

    def refused_at(self, lexeme: Lexeme, message: str, *, hint: str = "") -> NoReturn:
        """Raises a message that ends with a lexeme's position."""
        raise refused_at(self.text, lexeme.span, message, hint=hint)

    def since(self, start: int) -> Span:
        """Returns the span from an offset to the end of the lexeme read last."""
        return Span(start, self.ahead[self.place - 1].span.end)


UNEXPECTED: Final = "Unexpected token after expression"

STARTS_OF_CLAUSES: Final = frozenset(
    """
    AND AS BETWEEN BY FROM IN INTO IS NOT OR ORDER REMOVE RETURNING SELECT SET VALUE WHERE
    """.split()  # noqa: SIM905 - as in words.py
)
"""Keywords of the grammar: where one stands instead of a name, the name was forgotten."""


def marked(node: Node, span: Span) -> Node:
    """Returns the node, with its place in the text noted."""
    node.meta[SPAN] = span
    return node


def span_of(node: exp.Expression) -> Span:
    """Returns where a node stands in the text."""
    span = node.meta[SPAN]
    assert isinstance(span, Span), "every node that can be complained about is marked"
    return span

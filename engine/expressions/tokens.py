"""Expression text as tokens, and the text of syntax errors.

Tokens are names, ``#aliases``, ``:values``, digits, the symbols ``<> <= >=`` and every other
character on its own; white space separates and means nothing. A character that no grammar
knows, such as a leading ``_``, is a token too: it fails where it stands, so that an error
names the first place at which the text stops making sense.

``near`` in an error is the text from the token before the bad one to the token after it, as
written. Behind the last token stands ``<EOF>``; white space at either end of the text is near
when nothing but that is there. So a text of white space alone is a syntax error, and only a text
without a character is empty.
"""

import re
from typing import Final, NamedTuple

from ddblite.engine.expressions.faults import invalid
from ddblite.schema.errors import ValidationException
from ddblite.schema.limits import EXPRESSION_BYTES_MAX

TOKEN: Final = re.compile(
    r"""
      (?P<name>   [A-Za-z][A-Za-z0-9_]* )
    | (?P<alias>  \#[A-Za-z0-9_]+ )
    | (?P<value>  :[A-Za-z0-9_]+ )
    | (?P<digits> 0 | [1-9][0-9]* )
    | (?P<space>  [ \t\r\n]+ )
    | (?P<symbol> <> | <= | >= | . )
    """,
    re.VERBOSE | re.DOTALL,
)

KEYWORDS: Final = frozenset({"AND", "OR", "NOT", "IN", "BETWEEN", "SET", "REMOVE", "ADD", "DELETE"})
"""Words that are never names, in whichever kind of expression they stand."""

UNSIZED: Final = frozenset({"UpdateExpression", "ProjectionExpression"})
"""Expressions whose error for being too long never tells how long they are."""


class Token(NamedTuple):
    """A piece of the text. ``kind`` is a group of ``TOKEN``, or ``end`` behind the last one."""

    kind: str
    text: str
    start: int
    end: int


def tokenize(text: str) -> list[Token]:
    """Returns the tokens of a text, with one of kind ``end`` behind them."""
    tokens = [
        Token(str(match.lastgroup), match.group(), match.start(), match.end())
        for match in TOKEN.finditer(text)
        if match.lastgroup != "space"
    ]
    return [*tokens, Token("end", "<EOF>", len(text), len(text))]


class Reader:
    """A cursor over the tokens of one expression; the grammars are built on it."""

    def __init__(self, which: str, text: str) -> None:
        size = len(text.encode("utf-8", "surrogatepass"))
        if size > EXPRESSION_BYTES_MAX:
            told = "Expression size has exceeded the maximum allowed size;"
            sized = None if which in UNSIZED else f"{told} expression size: {size}"
            raise invalid(which, told, older=sized)
        if not text:
            raise invalid(which, "The expression can not be empty;")
        self.which = which
        self.text = text
        self.tokens = tokenize(text)
        self.position = 0
        if self.token.kind == "end":
            raise self.syntax_error()

    @property
    def token(self) -> Token:
        """The token that is to be read next."""
        return self.tokens[self.position]

    def take(self) -> Token:
        """Returns the next token and moves behind it."""
        token = self.tokens[self.position]
        self.position += 1
        return token

    def at_symbol(self, symbol: str) -> bool:
        """Whether the next token is this symbol."""
        token = self.token
        return token.kind == "symbol" and token.text == symbol

    def take_symbol(self, symbol: str) -> bool:
        """Moves behind a symbol and returns True, or stays and returns False."""
        found = self.at_symbol(symbol)
        self.position += found
        return found

    def expect_symbol(self, symbol: str) -> None:
        """Moves behind a symbol, or raises the syntax error for whatever stands there."""
        if not self.take_symbol(symbol):
            raise self.syntax_error()

    def at_keyword(self) -> str:
        """Returns the next token as an upper-case keyword, or nothing when it is none."""
        token = self.token
        keyword = token.text.upper()
        return keyword if token.kind == "name" and keyword in KEYWORDS else ""

    def take_keyword(self, keyword: str) -> bool:
        """Moves behind a keyword and returns True, or stays and returns False."""
        found = self.at_keyword() == keyword
        self.position += found
        return found

    def at_call(self) -> bool:
        """Whether the next two tokens begin a function call."""
        if self.token.kind != "name" or self.at_keyword():
            return False
        following = self.tokens[self.position + 1]
        return following.kind == "symbol" and following.text == "("

    def syntax_error(self) -> ValidationException:
        """Returns the error that says the next token cannot stand here."""
        first = self.tokens[self.position - 1].start if self.position else 0
        last = self.tokens[min(self.position + 1, len(self.tokens) - 1)].end
        near = self.text[first:last]
        return invalid(self.which, f'Syntax error; token: "{self.token.text}", near: "{near}"')

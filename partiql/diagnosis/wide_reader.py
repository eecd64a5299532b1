"""The service's own reader: what it says of a text that is no statement.

It reads far more than DynamoDB has (joins, CASE, LIKE), by precedence climbing over tokens, and
complains of the first token that does not fit. The grammar that statements are carried out by
only says yes; a text that it refuses is read again here, for the complaint. What comes out of a
text that the service reads and then refuses is a tree for ``unsupported`` to look at.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, NoReturn

from ddblite.partiql.diagnosis.wide_tokens import Token, wide_tokens
from ddblite.partiql.syntax.faults import malformed
from ddblite.partiql.syntax.tokens import lexemes

PRECEDENCE: Final = {
    **dict.fromkeys(("union", "union_all", "except", "except_all"), 5),
    **dict.fromkeys(("intersect", "intersect_all"), 5),
    "or": 10,
    "and": 20,
    "not": 30,
    **dict.fromkeys(("=", "<>", "is", "is_not", "in", "not_in"), 40),
    **dict.fromkeys(("<", "<=", ">", ">="), 50),
    **dict.fromkeys(("between", "not_between", "like", "not_like"), 50),
    **dict.fromkeys(("+", "-", "||"), 60),
    **dict.fromkeys(("*", "/", "%"), 70),
}
"""How strongly an operator binds. Whatever stands in a clause binds more than UNION does."""

INFIX: Final = {word: strength for word, strength in PRECEDENCE.items() if word != "not"}
CLAUSE: Final = 6
ANYTHING: Final = -1

TYPES: Final = {
    "missing": "MissingType",
    "null": "NullType",
    "boolean": "BooleanType",
    "smallint": "SmallintType",
    "integer4": "Integer4Type",
    "integer8": "Integer8Type",
    "integer": "IntegerType",
    "float": "FloatType",
    "real": "RealType",
    "double_precision": "DoublePrecisionType",
    "decimal": "DecimalType",
    "numeric": "NumericType",
    "timestamp": "TimestampType",
    "date": "DateType",
    "time": "TimeType",
    "character": "CharacterType",
    "character_varying": "CharacterVaryingType",
    "string": "StringType",
    "symbol": "SymbolType",
    "clob": "ClobType",
    "blob": "BlobType",
    "struct": "StructType",
    "tuple": "TupleType",
    "list": "ListType",
    "sexp": "SexpType",
    "bag": "BagType",
    "any": "AnyType",
}
"""What may follow IS, and what the service calls it."""

FUNCTION_KEYWORDS: Final = frozenset(
    """
    exists count avg max min sum char_length character_length octet_length bit_length upper lower
    size sexp list bag
    """.split()  # noqa: SIM905 - as in words.py
)
AGGREGATES: Final = frozenset({"count", "avg", "max", "min", "sum"})
NAMES_OF_BRACKETS: Final = {
    ")": "RIGHT_PAREN",
    "]": "RIGHT_BRACKET",
    "}": "RIGHT_CURLY",
    ">>": "RIGHT_DOUBLE_ANGLE_BRACKET",
    ":": "COLON",
    ",": "COMMA",
    "(": "LEFT_PAREN",
    "by": "BY",
    "as": "AS",
}


@dataclass(frozen=True, slots=True)
class Node:
    """What was read: its kind, the token that it is known by, and its parts in their order."""

    kind: str
    token: Token
    parts: tuple["Node", ...] = ()


class WideReader:
    """Walks over the tokens of one text. ``keywords`` read the terms that begin with one."""

    __slots__ = ("keywords", "place", "text", "tokens")

    def __init__(self, text: str, keywords: Mapping[str, Callable[["WideReader"], Node]]) -> None:
        self.text = text
        self.keywords = keywords
        self.tokens = wide_tokens(lexemes(text))
        self.place = 0

    # tokens

    @property
    def head(self) -> Token:
        """The token that is next; behind the end there is another end."""
        return self.tokens[min(self.place, len(self.tokens) - 1)]

    def ahead(self) -> Token:
        """Returns the token after the next."""
        return self.tokens[min(self.place + 1, len(self.tokens) - 1)]

    def next(self) -> Token:
        """Returns the next token and goes on."""
        token = self.head
        self.place += 1
        return token

    def accept(self, word: str) -> bool:
        """Whether the next token is this word or sign; goes on when it is."""
        if word not in {self.head.word, self.head.kind}:
            return False
        self.next()
        return True

    def need(self, kind: str) -> Token:
        """Returns the next token, which has to be of this kind, and goes on."""
        if self.head.kind != kind:
            self.complain(f"Expected {NAMES_OF_BRACKETS[kind]}")
        return self.next()

    def need_keyword(self, word: str) -> None:
        """Goes on over a keyword, which has to stand here."""
        if self.head.word != word:
            self.complain(f"Expected {word.upper()} keyword")
        self.next()

    def complain(self, complaint: str, token: Token | None = None) -> NoReturn:
        """Raises a complaint about the next token, or about another."""
        raise malformed(self.text, (token or self.head).span, complaint)

    @property
    def is_at_end(self) -> bool:
        """Whether nothing follows but perhaps one semicolon."""
        rest = [token.kind for token in self.tokens[self.place :]]
        return rest in (["end"], [";", "end"])

    def whole(self) -> Node:
        """Returns what a text says, or raises the first complaint about it."""
        node = self.expression()
        if not self.is_at_end:
            if self.accept(";"):
                self.complain("Unexpected token after semicolon. (Only one query is allowed.)")
            self.complain("Unexpected token after expression")
        return node

    # expressions

    def expression(self, above: int = ANYTHING) -> Node:
        """Reads a term and all operators behind it that bind more than ``above``."""
        left = self.unary()
        while above < INFIX.get(self.head.word, ANYTHING):
            left = self.infix(left, self.next())
        return left

    def infix(self, left: Node, operator: Token) -> Node:
        """Reads what stands behind an infix operator."""
        word = operator.word
        if word in {"is", "is_not"}:
            return Node("is", operator, (left, self.type_name()))
        if word in {"in", "not_in"} and self.head.kind == "(" and not self.has_rows():
            opening = self.next()
            return Node("operation", operator, (left, self.list_of("list", opening, ")")))
        right = self.right_side(operator)
        if word in {"between", "not_between"}:
            return Node("operation", operator, (left, right, self.upper_bound(operator)))
        if word in {"like", "not_like"} and self.head.word == "escape":
            escape = self.next()
            if self.is_at_end:
                self.complain("Expected expression after ESCAPE", escape)
            return Node("operation", operator, (left, right, self.expression(PRECEDENCE[word])))
        if word in {"and", "or"} and left.kind == "operation" and left.token.word == word:
            # Flat, as chains of these are long and whoever walks the tree recurses.
            return Node("operation", left.token, (*left.parts, right))
        return Node("operation", operator, (left, right))

    def has_rows(self) -> bool:
        """Whether rows are selected or written out in the parenthesis that is next."""
        return self.ahead().word in {"select", "values"}

    def right_side(self, operator: Token) -> Node:
        """Reads the right-hand side; the end alone is none."""
        if self.head.kind == "end":
            self.complain("Missing right-hand side expression of infix operator", operator)
        return self.expression(PRECEDENCE[operator.word])

    def upper_bound(self, operator: Token) -> Node:
        """Reads AND and the bound behind it."""
        joint = self.head
        self.need_keyword("and")
        if self.is_at_end:
            self.complain("Expected expression after AND", joint)
        return self.expression(PRECEDENCE[operator.word])

    def unary(self) -> Node:
        """Reads signs and NOT, and a term; the signs of a number are part of it."""
        operator = self.head
        if operator.word not in {"+", "-", "not"}:
            return self.path()
        self.next()
        if operator.word == "not":
            return Node("operation", operator, (self.expression(PRECEDENCE["not"]),))
        term = self.unary()
        if term.kind != "literal" or term.token.kind != "number":
            return Node("operation", operator, (term,))
        sign = "-" if operator.word == "-" and not term.token.value.startswith("-") else ""
        token = term.token
        return Node("literal", token._replace(value=sign + token.value.removeprefix("-")))

    def path(self, *, simple: bool = False) -> Node:
        """Reads a term and the steps behind it; a simple path begins with a name."""
        if simple and self.head.kind != "name":
            self.complain("Expected identifier for simple path")
        term = Node("name", self.next()) if simple else self.term()
        steps = [term]
        while self.head.kind in {".", "["}:
            steps.append(self.dotted(simple) if self.next().kind == "." else self.indexed(simple))
        return term if len(steps) == 1 else Node("path", term.token, tuple(steps))

    def dotted(self, simple: bool) -> Node:  # noqa: FBT001
        """Reads the step behind a dot."""
        kind = self.head.kind
        if kind != "name" and (simple or kind != "*"):
            self.complain("Invalid path dot component" + " for simple path" * (kind == "*"))
        return Node("star" if kind == "*" else "name", self.next())

    def indexed(self, simple: bool) -> Node:  # noqa: FBT001
        """Reads the step in brackets."""
        step = Node("star", self.next()) if self.head.kind == "*" else self.expression()
        self.need("]")
        if simple and step.kind not in ATOMS.values():
            self.complain("Invalid path component for simple path")
        return Node("index", step.token, (step,))

    def term(self) -> Node:
        """Reads what is neither an operator nor a step."""
        token = self.head
        if token.kind == "operator":
            return self.scoped()
        if token.kind == "keyword":
            read = self.keywords.get(token.word)
            if read is None:
                return self.called_keyword()
            return read(self)
        if token.kind in BRACKETS:
            return self.bracketed()
        if token.kind == "name" and self.ahead().kind == "(":
            return self.call(self.next())
        if token.kind not in ATOMS:
            self.complain("Unexpected term")
        return Node(ATOMS[token.kind], self.next())

    def scoped(self) -> Node:
        """Reads ``@name``, the one term that begins with an operator."""
        if self.head.word != "@":
            self.complain("Unexpected operator")
        self.next()
        if self.head.kind != "name":
            self.complain("Identifier must follow @-operator", self.tokens[self.place - 1])
        return Node("name", self.next())

    def called_keyword(self) -> Node:
        """Reads the call of a function whose name is a keyword."""
        if self.head.word not in FUNCTION_KEYWORDS or self.ahead().kind != "(":
            self.complain("Unexpected keyword")
        return self.call(self.next())

    def call(self, name: Token) -> Node:
        """Reads the parenthesis behind a function's name."""
        self.need("(")
        function = name.value if name.kind == "name" else name.word
        kind = "call"
        if function in AGGREGATES:
            kind = "aggregate"
            counts_rows = function == "count" and self.head.kind == "*"
            if counts_rows:
                self.next()
                self.need(")")
                return Node(kind, name)
            if self.head.word in {"distinct", "all"}:
                self.next()
            elif self.head.kind == ")":
                self.complain("Aggregate functions are always unary")
        if self.head.kind == "*":
            self.complain(f"{function}(*) is not allowed")
        if self.accept(")"):
            return Node(kind, name)
        found = self.list_of(kind, name, ")")
        if kind == "aggregate" and len(found.parts) != 1 and function != "count":
            self.complain("Aggregate functions are always unary")
        return found

    def bracketed(self) -> Node:
        """Reads a group, list, bag or tuple."""
        opening = self.next()
        kind, closing = BRACKETS[opening.kind]
        if kind != "group" and self.accept(closing):
            return Node(kind, opening)
        if kind == "struct":
            members = self.separated(self.member)
            self.need(closing)
            return Node(kind, opening, members)
        found = self.list_of(kind, opening, closing)
        if kind != "group":
            return found
        return found.parts[0] if len(found.parts) == 1 else Node("list", opening, found.parts)

    def member(self) -> Node:
        """Reads one member of a tuple."""
        name = self.expression()
        self.need(":")
        return Node("member", name.token, (name, self.expression()))

    def list_of(self, kind: str, token: Token, closing: str) -> Node:
        """Reads expressions between commas, and what closes them."""
        found = self.separated(self.expression)
        self.need(closing)
        return Node(kind, token, found)

    def separated(self, read: Callable[[], Node]) -> tuple[Node, ...]:
        """Reads what stands between commas: one at least."""
        found = [read()]
        while self.accept(","):
            found.append(read())
        return tuple(found)

    def type_name(self) -> Node:
        """Reads a type, with its parameters."""
        token = self.head
        if token.word not in TYPES:
            self.complain("Expected type name")
        self.next()
        if self.head.kind != "(":
            return Node("type", token)
        opening = self.next()
        return Node("type", token, self.list_of("list", opening, ")").parts)


ATOMS: Final = {
    "name": "name",
    **dict.fromkeys(("string", "number", "boolean", "null", "ion"), "literal"),
    "missing": "missing",
    "?": "parameter",
}
"""The tokens that are terms by themselves, and the kind of their node."""

BRACKETS: Final = {
    "(": ("group", ")"),
    "[": ("list", "]"),
    "<<": ("bag", ">>"),
    "{": ("struct", "}"),
}

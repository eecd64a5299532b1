"""What all grammars share: paths, values, function calls and brackets.

No rule calls itself: brackets and calls are kept on a list, so that 4,096 of them are a long
loop and not a deep stack.

Syntax errors are raised where they are met. Other faults of the text are noted in ``faults``,
first of each kind, because the whole text must be read before the most important one is known.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, assert_never

from ddblite.engine.expressions.faults import invalid
from ddblite.engine.expressions.functions import FUNCTIONS
from ddblite.engine.expressions.tokens import Reader
from ddblite.engine.expressions.tree import (
    Call,
    IfNotExists,
    ListAppend,
    Operand,
    Path,
    Size,
    Truth,
    ValueRef,
)
from ddblite.schema.limits import EXPRESSION_OPERATORS_MAX, EXPRESSION_PATH_DEPTH_MAX
from ddblite.schema.reserved_words import RESERVED_WORDS

LIST_INDEX_MAX: Final = 2**31 - 1


@dataclass(slots=True)
class Bracket:
    """An open bracket: of a function call, or of nothing but itself."""

    function: str = ""
    arguments: list[Operand] = field(default_factory=list)


def function_of(operand: Operand) -> str:
    """Returns the function that an operand is made by, or nothing for paths and values."""
    match operand:
        case Path() | ValueRef():
            return ""
        case Size():
            return "size"
        case IfNotExists():
            return "if_not_exists"
        case ListAppend():
            return "list_append"
        case Call():
            return operand.function
        case Truth():
            return operand.call.function
        case _:
            assert_never(operand)


def shaped(function: str, arguments: tuple[Operand, ...]) -> Operand:
    """Returns the node of a call; a ``Call`` also when the arguments do not fit."""
    match function, arguments:
        case "size", (Path() | ValueRef() as operand,):
            return Size(operand)
        case "if_not_exists", (Path() as path, default):
            return IfNotExists(path, default)
        case "list_append", (first, second):
            return ListAppend(first, second)
        case _:
            return Call(function, arguments)


class Parser(Reader):
    """Reads paths and operands. A grammar says which functions may stand in which."""

    def __init__(self, which: str, text: str, names: Mapping[str, str]) -> None:
        super().__init__(which, text)
        self.names = names
        self.uses: list[str] = []
        self.operators = 0
        self.faults: dict[str, str] = {}

    def note(self, kind: str, text: str) -> None:
        """Keeps the first fault of each kind."""
        self.faults.setdefault(kind, text)

    def raise_faults(self, *priority: str) -> None:
        """Raises the most important of the noted faults, if there are any.

        Too many operators come before all of them but an unknown function.
        """
        if "unknown" not in self.faults and self.operators > EXPRESSION_OPERATORS_MAX:
            raise invalid(
                self.which,
                "The expression contains too many operators; "
                f"operator count: {EXPRESSION_OPERATORS_MAX + 1}",
            )
        for kind in priority:
            if kind in self.faults:
                raise invalid(self.which, self.faults[kind])

    def redundant(self) -> None:
        """Notes brackets right around brackets."""
        self.note("brackets", "The expression has redundant parentheses;")

    def misused(self, function: str) -> None:
        """Notes a function that exists, but not here."""
        self.note(
            "misused",
            "The function is not allowed to be used this way in an expression; "
            f"function: {function}",
        )

    def check_place(self, function: str, arguments: tuple[Operand, ...]) -> None:
        """Notes a function that may not stand here or have such arguments; per grammar."""
        raise NotImplementedError

    def step(self) -> str:
        """Reads one name of a path."""
        token = self.token
        if token.kind == "alias":
            self.uses.append(token.text)
            self.position += 1
            return self.names.get(token.text, token.text)
        if token.kind != "name" or self.at_keyword():
            raise self.syntax_error()
        self.position += 1
        if token.text.upper() in RESERVED_WORDS:
            self.note(
                "reserved",
                f"Attribute name is a reserved keyword; reserved keyword: {token.text}",
            )
        return token.text

    def index(self) -> int:
        """Reads a list index, its opening bracket being read already."""
        if self.token.kind != "digits":
            raise self.syntax_error()
        number = int(self.take().text)
        self.expect_symbol("]")
        if number > LIST_INDEX_MAX:
            self.note("path", f"List index is not within the allowable range; index: [{number}]")
        return number

    def path(self) -> Path:
        """Reads a document path."""
        steps: list[str | int] = [self.step()]
        while True:
            if self.take_symbol("."):
                steps.append(self.step())
            elif self.take_symbol("["):
                steps.append(self.index())
            else:
                break
        if len(steps) > EXPRESSION_PATH_DEPTH_MAX:
            self.note(
                "path",
                f"The document path has too many nesting levels; nesting levels: {len(steps)}",
            )
        return Path(tuple(steps))

    def value(self) -> ValueRef:
        """Reads the placeholder of a value."""
        if self.token.kind != "value":
            raise self.syntax_error()
        reference = self.take().text
        self.uses.append(reference)
        return ValueRef(reference)

    def simple(self) -> Operand:
        """Reads a value or a path."""
        return self.value() if self.token.kind == "value" else self.path()

    def operand(self) -> Operand:
        """Reads an operand with all its calls and brackets."""
        brackets: list[Bracket] = []
        while True:
            if self.take_symbol("("):
                brackets.append(Bracket())
                continue
            if self.at_call():
                brackets.append(self.opened_call())
                continue
            operand = self.close_brackets(brackets, self.simple())
            if operand is not None:
                return operand

    def opened_call(self) -> Bracket:
        """Reads the beginning of a call."""
        function = self.take().text
        self.expect_symbol("(")
        if function not in FUNCTIONS:
            self.note("unknown", f"Invalid function name; function: {function}")
        return Bracket(function)

    def close_brackets(self, brackets: list[Bracket], operand: Operand) -> Operand | None:
        """Reads closing brackets behind an operand; None when a comma asks for another."""
        enclosed = False
        while brackets:
            bracket = brackets[-1]
            if bracket.function:
                bracket.arguments.append(operand)
                if self.take_symbol(","):
                    return None
            elif enclosed:
                self.redundant()
            self.expect_symbol(")")
            brackets.pop()
            enclosed = not bracket.function
            if bracket.function:
                operand = self.call(bracket)
        return operand

    def call(self, bracket: Bracket) -> Operand:
        """Returns the node of a call whose arguments are complete."""
        self.operators += 1
        function, arguments = bracket.function, tuple(bracket.arguments)
        if function in FUNCTIONS:
            self.check_place(function, arguments)
        return shaped(function, arguments)

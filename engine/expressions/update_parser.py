"""The grammar of updates.

update  := section+                      each section at most once, in any order
section := SET path = value, ...         value := ( value ) | operand [ + operand | - operand ]
         | REMOVE path, ...              operand := path | :value | ( operand )
         | ADD path :value, ...                   | if_not_exists ( path , operand )
         | DELETE path :value, ...                | list_append ( operand , operand )
"""

from collections.abc import Callable, Mapping
from typing import Final

from ddblite.engine.expressions.functions import UPDATE_FUNCTIONS
from ddblite.engine.expressions.parser import Parser, function_of
from ddblite.engine.expressions.tree import (
    Action,
    Add,
    Delete,
    Minus,
    Operand,
    Plus,
    Remove,
    Set,
    SetValue,
)

SECTIONS: Final = frozenset({"SET", "REMOVE", "ADD", "DELETE"})


class UpdateParser(Parser):
    """Reads one update."""

    def __init__(self, text: str, names: Mapping[str, str]) -> None:
        super().__init__("UpdateExpression", text, names)

    def parse(self) -> tuple[Action, ...]:
        """Returns the actions in the order of the text, or raises its most important fault."""
        readers: Mapping[str, Callable[[], Action]] = {
            "SET": self.assignment,
            "REMOVE": lambda: Remove(self.path()),
            "ADD": lambda: Add(self.path(), self.value()),
            "DELETE": lambda: Delete(self.path(), self.value()),
        }
        actions: list[Action] = []
        seen: set[str] = set()
        while self.token.kind != "end":
            section = self.at_keyword()
            if section not in SECTIONS:
                raise self.syntax_error()
            self.position += 1
            if section in seen:
                self.note(
                    "section",
                    f'The "{section}" section can only be used once in an update expression;',
                )
            seen.add(section)
            actions.append(readers[section]())
            while self.take_symbol(","):
                actions.append(readers[section]())
        self.raise_faults("brackets", "reserved", "unknown", "misused", "section", "path")
        return tuple(actions)

    def assignment(self) -> Set:
        """Reads one ``path = value``."""
        path = self.path()
        self.expect_symbol("=")
        return Set(path, self.set_value())

    def set_value(self) -> SetValue:
        """Reads the right-hand side of a SET, with the brackets around it or its operands."""
        depth = 0
        while self.take_symbol("("):
            depth += 1
        value: SetValue = self.operand()
        enclosed = False
        while True:
            if depth and self.take_symbol(")"):
                depth -= 1
                if enclosed:
                    self.redundant()
                enclosed = True
            elif not isinstance(value, Plus | Minus) and self.take_symbol("+"):
                value, enclosed = Plus(*self.sides(value)), False
            elif not isinstance(value, Plus | Minus) and self.take_symbol("-"):
                value, enclosed = Minus(*self.sides(value)), False
            elif depth:
                raise self.syntax_error()
            else:
                return value

    def sides(self, left: Operand) -> tuple[Operand, Operand]:
        """Reads what is added or subtracted, and returns both operands."""
        self.operators += 1
        right = self.operand()
        self.refuse_lists((left, right))
        return left, right

    def refuse_lists(self, operands: tuple[Operand, ...]) -> None:
        """Notes a ``list_append`` that is not the whole right-hand side."""
        for function in map(function_of, operands):
            if function == "list_append":
                self.misused(function)

    def check_place(self, function: str, arguments: tuple[Operand, ...]) -> None:
        """Notes a function of conditions, and a ``list_append`` inside another function."""
        if function not in UPDATE_FUNCTIONS:
            self.note(
                "misused",
                f"The function is not allowed in an update expression; function: {function}",
            )
        self.refuse_lists(arguments)

"""What a user gave to ``Table``, as the engine takes it; what cannot be meant is refused.

Conditions made with ``Key`` and ``Attr`` become text with placeholders of their own, keys
become attributes or bare values, and everything else is looked at once for its type.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from ddblite.api.python.conditions import Builder, Described, is_described
from ddblite.api.python.plain_values import (
    elements_of,
    entries_of,
    is_mapping,
    plain,
    plain_key,
    plain_text,
)
from ddblite.schema import requests
from ddblite.schema.errors import ValidationException
from ddblite.schema.reserved_words import RESERVED_WORDS
from ddblite.schema.values import Item, Value

Expression = str | Described
"""An expression in DynamoDB's language, or a ``Key`` or ``Attr`` condition, ours or boto3's."""

COUNT_MAX: Final = 2**31 - 1


def key_of(key: Sequence[Any]) -> requests.Key:
    """Returns a key from its values in key order, or from one dict."""
    values = key if type(key) is tuple else tuple(elements_of(key))
    if len(values) == 1 and is_mapping(values[0]):
        return plain_key(values[0])
    return tuple(
        [value if type(value) is str or type(value) is int else plain(value) for value in values]
    )


def plain_names(names: Mapping[Any, Any]) -> dict[str, str]:
    """Returns the names of a request, or raises UnsupportedType when one is no string."""
    return {
        plain_text("A placeholder", placeholder): plain_text("What a placeholder stands for", name)
        for placeholder, name in entries_of(names)
    }


def check_counts(**counts: int | None) -> None:
    """Raises ValueError when a number of items or segments is none that can be meant."""
    for name, count in counts.items():
        least = 0 if name == "segment" else 1
        is_number = isinstance(count, int) and not isinstance(count, bool)
        if count is not None and not (is_number and least <= count <= COUNT_MAX):
            raise ValueError(f"{name} is a whole number from {least} to {COUNT_MAX}")


def start_of(after: Mapping[str, Any] | None) -> Item | None:
    """Returns the key to resume behind, or None to begin at the beginning."""
    return None if after is None else plain_key(after)


class Placeholders:
    """The names and values of one request: the user's, and those of condition objects.

    ``values_depth`` is the level of nesting at which the values begin.
    """

    __slots__ = ("builder", "names", "values", "values_depth")

    def __init__(
        self,
        names: Mapping[str, str] | None,
        values: Mapping[str, Any] | None,
        values_depth: int = 1,
    ) -> None:
        self.builder: Builder | None = None
        self.values_depth = values_depth
        self.names = None if names is None else plain_names(names)
        self.values: Mapping[str, Value] | None = (
            None
            if values is None
            else {
                plain_text("A placeholder", placeholder): plain(value, values_depth)
                for placeholder, value in entries_of(values)
            }
        )

    def text(self, expression: Expression | None) -> str | None:
        """Returns the text of an expression, adding what a condition object needs."""
        if expression is None or type(expression) is str:
            return expression
        if isinstance(expression, str):
            return plain_text("An expression", expression)
        if not is_described(expression):
            raise ValidationException(
                "A condition is a string, or made with Key or Attr; this is"
                f" {type(expression).__name__}"
            )
        self.builder = self.builder or Builder(self.values_depth)
        text = self.builder.text(expression)
        if self.builder.names:
            self.names = {**(self.names or {}), **self.builder.names}
        if self.builder.values:
            self.values = {**(self.values or {}), **self.builder.values}
        return text

    def projection(self, text: str | None) -> str | None:
        """Returns a projection's text, in which a reserved word is a name like any other."""
        if text is None:
            return None
        return WORD.sub(self.unreserved, plain_text("projection", text))

    def unreserved(self, found: re.Match[str]) -> str:
        """Returns a word of a projection, or a placeholder for it when it is reserved."""
        word = found[0]
        if word.upper() not in RESERVED_WORDS:
            return word
        placeholder = f"#p__{word}"
        self.names = {**(self.names or {}), placeholder: word}
        return placeholder


WORD: Final = re.compile(r"(?<![#:\w])[A-Za-z]\w*", re.ASCII)
"""A bare name; in a projection there is nothing else, so that none needs to be reserved."""

"""Values as they stand in a table: exact, recognizable by type, and on one line.

=========  ============================  ==================================================
string     ``Rush``, ``'42'``            bare, unless it could be taken for something else
number     ``8.3``                       every digit
binary     ``<3 bytes AAEC>``            its length, and base64
set        ``<<1, 2>>``                  as PartiQL writes it
list, map  ``[1, 'a']``, ``{'a': 1}``    as PartiQL writes them
others     ``true``, ``false``, ``null``
=========  ============================  ==================================================

A string that holds characters without a visible form is quoted and shows their codes.
"""

from collections.abc import Callable
from decimal import Decimal
from typing import Any, Final

from ddblite.schema.numbers import NUMERAL, plain_text
from ddblite.schema.values import BinarySet, NumberSet, StringSet, Value
from ddblite.schema.wire import base64_text
from ddblite.workbench.safe_text import escaped

CELL_CHARACTERS_MAX: Final = 1000
"""What is longer ends in ``…``: a table is for reading, the other formats have everything."""

WORDS: Final = frozenset({"true", "false", "null"})
OPENINGS: Final = ("'", "[", "{", "<")


def cell(value: Value) -> str:
    """Returns what a table shows for a value."""
    text = bare(value) if isinstance(value, str) else literal(value)
    return text if len(text) <= CELL_CHARACTERS_MAX else text[: CELL_CHARACTERS_MAX - 1] + "…"


def bare(text: str) -> str:
    """Returns a string without quotes, or with them when it would look like something else."""
    shown = escaped(text)
    is_plain = (
        shown == text
        and bool(text)
        and text == text.strip()
        and not text.startswith(OPENINGS)
        and text.lower() not in WORDS
        and NUMERAL.fullmatch(text) is None
    )
    return shown if is_plain else quoted(text)


def quoted(text: str) -> str:
    """Returns a string as a literal."""
    return f"'{escaped(text).replace(chr(39), chr(39) * 2)}'"


def literal(value: Value) -> str:
    """Returns a value as it is written inside another one."""
    return LITERALS[type(value)](value)


def binary_literal(content: bytes) -> str:
    """Returns the length and the base64 text of bytes; no literal of PartiQL stands for them."""
    unit = "byte" if len(content) == 1 else "bytes"
    return f"<{len(content)} {unit} {base64_text(content)}>"


def set_literal(members: StringSet | NumberSet | BinarySet) -> str:
    """Returns a set, its members in order."""
    return f"<<{', '.join(map(literal, members.members))}>>"


def map_literal(members: dict[str, Value]) -> str:
    """Returns a map."""
    return f"{{{', '.join(f'{quoted(name)}: {literal(one)}' for name, one in members.items())}}}"


LITERALS: Final[dict[type, Callable[[Any], str]]] = {
    str: quoted,
    int: plain_text,
    Decimal: plain_text,
    bytes: binary_literal,
    bool: lambda value: "true" if value else "false",
    type(None): lambda _: "null",
    list: lambda value: f"[{', '.join(map(literal, value))}]",
    dict: map_literal,
    StringSet: set_literal,
    NumberSet: set_literal,
    BinarySet: set_literal,
}

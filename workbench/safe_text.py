"""Text that cannot do anything to a terminal.

A value may hold any character: an escape sequence that clears the screen or renames the
window, a carriage return that hides what came before, a mark that turns the reading
direction. Everything that the shell prints and did not write itself goes through one of the
two functions here, and what has no visible form comes out as its code.

Joiners (U+200C, U+200D) stay: Persian words and many emoji are made with them.
"""

import logging
import re
from typing import Final

HIDDEN: Final = re.compile(
    "[\x00-\x1f\x7f-\x9f"  # control characters, of both sets
    "\xad\u061c\u180e\u200b\u200e\u200f"  # soft hyphen, marks and spaces of no width
    "\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"  # separators, direction, annotations
    "\ud800-\udfff"  # halves of characters
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e007f]"  # format, tags
)

BY_LETTER: Final = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}

UTF16_UNITS_FROM: Final = 0x10000
"""Characters from here on are two units of UTF-16, which is what JSON's escapes count in."""


def escaped(text: str) -> str:
    """Returns a text with a code in the place of every character that is not seen."""
    return text if text.isprintable() else HIDDEN.sub(code, text)


class SafeFormatter(logging.Formatter):
    """What is logged, with its own line breaks and no other character that is not seen."""

    def format(self, record: logging.LogRecord) -> str:
        """Returns the text of a record."""
        return "\n".join(escaped(line) for line in super().format(record).split("\n"))


def json_escaped(text: str) -> str:
    """Returns JSON with JSON's own escapes; a JSON text has such characters only in strings."""
    return text if text.isprintable() else HIDDEN.sub(json_code, text)


def code(match: re.Match[str]) -> str:
    """Returns a character as Python would write it."""
    character = match.group()
    point = ord(character)
    if character in BY_LETTER:
        return BY_LETTER[character]
    if point >= UTF16_UNITS_FROM:
        return f"\\U{point:08x}"
    return f"\\u{point:04x}" if point > 0xFF else f"\\x{point:02x}"  # noqa: PLR2004 - one byte


def json_code(match: re.Match[str]) -> str:
    """Returns a character as JSON writes it; the line breaks of its layout stay."""
    character = match.group()
    if character == "\n":
        return character
    units = character.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[at : at + 2].hex()}" for at in range(0, len(units), 2))

"""Whether a text does nothing to a terminal but show itself."""

import unicodedata
from typing import Final

from ddblite.workbench.safe_text import json_escaped

JOINERS: Final = {"\u200c", "\u200d"}


def is_harmless(text: str) -> bool:
    """Whether a text has only characters that are seen, and line breaks and joiners."""
    unseen = {"Cc", "Cf", "Cs", "Zl", "Zp"}
    marks = {character for character in text if unicodedata.category(character) in unseen} - JOINERS
    # Some signs of format are drawn, as the sign before an Arabic number is.
    return all(mark == "\n" or (json_escaped(mark) == mark and mark > "\u0600") for mark in marks)

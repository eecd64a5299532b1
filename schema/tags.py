"""Tags: keys and values that a table may be labelled with.

Any bad tag fails the whole request. Letters and digits of any script, spaces and a few signs
are allowed; a value may be empty. Facts: validation, section 9, "Tags".
"""

import unicodedata
from collections.abc import Mapping, Sequence
from typing import Final

from ddblite.schema.errors import ValidationException
from ddblite.schema.limits import TAG_KEY_LENGTH_MAX, TAG_VALUE_LENGTH_MAX, TAGS_MAX

SIGNS: Final = frozenset("+-=._:/@")
CATEGORIES: Final = frozenset("LNZ")
"""Letters, numbers and separators, by the first letter of the Unicode category."""

RESERVED_PREFIX: Final = "aws:"


def check_tags(tags: Sequence[Mapping[str, str]]) -> None:
    """Raises ValidationException for the first bad tag; no tags at all are fine here."""
    seen: set[str] = set()
    for tag in tags:
        key, value = tag.get("Key"), tag.get("Value")
        if key is None or not 0 < len(key) <= TAG_KEY_LENGTH_MAX or not is_clean(key):
            raise ValidationException(f"The Tag Key provided is invalid, Key: {shown(key)}")
        if value is None or len(value) > TAG_VALUE_LENGTH_MAX or not is_clean(value):
            raise ValidationException(f"The Tag Value provided is invalid, Value: {shown(value)}")
        if key.startswith(RESERVED_PREFIX):
            raise ValidationException(f"Tag Key cannot be prefixed with aws:, Key: {key}")
        if key in seen:
            raise ValidationException(
                f"Duplicate Tag Keys provided as input: Duplicate Tag Key found {key}"
            )
        seen.add(key)
    if len(tags) > TAGS_MAX:
        raise ValidationException(
            "Number of Tags exceed the current limit for the provided ResourceArn"
        )


def is_clean(text: str) -> bool:
    """Whether a text has only the characters that a tag may have."""
    return all(
        character in SIGNS or unicodedata.category(character)[0] in CATEGORIES for character in text
    )


def shown(text: str | None) -> str:
    """Returns a text as the service prints it; ``null`` when it is absent."""
    return "null" if text is None else text

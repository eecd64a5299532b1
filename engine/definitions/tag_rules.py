"""Tags: keys and values that a table may be labelled with, and the ARN that says which.

Any bad tag fails the whole request. Letters and digits of any script, spaces and a few signs are
allowed; a value may be empty. Facts: docs/facts/validation.md, "Tags".
"""

import unicodedata
from collections.abc import Mapping, Sequence
from typing import Final

from ddblite.schema.errors import ValidationException
from ddblite.schema.limits import TAG_KEY_LENGTH_MAX, TAG_VALUE_LENGTH_MAX, TAGS_MAX
from ddblite.schema.names import is_arn, is_resource_arn, parse_stream_arn, table_named
from ddblite.schema.wording import invalid

SIGNS: Final = frozenset("+-=._:/@")
CATEGORIES: Final = frozenset("LNZ")
"""Letters, numbers and separators, by the first letter of the Unicode category."""

RESERVED_PREFIX: Final = "aws:"

NO_TAGS: Final = "Atleast one Tag needs to be provided as Input."
NO_KEYS: Final = "Atleast one Tag Key needs to be provided as Input."
TOO_MANY: Final = "Number of Tags exceed the current limit for the provided ResourceArn"


def check_tags(tags: Sequence[Mapping[str, str]]) -> None:
    """Raises ValidationException for the first bad tag; no tags at all are fine here."""
    seen: set[str] = set()
    for tag in tags:
        key, value = tag.get("Key"), tag.get("Value")
        check_key(key)
        if value is None or len(value) > TAG_VALUE_LENGTH_MAX or not is_clean(value):
            raise ValidationException(f"The Tag Value provided is invalid, Value: {shown(value)}")
        assert key is not None, "a missing key is no valid one"
        if key.startswith(RESERVED_PREFIX):
            raise ValidationException(f"Tag Key cannot be prefixed with aws:, Key: {key}")
        if key in seen:
            raise ValidationException(
                f"Duplicate Tag Keys provided as input: Duplicate Tag Key found {key}"
            )
        seen.add(key)
    check_number(tags)


def check_key(key: str | None) -> None:
    """Refuses a key that is empty, too long, or has other characters."""
    if key is None or not 0 < len(key) <= TAG_KEY_LENGTH_MAX or not is_clean(key):
        raise ValidationException(f"The Tag Key provided is invalid, Key: {shown(key)}")


def check_number(tags: Sequence[object]) -> None:
    """Refuses more tags, or keys of tags, than one resource may have."""
    if len(tags) > TAGS_MAX:
        raise ValidationException(TOO_MANY)


def check_new_tags(tags: Sequence[Mapping[str, str]]) -> None:
    """Raises ValidationException for the first bad tag of TagResource; it must bring some."""
    if not tags:
        raise ValidationException(NO_TAGS)
    check_tags(tags)


def check_old_keys(keys: Sequence[str]) -> None:
    """Raises ValidationException for the first bad key of UntagResource; it must bring some."""
    if not keys:
        raise ValidationException(NO_KEYS)
    for key in keys:
        check_key(key)
    check_number(keys)


def check_resource(arn: str) -> None:
    """Raises ValidationException for what is not the ARN of a table or a stream."""
    if not is_arn(arn):
        raise invalid(f"ARNs must start with 'arn:': {arn}")
    if not is_resource_arn(arn):
        raise invalid(f"Provided Arn is not a DynamoDB resource arn: {arn}")
    if table_named(arn) is None and parse_stream_arn(arn) is None:
        raise invalid(
            "Invalid resource arn provided, only table or stream is accepted."
            f" Provided resource arn: {arn}"
        )


def is_clean(text: str) -> bool:
    """Whether a text has only the characters that a tag may have."""
    return all(
        character in SIGNS or unicodedata.category(character)[0] in CATEGORIES for character in text
    )


def shown(text: str | None) -> str:
    """Returns a text as the service prints it; ``null`` when it is absent."""
    return "null" if text is None else text

"""What ``#names`` and ``:values`` must be: well formed, and all used.

The first question comes before an expression is read, the second after all of them are.
Usage is judged on the text: a value behind a short-circuited OR is used.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Final, TypeAlias

from ddblite.engine.expressions.faults import Values
from ddblite.schema.errors import ValidationException
from ddblite.schema.limits import (
    ATTRIBUTE_NAME_BYTES_MAX,
    EXPRESSION_BYTES_MAX,
    PLACEHOLDER_LENGTH_MAX,
)

NamesKey: TypeAlias = tuple[tuple[str, str], ...]

NAME_KEY: Final = re.compile(r"#[A-Za-z0-9_]+")
VALUE_KEY: Final = re.compile(r":[A-Za-z0-9_]+")

CACHED_NAMES_LENGTH_MAX: Final = EXPRESSION_BYTES_MAX
"""Characters of names up to which an expression is cached, so that the cache stays small."""


def names_key(names: Mapping[str, str] | None) -> NamesKey | None:
    """Returns names in the form that expressions are cached by, or None when they are too long."""
    if not names:
        return ()
    if sum(map(len, names.values())) > CACHED_NAMES_LENGTH_MAX:
        return None
    return tuple(sorted(names.items()))


def check_placeholder_keys(names: Mapping[str, str] | None, values: Values | None) -> None:
    """Raises ValidationException when names or values are empty, or a key is malformed."""
    if names is not None:
        check_keys("ExpressionAttributeNames", names, NAME_KEY)
        for key, name in names.items():
            check_name(key, name)
    if values is not None:
        check_keys("ExpressionAttributeValues", values, VALUE_KEY)


def check_keys(member: str, keys: Iterable[str], form: re.Pattern[str]) -> None:
    """Raises ValidationException when there are no keys, or one has another form."""
    keys = list(keys)
    if not keys:
        raise ValidationException(f"{member} must not be empty", enveloped=True)
    for key in keys:
        if len(key) > PLACEHOLDER_LENGTH_MAX or not form.fullmatch(key):
            raise ValidationException(
                f'{member} contains invalid key: Syntax error; key: "{key}"',
                # Captured on AWS, October 2026: only a letter beyond ASCII, and only there.
                enveloped=False if key.isascii() else "UpdateItem",
            )


def check_name(key: str, name: str) -> None:
    """Raises ValidationException when a placeholder stands for no possible attribute name."""
    if not name:
        fault = "Empty attribute name"
    elif len(name.encode("utf-8", "surrogatepass")) > ATTRIBUTE_NAME_BYTES_MAX:
        fault = "Attribute name is too large, must be less than 65536 bytes"
    else:
        return
    raise ValidationException(
        f"ExpressionAttributeNames contains invalid value: {fault} for key {key}", enveloped=True
    )


def check_placeholders(
    names: Mapping[str, str] | None,
    values: Values | None,
    names_used: Iterable[str],
    values_used: Iterable[str],
) -> None:
    """Raises ValidationException when a placeholder is malformed or in no expression."""
    check_placeholder_keys(names, values)
    check_all_used("ExpressionAttributeNames", names or {}, names_used)
    check_all_used("ExpressionAttributeValues", values or {}, values_used)


def check_all_used(member: str, given: Iterable[str], used: Iterable[str]) -> None:
    """Raises ValidationException that lists what was given and not used."""
    in_use = frozenset(used)
    unused = [key for key in given if key not in in_use]
    if unused:
        raise ValidationException(
            f"Value provided in {member} unused in expressions: keys: {{{', '.join(unused)}}}",
            enveloped=True,
        )

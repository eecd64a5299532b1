"""Reading single members of a wire request, for the fast walk of ``api.wire.decode``.

Each function returns a member in the form that the engine takes, or raises one of
``schema.wire.REFUSALS``. A null counts as absent.
"""

import re
from collections.abc import Mapping
from typing import Any, Final

from ddblite.schema.limits import (
    ATTRIBUTE_NAME_BYTES_MAX,
    NAME_LENGTH_MAX,
    NAME_LENGTH_MIN,
)
from ddblite.schema.names import NAME, table_named
from ddblite.schema.values import Item, Value
from ddblite.schema.wire import (
    Refused,
    read_attributes,
    read_boolean,
    read_string,
    read_value,
    read_whole,
)

Wire = Mapping[str, Any]

PLACEHOLDER_NAME: Final = re.compile("#[A-Za-z0-9_]{1,254}")
PLACEHOLDER_VALUE: Final = re.compile(":[A-Za-z0-9_]{1,254}")

INTEGER_MAX: Final = 2**31 - 1


def require(acceptable: object) -> None:
    """Refuses the request when something does not hold."""
    if not acceptable:
        raise Refused


def table_of(wire: Wire) -> str:
    """Returns the table that TableName stands for."""
    return named_table(wire["TableName"])


def named_table(name: object) -> str:
    """Returns the table of a name or ARN."""
    table = table_named(name) if isinstance(name, str) else None
    if table is None:
        raise Refused
    return table


def text(wire: Wire, member: str) -> str | None:
    """Returns a text member, or None when it is absent."""
    value = wire.get(member)
    return None if value is None else read_string(value)


def flag(wire: Wire, member: str, *, default: bool = False) -> bool:
    """Returns a boolean member, or the default when it is absent."""
    value = wire.get(member)
    return default if value is None else read_boolean(value)


def whole(wire: Wire, member: str, minimum: int, maximum: int) -> int | None:
    """Returns an integer member within bounds, or None when it is absent."""
    value = wire.get(member)
    if value is None:
        return None
    number = read_whole(value, INTEGER_MAX)
    require(minimum <= number <= maximum)
    return number


def choice(wire: Wire, member: str, allowed: frozenset[str | None]) -> str | None:
    """Returns one of a set of words, or None when the member is absent."""
    word: str | None = wire.get(member)
    require(word in allowed)
    return word


def names_of(wire: Wire, used: object) -> dict[str, str] | None:
    """Returns the placeholders for names; they need an expression to be used in."""
    names: dict[str, str] | None = wire.get("ExpressionAttributeNames")
    if names is None:
        return None
    if not (used and names and isinstance(names, dict)):
        raise Refused
    for placeholder, name in names.items():
        require(PLACEHOLDER_NAME.fullmatch(placeholder))
        require(0 < len(read_string(name).encode()) <= ATTRIBUTE_NAME_BYTES_MAX)
    return names


def values_of(wire: Wire, used: object, level: int = 1) -> dict[str, Value] | None:
    """Returns the placeholders for values; they need an expression to be used in.

    ``level`` is that of nesting at which the values are.
    """
    values = wire.get("ExpressionAttributeValues")
    if values is None:
        return None
    if not (used and values and isinstance(values, dict)):
        raise Refused
    decoded: dict[str, Value] = {}
    for placeholder, value in values.items():
        require(PLACEHOLDER_VALUE.fullmatch(placeholder))
        decoded[placeholder] = read_value(value, level)
    return decoded


def index_of(wire: Wire) -> str | None:
    """Returns IndexName, or None when it is absent."""
    name = wire.get("IndexName")
    if name is not None:
        require(NAME_LENGTH_MIN <= len(name) <= NAME_LENGTH_MAX and NAME.fullmatch(name))
    return name


def start_key_of(wire: Wire) -> Item | None:
    """Returns ExclusiveStartKey, or None when it is absent."""
    key = wire.get("ExclusiveStartKey")
    return None if key is None else read_attributes(key, 1)

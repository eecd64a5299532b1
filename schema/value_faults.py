"""Why a Python value cannot be stored: the slow walk that knows the words.

The engine's quick walk only decides yes (``engine.codec``). Whatever it refuses is walked
again here, in document order, and the first fault is raised in DynamoDB's text. A property
test holds that the quick walk accepts exactly when this one finds nothing.
"""

from collections.abc import Mapping
from decimal import Decimal
from reprlib import Repr
from typing import Any, Final

from ddblite.schema.errors import FloatRefused, UnsupportedType, ValidationException
from ddblite.schema.limits import ATTRIBUTE_NAME_BYTES_MAX, NESTING_DEPTH_MAX
from ddblite.schema.numbers import canonical
from ddblite.schema.values import MEMBER_TYPES, SET_TYPES, TAG_BY_TYPE

INVALID: Final = "One or more parameter values were invalid: "

EMPTY_SETS: Final = {
    "SS": INVALID + "An string set  may not be empty",
    "NS": INVALID + "An number set  may not be empty",
    "BS": INVALID + "Binary sets should not be empty",
}

TOO_DEEP: Final = (
    "Nesting Levels have exceeded supported limits:"
    " Attributes in the item have nested levels beyond supported limit"
)


def explain_item(item: Mapping[Any, Any]) -> None:
    """Raises what is wrong with an item's values, or returns when nothing is."""
    explain_map(item, 1)


def explain_map(content: Mapping[Any, Any], depth: int) -> None:
    """Raises the first fault of a map whose values are at level ``depth``."""
    for name, value in content.items():
        explain_name(name)
        explain_value(value, depth)


def explain_name(name: object) -> None:
    """Raises when an attribute name is no string, empty, too long or no Unicode text."""
    if type(name) is not str:
        raise UnsupportedType(f"Attribute names are strings, and this one is {shown(name)}")
    if not name:
        raise ValidationException("Empty attribute name", enveloped=True)
    if len(encoded(name)) > ATTRIBUTE_NAME_BYTES_MAX:
        raise ValidationException(
            f"Attribute name is too large, must be less than {ATTRIBUTE_NAME_BYTES_MAX + 1} bytes",
            enveloped=True,
        )


def explain_value(value: Any, depth: int = 1) -> None:
    """Raises the first fault of a value at level ``depth``, or returns when there is none."""
    kind = type(value)
    if depth > NESTING_DEPTH_MAX:
        raise ValidationException(TOO_DEEP, enveloped=True)
    if kind not in TAG_BY_TYPE:
        raise unsupported(value)
    if kind is str:
        encoded(value)
    elif kind is int or kind is Decimal:
        canonical(value)
    elif kind is list:
        for element in value:
            explain_value(element, depth + 1)
    elif kind is dict:
        explain_map(value, depth + 1)
    elif kind in SET_TYPES:
        explain_set(value)


def explain_set(value: Any) -> None:
    """Raises when a set is empty or has a member of another type."""
    if not value.members:
        raise ValidationException(EMPTY_SETS[value.tag], enveloped=True)
    for member in value.members:
        if type(member) not in MEMBER_TYPES[value.tag]:
            raise unsupported(member)
        explain_value(member)


def unsupported(value: object) -> UnsupportedType:
    """Returns the error for a Python value of no DynamoDB type, in boto3's words."""
    if isinstance(value, float):
        return FloatRefused("Float types are not supported. Use Decimal types instead.")
    return UnsupportedType(f'Unsupported type "{type(value)}" for value "{shown(value)}"')


def shown(value: object) -> str:
    """Returns what a message shows of a value, also of one that cannot show itself."""
    try:
        return SHORT.repr(value)
    except Exception:  # noqa: BLE001 - a class's own ``__repr__``, or a number beyond all bounds
        return object.__repr__(value)


SHORT: Final = Repr()
SHORT.maxother = SHORT.maxstring = 100


def encoded(text: str) -> bytes:
    """Returns the UTF-8 bytes of a text; half a surrogate pair has none."""
    try:
        return text.encode()
    except UnicodeEncodeError as fault:
        raise ValidationException(
            f"{INVALID}A string is not valid Unicode text", enveloped=True
        ) from fault

"""One fault, two wordings.

AWS moves operations one by one from an older validation layer to a current one, and both
answer at once. A ``ValidationException`` therefore carries the current text, the older one
where it differs, and whether it belongs to the family that the current layer of PutItem,
UpdateItem and DeleteItem wraps. Which of them an operation speaks is a fact of its kind.

* ``wording="current"``: each operation in its own layer, as of October 2026.
* ``wording="older"``: every operation in the older layer, as before mid-2026.
"""

from collections.abc import Mapping
from typing import Final, TypeVar

from ddblite.schema import requests
from ddblite.schema.errors import DdbError, ValidationException
from ddblite.schema.request_kinds import OLDER_LAYER, Layer
from ddblite.schema.value_faults import INVALID

CURRENT: Final = "current"
OLDER: Final = "older"
WORDINGS: Final = (CURRENT, OLDER)

ENVELOPE: Final = "1 validation error detected: "

Fault = TypeVar("Fault", bound=DdbError)


LAYERS: Final[Mapping[str, Layer]] = {
    record.__name__: record.kind.layer
    for record in vars(requests).values()
    if isinstance(record, type) and issubclass(record, requests.Request) and hasattr(record, "kind")
}
"""The layer of each operation on items and tables; all others still speak the older one."""

STILL_OLDER: Final = frozenset(
    {
        (
            "Scan",
            "Invalid FilterExpression: Expression size has exceeded the maximum allowed size;",
        )
    }
)
"""Texts that an operation has taken with it from the older layer."""


def invalid(text: str) -> ValidationException:
    """Returns the error for parameters that do not fit together, in the service's usual phrase."""
    return ValidationException(INVALID + text)


def layer_of(operation: str, wording: str) -> Layer:
    """Returns the layer in which an operation answers; unlisted operations use the older one."""
    return OLDER_LAYER if wording == OLDER else LAYERS.get(operation, OLDER_LAYER)


def reworded(error: Fault, operation: str, wording: str = CURRENT) -> Fault:
    """Returns the error in the words of an operation; one without alternatives as it is.

    The result has no alternatives left, so that rewording twice is rewording once.
    """
    if not isinstance(error, ValidationException):
        return error
    layer = layer_of(operation, wording)
    if layer.older or (operation, error.message) in STILL_OLDER:
        if error.older is None:
            return error if not error.enveloped else remade(error, error.message)
        return remade(error, error.older)
    if layer.wraps and error.enveloped in (True, operation):
        return remade(error, ENVELOPE + error.message)
    return error if error.older is None and not error.enveloped else remade(error, error.message)


def remade(error: Fault, message: str) -> Fault:
    """Returns an error of the same class, with this message and no alternatives."""
    made = type(error)(message)
    return made.with_traceback(error.__traceback__)

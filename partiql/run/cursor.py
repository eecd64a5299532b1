"""NextToken: where a SELECT goes on, bound to its statement.

A token holds a digest of statement, parameters and consistency, and one position per read:
not begun, done, or the key after which to go on. It is no secret and no promise: whoever
changes one gets an error or another page of the same statement.
"""

import base64
import binascii
import hashlib
import json
import secrets
from collections.abc import Callable, Sequence
from decimal import Decimal
from enum import Enum
from typing import Any, Final, Literal, TypeAlias

from ddblite.partiql.syntax.faults import StatementError
from ddblite.schema import numbers
from ddblite.schema.errors import ValidationException
from ddblite.schema.limits import NEXT_TOKEN_LENGTH_MAX
from ddblite.schema.values import Item, Value, tag_of

DIGEST_BYTES: Final = 12


class Mark(Enum):
    """Where a read stands when it is not in its middle."""

    START = 0
    DONE = 1


START: Final = Mark.START
DONE: Final = Mark.DONE
Position: TypeAlias = Literal[Mark.START, Mark.DONE] | Item


def digest(
    text: str, parameters: Sequence[Value], written: Sequence[Any], *, consistent: bool
) -> str:
    """Returns what tells one execution's tokens from another's.

    A parameter counts by its value, a number as it is ``written`` on the wire (where there is one)
    also by its scale: ``1E2`` is not ``100``. A list or map is never the same again, which is the
    service's own oddity. Captured on AWS, October 2026.
    """
    if any(isinstance(one, list | dict) for one in parameters):
        return secrets.token_hex(DIGEST_BYTES)
    shown = [*map(with_scale, parameters, written)] if written else list(parameters)
    asked = repr((text, shown, consistent)).encode("utf-8", "surrogatepass")
    return hashlib.blake2b(asked, digest_size=DIGEST_BYTES).hexdigest()


def with_scale(parameter: Value, written: Any) -> object:  # noqa: ANN401 - a wire's value
    """Returns a parameter, of a number its digits and exponent as they are written."""
    if not isinstance(parameter, int | Decimal) or isinstance(parameter, bool):
        return parameter
    sign, digits, exponent = Decimal(written["N"]).as_tuple()
    return (sign if parameter else 0, digits, exponent)


def token(bound_to: str, positions: Sequence[Position]) -> str:
    """Returns the token for going on at these positions."""
    written = [one.value if isinstance(one, Mark) else written_key(one) for one in positions]
    content = json.dumps([bound_to, written], separators=(",", ":"))
    return base64.urlsafe_b64encode(content.encode()).decode()


def positions(given: str, bound_to: str | None, key_reads: int) -> list[Position]:
    """Returns the positions that a token stands for, or raises StatementError.

    Without a digest that it must be ``bound_to`` it is known to be the statement's own.
    """
    found = parts(given)
    if found is None:
        raise StatementError("Invalid NextToken")
    owner, read = found
    if bound_to is not None and owner != bound_to:
        raise StatementError("NextToken does not match request")
    if len(read) != key_reads:
        raise StatementError("Invalid NextToken")
    return read


def parts(given: str) -> tuple[str, list[Position]] | None:
    """Returns the digest and the positions of a token, or None when it is none of ours."""
    if not 0 < len(given) <= NEXT_TOKEN_LENGTH_MAX:
        return None
    try:
        owner, written = json.loads(base64.b64decode(given.encode(), b"-_", validate=True))
        return owner, [Mark(one) if isinstance(one, int) else read_key(one) for one in written]
    except (
        AttributeError,
        KeyError,
        RecursionError,
        TypeError,
        ValueError,
        binascii.Error,
        ValidationException,
    ):
        return None


def written_key(key: Item) -> dict[str, list[str]]:
    """Returns a key in JSON's terms; its values are strings, numbers and bytes."""
    return {name: [tag_of(value), written_value(value)] for name, value in key.items()}


def written_value(value: Value) -> str:
    """Returns the text of a key value."""
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if isinstance(value, (int, Decimal)):
        return numbers.plain_text(value)
    assert isinstance(value, str), "a key value is a string, a number or bytes"
    return value


def read_key(written: Any) -> Item:  # noqa: ANN401 - JSON of anybody's making
    """Returns the key that was written, or raises one of many errors."""
    return {str(name): READERS[tag](text) for name, (tag, text) in written.items()}


def read_bytes(text: str) -> Value:
    """Returns the bytes of their base64 text."""
    return base64.b64decode(text, validate=True)


READERS: Final[dict[str, Callable[[str], Value]]] = {"S": str, "N": numbers.parse, "B": read_bytes}

"""Items as plain JSON: what other programs read and write.

JSON has no sets and no binary. Written, a set is a sorted array and binary is base64 text;
read back they are a list and a string. DynamoDB JSON keeps every type.

Numbers are exact both ways: they are read from their text and written with every digit.
"""

import json
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any, Final

from ddblite.schema import numbers
from ddblite.schema.errors import ValidationException
from ddblite.schema.values import BinarySet, Item, NumberSet, StringSet, Value
from ddblite.schema.wire import base64_text
from ddblite.workbench.safe_text import json_escaped

TEXT: Final = json.JSONEncoder(ensure_ascii=False)


def encode(value: Value) -> str:
    """Returns a value as JSON on one line, without any character that has no visible form."""
    return WRITERS[type(value)](value)


def encode_text(text: str) -> str:
    """Returns a JSON string."""
    return json_escaped(TEXT.encode(text))


def encode_map(members: Item) -> str:
    """Returns a JSON object."""
    return (
        f"{{{', '.join(f'{encode_text(name)}: {encode(one)}' for name, one in members.items())}}}"
    )


def encode_array(members: Sequence[Value]) -> str:
    """Returns a JSON array."""
    return f"[{', '.join(map(encode, members))}]"


WRITERS: Final[dict[type, Callable[[Any], str]]] = {
    str: encode_text,
    int: numbers.plain_text,
    Decimal: numbers.plain_text,
    bytes: lambda value: f'"{base64_text(value)}"',
    bool: lambda value: "true" if value else "false",
    type(None): lambda _: "null",
    list: encode_array,
    dict: encode_map,
    StringSet: lambda value: encode_array(value.members),
    NumberSet: lambda value: encode_array(value.members),
    BinarySet: lambda value: encode_array(value.members),
}


def decode(text: str) -> Any:  # noqa: ANN401 - whatever JSON anyone may have written
    """Returns what JSON text stands for, or raises ValidationException; numbers are exact."""
    try:
        return DECODER.decode(text)
    except json.JSONDecodeError as fault:
        raise ValidationException(f"not JSON: {fault.msg}, at character {fault.pos + 1}") from fault
    except RecursionError as fault:
        raise ValidationException("not an item: it is nested too deeply") from fault


def refuse_constant(word: str) -> None:
    """Raises, for ``NaN`` and ``Infinity``: Python reads them, and they are no JSON."""
    raise ValidationException(f"not JSON: {word} is no number")


def without_duplicates(members: list[tuple[str, Any]]) -> dict[str, Any]:
    """Returns a JSON object; one that has a name twice is refused, for one value would be lost."""
    made = dict(members)
    if len(made) < len(members):
        seen: set[str] = set()
        for name, _ in members:
            if name in seen:
                raise ValidationException(f"the name {encode_text(name)} is there twice")
            seen.add(name)
    return made


DECODER: Final = json.JSONDecoder(
    object_pairs_hook=without_duplicates,
    parse_int=numbers.parse,
    parse_float=numbers.parse,
    parse_constant=refuse_constant,
)

"""DynamoDB JSON to Python values and back.

Decoding is the fast half of "accept fast, explain slowly": one recursive walk that only
decides yes. Whatever is wrong raises ``Refused``, which says nothing; the words are those of
``api.wire.model.attribute_faults``, which walks the same wire form again.

* exactly one known tag with content; unknown tags and JSON nulls beside it count as absent;
* ``N`` is text, read by ``schema.numbers``; ``B`` is strict base64 text, or ``bytes``;
* sets are not empty and have no two equal members; ``NULL`` is ``true``;
* names are 1 to 65535 bytes; the deepest leaf is at level 32;
* texts are encodable as UTF-8: a lone surrogate is no character.

Booleans may come as the words that the service's JSON reader takes for them.
"""

from binascii import a2b_base64, b2a_base64
from collections.abc import Callable
from decimal import Decimal
from typing import Any, Final

from ddblite.schema import numbers
from ddblite.schema.errors import SerializationException, ValidationException
from ddblite.schema.limits import ATTRIBUTE_NAME_BYTES_MAX, NESTING_DEPTH_MAX
from ddblite.schema.values import BinarySet, Item, Number, NumberSet, StringSet, Value

BOOLEAN_WORDS: Final[dict[str, bool]] = {
    **dict.fromkeys(("true", "t", "yes", "y", "1"), True),
    **dict.fromkeys(("false", "f", "no", "n", "0"), False),
}
"""The texts that the JSON reader takes for a boolean, in lower case; ``on`` is none of them."""


class Refused(Exception):  # noqa: N818 - private to the walk; it never reaches a caller
    """The wire form is not acceptable; the explaining walk knows why."""


REFUSALS: Final = (
    Refused,
    SerializationException,
    ValidationException,
    TypeError,
    ValueError,
    LookupError,
    AttributeError,
    ArithmeticError,
    RecursionError,
)
"""All that a fast walk may raise on a form that it does not take."""


def decode_value(wire: object) -> Value:
    """Returns the value of a wire AttributeValue, or raises Refused."""
    try:
        return read_value(wire, 1)
    except REFUSALS as refusal:
        raise Refused from refusal


def decode_item(wire: object) -> Item:
    """Returns the item of a wire map, or raises Refused; an empty map is an empty item."""
    try:
        return read_attributes(wire, 1)
    except REFUSALS as refusal:
        raise Refused from refusal


def read_value(wire: Any, depth: int) -> Value:
    """Returns the value of a wire AttributeValue at a level of nesting; 1 is the top."""
    if type(wire) is dict and len(wire) == 1:
        for tag, content in wire.items():
            if tag in READERS:
                return READERS[tag](content, depth)
    return read_crowded(wire, depth)


def read_crowded(wire: Any, depth: int) -> Value:
    """Reads a value that has nulls or unknown tags beside its one tag."""
    if not isinstance(wire, dict):
        raise Refused
    present = [tag for tag in READERS if wire.get(tag) is not None]
    if len(present) != 1:
        raise Refused
    return READERS[present[0]](wire[present[0]], depth)


def read_attributes(wire: Any, depth: int) -> Item:
    """Returns the values of a wire map, all at one level of nesting."""
    if not isinstance(wire, dict):
        raise Refused
    if depth > NESTING_DEPTH_MAX and wire:
        raise Refused
    item: Item = {}
    for name, value in wire.items():
        if type(name) is not str or not name or not name.isascii() or len(name) > NAME_SURE_MAX:
            name = accepted_name(name)  # noqa: PLW2901 - its exact form
        if type(value) is dict and len(value) == 1:
            for tag, content in value.items():
                item[name] = READERS[tag](content, depth)
        else:
            item[name] = read_crowded(value, depth)
    return item


NAME_SURE_MAX: Final = ATTRIBUTE_NAME_BYTES_MAX // 4
"""A name of so many characters fits whatever they are."""


def accepted_name(name: Any) -> str:
    """Returns an attribute name; what is not text, empty, or too long as UTF-8 is refused."""
    text = read_string(name)
    if not 0 < len(text.encode()) <= ATTRIBUTE_NAME_BYTES_MAX:
        raise Refused
    return text


def read_string(content: Any, _depth: int = 0) -> str:
    """Returns a text; one that cannot be written as UTF-8 is refused."""
    if type(content) is str:
        if not content.isascii():
            content.encode()
        return content
    if isinstance(content, str):
        return read_string(str.__str__(content))
    raise Refused


def read_number(content: Any, _depth: int = 0) -> Number:
    """Returns the number that a text stands for; a JSON number is refused."""
    if isinstance(content, str):
        return numbers.parse(content)
    raise Refused


def read_binary(content: Any, _depth: int = 0) -> bytes:
    """Returns bytes from canonical base64 text; bytes are taken as they are."""
    if isinstance(content, str):
        made = a2b_base64(content)
        # Base64 text is canonical exactly when writing what was read gives it back.
        if b2a_base64(made, newline=False).decode() != content:
            raise Refused
        return made
    if type(content) is bytes:
        return content
    if isinstance(content, bytes | bytearray | memoryview):
        return memoryview(content).tobytes()
    raise Refused


def read_boolean(content: Any, _depth: int = 0) -> bool:
    """Returns a boolean; a few words are taken for one, as by the service."""
    if content is True or content is False:
        return content is True
    if isinstance(content, str):
        return BOOLEAN_WORDS[content.lower()]
    raise Refused


def read_whole(content: Any, magnitude_max: int) -> int:
    """Returns an integer; a fraction is cut off, and what is too large is the largest."""
    if isinstance(content, bool) or not isinstance(content, int | float | Decimal):
        raise Refused
    if content != content:  # noqa: PLR0124 - the one number that differs from itself
        raise Refused
    return int(max(-magnitude_max - 1, min(magnitude_max, content)))


def read_null(content: Any, _depth: int = 0) -> None:
    """Returns None for NULL: true; NULL: false is no value."""
    if content is not True and not read_boolean(content):
        raise Refused


def read_list(content: Any, depth: int) -> list[Value]:
    """Returns a list; its elements are one level deeper."""
    if not isinstance(content, list | tuple) or (depth >= NESTING_DEPTH_MAX and content):
        raise Refused
    deeper = depth + 1
    return [read_value(element, deeper) for element in content]


def read_map(content: Any, depth: int) -> Item:
    """Returns a map; its entries are one level deeper."""
    return read_attributes(content, depth + 1)


def read_string_set(content: Any, _depth: int = 0) -> StringSet:
    """Returns a set of texts: not empty, none twice; the empty text may be a member."""
    if not isinstance(content, list | tuple) or not content:
        raise Refused
    members = StringSet(map(read_string, content))
    if len(members.members) != len(content):
        raise Refused
    return members


def read_number_set(content: Any, _depth: int = 0) -> NumberSet:
    """Returns a set of numbers: not empty, no two numerically equal."""
    if not isinstance(content, list | tuple) or not content:
        raise Refused
    members = NumberSet(map(read_number, content))
    if len(members.members) != len(content):
        raise Refused
    return members


def read_binary_set(content: Any, _depth: int = 0) -> BinarySet:
    """Returns a set of byte strings: not empty, none twice."""
    if not isinstance(content, list | tuple) or not content:
        raise Refused
    members = BinarySet(map(read_binary, content))
    if len(members.members) != len(content):
        raise Refused
    return members


READERS: Final[dict[Any, Callable[[Any, int], Value]]] = {
    "S": read_string,
    "N": read_number,
    "B": read_binary,
    "BOOL": read_boolean,
    "NULL": read_null,
    "M": read_map,
    "L": read_list,
    "SS": read_string_set,
    "NS": read_number_set,
    "BS": read_binary_set,
}


def encode_value(value: Value) -> dict[str, Any]:
    """Returns the wire form of a value; B is base64 text."""
    return WRITERS[type(value)](value)


def encode_item(item: Item) -> dict[str, dict[str, Any]]:
    """Returns the wire form of an item."""
    return {name: WRITERS[type(value)](value) for name, value in item.items()}


def base64_text(content: bytes) -> str:
    """Returns bytes as base64 text."""
    return b2a_base64(content, newline=False).decode("ascii")


WRITERS: Final[dict[type, Callable[[Any], dict[str, Any]]]] = {
    str: lambda value: {"S": value},
    int: lambda value: {"N": str(value)},
    Decimal: lambda value: {"N": format(value, "f")},
    bytes: lambda value: {"B": base64_text(value)},
    bool: lambda value: {"BOOL": value},
    type(None): lambda _: {"NULL": True},
    list: lambda value: {"L": [encode_value(element) for element in value]},
    dict: lambda value: {"M": encode_item(value)},
    StringSet: lambda value: {"SS": list(value.members)},
    NumberSet: lambda value: {"NS": list(map(numbers.plain_text, value.members))},
    BinarySet: lambda value: {"BS": list(map(base64_text, value.members))},
}

"""Keys as bytes that sort the way DynamoDB sorts them.

SQLite compares BLOBs byte by byte, so a table or index is a B-tree in key order exactly
when encoded keys compare like the values they stand for. Each component ends itself, so
that components can follow one another, and none is a prefix of another:

* ``S``  UTF-8 bytes; a zero byte becomes ``00 ff`` and the end is ``00 00``.
* ``B``  like ``S``, without the UTF-8.
* ``N``  ``01`` for negative, ``02`` for zero, ``03`` for positive; then the exponent of the
  first digit plus 130; then the digits in pairs, each plus one; then ``00``. After the
  first byte all bits of a negative number are flipped.

A table's key is four bytes of hash (CRC-32 of the encoded partition component, big end
first), the partition component and the sort component. An index's key is the same over its
own attributes, followed by the whole key of the table, so that ties have an order.

A key is not self-describing: its table says which type each part has. Nothing is checked
here beyond what makes an encoding fail; see ``engine.items``.
"""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from functools import lru_cache
from typing import Any, Final
from zlib import crc32

from ddblite.schema.limits import (
    NUMBER_EXPONENT_MIN,
    PARTITION_KEY_BYTES_MAX,
    SORT_KEY_BYTES_MAX,
)
from ddblite.schema.numbers import PLAIN_END, canonical, digits_and_exponent
from ddblite.schema.tables import KeyPart, KeySchema
from ddblite.schema.values import Item, Number, Value

HASH_BYTES: Final = 4
HASHES: Final = 2**32
"""How many hashes there are; parallel scan segments are slices of this range."""

END: Final = b"\0\0"

KEYS_END: Final = b"\xff" * (HASH_BYTES + PARTITION_KEY_BYTES_MAX + 1)
"""Behind every key: even a binary one of nothing but ff ends with zero bytes before this."""

FLIP: Final = bytes(255 - byte for byte in range(256))

PAIRS: Final = bytes(byte // 16 * 10 + byte % 16 + 1 & 255 for byte in range(256))
"""By two decimal digits, read as hexadecimal ones: their number plus one."""


def encode_string(value: str) -> bytes:
    """Returns the component of a string."""
    return value.encode().replace(b"\0", b"\0\xff") + END


def encode_binary(value: bytes) -> bytes:
    """Returns the component of a byte string."""
    return value.replace(b"\0", b"\0\xff") + END


@lru_cache(maxsize=8192)
def encode_number(value: Number) -> bytes:
    """Returns the component of a number; ``1`` and ``Decimal("1.0")`` have the same one."""
    if value == 0:
        return b"\x02"
    digits, exponent = digits_and_exponent(value)
    pairs = bytes.fromhex(digits if len(digits) % 2 == 0 else digits + "0").translate(PAIRS)
    magnitude = bytes([exponent - NUMBER_EXPONENT_MIN]) + pairs + b"\0"
    return b"\x03" + magnitude if value > 0 else b"\x01" + magnitude.translate(FLIP)


def decode_string(key: bytes, start: int) -> tuple[str, int]:
    """Returns the string that begins at ``start`` and where the next component begins."""
    raw, end = decode_binary(key, start)
    return raw.decode(), end


def decode_binary(key: bytes, start: int) -> tuple[bytes, int]:
    """Returns the byte string that begins at ``start`` and where the next component begins."""
    end = key.index(END, start)
    # A zero byte of the value is always followed by ff, so the first 00 00 is the end.
    return key[start:end].replace(b"\0\xff", b"\0"), end + len(END)


def decode_number(key: bytes, start: int) -> tuple[Number, int]:
    """Returns the number that begins at ``start`` and where the next component begins."""
    sign = key[start]
    if sign == 2:  # noqa: PLR2004 - the byte for zero, named in the module's docstring
        return 0, start + 1
    positive = sign == 3  # noqa: PLR2004 - likewise
    end = key.index(b"\0" if positive else b"\xff", start + 2)
    magnitude = key[start + 1 : end] if positive else key[start + 1 : end].translate(FLIP)
    digits = "".join(f"{pair - 1:02d}" for pair in magnitude[1:])
    significant = digits.rstrip("0")
    scale = magnitude[0] + NUMBER_EXPONENT_MIN - len(significant) + 1
    if scale >= 0:
        number: Number = int(significant) * 10**scale
        return number if positive else -number, end + 1
    return Decimal((0 if positive else 1, tuple(map(int, significant)), scale)), end + 1


Encoder = Callable[[Any], bytes]
ENCODERS: Final[dict[str, Encoder]] = {
    "S": encode_string,
    "N": encode_number,
    "B": encode_binary,
}
DECODERS: Final[dict[str, Callable[[bytes, int], tuple[Any, int]]]] = {
    "S": decode_string,
    "N": decode_number,
    "B": decode_binary,
}


def hash_of(partition: bytes) -> bytes:
    """Returns the four bytes of hash that begin the key of an encoded partition part."""
    return crc32(partition).to_bytes(HASH_BYTES, "big")


def encode(key: KeySchema, attributes: Mapping[str, Value]) -> bytes | None:
    """Returns the key of an item or key; None when a part is missing, or cannot be one."""
    try:
        if not key.is_plain:
            first = components(key.partition, attributes, PARTITION_KEY_BYTES_MAX)
            second = components(key.sort, attributes, SORT_KEY_BYTES_MAX)
            return None if first is None or second is None else hash_of(first) + first + second
        part = key.partition[0]
        first = component(part, attributes[part.name], PARTITION_KEY_BYTES_MAX)
        if first is None:
            return None
        if not key.sort:
            return hash_of(first) + first
        part = key.sort[0]
        second = component(part, attributes[part.name], SORT_KEY_BYTES_MAX)
    except KeyError:
        return None
    return None if second is None else hash_of(first) + first + second


def components(
    parts: tuple[KeyPart, ...], attributes: Mapping[str, Value], bytes_max: int
) -> bytes | None:
    """Returns the components of several key attributes, or None when one cannot be.

    Together they may be as long as one alone; raises KeyError when one is missing.
    """
    encoded = b""
    for part in parts:
        one = component(part, attributes[part.name], bytes_max)
        if one is None:
            return None
        encoded += one
    if len(encoded) > bytes_max and raw_bytes(parts, attributes) > bytes_max:
        return None
    return encoded


def component(part: KeyPart, value: Value, bytes_max: int) -> bytes | None:
    """Returns the encoded component of a key value, or None when it cannot be one."""
    kind = part.kind
    if kind == "S":
        if type(value) is str and value:
            try:
                raw = value.encode()
            except UnicodeEncodeError:
                return None
            if len(raw) <= bytes_max:
                return raw.replace(b"\0", b"\0\xff") + END
    elif kind == "N":
        if type(value) is int and -PLAIN_END < value < PLAIN_END:
            return encode_number(value)
        if type(value) is int or type(value) is Decimal:
            return encode_number(canonical(value))
    elif type(value) is bytes and 0 < len(value) <= bytes_max:
        return encode_binary(value)
    return None


def raw_bytes(parts: tuple[KeyPart, ...], attributes: Mapping[str, Value]) -> int:
    """Returns the bytes of the strings and byte strings among some key attributes."""
    values = [attributes[part.name] for part in parts]
    return sum(
        len(value.encode() if isinstance(value, str) else value)
        for value in values
        if isinstance(value, str | bytes)
    )


def decode_key(parts: Sequence[KeyPart], key: bytes, start: int = HASH_BYTES) -> tuple[Item, int]:
    """Returns the attributes of a key and the offset behind them."""
    attributes: Item = {}
    for part in parts:
        attributes[part.name], start = DECODERS[part.kind](key, start)
    return attributes, start


def successor(prefix: bytes) -> bytes:
    """Returns the first key behind all that begin with ``prefix``; its last bytes may be ff."""
    stripped = prefix.rstrip(b"\xff")
    return stripped[:-1] + bytes([stripped[-1] + 1]) if stripped else KEYS_END


def segment_range(segment: int, segments: int) -> tuple[bytes, bytes]:
    """Returns the first key of a parallel scan's segment and the first one behind it."""
    first, behind = (HASHES * edge // segments for edge in (segment, segment + 1))
    last = behind.to_bytes(HASH_BYTES, "big") if behind < HASHES else KEYS_END
    return first.to_bytes(HASH_BYTES, "big"), last

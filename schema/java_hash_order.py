"""The order in which a Java hash set lists its members.

Some of the service's messages print a set, and the order is that of its buckets. It is no
secret: a string's hash, folded, modulo a power of two that grows with the number of members.
"""

from collections.abc import Iterable
from typing import Final

BUCKETS_MIN: Final = 16
MASK: Final = 0xFFFFFFFF


def string_hash(text: str) -> int:
    """Returns Java's hash of a string, unsigned: over its UTF-16 units."""
    units = text.encode("utf-16-be", "surrogatepass")
    value = 0
    for index in range(0, len(units), 2):
        value = (31 * value + int.from_bytes(units[index : index + 2], "big")) & MASK
    return value


def set_order(members: Iterable[str], buckets_min: int = BUCKETS_MIN) -> list[str]:
    """Returns distinct members in the order of a Java HashSet that grew with them."""
    distinct = list(dict.fromkeys(members))
    buckets = buckets_min
    while len(distinct) * 4 > buckets * 3:
        buckets *= 2
    return sorted(distinct, key=lambda text: bucket(text, buckets))


def sized_set_order(members: Iterable[str]) -> list[str]:
    """Returns distinct members in the order of a Java HashSet sized to their number."""
    return set_order(members, 1)


def map_order(keys: Iterable[str]) -> list[str]:
    """Returns distinct keys in the order of a Java HashMap made for just so many."""
    distinct = list(dict.fromkeys(keys))
    buckets = 1
    while buckets < len(distinct):
        buckets *= 2
    while len(distinct) * 4 > buckets * 3:
        buckets *= 2
    return sorted(distinct, key=lambda text: bucket(text, buckets))


def bucket(text: str, buckets: int) -> int:
    """Returns the position of a string's bucket."""
    value = string_hash(text)
    return (value ^ (value >> 16)) & (buckets - 1)

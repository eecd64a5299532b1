"""Values, items and keys as hypothesis makes them: every type, every edge."""

from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from ddblite.schema.numbers import canonical
from ddblite.schema.values import BinarySet, Item, Number, NumberSet, StringSet, Value

Strategy = st.SearchStrategy[Any]


def number_of(negative: bool, digits: int, exponent: int) -> Number:  # noqa: FBT001 - a sign
    """Returns a number whose first digit stands for ten to the ``exponent``."""
    text = str(digits)
    return canonical(
        Decimal((int(negative), tuple(map(int, text)), exponent - len(text) + 1)),
    )


def numbers() -> st.SearchStrategy[Number]:
    """Numbers of the whole range: small, long, huge, tiny and zero."""
    return st.one_of(
        st.integers(-1000, 1000),
        st.integers(-(2**70), 2**70),
        st.sampled_from([2**63 - 1, 2**63, -(2**63), -(2**63) - 1, 10**18, 10**37, 10**125]),
        st.decimals(-1000, 1000, places=3).map(canonical),
        st.builds(number_of, st.booleans(), st.integers(1, 10**38 - 1), st.integers(-130, 125)),
    )


def texts(min_size: int = 0, max_size: int = 12) -> st.SearchStrategy[str]:
    """Strings, with zero bytes, characters beyond 16 bits and shared beginnings."""
    few = st.text(alphabet="\0\x01ab\x7fé￿\U0010ffff", min_size=min_size, max_size=max_size)
    return few | st.text(min_size=min_size, max_size=max_size)


def binaries(min_size: int = 0) -> st.SearchStrategy[bytes]:
    """Byte strings, with many bytes 00 and ff."""
    few = st.lists(st.sampled_from([0, 1, 254, 255]), min_size=min_size, max_size=6).map(bytes)
    return few | st.binary(min_size=min_size, max_size=12)


def sets() -> Strategy:
    """The three sets, never empty."""
    return st.one_of(
        st.lists(texts(), min_size=1, max_size=4).map(StringSet),
        st.lists(numbers(), min_size=1, max_size=4).map(NumberSet),
        st.lists(binaries(), min_size=1, max_size=4).map(BinarySet),
    )


def values() -> st.SearchStrategy[Value]:
    """Any value that can be stored, nested a little."""
    scalars = st.one_of(texts(), numbers(), binaries(), st.booleans(), st.none(), sets())
    return st.recursive(
        scalars,
        lambda inner: (
            st.lists(inner, max_size=4) | st.dictionaries(texts(min_size=1), inner, max_size=4)
        ),
        max_leaves=8,
    )


def items() -> st.SearchStrategy[Item]:
    """Attributes without any particular key."""
    return st.dictionaries(texts(min_size=1), values(), max_size=6)

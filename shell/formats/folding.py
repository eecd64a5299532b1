"""Nested values in little room: their first members, and how many more there are.

::

    ['Daniel Bruhl', 'Chris Hemsworth', … 1 more]
    {'rating': 8.3, 'genres': [… 4], … 5 more}
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from ddblite.schema.values import BinarySet, NumberSet, StringSet, Value
from ddblite.workbench.cell_text import cell, literal, quoted

REST_CHARACTERS: Final = len(", … 999 more")
"""Are kept free for what is said about the members that have no room."""

Member = tuple[str, Value]
"""What stands before a member, and the member."""

NESTED: Final[Mapping[type, tuple[str, str, Callable[[Any], Iterator[Member]]]]] = {
    list: ("[", "]", lambda value: (("", one) for one in value)),
    dict: ("{", "}", lambda value: ((f"{quoted(name)}: ", one) for name, one in value.items())),
    **{
        kind: ("<<", ">>", lambda value: (("", one) for one in value.members))
        for kind in (StringSet, NumberSet, BinarySet)
    },
}
"""The signs around a type's members, and its members."""


def folded(value: Value, room: int) -> str:
    """Returns what a table shows for a value; a nested one is about as long as ``room`` at most."""
    text = cell(value)
    return text if len(text) <= room or type(value) not in NESTED else inner(value, room)


def inner(value: Value, room: int) -> str:
    """Returns a value inside another one, folded when it is nested and too long."""
    if type(value) not in NESTED:
        return literal(value)
    opening, closing, members_of = NESTED[type(value)]
    members = list(members_of(value))
    shown: list[str] = []
    room -= len(opening) + len(closing)
    for before, one in members:
        rest = REST_CHARACTERS if len(shown) + 1 < len(members) else 0
        text = before + inner(one, max(0, room - rest - len(before)))
        if len(text) + rest > room:
            break
        shown.append(text)
        room -= len(text) + len(", ")
    left = len(members) - len(shown)
    if left:
        shown.append(f"… {left:,} more" if shown else f"… {left:,}")
    return f"{opening}{', '.join(shown)}{closing}"

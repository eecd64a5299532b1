"""The order in which sorted rows are written, so that they fill the pages of their tree.

Rows that are written in the order of their keys leave about an eighth of each page free: what
overflows at the end of a tree, SQLite spreads over the last few pages. So some rows are left out
at first, as many as there will be room for, and are written a little later, each onto a page that
its neighbours have left. Of each page's rows that is an eighth, less one, as a row is not divided,
and less as the sizes differ more, where the room is not the same on every page. With few rows on
a page nothing is left of that, and they are written in their order.
"""

from collections.abc import Iterable, Iterator
from math import sqrt
from typing import Final

from ddblite.engine.file.fileformat import PAGE_BYTES
from ddblite.engine.sorting import Row, in_groups

FREE: Final = 1 / 8
SPREAD_ROWS: Final = 1.5
"""The rows that are left out less when the sizes have a standard deviation of their mean."""

SHARE_MIN: Final = 0.03
"""Below, the room is too small to be met."""

ROW_BYTES: Final = 20
"""What a row takes on a page beside its key and body."""

WINDOW_ROWS: Final = 1000
WINDOW_BYTES: Final = 1024 * 1024
"""Rows are written later by so much at most, while their pages are still in the cache."""


def in_filling_order(rows: Iterable[Row]) -> Iterator[Row]:
    """Gives rows that are sorted in the order in which they are to be written."""
    for window in in_groups(rows, WINDOW_ROWS, WINDOW_BYTES):
        share = share_left_out([ROW_BYTES + len(row[0]) + len(row[-1]) for row in window])
        later: list[Row] = []
        for position, row in enumerate(window, 1):
            if len(later) < int(position * share):
                later.append(row)
            else:
                yield row
        yield from later


def share_left_out(sizes: list[int]) -> float:
    """Returns which part of rows of these sizes finds room behind the others, or 0."""
    mean = sum(sizes) / len(sizes)
    spread = sqrt(max(0, sum(size * size for size in sizes) / len(sizes) / mean**2 - 1))
    share = FREE - (1 + SPREAD_ROWS * spread) * mean / PAGE_BYTES
    return share if share >= SHARE_MIN else 0

"""A distribution as a bar chart of text, as wide as the screen.

Where the screen has no Unicode the bars are ``#``, else they are exact to an eighth of a column.
"""

from collections.abc import Iterator, Sequence
from typing import Final

from ddblite.workbench.distribution import Bar, Distribution
from ddblite.workbench.footers import plural
from ddblite.workbench.pages import Screen

WIDTH_WHEN_UNKNOWN: Final = 80
LABEL_WIDTH_MAX: Final = 40

EIGHTHS: Final = " ▏▎▍▌▋▊▉█"
PLAIN: Final = "#"


def chart_lines(distribution: Distribution, title: str, screen: Screen) -> Iterator[str]:
    """Gives a chart line by line; ``title`` and all labels have been escaped."""
    types = distribution.types()
    different = f"{len(distribution.counts):,} different"
    yield f"{title}: {plural(distribution.total, 'value')}, {different}"
    if len(types) > 1:
        yield ", ".join(
            f"{count:,} {word}" if word.isupper() else plural(count, word) for word, count in types
        )
    yield from bar_lines(distribution.bars(), distribution.total, screen)


def bar_lines(bars: Sequence[Bar], total: int, screen: Screen) -> Iterator[str]:
    """Gives a line per bar: what it is, how long it is, how many that are."""
    from rich.cells import cell_len

    if not bars:
        return
    width = screen.width or WIDTH_WHEN_UNKNOWN
    counts = [f"{bar.count:,}" for bar in bars]
    count_width = max(map(len, counts))
    left = width - count_width - len("    100.0%")
    longest = max(cell_len(bar.label) for bar in bars)
    label_width = min(longest, LABEL_WIDTH_MAX, max(1, left // 2))
    room = max(1, left - label_width)
    # What is left over has no part in the scale: it may be nearly everything.
    most = max((bar.count for bar in bars if not bar.is_rest), default=1)
    for bar, count in zip(bars, counts, strict=True):
        label = fitted(bar.label, label_width, screen)
        drawn = "" if bar.is_rest else bar_text(bar.count, most, room, screen)
        share = f"{100 * bar.count / total:.1f}%"
        yield f"{label}  {drawn:<{room}} {count:>{count_width}} {share:>6}".rstrip()


def bar_text(count: int, most: int, room: int, screen: Screen) -> str:
    """Returns a bar; one that stands for anything at all is seen."""
    if not screen.has_unicode:
        return PLAIN * max(count > 0, count * room // most)
    eighths = max(count > 0, 8 * count * room // most)
    return EIGHTHS[8] * (eighths // 8) + EIGHTHS[eighths % 8].strip()


def fitted(label: str, width: int, screen: Screen) -> str:
    """Returns a label of exactly this width; what is too long ends in a sign that says so."""
    from rich.cells import cell_len, set_cell_size

    if cell_len(label) <= width:
        return set_cell_size(label, width)
    sign = "…" if screen.has_unicode else ">"
    return set_cell_size(label, width - 1) + sign

"""What is known of a database at each step that was recorded of its files."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from worlds import World


@dataclass(frozen=True)
class Known:
    """From a step of the recording on, these are the worlds that may be true.

    ``is_flushed``: none of the earlier ones can come back, whatever the durability.
    """

    steps: int
    worlds: list[World]
    is_flushed: bool = False


def after_kill(known: Sequence[Known], at: int) -> list[Known]:
    """Returns what is known when a process ends behind a step; what it was about is open.

    The last of it is what may be true now, the others are what a power cut may bring back where
    durability is "process".
    """
    behind = [one for one in known if one.steps <= at] or list(known[:1])
    under_way = [one for one in known if one.steps > at][:1]
    now = unique(world for one in (behind[-1], *under_way) for world in one.worlds)
    flushed = max((place for place, one in enumerate(behind) if one.is_flushed), default=0)
    return [*(Known(0, one.worlds) for one in behind[flushed:-1]), Known(0, now)]


def after_power_cut(known: Sequence[Known], at: int, durability: str) -> list[Known]:
    """Returns what is known when the power goes behind a step."""
    left = after_kill(known, at)
    if durability != "process":
        return left[-1:]
    return [Known(0, unique(world for one in left for world in one.worlds))]


def unique(worlds: Iterable[World]) -> list[World]:
    """Returns each world once."""
    found: list[World] = []
    for world in worlds:
        if world not in found:
            found.append(world)
    return found

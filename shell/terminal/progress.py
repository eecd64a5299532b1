"""Progress bars on standard error, for people: there is none when that is no terminal.

A bar says how much was done and how quickly and, where it is known how much there is, how long
the rest will take.
"""

import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from typing import TYPE_CHECKING, Final, TextIO

from ddblite.schema.errors import DdbError

if TYPE_CHECKING:
    from rich.progress import ProgressColumn

    from ddblite.api.python.database import Database
    from ddblite.schema.values import Item

SHOWN_AFTER_S: Final = 0.5
"""Reading that takes no longer has no bar."""

Advance = Callable[[int, int], None]
"""Is told how many bytes and items were done since it was last told."""


@contextmanager
def progress_bar(
    label: str,
    *,
    total_bytes: int | None = None,
    total_items: int | None = None,
    stream: TextIO | None = None,
    begun_s_ago: float = 0,
) -> Iterator[Advance]:
    """Gives what is to be told about progress; the stream is standard error unless given.

    ``begun_s_ago`` is for what had no bar at first: its rate is that of the whole time.
    """
    target = stream or sys.stderr
    if not target.isatty():
        yield lambda _bytes, _items: None
        return
    from rich.console import Console
    from rich.progress import Progress

    total = total_items if total_bytes is None else total_bytes
    columns = columns_for(has_total=total is not None)
    with Progress(*columns, console=Console(file=target), transient=True) as bar:
        task = bar.add_task(label, total=total, items=0, rate="")
        items = 0

        def advance(more_bytes: int, more_items: int) -> None:
            nonlocal items
            items += more_items
            seconds = begun_s_ago + (bar.tasks[0].elapsed or 0)
            rate = f"{items / seconds:,.0f}/s" if seconds else ""
            done = more_items if total_bytes is None else more_bytes
            bar.update(task, advance=done, items=items, rate=rate)

        yield advance


@contextmanager
def rows_bar(
    label: str, database: "Database", stream: TextIO | None = None
) -> Iterator[Callable[[int], None]]:
    """Gives what is to be told how many rows were proven.

    Of how many is asked for a bar alone; a damaged file may not know.
    """
    target = stream or sys.stderr
    total = None
    if target.isatty():
        with suppress(DdbError):
            total = database.engine.rows_counted()
    with progress_bar(label, total_items=total, stream=target) as advance:
        yield lambda rows: advance(0, rows)


def columns_for(*, has_total: bool) -> list["ProgressColumn"]:
    """Returns what a bar shows: the end is foreseen only where there is a total."""
    from rich import progress

    columns: list[ProgressColumn] = [
        progress.TextColumn("{task.description}"),
        progress.BarColumn(),
        progress.TextColumn("{task.fields[items]:,} items"),
        progress.TextColumn("{task.fields[rate]}"),
        progress.TimeElapsedColumn(),
    ]
    if has_total:
        columns += [progress.TextColumn("left"), progress.TimeRemainingColumn()]
    return columns


def watched(
    pages: Iterable[list["Item"]],
    done: Callable[[], int],
    *,
    label: str,
    total_items: Callable[[], int | None],
    stream: TextIO,
    now_s: Callable[[], float],
    ends_with_items: bool,
) -> Iterator[list["Item"]]:
    """Gives pages and, when they are long in coming, shows a bar until the last one.

    ``done`` says how many items were read, ``total_items`` how many there are, asked when there
    is a bar. ``ends_with_items`` is for pages that are printed on the same terminal: there the
    bar ends when there is something to print.
    """
    is_wanted = stream.isatty()
    started = now_s()
    with ExitStack() as bars:
        advance: Advance | None = None
        told = 0
        for page in pages:
            if page and ends_with_items:
                bars.close()
                advance, is_wanted = None, False
            elif is_wanted and advance is None and (ago_s := now_s() - started) > SHOWN_AFTER_S:
                total = total_items()
                bar = progress_bar(label, total_items=total, stream=stream, begun_s_ago=ago_s)
                advance = bars.enter_context(bar)
            if advance is not None:
                advance(0, done() - told)
                told = done()
            yield page

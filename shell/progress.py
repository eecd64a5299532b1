"""A progress bar on standard error, for people: there is none when that is no terminal."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def progress_bar(
    label: str, *, total_bytes: int | None = None
) -> Iterator[Callable[[int, int], None]]:
    """Gives a function that is told how many bytes and items were done since it was last told."""
    if not sys.stderr.isatty():
        yield lambda _bytes, _items: None
        return
    from rich import progress
    from rich.console import Console

    columns = [
        progress.TextColumn("{task.description}"),
        progress.BarColumn(),
        progress.TextColumn("{task.fields[items]:,} items"),
        progress.TimeElapsedColumn(),
    ]
    if total_bytes is not None:
        columns.append(progress.TimeRemainingColumn())
    console = Console(stderr=True)
    with progress.Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task(label, total=total_bytes, items=0)
        items = 0

        def advance(more_bytes: int, more_items: int) -> None:
            nonlocal items
            items += more_items
            bar.update(task, advance=more_bytes, items=items)

        yield advance

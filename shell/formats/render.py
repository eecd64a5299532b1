"""Result pages as text, in one of several formats.

A renderer takes pages and gives pieces of text. It asks for a page before it gives anything
of that page, so that a page that fails leaves nothing behind. Adding a format is adding a
row to ``RENDERERS``.
"""

from collections.abc import Iterator, Mapping
from io import StringIO
from typing import TYPE_CHECKING, Final

from ddblite.schema.values import NUMBER_TYPES, Item, Value
from ddblite.shell.formats.delimited import render_csv, render_tsv
from ddblite.shell.formats.folding import NESTED, folded
from ddblite.shell.formats.inserts import render_insert
from ddblite.shell.formats.markdown import render_markdown
from ddblite.workbench import plain_json
from ddblite.workbench.cell_text import cell
from ddblite.workbench.item_lines import typed_line
from ddblite.workbench.pages import Pages, Renderer, Screen, columns_of
from ddblite.workbench.safe_text import escaped

if TYPE_CHECKING:
    from rich.text import Text

PLAIN_WIDTH: Final = 1_000_000
"""The width of what is no terminal: nothing is folded, one item is one line."""

COLUMN_WIDTH_MIN: Final = 9
"""A terminal that has less room than this per column shows items one below the other."""


NESTED_CHARACTERS_MIN: Final = 24
CELL_FRAME: Final = "|  "
CELL_LINES_MAX: Final = 3
"""A list or map that would take more of them in a cell on a terminal is folded."""


def render_table(pages: Pages, screen: Screen) -> Iterator[str]:
    """Gives a table per page: a boxed one on a terminal, else one that is also Markdown."""
    for page in pages:
        columns = columns_of(page)
        if not columns:
            yield "(no attributes)\n" * len(page)
        elif screen.width is not None and len(columns) * COLUMN_WIDTH_MIN > screen.width:
            yield from map(listing, page)
        else:
            yield table(page, columns, screen)


def listing(item: Item) -> str:
    """Returns an item with one attribute per line and an empty line at its end."""
    names = {name: escaped(name) for name in item}
    width = max(map(len, names.values()), default=0)
    lines = (f"{names[name]:>{width}} = {cell(one)}\n" for name, one in item.items())
    return "".join(lines) + "\n"


def render_vertical(pages: Pages, _screen: Screen) -> Iterator[str]:
    """Gives every item with one attribute per line."""
    for page in pages:
        yield from map(listing, page)


def table(page: list[Item], columns: list[str], screen: Screen) -> str:
    """Returns a page's items as the rows of a table; numbers stand on the right."""
    from rich import box, console
    from rich import table as tables
    from rich.text import Text

    is_terminal = screen.width is not None
    frame = box.MARKDOWN if not is_terminal else box.ROUNDED if screen.has_unicode else box.ASCII
    room = cell_room(page, columns, screen.width)
    made = tables.Table(box=frame, header_style="bold")
    for name in columns:
        numeric = all(type(item[name]) in NUMBER_TYPES for item in page if name in item)
        made.add_column(
            Text(escaped(name)),
            justify="right" if numeric else "left",
            overflow="fold",
            no_wrap=not is_terminal,
        )
    for item in page:
        made.add_row(*(styled(item[name], room) if name in item else Text("") for name in columns))
    target = StringIO()
    console.Console(
        file=target,
        width=screen.width or PLAIN_WIDTH,
        force_terminal=screen.has_colour,
        color_system="standard" if screen.has_colour else None,
        no_color=not screen.has_colour,
        legacy_windows=False,
    ).print(made)
    # Markdown has no frame, and rich leaves empty lines where it would be.
    lines = target.getvalue().splitlines(keepends=True)
    return "".join(lines if is_terminal else lines[1:-1])


def cell_room(page: list[Item], columns: list[str], width: int | None) -> int | None:
    """Returns how long a nested value may be in a cell, None where nothing is folded.

    It is a few lines of what the other columns leave.
    """
    if width is None:
        return None
    share = width // len(columns)
    left, nested = width, 0
    for name in columns:
        values = [item[name] for item in page if name in item]
        left -= len(CELL_FRAME)
        if any(type(value) in NESTED for value in values):
            nested += 1
        else:
            left -= min(share, max(len(cell(value)) for value in values))
    return max(NESTED_CHARACTERS_MIN, CELL_LINES_MAX * left // nested) if nested else None


def styled(value: Value, room: int | None) -> "Text":
    """Returns a cell with the style of its type; styles show only where there is colour."""
    from rich.text import Text

    text = cell(value) if room is None else folded(value, room)
    return Text(text, style=STYLES.get(type(value), ""))


STYLES: Final[Mapping[type, str]] = {
    **dict.fromkeys(NUMBER_TYPES, "cyan"),
    bool: "magenta",
    type(None): "dim",
    bytes: "yellow",
}


def render_json(pages: Pages, _screen: Screen) -> Iterator[str]:
    """Gives one JSON array with an item per line; it stays open when a page fails."""
    before = "[\n"
    for page in pages:
        for item in page:
            yield before + plain_json.encode(item)
            before = ",\n"
    yield "\n]\n" if before == ",\n" else "[]\n"


def render_json_lines(pages: Pages, _screen: Screen) -> Iterator[str]:
    """Gives one JSON object per line."""
    for page in pages:
        for item in page:
            yield plain_json.encode(item) + "\n"


def render_typed_lines(pages: Pages, _screen: Screen) -> Iterator[str]:
    """Gives DynamoDB JSON, one item per line, as an export has it and an import takes it."""
    for page in pages:
        for item in page:
            yield typed_line(item) + "\n"


RENDERERS: Final[Mapping[str, Renderer]] = {
    "table": render_table,
    "vertical": render_vertical,
    "json": render_json,
    "jsonl": render_json_lines,
    "ddb-json": render_typed_lines,
    "csv": render_csv,
    "tsv": render_tsv,
    "markdown": render_markdown,
    "insert": render_insert,
}
"""The formats of ``--format`` and ``.mode``, by name."""

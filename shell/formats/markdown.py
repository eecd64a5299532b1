"""Markdown tables, as GitHub and most others show them: a table per page of a result.

Every sign that Markdown or HTML would act on has a backslash, so that what is shown is what
the value holds: ``<<1, 2>>`` stays a set, and a script in a string stays a text.
"""

import re
from collections.abc import Iterator
from typing import Final

from ddblite.schema.values import NUMBER_TYPES, Item
from ddblite.shell.formats.delimited import exact_cell, exact_text
from ddblite.workbench.pages import Pages, Screen, columns_of

SIGN: Final = re.compile(r"[\\`*_\[\]<>&|~$]")
DASHES_MIN: Final = 3


def render_markdown(pages: Pages, _screen: Screen) -> Iterator[str]:
    """Gives a table per page; numbers stand on the right."""
    before = ""
    for page in pages:
        columns = columns_of(page)
        if columns:
            yield before + markdown_table(page, columns)
        elif page:
            yield before + "(no attributes)\n\n" * len(page)
        before = "\n" if columns else before


def markdown_table(page: list[Item], columns: list[str]) -> str:
    """Returns a page's items as the rows of a table."""
    cells = [[marked_down(exact_text(name)) for name in columns]]
    cells.extend(
        [marked_down(exact_cell(item[name])) if name in item else "" for name in columns]
        for item in page
    )
    widths = [max(DASHES_MIN, *map(len, column)) for column in zip(*cells, strict=True)]
    numeric = [
        all(type(item[name]) in NUMBER_TYPES for item in page if name in item) for name in columns
    ]
    ruler = [
        "-" * (width - 1) + (":" if right else "-")
        for width, right in zip(widths, numeric, strict=True)
    ]
    aligned = [
        [
            f"{text:>{width}}" if right else f"{text:<{width}}"
            for text, width, right in zip(row, widths, numeric, strict=True)
        ]
        for row in cells
    ]
    lines = [aligned[0], ruler, *aligned[1:]]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def marked_down(text: str) -> str:
    """Returns a text that Markdown shows as it stands."""
    return SIGN.sub(r"\\\g<0>", text)

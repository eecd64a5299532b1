r"""CSV and TSV: a line per item, a column per attribute, and no value that is taken for another.

A cell is a bare string, or it is written as PartiQL writes a value:

==============  =============================================================
``Rush``        a string
``'42'``        a string that would look like something else if it were bare
``42``          a number, with every digit
``<<1, 2>>``    a set; ``[1, 'a']`` a list, ``{'a': 1}`` a map
``<1 byte A>``  binary, by its length and base64
``"a\u001b"``   a string that has characters without a visible form, as JSON
nothing         the item does not have the attribute; ``''`` is an empty string
==============  =============================================================

A string that a spreadsheet would take for a formula is quoted too, and so it is none.
Columns are known only when the last item is, so that nothing is printed before.
"""

import csv
from collections.abc import Callable, Iterator
from io import StringIO
from typing import Any, Final

from ddblite.schema.values import BinarySet, NumberSet, StringSet, Value
from ddblite.workbench.cell_text import LITERALS, OPENINGS, bare, quoted
from ddblite.workbench.pages import Pages, Screen, columns_of, gathered
from ddblite.workbench.plain_json import encode_text
from ddblite.workbench.safe_text import escaped

AMBIGUOUS: Final = (*OPENINGS, '"', "=", "+", "-", "@")
"""What begins a value that is no string, or a formula."""


def exact_cell(value: Value) -> str:
    """Returns a value on one line, from which it can be told again with its type."""
    return exact_text(value) if isinstance(value, str) else exact_literal(value)


def exact_text(text: str) -> str:
    """Returns a string, bare if it can be taken for nothing else."""
    is_plain = not text.startswith(AMBIGUOUS) and escaped(text) == text
    return bare(text) if is_plain else exact_string(text)


def exact_literal(value: Value) -> str:
    """Returns a value as it is written inside another one."""
    return EXACT_LITERALS[type(value)](value)


def exact_string(text: str) -> str:
    """Returns a string in single quotes or, when not all of it is visible, as JSON."""
    return quoted(text) if escaped(text) == text else encode_text(text)


def exact_set(members: StringSet | NumberSet | BinarySet) -> str:
    """Returns a set, its members in order."""
    return f"<<{', '.join(map(exact_literal, members.members))}>>"


def exact_map(members: dict[str, Value]) -> str:
    """Returns a map."""
    pairs = (f"{exact_string(name)}: {exact_literal(one)}" for name, one in members.items())
    return f"{{{', '.join(pairs)}}}"


EXACT_LITERALS: Final[dict[type, Callable[[Any], str]]] = {
    **LITERALS,
    str: exact_string,
    list: lambda value: f"[{', '.join(map(exact_literal, value))}]",
    dict: exact_map,
    StringSet: exact_set,
    NumberSet: exact_set,
    BinarySet: exact_set,
}


def rows(pages: Pages) -> Iterator[list[str]]:
    """Gives the names of all attributes, then a row per item; no row at all for no items."""
    items, error = gathered(pages)
    columns = columns_of(items)
    if items:
        yield [exact_text(name) for name in columns]
    for item in items:
        yield [exact_cell(item[name]) if name in item else "" for name in columns]
    if error is not None:
        raise error


def render_csv(pages: Pages, _screen: Screen) -> Iterator[str]:
    """Gives comma-separated lines, quoted as RFC 4180 has it."""
    for row in rows(pages):
        line = StringIO()
        csv.writer(line, lineterminator="\n").writerow(row)
        yield line.getvalue()


def render_tsv(pages: Pages, _screen: Screen) -> Iterator[str]:
    """Gives lines with tabs between the cells, none of which has a tab or needs quotes."""
    for row in rows(pages):
        yield "\t".join(row) + "\n"

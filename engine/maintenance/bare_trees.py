"""SQLite's trees, taken from pages that may be damaged: nodes, cells and records.

A page of a tree has a header, an array of places, and cells at those places. In a table with
rowids a leaf's cells are rows and an inner node's are only signposts; in one without (as in an
index) the cells of inner nodes are rows as well. A record is the types of its columns and then
their contents. What cannot be read raises ValueError. Facts: https://sqlite.org/fileformat2.html
"""

import struct
from dataclasses import dataclass
from typing import Any, Final

from ddblite.engine.file.bare_pages import Pages
from ddblite.engine.file.fileformat import HEADER_BYTES

INNER_ROWLESS, INNER_TABLE, LEAF_ROWLESS, LEAF_TABLE = 2, 5, 10, 13
INNER: Final = frozenset({INNER_ROWLESS, INNER_TABLE})
KINDS: Final = frozenset({INNER_ROWLESS, INNER_TABLE, LEAF_ROWLESS, LEAF_TABLE})

RECORD_BYTES_MAX: Final = 8 * 1024 * 1024
VARINT_BYTES_MAX: Final = 9

Record = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Cell:
    """A row as it lies on a page: what of it is there, how long it is, where it goes on."""

    rowid: int
    local: bytes
    length: int
    overflow: int


@dataclass(frozen=True, slots=True)
class Node:
    """A page of a tree; ``broken`` counts the cells that could not be read."""

    children: list[int]
    cells: list[Cell]
    broken: int


def node_of(pages: Pages, number: int, page: bytes) -> Node:
    """Returns what is on a page of a tree, or raises ValueError when it is none."""
    start = HEADER_BYTES if number == 1 else 0
    kind = page[start]
    count = int.from_bytes(page[start + 3 : start + 5], "big")
    places = start + (12 if kind in INNER else 8)
    if kind not in KINDS or places + 2 * count > len(page):
        raise ValueError("no page of a tree")
    children: list[int] = []
    cells: list[Cell] = []
    broken = 0
    for at in range(places, places + 2 * count, 2):
        place = int.from_bytes(page[at : at + 2], "big")
        try:
            if kind in INNER:
                children.append(int.from_bytes(page[place : place + 4], "big"))
                place += 4
            if kind != INNER_TABLE:
                cells.append(cell_of(pages, page, place, has_rowid=kind == LEAF_TABLE))
        except ValueError:
            broken += 1
    if kind in INNER:
        children.append(int.from_bytes(page[start + 8 : start + 12], "big"))
    return Node(children, cells, broken)


def cell_of(pages: Pages, page: bytes, place: int, *, has_rowid: bool) -> Cell:
    """Returns the cell at a place of a page."""
    length, place = varint(page, place)
    rowid = 0
    if has_rowid:
        rowid, place = varint(page, place)
    if length > RECORD_BYTES_MAX:
        raise ValueError("a record that is too long")
    here = local_bytes(length, pages.usable_bytes, has_rowid=has_rowid)
    end = place + here
    if end + (4 if here < length else 0) > pages.usable_bytes:
        raise ValueError("a cell beyond its page")
    overflow = int.from_bytes(page[end : end + 4], "big") if here < length else 0
    return Cell(rowid, page[place:end], length, overflow)


def local_bytes(length: int, usable: int, *, has_rowid: bool) -> int:
    """Returns how much of a record lies on the page of its cell."""
    most = usable - 35 if has_rowid else (usable - 12) * 64 // 255 - 23
    if length <= most:
        return length
    least = (usable - 12) * 32 // 255 - 23
    some = least + (length - least) % (usable - 4)
    return some if some <= most else least


def payload_of(pages: Pages, cell: Cell, *, only_whole: bool = False) -> bytes:
    """Returns all of a record, as far as the pages on which it goes on are there, and whole."""
    parts = [cell.local]
    missing = cell.length - len(cell.local)
    number = cell.overflow
    while missing > 0 and 0 < number <= pages.count:
        if only_whole and not pages.is_whole(number):
            break
        page = pages.read(number)
        parts.append(page[4 : min(pages.usable_bytes, 4 + missing)])
        missing -= len(parts[-1])
        number = int.from_bytes(page[:4], "big")
    return b"".join(parts)


def record_of(payload: bytes) -> Record:
    """Returns the columns of a record; of one that was cut off, those that are whole."""
    header_bytes, at = varint(payload, 0)
    kinds = []
    while at < header_bytes:
        kind, at = varint(payload, at)
        kinds.append(kind)
    columns: list[Any] = []
    for kind in kinds:
        size = column_bytes(kind)
        if at + size > len(payload):
            break
        columns.append(column(kind, payload[at : at + size]))
        at += size
    return tuple(columns)


INTEGER_BYTES: Final = (0, 1, 2, 3, 4, 6, 8)
FLOAT: Final = 7
ZERO, ONE = 8, 9
BLOBS: Final = 12


def column_bytes(kind: int) -> int:
    """Returns how long a column of a type is."""
    if kind < 0:
        raise ValueError("no type of a column")
    if kind >= BLOBS:
        return (kind - BLOBS) // 2
    if kind < FLOAT:
        return INTEGER_BYTES[kind]
    return 8 if kind == FLOAT else 0


def column(kind: int, content: bytes) -> Any:  # noqa: ANN401 - one of SQLite's types
    """Returns the value of a column."""
    if kind >= BLOBS:
        return content.decode() if kind % 2 else content
    if kind == FLOAT:
        return struct.unpack(">d", content)[0]
    if kind in {ZERO, ONE}:
        return kind - ZERO
    return int.from_bytes(content, "big", signed=True) if kind else None


def varint(source: bytes, at: int) -> tuple[int, int]:
    """Returns a number of one to nine bytes, and the place behind it."""
    found = 0
    for count in range(1, VARINT_BYTES_MAX + 1):
        if at >= len(source):
            raise ValueError("a number beyond its page")
        byte = source[at]
        at += 1
        if count == VARINT_BYTES_MAX:
            found = found << 8 | byte
            break
        found = found << 7 | byte & 0x7F
        if byte < 0x80:  # noqa: PLR2004 - the bit that says that there is more
            return found, at
    return found - (1 << 64) if found >> 63 else found, at


def row_of(pages: Pages, cell: Cell, *, only_whole: bool = False) -> Record:
    """Returns the columns of a cell that can be read; none when that is nothing."""
    try:
        return record_of(payload_of(pages, cell, only_whole=only_whole))
    except ValueError:
        return ()

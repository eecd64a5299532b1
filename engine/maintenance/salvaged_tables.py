"""Definitions, items and tokens among the rows that a damaged file still has.

Whatever is said here of a row is proven by its seal, except for tokens and the names of indexes,
which have none; those are taken from pages that are whole.
"""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import chain
from typing import Any, Final

from ddblite.engine import catalog
from ddblite.engine.codec import UNREADABLE, checksum_of, decode_body, unpack
from ddblite.engine.file import fileformat
from ddblite.engine.indexes import entry_of
from ddblite.engine.keys import encode
from ddblite.engine.maintenance.salvage import SCHEMA, Found, Salvage
from ddblite.schema.errors import Corrupt
from ddblite.schema.sizes import item_size
from ddblite.schema.tables import IndexSpec, TableSpec, index_definitions, table_spec
from ddblite.schema.values import Item

TABLE_COLUMNS: Final = 8
INDEX_COLUMNS: Final = 5
ROW_COLUMNS: Final = 4
TOKEN_COLUMNS: Final = 3
BODY_COLUMNS: Final = 2
NAME_COLUMNS: Final = 2

INSERT_TOKEN: Final = "INSERT INTO ddb_tokens (token, digest, expires_at) VALUES (?, ?, ?)"  # noqa: S105


@dataclass(frozen=True, slots=True)
class Definition:
    """A table as the damaged file describes it, and how many items it counted, if that is known."""

    spec: TableSpec
    item_count: int | None


@dataclass(frozen=True, slots=True)
class Row:
    """An item that was found, under its key."""

    key: bytes
    size: int
    body: bytes
    item: Item


def definitions(salvage: Salvage) -> list[Definition]:
    """Returns the tables whose definitions can be read, in the order of their numbers."""
    found: dict[int, Definition] = {}
    names: set[str] = set()
    known = index_numbers(salvage)
    for rows in (salvage.tree("ddb_tables"), salvage.strays()):
        for row in rows:
            try:
                one = definition_of(row, known)
            except catalog.UNREADABLE:
                continue
            if one.spec.number not in found and one.spec.name not in names:
                found[one.spec.number] = one
                names.add(one.spec.name)
        if salvage.nodes[SCHEMA] and found.keys() == numbers(salvage):
            break  # what is left over is of tables that were removed
    return [found[number] for number in sorted(found)]


def definition_of(row: Found, numbers: dict[int, dict[str, int]]) -> Definition:
    """Returns the table that a row describes, or raises what ``catalog.UNREADABLE`` names."""
    _, _, table_id, created_at, definition, checksum, count, _ = row.columns
    members = catalog.opened(row.rowid, table_id, float(created_at), definition, checksum)
    known = numbers.get(row.rowid, {})
    spec = table_spec(
        row.rowid,
        {one["IndexName"]: known.get(one["IndexName"], 0) for one in index_definitions(members)},
        members,
        table_id=table_id,
        created_at_s=float(created_at),
    )
    return Definition(spec, int(count))


def index_numbers(salvage: Salvage) -> dict[int, dict[str, int]]:
    """Returns the numbers of indexes, by table number and name."""
    found: dict[int, dict[str, int]] = {}
    for row in salvage.whole("ddb_indexes"):
        if len(row.columns) == INDEX_COLUMNS:
            found.setdefault(row.columns[1], {})[row.columns[2]] = row.rowid
    return found


def names(salvage: Salvage) -> dict[int, str]:
    """Returns the names of tables as the index of their names has them, by their numbers."""
    found = {}
    for row in salvage.whole("sqlite_autoindex_ddb_tables_1"):
        if len(row.columns) == NAME_COLUMNS and isinstance(row.columns[0], str):
            found[row.columns[1]] = row.columns[0]
    return found


def numbers(salvage: Salvage) -> set[int]:
    """Returns the numbers of all tables of items that the schema names."""
    matches = map(fileformat.ROW_TABLE.fullmatch, salvage.nodes)
    return {int(match[2]) for match in matches if match and match[1] == "items"}


def tokens(salvage: Salvage) -> Iterator[tuple[str, bytes, float]]:
    """Gives the idempotency tokens, each once."""
    seen = set()
    for row in salvage.whole("ddb_tokens"):
        if len(row.columns) != TOKEN_COLUMNS:
            continue
        token, digest, expires_at = row.columns
        is_one = isinstance(token, str) and isinstance(digest, bytes) and token not in seen
        if is_one and isinstance(expires_at, int | float):
            seen.add(token)
            yield token, digest, float(expires_at)


@dataclass(slots=True)
class Rows:
    """The items of one table. ``doubtful`` are keys that were heard of: some may be lost."""

    salvage: Salvage
    table: TableSpec
    doubtful: set[bytes] = field(default_factory=set)
    nameless: int = 0

    def items(self) -> Iterator[Row]:
        """Gives the items in the table's own tree."""
        number = self.table.number
        for key, size, body, item in proven(
            self.salvage, number, self.salvage.tree(f"items_{number}")
        ):
            if item is None or encode(self.table.key, item) != key:
                self.doubt(key)
            else:
                yield Row(key, size, body, item)

    def stray_items(self) -> Iterator[Row]:
        """Gives the items of the table that no tree leads to."""
        for key, size, body, item in proven(self.salvage, self.table.number, self.salvage.strays()):
            if item is not None and encode(self.table.key, item) == key:
                yield Row(key, size, body, item)

    def items_in_indexes(self) -> Iterator[Row]:
        """Gives the items that indexes carry whole; keys of others are noted as doubtful."""
        for index in self.table.indexes.values():
            number = index.number
            rows = chain(self.salvage.tree(f"index_{number}"), self.salvage.strays())
            for key, size, body, image in proven(self.salvage, number, rows):
                item_key = None if image is None else self.item_key(index, key, image)
                if item_key is None or image is None:
                    continue
                if index.projected is None:
                    yield Row(item_key, size, body, image)
                else:
                    self.doubtful.add(item_key)

    def items_without_rows(self) -> Iterator[Row]:
        """Gives the large items whose bodies lie on pages that are proven by their checksums."""
        if not self.salvage.pages.has_checksums:
            return
        number = self.table.number
        for row in self.salvage.whole(f"bodies_{number}"):
            if len(row.columns) != BODY_COLUMNS or not isinstance(row.columns[1], bytes):
                continue
            body = row.columns[1]
            with suppress(*UNREADABLE, Corrupt):
                item = decode_body(body)
                size, key = item_size(item), encode(self.table.key, item)
                if key is not None:
                    checksum = checksum_of(number, key, size, body)
                    yield Row(key, size, body, unpack(number, key, size, checksum, body))

    def item_key(self, index: IndexSpec, key: bytes, image: Item) -> bytes | None:
        """Returns the key of the item that an entry is of, or None when it cannot be one."""
        item_key = encode(self.table.key, image)
        if item_key is None:
            return None
        entry = entry_of(index, item_key, image)
        return item_key if entry is not None and entry.key == key else None

    def hear_of_keys(self) -> None:
        """Notes the keys that the index of a table of format 1 has."""
        name = f"items_{self.table.number}"
        for row in self.salvage.whole(f"sqlite_autoindex_{name}_1"):
            if row.columns and isinstance(row.columns[0], bytes):
                self.doubtful.add(row.columns[0])

    def doubt(self, key: Any) -> None:  # noqa: ANN401 - whatever is there
        """Notes a row that cannot be read."""
        if isinstance(key, bytes) and key:
            self.doubtful.add(key)
        else:
            self.nameless += 1


def proven(
    salvage: Salvage, number: int, rows: Iterable[Found]
) -> Iterator[tuple[Any, int, bytes, Item | None]]:
    """Gives key, size, body and item of rows; one that is not of this table or index has no item.

    ``number`` is that of the table or index.
    """
    bodies = salvage.bodies(f"bodies_{number}")
    for row in rows:
        columns: tuple[Any, ...] = (*row.columns, None, None, None, None)
        key, size, checksum, body = columns[:ROW_COLUMNS]
        candidates = bodies.of(body) if isinstance(body, int) else [body]
        for candidate in candidates:
            try:
                item = unpack(number, key, size, checksum, candidate)
            except Corrupt:
                continue
            yield key, size, candidate, item
            break
        else:
            yield key, 0, b"", None

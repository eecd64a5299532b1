"""Everything that a file of an earlier format holds, written anew in the format of today.

Rows come in the order of their keys, with the seals that they had: what a seal proves (number, key,
size and body of a row) is the same in all formats. A row that does not match its own is damage, and
ends it. Catalog, definitions, numbers, counters and tokens are taken over as they are.
"""

from collections.abc import Iterator
from itertools import islice
from typing import Any, Final

from ddblite.engine import catalog
from ddblite.engine.catalog import SELECT_EPOCH
from ddblite.engine.codec import is_sealed
from ddblite.engine.file import fileformat
from ddblite.engine.file.storage import Storage
from ddblite.engine.history import expiry
from ddblite.engine.maintenance.check import Progress, unheard
from ddblite.engine.rows import insert_row, row_sql
from ddblite.engine.transaction import items_of
from ddblite.schema.errors import Corrupt

Row = tuple[bytes, int, int, bytes]

GROUP_ROWS: Final = 100
"""Rows of one transaction, of 400 KB each at most."""

SELECT_TABLES: Final = """
    SELECT number, name, table_id, created_at, definition, seal, item_count, item_bytes
      FROM ddb_tables
"""
SELECT_INDEXES: Final = """
    SELECT number, table_number, name, item_count, item_bytes FROM ddb_indexes
"""

KEPT: Final = (
    (SELECT_TABLES, "INSERT INTO ddb_tables VALUES (?, ?, ?, ?, ?, ?, ?, ?)"),
    (SELECT_INDEXES, "INSERT INTO ddb_indexes VALUES (?, ?, ?, ?, ?)"),
    (
        "SELECT token, digest, expires_at FROM ddb_tokens",
        "INSERT INTO ddb_tokens VALUES (?, ?, ?)",
    ),
    (SELECT_EPOCH, "UPDATE ddb_catalog SET epoch = ?, next_number = ?"),
)
"""What is taken over as it is."""

ROW_TABLES: Final = (
    "SELECT 'items', number FROM ddb_tables UNION ALL SELECT 'index', number FROM ddb_indexes"
)


def rewrite(source: Storage, target: Storage, progress: Progress = unheard) -> None:
    """Fills a new database with everything that another has, as of one moment.

    ``progress`` is told, now and then, how many rows were written since.
    """
    with source.snapshot():
        with target.write():
            for select, insert in KEPT:
                for row in all_of(source, select):
                    target.execute(insert, row)
        for kind, number in all_of(source, ROW_TABLES):
            with target.write():
                for statement in fileformat.create_rows(kind, number):
                    target.execute(statement)
            rewrite_rows(source, target, kind, number, progress)
        for table in catalog.load(target).tables.values():
            if table.expiry_attribute is not None:
                with target.write():
                    expiry.fill(target, table, items_of(target, table))


def all_of(source: Storage, select: str) -> list[Any]:
    """Returns the rows of a statement."""
    with source.rows(select, ()) as rows:
        return list(rows)


def rewrite_rows(
    source: Storage, target: Storage, kind: str, number: int, progress: Progress
) -> None:
    """Writes the rows of a table or index, in the order of their keys."""
    with source.rows(row_sql(source.format_number, kind, number).whole, ()) as rows:
        for group in groups(rows):
            with target.write():
                for key, size, checksum, body in group:
                    if not is_sealed(number, key, size, checksum, body):
                        raise Corrupt(f"row {key.hex()} of table number {number} is damaged")
                    insert_row(target, kind, number, key, size, body)
            progress(len(group))


def groups(rows: Iterator[Row]) -> Iterator[list[Row]]:
    """Gives rows some at once."""
    while group := list(islice(rows, GROUP_ROWS)):
        yield group

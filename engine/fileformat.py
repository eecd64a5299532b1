"""The file: how it is told apart, what tables it holds, and that nothing else is in it.

A ``.ddb`` file is a SQLite database with ``application_id`` "ddbl" and, as
``user_version``, the number of its format. Its schema is exactly the statements below, plus
one ``items_<n>`` per DynamoDB table and one ``index_<n>`` per secondary index. A file with
any other table, index, trigger or view in it was not made by us and is refused: that is the
simplest and strongest guard against a hostile schema.

``docs/fileformat.md`` describes every byte; keep it true.
"""

import re
from collections.abc import Iterable
from typing import Final

APPLICATION_ID: Final = 0x6464626C
"""The four letters "ddbl", in bytes 68 to 71 of the file."""

FORMAT_NUMBER: Final = 1

PAGE_BYTES: Final = 8192

NEW_FILE_PAGES: Final = 8
"""What the catalog takes. A file with more of them holds a table."""

HEADER_BYTES: Final = 100
SQLITE_MAGIC: Final = b"SQLite format 3\0"
ENCRYPTED_MAGIC: Final = b"ddblite"
"""What an encrypted file begins with; then comes the number of the scheme."""

CATALOG: Final = (
    """CREATE TABLE ddb_catalog (
  one         INTEGER PRIMARY KEY CHECK (one = 1),
  epoch       INTEGER NOT NULL,  -- rises with every change of the catalog
  next_number INTEGER NOT NULL   -- of the next table or index; never used twice
)""",
    """CREATE TABLE ddb_tables (
  number      INTEGER PRIMARY KEY,   -- n of items_<n>
  name        TEXT NOT NULL UNIQUE,
  table_id    TEXT NOT NULL,         -- UUID, new for each creation
  created_at  REAL NOT NULL,         -- seconds since 1970
  definition  TEXT NOT NULL,         -- JSON, the members of CreateTable
  seal        INTEGER NOT NULL,      -- CRC-32 of number, table_id, created_at and definition
  item_count  INTEGER NOT NULL,
  item_bytes  INTEGER NOT NULL       -- sum of the items' DynamoDB sizes
)""",
    """CREATE TABLE ddb_indexes (
  number      INTEGER PRIMARY KEY,   -- n of index_<n>
  table_number INTEGER NOT NULL REFERENCES ddb_tables (number),
  name        TEXT NOT NULL,
  item_count  INTEGER NOT NULL,
  item_bytes  INTEGER NOT NULL,
  UNIQUE (table_number, name)
)""",
    """CREATE TABLE ddb_tokens (
  token       TEXT PRIMARY KEY,      -- ClientRequestToken
  digest      BLOB NOT NULL,         -- BLAKE2b of what was asked with it
  expires_at  REAL NOT NULL          -- seconds since 1970
)""",
)

PAGE_CHECKS: Final = (
    "PRAGMA quick_check(20)",
    *(f"PRAGMA integrity_check({statement.split()[2]})" for statement in CATALOG),
)
"""SQLite's own checks: of all pages and trees, and of the catalog's indexes besides."""

ROWS: Final = """CREATE TABLE {kind}_{number} (
  key  BLOB NOT NULL UNIQUE,  -- order-preserving
  size INTEGER NOT NULL,      -- DynamoDB item size in bytes
  seal INTEGER NOT NULL,      -- row format and CRC-32
  body BLOB NOT NULL          -- msgpack
)"""

ROW_TABLE: Final = re.compile(r"(items|index)_([1-9][0-9]*)")

NEW_FILE: Final = (
    *CATALOG,
    "INSERT INTO ddb_catalog (one, epoch, next_number) VALUES (1, 1, 1)",
)


def create_rows(kind: str, number: int) -> str:
    """Returns the statement that makes ``items_<n>`` or ``index_<n>``."""
    return ROWS.format(kind=kind, number=int(number))


def drop_rows(kind: str, number: int) -> str:
    """Returns the statement that removes ``items_<n>`` or ``index_<n>``."""
    return f"DROP TABLE {kind}_{int(number)}"


def foreign_object(schema: Iterable[tuple[str, str, str | None]]) -> str | None:
    """Returns the name of the first object that is not of this format, or None.

    ``schema`` are the rows (type, name, sql) of ``sqlite_schema``.
    """
    expected = {statement.split()[2]: statement for statement in CATALOG}
    missing = set(expected)
    for kind, name, sql in schema:
        if kind == "index" and sql is None and name.startswith("sqlite_autoindex_"):
            continue
        if kind == "table" and sql == expected.get(name):
            missing.discard(name)
            continue
        match = ROW_TABLE.fullmatch(name)
        if kind == "table" and match and sql == create_rows(match[1], int(match[2])):
            continue
        return name
    return min(missing, default=None)

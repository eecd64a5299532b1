"""The file: how it is told apart, what tables it holds, and that nothing else is in it.

A ``.ddb`` file is a SQLite database with ``application_id`` "ddbl" and, as
``user_version``, the number of its format. Its schema is exactly the statements of that format
below, plus the tables of rows: ``items_<n>`` per DynamoDB table and ``index_<n>`` per secondary
index, each with a ``bodies_<n>`` beside it. A file with any other table, index, trigger or view
in it was not made by us and is refused: that is the simplest and strongest guard against a
hostile schema. The one exception are tables whose names begin with ``ddb_x_``: they are additions
of a later release that this one does not need, and are kept.

Format 1 is only read. ``docs/fileformat.md`` describes every byte; keep it true.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

APPLICATION_ID: Final = 0x6464626C
"""The four letters "ddbl", in bytes 68 to 71 of the file."""

FORMAT_NUMBER: Final = 2
"""The format that is written."""

STAMP_UNIT: Final = 1_000_000

PAGE_BYTES: Final = 8192
RESERVED_BYTES: Final = 8
"""At the end of each page, for its checksum."""

NEW_FILE_PAGES: Final = 15
"""What the catalog takes. A file with more of them holds a table."""

HEADER_BYTES: Final = 100
SQLITE_MAGIC: Final = b"SQLite format 3\0"
ENCRYPTED_MAGIC: Final = b"ddblite"
"""What an encrypted file begins with; then comes the number of the scheme."""

TABLES: Final = """CREATE TABLE ddb_tables (
  number      INTEGER PRIMARY KEY,   -- n of items_<n>
  name        TEXT NOT NULL UNIQUE,
  table_id    TEXT NOT NULL,         -- UUID, new for each creation
  created_at  REAL NOT NULL,         -- seconds since 1970
  definition  TEXT NOT NULL,         -- JSON, the members of CreateTable
  seal        INTEGER NOT NULL,      -- CRC-32 of number, table_id, created_at and definition
  item_count  INTEGER NOT NULL,
  item_bytes  INTEGER NOT NULL       -- sum of the items' DynamoDB sizes
)"""

INDEXES: Final = """CREATE TABLE ddb_indexes (
  number      INTEGER PRIMARY KEY,   -- n of index_<n>
  table_number INTEGER NOT NULL REFERENCES ddb_tables (number),
  name        TEXT NOT NULL,
  item_count  INTEGER NOT NULL,
  item_bytes  INTEGER NOT NULL,
  UNIQUE (table_number, name)
)"""

TOKENS: Final = """CREATE TABLE ddb_tokens (
  token       TEXT PRIMARY KEY,      -- ClientRequestToken
  digest      BLOB NOT NULL,         -- BLAKE2b of what was asked with it
  expires_at  REAL NOT NULL          -- seconds since 1970
)"""

CATALOG_1: Final = (
    """CREATE TABLE ddb_catalog (
  one         INTEGER PRIMARY KEY CHECK (one = 1),
  epoch       INTEGER NOT NULL,  -- rises with every change of the catalog
  next_number INTEGER NOT NULL   -- of the next table or index; never used twice
)""",
    TABLES,
    INDEXES,
    TOKENS,
)

CATALOG: Final = (
    """CREATE TABLE ddb_catalog (
  one           INTEGER PRIMARY KEY CHECK (one = 1),
  epoch         INTEGER NOT NULL,  -- rises with every change of the catalog
  next_number   INTEGER NOT NULL,  -- of the next table or index; never used twice
  next_sequence INTEGER NOT NULL   -- of the next entry of the log; never used twice
)""",
    TABLES,
    INDEXES,
    TOKENS,
    # What follows is empty until it is needed.
    """CREATE TABLE ddb_log (
  sequence     INTEGER PRIMARY KEY,
  transaction_sequence INTEGER NOT NULL, -- the first sequence of the transaction
  written_at   REAL NOT NULL,            -- seconds since 1970
  table_number INTEGER NOT NULL,
  kind         INTEGER NOT NULL,         -- of the change: to an item, or to the table
  key          BLOB,
  old_body     BLOB,
  new_body     BLOB,
  actor        TEXT,
  seal         INTEGER NOT NULL          -- CRC-32 of all others
)""",
    "CREATE INDEX ddb_log_of_table ON ddb_log (table_number, sequence)",
    """CREATE TABLE ddb_expiry (
  expires_at   INTEGER NOT NULL,         -- seconds since 1970
  table_number INTEGER NOT NULL,
  key          BLOB NOT NULL,
  PRIMARY KEY (expires_at, table_number, key)
) WITHOUT ROWID""",
    """CREATE TABLE ddb_backups (
  number       INTEGER PRIMARY KEY,      -- n of the items_<n> that holds its items
  backup_id    TEXT NOT NULL,
  table_id     TEXT NOT NULL,
  created_at   REAL NOT NULL,            -- seconds since 1970
  sequence     INTEGER NOT NULL,         -- of the last entry of the log that is in it
  definition   TEXT NOT NULL,            -- JSON: of the backup, and of the table as it was
  seal         INTEGER NOT NULL,         -- CRC-32 of all others
  item_count   INTEGER NOT NULL,
  item_bytes   INTEGER NOT NULL
)""",
    """CREATE TABLE ddb_checkpoints (
  reader       TEXT NOT NULL,
  table_number INTEGER NOT NULL,
  sequence     INTEGER NOT NULL,         -- of the last entry of the log that it is done with
  PRIMARY KEY (reader, table_number)
) WITHOUT ROWID""",
    """CREATE TABLE ddb_settings (
  name         TEXT PRIMARY KEY,
  content      TEXT NOT NULL             -- JSON
) WITHOUT ROWID""",
    """CREATE TABLE ddb_recordings (
  hour         INTEGER NOT NULL,         -- hours since 1970
  table_number INTEGER NOT NULL,
  index_number INTEGER NOT NULL,         -- 0 for the table itself
  shape        TEXT NOT NULL,            -- of the requests, without their values
  counts       TEXT NOT NULL,            -- JSON
  PRIMARY KEY (hour, table_number, index_number, shape)
) WITHOUT ROWID""",
)

NEW_FILE: Final = (
    *CATALOG,
    "INSERT INTO ddb_catalog (one, epoch, next_number, next_sequence) VALUES (1, 1, 1, 1)",
)

ROWS_1: Final = """CREATE TABLE {kind}_{number} (
  key  BLOB NOT NULL UNIQUE,  -- order-preserving
  size INTEGER NOT NULL,      -- DynamoDB item size in bytes
  seal INTEGER NOT NULL,      -- row format and CRC-32
  body BLOB NOT NULL          -- msgpack
)"""

ROWS: Final = """CREATE TABLE {kind}_{number} (
  key  BLOB PRIMARY KEY,      -- order-preserving
  size INTEGER NOT NULL,      -- DynamoDB item size in bytes
  seal INTEGER NOT NULL,      -- row format and CRC-32
  body NOT NULL               -- msgpack, or the number of a large one in bodies_{number}
) WITHOUT ROWID"""

BODIES: Final = """CREATE TABLE bodies_{number} (
  number INTEGER PRIMARY KEY,
  body   BLOB NOT NULL        -- msgpack
)"""

ROW_TABLE: Final = re.compile(r"(items|index)_([1-9][0-9]*)")
BODY_TABLE: Final = re.compile(r"bodies_([1-9][0-9]*)")
ADDITION: Final = "ddb_x_"


@dataclass(frozen=True, slots=True)
class Format:
    """What the schema of a file may hold."""

    objects: Mapping[str, str]
    """The statements of the catalog, by the names of what they make."""

    rows: str
    """What makes a table of rows."""

    bodies: str | None
    """What makes the table beside it; None where there is none."""

    reserved_bytes: int
    """At the end of each page."""

    def is_expected(self, kind: str, name: str, sql: str | None) -> bool:
        """Whether an object, as ``sqlite_schema`` has it, may be in a file of this format."""
        if kind == "index" and sql is None and name.startswith("sqlite_autoindex_"):
            return True
        if name in self.objects:
            return sql == self.objects[name]
        if kind != "table":
            return False
        if rows := ROW_TABLE.fullmatch(name):
            return sql == self.rows.format(kind=rows[1], number=int(rows[2]))
        if self.bodies is None:
            return False
        if bodies := BODY_TABLE.fullmatch(name):
            return sql == self.bodies.format(number=int(bodies[1]))
        return name.startswith(ADDITION)


def parts_of_stamp(stamp: int) -> tuple[int, str | None]:
    """Returns the number of a format, and the version of ddblite that it needs, where it is told.

    ``stamp`` is the ``user_version`` of a file. From format 3 on it will be the format times a
    million, plus the version as six digits, two for each of its parts.
    """
    if stamp < STAMP_UNIT:
        return stamp, None
    number, version = divmod(stamp, STAMP_UNIT)
    return number, f"{version // 10_000}.{version // 100 % 100}.{version % 100}"


def page_checks(number: int) -> tuple[str, ...]:
    """Returns SQLite's own checks: of all pages and trees, and of the catalog's indexes besides."""
    tables = (name for name, sql in FORMATS[number].objects.items() if sql.startswith("CREATE T"))
    return ("PRAGMA quick_check(20)", *(f"PRAGMA integrity_check({table})" for table in tables))


COUNTED: Final = """
    SELECT 'items', number, item_count, item_bytes FROM ddb_tables
     UNION ALL
    SELECT 'index', number, item_count, item_bytes FROM ddb_indexes
"""
"""What was counted, by the tables of rows."""


def count_rows(kind: str, number: int) -> str:
    """Returns the statement that counts rows, and their sizes."""
    return f"SELECT count(*), ifnull(sum(size), 0) FROM {kind}_{int(number)}"  # noqa: S608


def count_bodies(kind: str, number: int) -> str:
    """Returns the statement that counts the rows with large bodies, and the bodies."""
    rows = f"SELECT count(*) FROM {kind}_{int(number)} WHERE typeof(body) = 'integer'"  # noqa: S608
    return f"SELECT ({rows}), (SELECT count(*) FROM bodies_{int(number)})"  # noqa: S608


def by_name(catalog: Iterable[str]) -> Mapping[str, str]:
    """Returns statements by the names of what they make."""
    return {statement.split()[2]: statement for statement in catalog}


FORMATS: Final[Mapping[int, Format]] = {
    1: Format(by_name(CATALOG_1), ROWS_1, None, 0),
    2: Format(by_name(CATALOG), ROWS, BODIES, RESERVED_BYTES),
}
"""The formats that can be read, by their numbers."""


def create_rows(kind: str, number: int) -> tuple[str, ...]:
    """Returns the statements that make ``items_<n>`` or ``index_<n>``, and its bodies."""
    return (
        ROWS.format(kind=kind, number=int(number)),
        BODIES.format(number=int(number)),
    )


def drop_rows(kind: str, number: int) -> tuple[str, ...]:
    """Returns the statements that remove ``items_<n>`` or ``index_<n>``, and its bodies."""
    return f"DROP TABLE {kind}_{int(number)}", f"DROP TABLE bodies_{int(number)}"


def foreign_object(number: int, schema: Iterable[tuple[str, str, str | None]]) -> str | None:
    """Returns the name of the first object that is not of a format, or None.

    ``schema`` are the rows (type, name, sql) of ``sqlite_schema``.
    """
    expected = FORMATS[number]
    missing = set(expected.objects)
    for kind, name, sql in schema:
        if not expected.is_expected(kind, name, sql):
            return name
        missing.discard(name)
    return min(missing, default=None)

"""Every limit in one place, with its source.

Sizes are bytes and inclusive maxima unless a name ends otherwise. Sources: the DynamoDB
developer guide, "Quotas in Amazon DynamoDB", and the service model's constraints.
"""

from typing import Final

ITEM_BYTES_MAX: Final = 400 * 1024
"""Names and values together. Guide: "Item size"."""

PARAMETER_DEPTH: Final = 0
"""The level at which a parameter of a statement begins: it may have one more than an item."""

TRANSACTION_VALUE_DEPTH: Final = 0
"""The same of a value in an action's expressions: it may be compared, though not stored."""

NESTING_DEPTH_MAX: Final = 32
"""Levels of one value: a top-level value is level 1, the deepest leaf may be at level 32.

It is also what keeps every recursive walk of ours bounded.
"""

NESTING_DEPTH_READ_MAX: Final = 63
"""A leaf deeper than this is refused as well, but in the words of the older layer."""

ATTRIBUTE_NAME_BYTES_MAX: Final = 65_535
KEY_ATTRIBUTE_NAME_BYTES_MAX: Final = 255
"""Key, index key and projected attribute names."""

NAME_LENGTH_MIN: Final = 3
NAME_LENGTH_MAX: Final = 255
"""Table and index names, in characters."""

PARTITION_KEY_BYTES_MAX: Final = 2048
SORT_KEY_BYTES_MAX: Final = 1024

NUMBER_DIGITS_MAX: Final = 38
NUMBER_EXPONENT_MAX: Final = 125
NUMBER_EXPONENT_MIN: Final = -130
"""Exponents of the first significant digit: magnitudes from 1E-130 to 9.99..E+125."""

EXPRESSION_BYTES_MAX: Final = 4096
EXPRESSION_OPERATORS_MAX: Final = 300
EXPRESSION_PATH_DEPTH_MAX: Final = 32
EXPRESSION_IN_OPERANDS_MAX: Final = 100
PLACEHOLDER_LENGTH_MAX: Final = 255
"""``#name`` and ``:value``, the sigil included."""

PAGE_BYTES_MAX: Final = 1024 * 1024
"""Item sizes read by one Query or Scan page; the item that crosses it is still in the page."""

BATCH_GET_KEYS_MAX: Final = 100
BATCH_GET_BYTES_MAX: Final = 16 * 1024 * 1024
BATCH_WRITE_REQUESTS_MAX: Final = 25
BATCH_STATEMENTS_MAX: Final = 25
TRANSACT_ITEMS_MAX: Final = 100
TRANSACT_BYTES_MAX: Final = 4 * 1024 * 1024
CLIENT_TOKEN_LENGTH_MAX: Final = 36
TRANSACT_TOKEN_SECONDS: Final = 600
"""How long a ClientRequestToken is remembered."""

SCAN_SEGMENTS_MAX: Final = 1_000_000
LIST_TABLES_MAX: Final = 100

LOCAL_INDEXES_MAX: Final = 5
GLOBAL_INDEXES_MAX: Final = 20
INDEX_KEY_PARTS_MAX: Final = 4
"""Attributes of a multi-attribute GSI, of each role: four HASH and four RANGE."""
PROJECTED_ATTRIBUTES_MAX: Final = 20
"""NonKeyAttributes of one index."""
PROJECTED_ATTRIBUTES_TOTAL_MAX: Final = 100
"""NonKeyAttributes of all indexes of a table together."""

STATEMENT_LENGTH_MAX: Final = 8192
"""Characters of a PartiQL statement. API reference: ExecuteStatement.Statement."""
NEXT_TOKEN_LENGTH_MAX: Final = 32_768
"""Characters. API reference: ExecuteStatement.NextToken."""
STATEMENT_DEPTH_MAX: Final = 64
"""Brackets within brackets in a PartiQL statement: ours, no value can be deeper than 32."""

READ_UNIT_BYTES: Final = 4096
WRITE_UNIT_BYTES: Final = 1024

assert NESTING_DEPTH_MAX < STATEMENT_DEPTH_MAX, "a legal literal must fit into a legal statement"

CAPACITY_UNITS_MAX: Final = 1_000_000_000_000
"""A sanity bound; the account's own limit on a table is far lower."""
WARM_READ_UNITS_MIN: Final = 12_000
WARM_WRITE_UNITS_MIN: Final = 4_000
"""What every on-demand table can serve at once. Guide: "Initial throughput"."""

TAGS_MAX: Final = 50
TAG_KEY_LENGTH_MAX: Final = 128
TAG_VALUE_LENGTH_MAX: Final = 256

EXPIRY_ATTRIBUTE_LENGTH_MAX: Final = 255
"""Characters of the attribute that time to live looks at."""
RECOVERY_DAYS_MAX: Final = 35
"""How far back point-in-time recovery may reach, and does where nothing else is said."""

TABLE_CAPACITY_UNITS_MAX: Final = 40_000
ACCOUNT_CAPACITY_UNITS_MAX: Final = 80_000
"""An account's own default limits, of each kind of unit. Guide: "Default quotas"."""

RESOURCE_ARN_LENGTH_MAX: Final = 1283
FEATURE_ARN_LENGTH_MIN: Final = 37
"""ARNs of backups, exports, imports and streams. Model: BackupArn, ExportArn, StreamArn."""

SHARD_ID_LENGTH_MIN: Final = 28
SHARD_ID_LENGTH_MAX: Final = 65
"""Of a stream's shard, in characters."""

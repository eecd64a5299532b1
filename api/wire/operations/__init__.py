"""One row per operation: all that the wire knows of it, in one place.

``OPERATIONS`` are those that are carried out, ``UNSUPPORTED`` the reasons why others are not;
together they are all there are. To add one, see CONTRIBUTING.md.
"""

from typing import Final

from ddblite.api.wire.operation import Operation
from ddblite.api.wire.operations.backups import BACKUP_OPERATIONS
from ddblite.api.wire.operations.features import FEATURE_OPERATIONS
from ddblite.api.wire.operations.features import UNSUPPORTED as REFUSED
from ddblite.api.wire.operations.items import ITEM_OPERATIONS
from ddblite.api.wire.operations.statements import STATEMENT_OPERATIONS
from ddblite.api.wire.operations.streams import STREAM_OPERATIONS
from ddblite.api.wire.operations.tables import TABLE_OPERATIONS
from ddblite.schema.request_kinds import Effect

OPERATIONS: Final[dict[str, Operation]] = {
    row.name: row
    for rows in (
        ITEM_OPERATIONS,
        TABLE_OPERATIONS,
        STATEMENT_OPERATIONS,
        STREAM_OPERATIONS,
        BACKUP_OPERATIONS,
        FEATURE_OPERATIONS,
    )
    for row in rows
}

UNSUPPORTED: Final[dict[str, str]] = {row.name: row.reason for row in REFUSED}
"""The reason why an operation is not carried out, by its name."""

NAMES: Final = frozenset(OPERATIONS.keys() | UNSUPPORTED.keys())

STREAMS: Final = frozenset(row.name for row in STREAM_OPERATIONS)
"""Operations of the second service, which has a model and an address of its own."""

READS: Final = frozenset(row.name for row in OPERATIONS.values() if row.record.kind.reads)
"""Operations that write nothing and wait for nobody."""

WRITES: Final = frozenset(
    row.name for row in OPERATIONS.values() if row.record.kind.effect is Effect.WRITES
)
"""Operations that write, whatever they are given."""

STATED: Final = frozenset(OPERATIONS) - READS - WRITES
"""Operations that write if their statements do."""

TOGETHER: Final = frozenset(
    row.name for row in OPERATIONS.values() if row.record.kind.shares_commit
)
"""Operations whose writes may share a commit: they change items, and no table."""

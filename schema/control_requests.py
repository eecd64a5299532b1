"""Requests and answers about tables and their settings: see ``schema.requests``.

What is kept per table is kept in its definition; answers that have no content of their own are
the wire's response as it stands.
"""

from typing import Any, ClassVar

from msgspec import field

from ddblite.schema.names import table_named
from ddblite.schema.request_kinds import (
    LONE_WRITE,
    OLDER_READ,
    QUESTION,
    TABLE_CHANGE,
    TABLE_SETTING,
    Kind,
)
from ddblite.schema.requests import Record, Request, TableRequest
from ddblite.schema.values import Item


class CreateTable(Request):
    """``definition`` has the members of the wire's CreateTable, checked for shape."""

    kind: ClassVar[Kind] = TABLE_CHANGE
    definition: dict[str, Any]

    def table_names(self) -> list[str]:
        """Returns the names of the tables that it is about."""
        return [self.definition["TableName"]]


class DeleteTable(TableRequest):
    """Removes a table, its items and its indexes."""

    kind: ClassVar[Kind] = TABLE_CHANGE


class DescribeTable(TableRequest):
    """Asks for a table's description."""

    kind: ClassVar[Kind] = QUESTION


class TableAnswer(Record):
    """``description`` is the wire's TableDescription."""

    description: dict[str, Any]


class ListTables(Request):
    """Asks for table names in byte order, after ``start_name``."""

    kind: ClassVar[Kind] = QUESTION
    start_name: str | None = None
    limit: int = 100


class ListTablesAnswer(Record):
    """``last_name`` is where to go on, or None at the end."""

    names: list[str]
    last_name: str | None


class UpdateTable(TableRequest):
    """Changes a table; ``changes`` has the wire's members, checked for what needs no table."""

    kind: ClassVar[Kind] = TABLE_CHANGE
    changes: dict[str, Any]


class TagResource(Request):
    """Adds tags, or replaces those of the same keys."""

    kind: ClassVar[Kind] = TABLE_SETTING
    resource_arn: str
    tags: list[dict[str, str]]

    def table_names(self) -> list[str]:
        """Returns the names of the tables that it is about."""
        return [table_named(self.resource_arn) or self.resource_arn]


class UntagResource(Request):
    """Removes tags by their keys; absent ones are no error."""

    kind: ClassVar[Kind] = TABLE_SETTING
    resource_arn: str
    keys: list[str]

    def table_names(self) -> list[str]:
        """Returns the names of the tables that it is about."""
        return [table_named(self.resource_arn) or self.resource_arn]


class ListTagsOfResource(Request):
    """Asks for all tags; they always fit into one answer."""

    kind: ClassVar[Kind] = QUESTION
    resource_arn: str


class UpdateTimeToLive(TableRequest):
    """Says by which attribute items should expire; ``setting`` is the wire's structure."""

    kind: ClassVar[Kind] = TABLE_SETTING
    setting: dict[str, Any]


class DescribeTimeToLive(TableRequest):
    """Asks by which attribute items should expire."""

    kind: ClassVar[Kind] = OLDER_READ


class UpdateContinuousBackups(TableRequest):
    """Says whether a table should be restorable; ``setting`` is the wire's structure."""

    kind: ClassVar[Kind] = LONE_WRITE
    setting: dict[str, Any]


class DescribeContinuousBackups(TableRequest):
    """Asks whether a table should be restorable."""

    kind: ClassVar[Kind] = OLDER_READ


class AbsentFeature(Request):
    """Asks, by the name of an operation, about a feature that no table here has.

    ``resource`` is what the question is about: a table, an ARN, a global table; or nothing.
    """

    kind: ClassVar[Kind] = QUESTION
    operation: str
    resource: str = ""
    index_name: str | None = None

    def table_names(self) -> list[str]:
        """Returns the names of the tables that it is about."""
        return [table_named(self.resource) or self.resource]


class ResponseAnswer(Record):
    """``response`` is the wire's response as it stands."""

    response: dict[str, Any]


class ListStreams(Request):
    """Asks for the streams that can be read, of one table or of all, behind one of them."""

    kind: ClassVar[Kind] = QUESTION
    table_name: str | None = None
    start_arn: str | None = None
    limit: int = 100


class DescribeStream(Request):
    """Asks for a stream and its shards, behind one of them, or the children of one."""

    kind: ClassVar[Kind] = QUESTION
    stream_arn: str
    start_shard_id: str | None = None
    children_of: str | None = None
    limit: int = 100


class GetShardIterator(Request):
    """Asks for a place in a shard; ``timestamp`` are seconds since 1970."""

    kind: ClassVar[Kind] = QUESTION
    stream_arn: str
    shard_id: str
    iterator_type: str
    sequence_number: str | None = None
    timestamp: int | None = None


class GetRecords(Request):
    """Asks for what a shard has behind a place."""

    kind: ClassVar[Kind] = QUESTION
    iterator: str
    limit: int = 1000


class StreamRecord(Record):
    """What happened to one item; images that the stream's view leaves out are None."""

    event_id: str
    event_name: str
    keys: Item
    new_image: Item | None
    old_image: Item | None
    sequence_number: str
    size: int
    view: str
    written_at_s: float
    actor: str | None


class RecordsAnswer(Record):
    """``next_iterator`` is None behind the last record of a shard that is closed."""

    records: list[StreamRecord]
    next_iterator: str | None


class Sweep(Request):
    """Removes some of the items that have expired, ``limit`` at most, and what the log forgets."""

    kind: ClassVar[Kind] = LONE_WRITE
    limit: int = 100


class SweepAnswer(Record):
    """How many items were removed, and whether nothing is left to be done."""

    expired: int
    is_done: bool


class CreateBackup(TableRequest):
    """Copies a table's items into a backup inside of the file; names need not differ."""

    kind: ClassVar[Kind] = LONE_WRITE
    backup_name: str


class DescribeBackup(Request):
    """Asks for a backup."""

    kind: ClassVar[Kind] = QUESTION
    backup_arn: str


class DeleteBackup(Request):
    """Removes a backup."""

    kind: ClassVar[Kind] = LONE_WRITE
    backup_arn: str


class ListBackups(Request):
    """Asks for backups made at ``lower_s`` or later and before ``upper_s``."""

    kind: ClassVar[Kind] = QUESTION
    table_name: str | None = None
    kind_of_backup: str = "USER"
    lower_s: int | None = None
    upper_s: int | None = None
    start_arn: str | None = None
    limit: int = 100


class RestoreTableFromBackup(Request):
    """Makes a table of a backup; ``overrides`` are the wire's members of that name."""

    kind: ClassVar[Kind] = TABLE_CHANGE
    target_name: str
    backup_arn: str
    overrides: dict[str, Any] = field(default_factory=dict)


class RestoreTableToPointInTime(Request):
    """Makes a table of what another had at a moment; None is now."""

    kind: ClassVar[Kind] = TABLE_CHANGE
    target_name: str
    source_name: str
    moment_s: float | None = None
    overrides: dict[str, Any] = field(default_factory=dict)


class StartOfChanges(TableRequest):
    """Asks behind which entry of the log a reader begins; without a moment at the oldest."""

    kind: ClassVar[Kind] = QUESTION
    reader: str | None = None
    moment_s: float | None = None


class SequenceAnswer(Record):
    """``sequence`` is an entry of the log."""

    sequence: int


class ReadChanges(TableRequest):
    """Asks for what happened to a table behind an entry of the log."""

    kind: ClassVar[Kind] = QUESTION
    after: int
    limit: int


class ItemChange(Record):
    """What happened to an item: as it was and as it is; None where it was not there."""

    sequence: int
    written_at_s: float
    old: Item | None
    new: Item | None
    actor: str | None


class ChangesAnswer(Record):
    """``after`` is the entry that was read last; ``is_end`` tells that there was no more."""

    changes: list[ItemChange]
    after: int
    is_end: bool


class SaveCheckpoint(TableRequest):
    """Notes that a reader is done with an entry of the log."""

    kind: ClassVar[Kind] = LONE_WRITE
    reader: str
    sequence: int

"""The streams there are: which table had one, from when to when, and of what view.

A table's definition tells its newest stream alone. What was disabled, or went with its table, stays
readable for a day, so each stream has a row of ``ddb_settings``: made with it, ended with it, gone
when nothing of it can be read any more. Facts: docs/facts/streams-and-expiry.md, "Streams".
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

import msgspec
from msgspec import Struct

from ddblite.engine.definitions.stream_settings import stream_arn
from ddblite.engine.file.storage import Storage
from ddblite.engine.history.entries import SEQUENCES_END, has_log
from ddblite.schema.errors import Corrupt
from ddblite.schema.tables import TableSpec

PREFIX: Final = "stream "
SELECT: Final = """
    SELECT name, content FROM ddb_settings WHERE name >= 'stream ' AND name < 'stream!'
"""
REPLACE: Final = "REPLACE INTO ddb_settings (name, content) VALUES (?, ?)"
DELETE: Final = "DELETE FROM ddb_settings WHERE name = ?"

RETENTION_S: Final = 24 * 3600
"""For how long what a stream tells can be read."""


class Stream(Struct, frozen=True, rename="pascal", forbid_unknown_fields=True):
    """One stream. ``ended_at_s`` is None while its table writes to it.

    Its entries of the log lie behind ``first_sequence``, and before ``end_sequence``.
    """

    table_name: str
    table_number: int
    label: str
    view: str
    key_schema: list[dict[str, str]]
    started_at_s: float
    first_sequence: int = 0
    ended_at_s: float | None = None
    end_sequence: int = SEQUENCES_END

    @property
    def arn(self) -> str:
        """Its name to the world."""
        return stream_arn(self.table_name, self.label)

    @property
    def key_names(self) -> list[str]:
        """The key attributes of its items, partition first."""
        return [element["AttributeName"] for element in self.key_schema]

    @property
    def row_name(self) -> str:
        """The name of its row."""
        return f"{PREFIX}{self.table_number:020d} {self.label}"

    def is_over(self, now_s: float) -> bool:
        """Whether nothing of it can be read any more."""
        return self.ended_at_s is not None and self.ended_at_s + RETENTION_S < now_s


DECODE: Final = msgspec.json.Decoder(Stream).decode
ENCODE: Final = msgspec.json.Encoder().encode


def label_of(definition: Mapping[str, Any] | None) -> str | None:
    """Returns the label of the stream that a table writes to, or None when it does not."""
    if definition is None or "StreamSpecification" not in definition:
        return None
    label: str = definition["LatestStreamLabel"]
    return label


def stream_of(table: TableSpec, started_at_s: float, first_sequence: int = 0) -> Stream:
    """Returns the stream that a table writes to."""
    return Stream(
        table_name=table.name,
        table_number=table.number,
        label=table.definition["LatestStreamLabel"],
        view=table.definition["StreamSpecification"]["StreamViewType"],
        key_schema=[dict(element) for element in table.definition["KeySchema"]],
        started_at_s=started_at_s,
        first_sequence=first_sequence,
    )


def follow(
    storage: Storage,
    before: TableSpec | None,
    after: TableSpec | None,
    now_s: float,
    sequence: int,
) -> None:
    """Begins and ends streams as a table's definition changes, in the open write transaction.

    ``sequence`` is the entry of that change.
    """
    old = None if before is None else label_of(before.definition)
    new = None if after is None else label_of(after.definition)
    if old == new:
        return
    if before is not None and old is not None:
        earlier = {one.label: one for one in recorded(storage, before.number)}
        stream = earlier.get(old) or stream_of(before, before.created_at_s)
        write(storage, msgspec.structs.replace(stream, ended_at_s=now_s, end_sequence=sequence))
    if after is not None and new is not None:
        write(storage, stream_of(after, now_s, sequence))


def write(storage: Storage, stream: Stream) -> None:
    """Writes the row of a stream."""
    storage.execute(REPLACE, (stream.row_name, ENCODE(stream).decode()))


def recorded(storage: Storage, table_number: int | None = None) -> Iterator[Stream]:
    """Gives the streams that have a row, of one table or of all, in the order of their making."""
    if not has_log(storage):
        return
    with storage.rows(SELECT, ()) as rows:
        found = [content for _, content in rows]
    for content in found:
        try:
            stream = DECODE(content)
        except (msgspec.DecodeError, TypeError) as fault:
            raise Corrupt(f"what is kept of a stream is damaged: {fault}") from fault
        if table_number in (None, stream.table_number):
            yield stream


def all_streams(storage: Storage, tables: Mapping[str, TableSpec], now_s: float) -> list[Stream]:
    """Returns the streams that can be read, by table name and label.

    One that was enabled by a release without a change log has no row, and begins with its table.
    """
    streams = [one for one in recorded(storage) if not one.is_over(now_s)]
    known = {(one.table_number, one.label) for one in streams}
    streams += [
        stream_of(table, table.created_at_s)
        for table in tables.values()
        if (label := label_of(table.definition)) and (table.number, label) not in known
    ]
    return sorted(streams, key=lambda one: (one.table_name, one.label))


def problems(storage: Storage) -> Iterator[str]:
    """Gives a sentence when a stream's row is not one."""
    try:
        list(recorded(storage))
    except Corrupt as fault:
        yield fault.message

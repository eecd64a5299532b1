"""The shards of a stream: four hours each, one after another, the next the child of the one before.

Nothing is kept of them. Where they begin and end follows from when the stream was enabled, and
which entries are in one follows from when they were written, which never goes back. A shard is
listed until its last moment is a day ago.

A sequence number has 27 digits: a one, six for the shard, and twenty for the entry of the log. So
the numbers of a stream are ordered alike as texts and as numbers, a shard's first one lies before
all of its entries and its last one behind them, and whether one can have been given out is seen
from its form.
"""

import hashlib
import re
from collections.abc import Iterator
from typing import Final

from msgspec import Struct

from ddblite.engine.history.streams import RETENTION_S, Stream

SHARD_S: Final = 4 * 3600
"""For how long a shard takes entries."""

NUMBER: Final = re.compile(r"1([0-9]{6})([0-9]{20})")
LAST_SEQUENCE: Final = 10**20 - 1
SHARD_ID: Final = re.compile(r"shardId-[0-9]{20}-[0-9a-f]{8}")


class Shard(Struct, frozen=True):
    """One shard. ``ended_at_s`` is None while it takes entries.

    ``is_last`` tells that no other follows it: it ends with its stream.
    """

    stream: Stream
    ordinal: int
    started_at_s: float
    ended_at_s: float | None
    is_last: bool

    @property
    def shard_id(self) -> str:
        """Its name: when it began, in milliseconds, and what tells it from those of others."""
        return id_of(self.stream, self.ordinal)

    @property
    def parent_id(self) -> str | None:
        """The shard before it, which may not be listed any more; None for the first."""
        return id_of(self.stream, self.ordinal - 1) if self.ordinal else None

    @property
    def first_number(self) -> str:
        """A sequence number before all of its entries."""
        return self.number_of(0)

    @property
    def last_number(self) -> str:
        """A sequence number behind all of its entries."""
        return self.number_of(LAST_SEQUENCE)

    def number_of(self, sequence: int) -> str:
        """Returns the sequence number of an entry of the log."""
        return f"1{self.ordinal:06d}{sequence:020d}"

    def sequence_of(self, number: str) -> int | None:
        """Returns the entry that a sequence number names, or None when it is none of this shard."""
        parts = NUMBER.fullmatch(number)
        return int(parts[2]) if parts is not None and int(parts[1]) == self.ordinal else None


def id_of(stream: Stream, ordinal: int) -> str:
    """Returns the name of a shard."""
    began_ms = int((stream.started_at_s + ordinal * SHARD_S) * 1000)
    told_apart = hashlib.blake2b(f"{stream.row_name} {ordinal}".encode(), digest_size=4)
    return f"shardId-{began_ms:020d}-{told_apart.hexdigest()}"


def shards_of(stream: Stream, now_s: float) -> Iterator[Shard]:
    """Gives the shards of a stream that can be read, the oldest first."""
    end_s = stream.ended_at_s
    lived_s = (now_s if end_s is None else end_s) - stream.started_at_s
    newest = max(0, int(lived_s // SHARD_S))
    forgotten_s = now_s - RETENTION_S - stream.started_at_s
    oldest = min(newest, max(0, int(forgotten_s // SHARD_S)))
    for ordinal in range(oldest, newest + 1):
        began_s = stream.started_at_s + ordinal * SHARD_S
        is_last = ordinal == newest
        yield Shard(stream, ordinal, began_s, end_s if is_last else began_s + SHARD_S, is_last)

"""What is true of every request of one operation, before any table or parameter is looked at.

Each record of ``schema.requests`` that is a request has its ``kind`` at its head. Who needs one of
these facts asks the record: the engine for whether it only reads, the doors for whether it may
share a commit, wordings for its layer. What the wire knows of an operation besides is its row in
``api.wire.operations``.
"""

from dataclasses import dataclass, field
from enum import Enum
from typing import Final


class Effect(Enum):
    """What a request does to the file."""

    READS = "reads"
    WRITES = "writes"
    AS_STATED = "reads or writes as its statements say"


class OnTables(Enum):
    """How a request and a change of its table stand to each other."""

    CHANGES = "makes, changes or removes the table"
    SETS = "sets something about the table, and is refused while that changes"
    USES = "uses the table, and is refused while it is made or removed"
    ASKS = "asks about tables, whatever becomes of them"


@dataclass(frozen=True, slots=True)
class Layer:
    """How an operation words its refusals.

    ``older`` takes the older texts and the older form of constraints; ``wraps`` puts the
    envelope around the faults that ask for it.
    """

    older: bool = False
    wraps: bool = False


OLDER_LAYER: Final = Layer(older=True)
CURRENT_LAYER: Final = Layer()
WRAPPING_LAYER: Final = Layer(wraps=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """The facts of an operation.

    ``shares_commit`` tells that its write may be committed with others', ``reads`` that it plainly
    writes nothing.
    """

    effect: Effect
    on_tables: OnTables
    shares_commit: bool
    layer: Layer
    reads: bool = field(init=False)

    def __post_init__(self) -> None:
        # At hand: to ask an enumeration for a member takes Python 3.11 a third of a microsecond.
        object.__setattr__(self, "reads", self.effect is Effect.READS)


ITEM_READ: Final = Kind(
    effect=Effect.READS, on_tables=OnTables.USES, shares_commit=False, layer=CURRENT_LAYER
)
ITEM_WRITE: Final = Kind(
    effect=Effect.WRITES, on_tables=OnTables.USES, shares_commit=True, layer=WRAPPING_LAYER
)
OLDER_READ: Final = Kind(
    effect=Effect.READS, on_tables=OnTables.USES, shares_commit=False, layer=OLDER_LAYER
)
OLDER_WRITE: Final = Kind(
    effect=Effect.WRITES, on_tables=OnTables.USES, shares_commit=True, layer=OLDER_LAYER
)
LONE_WRITE: Final = Kind(
    effect=Effect.WRITES, on_tables=OnTables.USES, shares_commit=False, layer=OLDER_LAYER
)
STATED: Final = Kind(
    effect=Effect.AS_STATED, on_tables=OnTables.USES, shares_commit=True, layer=OLDER_LAYER
)
TABLE_CHANGE: Final = Kind(
    effect=Effect.WRITES, on_tables=OnTables.CHANGES, shares_commit=False, layer=OLDER_LAYER
)
TABLE_SETTING: Final = Kind(
    effect=Effect.WRITES, on_tables=OnTables.SETS, shares_commit=False, layer=OLDER_LAYER
)
QUESTION: Final = Kind(
    effect=Effect.READS, on_tables=OnTables.ASKS, shares_commit=False, layer=OLDER_LAYER
)
